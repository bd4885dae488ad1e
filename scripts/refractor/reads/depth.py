"""How many fragments show each place with a base that counts, and how many span it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from refractor.reads.fragments import ReadFilters
from refractor.reads.read_table import ReadTable


def fragment_depth(table: ReadTable, *, filters: ReadFilters) -> NDArray[np.int64]:
    """Fragments over each place of the axis: matches of well mapped reads with good bases, mates once.

    Where mates overlap the place counts once whatever they show. In reads with gaps the quality of the bases
    is not looked at: they are few.
    """
    good = table.mapping_quality >= filters.min_mapping_quality
    segments = table.segments.take(np.flatnonzero(good[table.segments.read]))
    size = len(table.axis.bases) + 1
    steps = np.bincount(segments.place, minlength=size) - np.bincount(
        segments.place + segments.length, minlength=size
    )
    low, high = _overlaps(table, np.flatnonzero(good))
    steps -= np.bincount(low, minlength=size) - np.bincount(high, minlength=size)
    depth = np.cumsum(steps)[:-1]
    return np.maximum(depth - _bad_bases(table, good, filters.min_base_quality), 0)


def spanning_depth(table: ReadTable, *, flank_bp: int, filters: ReadFilters) -> NDArray[np.int64]:
    """Fragments with a well mapped read that reaches `flank_bp` beyond each place on both sides, mates once."""
    rows = np.flatnonzero(
        (table.mapping_quality >= filters.min_mapping_quality) & (table.end - table.start > 2 * flank_bp)
    )
    size = len(table.axis.bases) + 1
    steps = np.bincount(table.start[rows] + flank_bp, minlength=size)
    steps -= np.bincount(table.end[rows] - flank_bp, minlength=size)
    low, high = _overlaps(table, rows)
    both = high - low > 2 * flank_bp
    steps -= np.bincount(low[both] + flank_bp, minlength=size)
    steps += np.bincount(high[both] - flank_bp, minlength=size)
    return np.asarray(np.cumsum(steps)[:-1])


def _overlaps(table: ReadTable, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First place and the place after the last that both mates of a fragment show."""
    rows = rows[np.argsort(table.fragment[rows], kind="stable")]
    same = np.flatnonzero(table.fragment[rows[1:]] == table.fragment[rows[:-1]])
    one, other = rows[same], rows[same + 1]
    low = np.maximum(table.start[one], table.start[other])
    high = np.minimum(table.end[one], table.end[other])
    meeting = high > low
    return low[meeting], high[meeting]


def _bad_bases(table: ReadTable, good: NDArray[np.bool_], least: int) -> NDArray[np.int64]:
    """Bases below the quality over each place, of reads without gaps."""
    per_read = np.bincount(table.segments.read, minlength=len(table))
    plain = table.segments.take(
        np.flatnonzero(good[table.segments.read] & (per_read[table.segments.read] == 1))
    )
    width = table.qualities.shape[1] if len(table) else 0
    size = len(table.axis.bases)
    if not width or not len(plain.read):
        return np.zeros(size, dtype=np.int64)
    row, column = np.divmod(np.flatnonzero(table.qualities[plain.read] < least), width)
    inside = (column >= plain.index[row]) & (column < plain.index[row] + plain.length[row])
    row, column = row[inside], column[inside]
    return np.bincount(plain.place[row] + column - plain.index[row], minlength=size)
