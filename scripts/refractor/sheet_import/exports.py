"""The exports of REDCap, Castor and cBioPortal as rows of text, each with its line."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from refractor.errors import InputError, Problem
from refractor.files.text import read_hand_written

_SEPARATORS = ",;\t"


class System(StrEnum):
    """What wrote the export."""

    REDCAP = "redcap"
    CASTOR = "castor"
    CBIOPORTAL = "cbioportal"


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One row of an export: its file, its line (1-based) and its cells by column, stripped."""

    file: str
    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Export:
    """The rows of the files of one export, and their columns in order."""

    columns: tuple[str, ...]
    rows: tuple[ExportRow, ...]

    def values(self, column: str) -> list[str]:
        """The distinct filled cells of a column, in order."""
        return list(dict.fromkeys(row.cells[column] for row in self.rows if row.cells.get(column)))


def read_export(paths: Sequence[Path]) -> Export:
    """The rows of the files one after the other; columns are joined by name.

    A file is separated by commas, semicolons or tabs, as its header shows; lines that begin with # before the header,
    as cBioPortal writes them, are passed over. A column whose name stands there already, as the
    "Complete?" of each form in an export with labels, is named with its number: "Complete? (2)". InputError where a file
    cannot be read, has no header or a row of another length.
    """
    columns: dict[str, None] = {}
    rows: list[ExportRow] = []
    for path in paths:
        header, found = _read_file(path)
        columns |= dict.fromkeys(header)
        rows += found
    return Export(tuple(columns), tuple(rows))


def _read_file(path: Path) -> tuple[list[str], list[ExportRow]]:
    lines = read_hand_written(path, what="export").text.split("\n")
    skipped = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    if skipped == len(lines) or not lines[skipped].strip():
        raise InputError(Problem(path, "has no header", skipped + 1))
    separator = max(_SEPARATORS, key=lines[skipped].count)
    reader = csv.reader(io.StringIO("\n".join(lines[skipped:])), delimiter=separator)
    header = _told_apart([name.strip() for name in next(reader)])
    problems = []
    rows = []
    for cells in reader:
        line = skipped + reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            what = f"has {len(cells)} cells, the header has {len(header)} columns"
            problems.append(Problem(path, what, line))
            continue
        named = zip(header, (cell.strip() for cell in cells), strict=True)
        rows.append(ExportRow(path.name, line, dict(named)))
    if problems:
        raise InputError(problems)
    return header, rows


def _told_apart(names: Sequence[str]) -> list[str]:
    seen: Counter[str] = Counter()
    told = []
    for name in names:
        seen[name] += 1
        told.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return told
