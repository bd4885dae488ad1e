"""Copies of a junction in tumour cells, from its fragments and from what one copy of the genome gives in this library."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from refractor.results.copy_number_tables import GeneCopyNumber, PurityPloidy
from refractor.variants.codons.power import NORMAL_COPIES
from refractor.variants.junctions.clusters import Cluster
from refractor.variants.junctions.judged import LEAST_FRAGMENTS, LEAST_SPLITS
from refractor.variants.junctions.scan import BIN_BP, FragmentLengths, Scan
from refractor.variants.junctions.surroundings import LEAST_OVER
from refractor.vocabulary import Side

LOCAL_SD = 0.1
"""Standard deviation of log depth between places beyond counting: GC content and mappability (our choice)."""
WIDTH = 1.96
_LEAST_COVERED = 0.8


@dataclass(frozen=True, slots=True)
class Copies:
    """Copies in tumour cells with their 95 % range."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Yield:
    """Fragments over a junction that one copy of it in every tumour cell gives, and the log sd of that."""

    fragments: float
    log_sd: float

    def copies(self, fragments: int, *, shown: float = 1.0) -> Copies | None:
        """The copies of a junction that so many fragments show; log-normal beside Poisson counting.

        `shown` is the share (0-1) of the fragments over it that can show it.
        """
        if fragments < 1 or self.fragments <= 0:
            return None
        value = fragments / (self.fragments * shown)
        sd = math.sqrt(1 / fragments + self.log_sd**2)
        return Copies(value, value * math.exp(-WIDTH * sd), value * math.exp(WIDTH * sd))

    def least_copies(self, lengths: FragmentLengths, *, power: float = 0.95) -> float:
        """The copies from which enough fragments, and enough split ones, are seen with the wanted power.

        Each of the two is asked for with half of the allowed failures (Bonferroni). A fragment is split where the
        junction lies in one of its reads with LEAST_OVER bases on both sides.
        """
        from scipy.special import gammaincinv  # noqa: PLC0415 - a fifth of a second to start

        if self.fragments <= 0:
            return math.inf
        split = split_share(lengths)
        each = 1 - (1 - power) / 2
        most = max(gammaincinv(LEAST_FRAGMENTS, each), gammaincinv(LEAST_SPLITS, each) / split)
        return float(most) / self.fragments


def split_share(lengths: FragmentLengths) -> float:
    """Share (0-1) of the fragments over a junction that have it in one of their reads, LEAST_OVER bases on both sides."""
    usual = max(lengths.mean - 2 * LEAST_OVER, 1.0)
    return min(1.0, max(0.05, 2 * (lengths.read - 2 * LEAST_OVER) / usual))


def shown_share(cluster: Cluster, lengths: FragmentLengths) -> float:
    """Share (0-1) of the fragments over a junction that can show it: all, or of a short one those with a split read.

    The mates on both sides of a short deletion or doubling lie about as they do in an intact stretch.
    """
    if cluster.distance is None or cluster.is_inverted:
        return 1.0
    deletion = cluster.first.side is Side.BEFORE
    least = lengths.longest - lengths.mean if deletion else lengths.mean + lengths.read
    return 1.0 if cluster.distance > least else split_share(lengths)


def crossing(starts_per_bin: float, lengths: FragmentLengths) -> float:
    """Fragments over a point with enough bases on both sides, where so many reads begin in a bin."""
    return starts_per_bin / 2 / BIN_BP * max(lengths.mean - 2 * LEAST_OVER, 1.0)


def yield_of_copy(
    scans: Mapping[str, Scan],
    genes: Iterable[GeneCopyNumber],
    purity_ploidy: PurityPloidy | None,
    lengths: FragmentLengths,
) -> Yield | None:
    """What one copy gives: the median over the genes that were read whole and whose copies are known; None without.

    At purity p a gene of CN copies is in p CN + 2 (1 - p) copies a cell, one junction copy in p.
    """
    if purity_ploidy is None or not purity_ploidy.known or not purity_ploidy.purity:
        return None
    purity = purity_ploidy.purity
    least, most = purity_ploidy.purity_low or purity, purity_ploidy.purity_high or purity
    found, spreads = [], []
    for row in genes:
        scan = scans.get(row.gene)
        if scan is None or row.copy_number is None or not row.assessable:
            continue
        depth = crossing(float(np.median(scan.starts)), lengths)
        if depth <= 0 or float((scan.starts > 0).mean()) < _LEAST_COVERED:
            continue
        middle = row.copy_number + _normal_per_tumor(purity)
        low = (row.copy_number_low or row.copy_number) + _normal_per_tumor(most)
        high = (row.copy_number_high or row.copy_number) + _normal_per_tumor(least)
        found.append(depth / middle)
        spreads.append(abs(math.log(max(high, 1e-3) / max(low, 1e-3))) / (2 * WIDTH))
    if not found:
        return None
    return Yield(float(np.median(found)), math.hypot(LOCAL_SD, float(np.median(spreads))))


def _normal_per_tumor(purity: float) -> float:
    """Copies of normal cells for each tumour cell."""
    return NORMAL_COPIES * (1 - purity) / purity
