"""The interface of one kind of event: what a rule's text may say, and how a tumour is searched for it.

A kind of event is a class of this folder, listed in `known_events.EVENTS`. Its text is parsed once, when the knowledge
base is read; looking it up in a tumour reads the parsed values only.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Self, TypeVar

from refractor.evidence.alterations import Alteration
from refractor.evidence.findings import Findings
from refractor.genome.panel import Gene
from refractor.vocabulary import Result

Parsed = TypeVar("Parsed")


class NotationError(ValueError):
    """Tokens of `match` that are not in the notation of their event."""

    def __init__(self, tokens: Iterable[str]) -> None:
        self.tokens = tuple(tokens)
        super().__init__(", ".join(self.tokens))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a row of the knowledge base asks for, as it stands there; copies are those of tumour cells."""

    gene: str
    tokens: tuple[str, ...]
    transcript: str | None = None
    min_copies: float | None = None
    max_copies: float | None = None
    clonality_required: bool = False


@dataclass(frozen=True, slots=True)
class GeneInTumor:
    """What is known of a tumour and, where the panel holds the rule's gene, that gene.

    `named` are the (gene, change) that rules naming the change itself have met: a rule by codon or region does not
    report them again.
    """

    findings: Findings
    gene: Gene | None
    named: frozenset[tuple[str, str]] = frozenset()
    genes: Mapping[str, Gene] = field(default_factory=dict)
    """All genes of the panel, for the partners of a fusion."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An alteration that is the event, and why in words."""

    alteration: Alteration
    why: str


@dataclass(frozen=True, slots=True)
class EventResult:
    """Whether the event was found, denied or not looked for, with the reason and what was found."""

    result: Result
    reason: str
    hits: tuple[Hit, ...] = ()


def found(hits: Iterable[Hit]) -> EventResult:
    """The event is there."""
    kept = tuple(hits)
    listed = "; ".join(f"{hit.alteration.gene} {hit.alteration.name}: {hit.why}" for hit in kept)
    return EventResult(Result.FOUND, listed, kept)


def not_found(reason: str) -> EventResult:
    """The event was looked for with power and is not there."""
    return EventResult(Result.NOT_FOUND, reason)


def not_tested(reason: str) -> EventResult:
    """The event could not be looked for, or not everywhere."""
    return EventResult(Result.NOT_TESTED, reason)


@dataclass(frozen=True, slots=True)
class Event(ABC):
    """One event that a rule asks for, parsed. `tokens` are the parts of its text, for readers only."""

    kind: ClassVar[str]
    """The word of the column event_type."""
    form: ClassVar[str]
    """What `match` may hold, for messages and docs/rules.md."""
    met_by: ClassVar[str]
    """What meets it, for docs/rules.md."""
    needs_gene: ClassVar[bool] = True
    needs_transcript: ClassVar[bool] = False
    names_changes: ClassVar[bool] = False
    """Whether it names changes themselves, so that it is looked up before rules by codon and region."""
    from_genome: ClassVar[bool] = True
    """Whether the tumour's genome answers it; else the patients' sheet does."""

    outside_panel: ClassVar[bool] = False
    """Whether it can be asked of a gene of which neither copies nor small variants are told."""

    counts_copies: ClassVar[bool] = False
    """Whether it asks how many copies of the gene there are."""

    gene: str
    tokens: tuple[str, ...]

    @classmethod
    def parse(cls, asked: Asked) -> Self:
        """The event that a row asks for; here, of a kind whose text is the one word of `form`.

        Raises:
            NotationError: tokens that are not in the notation; its `tokens` are all of them.
        """
        only(asked, cls.form)
        return cls(asked.gene, asked.tokens)

    @abstractmethod
    def look_up(self, tumor: GeneInTumor) -> EventResult:
        """Whether the tumour has the event: found, not found (looked for with power) or not tested."""

    @property
    def codons(self) -> tuple[int, ...]:
        """The codons that must have been looked at before the event can be denied, ascending, from 1."""
        return ()

    @property
    def asks_for_junctions(self) -> bool:
        """Whether junctions of the gene meet it, so that they are looked for in reads."""
        return False

    @property
    def last_codon(self) -> int:
        """The highest codon that the text names; 0 for none."""
        return max(self.codons, default=0)

    @property
    def residues(self) -> Mapping[int, str]:
        """The reference residue that the text gives for a codon."""
        return {}

    @property
    def named(self) -> Mapping[object, str]:
        """What the text names, in its words, by what two notations of one change share."""
        return {token: token for token in self.tokens}

    @property
    def definitions(self) -> tuple[str, ...]:
        """Published definitions of amplification that the text names."""
        return ()


def each(tokens: Iterable[str], parse: Callable[[str], Parsed | None]) -> tuple[Parsed, ...]:
    """Every token parsed; what `parse` answers with nothing is not in the notation.

    Raises:
        NotationError: naming all such tokens.
    """
    values = [(token, parse(token)) for token in tokens]
    bad = [token for token, value in values if not value]
    if bad:
        raise NotationError(bad)
    return tuple(value for _, value in values if value)


def only(asked: Asked, *words: str) -> None:
    """Refuse a text that holds more than these words.

    Raises:
        NotationError: naming the others.
    """
    others = [token for token in asked.tokens if token not in words]
    if others:
        raise NotationError(others)
