"""Fragments that join two places by mistake, as ligation and folded single strands make them in every library.

Each is of its own two places, so that no two are alike.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from refractor.variants.files.structural_variants import Breakpoint
from refractor.vocabulary import Side
from synthetic.drawn_fragments import Library
from synthetic.events import Haplotype, Rearrangement
from synthetic.junction_reads import sequence_joined
from synthetic.reads import ReadBlock
from synthetic.territory import Territory

CHIMERA_BATCH = 99_998
"""Batch number in the names of these reads, out of the way of the others'."""
NEAR_BP = 500
"""Bases within which a folded strand joins itself: our choice, of the size of a fragment."""


def chimeric_reads(library: Library) -> ReadBlock | None:
    """The reads of chimeric fragments, in no order; None where the library has none."""
    model = library.model
    if not model.chimera_fraction:
        return None
    inner = _inner_places(library.territory)
    if not len(inner):
        return None
    rng = np.random.default_rng([zlib.crc32(library.truth.sample.encode()) ^ library.seed, CHIMERA_BATCH])
    fragments = len(inner) * library.depth / (2 * model.read_length)
    count = int(rng.poisson(fragments * model.chimera_fraction))
    joined = [_chimera(library.territory, inner, model.near_chimeras, rng) for _ in range(count)]
    return sequence_joined(
        library, joined, batch=CHIMERA_BATCH, rng=rng, mapping_quality=model.chimera_mapping_quality
    )


def _chimera(
    territory: Territory, inner: NDArray[np.int64], near: float, rng: np.random.Generator
) -> Rearrangement:
    """Two places of the territory joined, on sides drawn at random; those that fold back keep the same side."""
    first = int(inner[rng.integers(len(inner))])
    second, same = int(inner[rng.integers(len(inner))]), False
    kind = rng.random()
    if kind < near:
        second, same = first + int(rng.integers(20, NEAR_BP)), True
    sides = [Side.BEFORE if rng.random() < 0.5 else Side.AFTER for _ in range(2)]
    ends = [_end(territory, place, side) for place, side in zip((first, second), sides, strict=True)]
    if same:
        ends[1] = Breakpoint(ends[0].chromosome, ends[0].position + second - first, ends[0].side)
    haplotype = Haplotype.A if rng.random() < 0.5 else Haplotype.B
    return Rearrangement(ends[0], ends[1], haplotype=haplotype)


def _end(territory: Territory, place: int, side: Side) -> Breakpoint:
    region = np.searchsorted(territory.stop, place, side="right")
    position = territory.positions(np.array([place]), np.array([region]))[0]
    return Breakpoint(territory.contigs[int(territory.contig[region])], int(position), side)


def _inner_places(territory: Territory) -> NDArray[np.int64]:
    """Places of the regions themselves, that have the whole arm of a junction within their flanks."""
    low = territory.offset + territory.start - territory.origin + NEAR_BP
    high = territory.offset + territory.end - territory.origin - NEAR_BP
    pieces = [np.arange(first, last) for first, last in zip(low, high, strict=True) if first < last]
    return np.concatenate([np.empty(0, dtype=np.int64), *pieces])
