"""Events of any change of the protein."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from refractor.evidence.alterations import changes_protein
from refractor.evidence.events.event import GeneInTumor
from refractor.evidence.events.small_variant import SmallVariantEvent
from refractor.evidence.findings import SmallVariant


@dataclass(frozen=True, slots=True)
class AnyChange(SmallVariantEvent):
    """Any change of the protein."""

    kind: ClassVar[str] = "any_change"
    form: ClassVar[str] = "any"
    met_by: ClassVar[str] = "any change of the protein (context only)"

    def candidates(self, tumor: GeneInTumor) -> Iterator[tuple[SmallVariant, str]]:
        """The variants that change the protein or a canonical splice site."""
        for variant in tumor.findings.variants_of(self.gene):
            if changes_protein(variant):
                yield variant, f"{variant.name} changes the protein"
