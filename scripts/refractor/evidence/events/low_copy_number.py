"""Events of a target with too few copies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from refractor.evidence.alterations import copy_alteration
from refractor.evidence.copy_number_text import interval, not_measured
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

_SCALES = ("copy_number", "plasma_adjusted")


def _understood(token: str) -> str | None:
    return token if token in _SCALES or named_definitions([token]) else None


@dataclass(frozen=True, slots=True)
class LowCopyNumber(Event):
    """Fewer copies of the gene in tumour cells than `max_copies`, the limit of a published definition."""

    kind: ClassVar[str] = "low_copy_number"
    form: ClassVar[str] = "copy_number, plasma_adjusted or definition: with its name, and max_copies"
    met_by: ClassVar[str] = "the published definition does not hold"
    counts_copies: ClassVar[bool] = True

    limits: tuple[str, ...]
    max_copies: float | None

    @classmethod
    def parse(cls, asked: Asked) -> Self:
        """From tokens such as `definition:6_copies`."""
        each(asked.tokens, _understood)
        return cls(asked.gene, asked.tokens, named_definitions(asked.tokens), asked.max_copies)

    @property
    def definitions(self) -> tuple[str, ...]:
        """The definitions that set the limit."""
        return self.limits

    def look_up(self, tumor: GeneInTumor) -> EventResult:
        """Whether the gene has fewer copies than the limit, where the uncertainty lets one say.

        The verdict is that of the published definition, which carries the fit's uncertainty and holds also
        where the cohort's own call is open; without it, the interval of the copies decides.
        """
        copies = tumor.findings.copies.get(self.gene)
        verdict = verdict_of(self.gene, self.limits, tumor.findings)
        if verdict is None and (copies is None or not copies.assessable):
            return not_tested(not_measured(self.gene, copies))
        if copies is None or self.max_copies is None or copies.copy_number is None:
            return not_tested(f"no absolute copies of {self.gene}")
        counted = f"{copies.copy_number:.1f} copies{interval(copies)}"
        if verdict is None:
            verdict = _reaches(copies, self.max_copies)
        if verdict is Verdict.NO:
            name = f"below {self.max_copies:g} copies"
            alteration = copy_alteration(copies, name, self.kind)
            amplified = copies.call is CopyNumberCall.AMPLIFIED
            conflict = tumor.findings.assay_conflict(self.gene, amplified=amplified)
            why = f"{counted}, below the limit of {self.max_copies:g}"
            return found([Hit(alteration, f"{why}; {conflict}" if conflict else why)])
        if verdict is Verdict.YES:
            return not_found(f"{counted}, not below the limit of {self.max_copies:g}")
        because = f": {copies.reason}" if copies.reason else ""
        return not_tested(f"{counted} against the limit of {self.max_copies:g}, neither can be said{because}")


def _reaches(copies: GeneCopyNumber, limit: float) -> Verdict:
    """Whether the copies reach the limit, by their interval; the number itself where none is given."""
    number = copies.copy_number or 0.0
    low, high = (
        copies.copy_number_low if copies.copy_number_low is not None else number,
        copies.copy_number_high or number,
    )
    if low >= limit:
        return Verdict.YES
    capped = copies.capped and copies.call is CopyNumberCall.AMPLIFIED
    return Verdict.NO if high < limit and not capped else Verdict.NOT_ASSESSABLE
