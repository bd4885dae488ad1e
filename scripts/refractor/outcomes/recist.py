"""RECIST 1.1: the response of each assessment from its measurements (Eisenhauer 2009, PMID 19097774).

Target lesions come as one sum of diameters, so a complete response of lymph nodes, whose short axes stay above 0 mm,
cannot be told from the sum; the investigator's response, where given, shows as a disagreement then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum

from refractor.settings.endpoint_rules import ENDPOINTS, EarlyDeathResponse, EndpointSettings
from refractor.sheets import AssessmentRow

_ROUNDING = 1e-9
"""Relative slack of the comparisons, so that 60 mm is 20 % above 50 mm."""


class Response(StrEnum):
    """A response, best first."""

    CR = "CR"
    PR = "PR"
    SD = "SD"
    PD = "PD"
    NE = "NE"


STANDING = (Response.CR, Response.PR, Response.SD)
"""Evaluable and not progressed."""
RESPONDING = (Response.CR, Response.PR)


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of response and benefit; units, defaults and sources are those of EndpointSettings."""

    sd_min_days: int = ENDPOINTS.sd_min_days
    sd_window_days: int = ENDPOINTS.sd_window_days
    sd_best_response_min_days: int = ENDPOINTS.sd_best_response_min_days
    confirmation_required: bool = ENDPOINTS.confirmation_required
    confirmation_days: int = ENDPOINTS.confirmation_days
    confirmation_missing_allowed: int = ENDPOINTS.confirmation_missing_allowed
    confirmation_stable_allowed: bool = ENDPOINTS.confirmation_stable_allowed
    pr_decrease: float = ENDPOINTS.pr_decrease
    pd_increase: float = ENDPOINTS.pd_increase
    pd_increase_mm: float = ENDPOINTS.pd_increase_mm
    baseline_latest_day: int = ENDPOINTS.baseline_latest_day
    reappearance_is_progression: bool = ENDPOINTS.reappearance_is_progression
    early_death_response: EarlyDeathResponse = ENDPOINTS.early_death_response
    early_death_evaluable: bool = ENDPOINTS.early_death_evaluable
    progression_gap_days: int | None = ENDPOINTS.progression_gap_days
    new_therapy_censors: bool = ENDPOINTS.new_therapy_censors

    @classmethod
    def of_settings(cls, endpoints: EndpointSettings) -> Rules:
        """The rules in a cohort file's `endpoints`."""
        return cls(**{field.name: getattr(endpoints, field.name) for field in fields(cls)})


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
    counted: bool = True

    @property
    def disagrees(self) -> bool:
        """Whether the sheet states another response than the measurements give."""
        return self.stated is not None and self.stated is not self.response


def assess_responses(
    assessments: Sequence[AssessmentRow],
    rules: Rules,
    *,
    until: int | None = None,
    death: float | None = None,
) -> list[ResponseAssessment]:
    """The responses of one patient's assessments after baseline, by day.

    The baseline is the last assessment up to rules.baseline_latest_day that has a sum. Assessments after the first
    progression, after `until` (the start of another treatment) or after the day of death are assessed and do not count.
    """
    known = sorted(
        (row for row in assessments if row.day is not None), key=lambda row: (row.day or 0, row.line)
    )
    measured = [
        row for row in known if (row.day or 0) <= rules.baseline_latest_day and row.target_sum_mm is not None
    ]
    start = measured[-1].target_sum_mm if measured else None
    has_non_target = any(row.non_target is not None for row in known)
    nadir = start
    assessed: list[ResponseAssessment] = []
    sums_exist = any(row.target_sum_mm is not None for row in known)
    progressed = complete = False
    for row in known:
        if (row.day or 0) <= rules.baseline_latest_day:
            continue
        one = _assess(row, start, nadir, rules, has_non_target=has_non_target, sums_exist=sums_exist)
        if complete and rules.reappearance_is_progression:
            one = _reappeared(one, row)
        why = _why_uncounted(row.day or 0, progressed=progressed, until=until, death=death)
        if why is not None:
            one = _uncounted(one, why)
        else:
            progressed = one.response is Response.PD
            complete = complete or one.response is Response.CR
            if row.target_sum_mm is not None:
                nadir = row.target_sum_mm if nadir is None else min(nadir, row.target_sum_mm)
        assessed.append(one)
    return assessed


def _why_uncounted(day: int, *, progressed: bool, until: int | None, death: float | None) -> str | None:
    if death is not None and day > death:
        return "after the day of death"
    if progressed:
        return "after progression"
    return "after the start of another treatment" if until is not None and day > until else None


def _reappeared(one: ResponseAssessment, row: AssessmentRow) -> ResponseAssessment:
    """Progression where disease is seen again after a complete response, however small (RECIST 1.1, table 3, note)."""
    seen = bool(row.target_sum_mm) or row.non_target == "NON_CR_NON_PD"
    if not seen or one.response is Response.PD:
        return one
    return replace(one, response=Response.PD, reason="disease seen again after a complete response")


def _assess(
    row: AssessmentRow,
    baseline: float | None,
    nadir: float | None,
    rules: Rules,
    *,
    has_non_target: bool,
    sums_exist: bool,
) -> ResponseAssessment:
    stated = None if row.response is None else Response(row.response)
    total = row.target_sum_mm
    comparable = total is not None and baseline is not None and nadir is not None
    underived = row.non_target in (None, "NE") or (baseline is None and row.non_target != "PD")
    if not comparable and underived and row.new_lesion != "yes" and stated is not None:
        response, reason = stated, "as stated; nothing to derive it from"
    else:
        response, reason = _overall(
            row, baseline, nadir, rules, has_non_target=has_non_target, sums_exist=sums_exist
        )
    return ResponseAssessment(
        day=row.day or 0,
        response=response,
        reason=reason,
        target_sum_mm=total,
        change_from_baseline=_change(total, baseline),
        change_from_nadir=_change(total, nadir),
        stated=stated,
    )


def _overall(
    row: AssessmentRow,
    baseline: float | None,
    nadir: float | None,
    rules: Rules,
    *,
    has_non_target: bool,
    sums_exist: bool,
) -> tuple[Response, str]:
    """RECIST 1.1, tables 1 and 2: target, non-target and new lesions together."""
    if row.new_lesion == "yes":
        return Response.PD, "new lesion"
    if row.non_target == "PD":
        return Response.PD, "unequivocal progression of non-target lesions"
    if baseline is None and sums_exist:
        return Response.NE, "targets without a baseline to compare with"
    if baseline == 0 or baseline is None:
        return _without_targets(row, measured=row.target_sum_mm is not None)
    target, reason = _target(row.target_sum_mm, baseline, baseline if nadir is None else nadir, rules)
    if target is Response.CR and has_non_target and row.non_target != "CR":
        return Response.PR, f"{reason}, but non-target lesions are {row.non_target or 'not assessed'}"
    return target, reason


def _target(total: float | None, baseline: float, nadir: float, rules: Rules) -> tuple[Response, str]:
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


def _uncounted(one: ResponseAssessment, why: str) -> ResponseAssessment:
    return ResponseAssessment(
        one.day, one.response, f"does not count, {why}; {one.reason}", one.target_sum_mm,
        one.change_from_baseline, one.change_from_nadir, one.stated, counted=False,
    )  # fmt: skip
