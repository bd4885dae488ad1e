"""The files that nobody names: found beside those of a row, and read with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from refractor.copynumber.importers.known_formats import companions_of
from refractor.files.indexes import reads_indexes, variants_indexes
from refractor.files.remote import is_remote
from refractor.sheets.sheet_rows import SampleRow
from refractor.variants.files.linx import linx_tables


def files_beside(row: SampleRow, columns: Iterable[str]) -> tuple[Path, ...]:
    """The files beside those of these columns that a step finds by name: indexes of reads and of a VCF, a copy-number
    caller's purity, quality and solutions, LINX's tables of junctions.

    Told by names alone: a file may be listed that its reader does not open. None beside an address.
    """
    found = {
        path
        for column in columns
        if (cell := getattr(row, column)) and not is_remote(cell)
        for path in _beside(row, column, cell)
    }
    return tuple(sorted(found))


def _beside(row: SampleRow, column: str, cell: str) -> Iterator[Path]:
    match column:
        case "tumor_reads" | "normal_reads":
            of_either = (*reads_indexes(cell, is_cram=False), *reads_indexes(cell, is_cram=True))
            yield from (index for index in of_either if index.is_file())
        case "small_variants":
            yield from (index for index in variants_indexes(cell) if index.is_file())
        case "structural_variants":
            yield from (table for table in linx_tables(Path(cell)) or () if table.is_file())
        case "copy_number":
            yield from companions_of(cell, row.copy_number_caller)
