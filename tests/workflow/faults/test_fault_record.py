"""The record of fault trials: kept from run to run, and counted on the page."""

from __future__ import annotations

from pathlib import Path

from fault_record import END, START, Outcome, add_to, rows_of, table_of, write_section


def outcome(fault: str, seed: int, *, different: tuple[str, ...] = ()) -> Outcome:
    return Outcome(fault, seed, ("T1.vcf",), 1, (), 0, different)


def test_a_trial_stands_in_place_of_its_last(tmp_path: Path) -> None:
    record = tmp_path / "trials.tsv"
    for one in (outcome("b", 2), outcome("b", 1, different=("x.tsv", "y.tsv")), outcome("a", 1)):
        add_to(record, one)
    assert [(row["fault"], row["seed"], row["survived"]) for row in rows_of(record)] == [
        ("a", "1", "yes"),
        ("b", "1", "no"),
        ("b", "2", "yes"),
    ]
    assert rows_of(record)[1]["different"] == "x.tsv, y.tsv"
    assert rows_of(record)[1]["seen"] == "T1.vcf; ended with 1, the next with 0"
    add_to(record, outcome("b", 1))
    assert [row["survived"] for row in rows_of(record)] == ["yes"] * 3


def test_the_page_counts_the_record(tmp_path: Path) -> None:
    record, page = tmp_path / "trials.tsv", tmp_path / "page.md"
    page.write_text(f"before\n{START}\nold\n{END}\nafter\n")
    for one in (outcome("b", 1), outcome("b", 2, different=("x",))):
        add_to(record, one)
    write_section(record, page)
    text = page.read_text()
    assert text.startswith(f"before\n{START}\n| fault | cases | survived | lost | date | commit |")
    assert "| b | 2 | 1 | 1 | " in text
    assert text.endswith(f"{END}\nafter\n")
    assert "| b | 1 | 1 | 0 |" in table_of([outcome("b", 1)])
