"""Events of a codon: any change there that no rule lists by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from refractor.evidence.events.event import Asked, GeneInTumor, each
from refractor.evidence.events.small_variant import SmallVariantEvent, change_of
from refractor.evidence.findings import SmallVariant
from refractor.genome.hgvs_notation import (
    TRUNCATING_CHANGES,
    ChangeKind,
    ProteinChange,
    parse_codon,
)


@dataclass(frozen=True, slots=True)
class ChangedCodons(SmallVariantEvent):
    """Any substitution or in-frame change of the codons that no rule lists by name."""

    kind: ClassVar[str] = "codon"
    form: ClassVar[str] = "reference residue and codon, e.g. G12; A146"
    met_by: ClassVar[str] = (
        "any substitution or in-frame change of the codon that no hotspot row of this direction lists"
    )
    needs_transcript: ClassVar[bool] = True

    residue_at: Mapping[int, str]

    @classmethod
    def parse(cls, asked: Asked) -> Self:
        """From tokens such as `G12`."""
        places = each(asked.tokens, parse_codon)
        return cls(asked.gene, asked.tokens, asked.transcript, {codon: residue for residue, codon in places})

    @property
    def codons(self) -> tuple[int, ...]:
        """The codons."""
        return tuple(sorted(self.residue_at))

    @property
    def residues(self) -> Mapping[int, str]:
        """Their reference residues."""
        return self.residue_at

    def candidates(self, tumor: GeneInTumor) -> Iterator[tuple[SmallVariant, str]]:
        """The variants that change one of the codons and keep the protein's end."""
        for variant in tumor.findings.variants_of(self.gene):
            change = change_of(variant)
            if change is None or not _keeps_end(change):
                continue
            kept = variant.consequence.unchanged_codons
            hit = [
                codon for codon in self.codons if change.first <= codon <= change.last and codon not in kept
            ]
            if hit:
                yield variant, f"{change.text} changes codon {hit[0]}"


def _keeps_end(change: ProteinChange) -> bool:
    return change.kind not in TRUNCATING_CHANGES | {ChangeKind.SYNONYMOUS, ChangeKind.STOP_LOST}
