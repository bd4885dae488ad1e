"""The trial's endpoints as rows: benefit, response, safety, and the durations with their curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import pandas as pd

from refractor.outcomes.adverse import ANY_TERM
from refractor.outcomes.members import Member
from refractor.results.analysis_tables import ENDPOINTS, SURVIVAL
from refractor.settings.endpoint_rules import EndpointSettings
from refractor.statistics.proportions import Proportion, clopper_pearson, lower_bound
from refractor.statistics.survival import (
    Curve,
    Estimate,
    curve_rows,
    follow_up,
    from_landmark,
    kaplan_meier,
    log_rank,
)

EXACT = "Clopper-Pearson, 95 %"
EVALUABLE = "evaluable patients"
TREATED = "all patients treated, an outcome that is not known counted as none"


@dataclass(frozen=True, slots=True)
class Counted:
    """Patients of one yes-or-no endpoint: successes, those whose outcome is known, and those left out as unknown."""

    successes: int
    known: int
    unknown: int

    @property
    def share(self) -> Proportion:
        """Successes among the known."""
        return clopper_pearson(self.successes, self.known)


def count(values: Sequence[bool | None]) -> Counted:
    """The count of an endpoint's values, None where not known."""
    known = [value for value in values if value is not None]
    return Counted(sum(known), len(known), len(values) - len(known))


def benefit_and_response(members: Sequence[Member]) -> list[dict[str, object]]:
    """Rows of clinical benefit and objective response, among the evaluable and among all who were treated."""
    evaluable = [member for member in members if member.evaluable]
    rows: list[dict[str, object]] = []
    for endpoint, values in (
        ("clinical benefit", [member.benefit for member in evaluable]),
        ("objective response", [member.responded for member in evaluable]),
    ):
        counted = count(values)
        left_out = f"; {counted.unknown} not yet known left out" if counted.unknown else ""
        rows.append(_share_row(endpoint, "proportion", counted.share, f"{EXACT}; {EVALUABLE}{left_out}"))
        one_sided: dict[str, object] = {
            "endpoint": endpoint,
            "statistic": "one-sided lower bound",
            "estimate": counted.share.estimate,
            "low": lower_bound(counted.successes, counted.known),
            "n": counted.known,
            "events": counted.successes,
            "method": f"Clopper-Pearson, one-sided 95 %; {EVALUABLE}{left_out}",
        }
        rows.append(one_sided)
        share = clopper_pearson(counted.successes, len(members))
        rows.append(_share_row(endpoint, "proportion, intention to treat", share, f"{EXACT}; {TREATED}"))
    stable = count([member.stable_with_benefit for member in evaluable])
    rows.append(
        _share_row("stable disease with benefit", "proportion", stable.share, f"{EXACT}; {EVALUABLE}")
    )
    rows.append(
        _share_row(
            "evaluable",
            "proportion",
            clopper_pearson(len(evaluable), len(members)),
            f"{EXACT}; {_reasons(members)}",
        )
    )
    return rows


def prior_treatment(members: Sequence[Member]) -> list[dict[str, object]]:
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
        {
            "endpoint": "prior lines",
            "statistic": "median",
            "estimate": median(known),
            "low": min(known),
            "high": max(known),
            "n": len(known),
            "method": method,
        }
    ]


def durations(
    members: Sequence[Member], settings: EndpointSettings
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Rows of ENDPOINTS and of SURVIVAL for progression-free and overall survival and the duration of response."""
    evaluable = [member for member in members if member.evaluable]
    responders = [member for member in evaluable if member.responded]
    endpoints: list[dict[str, object]] = []
    curves: list[dict[str, object]] = []
    for endpoint, group in (("pfs", evaluable), ("os", evaluable), ("duration_of_response", responders)):
        known = [member.durations[endpoint] for member in group if endpoint in member.durations]
        days, events = [day for day, _ in known], [event for _, event in known]
        curve = kaplan_meier(days, events)
        who = "patients with an objective response" if group is responders else EVALUABLE
        missing = len(group) - len(known)
        who += f"; {missing} without a duration left out" if missing else ""
        endpoints += _curve_statistics(endpoint, curve, who, settings.landmark_days)
        endpoints.append(
            _estimate_row(
                endpoint, "median follow-up, days", follow_up(days, events), curve,
                f"reverse Kaplan-Meier; {who}",
            )
        )  # fmt: skip
        curves += curve_rows(endpoint, "all", curve)
    return endpoints, curves


def by_benefit(
    members: Sequence[Member], landmark: int
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Rows of survival by benefit from the landmark on, of patients still at risk then.

    Benefit counts as it was known on the landmark day; where only the sheet states it, its day is not known and the
    final value is used, which the method says.
    """
    endpoints: list[dict[str, object]] = []
    curves: list[dict[str, object]] = []
    for endpoint in ("pfs", "os"):
        frame = pd.DataFrame(
            [
                (*member.durations[endpoint], _known_by(member, landmark), member.benefit_day is not None)
                for member in members
                if member.evaluable and member.benefit is not None and endpoint in member.durations
            ],
            columns=["days", "event", "benefit", "dated"],
        )
        left = from_landmark(frame, landmark)
        groups = {
            name: left[left["benefit"] == value] for name, value in (("benefit", True), ("no benefit", False))
        }
        dated = bool(left.loc[left["benefit"].astype(bool), "dated"].all()) if len(left) else True
        how = f"from day {landmark}, {len(frame) - len(left)} of {len(frame)} had the event or were censored before"
        how += "" if dated else "; day of benefit not known for all: final benefit used, which flatters it"
        for name, group in groups.items():
            curve = kaplan_meier(group["days"].tolist(), group["event"].tolist())
            statistic = f"median from the landmark, days, {name}"
            endpoints.append(
                _estimate_row(endpoint, statistic, curve.median(), curve, f"Kaplan-Meier, log-log; {how}")
            )
            curves += curve_rows(endpoint, f"{name}, from day {landmark}", curve)
        comparison: dict[str, object] = {
            "endpoint": endpoint,
            "statistic": "log-rank p from the landmark, benefit against none",
            "estimate": log_rank(groups["benefit"], groups["no benefit"]),
            "n": len(left),
            "events": int(left["event"].sum()),
            "method": f"log-rank; {how}",
        }
        endpoints.append(comparison)
    return endpoints, curves


def safety(adverse_events: pd.DataFrame) -> list[dict[str, object]]:
    """Rows of adverse events of all terms together; none where no sheet was given. The argument is ADVERSE_EVENTS."""
    rows: list[dict[str, object]] = []
    for row in adverse_events[adverse_events["term"] == ANY_TERM].to_dict("records"):
        for column, statistic in (
            ("any_grade", "any grade"),
            ("grade_3_or_more", "grade 3 or more"),
            ("related_grade_3_or_more", "grade 3 or more, related"),
            ("serious", "serious"),
        ):
            share = clopper_pearson(int(row[column]), int(row["patients"]))
            rows.append(_share_row("adverse events", statistic, share, f"{EXACT}; patients treated"))
    return rows


def endpoints_table(rows: list[dict[str, object]]) -> pd.DataFrame:
    """ENDPOINTS."""
    return ENDPOINTS.from_rows(rows)


def survival_table(rows: list[dict[str, object]]) -> pd.DataFrame:
    """SURVIVAL."""
    return SURVIVAL.from_rows(rows)


def _curve_statistics(
    endpoint: str, curve: Curve, who: str, landmarks: Sequence[int]
) -> list[dict[str, object]]:
    method = f"Kaplan-Meier, log-log 95 %; {who}"
    rows = [_estimate_row(endpoint, "median, days", curve.median(), curve, method)]
    for day in landmarks:
        rows.append(
            _estimate_row(endpoint, f"share without event at day {day}", curve.at(day), curve, method)
        )
        rows.append(
            {
                "endpoint": endpoint,
                "statistic": f"at risk on day {day}",
                "estimate": curve.number_at_risk(day),
            }
            | {
                "n": curve.patients,
                "events": int(curve.events.sum()),
                "method": f"patients still followed; {who}",
            }
        )
    return rows


def _estimate_row(
    endpoint: str, statistic: str, estimate: Estimate, curve: Curve, method: str
) -> dict[str, object]:
    return {
        "endpoint": endpoint,
        "statistic": statistic,
        "estimate": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "n": curve.patients,
        "events": int(curve.events.sum()),
        "method": method,
    }


def _share_row(endpoint: str, statistic: str, share: Proportion, method: str) -> dict[str, object]:
    return {
        "endpoint": endpoint,
        "statistic": statistic,
        "estimate": share.estimate,
        "low": share.low,
        "high": share.high,
        "n": share.n,
        "events": share.successes,
        "method": method,
    }


def _known_by(member: Member, day: int) -> bool:
    """Whether benefit was established by a day; by the end, where the day is not known."""
    return bool(member.benefit) and (member.benefit_day is None or member.benefit_day <= day)


def _reasons(members: Sequence[Member]) -> str:
    reasons = [member.not_evaluable_reason or "no reason given" for member in members if not member.evaluable]
    counted = [f"{reason} ({reasons.count(reason)})" for reason in dict.fromkeys(reasons)]
    return f"not evaluable: {', '.join(counted)}" if counted else "all are"
