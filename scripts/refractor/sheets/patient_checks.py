"""Checks of the patients: unique, outcomes that do not contradict each other, durations in days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from refractor.sheets.checks import Check, Finding, Level, Sheets
from refractor.sheets.sheet_rows import PatientRow

DURATIONS = ("duration_of_response", "pfs", "os")
_RESPONSES = ("CR", "PR")
_CONFIRMATION_DAYS = 28
"""RECIST 1.1: a response is confirmed after at least 28 days, so no confirmed responder progresses before."""
_DAYS_A_MONTH = 30.4375
_IN_MONTHS_AT_MOST = 60
_FEWEST_TO_JUDGE_A_COLUMN = 5
_LONGEST_DAYS = 20 * 365.25
_ADULT_YEARS = 18
_FIRST_YEAR = 1995
"""Trials of drugs matched to an alteration of the tumour began about then: an earlier date is a slip of the pen."""


def there_are_patients(sheets: Sheets) -> Iterator[Finding]:
    """A patients' sheet with a header and no rows."""
    if sheets.patients.complete and not sheets.patients.rows:
        yield Finding(None, None, "has no rows", "add one a patient, sequenced or not")


def patient_is_unique(sheets: Sheets) -> Iterator[Finding]:
    """A patient who stands on two rows."""
    first: dict[str, PatientRow] = {}
    for row in sheets.patients.rows:
        earlier = first.setdefault(row.patient, row)
        if earlier is not row:
            what = f"patient '{row.patient}' stands on line {earlier.line} already"
            yield Finding(row, "patient", what, "one row a patient")


def patient_names_differ_by_more_than_case(sheets: Sheets) -> Iterator[Finding]:
    """Two patients whose names differ only in upper and lower case."""
    first: dict[str, PatientRow] = {}
    for row in sheets.patients.rows:
        earlier = first.setdefault(row.patient.casefold(), row)
        if earlier.patient != row.patient:
            what = f"patient '{row.patient}' differs from '{earlier.patient}' of line {earlier.line} only in case"
            yield Finding(row, "patient", what, "are they one? some file systems take them for one")


def event_has_duration(sheets: Sheets) -> Iterator[Finding]:
    """An event (duration_of_response_event, pfs_event, os_event) without its duration, or a duration without event."""
    for name in DURATIONS:
        days, event = f"{name}_days", f"{name}_event"
        for row in sheets.patients.sound(days, event):
            if getattr(row, days) is None and getattr(row, event) is not None:
                yield Finding(
                    row, days, f"is empty, but {event} is {getattr(row, event)}", "fill both or neither"
                )
            if getattr(row, days) is not None and getattr(row, event) is None:
                what = f"is empty, but {days} is {getattr(row, days):g}"
                yield Finding(row, event, what, "fill it: 1 event, 0 censored")


def benefit_agrees_with_response(sheets: Sheets) -> Iterator[Finding]:
    """clinical_benefit yes with best_response PD, or no with a confirmed CR or PR."""
    for row in sheets.patients.sound("clinical_benefit", "best_response", "response_confirmed"):
        benefit, response = row.clinical_benefit, row.best_response
        if benefit == "yes" and response == "PD":
            what = "yes contradicts best_response PD"
            yield Finding(
                row, "clinical_benefit", what, "benefit is a confirmed response or stable disease >= 16 weeks"
            )
        if benefit == "no" and response in _RESPONSES and row.response_confirmed == "yes":
            what = f"no contradicts best_response {response} with response_confirmed yes"
            yield Finding(
                row, "clinical_benefit", what, "a confirmed response is benefit; mend one of the three"
            )


def benefit_can_be_judged(sheets: Sheets) -> Iterator[Finding]:
    """clinical_benefit yes with best_response NE, or no with a CR or PR that is not said to be unconfirmed."""
    for row in sheets.patients.sound("clinical_benefit", "best_response", "response_confirmed"):
        benefit, response = row.clinical_benefit, row.best_response
        if benefit == "yes" and response == "NE":
            yield Finding(row, "clinical_benefit", "yes with best_response NE", "was the response evaluable?")
        if benefit == "no" and response in _RESPONSES and row.response_confirmed is None:
            what = f"no with best_response {response}, and response_confirmed is empty"
            yield Finding(row, "clinical_benefit", what, "was the response confirmed?")


def only_responses_are_confirmed(sheets: Sheets) -> Iterator[Finding]:
    """response_confirmed yes, or a duration of response, without best_response CR or PR."""
    for row in sheets.patients.sound("best_response", "response_confirmed", "duration_of_response_days"):
        if row.best_response in _RESPONSES:
            continue
        stated = row.best_response or "empty"
        if row.response_confirmed == "yes":
            yield Finding(
                row, "response_confirmed", f"yes, but best_response is {stated}", "which of them is right?"
            )
        if row.duration_of_response_days is not None:
            what = f"is filled, but best_response is {stated}"
            yield Finding(row, "duration_of_response_days", what, "which of them is right?")


def progression_before_death(sheets: Sheets) -> Iterator[Finding]:
    """pfs_days above os_days."""
    for row in sheets.patients.sound("pfs_days", "os_days"):
        if row.pfs_days is not None and row.os_days is not None and row.pfs_days > row.os_days:
            what = f"{row.pfs_days:g} is above os_days, {row.os_days:g}"
            yield Finding(row, "pfs_days", what, "allowed: at most os_days; death ends both")


def death_is_a_progression_event(sheets: Sheets) -> Iterator[Finding]:
    """A death on the day on which progression-free survival was censored."""
    for row in sheets.patients.sound("pfs_days", "os_days", "pfs_event", "os_event"):
        if row.os_event == 1 and row.pfs_event == 0 and row.pfs_days == row.os_days is not None:
            what = f"0, but the patient died on day {row.os_days:g}, the day of pfs_days"
            yield Finding(row, "pfs_event", what, "death is an event of progression-free survival; is it 1?")


def other_treatment_before_death(sheets: Sheets) -> Iterator[Finding]:
    """A new_therapy_day after the patient's death."""
    for row in sheets.patients.sound("new_therapy_day", "os_days", "os_event"):
        day, died = row.new_therapy_day, row.os_days
        if row.os_event == 1 and day is not None and died is not None and day > died:
            what = f"{day} is after the patient's death on day {died:g}"
            yield Finding(row, "new_therapy_day", what, "which of them is right?")


def response_within_progression_free_survival(sheets: Sheets) -> Iterator[Finding]:
    """A duration of response above pfs_days, which began earlier."""
    for row in sheets.patients.sound("duration_of_response_days", "pfs_days"):
        response, pfs = row.duration_of_response_days, row.pfs_days
        if response is not None and pfs is not None and response > pfs:
            what = f"{response:g} is above pfs_days, {pfs:g}"
            yield Finding(
                row, "duration_of_response_days", what, "counted from the response, is it not shorter?"
            )


def durations_are_in_days(sheets: Sheets) -> Iterator[Finding]:
    """A duration that looks like months: a fraction of a day below 100; fewer than 28 days with a confirmed response or
    benefit; at least five values in a column and none above 60. Also one of more than 20 years."""
    for name in DURATIONS:
        column = f"{name}_days"
        rows = sheets.patients.sound(column)
        cells = [(row, value) for row in rows if (value := getattr(row, column)) is not None]
        values = [value for _, value in cells]
        if len(values) >= _FEWEST_TO_JUDGE_A_COLUMN and max(values) <= _IN_MONTHS_AT_MOST:
            what = f"none of {len(values)} values is above {max(values):g}"
            yield Finding(None, column, what, "is the column in months? durations are in days")
            continue
        for row, value in cells:
            yield from _odd_duration(row, column, value)
    for row in sheets.patients.sound("pfs_days", "clinical_benefit", "best_response", "response_confirmed"):
        confirmed = row.best_response in _RESPONSES and row.response_confirmed == "yes"
        if (confirmed or row.clinical_benefit == "yes") and (
            row.pfs_days or _CONFIRMATION_DAYS
        ) < _CONFIRMATION_DAYS:
            reason = "a confirmed response" if confirmed else "clinical benefit"
            what = f"{row.pfs_days:g} days with {reason}, which takes at least {_CONFIRMATION_DAYS}"
            yield Finding(row, "pfs_days", what, "is it in months? durations are in days")


def _odd_duration(row: PatientRow, column: str, value: float) -> Iterator[Finding]:
    if value < 100 and value != int(value):
        what = f"{value:g} is a fraction of days"
        yield Finding(
            row, column, what, f"is it in months? {value:g} months are {value * _DAYS_A_MONTH:.0f} days"
        )
    if value > _LONGEST_DAYS:
        yield Finding(row, column, f"{value:g} days are {value / 365.25:.0f} years", "is it right?")


def evaluability_has_a_reason(sheets: Sheets) -> Iterator[Finding]:
    """evaluable no without not_evaluable_reason, or a reason without evaluable no."""
    for row in sheets.patients.sound("evaluable", "not_evaluable_reason"):
        if row.evaluable == "no" and row.not_evaluable_reason is None:
            yield Finding(row, "not_evaluable_reason", "is empty, but evaluable is no", "say why")
        if row.not_evaluable_reason is not None and row.evaluable != "no":
            stated = row.evaluable or "empty"
            yield Finding(row, "evaluable", f"is {stated}, but a not_evaluable_reason is given", "is it no?")


def evaluable_has_an_outcome(sheets: Sheets) -> Iterator[Finding]:
    """evaluable yes with neither best_response nor clinical_benefit, and no assessment of the patient."""
    assessed = {row.patient for row in sheets.assessments.rows}
    for row in sheets.patients.sound("evaluable", "best_response", "clinical_benefit"):
        if row.evaluable == "yes" and not (
            row.best_response or row.clinical_benefit or row.patient in assessed
        ):
            what = "yes, but best_response and clinical_benefit are empty and there is no assessment"
            yield Finding(row, "evaluable", what, "fill the outcome")


def baseline_is_plausible(sheets: Sheets) -> Iterator[Finding]:
    """An age below 18, or a treatment_start before 1995 or in the future."""
    for row in sheets.patients.sound("age"):
        if row.age is not None and row.age < _ADULT_YEARS:
            yield Finding(row, "age", f"{row.age:g} years", "the trial is of adults; is it right?")
    today = date.today().isoformat()
    for row in sheets.patients.sound("treatment_start"):
        start = row.treatment_start
        if start and (start > today or start < str(_FIRST_YEAR)):
            yield Finding(
                row, "treatment_start", f"{start} is in the future or before {_FIRST_YEAR}", "is it right?"
            )


PATIENT_CHECKS = (
    Check("patients", Level.ERROR, patient_is_unique),
    Check("patients", Level.ERROR, event_has_duration),
    Check("patients", Level.ERROR, benefit_agrees_with_response),
    Check("patients", Level.ERROR, progression_before_death),
    Check("patients", Level.WARNING, there_are_patients),
    Check("patients", Level.WARNING, patient_names_differ_by_more_than_case),
    Check("patients", Level.WARNING, benefit_can_be_judged),
    Check("patients", Level.WARNING, only_responses_are_confirmed),
    Check("patients", Level.WARNING, response_within_progression_free_survival),
    Check("patients", Level.WARNING, death_is_a_progression_event),
    Check("patients", Level.WARNING, other_treatment_before_death),
    Check("patients", Level.WARNING, durations_are_in_days),
    Check("patients", Level.WARNING, evaluability_has_a_reason),
    Check("patients", Level.WARNING, evaluable_has_an_outcome),
    Check("patients", Level.WARNING, baseline_is_plausible),
)
