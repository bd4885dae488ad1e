"""Evidence for insertions, deletions and delins: whole reads laid on the reference and on each allele."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from refractor.genome.variant import Variant
from refractor.reads.panel_coordinates import N, encode
from refractor.reads.read_table import ReadTable
from refractor.reads.sam_flags import REVERSE, SECOND
from refractor.variants.calling.indel_errors import indel_error_rate
from refractor.variants.calling.mismatches import IS_BASE
from refractor.variants.calling.supporting_fragments import Evidence, Sample, ShownAlleles, place_of, summed

TELLING_MARGIN = 15
"""Phred by which a read must fit one allele better than the other to count for it."""
MOST_MISFIT = 160
"""Phred of mismatches beyond which a read fits neither allele: about four good bases that differ."""
MOST_BASE_PENALTY = 40
"""Phred that one mismatch costs at most."""


def indel_evidence(sample: Sample, variants: Sequence[Variant]) -> list[Evidence]:
    """Evidence for insertions, deletions and delins of one place: whole reads against each allele's sequence.

    A read, its clipped ends included, is laid without a gap on the reference and on each allele, from its left
    and from its right end; it counts for the one that it fits best by TELLING_MARGIN. Mates add up.
    """
    table = sample.table
    rows = _rows_near(sample, variants)
    if not len(rows):
        return [_nothing(sample) for _ in variants]
    scores = _scores(sample, rows, variants)
    order = np.argsort(table.fragment[rows], kind="stable")
    rows, scores = rows[order], scores[order]
    fragment = table.fragment[rows]
    edges = np.flatnonzero(np.concatenate([[True], fragment[1:] != fragment[:-1]]))
    reads_of = np.diff(np.concatenate([edges, [len(rows)]]))
    total = np.add.reduceat(scores, edges, axis=0)
    best = _assigned(total)
    fits = total[np.arange(len(total)), best] <= MOST_MISFIT * reads_of
    place = place_of(sample, variants[0])
    reverse = (table.flag[rows] & REVERSE) != 0
    turned = reverse ^ ((table.flag[rows] & SECOND) != 0)
    distance = np.maximum(np.minimum(place - table.start[rows], table.end[rows] - 1 - place), 0)
    results = []
    for number, variant in enumerate(variants, start=1):
        margin = total[:, 0] - total[:, number]
        carries = fits & (best == number) & (margin >= TELLING_MARGIN)
        reference = fits & (best == 0) & (margin <= -TELLING_MARGIN)
        elsewhere = fits & (best != 0) & (best != number)
        elsewhere &= total[:, number] - total[np.arange(len(total)), best] >= TELLING_MARGIN
        least = indel_error_rate(table.axis, place_of(sample, variant), variant)
        fragments = ShownAlleles(
            carries=carries,
            reference=reference,
            other=elsewhere,
            errors=np.clip(10 ** (-np.maximum(margin, 0) / 10), least, 0.5),
            turned=turned[edges],
            forward=np.logical_or.reduceat(~reverse, edges),
            reverse=np.logical_or.reduceat(reverse, edges),
            end_distance=np.maximum.reduceat(distance, edges),
            mapping_quality=np.maximum.reduceat(table.mapping_quality[rows], edges),
            reads=rows[edges],
        )
        results.append(summed(sample, fragments))
    return results


def _assigned(total: NDArray[np.float64]) -> NDArray[np.int64]:
    """The allele (0 is the reference) that each fragment fits best; of equals the one that more fragments favour."""
    least = total.min(axis=1, keepdims=True)
    tied = total <= least + 1e-9
    clear = tied.sum(axis=1) == 1
    support = tied[clear].sum(axis=0)
    # an allele must beat the reference, not only equal it
    preference = support + np.where(np.arange(total.shape[1]) == 0, total.shape[0] + 1, 0)
    return np.asarray(np.where(tied, preference[None, :], -1).argmax(axis=1))


def _rows_near(sample: Sample, variants: Sequence[Variant]) -> NDArray[np.int64]:
    """Well mapped reads that touch, or are clipped beside, the places of the alleles."""
    table = sample.table
    start = min(place_of(sample, variant) for variant in variants)
    end = max(place_of(sample, variant) + len(variant.ref) for variant in variants)
    rows = table.reads_over(start - 1, end + 1)
    return rows[table.mapping_quality[rows] >= sample.filters.min_mapping_quality]


def _scores(sample: Sample, rows: NDArray[np.int64], variants: Sequence[Variant]) -> NDArray[np.float64]:
    """Phred of the mismatches of each read (rows) on the reference (first column) and on each allele."""
    table = sample.table
    width = table.bases.shape[1]
    bases, known = table.bases[rows], IS_BASE[table.bases[rows]]
    penalty = np.minimum(table.qualities[rows], MOST_BASE_PENALTY) * known
    lead, trail = _clipped(table, rows)
    from_left = table.start[rows] - lead
    from_right = table.end[rows] + trail - table.length[rows]
    starts = [place_of(sample, variant) for variant in variants]
    ends = [start + len(variant.ref) for start, variant in zip(starts, variants, strict=True)]
    low = int(min(from_left.min(), from_right.min(), *starts))
    high = int(max(from_left.max(), from_right.max(), *ends)) + width
    reference = _padded(table, low, high)
    columns = [
        np.minimum(
            _misfit(bases, penalty, reference, from_left - low),
            _misfit(bases, penalty, reference, from_right - low),
        )
    ]
    for start, variant in zip(starts, variants, strict=True):
        place = start - low
        shift = len(variant.alt) - len(variant.ref)
        allele = np.concatenate(
            [
                reference[:place],
                encode(variant.alt),
                reference[place + len(variant.ref) :],
                np.full(width, N, np.uint8),
            ]
        )
        left = _misfit(bases, penalty, allele, from_left - low)
        right = _misfit(bases, penalty, allele, np.maximum(from_right - low + shift, 0))
        columns.append(np.minimum(left, right))
    return np.stack(columns, axis=1)


def _clipped(table: ReadTable, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Bases before the first and after the last aligned one of each read."""
    low = np.searchsorted(table.operations.read, rows, side="left")
    high = np.searchsorted(table.operations.read, rows, side="right") - 1
    first, last = table.operations.take(low), table.operations.take(high)
    lead = np.where(first.kind == 4, first.length, 0)
    trail = np.where((last.kind == 4) & (high > low), last.length, 0)
    return lead, trail


def _padded(table: ReadTable, low: int, high: int) -> NDArray[np.uint8]:
    """Reference bases of the places [low, high), N beyond the axis."""
    bases = table.axis.bases
    before, after = max(0, -low), max(0, high - len(bases))
    inside = bases[max(low, 0) : min(high, len(bases))]
    return np.concatenate([np.full(before, N, np.uint8), inside, np.full(after, N, np.uint8)])


def _misfit(
    bases: NDArray[np.uint8],
    penalty: NDArray[np.uint8],
    sequence: NDArray[np.uint8],
    at: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Phred of the mismatches of each read laid on `sequence` without a gap; unknown bases cost nothing."""
    width = bases.shape[1]
    laid = sliding_window_view(sequence, width)[np.minimum(at, len(sequence) - width)]
    differs = (bases != laid) & (laid != N)
    return np.asarray((penalty * differs).sum(axis=1, dtype=np.int64), dtype=np.float64)


def _nothing(sample: Sample) -> Evidence:
    none = np.zeros(0, dtype=np.int64)
    blank = none.astype(bool)
    return summed(
        sample, ShownAlleles(blank, blank, blank, none.astype(float), blank, blank, blank, none, none, none)
    )
