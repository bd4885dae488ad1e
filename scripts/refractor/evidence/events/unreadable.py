"""An event whose text is not in its notation, kept until all faults of its row are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from refractor.evidence.events.event import Asked, Event, EventResult, GeneInTumor, not_tested


@dataclass(frozen=True, slots=True)
class Unreadable(Event):
    """Stands for an event of `intended` with the tokens `bad`; no rule that is loaded holds one."""

    kind: ClassVar[str] = "unreadable"
    form: ClassVar[str] = ""
    met_by: ClassVar[str] = "nothing"

    intended: type[Event]
    bad: tuple[str, ...]

    @classmethod
    def parse(cls, asked: Asked) -> Self:
        """Never from a row."""
        raise NotImplementedError(asked)

    def look_up(self, tumor: GeneInTumor) -> EventResult:
        """Not tested."""
        return not_tested(f"{tumor.findings.sample}: the rule cannot be read")
