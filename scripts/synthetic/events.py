"""What is done to the genome of a synthetic tumour: clones, copies by haplotype, amplicons, variants, junctions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from refractor.variants.files.structural_variants import Breakpoint
from refractor.vocabulary import Side

FOUNDER = "founder"
"""Name of the clone that all cancer cells belong to."""


class Haplotype(StrEnum):
    """One of the two parental chromosomes."""

    A = "A"
    B = "B"


@dataclass(frozen=True, slots=True)
class Clone:
    """A clone: the share of cancer cells (0-1) that belong to it or to its descendants, and its parent."""

    name: str
    fraction: float
    parent: str = FOUNDER


@dataclass(frozen=True, slots=True)
class CopyNumberSegment:
    """Copies of both haplotypes between two positions (0-based, half-open) in one clone.

    `end` None reaches the end of the chromosome. The major copies lie on `major_on`. Where segments overlap,
    the later one in the list holds.
    """

    chromosome: str
    start: int
    end: int | None
    major: int
    minor: int
    clone: str = FOUNDER
    major_on: Haplotype = Haplotype.A

    def covers(self, chromosome: str, position: int) -> bool:
        """Whether the position lies in the segment."""
        return (
            self.chromosome == chromosome
            and self.start <= position
            and (self.end is None or position < self.end)
        )


@dataclass(frozen=True, slots=True)
class Amplicon:
    """A stretch (0-based, half-open) whose `haplotype` is amplified to `copies`; the other one keeps its own."""

    chromosome: str
    start: int
    end: int
    copies: int
    haplotype: Haplotype = Haplotype.A
    clone: str = FOUNDER

    def covers(self, chromosome: str, position: int) -> bool:
        """Whether the position lies in the amplicon."""
        return self.chromosome == chromosome and self.start <= position < self.end


@dataclass(frozen=True, slots=True)
class SpikedVariant:
    """A small variant (VCF alleles, 0-based position) on the first `copies` copies of one haplotype.

    `copies` None means all copies of the haplotype. With `germline` it sits on all of them in normal cells
    too; `clone` and `copies` are then without meaning. `gene` and `protein_change` label the truth files.
    """

    chromosome: str
    position: int
    ref: str
    alt: str
    copies: int | None = 1
    clone: str = FOUNDER
    haplotype: Haplotype = Haplotype.A
    germline: bool = False
    gene: str = ""
    protein_change: str = ""

    @property
    def end(self) -> int:
        """Base after the last reference base of the variant."""
        return self.position + len(self.ref)


@dataclass(frozen=True, slots=True)
class Hole:
    """A stretch (0-based, half-open) without a single read, as a capture failure or a masked repeat leaves."""

    chromosome: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Rearrangement:
    """A junction of two breakpoints that are no neighbours in the reference, on `haplotype` of a clone.

    `copies` None means as many as the copies of the haplotype differ across the first breakpoint: those that a
    deletion has lost or an amplicon has gained. An inherited one (`germline`) is on every copy of its haplotype in
    every cell.
    """

    first: Breakpoint
    second: Breakpoint
    copies: int | None = None
    clone: str = FOUNDER
    haplotype: Haplotype = Haplotype.A
    germline: bool = False


def tandem_junction(amplicon: Amplicon) -> Rearrangement:
    """The junction between the copies of an amplicon that lie head to tail."""
    return Rearrangement(
        Breakpoint(amplicon.chromosome, amplicon.start, Side.AFTER),
        Breakpoint(amplicon.chromosome, amplicon.end - 1, Side.BEFORE),
        clone=amplicon.clone,
        haplotype=amplicon.haplotype,
    )


def beyond(end: Breakpoint) -> int:
    """The base next to a breakpoint that its junction does not keep."""
    return end.position + (1 if end.side is Side.BEFORE else -1)
