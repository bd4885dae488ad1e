"""What a model of purity and ploidy is given, and what it gives: evidence of segments, a posterior with its solutions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class SegmentEvidence:
    """What the fit sees of autosomal segments: arrays (n_segments,), and log-likelihoods (n_segments, 101).

    `ratio` is depth against the autosomes' mean; `ratio_sd` its standard error; `length` bases; `alleles` the
    log-likelihood of the segment's SNPs for each of MINOR_FRACTIONS (zeros without SNPs).
    """

    ratio: Floats
    ratio_sd: Floats
    length: Floats
    alleles: Floats


@dataclass(frozen=True, slots=True)
class Solution:
    """One way to explain the genome, with its posterior share (0-1) and 95 % ranges within it."""

    purity: float
    purity_low: float
    purity_high: float
    ploidy: float
    ploidy_low: float
    ploidy_high: float
    whole_genome_doubled: float
    probability: float


@dataclass(frozen=True, slots=True, eq=False)
class PurityPosterior:
    """Weighted points of the joint posterior; arrays (n_points,), `weight` sums to 1.

    `purity_width` and `ploidy_width` are the extent of each point's cell. `doubled` is each point's probability
    of a doubled genome. `solutions` are the distinct ways to explain the genome, most probable first; `solution_of` is the
    number of each point's, -1 for those of hardly any weight.
    """

    purity: Floats
    ploidy: Floats
    weight: Floats
    purity_width: Floats
    ploidy_width: Floats
    doubled: Floats
    solutions: tuple[Solution, ...]
    solution_of: NDArray[np.int64]

    def quantiles(self, values: Floats, shares: tuple[float, ...]) -> list[float]:
        """Weighted quantiles of `values` over the points."""
        return weighted_quantiles(values, self.weight, shares)

    def draw(self, count: int, rng: np.random.Generator) -> tuple[Floats, Floats, NDArray[np.int64]]:
        """`count` joint draws of purity and ploidy, and the number of each one's solution."""
        at = rng.choice(len(self.weight), size=count, p=self.weight)
        purity = self.purity[at] + rng.uniform(-0.5, 0.5, count) * self.purity_width[at]
        ploidy = self.ploidy[at] + rng.uniform(-0.5, 0.5, count) * self.ploidy_width[at]
        return np.clip(purity, 0.01, 1.0), np.maximum(ploidy, 0.1), self.solution_of[at]


def weighted_quantiles(values: Floats, weight: Floats, shares: tuple[float, ...]) -> list[float]:
    """Values below which each of `shares` of the weight lies."""
    order = np.argsort(values)
    along = np.cumsum(weight[order])
    at = np.searchsorted(along, np.array(shares) * along[-1])
    return [float(values[order][min(int(i), len(values) - 1)]) for i in at]
