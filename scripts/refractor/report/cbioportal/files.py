"""The shapes of cBioPortal's files: meta files, data files, clinical attributes (docs/File-Formats.md of cBioPortal)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Cell = str | int | float | None

DAYS_PER_MONTH = 365.25 / 12
SYNTHETIC_MARK = "SYNTHETIC DATA"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One clinical attribute: its column, what it is called, what it means, STRING or NUMBER, and its weight.

    A higher priority stands further up in the study's summary; 0 hides its chart.
    """

    name: str
    display: str
    meaning: str
    datatype: str = "STRING"
    priority: int = 1


def meta_file(fields: Mapping[str, str]) -> str:
    """A meta file: one `key: value` a line."""
    return "".join(f"{key}: {one_line(value)}\n" for key, value in fields.items())


def data_file(columns: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> str:
    """A tab-separated file with one header line; an empty cell for what is not known."""
    lines = ["\t".join(columns)]
    lines += ["\t".join(words(row.get(column)) for column in columns) for row in rows]
    return "\n".join(lines) + "\n"


def clinical_file(attributes: Sequence[Attribute], rows: Iterable[Mapping[str, Cell]]) -> str:
    """A clinical file: four rows that explain the attributes, then the table. Attributes that nobody has are left out."""
    table = list(rows)
    used = [
        a for a in attributes if a.name.endswith("_ID") or any(row.get(a.name) is not None for row in table)
    ]
    heads = (
        [a.display for a in used],
        [one_line(a.meaning) for a in used],
        [a.datatype for a in used],
        [str(a.priority) for a in used],
    )
    top = "".join("#" + "\t".join(head) + "\n" for head in heads)
    return top + data_file([a.name for a in used], table)


def words(value: Cell) -> str:
    """A cell as text; numbers with six significant digits, nothing for missing."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    return one_line(str(value))


def one_line(text: str) -> str:
    """Text without line breaks and tabs, which would end a cell."""
    return re.sub(r"\s+", " ", text).strip()


def months(days: float | None) -> float | None:
    """Days as months of 365.25 / 12 days, as cBioPortal's survival plots want them."""
    return None if days is None else round(float(days) / DAYS_PER_MONTH, 2)
