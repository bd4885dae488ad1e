"""Battenberg: T_subclones.txt or T_copynumber.txt, each segment one or two states with their share of the cells.

Copies are the mean over the states; 1-based closed. Purity and ploidy beside, in T_rho_and_psi.txt (the row of
FRAC_GENOME, or the one marked best) or T_purity_ploidy.txt.
"""

from __future__ import annotations

from dataclasses import replace

from refractor.copynumber.importers.delimited import Problems, Row
from refractor.copynumber.importers.importer import (
    Beside,
    Importer,
    Layout,
    Source,
    columns,
    companion_table,
    in_order,
    profile_of,
)
from refractor.copynumber.importers.number_cells import Cells
from refractor.copynumber.importers.purity_beside import from_table, imported
from refractor.copynumber.importers.segment_table import SegmentColumns, segment_of
from refractor.copynumber.segments import CopyNumberProfile
from refractor.results.copy_number_tables import PurityPloidy, Segment

_ENDINGS = (
    "_subclones.txt",
    "_copynumber.txt",
    ".subclones.txt",
    "_copynumber_extended.txt",
    ".battenberg.subclones.txt",
)
_TABLES = ("_purity_ploidy.txt", ".purity_ploidy.txt", ".cellularity_ploidy.txt", "_cellularity_ploidy.txt")
_PURITY_BESIDE = Beside(_ENDINGS, _TABLES)
_RHO_BESIDE = Beside(_ENDINGS, ("_rho_and_psi.txt",))
_COLUMNS = SegmentColumns(("chr", "startpos", "endpos"), log2="logr", baf="baf")


def read(source: Source) -> CopyNumberProfile:
    """The profile of Battenberg's segments."""
    cells = Cells(source.table, Problems(), tolerant=True)
    found = [(row, segment) for row in source.table.rows if (segment := _segment(cells, row)) is not None]
    segments = in_order(found, cells)
    purity = _purity(source, cells.problems)
    cells.problems.raise_if_any()
    subclonal = sum(row.cells.get("frac2_a", "") not in ("", "NA", "0") for row in source.table.rows)
    notes = (
        (f"{subclonal} segments are subclonal: their copies are the mean over the tumour cells",)
        if subclonal
        else ()
    )
    return profile_of(
        "battenberg", cells, segments, notes=notes, integers=not subclonal, purity_ploidy=purity
    )


def _segment(cells: Cells, row: Row) -> Segment | None:
    segment = segment_of(cells, row, _COLUMNS)
    if segment is None:
        return None
    total, minor, cells_seen = 0.0, 0.0, 0.0
    for number in ("1", "2"):
        major_copies, minor_copies = (
            cells.copies(row, f"nmaj{number}_a"),
            cells.copies(row, f"nmin{number}_a"),
        )
        fraction = cells.optional_number(row, f"frac{number}_a", minimum=0, maximum=1)
        if fraction is None:
            fraction = 1.0 if number == "1" else 0.0
        if fraction == 0:
            continue
        if major_copies is None or minor_copies is None:
            return segment
        total += fraction * (major_copies + minor_copies)
        minor += fraction * min(major_copies, minor_copies)
        cells_seen += fraction
    if not 0.9 <= cells_seen <= 1.1:
        cells.fault(row, "frac1_a", f"the states' shares add up to {cells_seen:g}", "allowed: 1")
        return segment
    return replace(segment, copy_number=total / cells_seen, minor_copy_number=minor / cells_seen)


def _purity(source: Source, problems: Problems) -> PurityPloidy:
    path = source.beside(_RHO_BESIDE)
    table = companion_table(path, problems, columns("rho", "psi"))
    if table is not None:
        best = next(
            (
                row
                for row in table.rows
                if "TRUE" in (row.cells.get("is.best", "").upper(), row.cells.get("is_best", "").upper())
            ),
            table.rows[min(1, len(table.rows) - 1)],
        )
        cells = Cells(table, problems)
        return imported("Battenberg", cells.purity(best, "rho"), cells.ploidy(best, "ploidy"))
    path = source.beside(_PURITY_BESIDE)
    column = "cellularity" if path is not None and "cellularity" in path.name else "purity"
    return imported(
        "Battenberg", *from_table(path, problems, purity=column, ploidy="ploidy", row_of=source.sample)
    )


IMPORTER = Importer(
    "battenberg",
    "Battenberg 2",
    "T_subclones.txt or T_copynumber.txt with columns chr startpos endpos nMaj1_A nMin1_A frac1_A",
    (Layout(has=columns("chr", "startpos", "endpos", "nMaj1_A", "nMin1_A", "frac1_A"), read=read),),
    copies="absolute, the mean over subclones",
    beside="T_rho_and_psi.txt, T_purity_ploidy.txt",
    companions=(_RHO_BESIDE, _PURITY_BESIDE),
)
