"""The fragments of one sample that show an allele, summed: how many, how surely, from which side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.genome.variant import Variant
from refractor.reads.fragments import ReadFilters
from refractor.reads.read_table import ReadTable
from refractor.variants.calling.error_rates import ErrorRates

UPPER_SHARE = 0.8
"""Share of the carriers whose alleles lie no farther from the end of an alignment than `alt_end_distance`."""


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


def place_of(sample: Sample, variant: Variant) -> int:
    """The place of a variant's first base on the axis."""
    place = sample.table.axis.place(variant.chromosome, variant.position)
    if place is None:
        raise ValueError(f"{variant} is not on the axis that was read")
    return place


@dataclass(frozen=True, slots=True, eq=False)
class ShownAlleles:
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


def summed(sample: Sample, fragments: ShownAlleles, *, crowding: float = 0.0) -> Evidence:
    """The evidence for an allele that `fragments` of the sample are; medians over them, 0 where there are none."""
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
