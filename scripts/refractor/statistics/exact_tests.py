"""Exact inference for two groups of patients, carriers and others: Fisher, mid-p, Boschloo, Barnard, odds ratio.

`a` of `n1` patients of the first group (without benefit) and `b` of `n2` of the second (with benefit) are carriers.
Everything about a pair of group sizes is worked out once and kept, so that thousands of tables cost a look-up each.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar

from refractor.statistics.hypergeometric import TIE, fisher, hypergeometric, log_choose, two_sided_p
from refractor.statistics.proportions import CONFIDENCE

Floats = NDArray[np.float64]
Made = TypeVar("Made")

_SMALL = 10_000
_GRID = 201
"""Values of the unknown common share at which an unconditional p is looked at before the best is refined."""


@dataclass(frozen=True, slots=True)
class OddsRatio:
    """The conditional odds ratio with its exact interval; 0 or inf where a cell is empty, None with no margin."""

    estimate: float | None
    low: float | None
    high: float | None


def kept(work: Callable[[int, int], Made]) -> Callable[[int, int], Made]:
    """`work` of two group sizes with its results kept; of large groups, 24 MB a pair of 1,000, only the last two."""
    small, large = lru_cache(maxsize=128)(work), lru_cache(maxsize=2)(work)
    return lambda n1, n2: small(n1, n2) if n1 * n2 <= _SMALL else large(n1, n2)


@kept
def two_sided(n1: int, n2: int) -> Floats:
    """Fisher's two-sided p of every table of groups of n1 and n2; (n1 + 1) x (n2 + 1), by carriers of each group."""
    fisher_p = np.ones((n1 + 1, n2 + 1))
    for carriers in range(n1 + n2 + 1):
        fisher_p[_cells(n1, n2, carriers)] = two_sided_p(hypergeometric(n1, n2, carriers))
    return np.minimum(fisher_p, 1.0)


@kept
def one_sided(n1: int, n2: int) -> tuple[Floats, Floats]:
    """Fisher's one-sided p of the same tables, that the first group carries more, and that it carries less."""
    more, less = np.ones((n1 + 1, n2 + 1)), np.ones((n1 + 1, n2 + 1))
    for carriers in range(n1 + n2 + 1):
        cells = _cells(n1, n2, carriers)
        p = hypergeometric(n1, n2, carriers)
        less[cells] = p.cumsum()
        more[cells] = p[::-1].cumsum()[::-1]
    return np.minimum(more, 1.0), np.minimum(less, 1.0)


def _cells(n1: int, n2: int, carriers: int) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    first = np.arange(max(0, carriers - n2), min(n1, carriers) + 1)
    return first, carriers - first


def fisher_mid(a: int, n1: int, b: int, n2: int) -> float:
    """The two-sided mid-p: Fisher's p less half the probability of the table itself."""
    of_table = hypergeometric(n1, n2, a + b)[a - max(0, a + b - n2)]
    return fisher(a, n1, b, n2) - float(of_table) / 2


def attainable(a: int, n1: int, b: int, n2: int) -> float:
    """The smallest p of Fisher's test that any table of these margins has."""
    return min(1.0, float(two_sided_p(hypergeometric(n1, n2, a + b)).min()))


@lru_cache(maxsize=256)
def power(n1: int, n2: int, *, share1: float, share2: float, alpha: float) -> float:
    """The chance that Fisher's p is at most `alpha` when the groups carry with these true shares."""
    rejected = two_sided(n1, n2) <= alpha * TIE
    return float(_binomial(n1, np.array([share1]))[0] @ rejected @ _binomial(n2, np.array([share2]))[0])


@lru_cache(maxsize=4096)
def boschloo(a: int, n1: int, b: int, n2: int) -> float:
    """Boschloo's unconditional p, two-sided as twice the smaller one-sided p, at most 1 (as scipy.stats.boschloo_exact).

    The two samples are the carriers and the other patients, as the genome is read before treatment and benefit
    comes after; each sample's size is given and its patients without benefit are counted. The one-sided Fisher p
    orders the tables, the unknown common share is the one that makes p largest (doi:10.1111/j.1467-9574.1970.tb00104.x).
    """
    carriers, others, here = a + b, n1 + n2 - a - b, (a, n1 - a)
    if carriers == 0 or others == 0:
        return 1.0
    largest = [
        _largest(order <= order[here] * TIE, carriers, others) for order in one_sided(carriers, others)
    ]
    return min(1.0, 2 * min(largest))


@lru_cache(maxsize=4096)
def barnard(a: int, n1: int, b: int, n2: int) -> float:
    """Barnard's unconditional p, two-sided, of the same samples, ordered by the pooled score statistic.

    As scipy.stats.barnard_exact, which however counts tables of an equal statistic only where rounding lets it.
    """
    carriers, others, here = a + b, n1 + n2 - a - b, (a, n1 - a)
    if carriers == 0 or others == 0:
        return 1.0
    first, second = np.arange(carriers + 1)[:, None], np.arange(others + 1)[None, :]
    pooled = (first + second) / (carriers + others)
    variance = pooled * (1 - pooled) * (1 / carriers + 1 / others)
    difference = np.abs(first / carriers - second / others)
    statistic = np.divide(difference, np.sqrt(variance), out=np.zeros_like(variance), where=variance > 0)
    return min(1.0, _largest(statistic * TIE >= statistic[here], carriers, others))


def odds_ratio(a: int, n1: int, b: int, n2: int, *, confidence: float = CONFIDENCE) -> OddsRatio:
    """The odds ratio of the conditional maximum likelihood with its exact central interval (as R's fisher.test)."""
    carriers = a + b
    least, most = max(0, carriers - n2), min(n1, carriers)
    if least == most:
        return OddsRatio(None, None, None)
    first = np.arange(least, most + 1)
    central = log_choose(n1, first) + log_choose(n2, carriers - first)
    here, tail = a - least, (1 - confidence) / 2

    def shares(log_ratio: float) -> Floats:
        logs = central + first * log_ratio
        weights = np.exp(logs - logs.max())
        return np.asarray(weights / weights.sum())

    estimate, low, high = 0.0, 0.0, math.inf
    if a > least:
        low = _ratio_where(lambda x: shares(x)[here:].sum() - tail)
    if a < most:
        high = _ratio_where(lambda x: tail - shares(x)[: here + 1].sum())
    if a == most:
        estimate = math.inf
    elif a > least:
        estimate = _ratio_where(lambda x: float(shares(x) @ first) - a)
    return OddsRatio(estimate, low, high)


def _ratio_where(rising: Callable[[float], float]) -> float:
    """exp of the root of a function that rises with the log odds ratio."""
    span = 2.0
    while rising(-span) > 0 or rising(span) < 0:
        span *= 2
    return math.exp(brentq(rising, -span, span, xtol=1e-12))


def _largest(region: NDArray[np.bool_], n1: int, n2: int) -> float:
    """The largest probability of a region of tables over the unknown common share."""
    weights = region.astype(np.float64)
    shares = _share_grid()
    values = np.einsum("gi,gi->g", _binomial_grid(n1), _binomial_grid(n2) @ weights.T)
    best = int(values.argmax())
    around = shares[max(best - 1, 0)], shares[min(best + 1, len(shares) - 1)]

    def at(share: float) -> float:
        one = np.array([share])
        return -float(_binomial(n1, one)[0] @ weights @ _binomial(n2, one)[0])

    refined = minimize_scalar(at, bounds=around, method="bounded", options={"xatol": 1e-6})
    return max(float(values[best]), -float(refined.fun))


@lru_cache(maxsize=1)
def _share_grid() -> Floats:
    """Shares in (0, 1), closer together near both ends, where the probability changes fastest."""
    return np.asarray(np.sin(np.linspace(0, np.pi / 2, _GRID)) ** 2)


@lru_cache(maxsize=8)
def _binomial_grid(n: int) -> Floats:
    return _binomial(n, _share_grid())


def _binomial(n: int, shares: Floats) -> Floats:
    """Probabilities of 0..n successes, a row a share."""
    k = np.arange(n + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(k > 0, k * np.log(shares)[:, None], 0) + np.where(
            k < n, (n - k) * np.log1p(-shares)[:, None], 0
        )
    return np.asarray(np.exp(log_choose(n, k) + logs))
