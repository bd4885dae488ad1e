"""A VCF's header with the sample columns that were chosen in it."""

from __future__ import annotations

from dataclasses import dataclass

from refractor.variants.files.callers import Flavour, SampleColumns
from refractor.variants.files.vcf_header import VcfHeader


@dataclass(frozen=True, slots=True)
class Columns:
    """A header with the columns chosen in it."""

    header: VcfHeader
    chosen: SampleColumns
    flavour: Flavour

    @property
    def tumor_index(self) -> int | None:
        """Place of the tumour among the sample columns; None where there are none."""
        return None if self.chosen.tumor is None else self.header.samples.index(self.chosen.tumor)

    @property
    def normal_index(self) -> int | None:
        """Place of the normal among the sample columns; None where it has none of its own."""
        return None if self.chosen.normal is None else self.header.samples.index(self.chosen.normal)
