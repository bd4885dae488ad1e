"""Tumour genomes by a recipe: copies of both haplotypes at the sampled windows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.genome.builds import SEX_CHROMOSOMES
from refractor.reads.windows_to_read import Sites

Floats = NDArray[np.float64]


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
    fractions: tuple[float, ...] = ()
    """The subclones' shares of the tumour cells."""

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
    haplotypes = first, second = normal_copies(sites, recipe.sex)
    arms = arms_of(sites)
    fractions = _alter_genome(haplotypes, recipe, sites, arms, rng)
    _gain_17(haplotypes, recipe, sites, arms)
    autosomal = ~np.isin(sites.chromosome, SEX_CHROMOSOMES)
    weights = weights_of(sites)[autosomal]

    def mean(values: Floats | NDArray[np.bool_]) -> float:
        return float(np.average(values[autosomal], weights=weights))

    ploidy = mean(first + second)
    for _ in range(recipe.other_amplicons):
        _amplify_elsewhere(haplotypes, sites, ploidy, rng)
    if recipe.amplicon:
        _amplify(haplotypes, sites, recipe.amplicon, ploidy, rng)
    usual = 2.0 if recipe.doubled else 1.0
    odd = (np.abs(first - usual) > 0.3) | (np.abs(second - usual) > 0.3)
    return TrueGenome(
        first,
        second,
        recipe.purity,
        recipe.sex,
        recipe.doubled,
        mean(first + second),
        mean(odd),
        fractions if recipe.subclonal_fraction else (),
    )


def normal_copies(sites: Sites, sex: str) -> tuple[Floats, Floats]:
    """Copies of both haplotypes in a normal cell at each site."""
    first, second = np.ones(len(sites)), np.ones(len(sites))
    on_x, on_y = sites.chromosome == "X", sites.chromosome == "Y"
    second[on_y] = 0
    if sex == "XY":
        second[on_x] = 0
    else:
        first[on_y] = 0
    return first, second


def _alter_genome(
    haplotypes: tuple[Floats, Floats],
    recipe: Recipe,
    sites: Sites,
    arms: NDArray[np.int64],
    rng: np.random.Generator,
) -> tuple[float, ...]:
    """The events of `recipe`, before a doubling and after it; what came before is in every cell. Gives the subclones' shares."""
    shares = rng.uniform(0.2, 0.8, 2)
    nowhere = np.zeros(len(sites), dtype=bool)
    early = _Clones(shares, 0.0 if recipe.doubled else recipe.subclonal_fraction, nowhere.copy())
    _alter_arms(haplotypes, arms, recipe.arm_events, early, rng)
    _alter_stretches(haplotypes, sites, recipe.focal_events, early, rng)
    if recipe.doubled:
        first, second = haplotypes
        first *= 2
        second *= 2
        late = _Clones(shares, recipe.subclonal_fraction, nowhere, losses=0.6)
        _alter_arms(haplotypes, arms, recipe.late_arm_events, late, rng)
        _alter_stretches(haplotypes, sites, recipe.late_focal_events, late, rng)
    return float(shares[0]), float(shares[1])


def _gain_17(
    haplotypes: tuple[Floats, Floats], recipe: Recipe, sites: Sites, arms: NDArray[np.int64]
) -> None:
    """Chromosome 17 and its long arm as the recipe has them; even where only an amplicon is to lie on it."""
    if not (recipe.polysomy_17 or recipe.arm_gain_17q or recipe.amplicon):
        return
    first, second = haplotypes
    on_17 = sites.chromosome == "17"
    base = 2.0 if recipe.doubled else 1.0
    first[on_17] = base + recipe.polysomy_17
    second[on_17] = base
    long_arm = on_17 & (arms == arms[np.flatnonzero(on_17)[-1]])
    first[long_arm] += recipe.arm_gain_17q


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
