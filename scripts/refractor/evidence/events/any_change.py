"""Events of any change of the protein."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from refractor.evidence.alterations import changes_protein
from refractor.evidence.events.event import Asked, GeneInTumor, only
from refractor.evidence.events.small_variant import SmallVariantEvent
from refractor.evidence.findings import SmallVariant


@dataclass(frozen=True, slots=True)
class AnyChange(SmallVariantEvent):
    """Any change of the protein."""

    kind: ClassVar[str] = "any_change"
    form: ClassVar[str] = "any"
    met_by: ClassVar[str] = "any change of the protein (context only)"

    @classmethod
    def parse(cls, asked: Asked) -> Self:
        """From the token `any`."""
        only(asked, cls.form)
        return cls(asked.gene, asked.tokens, asked.transcript)

    def candidates(self, tumor: GeneInTumor) -> Iterator[tuple[SmallVariant, str]]:
        """The variants that change the protein or a canonical splice site."""
        for variant in tumor.findings.variants_of(self.gene):
            if changes_protein(variant):
                yield variant, f"{variant.name} changes the protein"
