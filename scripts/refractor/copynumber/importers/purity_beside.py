"""Purity and ploidy from the files that lie beside a table of copies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from refractor.copynumber.importers.delimited import DelimitedFile, Problems, Row, read_text
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
    """Purity and ploidy of a companion table with these columns: of its only row, or that of `row_of` (see `row_named`)."""
    table = companion_table(path, problems, frozenset({purity, ploidy}))
    if table is None:
        return None, None
    cells = Cells(table, problems)
    row = row_named(table, row_of, problems)
    return (None, None) if row is None else (cells.purity(row, purity), cells.ploidy(row, ploidy))


def row_named(table: DelimitedFile, name: str, problems: Problems) -> Row | None:
    """The row with a cell `name`, whatever its case; the only row; of several that all differ in it none, which is a problem.

    A table of purities is often that of a whole study: the first row is somebody else's.
    """
    found = [row for row in table.rows if name and name.lower() in map(str.lower, row.cells.values())]
    if found or len({tuple(row.cells.values()) for row in table.rows}) == 1:
        return (found or table.rows)[0]
    what = f"has {len(table.rows)} rows, none of them of {name or 'this tumour'}"
    problems.add(
        Problem(
            table.path,
            what,
            allowed="give the tumour's own file, or name the sample in the sheet as in the file",
        )
    )
    return None


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
