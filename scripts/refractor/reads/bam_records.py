"""Records of a BAM as arrays: where each begins, its fixed fields, its CIGAR, a number for its name.

Layout: SAM/BAM specification, section 4.2. `raw` is the bytes of many records, PADDING bytes after them.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

MATCH, INSERTION, DELETION, SKIP, CLIP = 0, 1, 2, 3, 4
"""CIGAR operations as kept here: = and X are matches."""

FIXED = np.dtype(
    [
        ("size", "<i4"),
        ("contig", "<i4"),
        ("position", "<i4"),
        ("name_length", "u1"),
        ("mapping_quality", "u1"),
        ("bin", "<u2"),
        ("operations", "<u2"),
        ("flag", "<u2"),
        ("length", "<i4"),
        ("mate_contig", "<i4"),
        ("mate_position", "<i4"),
        ("template_length", "<i4"),
    ]
)
PADDING = 1024
"""Bytes appended to the records, so that fixed-width rows can be cut beyond the last one."""
_KIND = np.array([MATCH, INSERTION, DELETION, SKIP, CLIP, 5, 6, MATCH, MATCH], dtype=np.int8)
_TAKES_READ = np.array([1, 1, 0, 0, 1, 0, 0, 1, 1], dtype=np.int64)
TAKES_REFERENCE = np.array([1, 0, 1, 1, 0, 0, 0, 1, 1], dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Operations:
    """CIGAR operations of all reads: row of the read, kind, bases, place and index in the read where it begins."""

    read: NDArray[np.int64]
    kind: NDArray[np.int8]
    length: NDArray[np.int64]
    place: NDArray[np.int64]
    index: NDArray[np.int64]

    def of_kind(self, *kinds: int) -> Operations:
        """The operations of some kinds, in their order."""
        return self.take(np.flatnonzero(np.isin(self.kind, kinds)))

    def take(self, rows: NDArray[np.int64]) -> Operations:
        """The operations at `rows`."""
        return Operations(
            self.read[rows], self.kind[rows], self.length[rows], self.place[rows], self.index[rows]
        )


def record_offsets(raw: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Where each record begins: each says its own length."""
    data, at, offsets = raw.data, 0, []
    size_of = struct.Struct("<i").unpack_from
    end = len(data) - PADDING
    while at < end:
        offsets.append(at)
        at += 4 + size_of(data, at)[0]
    return np.array(offsets, dtype=np.int64)


def fixed_fields(raw: NDArray[np.uint8], at: NDArray[np.int64]) -> NDArray[np.void]:
    """The fixed fields (FIXED) of the records that begin at `at`."""
    return rows_at(raw, at, FIXED.itemsize).view(FIXED).reshape(-1)


def fields_of(fixed: NDArray[np.void], rows: NDArray[np.int64]) -> NDArray[np.void]:
    """The fixed fields at `rows`: numpy takes fields of a record one by one, seventeen times slower."""
    return fixed.view(f"V{FIXED.itemsize}")[rows].view(FIXED)


def cigars_at(at: NDArray[np.int64], fixed: NDArray[np.void]) -> NDArray[np.int64]:
    """Where the CIGAR of each record begins."""
    return np.asarray(at + FIXED.itemsize + fixed["name_length"])


def sequences_at(at: NDArray[np.int64], fixed: NDArray[np.void]) -> NDArray[np.int64]:
    """Where the sequence of each record begins."""
    return cigars_at(at, fixed) + 4 * fixed["operations"].astype(np.int64)


def operations_of(
    raw: NDArray[np.uint8], cigars: NDArray[np.int64], counts: NDArray[np.int64], start: NDArray[np.int64]
) -> tuple[Operations, NDArray[np.int64]]:
    """All CIGAR operations, and the place after each read's last aligned base."""
    read = np.repeat(np.arange(len(counts)), counts)
    first = np.cumsum(counts) - counts
    rank = np.arange(len(read)) - first[read]
    at = cigars[read] + 4 * rank
    packed = rows_at(raw, at, 4).view("<u4").reshape(-1).astype(np.int64)
    code, length = packed & 15, packed >> 4
    on_read, on_reference = length * _TAKES_READ[code], length * TAKES_REFERENCE[code]
    read_before = np.cumsum(on_read) - on_read
    reference_before = np.cumsum(on_reference) - on_reference
    index = read_before - read_before[first[read]]
    place = start[read] + reference_before - reference_before[first[read]]
    end = start + np.add.reduceat(on_reference, first) if len(first) else start
    return Operations(read, _KIND[code], length, place, index), end


def rows_at(raw: NDArray[np.uint8], at: NDArray[np.int64], width: int) -> NDArray[np.uint8]:
    """The `width` bytes from each offset, one row each; `raw` ends in PADDING bytes that may be read."""
    if not len(at) or not width:
        return np.zeros((len(at), width), dtype=np.uint8)
    starts = np.ndarray(len(raw) - width + 1, dtype=f"V{width}", buffer=raw, strides=(1,))
    return starts[at].view(np.uint8).reshape(len(at), width)


def name_hashes(
    raw: NDArray[np.uint8], names: NDArray[np.int64], lengths: NDArray[np.int64]
) -> NDArray[np.uint64]:
    """A 64-bit hash of each read name: random odd weights a position, the same for both mates."""
    longest = int(lengths.max(initial=0))
    weights = _weights(longest)
    letters = rows_at(raw, names, longest)
    letters *= np.arange(longest) < lengths[:, None]
    with np.errstate(over="ignore"):
        mixed = letters.astype(np.uint64) @ weights
        mixed ^= mixed >> np.uint64(29)
        return np.asarray(mixed * np.uint64(0xBF58476D1CE4E5B9), dtype=np.uint64)


@lru_cache(maxsize=64)
def _weights(count: int) -> NDArray[np.uint64]:
    drawn = np.random.default_rng(0).integers(1, 1 << 63, size=count, dtype=np.uint64)
    return np.asarray(drawn | np.uint64(1))
