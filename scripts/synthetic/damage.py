"""Damage of DNA before it is amplified: bases of one strand of a molecule that read as others in both mates.

8-oxoguanine pairs with A, so that its strand reads G>T (doi:10.1093/nar/gks1443); deaminated cytosine, frequent in
formalin-fixed tissue, reads C>T (doi:10.1373/clinchem.2012.193706). Adapters keep the strands apart: read 1 shows the
damaged strand as it is, read 2 its complement. The other strand of the molecule, and its copies, do not have it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthetic.position_hash import hashed_normal

_A, _C, _G, _T = 1, 2, 4, 8
_MOST = 40.0
"""Times the mean rate that a site is damaged at most."""
_SALT = 0xDA4A


@dataclass(frozen=True, slots=True)
class Damage:
    """Rates a base of one strand: `oxidation` of G (read as T), `deamination` of C (read as T).

    `site_sd` is the standard deviation, on the natural logarithm, of a site's rate around the mean. Where strands were
    `copied` before adapters were put on, either orientation shows what either strand had.
    """

    oxidation: float = 0.0
    deamination: float = 0.0
    site_sd: float = 0.8
    copied: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Molecules:
    """Pairs of reads, one row each: first place, length, the molecule that they copy, and whether read 1 is forward."""

    place: NDArray[np.int64]
    length: NDArray[np.int64]
    origin: NDArray[np.int64]
    forward: NDArray[np.bool_]


def write_damage(
    bases: NDArray[np.uint8],
    start: NDArray[np.int64],
    molecules: Molecules,
    damage: Damage,
    rng: np.random.Generator,
) -> None:
    """Write damage into `bases` (left reads, then right ones); `start` is the place of each read's first base."""
    for rate, forward_change, reverse_change in (
        (damage.oxidation, (_G, _T), (_C, _A)),
        (damage.deamination, (_C, _T), (_G, _A)),
    ):
        for strand, (old, new) in ((True, forward_change), (False, reverse_change)):
            molecule, place = _damaged_places(molecules, rate, damage.site_sd, strand, rng)
            showing = np.full(len(molecules.forward), True) if damage.copied else molecules.forward == strand
            pair, event = _pairs_with(molecules, molecule, np.flatnonzero(showing))
            for mate in (pair, pair + len(molecules.place)):
                column = place[event] - start[mate]
                inside = np.flatnonzero((column >= 0) & (column < bases.shape[1]))
                row, column = mate[inside], column[inside]
                hit = bases[row, column] == old
                bases[row[hit], column[hit]] = new


def _damaged_places(
    molecules: Molecules, rate: float, site_sd: float, strand: bool, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Molecules (ascending) and places at which one of their strands is damaged, were the base one that can be."""
    whole = np.flatnonzero(molecules.origin == np.arange(len(molecules.origin)))
    count = rng.poisson(rate * _MOST * molecules.length[whole])
    molecule = np.repeat(whole, count)
    place = molecules.place[molecule] + (rng.random(len(molecule)) * molecules.length[molecule]).astype(
        np.int64
    )
    site = np.exp(site_sd * hashed_normal(int(strand), place, salt=_SALT) - site_sd**2 / 2)
    kept = rng.random(len(molecule)) * _MOST < site
    return molecule[kept], place[kept]


def _pairs_with(
    molecules: Molecules, molecule: NDArray[np.int64], pairs: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of those given that show the damage of a molecule, with the row of the damage; copies have it too."""
    low = np.searchsorted(molecule, molecules.origin[pairs], side="left")
    high = np.searchsorted(molecule, molecules.origin[pairs], side="right")
    repeats = high - low
    pair = np.repeat(pairs, repeats)
    first = np.cumsum(repeats) - repeats
    return pair, np.repeat(low - first, repeats) + np.arange(len(pair))
