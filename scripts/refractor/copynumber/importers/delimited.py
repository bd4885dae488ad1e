"""A copy-number caller's table as text: header, rows with their line numbers, whatever the delimiter."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from refractor.errors import CopyNumberFileError, Problem
from refractor.files.atomic import is_special
from refractor.files.bounded import read_table_bytes
from refractor.files.divided import LINE_COLUMN, Part, part_at

_PREAMBLE = ("#", "@", "%")
_MAX_PROBLEMS = 50
_CHROMOSOME, _NUMBER = re.compile(r"(?:chr)?(?:[0-9]{1,2}|[XY])"), re.compile(r"[0-9]+")
_WITHOUT_NAMES: tuple[Mapping[str, re.Pattern[str]], ...] = (
    {
        "chr": _CHROMOSOME,
        "start": _NUMBER,
        "end": _NUMBER,
        "copy number": _NUMBER,
        "status": re.compile(r"gain|loss|neutral|normal"),
    },
    {
        "number of the segment": _NUMBER,
        "chromosome": _CHROMOSOME,
        "start": _NUMBER,
        "end": _NUMBER,
        "normal total": re.compile(r"[0-2]"),
        "normal minor": re.compile(r"[01]"),
        "total.copy.number": _NUMBER,
        "minor.copy.number": _NUMBER,
    },
)
"""The columns of tables that are written without their names: T_CNVs of Control-FREEC (its manual) and
T.copynumber.caveman.csv of ascatNgs (its runASCAT.R)."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its number from 1, and its cells by column name in lower case, stripped, without quotes."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class DelimitedFile:
    """A header and its rows. `columns` are the names in lower case; `preamble` the comment lines above."""

    path: Path
    columns: tuple[str, ...]
    header_line: int
    preamble: tuple[str, ...]
    rows: tuple[Row, ...]
    complete_last_line: bool


class Problems:
    """Collects what is wrong with one or more files, so that all of it is told at once."""

    def __init__(self) -> None:
        self._found: list[Problem] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, problem: Problem) -> None:
        """Note one problem; those beyond the first fifty are only counted."""
        self._count += 1
        if self._count <= _MAX_PROBLEMS:
            self._found.append(problem)

    def raise_if_any(self) -> None:
        """Raise a CopyNumberFileError with every problem (the first fifty and a count of the rest)."""
        if not self._found:
            return
        told = list(self._found)
        if (rest := self._count - len(told)) > 0:
            told.append(Problem(self._found[0].file, f"and {rest} more problems of this kind"))
        raise CopyNumberFileError(told)


def read_text(path: Path) -> str:
    """The text of a plain or gzipped file, without byte-order mark.

    Raises:
        CopyNumberFileError: missing, a directory, unreadable, truncated gzip, not text, empty.
    """
    if is_special(path):
        raise CopyNumberFileError(Problem(path, "is a pipe or a device", allowed="give a file"))
    raw = read_table_bytes(path, CopyNumberFileError)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CopyNumberFileError(
            Problem(
                path, f"is not UTF-8 text (byte {error.start})", allowed="save it as UTF-8, tab-separated"
            )
        ) from error
    if "\0" in text:
        raise CopyNumberFileError(Problem(path, "is a binary file", allowed="give the caller's text output"))
    if not text.strip():
        raise CopyNumberFileError(Problem(path, "is empty", allowed="give the caller's output"))
    return text


def read_delimited(path: Path) -> DelimitedFile:
    """The table at `path`: tabs, semicolons, commas or blanks, told from its header; R's row names are dropped. Of a part of a
    divided table (files/divided) path and lines are those of the table.

    Raises:
        CopyNumberFileError: no table, or lines with another number of cells than the header.
    """
    part = part_at(path, CopyNumberFileError)
    if part is not None:
        return _of_table(path, part)
    return _read(path)


def _of_table(path: Path, part: Part) -> DelimitedFile:
    """The part of a divided table as rows of that table."""
    if not part.is_there:
        what = f"has no row of this tumour; names in it: {', '.join(part.names)}"
        raise CopyNumberFileError(
            Problem(
                part.table, what, allowed="name the sample in the sheet as in the file, or give its own file"
            )
        )
    read = _read(path)
    rows = tuple(
        Row(int(row.cells[LINE_COLUMN]), {k: v for k, v in row.cells.items() if k != LINE_COLUMN})
        for row in read.rows
    )
    return replace(
        read,
        path=part.table,
        columns=tuple(name for name in read.columns if name != LINE_COLUMN),
        header_line=max(1, read.header_line - 1),
        preamble=read.preamble[1:],
        rows=rows,
    )


def _read(path: Path) -> DelimitedFile:
    text = read_text(path)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = next(
        (n for n, line in enumerate(lines) if line.strip() and not line.startswith(_PREAMBLE)), len(lines)
    )
    if first == len(lines):
        raise CopyNumberFileError(Problem(path, "has comment lines only", allowed="give the caller's output"))
    delimiter = next((mark for mark in "\t;," if mark in lines[first]), None)
    if first > 0 and _is_commented_header(lines[first - 1], lines[first], delimiter):
        first -= 1
    names = _cells(lines[first].removeprefix("#"), delimiter)
    without_header = _names_of_headerless(names)
    columns = without_header or tuple(cell.lower() for cell in names)
    first_row = first if without_header else first + 1
    problems = Problems()
    for name in sorted({name for name in columns if name and columns.count(name) > 1}):
        problems.add(Problem(path, "column name occurs twice", line=first + 1, column=name))
    with_row_names = _with_row_names(lines[first_row:], delimiter, len(columns))
    rows = []
    for line, written in enumerate(lines[first_row:], start=first_row + 1):
        if not written.strip():
            continue
        found = _cells(written, delimiter)
        cells = found[1:] if with_row_names else found
        while len(cells) > len(columns) and not cells[-1]:
            cells = cells[:-1]
        if len(cells) != len(columns):
            problems.add(
                Problem(
                    path,
                    f"has {len(cells)} cells, the header has {len(columns)}",
                    line=line,
                    allowed="the file may be cut off: copy it again" if len(cells) < len(columns) else None,
                )
            )
            continue
        rows.append(Row(line, dict(zip(columns, map(sys.intern, cells), strict=True))))
    problems.raise_if_any()
    return DelimitedFile(
        path, columns, first + 1, tuple(lines[:first]), tuple(rows), text.endswith(("\n", "\r"))
    )


def _with_row_names(lines: list[str], delimiter: str | None, width: int) -> bool:
    """Whether every row has a cell more than the header, the name that R gives it; one that is empty at the end is none."""
    rows = (_cells(line, delimiter) for line in lines if line.strip())
    named = False
    for cells in rows:
        if len(cells) != width + 1:
            return False
        named = named or bool(cells[-1])
    return named


def _names_of_headerless(cells: list[str]) -> tuple[str, ...]:
    """The names of the columns of a table without a header; empty where the cells are of no row of one that is known."""
    for kinds in _WITHOUT_NAMES:
        told = zip(kinds.values(), cells, strict=False)
        if len(cells) >= len(kinds) and all(kind.fullmatch(cell) for kind, cell in told):
            return (*kinds, *(f"column {n}" for n in range(len(kinds) + 1, len(cells) + 1)))
    return ()


def _is_commented_header(above: str, line: str, delimiter: str | None) -> bool:
    """Whether the names of the columns stand in the comment above: as many of them as cells, and those are data."""
    if not above.startswith("#"):
        return False
    names, cells = _cells(above.removeprefix("#"), delimiter), _cells(line, delimiter)
    return (
        len(names) == len(cells) > 2 and sum(map(_is_number, cells)) >= 2 and not any(map(_is_number, names))
    )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _cells(line: str, delimiter: str | None) -> list[str]:
    if delimiter in (",", ";"):
        try:
            found = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            found = line.split(delimiter)
    else:
        found = line.split(delimiter)
    return [cell.strip().strip('"').strip() for cell in found]
