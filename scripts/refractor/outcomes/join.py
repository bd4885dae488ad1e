"""The cohort's tables: labels as they were made, and only now the outcomes beside them."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from refractor.errors import Problem
from refractor.outcomes.adjudication import AdjudicatedOutcome, days_between
from refractor.outcomes.tumor_results import TumorResult
from refractor.results.analyses import Analysis
from refractor.results.cohort_tables import MANIFEST, Biopsy, Candidate, JoinedPatient, OpenQuestion
from refractor.sheets import PatientRow, SampleRow
from refractor.vocabulary import (
    Clonality,
    CopyNumberCall,
    Eligibility,
    Label,
    Material,
    State,
    Status,
    Tier,
    Timepoint,
    is_yes,
)

ACCOUNTED = ("tumor_reads", "normal_reads", "small_variants", "copy_number", "structural_variants")
"""Columns of files, each of which is an analysis of its name: done, skipped or failed."""


def choose_sample(samples: Iterable[SampleRow], failed: Collection[str] = ()) -> SampleRow | None:
    """The tumour that stands for a patient: the last one before treatment.

    Of the samples taken before treatment, one that did not fail, tissue before plasma, the latest dated, a dated one
    before an undated, else the first row. None when there is none: what was taken on treatment or at progression may
    have been selected by the drugs and never stands for the patient.
    """
    return max(
        (row for row in samples if row.before_treatment),
        key=lambda row: (
            row.sample not in failed,
            not row.is_plasma,
            row.collected_on or "",
            -row.line,
        ),
        default=None,
    )


def choose_samples(
    patients: Iterable[PatientRow], samples: Iterable[SampleRow], failed: Collection[str] = ()
) -> dict[str, SampleRow | None]:
    """The tumour that stands for each patient, by patient."""
    of_patient: dict[str, list[SampleRow]] = {}
    for row in samples:
        of_patient.setdefault(row.patient, []).append(row)
    return {
        patient.patient: choose_sample(of_patient.get(patient.patient, []), failed) for patient in patients
    }


def joined_patients(
    patients: Sequence[PatientRow],
    chosen: Mapping[str, SampleRow | None],
    results: Mapping[str, TumorResult],
    *,
    adjudicated: Mapping[str, AdjudicatedOutcome],
) -> list[JoinedPatient]:
    """One a patient of the sheet, in its order, sequenced or not, with the outcomes of `adjudicated`."""
    return [
        with_outcome(_with_verdict(patient, chosen[patient.patient], results), adjudicated[patient.patient])
        for patient in patients
    ]


def _with_verdict(
    patient: PatientRow, sample: SampleRow | None, results: Mapping[str, TumorResult]
) -> JoinedPatient:
    """What the sheet and the genome say of a patient; the outcome is not looked at."""
    of_the_sheet = JoinedPatient(
        patient=patient.patient,
        wgs="missing",
        ras_status=Status.NOT_ASSESSABLE,
        braf_status=Status.NOT_ASSESSABLE,
        her2_call=CopyNumberCall.NOT_ASSESSABLE,
        eligibility=Eligibility.NOT_ASSESSABLE,
        label=Label.NOT_ASSESSABLE,
        os_days=patient.os_days,
        os_event=patient.os_event,
        treatment_start=patient.treatment_start,
        prior_lines=patient.prior_lines,
        prior_anti_egfr=is_yes(patient.prior_anti_egfr),
        age=patient.age,
        sex=patient.sex,
        primary_site=patient.primary_site,
        her2_ihc=patient.her2_ihc,
        her2_assay=patient.her2_assay,
        new_therapy_day=patient.new_therapy_day,
    )
    if sample is None:
        return of_the_sheet
    result = results[sample.sample]
    return replace(
        of_the_sheet,
        sample=result.sample,
        wgs="failed" if result.failed else "available",
        ras_status=result.ras_status,
        braf_status=result.braf_status,
        her2_call=result.her2_call,
        erbb2_copy_number=result.erbb2_copy_number,
        erbb2_copy_number_over_ploidy=result.erbb2_copy_number_over_ploidy,
        target_call=result.target_call,
        target_copy_number=result.target_copy_number,
        target_copy_number_over_ploidy=result.target_copy_number_over_ploidy,
        target_result=result.target_result,
        target=result.target,
        eligibility=result.eligibility,
        label=result.label,
        mechanisms=result.mechanisms,
        decisive_untested=result.decisive_untested,
    )


def with_outcome(patient: JoinedPatient, adjudicated: AdjudicatedOutcome) -> JoinedPatient:
    """The patient with the outcome but survival, which only the sheet knows."""
    outcome = adjudicated.outcome
    return replace(
        patient,
        best_response=outcome.best_response,
        clinical_benefit=outcome.clinical_benefit,
        pfs_days=outcome.pfs_days,
        pfs_event=outcome.pfs_event,
        evaluable=outcome.evaluable,
        not_evaluable_reason=outcome.not_evaluable_reason,
        response_confirmed=outcome.response_confirmed,
        benefit_day=outcome.benefit_day,
        duration_of_response_days=outcome.duration_of_response_days,
        duration_of_response_event=outcome.duration_of_response_event,
        outcome_source=adjudicated.source,
    )


_OF_A_CANDIDATE = ("mechanism", "rule_id", "gene", "alteration", "tier", "clonality", "own_share")


def candidates_of(
    patients: Sequence[PatientRow],
    chosen: Mapping[str, SampleRow | None],
    results: Mapping[str, TumorResult],
    *,
    adjudicated: Mapping[str, AdjudicatedOutcome],
) -> list[Candidate]:
    """The candidate mechanisms of the samples that stand for patients."""
    return [
        Candidate(
            patient=patient.patient,
            sample=sample.sample,
            clinical_benefit=adjudicated[patient.patient].outcome.clinical_benefit,
            mechanism=found.mechanism,
            rule_id=found.rule_id,
            gene=found.gene,
            alteration=found.alteration,
            tier=Tier(found.tier),
            clonality=Clonality(found.clonality) if isinstance(found.clonality, str) else None,
            own_share=_share(found.own_share),
        )
        for patient in patients
        if (sample := chosen[patient.patient]) is not None
        for found in results[sample.sample].candidates[list(_OF_A_CANDIDATE)].itertuples()
    ]


def _share(value: object) -> float | None:
    """A share of a table, None where its cell is empty."""
    return float(value) if isinstance(value, float) and not math.isnan(value) else None


def biopsies_of(
    samples: Sequence[SampleRow], patients: Sequence[PatientRow], chosen: Mapping[str, SampleRow | None]
) -> list[Biopsy]:
    """Every sample of the sheet whose patient is in the cohort, with its day from the start of treatment."""
    starts = {row.patient: row.treatment_start for row in patients}
    return [
        Biopsy(
            patient=row.patient,
            sample=row.sample,
            collected_on=row.collected_on,
            day=days_between(starts[row.patient], row.collected_on),
            timepoint=row.timepoint or Timepoint.BASELINE,
            material=row.material or Material.TISSUE,
            label_from=chosen.get(row.patient) is row,
        )
        for row in samples
        if row.patient in starts
    ]


def biopsies_that_disagree(
    samples: Sequence[SampleRow], chosen: Mapping[str, SampleRow | None], results: Mapping[str, TumorResult]
) -> list[OpenQuestion]:
    """Samples taken before treatment whose label or eligibility is another than that of the one that stands."""
    found = []
    for row in samples:
        stands = chosen.get(row.patient)
        if stands is None or stands is row or not row.before_treatment:
            continue
        used, other = results[stands.sample], results[row.sample]
        if used.failed or other.failed:
            continue
        differs = [
            f"{name} {getattr(other, name)} against {getattr(used, name)}"
            for name in ("label", "eligibility", "mechanisms")
            if getattr(other, name) != getattr(used, name)
        ]
        if differs:
            found.append(
                OpenQuestion(
                    file="samples.tsv",
                    line=row.line,
                    patient=row.patient,
                    sheet_column="sample",
                    value=row.sample,
                    question=f"differs from {stands.sample}, which stands for the patient: {', '.join(differs)}",
                )
            )
    return found


def unaccounted(samples: Sequence[SampleRow], results: Mapping[str, TumorResult]) -> list[Problem]:
    """Files that the sheet gives and no step says what became of: a cohort with one of them is not reported."""
    return [
        Problem(
            getattr(row, column),
            f"no step says what became of {column} of {row.sample}",
            allowed=f"run the steps of {row.sample} again: snakemake --forcerun measure_copy_number",
        )
        for row in samples
        for column in ACCOUNTED
        if getattr(row, column) is not None and column not in set(results[row.sample].analyses["analysis"])
    ]


def manifest(
    samples: Sequence[SampleRow], chosen: Mapping[str, SampleRow | None], results: Mapping[str, TumorResult]
) -> list[Analysis]:
    """Every analysis of every sample, and whether the sample stands for its patient."""
    found: list[Analysis] = []
    for row in samples:
        found += MANIFEST.records_of(results[row.sample].analyses)
        stands = chosen.get(row.patient)
        joined = stands is not None and stands.sample == row.sample
        found.append(
            Analysis(
                sample=row.sample,
                analysis="cohort",
                state=State.DONE if joined else State.SKIPPED,
                reason="" if joined else _why_not_joined(row, stands),
            )
        )
    return found


def _why_not_joined(row: SampleRow, stands: SampleRow | None) -> str:
    if not row.before_treatment:
        return f"taken {str(row.timepoint).replace('_', ' ')}: compared with the sample before treatment"
    return f"{stands.sample if stands else 'another biopsy'} stands for {row.patient}"
