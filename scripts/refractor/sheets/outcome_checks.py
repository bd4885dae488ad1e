"""Questions about outcomes that contradict each other, the assessments, the calendar or the rest of the sheet.

Nothing here stops a run: what a check finds stands in cohort/questions.tsv and on the page until somebody answers it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from refractor.sheets.assessment_checks import (
    ASSESSMENT_CHECKS,
    CODES_FOR_MISSING,
    FEWEST_OF_A_COLUMN,
    by_patient,
    shows_progression,
)
from refractor.sheets.checks import Check, Finding, Level, Sheets
from refractor.sheets.sheet_rows import PatientRow

_RESPONSES = ("CR", "PR")
_PROGRESSED = ("progression", "clinical_progression")
_LATE_FOR_A_FIRST_PROGRESSION_DAYS = 140
"""Assessments are 6 to 9 weeks apart: progression as best response shows at the first or second of them."""
_TWO_SCANS_DAYS = 126
"""Two intervals of 9 weeks: whoever progresses so long after a day was assessed between them."""
_EARLY_FOR_ANOTHER_TREATMENT_DAYS = 14
_FEWEST_TO_TELL_A_STRANGER = 5


def benefit_has_the_time_it_takes(sheets: Sheets) -> Iterator[Finding]:
    """clinical_benefit yes without a confirmed response although progression, censoring or death came before stable
    disease counts; no without progression until it counts, or with a progression two scans later or more."""
    least = sheets.endpoints.sd_min_days - sheets.endpoints.sd_window_days
    columns = ("clinical_benefit", "best_response", "pfs_days", "pfs_event", "os_days", "os_event")
    for row in _patients(sheets, *columns):
        confirmed = row.best_response in _RESPONSES and row.response_confirmed != "no"
        days, event = row.pfs_days, row.pfs_event
        if days is None and row.os_days is not None:
            days, event = row.os_days, row.os_event  # progression-free survival is no longer
        if days is None or confirmed:
            continue
        end = "progression or death" if event == 1 else "the last assessment or contact"
        if row.clinical_benefit == "yes" and days < least:
            what = f"yes with best_response {row.best_response or 'empty'} and {end} on day {days:g}"
            allowed = f"stable disease is benefit from day {least}; is it no, or is the day wrong?"
            yield Finding(row, "clinical_benefit", what, allowed)
        standing = row.clinical_benefit == "no" and row.best_response in (*_RESPONSES, "SD")
        late = least if event == 0 else least + _TWO_SCANS_DAYS
        if standing and row.pfs_days is not None and row.pfs_days >= late:
            what = f"no with {row.best_response} and no progression until day {row.pfs_days:g}"
            allowed = f"stable disease is benefit from day {least}; is it yes?"
            yield Finding(row, "clinical_benefit", what, allowed)


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
        if len(early) >= FEWEST_OF_A_COLUMN and len(early) * 2 > len(benefit):
            what = f"{len(early)} of {len(benefit)} patients with benefit have less than {least} days"
            yield Finding(None, column, what, "is the column in weeks or months? durations are in days")
        elif len(short) >= FEWEST_OF_A_COLUMN and len(short) * 2 > len(seen):
            what = f"{len(short)} of {len(seen)} patients were assessed for more than twice as long"
            yield Finding(None, column, what, "is the column in weeks or months? durations are in days")


def progression_is_an_event(sheets: Sheets) -> Iterator[Finding]:
    """best_response PD with pfs_event 0, or with a pfs_days long after the first assessments."""
    for row in _patients(sheets, "best_response", "pfs_days", "pfs_event"):
        if row.best_response != "PD" or row.pfs_days is None:
            continue
        if row.pfs_event == 0:
            yield Finding(row, "pfs_event", "0, but best_response is PD", "progression is an event; is it 1?")
        elif row.pfs_days > _LATE_FOR_A_FIRST_PROGRESSION_DAYS and not _died_on(row, row.pfs_days):
            what = f"{row.pfs_days:g}, but best_response is PD"
            yield Finding(row, "pfs_days", what, "was there stable disease before, or is the day wrong?")


def _died_on(row: PatientRow, day: float) -> bool:
    return row.os_event == 1 and row.os_days == day


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


def other_treatment_comes_later(sheets: Sheets) -> Iterator[Finding]:
    """Another treatment within two weeks of the start: nothing after it counts, so that the patient is lost to every share;
    and a registration after the start of treatment."""
    for row in _patients(sheets, "new_therapy_day"):
        if row.new_therapy_day is not None and row.new_therapy_day <= _EARLY_FOR_ANOTHER_TREATMENT_DAYS:
            what = f"{row.new_therapy_day}, two weeks after the start of treatment or earlier"
            yield Finding(
                row, "new_therapy_day", what, "is it the treatment of the trial? then leave it empty"
            )
    for row in _patients(sheets, "registered_on", "treatment_start"):
        if row.registered_on and row.treatment_start and row.registered_on > row.treatment_start:
            what = f"{row.registered_on} is after treatment_start, {row.treatment_start}"
            yield Finding(row, "registered_on", what, "which of them is right?")


def end_of_assessments_has_its_day(sheets: Sheets) -> Iterator[Finding]:
    """An end_of_assessments_reason that the rest of the row does not bear out: progression without its day, death of a
    patient alive, new_therapy without its day, cutoff of a patient who progressed, died or changed treatment."""
    progressed = {row.patient for row in sheets.assessments.rows if shows_progression(row)}
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


def nothing_is_after_the_cutoff(sheets: Sheets) -> Iterator[Finding]:
    """A start of treatment, a last contact or a progression after data_cutoff of the configuration; and who is said to have
    been assessed until the cut-off, though two further scans were due before it."""
    if sheets.data_cutoff is None:
        return
    cutoff = date.fromisoformat(sheets.data_cutoff)
    assessed = {row.patient: row.day or 0 for rows in by_patient(sheets) for row in rows}
    for row in _patients(sheets, "treatment_start", "os_days", "pfs_days", "end_of_assessments_reason"):
        if row.treatment_start is None:
            continue
        if row.treatment_start > sheets.data_cutoff:
            what = f"{row.treatment_start} is after data_cutoff, {sheets.data_cutoff}"
            yield Finding(row, "treatment_start", what, "which of them is right?")
            continue
        start = date.fromisoformat(row.treatment_start)
        until = (cutoff - start).days
        for column, days in (("os_days", row.os_days), ("pfs_days", row.pfs_days)):
            if days is not None and days > until:
                what = f"{days:g} is {start + timedelta(days=int(days))}, after data_cutoff, {sheets.data_cutoff}"
                yield Finding(row, column, what, "which of them is right?")
        last = assessed.get(row.patient)
        cut = row.end_of_assessments_reason == "cutoff"
        if cut and last is not None and until - last > _TWO_SCANS_DAYS:
            what = f"cutoff, but the last assessment is {until - last} days before data_cutoff"
            yield Finding(
                row, "end_of_assessments_reason", what, "was the patient lost, or is a scan missing?"
            )


def numbers_are_no_codes(sheets: Sheets) -> Iterator[Finding]:
    """A number that data bases use for a value that is missing, as 999."""
    columns = ("age", "pfs_days", "os_days", "duration_of_response_days", "new_therapy_day")
    for column in columns:
        for row in _patients(sheets, column):
            if getattr(row, column) in CODES_FOR_MISSING:
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
            other_treatment_comes_later,
            end_of_assessments_has_its_day,
            nothing_is_after_the_cutoff,
            numbers_are_no_codes,
            patients_are_of_one_trial,
        )
    ),
    *ASSESSMENT_CHECKS,
)
