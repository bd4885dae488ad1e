"""Tables that hold many tumours and that several rows of the samples name: each is divided once, not read by every job."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from refractor.errors import InputError
from refractor.files.divided import text_lines
from refractor.sheets.sheet_rows import SampleRow
from refractor.variants.files.maf_columns import OPTIONAL

COLUMNS = ("small_variants", "copy_number")
"""Columns of the samples whose file may be such a table."""
TUMOR_NAMES = (*OPTIONAL["Tumor_Sample_Barcode"], "id", "gdc_aliquot")
"""Names of the column with the tumours' names, in lower case: those of a MAF, of a SEG and of the GDC's segments."""
_MOST_COMMENTS = 500


def tumor_column(header: Sequence[str]) -> int | None:
    """The column of the tumours' names; None where the header has none."""
    spelled = [re.sub(r"\s+", "_", name.strip().strip("\"'").lower()) for name in header]
    return next((spelled.index(name) for name in TUMOR_NAMES if name in spelled), None)


def names_tumors(path: str) -> bool:
    """Whether a file is a table, with a header, whose rows name their tumour; False for one that cannot be read."""
    try:
        for number, line in enumerate(text_lines(Path(path), InputError)):
            if line.strip() and not line.startswith("#"):
                delimiter = "\t" if "\t" in line else ","
                return (
                    tumor_column(next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter), [])) is not None
                )
            if number >= _MOST_COMMENTS:
                return False
    except (InputError, csv.Error):
        return False
    return False


def names_tumors_in_columns(path: str) -> bool:
    """Whether a file is a table of genes with a column for each tumour, as cBioPortal's data_cna."""
    try:
        line = next((line for line in text_lines(Path(path), InputError) if not line.startswith("#")), "")
    except InputError:
        return False
    header = [name.strip().lower() for name in line.split("\t")]
    return len(header) > 2 and header[0] == "hugo_symbol" and header[1] in {"entrez_gene_id", "cytoband"}


def tables_of_many(rows: Iterable[SampleRow]) -> dict[str, str]:
    """The tables of many tumours that more than one row names, each with the name of the folder of its parts."""
    uses: dict[str, set[str]] = {}
    for row in rows:
        for column in COLUMNS:
            if cell := getattr(row, column):
                uses.setdefault(cell, set()).add(row.sample)
    return {
        path: f"{Path(path).name.split('.')[0]}-{hashlib.sha256(path.encode()).hexdigest()[:8]}"
        for path, samples in uses.items()
        if len(samples) > 1 and names_tumors(path)
    }
