"""The places at which a CRAM is read: its slices are decoded whole, so few places are read, each over its slice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from refractor.reads.index_scan import Slices
from refractor.reads.windows_to_read import NO_SNP, Sites

READ_BP = 200
"""Bases before a SNP that a window holds, so that the reads over it are of the window's own slice."""
SLICES_READ = 4_500
"""Places over the genome at which a CRAM is read: with the slices of panel genes and amplicons, 5 % of one of 60x."""
LONGEST_WINDOW = 40_000
"""Bases that a slice's window is wide at most: slices over gaps of the reference span megabases."""
SPARSE_SLICE = 500_000
"""Median bases of a slice from which a file holds chosen stretches only: a genome of 5x has shorter ones."""


def sites_of_slices(sites: Sites, slices: Slices, *, places: int | None = SLICES_READ) -> Sites:
    """The sites as a CRAM is read, whose slices are decoded whole: fewer places, each as wide as its slice.

    Windows of panel genes and amplicons stay. Of those spread over the genome the `places` of lowest rank are read (None:
    all), over all of the slice that holds their SNP, as far as no other slice and no neighbour is touched. A file that was
    cut to chosen stretches, as the windows themselves, has nothing between them and is read as a BAM is.
    """
    spread = sites.spread
    if _typical_length(sites.subset(spread), slices) > SPARSE_SLICE:
        return sites
    ranks = np.sort(sites.rank[spread])
    limit = np.inf if places is None or len(ranks) <= places else ranks[places]
    kept = sites.subset(~spread | (sites.rank < limit))
    start, end = kept.start.copy(), kept.end.copy()
    for row in np.flatnonzero(kept.spread).tolist():
        place = int(kept.snp[row]) if kept.snp[row] != NO_SNP else int(kept.start[row] + kept.end[row]) // 2
        low, high = _inside_slice(slices.get(str(kept.chromosome[row])), place)
        if row and kept.chromosome[row - 1] == kept.chromosome[row]:
            low = max(low, int(end[row - 1]))
        if row + 1 < len(kept) and kept.chromosome[row + 1] == kept.chromosome[row]:
            high = min(high, int(kept.start[row + 1]))
        if low <= place - READ_BP and high > place + 1:
            start[row], end[row] = low, high
    return replace(kept, start=start, end=end)


def _typical_length(sites: Sites, slices: Slices) -> float:
    """Median bases of the slices that hold the sites; 0 where none does."""
    lengths: list[NDArray[np.int64]] = []
    for chromosome in np.unique(sites.chromosome).tolist():
        starts, ends = slices.get(str(chromosome), (np.zeros(0, np.int64), np.zeros(0, np.int64)))
        own = np.searchsorted(starts, sites.start[sites.chromosome == chromosome], side="right") - 1
        own = own[own >= 0]
        lengths.append(ends[own] - starts[own])
    return float(np.median(np.concatenate(lengths))) if sum(map(len, lengths)) else 0.0


def _inside_slice(slices: tuple[NDArray[np.int64], NDArray[np.int64]] | None, place: int) -> tuple[int, int]:
    """First base and the base after the last around a place over which no slice but its own has reads."""
    if slices is None:
        return place, place
    starts, ends = slices
    own = int(np.searchsorted(starts, place, side="right")) - 1
    if own < 0:
        return place, place
    low = max(int(starts[own]), int(ends[:own].max(initial=0)), place - LONGEST_WINDOW // 2)
    high = int(starts[own + 1]) if own + 1 < len(starts) else int(ends[own])
    return low, min(high, place + LONGEST_WINDOW // 2)
