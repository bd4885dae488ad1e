"""Somatic substitutions of a made genome as a caller would count them: what VAFs as evidence of purity are measured on.

They differ from what the fit assumes: VAFs are biased towards the reference, callers are silent below limits of reads
and VAF, a neutral tail and artefacts lie below the peaks, and subclones exist without copies of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.genome.builds import SEX_CHROMOSOMES
from refractor.reads.windows_to_read import Sites
from refractor.variants.somatic_alleles import SomaticAlleles
from synthetic.window_genomes import weights_of

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MutationRecipe:
    """How many substitutions, and when they came. Shares are 0-1.

    `early` is the share of the clonal ones that came before the doubling or the gains, of which `between` came after gains
    that a doubling followed; `subclonal` the share that is in
    `fractions` of the tumour cells; `tail` those of a neutral tail, `stray` artefacts at low VAF.
    """

    count: int
    early: float
    between: float
    subclonal: float
    fractions: tuple[float, ...]
    tail: float
    stray: float
    bias: float = 0.97
    least_reads: int = 3
    least_vaf: float = 0.03
    depth: float = 60.0


def mutation_recipe(
    rng: np.random.Generator, *, fractions: tuple[float, ...], depth: float
) -> MutationRecipe:
    """A tumour's mutations as they come: 700-12,000, any age of gains, subclones with and without copies of their own."""
    own = fractions or ((float(rng.uniform(0.15, 0.85)),) if rng.random() < 0.5 else ())
    return MutationRecipe(
        count=int(10 ** rng.uniform(2.85, 4.1)),
        early=float(rng.uniform(0.25, 0.9)),
        between=float(rng.uniform(0.0, 0.5)),
        subclonal=float(rng.uniform(0.05, 0.4)) if own else 0.0,
        fractions=own,
        tail=float(rng.uniform(0.0, 0.2)),
        stray=float(rng.uniform(0.01, 0.08)),
        bias=float(rng.uniform(0.94, 1.0)),
        least_reads=int(rng.integers(3, 6)),
        least_vaf=float(rng.choice([0.0, 0.02, 0.05])),
        depth=depth,
    )


def make_mutations(
    haplotypes: tuple[Floats, Floats],
    purity: float,
    sites: Sites,
    recipe: MutationRecipe,
    rng: np.random.Generator,
) -> SomaticAlleles:
    """Counts at substitutions of a genome whose `haplotypes` have these mean copies at each site, (n_sites,) each.

    An early one is on all copies of its allele, or on two of them; a late one on one copy; a subclone's on one copy of part of the cells.
    """
    weights = np.where(np.isin(sites.chromosome, SEX_CHROMOSOMES), 0.0, weights_of(sites))
    copies = np.stack(haplotypes).astype(float)
    n = recipe.count
    kind = rng.choice(4, size=n, p=_shares(recipe))
    early = (kind == 0) & (rng.random(n) < recipe.early)
    alive = weights * (copies.sum(axis=0) > 0.05)
    by_base = rng.choice(len(weights), size=n, p=alive / alive.sum())
    by_copies = rng.choice(
        len(weights), size=n, p=alive * copies.sum(axis=0) / (alive * copies.sum(axis=0)).sum()
    )
    at = np.where(early, by_base, by_copies)
    total = copies[:, at].sum(axis=0)
    on_first = np.where(early, copies[0, at] > 0.05, rng.random(n) < copies[0, at] / total)
    on_first &= ~(early & (copies[1, at] > 0.05) & (rng.random(n) < 0.5))
    held = np.where(on_first, copies[0, at], copies[1, at])
    most = np.where(early, np.where(rng.random(n) < recipe.between, 2.0, np.inf), 1.0)
    mutant = np.minimum(held, most)
    parts = np.array(recipe.fractions or (1.0,))
    mutant = np.where(kind == 1, rng.choice(parts, size=n), mutant)
    mutant = np.where(kind == 2, np.minimum(0.05 / rng.random(n), 1.0), mutant)
    depth_at = purity * total + 2 * (1 - purity)
    vaf = np.minimum(recipe.bias * purity * mutant / depth_at, 1 - 1e-6)
    vaf = np.where(kind == 3, np.minimum(0.02 + rng.exponential(0.04, n), 0.5), vaf)
    mean = float(np.average(purity * copies.sum(axis=0) + 2 * (1 - purity), weights=weights))
    depth = rng.poisson(recipe.depth * depth_at / mean * rng.gamma(30, 1 / 30, n))
    alt = rng.binomial(depth, np.clip(rng.beta(vaf * 250, (1 - vaf) * 250), 0, 1))
    told = (alt >= recipe.least_reads) & (alt >= recipe.least_vaf * depth)
    order = np.flatnonzero(told)[np.argsort(at[told], kind="stable")]
    return SomaticAlleles(
        sites.chromosome[at[order]],
        sites.start[at[order]] + rng.integers(0, 1000, len(order)),
        alt[order].astype(np.int64),
        depth[order].astype(np.int64),
    )


def _shares(recipe: MutationRecipe) -> list[float]:
    """Shares of clonal mutations, a subclone's, the tail's, artefacts."""
    rest = 1 - recipe.tail - recipe.stray
    return [rest * (1 - recipe.subclonal), rest * recipe.subclonal, recipe.tail, recipe.stray]
