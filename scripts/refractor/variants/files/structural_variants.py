"""Structural variants of a somatic VCF as junctions: two breakpoints and which side of each is kept."""

from __future__ import annotations

from dataclasses import dataclass

from refractor.vocabulary import Side


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """One end of a junction: bare chromosome, 0-based position of the outermost base kept, kept side.

    `side` is None where the caller does not say (an inversion given as one record).
    """

    chromosome: str
    position: int
    side: Side | None


@dataclass(frozen=True, slots=True)
class GeneBreakend:
    """What an annotator (LINX) says of a junction in one gene: whether it disrupts, and the copies left whole."""

    gene: str
    disruptive: bool
    undisrupted_copies: float | None


@dataclass(frozen=True, slots=True)
class StructuralVariant:
    """One junction. `second` is None for a single breakend, whose other side is not known.

    `kind` is DEL, DUP, INV, INS, BND or SGL; `vaf` 0-1 and `copies` (junction copies in tumour cells) are
    None where the caller gives neither; `filters` are its own filter names, empty for PASS.
    """

    identifier: str
    kind: str
    first: Breakpoint
    second: Breakpoint | None
    vaf: float | None = None
    copies: float | None = None
    filters: tuple[str, ...] = ()
    annotations: tuple[GeneBreakend, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether no filter of its caller speaks against it."""
        return not self.filters

    @property
    def breakpoints(self) -> tuple[Breakpoint, ...]:
        """The known ends."""
        return (self.first,) if self.second is None else (self.first, self.second)

    @property
    def deleted(self) -> tuple[str, int, int] | None:
        """The stretch that a deletion removes (chromosome, 0-based half-open); None for another junction."""
        ends = self._ordered()
        if ends is None or (ends[0].side, ends[1].side) != (Side.BEFORE, Side.AFTER):
            return None
        return ends[0].chromosome, ends[0].position + 1, ends[1].position

    @property
    def duplicated(self) -> tuple[str, int, int] | None:
        """The stretch that a tandem duplication doubles (chromosome, 0-based half-open); else None."""
        ends = self._ordered()
        if ends is None or (ends[0].side, ends[1].side) != (Side.AFTER, Side.BEFORE):
            return None
        return ends[0].chromosome, ends[0].position, ends[1].position + 1

    def _ordered(self) -> tuple[Breakpoint, Breakpoint] | None:
        """Both ends by position, where they lie on one chromosome."""
        if self.second is None or self.second.chromosome != self.first.chromosome:
            return None
        if self.first.position <= self.second.position:
            return self.first, self.second
        return self.second, self.first
