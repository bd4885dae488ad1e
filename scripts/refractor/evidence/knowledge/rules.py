"""A rule of the knowledge base: what counts, what it means for which drugs, who says so."""

from __future__ import annotations

import re
from dataclasses import dataclass

from refractor.evidence.events.event import Event
from refractor.vocabulary import AGAINST_THE_DRUG, EXPLAINING_TIERS, Direction, Observability, Tier

_CODON = re.compile(r"[A-Z][0-9]+")
"""The first codon of a protein change, with its reference residue."""
ANY = "any"
"""In drug_scope and disease_scope: all of them."""


NEVER_EVIDENCE = frozenset({"TP53"})
"""Genes that never count as evidence, as in Hartwig's PROTECT: almost every tumour has them altered."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: what counts (`event`, parsed from `match`), what it means for which drugs, and the sources."""

    rule_id: str
    gene: str | None
    event: Event
    match: tuple[str, ...]
    transcript: str | None
    direction: Direction
    tier: Tier
    mechanism: str
    statement: str
    drug_scope: tuple[str, ...]
    disease_scope: tuple[str, ...]
    pmids: tuple[str, ...]
    civic_eids: tuple[str, ...]
    other_sources: tuple[str, ...]
    conflicting: bool
    conflicting_alleles: tuple[str, ...]
    evidence_for: str
    evidence_against: str
    observability: Observability
    note: str
    verified: bool
    curator: str
    date: str
    file: str
    line: int

    @property
    def against_the_drug(self) -> bool:
        """Whether the row speaks of resistance of any strength."""
        return self.direction in AGAINST_THE_DRUG

    @property
    def can_explain(self) -> bool:
        """Whether a hit is a candidate explanation: resistance of R1 to R3."""
        return self.against_the_drug and self.tier in EXPLAINING_TIERS

    @property
    def is_hypothesis(self) -> bool:
        """Whether a hit is a hypothesis: resistance of R4."""
        return self.against_the_drug and self.tier is Tier.R4

    def conflicts_on(self, change: str) -> bool:
        """Whether published evidence disagrees on a protein change; on any where the row confines it to none."""
        if not self.conflicting or not self.conflicting_alleles:
            return self.conflicting
        codon = _CODON.match(change)
        return change in self.conflicting_alleles or (
            codon is not None and codon.group() in self.conflicting_alleles
        )

    def sources(self) -> str:
        """The sources in one phrase, e.g. `PMID 30857956, EID 5345`."""
        parts = [f"PMID {pmid}" for pmid in self.pmids] + [f"CIViC EID {eid}" for eid in self.civic_eids]
        return ", ".join([*parts, *self.other_sources])
