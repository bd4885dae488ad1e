"""Where fragments arise: tiles of a territory, each with its copies, GC content and expected fragments."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from synthetic.events import Haplotype
from synthetic.position_hash import hashed_normal
from synthetic.territory import FLANK, Territory
from synthetic.truth import PopulationState, TumorTruth

TILE_BASES = 1000
"""Longest tile: depth noise is drawn per tile, so this is the grain of over-dispersion."""

SHARED = 0
"""Salt of the depth noise that all samples have in common."""

CONTAMINANT = 2
"""Rows 0 and 1 of the haplotypes are the person's A and B; from this row on, a contaminating person's."""


@dataclass(frozen=True, slots=True)
class DepthModel:
    """What makes depth uneven, but for copies and chance. Our choices, of the size seen in PCR-free WGS.

    `gc_optimum` and `gc_width` shape a Gaussian loss of depth away from an optimal GC content (shares, 0-1);
    `shared_noise` is the standard deviation of the log depth of a tile that all samples have in common
    (mappability, replication), `own_noise` that of each sample.
    """

    gc_optimum: float = 0.44
    gc_width: float = 0.22
    shared_noise: float = 0.04
    own_noise: float = 0.03

    def gc_factor(self, gc: NDArray[np.float64]) -> NDArray[np.float64]:
        """Relative depth at a GC content, 1 at the optimum."""
        return np.exp(-0.5 * ((gc - self.gc_optimum) / self.gc_width) ** 2)


@dataclass(frozen=True, slots=True, eq=False)
class CopyState:
    """The chromosome copies that fragments of one stretch come from, and how often.

    `cumulative` float (copies,) ends at 1; `row` says which haplotype row, `population` which population and
    `copy` which of its copies, all int (copies,). `relative` is the copies against the genome's mean.
    """

    states: tuple[PopulationState, ...]
    cumulative: NDArray[np.float64]
    row: NDArray[np.int64]
    population: NDArray[np.int64]
    copy: NDArray[np.int64]
    relative: float


@dataclass(frozen=True, slots=True, eq=False)
class Tiles:
    """Tiles in genome order. Arrays of one value a tile.

    `place` and `bases` (int64): where fragments start, as places of the territory; `region` (int64);
    `state` (int64) an index into `states`; `fragments` (float64) expected number of fragments.
    """

    place: NDArray[np.int64]
    bases: NDArray[np.int64]
    region: NDArray[np.int64]
    state: NDArray[np.int64]
    fragments: NDArray[np.float64]
    states: tuple[CopyState, ...]


def cut_tiles(
    territory: Territory, truth: TumorTruth, *, depth: float, read_length: int, model: DepthModel, seed: int
) -> Tiles:
    """The tiles of `territory` for a sample of `depth` reads per base, duplicates not counted.

    `depth` is what a stretch with the genome's mean copies and the best GC content has. Fragments that start
    up to a flank left of a region are included, because they reach into it.
    """
    place, bases, region, state, states = _cut(territory, truth)
    gc = _gc_content(territory, place, bases)
    # Noise is drawn from the tile's position, so that it does not depend on what else is simulated.
    contig, kilobase = territory.contig[region], territory.positions(place, region) // TILE_BASES
    noise = model.shared_noise * hashed_normal(contig, kilobase, salt=SHARED)
    noise += model.own_noise * hashed_normal(contig, kilobase, salt=SHARED + 1 + seed)
    noise -= 0.5 * (model.shared_noise**2 + model.own_noise**2)  # keeps the mean factor at 1
    relative = np.array([entry.relative for entry in states])[state]
    fragments = depth * bases / (2 * read_length) * relative * model.gc_factor(gc) * np.exp(noise)
    return Tiles(place=place, bases=bases, region=region, state=state, fragments=fragments, states=states)


def _cut(
    territory: Territory, truth: TumorTruth
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], tuple[CopyState, ...]]:
    """Place, bases, region and copy state of every tile, and the states."""
    breakpoints = {name: truth.breakpoints(name) for name in territory.contigs}
    mean = truth.mean_mixed_copies()
    states: list[CopyState] = []
    known: dict[tuple[str, int], int] = {}
    rows: list[tuple[int, int, int, int]] = []
    for region in range(len(territory.contig)):
        chromosome = territory.contigs[territory.contig[region]]
        first = max(int(territory.origin[region]), int(territory.start[region]) - FLANK)
        last = int(territory.end[region])
        cuts = [first, *(cut for cut in breakpoints[chromosome] if first < cut < last), last]
        for low, high in pairwise(cuts):
            stretch = max(cut for cut in breakpoints[chromosome] if cut <= low)
            if (chromosome, stretch) not in known:
                known[chromosome, stretch] = len(states)
                states.append(_copy_state(truth, chromosome, stretch, mean=mean))
            edges = np.linspace(low, high, max(1, -(-(high - low) // TILE_BASES)) + 1).astype(int)
            shift = int(territory.offset[region] - territory.origin[region])
            rows += [
                (int(a) + shift, int(b - a), region, known[chromosome, stretch]) for a, b in pairwise(edges)
            ]
    table = np.array(rows, dtype=np.int64)
    return table[:, 0], table[:, 1], table[:, 2], table[:, 3], tuple(states)


def _copy_state(truth: TumorTruth, chromosome: str, position: int, *, mean: float) -> CopyState:
    states = truth.states_at(chromosome, position)
    own = 1 - truth.contamination
    entries = [
        (own * state.population.fraction / mean, row, population, copy)
        for population, state in enumerate(states)
        for row, haplotype in enumerate(Haplotype)
        for copy in range(state.of(haplotype))
        if state.population.fraction > 0
    ]
    if truth.contamination > 0:
        entries += [
            (truth.contamination / 2, CONTAMINANT + row, -1, copy)
            for row, copies in enumerate(truth.normal_copies(chromosome))
            for copy in range(copies)
        ]
    weight = np.array([entry[0] for entry in entries], dtype=np.float64)
    total = float(weight.sum())
    return CopyState(
        states=states,
        cumulative=np.cumsum(weight) / total if total > 0 else weight,
        row=np.array([entry[1] for entry in entries], dtype=np.int64),
        population=np.array([entry[2] for entry in entries], dtype=np.int64),
        copy=np.array([entry[3] for entry in entries], dtype=np.int64),
        relative=total,
    )


def _gc_content(
    territory: Territory, place: NDArray[np.int64], bases: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Share of G and C of every tile."""
    strong = np.append((territory.bases == 2) | (territory.bases == 4), False)
    edges = np.stack([place, place + bases], axis=1).reshape(-1)
    counts = np.add.reduceat(strong, edges, dtype=np.int64)[::2]
    share: NDArray[np.float64] = counts / bases
    return share
