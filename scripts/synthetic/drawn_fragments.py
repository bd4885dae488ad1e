"""The fragments of one sample: where each lies, and from which chromosome copy of which cell population it comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.errors import InputError, Problem
from refractor.variants.files.structural_variants import Breakpoint
from synthetic.events import Haplotype, Rearrangement, SpikedVariant, beyond
from synthetic.sequencing import ReadModel
from synthetic.territory import Territory, nibbles
from synthetic.tiles import Tiles
from synthetic.truth import TumorTruth, carried_copies

_NEVER = 1 << 30
"""More copies than anything has."""


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """One sample ready to be sequenced: its truth, haplotypes (uint8 (2 or 4, places)), depth and seed."""

    truth: TumorTruth
    territory: Territory
    haplotypes: NDArray[np.uint8]
    depth: float
    seed: int
    model: ReadModel

    def __post_init__(self) -> None:
        needed = 4 if self.truth.contamination > 0 else 2
        if len(self.haplotypes) < needed:
            raise InputError(
                Problem(f"truth of {self.truth.sample}", "is contaminated, but no second person was given")
            )


def placed_variants(library: Library) -> list[tuple[SpikedVariant, int]]:
    """The spiked variants inside the territory, with their places.

    Raises:
        InputError: a variant whose ref is not the sequence there.
    """
    placed, faults = [], []
    for variant in library.truth.variants:
        place = library.territory.place(variant.chromosome, variant.position)
        if place is None:
            continue
        wanted = nibbles(variant.ref)
        if not np.array_equal(library.territory.bases[place : place + len(wanted)], wanted):
            faults.append(
                Problem(
                    f"truth of {library.truth.sample}",
                    f"{variant.chromosome}:{variant.position + 1} has not the reference bases {variant.ref}",
                    allowed=f"give positions of {library.territory.build}, 0-based",
                )
            )
        placed.append((variant, place))
    if faults:
        raise InputError(faults)
    return placed


@dataclass(slots=True, eq=False)
class Fragments:
    """Fragments of one batch, one row each; places are of the territory."""

    place: NDArray[np.int64]
    length: NDArray[np.int64]
    region: NDArray[np.int64]
    state: NDArray[np.int64]
    entry: NDArray[np.int64]
    row: NDArray[np.int64]

    def take(self, rows: NDArray[np.int64]) -> Fragments:
        """The fragments of these rows."""
        return Fragments(
            self.place[rows],
            self.length[rows],
            self.region[rows],
            self.state[rows],
            self.entry[rows],
            self.row[rows],
        )


def draw_fragments(
    library: Library,
    tiles: Tiles,
    placed: Sequence[tuple[SpikedVariant, int]],
    span: slice,
    rng: np.random.Generator,
) -> Fragments:
    """Fragments with a read on their region, none in a hole, and none that starts in bases its copy has lost."""
    model, territory = library.model, library.territory
    count = rng.poisson(tiles.fragments[span])
    tile = np.repeat(np.arange(span.start, span.stop), count)
    total = len(tile)
    place = tiles.place[tile] + (rng.random(total) * tiles.bases[tile]).astype(np.int64)
    insert = np.rint(rng.normal(model.insert_mean, model.insert_sd, total)).astype(np.int64)
    insert = np.clip(insert, model.insert_min, model.insert_max)
    region, state = tiles.region[tile], tiles.state[tile]
    entry, row = _draw_copies(tiles, state, rng.random(total))
    fragments = Fragments(place, insert, region, state, entry, row)
    kept = place + insert <= territory.stop[region]
    on_target = np.zeros(total, dtype=bool)
    for left in (
        territory.positions(place, region),
        territory.positions(place, region) + insert - model.read_length,
    ):
        on_target |= (left < territory.end[region]) & (left + model.read_length > territory.start[region])
        for hole in library.truth.holes:
            same = territory.contig[region] == territory.contigs.index(hole.chromosome)
            kept &= ~(same & (left < hole.end) & (left + model.read_length > hole.start))
    for variant, at in placed:
        carriers = carriers_of(fragments, tiles, variant, at)
        kept[carriers[(place[carriers] > at) & (len(variant.ref) > len(variant.alt))]] = False
    for rearrangement in library.truth.rearrangements:
        for end in (rearrangement.first, rearrangement.second):
            kept[_broken(library, fragments, tiles, rearrangement, end)] = False
    return fragments.take(np.flatnonzero(kept & on_target))


def _broken(
    library: Library, fragments: Fragments, tiles: Tiles, rearrangement: Rearrangement, end: Breakpoint
) -> NDArray[np.int64]:
    """Fragments that run on over a breakpoint, from a copy that is joined to elsewhere there.

    Of the copies that the kept side has, the last ones are those with the junction.
    """
    cut = library.territory.place(end.chromosome, max(end.position, beyond(end)))
    if cut is None:
        return np.empty(0, dtype=np.int64)
    near = np.flatnonzero((fragments.place < cut) & (cut < fragments.place + fragments.length))
    inside = library.truth.states_at(end.chromosome, end.position)
    joined = library.truth.junction_copies(rearrangement)
    first_joined = {
        state.population.name: state.of(rearrangement.haplotype) - copies
        for state, copies in zip(inside, joined, strict=True)
        if copies
    }
    wanted_row = list(Haplotype).index(rearrangement.haplotype)
    broken = np.zeros(len(near), dtype=bool)
    for number in np.unique(fragments.state[near]):
        copies = tiles.states[number]
        names = [copies.states[index].population.name for index in copies.population]
        first = np.array([first_joined.get(name, _NEVER) for name in names], dtype=np.int64)
        by_entry = (copies.row == wanted_row) & (copies.copy >= first)
        members = fragments.state[near] == number
        broken[members] = by_entry[fragments.entry[near[members]]]
    return near[broken]


def _draw_copies(
    tiles: Tiles, state: NDArray[np.int64], uniform: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each fragment which chromosome copy of its state it comes from, and the haplotype row of that."""
    entry = np.zeros(len(state), dtype=np.int64)
    row = np.zeros(len(state), dtype=np.int64)
    for number in np.unique(state):
        members = np.flatnonzero(state == number)
        copies = tiles.states[number]
        entry[members] = np.searchsorted(copies.cumulative[:-1], uniform[members], side="right")
        row[members] = copies.row[entry[members]]
    return entry, row


def carriers_of(fragments: Fragments, tiles: Tiles, variant: SpikedVariant, at: int) -> NDArray[np.int64]:
    """Fragments over the variant that come from a copy with it."""
    near = np.flatnonzero(
        (fragments.place < at + len(variant.ref)) & (at < fragments.place + fragments.length)
    )
    carrying = np.zeros(len(near), dtype=bool)
    wanted_row = list(Haplotype).index(variant.haplotype)
    for number in np.unique(fragments.state[near]):
        copies = tiles.states[number]
        carried = np.array([carried_copies(variant, state) for state in copies.states], dtype=np.int64)
        by_entry = (copies.row == wanted_row) & (copies.copy < carried[copies.population])
        members = fragments.state[near] == number
        carrying[members] = by_entry[fragments.entry[near[members]]]
    return near[carrying]
