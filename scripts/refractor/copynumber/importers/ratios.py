"""Depth ratios whose scale the header does not tell for sure: logarithms, or ratios around 1."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from refractor.copynumber.importers.importer import MAX_LOG2_RATIO
from refractor.copynumber.importers.number_cells import Cells
from refractor.genome.builds import SEX_CHROMOSOMES
from refractor.results.copy_number_tables import Segment

LINEAR_MEDIAN = (0.75, 1.4)
"""Where the median over the genome of ratios around 1 lies; that of centred log2 ratios lies near 0 (ours)."""
COPIES_FROM = 0.6
"""Values of which none is negative, and half of the genome lies above this, are no log2 ratios (ours)."""


def with_log2_ratios(
    segments: tuple[Segment, ...], cells: Cells, *, column: str
) -> tuple[tuple[Segment, ...], tuple[str, ...]]:
    """The segments with log2 ratios whatever the scale of the file, and a note where it was another.

    Over the whole genome log2 ratios lie around 0 and some are negative. Where none is and the length-weighted median
    is near 1 they are ratios; where it is higher they are copies, which is a fault of the file.
    """
    known = [s for s in segments if s.log2_ratio is not None and s.chromosome not in SEX_CHROMOSOMES]
    values = np.array([segment.log2_ratio for segment in known], dtype=np.float64)
    if len(values) < 2 or values.min() < 0:
        return segments, ()
    order = np.argsort(values)
    along = np.cumsum(np.array([known[at].length for at in order], dtype=np.float64))
    median = float(values[order][np.searchsorted(along, along[-1] / 2)])
    if median < COPIES_FROM:
        return segments, ()
    if not LINEAR_MEDIAN[0] <= median <= LINEAR_MEDIAN[1]:
        cells.fault(
            None,
            column,
            f"no value is negative and half of the genome is at {median:g} or more: these are copies, not log2 ratios",
            "give log2 ratios, or name the column of the copies total_cn (copy_number_caller total_copies)",
        )
        return segments, ()
    note = (
        f"values lie around 1 (median {median:.2f}) and none is negative: read as ratios, not as logarithms"
    )
    return tuple(_from_linear(segment) for segment in segments), (note,)


def _from_linear(segment: Segment) -> Segment:
    if segment.log2_ratio is None:
        return segment
    value = -MAX_LOG2_RATIO if segment.log2_ratio <= 0 else math.log2(segment.log2_ratio)
    return replace(segment, log2_ratio=max(value, -MAX_LOG2_RATIO))
