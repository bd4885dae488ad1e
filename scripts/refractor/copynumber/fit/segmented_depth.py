"""Normalised depth and informative SNPs of a tumour's windows, cut into segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.copynumber.fit.allele_balance import AlleleCounts, imbalance, select_snps
from refractor.copynumber.fit.fit_settings import FitSettings
from refractor.copynumber.fit.normalise_depth import NormalisedDepth, normalise
from refractor.copynumber.fit.segment_summary import rows_of
from refractor.copynumber.fit.segmentation import find_segments, with_genes_apart
from refractor.copynumber.fit.tumor_in_normal import NormalExcess, excess_of_normal
from refractor.genome.panel import Gene
from refractor.reads.windows import WindowCounts
from refractor.reads.windows_to_read import Sites

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class SegmentedDepth:
    """Depth, informative SNPs, each window's segment (int64, one a window), and what is too deep in the normal."""

    depth: NormalisedDepth
    alleles: AlleleCounts
    number: Ints
    excess: NormalExcess | None


def segmented_depth(
    sites: Sites,
    tumor: WindowCounts,
    normal: WindowCounts | None,
    *,
    sex: str | None,
    genes: Sequence[Gene],
    settings: FitSettings,
) -> SegmentedDepth:
    """The windows cut into segments, each amplified gene's apart.

    Twice, so that copies do not bend the GC curve and a normal that holds tumour does not hide them.
    """
    alleles = select_snps(sites, tumor, normal, settings.alleles)
    away, away_sd = imbalance(alleles)
    at_sites, sd_at_sites = np.full(len(sites), np.nan), np.ones(len(sites))
    at_sites[alleles.rows], sd_at_sites[alleles.rows] = away, away_sd
    known: Floats | None = None
    excess: NormalExcess | None = None
    for _ in range(2):
        depth = normalise(
            sites,
            tumor,
            normal,
            sex=sex,
            known_log_ratio=known,
            normal_excess=None if excess is None else excess.log_excess,
            settings=settings.depth,
        )
        number = find_segments(
            sites, depth.log_ratio, depth.log_sd, at_sites, sd_at_sites, settings=settings.segmentation
        )
        known = _segment_medians(depth.log_ratio, number)
        if normal is not None and excess is None:
            excess = _excess(sites, tumor, normal, number, sex=sex, settings=settings)
    number = with_genes_apart(
        sites, depth.log_ratio, depth.log_sd, number, genes, settings=settings.segmentation
    )
    return SegmentedDepth(depth, alleles, number, excess)


def _excess(
    sites: Sites,
    tumor: WindowCounts,
    normal: WindowCounts,
    number: Ints,
    *,
    sex: str | None,
    settings: FitSettings,
) -> NormalExcess:
    """What the normal's depth holds of the tumour, or of an excess of its own."""
    of_tumor = normalise(sites, tumor, None, sex=sex, settings=settings.depth)
    of_normal = normalise(sites, normal, None, sex=sex, settings=settings.depth)
    nothing, ones = np.full(len(sites), np.nan), np.ones(len(sites))
    normal_number = find_segments(
        sites, of_normal.log_ratio, of_normal.log_sd, nothing, ones, settings=settings.segmentation
    )
    return excess_of_normal(sites, of_tumor, of_normal, number, normal_number)


def _segment_medians(log_ratio: Floats, number: Ints) -> Floats:
    """The median log ratio of each window's segment; 0 for unused windows."""
    spread = np.zeros(len(log_ratio))
    for rows in rows_of(number):
        spread[rows] = np.median(log_ratio[rows])
    return spread
