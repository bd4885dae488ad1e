"""Cells as data capture systems and spreadsheets export them, put into the form of the sheets.

Only what is certain is put into it: a date whose day and month could change places, a comma of decimals or thousands, a
code whose label is not understood, a word before a number (but a grade) stay what they are, and are refused.

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
_YEAR_FIRST = re.compile(
    r"(?P<year>[0-9]{4})(?:[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})|(?P<digits>[0-9]{4}))"
)
_DAY_FIRST = re.compile(r"(?P<first>[0-9]{1,2})[-/. ](?P<second>[0-9]{1,2})[-/. ](?P<year>[0-9]{4})")
_DAY_NAMED = re.compile(r"(?P<day>[0-9]{1,2})[-/. ]+(?P<month>[A-Za-z]{3,9})[-/., ]+(?P<year>[0-9]{4})")
_MONTH_NAMED = re.compile(r"(?P<month>[A-Za-z]{3,9})[-/. ]+(?P<day>[0-9]{1,2})[,-/. ]+(?P<year>[0-9]{4})")
_CLOCK = re.compile(
    r"[T ]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?( ?[AaPp][Mm]|Z|[+-][0-9]{2}:?[0-9]{2})?$"
)
_CODED = re.compile(r"(?P<code>[0-9]+) ?[:=] ?(?P<label>.*[A-Za-z].*)")
_GRADE = re.compile(
    r"(?:(?:ctcae|ctc|toxicity)[ ._-]*)?(?:grade|gr|g)?[ ._-]*(?P<grade>[0-9]|I{1,3}|IV|V)", re.IGNORECASE
)
_ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5"}
_GRADES = (1, 5)
"""Bounds of a column that holds a grade: there "Grade 3" is a 3; in no other column does a word before a number go away,
or "Week 8" would be day 8."""
_COMMA = re.compile(r"(?P<whole>[+-]?[0-9]+),(?P<rest>[0-9]+)")
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
"""What is a decimal to some and a thousand to others."""
_EVENTS = {
    "0": ("alive", "living", "censored", "no", "false", "progression free", "progressionfree", "not progressed", "disease free", "diseasefree", "no event", "no progression"),
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
        found = _grade(text) if (column.get("minimum"), column.get("maximum")) == _GRADES else _number(text)
    else:
        found = None
    return None if found == text else found


def dates(text: str) -> list[str]:
    """The ISO dates that a cell can mean, sorted; more than one where day and month could change places."""
    bare = _CLOCK.sub("", text.strip())
    if match := _YEAR_FIRST.fullmatch(bare):
        digits = match["digits"] or ""
        return _iso(match["year"], match["month"] or digits[:2], match["day"] or digits[2:])
    if match := _DAY_NAMED.fullmatch(bare) or _MONTH_NAMED.fullmatch(bare):
        name = match["month"][:3].lower()
        return _iso(match["year"], str(MONTHS.index(name) + 1), match["day"]) if name in MONTHS else []
    if match := _DAY_FIRST.fullmatch(bare):
        one = _iso(match["year"], match["second"], match["first"])
        return sorted({*one, *_iso(match["year"], match["first"], match["second"])})
    if re.fullmatch(r"[0-9]{5}([.,][0-9]+)?", bare):  # the fraction is the time of the day
        serial = int(bare[:5])
        low, high = _PLAUSIBLE_SERIALS
        return [(_SPREADSHEET_DAY_0 + timedelta(days=serial)).isoformat()] if low <= serial <= high else []
    return []


def _iso(year: str, month: str, day: str) -> list[str]:
    try:
        return [date(int(year), int(month), int(day)).isoformat()]
    except ValueError:
        return []


def numbers(text: str) -> list[str]:
    """The numbers that a cell can mean; two where a comma may be of decimals or of thousands."""
    text = text.strip()
    if match := _COMMA.fullmatch(text):
        decimal = f"{match['whole']}.{match['rest']}"
        return [decimal, match["whole"] + match["rest"]] if _THOUSANDS.fullmatch(text) else [decimal]
    return [text] if re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", text) else []


def _number(text: str) -> str | None:
    found = numbers(text)
    return found[0] if len(found) == 1 else None


def _grade(text: str) -> str | None:
    coded = _CODED.fullmatch(text)
    match = _GRADE.fullmatch(coded["label"].strip() if coded else text)
    if match:
        return _ROMAN.get(match["grade"].upper(), match["grade"])
    return coded["code"] if coded else _number(text)


def _allowed(text: str, allowed: list[str], column: Mapping[str, Any]) -> str | None:
    """One of the allowed values, by its spelling or what people write for it, with or without a code before it."""
    folded = {value.casefold(): value for value in allowed}
    meant = {str(key).casefold(): str(value) for key, value in column.get("x-meant", {}).items()}
    if set(allowed) == {"0", "1"}:
        meant |= {word: event for event, words in _EVENTS.items() for word in words}
    if {"CR", "PR"} <= set(allowed):
        meant |= {word: response for response, words in _RESPONSES.items() for word in words}
    candidates = [text, text.removesuffix(".0")]
    if match := _CODED.fullmatch(text):
        candidates.append(match["label"])  # its code alone says nothing: 1 may be "no progression"
    candidates += [re.sub(r" ?\(.*\)$", "", text)]
    for candidate in candidates:
        key = candidate.strip().casefold()
        found = folded.get(key) or meant.get(key) or meant.get(key.replace("_", " ").replace("-", " "))
        if found is not None:
            return found
    return None
