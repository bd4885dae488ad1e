"""Tables with a tumour a row and a gene a column, what was found of the gene in the cell: G12D, wild-type, or nothing.

An empty cell says that the gene was not tested.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import load_panel
from refractor.variants.files.maf_columns import spelling, tumor_column
from refractor.variants.files.maf_row import EMPTY_CELLS, MafRow

ENOUGH_GENES = 2
"""Columns named by genes of the panel that make a table one of this kind; one is enough beside a column of tumours."""


def gene_columns(header: Sequence[str]) -> dict[int, str]:
    """The genes of the panel that columns are named by, by place; none where that are too few to tell."""
    panel = load_panel(GenomeBuild.GRCH38)  # symbols are the same on both builds
    called = {at: panel.gene_called(spelling(name)) for at, name in enumerate(header)}
    found = {at: gene.symbol for at, gene in called.items() if gene is not None}
    enough = len(found) >= ENOUGH_GENES or (found and tumor_column(header) is not None)
    return found if enough else {}


def findings_of_row(
    header: Sequence[str], cells: Sequence[str], genes: Mapping[int, str], *, line: int
) -> Iterator[MafRow]:
    """A row of the standard names for each gene that was tested in the row's tumour."""
    column = tumor_column(header)
    tumor = None if column is None or column >= len(cells) else cells[column].strip().strip('"') or None
    for at, symbol in genes.items():
        found = cells[at].strip().strip('"') if at < len(cells) else ""
        if found not in EMPTY_CELLS:
            yield MafRow(line, {"Hugo_Symbol": symbol, "HGVSp_Short": found, "Tumor_Sample_Barcode": tumor})
