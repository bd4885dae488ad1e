"""docs/rules.md says what the rows say."""

import pytest
from evidence_builders import knowledge

import build_rule_table
from resistance.evidence.rule_table import rule_page
from resistance.step import run_step


def run(*options: str) -> int:
    return run_step(build_rule_table.parser(), build_rule_table.main, list(options))


def test_the_page_is_up_to_date():
    assert run("--check") == 0, "run: python scripts/build_rule_table.py"


def test_every_rule_has_its_line_with_tier_and_sources():
    lines = [line for line in rule_page(knowledge()).splitlines() if line.startswith("| ")]
    by_id = {line.split(" | ")[0].removeprefix("| "): line for line in lines}
    assert len(lines) == len(knowledge().rules) + 6  # and the heading of each family
    assert len(lines) >= 115
    for rule in knowledge().rules:
        line = by_id[rule.rule_id]
        assert f" | {rule.tier} | " in line
        assert rule.sources() in line
        assert ("**Against:**" in line) is rule.conflicting
        assert line.count(" | ") == 8, rule.rule_id


def test_a_stale_page_is_told(tmp_path, capsys):
    page = tmp_path / "rules.md"
    page.write_text("old", encoding="utf-8")
    assert run("--check", "--output", str(page)) == 2
    assert "is not up to date; run: python scripts/build_rule_table.py" in capsys.readouterr().err
    assert run("--output", str(page)) == 0
    assert run("--check", "--output", str(page)) == 0


def test_bad_rows_are_told_as_everywhere(tmp_path, capsys):
    assert run("--evidence", str(tmp_path), "--output", str(tmp_path / "rules.md")) == 2
    assert "holds no *.tsv of rules" in capsys.readouterr().err


@pytest.mark.parametrize("words", ["PROTECT", "Unverified.", "not_evaluable"])
def test_what_a_reader_must_know_is_on_the_page(words):
    assert words in rule_page(knowledge())
