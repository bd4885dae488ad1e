"""A seeded part of the corpus in every run of the tests; `python tests/corpus/run.py` is the whole."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from good_inputs import make_good_inputs
from run import run_cases, summary, write_section
from trials import GOOD_ENDINGS, Ending, all_cases

ONE_IN = 41


def test_the_corpus_is_large_and_every_case_has_a_name_of_its_own(tmp_path: Path) -> None:
    names = Counter(case.name for case in all_cases(make_good_inputs(tmp_path / "good")))
    assert names.total() > 1_500
    assert [name for name, count in names.items() if count > 1] == []
    assert len({name.partition(":")[0] for name in names}) == 26


def test_a_part_of_the_corpus_ends_well(tmp_path: Path) -> None:
    results = list(run_cases(tmp_path, every=ONE_IN, first=7))
    assert len(results) > 35
    assert [
        (case.name, str(ending), words) for case, ending, words in results if ending not in GOOD_ENDINGS
    ] == []
    assert len([ending for _, ending, _ in results if ending is Ending.REFUSED]) > 20


def test_a_traceback_and_a_wrong_call_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The judge itself: a step that breaks, and one that says something else, must not pass."""
    import trials  # noqa: PLC0415

    load = trials.load_steps

    def broken() -> None:
        load()
        sound = dict(trials._STEPS)

        def fail(argv: list[str]) -> int:
            if any("case-" in word for word in argv):
                raise KeyError("broken")
            return sound["call_variants"](argv)

        trials._STEPS["call_variants"] = fail

    monkeypatch.setattr("run.load_steps", broken)
    results = list(run_cases(tmp_path, only="bed: empty"))
    assert [ending for _, ending, _ in results] == [Ending.TRACEBACK]


def test_the_figures_take_the_place_of_the_last_ones(tmp_path: Path) -> None:
    page = tmp_path / "reliability.md"
    page.write_text("# Reliability\n\n## Faults\n\nother figures\n")
    write_section(page, summary([], 1.0))
    write_section(page, summary([], 2.0))
    text = page.read_text()
    assert text.count("## Bad input") == 1
    assert "2 s on one core" in text and "other figures" in text
