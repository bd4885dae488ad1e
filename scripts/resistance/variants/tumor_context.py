"""Purity and gene copies of one tumour, as the copy-number step left them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from resistance.sample_tables import GENE_COPY_NUMBER, PURITY_PLOIDY
from resistance.variants.power import ClonalExpectation, clonal_expectation


@dataclass(frozen=True, slots=True)
class TumorContext:
    """Purity (0-1, None where unknown) and total copies per gene (a gene left out is unknown)."""

    purity: float | None = None
    copies: Mapping[str, float] = field(default_factory=dict)

    def expectation(self, gene: str, *, assumed_purity: float) -> ClonalExpectation:
        """What a clonal heterozygous variant of `gene` would look like."""
        return clonal_expectation(self.purity, self.copies.get(gene), assumed_purity=assumed_purity)


def read_tumor_context(purity_ploidy: Path | None, gene_copy_number: Path | None) -> TumorContext:
    """The context from the copy-number step's tables; unknown what neither says.

    A gene that two sources know counts with the more copies: there a variant on one of them is rarer.
    """
    purity = None if purity_ploidy is None else _purity(PURITY_PLOIDY.read(purity_ploidy))
    copies: dict[str, float] = {}
    if gene_copy_number is not None:
        table = GENE_COPY_NUMBER.read(gene_copy_number)
        known = table[table["copy_number"].notna()]
        copies = {str(gene): float(most) for gene, most in known.groupby("gene")["copy_number"].max().items()}
    return TumorContext(purity, copies)


def _purity(table: pd.DataFrame) -> float | None:
    """The purity that can be used; None where it is unknown or was judged not to be usable.

    What the sheet gave can be used even where copies could not be judged, as in reads of a panel.
    """
    usable = table[((table["status"] == "ok") | (table["method"] == "given")) & table["purity"].notna()]
    return float(usable["purity"].iloc[0]) if len(usable) else None
