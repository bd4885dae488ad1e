"""Genotypes from allele counts, and how well one genome's reads fit what another is homozygous for.

At a SNP that a person carries on both chromosomes alike, every sample of the person shows that allele: whatever the
tumour lost or gained, however few its reads. Reads of another person show the other allele at about four of ten.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NOT_CALLED = -1
Genotypes = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class GenotypeSettings:
    """When counts count as a genotype. Our choices: at 8 reads a heterozygous SNP looks homozygous in 0.8 %."""

    min_depth: int = 8
    homozygous_fraction: float = 0.1
    """Share of the rarer allele up to which a SNP is homozygous: errors, and contamination of a few per cent."""
    heterozygous_fraction: float = 0.25
    """Share of the rarer allele from which it is heterozygous; between the two it is not called."""


def call_genotypes(
    ref: NDArray[np.integer], alt: NDArray[np.integer], settings: GenotypeSettings = GenotypeSettings()
) -> Genotypes:
    """Alternative alleles (0, 1, 2) at each SNP, NOT_CALLED where the counts do not tell; shape of `ref`."""
    depth = ref.astype(np.int64) + alt
    share = alt / np.maximum(depth, 1)
    called = np.full(depth.shape, NOT_CALLED, dtype=np.int8)
    called[share <= settings.homozygous_fraction] = 0
    called[share >= 1 - settings.homozygous_fraction] = 2
    called[(share >= settings.heterozygous_fraction) & (share <= 1 - settings.heterozygous_fraction)] = 1
    called[depth < settings.min_depth] = NOT_CALLED
    return called


def homozygous_match(
    genotypes: Genotypes, ref: NDArray[np.integer], alt: NDArray[np.integer]
) -> tuple[float, int]:
    """Share (0-1) of reads that fit the homozygous `genotypes`, each SNP alike, and the SNPs seen; (1, 0) for none."""
    depth = ref.astype(np.int64) + alt
    seen = (depth > 0) & ((genotypes == 0) | (genotypes == 2))
    if not seen.any():
        return 1.0, 0
    fitting = np.where(genotypes == 0, ref, alt)[seen] / depth[seen]
    return float(fitting.mean()), int(seen.sum())
