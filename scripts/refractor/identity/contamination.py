"""How much of a sample is another person's DNA, from reads that do not fit what the person is homozygous for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.genome.builds import SEX_CHROMOSOMES
from refractor.identity.genotypes import Genotypes, call_genotypes
from refractor.reads.windows import WindowCounts
from refractor.reads.windows_to_read import NO_SNP, Sites

MIN_SITES = 200
"""Homozygous SNPs below which nothing is said: fewer cannot tell 1 % from errors."""
_MIN_ERROR_RATE = 5e-4
"""Error share assumed where hardly any third base was seen: that of the best sequencers."""
MOST_FOREIGN = 0.5
"""Largest share that is looked for: a sample at it is as much another person's, and no contaminated one."""
_GRID = np.concatenate([[0.0], np.geomspace(0.001, MOST_FOREIGN, 120)])


QUIET_SHARE = 0.25
"""Part of the autosomes, those with the fewest stray reads, that tell of foreign DNA where there is no normal (ours)."""


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


def contamination_by_own_alleles(
    sites: Sites, counts: WindowCounts, *, error_rate: float
) -> Contamination | None:
    """Foreign DNA in a tumour without a normal, from SNPs that look homozygous in it; None with too few of them.

    A lost allele of a nearly pure tumour strays likewise, but only where it was lost; foreign DNA strays on every
    chromosome. So the quarter of the autosomes with the fewest stray reads is asked, which errs to the low side.
    """
    usable = (sites.snp != NO_SNP) & ~np.isin(sites.chromosome, SEX_CHROMOSOMES)
    genotypes = call_genotypes(counts.ref_reads, counts.alt_reads)
    homozygous = usable & ((genotypes == 0) | (genotypes == 2))
    strays = np.where(genotypes == 0, counts.alt_reads, counts.ref_reads)
    rates = {
        name: float(strays[rows].sum() / max(counts.snp_depth[rows].sum(), 1))
        for name in np.unique(sites.chromosome[homozygous])
        for rows in [homozygous & (sites.chromosome == name)]
    }
    quiet = sorted(rates, key=lambda name: rates[name])[: max(1, round(QUIET_SHARE * len(rates)))]
    asked = homozygous & np.isin(sites.chromosome, quiet)
    return estimate_contamination(
        genotypes[asked], counts.ref_reads[asked], counts.alt_reads[asked], error_rate=error_rate
    )


def contamination_of_tumor(sites: Sites, tumor: WindowCounts, normal: WindowCounts) -> Contamination | None:
    """Foreign DNA in a tumour by the genotypes of its normal; None with too few homozygous SNPs."""
    usable = sites.snp != NO_SNP
    return estimate_contamination(
        call_genotypes(normal.ref_reads, normal.alt_reads)[usable],
        tumor.ref_reads[usable],
        tumor.alt_reads[usable],
        error_rate=error_rate_of(sites, tumor),
    )


def error_rate_of(sites: Sites, counts: WindowCounts) -> float:
    """Share of reads that show one given wrong base: half of those that show neither allele of the SNP."""
    with_snp = sites.snp != NO_SNP
    seen = int(counts.snp_depth[with_snp].sum()) + int(counts.other_reads[with_snp].sum())
    if not seen:
        return _MIN_ERROR_RATE
    return max(_MIN_ERROR_RATE, float(counts.other_reads[with_snp].sum()) / 2 / seen)
