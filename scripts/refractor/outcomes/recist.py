"""RECIST 1.1: the response of each assessment from its measurements (Eisenhauer 2009, PMID 19097774).

Target lesions come as one sum of diameters, so a complete response of lymph nodes, whose short axes stay above 0 mm,
cannot be told from the sum. Where a response is stated, `who_decides` of the cohort file says whose word counts; a new
lesion and the progression of non-target lesions are findings and count as progression whatever is stated. RECIST 1.1
only: iRECIST (progression that has to be confirmed) is not used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from refractor.settings.endpoint_rules import EndpointSettings, WhoDecides
from refractor.sheets import AssessmentRow
from refractor.vocabulary import Response

_ROUNDING = 1e-9
"""Relative slack of the comparisons, so that 60 mm is 20 % above 50 mm."""


STANDING = (Response.CR, Response.PR, Response.SD)
"""Evaluable and not progressed."""
RESPONDING = (Response.CR, Response.PR)


@dataclass(frozen=True, slots=True)
class Recorded:
    """Which findings beside the sums the sheet of assessments keeps: what nobody filled says nothing, not no."""

    new_lesions: bool = True
    non_targets: bool = True
    only_ticks: bool = True
    """Whether new_lesion is a tick that is only ever yes, so that an empty cell says no."""

    @classmethod
    def of_sheet(cls, assessments: Iterable[AssessmentRow]) -> Recorded:
        """What all rows of the sheet together keep."""
        rows = list(assessments)
        return cls(
            new_lesions=any(row.new_lesion is not None for row in rows),
            non_targets=any(row.non_target is not None for row in rows),
            only_ticks={row.new_lesion for row in rows} <= {"yes", None},
        )

    def new_lesions_of(self, row: AssessmentRow) -> bool:
        """Whether the assessment says if there was a new lesion."""
        return self.new_lesions and (row.new_lesion is not None or self.only_ticks)

    def non_targets_of(self, row: AssessmentRow, *, patient_has_some: bool) -> bool:
        """Whether the assessment says what became of non-target lesions; a patient with no word of any has none."""
        return self.non_targets and (row.non_target is not None or not patient_has_some)


@dataclass(frozen=True, slots=True)
class Ends:
    """Days from the start of treatment on which the count of assessments ends; None where it does not."""

    other_treatment: int | None = None
    death: float | None = None
    stated_progression: float | None = None
    """A progression that the patients' sheet states and no assessment shows."""
    counted_otherwise_days: int = 0
    """How much later than the assessment that it rests on the stated day may be; 0 for a clinical one, which rests on none."""


_ALL_RECORDED, _NO_ENDS = Recorded(), Ends()


@dataclass(frozen=True, slots=True)
class _Frame:
    """What one patient's assessments are compared with."""

    baseline: float | None
    has_non_target: bool
    sums_exist: bool
    recorded: Recorded


@dataclass(frozen=True, slots=True)
class ResponseAssessment:
    """One assessment after baseline with its response. Changes are shares; None without a sum to compare with."""

    day: int
    response: Response
    reason: str
    target_sum_mm: float | None = None
    change_from_baseline: float | None = None
    change_from_nadir: float | None = None
    stated: Response | None = None
    derived: Response | None = None
    """What the measurements and findings alone give."""
    counted: bool = True
    findings_recorded: bool = True
    """Whether the sheet says of new and of non-target lesions, so that no progression can hide beside the sum."""

    @property
    def disagrees(self) -> bool:
        """Whether the sheet states another response than the measurements give."""
        return self.stated is not None and self.stated is not (self.derived or self.response)


def assess_responses(
    assessments: Sequence[AssessmentRow],
    rules: EndpointSettings,
    *,
    ends: Ends = _NO_ENDS,
    recorded: Recorded = _ALL_RECORDED,
) -> list[ResponseAssessment]:
    """The responses of one patient's assessments after baseline, by day.

    Assessments after the first progression, after the start of another treatment, after the day of death or after a
    progression that only the patients' sheet has are assessed and do not count. `recorded` says which findings the
    sheet keeps at all.
    """
    known = sorted(
        (row for row in assessments if row.day is not None), key=lambda row: (row.day or 0, row.line)
    )
    baseline = baseline_of(known, rules)
    frame = _Frame(
        baseline=None if baseline is None else baseline.target_sum_mm,
        has_non_target=any(row.non_target is not None for row in known),
        sums_exist=any(row.target_sum_mm is not None for row in known),
        recorded=recorded,
    )
    first_day = max(0, (baseline.day or 0) if baseline is not None else 0)
    nadir = frame.baseline
    assessed: list[ResponseAssessment] = []
    progressed = complete = False
    for row in known:
        if (row.day or 0) <= first_day:
            continue
        one = _assess(row, nadir, rules, frame, after_complete=complete)
        if _is_progression_of_the_sheet(one, ends):
            one = replace(one, response=Response.PD, reason="progression, as the patients' sheet states")
        why = _why_uncounted(one.day, ends, progressed=progressed)
        if why is not None:
            one = replace(one, reason=f"does not count, {why}; {one.reason}", counted=False)
        else:
            progressed = one.response is Response.PD
            complete = complete or one.response is Response.CR
            if row.target_sum_mm is not None:
                nadir = row.target_sum_mm if nadir is None else min(nadir, row.target_sum_mm)
        assessed.append(one)
    return assessed


def baseline_of(known: Sequence[AssessmentRow], rules: EndpointSettings) -> AssessmentRow | None:
    """The baseline among one patient's assessments in the order of days; None where there is none.

    The last one with a sum before or on day 0; without such a one the first with a sum, if it is not later than
    rules.baseline_latest_day and states no response: a baseline on the first day of treatment is day 1 in CDISC, and
    some are days late. Where no assessment has a sum, the same among all of them.
    """
    dated = [row for row in known if row.day is not None]
    able = [row for row in dated if row.target_sum_mm is not None] or dated
    before = [row for row in able if (row.day or 0) <= 0]
    if before:
        return before[-1]
    if not able or (able[0].day or 0) > rules.baseline_latest_day:
        return None
    first = able[0]
    return None if first.response is not None or first.shows_finding else first


def _is_progression_of_the_sheet(one: ResponseAssessment, ends: Ends) -> bool:
    """Whether a progression of the patients' sheet is that of this assessment: of its day, or so near that the two count
    days otherwise, where it was evaluable and nothing that it says is against it."""
    day = ends.stated_progression
    if day is None or one.response is Response.PD:
        return False
    silent = one.stated not in STANDING and not one.findings_recorded and one.response is not Response.NE
    return day == one.day or (silent and 0 < day - one.day <= ends.counted_otherwise_days)


def _why_uncounted(day: int, ends: Ends, *, progressed: bool) -> str | None:
    if ends.death is not None and day > ends.death:
        return "after the day of death"
    if progressed:
        return "after progression"
    if ends.stated_progression is not None and day > ends.stated_progression:
        return "after the progression that the patients' sheet states"
    if ends.other_treatment is not None and day > ends.other_treatment:
        return "after the start of another treatment"
    return None


def _assess(
    row: AssessmentRow, nadir: float | None, rules: EndpointSettings, frame: _Frame, *, after_complete: bool
) -> ResponseAssessment:
    """One assessment: what its measurements give, what is stated of it, and which of the two counts."""
    derived, reason = _overall(row, nadir, rules, frame)
    if after_complete and rules.reappearance_is_progression and _seen_again(row, derived):
        derived, reason = Response.PD, "disease seen again after a complete response"
    stated = stated_response(row, rules)
    response = derived
    new = frame.recorded.new_lesions_of(row)
    non_target = frame.recorded.non_targets_of(row, patient_has_some=frame.has_non_target)
    if stated is not None and stated is not derived and not row.shows_finding:
        if not _derivable(row, nadir, frame):
            response, reason = stated, "as stated; nothing to derive it from"
        elif rules.who_decides is not WhoDecides.DERIVED or _may_rest_on_unrecorded(
            stated, derived, all_recorded=new and non_target, non_target_recorded=non_target
        ):
            response, reason = stated, f"as stated; the measurements give {derived}: {reason}"
    return ResponseAssessment(
        day=row.day or 0,
        response=response,
        reason=reason,
        target_sum_mm=row.target_sum_mm,
        change_from_baseline=_change(row.target_sum_mm, frame.baseline),
        change_from_nadir=_change(row.target_sum_mm, nadir),
        stated=stated,
        derived=derived if _derivable(row, nadir, frame) else response,
        findings_recorded=new and non_target,
    )


def stated_response(row: AssessmentRow, rules: EndpointSettings) -> Response | None:
    """The response that is stated of an assessment: the central review's where it decides and has one, else the
    investigator's."""
    central = row.central_response if rules.who_decides is WhoDecides.CENTRAL else None
    stated = central or row.response
    return None if stated is None else Response(stated)


def _seen_again(row: AssessmentRow, derived: Response) -> bool:
    """Whether disease is seen, however small (RECIST 1.1, table 3, note)."""
    return derived is not Response.PD and (bool(row.target_sum_mm) or row.non_target == "NON_CR_NON_PD")


def _derivable(row: AssessmentRow, nadir: float | None, frame: _Frame) -> bool:
    """Whether there is a measurement to compare or a finding to go by: of targets their sum, without targets the word on
    the other lesions. A sum that is not in the sheet says nothing of the targets, not that they could not be assessed."""
    if row.target_sum_mm is not None and frame.baseline is not None and nadir is not None:
        return True
    if row.shows_finding:
        return True
    return row.non_target not in (None, "NE") and frame.baseline == 0


def _may_rest_on_unrecorded(
    stated: Response, derived: Response, *, all_recorded: bool, non_target_recorded: bool
) -> bool:
    """Whether a stated response may rest on lesions of which the sheet says nothing, so that sums do not refute it.

    Progression may be a new or a non-target lesion; what was not evaluable, either; a complete response may be lymph
    nodes below 10 mm, whose axes still add to the sum; a partial one in spite of a sum of 0, non-target lesions.
    """
    if stated in (Response.PD, Response.NE):
        return not all_recorded
    if stated is Response.CR:
        return not non_target_recorded and derived is not Response.PD
    return stated is Response.PR and derived is Response.CR and not non_target_recorded


def _overall(
    row: AssessmentRow, nadir: float | None, rules: EndpointSettings, frame: _Frame
) -> tuple[Response, str]:
    """RECIST 1.1, tables 1 and 2: target, non-target and new lesions together."""
    if row.new_lesion == "yes":
        return Response.PD, "new lesion"
    if row.non_target == "PD":
        return Response.PD, "unequivocal progression of non-target lesions"
    baseline = frame.baseline
    if baseline is None and frame.sums_exist:
        return Response.NE, "targets without a baseline to compare with"
    if baseline == 0 or baseline is None:
        return _without_targets(row, measured=row.target_sum_mm is not None)
    target, reason = _target(row.target_sum_mm, baseline, baseline if nadir is None else nadir, rules)
    if target is Response.CR and frame.has_non_target and row.non_target != "CR":
        return Response.PR, f"{reason}, but non-target lesions are {row.non_target or 'not assessed'}"
    return target, reason


def _target(
    total: float | None, baseline: float, nadir: float, rules: EndpointSettings
) -> tuple[Response, str]:
    if total is None:
        return Response.NE, "targets not all assessed"
    rise = total - nadir
    enough = total >= nadir * (1 + rules.pd_increase) * (1 - _ROUNDING)
    if rise > 0 and enough and rise >= rules.pd_increase_mm * (1 - _ROUNDING):
        return Response.PD, f"{total:g} mm is {rise:g} mm above the smallest sum of {nadir:g} mm"
    if total == 0:
        return Response.CR, "all targets gone"
    fallen = f"{total:g} mm is {(total - baseline) / baseline:+.0%} of baseline"
    if total <= baseline * (1 - rules.pr_decrease) * (1 + _ROUNDING):
        return Response.PR, fallen
    return Response.SD, fallen


def _without_targets(row: AssessmentRow, *, measured: bool) -> tuple[Response, str]:
    """Non-target disease only (RECIST 1.1, table 2); with a sum but no baseline nothing can be compared."""
    if row.non_target == "CR" and not (measured and row.target_sum_mm):
        return Response.CR, "no targets at baseline, non-target lesions gone"
    if row.non_target == "NON_CR_NON_PD":
        return Response.SD, "no targets at baseline, non-target lesions neither gone nor progressed"
    return Response.NE, "no baseline to compare with" if measured else "not assessed"


def _change(total: float | None, from_mm: float | None) -> float | None:
    return None if total is None or not from_mm else (total - from_mm) / from_mm
