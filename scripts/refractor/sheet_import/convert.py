"""An export and its mapping become sheets, with a list of every cell that was changed and every value left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from refractor.errors import InputError, Problem
from refractor.files.atomic import written_aside
from refractor.settings.schemas import load_schema, validator_of
from refractor.sheet_import.exports import Export, ExportRow
from refractor.sheet_import.mapping import DAYS_OF, DateOrder, ExportMapping, SheetMapping, Source
from refractor.sheets.cells import typed
from refractor.sheets.exported_cells import corrected, dates

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
    for row in export.rows:
        if not row.cells.get(mapping.patient):
            made.problems.append(Problem(row.file, "names no patient", row.line, mapping.patient))
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
        with written_aside(folder / name) as scratch:
            scratch.write_text(text, encoding="utf-8")
    return [folder / name for name in content]


class _Cells:
    """Reads single cells, notes what was changed, and what cannot be read."""

    def __init__(self, export: Export, mapping: ExportMapping, made: ImportedSheets) -> None:
        self._mapping = mapping
        self._made = made
        self._missing = {word.casefold() for word in mapping.missing}
        self._first: dict[tuple[str, str], str] = {}
        for row in export.rows:
            for column, text in row.cells.items():
                if text and text.casefold() not in self._missing:
                    self._first.setdefault((row.cells.get(mapping.patient, ""), column), text)

    def patient_of(self, row: ExportRow) -> str:
        return row.cells.get(self._mapping.patient, "")

    def read(self, row: ExportRow, sheet: str, column: str, source: Source) -> str:
        """The cell of a sheet; empty where the export has none, or none that can be read."""
        text = row.cells.get(source.column, "")
        if not text:
            return ""
        schema = load_schema(sheet)["properties"][column]
        if text.casefold() in self._missing and text not in source.codes:
            self.note(row, (sheet, column), read=text, written="", why="stands for a value that is missing")
            return ""
        if text in source.codes and source.codes[text] is None:
            what = f"'{text}' has no meaning yet"
            allowed = f"give it in the mapping: {sheet}.{column}.codes (allowed: {_allowed(schema)})"
            self._made.problems.append(Problem(row.file, what, row.line, source.column, allowed))
            return ""
        written, why = self._converted(text, row, source, schema)
        fault = _fault(written, sheet, column) if written else None
        if fault is not None:
            allowed = f"mend it there, or map it: {sheet}.{column} (allowed: {_allowed(schema)})"
            self._made.problems.append(
                Problem(row.file, f"'{text}' cannot be read: {fault}", row.line, source.column, allowed)
            )
            return ""
        if written != text:
            self.note(row, (sheet, column), read=text, written=written, why=why)
        return written

    def _converted(
        self, text: str, row: ExportRow, source: Source, schema: Mapping[str, Any]
    ) -> tuple[str, str]:
        if text in source.codes:
            return str(source.codes[text]), "code of the mapping"
        if source.since is not None:
            return self._days_since(text, row, source)
        if schema.get("format") == "date":
            return _iso(text, source.dates) or text, "date"
        if source.unit != "days":
            try:
                days = float(corrected(text, {"type": "number"}) or text) * DAYS_OF[source.unit]
            except ValueError:
                return text, "unit"
            return f"{days:.0f}", f"{source.unit} of {DAYS_OF[source.unit]:g} days"
        return corrected(text, schema) or text, "form of the sheet"

    def _days_since(self, text: str, row: ExportRow, source: Source) -> tuple[str, str]:
        start = row.cells.get(str(source.since)) or self._first.get(
            (self.patient_of(row), str(source.since)), ""
        )
        day, origin = _iso(text, source.dates), _iso(start, source.dates)
        if day is None or origin is None:
            return text, f"days since {source.since}"
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


def _is_of(row: ExportRow, sheet: SheetMapping) -> bool:
    return all(row.cells.get(column) == value for column, value in sheet.only.items())


def _row(row: ExportRow, name: str, sheet: SheetMapping, cells: _Cells) -> Row:
    read = {column: cells.read(row, name, column, source) for column, source in sheet.sources.items()}
    return {"patient": cells.patient_of(row)} | {column: text for column, text in read.items() if text}


def _patients(rows: Iterable[ExportRow], sheet: SheetMapping, cells: _Cells) -> list[Row]:
    patients: dict[str, Row] = {}
    for row in rows:
        read = _row(row, "patients", sheet, cells)
        known = patients.setdefault(read["patient"], read)
        for column, text in read.items():
            if known.setdefault(column, text) != text:
                why = (
                    f"differs from {known[column]}, which the patient has on an earlier row and which is used"
                )
                cells.note(row, ("patients", column), read=text, written=known[column], why=why)
    return list(patients.values())


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
