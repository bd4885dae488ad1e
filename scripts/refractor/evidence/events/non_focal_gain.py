"""Events of a gene that is gained with its arm or chromosome rather than by itself."""

from __future__ import annotations

import re
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
from refractor.results.copy_number_tables import GeneCopyNumber
from refractor.vocabulary import CopyNumberCall, Verdict

_GAINED = frozenset({CopyNumberCall.GAINED, CopyNumberCall.AMPLIFIED, CopyNumberCall.PARTIALLY_AMPLIFIED})
_FOCALITIES = ("arm", "chromosome")
_OVER_ARM = re.compile(r"copies_over_arm<(\d+(?:\.\d+)?)")


def _understood(token: str) -> str | None:
    known = token in _FOCALITIES or named_definitions([token]) or _OVER_ARM.fullmatch(token)
    return token if known else None


@dataclass(frozen=True, slots=True)
class NonFocalGain(Event):
    """A gain whose amplicon spans the arm or chromosome, or whose copies over those nearby stay below a ratio."""

    kind: ClassVar[str] = "non_focal_gain"
    form: ClassVar[str] = "arm, chromosome, copies_over_arm<2, definition: with its name"
    met_by: ClassVar[str] = "gained with its arm"

    focalities: frozenset[str]
    ratios: tuple[str, ...]
    max_over_arm: float | None

    @classmethod
    def parse(cls, asked: Asked) -> Self:
        """From tokens such as `arm`, `copies_over_arm<2` and `definition:centromere_ratio_2`."""
        each(asked.tokens, _understood)
        limits = [float(match[1]) for token in asked.tokens if (match := _OVER_ARM.fullmatch(token))]
        return cls(
            asked.gene,
            asked.tokens,
            frozenset(asked.tokens) & frozenset(_FOCALITIES),
            named_definitions(asked.tokens),
            limits[0] if limits else None,
        )

    @property
    def definitions(self) -> tuple[str, ...]:
        """The definitions of a ratio that a focal amplification holds."""
        return self.ratios

    def look_up(self, tumor: GeneInTumor) -> EventResult:
        """The amplicon's span decides, then the ratio to the centromere, then that to the arm."""
        copies = tumor.findings.copies.get(self.gene)
        if copies is None or not copies.assessable:
            return not_tested(not_measured(self.gene, copies))
        if copies.call not in _GAINED:
            return not_found(f"{self.gene} is not gained: {describe(copies)}")
        for amplicon in tumor.findings.amplicons:
            genes = (*amplicon.genes, *amplicon.partial_genes)
            if self.gene in genes and amplicon.focality in self.focalities:
                return found([_hit(copies, f"the amplified stretch spans the {amplicon.focality}")])
        verdict = verdict_of(self.gene, self.ratios, tumor.findings)
        if verdict in (Verdict.YES, Verdict.NO):
            held = "holds" if verdict is Verdict.YES else "does not hold"
            why = f"the ratio to the copies beside the centromere that trials asked for {held}"
            return found([_hit(copies, why)]) if verdict is Verdict.NO else not_found(why)
        return self._by_arm(copies)

    def _by_arm(self, copies: GeneCopyNumber) -> EventResult:
        """The ratio to the arm's copies, where nothing nearer to the centromere is known."""
        if self.max_over_arm is None or not copies.arm_copy_number or copies.copy_number is None:
            return not_tested("copies of the arm are not known")
        over_arm = copies.copy_number / copies.arm_copy_number
        why = (
            f"{copies.copy_number:.1f} copies over {copies.arm_copy_number:.1f} of the arm is {over_arm:.1f}"
        )
        if over_arm >= self.max_over_arm:
            return not_found(f"{why}, not below {self.max_over_arm:g}")
        return found([_hit(copies, f"{why}, below {self.max_over_arm:g}")])


def _hit(copies: GeneCopyNumber, why: str) -> Hit:
    return Hit(copy_alteration(copies, "non-focal gain", "amplification"), why)
