"""What each sequenced fragment shows over a short window: bases, indels, overlapping mates counted once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pysam

from resistance.reads.alignment import Alignment

MATE_QUALITY_MARGIN = 10
"""Overlapping mates that disagree: the base this much better in quality (Phred) is kept, else neither."""

UNSEEN, UNKNOWN, DELETED = ".", "N", "-"
"""A position that the fragment does not reach; that it reaches with too low quality; that it deletes."""

_MATCH = frozenset({pysam.CMATCH, pysam.CEQUAL, pysam.CDIFF})
_OUT = pysam.FUNMAP | pysam.FSECONDARY | pysam.FQCFAIL | pysam.FDUP | pysam.FSUPPLEMENTARY


@dataclass(frozen=True, slots=True)
class ReadFilters:
    """Least base and mapping quality (Phred) of the evidence that is counted.

    Duplicates, secondary, supplementary and QC-failed alignments are always left out.
    """

    min_base_quality: int = 20
    min_mapping_quality: int = 20


@dataclass(frozen=True, slots=True, order=True)
class Indel:
    """An insertion before, or a deletion from, `position` (0-based) as the aligner placed it."""

    position: int
    deleted: int
    inserted: str

    @property
    def end(self) -> int:
        """The base after the deleted ones."""
        return self.position + self.deleted


@dataclass(slots=True)
class Fragment:
    """One fragment (a read, or a pair of mates) over the window that starts at `start`.

    `bases` has one character a position, `qualities` the Phred quality beside each; `forward` and
    `reverse` say which strands of the alignment show the window.
    """

    start: int
    bases: str
    qualities: list[int]
    indels: tuple[Indel, ...]
    forward: bool
    reverse: bool
    mapping_quality: int
    distance_to_end: int

    def base(self, position: int) -> str:
        """What the fragment shows at a position (0-based)."""
        return self.bases[position - self.start]

    def quality(self, position: int) -> int:
        """Phred quality at a position (0-based)."""
        return self.qualities[position - self.start]


@dataclass(slots=True)
class _ReadView:
    """One read over the window, before mates are joined."""

    bases: list[str]
    qualities: list[int]
    reverse: bool
    mapping_quality: int
    distance_to_end: int
    indels: set[Indel] = field(default_factory=set)


def usable(read: pysam.AlignedSegment, filters: ReadFilters) -> bool:
    """Whether a read is evidence at all: primary, not a duplicate, quality passed, mapped well enough."""
    return (
        not read.flag & _OUT
        and read.mapping_quality >= filters.min_mapping_quality
        and read.query_sequence is not None
        and read.query_qualities is not None
    )


def fragments_over(
    alignment: Alignment, chromosome: str, start: int, end: int, *, filters: ReadFilters
) -> list[Fragment]:
    """The fragments that reach the window [start, end) of a bare chromosome, mates joined, in order of name."""
    views: dict[str, list[_ReadView]] = {}
    for read in alignment.fetch(chromosome, start, end):
        if usable(read, filters):
            view = _view(read, start, end, min_base_quality=filters.min_base_quality)
            if any(base != UNSEEN for base in view.bases):
                views.setdefault(str(read.query_name), []).append(view)
    return [_join(views[name], start) for name in sorted(views)]


def _view(read: pysam.AlignedSegment, start: int, end: int, *, min_base_quality: int) -> _ReadView:
    """What one read shows of the window; bases below the quality are UNKNOWN, their quality kept."""
    width = end - start
    sequence = str(read.query_sequence)
    phred = [] if read.query_qualities is None else list(read.query_qualities)
    view = _ReadView(
        [UNSEEN] * width, [0] * width, read.is_reverse, read.mapping_quality, distance_to_end=len(sequence)
    )
    at, of_read = read.reference_start, 0
    for operation, length in read.cigartuples or ():
        if operation in _MATCH:
            for position in range(max(at, start), min(at + length, end)):
                index = of_read + position - at
                quality = phred[index]
                base = sequence[index] if quality >= min_base_quality else UNKNOWN
                view.bases[position - start] = base
                view.qualities[position - start] = quality
                view.distance_to_end = min(view.distance_to_end, index, len(sequence) - 1 - index)
            at += length
            of_read += length
        elif operation == pysam.CINS:
            # an insertion at either edge of the window belongs to it
            inserted = sequence[of_read : of_read + length]
            if start <= at <= end and min(phred[of_read : of_read + length]) >= min_base_quality:
                view.indels.add(Indel(at, 0, inserted))
            of_read += length
        elif operation == pysam.CDEL:
            if at < end and at + length > start:
                around = min(phred[max(0, of_read - 1) : of_read + 1])
                shown = DELETED if around >= min_base_quality else UNKNOWN
                for position in range(max(at, start), min(at + length, end)):
                    view.bases[position - start] = shown
                    view.qualities[position - start] = around
                if shown == DELETED:
                    view.indels.add(Indel(at, length, ""))
            at += length
        elif operation == pysam.CREF_SKIP:
            at += length
        elif operation == pysam.CSOFT_CLIP:
            of_read += length
    return view


def _join(views: Iterable[_ReadView], start: int) -> Fragment:
    """One fragment of a read and its mate: each position counted once."""
    first, *others = views
    bases, qualities, indels = list(first.bases), list(first.qualities), set(first.indels)
    for other in others:
        for index, (base, quality) in enumerate(zip(other.bases, other.qualities, strict=True)):
            bases[index], qualities[index] = _agreed(bases[index], qualities[index], base, quality)
        indels |= other.indels
    everyone = [first, *others]
    return Fragment(
        start=start,
        bases="".join(bases),
        qualities=qualities,
        indels=tuple(sorted(indels)),
        forward=any(not view.reverse for view in everyone),
        reverse=any(view.reverse for view in everyone),
        mapping_quality=max(view.mapping_quality for view in everyone),
        distance_to_end=max(view.distance_to_end for view in everyone),
    )


def _agreed(base: str, quality: int, other: str, other_quality: int) -> tuple[str, int]:
    """Base and quality that two mates show together at one position."""
    if base == other:
        return base, max(quality, other_quality)
    if base in (UNSEEN, UNKNOWN):
        return (base, quality) if other == UNSEEN else (other, other_quality)
    if other in (UNSEEN, UNKNOWN):
        return base, quality
    if quality - other_quality >= MATE_QUALITY_MARGIN:
        return base, quality
    if other_quality - quality >= MATE_QUALITY_MARGIN:
        return other, other_quality
    return UNKNOWN, 0
