"""Reads that would count twice: copies of one fragment that nobody marked, and names that many fragments share.

Copies have both ends in common. Two fragments have so by chance as often as two whose ends are all shifted by a base
or two: what goes beyond that, in a file without any mark, is copies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PAIRED, REVERSE = 0x1, 0x10
SHIFTS = (-3, -2, -1, 1, 2, 3)
MORE_THAN_CHANCE = 0.1
"""Share of paired reads with a twin, beyond that of shifted twins, from which copies are not marked: our choice."""
SHARED_NAMES = 0.01
"""Share of reads whose name stands for more than two reads, from which names do not tell fragments."""
ENOUGH_READS = 100

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ReadEnds:
    """Of each read: contig, first base, mate's first base (all numbers of the file), fragment's length, flag."""

    contig: Ints
    position: Ints
    mate_position: Ints
    template_length: Ints
    flag: Ints

    def keys(self, shift: int = 0) -> Ints:
        """A number for both ends of each read's fragment and its own strand, as if it lay `shift` bases further on."""
        mixed = _mixed(self.contig, self.position + shift)
        mixed = _mixed(
            mixed, np.where(self.mate_position < 0, self.mate_position, self.mate_position + shift)
        )
        mixed = _mixed(mixed, self.template_length)
        return _mixed(mixed, self.flag & REVERSE)


def with_telling_names(fragment: NDArray[np.uint64], ends: ReadEnds) -> tuple[NDArray[np.uint64], bool]:
    """Numbers that tell fragments apart, and whether the names alone did not: then places count beside them."""
    _, number, counts = np.unique(fragment, return_inverse=True, return_counts=True)
    shared = counts[number.reshape(-1)] > 2
    if not len(fragment) or shared.mean() <= SHARED_NAMES:
        return fragment, False
    single = (ends.flag & PAIRED) == 0
    other = np.where(single, ends.position, ends.mate_position)
    place = _mixed(_mixed(ends.contig, ends.position + other), np.abs(ends.template_length))
    with np.errstate(over="ignore"):
        return fragment ^ place.astype(np.uint64), True


def unmarked_copies(fragment: NDArray[np.uint64], ends: ReadEnds) -> NDArray[np.bool_]:
    """Which reads are of a fragment that another one copies; none where twins are no more than chance makes.

    Only of pairs: one end alone is shared by chance at any depth. Of each group of copies one fragment, the same for
    both mates, is kept.
    """
    paired = (ends.flag & PAIRED) != 0
    none = np.zeros(len(fragment), dtype=bool)
    if paired.sum() < ENOUGH_READS:
        return none
    keys = ends.keys()
    order = np.lexsort((fragment, keys))
    first = np.ones(len(order), dtype=bool)
    first[1:] = keys[order[1:]] != keys[order[:-1]]
    twins = none.copy()
    twins[order] = ~first
    twins &= paired
    with_twin = float(np.isin(keys[paired], keys[twins]).mean())
    by_chance = float(np.mean([np.isin(ends.keys(shift)[paired], keys).mean() for shift in SHIFTS]))
    return twins if with_twin > by_chance + MORE_THAN_CHANCE else none


def _mixed(one: Ints, other: Ints) -> Ints:
    """A number that stands for two (splitmix64 of their sum)."""
    with np.errstate(over="ignore"):
        value = one.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + other.astype(np.uint64)
        value ^= value >> np.uint64(30)
        value *= np.uint64(0xBF58476D1CE4E5B9)
        value ^= value >> np.uint64(27)
        return np.asarray(value.view(np.int64))
