"""Whether what the normal shows of a hotspot is inherited: few people inherit one, many normals hold tumour cells."""

from __future__ import annotations

from refractor.variants.codons.power import probability_of_at_least

INHERITED_VAF = 0.45
"""VAF that an inherited heterozygous allele has in a normal at the least, less what reads of the reference's favour (ours)."""
ALPHA = 0.01


def rarer_than_inherited(alt_reads: int, depth: int) -> bool:
    """Whether the normal shows so few of a hotspot that it is hardly inherited: tumour cells in the normal, or a mosaic.

    Neither somatic nor inherited is then said of it.
    """
    return 1 - probability_of_at_least(alt_reads + 1, depth, INHERITED_VAF) < ALPHA
