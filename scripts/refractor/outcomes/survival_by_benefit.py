"""Survival by benefit without immortal time: from a landmark on, and with benefit as a covariate that changes.

Benefit is known weeks after treatment began, and whoever is to show it must live until then. Comparing from day 0 by
what was shown later would credit those weeks to benefit.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from refractor.outcomes.endpoint_list import TIME_ENDPOINTS, TimeEndpoint
from refractor.outcomes.endpoints import curve_steps
from refractor.outcomes.members import Member
from refractor.results.analysis_tables import EndpointEstimate, SurvivalStep
from refractor.statistics.cox import Intervals, hazard_ratios
from refractor.statistics.survival import DAYS_A_MONTH, from_landmark, kaplan_meier, log_rank

SHOWN, NOT_YET = "benefit shown by then", "not yet shown"


def survival_by_benefit(
    members: Sequence[Member], landmark: int
) -> tuple[list[EndpointEstimate], list[SurvivalStep]]:
    """Rows of ENDPOINTS and of SURVIVAL by benefit, of evaluable patients."""
    endpoints: list[EndpointEstimate] = []
    curves: list[SurvivalStep] = []
    for endpoint in TIME_ENDPOINTS:
        if endpoint.by_benefit:
            found, steps = _from_landmark(members, endpoint, landmark)
            endpoints += found + _time_dependent(members, endpoint)
            curves += steps
    return endpoints, curves


def _from_landmark(
    members: Sequence[Member], endpoint: TimeEndpoint, landmark: int
) -> tuple[list[EndpointEstimate], list[SurvivalStep]]:
    """Those still at risk at the landmark, by benefit shown until then; nothing where one of the groups is empty."""
    frame = pd.DataFrame(
        [
            (*lasted, member.shown_by(landmark), member.benefit_day is not None)
            for member in members
            if member.evaluable and (lasted := endpoint.duration(member)) is not None
        ],
        columns=["days", "event", "shown", "dated"],
    ).astype({"shown": bool, "dated": bool})
    left = from_landmark(frame, landmark)
    groups = {SHOWN: left[left["shown"]], NOT_YET: left[~left["shown"]]}
    if any(group.empty for group in groups.values()):
        return [], []
    how = (
        f"from day {landmark}, {len(frame) - len(left)} of {len(frame)} had the event or were censored before"
    )
    if not left.loc[left["shown"], "dated"].all():
        how += "; day of benefit not known for all: final benefit used, which flatters it"
    endpoints: list[EndpointEstimate] = []
    curves: list[SurvivalStep] = []
    for name, group in groups.items():
        curve = kaplan_meier(group["days"].tolist(), group["event"].tolist())
        median = curve.median()
        endpoints += [
            EndpointEstimate(
                endpoint=endpoint.name,
                statistic=f"median from the landmark, {unit}, {name}",
                estimate=shown.value,
                low=shown.low,
                high=shown.high,
                n=curve.patients,
                events=int(curve.events.sum()),
                method=f"Kaplan-Meier, log-log; {how}",
            )
            for unit, shown in (("days", median), ("months", median.in_units_of(DAYS_A_MONTH)))
        ]
        curves += curve_steps(endpoint.key, f"{name}, from day {landmark}", curve)
    comparison = EndpointEstimate(
        endpoint=endpoint.name,
        statistic=f"log-rank p from the landmark, {SHOWN} against {NOT_YET}",
        estimate=log_rank(groups[SHOWN], groups[NOT_YET]),
        n=len(left),
        events=int(left["event"].sum()),
        method=f"log-rank; {how}",
    )
    return [*endpoints, comparison], curves


def _time_dependent(members: Sequence[Member], endpoint: TimeEndpoint) -> list[EndpointEstimate]:
    """The hazard ratio after benefit was shown against before; no row where nobody's follow-up goes on after it."""
    rows: list[tuple[float, float, int, float]] = []
    undated = patients = at_start = 0
    for member in members:
        lasted = endpoint.duration(member)
        if not member.evaluable or lasted is None:
            continue
        if lasted[0] <= 0:
            at_start += 1
            continue
        if member.benefit and member.benefit_day is None:
            undated += 1
            continue
        patients += 1
        rows += _spells(lasted, member.benefit_day if member.benefit else None)
    if not rows:
        return []
    start, stop, event, shown = (np.array(column) for column in zip(*rows, strict=True))
    intervals = Intervals(start.astype(float), stop.astype(float), event.astype(np.int64), shown[:, None])
    ratios = hazard_ratios(intervals)
    if ratios is None:
        return []
    left_out = f"; {undated} whose day of benefit is not known left out" if undated else ""
    left_out += f"; {at_start} not followed beyond day 0 left out" if at_start else ""
    how = "Cox with benefit as a time-dependent covariate, Firth's penalty, profile likelihood"
    return [
        EndpointEstimate(
            endpoint=endpoint.name,
            statistic="hazard ratio once benefit is shown",
            estimate=ratios[0].estimate,
            low=ratios[0].low,
            high=ratios[0].high,
            n=patients,
            events=int(event.sum()),
            method=f"{how}; p {ratios[0].p:.3g}{left_out}",
        )
    ]


def _spells(lasted: tuple[float, int], shown_on: int | None) -> list[tuple[float, float, int, float]]:
    """A patient's follow-up as (start, stop, event, shown), split where benefit was shown."""
    days, event = lasted
    if shown_on is None or shown_on >= days:
        return [(0.0, days, event, 0.0)]
    return [(0.0, float(shown_on), 0, 0.0), (float(shown_on), days, event, 1.0)]
