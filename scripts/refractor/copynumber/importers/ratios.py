"""Depth ratios whose scale the header does not tell for sure: logarithms, or ratios around 1."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from refractor.copynumber.importers.importer import MIN_LOG2_RATIO
from refractor.copynumber.importers.number_cells import Cells
from refractor.genome.builds import SEX_CHROMOSOMES
from refractor.results.copy_number_tables import Segment

LINEAR_MEDIAN = (0.75, 1.4)
"""Where the median over the genome of ratios around 1 lies; that of centred log2 ratios lies near 0 (ours)."""
COPIES_FROM = 0.6
"""Values of which none is negative, and half of the genome lies above this, are no log2 ratios (ours)."""
ENOUGH_SEGMENTS = 10
"""Of fewer segments nobody can tell what their values are by their look."""
LEAST_MINOR_SHARE, MOST_MINOR_SHARE = 0.3, 0.5
"""Where the shares of the lesser allele lie over most of a genome, and the most that they can be."""
_GIVE_RATIOS = "give the table of the log2 ratios"


def with_log2_ratios(
    segments: tuple[Segment, ...], cells: Cells, *, column: str
) -> tuple[tuple[Segment, ...], tuple[str, ...]]:
    """The segments with log2 ratios whatever the scale of the file, and a note where it was another.

    Over the whole genome log2 ratios lie around 0 and some are negative. Where none is and the length-weighted median
    is near 1 they are ratios; where it is higher they are copies, which is a fault of the file.
    """
    known = [s for s in segments if s.log2_ratio is not None and s.chromosome not in SEX_CHROMOSOMES]
    values = np.array([segment.log2_ratio for segment in known], dtype=np.float64)
    if len(values) >= ENOUGH_SEGMENTS and (values == np.round(values)).all() and values.any():
        cells.fault(
            None, column, "all values are whole: these are levels or calls, not log2 ratios", _GIVE_RATIOS
        )
        return segments, ()
    if len(values) < 2 or values.min() < 0:
        return segments, ()
    median = typical_value(known, values)
    if len(values) >= ENOUGH_SEGMENTS and values.max() <= MOST_MINOR_SHARE and median > LEAST_MINOR_SHARE:
        cells.fault(
            None,
            column,
            "all values lie from 0 to 0.5: these are allele fractions, not log2 ratios",
            _GIVE_RATIOS,
        )
        return segments, ()
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


def typical_value(segments: Sequence[Segment], values: NDArray[np.float64]) -> float:
    """The median of the values of segments, weighted by their length."""
    order = np.argsort(values)
    along = np.cumsum(np.array([segments[at].length for at in order], dtype=np.float64))
    return float(values[order][np.searchsorted(along, along[-1] / 2)])


def _from_linear(segment: Segment) -> Segment:
    if segment.log2_ratio is None:
        return segment
    value = MIN_LOG2_RATIO if segment.log2_ratio <= 0 else math.log2(segment.log2_ratio)
    return replace(segment, log2_ratio=max(value, MIN_LOG2_RATIO))
