"""Events of a fusion that keeps a part of the gene."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from refractor.evidence.events.codon_spans import CodonSpan, parse_kept_span
from refractor.evidence.events.event import (
    Asked,
    each,
)
from refractor.evidence.events.gene_breaks import (
    Span,
    codon_span,
    lies_inside,
)
from refractor.evidence.events.structural_event import StructuralEvent
from refractor.genome.panel import Gene
from refractor.variants.files.structural_variants import Breakpoint, Side, StructuralVariant


@dataclass(frozen=True, slots=True)
class Fusion(StructuralEvent):
    """A junction that joins the part of the gene with the codons `keeps` to somewhere else."""

    kind: ClassVar[str] = "fusion"
    form: ClassVar[str] = "keeps:first-last, the codons that stay"
    met_by: ClassVar[str] = "a junction that joins the part with these codons to somewhere else"

    keeps: CodonSpan

    @classmethod
    def parse(cls, asked: Asked) -> Self:
        """From a token such as `keeps:457-717`."""
        return cls(asked.gene, asked.tokens, each(asked.tokens, parse_kept_span)[0])

    @property
    def last_codon(self) -> int:
        """The end of the part that stays."""
        return self.keeps[1]

    def why(self, gene: Gene, variant: StructuralVariant) -> str | None:
        """Where the junction joins the part to."""
        if variant.second is None:
            return None
        span = codon_span(gene, *self.keeps)
        ends = (variant.first, variant.second)
        for here, there in (ends, ends[::-1]):
            if lies_inside(gene, here) and not lies_inside(gene, there) and _keeps(gene, here, span):
                place = f"{there.chromosome}:{there.position + 1}"
                return f"keeps the wanted part of {gene.symbol} and joins it to {place}"
        return None


def _keeps(gene: Gene, point: Breakpoint, span: Span) -> bool:
    """Whether the kept side of the breakpoint holds the whole span, and loses the start of the gene."""
    if gene.strand == "+":
        return point.side is Side.AFTER and point.position <= span[0]
    return point.side is Side.BEFORE and point.position >= span[1] - 1
