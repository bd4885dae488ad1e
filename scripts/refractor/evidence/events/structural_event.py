"""What events of junctions share: which junctions count, and when their absence says something."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from refractor.evidence.events.event import (
    Event,
    EventResult,
    GeneInTumor,
    Hit,
    found,
    not_found,
    not_tested,
)
from refractor.evidence.events.gene_breaks import (
    Disruption,
    positions_of,
)
from refractor.genome.panel import Gene
from refractor.variants.files.structural_variants import StructuralVariant


@dataclass(frozen=True, slots=True)
class StructuralEvent(Event):
    """An event that one junction is."""

    @abstractmethod
    def why(self, gene: Gene, variant: StructuralVariant) -> str | None:
        """Why the junction is the event, whatever its filters; None where it is not."""

    def look_up(self, tumor: GeneInTumor) -> EventResult:
        """Found by a junction that passes; one that its caller filtered leaves the question open."""
        gene, findings = tumor.gene, tumor.findings
        if gene is None:
            return not_tested("the gene is not of the panel")
        if findings.structural_variants is None:
            return not_tested("no structural variants given")
        copies = findings.copies.get(gene.symbol)
        hits, undecided = [], []
        for variant in findings.structural_variants:
            why = self.why(gene, variant)
            if why is None:
                continue
            if not variant.passed:
                filters = ", ".join(variant.filters)
                undecided.append(f"{positions_of(variant)} filtered by its caller ({filters})")
                continue
            disruption = Disruption(gene.symbol, variant, why)
            hits.append(Hit(disruption.alteration(copies, findings.purity), why))
        if hits:
            return found(hits)
        if undecided:
            return not_tested("; ".join(undecided))
        return not_found(
            f"no such break in {gene.symbol} among {len(findings.structural_variants)} junctions"
        )
