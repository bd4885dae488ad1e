"""Copies of whole chromosome arms and of centromeres."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from refractor.genome.arms import PROXIMAL_BP, Arm, centromeres
from refractor.genome.builds import GenomeBuild
from refractor.results.copy_number_tables import Segment


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


def centromere_weights(segments: Sequence[Segment], chromosome: str, build: GenomeBuild) -> dict[int, float]:
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
    """Copies beside the centromere, as `centromere_weights` weighs them; None where unknown."""
    weights = centromere_weights(segments, chromosome, build)
    if not weights:
        return None
    return sum(weight * (segments[number].copy_number or 0.0) for number, weight in weights.items())
