"""Events that name protein changes themselves: hotspots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from refractor.evidence.events.event import Asked, GeneInTumor, each
from refractor.evidence.events.small_variant import SmallVariantEvent, change_of
from refractor.evidence.findings import SmallVariant
from refractor.genome.hgvs_notation import (
    INDEL_CHANGES,
    ProteinChange,
    expand_listed,
)

LISTED_FORM = "protein changes in one-letter HGVS, alternatives after a slash, e.g. G12A/C/D; Y772_A775dup"


@dataclass(frozen=True, slots=True)
class ListedChanges(SmallVariantEvent):
    """Just these protein changes."""

    kind: ClassVar[str] = "hotspot"
    form: ClassVar[str] = LISTED_FORM
    met_by: ClassVar[str] = "just these protein changes, in either HGVS notation"
    needs_transcript: ClassVar[bool] = True
    names_changes: ClassVar[bool] = True

    changes: tuple[ProteinChange, ...]

    @classmethod
    def parse(cls, asked: Asked) -> Self:
        """From tokens such as `G12A/C/D` and `Y772_A775dup`."""
        listed = each(asked.tokens, expand_listed)
        changes = tuple(change for changes in listed for change in changes)
        return cls(asked.gene, asked.tokens, asked.transcript, changes)

    @property
    def codons(self) -> tuple[int, ...]:
        """Every codon that a listed change touches."""
        return tuple(sorted({codon for change in self.changes for codon in _touched(change)}))

    @property
    def indel_codons(self) -> frozenset[int]:
        """Codons of listed insertions and deletions."""
        indels = (change for change in self.changes if change.kind in INDEL_CHANGES)
        return frozenset(codon for change in indels for codon in _touched(change))

    @property
    def substitution_codons(self) -> frozenset[int]:
        """Codons of the other listed changes."""
        others = (change for change in self.changes if change.kind not in INDEL_CHANGES)
        return frozenset(codon for change in others for codon in _touched(change))

    @property
    def residues(self) -> Mapping[int, str]:
        """Reference residues at the first codon of each change."""
        return {change.first: change.reference for change in self.changes if change.reference != "*"}

    @property
    def named(self) -> Mapping[object, str]:
        """The changes."""
        return {change.key: change.text for change in self.changes}

    def candidates(self, tumor: GeneInTumor) -> Iterator[tuple[SmallVariant, str]]:
        """The variants that are a listed change, however it is written."""
        for variant in tumor.findings.variants_of(self.gene):
            why = listed_change(self.changes, variant)
            if why is not None:
                yield variant, why


def listed_change(changes: Sequence[ProteinChange], variant: SmallVariant) -> str | None:
    """Why the variant is one of the changes, however both are written; None where it is not."""
    change = change_of(variant)
    if change is None:
        return None
    for listed in changes:
        if listed.key == change.key:
            same = listed.text == change.text
            return f"{change.text} is listed" if same else f"{change.text} is the listed {listed.text}"
    return None


def _touched(change: ProteinChange) -> range:
    return range(change.first, change.last + 1)
