"""Simulated people at the common SNPs, and what libraries of their normal and tumour cells show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.genome.builds import GenomeBuild
from refractor.identity.snp_counts import AlleleCounts
from refractor.identity.snps import load_snps, shared_columns

ALT_FREQUENCY = 0.4
ERROR = 0.002


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Two haplotypes over the shared columns of both builds, 1 for the alternative allele."""

    first: NDArray[np.int8]
    second: NDArray[np.int8]


def stranger(rng: np.random.Generator) -> Person:
    """A person with nothing in common with others but the population's frequencies."""
    return Person(*(rng.binomial(1, ALT_FREQUENCY, len(shared_columns())).astype(np.int8) for _ in range(2)))


def child_of(one: Person, other: Person, rng: np.random.Generator) -> Person:
    """A child; SNPs are taken as unlinked."""
    gametes = [np.where(rng.random(len(p.first)) < 0.5, p.first, p.second) for p in (one, other)]
    return Person(*gametes)


def library(
    person: Person,
    rng: np.random.Generator,
    *,
    depth: float,
    build: GenomeBuild = GenomeBuild.GRCH38,
    purity: float = 0.0,
    lost: float = 0.0,
    contaminant: Person | None = None,
    contamination: float = 0.0,
    only: NDArray[np.int64] | None = None,
) -> AlleleCounts:
    """Counts of one library: of `purity` tumour cells, a share `lost` of whose SNPs has lost one haplotype.

    `only` keeps the SNPs at these rows.
    """
    columns = shared_columns().column[build]
    first, second = person.first[columns].astype(float), person.second[columns].astype(float)
    kept = np.where(rng.random(len(columns)) < 0.5, first, second)
    with_loss = (rng.random(len(columns)) < lost) & (purity > 0)
    share = (first + second) / 2
    share = np.where(with_loss, (purity * kept + 2 * (1 - purity) * share) / (2 - purity), share)
    if contaminant is not None:
        foreign = (contaminant.first[columns] + contaminant.second[columns].astype(float)) / 2
        share = (1 - contamination) * share + contamination * foreign
    share = ERROR + (1 - 2 * ERROR) * share
    reads = rng.poisson(depth, len(columns))
    if only is not None:
        reads[np.setdiff1d(np.arange(len(columns)), only)] = 0
    alt = rng.binomial(reads, share)
    return AlleleCounts((reads - alt).astype(np.uint16), alt.astype(np.uint16))


def snp_count(build: GenomeBuild = GenomeBuild.GRCH38) -> int:
    """How many SNPs the build has."""
    return len(load_snps(build))
