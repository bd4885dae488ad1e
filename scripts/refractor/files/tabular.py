"""Reading tables that people write by hand, with the line of every cell."""

from __future__ import annotations

import csv
from pathlib import Path

from refractor.errors import InputError, Problem
from refractor.files.bounded import read_table_bytes

_MOST_PROBLEMS = 100
"""Faulty rows after which no further one is named."""


def read_rows(path: Path, problems: list[Problem]) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Header and (line, cells) of a hand-written TSV, cells stripped; what is not a table is noted as problems."""
    try:
        text = read_table_bytes(path, InputError).decode("utf-8-sig")
    except InputError as error:
        problems.extend(error.problems)
        return [], []
    except UnicodeDecodeError as error:
        problems.append(Problem(path, f"cannot be read: {error}", allowed="a UTF-8 table"))
        return [], []
    lines = list(csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    if not lines or not any(lines[0]):
        problems.append(Problem(path, "is empty", line=1, allowed="a header line"))
        return [], []
    header = [cell.strip() for cell in lines[0]]
    rows = []
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            what = f"has {len(cells)} cells where the header has {len(header)}"
            problems.append(Problem(path, what, line=number, allowed="separate cells by one tab"))
            if len(problems) == _MOST_PROBLEMS:
                break
            continue
        rows.append((number, dict(zip(header, (cell.strip() for cell in cells), strict=True))))
    return header, rows
