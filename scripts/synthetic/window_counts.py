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


@dataclass(frozen=True, slots=True, eq=False)
class TrueGenome:
    """Copies of both haplotypes in the mean tumour cell at each site (floats: subclones), and the rest."""

    first: Floats
    second: Floats
    purity: float
    sex: str
    whole_genome_doubled: bool
    ploidy: float
    aberrant: float

    @property
    def total(self) -> Floats:
        """Copies at each site."""
        return self.first + self.second


@dataclass(frozen=True, slots=True)
class Amplicon:
    """A stretch of chromosome 17 raised to `ratio` times the ploidy (least copies over `gene`), not flat."""

    start: int
    end: int
    ratio: float
    gene: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is done to a diploid genome, in order; `subclonal_fraction` of the events are in part of the cells.

    `doubled` doubles the genome between the early and the late events, of which there are more, as in tumours
    (doubled genomes have a ploidy near 3.3 for the copies they lose again: doi:10.1038/s41588-018-0165-1).
    Subclonal events are those of two subclones, each with its share of cells drawn once, and strike a stretch
    once. `polysomy_17` and `arm_gain_17q` add copies to chromosome 17 and its long arm.
    """

    purity: float
    sex: str = "XX"
    arm_events: int = 8
    focal_events: int = 8
    doubled: bool = False
    late_arm_events: int = 8
    late_focal_events: int = 4
    subclonal_fraction: float = 0.15
    polysomy_17: int = 0
    arm_gain_17q: int = 0
    amplicon: Amplicon | None = None
    other_amplicons: int = 0


def weights_of(sites: Sites) -> Floats:
    """Bases that each site stands for: half the way to its neighbours on the chromosome, at most 1 Mb."""
    weights = np.zeros(len(sites))
    middle = (sites.start + sites.end) / 2
    for name in np.unique(sites.chromosome):
        rows = np.flatnonzero(sites.chromosome == name)
        gaps = np.minimum(np.diff(middle[rows]) / 2, 5e5) if len(rows) > 1 else np.zeros(0)
        weights[rows] = np.concatenate([gaps, [5e4]]) + np.concatenate([[5e4], gaps])
    return weights


def arms_of(sites: Sites) -> NDArray[np.int64]:
    """A number for each arm: a chromosome is cut in its widest gap where that is over 1.5 Mb."""
    number = np.zeros(len(sites), dtype=np.int64)
    at = 0
    for name in dict.fromkeys(sites.chromosome.tolist()):
        rows = np.flatnonzero(sites.chromosome == name)
        number[rows] = at
        at += 1
        gaps = np.diff(sites.start[rows])
        if len(gaps) and gaps.max() > 1_500_000:
            number[rows[int(np.argmax(gaps)) + 1 :]] = at
            at += 1
    return number


def make_genome(recipe: Recipe, sites: Sites, rng: np.random.Generator) -> TrueGenome:
    """A tumour genome made by `recipe`."""
    first, second = np.ones(len(sites)), np.ones(len(sites))
    on_x, on_y = sites.chromosome == "X", sites.chromosome == "Y"
    second[on_y] = 0
    if recipe.sex == "XY":
        second[on_x] = 0
    else:
        first[on_y] = 0
    arms = arms_of(sites)
    haplotypes = (first, second)
    shares = rng.uniform(0.2, 0.8, 2)
    # what came before a doubling is in every cell that descends from the doubled one
    early = _Clones(
        shares, 0.0 if recipe.doubled else recipe.subclonal_fraction, np.zeros(len(sites), dtype=bool)
    )
    _alter_arms(haplotypes, arms, recipe.arm_events, early, rng)
    _alter_stretches(haplotypes, sites, recipe.focal_events, early, rng)
    if recipe.doubled:
        first *= 2
        second *= 2
        late = _Clones(shares, recipe.subclonal_fraction, np.zeros(len(sites), dtype=bool), losses=0.6)
        _alter_arms(haplotypes, arms, recipe.late_arm_events, late, rng)
        _alter_stretches(haplotypes, sites, recipe.late_focal_events, late, rng)
    on_17 = sites.chromosome == "17"
    if recipe.polysomy_17 or recipe.arm_gain_17q or recipe.amplicon:
        base = 2.0 if recipe.doubled else 1.0
        first[on_17] = base + recipe.polysomy_17
        second[on_17] = base
        long_arm = on_17 & (arms == arms[np.flatnonzero(on_17)[-1]])
        first[long_arm] += recipe.arm_gain_17q
    weights = weights_of(sites)
    autosomal = ~on_x & ~on_y
    ploidy = float(np.average((first + second)[autosomal], weights=weights[autosomal]))
    for _ in range(recipe.other_amplicons):
        _amplify_elsewhere(haplotypes, sites, ploidy, rng)
    if recipe.amplicon:
        _amplify(haplotypes, sites, recipe.amplicon, ploidy, rng)
    total = first + second
    ploidy = float(np.average(total[autosomal], weights=weights[autosomal]))
    usual = 2.0 if recipe.doubled else 1.0
    odd = (np.abs(first - usual) > 0.3) | (np.abs(second - usual) > 0.3)
    return TrueGenome(
        first,
        second,
        recipe.purity,
        recipe.sex,
        recipe.doubled,
        ploidy,
        float(np.average(odd[autosomal], weights=weights[autosomal])),
    )


def _amplify(
    haplotypes: tuple[Floats, Floats],
    sites: Sites,
    amplicon: Amplicon,
    ploidy: float,
    rng: np.random.Generator,
) -> None:
    """Raise one haplotype over the amplicon so that the least total over the gene is ratio times the ploidy."""
    first, second = haplotypes
    inside = (sites.chromosome == "17") & (sites.end > amplicon.start) & (sites.start < amplicon.end)
    middle = (sites.start + sites.end) / 2
    along = (middle - amplicon.start) / max(1, amplicon.end - amplicon.start)
    shape = 1 + 0.15 * np.sin(2 * np.pi * (along * rng.uniform(0.5, 2) + rng.uniform()))
    over_gene = inside & (sites.end > amplicon.gene[0]) & (sites.start < amplicon.gene[1])
    least = float(shape[over_gene].min()) if over_gene.any() else 1.0
    total = amplicon.ratio * ploidy * shape / least
    first[inside] = np.maximum(0, total - second)[inside]


def _amplify_elsewhere(
    haplotypes: tuple[Floats, Floats], sites: Sites, ploidy: float, rng: np.random.Generator
) -> None:
    """A focal amplicon of 0.2-3 Mb anywhere but on chromosome 17 and the sex chromosomes."""
    at = int(rng.choice(np.flatnonzero(~np.isin(sites.chromosome, ("17", "X", "Y")))))
    start = sites.start[at] - 10 ** rng.uniform(5.0, 6.2)
    end = sites.start[at] + 10 ** rng.uniform(5.0, 6.2)
    inside = (sites.chromosome == sites.chromosome[at]) & (sites.end > start) & (sites.start < end)
    haplotypes[0][inside] = ploidy * rng.uniform(2, 10)


@dataclass(frozen=True, slots=True, eq=False)
class _Clones:
    """Cell shares of the two subclones, how many events are theirs, and which sites they struck already."""

    shares: Floats
    subclonal_fraction: float
    struck: NDArray[np.bool_]
    losses: float = 0.45


def _alter_arms(
    haplotypes: tuple[Floats, Floats],
    arms: NDArray[np.int64],
    events: int,
    clones: _Clones,
    rng: np.random.Generator,
) -> None:
    numbers = np.unique(arms)
    for _ in range(events):
        rows = arms == rng.choice(numbers)
        if rng.random() < 0.4:  # half the time the whole chromosome: the next arm too
            rows |= arms == arms[np.flatnonzero(rows)[-1]] + 1
        _alter(haplotypes, rows, clones, rng)


def _alter_stretches(
    haplotypes: tuple[Floats, Floats],
    sites: Sites,
    events: int,
    clones: _Clones,
    rng: np.random.Generator,
) -> None:
    for _ in range(events):
        at = int(rng.integers(len(sites)))
        length = 10 ** rng.uniform(5.8, 7.6)
        start = sites.start[at] - length / 2
        rows = (
            (sites.chromosome == sites.chromosome[at]) & (sites.end > start) & (sites.start < start + length)
        )
        _alter(haplotypes, rows, clones, rng)


def _alter(
    haplotypes: tuple[Floats, Floats], rows: NDArray[np.bool_], clones: _Clones, rng: np.random.Generator
) -> None:
    """One gain, loss or copy-neutral loss of heterozygosity, in all or a share of the tumour cells."""
    share = 1.0
    if rng.random() < clones.subclonal_fraction:
        if clones.struck[rows].any():
            return
        share = float(rng.choice(clones.shares))
        clones.struck[rows] = True
    one, other = haplotypes if rng.random() < 0.5 else haplotypes[::-1]
    kind = rng.random()
    if kind < 0.85 - clones.losses:
        one[rows] += share * np.where(one[rows] > 0, 1, 0)
    elif kind < 0.85:
        one[rows] -= share * np.where((one[rows] >= 1) & (one[rows] + other[rows] > 1), 1, 0)
    else:
        moved = share * np.where((one[rows] >= 1) & (other[rows] >= 1), 1, 0)
        one[rows] -= moved
        other[rows] += moved


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
    normal_first, normal_second = np.ones(n), np.ones(n)
    on_x, on_y = sites.chromosome == "X", sites.chromosome == "Y"
    normal_second[on_y] = 0
    if genome.sex == "XY":
        normal_second[on_x] = 0
    else:
        normal_first[on_y] = 0
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
