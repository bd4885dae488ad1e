"""Checks of the samples: unique, with something to analyse, of a known patient, taken before treatment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from refractor.sheets.checks import Check, Finding, Level, Sheets
from refractor.sheets.sheet_rows import SampleRow

SOURCES = ("tumor_reads", "small_variants", "copy_number")
_OLD_BIOPSY_DAYS = 365
_COMPANIONS = (
    ("normal_reads", "tumor_reads"),
    ("small_variants_sample", "small_variants"),
    ("callable_regions", "small_variants"),
    ("copy_number_caller", "copy_number"),
    ("structural_variants_sample", "structural_variants"),
)
_SEX_OF_CHROMOSOMES = {"XX": "female", "XY": "male"}


def there_are_samples(sheets: Sheets) -> Iterator[Finding]:
    """A samples' sheet with a header and no rows: there are outcomes then, and nothing that could explain them."""
    if sheets.samples.complete and not sheets.samples.rows:
        yield Finding(None, None, "has no rows", "add one a tumour sample")


def sample_is_unique(sheets: Sheets) -> Iterator[Finding]:
    """A sample that stands on two rows, be it of one patient or of two."""
    first: dict[str, SampleRow] = {}
    for row in sheets.samples.rows:
        earlier = first.setdefault(row.sample, row)
        if earlier is not row:
            of_whom = "" if earlier.patient == row.patient else f" for another patient, {earlier.patient}"
            what = f"sample '{row.sample}' stands on line {earlier.line} already{of_whom}"
            yield Finding(row, "sample", what, "give each tumour sample its own name, on one row")


def sample_names_differ_by_more_than_case(sheets: Sheets) -> Iterator[Finding]:
    """Two samples whose names differ only in upper and lower case, which some file systems take for one."""
    first: dict[str, SampleRow] = {}
    for row in sheets.samples.rows:
        earlier = first.setdefault(row.sample.casefold(), row)
        if earlier.sample != row.sample:
            what = (
                f"sample '{row.sample}' differs from '{earlier.sample}' of line {earlier.line} only in case"
            )
            yield Finding(row, "sample", what, "some file systems take them for one; rename one of them")


def plasma_has_its_tumor_fraction(sheets: Sheets) -> Iterator[Finding]:
    """A plasma sample without purity, the share of tumour DNA: nothing is absent from it."""
    for row in sheets.samples.sound("material", "purity"):
        if row.is_plasma and row.purity is None:
            what = "is empty, but the sample is of plasma: without the share of tumour DNA nothing is absent from it"
            yield Finding(row, "purity", what, "fill it if it is known")


def sample_has_a_source(sheets: Sheets) -> Iterator[Finding]:
    """A row without tumor_reads, small_variants and copy_number."""
    for row in sheets.samples.sound(*SOURCES):
        if not any(getattr(row, name) for name in SOURCES):
            what = "the row has none of tumor_reads, small_variants, copy_number"
            yield Finding(
                row, "tumor_reads", what, "fill at least one; a patient without any needs no row here"
            )


def sample_has_a_patient(sheets: Sheets) -> Iterator[Finding]:
    """A sample whose patient has no row in the patients' sheet."""
    known = {row.patient for row in sheets.patients.rows}
    for row in sheets.samples.rows if sheets.patients.complete else ():
        if row.patient not in known:
            what = f"patient '{row.patient}' has no row in {sheets.patients.file}"
            yield Finding(row, "patient", what, "add the patient there or mend the name here")


def biopsy_before_treatment(sheets: Sheets) -> Iterator[Finding]:
    """A baseline biopsy collected after the patient's treatment began (the day itself is allowed), or one of
    another timepoint collected before."""
    for row, days in _days_before_treatment(sheets):
        if row.before_treatment and days < 0:
            what = f"the biopsy of {row.collected_on} is {-days} days after the start of treatment"
            remedy = "the label is of pre-treatment tumours: mend the date here or treatment_start, or give timepoint"
            yield Finding(row, "collected_on", what, remedy)
        if not row.before_treatment and days > 0:
            what = f"{row.timepoint}, but {row.collected_on} is {days} days before the start of treatment"
            yield Finding(row, "timepoint", what, "mend the timepoint, the date or treatment_start")


def biopsy_is_recent(sheets: Sheets) -> Iterator[Finding]:
    """A biopsy collected more than a year before treatment: an archived sample, or a wrong year."""
    for row, days in _days_before_treatment(sheets):
        if days > _OLD_BIOPSY_DAYS:
            what = f"the biopsy of {row.collected_on} is {days} days before the start of treatment"
            yield Finding(row, "collected_on", what, "is the year right?")


def _days_before_treatment(sheets: Sheets) -> Iterator[tuple[SampleRow, int]]:
    starts = {row.patient: row.treatment_start for row in sheets.patients.sound("treatment_start")}
    for row in sheets.samples.sound("collected_on"):
        start = starts.get(row.patient)
        if row.collected_on and start:
            yield row, (date.fromisoformat(start) - date.fromisoformat(row.collected_on)).days


def companions_are_used(sheets: Sheets) -> Iterator[Finding]:
    """A cell that has a meaning only beside another, which is empty: normal_reads without tumor_reads,
    small_variants_sample or callable_regions without small_variants, copy_number_caller without copy_number,
    structural_variants_sample without structural_variants."""
    for column, needed in _COMPANIONS:
        for row in sheets.samples.sound(column, needed):
            if getattr(row, column) and not getattr(row, needed):
                yield Finding(
                    row, column, f"is filled, but {needed} is empty", f"fill {needed}, or it is not used"
                )


def sexes_agree(sheets: Sheets) -> Iterator[Finding]:
    """A sample's sex chromosomes that differ from its patient's sex."""
    sexes = {row.patient: row.sex for row in sheets.patients.sound("sex")}
    for row in sheets.samples.sound("sex"):
        stated = sexes.get(row.patient)
        if row.sex and stated and _SEX_OF_CHROMOSOMES[row.sex] != stated:
            yield Finding(
                row, "sex", f"{row.sex}, but the patient is {stated}", "is it this patient's sample?"
            )


SAMPLE_CHECKS = (
    Check("samples", Level.ERROR, sample_is_unique),
    Check("samples", Level.ERROR, sample_has_a_source),
    Check("samples", Level.ERROR, sample_has_a_patient),
    Check("samples", Level.ERROR, biopsy_before_treatment),
    Check("samples", Level.WARNING, there_are_samples),
    Check("samples", Level.WARNING, sample_names_differ_by_more_than_case),
    Check("samples", Level.WARNING, biopsy_is_recent),
    Check("samples", Level.WARNING, companions_are_used),
    Check("samples", Level.WARNING, sexes_agree),
    Check("samples", Level.WARNING, plasma_has_its_tumor_fraction),
)
