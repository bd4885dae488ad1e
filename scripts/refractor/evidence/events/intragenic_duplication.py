"""Events of a part of the gene that is doubled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from refractor.evidence.events.codon_spans import CodonSpan, parse_span
from refractor.evidence.events.event import (
    Asked,
    each,
)
from refractor.evidence.events.gene_breaks import (
    codon_span,
    exons_within,
    lies_inside,
    list_exons,
)
from refractor.evidence.events.structural_event import StructuralEvent
from refractor.genome.panel import Gene
from refractor.variants.files.structural_variants import StructuralVariant


@dataclass(frozen=True, slots=True)
class IntragenicDuplication(StructuralEvent):
    """A tandem duplication within the gene that doubles whole codons."""

    kind: ClassVar[str] = "intragenic_duplication"
    form: ClassVar[str] = "first-last, the codons that are doubled"
    met_by: ClassVar[str] = "a duplication within the gene of these codons"

    doubled: CodonSpan

    @classmethod
    def parse(cls, asked: Asked) -> Self:
        """From a token such as `457-717`."""
        return cls(asked.gene, asked.tokens, each(asked.tokens, parse_span)[0])

    @property
    def last_codon(self) -> int:
        """The end of the doubled part."""
        return self.doubled[1]

    def why(self, gene: Gene, variant: StructuralVariant) -> str | None:
        """Which exons the junction doubles."""
        span = codon_span(gene, *self.doubled)
        interval = variant.duplicated
        if interval is None or not all(lies_inside(gene, point) for point in variant.breakpoints):
            return None
        if not (interval[1] <= span[0] and span[1] <= interval[2]):
            return None
        return f"doubles {list_exons(exons_within(gene, interval[1:]))}"
