"""A trial from its sheets: all problems of all sheets at once, what is doubtful as warnings."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from refractor.errors import Problem, SheetError
from refractor.settings.endpoint_rules import ENDPOINTS
from refractor.settings.schemas import load_schema
from refractor.sheets.checks import Check, Level, Sheets
from refractor.sheets.file_checks import FILE_CHECKS, FILE_QUESTIONS
from refractor.sheets.follow_up_checks import FOLLOW_UP_CHECKS
from refractor.sheets.outcome_checks import OUTCOME_CHECKS
from refractor.sheets.patient_checks import PATIENT_CHECKS
from refractor.sheets.portable_names import NAME_CHECKS
from refractor.sheets.reading import Sheet, read_sheet
from refractor.sheets.sample_checks import SAMPLE_CHECKS
from refractor.sheets.sheet_rows import (
    KNOWN_BEFORE_TREATMENT,
    AdverseEventRow,
    AssessmentRow,
    PatientRow,
    SampleRow,
    Trial,
)

log = logging.getLogger(__name__)

CHECKS = (*SAMPLE_CHECKS, *NAME_CHECKS, *PATIENT_CHECKS, *FOLLOW_UP_CHECKS, *OUTCOME_CHECKS)
"""Every check that needs no look at the files that the sheets name."""


def read_trial(config: Mapping[str, Any]) -> Trial:
    """The trial that a loaded configuration names, checked cell by cell, against itself and against its files.

    Raises SheetError with every problem of every sheet.
    """
    return _read(config, (*CHECKS, *FILE_CHECKS, *FILE_QUESTIONS))


def read_with_questions(config: Mapping[str, Any]) -> Trial:
    """The same with only those looks at the files that refuse nothing: what is doubtful for the cohort's table."""
    return _read(config, (*CHECKS, *FILE_QUESTIONS))


def read_sheets(config: Mapping[str, Any]) -> Trial:
    """The same without a look at the files that the sheets name: for steps that need none of them."""
    return _read(config, CHECKS)


def read_before_treatment(config: Mapping[str, Any]) -> Trial:
    """The samples, and of the patients what was known before treatment: all that a tumour's job reads.

    No outcome is parsed, and nothing is checked against other sheets or files: the run did that before its jobs.
    Raises SheetError for cells that cannot be read.
    """
    samples = read_sheet(config["samples"], "samples", SampleRow)
    patients = read_sheet(config["patients"], "patients", PatientRow, only=KNOWN_BEFORE_TREATMENT)
    problems = [*samples.problems, *patients.problems]
    if problems:
        raise SheetError(problems)
    return Trial(tuple(samples.rows), tuple(patients.rows), (), (), warnings=())


def sheets_of(config: Mapping[str, Any]) -> Sheets:
    """The sheets, each checked against its own schema and not yet against the others.

    Beside the paths, `config` may have data_cutoff and, as `endpoints`, how the cohort counts benefit.
    """
    return Sheets(
        samples=read_sheet(config["samples"], "samples", SampleRow),
        patients=read_sheet(config["patients"], "patients", PatientRow),
        assessments=_optional(config, "assessments", AssessmentRow),
        adverse_events=_optional(config, "adverse_events", AdverseEventRow),
        endpoints=config.get("endpoints", ENDPOINTS),
        data_cutoff=config.get("data_cutoff"),
    )


def _read(config: Mapping[str, Any], checks: tuple[Check, ...]) -> Trial:
    sheets = sheets_of(config)
    errors = [problem for sheet in sheets.all() for problem in sheet.problems]
    warnings: list[Problem] = []
    for check in checks:
        (errors if check.level is Level.ERROR else warnings).extend(check.problems(sheets))
    order = _Order(sheets)
    if errors:
        raise SheetError(sorted(errors, key=order.of))
    notes = tuple(
        f"{sheet.file}: tolerated {', '.join(sheet.tolerated)}" for sheet in sheets.all() if sheet.tolerated
    )
    for note in notes:
        log.info("%s", note)
    log.info(
        "read %d samples, %d patients, %d assessments, %d adverse events; %d warnings",
        *(len(sheet.rows) for sheet in sheets.all()),
        len(warnings),
    )
    return Trial(
        samples=tuple(sheets.samples.rows),
        patients=tuple(sheets.patients.rows),
        assessments=sheets.dated_assessments(),
        adverse_events=tuple(sheets.adverse_events.rows),
        warnings=tuple(sorted(warnings, key=order.of)),
        notes=notes,
    )


def _optional(config: Mapping[str, Any], name: str, row_type: type[Any]) -> Sheet[Any]:
    path = config.get(name)
    return Sheet(name, "") if path is None else read_sheet(path, name, row_type)


class _Order:
    """Problems in the order in which a person meets them: by sheet, line and column."""

    def __init__(self, sheets: Sheets) -> None:
        self._sheets = {sheet.file: position for position, sheet in enumerate(sheets.all())}
        self._columns = {
            sheet.file: {name: place for place, name in enumerate(load_schema(sheet.name)["properties"])}
            for sheet in sheets.all()
        }

    def of(self, problem: Problem) -> tuple[int, int, int]:
        file = str(problem.file)
        column = self._columns.get(file, {}).get(problem.column or "", -1)
        return self._sheets.get(file, -1), problem.line or 0, column
