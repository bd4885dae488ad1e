"""Alleles that fragments show over a short window, read as haplotypes: neighbours on one fragment are one allele."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from refractor.genome.variant import Variant
from refractor.reads.fragments import DELETED, UNKNOWN, UNSEEN, FragmentWindow, Indel
from refractor.reads.panel_coordinates import Axis, decode, encode

_NOT_SHOWN = frozenset({UNSEEN, UNKNOWN})

Substitutions = tuple[tuple[int, int], ...]
"""Places with the base (four-bit code) that stands there in place of the reference's."""


@dataclass(frozen=True, slots=True)
class Edits:
    """How one fragment differs from the reference over the window."""

    substitutions: Substitutions
    indels: tuple[Indel, ...]

    def __bool__(self) -> bool:
        return bool(self.substitutions or self.indels)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Fragments that show exactly the same of a window: the bases, the indels, how many they are, on which strands."""

    shown: tuple[int, ...]
    indels: tuple[Indel, ...]
    count: int
    forward: int
    reverse: int


@dataclass(frozen=True, slots=True)
class AlleleSupport:
    """Fragments behind one allele: how many, on which strands, and how many show its place."""

    alt: int
    depth: int
    forward: int
    reverse: int


@dataclass(frozen=True, slots=True)
class Window:
    """The places [start, end) read from one sample, as patterns of what fragments show."""

    axis: Axis
    start: int
    end: int
    patterns: tuple[Pattern, ...]

    @classmethod
    def of(cls, axis: Axis, fragments: FragmentWindow) -> Window:
        """The window of some fragments, equal ones taken together."""
        rows: dict[tuple[bytes, tuple[Indel, ...]], list[int]] = {}
        for row, shown in enumerate(fragments.shown):
            rows.setdefault((shown.tobytes(), fragments.indels.get(row, ())), []).append(row)
        patterns = tuple(
            Pattern(
                shown=tuple(shown),
                indels=indels,
                count=len(members),
                forward=int(fragments.forward[members].sum()),
                reverse=int(fragments.reverse[members].sum()),
            )
            for (shown, indels), members in sorted(rows.items())
        )
        return cls(axis, fragments.start, fragments.end, patterns)

    def depth(self) -> int:
        """Fragments that show the window: at its worst place, so that every base of it was seen so often."""
        shown = [
            sum(pattern.count for pattern in self.patterns if pattern.shown[column] not in _NOT_SHOWN)
            for column in range(self.end - self.start)
        ]
        return min(shown, default=0)

    def reference_known(self) -> bool:
        """Whether every reference base of the window is known."""
        return bool((self.axis.bases[self.start : self.end] != UNKNOWN).all())

    def alleles(self) -> Counter[Variant]:
        """Fragments per allele that differs from the reference.

        A fragment that does not show every base counts for the best-supported allele it fits; one that fits
        none counts for what it shows.
        """
        whole: Counter[Edits] = Counter()
        partial: list[tuple[Edits, Pattern]] = []
        for pattern in self.patterns:
            edits = self._edits(pattern)
            if edits and not _NOT_SHOWN.intersection(pattern.shown):
                whole[edits] += pattern.count
            elif edits:
                partial.append((edits, pattern))
        for edits, pattern in partial:
            fitting = [known for known in whole if self._fits(known, edits, pattern)]
            best = max(fitting, key=lambda known: (whole[known], known.substitutions), default=edits)
            whole[best] += pattern.count
        counts: Counter[Variant] = Counter()
        for edits, count in whole.items():
            counts[variant_of(self.axis, edits)] += count
        return counts

    def support(self, variant: Variant) -> AlleleSupport:
        """What the fragments say of one allele of the window."""
        carriers = [pattern for pattern in self.patterns if self._carries(pattern, variant)]
        return AlleleSupport(
            alt=sum(pattern.count for pattern in carriers),
            depth=sum(pattern.count for pattern in self.patterns if self._shows(pattern, variant)),
            forward=sum(pattern.forward for pattern in carriers),
            reverse=sum(pattern.reverse for pattern in carriers),
        )

    def _edits(self, pattern: Pattern) -> Edits:
        reference = self.axis.bases[self.start : self.end].tolist()
        substitutions = tuple(
            (self.start + column, shown)
            for column, (shown, base) in enumerate(zip(pattern.shown, reference, strict=True))
            if shown not in _NOT_SHOWN and shown not in (DELETED, base) and base != UNKNOWN
        )
        return Edits(substitutions, pattern.indels)

    def _fits(self, known: Edits, edits: Edits, pattern: Pattern) -> bool:
        """Whether a fragment that does not show every base may carry a known set of edits."""
        if edits.indels != known.indels:
            return False
        shown, wanted = dict(edits.substitutions), dict(known.substitutions)
        return all(wanted.get(place) == base for place, base in shown.items()) and all(
            pattern.shown[place - self.start] in _NOT_SHOWN for place in wanted.keys() - shown.keys()
        )

    def _carries(self, pattern: Pattern, variant: Variant) -> bool:
        edits = self._edits(pattern)
        if not edits:
            return False
        if variant_of(self.axis, edits) == variant:
            return True
        if edits.indels or len(variant.ref) != len(variant.alt):
            return False
        return self._fits(Edits(self._substitutions_of(variant), ()), edits, pattern)

    def _shows(self, pattern: Pattern, variant: Variant) -> bool:
        """Whether a fragment would have shown the allele: its changed bases, for an indel also the one after it."""
        first = self.axis.place(variant.chromosome, variant.position)
        if first is None:
            return False
        if len(variant.ref) == len(variant.alt):
            places: Sequence[int] = [place for place, _ in self._substitutions_of(variant)]
        else:
            places = range(first, first + len(variant.ref) + 1)
        inside = [place for place in places if self.start <= place < self.end]
        return all(pattern.shown[place - self.start] not in _NOT_SHOWN for place in inside)

    def _substitutions_of(self, variant: Variant) -> Substitutions:
        first = self.axis.place(variant.chromosome, variant.position)
        if first is None:
            return ()
        alts = encode(variant.alt).tolist()
        return tuple(
            (first + index, alts[index])
            for index, (ref, alt) in enumerate(zip(variant.ref, variant.alt, strict=True))
            if ref != alt
        )


def variant_of(axis: Axis, edits: Edits) -> Variant:
    """The edits of one fragment as one trimmed allele; an indel keeps the base before it."""
    starts = [place for place, _ in edits.substitutions] + [indel.place for indel in edits.indels]
    ends = [place + 1 for place, _ in edits.substitutions] + [indel.end for indel in edits.indels]
    start, end = min(starts), max(ends)
    changed = {place: decode(np.array([base], dtype=np.uint8)) for place, base in edits.substitutions}
    inserted = {indel.place: indel.inserted for indel in edits.indels if indel.inserted}
    deleted = {place for indel in edits.indels for place in range(indel.place, indel.end)}
    ref = axis.letters(start, end)
    alt = "".join(
        inserted.get(place, "") + ("" if place in deleted else changed.get(place, ref[place - start]))
        for place in range(start, end)
    ) + inserted.get(end, "")
    while ref and alt and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    while ref and alt and ref[0] == alt[0]:
        start, ref, alt = start + 1, ref[1:], alt[1:]
    if not ref or not alt:
        start -= 1
        anchor = axis.letters(start, start + 1)
        ref, alt = anchor + ref, anchor + alt
    chromosome, position = axis.position(start)
    return Variant(chromosome, position, ref, alt)
