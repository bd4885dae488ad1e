"""Columns whose names speak of a gene whatever the cohort is: of which genes they tell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from refractor.files.resources import shipped_rows
from refractor.genome.panel import PANEL


@dataclass(frozen=True, slots=True)
class FixedColumn:
    """One such column of patients.tsv, in or out.

    `criterion` is the criterion of entry whose genes it takes where the cohort file has one of that name, None for copies
    and stains; `word` is what prose calls the genes, `meaning` what the column says.
    """

    name: str
    criterion: str | None
    genes: tuple[str, ...]
    word: str
    meaning: str

    @property
    def gene(self) -> str:
        """The one gene of a column of copies or of a stain."""
        (one,) = self.genes
        return one


@lru_cache(maxsize=1)
def _columns() -> dict[str, FixedColumn]:
    return {
        row["column"]: FixedColumn(
            name=row["column"],
            criterion=row["criterion"] or None,
            genes=tuple(row["genes"].split(",")),
            word=row["word"],
            meaning=row["meaning"],
        )
        for row in shipped_rows(PANEL / "fixed_columns.tsv")
    }


def fixed_column(name: str) -> FixedColumn:
    """The column of that name in resources/panel/fixed_columns.tsv; a KeyError for another."""
    return _columns()[name]
