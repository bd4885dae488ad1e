"""Events of a purity too low to judge copies: quality, never a mechanism."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Self

from refractor.evidence.events.event import (
    Asked,
    Event,
    EventResult,
    GeneInTumor,
    each,
    not_found,
    not_tested,
)
from refractor.vocabulary import Result

_FORM = re.compile(r"purity<(0\.\d+)")


@dataclass(frozen=True, slots=True)
class LowPurity(Event):
    """A purity (0-1) below `limit`."""

    kind: ClassVar[str] = "quality"
    form: ClassVar[str] = "purity<0.2"
    met_by: ClassVar[str] = "the purity (says not assessable, never a mechanism)"

    limit: float

    @classmethod
    def parse(cls, asked: Asked) -> Self:
        """From a token such as `purity<0.2`."""
        (limit, *_) = each(asked.tokens, _FORM.fullmatch)
        return cls(asked.gene, asked.tokens, float(limit[1]))

    def look_up(self, tumor: GeneInTumor) -> EventResult:
        """Whether the purity is below the limit: copies cannot be judged; never why a drug failed."""
        purity = tumor.findings.purity.value
        if purity is None:
            return not_tested(tumor.findings.purity_reason or "purity is not known")
        why = f"purity {purity:.2f}"
        if purity < self.limit:
            return EventResult(Result.FOUND, f"{why}, below {self.limit:g}")
        return not_found(why)
