"""Each patient's outcome under the other choices that a referee asks for; only the patients whom a choice changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from refractor.outcomes.adjudication import AdjudicatedOutcome, adjudicate_outcomes, days_between
from refractor.outcomes.recist import STANDING
from refractor.outcomes.recist_outcome import PatientOutcome
from refractor.results.cohort_tables import OtherChoice
from refractor.settings.endpoint_rules import EndpointSettings, WhoDecides
from refractor.sheets import AssessmentRow, PatientRow
from refractor.vocabulary import EndOfAssessments

LATE_DAYS = 126
"""Two scans of 9 weeks: whoever was censored longer before the last contact was not lost to the cut-off."""
_ENDED = (EndOfAssessments.WITHDRAWAL, EndOfAssessments.LOST, EndOfAssessments.NEW_THERAPY)


@dataclass(frozen=True, slots=True)
class Choice:
    """Another choice: its name, what it means, and the outcome of a patient under it."""

    name: str
    meaning: str
    outcome: Callable[[PatientRow, AdjudicatedOutcome], PatientOutcome]


def other_choices(
    patients: Sequence[PatientRow],
    assessments: Sequence[AssessmentRow],
    adjudicated: Mapping[str, AdjudicatedOutcome],
    *,
    rules: EndpointSettings,
    data_cutoff: str | None,
) -> Iterator[OtherChoice]:
    """Rows of OTHER_CHOICES: every choice, with a row for each patient whose outcome differs from the main one.

    A choice that changes nobody has one row without a patient, so that the table says that it was tried.
    """
    derived = adjudicate_outcomes(
        patients,
        assessments,
        rules=replace(rules, who_decides=WhoDecides.DERIVED),
        data_cutoff=data_cutoff,
    )
    choices = [
        Choice(
            "stable disease measured to progression",
            f"progression or death on day {rules.sd_min_days} or later shows benefit, whatever the last assessment before",
            lambda _, one: _to_progression(one.outcome, rules),
        ),
        Choice(
            "responses derived from the measurements",
            "the measurements decide where the investigator states another response",
            lambda patient, _: derived[patient.patient].outcome,
        ),
        Choice(
            "censoring as an event",
            f"who was censored by withdrawal, loss, another treatment or {LATE_DAYS} days before the last contact "
            "progressed then; benefit that is open did not come",
            lambda patient, one: _worst(patient, one.outcome),
        ),
    ]
    unregistered = sum(patient.registered_on is None for patient in patients)
    if unregistered < len(patients):
        of_others = f"; {unregistered} without it are counted from the start" if unregistered else ""
        choices.append(
            Choice(
                "progression-free survival from registration",
                f"counted from registered_on in place of treatment_start{of_others}",
                lambda patient, one: _from_registration(patient, one.outcome),
            )
        )
    for choice in choices:
        rows = [
            _row(choice, patient.patient, changed)
            for patient in patients
            if _told(changed := choice.outcome(patient, adjudicated[patient.patient]))
            != _told(adjudicated[patient.patient].outcome)
        ]
        yield from rows or [OtherChoice(analysis=choice.name, meaning=choice.meaning)]


def _to_progression(outcome: PatientOutcome, rules: EndpointSettings) -> PatientOutcome:
    late = outcome.pfs_days is not None and outcome.pfs_days >= rules.sd_min_days
    if outcome.clinical_benefit is False and late and outcome.best_response in STANDING:
        return replace(outcome, clinical_benefit=True, benefit_day=int(outcome.pfs_days or 0))
    return outcome


def _worst(patient: PatientRow, outcome: PatientOutcome) -> PatientOutcome:
    benefit = False if outcome.evaluable and outcome.clinical_benefit is None else outcome.clinical_benefit
    outcome = replace(outcome, clinical_benefit=benefit)
    if outcome.pfs_event != 0 or outcome.pfs_days is None:
        return outcome
    ended = patient.end_of_assessments_reason in _ENDED or patient.new_therapy_day is not None
    silent = patient.os_days is not None and patient.os_days - outcome.pfs_days > LATE_DAYS
    return replace(outcome, pfs_event=1) if ended or silent else outcome


def _from_registration(patient: PatientRow, outcome: PatientOutcome) -> PatientOutcome:
    waited = days_between(patient.registered_on, patient.treatment_start)
    if waited is None or outcome.pfs_days is None:
        return outcome
    return replace(outcome, pfs_days=outcome.pfs_days + waited)


def _told(outcome: PatientOutcome) -> tuple[object, ...]:
    return (
        outcome.clinical_benefit,
        outcome.best_response,
        outcome.response_confirmed,
        outcome.pfs_days,
        outcome.pfs_event,
        outcome.evaluable,
    )


def _row(choice: Choice, patient: str, outcome: PatientOutcome) -> OtherChoice:
    return OtherChoice(
        analysis=choice.name,
        meaning=choice.meaning,
        patient=patient,
        clinical_benefit=outcome.clinical_benefit,
        benefit_day=outcome.benefit_day,
        best_response=outcome.best_response,
        response_confirmed=outcome.response_confirmed,
        evaluable=outcome.evaluable,
        pfs_days=outcome.pfs_days,
        pfs_event=outcome.pfs_event,
    )
