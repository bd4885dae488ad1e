"""A patient's outcome from the responses of the assessments: best response, benefit, and the durations.

Day 0 is the start of treatment. Progression-free survival ends with progression or death, else at the last evaluable
assessment; the duration of response runs from the first of the confirmed responses to the same end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from refractor.outcomes.recist import RESPONDING, STANDING, Response, ResponseAssessment, Rules
from refractor.sheets import PatientRow


@dataclass(frozen=True, slots=True)
class PatientOutcome:
    """An outcome; None is not known. Durations in days from the start of treatment (of the response for the latter)."""

    best_response: Response | None = None
    response_confirmed: bool | None = None
    clinical_benefit: bool | None = None
    benefit_day: int | None = None
    benefit_reason: str = ""
    evaluable: bool | None = None
    not_evaluable_reason: str | None = None
    pfs_days: float | None = None
    pfs_event: int | None = None
    duration_of_response_days: float | None = None
    duration_of_response_event: int | None = None


@dataclass(frozen=True, slots=True)
class End:
    """How follow-up for progression ended: the day, and 1 for progression or death, 0 for censoring."""

    day: float
    event: int


def derive_outcome(
    patient: PatientRow, assessed: Sequence[ResponseAssessment], rules: Rules
) -> PatientOutcome:
    """The outcome that the assessed assessments and the sheet's day of death and of another treatment give."""
    counted = [one for one in assessed if one.counted]
    death = patient.os_days if patient.os_event == 1 else None
    other = patient.new_therapy_day if rules.new_therapy_censors else None
    died_on_it = death is not None and (other is None or death <= other)
    end = _end(counted, death if died_on_it else None, rules)
    pair = confirmed_response(counted, rules)
    early = died_on_it and not any(one.response is not Response.NE for one in counted)
    best = _best_response(counted, pair, rules)
    if early:
        best = Response(rules.early_death_response)
    progressed = any(one.response is Response.PD for one in counted)
    benefit, day, reason = benefit_of(counted, rules, ended=progressed or died_on_it or other is not None)
    evaluable = best is not Response.NE or any(one.response in STANDING for one in counted)
    why_not = None if evaluable else "no evaluable assessment after the start of treatment"
    if early:
        evaluable = rules.early_death_evaluable
        why_not = None if evaluable else "died before any evaluable assessment"
    first = None if pair is None else pair[0]
    confirmed = confirmed_response(counted, replace(rules, confirmation_required=True)) is not None
    return PatientOutcome(
        best_response=best,
        response_confirmed=confirmed if _ever_responded(counted) else None,
        clinical_benefit=benefit if evaluable or benefit else None,
        benefit_day=day,
        benefit_reason=reason,
        evaluable=evaluable,
        not_evaluable_reason=why_not,
        pfs_days=end.day,
        pfs_event=end.event,
        duration_of_response_days=None if first is None else end.day - first.day,
        duration_of_response_event=None if first is None else end.event,
    )


def confirmed_response(
    counted: Sequence[ResponseAssessment], rules: Rules, *, least: Response = Response.PR
) -> tuple[ResponseAssessment, ResponseAssessment] | None:
    """The earliest response of at least `least` and the assessment that confirms it; None where none is.

    Without the need of confirmation the response confirms itself.
    """
    wanted = (Response.CR,) if least is Response.CR else RESPONDING
    for place, first in enumerate(counted):
        if first.response not in wanted:
            continue
        if not rules.confirmation_required:
            return first, first
        missing = 0
        for later in counted[place + 1 :]:
            if later.response in wanted:
                if later.day - first.day >= rules.confirmation_days:
                    return first, later
            elif later.response is Response.NE:
                missing += 1
            elif not (later.response is Response.SD and rules.confirmation_stable_allowed):
                break
            if missing > rules.confirmation_missing_allowed:
                break
    return None


def benefit_of(
    counted: Sequence[ResponseAssessment], rules: Rules, *, ended: bool
) -> tuple[bool | None, int | None, str]:
    """Clinical benefit, the day on which it was established, and why; None where it is not decided yet.

    Benefit is a confirmed response, or an assessment without progression at sd_min_days (less the window) or later.
    `ended` says that progression, death or another treatment closed the question.
    """
    pair = confirmed_response(counted, rules)
    stable_from = rules.sd_min_days - rules.sd_window_days
    stable = next((one for one in counted if one.response in STANDING and one.day >= stable_from), None)
    if pair is not None and (stable is None or pair[1].day <= stable.day):
        return True, pair[1].day, f"{pair[0].response} on day {pair[0].day}, confirmed on day {pair[1].day}"
    if stable is not None:
        return True, stable.day, f"no progression on day {stable.day}"
    if ended:
        return (
            False,
            None,
            f"no confirmed response, and no evaluable assessment without progression from day {stable_from}",
        )
    return None, None, f"followed without progression, but not yet to day {stable_from}"


def _best_response(
    counted: Sequence[ResponseAssessment],
    pair: tuple[ResponseAssessment, ResponseAssessment] | None,
    rules: Rules,
) -> Response:
    """The best response from the start of treatment; a response that needs confirmation and lacks it is at most SD."""
    if pair is not None:
        complete = confirmed_response(counted, rules, least=Response.CR)
        return Response.PR if complete is None else Response.CR
    if any(one.response in STANDING and one.day >= rules.sd_best_response_min_days for one in counted):
        return Response.SD
    if any(one.response is Response.PD for one in counted):
        return Response.PD
    return Response.NE


def _ever_responded(counted: Sequence[ResponseAssessment]) -> bool:
    return any(one.response in RESPONDING for one in counted)


def _end(counted: Sequence[ResponseAssessment], death: float | None, rules: Rules) -> End:
    evaluable = [one.day for one in counted if one.response in STANDING]
    last = float(max(evaluable, default=0))
    progressed = next((float(one.day) for one in counted if one.response is Response.PD), None)
    events = [day for day in (progressed, death) if day is not None]
    if not events:
        return End(last, 0)
    event = min(events)
    if rules.progression_gap_days is not None and event - last > rules.progression_gap_days:
        return End(last, 0)
    return End(event, 1)
