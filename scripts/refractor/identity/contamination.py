"""How much of a sample is another person's DNA, from reads that do not fit what the person is homozygous for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.identity.genotypes import Genotypes

MIN_SITES = 200
"""Homozygous SNPs below which nothing is said: fewer cannot tell 1 % from errors."""
_GRID = np.concatenate([[0.0], np.geomspace(0.001, 0.5, 120)])


@dataclass(frozen=True, slots=True)
class Contamination:
    """Share of foreign DNA (0-1) with its 95 % likelihood range, and the SNPs it rests on."""

    fraction: float
    low: float
    high: float
    n_sites: int


def estimate_contamination(
    genotypes: Genotypes,
    ref: NDArray[np.integer],
    alt: NDArray[np.integer],
    *,
    error_rate: float,
) -> Contamination | None:
    """Foreign DNA in the reads of a sample whose person has `genotypes`; None with too few homozygous SNPs.

    By maximum likelihood: at each SNP the stranger carries 0, 1 or 2 of the allele that the person lacks, in
    Hardy-Weinberg proportions at the mean frequency over the person's own SNPs, so that the reads with it are
    binomial with error_rate + share x (0, 1/2, 1). `error_rate` is the share of reads with one given wrong base.
    """
    from scipy.special import xlog1py, xlogy  # noqa: PLC0415 - a fifth of a second to start

    depth = ref.astype(np.int64) + alt
    used = (depth > 0) & ((genotypes == 0) | (genotypes == 2))
    n = int(used.sum())
    if n < MIN_SITES:
        return None
    lacks_alt = genotypes[used] == 0
    foreign = np.where(lacks_alt, alt[used], ref[used]).astype(float)
    depth = depth[used].astype(float)
    frequency = float(np.clip(genotypes[genotypes >= 0].mean() / 2, 0.05, 0.95))
    carried = np.where(lacks_alt, frequency, 1 - frequency)
    prior = np.stack([(1 - carried) ** 2, 2 * carried * (1 - carried), carried**2])
    logs = np.empty(len(_GRID))
    for at, share in enumerate(_GRID):
        chance = np.minimum(error_rate + share * np.array([0.0, 0.5, 1.0]), 0.999)[:, None]
        each = xlogy(foreign, chance) + xlog1py(depth - foreign, -chance) + np.log(prior)
        logs[at] = np.logaddexp.reduce(each, axis=0).sum()
    inside = np.flatnonzero(logs >= logs.max() - 1.92)  # half the 95 % point of chi squared with one degree
    best = int(np.argmax(logs))
    return Contamination(float(_GRID[best]), float(_GRID[inside[0]]), float(_GRID[inside[-1]]), n)
