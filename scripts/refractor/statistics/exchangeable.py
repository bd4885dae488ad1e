"""Response rates of several cohorts that share strength: the EXNEX model of basket trials.

Neuenschwander 2016, doi:10.1002/pst.1730. With x_i of n_i successes in cohort i and theta_i = logit(p_i),

    x_i ~ Binomial(n_i, p_i)
    theta_i ~ N(mu, tau^2) with probability w (exchangeable), N(m, v^2) else (on its own)
    mu ~ N(m, 2^2), tau ~ half-normal(1), m = logit of the pooled rate kept within 0.05-0.95, v = 2, w = 0.5

The posterior is integrated on grids of mu, tau and theta: no chains, no seed, the same on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

Floats = NDArray[np.float64]

WEIGHT_EXCHANGEABLE = 0.5
SD_OF_MU, SD_OF_TAU, SD_ALONE = 2.0, 1.0, 2.0
_THETA = np.linspace(-9, 9, 721)
_MU = np.linspace(-7, 7, 113)
_TAU = np.linspace(0.05, 3.5, 36)
_LEAST, _MOST = 0.05, 0.95


@dataclass(frozen=True, slots=True)
class SharedRate:
    """Posterior mean and central 95 % range of one cohort's rate, 0-1."""

    mean: float
    low: float
    high: float


def shared_rates(successes: Sequence[int], patients: Sequence[int]) -> list[SharedRate]:
    """The rate of each cohort under the EXNEX model, in the order given; a cohort of nobody has its prior's.

    Raises:
        ValueError: counts that are no successes among patients.
    """
    x, n = np.asarray(successes, dtype=float), np.asarray(patients, dtype=float)
    if x.shape != n.shape or x.ndim != 1 or bool(((x < 0) | (x > n)).any()):
        raise ValueError(f"{successes} are no successes among {patients}")
    if not x.size:
        return []
    pooled = float(np.clip(x.sum() / n.sum(), _LEAST, _MOST)) if n.sum() else 0.5
    center = float(logit(pooled))
    likelihoods = _likelihoods(x, n)
    together = _densities(center)
    alone = _normal(_THETA, center, SD_ALONE)
    # (cohorts, grid): probability of a cohort's counts at each (mu, tau), on the exchangeable and the lone branch mixed
    marginal = WEIGHT_EXCHANGEABLE * likelihoods @ together.shapes.T + (1 - WEIGHT_EXCHANGEABLE) * (
        likelihoods @ alone
    ).reshape(-1, 1)
    log_marginal = np.log(np.maximum(marginal, 1e-300))
    found = []
    for place in range(x.size):
        others = log_marginal.sum(axis=0) - log_marginal[place] + together.log_prior
        weights = np.exp(others - others.max())
        prior = WEIGHT_EXCHANGEABLE * (weights / weights.sum()) @ together.shapes
        prior = prior + (1 - WEIGHT_EXCHANGEABLE) * alone
        found.append(_summary(prior * likelihoods[place]))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Densities:
    """Of each (mu, tau): the density of theta on its grid, summing to 1, (grid, theta); and the log prior, (grid,)."""

    shapes: Floats
    log_prior: Floats


def _densities(center: float) -> _Densities:
    mu, tau = (grid.ravel() for grid in np.meshgrid(_MU, _TAU, indexing="ij"))
    shapes = np.exp(-0.5 * ((_THETA[None, :] - mu[:, None]) / tau[:, None]) ** 2)
    shapes /= np.maximum(shapes.sum(axis=1, keepdims=True), 1e-300)
    log_prior = -0.5 * ((mu - center) / SD_OF_MU) ** 2 - 0.5 * (tau / SD_OF_TAU) ** 2
    return _Densities(shapes, log_prior)


def _likelihoods(x: Floats, n: Floats) -> Floats:
    """Of each cohort: the likelihood of theta on its grid, at most 1, (cohorts, theta)."""
    p = np.clip(expit(_THETA), 1e-12, 1 - 1e-12)
    log = x[:, None] * np.log(p) + (n - x)[:, None] * np.log1p(-p)
    return np.asarray(np.exp(log - log.max(axis=1, keepdims=True)), dtype=np.float64)


def _normal(theta: Floats, mean: float, sd: float) -> Floats:
    density = np.exp(-0.5 * ((theta - mean) / sd) ** 2)
    return np.asarray(density / density.sum(), dtype=np.float64)


def _summary(posterior: Floats) -> SharedRate:
    weights = posterior / posterior.sum()
    cumulative = np.cumsum(weights)
    low, high = (float(expit(np.interp(q, cumulative, _THETA))) for q in (0.025, 0.975))
    return SharedRate(float(weights @ expit(_THETA)), low, high)
