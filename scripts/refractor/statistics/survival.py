"""Kaplan-Meier estimates: curves, medians with log-log intervals, follow-up, landmarks, numbers at risk.

Curves are those of lifelines; medians follow R's survival package, which takes the middle of a step that lies on
one half exactly, so that the figures are those a statistician gets there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from refractor.statistics.proportions import CONFIDENCE

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

DAYS_A_MONTH = 30.4375
"""A twelfth of a year of 365.25 days."""
_ON_THE_LEVEL = 1e-9
"""A survival this close to a quantile's level lies on it (R's survival: sqrt of the machine's epsilon)."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its interval; None where the curve does not come that far."""

    value: float | None
    low: float | None
    high: float | None

    def in_units_of(self, size: float) -> Estimate:
        """The same in another unit, `size` of the present one."""
        values = (self.value, self.low, self.high)
        return Estimate(*(None if value is None else value / size for value in values))


@dataclass(frozen=True, slots=True)
class Curve:
    """A Kaplan-Meier curve. Arrays have one entry a distinct time, ascending; bounds are log-log, nan where none."""

    times: Floats
    at_risk: NDArray[np.int64]
    events: NDArray[np.int64]
    censored: NDArray[np.int64]
    survival: Floats
    low: Floats
    high: Floats

    @property
    def patients(self) -> int:
        """Patients in the curve."""
        return int(self.at_risk[0]) if len(self.at_risk) else 0

    def median(self) -> Estimate:
        """The median with its interval by inversion of the log-log bounds (Brookmeyer and Crowley 1982)."""
        return Estimate(*(_first_time(self.times, values) for values in (self.survival, self.low, self.high)))

    def at(self, day: float) -> Estimate:
        """Survival on a day; None after the last time anyone was followed, but 0 once everybody had the event."""
        if not len(self.times):
            return Estimate(None, None, None)
        if day > self.times[-1]:
            return Estimate(0.0 if self.survival[-1] <= _ON_THE_LEVEL else None, None, None)
        place = int(np.searchsorted(self.times, day, side="right")) - 1
        if place < 0 or self.survival[place] >= 1 - _ON_THE_LEVEL:
            return Estimate(
                1.0, None, None
            )  # as in R: without an event so far the log-log bounds are not defined
        return Estimate(*(finite(values[place]) for values in (self.survival, self.low, self.high)))

    def number_at_risk(self, day: float) -> int:
        """Patients still followed just before a day."""
        place = int(np.searchsorted(self.times, day, side="left"))
        return int(self.at_risk[place]) if place < len(self.at_risk) else 0


def kaplan_meier(days: Sequence[float], events: Sequence[int], *, confidence: float = CONFIDENCE) -> Curve:
    """The curve of durations in days with event 1 or censoring 0; a curve without times for nobody."""
    if not len(days):
        empty, none = np.empty(0), np.empty(0, dtype=np.int64)
        return Curve(empty, none, none, none, empty, empty, empty)
    from lifelines import KaplanMeierFitter  # noqa: PLC0415 - a second to start

    fitted = KaplanMeierFitter(alpha=1 - confidence).fit(np.asarray(days, float), np.asarray(events, int))
    table = fitted.event_table
    table = table[table["removed"] > 0]
    times = table.index.to_numpy(dtype=float)
    bounds = fitted.confidence_interval_.loc[times].to_numpy(dtype=float)
    survival = fitted.survival_function_.loc[times].to_numpy(dtype=float)[:, 0]
    # R gives no bounds where everybody had the event, as the variance of log(-log 0) is not defined
    bounds[survival <= _ON_THE_LEVEL] = np.nan
    return Curve(
        times=times,
        at_risk=table["at_risk"].to_numpy(dtype=np.int64),
        events=table["observed"].to_numpy(dtype=np.int64),
        censored=table["censored"].to_numpy(dtype=np.int64),
        survival=survival,
        low=bounds[:, 0],
        high=bounds[:, 1],
    )


def restricted_mean(curve: Curve, until: float, *, confidence: float = CONFIDENCE) -> Estimate:
    """The mean time without event up to day `until`, in days: the area under the curve, with its normal interval.

    Var = sum over event times t of A(t)^2 d / (n (n - d)), A(t) the area from t to `until` (Greenwood; as R's
    print.survfit with rmean). None where nobody is followed until then and the curve is above 0: the area is not known.
    """
    if not curve.patients or (until > curve.times[-1] and curve.survival[-1] > _ON_THE_LEVEL):
        return Estimate(None, None, None)
    inside = curve.times < until
    edges = np.concatenate([[0.0], curve.times[inside], [until]])
    heights = np.concatenate([[1.0], curve.survival[inside]])
    areas = np.diff(edges) * heights
    mean = float(areas.sum())
    after = areas[::-1].cumsum()[::-1][1:]
    events, at_risk = curve.events[inside].astype(float), curve.at_risk[inside].astype(float)
    left = at_risk - events
    terms = np.divide(events, at_risk * left, out=np.zeros_like(left), where=left > 0)
    error = float(ndtri((1 + confidence) / 2)) * float(np.sqrt((after**2 * terms).sum()))
    return Estimate(mean, max(0.0, mean - error), min(until, mean + error))


def follow_up(days: Sequence[float], events: Sequence[int]) -> Estimate:
    """The median follow-up by the reverse Kaplan-Meier method, censoring as the event (doi:10.1016/0197-2456(96)00075-x)."""
    return kaplan_meier(days, [1 - event for event in events]).median()


def log_rank(first: pd.DataFrame, second: pd.DataFrame) -> float | None:
    """The log-rank p of two groups (columns days and event); None where a group is empty or nobody had an event."""
    if first.empty or second.empty or first["event"].sum() + second["event"].sum() == 0:
        return None
    from lifelines.statistics import logrank_test  # noqa: PLC0415 - a second to start

    test = logrank_test(first["days"], second["days"], first["event"], second["event"])
    return finite(test.p_value)


def from_landmark(frame: pd.DataFrame, day: float) -> pd.DataFrame:
    """Patients still at risk on `day` with their remaining time (columns days, event, and others kept).

    Groups that are defined during follow-up, as benefit is, may only be compared from such a day on: before it,
    those with benefit cannot have had the event (immortal time).
    """
    left = frame[frame["days"] > day].copy()
    left["days"] = left["days"] - day
    return left


def _first_time(times: Floats, values: Floats) -> float | None:
    """The first time with a value of at most one half; the middle of the step where it lies on it exactly."""
    below = np.flatnonzero(values <= 0.5 + _ON_THE_LEVEL)  # nan is not below
    if not len(below):
        return None
    first = int(below[0])
    if abs(values[first] - 0.5) < _ON_THE_LEVEL:
        after = np.flatnonzero(values < 0.5 - _ON_THE_LEVEL)
        if len(after):
            return float((times[first] + times[int(after[0])]) / 2)
    return float(times[first])


def finite(value: float) -> float | None:
    """The number, None for NaN: an estimate that the curve does not reach."""
    return None if np.isnan(value) else float(value)
