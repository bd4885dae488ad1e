"""Cox regression with Firth's penalty, of covariates that may change during follow-up.

The data are intervals (start, stop] of follow-up, each with its covariates and whether the event ended it; a patient
whose covariate changes has two. The penalty 0.5 log det I(b) keeps estimates finite where one group has no event
(Heinze and Schemper 2001, doi:10.1111/j.0006-341X.2001.00114.x); ties are Efron's. With the penalty off the figures are
those of R's survival::coxph.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize
from scipy.special import chdtrc, gammaincinv

from refractor.statistics.proportions import CONFIDENCE

Floats = NDArray[np.float64]

_FARTHEST = 20.0
"""Log hazard ratio beyond which a bound is not looked for."""


@dataclass(frozen=True, slots=True)
class Intervals:
    """Follow-up in days: arrays `start`, `stop` (n,), `event` (n,) of 0 and 1, `covariates` (n, k)."""

    start: Floats
    stop: Floats
    event: NDArray[np.int64]
    covariates: Floats

    def __post_init__(self) -> None:
        if not len(self.start) == len(self.stop) == len(self.event) == len(self.covariates):
            raise ValueError("intervals of different lengths")
        if np.any(self.stop <= self.start):
            raise ValueError("an interval that ends before it begins")


@dataclass(frozen=True, slots=True)
class HazardRatio:
    """A hazard ratio per unit of its covariate with its profile-likelihood interval and p; None where there is no bound."""

    estimate: float
    low: float | None
    high: float | None
    p: float


def log_likelihood(beta: Floats, data: Intervals) -> tuple[float, Floats]:
    """The partial log likelihood at `beta` (k,) and its information (k, k), ties by Efron's approximation.

    At risk at a time t are the intervals with start < t <= stop. For d tied events with risk sums S0, S1, S2 over those
    at risk and D0, D1, D2 over the events themselves, the term of the l-th of them has S - (l / d) D in place of S.
    """
    return _log_likelihood(beta, _RiskSets.of(data))


@dataclass(frozen=True, slots=True)
class _RiskSets:
    """What of n intervals does not hang on the coefficients, for m event times.

    Who is followed from before the first event is summed once along time. Only who enters later, (l,), is told at each time:
    as a difference of two such sums it would be lost beside a large weight.
    """

    covariates: Floats
    """Centred, (n, k)."""
    leaving: NDArray[np.int64]
    """Intervals that begin before the first event, the last to end first."""
    staying: NDArray[np.int64]
    """How many of `leaving` are at risk at each time, (m,)."""
    late: NDArray[np.int64]
    late_at_risk: NDArray[np.bool_]
    """(m, l)."""
    ended: NDArray[np.int64]
    """Intervals that end with the event, in the order of time."""
    first: NDArray[np.int64]
    """Where in `ended` each time begins, (m,)."""
    place: NDArray[np.int64]
    part: Floats
    """A term for each of the d tied events at a time: its time's place, and l / d."""

    @classmethod
    def of(cls, data: Intervals) -> _RiskSets:
        ended = np.flatnonzero(data.event == 1)
        ended = ended[np.argsort(data.stop[ended], kind="stable")]
        times, first, tied = np.unique(data.stop[ended], return_index=True, return_counts=True)
        early = data.start < times[0] if len(times) else np.ones(len(data.start), dtype=bool)
        leaving, late = np.flatnonzero(early), np.flatnonzero(~early)
        leaving = leaving[np.argsort(-data.stop[leaving], kind="stable")]
        starts, stops = data.start[late], data.stop[late]
        parts = [np.arange(number) / number for number in tied]
        return cls(
            covariates=data.covariates - data.covariates.mean(axis=0),
            leaving=leaving,
            staying=np.searchsorted(-data.stop[leaving], -times, side="right"),
            late=late,
            late_at_risk=(starts < times[:, None]) & (stops >= times[:, None]),
            ended=ended,
            first=first,
            place=np.repeat(np.arange(len(times)), tied),
            part=np.concatenate([*parts, np.zeros(0)]),
        )

    def sums_at_risk(self, moments: Floats) -> Floats:
        """The moments summed over who is at risk at each time, (m, columns)."""
        along = np.zeros((len(self.leaving) + 1, moments.shape[1]))
        np.cumsum(moments[self.leaving], axis=0, out=along[1:])
        found: Floats = along[self.staying] + self.late_at_risk @ moments[self.late]
        return found

    def sums_of_events(self, moments: Floats) -> Floats:
        """The moments summed over who has the event at each time, (m, columns)."""
        found: Floats = np.add.reduceat(moments[self.ended], self.first, axis=0)
        return found


def _log_likelihood(beta: Floats, sets: _RiskSets) -> tuple[float, Floats]:
    x, size = sets.covariates, len(beta)
    weights = np.exp(x @ beta)
    products = (x[:, :, None] * x[:, None, :]).reshape(len(x), size * size)
    moments = weights[:, None] * np.column_stack([np.ones(len(x)), x, products])
    sums = (
        sets.sums_at_risk(moments)[sets.place] - sets.part[:, None] * sets.sums_of_events(moments)[sets.place]
    )
    means = sums[:, 1:] / sums[:, :1]
    value = float((x @ beta)[sets.ended].sum() - np.log(sums[:, 0]).sum())
    first, second = means[:, :size], means[:, size:]
    information = second.sum(axis=0).reshape(size, size) - first.T @ first
    return value, information


def hazard_ratios(
    data: Intervals, *, penalised: bool = True, confidence: float = CONFIDENCE
) -> list[HazardRatio] | None:
    """The hazard ratio of each covariate, the others adjusted for; None where no event occurred or one does not vary.

    Interval and p are of the profile (penalised) likelihood: 2 (l_max - l(b)) against chi-squared with 1 df.
    """
    if not data.event.any() or np.any(np.ptp(data.covariates, axis=0) == 0):
        return None
    size = data.covariates.shape[1]
    sets = _RiskSets.of(data)

    def objective(beta: Floats) -> float:
        value, information = _log_likelihood(beta, sets)
        if not penalised:
            return value
        sign, determinant = np.linalg.slogdet(information)
        return value + 0.5 * float(determinant) if sign > 0 else -np.inf

    best, largest = _maximum(objective, np.zeros(size))
    drop = float(gammaincinv(0.5, confidence))  # half the quantile of chi squared, one degree
    found = []
    for place in range(size):
        profile = _profile(objective, best, place)
        limit = largest - drop
        low, high = (_bound(profile, limit, best[place], side) for side in (-1, 1))
        p = float(chdtrc(1, max(0.0, 2 * (largest - profile(0.0)))))
        found.append(
            HazardRatio(
                estimate=float(np.exp(best[place])),
                low=None if low is None else float(np.exp(low)),
                high=None if high is None else float(np.exp(high)),
                p=p,
            )
        )
    return found


def _maximum(objective: Callable[[Floats], float], start: Floats) -> tuple[Floats, float]:
    fit = minimize(lambda beta: -objective(beta), start, method="Nelder-Mead",
                   options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000})  # fmt: skip
    return np.asarray(fit.x, dtype=np.float64), -float(fit.fun)


def _profile(objective: Callable[[Floats], float], best: Floats, place: int) -> Callable[[float], float]:
    """The objective as a function of one coefficient, the others at their best."""
    others = [index for index in range(len(best)) if index != place]

    def at(value: float) -> float:
        beta = best.copy()
        beta[place] = value
        if not others:
            return objective(beta)

        def of_others(rest: Floats) -> float:
            beta[others] = rest
            return objective(beta)

        return _maximum(of_others, best[others])[1]

    return at


def _bound(profile: Callable[[float], float], limit: float, best: float, side: int) -> float | None:
    """Where the profile falls to `limit` on one side of the best; None where it does not within _FARTHEST."""

    def excess(value: float) -> float:
        return profile(value) - limit

    step = 0.5
    while step <= _FARTHEST:
        if excess(best + side * step) < 0:
            near, far = sorted((best, best + side * step))
            return float(brentq(excess, near, far, xtol=1e-9))
        step *= 2
    return None
