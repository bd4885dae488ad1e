"""Table 1: each count with its patients, medians with ranges, and who is not known."""

from __future__ import annotations

from report_patients import COHORT, made_patient

from refractor.report.pages.table_one import table_one

CARDS = [
    made_patient("A", age=50.0, sex="female", erbb2_copy_number=12.0),
    made_patient("B", age=70.0, sex="male", erbb2_copy_number=30.0),
    made_patient("C", sex="male", clinical_benefit="yes", erbb2_copy_number=9.0),
]


def test_table_one_counts_whom_it_can_name() -> None:
    grid = table_one(CARDS, COHORT)
    assert [name for name, _ in grid.headers] == ["", "Without benefit", "With benefit", "All"]
    rows = {row[0]: row[1:] for row in grid.rows}
    assert rows["Patients"] == ("2", "1", "3")
    assert rows["Age, years, median (range)"] == ("60 (50–70)", "–", "60 (50–70)")
    assert rows["Age, years: not known"] == ("0 (0 %)", "1 (100 %)", "1 (33 %)")
    assert rows["Sex: male"] == ("1 (50 %)", "1 (100 %)", "2 (67 %)")
    assert "Sex: not known" not in rows  # of everybody it is
    places = {row[0]: place for place, row in enumerate(grid.rows)}
    assert grid.who[places["Patients"], 3] == ("A", "B", "C")
    assert grid.who[places["Sex: male"], 3] == ("B", "C")
    assert grid.who[places["Age, years: not known"], 1] == ()
    assert len(grid.rows) == len(places) == 8  # no row of what is known of nobody


def test_who_was_sequenced_stands_beside_who_was_not() -> None:
    unseen = made_patient("D", sex="female", sample=None, wgs="missing", clinical_benefit="no")
    grid = table_one([*CARDS, unseen], COHORT)
    assert [name for name, _ in grid.headers] == [
        "", "Without benefit", "With benefit", "Genome", "No genome", "All",
    ]  # fmt: skip
    rows = {row[0]: row[1:] for row in grid.rows}
    assert rows["Patients"] == ("3", "1", "3", "1", "4")
    assert rows["Sex: female"] == ("2 (67 %)", "0 (0 %)", "1 (33 %)", "1 (100 %)", "2 (50 %)")


def test_without_patients_nothing_is_said() -> None:
    assert table_one([], COHORT).rows == (("Patients", "0"),)
