"""What a sheet holds in one line: its rows, and each measured column's range and median in its unit.

A duration in weeks or a purity in percent passes every check of a single cell that it could pass; beside its unit the
range shows it at a glance.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from typing import Any

from refractor.settings.schemas import load_schema
from refractor.sheets.sheet_rows import Row

_MEASURED = {"number", "integer"}


def sheet_in_a_line(sheet: str, rows: Sequence[Row]) -> str:
    """`24 rows; purity 0.2 to 0.9, median 0.55 (fraction)`: `sheet` names the schema, e.g. `samples`."""
    counted = f"{len(rows):,} row{'' if len(rows) == 1 else 's'}"
    return "; ".join((counted, *_ranges(sheet, rows)))


def _ranges(sheet: str, rows: Sequence[Row]) -> Iterator[str]:
    for column, schema in load_schema(sheet)["properties"].items():
        values = [value for row in rows if (value := getattr(row, column, None)) is not None]
        unit = str(schema.get("x-unit", ""))
        if not values:
            continue
        if _is_measured(schema):
            numbers = [float(value) for value in values]
            yield f"{column} {_span(numbers)}{f' ({unit})' if unit else ''}"
        elif unit.startswith("date"):
            yield f"{column} {min(values)} to {max(values)}"


def _span(numbers: Sequence[float]) -> str:
    """The range with the median; one number alone where there is no range."""
    low, high = min(numbers), max(numbers)
    return f"{low:g}" if low == high else f"{low:g} to {high:g}, median {statistics.median(numbers):g}"


def _is_measured(schema: dict[str, Any]) -> bool:
    """Whether the column holds numbers that are measured; 0 and 1 for an event are not."""
    types = schema.get("type", ())
    names = {types} if isinstance(types, str) else set(types)
    return bool(names & _MEASURED) and "enum" not in schema
