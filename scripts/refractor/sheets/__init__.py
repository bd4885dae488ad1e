"""The hand-written sheets of a trial: read, checked cell by cell, against each other and against the files."""

from refractor.sheets.read_sheets import read_before_treatment, read_sheets, read_trial, read_with_questions
from refractor.sheets.sheet_rows import AdverseEventRow, AssessmentRow, Cell, PatientRow, SampleRow, Trial

__all__ = [
    "AdverseEventRow",
    "AssessmentRow",
    "Cell",
    "PatientRow",
    "SampleRow",
    "Trial",
    "read_before_treatment",
    "read_sheets",
    "read_trial",
    "read_with_questions",
]
