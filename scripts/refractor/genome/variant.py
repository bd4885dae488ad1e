"""A small variant by its place and alleles."""

from __future__ import annotations

from dataclasses import dataclass

from refractor.genome.builds import CHROMOSOMES

_RANK = {chromosome: rank for rank, chromosome in enumerate(CHROMOSOMES)}


@dataclass(frozen=True, slots=True, order=True)
class Variant:
    """One allele at one place: chromosome bare, position 0-based, left-aligned and trimmed as in a VCF.

    An indel keeps its anchor base: ref and alt are never empty. A variant of which only the protein change is known
    has its symbolic allele, `<G12D>`, at the first base of the codon.
    """

    chromosome: str
    position: int
    ref: str
    alt: str

    @property
    def end(self) -> int:
        """The base after the last reference base, 0-based."""
        return self.position + len(self.ref)

    @property
    def is_named_only(self) -> bool:
        """Whether only the protein change is known, not the bases."""
        return self.alt.startswith("<")

    @property
    def kind(self) -> str:
        """`snv`, `mnv`, `insertion`, `deletion` or `delins`, as the table of alterations spells them; `protein_change`
        where only that is known."""
        if self.is_named_only:
            return "protein_change"
        if len(self.ref) == len(self.alt):
            return "snv" if len(self.ref) == 1 else "mnv"
        if len(self.ref) == 1 and self.alt.startswith(self.ref):
            return "insertion"
        if len(self.alt) == 1 and self.ref.startswith(self.alt):
            return "deletion"
        return "delins"

    @property
    def genome_order(self) -> tuple[int, str, int, str, str]:
        """A sorting key: chromosomes 1 to 22, X, Y, others after them, then position and alleles."""
        rank = _RANK.get(self.chromosome, len(_RANK))
        return rank, self.chromosome, self.position, self.ref, self.alt

    def __str__(self) -> str:
        return f"{self.chromosome}:{self.position + 1} {self.ref}>{self.alt}"
