"""The indices of BAM and CRAM files as arrays: where in the file the reads of each contig's stretches begin.

Formats: SAM specification, section 5.2 (BAI), CSI version 1, CRAM 3.1 section 12 (crai).
"""

from __future__ import annotations

import bisect
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from refractor.errors import AlignmentError, Problem
from refractor.files.bounded import MAX_INDEX_BYTES, read_bounded

Ints = NDArray[np.int64]

STRETCH = 16_384
"""Bases of a bin of a BAI's linear index."""
_PSEUDO_BIN = 37_450
"""Number of a BAI's bin that only holds statistics."""


@contextmanager
def damage_told(index: Path, *, remedy: str) -> Iterator[None]:
    """A stretch that reads an index; an AlignmentError with the remedy where it is damaged."""
    try:
        yield
    except (OSError, EOFError, struct.error, ValueError, IndexError, zlib.error) as error:
        raise AlignmentError(Problem(index, f"is damaged: {error}", allowed=remedy)) from error


@dataclass(frozen=True, slots=True, eq=False)
class LinearIndex:
    """One contig of a BAI: the byte at which each stretch of STRETCH bases begins, 0 where it has no reads yet.

    `first` are the virtual offsets of the same (byte of the block, times 65,536, and byte in it). `bins_end` is the last byte at which a block of its bins begins, `reads_end` that by the statistics too.
    """

    offset: Ints
    bins_end: int
    reads_end: int
    first: Ints


@dataclass(frozen=True, slots=True, eq=False)
class BinIndex:
    """One contig of a CSI, arrays (n_bins,): each bin's first base, bases, level (0: the whole), first byte.

    `first` are the virtual offsets of the same. `bins_end` is the last byte at which a block of its bins begins.
    """

    start: Ints
    width: Ints
    level: Ints
    offset: Ints
    bins_end: int
    first: Ints


@dataclass(frozen=True, slots=True, eq=False)
class FirstReads:
    """Of one contig: virtual offsets before which no read over or after each base of `start` lies, both ascending.

    `end` is the base from which on the contig has no reads, None where the index does not tell.
    """

    start: Ints
    offset: Ints
    end: int | None

    def offset_at(self, position: int) -> tuple[int, int] | None:
        """The base of `start` before `position`, and the offset from which reads over and after it follow; None without any."""
        if not len(self.start) or (self.end is not None and position >= self.end):
            return None
        row = max(int(np.searchsorted(self.start, position, side="right")) - 1, 0)
        return int(self.start[row]), int(self.offset[row])


def first_reads(index: Path) -> list[FirstReads]:
    """Where the reads of each contig of a BAM begin, by its BAI or CSI."""
    if index.suffix == ".csi":
        return [_first_reads(bins.start, bins.first, None) for bins in read_csi(index)]
    return [
        _first_reads(np.arange(len(tiles.first)) * STRETCH, tiles.first, len(tiles.first) * STRETCH)
        for tiles in read_bai(index)
    ]


def _first_reads(start: Ints, first: Ints, end: int | None) -> FirstReads:
    """In order; stretches without an offset of their own have that of the one before, or of the first that has one."""
    order = np.argsort(start, kind="stable")
    offset = np.maximum.accumulate(first[order])
    known = offset > 0
    return FirstReads(start[order][known], offset[known], end)


def read_bai(path: Path) -> list[LinearIndex]:
    """The contigs of a BAI; looked at once, however many ask."""
    status = path.stat()
    return _read_bai(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=2)
def _read_bai(path: Path, _changed: int, _size: int) -> list[LinearIndex]:
    data = read_bounded(path, MAX_INDEX_BYTES)
    if data[:4] != b"BAI\x01":
        raise ValueError("no BAI magic")
    (n_contigs,) = struct.unpack_from("<i", data, 4)
    at = 8
    found = []
    for _ in range(n_contigs):
        (n_bins,) = struct.unpack_from("<i", data, at)
        at += 4
        bins_end = statistics_end = 0
        for _ in range(n_bins):
            number, n_chunks = struct.unpack_from("<Ii", data, at)
            at += 8
            if n_chunks:
                # of statistics the first of two chunks spans the contig's reads, else the last one ends
                statistics = number == _PSEUDO_BIN
                last = 1 if statistics and n_chunks == 2 else n_chunks
                (end,) = struct.unpack_from("<Q", data, at + 16 * last - 8)
                if statistics:
                    statistics_end = end
                else:
                    bins_end = max(bins_end, end)
            at += 16 * n_chunks
        (n_intervals,) = struct.unpack_from("<i", data, at)
        first = np.frombuffer(data, "<u8", n_intervals, at + 4).astype(np.int64)
        at += 4 + 8 * n_intervals
        found.append(LinearIndex(first >> 16, bins_end >> 16, max(bins_end, statistics_end) >> 16, first))
    return found


def read_csi(path: Path) -> list[BinIndex]:
    """The contigs of a CSI, looked at once; bins without reads and those of statistics are left out."""
    status = path.stat()
    return _read_csi(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=2)
def _read_csi(path: Path, _changed: int, _size: int) -> list[BinIndex]:
    data = read_bounded(path, MAX_INDEX_BYTES)
    if data[:4] != b"CSI\x01":
        raise ValueError("no CSI magic")
    min_shift, depth, l_aux = struct.unpack_from("<3i", data, 4)
    at = 16 + l_aux
    (n_contigs,) = struct.unpack_from("<i", data, at)
    at += 4
    firsts = [((1 << level * 3) - 1) // 7 for level in range(depth + 2)]  # number of each level's first bin
    found = []
    for _ in range(n_contigs):
        (n_bins,) = struct.unpack_from("<i", data, at)
        at += 4
        bins_end = 0
        bins = []
        for _ in range(n_bins):
            number, offset, n_chunks = struct.unpack_from("<IQi", data, at)
            at += 16
            if n_chunks and number < firsts[-1]:
                (end,) = struct.unpack_from("<Q", data, at + 16 * n_chunks - 8)
                bins_end = max(bins_end, end >> 16)
                level = bisect.bisect_right(firsts, number) - 1
                width = 1 << (min_shift + 3 * (depth - level))
                bins.append(((number - firsts[level]) * width, width, level, offset))
            at += 16 * n_chunks
        start, width, level_of, first = np.array(bins, dtype=np.int64).reshape(-1, 4).T
        found.append(BinIndex(start, width, level_of, first >> 16, bins_end, first))
    return found


def read_crai(path: Path) -> Ints:
    """A CRAI's rows, looked at once, (n_slices, 6): contig, start (1-based), span, bytes at which the container and in it the slice begin, bytes of the slice."""
    status = path.stat()
    return _read_crai(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=2)
def _read_crai(path: Path, _changed: int, _size: int) -> Ints:
    lines = read_bounded(path, MAX_INDEX_BYTES).decode("ascii").splitlines()
    rows = [[int(cell) for cell in line.split("\t")] for line in lines if line.strip()]
    if any(len(row) != 6 for row in rows):
        raise ValueError("a line of a crai has six numbers")
    return np.array(rows, dtype=np.int64).reshape(-1, 6)
