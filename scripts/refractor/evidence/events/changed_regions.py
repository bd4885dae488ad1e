"""Events of a kind of change in a stretch of codons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from refractor.evidence.events.codon_spans import CodonSpan, parse_span
from refractor.evidence.events.event import Asked, GeneInTumor, each
from refractor.evidence.events.small_variant import SmallVariantEvent, change_of
from refractor.evidence.findings import SmallVariant
from refractor.genome.hgvs_notation import (
    ChangeKind,
    ProteinChange,
)


@dataclass(frozen=True, slots=True)
class Region:
    """A kind of change (missense, inframe_insertion, inframe_deletion, any) in a span of codons."""

    span: CodonSpan
    change: str

    KINDS: ClassVar[tuple[str, ...]] = ("missense", "inframe_insertion", "inframe_deletion", "any")

    @classmethod
    def parse(cls, token: str) -> Region | None:
        """The region written `770-783:inframe_insertion`; None where it is not."""
        text, _, change = token.partition(":")
        span = parse_span(text)
        return cls(span, change) if span is not None and change in cls.KINDS else None

    @property
    def codons(self) -> range:
        """Its codons."""
        return range(self.span[0], self.span[1] + 1)

    def holds(self, change: ProteinChange) -> bool:
        """Whether the change is of the kind and touches the span."""
        first, last = self.span
        return change.first <= last and first <= change.last and _is_kind(change, self.change)


@dataclass(frozen=True, slots=True)
class ChangedRegions(SmallVariantEvent):
    """A kind of change in spans of codons."""

    kind: ClassVar[str] = "region"
    form: ClassVar[str] = (
        "first-last:missense, :inframe_insertion, :inframe_deletion or :any, e.g. 770-783:inframe_insertion"
    )
    met_by: ClassVar[str] = "a change of that kind in the codons"
    needs_transcript: ClassVar[bool] = True

    regions: tuple[Region, ...]

    @classmethod
    def parse(cls, asked: Asked) -> Self:
        """From tokens such as `770-783:inframe_insertion`."""
        return cls(asked.gene, asked.tokens, asked.transcript, each(asked.tokens, Region.parse))

    @property
    def codons(self) -> tuple[int, ...]:
        """All codons of the regions."""
        return tuple(sorted({codon for region in self.regions for codon in region.codons}))

    @property
    def indel_codons(self) -> frozenset[int]:
        """Codons of regions that ask for more than missense changes."""
        return self._codons_of("inframe_insertion", "inframe_deletion", "any")

    @property
    def substitution_codons(self) -> frozenset[int]:
        """Codons of regions that ask for more than insertions and deletions."""
        return self._codons_of("missense", "any")

    def _codons_of(self, *changes: str) -> frozenset[int]:
        kept = (region for region in self.regions if region.change in changes)
        return frozenset(codon for region in kept for codon in region.codons)

    def candidates(self, tumor: GeneInTumor) -> Iterator[tuple[SmallVariant, str]]:
        """The variants whose change is of a region's kind."""
        for variant in tumor.findings.variants_of(self.gene):
            change = change_of(variant)
            if change is None or change.kind is ChangeKind.SYNONYMOUS:
                continue
            region = next((region for region in self.regions if region.holds(change)), None)
            if region is not None:
                span = "-".join(map(str, region.span))
                yield variant, f"{change.text} is a change of the kind {region.change} in codons {span}"


def _is_kind(change: ProteinChange, wanted: str) -> bool:
    if wanted == "any":
        return True
    if wanted == "missense":
        return change.kind is ChangeKind.SUBSTITUTION
    replaced = change.last - change.first + 1
    longer = change.kind in (ChangeKind.INSERTION, ChangeKind.DUPLICATION) or (
        change.kind is ChangeKind.REPLACEMENT and len(change.alternate) > replaced
    )
    shorter = change.kind is ChangeKind.DELETION or (
        change.kind is ChangeKind.REPLACEMENT and len(change.alternate) < replaced
    )
    return longer if wanted == "inframe_insertion" else shorter
