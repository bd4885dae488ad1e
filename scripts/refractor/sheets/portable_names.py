"""Names that make folders and pages which not every system shows or takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from refractor.sheets.checks import Check, Finding, Level, Sheets

_KEPT_BY_WINDOWS = re.compile(r"(con|prn|aux|nul|com[1-9]|lpt[1-9])(\..*)?", re.IGNORECASE)
"""Names of devices, with any suffix: https://learn.microsoft.com/windows/win32/fileio/naming-a-file."""


def sample_names_are_taken_everywhere(sheets: Sheets) -> Iterator[Finding]:
    """A sample, whose name is that of its folder, that begins with a dot (hidden), ends with one, or is a name that Windows
    keeps for a device (CON, AUX, NUL): it is run as it is."""
    for row in sheets.samples.rows:
        if why := _fault(row.sample):
            yield Finding(row, "sample", f"sample '{row.sample}' {why}", "rename it")


def patient_names_are_taken_everywhere(sheets: Sheets) -> Iterator[Finding]:
    """The same of a patient, whose name is that of the page."""
    for row in sheets.patients.rows:
        if why := _fault(row.patient):
            yield Finding(row, "patient", f"patient '{row.patient}' {why}", "rename it")


def _fault(name: str) -> str | None:
    if name.startswith("."):
        return "begins with a dot: its results are hidden files"
    if name.endswith("."):
        return "ends with a dot, which Windows leaves out: its results cannot be copied there"
    if _KEPT_BY_WINDOWS.fullmatch(name):
        return "is a name that Windows keeps for a device: its results cannot be copied there"
    return None


NAME_CHECKS = (
    Check("samples", Level.WARNING, sample_names_are_taken_everywhere),
    Check("patients", Level.WARNING, patient_names_are_taken_everywhere),
)
