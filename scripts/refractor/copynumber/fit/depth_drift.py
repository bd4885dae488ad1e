"""The slow drift of depth that neighbouring windows share: how far it strays in this sample.

A gene's windows lie within one wave, and no number of them averages it out: it is most of the error of a gene's depth.
Samples differ in it by several times (0.01-0.045 in the simulated ones, 0.03 in 10-kb depth of MCF7).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from refractor.copynumber.fit.normalise_depth import NormalisedDepth
from refractor.copynumber.fit.segmentation import SegmentationSettings, draw_in_outliers
from refractor.genome.builds import SEX_CHROMOSOMES
from refractor.reads.windows_to_read import Sites

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_WINDOWS = 40
"""Windows of a segment from which its mean takes little of the drift away."""
WIDEST_PAIR_BP = 600_000
"""Twice the length over which the drift holds; windows further apart share little of it."""
LEAST_APART_BP = 20_000
"""Closer windows also share what is of the place (a gene's GC, its mappability)."""
PAIRS_OF_PRIOR = 500.0
"""How many pairs the drift of the settings counts for, so that a few windows do not decide."""
LEAST_DRIFT, MOST_DRIFT = 0.01, 0.1


def drift_sd(
    sites: Sites, depth: NormalisedDepth, groups: list[Ints], settings: SegmentationSettings
) -> float:
    """Standard deviation (natural log) of the slow drift, from the covariance of neighbouring windows of one segment.

    With residuals e of a segment's windows, exponential correlation over `wave_length` L and distances d, the variance
    is sum(e e') / sum(exp(-d / L)) over pairs of neighbours.
    """
    products, shared = PAIRS_OF_PRIOR * settings.wave_sd**2, PAIRS_OF_PRIOR
    middle = (sites.start + sites.end) / 2
    for rows in groups:
        if len(rows) < LEAST_WINDOWS or str(sites.chromosome[rows[0]]) in SEX_CHROMOSOMES:
            continue
        sd = depth.log_sd[rows]
        values = draw_in_outliers(depth.log_ratio[rows], sd, settings.outlier)
        away = values - np.average(values, weights=1 / sd**2)
        apart = np.diff(middle[rows])
        near = (apart >= LEAST_APART_BP) & (apart <= WIDEST_PAIR_BP)
        products += float((away[:-1] * away[1:])[near].sum())
        shared += float(np.exp(-apart[near] / settings.wave_length).sum())
    return float(np.clip(np.sqrt(max(products, 0.0) / shared), LEAST_DRIFT, MOST_DRIFT))
