"""A table of many tumours, divided once into a file a tumour, so that no tumour's job reads the others' rows.

A part is the table's comments, its header and the tumour's rows, each with the line on which it stands in the table
(LINE_COLUMN). Its first line says, after MARK and as JSON, of which table it is and what was seen over the whole of it,
such as that fractions are percentages. SUMMARY in the same folder says the same, or what is wrong with the table.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import quote

from refractor.errors import InputError, Problem
from refractor.files.bounded import GZIP_MAGIC, bounded_lines

MARK = "#refractor_part "
LINE_COLUMN = "refractor_line"
SUMMARY = "divided.json"
SHOWN_NAMES = 10
_BUFFERED_ROWS = 200_000
_MOST_LINES = 50_000_000
"""A table of more is none of tumours: the parts go to disk, which a compressed file of some megabytes could fill."""
_MOST_COMMENTS = 10_000
"""Lines above the header: they stand in every part."""
_LONGEST_NAME = 180
"""Letters of a name in the name of its part; a file system takes 255."""
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Part:
    """Of which table a part is, what is known of the whole of it, and whether it has a row of the tumour."""

    table: Path
    facts: Mapping[str, Any] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    is_there: bool = True


def part_path(folder: str | Path, name: str) -> Path:
    """Where the part of the tumour `name` stands, whether or not there is one."""
    quoted = quote(name, safe="")
    if len(quoted) > _LONGEST_NAME:
        quoted = f"{quoted[:_LONGEST_NAME]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    return Path(folder) / f"{quoted}.tsv"


def divide(
    table: Path,
    folder: Path,
    *,
    column_of: Callable[[Sequence[str]], int],
    facts: Mapping[str, Any],
    error: type[InputError] = InputError,
) -> int:
    """Write the parts of `table` and the summary into `folder`, and return their number.

    `column_of` finds the column of the tumours' names in the header. Raises `error` for a table that cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lines = text_lines(table, error)
    preamble, header, delimiter = _head(lines, table, error)
    column = column_of(header)
    head = [f"{MARK}{json.dumps({'table': str(table), 'facts': facts})}", *preamble]
    head.append("\t".join([*header, LINE_COLUMN]))
    waiting: dict[str, list[str]] = {}
    names: dict[str, None] = {}
    n_waiting = 0
    for number, found in _rows(lines, delimiter, first=len(preamble) + 2):
        if number > _MOST_LINES:
            raise error(
                Problem(table, f"has more than {_MOST_LINES:,} lines", allowed="give a smaller table")
            )
        cells = cells_of_row(header, found)
        name = cells[column].strip().strip('"') if column < len(cells) else ""
        wide = [*cells, *[""] * (len(header) - len(cells))]
        waiting.setdefault(name, []).append("\t".join([*wide, str(number)]))
        n_waiting += 1
        if n_waiting >= _BUFFERED_ROWS:
            _append(folder, waiting, head, begun=names)
            n_waiting = 0
    _append(folder, waiting, head, begun=names)
    write_summary(folder, table, facts=facts, names=[name for name in names if name])
    return len(names)


def write_summary(
    folder: Path,
    table: Path,
    *,
    facts: Mapping[str, Any] | None = None,
    names: Sequence[str] = (),
    problems: Sequence[Problem] = (),
) -> None:
    """Write what is known of the whole table, or what is wrong with it."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "table": str(table),
        "tumors": len(names),
        "names": sorted(names)[:SHOWN_NAMES],
        "facts": dict(facts or {}),
        "problems": [[one.what, one.line, one.column, one.allowed] for one in problems],
    }
    (folder / SUMMARY).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def part_at(path: Path, error: type[InputError] = InputError) -> Part | None:
    """The part of a divided table at `path`, also where the tumour has no row in it; None where the file is another.

    Raises:
        InputError: as `error`; what is wrong with the whole table.
    """
    summary = path.parent / SUMMARY
    if not summary.is_file():  # asked first: any other file is opened by its own reader alone
        return None
    if path.is_file():
        with path.open("rb") as handle:
            start = handle.read(len(MARK))
            if start != MARK.encode():
                return None
            told = json.loads(handle.readline())
        return Part(Path(told["table"]), told["facts"])
    told = json.loads(summary.read_text(encoding="utf-8"))
    table = Path(told["table"])
    if told["problems"]:
        raise error(
            Problem(table, what, line, column, allowed) for what, line, column, allowed in told["problems"]
        )
    return Part(table, told["facts"], tuple(told["names"]), is_there=False)


def text_lines(table: Path, error: type[InputError]) -> Iterator[str]:
    """The lines of a plain or gzipped text file, one after the other; `error` where it cannot be read."""
    try:
        with table.open("rb") as raw:
            packed = raw.read(len(GZIP_MAGIC)) == GZIP_MAGIC
            raw.seek(0)
            stream = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if packed else raw
            text = io.TextIOWrapper(bounded_lines(stream, table, error), encoding="utf-8", errors="replace")
            for number, line in enumerate(text):
                yield line.removeprefix(_BOM) if number == 0 else line
    except (OSError, EOFError, ValueError, zlib.error) as found:
        raise error(Problem(table, f"cannot be read: {found}", allowed="copy it again")) from found


def delimiter_of(header: str) -> str:
    """A tab where the header has one, else the commoner of semicolon (spreadsheets of Europe) and comma."""
    if "\t" in header:
        return "\t"
    return ";" if header.count(";") > header.count(",") else ","


def cells_of_row(header: Sequence[str], cells: list[str]) -> list[str]:
    """The cells under the header: without empty ones beyond it, and without the number by which R names a row."""
    while len(cells) > len(header) and not cells[-1].strip():
        cells = cells[:-1]
    named = len(cells) == len(header) + 1 and cells[0].strip().strip('"').isdigit()
    return cells[1:] if named else cells


def _head(lines: Iterator[str], table: Path, error: type[InputError]) -> tuple[list[str], list[str], str]:
    """The comments above the header, its names and what stands between them; `lines` is left after it."""
    preamble: list[str] = []
    for line in lines:
        bare = line.rstrip("\r\n")
        if not bare.strip() or bare.startswith("#"):
            preamble.append(bare)
            if len(preamble) > _MOST_COMMENTS:
                raise error(
                    Problem(
                        table, f"has no header in {_MOST_COMMENTS:,} lines", allowed="give the table itself"
                    )
                )
            continue
        delimiter = delimiter_of(bare)
        return preamble, next(csv.reader([bare], delimiter=delimiter)), delimiter
    raise error(Problem(table, "has no header", allowed="give the whole table"))


def _rows(lines: Iterator[str], delimiter: str, *, first: int) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each row; comments and empty lines are passed over."""
    if delimiter != "\t":
        reader = csv.reader(lines, delimiter=delimiter)
        for cells in reader:
            if cells and not cells[0].startswith("#"):
                yield first + reader.line_num - 1, [cell.replace("\t", " ") for cell in cells]
        return
    for number, line in enumerate(lines, start=first):
        bare = line.rstrip("\r\n")
        if bare.strip() and not bare.startswith("#"):
            yield number, bare.split("\t")


def _append(
    folder: Path, waiting: dict[str, list[str]], head: Sequence[str], *, begun: dict[str, None]
) -> None:
    """Write the rows that wait; a part that is not among those `begun` is written anew, whatever an earlier run left."""
    for name, rows in waiting.items():
        with part_path(folder, name).open("a" if name in begun else "w", encoding="utf-8") as part:
            part.write("\n".join(rows if name in begun else [*head, *rows]) + "\n")
        begun[name] = None
    waiting.clear()
