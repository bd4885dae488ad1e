"""Events of a gene whose coding exons a junction breaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from refractor.evidence.events.codon_spans import CodonSpan, parse_spared_span
from refractor.evidence.events.event import Asked, NotationError, each
from refractor.evidence.events.gene_breaks import (
    how_it_breaks,
    lies_inside,
    removes_just,
)
from refractor.evidence.events.structural_event import StructuralEvent
from refractor.genome.panel import Gene
from refractor.variants.files.structural_variants import StructuralVariant


@dataclass(frozen=True, slots=True)
class Rearrangement(StructuralEvent):
    """A junction with an end in the gene that breaks its coding exons."""

    kind: ClassVar[str] = "rearrangement"
    word: ClassVar[str] = "breakpoint_in_gene"
    form: ClassVar[str] = (
        "breakpoint_in_gene; except:first-last, the codons of an exon whose loss alone does not count"
    )
    met_by: ClassVar[str] = (
        "a junction that breaks the coding exons, of an amplified gene on most of its copies"
    )
    on_most_copies: ClassVar[bool] = True

    spared: CodonSpan | None = None

    @classmethod
    def parse(cls, asked: Asked) -> Self:
        """From `breakpoint_in_gene` and, where one exon does not count, a token such as `except:633-650`."""
        spared = each([token for token in asked.tokens if token != cls.word], parse_spared_span)
        if cls.word not in asked.tokens or len(spared) > 1:
            raise NotationError(asked.tokens)
        return cls(asked.gene, asked.tokens, spared[0] if spared else None)

    @property
    def last_codon(self) -> int:
        """The end of the exon that does not count."""
        return 0 if self.spared is None else self.spared[1]

    def why(self, gene: Gene, variant: StructuralVariant) -> str | None:
        """How the junction breaks the gene."""
        if not any(lies_inside(gene, point) for point in variant.breakpoints):
            return None
        if self.spared is not None and removes_just(gene, self.spared, variant):
            return None
        return how_it_breaks(gene, variant)
