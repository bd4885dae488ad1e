"""Draws of a gene's copies and of the ploidy, so that a verdict can carry the source's uncertainty.

From a fit: its own joint draws. From an import: its purity and ploidy ranges (taken as central 95 %
intervals of two-piece normal distributions, independent of each other) and the standard error of its
log2 ratios. Nothing where the source gives neither: a probability would be made up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# scipy.stats would take a second to import; its norm.ppf is this function
from scipy.special import ndtri

from refractor.copynumber.calls.absolute import copies_of_ratio, expected_ratio, recalculated
from refractor.copynumber.segments import CopyNumberProfile
from refractor.results.copy_number_tables import PurityPloidy

Draws = NDArray[np.float64]

_SIDE = 64
_NOISE_SEED = 20240117
_MIN_PURITY = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class FitDraws:
    """Equally likely pairs of purity and ploidy; float (n_draws,), the same length."""

    purity: Draws
    ploidy: Draws


def fit_draws(values: PurityPloidy) -> FitDraws | None:
    """Draws from the ranges of purity and ploidy; None where neither has a range."""
    if values.purity is None or values.ploidy is None:
        return None
    purity = two_piece_quantiles(values.purity, values.purity_low, values.purity_high)
    ploidy = two_piece_quantiles(values.ploidy, values.ploidy_low, values.ploidy_high)
    if purity is None and ploidy is None:
        return None
    purities = np.full(_SIDE, values.purity) if purity is None else np.clip(purity, _MIN_PURITY, 1.0)
    ploidies = np.full(_SIDE, values.ploidy) if ploidy is None else np.clip(ploidy, 0.1, None)
    grid = np.meshgrid(purities, ploidies)
    return FitDraws(grid[0].ravel(), grid[1].ravel())


def two_piece_quantiles(best: float, low: float | None, high: float | None) -> Draws | None:
    """64 equally likely values of a two-piece normal with mode `best` and central 95 % from `low` to `high`.

    None without a range, or with one that does not hold `best`.
    """
    if low is None or high is None or not low <= best <= high or low == high:
        return None
    floor = 1e-9
    below, above = max((best - low) / 1.96, floor), max((high - best) / 1.96, floor)
    fraction_below = below / (below + above)
    u = (np.arange(_SIDE) + 0.5) / _SIDE
    z_below = ndtri(np.clip(u / (2 * fraction_below), 1e-12, 0.5))
    z_above = ndtri(np.clip(0.5 + (u - fraction_below) / (2 * (1 - fraction_below)), 0.5, 1 - 1e-12))
    values: Draws = np.where(u <= fraction_below, best + below * z_below, best + above * z_above)
    return values


def copies_draws(
    copies: float,
    *,
    profile: CopyNumberProfile,
    fit: FitDraws | None,
    log2_sd: float | None,
    background: int,
) -> Draws | None:
    """Draws of the copies of a stretch, in the order of `fit`; None where nothing is known of their error.

    `background` is the number of copies in normal cells.
    """
    values = profile.purity_ploidy
    if values.purity is None or values.ploidy is None or (fit is None and log2_sd is None):
        return None
    n_draws = _SIDE * _SIDE
    purity = np.full(n_draws, values.purity) if fit is None else fit.purity
    ploidy = np.full(n_draws, values.ploidy) if fit is None else fit.ploidy
    if log2_sd is None:
        return np.maximum(
            recalculated(copies, old=values, purity=purity, ploidy=ploidy, background=background), 0.0
        )
    ratio = expected_ratio(
        copies, purity=values.purity, ploidy=values.ploidy, normal_copies=background
    ) * 2 ** (log2_sd * _standard_normal(n_draws))
    return np.maximum(copies_of_ratio(ratio, purity=purity, ploidy=ploidy, normal_copies=background), 0.0)


def _standard_normal(n_draws: int) -> Draws:
    """Normal quantiles in a fixed random order, so that they are independent of the grid and repeatable."""
    quantiles = ndtri((np.arange(n_draws) + 0.5) / n_draws)
    return np.random.default_rng(_NOISE_SEED).permutation(quantiles)
