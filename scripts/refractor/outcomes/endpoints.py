"""The trial's endpoints as rows: benefit, response, safety, and the durations with their curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

from refractor.outcomes.adverse import ANY_TERM
from refractor.outcomes.endpoint_list import SHARE_ENDPOINTS, TIME_ENDPOINTS, ShareEndpoint
from refractor.outcomes.members import Member
from refractor.results.analysis_tables import EndpointEstimate, SurvivalStep
from refractor.settings.endpoint_rules import EndpointSettings
from refractor.statistics.proportions import Proportion, clopper_pearson, lower_bound
from refractor.statistics.survival import (
    DAYS_A_MONTH,
    Curve,
    Estimate,
    finite,
    follow_up,
    kaplan_meier,
    restricted_mean,
)

if TYPE_CHECKING:
    import pandas as pd

EXACT = "Clopper-Pearson, 95 %"
EVALUABLE = "evaluable patients"
TREATED = "all patients treated, an outcome that is not known counted as none"


@dataclass(frozen=True, slots=True)
class Counted:
    """Patients of one yes-or-no endpoint: successes, those whose outcome is known, and those left out as unknown.

    `untold` are those of the known of whom the sheets do not say whether they reached it; they count as not.
    """

    successes: int
    known: int
    unknown: int
    untold: int = 0

    @property
    def share(self) -> Proportion:
        """Successes among the known; no estimate where nobody is known to have reached it and somebody may have."""
        share = clopper_pearson(self.successes, self.known)
        return replace(share, estimate=None, low=None, high=None) if self.says_nothing else share

    @property
    def says_nothing(self) -> bool:
        """Whether a share would be of the sheet's gaps and not of the patients."""
        return self.successes == 0 and self.untold > 0

    @property
    def gaps(self) -> str:
        """Who is left out and who is counted as none for want of a word, as the end of a sentence; empty for nobody."""
        parts = [f"{self.unknown} not yet decided left out"] if self.unknown else []
        if self.says_nothing:
            parts.append(f"not estimated: the sheets do not say it of {self.untold} of them")
        elif self.untold:
            parts.append(f"{self.untold} of whom the sheets do not say it counted as none")
        return "".join(f"; {part}" for part in parts)


def count(members: Sequence[Member], endpoint: ShareEndpoint) -> Counted:
    """The endpoint among the evaluable patients whose benefit is decided: one denominator for every endpoint.

    Who is decided and not known to have reached it has not shown it; who can still show benefit is left out.
    """
    evaluable = [member for member in members if member.evaluable]
    decided = [member for member in evaluable if member.decided]
    reached = [endpoint.reached(member) for member in decided]
    return Counted(reached.count(True), len(decided), len(evaluable) - len(decided), reached.count(None))


def benefit_and_response(members: Sequence[Member]) -> list[EndpointEstimate]:
    """Rows of the share endpoints, among the evaluable and among all who were treated."""
    rows: list[EndpointEstimate] = []
    for endpoint in SHARE_ENDPOINTS:
        counted = count(members, endpoint)
        who = f"{EVALUABLE}{counted.gaps}"
        rows.append(_share_row(endpoint.name, "proportion", counted.share, f"{EXACT}; {who}"))
        if not endpoint.by_stages:
            continue
        rows.append(_one_sided_row(endpoint.name, counted, who))
        treated = replace(counted, known=len(members), unknown=0)
        how = f"{EXACT}; {TREATED}{treated.gaps}"
        rows.append(_share_row(endpoint.name, "proportion, intention to treat", treated.share, how))
    evaluable = clopper_pearson(sum(member.evaluable for member in members), len(members))
    rows.append(_share_row("evaluable", "proportion", evaluable, f"{EXACT}; {_reasons(members)}"))
    return rows


def _one_sided_row(name: str, counted: Counted, who: str) -> EndpointEstimate:
    return EndpointEstimate(
        endpoint=name,
        statistic="one-sided lower bound",
        estimate=counted.share.estimate,
        low=None if counted.says_nothing else lower_bound(counted.successes, counted.known),
        n=counted.known,
        events=None if counted.says_nothing else counted.successes,
        method=f"Clopper-Pearson, one-sided 95 %; {who}",
    )


def prior_treatment(members: Sequence[Member]) -> list[EndpointEstimate]:
    """The median of earlier lines of treatment among the evaluable; no row where no sheet gives them.

    low and high are the range, not an interval.
    """
    evaluable = [member for member in members if member.evaluable]
    known = [member.prior_lines for member in evaluable if member.prior_lines is not None]
    if not known:
        return []
    missing = len(evaluable) - len(known)
    method = f"with least and most; {EVALUABLE}" + (f"; {missing} without it left out" if missing else "")
    return [
        EndpointEstimate(
            endpoint="prior lines",
            statistic="median",
            estimate=median(known),
            low=min(known),
            high=max(known),
            n=len(known),
            method=method,
        )
    ]


def durations(
    members: Sequence[Member], settings: EndpointSettings
) -> tuple[list[EndpointEstimate], list[SurvivalStep]]:
    """Rows of ENDPOINTS and of SURVIVAL for the times to an event, of evaluable patients."""
    endpoints: list[EndpointEstimate] = []
    curves: list[SurvivalStep] = []
    for endpoint in TIME_ENDPOINTS:
        group = [member for member in members if member.evaluable and endpoint.group(member)]
        known = [lasted for member in group if (lasted := endpoint.duration(member)) is not None]
        days, events = [day for day, _ in known], [event for _, event in known]
        curve = kaplan_meier(days, events)
        missing = len(group) - len(known)
        who = endpoint.who + (f"; {missing} without a duration left out" if missing else "")
        endpoints += _curve_statistics(endpoint.name, curve, who, settings.landmark_days)
        followed = follow_up(days, events)
        endpoints += _in_days_and_months(
            endpoint.name, "median follow-up", followed, curve, f"reverse Kaplan-Meier; {who}"
        )
        curves += curve_steps(endpoint.key, "all", curve)
    return endpoints, curves


def curve_steps(endpoint: str, group: str, curve: Curve) -> list[SurvivalStep]:
    """The steps of one curve from time 0; none where nobody is in it."""
    if not curve.patients:
        return []
    start = SurvivalStep(
        endpoint=endpoint, group=group, time=0.0, at_risk=curve.patients, events=0, censored=0,
        survival=1.0, low=1.0, high=1.0,
    )  # fmt: skip
    steps = [
        SurvivalStep(
            endpoint=endpoint,
            group=group,
            time=float(curve.times[place]),
            at_risk=int(curve.at_risk[place]),
            events=int(curve.events[place]),
            censored=int(curve.censored[place]),
            survival=finite(curve.survival[place]),
            low=finite(curve.low[place]),
            high=finite(curve.high[place]),
        )
        for place in range(len(curve.times))
    ]
    return [start, *steps]


def safety(adverse_events: pd.DataFrame) -> list[EndpointEstimate]:
    """Rows of adverse events of all terms together; none where no sheet was given. The argument is ADVERSE_EVENTS."""
    rows: list[EndpointEstimate] = []
    for row in adverse_events[adverse_events["term"] == ANY_TERM].to_dict("records"):
        for column, statistic in (
            ("any_grade", "any grade"),
            ("related_any_grade", "any grade, related"),
            ("grade_3_or_more", "grade 3 or more"),
            ("related_grade_3_or_more", "grade 3 or more, related"),
            ("serious", "serious"),
        ):
            share = clopper_pearson(int(row[column]), int(row["patients"]))
            rows.append(_share_row("adverse events", statistic, share, f"{EXACT}; patients treated"))
    return rows


def _curve_statistics(name: str, curve: Curve, who: str, landmarks: Sequence[int]) -> list[EndpointEstimate]:
    method = f"Kaplan-Meier, log-log 95 %; {who}"
    rows = _in_days_and_months(name, "median", curve.median(), curve, method)
    for day in landmarks:
        rows.append(_estimate_row(name, f"share without event at day {day}", curve.at(day), curve, method))
        at_risk = Estimate(curve.number_at_risk(day), None, None)
        rows.append(
            _estimate_row(name, f"at risk on day {day}", at_risk, curve, f"patients still followed; {who}")
        )
        mean = restricted_mean(curve, day)
        if mean.value is not None:
            how = f"area under the Kaplan-Meier curve up to day {day}, normal 95 %; {who}"
            rows += _in_days_and_months(name, f"restricted mean to day {day}", mean, curve, how)
    return rows


def _in_days_and_months(
    name: str, statistic: str, estimate: Estimate, curve: Curve, method: str
) -> list[EndpointEstimate]:
    months = estimate.in_units_of(DAYS_A_MONTH)
    return [
        _estimate_row(name, statistic, estimate, curve, method),
        _estimate_row(name, f"{statistic}, months", months, curve, f"{method}; of {DAYS_A_MONTH} days"),
    ]


def _estimate_row(
    endpoint: str, statistic: str, estimate: Estimate, curve: Curve, method: str
) -> EndpointEstimate:
    return EndpointEstimate(
        endpoint=endpoint,
        statistic=statistic,
        estimate=estimate.value,
        low=estimate.low,
        high=estimate.high,
        n=curve.patients,
        events=int(curve.events.sum()),
        method=method,
    )


def _share_row(endpoint: str, statistic: str, share: Proportion, method: str) -> EndpointEstimate:
    return EndpointEstimate(
        endpoint=endpoint,
        statistic=statistic,
        estimate=share.estimate,
        low=share.low,
        high=share.high,
        n=share.n,
        events=None if share.n and share.estimate is None else share.successes,
        method=method,
    )


def _reasons(members: Sequence[Member]) -> str:
    reasons = [member.not_evaluable_reason or "no reason given" for member in members if not member.evaluable]
    counted = [f"{reason} ({reasons.count(reason)})" for reason in dict.fromkeys(reasons)]
    return f"not evaluable: {', '.join(counted)}" if counted else "all are"
