"""How many of a group carry any of several things that were dealt out at random: exact, without draws.

`carriers[k]` of N units carry thing k, each set of carriers equally likely and the things independent of each other. Of
n units of the group x are covered already; thing k covers of the other n - x a number that is hypergeometric, as its
carriers are a draw from N whatever is covered. The distribution of x follows thing by thing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from refractor.statistics.hypergeometric import hypergeometric

Floats = NDArray[np.float64]


def union_distribution(group: int, others: int, carriers: Sequence[int]) -> Floats:
    """Probabilities of 0..`group` units of the group that carry anything; shape (group + 1,).

    Raises:
        ValueError: more carriers than units, or a negative count.
    """
    if group < 0 or others < 0 or any(not 0 <= count <= group + others for count in carriers):
        raise ValueError(f"{list(carriers)} carriers among {group} and {others}")
    covered = np.zeros(group + 1)
    covered[0] = 1.0
    for count in carriers:
        after = np.zeros(group + 1)
        for already in np.flatnonzero(covered):
            free = group - int(already)
            newly = hypergeometric(free, group + others - free, count)
            first = int(already) + max(0, count - (group + others - free))
            after[first : first + len(newly)] += covered[already] * newly
        covered = after
    return covered
