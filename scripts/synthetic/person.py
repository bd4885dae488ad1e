"""The inherited genome of a synthetic person: two haplotypes over a territory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.errors import InputError, Problem
from synthetic.position_hash import hashed_uniform
from synthetic.territory import Territory, nibbles

_SALT = 0x6E77 << 32  # apart from the salts of sequence and depth


@dataclass(frozen=True, slots=True)
class Snp:
    """A common SNP: 0-based position, alleles, frequency of `alt` (0-1)."""

    chromosome: str
    position: int
    ref: str
    alt: str
    frequency: float


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Two haplotypes of one person: `bases` uint8 (2, places) in BAM's code; `alleles` uint8 (snps, 2), 1 = alt.

    `snps` are those of the territory, in its order given; `heterozygous` says where the alleles differ.
    """

    bases: NDArray[np.uint8]
    snps: tuple[Snp, ...]
    alleles: NDArray[np.uint8]

    @property
    def heterozygous(self) -> NDArray[np.bool_]:
        """Which SNPs differ between the haplotypes."""
        differs: NDArray[np.bool_] = self.alleles[:, 0] != self.alleles[:, 1]
        return differs


def inherit(territory: Territory, snps: Sequence[Snp], *, seed: int) -> Person:
    """A person whose SNPs are drawn in Hardy-Weinberg proportions, independent of each other.

    Drawn from position and seed: the same person on every territory.

    Raises:
        InputError: a SNP whose ref is not the territory's base.
    """
    placed = [
        (snp, place) for snp in snps if (place := territory.place(snp.chromosome, snp.position)) is not None
    ]
    faults = [
        Problem(
            "SNPs to simulate", f"{snp.chromosome}:{snp.position + 1} has not the reference base {snp.ref}"
        )
        for snp, place in placed
        if territory.bases[place] != nibbles(snp.ref)[0]
    ]
    if faults:
        raise InputError(faults)
    contig = np.array([territory.contigs.index(snp.chromosome) for snp, _ in placed], dtype=np.int64)
    position = np.array([snp.position for snp, _ in placed], dtype=np.int64)
    frequency = np.array([snp.frequency for snp, _ in placed], dtype=np.float64)
    drawn = [hashed_uniform(contig, position, salt=_SALT + 2 * seed + haplotype) for haplotype in (0, 1)]
    alleles = np.stack([uniform < frequency for uniform in drawn], axis=1).astype(np.uint8)
    bases = np.stack([territory.bases, territory.bases])
    for row, (snp, place) in enumerate(placed):
        alt = nibbles(snp.alt)[0]
        bases[alleles[row].astype(bool), place] = alt
    return Person(bases=bases, snps=tuple(snp for snp, _ in placed), alleles=alleles)
