"""Insertions and deletions that aligners clip: where clipped bases continue in the reference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from refractor.genome.variant import Variant
from refractor.reads.bam_records import CLIP, Operations
from refractor.reads.fragments import Indel
from refractor.reads.panel_coordinates import Axis, decode
from refractor.reads.read_table import ReadTable
from refractor.variants.calling.candidates import LONGEST_INDEL
from refractor.variants.calling.haplotypes import Edits, variant_of

LEAST_CLIP = 8
"""Clipped bases from which a clip is looked at."""
LEAST_ANCHOR = 12
"""Clipped bases that must continue in the reference: by chance 12 do once in 100,000 tries."""
EXACT_START, MOST_COMPARED = 6, 40
"""Of the bases that continue, how many must fit without a mistake, and how many are compared."""
AGREEMENT = 0.7
"""Share of the reads that must agree on a base of the clip."""
LEAST_QUALITY = 15
"""Mean Phred of a clip; tails of bad quality are clipped too."""
_NEAR_BP = 60
"""How far outside the intervals a clip may lie."""


@dataclass(frozen=True, slots=True)
class _Clip:
    """Reads clipped at one place, on one side, and the bases they agree on (four-bit codes)."""

    place: int
    to_right: bool
    bases: NDArray[np.uint8]


def clipped_variants(table: ReadTable, *, min_reads: int, min_mapping_quality: int) -> list[Variant]:
    """Insertions, deletions and delins of up to 60 bases that at least `min_reads` clipped reads point to."""
    axis = table.axis
    variants = set()
    for clip in _repeated_clips(table, min_reads=min_reads, min_mapping_quality=min_mapping_quality):
        found = _to_the_right(axis, clip) if clip.to_right else _to_the_left(axis, clip)
        if found is not None:
            variants.add(found)
    return sorted(variants)


def _repeated_clips(table: ReadTable, *, min_reads: int, min_mapping_quality: int) -> list[_Clip]:
    clips = table.operations.of_kind(CLIP)
    good = (clips.length >= LEAST_CLIP) & (table.mapping_quality[clips.read] >= min_mapping_quality)
    good &= _near_wanted(table.axis)[np.clip(clips.place, 0, len(table.axis.bases) - 1)]
    clips = clips.take(np.flatnonzero(good))
    to_right = clips.index > 0
    key = clips.place * 2 + to_right
    keys, counts = np.unique(key, return_counts=True)
    repeated = []
    for number in keys[counts >= min_reads].tolist():
        members = clips.take(np.flatnonzero(key == number))
        agreed = _agreed_bases(table, members, to_right=bool(number % 2))
        if len(agreed) >= LEAST_ANCHOR:
            repeated.append(_Clip(number // 2, bool(number % 2), agreed))
    return repeated


def _near_wanted(axis: Axis) -> NDArray[np.bool_]:
    """Places of the intervals and up to 60 bases beside them."""
    steps = np.cumsum(np.concatenate([[0], axis.wanted]))
    places = np.arange(len(axis.wanted))
    low = np.maximum(places - _NEAR_BP, 0)
    high = np.minimum(places + _NEAR_BP + 1, len(axis.wanted))
    return np.asarray(steps[high] > steps[low])


def _agreed_bases(table: ReadTable, clips: Operations, *, to_right: bool) -> NDArray[np.uint8]:
    """The clipped bases the reads agree on, from the clip's inner end outwards as far as two reads reach."""
    stacked = np.zeros((len(clips.read), int(clips.length.max())), dtype=np.uint8)
    kept = 0
    for read, index, length in zip(
        clips.read.tolist(), clips.index.tolist(), clips.length.tolist(), strict=True
    ):
        if table.qualities[read, index : index + length].mean() < LEAST_QUALITY:
            continue
        bases = table.bases[read, index : index + length]
        stacked[kept, :length] = bases if to_right else bases[::-1]
        kept += 1
    if kept < 2:
        return stacked[0, :0]
    counts = np.stack([(stacked[:kept] == base).sum(axis=0) for base in (1, 2, 4, 8)])
    reach = (stacked[:kept] != 0).sum(axis=0)
    fine = (reach >= 2) & (counts.max(axis=0) >= AGREEMENT * reach)
    length = len(fine) if fine.all() else int(np.argmin(fine))
    agreed = np.array([1, 2, 4, 8], dtype=np.uint8)[counts.argmax(axis=0)][:length]
    return np.asarray(agreed if to_right else agreed[::-1])


def _to_the_right(axis: Axis, clip: _Clip) -> Variant | None:
    """The change after which the clipped bases go on along the reference to the right."""
    low, high = axis.stretch(clip.place)
    low, high = max(low, clip.place - LONGEST_INDEL), min(high, clip.place + LONGEST_INDEL + MOST_COMPARED)
    found = _continuation(axis.bases[low:high], clip.bases)
    if found is None:
        return None
    inserted, again = found[0], low + found[1]
    return _variant(axis, clip.place, again, decode(clip.bases[:inserted]))


def _to_the_left(axis: Axis, clip: _Clip) -> Variant | None:
    """The change before which the clipped bases come along the reference from the left."""
    low, high = axis.stretch(clip.place)
    low, high = max(low, clip.place - LONGEST_INDEL - MOST_COMPARED), min(high, clip.place + LONGEST_INDEL)
    found = _continuation(axis.bases[low:high][::-1], clip.bases[::-1])
    if found is None:
        return None
    inserted, left_at = found[0], high - found[1]
    return _variant(axis, left_at, clip.place, decode(clip.bases[len(clip.bases) - inserted :]))


def _continuation(reference: NDArray[np.uint8], bases: NDArray[np.uint8]) -> tuple[int, int] | None:
    """How many clipped bases are inserted and where in `reference` the rest continues; None if nowhere.

    Of all ways the one with the fewest inserted bases whose rest fits without more than one mismatch in 20.
    """
    for inserted in range(min(LONGEST_INDEL, len(bases) - LEAST_ANCHOR) + 1):
        rest = bases[inserted : inserted + MOST_COMPARED]
        if len(rest) > len(reference):
            continue
        differs = sliding_window_view(reference, len(rest)) != rest
        # a difference right after the inserted bases is one more inserted base, not a mistake
        wrong = differs.sum(axis=1) + len(rest) * differs[:, :EXACT_START].any(axis=1)
        best = int(wrong.argmin())
        if wrong[best] <= len(rest) // 20:
            return inserted, best
    return None


def _variant(axis: Axis, left: int, right: int, inserted: str) -> Variant | None:
    """The reference up to `left`, `inserted`, then the reference from `right` on: as one allele."""
    if right < left:
        inserted, right = inserted + axis.letters(right, left), left
    deleted = right - left
    if (not deleted and not inserted) or max(deleted, len(inserted)) > LONGEST_INDEL or "N" in inserted:
        return None
    if inserted == axis.letters(left, right):
        return None
    return variant_of(axis, Edits((), (Indel(left, deleted, inserted),)))
