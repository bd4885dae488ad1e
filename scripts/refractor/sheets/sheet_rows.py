"""Rows of the sheets as values: plain str, int, float and None, so that a job's params can carry them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from refractor.errors import Problem
from refractor.vocabulary import Material, Timepoint

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet; `line` is where it stands in the file and no part of what it says."""

    line: int = field(compare=False)

    def cells(self) -> dict[str, Cell]:
        """The filled cells by column, in the order of the data dictionary."""
        named = ((item.name, getattr(self, item.name)) for item in fields(self) if item.name != "line")
        return {name: value for name, value in named if value is not None}


@dataclass(frozen=True, slots=True)
class SampleRow(Row):
    """One tumour sample; the columns of samples.schema.yaml."""

    patient: str
    sample: str
    tumor_reads: str | None = None
    normal_reads: str | None = None
    small_variants: str | None = None
    small_variants_sample: str | None = None
    copy_number: str | None = None
    copy_number_caller: str | None = None
    structural_variants: str | None = None
    callable_regions: str | None = None
    purity: float | None = None
    ploidy: float | None = None
    genome_build: str | None = None
    sex: str | None = None
    collected_on: str | None = None
    timepoint: str | None = None
    material: str | None = None
    depth: int | None = None
    structural_variants_sample: str | None = None

    @property
    def before_treatment(self) -> bool:
        """Whether it was taken before treatment, so that it can stand for the patient."""
        return self.timepoint in (None, Timepoint.BASELINE)

    @property
    def is_plasma(self) -> bool:
        """Whether it is cell-free DNA of blood."""
        return self.material == Material.PLASMA


@dataclass(frozen=True, slots=True)
class PatientRow(Row):
    """One patient, sequenced or not; the columns of patients.schema.yaml."""

    patient: str
    cohort: str | None = None
    sex: str | None = None
    age: float | None = None
    primary_site: str | None = None
    prior_lines: int | None = None
    prior_anti_egfr: str | None = None
    her2_ihc: str | None = None
    her2_assay: str | None = None
    target_ihc: str | None = None
    target_percent: float | None = None
    msi_status: str | None = None
    tmb_per_mb: float | None = None
    treatment_start: str | None = None
    evaluable: str | None = None
    not_evaluable_reason: str | None = None
    best_response: str | None = None
    response_confirmed: str | None = None
    clinical_benefit: str | None = None
    duration_of_response_days: float | None = None
    duration_of_response_event: int | None = None
    pfs_days: float | None = None
    pfs_event: int | None = None
    os_days: float | None = None
    os_event: int | None = None
    new_therapy_day: int | None = None
    end_of_assessments_reason: str | None = None
    registered_on: str | None = None


KNOWN_BEFORE_TREATMENT = (
    "patient",
    "cohort",
    "sex",
    "age",
    "primary_site",
    "prior_lines",
    "prior_anti_egfr",
    "her2_ihc",
    "her2_assay",
    "target_ihc",
    "target_percent",
    "msi_status",
    "tmb_per_mb",
)
"""Columns of the patients' sheet that say nothing of the outcome: all that a tumour's job may read of it."""


@dataclass(frozen=True, slots=True)
class AssessmentRow(Row):
    """One tumour assessment; the columns of assessments.schema.yaml. `day` is always known after reading."""

    patient: str
    day: int | None = None
    date: str | None = None
    target_sum_mm: float | None = None
    non_target: str | None = None
    new_lesion: str | None = None
    response: str | None = None
    central_response: str | None = None

    @property
    def shows_finding(self) -> bool:
        """Whether a new lesion or the lesions without a measure show progression."""
        return self.new_lesion == "yes" or self.non_target == "PD"


@dataclass(frozen=True, slots=True)
class AdverseEventRow(Row):
    """One adverse event; the columns of adverse_events.schema.yaml."""

    patient: str
    term: str
    grade: int
    related: str | None = None
    serious: str | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """Everything the sheets say, what they leave doubtful, and what was tolerated in how they are written."""

    samples: tuple[SampleRow, ...]
    patients: tuple[PatientRow, ...]
    assessments: tuple[AssessmentRow, ...]
    adverse_events: tuple[AdverseEventRow, ...]
    warnings: tuple[Problem, ...]
    notes: tuple[str, ...] = ()
