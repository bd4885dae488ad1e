"""Alleles that are worth a closer look: changes that repeat, joined where the same fragments carry them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.genome.panel import Panel
from refractor.genome.variant import Variant
from refractor.reads.bam_records import INSERTION
from refractor.reads.fragments import Indel
from refractor.reads.panel_coordinates import Axis, decode
from refractor.reads.read_table import ReadTable
from refractor.variants.calling.haplotypes import Edits, variant_of
from refractor.variants.calling.mismatches import Mismatches

LONGEST_INDEL = 60
"""Bases inserted or deleted beyond which a change is a structural variant's, not ours."""

CLOSE_BP = 2
"""Changes this near (0 is adjacent) on the same fragments are one allele wherever they lie."""
CODON_REACH_BP = 5
"""Farthest apart that two changes of the same or of neighbouring codons can be."""
INDEL_REACH_BP = 8
"""A change this near to an insertion or deletion on the same fragments belongs to it (delins)."""
SHARED = 0.6
"""Share of the fragments of the more frequent change that must carry the other one too."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """One change that at least a few fragments carry: its edits, the places it spans, and its fragments."""

    edits: Edits
    start: int
    end: int
    fragments: frozenset[int]


def repeated_changes(
    table: ReadTable,
    found: Mismatches,
    *,
    min_fragments: int,
    min_base_quality: int,
    min_mapping_quality: int,
) -> list[Repeated]:
    """Substitutions and indels on the axis's intervals that at least `min_fragments` fragments carry, by place."""
    changes = _repeated_substitutions(
        table, found, min_fragments=min_fragments, min_base_quality=min_base_quality
    )
    changes += _repeated_gaps(table, min_fragments=min_fragments, min_mapping_quality=min_mapping_quality)
    return sorted(changes, key=lambda change: (change.start, change.end, change.edits.substitutions))


def _repeated_substitutions(
    table: ReadTable, found: Mismatches, *, min_fragments: int, min_base_quality: int
) -> list[Repeated]:
    wanted = found.take(np.flatnonzero(table.axis.wanted[found.place]))
    key = wanted.place * 16 + wanted.base
    keys, inverse = np.unique(key, return_inverse=True)
    inverse = inverse.reshape(-1)
    good = np.flatnonzero(wanted.quality >= min_base_quality)
    molecule = table.fragment[wanted.read[good]]
    by_molecule = good[np.lexsort((molecule, inverse[good]))]
    number, molecule = inverse[by_molecule], table.fragment[wanted.read[by_molecule]]
    new = np.ones(len(number), dtype=bool)
    new[1:] = (number[1:] != number[:-1]) | (molecule[1:] != molecule[:-1])
    believed = np.bincount(number[new], minlength=len(keys))
    chosen = np.flatnonzero(believed >= min_fragments)
    order = np.argsort(inverse, kind="stable")
    first = np.searchsorted(inverse[order], chosen, side="left")
    last = np.searchsorted(inverse[order], chosen, side="right")
    changes = []
    for number, low, high in zip(chosen.tolist(), first.tolist(), last.tolist(), strict=True):
        place, base = divmod(int(keys[number]), 16)
        fragments = table.fragment[wanted.read[order[low:high]]]
        edits = Edits(((place, base),), ())
        changes.append(Repeated(edits, place, place + 1, frozenset(fragments.tolist())))
    return changes


def _repeated_gaps(table: ReadTable, *, min_fragments: int, min_mapping_quality: int) -> list[Repeated]:
    gaps = table.gaps.take(
        np.flatnonzero(
            (table.mapping_quality[table.gaps.read] >= min_mapping_quality)
            & (table.gaps.length <= LONGEST_INDEL)
        )
    )
    last = len(table.axis.wanted) - 1
    touched = table.axis.wanted[gaps.place] | table.axis.wanted[np.minimum(gaps.place + gaps.length, last)]
    gaps = gaps.take(np.flatnonzero(touched))
    carriers: dict[Indel, set[int]] = {}
    for read, kind, length, place, index in zip(
        gaps.read.tolist(),
        gaps.kind.tolist(),
        gaps.length.tolist(),
        gaps.place.tolist(),
        gaps.index.tolist(),
        strict=True,
    ):
        inserted = decode(table.bases[read, index : index + length]) if kind == INSERTION else ""
        if "N" not in inserted:
            indel = Indel(place, 0 if inserted else length, inserted)
            carriers.setdefault(indel, set()).add(int(table.fragment[read]))
    return [
        Repeated(Edits((), (indel,)), indel.place, indel.end, frozenset(fragments))
        for indel, fragments in carriers.items()
        if len(fragments) >= min_fragments
    ]


def joined_variants(
    axis: Axis, changes: list[Repeated], *, same_reading: Callable[[int, int], bool]
) -> list[Variant]:
    """One variant for each change, changes of the same fragments joined; in order of place, each once.

    `same_reading` says whether two places lie in the same codon or in neighbouring ones.
    """
    group = list(range(len(changes)))

    def root(index: int) -> int:
        while group[index] != index:
            index = group[index]
        return index

    for index, change in enumerate(changes):
        for earlier in range(index - 1, -1, -1):
            before = changes[earlier]
            if change.start - before.start > LONGEST_INDEL + INDEL_REACH_BP:
                break
            if _belong_together(before, change, same_reading):
                group[root(index)] = root(earlier)
    members: dict[int, list[Edits]] = {}
    for index, change in enumerate(changes):
        members.setdefault(root(index), []).append(change.edits)
    variants = {variant_of(axis, _merged(edits)) for edits in members.values()}
    return sorted(variants)


def _belong_together(before: Repeated, change: Repeated, same_reading: Callable[[int, int], bool]) -> bool:
    """Whether two changes are near enough, and on the same fragments, to be one allele."""
    apart = change.start - before.end
    if apart < 0 and not (before.edits.indels and change.edits.indels and change.start == before.end):
        return False
    if before.edits.indels or change.edits.indels:
        near = apart <= INDEL_REACH_BP
    else:
        near = apart <= CLOSE_BP or (apart < CODON_REACH_BP and same_reading(before.start, change.start))
    if not near:
        return False
    shared = len(before.fragments & change.fragments)
    return shared >= 2 and shared >= SHARED * max(len(before.fragments), len(change.fragments))


def _merged(edits: Iterable[Edits]) -> Edits:
    everything = list(edits)
    return Edits(
        tuple(sorted(pair for entry in everything for pair in entry.substitutions)),
        tuple(sorted(indel for entry in everything for indel in entry.indels)),
    )


def codon_numbers(axis: Axis, panel: Panel) -> NDArray[np.int64]:
    """For each place of the axis a number that is equal within a codon and rises by one to the next; -1 elsewhere.

    Genes are far apart in number, so that the last codon of one is never beside the first of another.
    """
    numbers = np.full(len(axis.bases), -1, dtype=np.int64)
    for rank, gene in enumerate(panel.genes.values()):
        for start, end in gene.cds:
            place, offset = axis.place(gene.chromosome, start), gene.coding_offset(start)
            if place is None or offset is None:
                continue
            step = np.arange(end - start)
            along = offset + step if gene.strand == "+" else offset - step
            numbers[place : place + end - start] = (rank + 1) * 1_000_000 + along // 3
    return numbers


def in_neighbouring_codons(numbers: NDArray[np.int64]) -> Callable[[int, int], bool]:
    """A judge of two places: whether they lie in the same codon or in neighbouring ones of one gene."""

    def judge(one: int, other: int) -> bool:
        first, second = int(numbers[one]), int(numbers[other])
        return first >= 0 and second >= 0 and abs(first - second) <= 1

    return judge
