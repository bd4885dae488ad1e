"""Every base of every read that differs from the reference, and how often bases differ by mistake."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from refractor.reads.panel_coordinates import N
from refractor.reads.read_table import REVERSE, Operations, ReadTable

IS_BASE = np.zeros(256, dtype=bool)
IS_BASE[[1, 2, 4, 8]] = True

RECURRENT_SHARE = 0.03
"""Share of the depth from which a repeated difference counts as a variant, not as a mistake, in the calibration."""
PRIOR_ERRORS = 5.0
"""Weight, in errors, of what the quality promises against what is seen."""
WORST_QUALITY, QUALITY_BIN, QUALITY_BINS = 2, 5, 13
SAMPLED = 8
"""One read in so many is counted for how often each quality occurs."""
LEAST_ERROR = 1e-6
"""Probability of one wrong base below which nothing is believed: mistakes before sequencing are in both mates."""

_NUMBER = np.full(256, 4, dtype=np.int64)
_NUMBER[[1, 2, 4, 8]] = [0, 1, 2, 3]
_COMPLEMENT = np.array([3, 2, 1, 0, 4])


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


@dataclass(frozen=True, slots=True, eq=False)
class ErrorRates:
    """Probability of one specific wrong base, by quality, kind of change and neighbours, as this sample shows it.

    `by_quality` (4 x 4 x bins) is by the base that should be there and the one that is, as the machine read
    them (reverse reads complemented); `by_context` (4 x 4 x 4 x 4: before, base, after, wrong) the factor by
    which neighbours raise or lower it, on the genome's plus strand.
    """

    by_quality: NDArray[np.float64]
    by_context: NDArray[np.float64]

    def of(
        self,
        quality: NDArray[np.uint8],
        *,
        reference: int,
        wrong: int,
        around: tuple[int, int],
        reverse: NDArray[np.bool_],
    ) -> NDArray[np.float64]:
        """Error probability of each base with its quality; `reference`, `wrong`, `around` are four-bit codes."""
        true, false = int(_NUMBER[reference]), int(_NUMBER[wrong])
        bins = _bin(quality)
        rate = np.where(
            reverse,
            self.by_quality[_COMPLEMENT[true], _COMPLEMENT[false], bins],
            self.by_quality[true, false, bins],
        )
        before, after = (int(_NUMBER[code]) for code in around)
        if before < 4 and after < 4:
            rate = rate * self.by_context[before, true, after, false]
        return np.asarray(np.clip(rate, LEAST_ERROR, 0.5))


def _bin(quality: NDArray[np.uint8]) -> NDArray[np.int64]:
    return np.minimum(quality.astype(np.int64) // QUALITY_BIN, QUALITY_BINS - 1)


def promised_rates() -> NDArray[np.float64]:
    """Probability of one specific wrong base that a quality bin promises: a third of 10^(-Q/10)."""
    middle = np.arange(QUALITY_BINS) * QUALITY_BIN + QUALITY_BIN / 2
    return np.asarray(10 ** (-np.maximum(middle, WORST_QUALITY) / 10) / 3)


def error_rates(table: ReadTable, found: Mismatches, depth: NDArray[np.int64]) -> ErrorRates:
    """The rates of one sample, from mismatches that do not repeat as variants do."""
    single = found.take(np.flatnonzero(~_recurrent(found, depth)))
    reverse = (table.flag[single.read] & REVERSE) != 0
    true, false = _NUMBER[table.axis.bases[single.place]], _NUMBER[single.base]
    read_true = np.where(reverse, _COMPLEMENT[true], true)
    read_false = np.where(reverse, _COMPLEMENT[false], false)
    bins = _bin(single.quality)
    errors = np.bincount((read_true * 4 + read_false) * QUALITY_BINS + bins, minlength=16 * QUALITY_BINS)
    errors = errors.reshape(4, 4, QUALITY_BINS)
    known_share = depth[IS_BASE[table.axis.bases]].sum() / max(depth.sum(), 1)
    totals = _base_totals(table) * known_share
    promised = promised_rates()
    by_quality = (errors + PRIOR_ERRORS) / (totals[:, None, :] + PRIOR_ERRORS / promised)
    expected = np.zeros(256)
    seen = np.zeros(256)
    before, after = _NUMBER[table.axis.bases[single.place - 1]], _NUMBER[table.axis.bases[single.place + 1]]
    known = (before < 4) & (after < 4)
    context = ((before * 4 + true) * 4 + after) * 4 + false
    np.add.at(seen, context[known], 1)
    mean = np.bincount(true * 4 + false, minlength=16).reshape(4, 4)
    covered = _context_depth(table, depth)
    share = covered / np.maximum(covered.sum(axis=(0, 2), keepdims=True), 1)
    expected = share[..., None] * mean[None, :, None, :]
    by_context = (seen.reshape(4, 4, 4, 4) + PRIOR_ERRORS) / (expected + PRIOR_ERRORS)
    return ErrorRates(by_quality, by_context)


def _recurrent(found: Mismatches, depth: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which mismatches stand where the same change is too frequent to be a mistake."""
    key = found.place * 16 + found.base
    _, inverse, counts = np.unique(key, return_inverse=True, return_counts=True)
    times = counts[inverse.reshape(-1)]
    return np.asarray((times >= 3) & (times > RECURRENT_SHARE * depth[found.place]))


def _base_totals(table: ReadTable) -> NDArray[np.float64]:
    """Bases read (4 x bins), by the base as the machine read it and by quality; from every eighth read."""
    totals = np.zeros((4, QUALITY_BINS))
    sampled = np.arange(0, len(table), SAMPLED)
    reverse = (table.flag[sampled] & REVERSE) != 0
    for strand in (False, True):
        rows = sampled[reverse == strand]
        key = _NUMBER[table.bases[rows]].astype(np.int16) * 64 + np.minimum(table.qualities[rows], 63)
        counts = np.bincount(key.reshape(-1), minlength=5 * 64).reshape(5, 64)[:4]
        for quality in range(64):
            target = min(quality // QUALITY_BIN, QUALITY_BINS - 1)
            totals[:, target] += (counts[_COMPLEMENT[:4]] if strand else counts)[:, quality]
    return totals * (len(table) / max(len(sampled), 1))


def _context_depth(table: ReadTable, depth: NDArray[np.int64]) -> NDArray[np.float64]:
    """Reads over each trinucleotide of the axis (4 x 4 x 4: before, base, after)."""
    number = _NUMBER[table.axis.bases]
    known = (number[:-2] < 4) & (number[1:-1] < 4) & (number[2:] < 4)
    key = (number[:-2] * 4 + number[1:-1]) * 4 + number[2:]
    covered = np.bincount(key[known], weights=depth[1:-1][known], minlength=64)
    return covered.astype(np.float64).reshape(4, 4, 4)


def stray_per_read(
    table: ReadTable, found: Mismatches, depth: NDArray[np.int64], *, min_base_quality: int
) -> NDArray[np.int64]:
    """How many good bases of each read differ from the reference where no variant does: many in misplaced reads."""
    stray = found.take(np.flatnonzero(~_recurrent(found, depth) & (found.quality >= min_base_quality)))
    return np.bincount(stray.read, minlength=len(table))
