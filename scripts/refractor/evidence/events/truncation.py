"""Events of a protein that ends early."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from refractor.evidence.alterations import is_truncating
from refractor.evidence.events.event import GeneInTumor
from refractor.evidence.events.small_variant import SmallVariantEvent
from refractor.evidence.findings import SmallVariant


@dataclass(frozen=True, slots=True)
class Truncation(SmallVariantEvent):
    """A protein that ends early; one hit is enough."""

    kind: ClassVar[str] = "truncation"
    form: ClassVar[str] = "truncating"
    met_by: ClassVar[str] = "stop gained, frameshift, start lost; one hit is enough"
    needs_transcript: ClassVar[bool] = True

    def candidates(self, tumor: GeneInTumor) -> Iterator[tuple[SmallVariant, str]]:
        """The truncating variants."""
        for variant in tumor.findings.variants_of(self.gene):
            if is_truncating(variant):
                yield variant, f"{variant.name} ends the protein early"
