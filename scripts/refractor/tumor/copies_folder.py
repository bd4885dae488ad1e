"""One tumour's copies, written into its folder."""

from __future__ import annotations

from pathlib import Path

from refractor.identity.snp_counts import READS_FILE, write_alleles
from refractor.results.copy_number_tables import WINDOWS
from refractor.tumor.copy_number import TumorCopies


def write_copies(found: TumorCopies, folder: Path, *, synthetic: bool) -> None:
    """Write the copies: their tables, the windows that were read, the allele counts at common SNPs."""
    write_alleles(found.alleles, folder / READS_FILE, synthetic=synthetic)
    found.analyses.write(folder / "copy_number_analyses.tsv", synthetic=synthetic)
    for table, rows in found.tables.by_table():
        table.write_records(rows, folder / table.name, synthetic=synthetic)
    WINDOWS.write_records(found.windows, folder / WINDOWS.name, synthetic=synthetic)
