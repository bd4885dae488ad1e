"""Cells as data capture systems and spreadsheets export them, put into the form of the sheets.

One function for both: a sheet that holds such a cell is refused with the form it wants, `refractor import` writes it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SPREADSHEET_DAY_0 = date(1899, 12, 30)
_PLAUSIBLE_SERIALS = (10_000, 80_000)
"""Spreadsheet days of the years 1927 to 2119."""
_YEAR_FIRST = re.compile(r"(?P<year>[0-9]{4})[-/.]?(?P<month>[0-9]{1,2})[-/.]?(?P<day>[0-9]{1,2})")
_DAY_FIRST = re.compile(r"(?P<first>[0-9]{1,2})[-/. ](?P<second>[0-9]{1,2})[-/. ](?P<year>[0-9]{4})")
_DAY_NAMED = re.compile(r"(?P<day>[0-9]{1,2})[-/. ]+(?P<month>[A-Za-z]{3,9})[-/., ]+(?P<year>[0-9]{4})")
_MONTH_NAMED = re.compile(r"(?P<month>[A-Za-z]{3,9})[-/. ]+(?P<day>[0-9]{1,2})[,-/. ]+(?P<year>[0-9]{4})")
_CLOCK = re.compile(
    r"[T ]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?( ?[AaPp][Mm]|Z|[+-][0-9]{2}:?[0-9]{2})?$"
)
_CODED = re.compile(r"(?P<code>[0-9]+) ?[:=] ?(?P<label>.+)")
_LABELLED_NUMBER = re.compile(r"[A-Za-z]+[ ._-]?(?P<number>[0-9]+)")
_ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5"}
_EVENTS = {
    "0": ("alive", "living", "censored", "no", "false", "progression free", "progressionfree", "not progressed", "disease free"),
    "1": ("dead", "died", "deceased", "death", "event", "yes", "true", "progressed", "progression", "recurred/progressed"),
}  # fmt: skip
_RESPONSES = {
    "CR": ("complete response", "complete remission"),
    "PR": ("partial response", "partial remission"),
    "SD": ("stable disease",),
    "PD": ("progressive disease", "progression", "disease progression"),
    "NE": ("not evaluable", "not evaluated", "inevaluable", "unable to evaluate"),
}


def corrected(text: str, column: Mapping[str, Any]) -> str | None:
    """The cell in the form of a column with this schema; None where it fits already, or nothing is certain.

    A date whose day and month could change places is not certain.
    """
    text = text.strip()
    if column.get("format") == "date":
        [only] = dates(text) if len(dates(text)) == 1 else [None]
        return None if only == text else only
    allowed = [str(value) for value in column.get("enum", ())]
    if allowed:
        found = _allowed(text, allowed, column)
    elif column.get("type") in ("integer", "number"):
        found = _number(text)
    else:
        found = None
    return None if found == text else found


def dates(text: str) -> list[str]:
    """The ISO dates that a cell can mean, sorted; more than one where day and month could change places."""
    bare = _CLOCK.sub("", text.strip())
    if match := _YEAR_FIRST.fullmatch(bare):
        return _iso(match["year"], match["month"], match["day"])
    if match := _DAY_NAMED.fullmatch(bare) or _MONTH_NAMED.fullmatch(bare):
        name = match["month"][:3].lower()
        return _iso(match["year"], str(MONTHS.index(name) + 1), match["day"]) if name in MONTHS else []
    if match := _DAY_FIRST.fullmatch(bare):
        one = _iso(match["year"], match["second"], match["first"])
        return sorted({*one, *_iso(match["year"], match["first"], match["second"])})
    if re.fullmatch(r"[0-9]{5}(\.0+)?", bare):
        serial = int(float(bare))
        low, high = _PLAUSIBLE_SERIALS
        return [(_SPREADSHEET_DAY_0 + timedelta(days=serial)).isoformat()] if low <= serial <= high else []
    return []


def _iso(year: str, month: str, day: str) -> list[str]:
    try:
        return [date(int(year), int(month), int(day)).isoformat()]
    except ValueError:
        return []


def _number(text: str) -> str | None:
    if re.fullmatch(r"[+-]?[0-9]+,[0-9]+", text):
        return text.replace(",", ".")
    if match := _CODED.fullmatch(text):
        return match["code"]
    if text.upper() in _ROMAN:
        return _ROMAN[text.upper()]
    if match := _LABELLED_NUMBER.fullmatch(text):
        return match["number"]
    return text if re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", text) else None


def _allowed(text: str, allowed: list[str], column: Mapping[str, Any]) -> str | None:
    """One of the allowed values, by its spelling, what people write for it, or the code before it."""
    folded = {value.casefold(): value for value in allowed}
    meant = {str(key).casefold(): str(value) for key, value in column.get("x-meant", {}).items()}
    if set(allowed) == {"0", "1"}:
        meant |= {word: event for event, words in _EVENTS.items() for word in words}
    if {"CR", "PR"} <= set(allowed):
        meant |= {word: response for response, words in _RESPONSES.items() for word in words}
    candidates = [text, text.removesuffix(".0")]
    if match := _CODED.fullmatch(text):
        candidates += [match["label"], match["code"]]
    candidates += [re.sub(r" ?\(.*\)$", "", text)]
    for candidate in candidates:
        key = candidate.strip().casefold()
        found = folded.get(key) or meant.get(key) or meant.get(key.replace("_", " ").replace("-", " "))
        if found is not None:
            return found
    return None
