"""What the fragments of one sample say of each allele: who carries it, how surely, from which side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from refractor.genome.variant import Variant
from refractor.reads.fragments import UNKNOWN, UNSEEN, FragmentWindow, fragments_over
from refractor.reads.panel_coordinates import encode
from refractor.variants.calling.indel_evidence import indel_evidence
from refractor.variants.calling.stray_bases import NUMBER
from refractor.variants.calling.supporting_fragments import Evidence, Sample, ShownAlleles, place_of, summed


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
        crowding = sample.rates.spread.crowding(
            int(NUMBER[ref[changed[0]]]),
            int(NUMBER[alt[changed[0]]]),
            window.turned[np.flatnonzero(carries)],
        )
    return summed(
        sample,
        ShownAlleles(
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
