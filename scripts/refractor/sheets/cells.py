"""Cells of a sheet: text to typed value, and for what does not fit the remedy a person needs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from refractor.sheets.exported_cells import corrected, dates, numbers
from refractor.sheets.sheet_rows import Cell

_INTEGER = re.compile(r"[+-]?[0-9]{1,15}(\.0+)?")
_NUMBER = re.compile(r"[+-]?([0-9]{1,15}(\.[0-9]{0,30})?|\.[0-9]{1,30})([eE][+-]?[0-9]{1,2})?")
_MISSING_WORDS = frozenset(
    ("NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "None", ".", "-", "--", "?")
)
_UNKNOWN_WORDS = frozenset(("unknown", "Unknown", "UNKNOWN", "UNK", "unk", "none", "na", "missing"))


def typed(text: str, column: Mapping[str, Any]) -> Cell:
    """The value of a filled cell by its column's schema; text that is no such number stays text."""
    kind = column.get("type")
    if kind == "integer" and _INTEGER.fullmatch(text):
        return int(float(text))
    if kind == "number" and _NUMBER.fullmatch(text):
        return float(text)
    synonyms: Mapping[str, str] = column.get("x-synonyms", {})
    return synonyms.get(text, text)


def unfit_text(text: str, column: Mapping[str, Any]) -> tuple[str, str] | None:
    """What is wrong with a cell as text, whatever its column, and the remedy; None where nothing is."""
    if not text.isprintable():
        odd = next(character for character in text if not character.isprintable())
        name = unicodedata.name(odd, "a control character")
        return f"{shown(text)} holds U+{ord(odd):04X}, {name}", "type the cell again"
    if '"' in text:
        return f"{shown(text)} holds a quotation mark", "cells are not quoted; leave it out"
    is_name = "x-allowed" in column and "x-file" not in column  # NA is a possible name of a patient
    is_prose = not {"enum", "pattern", "format"} & set(column) and column.get("type") == "string"
    if (text in _MISSING_WORDS and not is_name) or (text in _UNKNOWN_WORDS and not is_name and not is_prose):
        return f"{shown(text)} is not a value", "leave the cell empty where it is not known"
    return None


def hint(text: str, column: Mapping[str, Any]) -> str | None:
    """What was probably meant by a cell that does not fit its column: the form to write, where it is certain."""
    meant = corrected(text, column)
    if meant is not None:
        why = ", with a decimal point" if text.replace(",", ".") == meant else ""
        return f"write {meant}{why}"
    if column.get("format") == "date":
        return " or ".join(f"write {one}" for one in dates(text)) or None
    if text.strip("-") and not text.strip("-").strip("9"):
        return f"leave the cell empty, if {text} stands for a value that is missing"
    if set(column.get("enum", ())) == {0, 1} and text == "2":
        return "write 1 for the event and 0 for censored, if the export has 2 and 1 for them"
    return _number_hint(text, column) if column.get("type") in ("integer", "number") else None


def shown(text: str) -> str:
    """A cell as it stands in a message."""
    return repr(text) if len(text) <= 80 else repr(text[:77] + "...")


def _number_hint(text: str, column: Mapping[str, Any]) -> str | None:
    if column.get("maximum") == 1:
        percent = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) ?%?", text)
        if percent and 1 < float(percent[1]) <= 100:
            return f"for {percent[1]} % write {float(percent[1]) / 100:g}"
    if len(numbers(text)) > 1:
        return " or ".join(f"write {one}" for one in numbers(text))
    unit = re.fullmatch(r"[0-9.]+ ?([A-Za-z%]+)", text)
    return f"write the number alone, without {unit[1]}" if unit else None
