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
    copies_to_break,
    disruptions_of,
    positions_of,
)
from refractor.evidence.findings import Findings
from refractor.evidence.read_junctions import power_in_words
from refractor.genome.panel import Gene
from refractor.variants.files.structural_variants import StructuralVariant


@dataclass(frozen=True, slots=True)
class StructuralEvent(Event):
    """An event that one junction is."""

    on_most_copies: ClassVar[bool] = False
    """Whether it says something of an amplified gene only where it is on at least half of the copies."""

    @property
    def asks_for_junctions(self) -> bool:
        """Always."""
        return True

    @abstractmethod
    def why(self, gene: Gene, variant: StructuralVariant) -> str | None:
        """Why the junction is the event, whatever its filters; None where it is not."""

    def candidates(self, tumor: GeneInTumor, gene: Gene) -> Iterator[tuple[StructuralVariant, str]]:
        """The junctions that are the event, and why."""
        for variant in tumor.findings.junctions:
            why = self.why(gene, variant)
            if why is not None:
                yield variant, why

    def look_up(self, tumor: GeneInTumor) -> EventResult:
        """Found by a junction that passes; one that its caller filtered leaves the question open."""
        gene, findings = tumor.gene, tumor.findings
        if gene is None:
            return not_tested("the gene is not of the panel")
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
        wanted = copies_to_break(copies, on_most_copies=self.on_most_copies)
        if untested := findings.why_no_junctions(gene.symbol, wanted):
            return not_tested("; ".join([*barred, untested]))
        if barred:
            return not_found("; ".join(barred))
        return not_found(_nothing_seen(gene, findings))


def _nothing_seen(gene: Gene, findings: Findings) -> str:
    """That there is no such break, which others there are, and what would have been seen."""
    others = [disruption.why for disruption in disruptions_of(gene, findings)]
    words = f"no such break in {gene.symbol}" + (f" (there is {'; '.join(others)})" if others else "")
    if findings.structural_variants is not None:
        return f"{words} among {len(findings.structural_variants)} junctions"
    return f"{words} in its reads: {power_in_words(findings.junction_searches[gene.symbol])}"
