"""A patient's outcome from the responses of the assessments: best response, benefit, and the durations.

Day 0 is the start of treatment. Progression-free survival ends with progression or death, else at the last evaluable
assessment; the duration of response runs from the first of the confirmed responses to the same end. Benefit that was
not shown is decided as soon as it can no longer be shown; only who is still inside the time in which the deciding
assessment is waited for stays open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from refractor.outcomes.recist import RESPONDING, STANDING, ResponseAssessment
from refractor.settings.endpoint_rules import EndpointSettings
from refractor.sheets import PatientRow
from refractor.vocabulary import EndOfAssessments, Response


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
class FollowUp:
    """What is known of a patient beside the assessments; days from the start of treatment, None where not known."""

    death: float | None = None
    other_treatment: int | None = None
    stated_progression: float | None = None
    """A progression that the patients' sheet states and no assessment shows."""
    known_until: float | None = None
    """The last day by which an assessment would be known: last contact, or the cut-off of the data."""
    ended_by: EndOfAssessments | None = None

    @classmethod
    def of_patient(
        cls,
        patient: PatientRow,
        rules: EndpointSettings,
        *,
        progression: float | None = None,
        known_until: float | None = None,
    ) -> FollowUp:
        """What the patients' sheet says; `progression` is a stated one that counts."""
        reason = patient.end_of_assessments_reason
        contact = [day for day in (patient.os_days, known_until) if day is not None]
        return cls(
            death=patient.os_days if patient.os_event == 1 else None,
            other_treatment=patient.new_therapy_day if rules.new_therapy_censors else None,
            stated_progression=progression,
            known_until=max(contact, default=None),
            ended_by=None if reason is None else EndOfAssessments(reason),
        )

    @property
    def death_on_treatment(self) -> float | None:
        """The day of death, unless another treatment began before."""
        if self.death is None or (self.other_treatment is not None and self.death > self.other_treatment):
            return None
        return self.death

    def closed(self, deadline: float) -> str | None:
        """Why no assessment that shows benefit can come any more, in words; None while one can."""
        if self.stated_progression is not None:
            return f"progression on day {self.stated_progression:g} as the patients' sheet states"
        if self.death_on_treatment is not None:
            return f"died on day {self.death_on_treatment:g}"
        if self.other_treatment is not None:
            return f"another treatment began on day {self.other_treatment}"
        if self.ended_by not in (None, EndOfAssessments.CUTOFF):
            return f"assessments ended: {str(self.ended_by).replace('_', ' ')}"
        if self.known_until is not None and self.known_until > deadline:
            return f"day {deadline:g}, to which the deciding assessment is waited for, has passed"
        return None


@dataclass(frozen=True, slots=True)
class End:
    """How follow-up for progression ended: the day, and 1 for progression or death, 0 for censoring."""

    day: float
    event: int


def derive_outcome(
    follow_up: FollowUp, assessed: Sequence[ResponseAssessment], rules: EndpointSettings
) -> PatientOutcome:
    """The outcome that the assessments and what is known beside them give."""
    counted = [one for one in assessed if one.counted]
    evaluated = any(one.response is not Response.NE for one in counted)
    death = follow_up.death_on_treatment
    end = _end(counted, [follow_up.stated_progression, death], rules)
    pair = confirmed_response(counted, rules)
    best = _best_response(counted, pair, rules)
    evaluable = best is not Response.NE or any(one.response in STANDING for one in counted)
    why_not = None if evaluable else "no evaluable assessment after the start of treatment"
    if not evaluated and follow_up.stated_progression is not None:
        best, evaluable, why_not = Response.PD, True, None  # a clinical evaluation is one
    elif not evaluated and death is not None:
        best, evaluable = Response(rules.early_death_response), rules.early_death_evaluable
        why_not = None if evaluable else "died before any evaluable assessment"
    benefit, day, reason = benefit_of(counted, rules, follow_up)
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
        duration_of_response_days=None if pair is None else end.day - pair[0].day,
        duration_of_response_event=None if pair is None else end.event,
    )


def confirmed_response(
    counted: Sequence[ResponseAssessment], rules: EndpointSettings, *, least: Response = Response.PR
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
    counted: Sequence[ResponseAssessment], rules: EndpointSettings, follow_up: FollowUp
) -> tuple[bool | None, int | None, str]:
    """Clinical benefit, the day on which it was established, and why; None where it can still come.

    Benefit is a confirmed response, or an assessment without progression at sd_min_days (less the window) or later.
    """
    pair = confirmed_response(counted, rules)
    stable_from = rules.sd_min_days - rules.sd_window_days
    stable = next((one for one in counted if one.response in STANDING and one.day >= stable_from), None)
    if pair is not None and (stable is None or pair[1].day <= stable.day):
        return True, pair[1].day, f"{pair[0].response} on day {pair[0].day}, confirmed on day {pair[1].day}"
    if stable is not None:
        return True, stable.day, f"no progression on day {stable.day}"
    closed = follow_up.closed(rules.sd_min_days + rules.deciding_scan_window_days)
    progressed = next((one for one in counted if one.response is Response.PD), None)
    if progressed is not None:
        closed = f"progression on day {progressed.day}"
    if closed is None:
        return None, None, f"followed without progression, but not yet to day {stable_from}"
    lacking = f"no confirmed response, and no evaluable assessment without progression from day {stable_from}"
    return False, None, f"{lacking}; {closed}"


def _best_response(
    counted: Sequence[ResponseAssessment],
    pair: tuple[ResponseAssessment, ResponseAssessment] | None,
    rules: EndpointSettings,
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


def _end(
    counted: Sequence[ResponseAssessment], others: Sequence[float | None], rules: EndpointSettings
) -> End:
    last = float(max((one.day for one in counted if one.response in STANDING), default=0))
    progressed = next((float(one.day) for one in counted if one.response is Response.PD), None)
    events = [float(day) for day in (progressed, *others) if day is not None]
    if not events:
        return End(last, 0)
    event = min(events)
    if rules.progression_gap_days is not None and event - last > rules.progression_gap_days:
        return End(last, 0)
    return End(event, 1)
