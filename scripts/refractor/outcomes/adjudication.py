"""The outcome that counts for each patient: derived from assessments, stated in the sheet, and where they disagree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from refractor.outcomes.recist import STANDING, Judged, Response, Rules, judge
from refractor.outcomes.recist_outcome import Outcome, derive_outcome
from refractor.sheets import AssessmentRow, PatientRow

Source = Literal["assessments", "sheet", "none"]

_COMPARED = (
    "evaluable", "best_response", "response_confirmed", "clinical_benefit", "pfs_days", "pfs_event",
    "duration_of_response_days", "duration_of_response_event",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """Which outcome counts, and how far durations may differ; of the cohort file's `endpoints`."""

    outcomes_from: str = "assessments"
    agreement_days: float = 1
    lenient_window_days: int = 7
    stated_progression_counts: bool = True

    @classmethod
    def of_settings(cls, endpoints: Mapping[str, Any]) -> Choice:
        """The choice in a cohort file's `endpoints`."""
        return cls(
            endpoints["outcomes_from"],
            endpoints["agreement_days"],
            endpoints["sd_window_sensitivity_days"],
            endpoints["stated_progression_counts"],
        )


@dataclass(frozen=True, slots=True)
class Settled:
    """One patient's outcome with its source, its assessments, and the benefit under the lenient window."""

    patient: str
    outcome: Outcome
    source: Source
    stated: Outcome
    derived: Outcome | None
    judged: tuple[Judged, ...]
    lenient_benefit: bool | None
    at_baseline: tuple[AssessmentRow, ...] = ()
    """Assessments that state a response or progression and are too early to count."""

    @property
    def flips(self) -> bool:
        """Whether benefit is another under the lenient window."""
        return self.derived is not None and self.lenient_benefit is not self.derived.clinical_benefit


def settle_outcomes(
    patients: Sequence[PatientRow], assessments: Iterable[AssessmentRow], *, rules: Rules, choice: Choice
) -> dict[str, Settled]:
    """Each patient's outcome, by patient."""
    of_patient: dict[str, list[AssessmentRow]] = {patient.patient: [] for patient in patients}
    for row in assessments:
        of_patient[row.patient].append(row)
    return {
        patient.patient: settle(patient, of_patient[patient.patient], rules=rules, choice=choice)
        for patient in patients
    }


def settle(
    patient: PatientRow, assessments: Sequence[AssessmentRow], *, rules: Rules, choice: Choice
) -> Settled:
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
    judged = judge(assessments, rules, until=until, death=death)
    says = stated.best_response is not None or stated.clinical_benefit is not None
    derived, lenient = None, None
    if judged or (patient.os_event == 1 and assessments and not says):
        derived = derive_outcome(patient, judged, rules)
        wider = replace(rules, sd_window_days=choice.lenient_window_days)
        of_wider = judge(assessments, wider, until=until, death=death)
        lenient = derive_outcome(patient, of_wider, wider).clinical_benefit
    used = stated
    source: Source = "sheet"
    comparable = any(one.counted and one.response is not Response.NE for one in judged) or any(
        row.day is not None and row.day <= rules.baseline_latest_day and row.target_sum_mm is not None
        for row in assessments
    )
    if derived is not None and choice.outcomes_from == "assessments" and (comparable or not says):
        used, source = _first_known(derived, stated), "assessments"
        if choice.stated_progression_counts and _progressed_unseen(patient, derived, judged, rules):
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
    return Settled(patient.patient, used, source, stated, derived, tuple(judged), lenient, at_baseline)


def stated_outcome(patient: PatientRow) -> Outcome:
    """What the sheet states, and what follows from it: progression as best response is no benefit, a confirmed
    response is; a patient with neither response nor benefit does not count unless said to."""
    best = None if patient.best_response is None else Response(patient.best_response)
    benefit, confirmed = _yes(patient.clinical_benefit), _yes(patient.response_confirmed)
    if benefit is None and best is Response.PD:
        benefit = False
    if benefit is None and best in (Response.CR, Response.PR) and confirmed:
        benefit = True
    evaluable = _yes(patient.evaluable)
    reason = patient.not_evaluable_reason
    if evaluable is None:
        evaluable = benefit is not None or best not in (None, Response.NE)
        reason = reason or (None if evaluable else "the sheet gives neither a response nor benefit")
    return Outcome(
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


def review_rows(settled: Iterable[Settled], choice: Choice) -> list[dict[str, object]]:
    """Rows of OUTCOME_REVIEW: both values where the sources disagree, and benefit that hangs on the window."""
    rows: list[dict[str, object]] = []
    for one in settled:
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


def unassessed(settled: Iterable[Settled]) -> list[Settled]:
    """Patients whose stated response rests on no assessment after baseline, although other patients have theirs."""
    all_of_them = list(settled)
    if not any(one.judged for one in all_of_them):
        return []
    return [one for one in all_of_them if not one.judged and one.stated.best_response in STANDING]


def unassessed_rows(settled: Iterable[Settled]) -> list[dict[str, object]]:
    """Rows of OUTCOME_REVIEW for them."""
    note = "stated, but no assessment after baseline is listed, as it is for other patients"
    return [
        _review(one, "assessment", "best_response", one.stated.best_response) | {"note": note}
        for one in unassessed(settled)
    ]


def response_rows(settled: Iterable[Settled]) -> list[dict[str, object]]:
    """Rows of ASSESSED_RESPONSES."""
    return [
        {
            "patient": one.patient,
            "day": judged.day,
            "target_sum_mm": judged.target_sum_mm,
            "change_from_baseline": judged.change_from_baseline,
            "change_from_nadir": judged.change_from_nadir,
            "response": judged.response,
            "stated": judged.stated,
            "counted": "yes" if judged.counted else "no",
            "reason": judged.reason,
        }
        for one in settled
        for judged in one.judged
    ]


def outcome_cells(one: Settled) -> dict[str, object]:
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


def _disagreements(one: Settled, choice: Choice) -> Iterator[dict[str, object]]:
    for judged in one.judged:
        if judged.disagrees:
            yield (
                _review(one, "assessment", f"response on day {judged.day}", judged.stated)
                | {"derived": judged.response, "used": judged.response, "note": judged.reason}
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


def _review(one: Settled, kind: str, quantity: str, stated: object) -> dict[str, object]:
    used = getattr(one.outcome, quantity, None)
    return {
        "patient": one.patient,
        "kind": kind,
        "quantity": quantity,
        "stated": _word(stated),
        "used": _word(used),
    }


def _progressed_unseen(patient: PatientRow, derived: Outcome, judged: Sequence[Judged], rules: Rules) -> bool:
    """Whether the sheet has a progression that no assessment shows or contradicts: after the last evaluable one, before
    the end that the assessments give, and before another treatment."""
    day, end = patient.pfs_days, derived.pfs_days
    if patient.pfs_event != 1 or day is None or end is None:
        return False
    last = max((one.day for one in judged if one.counted and one.response is not Response.NE), default=0)
    other = patient.new_therapy_day if rules.new_therapy_censors else None
    near = rules.progression_gap_days is None or day - last <= rules.progression_gap_days
    return last < day and (derived.pfs_event == 0 or day < end) and near and (other is None or day <= other)


def _ended_on(used: Outcome, day: float) -> Outcome:
    """The outcome with progression on a day; the response ends with it."""
    lasted, end = used.duration_of_response_days, used.pfs_days
    if lasted is not None and end is not None:
        used = replace(used, duration_of_response_days=lasted + day - end, duration_of_response_event=1)
    return replace(used, pfs_days=day, pfs_event=1)


def _first_known(derived: Outcome, stated: Outcome) -> Outcome:
    """The derived values, and the stated ones where nothing could be derived; a duration keeps its event."""
    values = {field.name: getattr(derived, field.name) for field in fields(Outcome)}
    for name in ("best_response", "response_confirmed", "clinical_benefit"):
        if values[name] is None:
            values[name] = getattr(stated, name)
    return Outcome(**values)


def _yes(word: str | None) -> bool | None:
    return None if word is None else word == "yes"


def _word(value: object) -> str | None:
    """A value as the tables write it."""
    if value is None or isinstance(value, bool):
        return None if value is None else ("yes" if value else "no")
    return f"{value:g}" if isinstance(value, float) else str(value)
