"""Events of canonical splice sites, or the loss of just the exon beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from refractor.evidence.alterations import is_splice
from refractor.evidence.events.codon_spans import CodonSpan, parse_span_or_codon
from refractor.evidence.events.event import Asked, EventResult, GeneInTumor, Hit, each, found
from refractor.evidence.events.gene_breaks import deleted_exon
from refractor.evidence.events.small_variant import SmallVariantEvent
from refractor.evidence.findings import SmallVariant
from refractor.genome.panel import Gene
from refractor.vocabulary import Result

SPLICE_SITE_BP = 2
"""Intronic bases that make a canonical splice site."""


@dataclass(frozen=True, slots=True)
class SpliceSites(SmallVariantEvent):
    """A canonical splice site of the exons within spans of codons, or the loss of just those exons."""

    kind: ClassVar[str] = "splice"
    form: ClassVar[str] = "the codons of the exon, e.g. 634-649, or one of them"
    met_by: ClassVar[str] = (
        "a canonical splice site of the exon within these codons, or beside the one codon; "
        "a deletion of just that exon"
    )

    spans: tuple[CodonSpan, ...]

    @classmethod
    def parse(cls, asked: Asked) -> Self:
        """From tokens such as `633-650` or `582`."""
        return cls(asked.gene, asked.tokens, asked.transcript, each(asked.tokens, parse_span_or_codon))

    @property
    def asks_for_junctions(self) -> bool:
        """Always: a deletion of just the exon meets it."""
        return True

    @property
    def last_codon(self) -> int:
        """The end of the last span."""
        return max(last for _, last in self.spans)

    def candidates(self, tumor: GeneInTumor) -> Iterator[tuple[SmallVariant, str]]:
        """The variants at one of the two intronic bases beside the exons."""
        if tumor.gene is None:
            return
        for variant in tumor.findings.variants_of(self.gene):
            why = self._why(variant, tumor.gene) if is_splice(variant) else None
            if why is not None:
                yield variant, why

    def _why(self, variant: SmallVariant, gene: Gene) -> str | None:
        place = variant.observation.variant
        for first, last in self.spans:
            for edge, step in splice_sites(gene, first, last):
                start, end = (edge - SPLICE_SITE_BP, edge) if step < 0 else (edge, edge + SPLICE_SITE_BP)
                if place.position < end and start < place.end:
                    what = f"the exon of codons {first}-{last}" if last > first else f"codon {first}"
                    return f"{variant.name} hits a splice site of {what}"
        return None

    def look_up(self, tumor: GeneInTumor) -> EventResult:
        """As of small variants; met as well where a deletion removes the exon itself."""
        answer = SmallVariantEvent.look_up(self, tumor)
        if answer.result is Result.FOUND or tumor.gene is None:
            return answer
        findings = tumor.findings
        for span in self.spans:
            deletion = deleted_exon(tumor.gene, span, findings)
            if deletion is not None:
                alteration = deletion.alteration(findings.copies.get(self.gene), findings.purity)
                return found([Hit(alteration, deletion.why)])
        return answer


def splice_sites(gene: Gene, first: int, last: int) -> tuple[tuple[int, int], ...]:
    """The splice sites of the exons that lie within codons `first` to `last`; of one codon, those next to it.

    Each is the edge of an exon (0-based, between bases) and the direction in which its intron lies.
    """
    ends = [gene.codon_positions(first)[0], gene.codon_positions(min(last, gene.protein_length))[2]]
    low, high = min(ends), max(ends) + 1
    sites = []
    for number, (start, end) in enumerate(gene.exons):
        near_start, near_end = low <= start <= high, low <= end <= high
        if last > first:
            near_start = near_end = near_start and near_end
        if near_start and number > 0:
            sites.append((start, -1))
        if near_end and number < len(gene.exons) - 1:
            sites.append((end, +1))
    return tuple(sites)
