"""The spiked variants of a synthetic tumour, written into the reads of the fragments that carry them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synthetic.drawn_fragments import Fragments, Library, carriers_of
from synthetic.events import SpikedVariant
from synthetic.indels import LONGEST_INDEL, Cigar, Edit, align_read, apply_edits
from synthetic.territory import nibbles
from synthetic.tiles import Tiles


def write_variants(
    library: Library,
    fragments: Fragments,
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
        carriers = carriers_of(fragments, tiles, variant, at)
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
    fragments: Fragments,
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
