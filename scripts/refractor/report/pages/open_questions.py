"""What could not be judged in one patient, why, and what would settle it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from refractor.report.patient_results import PatientResults
from refractor.report.plain_words import plain
from refractor.results.job_end import NO_RESULT, REMEDY_OF_A_JOB
from refractor.settings.cohort import Cohort
from refractor.settings.criteria import Criterion, CriterionMeasure
from refractor.settings.target import TargetEvent
from refractor.vocabulary import Eligibility, Result

UNREASONED = "no reason recorded"


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """One thing that could not be judged."""

    what: str
    why: str
    remedy: str


def open_questions(card: PatientResults, cohort: Cohort) -> tuple[OpenQuestion, ...]:
    """Everything that could not be judged in a patient; empty where all could."""
    return tuple(_open_questions(card, cohort))


def _open_questions(card: PatientResults, cohort: Cohort) -> Iterator[OpenQuestion]:
    if card.row["wgs"] == "missing":
        yield OpenQuestion(
            "The whole genome",
            "no sample of this patient stands in the sheet of samples",
            "sequence the tumour and add its row to samples.tsv",
        )
        return
    yield from _failures(card)
    if card.purity is not None and card.purity["status"] != "ok":
        yield OpenQuestion(
            "Purity and ploidy, and with them the copies of every gene",
            card.purity["reason"] or UNREASONED,
            "a sample with more tumour cells, or a purity known from elsewhere in samples.tsv",
        )
    asked = cohort.criterion_of_target()
    if asked is None and card.found_target is not None and card.target_result == Result.NOT_TESTED:
        yield OpenQuestion(
            f"The target, {cohort.target_name}",
            card.found_target["target_reason"] or UNREASONED,
            _REMEDIES[cohort.target.event],
        )
    for row in card.eligibility:
        if row["status"] == Eligibility.NOT_ASSESSABLE:
            yield OpenQuestion(
                f"Entry criterion {row['criterion']}",
                row["reason"] or UNREASONED,
                _remedy(card, cohort.eligibility.get(row["criterion"]), cohort.target.event),
            )


def _failures(card: PatientResults) -> Iterator[OpenQuestion]:
    """One question for each reason why analyses failed."""
    alike: dict[str, list[str]] = {}
    for row in card.failures:
        alike.setdefault(row["reason"] or UNREASONED, []).append(plain(row["analysis"]))
    for why, names in alike.items():
        remedy = REMEDY_OF_A_JOB if NO_RESULT in why else "mend or replace the file named"
        yield OpenQuestion(
            f"{', '.join(names)}: failed", why, f"{remedy}; the next run tries this sample again"
        )


_REMEDIES = {
    TargetEvent.FUSION: "a file of structural variants (structural_variants)",
    TargetEvent.BIALLELIC_LOSS: "the tumour's reads or allele-specific copies, and a file of structural variants",
    TargetEvent.AMPLIFICATION: "a sample with more tumour cells, or a copy-number file of a caller that could judge it",
    TargetEvent.EXPRESSION: "the result of the staining, in patients.tsv",
    TargetEvent.MICROSATELLITE_INSTABILITY: "the microsatellite status, in patients.tsv",
    TargetEvent.TUMOR_MUTATIONAL_BURDEN: "the tumour mutational burden, in patients.tsv",
    TargetEvent.SMALL_VARIANT: "the tumour's reads (tumor_reads), or the regions the caller could judge (callable_regions)",
}
"""What lets a target be judged, by its event."""


def _remedy(card: PatientResults, criterion: Criterion | None, target: TargetEvent) -> str:
    """What would let a criterion be judged, from what its codons lack."""
    if criterion is not None and criterion.measure is CriterionMeasure.AMPLIFICATION:
        return _REMEDIES[TargetEvent.AMPLIFICATION]
    if criterion is not None and criterion.measure is CriterionMeasure.TARGET:
        return _REMEDIES[target]
    genes = criterion.genes if criterion else ()
    lacking = [row for row in card.open_codons if row["gene"] in genes]
    remedies = []
    if any(row["power"] is not None for row in lacking):
        remedies.append("deeper sequencing by the factor given, or a sample with more tumour cells")
    if any(row["power"] is None for row in lacking) or not lacking:
        remedies.append(
            "the tumour's reads (tumor_reads), or the regions the caller could judge (callable_regions)"
        )
    return "; ".join(remedies)
