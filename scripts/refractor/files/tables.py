"""Tables as the contract has them: each declared once, checked on read and before write.

UTF-8, tab-separated, one header line, an empty cell for missing, written even when they have no rows.
pandas, which takes a third of a second to start, is loaded only where a frame is asked for.
"""

from __future__ import annotations

import csv
import gzip
import math
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from refractor.errors import TableError
from refractor.files.atomic import written_aside
from refractor.vocabulary import yes_no

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["text", "integer", "number"]
Row = dict[str, Any]
_DTYPE: dict[Kind, str] = {"text": "string", "integer": "Int64", "number": "Float64"}

SYNTHETIC_COLUMN = "synthetic"
"""Last column of every table of a synthetic trial, always `yes`; absent otherwise."""

FORMULA = r"^\s*(?:[=@]|[+-].*[^A-Za-z0-9._+-])"
"""Text that a spreadsheet would take for a formula (OWASP, CSV injection); a number, a strand or a name that
begins with - is none."""
_IS_FORMULA = re.compile(FORMULA)
_ESCAPED = r"^'(?=\s*[=@+-])"
_IS_ESCAPED = re.compile(_ESCAPED)
_BREAKS = re.compile(r"[\t\r\n]+")


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
        return self.from_rows([])

    def from_rows(self, rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
        """A checked frame from dictionaries; a key left out is a missing cell, an unknown key an error."""
        import pandas as pd  # noqa: PLC0415

        unknown = {key for row in rows for key in row} - set(self.column_names)
        if unknown:
            raise TableError(f"{self.name}: columns not declared: {', '.join(sorted(unknown))}")
        return self.check(pd.DataFrame(rows, columns=self.column_names))

    def check(self, frame: pd.DataFrame) -> pd.DataFrame:
        """`frame` with exactly the declared columns, in order and with their dtypes; else a TableError."""
        import pandas as pd  # noqa: PLC0415

        self._check_header([str(name) for name in frame.columns])
        faults: list[str] = []
        typed: dict[str, pd.Series] = {}
        for column in self.columns:
            try:
                series = _as_kind(frame[column.name], column.kind)
            except (TypeError, ValueError) as error:
                faults.append(f"column {column.name} is not {column.kind}: {error}")
                continue
            faults += _faults_of(column, int(series.isna().sum()), series.dropna())
            typed[column.name] = series
        if faults:
            raise TableError(f"{self.name}: " + "; ".join(faults))
        return pd.DataFrame(typed, columns=self.column_names).reset_index(drop=True)

    def read(self, path: str | Path) -> pd.DataFrame:
        """The table at `path` as a frame, checked; the synthetic mark is dropped."""
        import pandas as pd  # noqa: PLC0415

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

    def read_rows(self, path: str | Path) -> tuple[Row, ...]:
        """The table at `path` as dictionaries of text, int and float, None for missing; checked like a frame."""
        header, *lines = self._lines(Path(path))
        names = [name for name in header if name != SYNTHETIC_COLUMN]
        try:
            self._check_header(names)
            at = {name: place for place, name in enumerate(header)}
            columns = [
                _values_of(column, [line[at[column.name]] for line in lines]) for column in self.columns
            ]
        except TableError as error:
            raise TableError(f"{path}: {error}") from error
        return tuple(dict(zip(self.column_names, row, strict=True)) for row in zip(*columns, strict=True))

    def write(self, frame: pd.DataFrame, path: str | Path, *, synthetic: bool) -> None:
        """Write `frame`, checked, aside and then renamed, with the synthetic mark where asked.

        Text that a spreadsheet would run as a formula gets an apostrophe before it, which reading takes off.
        """
        import pandas as pd  # noqa: PLC0415

        checked = self.check(frame)
        for name in checked.select_dtypes("string"):
            cells = checked[name].str.replace(_BREAKS, " ", regex=True)
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
        )
        _write_text(text, path)

    def write_rows(self, rows: Iterable[Mapping[str, object]], path: str | Path, *, synthetic: bool) -> None:
        """The same from dictionaries of the columns' values, without a frame; the file has the same bytes."""
        rows = list(rows)
        columns = []
        for column in self.columns:
            try:
                columns.append(_cells_of(column, [row[column.name] for row in rows]))
            except TableError as error:
                raise TableError(f"{self.name}: {error}") from error
        mark = ["yes"] * synthetic
        lines = [[*self.column_names, *[SYNTHETIC_COLUMN] * synthetic]]
        lines += [[*cells, *mark] for cells in zip(*columns, strict=True)]
        _write_text("".join("\t".join(line) + "\n" for line in lines), path)

    def _lines(self, path: Path) -> list[list[str]]:
        """The cells of every line, the header first; every line has as many."""
        try:
            raw = path.read_bytes()
            text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
        except (OSError, ValueError, EOFError, zlib.error) as error:
            raise TableError(f"{path}: cannot be read as the table {self.name}: {error}") from error
        lines = [line.rstrip("\r").split("\t") for line in text.split("\n") if line]
        if not lines:
            raise TableError(f"{path}: cannot be read as the table {self.name}: the file is empty")
        for number, line in enumerate(lines, start=1):
            if len(line) != len(lines[0]):
                raise TableError(f"{path}:{number}: {len(line)} cells, not {len(lines[0])}")
        return lines

    def _check_header(self, names: Sequence[str]) -> None:
        faults: list[str] = []
        missing = [name for name in self.column_names if name not in names]
        extra = [name for name in names if name not in set(self.column_names)]
        if missing:
            faults.append(f"columns missing: {', '.join(missing)}")
        if extra:
            faults.append(f"columns not declared: {', '.join(extra)}")
        if faults:
            raise TableError(f"{self.name}: " + "; ".join(faults))


def looks_like_formula(words: str) -> bool:
    """Whether a spreadsheet would take the text for a formula."""
    return _IS_FORMULA.match(words) is not None


def without_escapes(raw: pd.DataFrame) -> pd.DataFrame:
    """Cells as text without the apostrophes that `write` put before formulas."""
    return raw.apply(_without_escapes)


def _without_escapes(column: pd.Series) -> pd.Series:
    words = column.astype("string")
    escaped = any(cell.startswith("'") for cell in words.dropna().unique())
    return words.str.replace(_ESCAPED, "", regex=True) if escaped else words


def cell_text(value: object) -> str:
    """One value as a cell's text: truths as yes and no, several values comma-separated, missing as nothing."""
    match value:
        case None:
            return ""
        case bool():
            return yes_no(value)
        case float():
            return "" if math.isnan(value) else f"{value:.6g}"
        case tuple():
            return ",".join(str(part) for part in value)
        case _:
            return str(value)


def _cells_of(column: Column, values: Sequence[Any]) -> list[str]:
    """The cells of one column as they are written; a TableError names what does not fit the declaration."""
    try:
        if column.kind == "text":
            cells = [cell_text(value) for value in values]
        elif column.kind == "number":
            cells = ["" if value is None else cell_text(float(value)) for value in values]
        else:
            cells = ["" if value is None else str(_whole(value)) for value in values]
    except (TypeError, ValueError) as error:
        raise TableError(f"column {column.name} is not {column.kind}: {error}") from error
    known = [cell for cell in cells if cell]
    faults = _faults_of(column, len(cells) - len(known), known)
    if faults:
        raise TableError("; ".join(faults))
    if column.kind != "text":
        return cells
    flat = (_BREAKS.sub(" ", cell) for cell in cells)
    return ["'" + cell if looks_like_formula(cell) else cell for cell in flat]


def _values_of(column: Column, cells: Sequence[str]) -> list[Any]:
    """The cells of one column as values, None for missing; a TableError as `_cells_of` raises."""
    known = [cell for cell in cells if cell]
    faults = _faults_of(column, len(cells) - len(known), known)
    if faults:
        raise TableError("; ".join(faults))
    if column.kind == "text":
        return [_IS_ESCAPED.sub("", cell) if cell else None for cell in cells]
    convert = float if column.kind == "number" else _whole
    try:
        return [convert(cell) if cell else None for cell in cells]
    except ValueError as error:
        raise TableError(f"column {column.name} is not {column.kind}: {error}") from error


def _whole(value: Any) -> int:
    """A whole number from a number or its text."""
    try:
        return int(value) if isinstance(value, str) else _whole_of_number(float(value), value)
    except ValueError:
        return _whole_of_number(float(value), float(value))


def _whole_of_number(number: float, value: Any) -> int:
    if number % 1 != 0:
        raise ValueError("it holds fractions")
    return int(value)


def _write_text(text: str, path: str | Path) -> None:
    content = text.encode()
    with written_aside(path) as scratch:
        # mtime 0: equal tables are equal files
        scratch.write_bytes(gzip.compress(content, mtime=0) if scratch.suffix == ".gz" else content)


def _as_kind(series: pd.Series, kind: Kind) -> pd.Series:
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    if kind == "text" and series.dtype == "string":
        return series.mask(series == "")
    if kind == "text":
        values = ["" if pd.isna(value) else cell_text(value) for value in series]
        return pd.Series([value or pd.NA for value in values], index=series.index, dtype="string")
    numbers = pd.to_numeric(series.astype("object").where(series.notna(), np.nan)).astype("Float64")
    if kind == "integer" and bool((numbers % 1 != 0).any()):
        raise ValueError("it holds fractions")  # astype would cut them off
    return numbers.astype(_DTYPE[kind])


def _faults_of(column: Column, empty: int, known: Iterable[str]) -> list[str]:
    faults = []
    if column.required and empty:
        faults.append(f"column {column.name} has {empty} empty cells")
    if column.values is not None:
        odd = sorted(set(known) - set(column.values))
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
