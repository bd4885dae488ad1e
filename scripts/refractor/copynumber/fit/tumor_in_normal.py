"""Tumour in the matched normal, and other excess of its depth: estimated, and taken out before the tumour is held against it.

With a fraction c of tumour cells in the normal its depth follows the tumour's: over all altered stretches the normal's
excess N - 1 is the same share of the tumour's T - 1, which no inherited variant does (there N = T, in one stretch).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.copynumber.fit.normalise_depth import NormalisedDepth
from refractor.copynumber.fit.segment_summary import rows_of
from refractor.genome.builds import SEX_CHROMOSOMES
from refractor.reads.windows_to_read import Sites

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ALTERED_RATIO = 0.1
"""Distance of the tumour's depth ratio from 1 from which a stretch tells of tumour in the normal."""
MIN_SLOPE, MIN_ERRORS = 0.025, 4.0
"""Least share of the tumour's excess in the normal, and how many standard errors it must be (ours)."""
INHERITED_SHARE = 0.7
"""Share from which a stretch looks inherited rather than contaminated, and does not count."""
FOCAL_RATIO = 1.8
"""Depth of the normal over its usual from which a stretch is no inherited copy (3 of 2 are 1.5) but an excess."""
FOCAL_BP = 20_000_000
MIN_WINDOWS = 3


@dataclass(frozen=True, slots=True)
class FocalExcess:
    """A stretch (0-based half-open) in which the normal has `ratio` times its usual depth."""

    chromosome: str
    start: int
    end: int
    ratio: float


@dataclass(frozen=True, slots=True, eq=False)
class NormalExcess:
    """What the normal's depth holds that is not the person's genome.

    `log_excess` (n_sites,): natural log by which it is too deep at each window, 0 where it is not. `slope`: share of the
    tumour's excess that the normal shows too, 0 where none was found. `focal`: stretches in which it is far too deep.
    """

    log_excess: Floats
    slope: float
    focal: tuple[FocalExcess, ...]

    def tumor_fraction(self, *, purity: float, ploidy: float) -> float:
        """Fraction (0-1) of tumour cells in the normal, c = slope x 2p / (pP + 2(1-p)) to the first order in c."""
        return float(np.clip(self.slope * 2 * purity / (purity * ploidy + 2 * (1 - purity)), 0.0, 1.0))


def excess_of_normal(
    sites: Sites, tumor: NormalisedDepth, normal: NormalisedDepth, number: Ints, normal_number: Ints
) -> NormalExcess:
    """The normal's excess of depth; `tumor` and `normal` are each normalised by itself.

    `number` and `normal_number` (n_sites,) are the segments of the tumour against its normal, and of the normal.
    Slope: weighted least squares of N - 1 on T - 1 through the origin over the autosomal segments with |T - 1| over
    ALTERED_RATIO, weights their windows, with a standard error that is robust to unequal variances.
    """
    log_excess = np.zeros(len(sites))
    slope = _shared_slope(sites, tumor, normal, number)
    if slope > 0:
        for rows in rows_of(number):
            ratio = _ratio(tumor, rows)
            if abs(ratio - 1) >= ALTERED_RATIO:
                log_excess[rows] = np.log(max(1 + slope * (ratio - 1), 0.1))
    focal = []
    for rows in rows_of(normal_number):
        chromosome, start, end = (
            str(sites.chromosome[rows[0]]),
            int(sites.start[rows[0]]),
            int(sites.end[rows[-1]]),
        )
        ratio = _ratio(normal, rows)
        if chromosome in SEX_CHROMOSOMES or len(rows) < MIN_WINDOWS or end - start > FOCAL_BP:
            continue
        if ratio / float(np.exp(np.median(log_excess[rows]))) >= FOCAL_RATIO:
            log_excess[rows] = np.log(ratio)
            focal.append(FocalExcess(chromosome, start, end, ratio))
    return NormalExcess(log_excess, slope, tuple(focal))


def _ratio(depth: NormalisedDepth, rows: Ints) -> float:
    """Median depth ratio of the windows that are used; 1 where none is."""
    known = depth.log_ratio[rows]
    known = known[np.isfinite(known)]
    return float(np.exp(np.median(known))) if len(known) else 1.0


def _shared_slope(sites: Sites, tumor: NormalisedDepth, normal: NormalisedDepth, number: Ints) -> float:
    """Share of the tumour's excess that the normal shows too; 0 where it is not surely more than nothing."""
    points = []
    for rows in rows_of(number):
        if str(sites.chromosome[rows[0]]) in SEX_CHROMOSOMES or len(rows) < MIN_WINDOWS:
            continue
        of_tumor, of_normal = _ratio(tumor, rows) - 1, _ratio(normal, rows) - 1
        inherited = (
            abs(of_normal) > ALTERED_RATIO and of_normal / of_tumor > INHERITED_SHARE if of_tumor else True
        )
        if abs(of_tumor) >= ALTERED_RATIO and not inherited:
            points.append((of_tumor, of_normal, float(len(rows))))
    if not points:
        return 0.0
    x, y, weight = np.array(points).T
    total = float(np.sum(weight * x * x))
    slope = float(np.sum(weight * x * y)) / total
    noise = np.maximum(np.abs(y - slope * x), normal.residual_sd / np.sqrt(weight))
    error = float(np.sqrt(np.sum((weight * x * noise) ** 2))) / total
    return slope if slope >= MIN_SLOPE and slope >= MIN_ERRORS * error else 0.0
