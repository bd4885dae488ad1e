"""Chromosome arms and the stretches beside the centromere, and the copies that segments have there."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from resistance.copynumber.segments import Segment
from resistance.genome import CONTIG_LENGTHS, GenomeBuild
from resistance.resources import RESOURCES

CENTROMERES = "centromeres/centromeres.tsv"

PROXIMAL_BP = 5_000_000
"""How far from the centromere copies still stand in for its probe; a choice of ours: the probe's own
sequence (alpha satellite) cannot be read, and 5 Mb on each side hold enough unique sequence."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One chromosome arm, 0-based half-open; `name` is p or q."""

    chromosome: str
    name: str
    start: int
    end: int


@lru_cache(maxsize=2)
def centromeres(build: GenomeBuild) -> dict[str, tuple[int, int]]:
    """Bounds of the centromere of each chromosome (acen bands, UCSC), 0-based half-open."""
    with (RESOURCES / CENTROMERES).open(encoding="utf-8", newline="") as lines:
        return {
            row["chromosome"]: (int(row["start"]), int(row["end"]))
            for row in csv.DictReader(lines, delimiter="\t")
            if row["build"] == build
        }


def arms_of(chromosome: str, build: GenomeBuild) -> tuple[Arm, Arm]:
    """The short and the long arm; the centromere itself belongs to neither."""
    start, end = centromeres(build)[chromosome]
    return (
        Arm(chromosome, "p", 0, start),
        Arm(chromosome, "q", end, CONTIG_LENGTHS[build][chromosome]),
    )


def arm_at(chromosome: str, position: int, build: GenomeBuild) -> Arm:
    """The arm that a position lies on; inside the centromere, the nearer one."""
    short, long = arms_of(chromosome, build)
    middle = (short.end + long.start) // 2
    return short if position < middle else long


def pieces(segments: Iterable[Segment], chromosome: str, start: int, end: int) -> list[tuple[Segment, int]]:
    """The segments that overlap a stretch, each with the bases it shares with it."""
    return [
        (segment, min(segment.end, end) - max(segment.start, start))
        for segment in segments
        if segment.chromosome == chromosome and segment.start < end and start < segment.end
    ]


def median_copies(segments: Iterable[Segment], arm: Arm) -> float | None:
    """Length-weighted median copies of an arm; None where no segment with copies lies on it."""
    known = sorted(
        (segment.copy_number, bases)
        for segment, bases in pieces(segments, arm.chromosome, arm.start, arm.end)
        if segment.copy_number is not None
    )
    half = sum(bases for _, bases in known) / 2
    passed = 0
    for copies, bases in known:
        passed += bases
        if passed >= half:
            return copies
    return None


def centromere_shares(segments: Sequence[Segment], chromosome: str, build: GenomeBuild) -> dict[int, float]:
    """Weight of each segment (by its number) in the copies beside the centromere; they add up to 1, or none.

    Within 5 Mb on both sides, by bases; each side counts alike, so that a gap on one does not let the
    other decide.
    """
    start, end = centromeres(build)[chromosome]
    sides = []
    for left, right in ((max(start - PROXIMAL_BP, 0), start), (end, end + PROXIMAL_BP)):
        bases = {
            number: min(segment.end, right) - max(segment.start, left)
            for number, segment in enumerate(segments)
            if segment.chromosome == chromosome
            and segment.copy_number is not None
            and segment.start < right
            and left < segment.end
        }
        if bases:
            sides.append({number: shared / sum(bases.values()) for number, shared in bases.items()})
    weights: dict[int, float] = {}
    for side in sides:
        for number, weight in side.items():
            weights[number] = weights.get(number, 0.0) + weight / len(sides)
    return weights


def centromere_copies(segments: Sequence[Segment], chromosome: str, build: GenomeBuild) -> float | None:
    """Copies beside the centromere, as `centromere_shares` weighs them; None where unknown."""
    weights = centromere_shares(segments, chromosome, build)
    if not weights:
        return None
    return sum(weight * (segments[number].copy_number or 0.0) for number, weight in weights.items())
