"""Cells of exports: what is certain is put into the form of the sheets, and nothing else is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from refractor.sheets.cells import hint
from refractor.sheets.exported_cells import corrected

EVENT: dict[str, Any] = {"enum": [0, 1]}
NUMBER: dict[str, Any] = {"type": "number"}
GRADE: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": 5}
DATE: dict[str, Any] = {"type": "string", "format": "date"}


@pytest.mark.parametrize(
    ("text", "column", "written"),
    [
        ("0:LIVING", EVENT, "0"),
        ("1:DECEASED", EVENT, "1"),
        ("1:Recurred/Progressed", EVENT, "1"),
        ("0:DiseaseFree", EVENT, "0"),
        ("1:No progression", EVENT, "0"),  # the label, not the code
        ("1:Something else", EVENT, None),
        ("2", EVENT, None),
        ("Grade 3", GRADE, "3"),
        ("G3", GRADE, "3"),
        ("CTCAE grade 2", GRADE, "2"),
        ("III", GRADE, "3"),
        ("3:Severe", GRADE, "3"),
        ("1:Grade 3", GRADE, "3"),
        ("Week 3", GRADE, None),
        ("Week 8", NUMBER, None),  # not day 8
        ("V2", NUMBER, None),
        ("12:30", NUMBER, None),
        ("84,5", NUMBER, "84.5"),
        ("0,234", NUMBER, "0.234"),
        ("1,234", NUMBER, None),  # 1.234 or 1234
        ("1.234,5", NUMBER, None),
        ("2019-01-05 00:00:00", DATE, "2019-01-05"),
        ("05-Jan-2019", DATE, "2019-01-05"),
        ("20190105", DATE, "2019-01-05"),
        ("43470", DATE, "2019-01-05"),
        ("43470.375", DATE, "2019-01-05"),  # a spreadsheet's day and time
        ("13.2.2019", DATE, "2019-02-13"),
        ("3.2.2019", DATE, None),  # February or March
        ("201911", DATE, None),  # November, or the first of January
        ("2019105", DATE, None),
        ("2019-13-01", DATE, None),
    ],
)
def test_what_is_certain_is_corrected(text: str, column: Mapping[str, Any], written: str | None) -> None:
    assert corrected(text, column) == written


def test_both_readings_of_a_comma_are_offered() -> None:
    assert hint("1,234", NUMBER) == "write 1.234 or write 1234"
    assert hint("84,5", NUMBER) == "write 84.5, with a decimal point"
