"""A variant of a panel gene at its place in the other build, by the exons that both builds share."""

from __future__ import annotations

from dataclasses import replace

from refractor.genome.panel import Gene
from refractor.genome.variant import Variant

FARTHEST_BP = 20
"""Bases beside an exon up to which its neighbourhood is taken to be the same in both builds (ours): splice sites."""


def moved(variant: Variant, gene: Gene, other: Gene) -> Variant | None:
    """The variant where `other`, the same gene of the other build, has it; None where no shared exon tells the place.

    An exon tells it where it is as long in both builds, and all of the variant lies within it or FARTHEST_BP beside it.
    The exons of a transcript are numbered alike, by coordinate. The bases are not looked up.
    """
    if (
        gene.transcript != other.transcript
        or gene.strand != other.strand
        or len(gene.exons) != len(other.exons)
    ):
        return None
    for (start, end), (other_start, other_end) in zip(gene.exons, other.exons, strict=True):
        inside = start - FARTHEST_BP <= variant.position and variant.end <= end + FARTHEST_BP
        if inside and end - start == other_end - other_start:
            return replace(
                variant, chromosome=other.chromosome, position=variant.position - start + other_start
            )
    return None
