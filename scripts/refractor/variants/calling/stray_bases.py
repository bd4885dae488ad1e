"""Mismatches of one sample that are no variants: what its mistakes are learnt from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.reads.read_table import ReadTable
from refractor.reads.sam_flags import REVERSE, SECOND
from refractor.variants.calling.mismatches import RECURRENT_SHARE, Mismatches, recurrent

GOOD_QUALITY = 30
"""Phred from which a mismatch counts for damage: below, the machine's own mistakes hide it."""

NUMBER = np.full(256, 4, dtype=np.int64)
NUMBER[[1, 2, 4, 8]] = [0, 1, 2, 3]
COMPLEMENT = np.array([3, 2, 1, 0, 4])

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class StrayBases:
    """Mismatches that are no variants: true and wrong base on the plus strand, and how their reads lie."""

    found: Mismatches
    true: Ints
    wrong: Ints
    reverse: Ints
    second: Ints

    @classmethod
    def of(
        cls, table: ReadTable, found: Mismatches, depth: Ints, *, share: float = RECURRENT_SHARE
    ) -> StrayBases:
        """Those of one sample that are below a share of the depth (reads along the axis) or single."""
        single = found.take(np.flatnonzero(~recurrent(found, depth, share=share)))
        flag = table.flag[single.read]
        return cls(
            single,
            NUMBER[table.axis.bases[single.place]],
            NUMBER[single.base],
            (flag & REVERSE) // REVERSE,
            (flag & SECOND) // SECOND,
        )

    @property
    def turned(self) -> Ints:
        """1 where the molecule is F2R1."""
        return self.reverse ^ self.second

    def change(self, flip: Ints) -> Ints:
        """4 x true + wrong of each, complemented where `flip`."""
        true = np.where(flip, COMPLEMENT[self.true], self.true)
        return np.asarray(true * 4 + np.where(flip, COMPLEMENT[self.wrong], self.wrong))
