"""Questions about outcomes that contradict each other, the assessments, the calendar or the rest of the sheet.

Nothing here stops a run: what a check finds stands in cohort/questions.tsv and on the page until somebody answers it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from refractor.sheets.checks import Check, Finding, Level, Sheets
from refractor.sheets.sheet_rows import AssessmentRow, PatientRow

_RESPONSES = ("CR", "PR")
_PROGRESSED = ("progression", "clinical_progression")
_CODES_FOR_MISSING = (-999, -99, 999, 9999, 99999)
_LATE_FOR_A_FIRST_PROGRESSION_DAYS = 140
"""Assessments are 6 to 9 weeks apart: progression as best response shows at the first or second of them."""
_FEWEST_TO_TELL_A_STRANGER = 5
_FEWEST_OF_A_COLUMN = 3
"""Patients who must show that a whole column is in another unit."""


def benefit_has_the_time_it_takes(sheets: Sheets) -> Iterator[Finding]:
    """clinical_benefit yes without a confirmed response although progression came before stable disease counts; no with
    stable disease and no progression until it counts."""
    least = sheets.endpoints.sd_min_days - sheets.endpoints.sd_window_days
    for row in _patients(sheets, "clinical_benefit", "best_response", "pfs_days", "pfs_event"):
        confirmed = row.best_response in _RESPONSES and row.response_confirmed != "no"
        days, event = row.pfs_days, row.pfs_event
        if days is None or confirmed:
            continue
        if row.clinical_benefit == "yes" and event == 1 and days < least:
            what = f"yes with best_response {row.best_response or 'empty'} and progression on day {days:g}"
            allowed = f"stable disease is benefit from day {least}; is it no, or is pfs_days wrong?"
            yield Finding(row, "clinical_benefit", what, allowed)
        if row.clinical_benefit == "no" and row.best_response == "SD" and event == 0 and days >= least:
            what = f"no with stable disease and no progression until day {days:g}"
            yield Finding(
                row, "clinical_benefit", what, f"stable disease is benefit from day {least}; is it yes?"
            )


def benefit_can_be_told(sheets: Sheets) -> Iterator[Finding]:
    """A best_response SD, or a CR or PR of which nobody says whether it was confirmed, with progression late enough for
    benefit, without clinical_benefit and without assessments: whether there was benefit is not known."""
    least = sheets.endpoints.sd_min_days - sheets.endpoints.sd_window_days
    assessed = {row.patient for row in sheets.assessments.rows}
    for row in _patients(sheets, "clinical_benefit", "best_response", "pfs_days", "pfs_event"):
        open_response = row.best_response in _RESPONSES and row.response_confirmed is None
        if row.clinical_benefit is not None or row.patient in assessed or row.pfs_event != 1:
            continue
        if (row.best_response == "SD" or open_response) and (row.pfs_days or 0) >= least:
            what = f"is empty; {row.best_response}, progression on day {row.pfs_days:g}"
            allowed = f"was there an assessment without progression on day {least} or later? fill it"
            yield Finding(row, "clinical_benefit", what, allowed)


def durations_fit_the_rest(sheets: Sheets) -> Iterator[Finding]:
    """A column of durations in which most patients with benefit progressed before benefit could be shown, or most were
    followed for less than half of the time over which they were assessed: it is in weeks or months."""
    least = sheets.endpoints.sd_min_days - sheets.endpoints.sd_window_days
    assessed: dict[str, int] = {}
    for scan in sheets.dated_assessments():
        assessed[scan.patient] = max(scan.day or 0, assessed.get(scan.patient, 0))
    for column in ("pfs_days", "os_days"):
        rows = [row for row in _patients(sheets, column) if getattr(row, column) is not None]
        benefit = [row for row in rows if row.clinical_benefit == "yes"]
        early = [row for row in benefit if getattr(row, column) < least]
        seen = [row for row in rows if assessed.get(row.patient, 0) > 0]
        short = [row for row in seen if getattr(row, column) * 2 < assessed[row.patient]]
        if len(early) >= _FEWEST_OF_A_COLUMN and len(early) * 2 > len(benefit):
            what = f"{len(early)} of {len(benefit)} patients with benefit have less than {least} days"
            yield Finding(None, column, what, "is the column in weeks or months? durations are in days")
        elif len(short) >= _FEWEST_OF_A_COLUMN and len(short) * 2 > len(seen):
            what = f"{len(short)} of {len(seen)} patients were assessed for more than twice as long"
            yield Finding(None, column, what, "is the column in weeks or months? durations are in days")


def progression_is_an_event(sheets: Sheets) -> Iterator[Finding]:
    """best_response PD with pfs_event 0, or with a pfs_days long after the first assessments."""
    for row in _patients(sheets, "best_response", "pfs_days", "pfs_event"):
        if row.best_response != "PD" or row.pfs_days is None:
            continue
        if row.pfs_event == 0:
            yield Finding(row, "pfs_event", "0, but best_response is PD", "progression is an event; is it 1?")
        elif row.pfs_days > _LATE_FOR_A_FIRST_PROGRESSION_DAYS and row.pfs_days != row.os_days:
            what = f"{row.pfs_days:g}, but best_response is PD"
            yield Finding(row, "pfs_days", what, "was there stable disease before, or is the day wrong?")


def death_ends_progression_free_survival(sheets: Sheets) -> Iterator[Finding]:
    """A death after pfs_days with pfs_event 0 and no other treatment between them."""
    for row in _patients(sheets, "pfs_days", "pfs_event", "os_days", "os_event", "new_therapy_day"):
        days, died = row.pfs_days, row.os_days
        if row.pfs_event != 0 or row.os_event != 1 or days is None or died is None or days >= died:
            continue
        if row.new_therapy_day is None:
            what = f"0 on day {days:g}, but the patient died on day {died:g}"
            allowed = (
                "death is an event of progression-free survival unless another treatment came first; is it 1?"
            )
            yield Finding(row, "pfs_event", what, allowed)


def other_treatment_after_progression(sheets: Sheets) -> Iterator[Finding]:
    """A progression after the day on which another treatment began."""
    for row in _patients(sheets, "pfs_days", "pfs_event", "new_therapy_day"):
        other, days = row.new_therapy_day, row.pfs_days
        if row.pfs_event == 1 and days is not None and other is not None and days > other:
            what = f"{days:g} is after the start of another treatment on day {other}"
            yield Finding(row, "pfs_days", what, "progression then is censored there; which is right?")


def end_of_assessments_has_its_day(sheets: Sheets) -> Iterator[Finding]:
    """An end_of_assessments_reason that the rest of the row does not bear out: progression without its day, death of a
    patient alive, new_therapy without its day, cutoff of a patient who progressed, died or changed treatment."""
    progressed = {row.patient for row in sheets.assessments.rows if _shows_progression(row)}
    column = "end_of_assessments_reason"
    for row in _patients(sheets, column, "pfs_event", "os_event", "new_therapy_day"):
        reason = row.end_of_assessments_reason
        if reason in _PROGRESSED and row.pfs_event != 1 and row.patient not in progressed:
            yield Finding(
                row, column, f"{reason}, but no day of it is known", "give pfs_days with pfs_event 1"
            )
        if reason == "death" and row.os_event != 1:
            yield Finding(row, column, "death, but os_event is not 1", "which of them is right?")
        if reason == "new_therapy" and row.new_therapy_day is None:
            yield Finding(row, column, "new_therapy, but new_therapy_day is empty", "give its day")
        ended = row.pfs_event == 1 or row.os_event == 1 or row.new_therapy_day is not None
        if reason == "cutoff" and ended:
            yield Finding(
                row, column, "cutoff, but the patient progressed, died or changed treatment", "why?"
            )


def follow_up_reaches_the_assessments(sheets: Sheets) -> Iterator[Finding]:
    """An assessment, or an adverse event, after the last contact: os_days of a patient alive."""
    alive = {
        row.patient: row.os_days
        for row in _patients(sheets, "os_days", "os_event")
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
    for rows in _by_patient(sheets):
        measured = [row for row in rows if row.target_sum_mm is not None]
        if measured and (measured[0].day or 0) > latest:
            what = f"{measured[0].day} is the first sum of the patient, after day {latest}"
            yield Finding(measured[0], "day", what, "is the baseline missing, or is this it?")


def one_baseline(sheets: Sheets) -> Iterator[Finding]:
    """More than one assessment with a sum before or on the day treatment started; the last of them is used."""
    for rows in _by_patient(sheets):
        before = [row for row in rows if row.target_sum_mm is not None and (row.day or 0) <= 0]
        for row in before[:-1]:
            what = f"{row.day} is one of {len(before)} baselines; the one of day {before[-1].day} is used"
            yield Finding(row, "day", what, "is it the screening of another treatment?")


def assessments_follow_each_other(sheets: Sheets) -> Iterator[Finding]:
    """An assessment earlier than the one on the line before it, in a sheet whose rows are in order otherwise; and
    assessments all of which are before the treatment they assess."""
    days = {row.line: row.day for rows in _by_patient(sheets) for row in rows}
    pairs = [
        (earlier, later) for rows in _lines_by_patient(sheets, days) for earlier, later in pairwise(rows)
    ]
    backward = [pair for pair in pairs if days[pair[1].line] < days[pair[0].line]]  # type: ignore[operator]
    if len(backward) * 2 < len(pairs):
        for earlier, later in backward:
            what = f"day {days[later.line]} is before day {days[earlier.line]} of the line above"
            yield Finding(later, "date" if later.date else "day", what, "is the year, or the month, right?")
    for rows in _by_patient(sheets):
        if len(rows) > 1 and (rows[-1].day or 0) < 0:
            what = f"{rows[-1].day} is the last assessment of the patient, before the start of treatment"
            yield Finding(rows[-1], "day", what, "is treatment_start right?")


def nothing_is_after_the_cutoff(sheets: Sheets) -> Iterator[Finding]:
    """A start of treatment or a last contact after data_cutoff of the configuration."""
    if sheets.data_cutoff is None:
        return
    for row in _patients(sheets, "treatment_start", "os_days"):
        if row.treatment_start is None:
            continue
        if row.treatment_start > sheets.data_cutoff:
            what = f"{row.treatment_start} is after data_cutoff, {sheets.data_cutoff}"
            yield Finding(row, "treatment_start", what, "which of them is right?")
            continue
        last = date.fromisoformat(row.treatment_start) + timedelta(days=int(row.os_days or 0))
        if last.isoformat() > sheets.data_cutoff:
            what = f"{row.os_days:g} is {last}, after data_cutoff, {sheets.data_cutoff}"
            yield Finding(row, "os_days", what, "which of them is right?")


def new_lesion_is_progression(sheets: Sheets) -> Iterator[Finding]:
    """A new lesion, or progression of non-target lesions, with a response that is not PD: progression counts."""
    for row in sheets.assessments.sound("response", "new_lesion", "non_target"):
        finding = "new_lesion yes" if row.new_lesion == "yes" else "non_target PD"
        if _shows_finding(row) and row.response not in (None, "PD"):
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


def numbers_are_no_codes(sheets: Sheets) -> Iterator[Finding]:
    """A number that data bases use for a value that is missing, as 999."""
    columns = ("age", "pfs_days", "os_days", "duration_of_response_days", "new_therapy_day")
    for column in columns:
        for row in _patients(sheets, column):
            if getattr(row, column) in _CODES_FOR_MISSING:
                yield Finding(
                    row, column, f"{getattr(row, column):g}", "a code for missing? then leave it empty"
                )


def measurements_are_no_codes(sheets: Sheets) -> Iterator[Finding]:
    """A day or a sum that data bases use for a value that is missing, as 999."""
    for row in sheets.assessments.sound("target_sum_mm", "day"):
        for column in ("target_sum_mm", "day"):
            if getattr(row, column) in _CODES_FOR_MISSING:
                yield Finding(
                    row, column, f"{getattr(row, column):g}", "a code for missing? then leave it empty"
                )


def patients_are_of_one_trial(sheets: Sheets) -> Iterator[Finding]:
    """A patient whose cohort is not that of most others, or whose name is built unlike nearly all others."""
    named = [row for row in _patients(sheets, "cohort") if row.cohort is not None]
    yield from _strangers(named, "cohort", {row.line: str(row.cohort).casefold() for row in named})
    rows = list(_patients(sheets, "patient"))
    yield from _strangers(rows, "patient", {row.line: _shape(row.patient) for row in rows})


def _strangers(rows: list[PatientRow], column: str, kinds: dict[int, str]) -> Iterator[Finding]:
    """Rows of a kind that one in five patients or fewer has, where the others are of one kind."""
    counted = Counter(kinds.values())
    if len(rows) < _FEWEST_TO_TELL_A_STRANGER or len(counted) < 2:
        return
    [(most, number)] = counted.most_common(1)
    if number * 5 < len(rows) * 4:
        return
    for row in rows:
        if kinds[row.line] != most:
            what = f"'{getattr(row, column)}' is unlike that of {number} other patients"
            yield Finding(row, column, what, "is it a patient of this trial?")


def _shape(name: str) -> str:
    """A name with each run of digits as 0: what is left is the trial's part of it."""
    return re.sub(r"[0-9]+", "0", name).casefold()


def _patients(sheets: Sheets, *columns: str) -> Iterator[PatientRow]:
    return sheets.patients.sound(*columns)


def _shows_finding(row: AssessmentRow) -> bool:
    return row.new_lesion == "yes" or row.non_target == "PD"


def _shows_progression(row: AssessmentRow) -> bool:
    return _shows_finding(row) or "PD" in (row.response, row.central_response)


def _by_patient(sheets: Sheets) -> list[list[AssessmentRow]]:
    """Each patient's assessments by day, those without a day that can be told left out."""
    found: dict[str, list[AssessmentRow]] = {}
    for row in sheets.dated_assessments():
        found.setdefault(row.patient, []).append(row)
    return [sorted(rows, key=lambda row: (row.day or 0, row.line)) for rows in found.values()]


def _lines_by_patient(sheets: Sheets, days: dict[int, int | None]) -> list[list[AssessmentRow]]:
    """Each patient's assessments in the order of the file."""
    found: dict[str, list[AssessmentRow]] = {}
    for row in sheets.assessments.rows:
        if days.get(row.line) is not None:
            found.setdefault(row.patient, []).append(row)
    return list(found.values())


OUTCOME_CHECKS = (
    *(
        Check("patients", Level.WARNING, find)
        for find in (
            benefit_has_the_time_it_takes,
            benefit_can_be_told,
            durations_fit_the_rest,
            progression_is_an_event,
            death_ends_progression_free_survival,
            other_treatment_after_progression,
            end_of_assessments_has_its_day,
            nothing_is_after_the_cutoff,
            numbers_are_no_codes,
            patients_are_of_one_trial,
        )
    ),
    *(
        Check("assessments", Level.WARNING, find)
        for find in (
            follow_up_reaches_the_assessments,
            baseline_is_before_treatment,
            one_baseline,
            assessments_follow_each_other,
            new_lesion_is_progression,
            new_lesions_are_recorded,
            measurements_are_no_codes,
        )
    ),
)
