"""Read pairs of one sample over a territory, drawn in batches that are the same however they are run.

Every fragment starts somewhere in a tile, comes from one chromosome copy of one cell population, and so
carries what that copy carries. Two reads of it are then sequenced with base qualities and errors. All of it
is drawn array-wise from one seeded generator a batch.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from refractor.reads.sam_flags import DUPLICATE, FIRST, MATE_REVERSE, PAIRED, PROPER, REVERSE, SECOND
from synthetic.damage import Molecules, write_damage
from synthetic.drawn_fragments import Library, draw_fragments, placed_variants
from synthetic.events import SpikedVariant
from synthetic.indels import Cigar, edit_distance, reference_length
from synthetic.sequencing import sequence_bases
from synthetic.spiked_reads import write_variants
from synthetic.territory import Territory
from synthetic.tiles import Tiles, cut_tiles

_PIECE_READS = 4096  # compared at once, inside the processor's cache


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
    placed = placed_variants(library)
    edges = _batch_edges(tiles.fragments, model.batch_fragments)
    for batch, (first, last) in enumerate(pairwise(edges), start=first_batch):
        rng = np.random.default_rng([seed, batch])
        yield _sequence_batch(library, tiles, placed, slice(first, last), batch=batch, rng=rng)


def _batch_edges(fragments: NDArray[np.float64], size: int) -> list[int]:
    """Tile numbers at which batches of about `size` expected fragments begin and end."""
    number = (np.cumsum(fragments) / size).astype(np.int64)
    return [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), len(fragments)]


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
    drawn = draw_fragments(library, tiles, placed, span, rng)
    count = len(drawn.place)
    copied = np.flatnonzero(rng.random(count) < model.duplicate_fraction)
    fragments = drawn.take(np.concatenate([np.arange(count), copied]))
    pairs = len(fragments.place)
    place = np.concatenate([fragments.place, fragments.place + fragments.length - model.read_length])
    windows = sliding_window_view(library.haplotypes.reshape(-1), model.read_length)
    bases = windows[np.tile(fragments.row, 2) * library.haplotypes.shape[1] + place]
    shift, cigars = write_variants(library, fragments, tiles, placed, bases)
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
    mismatches = _mismatches(bases, territory, place)
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


def _mismatches(
    bases: NDArray[np.uint8], territory: Territory, place: NDArray[np.int64]
) -> NDArray[np.int64]:
    """How many bases of each read differ from the territory's at its place."""
    reference = sliding_window_view(territory.bases, bases.shape[1])
    count = np.empty(len(bases), dtype=np.int64)
    for first in range(0, len(bases), _PIECE_READS):
        piece = slice(first, first + _PIECE_READS)
        count[piece] = (bases[piece] != reference[place[piece]]).sum(axis=1)
    return count


def _limit(territory: Territory, tiles: Tiles, tile: int) -> tuple[int, int]:
    """Contig and position where the next batch begins."""
    if tile >= len(tiles.place):
        return len(territory.contigs), 0
    region = tiles.region[tile : tile + 1]
    return int(territory.contig[region[0]]), int(territory.positions(tiles.place[tile : tile + 1], region)[0])


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
