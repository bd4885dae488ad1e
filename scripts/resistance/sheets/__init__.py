"""The hand-written sheets of a trial: read, checked cell by cell, against each other and against the files."""

from resistance.sheets.rows import AdverseEventRow, AssessmentRow, Cell, PatientRow, SampleRow, Trial
from resistance.sheets.trial import read_sheets, read_trial

__all__ = [
    "AdverseEventRow",
    "AssessmentRow",
    "Cell",
    "PatientRow",
    "SampleRow",
    "Trial",
    "read_sheets",
    "read_trial",
]
