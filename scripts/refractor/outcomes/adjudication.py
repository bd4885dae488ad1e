"""The outcome that counts for each patient: derived from assessments, stated in the sheet, and where they disagree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Literal

from refractor.outcomes.recist import (
    RESPONDING,
    STANDING,
    Ends,
    Recorded,
    ResponseAssessment,
    assess_responses,
    baseline_of,
)
from refractor.outcomes.recist_outcome import FollowUp, PatientOutcome, derive_outcome
from refractor.settings.endpoint_rules import EndpointSettings, OutcomeSource
from refractor.sheets import AssessmentRow, PatientRow
from refractor.vocabulary import EndOfAssessments, Response, is_yes

Source = Literal["assessments", "sheet", "none"]


@dataclass(frozen=True, slots=True)
class AdjudicatedOutcome:
    """One patient's outcome with its source, its assessments, and the benefit under the lenient window."""

    patient: str
    outcome: PatientOutcome
    source: Source
    stated: PatientOutcome
    derived: PatientOutcome | None
    assessed: tuple[ResponseAssessment, ...]
    lenient_benefit: bool | None
    at_baseline: tuple[AssessmentRow, ...] = ()
    """Assessments that state a response or progression and are too early to count."""
    awaited: bool = False
    """Whether the assessment that decides benefit can still come."""

    @property
    def untold(self) -> bool:
        """Whether the patient is evaluable and nothing says if there was benefit, though nothing can show it any more."""
        return bool(self.outcome.evaluable) and self.outcome.clinical_benefit is None and not self.awaited

    @property
    def flips(self) -> bool:
        """Whether benefit is another under the lenient window."""
        return self.derived is not None and self.lenient_benefit is not self.derived.clinical_benefit


def adjudicate_outcomes(
    patients: Sequence[PatientRow],
    assessments: Iterable[AssessmentRow],
    *,
    rules: EndpointSettings,
    data_cutoff: str | None = None,
) -> dict[str, AdjudicatedOutcome]:
    """Each patient's outcome, by patient.

    `data_cutoff` is an ISO date; without it the latest day that the sheets know of any patient stands for it.
    """
    of_patient: dict[str, list[AssessmentRow]] = {patient.patient: [] for patient in patients}
    for row in assessments:
        of_patient[row.patient].append(row)
    rows = [row for each in of_patient.values() for row in each]
    recorded = Recorded.of_sheet(rows) if rows else None
    cutoff = data_cutoff or latest_known_date(patients, of_patient)
    return {
        patient.patient: adjudicate(
            patient,
            of_patient[patient.patient],
            rules=rules,
            recorded=recorded,
            cutoff_day=days_between(patient.treatment_start, cutoff),
        )
        for patient in patients
    }


def latest_known_date(
    patients: Sequence[PatientRow], of_patient: Mapping[str, Sequence[AssessmentRow]]
) -> str | None:
    """The latest date (ISO) on which the sheets know anything of any patient; None where no treatment start is known."""
    latest = None
    for patient in patients:
        days = [row.day for row in of_patient[patient.patient]]
        known = [day for day in (patient.os_days, patient.pfs_days, *days) if day is not None]
        if patient.treatment_start is None or not known:
            continue
        last = date.fromisoformat(patient.treatment_start) + timedelta(days=int(max(known)))
        latest = last if latest is None else max(latest, last)
    return None if latest is None else latest.isoformat()


def adjudicate(
    patient: PatientRow,
    assessments: Sequence[AssessmentRow],
    *,
    rules: EndpointSettings,
    recorded: Recorded | None = None,
    cutoff_day: float | None = None,
) -> AdjudicatedOutcome:
    """The outcome of one patient.

    Derived values count where there is an assessment after baseline, or a death and nothing stated, and the cohort
    file does not prefer the sheet; a value that cannot be derived is taken from the sheet, and so is the whole outcome
    where nothing can be compared: no assessment is evaluable and no baseline was measured. A progression that only the
    sheet has, as a clinical one, ends progression-free survival and the chance of benefit unless the assessments
    contradict it; where they keep no column for new or non-target lesions, sums do not. Whether the patient is
    evaluable is what the sheet says, if it does. `cutoff_day` is the last day by which an assessment would be known;
    `recorded` is what the trial's sheet of assessments keeps, None without such a sheet.
    """
    kept = recorded or Recorded.of_sheet(assessments)
    follow_up = FollowUp.of_patient(patient, rules, known_until=cutoff_day)
    stated = stated_outcome(patient, rules, follow_up)
    assessed = _assessed(assessments, rules, follow_up, kept)
    says = stated.best_response is not None or stated.clinical_benefit is not None
    ended = follow_up.death is not None or _stated_progression(patient, rules) is not None
    derived, lenient, used = None, None, stated
    source: Source = "sheet"
    if assessed or (ended and not says and (recorded is not None or assessments)):
        derived = derive_outcome(follow_up, assessed, rules)
        if rules.outcomes_from is OutcomeSource.ASSESSMENTS and (
            not says or _comparable(assessed, assessments, rules)
        ):
            source = "assessments"
            if rules.stated_progression_counts and _progressed_unseen(patient, derived, assessed, rules):
                follow_up = replace(follow_up, stated_progression=patient.pfs_days)
                assessed = _assessed(assessments, rules, follow_up, kept)
            used = _counted(follow_up, assessed, rules, stated)
        wider = replace(rules, sd_window_days=rules.sd_window_sensitivity_days)
        lenient = derive_outcome(follow_up, assessed, wider).clinical_benefit
    used, stated = _by_the_sheet(patient, used, stated)
    known = (used.best_response, used.clinical_benefit, used.pfs_days) != (None, None, None)
    deadline = rules.sd_min_days + rules.deciding_scan_window_days
    return AdjudicatedOutcome(
        patient.patient,
        used,
        source if known else "none",
        stated,
        derived,
        tuple(assessed),
        lenient,
        at_baseline=tuple(row for row in assessments if _says_at_baseline(row)),
        awaited=follow_up.known_until is not None and follow_up.closed(deadline) is None,
    )


def _counted(
    follow_up: FollowUp,
    assessed: Sequence[ResponseAssessment],
    rules: EndpointSettings,
    stated: PatientOutcome,
) -> PatientOutcome:
    """What the assessments give, each value that they cannot give as it is stated."""
    used = _first_known(derive_outcome(follow_up, assessed, rules), stated)
    if _progressed_without_a_day(used, stated, assessed):
        return replace(used, best_response=Response.PD, clinical_benefit=False)
    return used


def _by_the_sheet(
    patient: PatientRow, used: PatientOutcome, stated: PatientOutcome
) -> tuple[PatientOutcome, PatientOutcome]:
    """What is used and what is stated, evaluable as the sheet says; where it does not say, the statement has no word."""
    if patient.evaluable is None:
        return used, replace(stated, evaluable=None, not_evaluable_reason=None)
    evaluable = patient.evaluable == "yes"
    return replace(used, evaluable=evaluable, not_evaluable_reason=patient.not_evaluable_reason), stated


def _assessed(
    assessments: Sequence[AssessmentRow], rules: EndpointSettings, follow_up: FollowUp, recorded: Recorded
) -> list[ResponseAssessment]:
    clinical = follow_up.ended_by is EndOfAssessments.CLINICAL_PROGRESSION
    ends = Ends(
        follow_up.other_treatment,
        follow_up.death,
        follow_up.stated_progression,
        counted_otherwise_days=0 if clinical else rules.agreement_days,
    )
    return assess_responses(assessments, rules, ends=ends, recorded=recorded)


def _comparable(
    assessed: Sequence[ResponseAssessment], assessments: Sequence[AssessmentRow], rules: EndpointSettings
) -> bool:
    """Whether an assessment is evaluable, or a baseline was measured to compare with."""
    if any(one.counted and one.response is not Response.NE for one in assessed):
        return True
    baseline = baseline_of(sorted(assessments, key=lambda row: (row.day or 0, row.line)), rules)
    return baseline is not None and baseline.target_sum_mm is not None


def stated_outcome(patient: PatientRow, rules: EndpointSettings, follow_up: FollowUp) -> PatientOutcome:
    """What the sheet states, and what follows from it.

    Progression as best response is no benefit, a confirmed response is; so is progression-free survival that was
    censored, at an assessment, when stable disease counts. Progression, death or another treatment before that day, or
    no assessment when the deciding one is not waited for any more, is no benefit. Who died or progressed without an
    evaluable assessment counts, as rules.early_death_evaluable says. Any other patient with neither response nor benefit
    does not count unless said to.
    """
    best = None if patient.best_response is None else Response(patient.best_response)
    benefit, confirmed = is_yes(patient.clinical_benefit), is_yes(patient.response_confirmed)
    reason = "as the patients' sheet states"
    if benefit is None and best is not None:
        benefit = _benefit_that_follows(best, confirmed, patient, rules, follow_up)
        reason = "as it follows from what the patients' sheet states"
    if best is Response.NE and benefit is None and rules.early_death_evaluable:
        failed = patient.pfs_event == 1 or follow_up.death_on_treatment is not None
        benefit = False if failed else None
    evaluable = is_yes(patient.evaluable)
    why_not = patient.not_evaluable_reason
    if evaluable is None:
        evaluable = benefit is not None or best not in (None, Response.NE)
        why_not = why_not or (None if evaluable else "the sheet gives neither a response nor benefit")
    return PatientOutcome(
        best_response=best,
        response_confirmed=confirmed,
        clinical_benefit=benefit,
        benefit_reason=reason,
        evaluable=evaluable,
        not_evaluable_reason=why_not,
        pfs_days=patient.pfs_days,
        pfs_event=patient.pfs_event,
        duration_of_response_days=patient.duration_of_response_days,
        duration_of_response_event=patient.duration_of_response_event,
    )


def _benefit_that_follows(
    best: Response, confirmed: bool | None, patient: PatientRow, rules: EndpointSettings, follow_up: FollowUp
) -> bool | None:
    """Benefit by a stated best response and progression-free survival; None where they do not decide it."""
    responded = best in RESPONDING
    if best is Response.PD or best is Response.NE:
        return False if best is Response.PD else None
    if responded and confirmed:
        return True
    days, event = patient.pfs_days, patient.pfs_event
    stable_from = rules.sd_min_days - rules.sd_window_days
    if days is not None and event == 0 and days >= stable_from:
        return True  # censored at an assessment without progression
    if responded and confirmed is None and rules.confirmation_required:
        return None
    if days is None:  # when the last assessment was is not known: only an end before the deciding one decides
        ends = [day for day in (follow_up.death_on_treatment, follow_up.other_treatment) if day is not None]
        late = not ends or min(ends) >= stable_from
    elif event == 1:
        late = days >= stable_from  # the last assessment before it is not known
    else:
        late = follow_up.closed(rules.sd_min_days + rules.deciding_scan_window_days) is None
    return None if late else False


def _says_at_baseline(row: AssessmentRow) -> bool:
    early = row.day is not None and row.day <= 0
    progressed = row.new_lesion == "yes" or row.non_target == "PD"
    return early and (progressed or row.response not in (None, "NE"))


def _stated_progression(patient: PatientRow, rules: EndpointSettings) -> float | None:
    """The day of progression that the sheet states, unless another treatment began before."""
    day, other = patient.pfs_days, patient.new_therapy_day if rules.new_therapy_censors else None
    return None if patient.pfs_event != 1 or (other is not None and (day or 0) > other) else day


def _progressed_unseen(
    patient: PatientRow,
    derived: PatientOutcome,
    assessed: Sequence[ResponseAssessment],
    rules: EndpointSettings,
) -> bool:
    """Whether the sheet has a progression that no assessment shows or contradicts, before the end that the assessments
    give: after the last evaluable one, or with none on that day or later that states a response or says of every kind
    of lesion that it did not progress."""
    day, end = _stated_progression(patient, rules), derived.pfs_days
    if day is None or end is None or (derived.pfs_event == 1 and day >= end):
        return False
    evaluable = [one for one in assessed if one.counted and one.response is not Response.NE]
    last = max((one.day for one in evaluable), default=0)
    if day <= last:
        later = [one for one in evaluable if one.day >= day]
        return day > 0 and not any(one.stated in STANDING or one.findings_recorded for one in later)
    return rules.progression_gap_days is None or day - last <= rules.progression_gap_days


def _progressed_without_a_day(
    used: PatientOutcome, stated: PatientOutcome, assessed: Sequence[ResponseAssessment]
) -> bool:
    """Whether the sheet states progression as best response and nothing but sums says otherwise."""
    if stated.best_response is not Response.PD or used.pfs_event != 0:
        return False
    responses = any(one.stated not in (None, Response.NE) for one in assessed)
    return not responses and not all(one.findings_recorded for one in assessed)


def _first_known(derived: PatientOutcome, stated: PatientOutcome) -> PatientOutcome:
    """The derived values, and the stated ones where nothing could be derived; a duration keeps its event."""
    values = {field.name: getattr(derived, field.name) for field in fields(PatientOutcome)}
    for name in ("best_response", "response_confirmed", "clinical_benefit"):
        if values[name] is None:
            values[name] = getattr(stated, name)
    return PatientOutcome(**values)


def days_between(start: str | None, end: str | None) -> int | None:
    """Days from one ISO date to another; None where one is not known."""
    if start is None or end is None:
        return None
    return (date.fromisoformat(end) - date.fromisoformat(start)).days
