"""Windows of depth alone, without a SNP, between the shipped ones: what is left to read of a genome in doubt.

In a genome whose depth is noisy, events of 1-30 Mb hide in the shipped windows, and their blends look like another
purity. Half as many windows again show more of them.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from refractor.genome.builds import SEX_CHROMOSOMES, GenomeBuild
from refractor.reads.windows_of_genes import (
    GC_RANGE,
    INDEX_BIN,
    Stretches,
    evenly_ordered,
    facts_at,
    load_stretches,
)
from refractor.reads.windows_to_read import Sites, joined, load_sites

EVERY_BINS = 6
"""Bins of the index (16 kb each) from one such window to the next, the first bases of a bin, from where reading starts."""
LEAST_MAPPABILITY = 0.85
LEAST_APART_BP = 30_000
"""Bases to the nearest shipped window: nearer ones share its drift."""
MOST_APART_BP = 500_000
"""Bases to the nearest shipped window beyond which the genome is not sampled for a reason."""


@lru_cache(maxsize=2)
def with_windows_between(build: GenomeBuild) -> Sites:
    """The shipped windows and, ranked after all of them, those of depth alone on the autosomes; in genome order."""
    sites, stretches = load_sites(build), load_stretches(build)
    names = [n for n in dict.fromkeys(sites.chromosome.tolist()) if n not in SEX_CHROMOSOMES]
    starts = [_between(sites.start[sites.chromosome == name], name, stretches) for name in names]
    facts = [facts_at(stretches, name, start) for name, start in zip(names, starts, strict=True)]
    count = sum(map(len, starts))
    rank = np.empty(count, dtype=np.int64)
    rank[evenly_ordered(count)] = int(sites.rank.max()) + 1 + np.arange(count)
    added = Sites.without_snps(
        np.concatenate(starts),
        chromosome=np.repeat(np.array(names), [len(start) for start in starts]),
        gc=np.concatenate([gc for gc, _, _ in facts]),
        mappability=np.concatenate([mappability for _, mappability, _ in facts]),
        kind="backbone",
        gene="",
        rank=rank,
    )
    return joined(sites, added)[0]


def _between(shipped: NDArray[np.int64], name: str, stretches: Stretches) -> NDArray[np.int64]:
    """Starts of the windows of one chromosome, ascending; `shipped` are those of the shipped ones, ascending."""
    starts = np.arange(0, int(shipped[-1]), EVERY_BINS * INDEX_BIN, dtype=np.int64)
    gc, mappability, usable = facts_at(stretches, name, starts)
    after = np.searchsorted(shipped, starts)
    apart = np.minimum(
        np.abs(starts - shipped[np.minimum(after, len(shipped) - 1)]),
        np.abs(starts - shipped[np.maximum(after - 1, 0)]),
    )
    with np.errstate(invalid="ignore"):
        fit = usable & (gc >= GC_RANGE[0]) & (gc <= GC_RANGE[1]) & (mappability >= LEAST_MAPPABILITY)
    kept: NDArray[np.int64] = starts[fit & (apart >= LEAST_APART_BP) & (apart <= MOST_APART_BP)]
    return kept
