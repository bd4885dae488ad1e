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


def test_only_a_sample_before_treatment_stands_and_tissue_before_plasma() -> None:
    def taken(
        line: int, sample: str, on: str, timepoint: str | None, material: str | None = None
    ) -> SampleRow:
        return SampleRow(line, "P", sample, collected_on=on, timepoint=timepoint, material=material)

    rows = [
        taken(2, "archive", "2019-01-01", None),
        taken(3, "biopsy", "2020-01-01", "baseline", "tissue"),
        taken(4, "blood", "2020-02-01", "baseline", "plasma"),
        taken(5, "week8", "2020-04-01", "on_treatment"),
        taken(6, "progression", "2020-09-01", "progression"),
    ]
    assert choose_sample(rows) == rows[1]
    assert choose_sample(rows, {"archive", "biopsy"}) == rows[2]  # plasma where no tissue was read
    assert choose_sample(rows[3:]) is None  # selected by the drugs: never the patient's label
