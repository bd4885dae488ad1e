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
_SETS_AT_ONCE = 512
"""Risk sets that are summed at once: of 10,000 intervals 40 MB."""


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
    """What of the data does not hang on the coefficients, for m event times: who is at risk and who has an event, (m, n)
    each, and a term for each of the d tied events at a time: its time's place, and l / d."""

    covariates: Floats
    """Centred, (n, k)."""
    at_risk: NDArray[np.bool_]
    events: NDArray[np.bool_]
    place: NDArray[np.int64]
    part: Floats

    @classmethod
    def of(cls, data: Intervals) -> _RiskSets:
        times = np.unique(data.stop[data.event == 1])[:, None]
        events = (data.stop == times) & (data.event == 1)
        tied = events.sum(axis=1)
        parts = [np.arange(number) / number for number in tied]
        return cls(
            covariates=data.covariates - data.covariates.mean(axis=0),
            at_risk=(data.start < times) & (data.stop >= times),
            events=events,
            place=np.repeat(np.arange(len(times)), tied),
            part=np.concatenate([*parts, np.zeros(0)]),
        )


def _log_likelihood(beta: Floats, sets: _RiskSets) -> tuple[float, Floats]:
    x, size = sets.covariates, len(beta)
    weights = np.exp(x @ beta)
    products = (x[:, :, None] * x[:, None, :]).reshape(len(x), size * size)
    moments = weights[:, None] * np.column_stack([np.ones(len(x)), x, products])
    sums = (
        _sums(sets.at_risk, moments)[sets.place]
        - sets.part[:, None] * _sums(sets.events, moments)[sets.place]
    )
    means = sums[:, 1:] / sums[:, :1]
    value = float((sets.events @ (x @ beta)).sum() - np.log(sums[:, 0]).sum())
    first, second = means[:, :size], means[:, size:]
    information = second.sum(axis=0).reshape(size, size) - first.T @ first
    return value, information


def _sums(members: NDArray[np.bool_], moments: Floats) -> Floats:
    """The moments summed over the members of each set, (m, columns), some sets at a time."""
    found = [members[at : at + _SETS_AT_ONCE] @ moments for at in range(0, len(members), _SETS_AT_ONCE)]
    return np.concatenate([*found, np.zeros((0, moments.shape[1]))])


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
