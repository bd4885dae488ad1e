"""All reads over an axis of stretches, as arrays: one pass of htslib, then no Python per base.

Records are cut from the file by htslib's own multi-region iterator (`samtools view -M -L`, bundled with
pysam), for BAM and CRAM alike, and decoded array-wise. Layout: SAM/BAM specification, section 4.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from refractor.errors import AlignmentError, Problem
from refractor.reads.alignment import Alignment
from refractor.reads.bam_records import (
    DELETION,
    FIXED,
    INSERTION,
    MATCH,
    SKIP,
    Operations,
    cigars_at,
    fields_of,
    fixed_fields,
    name_hashes,
    operations_of,
    record_offsets,
    rows_at,
    sequences_at,
)
from refractor.reads.cut_records import cut_records
from refractor.reads.library import rna_problem
from refractor.reads.panel_coordinates import MARGIN_BP, Axis
from refractor.reads.unmarked_duplicates import ReadEnds, unmarked_copies, with_telling_names

LONGEST_READ = MARGIN_BP - 100
"""Bases; reads beyond it would not fit the axis's margins."""

MOST_SPLICED_SHARE, FEW_SPLICED = 0.01, 20
"""Share and number of reads that skip a stretch, from which a file is of RNA: our choice."""

_NIBBLE_PAIR = ((np.arange(256) >> 4) | ((np.arange(256) & 15) << 8)).astype("<u2")
"""Both four-bit codes of a byte, the first one in the lower byte."""


@dataclass(frozen=True, slots=True, eq=False)
class ReadTable:
    """Primary, mapped, non-duplicate reads over an axis, one row each, by place of their first aligned base.

    `bases` and `qualities` are uint8 (reads, longest), four-bit codes and Phred, 0 beyond a read's `length`.
    `fragment` is a hash of the name: mates share it. `start` and `end` are places of the aligned part.
    `segments` are the matches, sorted by place; `gaps` the insertions and deletions.
    """

    axis: Axis
    bases: NDArray[np.uint8]
    qualities: NDArray[np.uint8]
    length: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    flag: NDArray[np.int64]
    mapping_quality: NDArray[np.int64]
    fragment: NDArray[np.uint64]
    operations: Operations
    segments: Operations
    gaps: Operations
    longest_segment: int
    longest_span: int
    left_out: tuple[str, ...] = ()
    """What was left out or mended because the reads are not what they should be, in words."""

    def __len__(self) -> int:
        return len(self.start)

    def segments_over(self, start: int, end: int) -> Operations:
        """Matches that touch the places [start, end)."""
        low = np.searchsorted(self.segments.place, start - self.longest_segment, side="left")
        high = np.searchsorted(self.segments.place, end, side="left")
        rows = np.arange(low, high)
        touching = self.segments.place[rows] + self.segments.length[rows] > start
        return self.segments.take(rows[touching])

    def reads_over(self, start: int, end: int) -> NDArray[np.int64]:
        """Rows of reads whose aligned part touches the places [start, end)."""
        low = np.searchsorted(self.start, start - self.longest_span, side="left")
        high = np.searchsorted(self.start, end, side="left")
        rows = np.arange(low, high)
        return rows[self.end[rows] > start]


def read_table(alignment: Alignment, axis: Axis, *, reference: Path | None) -> ReadTable:
    """The reads of one file over the intervals of an axis. `reference` decodes a CRAM.

    Reads that skip a stretch, or span more than a read, are left out: their parts lie in different stretches of the
    axis. Copies of a fragment that the file does not mark count once.

    Raises:
        AlignmentError: the file breaks off, its reads are too long to be short reads, or many skip introns (RNA).
    """
    raw = cut_records(alignment, axis.intervals, reference=reference)
    at = record_offsets(raw)
    fixed = fixed_fields(raw, at)
    contigs = _contig_numbers(alignment, axis)
    length = fixed["length"].astype(np.int64)
    if length.max(initial=0) > LONGEST_READ:
        raise AlignmentError(
            Problem(
                alignment.path,
                f"has reads of {int(length.max())} bases",
                allowed=f"short reads of up to {LONGEST_READ} bases",
            )
        )
    start, inside = axis.places(contigs[fixed["contig"]], fixed["position"].astype(np.int64))
    rows = np.flatnonzero(inside & (length > 0) & (fixed["operations"] > 0))
    rows = rows[np.argsort(start[rows], kind="stable")]
    fixed, at, start, length = fields_of(fixed, rows), at[rows], start[rows], length[rows]
    names = at + FIXED.itemsize
    cigars, sequences = cigars_at(at, fixed), sequences_at(at, fixed)
    operations, end = operations_of(raw, cigars, fixed["operations"].astype(np.int64), start)
    fragment = name_hashes(raw, names, fixed["name_length"].astype(np.int64))
    kept, fragment, left_out = _believable(alignment, fixed, operations, end - start, fragment)
    if not kept.all():
        fixed, start, length, end = fixed[kept], start[kept], length[kept], end[kept]
        fragment, sequences = fragment[kept], sequences[kept]
        operations, end = operations_of(raw, cigars[kept], fixed["operations"].astype(np.int64), start)
    segments = operations.of_kind(MATCH)
    segments = segments.take(np.argsort(segments.place, kind="stable"))
    return ReadTable(
        axis=axis,
        bases=_bases(raw, sequences, length),
        qualities=_qualities(raw, sequences + (length + 1) // 2, length),
        length=length,
        start=start,
        end=end,
        flag=fixed["flag"].astype(np.int64),
        mapping_quality=fixed["mapping_quality"].astype(np.int64),
        fragment=fragment,
        operations=operations,
        segments=segments,
        gaps=operations.of_kind(INSERTION, DELETION),
        longest_segment=int(segments.length.max(initial=0)),
        longest_span=int((end - start).max(initial=0)),
        left_out=left_out,
    )


def _believable(
    alignment: Alignment,
    fixed: NDArray[Any],
    operations: Operations,
    span: NDArray[np.int64],
    fragment: NDArray[np.uint64],
) -> tuple[NDArray[np.bool_], NDArray[np.uint64], tuple[str, ...]]:
    """Which reads are kept, the fragments that they are of, and what was left out or mended."""
    said = []
    skipping = np.zeros(len(fixed), dtype=bool)
    skipping[operations.read[operations.kind == SKIP]] = True
    if skipping.sum() > max(MOST_SPLICED_SHARE * len(fixed), FEW_SPLICED):
        what = f"skip introns (N in CIGAR), {int(skipping.sum()):,} of {len(fixed):,} over the panel"
        raise AlignmentError(rna_problem(alignment.name, what))
    kept = ~skipping & (span <= LONGEST_READ)
    if not kept.all():
        said.append(f"{int((~kept).sum()):,} reads with a gap longer than a read left out")
    contig, position, mate, template, flag = (
        fixed[name].astype(np.int64)
        for name in ("contig", "position", "mate_position", "template_length", "flag")
    )
    ends = ReadEnds(contig, position, position + span, mate, template, flag)
    fragment, untold = with_telling_names(fragment, ends)
    if untold:
        said.append(untold)
    copies = unmarked_copies(fragment, ends)
    if copies.any():
        said.append(
            f"copies of fragments are not marked: {int(copies.sum()):,} of {len(fixed):,} reads have both ends in common "
            "with another, which counts once"
        )
    return kept & ~copies, fragment, tuple(said)


def _contig_numbers(alignment: Alignment, axis: Axis) -> NDArray[np.int64]:
    """The axis's number of each of the file's contigs; one beyond the last for those that are not on it."""
    by_name = {name: bare for bare, name in alignment.contigs.items()}
    return np.array(
        [
            axis.chromosomes.index(bare)
            if (bare := by_name.get(name)) in axis.chromosomes
            else len(axis.chromosomes)
            for name in alignment.file.references
        ],
        dtype=np.int64,
    )


def _bases(
    raw: NDArray[np.uint8], sequences: NDArray[np.int64], length: NDArray[np.int64]
) -> NDArray[np.uint8]:
    """Four-bit codes (reads, longest), 0 beyond the end of a read."""
    longest = int(length.max(initial=0))
    packed = rows_at(raw, sequences, (longest + 1) // 2)
    codes = _NIBBLE_PAIR[packed].view(np.uint8).reshape(len(length), 2 * packed.shape[1])
    return _without_tail(codes[:, :longest], length)


def _qualities(raw: NDArray[np.uint8], at: NDArray[np.int64], length: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Phred qualities (reads, longest), 0 beyond the end of a read and where the file has none (255)."""
    longest = int(length.max(initial=0))
    qualities = rows_at(raw, at, longest)
    qualities[qualities == 255] = 0
    return _without_tail(qualities, length)


def _without_tail(table: NDArray[np.uint8], length: NDArray[np.int64]) -> NDArray[np.uint8]:
    short = np.flatnonzero(length < table.shape[1])
    table[short] *= np.arange(table.shape[1]) < length[short, None]
    return table
