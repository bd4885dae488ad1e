"""The mapping of an export to the sheets: which column each comes from, what codes mean, which unit is counted in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from refractor.errors import InputError, Problem
from refractor.files.yaml import YamlFile, read_yaml
from refractor.settings.schemas import load_schema, nearest
from refractor.sheet_import.exports import Export

SHEETS = ("patients", "assessments", "adverse_events")
MISSING = (
    "NA", "N/A", "ND", "UNK", "unknown", "999", "9999", "-99", "-999",
    "[Not Available]", "[Not Applicable]", "[Unknown]", "[Not Evaluated]", "[Completed]",
)  # fmt: skip
"""Words and codes for a missing value; in brackets those of TCGA's clinical files."""
MISSING_OF_CASTOR = (
    *(f"-{code}" for code in range(95, 100)),
    *(f"##USER_MISSING_{code}##" for code in range(95, 100)),
    *(f"01-01-{year}" for year in range(2995, 3000)),
)
"""Castor's codes of "measurement failed" to "not done", as a number, a text and a date."""
_SOURCE_KEYS = ("from", "codes", "unit", "since", "dates", "decimal", "filled", "empty")


class DateOrder(StrEnum):
    """How a date that is all numbers is written."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class Decimal(StrEnum):
    """What parts the whole from the fraction in numbers with one comma, as 1,234."""

    COMMA = "comma"
    POINT = "point"


DAYS_OF = {"days": 1.0, "weeks": 7.0, "months": 30.4375, "years": 365.25}
"""Days of a unit; a month is a twelfth of a year."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the cells of one column of a sheet come from: the first filled one of `columns`."""

    columns: tuple[str, ...]
    codes: Mapping[str, str | None] = field(default_factory=dict)
    """Code to value; empty text leaves the cell empty, None is not decided yet."""
    unit: str = "days"
    since: str | None = None
    """A column of the export with a date: the cell, a date too, becomes the days from it."""
    dates: DateOrder | None = None
    decimal: Decimal | None = None
    filled: str | None = None
    """What is written where the cell is filled, whatever it holds: a date of death makes os_event 1."""
    empty: str | None = None
    """What is written where it is empty."""


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """The sources of one sheet by column, and of which rows of the export it is made: all cells of `only` equal."""

    sources: Mapping[str, Source]
    only: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExportMapping:
    """The whole mapping: the column that names the patient, the words for missing values, and the sheets."""

    patient: str
    missing: tuple[str, ...]
    sheets: Mapping[str, SheetMapping]


def read_mapping(path: Path, export: Export) -> ExportMapping:
    """The mapping in a YAML file, held against the export and the sheets; an InputError with all that is wrong."""
    file = read_yaml(path, what="mapping")
    check = _Check(file, export)
    check.keys((), file.content, ("patient", "missing", "not_used", *SHEETS))
    patient = str(file.content.get("patient") or "")
    check.column(("patient",), patient)
    sheets = {}
    for name in SHEETS:
        if file.content.get(name):
            sheets[name] = _sheet(name, file.content[name], check)
    if check.problems:
        raise InputError(check.problems)
    missing = tuple(str(word) for word in file.content.get("missing") or ())
    return ExportMapping(patient, missing, sheets)


def _sheet(name: str, content: dict[str, Any], check: _Check) -> SheetMapping:
    columns = [column for column in load_schema(name)["properties"] if column != "patient"]
    check.keys((name,), content, ("only", *columns))
    sources = {
        column: _source((name, column), given if isinstance(given, dict) else {"from": given}, check)
        for column, given in content.items()
        if column in columns
    }
    only = {str(column): str(value) for column, value in (content.get("only") or {}).items()}
    for column in only:
        check.column((name, "only", column), column)
    return SheetMapping(sources, only)


def _source(key: tuple[str, str], found: dict[str, Any], check: _Check) -> Source:
    check.keys(key, found, _SOURCE_KEYS)
    given = found.get("from")
    columns = tuple(str(column) for column in (given if isinstance(given, list) else [given or ""]))
    for column in columns:
        check.column((*key, "from"), column)
    if found.get("since") is not None:
        check.column((*key, "since"), str(found["since"]))
    check.one_of((*key, "unit"), str(found.get("unit", "days")), tuple(DAYS_OF))
    order, decimal = found.get("dates"), found.get("decimal")
    check.one_of((*key, "dates"), order, (None, *(str(one) for one in DateOrder)))
    check.one_of((*key, "decimal"), decimal, (None, *(str(one) for one in Decimal)))
    return Source(
        columns,
        {str(code): _text(value) for code, value in (found.get("codes") or {}).items()},
        str(found.get("unit", "days")),
        found.get("since"),
        DateOrder(order) if order in tuple(DateOrder) else None,
        Decimal(decimal) if decimal in tuple(Decimal) else None,
        _text(found.get("filled")),
        _text(found.get("empty")),
    )


def _text(value: object) -> str | None:
    """A value as YAML read it, as text: yes and no are written as they stand in the sheets."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None else str(value)


class _Check:
    """What is wrong with a mapping, each with its line."""

    def __init__(self, file: YamlFile, export: Export) -> None:
        self._file = file
        self._columns = export.columns
        self.problems: list[Problem] = []

    def keys(self, key: tuple[str, ...], content: object, known: tuple[str, ...]) -> None:
        if not isinstance(content, dict):
            self._fault(key, "is no group of keys", f"allowed: {', '.join(known)}")
            return
        for name in content:
            if name not in known:
                guess = nearest(name, known)
                meant = f"did you mean {guess}? " if guess else ""
                self._fault((*key, name), "the key is not known", f"{meant}allowed: {', '.join(known)}")

    def column(self, key: tuple[str, ...], name: str) -> None:
        if name not in self._columns:
            guess = nearest(name, self._columns)
            meant = f"did you mean {guess}? " if guess else ""
            self._fault(
                key, f"'{name}' is no column of the export", f"{meant}allowed: {', '.join(self._columns)}"
            )

    def one_of(self, key: tuple[str, ...], value: object, allowed: tuple[object, ...]) -> None:
        if value not in allowed:
            words = ", ".join(str(one) for one in allowed if one is not None)
            self._fault(key, f"'{value}' is not known", f"allowed: {words}")

    def _fault(self, key: tuple[str, ...], what: str, allowed: str) -> None:
        depths = [key[:depth] for depth in range(len(key), -1, -1)]
        line = next(
            (self._file.lines[found] for found in depths if found in self._file.lines),
            None,
        )
        self.problems.append(Problem(self._file.path, what, line, ".".join(key) or None, allowed))
