"""A result table declared once: a record class whose fields are the columns, with type, unit and meaning.

    @record
    class Amplicon:
        '''One amplified stretch; 0-based, half-open.'''

        start: int = column("First base", "bp")
        sv_support: bool | None = column("Whether a structural variant bounds it", default=None)

    AMPLICONS = table_of(Amplicon, "amplicons.tsv", step="measure_copy_number")

The type says the rest. `int` and `float` are numbers; `bool` is yes or no; an Enum or a Literal closes the set of
values; a tuple is comma-separated; everything else is text. A field that may be None, or that has a default, may be
an empty cell. A field without `column` is kept in memory only. Writing, typed reading, the checks of both, the
outputs and inputs of the rules, the sheets of the workbook with their notes and docs/output.md all come from the
declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import MISSING, Field, dataclass, field, fields
from enum import Enum, IntEnum
from functools import partial
from pathlib import Path
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Any,
    Generic,
    Literal,
    TypeVar,
    Union,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

from refractor.errors import TableError
from refractor.files.tables import Column, Kind, Table
from refractor.vocabulary import YesNo

if TYPE_CHECKING:
    import pandas as pd

R = TypeVar("R")


class Chapter(IntEnum):
    """Where a reader of the cohort's workbook finds a table, in this order."""

    PATIENTS = 1
    EXPLANATION = 2
    OUTCOMES = 3
    REVIEW = 4
    GROUNDS = 5


_COLUMN = "column"


@dataclass(frozen=True, slots=True)
class _Declared:
    """What a field's declaration adds to its type."""

    meaning: str
    unit: str
    values: tuple[str, ...] | None
    required: bool | None
    name: str | None


def column(
    meaning: str,
    unit: str = "",
    *,
    default: Any = MISSING,
    values: Iterable[str] | None = None,
    required: bool | None = None,
    name: str | None = None,
) -> Any:
    """A field that is a column.

    `values` closes a set that the type leaves open; `required` overrules what the type says of empty cells, for a
    field that is filled in late; `name` is the column's where it is no Python name.
    """
    closed = None if values is None else tuple(values)
    declared = _Declared(meaning, unit, closed, required, name)
    return field(default=default, metadata={_COLUMN: declared})


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(column, field))
def record(cls: type[R]) -> type[R]:
    """The class as a frozen slotted dataclass whose fields are given by name."""
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)


@dataclass(frozen=True, slots=True)
class _Cell:
    """One column of a record class: the field behind it and how its cell becomes the field's value."""

    field: str
    column: Column
    value_of: Callable[[Any], Any]
    missing: Any


@dataclass(frozen=True, slots=True)
class RecordTable(Table, Generic[R]):
    """A table whose rows are records of one class, and which step writes it.

    `chapter` is that of the workbook of the cohort; None for a table that is no sheet of it.
    """

    record: type[R]
    cells: tuple[_Cell, ...] = field(compare=False, repr=False)
    step: str
    chapter: Chapter | None

    def records(self, path: str | Path) -> tuple[R, ...]:
        """The rows of the table at `path`, typed and checked; a TableError names what is wrong."""
        return tuple(self._record(row) for row in self.read_rows(path))

    def write_records(self, records: Iterable[R], path: str | Path, *, synthetic: bool) -> None:
        """Write the records, checked, as `Table.write` writes a frame."""
        self.write_rows((self.row(one) for one in records), path, synthetic=synthetic)

    def frame(self, records: Iterable[R]) -> pd.DataFrame:
        """The records as a checked frame."""
        return self.from_rows([self.row(one) for one in records])

    def records_of(self, frame: pd.DataFrame) -> tuple[R, ...]:
        """The rows of a frame of this table, typed."""
        names = [cell.column.name for cell in self.cells]
        columns = [
            [
                None if missing else value
                for value, missing in zip(frame[name].tolist(), frame[name].isna().tolist(), strict=True)
            ]
            for name in names
        ]
        return tuple(
            self._record(dict(zip(names, values, strict=True))) for values in zip(*columns, strict=True)
        )

    def row(self, one: R) -> dict[str, object]:
        """A record as the values of its columns."""
        return {cell.column.name: getattr(one, cell.field) for cell in self.cells}

    def _record(self, row: dict[str, Any]) -> R:
        return self.record(
            **{
                cell.field: cell.missing if row[cell.column.name] is None
                else cell.value_of(row[cell.column.name])
                for cell in self.cells
            }
        )  # fmt: skip


def table_of(
    record: type[R], name: str, *, step: str, chapter: Chapter | None = None, meaning: str = ""
) -> RecordTable[R]:
    """The table of a record class in the file `name` that `step` writes, empty where several steps do.

    One row is what `meaning` or the class's docstring says.
    """
    hints = get_type_hints(record)
    cells = tuple(
        _cell(one, one.metadata[_COLUMN], hints[one.name])
        for one in fields(record)  # type: ignore[arg-type]
        if _COLUMN in one.metadata
    )
    meaning = meaning or (record.__doc__ or "").split("\n\n")[0].replace("\n    ", " ").strip()
    if not meaning:
        raise TableError(f"{name}: the record class {record.__name__} does not say what one row is")
    columns = tuple(cell.column for cell in cells)
    return RecordTable(name, meaning, columns, record, cells, step, chapter)


def _cell(one: Field[Any], declared: _Declared, hint: Any) -> _Cell:
    parts = [part for part in _parts(hint) if part is not NoneType]
    kind, values, value_of = _form(parts)
    required = len(parts) == len(_parts(hint)) and one.default is MISSING
    return _Cell(
        one.name,
        Column(
            declared.name or one.name,
            kind,
            declared.meaning,
            declared.unit,
            values if declared.values is None else declared.values,
            required if declared.required is None else declared.required,
        ),
        value_of,
        None if one.default is MISSING else one.default,
    )


def _parts(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _form(parts: list[Any]) -> tuple[Kind, tuple[str, ...] | None, Callable[[Any], Any]]:
    """Kind and closed values of a column of this type, and how its cell's value becomes the field's."""
    if len(parts) > 1:
        return "text", None, str
    hint = parts[0]
    if get_origin(hint) is Literal:
        return "text", get_args(hint), str
    if get_origin(hint) is tuple:
        return "text", None, partial(_listed, get_args(hint)[0])
    if issubclass(hint, bool):
        return "text", tuple(YesNo), _is_yes
    if issubclass(hint, Enum):
        return "text", tuple(str(value) for value in hint), hint
    if issubclass(hint, int):
        return "integer", None, int
    return ("number", None, float) if issubclass(hint, float) else ("text", None, str)


def _listed(member: Callable[[str], Any], words: str) -> tuple[Any, ...]:
    return tuple(member(word.strip()) for word in words.split(",") if word.strip())


def _is_yes(word: str) -> bool:
    return word == YesNo.YES
