"""Events of a gene whose coding exons a junction breaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from refractor.evidence.events.gene_breaks import (
    how_it_breaks,
    lies_inside,
)
from refractor.evidence.events.structural_event import StructuralEvent
from refractor.genome.panel import Gene
from refractor.variants.files.structural_variants import StructuralVariant


@dataclass(frozen=True, slots=True)
class Rearrangement(StructuralEvent):
    """A junction with an end in the gene that breaks its coding exons."""

    kind: ClassVar[str] = "rearrangement"
    form: ClassVar[str] = "breakpoint_in_gene"
    met_by: ClassVar[str] = (
        "a junction that breaks the coding exons, of an amplified gene on most of its copies"
    )
    on_most_copies: ClassVar[bool] = True

    def why(self, gene: Gene, variant: StructuralVariant) -> str | None:
        """How the junction breaks the gene."""
        if not any(lies_inside(gene, point) for point in variant.breakpoints):
            return None
        return how_it_breaks(gene, variant)
