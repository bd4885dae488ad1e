"""The cohort's tables as one workbook: a sheet a table, frozen headers, a note on each column, the same bytes each time."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from refractor.files.atomic import written_aside
from refractor.files.tables import SYNTHETIC_COLUMN, Column, Row, Table, looks_like_formula
from refractor.results.all_tables import workbook_tables

MOST_CHARACTERS = 32_767
"""Of one cell: Excel's specifications and limits."""
NARROWEST, WIDEST = 9, 48
"""Widths of columns, characters."""
EPOCH = datetime(1980, 1, 1)
"""The date that a ZIP archive can hold earliest; written in place of now."""

_HEADER, _MARK = PatternFill("solid", fgColor="142C44"), PatternFill("solid", fgColor="FFD54A")
_WHITE, _BOLD = Font(bold=True, color="FFFFFF"), Font(bold=True)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table and its rows."""

    table: Table
    rows: Sequence[Row]

    @property
    def title(self) -> str:
        """The sheet's name: the file's name without its ending."""
        return self.table.name.removesuffix(".tsv")[:31]


def read_sheets_of_cohort(folder: Path) -> list[Sheet]:
    """Every table of results/cohort/ that is there, in the workbook's order."""
    return [
        Sheet(table, table.read_rows(folder / table.name))
        for table in workbook_tables()
        if (folder / table.name).is_file()
    ]


def write_workbook(
    path: Path, sheets: Sequence[Sheet], *, synthetic: bool, about: Mapping[str, str] | None = None
) -> None:
    """Write the workbook: what it is, what each column means, then each table. `about`: further lines of the first sheet."""
    book = Workbook()
    first = book.active
    if not isinstance(first, Worksheet):  # a new workbook always has one
        raise TypeError("a new workbook has no worksheet")
    _write_about(first, sheets, synthetic=synthetic, about=about or {})
    _write_columns(book.create_sheet("columns"), sheets)
    for sheet in sheets:
        _write_table(book.create_sheet(sheet.title), sheet, synthetic=synthetic)
    for page in book.worksheets:
        page.oddFooter.center.text = "Refractor · research use only" + (
            " · SYNTHETIC DATA" if synthetic else ""
        )
        if synthetic:
            page.sheet_properties.tabColor = "FFD54A"
    book.properties.creator = "Refractor"
    book.properties.title = "Cohort tables" + (" (synthetic data)" if synthetic else "")
    book.properties.created = EPOCH
    raw = BytesIO()
    book.save(raw)
    with written_aside(path) as scratch:
        scratch.write_bytes(_without_time(raw.getvalue()))


def _write_about(
    page: Worksheet, sheets: Sequence[Sheet], *, synthetic: bool, about: Mapping[str, str]
) -> None:
    page.title = "about"
    page["A1"] = "Refractor: the cohort's tables"
    page["A1"].font = Font(bold=True, size=14)
    row = 2
    if synthetic:
        page["A2"] = "SYNTHETIC DATA: simulated genomes and invented outcomes. No real patient."
        page["A2"].font, page["A2"].fill = _BOLD, _MARK
        row = 3
    lines = [
        "Research use only; no treatment advice.",
        "An empty cell is missing, never zero and never normal. Proportions are 0-1, copies absolute, durations in days.",
        "inf stands for a bound or an odds ratio that these numbers of patients cannot estimate.",
        *(f"{name}: {value}" for name, value in about.items()),
    ]
    for line in lines:
        _put(page.cell(row, 1), line)
        row += 1
    row += 1
    for column, words in enumerate(("sheet", "rows", "one row is"), start=1):
        _head(page.cell(row, column), words)
    for sheet in sheets:
        row += 1
        link = page.cell(row, 1)
        link.value = sheet.title
        link.hyperlink = f"#'{sheet.title}'!A1"
        link.font = Font(color="1B5F92", underline="single")
        page.cell(row, 2).value = len(sheet.rows)
        _put(page.cell(row, 3), sheet.table.meaning)
    for letter, width in (("A", 26), ("B", 9), ("C", 110)):
        page.column_dimensions[letter].width = width


def _write_columns(page: Worksheet, sheets: Sequence[Sheet]) -> None:
    for column, words in enumerate(("sheet", "column", "meaning", "unit", "allowed values", "kind"), start=1):
        _head(page.cell(1, column), words)
    row = 1
    for sheet in sheets:
        for declared in sheet.table.columns:
            row += 1
            cells = (
                sheet.title,
                declared.name,
                declared.meaning,
                declared.unit,
                ", ".join(declared.values or ()),
                declared.kind,
            )
            for place, words in enumerate(cells, start=1):
                _put(page.cell(row, place), words or None)
    for letter, width in zip("ABCDEF", (20, 30, 80, 12, 60, 9), strict=True):
        page.column_dimensions[letter].width = width
    page.freeze_panes = "A2"
    page.auto_filter.ref = f"A1:F{row}"


def _write_table(page: Worksheet, sheet: Sheet, *, synthetic: bool) -> None:
    columns = list(sheet.table.columns)
    if synthetic:
        columns.append(Column(SYNTHETIC_COLUMN, "text", "Marks rows of a synthetic trial, always yes"))
    for place, column in enumerate(columns, start=1):
        head = page.cell(1, place)
        _head(head, column.name)
        head.comment = _note(column)
        longest = len(column.name) + 3
        for line, row in enumerate(sheet.rows, start=2):
            cell = page.cell(line, place)
            value = "yes" if column.name == SYNTHETIC_COLUMN else row[column.name]
            _put(cell, value)
            longest = max(longest, len(str(value if value is not None else "")))
        page.column_dimensions[get_column_letter(place)].width = min(max(longest, NARROWEST), WIDEST)
    page.freeze_panes = "B2"
    page.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(sheet.rows) + 1}"
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:1"


def _note(column: Column) -> Comment:
    """What the header's note says: meaning, unit, allowed values."""
    words = column.meaning
    if column.unit:
        words += f"\nUnit: {column.unit}"
    if column.values:
        words += f"\nAllowed: {', '.join(column.values)}"
    return Comment(words, "Refractor", height=40 + 18 * (len(words) // 38 + words.count("\n") + 1), width=300)


def _head(cell: Cell, words: str) -> None:
    cell.value = words
    cell.font, cell.fill = _WHITE, _HEADER
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _put(cell: Cell, value: Any) -> None:
    """Set a cell: numbers as numbers, text never as a formula."""
    if value is None:
        return
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", value)[:MOST_CHARACTERS]
        cell.data_type = "s"
        if looks_like_formula(value):
            cell.quotePrefix = True  # stays text also when a reader edits the cell
    elif isinstance(value, float) and not math.isfinite(value):
        cell.value = str(value)
    else:
        cell.value = value


def _without_time(archive: bytes) -> bytes:
    """The workbook's archive with every date set to EPOCH, so that equal tables give equal bytes."""
    made = BytesIO()
    with ZipFile(BytesIO(archive)) as source, ZipFile(made, "w", ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>1980-01-01T00:00:00Z", content)
            fresh = ZipInfo(entry.filename, date_time=EPOCH.timetuple()[:6])
            fresh.compress_type = ZIP_DEFLATED
            target.writestr(fresh, content)
    return made.getvalue()
