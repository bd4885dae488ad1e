"""A gene's MANE Select transcript with its sequence: positions in c. notation, edits in coding order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from refractor.genome.panel import Gene
from refractor.genome.protein_change import CodingEdit
from refractor.genome.reference import Reference
from refractor.genome.variant import Variant

_COMPLEMENT = str.maketrans("ACGTN", "TGCAN")
_SHIFT_STEP_BP = 64
UNKNOWN_BASE = "N"

ESSENTIAL_SPLICE_BP = 2
SPLICE_REGION_INTRON_BP = 8
SPLICE_REGION_EXON_BP = 3
"""Sequence Ontology: splice_region_variant lies 1-3 bases into the exon or 3-8 into the intron (SO:0001630)."""


def reverse_complement(bases: str) -> str:
    """The other strand, read in its own direction."""
    return bases.translate(_COMPLEMENT)[::-1]


@dataclass(frozen=True, slots=True)
class Edit:
    """Genomic plus-strand bases `removed` from `start` on and `inserted` in their place; no shared ends."""

    start: int
    removed: str
    inserted: str

    @property
    def end(self) -> int:
        """The base after the last removed one."""
        return self.start + len(self.removed)

    @property
    def is_insertion(self) -> bool:
        """Whether nothing is removed."""
        return not self.removed

    @property
    def can_move(self) -> bool:
        """Whether it is a pure insertion or deletion, which may have several equal places."""
        return not self.removed or not self.inserted


class Transcript:
    """One gene's transcript on one reference."""

    def __init__(self, gene: Gene, reference: Reference) -> None:
        self.gene = gene
        self._reference = reference
        self.forward = gene.strand == "+"
        order = gene.exons if self.forward else tuple(reversed(gene.exons))
        self._exons = order
        self._exon_offsets = self._offsets()

    def _offsets(self) -> tuple[int, ...]:
        """Offset in the transcript of each exon's first base, in coding order."""
        offsets, total = [], 0
        for start, end in self._exons:
            offsets.append(total)
            total += end - start
        return tuple(offsets)

    @cached_property
    def coding(self) -> str:
        """The coding sequence, stop codon included, N where unknown."""
        return self._spliced(self.gene.cds)

    @cached_property
    def downstream(self) -> str:
        """The 3' untranslated sequence, N where unknown."""
        return self._spliced(tuple(self._untranslated_tail()))

    def _untranslated_tail(self) -> Iterator[tuple[int, int]]:
        border = self.gene.cds[-1][1] if self.forward else self.gene.cds[0][0]
        for start, end in self.gene.exons:
            low, high = (max(start, border), end) if self.forward else (start, min(end, border))
            if low < high:
                yield low, high

    def _spliced(self, parts: tuple[tuple[int, int], ...]) -> str:
        bases = "".join(self.bases(start, end) for start, end in parts)
        return bases if self.forward else reverse_complement(bases)

    def bases(self, start: int, end: int) -> str:
        """Plus-strand bases of the gene's chromosome."""
        return self._reference.fetch(self.gene.chromosome, start, end)

    def oriented(self, bases: str) -> str:
        """Plus-strand bases as the transcript reads them."""
        return bases if self.forward else reverse_complement(bases)

    def edit_of(self, variant: Variant) -> Edit:
        """The variant as an edit, an insertion or deletion moved to its most 3' place on the transcript."""
        ref, alt, start = variant.ref, variant.alt, variant.position
        while ref and alt and ref[-1] == alt[-1]:
            ref, alt = ref[:-1], alt[:-1]
        while ref and alt and ref[0] == alt[0]:
            ref, alt, start = ref[1:], alt[1:], start + 1
        edit = Edit(start, ref, alt)
        if not edit.can_move or not (ref or alt):
            return edit
        return self._moved_right(edit) if self.forward else self._moved_left(edit)

    def _moved_right(self, edit: Edit) -> Edit:
        moving, end = edit.removed or edit.inserted, edit.end
        window, window_start = "", end
        while True:
            if end - window_start >= len(window):
                window, window_start = self.bases(end, end + _SHIFT_STEP_BP), end
            after = window[end - window_start]
            if after == UNKNOWN_BASE or after != moving[0]:
                break
            moving, end = moving[1:] + after, end + 1
        return Edit(end - len(edit.removed), moving, "") if edit.removed else Edit(end, "", moving)

    def _moved_left(self, edit: Edit) -> Edit:
        moving, start = edit.removed or edit.inserted, edit.start
        window, window_start = "", start
        while True:
            if start <= window_start:
                window_start = start - _SHIFT_STEP_BP
                window = self.bases(window_start, start)
            before = window[start - 1 - window_start]
            if before == UNKNOWN_BASE or before != moving[-1]:
                break
            moving, start = before + moving[:-1], start - 1
        return Edit(start, moving, "") if edit.removed else Edit(start, "", moving)

    def place_is_settled(self, edit: Edit) -> bool:
        """Whether the base that could still move the edit in the 3' direction is known."""
        following = edit.end if self.forward else edit.start - 1
        return not edit.can_move or self.bases(following, following + 1) != UNKNOWN_BASE

    def coding_edit(self, edit: Edit) -> CodingEdit | None:
        """The edit in the coding sequence; None where any of it, or an insertion's neighbour, lies outside."""
        gene = self.gene
        if edit.is_insertion:
            left, right = gene.coding_offset(edit.start - 1), gene.coding_offset(edit.start)
            if left is None or right is None or abs(left - right) != 1:
                return None
            return CodingEdit(max(left, right), max(left, right), self.oriented(edit.inserted))
        first, last = gene.coding_offset(edit.start), gene.coding_offset(edit.end - 1)
        if first is None or last is None or abs(last - first) != edit.end - 1 - edit.start:
            return None
        return CodingEdit(min(first, last), max(first, last) + 1, self.oriented(edit.inserted))

    def c_position(self, position: int) -> str | None:
        """A genomic position in c. notation: 35, 111+1, -7, *12; None outside the transcript."""
        if not self.gene.start <= position < self.gene.end:
            return None
        index = self._exon_at_or_before(position)
        start, end = self._exons[index]
        if start <= position < end:
            return self._c_of(self._exon_offsets[index] + self._into(index, position))
        following = index + 1
        next_start, next_end = self._exons[following]
        if self.forward:
            after_last, before_first = position - end + 1, next_start - position
        else:
            after_last, before_first = start - position, position - next_end + 1
        if after_last <= before_first:
            return f"{self._c_of(self._exon_offsets[following] - 1)}+{after_last}"
        return f"{self._c_of(self._exon_offsets[following])}-{before_first}"

    def _exon_at_or_before(self, position: int) -> int:
        """Index, in coding order, of the exon that holds a position or is the last before it."""
        ascending = [start for start, _ in self.gene.exons]
        if self.forward:
            return bisect_right(ascending, position) - 1
        ends = [end for _, end in self.gene.exons]
        return len(ends) - 1 - bisect_right(ends, position)

    def _into(self, index: int, position: int) -> int:
        start, end = self._exons[index]
        return position - start if self.forward else end - 1 - position

    def _c_of(self, offset: int) -> str:
        """c. notation of a 0-based offset in the transcript."""
        place = offset - self._coding_start
        if place < 0:
            return str(place)
        length = self.gene.cds_length
        return str(place + 1) if place < length else f"*{place - length + 1}"

    @cached_property
    def _coding_start(self) -> int:
        first = self.gene.cds[0][0] if self.forward else self.gene.cds[-1][1] - 1
        for index, (start, end) in enumerate(self._exons):
            if start <= first < end:
                return self._exon_offsets[index] + self._into(index, first)
        raise ValueError(f"{self.gene.symbol}: its coding sequence begins in no exon")

    def introns(self) -> Iterator[tuple[int, int]]:
        """Genomic intervals of the introns, ascending."""
        for (_, end), (start, _) in zip(self.gene.exons, self.gene.exons[1:], strict=False):
            yield end, start
