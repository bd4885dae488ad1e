"""One table of every tumour's folder at once: thousands of small files cost one check, not one each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import csv
import io
from collections.abc import Mapping
from pathlib import Path


from refractor.errors import TableError
from refractor.files.tables import SYNTHETIC_COLUMN, Table, without_escapes

if TYPE_CHECKING:
    import pandas as pd

SAMPLE_KEY = "of_sample"
"""The column that says whose rows they are; no declared table has one of this name."""


def read_stacked(table: Table, paths: Mapping[str, Path]) -> pd.DataFrame:
    """The rows of `table` of every sample, in order, checked, with SAMPLE_KEY as a further first column.

    `paths` are the files by sample. A TableError names the file that is missing, has another header or a fault.
    """
    import pandas as pd  # noqa: PLC0415

    bodies: list[str] = []
    owners: list[str] = []
    for sample, path in paths.items():
        lines = _lines(table, path)
        bodies += lines
        owners += [sample] * len(lines)
    text = "\t".join(table.column_names) + "\n" + "\n".join(bodies)
    try:
        frame = pd.read_csv(
            io.StringIO(text),
            sep="\t",
            dtype=str,
            keep_default_na=False,
            na_values=[""],
            quoting=csv.QUOTE_NONE,
            skip_blank_lines=False,
        )
        checked = table.check(without_escapes(frame))
        if len(checked) != len(owners):
            raise TableError(f"{table.name}: rows were lost on reading")
    except (TableError, ValueError) as error:
        for path in paths.values():  # which file is it?
            _read(table, path)
        raise TableError(f"{table.name}: {error}") from error
    checked.insert(0, SAMPLE_KEY, pd.Series(owners, index=checked.index, dtype="string"))
    return checked


def _lines(table: Table, path: Path) -> list[str]:
    """The rows of one file as text without the synthetic mark; files that are written otherwise are read and rewritten."""
    try:
        header, *lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(f"{path}: cannot be read as the table {table.name}: {error}") from error
    names = header.rstrip("\r").split("\t")
    marked = names[-1:] == [SYNTHETIC_COLUMN]
    if names != [*table.column_names, *([SYNTHETIC_COLUMN] if marked else [])]:
        return _rewritten(table, path)
    if any(line.count("\t") != len(names) - 1 for line in lines):
        _read(table, path)
        raise TableError(f"{path}: a row has not {len(names)} cells")
    lines = [line.rstrip("\r") for line in lines]
    return [line.rpartition("\t")[0] for line in lines] if marked else lines


def _rewritten(table: Table, path: Path) -> list[str]:
    frame = _read(table, path)
    text: str = frame.to_csv(
        sep="\t", index=False, header=False, na_rep="", quoting=csv.QUOTE_NONE, lineterminator="\n"
    )
    return text.rstrip("\n").split("\n") if len(frame) else []


def _read(table: Table, path: Path) -> pd.DataFrame:
    """One file by itself; its faults with its name."""
    try:
        return table.read(path)
    except TableError as error:
        fault = str(error)
        raise TableError(fault if fault.startswith(str(path)) else f"{path}: {fault}") from error
