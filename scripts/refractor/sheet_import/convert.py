"""An export and its mapping become sheets, with a list of every cell that was changed and every value left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from refractor.errors import InputError, Problem
from refractor.files.atomic import write_text
from refractor.settings.schemas import load_schema, validator_of
from refractor.sheet_import.exports import Export, ExportRow
from refractor.sheet_import.mapping import DAYS_OF, DateOrder, Decimal, ExportMapping, SheetMapping, Source
from refractor.sheets.cells import typed
from refractor.sheets.exported_cells import corrected, dates, numbers

LOG_COLUMNS = ("file", "line", "patient", "sheet", "column", "read", "written", "why")
Row = dict[str, str]


@dataclass(slots=True)
class ImportedSheets:
    """The sheets as rows of text by name, what was done to the cells (LOG_COLUMNS), and what could not be read."""

    sheets: dict[str, list[Row]] = field(default_factory=dict)
    log: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def import_sheets(export: Export, mapping: ExportMapping) -> ImportedSheets:
    """The sheets of an export; an InputError with every cell that cannot be read.

    A patient's cells are gathered from all rows of the export; where two differ the first is taken, and the log says so.
    A row without a patient is an error, a row of a repeated form without any cell of a sheet is none of its rows.
    """
    made = ImportedSheets()
    cells = _Cells(export, mapping, made)
    names: set[str] = set()
    for row in export.rows:
        name = row.cells.get(mapping.patient, "")
        if not name:
            made.problems.append(Problem(row.file, "names no patient", row.line, mapping.patient))
        elif name not in names and _fault(name, "patients", "patient"):
            allowed = load_schema("patients")["properties"]["patient"]["x-allowed"]
            what = f"'{name}' cannot be the name of a patient"
            made.problems.append(Problem(row.file, what, row.line, mapping.patient, f"allowed: {allowed}"))
        names.add(name)
    for name, sheet in mapping.sheets.items():
        rows = [row for row in export.rows if _is_of(row, sheet)]
        if name == "patients":
            made.sheets[name] = _patients(rows, sheet, cells)
        else:
            found = (_row(row, name, sheet, cells) for row in rows)
            made.sheets[name] = [row for row in found if len(row) > 1]
    if made.problems:
        raise InputError(made.problems)
    return made


def write_imported(made: ImportedSheets, folder: Path) -> list[Path]:
    """Write the sheets and import_log.tsv into a folder; an InputError, and nothing written, where one is there."""
    content = {f"{name}.tsv": _sheet_text(name, rows) for name, rows in made.sheets.items()}
    content["import_log.tsv"] = _text(LOG_COLUMNS, made.log)
    there = [folder / name for name in content if (folder / name).exists()]
    if there:
        raise InputError(
            Problem(path, "is there already", allowed="move it, or give another --output") for path in there
        )
    for name, text in content.items():
        write_text(folder / name, text)
    return [folder / name for name in content]


@dataclass(frozen=True, slots=True)
class _Cell:
    """A filled cell of the export, in column `named`, that becomes one of a sheet."""

    row: ExportRow
    sheet: str
    column: str
    named: str
    text: str


class _Cells:
    """Reads single cells, notes what was changed, and what cannot be read."""

    def __init__(self, export: Export, mapping: ExportMapping, made: ImportedSheets) -> None:
        self._mapping = mapping
        self._made = made
        self._missing = {word.casefold() for word in mapping.missing}
        self._first: dict[tuple[str, str], str] = {}
        for row in export.rows:
            for column, text in row.cells.items():
                if text and not self.is_missing(text):
                    self._first.setdefault((self.patient_of(row), column), text)

    def patient_of(self, row: ExportRow) -> str:
        return row.cells.get(self._mapping.patient, "")

    def is_missing(self, text: str, source: Source | None = None) -> bool:
        """Whether a cell stands for a missing value; not where the source has a code for it."""
        return text.casefold() in self._missing and (source is None or text not in source.codes)

    def read(self, row: ExportRow, sheet: str, column: str, source: Source) -> str:
        """The cell of a sheet; empty where the export has none, or none that can be read."""
        for named in source.columns:
            text = row.cells.get(named, "")
            if text and self.is_missing(text, source):
                self.note(
                    row, (sheet, column), read=text, written="", why="stands for a value that is missing"
                )
            elif text:
                return self._filled(_Cell(row, sheet, column, named, text), source)
        return self.of_empty(row, (sheet, column), source)

    def of_empty(self, row: ExportRow, place: tuple[str, str], source: Source) -> str:
        """What the mapping writes where nothing is filled."""
        if source.empty:
            self.note(row, place, read="", written=source.empty, why="empty, as the mapping says")
        return source.empty or ""

    def _filled(self, cell: _Cell, source: Source) -> str:
        schema = load_schema(cell.sheet)["properties"][cell.column]
        place = f"{cell.sheet}.{cell.column}"
        if cell.text in source.codes and source.codes[cell.text] is None:
            what = f"'{cell.text}' has no meaning yet"
            self._refuse(cell, what, f"give it in the mapping: {place}.codes (allowed: {_allowed(schema)})")
            return ""
        written, why = self._converted(cell, source, schema)
        fault = _fault(written, cell.sheet, cell.column) if written else None
        if fault is not None:
            what = f"'{cell.text}' cannot be read: {fault}"
            self._refuse(cell, what, f"mend it there, or map it: {place} (allowed: {_allowed(schema)})")
            return ""
        if written != cell.text:
            self.note(cell.row, (cell.sheet, cell.column), read=cell.text, written=written, why=why)
        return written

    def _refuse(self, cell: _Cell, what: str, allowed: str) -> None:
        self._made.problems.append(Problem(cell.row.file, what, cell.row.line, cell.named, allowed))

    def _converted(self, cell: _Cell, source: Source, schema: Mapping[str, Any]) -> tuple[str, str]:
        text = cell.text
        if text in source.codes:
            return str(source.codes[text]), "code of the mapping"
        if source.filled is not None:
            return source.filled, "filled, as the mapping says"
        if source.since is not None:
            return self._days_since(cell, source)
        if schema.get("format") == "date":
            return _iso(text, source.dates) or text, "date"
        counted = schema.get("type") in ("integer", "number") and "enum" not in schema
        number = _number(text, source.decimal) if counted else None
        if number is not None and source.unit != "days":
            days = float(number) * DAYS_OF[source.unit]
            return f"{days:.0f}", f"{source.unit} of {DAYS_OF[source.unit]:g} days"
        return number or corrected(text, schema) or text, "form of the sheet"

    def _days_since(self, cell: _Cell, source: Source) -> tuple[str, str]:
        start = cell.row.cells.get(str(source.since)) or self._first.get(
            (self.patient_of(cell.row), str(source.since)), ""
        )
        day, origin = _iso(cell.text, source.dates), _iso(start, source.dates)
        if day is None or origin is None:
            return cell.text, f"days since {source.since}"
        days = (date.fromisoformat(day) - date.fromisoformat(origin)).days
        return str(days), f"days since {source.since}, {origin}"

    def note(self, row: ExportRow, place: tuple[str, str], *, read: str, written: str, why: str) -> None:
        """Log what was done to the cell of a sheet and column, `place`."""
        self._made.log.append(
            {
                "file": row.file,
                "line": str(row.line),
                "patient": self.patient_of(row),
                "sheet": place[0],
                "column": place[1],
                "read": read,
                "written": written,
                "why": why,
            }
        )


def _iso(text: str, order: DateOrder | None) -> str | None:
    """The one ISO date that a cell means; None where there is none, or no order tells which of two."""
    found = dates(text)
    if len(found) < 2:
        return found[0] if found else None
    if order is None:
        return None
    first = int(text.replace("/", "-").replace(".", "-").replace(" ", "-").split("-")[0])
    wanted = 8 if order is DateOrder.DAY_FIRST else 5  # where the first number stands in YYYY-MM-DD
    return next((one for one in found if int(one[wanted : wanted + 2]) == first), None)


def _number(text: str, decimal: Decimal | None) -> str | None:
    """The one number that a cell means; None where there is none, or nothing tells which of two."""
    found = numbers(text)
    if len(found) < 2 or decimal is None:
        return found[0] if len(found) == 1 else None
    return found[0] if decimal is Decimal.COMMA else found[1]


def _is_of(row: ExportRow, sheet: SheetMapping) -> bool:
    return all(row.cells.get(column) == value for column, value in sheet.only.items())


def _row(row: ExportRow, name: str, sheet: SheetMapping, cells: _Cells) -> Row:
    read = {column: cells.read(row, name, column, source) for column, source in sheet.sources.items()}
    return {"patient": cells.patient_of(row)} | {column: text for column, text in read.items() if text}


def _patients(rows: Iterable[ExportRow], sheet: SheetMapping, cells: _Cells) -> list[Row]:
    """One row a patient, its cells gathered from all of the patient's rows."""
    of_patient: dict[str, list[ExportRow]] = {}
    for row in rows:
        of_patient.setdefault(cells.patient_of(row), []).append(row)
    return [
        {"patient": patient}
        | {
            column: text
            for column, source in sheet.sources.items()
            if (text := _gathered(theirs, column, source, cells))
        }
        for patient, theirs in of_patient.items()
    ]


def _gathered(rows: Sequence[ExportRow], column: str, source: Source, cells: _Cells) -> str:
    """The patient's cell of a column: of the first column of the source that is filled on any row, its first value;
    every other value is noted."""
    for named in source.columns:
        filled = [row for row in rows if row.cells.get(named)]
        known = [row for row in filled if not cells.is_missing(row.cells[named], source)]
        alone = replace(source, columns=(named,), empty=None)
        read = [cells.read(row, "patients", column, alone) for row in known or filled[:1]]
        for row, text in zip(known[1:], read[1:], strict=True):
            if text != read[0]:
                why = f"differs from {read[0]}, which the patient has on an earlier row and which is used"
                cells.note(row, ("patients", column), read=row.cells[named], written=read[0], why=why)
        if known:
            return read[0]
    return cells.of_empty(rows[0], ("patients", column), source)


def _fault(text: str, sheet: str, column: str) -> str | None:
    """Why a cell does not fit its column, in words; None where it does."""
    schema = load_schema(sheet)["properties"][column]
    value = typed(text, schema)
    error = next(validator_of(sheet).descend(value, schema), None)
    if error is None and schema.get("type") in ("integer", "number") and isinstance(value, str):
        return "not a number"
    return None if error is None else str(error.message)


def _allowed(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(str(value) for value in schema["enum"])
    return "YYYY-MM-DD" if schema.get("format") == "date" else str(schema.get("type"))


def _sheet_text(name: str, rows: list[Row]) -> str:
    used = {column for row in rows for column in row} | {"patient"}
    return _text([column for column in load_schema(name)["properties"] if column in used], rows)


def _text(columns: Iterable[str], rows: Iterable[Row]) -> str:
    header = list(columns)
    lines = ["\t".join(header)]
    lines += ["\t".join(" ".join(row.get(column, "").split()) for column in header) for row in rows]
    return "\n".join(lines) + "\n"
