"""Whether reads were pulled to exons: an exome or a panel whose reads beside its targets are as deep as a genome's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from refractor.copynumber.fit.normalise_depth import MAD_TO_SD
from refractor.genome.panel import Gene
from refractor.reads.windows import WindowCounts
from refractor.reads.windows_to_read import Sites

BAIT_MARGIN = 100
"""Bases beside an exon that fragments pulled to it cover as well."""
NEIGHBOURHOOD = 50_000
"""Bases to either side of a gene whose windows without an exon are its own depth."""
MOST_ON_EXONS = 1.6
"""Depth on exons against that beside them from which a gene's exons were pulled; GC makes 0.7 to 1.3 of it (ours)."""
CERTAIN = 3.0
"""Standard errors by which the depth on a gene's exons must be above that beside them."""
LEAST_GENES, LEAST_SHARE = 5, 0.2
"""Genes, and share of the judged ones, whose exons must be pulled before the whole library is taken for it (ours)."""
_LEAST_WINDOWS = 4

Floats = NDArray[np.float64]


def captured_reason(name: str, sites: Sites, counts: WindowCounts, genes: Sequence[Gene]) -> str | None:
    """Why the reads of `name` are not a whole genome's alone, in words for the report; None where they may be."""
    found = [ratio for gene in genes if (ratio := _depth_on_exons(sites, counts, gene)) is not None]
    pulled = [ratio for ratio, error in found if ratio - CERTAIN * error > 1 and ratio > MOST_ON_EXONS]
    if len(pulled) < max(LEAST_GENES, LEAST_SHARE * len(found)):
        return None
    return (
        f"the {name} has {np.median(pulled):.1f} times the depth on the exons of {len(pulled)} of {len(found)} genes: "
        "an exome or a panel, alone or joined to a whole genome; copies need reads of a whole genome"
    )


def _depth_on_exons(sites: Sites, counts: WindowCounts, gene: Gene) -> tuple[float, float] | None:
    """Depth on a gene's exons against that beside them, and its standard error; None where too few windows tell.

    With s the share of a window that its exons take and r its depth against the median of those with s = 0, the depth on
    exons is 1 + sum(s (r - 1)) / sum(s^2), as r = 1 + s (x - 1) for x times the depth on exons.
    """
    near = np.flatnonzero(
        (sites.chromosome == gene.chromosome)
        & (sites.start < gene.end + NEIGHBOURHOOD)
        & (sites.end > gene.start - NEIGHBOURHOOD)
        & (counts.fragments >= 0)
    )
    share = _share_of_exons(sites, near, gene)
    depth: Floats = counts.fragments[near] / sites.kilobases[near]
    beside = depth[share == 0]
    usual = float(np.median(beside)) if len(beside) >= _LEAST_WINDOWS else 0.0
    weight = float((share**2).sum())
    if usual <= 0 or weight == 0:
        return None
    spread = MAD_TO_SD * float(np.median(np.abs(beside - usual))) / usual
    error = max(spread, float(1 / np.sqrt(usual))) / float(np.sqrt(weight))
    return 1 + float((share * (depth / usual - 1)).sum()) / weight, error


def _share_of_exons(sites: Sites, rows: NDArray[np.int64], gene: Gene) -> Floats:
    """Share (0-1) of each window that the gene's exons take, with what fragments pulled to them reach."""
    start, end = sites.start[rows], sites.end[rows]
    bases = np.zeros(len(rows))
    for first, last in gene.exons:
        bases += np.clip(
            np.minimum(end, last + BAIT_MARGIN) - np.maximum(start, first - BAIT_MARGIN), 0, None
        )
    return np.minimum(bases / (end - start), 1.0)
