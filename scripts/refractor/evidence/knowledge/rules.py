"""A rule of the knowledge base: what counts, what it means for which drugs, who says so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from refractor.genome.hgvs_notation import INDEL_CHANGES, ProteinChange, expand_listed, parse_codon
from refractor.vocabulary import AGAINST_THE_DRUG, EXPLAINING_TIERS, Direction, Tier

ANY = "any"
"""In drug_scope and disease_scope: all of them."""


class EventType(StrEnum):
    """Kinds of alteration that a rule can name."""

    HOTSPOT = "hotspot"
    CODON = "codon"
    REGION = "region"
    TRUNCATION = "truncation"
    SPLICE = "splice"
    ANY_CHANGE = "any_change"
    BIALLELIC_LOSS = "biallelic_loss"
    AMPLIFICATION = "amplification"
    LOW_COPY_NUMBER = "low_copy_number"
    NON_FOCAL_GAIN = "non_focal_gain"
    HETEROGENEOUS_AMPLIFICATION = "heterogeneous_amplification"
    INTRAGENIC_DELETION = "intragenic_deletion"
    INTRAGENIC_DUPLICATION = "intragenic_duplication"
    FUSION = "fusion"
    REARRANGEMENT = "rearrangement"
    SIGNATURE = "signature"
    GERMLINE = "germline"
    CLINICAL = "clinical"
    QUALITY = "quality"


class Observability(StrEnum):
    """Whether a tumour genome shows the alteration."""

    FULL = "full"
    PARTIAL = "partial"
    NO = "no"


NEVER_EVIDENCE = frozenset({"TP53"})
"""Genes that never count as evidence, as in Hartwig's PROTECT: almost every tumour has them altered."""

CODON_EVENTS = frozenset({EventType.HOTSPOT, EventType.CODON, EventType.REGION, EventType.SPLICE})
_SPAN = r"[1-9]\d*-[1-9]\d*"
LOSS_WORDS = frozenset({"truncating", "splice", "homozygous_deletion", "disruption"})

TOKEN_FORMS: dict[EventType, tuple[re.Pattern[str], str]] = {
    EventType.REGION: (
        re.compile(rf"{_SPAN}:(missense|inframe_insertion|inframe_deletion|any)"),
        "first-last:missense, :inframe_insertion, :inframe_deletion or :any, e.g. 770-783:inframe_insertion",
    ),
    EventType.TRUNCATION: (re.compile("truncating"), "truncating"),
    EventType.SPLICE: (
        re.compile(rf"{_SPAN}|[1-9]\d*"),
        "the codons of the exon, e.g. 634-649, or one of them",
    ),
    EventType.ANY_CHANGE: (re.compile("any"), "any"),
    EventType.AMPLIFICATION: (
        re.compile("amplified|partially_amplified"),
        "amplified, with or without partially_amplified",
    ),
    EventType.LOW_COPY_NUMBER: (
        re.compile(r"copy_number|plasma_adjusted|definition:[\w.]+"),
        "copy_number, plasma_adjusted or definition: with its name, and max_copies",
    ),
    EventType.NON_FOCAL_GAIN: (
        re.compile(r"arm|chromosome|copies_over_arm<\d+(\.\d+)?|definition:[\w.]+"),
        "arm, chromosome, copies_over_arm<2, definition: with its name",
    ),
    EventType.HETEROGENEOUS_AMPLIFICATION: (re.compile("unresolved"), "unresolved"),
    EventType.INTRAGENIC_DELETION: (re.compile(rf"keeps:{_SPAN}"), "keeps:first-last, the codons that stay"),
    EventType.INTRAGENIC_DUPLICATION: (re.compile(_SPAN), "first-last, the codons that are doubled"),
    EventType.FUSION: (re.compile(rf"keeps:{_SPAN}"), "keeps:first-last, the codons that stay"),
    EventType.REARRANGEMENT: (re.compile("breakpoint_in_gene"), "breakpoint_in_gene"),
    EventType.SIGNATURE: (
        re.compile("[a-z_]+"),
        "the name of the signature, e.g. microsatellite_instability",
    ),
    EventType.GERMLINE: (re.compile(r"rs\d+"), "a dbSNP number, e.g. rs396991"),
    EventType.CLINICAL: (re.compile("prior_anti_egfr"), "prior_anti_egfr"),
    EventType.QUALITY: (re.compile(r"purity<0\.\d+"), "purity<0.2"),
}


HOTSPOT_FORM = "protein changes in one-letter HGVS, alternatives after a slash, e.g. G12A/C/D; Y772_A775dup"
CODON_FORM = "reference residue and codon, e.g. G12; A146"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: what counts (`match`, its tokens), what it means for which drugs, and the sources.

    `min_copies` and `max_copies` are copies in tumour cells; None where the row asks for none.
    """

    rule_id: str
    gene: str | None
    event_type: EventType
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
    evidence_for: str
    evidence_against: str
    observability: Observability
    min_copies: float | None
    max_copies: float | None
    clonality_required: bool
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

    @property
    def changes(self) -> tuple[ProteinChange, ...]:
        """The protein changes that the row lists."""
        return tuple(change for token in self.match for change in expand_listed(token))

    @property
    def codons(self) -> tuple[int, ...]:
        """The codons that must have been looked at before the row can be denied, ascending."""
        if self.event_type is EventType.CODON:
            parsed = (parse_codon(token) for token in self.match)
            return tuple(sorted({codon for item in parsed if item for codon in [item[1]]}))
        if self.event_type is EventType.HOTSPOT:
            return tuple(sorted({codon for c in self.changes for codon in range(c.first, c.last + 1)}))
        if self.event_type is EventType.REGION:
            return tuple(sorted({codon for first, last in self.spans for codon in range(first, last + 1)}))
        return ()

    @property
    def indel_codons(self) -> frozenset[int]:
        """Those of `codons` at which the row asks for insertions or deletions."""
        if self.event_type is EventType.HOTSPOT:
            indels = (change for change in self.changes if change.kind in INDEL_CHANGES)
            return frozenset(codon for change in indels for codon in range(change.first, change.last + 1))
        if self.event_type is EventType.REGION:
            return self._codons_of_region(without="missense")
        return frozenset()

    @property
    def substitution_codons(self) -> frozenset[int]:
        """Those of `codons` at which the row asks for substitutions; of a codon rule all of them."""
        if self.event_type is EventType.HOTSPOT:
            others = (change for change in self.changes if change.kind not in INDEL_CHANGES)
            return frozenset(codon for change in others for codon in range(change.first, change.last + 1))
        if self.event_type is EventType.REGION:
            return self._codons_of_region(without="inframe_")
        return frozenset(self.codons)

    def _codons_of_region(self, *, without: str) -> frozenset[int]:
        """Codons of the tokens whose kind of change does not begin with `without`."""
        kept = (
            span
            for token, span in zip(self.match, self.spans, strict=True)
            if not token.split(":")[1].startswith(without)
        )
        return frozenset(codon for first, last in kept for codon in range(first, last + 1))

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """The stretches of codons that the row names, first and last inclusive."""
        found = (re.search(r"(\d+)(?:-(\d+))?", token) for token in self.match)
        return tuple((int(m.group(1)), int(m.group(2) or m.group(1))) for m in found if m)

    def sources(self) -> str:
        """The sources in one phrase, e.g. `PMID 30857956, EID 5345`."""
        parts = [f"PMID {pmid}" for pmid in self.pmids] + [f"CIViC EID {eid}" for eid in self.civic_eids]
        return ", ".join([*parts, *self.other_sources])
