"""Genomes with a known truth, seen as counts at the sampled windows: what the copy-number fit is measured on.

No reads are made: a genome takes milliseconds, so that hundreds can be fitted. The noise is that of real
genomes (see `Noise`), not the Poisson noise of an ideal one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.genome.builds import SEX_CHROMOSOMES
from refractor.reads.windows import WindowCounts
from refractor.reads.windows_to_read import NO_SNP, Sites
from synthetic.window_genomes import TrueGenome, normal_copies, weights_of

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Noise:
    """How counts stray from copies. Standard deviations are of the natural logarithm of depth.

    `window_sd` (shared by tumour and normal) and `private_sd` (each library's own) are a window's; `wave_sd`
    varies slowly over `wave_length` bases; `gc_slope` is the change of log depth over 0.3-0.6 GC. MCF7 at 72x
    in 10-kb stretches has 0.05 and waves of 0.03, SK-BR-3 (long reads, 52x) 0.09, A549 (18x) 0.15 with a GC
    slope of 0.5 (SplitThreader's depth tables). `contamination` is the share of another person's reads.
    """

    window_sd: float = 0.07
    private_sd: float = 0.05
    wave_sd: float = 0.03
    wave_length: float = 300_000.0
    gc_slope: float = 0.1
    reference_bias: float = 0.49
    allele_overdispersion: float = 0.003
    contamination: float = 0.0


def count_genome(
    genome: TrueGenome,
    sites: Sites,
    rng: np.random.Generator,
    *,
    tumor_depth: float = 60.0,
    normal_depth: float | None = 30.0,
    tumor_in_normal: float = 0.0,
    noise: Noise = Noise(),
) -> tuple[WindowCounts, WindowCounts | None]:
    """Counts of tumour and matched normal (None where `normal_depth` is None) at the sites.

    `tumor_in_normal` is the fraction (0-1) of the normal's cells that are tumour cells.
    """
    n = len(sites)
    gc = np.clip(sites.gc + rng.normal(0, 0.035, n), 0.2, 0.75)
    shared = rng.normal(0, noise.window_sd, n)
    normal_first, normal_second = normal_copies(sites, genome.sex)
    p = genome.purity
    mixed = (p * genome.first + (1 - p) * normal_first, p * genome.second + (1 - p) * normal_second)
    hets = (sites.snp != NO_SNP) & (rng.random(n) < 0.32)
    genotype = np.where(hets, 1, np.where(rng.random(n) < 0.6, 0, 2))
    alt_first = rng.random(n) < 0.5
    phase = (genotype, alt_first)
    tumor = _library(mixed, sites, rng, depth=tumor_depth, gc=gc, shared=shared, phase=phase, noise=noise)
    if normal_depth is None:
        return tumor, None
    c = tumor_in_normal
    plain = ((1 - c) * normal_first + c * genome.first, (1 - c) * normal_second + c * genome.second)
    normal = _library(plain, sites, rng, depth=normal_depth, gc=gc, shared=shared, phase=phase, noise=noise)
    return tumor, normal


def _library(
    copies: tuple[Floats, Floats],
    sites: Sites,
    rng: np.random.Generator,
    *,
    depth: float,
    gc: Floats,
    shared: Floats,
    phase: tuple[NDArray[np.int64], NDArray[np.bool_]],
    noise: Noise,
) -> WindowCounts:
    """Counts of one library: `copies` are the mean cell's, both haplotypes."""
    n = len(sites)
    total = copies[0] + copies[1]
    autosomal = ~np.isin(sites.chromosome, SEX_CHROMOSOMES)
    mean = float(np.average(total[autosomal], weights=weights_of(sites)[autosomal]))
    slope = noise.gc_slope * rng.uniform(0.6, 1.4) / 0.3
    bias = slope * (gc - 0.42) - 4.0 * rng.uniform(0, 1) * (gc - 0.42) ** 2
    stray = shared + rng.normal(0, noise.private_sd, n) + _waves(sites, noise, rng)
    relative = np.maximum(total / mean, 1e-4) * np.exp(bias + stray)
    fragments = rng.poisson(depth * (sites.end - sites.start) / 300.0 * relative).astype(np.int32)
    genotype, alt_first = phase
    with np.errstate(invalid="ignore"):
        carrying = np.where(alt_first, copies[0], copies[1]) / np.maximum(total, 1e-9)
    share = np.select([genotype == 0, genotype == 2], [0.0, 1.0], carrying)
    share = (1 - noise.contamination) * share + noise.contamination * 0.3
    odds = share * (1 - noise.reference_bias)
    share = odds / (odds + (1 - share) * noise.reference_bias)
    share = np.clip(share, 0.001, 0.999)
    size = 1 / noise.allele_overdispersion - 1
    probability = rng.beta(share * size, (1 - share) * size)
    has_snp = sites.snp != NO_SNP
    snp_depth = np.where(has_snp, rng.poisson(depth * relative * 0.9), 0)
    alt = rng.binomial(snp_depth, probability)
    sampled = gc + rng.normal(0, 0.008, n)
    return WindowCounts(
        fragments=fragments,
        gc=np.where(fragments > 0, sampled, np.nan),
        ref_reads=(snp_depth - alt).astype(np.int32),
        alt_reads=alt.astype(np.int32),
        other_reads=np.zeros(n, np.int32),
        unsure=rng.poisson(2, n).astype(np.int32),
    )


def _waves(sites: Sites, noise: Noise, rng: np.random.Generator) -> Floats:
    """A slow stray of log depth along each chromosome: an Ornstein-Uhlenbeck walk over the windows' places."""
    stray = np.zeros(len(sites))
    for name in np.unique(sites.chromosome):
        rows = np.flatnonzero(sites.chromosome == name)
        steps = np.diff(sites.start[rows])
        decay = np.exp(-steps / noise.wave_length)
        value = rng.normal(0, noise.wave_sd)
        stray[rows[0]] = value
        shocks = rng.normal(0, noise.wave_sd, len(steps)) * np.sqrt(1 - decay**2)
        for row, keep, shock in zip(rows[1:], decay, shocks, strict=True):
            value = value * keep + shock
            stray[row] = value
    return stray
