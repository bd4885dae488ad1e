"""Bases of reads that differ from the reference over the sampled windows, told without the reference.

A read with a mismatch says so: its aligner counts them in the tag NM (SAM optional fields specification). A read whose count is 0
shows the reference itself, so that a few of these give the bases against which the others are held.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.genome.builds import CHROMOSOMES
from refractor.reads.alignment import Alignment
from refractor.reads.bam_records import MATCH, cigars_at, fields_of, rows_at, sequences_at
from refractor.reads.panel_coordinates import N
from refractor.reads.read_tags import NO_TAG, edit_distances
from refractor.reads.sam_flags import REVERSE, SECOND
from refractor.reads.window_copies import UnmarkedCopies
from refractor.reads.window_reads import SPAN, WindowReads, window_reads
from refractor.reads.windows import ReadFilter
from refractor.reads.windows_to_read import Sites

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.uint8]

LEAST_MAPPING_QUALITY, LEAST_BASE_QUALITY = 40, 25
"""Phred: reads with one place only (bowtie2 gives such 42, bwa and minimap2 60), and bases of which one in 300 is wrong."""
MOST_MISMATCHES = 4
"""Mismatches of a read beyond which it is taken to be misplaced."""
READ_END = 5
"""Bases at either end of a read that are not looked at: an indel close to the end is aligned as mismatches."""
REFERENCE_EVERY = 40
"""Bases between the beginnings of the reads that give the reference."""
PLACE_BITS = 32


@dataclass(frozen=True, slots=True, eq=False)
class MismatchedBases:
    """Mismatches of one file, arrays (n,), one entry a read and base; `bases` and `tagged_reads` are of all that was looked at.

    `key` is ((number of the chromosome << 32) + 0-based place) * 16 + the base shown (four-bit code), `reference` the
    reference's base there. `reverse` reads lie on the reverse strand; `turned` ones come from molecules whose first mate
    does. `reads` were looked at, of which `tagged_reads` count their mismatches.
    """

    key: Ints
    reference: Codes
    reverse: Flags
    turned: Flags
    reads: int
    tagged_reads: int
    bases: NDArray[np.float64]
    """Reads' bases looked at where the reference has A, C, G, T, (4,)."""


def mismatched_bases(alignment: Alignment, sites: Sites) -> MismatchedBases:
    """The mismatches over `sites` (in genome order) in reads aligned end to end without a gap.

    Raises AlignmentError for a file that breaks off on the way.
    """
    parts: list[MismatchedBases] = []
    unmarked = UnmarkedCopies()
    for batch in window_reads(alignment, sites, join_gap=ReadFilter().join_gap):
        reads, _ = unmarked.left_out(batch)
        parts.append(_of_batch(reads, sites))
    blank = np.zeros(0, dtype=np.int64)
    parts = parts or [MismatchedBases(blank, blank.astype(np.uint8), blank > 0, blank > 0, 0, 0, np.zeros(4))]
    return MismatchedBases(
        **{
            name: np.concatenate([getattr(p, name) for p in parts])
            for name in ("key", "reference", "reverse", "turned")
        },
        reads=sum(part.reads for part in parts),
        tagged_reads=sum(part.tagged_reads for part in parts),
        bases=np.sum([part.bases for part in parts], axis=0),
    )


def _of_batch(reads: WindowReads, sites: Sites) -> MismatchedBases:
    rows = _end_to_end(reads)
    at, fixed = reads.at[rows], fields_of(reads.fixed, rows)
    distance = edit_distances(reads.raw, at, fixed)
    ground = _Ground.of(reads, rows, sites)
    clean = np.flatnonzero((distance == 0) & ground.over)
    _, first = np.unique(ground.begin[clean] // REFERENCE_EVERY, return_index=True)
    clean = clean[first]
    reference = np.zeros(ground.size, dtype=np.uint8)
    codes, inside = _sequences(reads.raw, at[clean], fields_of(fixed, clean))
    reference[(ground.begin[clean, None] + np.arange(codes.shape[1]))[inside]] = codes[inside]
    reference[(reference == N) | ~ground.wanted] = 0
    odd = np.flatnonzero((distance > 0) & (distance <= MOST_MISMATCHES) & ground.over)
    read, index, code = _differing(reads.raw, at[odd], fields_of(fixed, odd), ground.begin[odd], reference)
    read = odd[read]
    spot = ground.begin[read] + index
    flag = fixed["flag"][read]
    reverse, second = (flag & REVERSE) != 0, (flag & SECOND) != 0
    known = [float((reference == base).sum()) for base in (1, 2, 4, 8)]
    depth = (
        float((ground.over & (distance != NO_TAG)).sum()) * float(np.mean(fixed["length"]))
        if len(rows)
        else 0.0
    )
    return MismatchedBases(
        key=ground.places[spot] * 16 + code,
        reference=reference[spot],
        reverse=reverse,
        turned=reverse ^ second,
        reads=len(rows),
        tagged_reads=int((distance != NO_TAG).sum()),
        bases=depth * np.array(known) / max(sum(known), 1.0),
    )


def _end_to_end(reads: WindowReads) -> Ints:
    """Reads that surely lie here, aligned whole as one match."""
    fixed = reads.fixed
    operation = rows_at(reads.raw, cigars_at(reads.at, fixed), 4).view("<u4").reshape(-1).astype(np.int64)
    whole = (fixed["operations"] == 1) & (operation & 15 == MATCH) & (operation >> 4 == fixed["length"])
    return np.flatnonzero(whole & (fixed["mapping_quality"] >= LEAST_MAPPING_QUALITY))


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """The stretches of a batch's windows end to end, with room for a read before and after each.

    `begin` is where each read begins in it, `over` whether it may reach into its stretch; `places` (chromosome and place, one
    a base) and `wanted` (inside a window) say what each base is.
    """

    begin: Ints
    over: Flags
    places: Ints
    wanted: Flags

    @property
    def size(self) -> int:
        """Bases in all."""
        return len(self.places)

    @classmethod
    def of(cls, reads: WindowReads, rows: Ints, sites: Sites) -> _Ground:
        """The ground under the reads at `rows`.

        Windows of a run that lie further apart than two reads are stretches of their own: a CRAM's slice may span any gap.
        """
        room = int(reads.fixed["length"][rows].max(initial=0))
        windows = np.concatenate([np.arange(first, last) for first, last in reads.runs])
        run = np.repeat(np.arange(len(reads.runs)), [last - first for first, last in reads.runs])
        begins, ends = run * SPAN + sites.start[windows], run * SPAN + sites.end[windows]
        reached = np.maximum.accumulate(ends)
        opens = np.append(True, begins[1:] > reached[:-1] + 2 * room)
        first = np.flatnonzero(opens)
        start, end = begins[first] - room, reached[np.append(first[1:], len(begins)) - 1]
        length = end + room - start
        offset = np.cumsum(length) - length
        stretch = np.cumsum(opens) - 1
        edges = np.zeros(int(length.sum()) + 1, dtype=np.int64)
        np.add.at(edges, begins - start[stretch] + offset[stretch], 1)
        np.add.at(edges, ends - start[stretch] + offset[stretch], -1)
        number = np.array(
            [CHROMOSOMES.index(str(name)) for name in sites.chromosome[windows[first]]], dtype=np.int64
        )
        origin = (number << PLACE_BITS) + start - run[first] * SPAN - offset
        places = np.repeat(origin, length) + np.arange(length.sum())
        key = reads.key[rows]
        under = np.maximum(np.searchsorted(start, key, side="right") - 1, 0)
        over = (key >= start[under]) & (key < end[under])
        begin = np.where(over, key - start[under] + offset[under], 0)
        return cls(begin, over, places, np.cumsum(edges)[:-1] > 0)


def _sequences(raw: Codes, at: Ints, fixed: NDArray[np.void]) -> tuple[Codes, Flags]:
    """Four-bit bases of the records, one row each, and which of a row are the read's."""
    length = fixed["length"].astype(np.int64)
    packed = rows_at(raw, sequences_at(at, fixed), (int(length.max(initial=0)) + 1) // 2)
    codes = np.empty((packed.shape[0], 2 * packed.shape[1]), dtype=np.uint8)
    codes[:, 0::2], codes[:, 1::2] = packed >> 4, packed & 15
    return codes, np.arange(codes.shape[1]) < length[:, None]


def _differing(
    raw: Codes, at: Ints, fixed: NDArray[np.void], begin: Ints, reference: Codes
) -> tuple[Ints, Ints, Codes]:
    """Rows, indices and bases of good bases that differ from the reference where it is known."""
    codes, inside = _sequences(raw, at, fixed)
    index = np.arange(codes.shape[1])
    length = fixed["length"].astype(np.int64)
    inside &= (index >= READ_END) & (index < length[:, None] - READ_END)
    under = reference[np.minimum(begin[:, None] + index, len(reference) - 1)]
    read, column = np.nonzero(inside & (codes != under) & (under != 0) & (codes != N))
    quality = raw[sequences_at(at, fixed)[read] + (length[read] + 1) // 2 + column]
    good = quality >= LEAST_BASE_QUALITY
    read, column = read[good], column[good]
    return read, column, codes[read, column]
