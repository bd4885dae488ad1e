"""Purity and ploidy from the files that lie beside a table of copies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from refractor.copynumber.importers.delimited import Problems, Row, read_text
from refractor.copynumber.importers.importer import companion_table
from refractor.copynumber.importers.number_cells import Cells
from refractor.copynumber.segments import MAX_PLOIDY, MIN_PLOIDY
from refractor.errors import CopyNumberFileError, Problem
from refractor.results.copy_number_tables import PurityMethod, PurityPloidy, PurityStatus

_UNKNOWN = ("", "na", "none", "null")


def imported(
    program: str, purity: float | None, ploidy: float | None, *, without: str = "gives no purity"
) -> PurityPloidy:
    """A program's purity (0-1) and ploidy (copies); not to be used where it gives neither."""
    known = purity is not None or ploidy is not None
    return PurityPloidy(
        purity=purity,
        ploidy=ploidy,
        method=PurityMethod.IMPORTED if known else PurityMethod.UNKNOWN,
        status=PurityStatus.OK if known else PurityStatus.NOT_ASSESSABLE,
        reason=program if purity is not None else f"{program} {without}",
    )


def from_table(
    path: Path | None, problems: Problems, *, purity: str, ploidy: str, row_of: str = ""
) -> tuple[float | None, float | None]:
    """Purity and ploidy of a companion table with these columns: its row named `row_of` in any cell, else the first."""
    table = companion_table(path, problems, frozenset({purity, ploidy}))
    if table is None:
        return None, None
    cells = Cells(table, problems)
    row: Row = next(
        (row for row in table.rows if row_of and row_of in map(str.lower, row.cells.values())), table.rows[0]
    )
    return cells.purity(row, purity), cells.ploidy(row, ploidy)


def from_lines(
    path: Path | None, problems: Problems, patterns: Mapping[str, re.Pattern[str]]
) -> dict[str, float]:
    """Values of `name` (purity 0-1, ploidy copies) from lines that match its pattern, whose last group is the number.

    A value that is no purity or no ploidy is a fault of the file; NA is left out.
    """
    if path is None:
        return {}
    try:
        text = read_text(path)
    except CopyNumberFileError as error:
        for problem in error.problems:
            problems.add(problem)
        return {}
    told: dict[str, float] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        for name, pattern in patterns.items():
            match = pattern.search(line)
            value = "" if match is None else match.groups()[-1]
            if value.lower() in _UNKNOWN or name in told:
                continue
            low, high = (0.0, 1.0) if name != "ploidy" else (MIN_PLOIDY, MAX_PLOIDY)
            try:
                told[name] = float(value)
            except ValueError:
                told[name] = -1.0
            if not low <= told[name] <= high or (name == "purity" and told[name] == 0):
                allowed = f"allowed: {low:g} to {high:g}, over 0"
                problems.add(Problem(path, f"{value} is not a {name}", line=number, allowed=allowed))
    return told
