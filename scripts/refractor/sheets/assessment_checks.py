"""Questions about assessments that contradict each other, the calendar, the unit of their column or the patient's row.

Nothing here stops a run, as in `outcome_checks`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from refractor.sheets.checks import Check, Finding, Level, Sheets
from refractor.sheets.sheet_rows import AssessmentRow

CODES_FOR_MISSING = (-999, -99, 999, 9999, 99999)
_LEAST_MEASURABLE_MM = 10
"""RECIST 1.1: the smallest lesion that is a target."""
_LARGE_SUM_MM = 300
"""Five targets of 60 mm: patients have more, most of a cohort have not (medians of trials are about 100 mm; our bound)."""
_SHORT_FOR_SCANS_DAYS = 14
FEWEST_OF_A_COLUMN = 3
"""Patients or assessments that must show that a whole column is in another unit."""


def follow_up_reaches_the_assessments(sheets: Sheets) -> Iterator[Finding]:
    """An assessment, or an adverse event, after the last contact: os_days of a patient alive."""
    alive = {
        row.patient: row.os_days
        for row in sheets.patients.sound("os_days", "os_event")
        if row.os_event == 0 and row.os_days is not None
    }
    for row in sheets.assessments.sound("day"):
        last = alive.get(row.patient)
        if row.day is not None and last is not None and row.day > last:
            what = f"{row.day} is after the last contact on day {last:g} (os_days)"
            yield Finding(
                row, "day", what, "the patient was seen then: is os_days older than the assessments?"
            )


def baseline_is_before_treatment(sheets: Sheets) -> Iterator[Finding]:
    """A patient whose first sum is later than the cohort file's baseline_latest_day: it is no baseline, and nothing can
    be compared with it."""
    latest = sheets.endpoints.baseline_latest_day
    for rows in by_patient(sheets):
        measured = [row for row in rows if row.target_sum_mm is not None]
        if measured and (measured[0].day or 0) > latest:
            what = f"{measured[0].day} is the first sum of the patient, after day {latest}"
            yield Finding(measured[0], "day", what, "is the baseline missing, or is this it?")


def one_baseline(sheets: Sheets) -> Iterator[Finding]:
    """More than one assessment with a sum before or on the day treatment started; the last of them is used."""
    for rows in by_patient(sheets):
        before = [row for row in rows if row.target_sum_mm is not None and (row.day or 0) <= 0]
        for row in before[:-1]:
            what = f"{row.day} is one of {len(before)} baselines; the one of day {before[-1].day} is used"
            yield Finding(row, "day", what, "is it the screening of another treatment?")


def assessments_follow_each_other(sheets: Sheets) -> Iterator[Finding]:
    """An assessment earlier than the one on the line before it, in a sheet whose rows are in order otherwise; and
    assessments all of which are before the treatment they assess."""
    days = {row.line: row.day for rows in by_patient(sheets) for row in rows}
    pairs = [
        (earlier, later) for rows in _lines_of_patients(sheets, days) for earlier, later in pairwise(rows)
    ]
    backward = [pair for pair in pairs if days[pair[1].line] < days[pair[0].line]]  # type: ignore[operator]
    if len(backward) * 2 < len(pairs):
        for earlier, later in backward:
            what = f"day {days[later.line]} is before day {days[earlier.line]} of the line above"
            yield Finding(later, "date" if later.date else "day", what, "is the year, or the month, right?")
    for rows in by_patient(sheets):
        if len(rows) > 1 and (rows[-1].day or 0) < 0:
            what = f"{rows[-1].day} is the last assessment of the patient, before the start of treatment"
            yield Finding(rows[-1], "day", what, "is treatment_start right?")


def assessments_are_before_the_cutoff(sheets: Sheets) -> Iterator[Finding]:
    """An assessment after data_cutoff of the configuration."""
    if sheets.data_cutoff is None:
        return
    starts = {row.patient: row.treatment_start for row in sheets.patients.sound("treatment_start")}
    for rows in by_patient(sheets):
        for row in rows:
            start = starts.get(row.patient)
            on = row.date or (start and _after(start, row.day or 0))
            if on and on > sheets.data_cutoff:
                what = f"{row.day} is {on}, after data_cutoff, {sheets.data_cutoff}"
                yield Finding(row, "day", what, "which of them is right?")


def _after(start: str, days: int) -> str:
    return (date.fromisoformat(start) + timedelta(days=days)).isoformat()


def sums_are_in_millimetres(sheets: Sheets) -> Iterator[Finding]:
    """A baseline sum below 10 mm, the smallest lesion that is measured; of most patients: the column is in centimetres, and
    a rise of 5 mm would never be seen. First sums above 300 mm in most patients: the column is in tenths of a millimetre, and
    any rise would be one of 5 mm."""
    baselines = [
        next(row for row in rows if row.target_sum_mm)
        for rows in by_patient(sheets)
        if any(row.target_sum_mm for row in rows)
    ]
    small = [row for row in baselines if (row.target_sum_mm or 0) < _LEAST_MEASURABLE_MM]
    if len(small) >= FEWEST_OF_A_COLUMN and len(small) * 2 > len(baselines):
        what = f"{len(small)} of {len(baselines)} patients have a first sum below {_LEAST_MEASURABLE_MM} mm"
        yield Finding(None, "target_sum_mm", what, "is the column in centimetres? sums are in mm")
        return
    large = [row for row in baselines if (row.target_sum_mm or 0) > _LARGE_SUM_MM]
    if len(large) >= FEWEST_OF_A_COLUMN and len(large) * 2 > len(baselines):
        what = f"{len(large)} of {len(baselines)} patients have a first sum above {_LARGE_SUM_MM} mm"
        yield Finding(None, "target_sum_mm", what, "is the column in tenths of a millimetre? sums are in mm")
    for row in small:
        what = (
            f"{row.target_sum_mm:g} as first sum, but no lesion below {_LEAST_MEASURABLE_MM} mm is a target"
        )
        yield Finding(row, "target_sum_mm", what, "is it in centimetres? sums are in mm")


def assessments_are_weeks_apart(sheets: Sheets) -> Iterator[Finding]:
    """Assessments of which most are two weeks or less after the one before: their days are numbers of weeks or visits."""
    gaps = [
        (later.day or 0) - (earlier.day or 0)
        for rows in by_patient(sheets)
        for earlier, later in pairwise(row for row in rows if (row.day or 0) > 0)
    ]
    short = [gap for gap in gaps if gap <= _SHORT_FOR_SCANS_DAYS]
    if len(short) >= FEWEST_OF_A_COLUMN and len(short) * 2 > len(gaps):
        what = f"{len(short)} of {len(gaps)} assessments are at most {_SHORT_FOR_SCANS_DAYS} days after the one before"
        yield Finding(None, "day", what, "is the column in weeks, or a number of the visit? it is in days")


def new_lesion_is_progression(sheets: Sheets) -> Iterator[Finding]:
    """A new lesion, or progression of non-target lesions, with a response that is not PD: progression counts."""
    for row in sheets.assessments.sound("response", "new_lesion", "non_target"):
        finding = "new_lesion yes" if row.new_lesion == "yes" else "non_target PD"
        if row.shows_finding and row.response not in (None, "PD"):
            yield Finding(
                row, "response", f"{row.response} with {finding}", "it counts as PD; which is right?"
            )


def new_lesions_are_recorded(sheets: Sheets) -> Iterator[Finding]:
    """A sheet of assessments with sums that says nothing of new lesions, of non-target lesions or of responses: a
    progression that the sums do not show cannot be seen."""
    rows = sheets.assessments.rows
    sums = any(row.target_sum_mm is not None for row in rows)
    if sums and not any(row.new_lesion or row.non_target or row.response for row in rows):
        what = "no row has new_lesion, non_target or response"
        yield Finding(None, None, what, "sums alone do not show a new lesion; add the columns")


def measurements_are_no_codes(sheets: Sheets) -> Iterator[Finding]:
    """A day or a sum that data bases use for a value that is missing, as 999."""
    for row in sheets.assessments.sound("target_sum_mm", "day"):
        for column in ("target_sum_mm", "day"):
            if getattr(row, column) in CODES_FOR_MISSING:
                yield Finding(
                    row, column, f"{getattr(row, column):g}", "a code for missing? then leave it empty"
                )


def shows_progression(row: AssessmentRow) -> bool:
    """Whether an assessment finds or states progression."""
    return row.shows_finding or "PD" in (row.response, row.central_response)


def by_patient(sheets: Sheets) -> list[list[AssessmentRow]]:
    """Each patient's assessments by day, those without a day that can be told left out."""
    found: dict[str, list[AssessmentRow]] = {}
    for row in sheets.dated_assessments():
        found.setdefault(row.patient, []).append(row)
    return [sorted(rows, key=lambda row: (row.day or 0, row.line)) for rows in found.values()]


def _lines_of_patients(sheets: Sheets, days: dict[int, int | None]) -> list[list[AssessmentRow]]:
    """Each patient's assessments in the order of the file."""
    found: dict[str, list[AssessmentRow]] = {}
    for row in sheets.assessments.rows:
        if days.get(row.line) is not None:
            found.setdefault(row.patient, []).append(row)
    return list(found.values())


ASSESSMENT_CHECKS = tuple(
    Check("assessments", Level.WARNING, find)
    for find in (
        follow_up_reaches_the_assessments,
        baseline_is_before_treatment,
        one_baseline,
        assessments_follow_each_other,
        new_lesion_is_progression,
        new_lesions_are_recorded,
        measurements_are_no_codes,
        sums_are_in_millimetres,
        assessments_are_weeks_apart,
        assessments_are_before_the_cutoff,
    )
)
