"""What a tumour's and its normal's reads hold besides the cells that they are named for, as qc.tsv has it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from refractor.results.quality import Quality, QualityStatus

TUMOR_CONTAMINATION, NORMAL_CONTAMINATION = "tumor_contamination", "normal_contamination"
"""Metrics of qc.tsv: share of the sample's DNA that is another person's."""
TUMOR_IN_NORMAL = "tumor_in_normal"
"""Metric of qc.tsv: share of tumour cells in the normal."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """Shares (0-1) of foreign DNA in the tumour and in the normal, and of tumour cells in the normal; 0 where not seen."""

    foreign_dna: float = 0.0
    normal_foreign_dna: float = 0.0
    tumor_in_normal: float = 0.0

    def foreign_cells(self, *, purity: float, ploidy: float) -> float:
        """Share (0-1) of the tumour sample's cells that are another person's: they hold two copies, the mean cell more."""
        return min(self.foreign_dna * (purity * ploidy + 2 * (1 - purity)) / 2, 1 - purity)


UNMIXED = Mixture()


def mixture_of(rows: Iterable[Quality]) -> Mixture:
    """The shares that qc.tsv warns of; what it does not warn of may be nothing."""
    warned = {
        row.metric: float(row.value or 0.0)
        for row in rows
        if row.status is QualityStatus.WARN
        and row.metric in (TUMOR_CONTAMINATION, NORMAL_CONTAMINATION, TUMOR_IN_NORMAL)
    }
    return Mixture(
        foreign_dna=warned.get(TUMOR_CONTAMINATION, 0.0),
        normal_foreign_dna=warned.get(NORMAL_CONTAMINATION, 0.0),
        tumor_in_normal=warned.get(TUMOR_IN_NORMAL, 0.0),
    )
