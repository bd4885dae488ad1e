"""Events of a fusion that keeps a part of the gene."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Self

from refractor.evidence.events.codon_spans import CodonSpan, parse_kept_span, parse_named_span
from refractor.evidence.events.event import (
    Asked,
    GeneInTumor,
    NotationError,
    each,
)
from refractor.evidence.events.gene_breaks import (
    Span,
    codon_span,
    lies_inside,
    parts_coding_exons,
)
from refractor.evidence.events.structural_event import StructuralEvent
from refractor.genome.panel import Gene
from refractor.variants.files.structural_variants import Breakpoint, StructuralVariant
from refractor.vocabulary import Side


@dataclass(frozen=True, slots=True)
class Fusion(StructuralEvent):
    """A junction that joins the part of the gene with the codons `keeps` to somewhere else.

    With `breaks` it parts the gene between these codons: elsewhere in a long gene a break is rather chance, and what it
    makes is not known (J Thorac Oncol 2021, doi 10.1016/j.jtho.2020.10.156).
    """

    kind: ClassVar[str] = "fusion"
    form: ClassVar[str] = (
        "keeps:first-last, the codons that stay; from codon 1 on, the end of the gene is lost; "
        "breaks:first-last, the codons between which it breaks"
    )
    met_by: ClassVar[str] = (
        "a junction that joins the part with these codons to somewhere else; a partner of the panel must fit in sense and frame"
    )
    outside_panel: ClassVar[bool] = True

    keeps: CodonSpan
    breaks: CodonSpan | None

    @classmethod
    def parse(cls, asked: Asked) -> Self:
        """From tokens such as `keeps:457-717` and, where the break is bound to a stretch, `breaks:300-456`."""
        bounds = [token for token in asked.tokens if token.startswith("breaks:")]
        kept = each([token for token in asked.tokens if token not in bounds], parse_kept_span)
        breaks = each(bounds, partial(parse_named_span, "breaks"))
        if len(kept) != 1 or len(breaks) > 1:
            raise NotationError(asked.tokens)
        return cls(asked.gene, asked.tokens, kept[0], breaks[0] if breaks else None)

    @property
    def last_codon(self) -> int:
        """The end of the part that stays, or of where it breaks."""
        return max(self.keeps[1], 0 if self.breaks is None else self.breaks[1])

    @property
    def is_first(self) -> bool:
        """Whether the gene is the first of the two, its end lost; else its start is lost to its partner."""
        return self.keeps[0] == 1

    def why(self, gene: Gene, variant: StructuralVariant) -> str | None:
        """Where the junction joins the part to."""
        ends = self._ends(gene, variant)
        if ends is None:
            return None
        place = f"{ends[1].chromosome}:{ends[1].position + 1}"
        return f"break that keeps the wanted part of {gene.symbol}, joined to {place}, partner unclear"

    def candidates(self, tumor: GeneInTumor, gene: Gene) -> Iterator[tuple[StructuralVariant, str]]:
        """The junctions that keep the part; a partner of the panel must be transcribed into it, in frame."""
        for variant, why in StructuralEvent.candidates(self, tumor, gene):
            ends = self._ends(gene, variant)
            partner = None if ends is None else _partner(ends[1], tumor.genes)
            if ends is None or partner is None:
                yield variant, why
            elif self.is_first and fits(gene, ends[0], partner, ends[1]):
                yield variant, f"keeps the wanted part of {gene.symbol} in frame before {partner.symbol}"
            elif not self.is_first and fits(partner, ends[1], gene, ends[0]):
                yield variant, f"keeps the wanted part of {gene.symbol} in frame behind {partner.symbol}"

    def _ends(self, gene: Gene, variant: StructuralVariant) -> tuple[Breakpoint, Breakpoint] | None:
        """The end in the gene that keeps the part, and the other one; None where there is none."""
        if variant.second is None:
            return None
        span = codon_span(gene, *self.keeps)
        ends = (variant.first, variant.second)
        for here, there in (ends, ends[::-1]):
            outside = not lies_inside(gene, there)
            if (
                outside
                and parts_coding_exons(gene, here)
                and self._breaks_there(gene, here)
                and _keeps(gene, here, span, from_start=self.is_first)
            ):
                return here, there
        return None

    def _breaks_there(self, gene: Gene, point: Breakpoint) -> bool:
        """Whether the breakpoint lies where the rule asks for it; introns between the two codons count."""
        if self.breaks is None:
            return True
        first, last = codon_span(gene, *self.breaks)
        return first <= point.position < last


def _partner(point: Breakpoint, genes: Mapping[str, Gene]) -> Gene | None:
    """The gene of the panel whose coding sequence the breakpoint parts; None where there is none."""
    return next((gene for gene in genes.values() if parts_coding_exons(gene, point)), None)


def fits(partner: Gene, there: Breakpoint, gene: Gene, here: Breakpoint) -> bool:
    """Whether the partner's start is joined in its own sense, and in frame, to the end of the gene that is kept.

    In frame means that the coding bases kept of the partner and those lost of the gene leave the same rest by 3.
    """
    if not _keeps_start(partner, there) or _keeps_start(gene, here):
        return False
    return coding_bases_before(partner, there) % 3 == coding_bases_before(gene, here) % 3


def _keeps_start(gene: Gene, point: Breakpoint) -> bool:
    """Whether the side of the breakpoint that is kept holds the gene's start."""
    return point.side is (Side.BEFORE if gene.strand == "+" else Side.AFTER)


def coding_bases_before(gene: Gene, point: Breakpoint) -> int:
    """Coding bases between the start codon and the breakpoint, in the gene's sense."""
    border = point.position + 1 if point.side is Side.BEFORE else point.position
    if gene.strand == "+":
        return sum(max(0, min(end, border) - start) for start, end in gene.cds)
    return sum(max(0, end - max(start, border)) for start, end in gene.cds)


def _keeps(gene: Gene, point: Breakpoint, span: Span, *, from_start: bool) -> bool:
    """Whether the kept side of the breakpoint holds the whole span, and loses the start of the gene, or else its end."""
    if (gene.strand == "+") is not from_start:
        return point.side is Side.AFTER and point.position <= span[0]
    return point.side is Side.BEFORE and point.position >= span[1] - 1
