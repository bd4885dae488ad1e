"""Sequence and alignment of reads over insertions and deletions, as an aligner would report them.

The scores are those of BWA-MEM's defaults (match 1, mismatch 4, gap 6 + 1 per base, clipping 5;
https://github.com/lh3/bwa, bwa.1): a gap near the end of a read is not worth its price, and the read is
clipped or aligned with mismatches instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

MATCH, MISMATCH, GAP_OPEN, GAP_EXTEND, CLIP = 1, -4, 6, 1, 5
LONGEST_INDEL = 100
"""Longest insertion or deletion that is simulated, in bases: longer ones are structural variants."""

Cigar = tuple[tuple[int, int], ...]
"""Operations as (code, bases), the codes of the BAM format."""

_MATCHED, _INSERTED, _DELETED, _CLIPPED = 0, 1, 2, 4


@dataclass(frozen=True, slots=True, eq=False)
class Edit:
    """Replace `removed` bases at `offset` of a template by `bases` (uint8, four-bit codes)."""

    offset: int
    removed: int
    bases: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Edited:
    """A template after its edits: `bases` uint8 (n,), and `origin` int64 (n,), their offsets in the template.

    Inserted bases have the origin -1.
    """

    bases: NDArray[np.uint8]
    origin: NDArray[np.int64]


def apply_edits(template: NDArray[np.uint8], edits: Sequence[Edit]) -> Edited:
    """The template with all edits; overlapping ones apply in order of their offset, the later as far as it can."""
    bases, origin = [], []
    done = 0
    for edit in sorted(edits, key=lambda entry: entry.offset):
        if edit.offset < done:
            continue
        kept = min(edit.removed, len(edit.bases))
        bases += [template[done : edit.offset], edit.bases]
        origin += [
            np.arange(done, edit.offset),
            np.arange(edit.offset, edit.offset + kept),
            np.full(len(edit.bases) - kept, -1),
        ]
        done = edit.offset + edit.removed
    bases.append(template[done:])
    origin.append(np.arange(done, len(template)))
    return Edited(np.concatenate(bases), np.concatenate(origin).astype(np.int64))


def align_read(template: NDArray[np.uint8], edited: Edited, start: int, length: int) -> tuple[int, Cigar]:
    """Offset in the template and CIGAR of the read `edited.bases[start:start + length]`."""
    read = edited.bases[start : start + length]
    origin = edited.origin[start : start + length]
    gapped_score, gapped_offset, gapped = _gapped(template, read, origin)
    anchored = [_ungapped(template, read, int(origin[0]), forward=True)] if origin[0] >= 0 else []
    if origin[-1] >= 0:
        anchored.append(_ungapped(template, read, int(origin[-1]) - length + 1, forward=False))
    score, offset, cigar = max(anchored, key=lambda entry: entry[0], default=(gapped_score, 0, ()))
    # With equal scores an alignment without a gap is preferred, as extension reaches it first.
    return (offset, cigar) if anchored and score >= gapped_score else (gapped_offset, gapped)


def reference_length(cigar: Cigar) -> int:
    """Reference bases that an alignment spans."""
    return sum(bases for operation, bases in cigar if operation in (_MATCHED, _DELETED))


def edit_distance(reference: NDArray[np.uint8], place: int, read: NDArray[np.uint8], cigar: Cigar) -> int:
    """The NM tag: mismatches, inserted and deleted bases of a read aligned at `place` of the reference."""
    distance, at = 0, 0
    for operation, bases in cigar:
        if operation == _MATCHED:
            distance += int((read[at : at + bases] != reference[place : place + bases]).sum())
        elif operation != _CLIPPED:
            distance += bases
        at += bases if operation != _DELETED else 0
        place += bases if operation in (_MATCHED, _DELETED) else 0
    return distance


def _gapped(
    template: NDArray[np.uint8], read: NDArray[np.uint8], origin: NDArray[np.int64]
) -> tuple[int, int, Cigar]:
    """Score, offset and CIGAR with the true gaps; an insertion at either end is clipped."""
    operations: list[tuple[int, int]] = []
    score, previous = 0, -1
    runs = groupby(range(len(read)), key=lambda index: origin[index] < 0)
    for inserted, indices in runs:
        rows = list(indices)
        if inserted:
            at_end = rows[0] == 0 or rows[-1] == len(read) - 1
            operations.append((_CLIPPED if at_end else _INSERTED, len(rows)))
            score -= CLIP if at_end else GAP_OPEN + GAP_EXTEND * len(rows)
            continue
        for stretch in np.split(np.array(rows), np.flatnonzero(np.diff(origin[rows]) != 1) + 1):
            first = int(origin[stretch[0]])
            if previous >= 0 and first > previous + 1:
                operations.append((_DELETED, first - previous - 1))
                score -= GAP_OPEN + GAP_EXTEND * (first - previous - 1)
            same = int((read[stretch] == template[origin[stretch]]).sum())
            score += MATCH * same + MISMATCH * (len(stretch) - same)
            operations.append((_MATCHED, len(stretch)))
            previous = int(origin[stretch[-1]])
    mapped = origin[origin >= 0]
    return score, int(mapped[0]) if len(mapped) else 0, tuple(operations)


def _ungapped(
    template: NDArray[np.uint8], read: NDArray[np.uint8], offset: int, *, forward: bool
) -> tuple[int, int, Cigar]:
    """Best score, offset and CIGAR without a gap, anchored at the read's first or last base."""
    length = len(read)
    if offset < 0 or offset + length > len(template):
        return -(10**6), 0, ()
    steps = np.where(read == template[offset : offset + length], MATCH, MISMATCH)
    running = np.cumsum(steps if forward else steps[::-1])
    best = int(running.argmax()) + 1
    if running[-1] >= running[best - 1] - CLIP:
        return int(running[-1]), offset, ((_MATCHED, length),)
    score, clipped = int(running[best - 1]) - CLIP, length - best
    if forward:
        return score, offset, ((_MATCHED, best), (_CLIPPED, clipped))
    return score, offset + clipped, ((_CLIPPED, clipped), (_MATCHED, best))
