"""What the fragments of one sample say of one allele: who carries it, how surely, from which side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from refractor.genome.variant import Variant
from refractor.reads.fragments import UNKNOWN, UNSEEN, FragmentWindow, ReadFilters, fragments_over
from refractor.reads.panel_coordinates import N, encode
from refractor.reads.read_table import REVERSE, SECOND, ReadTable
from refractor.variants.calling.error_rates import ErrorRates
from refractor.variants.calling.indel_errors import indel_error_rate
from refractor.variants.calling.mismatches import IS_BASE

TELLING_MARGIN = 15
"""Phred by which a read must fit one allele better than the other to count for it."""
MOST_MISFIT = 160
"""Phred of mismatches beyond which a read fits neither allele: about four good bases that differ."""
UPPER_SHARE = 0.8
"""Share of the carriers whose alleles lie no farther from the end of an alignment than `alt_end_distance`."""
MOST_BASE_PENALTY = 40
"""Phred that one mismatch costs at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Fragments of one sample at one allele.

    `errors` (float64, one entry a carrier) is the probability that a fragment shows the allele by mistake;
    `crowding` log10 of how much likelier so many mistakes at one place are than if they were spread evenly;
    `ref` the fragments that show the reference, `other` those that show something else. The rest describes
    the carriers (alt) and, for comparison, those of the reference; `turned` are molecules with read 1 reverse (F2R1).
    """

    errors: NDArray[np.float64]
    crowding: float
    ref: int
    other: int
    alt_turned: int
    ref_turned: int
    alt_forward: int
    alt_reverse: int
    ref_forward: int
    ref_reverse: int
    alt_end_distance: float
    ref_end_distance: float
    alt_mapping_quality: float
    ref_mapping_quality: float
    alt_noise: float
    ref_noise: float
    carriers: frozenset[int]

    @property
    def alt(self) -> int:
        """Fragments that carry the allele."""
        return len(self.errors)

    @property
    def depth(self) -> int:
        """Fragments that show the place of the allele."""
        return self.alt + self.ref + self.other

    @property
    def vaf(self) -> float:
        """Allele fraction (0-1); 0 without depth."""
        return self.alt / self.depth if self.depth else 0.0

    @property
    def log_odds(self) -> float:
        """log10 likelihood of the allele at its own fraction against mistakes only."""
        if not self.alt:
            return 0.0
        share = min(self.vaf, 1 - 1e-6)
        gained = np.log10((share * (1 - self.errors) + (1 - share) * self.errors) / self.errors).sum()
        return float(gained + (self.depth - self.alt) * np.log10(1 - share)) - self.crowding


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One sample's reads with what was learnt from them: error rates, and stray mismatches of each read."""

    table: ReadTable
    rates: ErrorRates
    noise: NDArray[np.int64]
    filters: ReadFilters


def evidence_of(sample: Sample, variants: Sequence[Variant]) -> list[Evidence]:
    """The evidence for each allele; insertions and deletions that lie close compete for the reads."""
    found: dict[Variant, Evidence] = {}
    for variant in variants:
        if len(variant.ref) == len(variant.alt):
            found[variant] = substitution_evidence(sample, variant)
    for cluster in _clusters([v for v in variants if v not in found]):
        found |= dict(zip(cluster, indel_evidence(sample, cluster), strict=True))
    return [found[variant] for variant in variants]


def _clusters(variants: Sequence[Variant]) -> list[list[Variant]]:
    """Alleles whose places overlap or lie within a few bases, together."""
    clusters: list[list[Variant]] = []
    for variant in sorted(variants):
        last = clusters[-1][-1] if clusters else None
        near = last is not None and last.chromosome == variant.chromosome
        if near and last is not None and variant.position <= max(v.end for v in clusters[-1]) + 5:
            clusters[-1].append(variant)
        else:
            clusters.append([variant])
    return clusters


def place_of(sample: Sample, variant: Variant) -> int:
    """The place of a variant's first base on the axis."""
    place = sample.table.axis.place(variant.chromosome, variant.position)
    if place is None:
        raise ValueError(f"{variant} is not on the axis that was read")
    return place


def substitution_evidence(sample: Sample, variant: Variant) -> Evidence:
    """Evidence for an SNV or MNV: bases at the places that change; one that is not read does not count against."""
    place = place_of(sample, variant)
    window = fragments_over(sample.table, place, place + len(variant.ref), filters=sample.filters)
    ref, alt = encode(variant.ref), encode(variant.alt)
    changed = np.flatnonzero(ref != alt)
    shown = window.shown[:, changed]
    read = (shown != UNSEEN) & (shown != UNKNOWN)
    some = read.any(axis=1)
    carries = some & ((shown == alt[changed]) | ~read).all(axis=1)
    reference = some & ((shown == ref[changed]) | ~read).all(axis=1)
    crowding = 0.0
    if len(changed) == 1:  # mistakes at two places of one molecule are rare enough
        crowding = sample.rates.crowding(
            int(ref[changed[0]]), int(alt[changed[0]]), window.turned[np.flatnonzero(carries)]
        )
    return _summed(
        sample,
        _Carried(
            carries=carries,
            reference=reference,
            other=some & ~carries & ~reference,
            errors=_errors(sample, window, ref, alt),
            turned=window.turned,
            forward=window.forward,
            reverse=window.reverse,
            end_distance=window.end_distance,
            mapping_quality=window.mapping_quality,
            reads=window.reads,
        ),
        crowding=crowding,
    )


def _errors(
    sample: Sample, window: FragmentWindow, ref: NDArray[np.uint8], alt: NDArray[np.uint8]
) -> NDArray[np.float64]:
    """Probability that each fragment shows all the changed bases that it shows by mistake."""
    axis, errors = sample.table.axis, np.ones(len(window))
    for column in np.flatnonzero(ref != alt).tolist():
        here, shown = window.start + column, window.shown[:, column]
        rate = sample.rates.of(
            window.qualities[:, column],
            window.reading[:, column],
            reference=int(ref[column]),
            wrong=int(alt[column]),
            around=(int(axis.bases[max(here - 1, 0)]), int(axis.bases[min(here + 1, len(axis.bases) - 1)])),
        )
        errors *= np.where((shown != UNSEEN) & (shown != UNKNOWN), rate, 1.0)
    return np.clip(errors, 1e-9, 0.5)


@dataclass(frozen=True, slots=True, eq=False)
class _Carried:
    """Fragments, one row each: which allele they show and what is known of them."""

    carries: NDArray[np.bool_]
    reference: NDArray[np.bool_]
    other: NDArray[np.bool_]
    errors: NDArray[np.float64]
    turned: NDArray[np.bool_]
    forward: NDArray[np.bool_]
    reverse: NDArray[np.bool_]
    end_distance: NDArray[np.int64]
    mapping_quality: NDArray[np.int64]
    reads: NDArray[np.int64]


def _summed(sample: Sample, fragments: _Carried, *, crowding: float = 0.0) -> Evidence:
    alt, ref = np.flatnonzero(fragments.carries), np.flatnonzero(fragments.reference)
    noise = sample.noise[fragments.reads]
    return Evidence(
        errors=fragments.errors[alt],
        crowding=crowding,
        ref=len(ref),
        other=int(fragments.other.sum()),
        alt_turned=int(fragments.turned[alt].sum()),
        ref_turned=int(fragments.turned[ref].sum()),
        alt_forward=int(fragments.forward[alt].sum()),
        alt_reverse=int(fragments.reverse[alt].sum()),
        ref_forward=int(fragments.forward[ref].sum()),
        ref_reverse=int(fragments.reverse[ref].sum()),
        alt_end_distance=_upper(fragments.end_distance[alt]),
        ref_end_distance=_median(fragments.end_distance[ref]),
        alt_mapping_quality=_median(fragments.mapping_quality[alt]),
        ref_mapping_quality=_median(fragments.mapping_quality[ref]),
        alt_noise=_median(noise[alt]),
        ref_noise=_median(noise[ref]),
        carriers=frozenset(sample.table.fragment[fragments.reads[alt]].tolist()),
    )


def _median(values: NDArray[np.int64]) -> float:
    return float(np.median(values)) if len(values) else 0.0


def _upper(values: NDArray[np.int64]) -> float:
    return float(np.quantile(values, UPPER_SHARE)) if len(values) else 0.0


def indel_evidence(sample: Sample, variants: Sequence[Variant]) -> list[Evidence]:
    """Evidence for insertions, deletions and delins of one place: whole reads against each allele's sequence.

    A read, its clipped ends included, is laid without a gap on the reference and on each allele, from its left
    and from its right end; it counts for the one that it fits best by TELLING_MARGIN. Mates add up.
    """
    table = sample.table
    rows = _rows_near(sample, variants)
    if not len(rows):
        return [_empty(sample) for _ in variants]
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
        fragments = _Carried(
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
        results.append(_summed(sample, fragments))
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


def _empty(sample: Sample) -> Evidence:
    none = np.zeros(0, dtype=np.int64)
    blank = none.astype(bool)
    return _summed(
        sample, _Carried(blank, blank, blank, none.astype(float), blank, blank, blank, none, none, none)
    )
