"""Reads that would count twice: copies of one fragment that nobody marked, and names that do not tell fragments apart.

Copies have both ends in common, those of a single read the ends of its alignment. Two fragments have so by chance as often
as two whose ends are all shifted by a base or two: what goes beyond that, in a file without any mark, is copies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.reads.sam_flags import FIRST, PAIRED, REVERSE

SHIFTS = (-3, -2, -1, 1, 2, 3)
MORE_THAN_CHANCE = 0.1
"""Share of reads with a twin, beyond that of shifted twins, from which copies are not marked: our choice."""
SHARED_NAMES = 0.01
"""Share of reads whose name stands for more than two reads, from which names do not tell fragments."""
ENOUGH_READS = 100
OWN_NAMES = 0.5
"""Share of pairs, told by their place, whose mates have two names, from which mates do not share one."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ReadEnds:
    """Of each read: contig, first base, base after the last, mate's first base (all numbers of the file, -1 without a
    mate), fragment's length, flag."""

    contig: Ints
    position: Ints
    end: Ints
    mate_position: Ints
    template_length: Ints
    flag: Ints

    def keys(self, shift: int = 0) -> Ints:
        """A number for both ends of each read's fragment and its own strand, as if it lay `shift` bases further on."""
        single, lost = (self.flag & PAIRED) == 0, self.mate_position < 0
        other = np.where(single, self.end + shift, self.mate_position + np.where(lost, 0, shift))
        mixed = _mixed(_mixed(self.contig, self.position + shift), other)
        mixed = _mixed(mixed, self.template_length)
        return _mixed(mixed, self.flag & REVERSE)

    def places(self) -> NDArray[np.uint64]:
        """A number for the stretch of each read's fragment, the same for both mates."""
        other = np.where((self.flag & PAIRED) == 0, self.position, self.mate_position)
        return _mixed(_mixed(self.contig, self.position + other), np.abs(self.template_length)).astype(
            np.uint64
        )


def with_telling_names(fragment: NDArray[np.uint64], ends: ReadEnds) -> tuple[NDArray[np.uint64], str | None]:
    """Numbers that tell fragments apart, and in words why the names alone did not: places then count beside or for
    them."""
    if not len(fragment):
        return fragment, None
    _, number, counts = np.unique(fragment, return_inverse=True, return_counts=True)
    if (counts[number.reshape(-1)] > 2).mean() > SHARED_NAMES:
        with np.errstate(over="ignore"):
            told = fragment ^ ends.places()
        return told, "read names are shared by many fragments: these are told by their place"
    if _mates_have_own_names(fragment, ends):
        paired = (ends.flag & PAIRED) != 0
        told = np.where(paired & (ends.mate_position >= 0), ends.places(), fragment)
        return told, "mates do not share a name: fragments are told by their place"
    return fragment, None


def _mates_have_own_names(fragment: NDArray[np.uint64], ends: ReadEnds) -> bool:
    """Whether the two reads of most stretches that hold one first and one second read have two names."""
    rows = np.flatnonzero(((ends.flag & PAIRED) != 0) & (ends.template_length != 0))
    if len(rows) < ENOUGH_READS:
        return False
    places = ends.places()[rows]
    rows = rows[np.argsort(places, kind="stable")]
    places = np.sort(places)
    starts = np.flatnonzero(np.append(True, places[1:] != places[:-1]))
    one = starts[np.diff(np.append(starts, len(places))) == 2]
    left, right = rows[one], rows[one + 1]
    mates = ((ends.flag[left] ^ ends.flag[right]) & FIRST) != 0
    if mates.sum() < ENOUGH_READS // 2:
        return False
    return float((fragment[left] != fragment[right])[mates].mean()) > OWN_NAMES


def unmarked_copies(fragment: NDArray[np.uint64], ends: ReadEnds) -> NDArray[np.bool_]:
    """Which reads are of a fragment that another one copies; none where twins are no more than chance makes.

    Single reads are judged where they have ENOUGH_READS pairs of ends: of a few stacks, as amplicons make them, nobody can
    tell copies from fragments. Of each group of copies one fragment, the same for both mates, is kept.
    """
    keys = ends.keys()
    judged = (ends.flag & PAIRED) != 0
    if len(np.unique(keys[~judged])) >= ENOUGH_READS:
        judged = np.ones(len(fragment), dtype=bool)
    twins = np.zeros(len(fragment), dtype=bool)
    if judged.sum() < ENOUGH_READS or _sharing(keys) <= MORE_THAN_CHANCE * judged.sum():
        return twins  # chance makes none or more: this many are not beyond it
    order = np.lexsort((fragment, keys))
    first = np.ones(len(order), dtype=bool)
    first[1:] = keys[order[1:]] != keys[order[:-1]]
    twins[order] = ~first
    twins &= judged
    with_twin = float(np.isin(keys[judged], keys[twins]).mean())
    by_chance = float(np.mean([np.isin(ends.keys(shift)[judged], keys).mean() for shift in SHIFTS]))
    return twins if with_twin > by_chance + MORE_THAN_CHANCE else np.zeros(len(fragment), dtype=bool)


def _sharing(keys: Ints) -> int:
    """How many reads share their key with another one."""
    ordered = np.sort(keys)
    same = np.concatenate([[False], ordered[1:] == ordered[:-1], [False]])
    return int((same[1:] | same[:-1]).sum())


def _mixed(one: Ints, other: Ints) -> Ints:
    """A number that stands for two (splitmix64 of their sum)."""
    with np.errstate(over="ignore"):
        value = one.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + other.astype(np.uint64)
        value ^= value >> np.uint64(30)
        value *= np.uint64(0xBF58476D1CE4E5B9)
        value ^= value >> np.uint64(27)
        return np.asarray(value.view(np.int64))
