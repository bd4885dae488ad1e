"""The cohort's statistics as the page needs them: rows of each table, and tables laid out for readers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from refractor.files.tables import Table
from refractor.report.counted import Who
from refractor.report.patient_results import Row
from refractor.report.plain_words import figure_words, heading, mechanism_name, plain
from refractor.report.who_counted import Joined, who_is_counted
from refractor.results.all_tables import workbook_tables
from refractor.results.analysis_tables import ENDPOINTS, EXPLANATION
from refractor.results.cohort_tables import BLINDING
from refractor.results.preregistration_tables import SINCE_FROZEN

WORDED = frozenset(
    {"architecture", "endpoint", "group", "mechanism", "tested", "level", "kind", "label", "direction"}
)
"""Columns whose tokens are put in words."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table laid out: headers with what they mean, and rows of text."""

    headers: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    who: Mapping[tuple[int, int], Sequence[str]] = field(default_factory=dict)
    """Patients behind a cell that counts them, by row and column."""


@dataclass(frozen=True, slots=True)
class CohortResults:
    """Rows of the cohort's tables, each read when it is first asked for; without a reader all are empty.

    With `joined`, the patients behind their numbers are known.
    """

    read: Callable[[Table], tuple[Row, ...]] = lambda _: ()
    joined: Joined | None = None
    _known: dict[str, tuple[Row, ...]] = field(default_factory=dict, repr=False, compare=False)

    def __getitem__(self, table: Table) -> tuple[Row, ...]:
        """The rows of one table."""
        if table.name not in self._known:
            self._known[table.name] = self.read(table)
        return self._known[table.name]

    def who(self, table: Table, row: Row) -> Who:
        """The patients behind the numbers of one row, by column; nothing where they are not known."""
        return {} if self.joined is None else who_is_counted(table, row, self.joined)

    def grids(self) -> Grids:
        """Every table of the workbook, laid out in full."""
        return Grids(self)

    def explained(self, group: str, tiers: str = "R1-R3", **cuts: str) -> Row | None:
        """The row of EXPLANATION for one group (`benefit`, `no_benefit`) and cut of the tiers.

        `cuts` narrow it further (clonality, eligible); a cut that is not asked for is `any`.
        """
        wanted = {"group": group, "tiers": tiers, "clonality": "any", "eligible": "any", **cuts}
        rows = (
            r for r in self[EXPLANATION] if all(r.get(name, value) == value for name, value in wanted.items())
        )
        return next(rows, None)

    def endpoint(self, endpoint: str, statistic: str) -> Row | None:
        """The row of ENDPOINTS for one endpoint and statistic."""
        found = (r for r in self[ENDPOINTS] if r["endpoint"] == endpoint and r["statistic"] == statistic)
        return next(found, None)

    @property
    def label_digest(self) -> str | None:
        """The digest over all labels, taken before any outcome was read."""
        return next((row["sha256"] for row in self[BLINDING] if row["sample"] == "all"), None)


class Grids(Mapping[str, Grid]):
    """Tables laid out, by the names of their files without ending; a page asks for some, so each is laid out when asked."""

    def __init__(self, results: CohortResults) -> None:
        self._results = results
        self._tables = {table.name.partition(".")[0]: table for table in workbook_tables()}

    def __getitem__(self, name: str) -> Grid:
        table = self._tables[name]
        rows = self._results[table]
        return lay_out(table, rows, [self._results.who(table, row) for row in rows])

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)


def read_cohort_results(folder: Path, joined: Joined | None = None) -> CohortResults:
    """The cohort's tables in results/cohort/; with `joined`, who is behind their numbers."""

    def read(table: Table) -> tuple[Row, ...]:
        if table is SINCE_FROZEN and not (folder / table.name).is_file():
            return ()  # the one table of a step that runs only where a preregistration is given
        return table.read_rows(folder / table.name)

    return CohortResults(read, joined)


def lay_out(table: Table, rows: Sequence[Row], counted: Sequence[Who] = ()) -> Grid:
    """Rows as text under headers in words; columns that are empty throughout are left out."""
    shown = [column for column in table.columns if any(row[column.name] is not None for row in rows)]
    return Grid(
        headers=tuple(
            (heading(column.name), f"{column.meaning}{f', {column.unit}' if column.unit else ''}")
            for column in shown
        ),
        rows=tuple(tuple(_cell(column.name, row[column.name]) for column in shown) for row in rows),
        numeric=tuple(column.kind != "text" for column in shown),
        who={
            (place, at): who[column.name]
            for place, who in enumerate(counted)
            for at, column in enumerate(shown)
            if who.get(column.name)
        },
    )


def _cell(name: str, value: object) -> str:
    if isinstance(value, float) and math.isinf(value):
        return "no upper bound" if name.endswith("high") else "not estimable"
    if name in WORDED and isinstance(value, str):
        return mechanism_name(value) if name == "mechanism" else plain(value)
    return _spaced(value)


def _spaced(value: object) -> str:
    """A cell whose lists may break after their separators."""
    return figure_words(value).replace(";", "; ").replace(";  ", "; ")
