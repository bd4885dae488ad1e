"""Tables as the contract has them: each declared once, checked on read and before write.

UTF-8, tab-separated, one header line, an empty cell for missing, written even when they have no rows.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from refractor.errors import TableError
from refractor.files.atomic import written_aside

Kind = Literal["text", "integer", "number"]
_DTYPE: dict[Kind, str] = {"text": "string", "integer": "Int64", "number": "Float64"}

SYNTHETIC_COLUMN = "synthetic"
"""Last column of every table of a synthetic trial, always `yes`; absent otherwise."""


FORMULA = r"^(?:[=@]|[+-].*[^A-Za-z0-9._+-])"
"""Text that a spreadsheet would take for a formula; a number, a strand or a name that begins with - is none."""
_ESCAPED = r"^'(?=[=@+-])"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its kind, unit, meaning, closed set of values, and whether a cell may be empty."""

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    values: tuple[str, ...] | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A declared table. `name` is its file name; `meaning` says what one row is."""

    name: str
    meaning: str
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> list[str]:
        """Names of the columns in file order."""
        return [column.name for column in self.columns]

    def empty(self) -> pd.DataFrame:
        """The table without rows, with its dtypes."""
        return self.check(pd.DataFrame(columns=self.column_names))

    def from_rows(self, rows: list[dict[str, object]]) -> pd.DataFrame:
        """A checked table from dictionaries; a key left out is a missing cell, an unknown key an error."""
        unknown = {key for row in rows for key in row} - set(self.column_names)
        if unknown:
            raise TableError(f"{self.name}: columns not declared: {', '.join(sorted(unknown))}")
        return self.check(pd.DataFrame(rows, columns=self.column_names))

    def check(self, frame: pd.DataFrame) -> pd.DataFrame:
        """`frame` with exactly the declared columns, in order and with their dtypes; else a TableError."""
        faults: list[str] = []
        missing = [name for name in self.column_names if name not in frame.columns]
        extra = [str(name) for name in frame.columns if name not in set(self.column_names)]
        if missing:
            faults.append(f"columns missing: {', '.join(missing)}")
        if extra:
            faults.append(f"columns not declared: {', '.join(extra)}")
        if faults:
            raise TableError(f"{self.name}: " + "; ".join(faults))
        typed: dict[str, pd.Series] = {}
        for column in self.columns:
            try:
                series = _as_kind(frame[column.name], column.kind)
            except (TypeError, ValueError) as error:
                faults.append(f"column {column.name} is not {column.kind}: {error}")
                continue
            faults += _faults_of(series, column)
            typed[column.name] = series
        if faults:
            raise TableError(f"{self.name}: " + "; ".join(faults))
        return pd.DataFrame(typed, columns=self.column_names).reset_index(drop=True)

    def read(self, path: str | Path) -> pd.DataFrame:
        """The table at `path`, checked; the synthetic mark is dropped."""
        try:
            raw = pd.read_csv(
                path,
                sep="\t",
                dtype=str,
                keep_default_na=False,
                na_values=[""],
                encoding="utf-8",
                quoting=csv.QUOTE_NONE,
            )
        except (OSError, ValueError, EOFError, zlib.error) as error:
            raise TableError(f"{path}: cannot be read as the table {self.name}: {error}") from error
        return self.check(without_escapes(raw.drop(columns=SYNTHETIC_COLUMN, errors="ignore")))

    def write(self, frame: pd.DataFrame, path: str | Path, *, synthetic: bool) -> None:
        """Write `frame`, checked, aside and then renamed, with the synthetic mark where asked.

        Text that a spreadsheet would run as a formula gets an apostrophe before it, which reading takes off.
        """
        checked = self.check(frame)
        for name in checked.select_dtypes("string"):
            cells = checked[name].str.replace(r"[\t\r\n]+", " ", regex=True)
            checked[name] = cells.mask(cells.str.match(FORMULA).fillna(False), "'" + cells)
        if synthetic:
            checked[SYNTHETIC_COLUMN] = pd.Series("yes", index=checked.index, dtype="string")
        text = checked.to_csv(
            sep="\t",
            index=False,
            na_rep="",
            float_format="%.6g",
            lineterminator="\n",
            quoting=csv.QUOTE_NONE,
            quotechar=None,
        ).encode()
        with written_aside(path) as scratch:
            # mtime 0: equal tables are equal files
            scratch.write_bytes(gzip.compress(text, mtime=0) if scratch.suffix == ".gz" else text)


def without_escapes(raw: pd.DataFrame) -> pd.DataFrame:
    """Cells as text without the apostrophes that `write` put before formulas."""
    return raw.apply(lambda column: column.astype("string").str.replace(_ESCAPED, "", regex=True))


def _as_kind(series: pd.Series, kind: Kind) -> pd.Series:
    if kind == "text":
        values = [pd.NA if pd.isna(value) or str(value) == "" else str(value) for value in series]
        return pd.Series(values, index=series.index, dtype="string")
    numbers = pd.to_numeric(series.astype("object").where(series.notna(), np.nan)).astype("Float64")
    if kind == "integer" and bool((numbers % 1 != 0).any()):
        raise ValueError("it holds fractions")  # astype would cut them off
    return numbers.astype(_DTYPE[kind])


def _faults_of(series: pd.Series, column: Column) -> list[str]:
    faults = []
    if column.required and series.isna().any():
        faults.append(f"column {column.name} has {int(series.isna().sum())} empty cells")
    if column.values is not None:
        odd = sorted(set(series.dropna()) - set(column.values))
        if odd:
            faults.append(f"column {column.name} holds {', '.join(odd)}; allowed: {', '.join(column.values)}")
    return faults


def text(name: str, meaning: str, *, values: tuple[str, ...] | None = None, required: bool = False) -> Column:
    """A text column."""
    return Column(name, "text", meaning, values=values, required=required)


def integer(name: str, meaning: str, unit: str = "", *, required: bool = False) -> Column:
    """A whole-number column."""
    return Column(name, "integer", meaning, unit, required=required)


def number(name: str, meaning: str, unit: str = "", *, required: bool = False) -> Column:
    """A real-number column."""
    return Column(name, "number", meaning, unit, required=required)
