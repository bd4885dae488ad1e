"""Events of a gene that is amplified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from refractor.evidence.alterations import gene_event
from refractor.evidence.copy_number_text import describe, not_measured
from refractor.evidence.events.event import (
    Asked,
    Event,
    EventResult,
    GeneInTumor,
    Hit,
    found,
    not_found,
    not_tested,
    only,
)
from refractor.vocabulary import CopyNumberCall


@dataclass(frozen=True, slots=True)
class Amplification(Event):
    """One of the calls of an amplified gene, with at least `min_copies` in tumour cells where that is asked."""

    kind: ClassVar[str] = "amplification"
    form: ClassVar[str] = "amplified, with or without partially_amplified"
    met_by: ClassVar[str] = "the call of gene_copy_number.tsv"
    counts_copies: ClassVar[bool] = True

    calls: frozenset[CopyNumberCall]
    min_copies: float | None

    @classmethod
    def parse(cls, asked: Asked) -> Self:
        """From the tokens `amplified` and `partially_amplified`."""
        only(asked, CopyNumberCall.AMPLIFIED, CopyNumberCall.PARTIALLY_AMPLIFIED)
        calls = frozenset(CopyNumberCall(token) for token in asked.tokens)
        return cls(asked.gene, asked.tokens, calls, asked.min_copies)

    def look_up(self, tumor: GeneInTumor) -> EventResult:
        """Whether the gene is amplified, with the probability behind the call."""
        copies = tumor.findings.copies.get(self.gene)
        if copies is None or not copies.assessable:
            return not_tested(not_measured(self.gene, copies))
        described = describe(copies)
        event = gene_event(copies)
        if copies.call not in self.calls or event is None:
            part = "only part of the gene: " if copies.call is CopyNumberCall.PARTIALLY_AMPLIFIED else ""
            return not_found(f"{part}{described}")
        if self.min_copies is not None and (copies.copy_number or 0.0) < self.min_copies:
            return not_found(f"{described}, below the {self.min_copies:g} copies of the rule")
        return found([Hit(event, described)])
