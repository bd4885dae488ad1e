"""What of a frozen table has to be the same, and how near a number has to be. README.md says why."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from golden_tables import Golden


@dataclass(frozen=True, slots=True)
class Tolerance:
    """A number is near another within `relative` of the frozen one or `absolute`, whichever is more."""

    relative: float
    absolute: float

    def near(self, found: float, frozen: float) -> bool:
        """Whether `found` stands for the frozen number; infinities and NaN only for themselves."""
        return (
            found == frozen
            or (math.isnan(found) and math.isnan(frozen))
            or math.isclose(found, frozen, rel_tol=self.relative, abs_tol=self.absolute)
        )


PRINTED = Tolerance(relative=1e-4, absolute=1e-6)
"""Of numbers that are printed with six digits: linear algebra of another processor moves the last of them."""

BY_COLUMN = {
    "p_amplified": Tolerance(relative=0.0, absolute=0.0021),
    "log2_ratio": Tolerance(relative=1e-4, absolute=0.000101),
}
"""Columns that come in steps: P(amplified) counts 1,000 posterior draws (two may fall on the other side); a window's
log2 ratio is rounded to 0.0001."""

NUMBER = re.compile(r"(?<![A-Za-z0-9_.])-?\d+\.\d+(?:e[+-]?\d+)?(?![A-Za-z0-9_])")
"""A number with a decimal point inside text; whole numbers in text (codons, reads, patients) are exact."""


def vanished_and_new(found: dict[str, Golden], frozen: dict[str, Golden]) -> list[str]:
    """Tables and columns that are in one of the two only, and columns in another order."""
    lines = [f"table {name} has vanished" for name in sorted(frozen.keys() - found.keys())]
    lines += [f"table {name} is new and not frozen" for name in sorted(found.keys() - frozen.keys())]
    for name in sorted(found.keys() & frozen.keys()):
        new, old = found[name].columns, frozen[name].columns
        lines += [f"table {name}: column {column} has vanished" for column in old if column not in new]
        lines += [
            f"table {name}: column {column} is new and not frozen" for column in new if column not in old
        ]
        if set(new) == set(old) and new != old:
            lines.append(
                f"table {name}: columns stand in the order {', '.join(new)}, frozen {', '.join(old)}"
            )
    return lines


def row_counts(found: dict[str, Golden], frozen: dict[str, Golden]) -> list[str]:
    """Tables with more or fewer rows than frozen, each with the first row that one of the two lacks."""
    lines = []
    for name in sorted(found.keys() & frozen.keys()):
        new, old = found[name].rows, frozen[name].rows
        if len(new) != len(old):
            at = next(
                (i for i, (a, b) in enumerate(zip(new, old, strict=False)) if a[:3] != b[:3]),
                min(len(new), len(old)),
            )
            seen = [" ".join(rows[at][:4]) if at < len(rows) else "no row" for rows in (new, old)]
            lines.append(
                f"table {name}: {len(new)} rows, frozen {len(old)}; row {at + 1}: {seen[0]!r}, frozen {seen[1]!r}"
            )
    return lines


def cell_differences(name: str, found: Golden, frozen: Golden) -> list[str]:
    """Cells of a table that are not what was frozen, row after row, column after column by name."""
    if len(found.rows) != len(frozen.rows):
        return row_counts({name: found}, {name: frozen})
    lines = []
    for column in frozen.columns:
        if column not in found.columns:
            lines.append(f"table {name}: column {column} has vanished")
            continue
        old = frozen.column(column)
        same = _sameness(column, old)
        for number, (new_cell, old_cell) in enumerate(zip(found.column(column), old, strict=True)):
            if new_cell != old_cell and not same(new_cell, old_cell):
                row = " ".join(cell for cell in frozen.rows[number][:4] if cell)[:80]
                lines.append(
                    f"table {name}, row {number + 1} ({row}), column {column}: {new_cell!r}, frozen {old_cell!r}"
                )
    return lines


def _sameness(column: str, cells: list[str]):
    """How two cells of a column are held against each other, decided by what was frozen in it."""
    filled = [cell for cell in cells if cell]
    if filled and all(_number(cell) is not None for cell in filled):
        if all(cell.lstrip("-").isdigit() for cell in filled):
            return lambda new, old: False  # whole numbers are exact
        return lambda new, old: _near(column, new, old)
    return same_text


def _near(column: str, new: str, old: str) -> bool:
    numbers = _number(new), _number(old)
    if None in numbers:
        return False
    return BY_COLUMN.get(column, PRINTED).near(*numbers)


def same_text(new: str, old: str) -> bool:
    """The same words and whole numbers; a number with decimals within tolerance or one unit of its last place."""
    if NUMBER.sub("#", new) != NUMBER.sub("#", old):
        return False
    pairs = zip(NUMBER.findall(new), NUMBER.findall(old), strict=True)
    return all(a == b or _one_unit(a, b) or PRINTED.near(float(a), float(b)) for a, b in pairs)


def _one_unit(new: str, old: str) -> bool:
    if "e" in new or "e" in old:
        return False
    places = [len(text.partition(".")[2]) for text in (new, old)]
    return places[0] == places[1] and abs(float(new) - float(old)) < 1.5 * 10.0 ** -places[0]


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None
