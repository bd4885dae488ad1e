"""What each sequenced fragment shows over a short window: bases, indels, overlapping mates counted once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.reads.bam_records import DELETION, INSERTION, Operations
from refractor.reads.panel_coordinates import decode
from refractor.reads.read_table import ReadTable
from refractor.reads.sam_flags import REVERSE, SECOND
from refractor.settings.thresholds import CALLING

MATE_QUALITY_MARGIN = 10
"""Overlapping mates that disagree: the base this much better in quality (Phred) is kept, else neither."""

UNSEEN, UNKNOWN, DELETED = 0, 15, 16
"""A place that the fragment does not reach; that it reaches with too low quality; that it deletes."""

BOTH_MATES = 4
"""How a place was read: strand (1: reverse) + mate (2: the second) of the read that shows it; where both mates agree
BOTH_MATES + the molecule's orientation (1: F2R1, the first mate is reverse)."""


@dataclass(frozen=True, slots=True)
class ReadFilters:
    """Least base and mapping quality (Phred) of the evidence that is counted.

    Duplicates, secondary, supplementary and QC-failed alignments are always left out.
    """

    min_base_quality: int = CALLING.min_base_quality
    min_mapping_quality: int = CALLING.min_mapping_quality


@dataclass(frozen=True, slots=True, order=True)
class Indel:
    """An insertion before, or a deletion from, a place, as the aligner put it."""

    place: int
    deleted: int
    inserted: str

    @property
    def end(self) -> int:
        """The place after the deleted ones."""
        return self.place + self.deleted


@dataclass(frozen=True, slots=True, eq=False)
class FragmentWindow:
    """Fragments over the places [start, end), one row each, in no order that means anything.

    `shown` (uint8, fragments x places) are four-bit bases, UNSEEN, UNKNOWN or DELETED, `qualities` (uint8) the
    Phred quality beside each, the better one of agreeing mates; `reading` (uint8) how each was read (BOTH_MATES).
    `forward` and `reverse` say which strands show the window; `mapping_quality` is
    the better mate's; `turned` says that the molecule is F2R1; `end_distance` how far the window's middle is from the nearest end of an alignment.
    `indels` holds the rows that have any.
    """

    start: int
    end: int
    shown: NDArray[np.uint8]
    qualities: NDArray[np.uint8]
    reading: NDArray[np.uint8]
    forward: NDArray[np.bool_]
    reverse: NDArray[np.bool_]
    turned: NDArray[np.bool_]
    mapping_quality: NDArray[np.int64]
    end_distance: NDArray[np.int64]
    indels: dict[int, tuple[Indel, ...]]
    reads: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.shown)


def fragments_over(table: ReadTable, start: int, end: int, *, filters: ReadFilters) -> FragmentWindow:
    """The fragments that reach the places [start, end), mates joined.

    A base below the quality is UNKNOWN and keeps its quality. `reads` gives one read row of each fragment.
    """
    segments = table.segments_over(start, end)
    gaps = _gaps_over(table, start, end)
    least = filters.min_mapping_quality
    segments = segments.take(np.flatnonzero(table.mapping_quality[segments.read] >= least))
    gaps = gaps.take(np.flatnonzero(table.mapping_quality[gaps.read] >= least))
    rows = np.unique(np.concatenate([segments.read, gaps.read]))
    shown = np.zeros((len(rows), end - start), dtype=np.uint8)
    draft = _Draft(start, rows, shown, np.zeros_like(shown), {})
    _fill_matches(table, segments, draft)
    low = (shown != UNSEEN) & (draft.qualities < filters.min_base_quality)
    shown[low] = UNKNOWN
    _fill_gaps(table, gaps, draft, min_base_quality=filters.min_base_quality)
    return _joined(table, draft)


@dataclass(slots=True, eq=False)
class _Draft:
    """What single reads (`rows` of the table, ascending) show of a window, before mates are joined."""

    start: int
    rows: NDArray[np.int64]
    shown: NDArray[np.uint8]
    qualities: NDArray[np.uint8]
    indels: dict[int, list[Indel]]

    def row_of(self, reads: NDArray[np.int64]) -> NDArray[np.int64]:
        """The draft's rows of some reads of the table."""
        return np.searchsorted(self.rows, reads)


def _gaps_over(table: ReadTable, start: int, end: int) -> Operations:
    """Insertions at the edges or inside of [start, end), and deletions that touch it."""
    near = table.reads_over(start - 1, end + 1)
    if not len(near) or not len(table.gaps.read):
        return table.gaps.take(np.zeros(0, dtype=np.int64))
    low = np.searchsorted(table.gaps.read, near[0], side="left")
    high = np.searchsorted(table.gaps.read, near[-1], side="right")
    rows = np.arange(low, high)
    place, length, kind = table.gaps.place[rows], table.gaps.length[rows], table.gaps.kind[rows]
    touching = ((kind == DELETION) & (place < end) & (place + length > start)) | (
        (kind == INSERTION) & (place >= start) & (place <= end)
    )
    return table.gaps.take(rows[touching])


def _fill_matches(table: ReadTable, segments: Operations, draft: _Draft) -> None:
    row_of = draft.row_of(segments.read)
    for column in range(draft.shown.shape[1]):
        place = draft.start + column
        inside = np.flatnonzero((segments.place <= place) & (place < segments.place + segments.length))
        read = segments.read[inside]
        index = segments.index[inside] + place - segments.place[inside]
        draft.shown[row_of[inside], column] = table.bases[read, index]
        draft.qualities[row_of[inside], column] = table.qualities[read, index]


def _fill_gaps(table: ReadTable, gaps: Operations, draft: _Draft, *, min_base_quality: int) -> None:
    """Note the believable indels of each read, and write what they delete into `shown`."""
    rows = draft.row_of(gaps.read)
    for number, row in enumerate(rows.tolist()):
        read, length = int(gaps.read[number]), int(gaps.length[number])
        place, index = int(gaps.place[number]), int(gaps.index[number])
        inserted = length if gaps.kind[number] == INSERTION else 0
        around = int(table.qualities[read, max(0, index - 1) : index + inserted + 1].min())
        believed = around >= min_base_quality
        if not inserted:
            stretch = slice(max(place - draft.start, 0), max(place + length - draft.start, 0))
            draft.shown[row, stretch] = DELETED if believed else UNKNOWN
            draft.qualities[row, stretch] = around
        if believed:
            bases = decode(table.bases[read, index : index + inserted])
            draft.indels.setdefault(row, []).append(Indel(place, 0 if inserted else length, bases))


def _joined(table: ReadTable, draft: _Draft) -> FragmentWindow:
    """Fragments of reads and their mates: each place counted once."""
    seen = (draft.shown != UNSEEN).any(axis=1)
    seen[list(draft.indels)] = True
    kept = np.flatnonzero(seen)
    order = kept[np.argsort(table.fragment[draft.rows[kept]], kind="stable")]
    reads = draft.rows[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = table.fragment[reads[1:]] != table.fragment[reads[:-1]]
    number, edges = np.cumsum(first) - 1, np.flatnonzero(first)
    shown, qualities = draft.shown[order[first]], draft.qualities[order[first]]
    strand = (table.flag[reads] & REVERSE) // REVERSE
    second = (table.flag[reads] & SECOND) // SECOND
    turned = strand ^ second
    read_as = (strand + 2 * second).astype(np.uint8)
    reading = np.repeat(read_as[first][:, None], shown.shape[1], axis=1)
    rank = np.arange(len(order)) - edges[number]
    for later in range(1, int(rank.max(initial=0)) + 1):
        members = np.flatnonzero(rank == later)
        at, row = number[members], order[members]
        shown[at], qualities[at], other, same = agreed(
            shown[at], qualities[at], draft.shown[row], draft.qualities[row]
        )
        both = (BOTH_MATES + turned[members]).astype(np.uint8)
        mixed = np.where(other, read_as[members][:, None], reading[at])
        reading[at] = np.where(same, both[:, None], mixed)
    indels: dict[int, set[Indel]] = {}
    if draft.indels:
        for member, row in enumerate(order.tolist()):
            if row in draft.indels:
                indels.setdefault(int(number[member]), set()).update(draft.indels[row])
    end = draft.start + draft.shown.shape[1]
    middle = (draft.start + end - 1) // 2
    reverse = strand != 0
    distance = np.maximum(np.minimum(middle - table.start[reads], table.end[reads] - 1 - middle), 0)
    return FragmentWindow(
        start=draft.start,
        end=end,
        shown=shown,
        qualities=qualities,
        reading=reading,
        forward=_any(~reverse, edges),
        reverse=_any(reverse, edges),
        turned=turned[first] != 0,
        mapping_quality=_most(table.mapping_quality[reads], edges),
        end_distance=_most(distance, edges),
        indels={row: tuple(sorted(found)) for row, found in indels.items()},
        reads=reads[first],
    )


def agreed(
    base: NDArray[np.uint8],
    quality: NDArray[np.uint8],
    other: NDArray[np.uint8],
    other_quality: NDArray[np.uint8],
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.bool_], NDArray[np.bool_]]:
    """Bases and qualities that two mates show together, place by place; where the other one's, and where both agree.

    Mates are one molecule: what was wrong before sequencing is in both, so that agreement does not add qualities.
    """
    blind, other_blind = (base == UNSEEN) | (base == UNKNOWN), (other == UNSEEN) | (other == UNKNOWN)
    same = (base == other) & ~blind
    gap = quality.astype(np.int16) - other_quality.astype(np.int16)
    take_other = blind & (~other_blind | (base == UNSEEN))
    take_other |= ~blind & ~other_blind & ~same & (gap <= -MATE_QUALITY_MARGIN)
    neither = ~blind & ~other_blind & ~same & (np.abs(gap) < MATE_QUALITY_MARGIN)
    joint = np.where(take_other, other, base)
    phred = np.where(take_other, other_quality, quality)
    phred = np.where(same, np.maximum(quality, other_quality), phred)
    joint, phred = np.where(neither, UNKNOWN, joint), np.where(neither, 0, phred)
    return joint.astype(np.uint8), phred.astype(np.uint8), take_other, same


def _any(values: NDArray[np.bool_], edges: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.logical_or.reduceat(values, edges) if len(edges) else values


def _most(values: NDArray[np.int64], edges: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.maximum.reduceat(values, edges) if len(edges) else values
