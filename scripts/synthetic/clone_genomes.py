"""Tumour genomes as a tree of clones, event by event, seen as counts: a second kind of truth for the copy-number fit.

`window_counts` draws numbers of events and lets each choose whether it is subclonal. Here a share of the genome is
altered, by many small events and whole arms in the trunk, and a share of that length belongs to subclones, siblings or
one within the other; depth is overdispersed, follows GC by a humped curve and slow waves, and strays by stretch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.genome.builds import SEX_CHROMOSOMES
from refractor.reads.windows import WindowCounts
from refractor.reads.windows_to_read import NO_SNP, Sites
from synthetic.window_genomes import arms_of, weights_of

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class CloneRecipe:
    """How a tree of clones is drawn. Shares are 0-1.

    `altered` is the share of the autosomes' bases that the trunk and the subclones alter; `subclonal` the share of
    that length which `subclones` (0-2) alter; `amplified_copies` is the copies of an amplicon of `amplicon_bp` bases
    around `gene` on chromosome 17, in every tumour cell (0: none).
    """

    purity: float
    altered: float
    subclones: int = 0
    subclonal: float = 0.0
    doubled: bool = False
    amplified_copies: float = 0.0
    amplicon_bp: float = 1e6
    gene: tuple[int, int] = (0, 0)
    arm_fraction: float = 0.4
    single_steps: bool = False
    """Every event is of one copy and strikes new ground, so that no stretch shows by itself which step is a whole copy."""


@dataclass(frozen=True, slots=True)
class CountNoise:
    """How counts stray: all standard deviations are of the natural logarithm of depth.

    `overdispersion` is a window's own, `shared` what tumour and normal have in common, `wave` a slow wave along the
    chromosome, `stretch` one value a stretch of 5-20 Mb (what no normal takes away), `hump` the fall of depth 0.15
    of GC away from the best GC.
    """

    overdispersion: float = 0.07
    shared: float = 0.05
    wave: float = 0.02
    stretch: float = 0.008
    hump: float = 0.2
    error: float = 0.002


@dataclass(frozen=True, slots=True, eq=False)
class CloneGenome:
    """Mean copies of either allele over the tumour cells at each site, and what they were drawn from.

    `fractions` are the subclones' shares of the tumour cells, `subclonal` the share of the altered bases that is theirs.
    """

    first: Floats
    second: Floats
    purity: float
    ploidy: float
    whole_genome_doubled: bool
    fractions: tuple[float, ...]
    altered: float
    subclonal: float

    @property
    def total(self) -> Floats:
        """Copies at each site."""
        return self.first + self.second


def grow(recipe: CloneRecipe, sites: Sites, rng: np.random.Generator) -> CloneGenome:
    """A genome by the recipe: the trunk's events, a doubling amid them, then each subclone's own."""
    autosomal = ~np.isin(sites.chromosome, SEX_CHROMOSOMES)
    weights = np.where(autosomal, weights_of(sites), 0.0)
    ground = _Ground(sites, weights, arms_of(sites), recipe)
    trunk = np.ones((2, len(sites)))
    touched = np.zeros(len(sites), dtype=bool)
    of_trunk = recipe.altered * (1 - recipe.subclonal)
    before = of_trunk * rng.uniform(0.3, 0.7) if recipe.doubled else of_trunk
    _alter_share(trunk, touched, before, ground, rng, losses=0.45)
    if recipe.doubled:
        trunk *= 2
        _alter_share(trunk, touched, of_trunk, ground, rng, losses=0.7)
    first_fraction = float(rng.uniform(0.25, 0.85))
    nested = rng.random() < 0.5
    second_fraction = float(
        first_fraction * rng.uniform(0.3, 0.8) if nested else (1 - first_fraction) * rng.uniform(0.4, 1)
    )
    fractions = (first_fraction, second_fraction)[: recipe.subclones]
    mixed = trunk.copy()
    struck = touched.copy()
    for at, fraction in enumerate(fractions, start=1):
        clone = trunk.copy()
        goal = of_trunk + recipe.altered * recipe.subclonal * at / len(fractions)
        own = struck.copy()
        _alter_share(clone, own, goal, ground, rng, losses=0.5)
        struck |= own
        mixed += fraction * (clone - trunk)
    if recipe.amplified_copies:
        _amplify(mixed, recipe, sites)
    ploidy = float(np.average(mixed.sum(axis=0), weights=weights))
    altered = float(np.average(struck, weights=weights))
    in_part = float(np.average(struck & ~touched, weights=weights))
    return CloneGenome(
        mixed[0],
        mixed[1],
        recipe.purity,
        ploidy,
        recipe.doubled,
        fractions,
        altered,
        in_part / max(altered, 1e-9),
    )


def _amplify(copies: Floats, recipe: CloneRecipe, sites: Sites) -> None:
    middle = sum(recipe.gene) / 2
    inside = (sites.chromosome == "17") & (np.abs(sites.start - middle) < recipe.amplicon_bp / 2)
    inside |= (sites.chromosome == "17") & (sites.end > recipe.gene[0]) & (sites.start < recipe.gene[1])
    copies[0, inside] = np.maximum(recipe.amplified_copies - copies[1, inside], 0)


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """The sites with the bases that each stands for (0 off the autosomes) and its arm, and the recipe."""

    sites: Sites
    weights: Floats
    arms: NDArray[np.int64]
    recipe: CloneRecipe


def _alter_share(
    copies: Floats, touched: Flags, goal: float, ground: _Ground, rng: np.random.Generator, *, losses: float
) -> None:
    """Events of a clone, changing `copies` (2, n_sites), until `goal` of the bases are touched; most strike new ground."""
    sites, weights, recipe = ground.sites, ground.weights, ground.recipe
    autosomal = np.flatnonzero(weights > 0)
    again = 0.0 if recipe.single_steps else 0.2
    for _ in range(600):
        if np.average(touched, weights=weights) >= goal:
            return
        at = int(rng.choice(autosomal))
        if rng.random() < recipe.arm_fraction / 4:
            rows = ground.arms == ground.arms[at]
        else:
            length = 10 ** rng.uniform(6.0, 7.5)
            start = sites.start[at] - rng.random() * length
            rows = (sites.chromosome == sites.chromosome[at]) & (sites.end > start)
            rows &= sites.start < start + length
        if touched[rows].mean() > (0.3 if again else 0.0) and rng.random() >= again:
            continue
        _strike(copies, rows, rng, losses, most=1 if recipe.single_steps else 3)
        touched |= rows


def _strike(copies: Floats, rows: Flags, rng: np.random.Generator, losses: float, *, most: int) -> None:
    """One gain (at times of up to `most` copies), loss, or swap of an allele."""
    one = int(rng.integers(2))
    kind = rng.random()
    here, other = copies[one, rows], copies[1 - one, rows]
    if kind < losses:
        copies[one, rows] = np.where((here >= 1) & (here + other > 1), here - 1, here)
    elif kind < losses + 0.12:
        moved = np.where((here >= 1) & (other >= 1), here, 0)
        copies[one, rows], copies[1 - one, rows] = here - moved, other + moved
    else:
        more = min(int(rng.choice([1, 1, 1, 1, 2, 3])), most)
        copies[one, rows] = np.where(here > 0, here + more, 0)


def count_clones(
    genome: CloneGenome,
    sites: Sites,
    rng: np.random.Generator,
    *,
    depth: float,
    normal_depth: float | None = 30.0,
    noise: CountNoise = CountNoise(),
) -> tuple[WindowCounts, WindowCounts | None]:
    """Counts of tumour and normal (a woman's) at the sites; no normal where `normal_depth` is None."""
    p = genome.purity
    het = (sites.snp != NO_SNP) & (rng.random(len(sites)) < 0.35)
    genotype = np.where(het, 1, np.where(rng.random(len(sites)) < 0.65, 0, 2))
    alt_is_first = rng.random(len(sites)) < 0.5
    shared = rng.normal(0, noise.shared, len(sites))
    gc = np.clip(sites.gc + rng.normal(0, 0.03, len(sites)), 0.2, 0.8)

    def library(mean: float, purity: float) -> WindowCounts:
        alleles = np.stack([purity * genome.first + 1 - purity, purity * genome.second + 1 - purity])
        alleles[:, sites.chromosome == "Y"] = 0.0
        return _counts(
            alleles, sites, rng, depth=mean, person=(genotype, alt_is_first), places=(shared, gc), noise=noise
        )

    return library(depth, p), None if normal_depth is None else library(normal_depth, 0.0)


def _counts(
    alleles: Floats,
    sites: Sites,
    rng: np.random.Generator,
    *,
    depth: float,
    person: tuple[NDArray[np.int64], Flags],
    places: tuple[Floats, Floats],
    noise: CountNoise,
) -> WindowCounts:
    """Negative binomial fragments, beta-binomial alleles of one library; `alleles` (2, n_sites) of the mean cell."""
    total = alleles.sum(axis=0)
    autosomal = ~np.isin(sites.chromosome, SEX_CHROMOSOMES)
    mean = float(np.average(total[autosomal], weights=weights_of(sites)[autosomal]))
    shared, gc = places
    best, width = rng.uniform(0.38, 0.46), rng.uniform(0.6, 1.4) * noise.hump
    stray = shared - width * ((gc - best) / 0.15) ** 2
    stray += _stretches(sites, noise, rng) + _slow_waves(sites, noise, rng)
    relative = total / mean * np.exp(stray)
    shape = 1 / noise.overdispersion**2
    rate = rng.gamma(shape, 1 / shape, len(sites)) * relative
    fragments = rng.poisson(depth * (sites.end - sites.start) / 330.0 * rate).astype(np.int32)
    genotype, alt_is_first = person
    carrying = np.where(alt_is_first, alleles[0], alleles[1]) / np.maximum(total, 1e-9)
    share = np.select([genotype == 0, genotype == 2], [0.0, 1.0], carrying)
    share = np.clip(share * 0.97 / (share * 0.97 + (1 - share)), noise.error, 1 - noise.error)
    snp_depth = np.where(sites.snp != NO_SNP, rng.poisson(depth * relative * 0.85), 0)
    alt = rng.binomial(snp_depth, rng.beta(share * 200, (1 - share) * 200))
    return WindowCounts(
        fragments=fragments,
        gc=np.where(fragments > 0, gc + rng.normal(0, 0.006, len(sites)), np.nan),
        ref_reads=(snp_depth - alt).astype(np.int32),
        alt_reads=alt.astype(np.int32),
        other_reads=rng.binomial(snp_depth, noise.error).astype(np.int32),
        unsure=rng.poisson(1.5, len(sites)).astype(np.int32),
    )


def _stretches(sites: Sites, noise: CountNoise, rng: np.random.Generator) -> Floats:
    """One stray value a stretch of 5-20 Mb."""
    stray = np.zeros(len(sites))
    for name in np.unique(sites.chromosome):
        rows = np.flatnonzero(sites.chromosome == name)
        edges = np.cumsum(rng.uniform(5e6, 20e6, 60))
        stray[rows] = rng.normal(0, noise.stretch, 61)[np.searchsorted(edges, sites.start[rows])]
    return stray


def _slow_waves(sites: Sites, noise: CountNoise, rng: np.random.Generator) -> Floats:
    """A sum of four sines of 0.4-4 Mb along each chromosome, of sd `wave`."""
    stray = np.zeros(len(sites))
    for name in np.unique(sites.chromosome):
        rows = np.flatnonzero(sites.chromosome == name)
        for _ in range(4):
            period = 10 ** rng.uniform(5.6, 6.6)
            phase = rng.uniform(0, 2 * np.pi)
            stray[rows] += noise.wave / np.sqrt(2) * np.sin(2 * np.pi * sites.start[rows] / period + phase)
    return stray
