"""What the distribution of a count says: its mean, its central range, and how far out the observed count lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ExpectedCount:
    """Mean and central 95 % range of a count, and the one-sided p of the observed one."""

    expected: float
    low: int
    high: int
    p: float


def expected_count(
    chances: Floats, observed: int, *, least: int = 0, small_counts_tell: bool = False
) -> ExpectedCount:
    """The count whose values `least`, `least` + 1, ... have the probabilities `chances`, shape (values,).

    At most 2.5 % lie below `low` and above `high` each. p is the chance of at least as many as observed; where
    `small_counts_tell`, of at most as many.
    """
    sums = np.cumsum(chances)
    at = observed - least
    return ExpectedCount(
        expected=float(chances @ np.arange(least, least + len(chances))),
        low=least + int(np.searchsorted(sums, 0.025, side="right")),
        high=least + int(np.searchsorted(sums, 0.975, side="left")),
        p=min(1.0, float(sums[at] if small_counts_tell else chances[at:].sum())),
    )
