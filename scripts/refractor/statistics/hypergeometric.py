"""The hypergeometric distribution of a 2 x 2 table with fixed margins, and Fisher's exact test on it.

`a` of `n1` units of the first group and `b` of `n2` of the second carry what is counted. Needs no optimiser, so that
a step that asks for one p starts fast.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

TIE = 1 + 1e-7
"""Tables whose probability differs by less are equally probable; the tolerance of R's fisher.test and of scipy."""


def hypergeometric(n1: int, n2: int, carriers: int) -> Floats:
    """Probabilities of max(0, carriers - n2)..min(n1, carriers) carriers in the first group, margins given.

    P(x) = C(n1, x) C(n2, carriers - x) / C(n1 + n2, carriers), in logarithms; one entry a possible x.
    """
    first = np.arange(max(0, carriers - n2), min(n1, carriers) + 1)
    logs = log_choose(n1, first) + log_choose(n2, carriers - first)
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def two_sided_p(probabilities: Floats) -> Floats:
    """Fisher's two-sided p of each table of one pair of margins: the sum over tables at most as probable."""
    order = np.sort(probabilities)
    sums = np.concatenate([[0.0], np.cumsum(order)])
    return np.asarray(sums[np.searchsorted(order, probabilities * TIE, side="right")])


def fisher(a: int, n1: int, b: int, n2: int) -> float:
    """Fisher's exact p, two-sided, 0-1: the sum over tables at most as probable (as R's fisher.test)."""
    values = two_sided_p(hypergeometric(n1, n2, a + b))
    return min(1.0, float(values[a - max(0, a + b - n2)]))


def log_choose(n: int, k: NDArray[np.int_]) -> Floats:
    """log of the binomial coefficient of n over each k; 0 <= k <= n."""
    logs = _log_factorials(1 << max(10, n.bit_length()))
    return np.asarray(logs[n] - logs[k] - logs[n - k])


@lru_cache(maxsize=8)
def _log_factorials(above: int) -> Floats:
    """log(0!), log(1!) .. up to `above` - 1."""
    from scipy.special import gammaln  # noqa: PLC0415 - a fifth of a second to start

    return np.asarray(gammaln(np.arange(above) + 1.0))
