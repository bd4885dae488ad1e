"""What the tumours' own files say against the sheets, as questions of the cohort."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from refractor.results.cohort_tables import OpenQuestion
from refractor.results.quality import QC, SHEET_DOUBT, QualityStatus
from refractor.sheets import PatientRow, SampleRow

_CHROMOSOMES_OF_SEX = {"female": "XX", "male": "XY"}


def tumor_questions(
    samples: Sequence[SampleRow],
    patients: Sequence[PatientRow],
    folders: Mapping[str, Path],
    *,
    named: Mapping[str, str],
    samples_file: str,
    patients_file: str,
) -> Iterator[OpenQuestion]:
    """The doubts that the copy-number step noted of each sample, a patient's sex that the reads do not show, and files
    that name another row's sample (`named`, in words by sample).

    `folders` are results/samples/{sample}, by sample.
    """
    of_patient = {row.patient: row for row in patients}
    for sample in samples:
        if sample.sample in named:
            question = f"{named[sample.sample]}: are two rows exchanged?"
            yield _question(sample, samples_file, column="sample", value=sample.sample, question=question)
        for row in QC.records(folders[sample.sample] / QC.name):
            value = None if row.value is None else str(row.value)
            if row.metric.startswith(SHEET_DOUBT) and row.status is QualityStatus.WARN:
                column = row.metric.removeprefix(SHEET_DOUBT)
                yield _question(sample, samples_file, column=column, value=value, question=row.note)
            elif row.metric == "sex_of_reads" and sample.sex is None:
                yield from _sex(of_patient.get(sample.patient), sample, value, patients_file)


def _sex(
    patient: PatientRow | None, sample: SampleRow, seen: str | None, patients_file: str
) -> Iterator[OpenQuestion]:
    if patient is None or patient.sex is None or seen not in _CHROMOSOMES_OF_SEX.values():
        return
    if _CHROMOSOMES_OF_SEX[patient.sex] != seen:
        question = f"the reads of {sample.sample} show {seen}: are they of this patient?"
        yield _question(patient, patients_file, column="sex", value=patient.sex, question=question)


def _question(
    row: SampleRow | PatientRow, file: str, *, column: str, value: str | None, question: str
) -> OpenQuestion:
    return OpenQuestion(
        file=file, line=row.line, patient=row.patient, sheet_column=column, value=value, question=question
    )
