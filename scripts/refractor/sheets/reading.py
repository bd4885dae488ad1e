"""One sheet from file to typed rows; all that is wrong with it at once, each fault with line, column and remedy."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from refractor.errors import InputError, Problem
from refractor.files.text import read_hand_written
from refractor.settings.schemas import fault_in_words, load_schema, nearest, validator_of
from refractor.sheets.cells import hint, shown, typed, unfit_text
from refractor.sheets.sheet_rows import Cell, Row

if TYPE_CHECKING:
    import jsonschema

RowT = TypeVar("RowT", bound=Row)

_OTHER_SEPARATORS = {",": "commas (CSV)", ";": "semicolons (CSV)", "|": "bars"}


@dataclass(slots=True)
class Sheet(Generic[RowT]):
    """What could be read of one sheet.

    `rows` holds every row whose identifying cells are sound; `faulty` names, by line, the cells that were
    refused and stand as None in the row; `tolerated` says what an editor did to the file and was mended.
    `complete` is False where rows are missing from `rows`, so that absence from this sheet means nothing.
    """

    name: str
    file: str
    rows: list[RowT] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    faulty: dict[int, set[str]] = field(default_factory=dict)
    complete: bool = True
    tolerated: list[str] = field(default_factory=list)

    def tolerate(self, oddity: str) -> None:
        """Note, once, an oddity of the file that changes nothing of what it says."""
        if oddity not in self.tolerated:
            self.tolerated.append(oddity)

    def sound(self, *columns: str) -> Iterator[RowT]:
        """The rows of which none of these cells was refused."""
        for row in self.rows:
            if not self.faulty.get(row.line, _NOTHING).intersection(columns):
                yield row


_NOTHING: frozenset[str] = frozenset()


def read_sheet(
    path: str, name: str, row_type: type[RowT], *, only: Collection[str] | None = None
) -> Sheet[RowT]:
    """The sheet at `path`, checked against the schema `name` and nothing else.

    With `only`, cells of other columns are not looked at: they stand as None in the rows, whatever they hold.
    """
    sheet: Sheet[RowT] = Sheet(name, str(path))
    try:
        written = read_hand_written(path, what=f"sheet of {name.replace('_', ' ')}")
    except InputError as error:
        sheet.problems += error.problems
        sheet.complete = False
        return sheet
    lines = written.text.split("\n")
    sheet.tolerated += written.tolerated
    start = next(number for number, line in enumerate(lines) if line.strip())
    if start > 0:
        sheet.tolerate("blank lines")
    if lines[start].endswith("\t"):
        sheet.tolerate("trailing empty columns")
    columns = _Header(sheet, lines[start], start + 1, load_schema(name)).columns()
    if columns is None:
        sheet.complete = False
        return sheet
    if only is not None:
        columns = [column if column in only else "" for column in columns]
    reader = _RowReader(sheet, row_type, columns)
    for number, line in enumerate(lines[start + 1 :], start + 2):
        if line.strip():
            reader.read(line, number)
        elif number < len(lines):
            sheet.tolerate("blank lines")
    return sheet


@dataclass(slots=True)
class _Header(Generic[RowT]):
    """The header line against the schema."""

    sheet: Sheet[RowT]
    text: str
    line: int
    schema: dict[str, Any]

    def columns(self) -> list[str] | None:
        """The column of each position, empty for one that is not used; None where no row can be read."""
        known = list(self.schema["properties"])
        names = [name.strip() for name in self.text.split("\t")]
        while names and not names[-1]:
            names.pop()
        if len(names) == 1 and names[0] not in known and self._is_separated_otherwise(known):
            return None
        first_at: dict[str, int] = {}
        columns = []
        for position, name in enumerate(names, 1):
            columns.append(self._column(name, position, known, first_at))
        missing = [name for name in self.schema["required"] if name not in first_at]
        for name in missing:
            self._fault(name, "the column is missing", self.schema["properties"][name]["description"])
        return None if missing else columns

    def _column(self, name: str, position: int, known: list[str], first_at: dict[str, int]) -> str:
        if not name:
            self._fault(f"column {position}", "has no name", "name it or take it out")
        elif name not in known:
            guess = nearest(name.strip("\"'"), known)
            meant = f"did you mean {guess}? " if guess else ""
            self._fault(shown(name), "the column is not known", f"{meant}allowed: {', '.join(known)}")
        elif name in first_at:
            self._fault(name, f"the column stands at position {first_at[name]} already", "keep one of them")
        else:
            first_at[name] = position
            return name
        return ""

    def _is_separated_otherwise(self, known: list[str]) -> bool:
        for separator, words in _OTHER_SEPARATORS.items():
            names = [name.strip(" \"'") for name in self.text.split(separator)]
            if len(names) > 1 and (set(names) & set(known) or separator != "|"):
                self._fault(
                    None, f"is separated by {words}, not by tabs", "save it as tab-separated text (.tsv)"
                )
                return True
        names = self.text.split()
        if len(names) > 1 and set(names) & set(known):
            self._fault(None, "is separated by spaces, not by tabs", "save it as tab-separated text (.tsv)")
            return True
        return False

    def _fault(self, column: str | None, what: str, allowed: str) -> None:
        self.sheet.problems.append(Problem(self.sheet.file, what, self.line, column, allowed))


class _RowReader(Generic[RowT]):
    """Turns lines into typed rows and notes every refused cell."""

    def __init__(self, sheet: Sheet[RowT], row_type: type[RowT], columns: list[str]) -> None:
        schema = load_schema(sheet.name)
        self._sheet = sheet
        self._row_type = row_type
        self._columns = columns
        self._properties: Mapping[str, Mapping[str, Any]] = schema["properties"]
        self._required: frozenset[str] = frozenset(schema["required"])
        self._validator = validator_of(sheet.name)

    def read(self, line: str, number: int) -> None:
        """Add the row on `line`, or the problems that keep it out."""
        texts = line.split("\t")
        while len(texts) > len(self._columns) and not texts[-1].strip():
            texts.pop()
            self._sheet.tolerate("trailing empty columns")
        if len(texts) != len(self._columns):
            what = f"has {len(texts)} cells, the header has {len(self._columns)} columns"
            self._fault(number, None, what, "one tab between two cells, an empty cell where nothing is known")
            self._sheet.complete = False
            return
        cells = self._cells(texts, number)
        for error in self._validator.iter_errors(cells):
            self._schema_fault(error, dict(zip(self._columns, texts, strict=True)), number)
        refused = self._sheet.faulty.get(number, _NOTHING)
        if refused & self._required:
            self._sheet.complete = False
            return
        values: dict[str, Any] = {name: value for name, value in cells.items() if name not in refused}
        self._sheet.rows.append(self._row_type(line=number, **values))

    def _cells(self, texts: list[str], number: int) -> dict[str, Cell]:
        cells: dict[str, Cell] = {}
        for name, raw in zip(self._columns, texts, strict=True):
            text = raw.strip()
            if text != raw:
                self._sheet.tolerate("spaces around cells")
            if not text:
                continue
            column = self._properties.get(name)
            if column is None:  # the header named it already
                continue
            unfit = unfit_text(text, column)
            if unfit:
                self._fault(number, name, *unfit)
            else:
                cells[name] = typed(text, column)
        return cells

    def _schema_fault(self, error: jsonschema.ValidationError, texts: dict[str, str], number: int) -> None:
        if error.validator == "required":
            refused = self._sheet.faulty.get(number, _NOTHING)
            empty = [name for name in self._required - refused if not texts[name].strip()]
            for name in sorted(empty):
                self._fault(
                    number, name, "the cell is empty", f"fill it: {self._properties[name]['description']}"
                )
            return
        name = str(error.absolute_path[0])
        if name in self._sheet.faulty.get(number, _NOTHING):
            return  # one fault a cell
        text = texts[name].strip()
        what, allowed = fault_in_words(error, shown(text))
        meant = hint(text, self._properties[name])
        if meant is not None:  # more certain than the nearest allowed word
            allowed = allowed.partition(" (did you mean")[0]
        self._fault(number, name, what, f"{allowed} ({meant})" if meant else allowed)

    def _fault(self, number: int, column: str | None, what: str, allowed: str) -> None:
        self._sheet.problems.append(Problem(self._sheet.file, what, number, column, allowed))
        if column is not None:
            self._sheet.faulty.setdefault(number, set()).add(column)
