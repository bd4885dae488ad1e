r"""Log odds ratios of several 2 x 2 tables, shrunk towards each other: a hierarchical model solved on grids.

    x_k | theta_k    ~ Fisher's noncentral hypergeometric, given the table's margins
    theta_k | theta_m ~ N(theta_m, s^2)      studies k of one subject m (a mechanism)
    theta_m           ~ N(mu, tau^2)         subjects
    mu                ~ N(0, a^2),   tau ~ half-normal(b)

The margins carry the unknown base rates away, so that a table of three patients counts for what it is. Everything is
summed on fixed grids: no sampling, no convergence to judge, the same digits at each run. Source of the likelihood:
Agresti, Categorical Data Analysis, 3rd ed., 7.3.3; of the model: Smith, Spiegelhalter, Thomas, Stat Med 1995;14:2685.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Floats = NDArray[np.float64]

THETA: Floats = np.arange(-8.0, 8.0001, 0.05)
"""Log odds ratios at which densities stand, shape (n_theta,): odds ratios of 1/3,000 to 3,000."""
_MU: Floats = np.arange(-4.0, 4.0001, 0.1)
_TAU: Floats = np.arange(0.05, 4.0, 0.1)


@dataclass(frozen=True, slots=True)
class TwoByTwo:
    """Events among those with and without a property; counts of patients."""

    events_with: int
    with_property: int
    events_without: int
    without_property: int

    def __post_init__(self) -> None:
        """Raise ValueError where the events are no part of the patients."""
        pairs = ((self.events_with, self.with_property), (self.events_without, self.without_property))
        if any(not 0 <= events <= patients for events, patients in pairs):
            raise ValueError(f"{self}: events must lie between 0 and the patients")


@dataclass(frozen=True, slots=True)
class OddsPrior:
    """Standard deviations of the priors on the log scale: of the mean, of its spread, and between studies."""

    mean_sd: float = 1.0
    spread_scale: float = 1.0
    between_studies: float = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class OddsPosterior:
    """Posterior of each subject's log odds ratio, and of a subject that no table speaks of.

    `density` has per subject the probabilities at THETA, shape (n_theta,), that sum to 1; `unseen` the same.
    """

    density: Mapping[str, Floats]
    unseen: Floats

    def of(self, subject: str) -> Floats:
        """The density of a subject, that of an unseen one where no table speaks of it."""
        return self.density.get(subject, self.unseen)


def log_likelihood(table: TwoByTwo) -> Floats:
    """Log probability of the table given its margins, at each THETA; shape (n_theta,); 0 where a margin is empty."""
    events = table.events_with + table.events_without
    lowest = max(0, events - table.without_property)
    highest = min(events, table.with_property)
    x = np.arange(lowest, highest + 1)
    ways = _log_choose(table.with_property, x) + _log_choose(table.without_property, events - x)
    terms = ways[None, :] + THETA[:, None] * x[None, :]
    peak = terms.max(axis=1, keepdims=True)
    total = peak[:, 0] + np.log(np.exp(terms - peak).sum(axis=1))
    return np.asarray(terms[:, table.events_with - lowest] - total)


def shrunken_odds(tables: Sequence[tuple[str, TwoByTwo]], prior: OddsPrior = OddsPrior()) -> OddsPosterior:
    """The posterior of all subjects from (subject, table) pairs; several tables may speak of one subject."""
    by_subject: dict[str, Floats] = {}
    for subject, table in tables:
        likelihood = _blurred(np.exp(log_likelihood(table)), prior.between_studies)
        by_subject[subject] = by_subject.get(subject, np.ones_like(THETA)) * likelihood
    mu, tau = (grid.ravel() for grid in np.meshgrid(_MU, _TAU, indexing="ij"))
    populations = np.exp(-0.5 * ((THETA[None, :] - mu[:, None]) / tau[:, None]) ** 2)
    populations /= populations.sum(axis=1, keepdims=True)
    log_weight = -0.5 * (mu / prior.mean_sd) ** 2 - 0.5 * (tau / prior.spread_scale) ** 2
    chances = {subject: populations @ likelihood for subject, likelihood in by_subject.items()}
    for chance in chances.values():
        log_weight = log_weight + np.log(np.maximum(chance, 1e-300))
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    density = {
        subject: likelihood * ((weight / np.maximum(chances[subject], 1e-300)) @ populations)
        for subject, likelihood in by_subject.items()
    }
    return OddsPosterior({s: found / found.sum() for s, found in density.items()}, weight @ populations)


def _log_choose(n: int, k: NDArray[np.int_]) -> Floats:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def _blurred(likelihood: Floats, sd: float) -> Floats:
    """The likelihood of a subject's log odds ratio where that of the study lies around it with this sd."""
    if sd <= 0:
        return likelihood
    kernel = np.exp(-0.5 * ((THETA[:, None] - THETA[None, :]) / sd) ** 2)
    return np.asarray((kernel / kernel.sum(axis=1, keepdims=True)) @ likelihood)
