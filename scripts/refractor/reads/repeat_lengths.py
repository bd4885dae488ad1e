"""How long short repeats are in the reads: runs of one base, or of AC, counted by the places that flank them.

No list of repeats is needed: a repeat is told by the reads themselves, by the genome places of the bases before and
after it, so that tumour and normal are counted at the same places on any build. A read in which a sequencing error
splits a run shows other places and is a place of its own, with few reads. The gap that an aligner writes for a longer
or shorter run lies between the two flanks, wherever the aligner puts it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from refractor.genome.builds import CHROMOSOMES
from refractor.reads.bam_records import FIXED, cigars_at, fields_of, rows_at, sequences_at
from refractor.reads.window_reads import WindowReads

MOTIFS = ("A", "T", "AC", "GT")
"""What is repeated; runs of C or G are few, and other motifs rarer still."""
COLUMNS = ("contig", "before", "after", "motif", "bases", "fragments")
"""Of the counts: number of the contig (1-22, 23 X, 24 Y), places of the flanks (0-based), number in MOTIFS, length of
the repeat in bases, fragments that show it."""
FLANK = 5
"""Aligned bases that a read must have on either side of the repeat, as MSIsensor asks of both flanks."""

_SEEDS = (b"A" * 7, b"T" * 7, b"AC" * 5, b"GT" * 5)
"""What a read must hold to be looked at more closely; shorter runs slip too rarely to tell anything."""
_PIECE_READS = 8192
"""Reads whose sequences are spelled out at once: a few megabytes, however many reads there are."""
_UNITS = tuple(len(motif) for motif in MOTIFS)
_CONTIGS = {name: number for number, name in enumerate(CHROMOSOMES, start=1)}
_ALIGNED, _INSERTED, _SKIPPED, _CLIPPED = (0, 7, 8), 1, (2, 3), 4  # operations of a CIGAR
_LETTERS = np.frombuffer(b"=ACMGRSVTWYHKDBN", dtype=np.uint8)
_PAIRS = (_LETTERS[:, None].astype("<u2") | (_LETTERS[None, :].astype("<u2") << 8)).reshape(-1)
"""Both letters of a byte of a sequence, the first one in the lower byte."""

Counts = NDArray[np.int64]
NO_REPEATS: Counts = np.empty((0, len(COLUMNS)), dtype=np.int64)


def repeats_in(text: bytes) -> Iterator[tuple[int, int, int]]:
    """Number of the motif, start and end (half-open) of each repeat in sequences of capitals, parted by a zero byte."""
    for number, (seed, unit) in enumerate(zip(_SEEDS, _UNITS, strict=True)):
        at = text.find(seed)
        while at >= 0:
            start, end = at, at + len(seed)
            while end < len(text) and text[end] == text[end - unit]:
                end += 1
            while start > 0 and text[start - 1] == text[start - 1 + unit]:
                start -= 1
            yield number, start, end
            at = text.find(seed, end)


def repeat_lengths(
    reads: WindowReads, rows: NDArray[np.int64], contigs: Sequence[str]
) -> list[tuple[int, ...]]:
    """Rows of COLUMNS: the lengths of the repeats that the reads at `rows` span, each fragment once.

    `contigs` is the chromosome of each run of `reads`, without chr; none counts that is not 1 to 22, X or Y.
    """
    known = np.array([_CONTIGS.get(name, 0) > 0 for name in contigs])
    rows = rows[known[reads.run[rows]]]
    seen: dict[tuple[int, int, int, int], dict[bytes, int]] = {}
    for begin in range(0, len(rows), _PIECE_READS):
        for row, motif, start, end in _repeats_of(reads, rows[begin : begin + _PIECE_READS]):
            flanks = _flanks(reads, row, start, end)
            if flanks is None:
                continue
            place = (_CONTIGS[contigs[int(reads.run[row])]], *flanks, motif)
            fragments = seen.setdefault(place, {})
            name = _name(reads, row)
            # mates that disagree are one error or the other
            fragments[name] = end - start if fragments.get(name, end - start) == end - start else -1
    return [
        (*place, bases, fragments)
        for place, lengths in seen.items()
        for bases, fragments in sorted(Counter(lengths.values()).items())
        if bases > 0
    ]


def _repeats_of(reads: WindowReads, rows: NDArray[np.int64]) -> Iterator[tuple[int, int, int, int]]:
    """Row, number of the motif, start and end (half-open) in the read of each repeat in the reads at `rows`."""
    text, stride = _sequences(reads, rows)
    for motif, start, end in repeats_in(text):
        read, first = divmod(start, stride)
        yield int(rows[read]), motif, first, first + end - start


def _sequences(reads: WindowReads, rows: NDArray[np.int64]) -> tuple[bytes, int]:
    """The sequences of the reads at `rows`, zero bytes behind each, and from one to the next how many bytes."""
    fixed = fields_of(reads.fixed, rows)
    length = fixed["length"].astype(np.int64)
    begins = sequences_at(reads.at[rows], fixed)
    width = (int(length.max(initial=0)) + 1) // 2 + 1
    letters = _PAIRS[rows_at(reads.raw, begins, width)].view(np.uint8).reshape(len(rows), 2 * width)
    return (letters * (np.arange(2 * width) < length[:, None])).tobytes(), 2 * width


def _name(reads: WindowReads, row: int) -> bytes:
    begins = int(reads.at[row]) + FIXED.itemsize
    return reads.raw[begins : begins + int(reads.fixed["name_length"][row])].tobytes()


def _flanks(reads: WindowReads, row: int, start: int, end: int) -> tuple[int, int] | None:
    """Genome places of the bases before and after a stretch of a read; None without FLANK aligned bases on a side."""
    fixed = reads.fixed[row]
    begins = int(cigars_at(reads.at[row], fixed))
    packed = reads.raw[begins : begins + 4 * int(fixed["operations"])].view("<u4").tolist()
    cigar = [(operation & 15, operation >> 4) for operation in packed]
    first = cigar[0][1] if cigar and cigar[0][0] == _CLIPPED else 0
    last = int(fixed["length"]) - (cigar[-1][1] if cigar and cigar[-1][0] == _CLIPPED else 0)
    if start - first < FLANK or last - end < FLANK:
        return None
    position = int(fixed["position"])
    before, after = _place(cigar, position, start - 1), _place(cigar, position, end)
    return None if before is None or after is None else (before, after)


def _place(cigar: Sequence[tuple[int, int]], position: int, index: int) -> int | None:
    """The genome place of one base of a read that begins at `position`; None where it is inserted or clipped."""
    at_reference, at_query = position, 0
    for operation, length in cigar:
        if operation in _ALIGNED:
            if index < at_query + length:
                return at_reference + index - at_query if index >= at_query else None
            at_reference += length
            at_query += length
        elif operation in (_INSERTED, _CLIPPED):
            at_query += length
        elif operation in _SKIPPED:
            at_reference += length
    return None
