"""Draws of a gene's copies and of the ploidy, so that a verdict can carry the source's uncertainty.

From a fit: its own joint draws. From an import: its ranges of purity and ploidy (taken as central 95 % intervals of
two-piece normal distributions, independent of each other), the error of its log2 ratios, and half a copy where it
rounds. A caller that gives no range is no surer than one that does: then the errors below are assumed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from refractor.copynumber.calls.copies_of_ratio import copies_of_ratio, expected_ratio
from refractor.copynumber.segments import CopyNumberProfile
from refractor.results.copy_number_tables import PurityMethod, PurityPloidy

Draws = NDArray[np.float64]

DEPTH_SD = 0.07
"""Standard error (log2) of a segment's depth beyond what its windows show: 5 %, as of the fit from reads (ours)."""

_SIDE = 64
_NOISE_SEED = 20240117
_MIN_PURITY = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class FitDraws:
    """Equally likely pairs of purity and ploidy; float (n_draws,), the same length."""

    purity: Draws
    ploidy: Draws


UNTOLD_PURITY = 0.2
"""Purity that a caller is taken to have used where its file tells none: the least at which an absence may be said, as the
same error of purity moves copies most there; to know less must not make surer."""
UNTOLD_PLOIDY = 2.0


def with_untold(values: PurityPloidy) -> PurityPloidy:
    """The values with what stands for a purity or ploidy that is not told, so that their error is carried."""
    if values.ploidy is None:
        values = replace(values, ploidy=UNTOLD_PLOIDY, ploidy_low=None, ploidy_high=None)
    if values.purity is not None:
        return values
    return replace(
        values, purity=UNTOLD_PURITY, purity_low=None, purity_high=None, method=PurityMethod.IMPORTED
    )


def fit_draws(values: PurityPloidy) -> FitDraws | None:
    """Draws from the ranges of purity and ploidy; None where the sheet states both.

    A caller's purity without a range is taken to be right within ASSUMED_PURITY_ERROR, one that it does not tell to be
    UNTOLD_PURITY, a ploidy that is not told UNTOLD_PLOIDY.
    """
    values = with_untold(values)
    if values.purity is None or values.ploidy is None:
        return None
    purity = two_piece_quantiles(values.purity, *values.purity_range)
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
    z_below = _normal(np.clip(u / (2 * fraction_below), 1e-12, 0.5))
    z_above = _normal(np.clip(0.5 + (u - fraction_below) / (2 * (1 - fraction_below)), 0.5, 1 - 1e-12))
    values: Draws = np.where(u <= fraction_below, best + below * z_below, best + above * z_above)
    return values


def copies_draws(
    copies: float,
    *,
    profile: CopyNumberProfile,
    fit: FitDraws | None,
    log2_sd: float | None,
    background: int,
) -> Draws:
    """Draws (n_draws,) of the copies of a stretch, in the order of `fit`.

    Depth r = (p C + n (1-p)) / (p P + 2 (1-p)) at the caller's purity p and ploidy P, times 2^e with e normal of
    `log2_sd` and DEPTH_SD together, turned back into copies at each draw of purity and ploidy; where these are not
    known the copies themselves bear the error. Whole copies stand for anything within half a copy. `background` is
    n, the copies in normal cells.
    """
    values = with_untold(profile.purity_ploidy)
    n_draws = _SIDE * _SIDE
    error = 2 ** (float(np.hypot(log2_sd or 0.0, DEPTH_SD)) * _standard_normal(n_draws))
    raw: Draws = np.full(n_draws, copies)
    if profile.integers:
        raw = np.maximum(raw + _uniform(n_draws), 0.0)
    if values.purity is None or values.ploidy is None:
        return raw * error
    purity = np.full(n_draws, values.purity) if fit is None else fit.purity
    ploidy = np.full(n_draws, values.ploidy) if fit is None else fit.ploidy
    ratio = expected_ratio(raw, purity=values.purity, ploidy=values.ploidy, normal_copies=background) * error
    return np.maximum(copies_of_ratio(ratio, purity=purity, ploidy=ploidy, normal_copies=background), 0.0)


def _uniform(n_draws: int) -> Draws:
    """Even quantiles from -0.5 to 0.5 in a fixed random order."""
    quantiles = (np.arange(n_draws) + 0.5) / n_draws - 0.5
    return np.random.default_rng(_NOISE_SEED + 1).permutation(quantiles)


def _standard_normal(n_draws: int) -> Draws:
    """Normal quantiles in a fixed random order, so that they are independent of the grid and repeatable."""
    quantiles = _normal((np.arange(n_draws) + 0.5) / n_draws)
    return np.random.default_rng(_NOISE_SEED).permutation(quantiles)


def _normal(quantiles: Draws) -> Draws:
    """The standard normal at these quantiles (0-1); from the standard library: scipy.special takes 0.2 s to start."""
    return np.array([NormalDist().inv_cdf(quantile) for quantile in quantiles.tolist()])
