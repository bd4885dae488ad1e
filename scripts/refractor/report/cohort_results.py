"""The cohort's statistics as the page needs them: rows of each table, and tables laid out for readers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from refractor.files.tables import Table
from refractor.report.patient_results import Row
from refractor.report.plain_words import figure_words, mechanism_name, plain
from refractor.results.analysis_tables import (
    ASSOCIATIONS,
    ATTRIBUTION,
    COPIES,
    ENDPOINTS,
    EXPLANATION,
    SENSITIVITY,
    SURVIVAL,
    TWO_STAGE,
)
from refractor.results.biopsy_tables import ACQUIRED
from refractor.results.cohort_tables import (
    ADVERSE_EVENTS,
    ASSESSED_RESPONSES,
    BIOPSIES,
    BLINDING,
    OUTCOME_REVIEW,
    QUESTIONS,
    RULE_COVERAGE,
)
from refractor.results.identity_tables import IDENTITY, IDENTITY_VERDICTS

WORDED = frozenset({"endpoint", "group", "mechanism", "tested", "level", "kind", "label", "direction"})
"""Columns whose tokens are put in words."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table laid out: headers with what they mean, and rows of text."""

    headers: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class CohortResults:
    """Rows of the cohort's tables; all empty for a cohort without outcomes."""

    endpoints: tuple[Row, ...] = ()
    two_stage: tuple[Row, ...] = ()
    survival: tuple[Row, ...] = ()
    explanation: tuple[Row, ...] = ()
    associations: tuple[Row, ...] = ()
    attribution: tuple[Row, ...] = ()
    copies: tuple[Row, ...] = ()
    sensitivity: tuple[Row, ...] = ()
    outcome_review: tuple[Row, ...] = ()
    questions: tuple[Row, ...] = ()
    acquired: tuple[Row, ...] = ()
    blinding: tuple[Row, ...] = ()
    adverse_events: tuple[Row, ...] = ()
    responses: tuple[Row, ...] = ()
    rule_coverage: tuple[Row, ...] = ()
    identity: tuple[Row, ...] = ()
    identity_verdicts: tuple[Row, ...] = ()
    biopsies: tuple[Row, ...] = ()

    def grids(self) -> dict[str, Grid]:
        """Every table laid out in full."""
        return {name: lay_out(table, getattr(self, name)) for name, table in TABLES.items()}

    def explained(self, group: str, tiers: str = "R1-R3", **cuts: str) -> Row | None:
        """The row of EXPLANATION for one group (`benefit`, `no_benefit`) and cut of the tiers.

        `cuts` narrow it further (clonality, eligible); a cut that is not asked for is `any`.
        """
        wanted = {"group": group, "tiers": tiers, "clonality": "any", "eligible": "any", **cuts}
        rows = (
            r for r in self.explanation if all(r.get(name, value) == value for name, value in wanted.items())
        )
        return next(rows, None)

    def endpoint(self, endpoint: str, statistic: str) -> Row | None:
        """The row of ENDPOINTS for one endpoint and statistic."""
        found = (r for r in self.endpoints if r["endpoint"] == endpoint and r["statistic"] == statistic)
        return next(found, None)

    @property
    def label_digest(self) -> str | None:
        """The digest over all labels, taken before any outcome was read."""
        return next((row["sha256"] for row in self.blinding if row["sample"] == "all"), None)


TABLES: Mapping[str, Table] = {
    "endpoints": ENDPOINTS,
    "two_stage": TWO_STAGE,
    "survival": SURVIVAL,
    "explanation": EXPLANATION,
    "associations": ASSOCIATIONS,
    "attribution": ATTRIBUTION,
    "copies": COPIES,
    "sensitivity": SENSITIVITY,
    "outcome_review": OUTCOME_REVIEW,
    "questions": QUESTIONS,
    "acquired": ACQUIRED,
    "blinding": BLINDING,
    "adverse_events": ADVERSE_EVENTS,
    "responses": ASSESSED_RESPONSES,
    "rule_coverage": RULE_COVERAGE,
    "identity": IDENTITY,
    "identity_verdicts": IDENTITY_VERDICTS,
    "biopsies": BIOPSIES,
}


def read_cohort_results(folder: Path) -> CohortResults:
    """The cohort's tables in results/cohort/."""
    return CohortResults(**{name: table.read_rows(folder / table.name) for name, table in TABLES.items()})


def lay_out(table: Table, rows: Sequence[Row]) -> Grid:
    """Rows as text under headers in words; columns that are empty throughout are left out."""
    shown = [column for column in table.columns if any(row[column.name] is not None for row in rows)]
    return Grid(
        headers=tuple(
            (plain(column.name), f"{column.meaning}{f', {column.unit}' if column.unit else ''}")
            for column in shown
        ),
        rows=tuple(tuple(_cell(column.name, row[column.name]) for column in shown) for row in rows),
        numeric=tuple(column.kind != "text" for column in shown),
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
