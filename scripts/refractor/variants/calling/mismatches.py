"""Every base of every read that differs from the reference, and which of them can be no variant."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from refractor.reads.bam_records import Operations
from refractor.reads.panel_coordinates import N
from refractor.reads.read_table import ReadTable

IS_BASE = np.zeros(256, dtype=bool)
IS_BASE[[1, 2, 4, 8]] = True

RECURRENT_SHARE = 0.03
"""Share of the depth from which a repeated difference counts as a variant, not as a mistake, in the calibration."""


@dataclass(frozen=True, slots=True, eq=False)
class Mismatches:
    """One entry a base that differs from a known reference base: row of the read, place, base (code), Phred."""

    read: NDArray[np.int64]
    place: NDArray[np.int64]
    base: NDArray[np.uint8]
    quality: NDArray[np.uint8]

    def take(self, rows: NDArray[np.int64]) -> Mismatches:
        """The entries at `rows`."""
        return Mismatches(self.read[rows], self.place[rows], self.base[rows], self.quality[rows])


def mismatches_of(table: ReadTable, *, min_mapping_quality: int) -> Mismatches:
    """All mismatches of well mapped reads, whatever their base quality, in no order that means anything."""
    good = table.mapping_quality >= min_mapping_quality
    per_read = np.bincount(table.segments.read, minlength=len(table))
    plain = table.segments.take(
        np.flatnonzero(good[table.segments.read] & (per_read[table.segments.read] == 1))
    )
    parts = [_of_plain(table, plain)]
    parted = table.segments.take(
        np.flatnonzero(good[table.segments.read] & (per_read[table.segments.read] > 1))
    )
    parts.append(_of_parted(table, parted))
    return Mismatches(
        np.concatenate([part.read for part in parts]),
        np.concatenate([part.place for part in parts]),
        np.concatenate([part.base for part in parts]),
        np.concatenate([part.quality for part in parts]),
    )


def _of_plain(table: ReadTable, segments: Operations) -> Mismatches:
    """Mismatches of reads with one match, compared row by row with the reference."""
    width = table.bases.shape[1]
    if not width or not len(segments.read):
        return _none()
    origin = segments.place - segments.index  # place of the read's first base, were it not clipped
    padded = np.concatenate([np.full(width, N, np.uint8), table.axis.bases, np.full(width, N, np.uint8)])
    reference = sliding_window_view(padded, width)[origin + width]
    differs = table.bases[segments.read] != reference
    differs &= reference != N
    flat = np.flatnonzero(differs)
    row, column = np.divmod(flat, width)
    read = segments.read[row]
    base = table.bases[read, column]
    inside = (column >= segments.index[row]) & (column < segments.index[row] + segments.length[row])
    kept = np.flatnonzero(inside & IS_BASE[base])
    read, column, place = read[kept], column[kept], origin[row[kept]] + column[kept]
    return Mismatches(read, place, base[kept], table.qualities[read, column])


def _of_parted(table: ReadTable, segments: Operations) -> Mismatches:
    """Mismatches of reads whose alignment has gaps, base by base."""
    if not len(segments.read):
        return _none()
    entry = np.repeat(np.arange(len(segments.read)), segments.length)
    step = np.arange(len(entry)) - (np.cumsum(segments.length) - segments.length)[entry]
    read, place = segments.read[entry], segments.place[entry] + step
    column = segments.index[entry] + step
    base, reference = table.bases[read, column], table.axis.bases[place]
    rows = np.flatnonzero((base != reference) & IS_BASE[base] & IS_BASE[reference])
    read, column = read[rows], column[rows]
    return Mismatches(read, place[rows], table.bases[read, column], table.qualities[read, column])


def _none() -> Mismatches:
    empty = np.zeros(0, dtype=np.int64)
    return Mismatches(empty, empty, np.zeros(0, np.uint8), np.zeros(0, np.uint8))


def depth_of(table: ReadTable, *, min_mapping_quality: int) -> NDArray[np.int64]:
    """Well mapped reads (not fragments) over each place, whatever their base quality."""
    segments = table.segments.take(
        np.flatnonzero(table.mapping_quality[table.segments.read] >= min_mapping_quality)
    )
    size = len(table.axis.bases) + 1
    begun = np.bincount(segments.place, minlength=size)
    ended = np.bincount(segments.place + segments.length, minlength=size)
    return np.cumsum(begun - ended)[:-1]


def recurrent(
    found: Mismatches, depth: NDArray[np.int64], *, share: float = RECURRENT_SHARE
) -> NDArray[np.bool_]:
    """Which mismatches stand where the same change is too frequent to be a mistake: beyond a share of the depth."""
    key = found.place * 16 + found.base
    _, inverse, counts = np.unique(key, return_inverse=True, return_counts=True)
    times = counts[inverse.reshape(-1)]
    return np.asarray((times >= 3) & (times > share * depth[found.place]))


def stray_per_read(
    table: ReadTable, found: Mismatches, depth: NDArray[np.int64], *, min_base_quality: int
) -> NDArray[np.int64]:
    """How many good bases of each read differ from the reference where no variant does: many in misplaced reads."""
    stray = found.take(np.flatnonzero(~recurrent(found, depth) & (found.quality >= min_base_quality)))
    return np.bincount(stray.read, minlength=len(table))
