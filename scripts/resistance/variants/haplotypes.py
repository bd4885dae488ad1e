"""Alleles that fragments show over a short window, read as haplotypes: neighbours on one fragment are one allele."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from resistance.reads.fragments import DELETED, UNKNOWN, UNSEEN, Fragment, Indel
from resistance.variants.observation import Variant

_NOT_SHOWN = frozenset({UNSEEN, UNKNOWN})

Substitutions = tuple[tuple[int, str], ...]
"""Positions (0-based) with the base that stands there in place of the reference's."""


@dataclass(frozen=True, slots=True)
class _Edits:
    """How one fragment differs from the reference over the window."""

    substitutions: Substitutions
    indels: tuple[Indel, ...]


@dataclass(frozen=True, slots=True)
class AlleleSupport:
    """Fragments behind one allele: how many, on how many strands' alignments, and how many show its place."""

    alt: int
    depth: int
    forward: int
    reverse: int


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch [start, end) read from one sample: the fragments over it and the alleles they show.

    `reference` are the bases of [start - flank, end + flank), `flank` long enough for the deletions met.
    """

    chromosome: str
    start: int
    end: int
    reference: str
    flank: int
    fragments: tuple[Fragment, ...]

    def base(self, position: int) -> str:
        """The reference base at a position (0-based); N beyond the flanks."""
        index = position - self.start + self.flank
        return self.reference[index] if 0 <= index < len(self.reference) else UNKNOWN

    def depth(self) -> int:
        """Fragments that show the window: at its worst position, so that every base of it was seen so often."""
        shown = [
            sum(fragment.base(position) not in _NOT_SHOWN for fragment in self.fragments)
            for position in range(self.start, self.end)
        ]
        return min(shown, default=0)

    def alleles(self) -> Counter[Variant]:
        """Fragments per allele that differs from the reference.

        A fragment that does not show every base counts for the best-supported allele it fits; one that fits
        none counts for what it shows.
        """
        whole: Counter[_Edits] = Counter()
        partial: list[tuple[_Edits, Fragment]] = []
        for fragment in self.fragments:
            edits = self._edits(fragment)
            if not edits.substitutions and not edits.indels:
                continue
            if self._shows_everything(fragment):
                whole[edits] += 1
            else:
                partial.append((edits, fragment))
        for edits, fragment in partial:
            fitting = [known for known in whole if self._fits(known, edits, fragment)]
            best = max(fitting, key=lambda known: (whole[known], known.substitutions), default=edits)
            whole[best] += 1
        counts: Counter[Variant] = Counter()
        for edits, count in whole.items():
            counts[self._variant(edits)] += count
        return counts

    def support(self, variant: Variant) -> AlleleSupport:
        """What the fragments say of one allele of the window."""
        carriers = [fragment for fragment in self.fragments if self._carries(fragment, variant)]
        return AlleleSupport(
            alt=len(carriers),
            depth=sum(self._shows(fragment, variant) for fragment in self.fragments),
            forward=sum(fragment.forward for fragment in carriers),
            reverse=sum(fragment.reverse for fragment in carriers),
        )

    def _edits(self, fragment: Fragment) -> _Edits:
        substitutions = tuple(
            (position, shown)
            for position in range(self.start, self.end)
            if (shown := fragment.base(position)) not in _NOT_SHOWN
            and shown != DELETED
            and shown != self.base(position)
            and self.base(position) != UNKNOWN
        )
        return _Edits(substitutions, fragment.indels)

    def _shows_everything(self, fragment: Fragment) -> bool:
        return not any(base in _NOT_SHOWN for base in fragment.bases)

    def _fits(self, known: _Edits, edits: _Edits, fragment: Fragment) -> bool:
        """Whether a fragment that does not show every base may carry a known set of edits."""
        if edits.indels != known.indels:
            return False
        shown, wanted = dict(edits.substitutions), dict(known.substitutions)
        return all(wanted.get(position) == base for position, base in shown.items()) and all(
            fragment.base(position) in _NOT_SHOWN for position in wanted.keys() - shown.keys()
        )

    def _variant(self, edits: _Edits) -> Variant:
        """The edits of one fragment as one trimmed allele."""
        starts = [position for position, _ in edits.substitutions] + [i.position for i in edits.indels]
        ends = [position + 1 for position, _ in edits.substitutions] + [i.end for i in edits.indels]
        start, end = min(starts), max(ends)
        changed = dict(edits.substitutions)
        inserted = {indel.position: indel.inserted for indel in edits.indels if indel.inserted}
        deleted = {
            position
            for indel in edits.indels
            for position in range(indel.position, indel.end)
            if indel.deleted
        }
        alt = "".join(
            inserted.get(position, "")
            + ("" if position in deleted else changed.get(position, self.base(position)))
            for position in range(start, end)
        ) + inserted.get(end, "")
        ref = "".join(self.base(position) for position in range(start, end))
        return self._trimmed(start, ref, alt)

    def _trimmed(self, start: int, ref: str, alt: str) -> Variant:
        """The allele without shared ends, an indel with the base before it."""
        while len(ref) > 1 and len(alt) > 1 and ref[-1] == alt[-1]:
            ref, alt = ref[:-1], alt[:-1]
        while len(ref) > 1 and len(alt) > 1 and ref[0] == alt[0]:
            start, ref, alt = start + 1, ref[1:], alt[1:]
        if not ref or not alt:
            anchor = self.base(start - 1)
            start, ref, alt = start - 1, anchor + ref, anchor + alt
        return Variant(self.chromosome, start, ref, alt)

    def _carries(self, fragment: Fragment, variant: Variant) -> bool:
        edits = self._edits(fragment)
        if not edits.substitutions and not edits.indels:
            return False
        if self._variant(edits) == variant:
            return True
        if edits.indels or len(variant.ref) != len(variant.alt):
            return False
        wanted = _substitutions_of(variant)
        return self._fits(_Edits(wanted, ()), edits, fragment)

    def _shows(self, fragment: Fragment, variant: Variant) -> bool:
        """Whether a fragment would have shown the allele: its changed bases, for an indel also those beside it."""
        if len(variant.ref) == len(variant.alt):
            positions: Sequence[int] = [position for position, _ in _substitutions_of(variant)]
        else:
            positions = range(variant.position, variant.end + 1)
        inside = [position for position in positions if self.start <= position < self.end]
        return all(fragment.base(position) not in _NOT_SHOWN for position in inside)


def _substitutions_of(variant: Variant) -> Substitutions:
    return tuple(
        (variant.position + index, alt)
        for index, (ref, alt) in enumerate(zip(variant.ref, variant.alt, strict=True))
        if ref != alt
    )
