"""What events of junctions share: which junctions count, and when their absence says something."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

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

    on_most_copies: ClassVar[bool] = False
    """Whether it says something of an amplified gene only where it is on at least half of the copies."""

    @abstractmethod
    def why(self, gene: Gene, variant: StructuralVariant) -> str | None:
        """Why the junction is the event, whatever its filters; None where it is not."""

    def candidates(self, tumor: GeneInTumor, gene: Gene) -> Iterator[tuple[StructuralVariant, str]]:
        """The junctions that are the event, and why."""
        for variant in tumor.findings.structural_variants or ():
            why = self.why(gene, variant)
            if why is not None:
                yield variant, why

    def look_up(self, tumor: GeneInTumor) -> EventResult:
        """Found by a junction that passes; one that its caller filtered leaves the question open."""
        gene, findings = tumor.gene, tumor.findings
        if gene is None:
            return not_tested("the gene is not of the panel")
        if findings.structural_variants is None:
            return not_tested("no structural variants given")
        copies = findings.copies.get(gene.symbol)
        hits: list[Hit] = []
        undecided: list[str] = []
        barred: list[str] = []
        for variant, why in self.candidates(tumor, gene):
            disruption = Disruption(gene.symbol, variant, why)
            whole = disruption.left_whole(copies, findings.purity) if self.on_most_copies else None
            if not variant.passed:
                filters = ", ".join(variant.filters)
                undecided.append(f"{positions_of(variant)} filtered by its caller ({filters})")
                continue
            if whole is not None:
                (undecided if "not known" in whole else barred).append(f"{why}, but {whole}")
                continue
            hits.append(Hit(disruption.alteration(copies, findings.purity), why))
        if hits:
            return found(hits)
        if undecided:
            return not_tested("; ".join(undecided))
        if barred:
            return not_found("; ".join(barred))
        return not_found(
            f"no such break in {gene.symbol} among {len(findings.structural_variants)} junctions"
        )
