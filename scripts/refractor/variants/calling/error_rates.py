"""How often a fragment shows a base by mistake, as each sample's own stray mismatches tell.

Two sources are kept apart. Sequencing errs by the base as the machine reads it, its quality and its neighbours. Damage
before amplification (8-oxoguanine, deaminated cytosine) is of one strand of the molecule: both mates agree on it, and it
shows in one orientation (read 1 forward, F1R2, or reverse, F2R1) as one change, in the other as its complement. Rates are
therefore learnt for each mate, and apart from them the rate at which both mates of a molecule agree on a stray base.
Damage is not spread evenly over places (error_spread).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from refractor.reads.fragments import BOTH_MATES
from refractor.reads.read_table import ReadTable
from refractor.reads.sam_flags import REVERSE, SECOND
from refractor.variants.calling.error_spread import ErrorSpread, error_spread
from refractor.variants.calling.mismatches import IS_BASE, Mismatches
from refractor.variants.calling.stray_bases import COMPLEMENT, GOOD_QUALITY, NUMBER, StrayBases

PRIOR_ERRORS = 5.0
"""Weight, in errors, of what the quality promises against what is seen."""
AGREED_PRIOR_ERRORS = 1.0
"""The same for mates that agree; what is expected of them beforehand is the rate of good bases."""
LEAST_RATIO, LEAST_EXCESS = 3.0, 1e-4
"""Times, and by how much a base, that a change of damage exceeds the others: our choices; 0.8-1.8 times without damage,
and rarer mistakes make no alleles at the depths of genomes."""
WORST_QUALITY, QUALITY_BIN, QUALITY_BINS = 2, 5, 13
SAMPLED = 8
"""One read in so many is counted for how often each quality occurs."""
LEAST_ERROR = 1e-6
"""Probability of one wrong base below which nothing is believed."""
READINGS = BOTH_MATES + 2
"""Ways in which a fragment shows a place (fragments.BOTH_MATES)."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class MoleculeErrors:
    """Good stray bases by molecule: of each change, in the orientation of the first mate.

    `stray` and `covered` (4 x 4, 4: true base, wrong one) count bases of GOOD_QUALITY or better, of reads; `bases`
    (2 x 4 x bins: mate, base as the machine read it, quality) all.
    """

    stray: Floats
    covered: Floats
    bases: Floats

    def rate(self, true: int, wrong: int) -> float:
        """Share of a base (0-3: A, C, G, T) read as another; 0 where none was read."""
        covered = float(self.covered[true])
        return float(self.stray[true, wrong]) / covered if covered else 0.0

    def damaged(self) -> NDArray[np.bool_]:
        """Which changes (4 x 4: true, wrong) are so much more frequent than the others that damage makes them."""
        rates = self.stray / np.maximum(self.covered, 1.0)[:, None]
        usual = float(np.median(rates[~np.eye(4, dtype=bool)]))
        return np.asarray((rates >= LEAST_RATIO * usual) & (rates - usual >= LEAST_EXCESS))


@dataclass(frozen=True, slots=True, eq=False)
class ErrorRates:
    """Probability of one specific wrong base, by change, way of reading, quality and neighbours, as a sample shows it.

    Changes are on the genome's plus strand (0-3: A, C, G, T). `by_reading` (4 x 4 x READINGS x bins: true, wrong, way,
    quality), `by_context` (4 x 4 x 4 x 4: before, true, after, wrong) the factor of the neighbours, `spread` how unevenly
    mistakes fall on places, `molecules` what damage is told from.
    """

    by_reading: Floats
    by_context: Floats
    spread: ErrorSpread
    molecules: MoleculeErrors

    def of(
        self,
        quality: NDArray[np.uint8],
        reading: NDArray[np.uint8],
        *,
        reference: int,
        wrong: int,
        around: tuple[int, int],
    ) -> Floats:
        """Error probability of each base with its quality and way of reading; bases are four-bit codes."""
        true, false = int(NUMBER[reference]), int(NUMBER[wrong])
        rate = self.by_reading[true, false, reading, quality_bin(quality)]
        return np.asarray(np.clip(rate * self.context(true, false, around), LEAST_ERROR, 0.5))

    def context(self, true: int, false: int, around: tuple[int, int]) -> float:
        """By what factor the neighbours (four-bit codes) raise or lower a change; 1 where they are not known."""
        before, after = (int(NUMBER[code]) for code in around)
        return float(self.by_context[before, true, after, false]) if before < 4 and after < 4 else 1.0


def quality_bin(quality: NDArray[np.uint8]) -> Ints:
    """The bin of each quality."""
    return np.minimum(quality.astype(np.int64) // QUALITY_BIN, QUALITY_BINS - 1)


def promised_rates() -> Floats:
    """Probability of one specific wrong base that a quality bin promises: a third of 10^(-Q/10)."""
    middle = np.arange(QUALITY_BINS) * QUALITY_BIN + QUALITY_BIN / 2
    return np.asarray(10 ** (-np.maximum(middle, WORST_QUALITY) / 10) / 3)


def error_rates(table: ReadTable, found: Mismatches, depth: Ints) -> ErrorRates:
    """The rates of one sample, from mismatches that do not repeat as variants do."""
    stray = StrayBases.of(table, found, depth)
    totals = _base_totals(table) * (depth[IS_BASE[table.axis.bases]].sum() / max(depth.sum(), 1))
    by_machine = _by_machine(stray, totals)
    molecules = _molecules(stray, totals)
    return ErrorRates(
        by_reading=_by_reading(by_machine, _agreed_rates(table, stray, molecules)),
        by_context=_by_context(table, stray, depth),
        spread=error_spread(table, found, depth, molecules.damaged()),
        molecules=molecules,
    )


def _by_machine(stray: StrayBases, totals: Floats) -> Floats:
    """Rates by mate, machine's base, wrong base and quality (2 x 4 x 4 x bins)."""
    bins = quality_bin(stray.found.quality)
    key = (stray.second * 16 + stray.change(stray.reverse)) * QUALITY_BINS + bins
    errors = np.bincount(key, minlength=32 * QUALITY_BINS).reshape(2, 4, 4, QUALITY_BINS)
    return np.asarray((errors + PRIOR_ERRORS) / (totals[:, :, None, :] + PRIOR_ERRORS / promised_rates()))


def _agreed_rates(table: ReadTable, stray: StrayBases, molecules: MoleculeErrors) -> Floats:
    """Rate at which both mates agree on a wrong base (4 x 4: true, wrong, as the first mate's strand has them)."""
    order = np.lexsort((stray.found.base, stray.found.place, table.fragment[stray.found.read]))
    read, place, base = stray.found.read[order], stray.found.place[order], stray.found.base[order]
    again = np.zeros(len(order), dtype=bool)
    again[1:] = (table.fragment[read[1:]] == table.fragment[read[:-1]]) & (place[1:] == place[:-1])
    again[1:] &= base[1:] == base[:-1]
    seen = np.bincount(stray.change(stray.turned)[order[again]], minlength=16).reshape(4, 4)
    expected = np.maximum(molecules.stray, 1.0) / np.maximum(molecules.covered, 1.0)[:, None]
    overlapped = _overlapped(table)[:, None]
    return np.asarray((seen + AGREED_PRIOR_ERRORS) / (overlapped + AGREED_PRIOR_ERRORS / expected))


def _overlapped(table: ReadTable) -> Floats:
    """Places that both mates of a fragment show, by reference base (4), as the first mate's strand has it."""
    order = np.argsort(table.fragment, kind="stable")
    same = np.flatnonzero(table.fragment[order[1:]] == table.fragment[order[:-1]])
    one, other = order[same], order[same + 1]
    low = np.maximum(table.start[one], table.start[other])
    high = np.minimum(table.end[one], table.end[other])
    meeting = np.flatnonzero(high > low)
    flag = table.flag[one[meeting]]
    turned = ((flag & REVERSE) != 0) ^ ((flag & SECOND) != 0)
    number = NUMBER[table.axis.bases]
    counts = np.zeros(4)
    for base in range(4):
        running = np.concatenate([[0], np.cumsum(number == base)])
        shown = running[high[meeting]] - running[low[meeting]]
        counts[base] += shown[~turned].sum()
        counts[COMPLEMENT[base]] += shown[turned].sum()
    return counts


def _by_reading(by_machine: Floats, agreed: Floats) -> Floats:
    """The rates on the genome's plus strand by way of reading (4 x 4 x READINGS x bins)."""
    flipped = COMPLEMENT[:4]
    rates = np.empty((4, 4, READINGS, QUALITY_BINS))
    for second in (0, 1):
        rates[:, :, 2 * second] = by_machine[second]
        rates[:, :, 2 * second + 1] = by_machine[second][flipped][:, flipped]
    rates[:, :, BOTH_MATES] = agreed[:, :, None]
    rates[:, :, BOTH_MATES + 1] = agreed[flipped][:, flipped][:, :, None]
    return rates


def _by_context(table: ReadTable, stray: StrayBases, depth: Ints) -> Floats:
    """Factor of the neighbours (4 x 4 x 4 x 4: before, true, after, wrong)."""
    place, true, wrong = stray.found.place, stray.true, stray.wrong
    before, after = NUMBER[table.axis.bases[place - 1]], NUMBER[table.axis.bases[place + 1]]
    known = (before < 4) & (after < 4)
    context = ((before * 4 + true) * 4 + after) * 4 + wrong
    seen = np.bincount(context[known], minlength=256).reshape(4, 4, 4, 4)
    mean = np.bincount(true * 4 + wrong, minlength=16).reshape(4, 4)
    covered = _context_depth(table, depth)
    share = covered / np.maximum(covered.sum(axis=(0, 2), keepdims=True), 1)
    expected = share[..., None] * mean[None, :, None, :]
    return np.asarray((seen + PRIOR_ERRORS) / (expected + PRIOR_ERRORS))


def _molecules(stray: StrayBases, totals: Floats) -> MoleculeErrors:
    """Good stray bases and good bases by molecule, in the orientation of the first mate."""
    good = stray.found.quality >= GOOD_QUALITY
    seen = np.bincount(stray.change(stray.turned)[good], minlength=16).reshape(4, 4)
    of_mate = totals[:, :, GOOD_QUALITY // QUALITY_BIN :].sum(axis=2)
    return MoleculeErrors(seen.astype(np.float64), of_mate[0] + of_mate[1][COMPLEMENT[:4]], totals)


def _base_totals(table: ReadTable) -> Floats:
    """Bases read (2 x 4 x bins), by mate, base as the machine read it, and quality; from every eighth read."""
    totals = np.zeros((2, 4, QUALITY_BINS))
    sampled = np.arange(0, len(table), SAMPLED)
    flag = table.flag[sampled]
    edges = [*range(0, QUALITY_BIN * QUALITY_BINS, QUALITY_BIN), 64]
    for second in (0, 1):
        for strand in (0, 1):
            rows = sampled[((flag & SECOND) // SECOND == second) & ((flag & REVERSE) // REVERSE == strand)]
            key = NUMBER[table.bases[rows]].astype(np.int16) * 64 + np.minimum(table.qualities[rows], 63)
            counts = np.bincount(key.reshape(-1), minlength=5 * 64).reshape(5, 64)[:4]
            counts = counts[COMPLEMENT[:4]] if strand else counts
            totals[second] += np.stack([counts[:, a:b].sum(axis=1) for a, b in pairwise(edges)], axis=1)
    return totals * (len(table) / max(len(sampled), 1))


def _context_depth(table: ReadTable, depth: Ints) -> Floats:
    """Reads over each trinucleotide of the axis (4 x 4 x 4: before, base, after)."""
    number = NUMBER[table.axis.bases]
    known = (number[:-2] < 4) & (number[1:-1] < 4) & (number[2:] < 4)
    key = (number[:-2] * 4 + number[1:-1]) * 4 + number[2:]
    covered = np.bincount(key[known], weights=depth[1:-1][known], minlength=64)
    return covered.astype(np.float64).reshape(4, 4, 4)
