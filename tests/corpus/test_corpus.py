"""A seeded part of the corpus in every run of the tests; `python tests/corpus/run.py` is the whole."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from attempts import FURTHER
from attempts_table import Attempt, attempt, merged, read_table, summary, write_section, write_table
from run import TABLE, every_input, run_cases
from trials import GOOD_ENDINGS, PROJECT, Case, Ending, all_cases

ONE_IN = 53
CHEAP = ("samples.tsv of 24", "patients.tsv of 24", "assessments.tsv of 24", "cohort.yaml")
"""Kinds whose further attempts cost milliseconds."""


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    return list(all_cases(every_input(tmp_path_factory.mktemp("corpus") / "good")))


def test_the_corpus_is_large_and_every_case_has_a_name_of_its_own(cases: list[Case]) -> None:
    names = Counter(case.name for case in cases)
    assert names.total() > 2_200
    assert [name for name, count in names.items() if count > 1] == []
    assert len({case.good.kind for case in cases}) == 33
    assert {case.good.kind for case in cases} >= FURTHER.keys()
    assert sum(case.mutation in FURTHER.get(case.good.kind, ()) for case in cases) > 650


def test_a_part_of_the_corpus_ends_well(cases: list[Case], tmp_path: Path) -> None:
    results = list(run_cases([case for case in cases if not case.good.remote][7::ONE_IN], tmp_path))
    assert len(results) > 35
    assert [
        (case.name, str(ending), words) for case, ending, words in results if ending not in GOOD_ENDINGS
    ] == []
    assert len([ending for _, ending, _ in results if ending is Ending.REFUSED]) > 20


def test_other_units_are_refused_or_asked_about(cases: list[Case], tmp_path: Path) -> None:
    chosen = [
        case
        for case in cases
        if case.good.kind in CHEAP and case.mutation in FURTHER[case.good.kind]
    ][::3]  # fmt: skip
    endings = Counter(ending for _, ending, _ in run_cases(chosen, tmp_path))
    assert endings.keys() <= {Ending.REFUSED, Ending.ASKED, Ending.UNCHANGED}
    assert endings[Ending.REFUSED] > 15 and endings[Ending.ASKED] > 4


def test_a_server_that_refuses_fails_its_tumor(cases: list[Case], tmp_path: Path) -> None:
    names = ("HTTP 403 from the 2. answer on", "sends zeros", "sound, its name percent-encoded")
    chosen = [case for case in cases if case.good.kind == "remote bam" and case.attempt in names]
    endings = {case.attempt: ending for case, ending, _ in run_cases(chosen, tmp_path)}
    assert endings == dict(zip(names, (Ending.FAILED, Ending.FAILED, Ending.UNCHANGED), strict=True))


def test_a_traceback_is_seen(cases: list[Case], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The judge itself: a step that breaks must not pass."""
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
    results = list(run_cases([case for case in cases if case.name == "bed: empty"], tmp_path))
    assert [ending for _, ending, _ in results] == [Ending.TRACEBACK]


def test_rows_of_parts_become_one_table(tmp_path: Path) -> None:
    known = [("vcf", "empty"), ("bed", "empty"), ("bed", "cut")]
    said = "\x09/tmp/x/case-1/calls.vcf: is empty\nmake it again"
    first = [attempt("bed", name, Ending.REFUSED, said, commit="a") for name in ("cut", "empty", "gone")]
    write_table(merged(tmp_path / TABLE, first, known=known), tmp_path / TABLE)
    later = [attempt("bed", "empty", Ending.TRACEBACK, "x", commit="b")]
    rows = merged(tmp_path / TABLE, later, known=known)
    write_table(rows, tmp_path / TABLE)
    assert [(row.input, row.attempt, row.ending, row.commit) for row in read_table(tmp_path / TABLE)] == [
        ("bed", "empty", "traceback", "b"),
        ("bed", "cut", "refused, naming the file", "a"),
    ]
    assert rows[1].result == "calls.vcf: is empty make it again"
    assert "2 attempts, 1 of them wrong in silence" in summary(rows, TABLE)


def test_the_figures_take_the_place_of_the_last_ones(tmp_path: Path) -> None:
    page = tmp_path / "reliability.md"
    page.write_text("# Reliability\n\n## Faults\n\nother figures\n")
    write_section(page, summary([], TABLE))
    write_section(page, summary([Attempt("vcf", "x", "unchanged", "", "2026-11-28", "abc")], TABLE))
    text = page.read_text()
    assert text.count("## Bad input") == 1
    assert "1 attempts, 0 of them" in text and "other figures" in text


def test_the_published_table_has_no_attempt_that_was_lost(cases: list[Case]) -> None:
    rows = read_table(PROJECT / "docs" / TABLE)
    assert len(rows) > 690
    assert {row.input for row in rows} >= FURTHER.keys()
    assert [row for row in rows if row.ending not in GOOD_ENDINGS] == []
    assert {(row.input, row.attempt) for row in rows} <= {(case.good.kind, case.attempt) for case in cases}
