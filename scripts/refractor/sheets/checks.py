"""What a check of the sheets is: against themselves, each other or the files, with its level and meaning.

The docstring of a check is its entry in config/README.md. An error stops the run; a warning is a question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from refractor.errors import Problem
from refractor.settings.endpoint_rules import ENDPOINTS, EndpointSettings
from refractor.sheets.input_files import InputFiles
from refractor.sheets.reading import Sheet
from refractor.sheets.sheet_rows import AdverseEventRow, AssessmentRow, PatientRow, Row, SampleRow


class Level(StrEnum):
    """What a finding does to the run."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Sheets:
    """The sheets as far as they could be read."""

    samples: Sheet[SampleRow]
    patients: Sheet[PatientRow]
    assessments: Sheet[AssessmentRow]
    adverse_events: Sheet[AdverseEventRow]
    files: InputFiles = field(default_factory=InputFiles)
    endpoints: EndpointSettings = ENDPOINTS
    """How benefit is counted, of the cohort file."""
    data_cutoff: str | None = None
    """ISO date, of the configuration."""

    def all(self) -> tuple[Sheet[Any], ...]:
        """The four sheets, in the order of messages."""
        return self.samples, self.patients, self.assessments, self.adverse_events

    def dated_assessments(self) -> tuple[AssessmentRow, ...]:
        """The assessments, each with its day from the start of treatment where it can be told."""
        starts = {row.patient: row.treatment_start for row in self.patients.rows}
        return tuple(_with_day(row, starts.get(row.patient)) for row in self.assessments.rows)


def _with_day(row: AssessmentRow, start: str | None) -> AssessmentRow:
    if row.day is not None or row.date is None or start is None:
        return row
    return replace(row, day=(date.fromisoformat(row.date) - date.fromisoformat(start)).days)


@dataclass(frozen=True, slots=True)
class Finding:
    """One place that a check stops at."""

    row: Row | None  # None: the column, or without one the sheet, as a whole
    column: str | None
    what: str
    allowed: str


@dataclass(frozen=True, slots=True)
class Check:
    """One check: the sheet whose rows it blames, its level, what it says in the manual, and what it finds."""

    sheet: str
    level: Level
    find: Callable[[Sheets], Iterable[Finding]]

    @property
    def meaning(self) -> str:
        """What the check stops at, in words."""
        return " ".join((self.find.__doc__ or "").split())

    def problems(self, sheets: Sheets) -> Iterator[Problem]:
        """What the check finds, as problems of the sheet it blames."""
        sheet: Sheet[Any] = getattr(sheets, self.sheet)
        for finding in self.find(sheets):
            row, column = finding.row, finding.column
            value = None if row is None or column is None else getattr(row, column, None)
            yield Problem(
                sheet.file,
                finding.what,
                None if row is None else row.line,
                column,
                finding.allowed,
                patient=None if row is None else getattr(row, "patient", None),
                value=None if value is None else f"{value:g}" if isinstance(value, float) else str(value),
            )
