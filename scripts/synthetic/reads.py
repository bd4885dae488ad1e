"""Read pairs of one sample over a territory, drawn in batches that are the same however they are run.

Every fragment starts somewhere in a tile, comes from one chromosome copy of one cell population, and so
carries what that copy carries. Two reads of it are then sequenced with base qualities and errors. All of it
is drawn array-wise from one seeded generator a batch.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from refractor.errors import InputError, Problem
from refractor.variants.files.structural_variants import Breakpoint
from synthetic.damage import Molecules, write_damage
from synthetic.indels import (
    LONGEST_INDEL,
    Cigar,
    Edit,
    align_read,
    apply_edits,
    edit_distance,
    reference_length,
)
from synthetic.sequencing import ReadModel, sequence_bases
from synthetic.territory import Territory, nibbles
from synthetic.tiles import Tiles, cut_tiles
from synthetic.truth import Haplotype, Rearrangement, SpikedVariant, TumorTruth, beyond, carried_copies

_NEVER = 1 << 30
"""More copies than anything has."""

PAIRED, PROPER, REVERSE, MATE_REVERSE, FIRST, SECOND, DUPLICATE = 0x1, 0x2, 0x10, 0x20, 0x40, 0x80, 0x400


@dataclass(frozen=True, slots=True, eq=False)
class ReadBlock:
    """Reads in no order, one row each. `sequence` (four-bit codes) and `quality` are uint8 (reads, length).

    `position` and `mate_position` are 0-based; `fragment` numbers pairs within the batch. `cigars` holds the
    rows whose alignment is more than one match of the whole length. `limit` is (contig, position): no later
    block has a read before it. `mate_contig` None: mates lie on the contig of their reads. `tags` are further
    tags of single rows, as BAM spells them.
    """

    batch: int
    contig: NDArray[np.int64]
    position: NDArray[np.int64]
    mate_position: NDArray[np.int64]
    template_length: NDArray[np.int64]
    flag: NDArray[np.int64]
    mapping_quality: NDArray[np.int64]
    fragment: NDArray[np.int64]
    sequence: NDArray[np.uint8]
    quality: NDArray[np.uint8]
    mismatches: NDArray[np.int64]
    cigars: dict[int, Cigar]
    limit: tuple[int, int]
    mate_contig: NDArray[np.int64] | None = None
    tags: dict[int, bytes] = field(default_factory=dict)


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


def sequence(library: Library, *, first_batch: int = 0) -> Iterator[ReadBlock]:
    """All reads of a library, batch by batch in genome order; batches are numbered from `first_batch`."""
    truth, model = library.truth, library.model
    seed = zlib.crc32(truth.sample.encode()) ^ library.seed
    tiles = cut_tiles(
        library.territory,
        truth,
        depth=library.depth,
        read_length=model.read_length,
        model=model.depth,
        seed=seed,
    )
    placed = _placed_variants(library)
    edges = _batch_edges(tiles.fragments, model.batch_fragments)
    for batch, (first, last) in enumerate(pairwise(edges), start=first_batch):
        rng = np.random.default_rng([seed, batch])
        yield _sequence_batch(library, tiles, placed, slice(first, last), batch=batch, rng=rng)


def _batch_edges(fragments: NDArray[np.float64], size: int) -> list[int]:
    """Tile numbers at which batches of about `size` expected fragments begin and end."""
    number = (np.cumsum(fragments) / size).astype(np.int64)
    return [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), len(fragments)]


def _placed_variants(library: Library) -> list[tuple[SpikedVariant, int]]:
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
class _Fragments:
    """Fragments of one batch, one row each; places are of the territory."""

    place: NDArray[np.int64]
    length: NDArray[np.int64]
    region: NDArray[np.int64]
    state: NDArray[np.int64]
    entry: NDArray[np.int64]
    row: NDArray[np.int64]

    def take(self, rows: NDArray[np.int64]) -> _Fragments:
        return _Fragments(
            self.place[rows],
            self.length[rows],
            self.region[rows],
            self.state[rows],
            self.entry[rows],
            self.row[rows],
        )


def _sequence_batch(
    library: Library,
    tiles: Tiles,
    placed: Sequence[tuple[SpikedVariant, int]],
    span: slice,
    *,
    batch: int,
    rng: np.random.Generator,
) -> ReadBlock:
    model, territory = library.model, library.territory
    drawn = _draw_fragments(library, tiles, placed, span, rng)
    count = len(drawn.place)
    copied = np.flatnonzero(rng.random(count) < model.duplicate_fraction)
    fragments = drawn.take(np.concatenate([np.arange(count), copied]))
    pairs = len(fragments.place)
    place = np.concatenate([fragments.place, fragments.place + fragments.length - model.read_length])
    windows = sliding_window_view(library.haplotypes.reshape(-1), model.read_length)
    bases = windows[np.tile(fragments.row, 2) * library.haplotypes.shape[1] + place]
    shift, cigars = _spike(library, fragments, tiles, placed, bases)
    place += shift
    position = territory.positions(place, np.tile(fragments.region, 2))
    forward = rng.random(pairs) < 0.5
    if model.damage is not None:
        origin = np.concatenate([np.arange(count), copied])
        molecules = Molecules(fragments.place, fragments.length, origin, forward)
        write_damage(
            bases, place, molecules, model.damage, rng.spawn(1)[0]
        )  # draws of its own: the rest stays
    mapping = np.where(rng.random(pairs) < model.low_mapping_fraction, rng.integers(0, 60, pairs), 60)
    quality = sequence_bases(bases, model, rng)
    reference = sliding_window_view(territory.bases, model.read_length)[place]
    mismatches = (bases != reference).sum(axis=1)
    for row, cigar in cigars.items():
        mismatches[row] = edit_distance(territory.bases, int(place[row]), bases[row], cigar)
    return ReadBlock(
        batch=batch,
        contig=territory.contig[np.tile(fragments.region, 2)],
        position=position,
        mate_position=np.concatenate([position[pairs:], position[:pairs]]),
        template_length=_template_lengths(position, cigars, model.read_length),
        flag=_flags(forward, np.arange(pairs) >= count),
        mapping_quality=np.tile(mapping, 2),
        fragment=np.tile(np.arange(pairs), 2),
        sequence=bases,
        quality=quality,
        mismatches=mismatches,
        cigars=cigars,
        limit=_limit(territory, tiles, span.stop),
    )


def _limit(territory: Territory, tiles: Tiles, tile: int) -> tuple[int, int]:
    """Contig and position where the next batch begins."""
    if tile >= len(tiles.place):
        return len(territory.contigs), 0
    region = tiles.region[tile : tile + 1]
    return int(territory.contig[region[0]]), int(territory.positions(tiles.place[tile : tile + 1], region)[0])


def _draw_fragments(
    library: Library,
    tiles: Tiles,
    placed: Sequence[tuple[SpikedVariant, int]],
    span: slice,
    rng: np.random.Generator,
) -> _Fragments:
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
    fragments = _Fragments(place, insert, region, state, entry, row)
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
        carriers = _carriers(fragments, tiles, variant, at)
        kept[carriers[(place[carriers] > at) & (len(variant.ref) > len(variant.alt))]] = False
    for rearrangement in library.truth.rearrangements:
        for end in (rearrangement.first, rearrangement.second):
            kept[_broken(library, fragments, tiles, rearrangement, end)] = False
    return fragments.take(np.flatnonzero(kept & on_target))


def _broken(
    library: Library, fragments: _Fragments, tiles: Tiles, rearrangement: Rearrangement, end: Breakpoint
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


def _carriers(fragments: _Fragments, tiles: Tiles, variant: SpikedVariant, at: int) -> NDArray[np.int64]:
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


def _spike(
    library: Library,
    fragments: _Fragments,
    tiles: Tiles,
    placed: Sequence[tuple[SpikedVariant, int]],
    bases: NDArray[np.uint8],
) -> tuple[NDArray[np.int64], dict[int, Cigar]]:
    """Write the spiked variants into `bases`; how far reads move because of indels, and their CIGARs."""
    pairs = len(fragments.place)
    place = np.concatenate([fragments.place, fragments.place + fragments.length - bases.shape[1]])
    shift = np.zeros(2 * pairs, dtype=np.int64)
    cigars: dict[int, Cigar] = {}
    edits: dict[int, list[tuple[SpikedVariant, int]]] = defaultdict(list)
    with_indel: set[int] = set()
    for variant, at in placed:
        carriers = _carriers(fragments, tiles, variant, at)
        for carrier in carriers.tolist():
            edits[carrier].append((variant, at))
        if len(variant.ref) == len(variant.alt):
            _substitute(bases, place, np.concatenate([carriers, carriers + pairs]), at, variant.alt)
        else:
            with_indel |= set(carriers.tolist())
    for fragment in sorted(with_indel):
        _respell(library, fragments, fragment, edits[fragment], (bases, shift, cigars))
    return shift, cigars


def _substitute(
    bases: NDArray[np.uint8], place: NDArray[np.int64], rows: NDArray[np.int64], at: int, alt: str
) -> None:
    """Write the bases of an SNV or MNV into the reads that reach them."""
    for offset, base in enumerate(nibbles(alt)):
        column = at + offset - place[rows]
        inside = (column >= 0) & (column < bases.shape[1])
        bases[rows[inside], column[inside]] = base


def _respell(
    library: Library,
    fragments: _Fragments,
    fragment: int,
    variants: Sequence[tuple[SpikedVariant, int]],
    reads: tuple[NDArray[np.uint8], NDArray[np.int64], dict[int, Cigar]],
) -> None:
    """Write both reads of one fragment with an indel: bases, shift of their place, CIGAR."""
    bases, shift, cigars = reads
    length, pairs = library.model.read_length, len(fragments.place)
    place, insert = int(fragments.place[fragment]), int(fragments.length[fragment])
    low = max(0, place - 2 * LONGEST_INDEL)
    template = library.haplotypes[fragments.row[fragment], low : place + insert + 2 * LONGEST_INDEL]
    edited = apply_edits(
        template,
        [Edit(at - low, len(variant.ref), nibbles(variant.alt)) for variant, at in variants if at >= low],
    )
    first = int(np.flatnonzero(edited.origin >= place - low)[0])
    for row, start in ((fragment, first), (fragment + pairs, first + insert - length)):
        offset, cigar = align_read(template, edited, start, length)
        bases[row] = edited.bases[start : start + length]
        untouched = place if row == fragment else place + insert - length
        shift[row] = low + offset - untouched
        if len(cigar) > 1:
            cigars[row] = cigar


def _flags(forward: NDArray[np.bool_], duplicate: NDArray[np.bool_]) -> NDArray[np.int64]:
    """SAM flags of left reads, then of right reads; the right one is always on the reverse strand."""
    left = PAIRED | PROPER | MATE_REVERSE | np.where(forward, FIRST, SECOND)
    right = PAIRED | PROPER | REVERSE | np.where(forward, SECOND, FIRST)
    flag: NDArray[np.int64] = np.concatenate([left, right]) | np.tile(np.where(duplicate, DUPLICATE, 0), 2)
    return flag


def _template_lengths(
    position: NDArray[np.int64], cigars: dict[int, Cigar], read_length: int
) -> NDArray[np.int64]:
    """Signed TLEN of every read: from the leftmost to the rightmost aligned base of the pair."""
    end = position + read_length
    for row, cigar in cigars.items():
        end[row] = position[row] + reference_length(cigar)
    left, right = np.split(position, 2)
    span = np.maximum(*np.split(end, 2)) - np.minimum(left, right)
    return np.concatenate([np.where(left <= right, span, -span), np.where(left <= right, -span, span)])
