"""The list of mutations: one text of one file put in place of another, and the tests of which one must then fail."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("mutations.tsv")
COLUMNS = ("id", "file", "line", "mutated", "tests", "what_goes_wrong")


@dataclass(frozen=True, slots=True)
class Mutation:
    """One row of mutations.tsv; `line` and `mutated` as they stand in the file, line breaks and tabs included."""

    id: str
    file: str
    line: str
    mutated: str
    tests: tuple[str, ...]
    what_goes_wrong: str

    def occurrences(self, checkout: Path) -> int:
        """How often the text to mutate stands in its file; 0 where there is no such file."""
        path = checkout / self.file
        return path.read_text(encoding="utf-8").count(self.line) if path.is_file() else 0

    def apply(self, checkout: Path) -> None:
        """Put the mutated text in place; ValueError unless the text as it is stands there exactly once."""
        path = checkout / self.file
        if (count := self.occurrences(checkout)) != 1:
            raise ValueError(f"{self.id}: {self.line!r} stands {count} times in {self.file}")
        path.write_text(path.read_text(encoding="utf-8").replace(self.line, self.mutated), encoding="utf-8")


def read_mutations(path: Path = LIST) -> list[Mutation]:
    """The mutations of the list, in its order; ValueError where the header or a row is not as the README says."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    if tuple(header) != COLUMNS:
        raise ValueError(f"{path}: the columns are {header}, not {list(COLUMNS)}")
    for number, row in enumerate(rows, 2):
        if len(row) != len(COLUMNS):
            raise ValueError(f"{path}:{number}: {len(row)} cells, not {len(COLUMNS)}")
    return [
        Mutation(name, file, _as_written(line), _as_written(mutated), tuple(tests.split()), why)
        for name, file, line, mutated, tests, why in rows
    ]


def _as_written(cell: str) -> str:
    return cell.replace("\\n", "\n").replace("\\t", "\t")
