"""Structural variants of a somatic VCF as junctions: two breakpoints and which side of each is kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Which part of the reference a junction keeps at a breakpoint: the bases before it or those after it."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """One end of a junction: bare chromosome, 0-based position of the last or first base kept, kept side.

    `side` is None where the caller does not say (an inversion given as one record).
    """

    chromosome: str
    position: int
    side: Side | None


@dataclass(frozen=True, slots=True)
class StructuralVariant:
    """One junction. `second` is None for a single breakend, whose other side is not known.

    `kind` is DEL, DUP, INV, INS or BND; `vaf` 0-1 and `copies` (junction copies in tumour cells) are None
    where the caller gives neither; `filters` are its own filter names, empty for PASS.
    """

    identifier: str
    kind: str
    first: Breakpoint
    second: Breakpoint | None
    vaf: float | None = None
    copies: float | None = None
    filters: tuple[str, ...] = ()
    origin: str = ""

    @property
    def breakpoints(self) -> tuple[Breakpoint, ...]:
        """The known ends."""
        return (self.first,) if self.second is None else (self.first, self.second)

    @property
    def within_one_chromosome(self) -> bool:
        """Whether both ends are known and lie on one chromosome."""
        return self.second is not None and self.second.chromosome == self.first.chromosome
