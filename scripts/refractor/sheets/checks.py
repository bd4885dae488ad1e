"""What a check of the sheets is: against themselves, each other or the files, with its level and meaning.

The docstring of a check is its entry in config/README.md. An error stops the run; a warning is a question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from refractor.errors import Problem
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

    def all(self) -> tuple[Sheet[Any], ...]:
        """The four sheets, in the order of messages."""
        return self.samples, self.patients, self.assessments, self.adverse_events


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
            line = None if finding.row is None else finding.row.line
            yield Problem(sheet.file, finding.what, line, finding.column, finding.allowed)
