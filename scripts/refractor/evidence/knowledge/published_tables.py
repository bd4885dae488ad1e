"""Published counts of patients with and without a finding, with and without benefit, by mechanism."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from refractor.errors import KnowledgeBaseError, Problem
from refractor.files.resources import RESOURCES
from refractor.files.tabular import read_rows
from refractor.statistics.shrunken_odds import TwoByTwo

PUBLISHED_TABLES = RESOURCES / "evidence" / "published_tables.tsv"
_COUNTS = ("events_with", "with_finding", "events_without", "without_finding")
_WORDS = ("study", "mechanism", "alteration", "drugs", "disease", "event", "source", "note")


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """One study's counts of one mechanism; an event is what the study calls failure of the drug."""

    study: str
    mechanism: str
    counts: TwoByTwo
    event: str
    source: str


def load_published_tables(path: Path = PUBLISHED_TABLES) -> tuple[PublishedTable, ...]:
    """The shipped tables, or a user's own in the same columns.

    Raises:
        KnowledgeBaseError: every problem at once: a missing column, an empty source, a count that is none.
    """
    problems: list[Problem] = []
    header, rows = read_rows(path, problems)
    missing = [name for name in (*_WORDS, *_COUNTS) if header and name not in header]
    problems += [Problem(path, f"has no column {name}", line=1) for name in missing]
    tables = [] if problems else [_table(path, line, row, problems) for line, row in rows]
    if problems:
        raise KnowledgeBaseError(problems)
    return tuple(table for table in tables if table is not None)


def _table(path: Path, line: int, row: dict[str, str], problems: list[Problem]) -> PublishedTable | None:
    empty = [name for name in ("study", "mechanism", "event", "source") if not row[name]]
    problems += [
        Problem(path, "is empty", line, name, "every published count has its source") for name in empty
    ]
    odd = [name for name in _COUNTS if not row[name].isascii() or not row[name].isdigit()]
    problems += [
        Problem(path, f"'{row[name]}' is no count", line, name, "patients, 0 or more") for name in odd
    ]
    if empty or odd:
        return None
    try:
        counts = TwoByTwo(*(int(row[name]) for name in _COUNTS))
    except ValueError:
        problems.append(Problem(path, "more events than patients", line, "events_with", "events <= patients"))
        return None
    return PublishedTable(row["study"], row["mechanism"], counts, row["event"], row["source"])
