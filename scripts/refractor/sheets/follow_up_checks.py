"""Checks of assessments and adverse events: of a known patient, on a day that can be told, not after death."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from refractor.sheets.checks import Check, Finding, Level, Sheets
from refractor.sheets.sheet_rows import AdverseEventRow, AssessmentRow

_EARLIEST_BASELINE_DAYS = -120
_FATAL_GRADE = 5


def assessment_has_a_patient(sheets: Sheets) -> Iterator[Finding]:
    """An assessment of a patient who has no row in the patients' sheet."""
    yield from _without_patient(sheets, sheets.assessments.rows)


def adverse_event_has_a_patient(sheets: Sheets) -> Iterator[Finding]:
    """An adverse event of a patient who has no row in the patients' sheet."""
    yield from _without_patient(sheets, sheets.adverse_events.rows)


def _without_patient(sheets: Sheets, rows: list[AssessmentRow] | list[AdverseEventRow]) -> Iterator[Finding]:
    known = {row.patient for row in sheets.patients.rows}
    for row in rows if sheets.patients.complete else ():
        if row.patient not in known:
            what = f"patient '{row.patient}' has no row in {sheets.patients.file}"
            yield Finding(row, "patient", what, "add the patient there or mend the name here")


def assessment_has_a_day(sheets: Sheets) -> Iterator[Finding]:
    """An assessment without day and date, with a date but no treatment_start to count from, or with a day that
    contradicts its date."""
    starts = {row.patient: row.treatment_start for row in sheets.patients.sound("treatment_start")}
    for row in sheets.assessments.sound("day", "date"):
        if row.day is None and row.date is None:
            yield Finding(row, "day", "day and date are both empty", "fill one of them")
            continue
        if row.date is None or row.patient not in starts:
            continue
        start = starts[row.patient]
        if start is None:
            if row.day is None:
                what = f"cannot be counted: patient '{row.patient}' has no treatment_start"
                yield Finding(row, "date", what, "fill day here, or treatment_start in the patients' sheet")
            continue
        counted = (date.fromisoformat(row.date) - date.fromisoformat(start)).days
        if row.day is not None and row.day != counted:
            what = f"{row.day} contradicts date, which is day {counted} after {start}"
            yield Finding(row, "day", what, "mend one of them, or leave one empty")


def assessments_are_apart(sheets: Sheets) -> Iterator[Finding]:
    """Two assessments of one patient on one day."""
    first: dict[tuple[str, int | str], AssessmentRow] = {}
    for row in sheets.assessments.sound("day", "date"):
        on = row.date if row.day is None else row.day
        if on is None:
            continue
        earlier = first.setdefault((row.patient, on), row)
        if earlier is not row:
            what = f"patient '{row.patient}' was assessed on this day on line {earlier.line} already"
            yield Finding(row, "day" if row.day is not None else "date", what, "is it the same assessment?")


def assessment_days_are_plausible(sheets: Sheets) -> Iterator[Finding]:
    """An assessment more than 120 days before the start of treatment, or after the patient's death."""
    deaths = _deaths(sheets)
    for row in sheets.assessments.sound("day"):
        if row.day is None:
            continue
        if row.day < _EARLIEST_BASELINE_DAYS:
            yield Finding(
                row, "day", f"{row.day} is long before the start of treatment, day 0", "is it right?"
            )
        yield from _after_death(row, row.day, deaths)


def adverse_event_days_are_plausible(sheets: Sheets) -> Iterator[Finding]:
    """An adverse event after the patient's death."""
    deaths = _deaths(sheets)
    for row in sheets.adverse_events.sound("day"):
        if row.day is not None:
            yield from _after_death(row, row.day, deaths)


def fatal_event_is_a_death(sheets: Sheets) -> Iterator[Finding]:
    """An adverse event of grade 5, which is a death, of a patient whose os_event is 0."""
    alive = {row.patient for row in sheets.patients.sound("os_event") if row.os_event == 0}
    for row in sheets.adverse_events.sound("grade"):
        if row.grade == _FATAL_GRADE and row.patient in alive:
            yield Finding(
                row, "grade", "5 is a death, but os_event of the patient is 0", "which of them is right?"
            )


def adverse_event_stands_once(sheets: Sheets) -> Iterator[Finding]:
    """Two rows of adverse events that say the same."""
    first: dict[AdverseEventRow, AdverseEventRow] = {}
    for row in sheets.adverse_events.rows:
        earlier = first.setdefault(row, row)
        if earlier is not row:
            yield Finding(
                row, "term", f"the row says the same as line {earlier.line}", "is it the same event?"
            )


def _deaths(sheets: Sheets) -> dict[str, float]:
    rows = sheets.patients.sound("os_days", "os_event")
    return {row.patient: row.os_days for row in rows if row.os_event == 1 and row.os_days is not None}


def _after_death(
    row: AssessmentRow | AdverseEventRow, day: int, deaths: dict[str, float]
) -> Iterator[Finding]:
    died = deaths.get(row.patient)
    if died is not None and day > died:
        yield Finding(
            row, "day", f"{day} is after the patient's death on day {died:g}", "which of them is right?"
        )


FOLLOW_UP_CHECKS = (
    Check("assessments", Level.ERROR, assessment_has_a_patient),
    Check("assessments", Level.ERROR, assessment_has_a_day),
    Check("assessments", Level.WARNING, assessments_are_apart),
    Check("assessments", Level.WARNING, assessment_days_are_plausible),
    Check("adverse_events", Level.ERROR, adverse_event_has_a_patient),
    Check("adverse_events", Level.WARNING, adverse_event_days_are_plausible),
    Check("adverse_events", Level.WARNING, adverse_event_stands_once),
    Check("adverse_events", Level.WARNING, fatal_event_is_a_death),
)
