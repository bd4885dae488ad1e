"""Events of a gene that another published definition calls amplified, where the cohort's own call does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from refractor.evidence.alterations import copy_alteration
from refractor.evidence.copy_number_text import describe, not_measured
from refractor.evidence.events.amplification_definition import named_definitions, verdict_of
from refractor.evidence.events.event import (
    Asked,
    Event,
    EventResult,
    GeneInTumor,
    Hit,
    each,
    found,
    not_found,
    not_tested,
)
from refractor.vocabulary import CopyNumberCall, Verdict


@dataclass(frozen=True, slots=True)
class AmplificationByDefinition(Event):
    """A definition of amplification_definitions.tsv that holds for a gene whose call is less than amplified.

    The call asks for more copies the higher the ploidy; in a doubled genome 8 to 11 copies are gained by it and amplified
    by a rule that counts copies.
    """

    kind: ClassVar[str] = "amplification_by_definition"
    form: ClassVar[str] = "definition: with its name"
    met_by: ClassVar[str] = "amplification_definitions.tsv, where the call is less than amplified"

    asked: tuple[str, ...]

    @classmethod
    def parse(cls, asked: Asked) -> Self:
        """From tokens such as `definition:6_copies_and_centromere_ratio_2`."""
        each(asked.tokens, lambda token: named_definitions([token]))
        return cls(asked.gene, asked.tokens, named_definitions(asked.tokens))

    @property
    def definitions(self) -> tuple[str, ...]:
        """The definitions that the text names."""
        return self.asked

    def look_up(self, tumor: GeneInTumor) -> EventResult:
        """Whether the definition holds beside a call that is less than amplified."""
        copies = tumor.findings.copies.get(self.gene)
        if copies is None or not copies.assessable:
            return not_tested(not_measured(self.gene, copies))
        described = describe(copies)
        if copies.call is CopyNumberCall.AMPLIFIED:
            return not_found(f"amplified by the call itself: {described}")
        verdict = verdict_of(self.gene, self.asked, tumor.findings)
        named = " or ".join(self.asked).replace("_", " ")
        if verdict is None or verdict is Verdict.NOT_ASSESSABLE:
            return not_tested(f"{named} could not be judged: {described}")
        if verdict is Verdict.NO:
            return not_found(f"not {named}: {described}")
        event = copy_alteration(copies, f"amplification by {named}", "amplification")
        return found([Hit(event, f"{described}; amplified by {named} only")])
