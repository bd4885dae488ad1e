"""How unevenly mistakes fall on places: by how much likelier a further one is where one was seen.

A place has its own rate of damage, gamma distributed around the mean. How unevenly they fall is told by how often two
stray molecules meet at one place, whatever strand of the genome the damaged one is (the chemistry does not know it). Where
strands are copied before adapters, as in some libraries of formalin-fixed tissue, either orientation of a molecule shows
what either strand had, so that molecules of both orientations meet at the same places; elsewhere they do not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.reads.read_table import ReadTable
from refractor.variants.calling.mismatches import Mismatches
from refractor.variants.calling.stray_bases import COMPLEMENT, GOOD_QUALITY, NUMBER, StrayBases

SPREAD_PRIOR = 25.0
"""Weight, in pairs of mistakes at one place, of evenly spread mistakes against what is seen."""
DAMAGE_SHARE = 0.15
"""Share of the depth up to which a repeated change of damage counts as one."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ErrorSpread:
    """How much likelier each further mistake at a place is for every one before it (0: not at all), by change.

    Changes are on the genome's plus strand. `apart` (4 x 4 x 2: true, wrong, molecule turned) among molecules of one
    orientation, `shared` (4 x 4) among those of both.
    """

    apart: Floats
    shared: Floats

    def crowding(self, true: int, wrong: int, turned: NDArray[np.bool_]) -> float:
        """log10 of how much likelier these carriers (molecules, turned or not) are by mistake than if spread evenly."""
        counts = int((~turned).sum()), int(turned.sum())
        of_ways = zip(self.apart[true, wrong].tolist(), counts, strict=True)
        apart = sum(crowding(spread, count) for spread, count in of_ways)
        return max(apart, crowding(float(self.shared[true, wrong]), sum(counts)))


def crowding(spread: float, carriers: int) -> float:
    """log10 of the product of 1 + spread i over i below the carriers: gamma-Poisson against Poisson, for rare mistakes."""
    return float(np.log10(1 + spread * np.arange(carriers)).sum())


def error_spread(table: ReadTable, found: Mismatches, depth: Ints, damaged: NDArray[np.bool_]) -> ErrorSpread:
    """The spread of one sample, shrunk to none; `damaged` (4 x 4) are the changes of its damage, by molecule.

    Of gamma-Poisson counts with mean m and shape a the sum of c (c - 1) is m^2 (1 + 1/a); 1/a is the spread. Of two
    counts that share their places the sum of c c' is m m' (1 + 1/a): only damage of both orientations tells it.
    """
    stray = StrayBases.of(table, found, depth, share=DAMAGE_SHARE)
    change, counts = _molecules_at_places(table, stray)
    even = _squared_depth(table, depth)[:, None]
    totals = _sums(change, counts)
    makes = np.stack([damaged, damaged[COMPLEMENT[:4]][:, COMPLEMENT[:4]]], axis=2)
    meetings = counts * (counts - 1)
    few = _sums(change, meetings * (counts == 2))
    apart = _spread(_sums(change, meetings), totals**2 * even[..., None], makes, few=few)
    of_both = 2 * counts * counts[:, ::-1]
    expected = 2 * totals * totals[..., ::-1] * even[..., None]
    shared = _spread(_sums(change, of_both), expected, makes)[..., 0]
    return ErrorSpread(apart, np.where(makes.all(axis=2), shared, apart.min(axis=2)))


def _spread(
    seen: Floats, expected: Floats, damaged: NDArray[np.bool_], *, few: Floats | None = None
) -> Floats:
    """1/a by change and orientation (4 x 4 x 2) from pairs of molecules that meet, both strands of the genome together.

    Pairs of damage count less those that other changes have, which may be variants; of other changes the `few` at places
    with two only, against twice the prior.
    """
    met, even = _both_strands(seen), _both_strands(expected)
    variants = met[~damaged & ~np.eye(4, dtype=bool)[:, :, None]].mean()
    met = np.where(damaged, np.maximum(met - variants, 0.0), 0.0 if few is None else _both_strands(few))
    prior = np.where(damaged, SPREAD_PRIOR, 2 * SPREAD_PRIOR)
    return np.asarray(np.maximum((met + prior) / (even + prior) - 1, 0.0))


def _both_strands(of_plus: Floats) -> Floats:
    """Sums (4 x 4 x 2: change, molecule turned) with those of the same change of the molecule on the other strand."""
    return np.asarray(of_plus + of_plus[COMPLEMENT[:4]][:, COMPLEMENT[:4]][:, :, ::-1])


def _sums(change: Ints, values: Ints) -> Floats:
    """Sums of `values` (places x 2 orientations) by change (4 x 4 x 2)."""
    sums = [np.bincount(change, weights=values[:, turned], minlength=16) for turned in (0, 1)]
    return np.asarray(np.stack(sums, axis=1).reshape(4, 4, 2), dtype=np.float64)


def _molecules_at_places(table: ReadTable, stray: StrayBases) -> tuple[Ints, Ints]:
    """One entry a place and change with good stray bases: the change (4 x true + wrong), molecules (places x 2: turned)."""
    good = np.flatnonzero(stray.found.quality >= GOOD_QUALITY)
    change = stray.true[good] * 4 + stray.wrong[good]
    key = (stray.found.place[good] * 16 + change) * 2 + stray.turned[good]
    order = np.lexsort((table.fragment[stray.found.read[good]], key))
    key, molecule = key[order], table.fragment[stray.found.read[good]][order]
    new = np.ones(len(key), dtype=bool)
    new[1:] = (key[1:] != key[:-1]) | (molecule[1:] != molecule[:-1])
    places, inverse = np.unique(key[new] // 2, return_inverse=True)
    counts = np.bincount(inverse.reshape(-1) * 2 + key[new] % 2, minlength=2 * len(places))
    return places % 16, counts.reshape(-1, 2)


def _squared_depth(table: ReadTable, depth: Ints) -> Floats:
    """Sum of squared shares of the depth over the places of each base (4): how often two fall on one place."""
    number, wanted = NUMBER[table.axis.bases], depth.astype(np.float64)
    found = np.zeros(4)
    for base in range(4):
        here = wanted[number == base]
        found[base] = (here**2).sum() / max(here.sum(), 1.0) ** 2
    return found
