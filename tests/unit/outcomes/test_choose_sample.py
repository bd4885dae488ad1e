"""Which tumour stands for a patient."""

from __future__ import annotations

from refractor.outcomes.join import choose_sample
from refractor.sheets import SampleRow


def biopsy(line: int, sample: str, collected_on: str | None = None) -> SampleRow:
    return SampleRow(line=line, patient="P", sample=sample, collected_on=collected_on)


def test_nobody_stands_for_an_unsequenced_patient() -> None:
    assert choose_sample([]) is None


def test_the_latest_dated_biopsy_stands() -> None:
    rows = [biopsy(2, "old", "2020-01-01"), biopsy(3, "new", "2021-01-01"), biopsy(4, "undated")]
    assert choose_sample(rows) == rows[1]


def test_of_undated_biopsies_the_first_row_stands() -> None:
    rows = [biopsy(2, "a"), biopsy(3, "b")]
    assert choose_sample(rows) == rows[0]


def test_a_failed_biopsy_gives_way_to_a_sound_one() -> None:
    rows = [biopsy(2, "old", "2020-01-01"), biopsy(3, "new", "2021-01-01")]
    assert choose_sample(rows, {"new"}) == rows[0]
    assert choose_sample(rows, {"new", "old"}) == rows[1]
