"""Damage of a library's DNA before it was amplified, told from the sample's own stray bases.

8-oxoguanine reads G>T in the orientation of the first mate and C>A in the other (doi:10.1093/nar/gks1443); deaminated
cytosine, frequent in formalin-fixed tissue, reads C>T (doi:10.1373/clinchem.2012.193706). Both are in the error rates
already: an allele must be likelier than they are. Here they are measured for the reader, and alleles that such damage
could reach are marked.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.genome.variant import Variant
from refractor.reads.panel_coordinates import Axis
from refractor.results.quality import Quality, QualityStatus
from refractor.variants.calling.error_rates import (
    LEAST_EXCESS,
    LEAST_RATIO,
    ErrorRates,
    MoleculeErrors,
)
from refractor.variants.calling.stray_bases import COMPLEMENT, NUMBER
from refractor.variants.calling.supporting_fragments import Evidence

LEVEL_CHANCE = 0.05
"""Alleles expected over the whole panel from damage alone, below which a VAF is beyond its level."""
ENOUGH_BASES = 200_000
"""Good bases without which nothing is said of damage."""

_LETTERS = "ACGT"


@dataclass(frozen=True, slots=True)
class DamageKind:
    """One kind of damage: its metric in qc.tsv, its name, its change, and the changes that it is held against.

    Changes (true and wrong base) are as the first mate's strand has them.
    """

    metric: str
    name: str
    change: tuple[int, int]
    against: tuple[tuple[int, int], ...]

    @property
    def spelled(self) -> str:
        """The change on either strand, as G>T/C>A."""
        true, wrong = self.change
        other = int(COMPLEMENT[true]), int(COMPLEMENT[wrong])
        return f"{_LETTERS[true]}>{_LETTERS[wrong]}/{_LETTERS[other[0]]}>{_LETTERS[other[1]]}"


_A, _C, _G, _T = range(4)
KINDS = (
    DamageKind("oxog_damage", "oxidised guanine", (_G, _T), ((_C, _A),)),
    DamageKind("ffpe_damage", "deaminated cytosine", (_C, _T), ((_A, _G), (_T, _C))),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One kind of damage in one library: rate a base, rate of what it is held against, VAF that it reaches (0-1)."""

    kind: DamageKind
    rate: float
    background: float
    level: float
    enough: bool

    @property
    def ratio(self) -> float:
        """How many times as frequent as what it is held against."""
        return self.rate / self.background

    @property
    def damaged(self) -> bool:
        """Whether the library has it."""
        excess = self.rate - self.background
        return self.enough and self.ratio >= LEAST_RATIO and excess >= LEAST_EXCESS

    def quality(self, sample: str) -> Quality:
        """The row of qc.tsv; `sample` begins the metric of another sample than the tumour."""
        told = f"{self.kind.spelled} at {self.rate:.1e} a base, {self.background:.1e} what it is held against"
        if not self.enough:
            told = "too few good bases over the panel to tell"
        elif self.damaged:
            told += (
                f": {self.kind.name}; alleles of this change below VAF {self.level:.2f} are marked, "
                "and must be likelier than this rate"
            )
        return Quality(
            metric=sample + self.kind.metric,
            value=round(self.ratio, 2) if self.enough else None,
            unit="times",
            status=QualityStatus.WARN if self.damaged else QualityStatus.PASS,
            note=told,
        )


@dataclass(frozen=True, slots=True)
class LibraryDamage:
    """The kinds of damage of one library."""

    measured: tuple[Measured, ...]

    def of(self, variant: Variant) -> Measured | None:
        """The damage of this library that makes such a change; None where it has none."""
        if len(variant.ref) != 1 or len(variant.alt) != 1:
            return None
        change = _LETTERS.index(variant.ref), _LETTERS.index(variant.alt)
        other = int(COMPLEMENT[change[0]]), int(COMPLEMENT[change[1]])
        return next(
            (one for one in self.measured if one.damaged and one.kind.change in (change, other)), None
        )

    def makes(self, variant: Variant) -> bool:
        """Whether this library's damage makes such a change."""
        return self.of(variant) is not None

    def doubt(self, variant: Variant, evidence: Evidence) -> str:
        """What to know of a believed allele that damage could reach; empty for every other."""
        found = self.of(variant)
        if found is None or evidence.vaf >= found.level:
            return ""
        turned = _LETTERS.index(variant.ref) != found.kind.change[0]
        marked = evidence.alt_turned if turned else evidence.alt - evidence.alt_turned
        return (
            f"DAMAGE: {found.kind.spelled} below VAF {found.level:.2f}, the level of {found.kind.name} in this library "
            f"({marked} of {evidence.alt} fragments in the orientation of the damage)"
        )

    def quality(self, sample: str = "") -> list[Quality]:
        """Rows for qc.tsv."""
        return [one.quality(sample) for one in self.measured]


def library_damage(rates: ErrorRates, axis: Axis, depth: NDArray[np.int64]) -> LibraryDamage:
    """The damage of a library by its error rates; `depth` (reads) along the axis."""
    return LibraryDamage(tuple(_measured(kind, rates, axis, depth) for kind in KINDS))


def _measured(kind: DamageKind, rates: ErrorRates, axis: Axis, depth: NDArray[np.int64]) -> Measured:
    molecules = rates.molecules
    rate, background = _rate(molecules, [kind.change]), _rate(molecules, kind.against)
    true, wrong = kind.change
    bases = NUMBER[axis.bases]
    places = np.flatnonzero(axis.wanted & ((bases == true) | (bases == COMPLEMENT[true])))
    shown = int(np.median(depth[places])) if len(places) else 0
    carriers = _carriers(len(places), shown // 2, rate, float(rates.spread.apart[true, wrong, 0]))
    if molecules.damaged()[COMPLEMENT[true], COMPLEMENT[wrong]]:
        shared = float(rates.spread.shared[true, wrong])
        carriers = max(carriers, _carriers(len(places), shown, rate, shared))
    return Measured(
        kind,
        rate,
        background,
        carriers / shown if shown else math.inf,
        bool(molecules.covered[true] >= ENOUGH_BASES),
    )


def _rate(molecules: MoleculeErrors, changes: list[tuple[int, int]] | tuple[tuple[int, int], ...]) -> float:
    """The rate of some changes together, not below that of one stray base."""
    stray = sum(molecules.stray[change] for change in changes)
    covered = sum(molecules.covered[true] for true, _ in changes)
    return float(max(stray, 1.0) / max(covered, 1.0))


def _carriers(places: int, depth: int, rate: float, spread: float) -> int:
    """The least fragments with which fewer than LEVEL_CHANCE alleles of the panel are expected from damage alone.

    `depth` are the fragments of the orientations that are damaged: C(n, k) rate^k, k carriers of n, times 1 + spread i
    for each.
    """
    expected, carriers = float(places), 0
    while carriers < depth and expected > LEVEL_CHANCE:
        expected *= (depth - carriers) / (carriers + 1) * rate * (1 + spread * carriers)
        carriers += 1
    return carriers
