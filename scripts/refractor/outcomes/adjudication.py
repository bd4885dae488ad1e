"""The outcome that counts for each patient: derived from assessments, stated in the sheet, and where they disagree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

from refractor.outcomes.recist import STANDING, Response, ResponseAssessment, Rules, assess_responses
from refractor.outcomes.recist_outcome import PatientOutcome, derive_outcome
from refractor.settings.endpoint_rules import ENDPOINTS, EndpointSettings, OutcomeSource
from refractor.sheets import AssessmentRow, PatientRow
from refractor.vocabulary import is_yes, yes_no

Source = Literal["assessments", "sheet", "none"]

_COMPARED = (
    "evaluable", "best_response", "response_confirmed", "clinical_benefit", "pfs_days", "pfs_event",
    "duration_of_response_days", "duration_of_response_event",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """Which outcome counts, and how far durations may differ; of the cohort file's `endpoints`."""

    outcomes_from: OutcomeSource = ENDPOINTS.outcomes_from
    agreement_days: float = ENDPOINTS.agreement_days
    lenient_window_days: int = ENDPOINTS.sd_window_sensitivity_days
    stated_progression_counts: bool = ENDPOINTS.stated_progression_counts

    @classmethod
    def of_settings(cls, endpoints: EndpointSettings) -> Choice:
        """The choice in a cohort file's `endpoints`."""
        return cls(
            endpoints.outcomes_from,
            endpoints.agreement_days,
            endpoints.sd_window_sensitivity_days,
            endpoints.stated_progression_counts,
        )


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

    @property
    def flips(self) -> bool:
        """Whether benefit is another under the lenient window."""
        return self.derived is not None and self.lenient_benefit is not self.derived.clinical_benefit


def adjudicate_outcomes(
    patients: Sequence[PatientRow], assessments: Iterable[AssessmentRow], *, rules: Rules, choice: Choice
) -> dict[str, AdjudicatedOutcome]:
    """Each patient's outcome, by patient."""
    of_patient: dict[str, list[AssessmentRow]] = {patient.patient: [] for patient in patients}
    for row in assessments:
        of_patient[row.patient].append(row)
    return {
        patient.patient: adjudicate(patient, of_patient[patient.patient], rules=rules, choice=choice)
        for patient in patients
    }


def adjudicate(
    patient: PatientRow, assessments: Sequence[AssessmentRow], *, rules: Rules, choice: Choice
) -> AdjudicatedOutcome:
    """The outcome of one patient.

    Derived values count where there is an assessment after baseline, or a death and nothing stated, and the cohort
    file does not prefer the sheet; a value that cannot be derived is taken from the sheet, and so is the whole outcome
    where nothing can be compared: no assessment is evaluable and no baseline was measured. A progression that only the
    sheet has, as a clinical one, ends progression-free survival unless the assessments contradict it. Whether the patient is
    evaluable is what the sheet says, if it does.
    """
    stated = stated_outcome(patient)
    until = patient.new_therapy_day if rules.new_therapy_censors else None
    death = patient.os_days if patient.os_event == 1 else None
    assessed = assess_responses(assessments, rules, until=until, death=death)
    says = stated.best_response is not None or stated.clinical_benefit is not None
    derived, lenient = None, None
    if assessed or (patient.os_event == 1 and assessments and not says):
        derived = derive_outcome(patient, assessed, rules)
        wider = replace(rules, sd_window_days=choice.lenient_window_days)
        of_wider = assess_responses(assessments, wider, until=until, death=death)
        lenient = derive_outcome(patient, of_wider, wider).clinical_benefit
    used = stated
    source: Source = "sheet"
    comparable = any(one.counted and one.response is not Response.NE for one in assessed) or any(
        row.day is not None and row.day <= rules.baseline_latest_day and row.target_sum_mm is not None
        for row in assessments
    )
    if derived is not None and choice.outcomes_from == "assessments" and (comparable or not says):
        used, source = _first_known(derived, stated), "assessments"
        if choice.stated_progression_counts and _progressed_unseen(patient, derived, assessed, rules):
            used = _ended_on(used, patient.pfs_days or 0)
    if patient.evaluable is None:
        stated = replace(stated, evaluable=None, not_evaluable_reason=None)  # the sheet does not say
    else:
        used = replace(
            used, evaluable=patient.evaluable == "yes", not_evaluable_reason=patient.not_evaluable_reason
        )
    if (used.best_response, used.clinical_benefit, used.pfs_days) == (None, None, None):
        source = "none"
    at_baseline = tuple(row for row in assessments if _says_at_baseline(row, rules))
    return AdjudicatedOutcome(
        patient.patient, used, source, stated, derived, tuple(assessed), lenient, at_baseline
    )


def stated_outcome(patient: PatientRow) -> PatientOutcome:
    """What the sheet states, and what follows from it: progression as best response is no benefit, a confirmed
    response is; a patient with neither response nor benefit does not count unless said to."""
    best = None if patient.best_response is None else Response(patient.best_response)
    benefit, confirmed = is_yes(patient.clinical_benefit), is_yes(patient.response_confirmed)
    if benefit is None and best is Response.PD:
        benefit = False
    if benefit is None and best in (Response.CR, Response.PR) and confirmed:
        benefit = True
    evaluable = is_yes(patient.evaluable)
    reason = patient.not_evaluable_reason
    if evaluable is None:
        evaluable = benefit is not None or best not in (None, Response.NE)
        reason = reason or (None if evaluable else "the sheet gives neither a response nor benefit")
    return PatientOutcome(
        best_response=best,
        response_confirmed=confirmed,
        clinical_benefit=benefit,
        benefit_reason="as the patients' sheet states",
        evaluable=evaluable,
        not_evaluable_reason=reason,
        pfs_days=patient.pfs_days,
        pfs_event=patient.pfs_event,
        duration_of_response_days=patient.duration_of_response_days,
        duration_of_response_event=patient.duration_of_response_event,
    )


def review_rows(adjudicated: Iterable[AdjudicatedOutcome], choice: Choice) -> list[dict[str, object]]:
    """Rows of OUTCOME_REVIEW: both values where the sources disagree, and benefit that hangs on the window."""
    rows: list[dict[str, object]] = []
    for one in adjudicated:
        rows += _disagreements(one, choice)
        if one.flips and one.derived is not None:
            rows.append(
                _review(one, "window", "clinical_benefit", one.stated.clinical_benefit)
                | {
                    "derived": _word(one.lenient_benefit),
                    "note": f"{_word(one.derived.clinical_benefit) or 'not decided'} under the strict window, "
                    f"{_word(one.lenient_benefit) or 'not decided'} with {choice.lenient_window_days} days less",
                }
            )
    return rows


def unassessed(adjudicated: Iterable[AdjudicatedOutcome]) -> list[AdjudicatedOutcome]:
    """Patients whose stated response rests on no assessment after baseline, although other patients have theirs."""
    all_of_them = list(adjudicated)
    if not any(one.assessed for one in all_of_them):
        return []
    return [one for one in all_of_them if not one.assessed and one.stated.best_response in STANDING]


def unassessed_rows(adjudicated: Iterable[AdjudicatedOutcome]) -> list[dict[str, object]]:
    """Rows of OUTCOME_REVIEW for them."""
    note = "stated, but no assessment after baseline is listed, as it is for other patients"
    return [
        _review(one, "assessment", "best_response", one.stated.best_response) | {"note": note}
        for one in unassessed(adjudicated)
    ]


def response_rows(adjudicated: Iterable[AdjudicatedOutcome]) -> list[dict[str, object]]:
    """Rows of ASSESSED_RESPONSES."""
    return [
        {
            "patient": one.patient,
            "day": assessed.day,
            "target_sum_mm": assessed.target_sum_mm,
            "change_from_baseline": assessed.change_from_baseline,
            "change_from_nadir": assessed.change_from_nadir,
            "response": assessed.response,
            "stated": assessed.stated,
            "counted": assessed.counted,
            "reason": assessed.reason,
        }
        for one in adjudicated
        for assessed in one.assessed
    ]


def outcome_cells(one: AdjudicatedOutcome) -> dict[str, object]:
    """The outcome columns of the table PATIENTS but survival, which only the sheet knows."""
    outcome = one.outcome
    return {
        "best_response": outcome.best_response,
        "clinical_benefit": _word(outcome.clinical_benefit),
        "pfs_days": outcome.pfs_days,
        "pfs_event": outcome.pfs_event,
        "evaluable": _word(outcome.evaluable),
        "not_evaluable_reason": outcome.not_evaluable_reason,
        "response_confirmed": _word(outcome.response_confirmed),
        "benefit_day": outcome.benefit_day,
        "duration_of_response_days": outcome.duration_of_response_days,
        "duration_of_response_event": outcome.duration_of_response_event,
        "outcome_source": one.source,
    }


def _disagreements(one: AdjudicatedOutcome, choice: Choice) -> Iterator[dict[str, object]]:
    for assessed in one.assessed:
        if assessed.disagrees:
            yield (
                _review(one, "assessment", f"response on day {assessed.day}", assessed.stated)
                | {"derived": assessed.response, "used": assessed.response, "note": assessed.reason}
            )
    for row in one.at_baseline:
        stated_here = row.response or "PD"
        yield (
            _review(one, "assessment", f"response on day {row.day}", stated_here)
            | {"note": "at baseline, before or on the day that treatment started; does not count"}
        )
    if one.derived is None:
        return
    for name in _COMPARED:
        stated, derived = getattr(one.stated, name), getattr(one.derived, name)
        if stated is None or derived is None or stated == derived:
            continue
        if name.endswith("_days") and abs(stated - derived) <= choice.agreement_days:
            continue
        note = one.derived.benefit_reason if name == "clinical_benefit" else None
        yield _review(one, "disagreement", name, stated) | {"derived": _word(derived), "note": note}


def _says_at_baseline(row: AssessmentRow, rules: Rules) -> bool:
    early = row.day is not None and row.day <= rules.baseline_latest_day
    progressed = row.new_lesion == "yes" or row.non_target == "PD"
    return early and (progressed or row.response not in (None, "NE"))


def _review(one: AdjudicatedOutcome, kind: str, quantity: str, stated: object) -> dict[str, object]:
    used = getattr(one.outcome, quantity, None)
    return {
        "patient": one.patient,
        "kind": kind,
        "quantity": quantity,
        "stated": _word(stated),
        "used": _word(used),
    }


def _progressed_unseen(
    patient: PatientRow, derived: PatientOutcome, assessed: Sequence[ResponseAssessment], rules: Rules
) -> bool:
    """Whether the sheet has a progression that no assessment shows or contradicts: after the last evaluable one, before
    the end that the assessments give, and before another treatment."""
    day, end = patient.pfs_days, derived.pfs_days
    if patient.pfs_event != 1 or day is None or end is None:
        return False
    last = max((one.day for one in assessed if one.counted and one.response is not Response.NE), default=0)
    other = patient.new_therapy_day if rules.new_therapy_censors else None
    near = rules.progression_gap_days is None or day - last <= rules.progression_gap_days
    return last < day and (derived.pfs_event == 0 or day < end) and near and (other is None or day <= other)


def _ended_on(used: PatientOutcome, day: float) -> PatientOutcome:
    """The outcome with progression on a day; the response ends with it."""
    lasted, end = used.duration_of_response_days, used.pfs_days
    if lasted is not None and end is not None:
        used = replace(used, duration_of_response_days=lasted + day - end, duration_of_response_event=1)
    return replace(used, pfs_days=day, pfs_event=1)


def _first_known(derived: PatientOutcome, stated: PatientOutcome) -> PatientOutcome:
    """The derived values, and the stated ones where nothing could be derived; a duration keeps its event."""
    values = {field.name: getattr(derived, field.name) for field in fields(PatientOutcome)}
    for name in ("best_response", "response_confirmed", "clinical_benefit"):
        if values[name] is None:
            values[name] = getattr(stated, name)
    return PatientOutcome(**values)


def _word(value: object) -> str | None:
    """A value as the tables write it."""
    if value is None or isinstance(value, bool):
        return None if value is None else yes_no(value)
    return f"{value:g}" if isinstance(value, float) else str(value)
