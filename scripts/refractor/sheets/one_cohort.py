"""One cohort of a platform trial: its patients, and what the sheets say of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from refractor.errors import Problem
from refractor.settings.schemas import nearest
from refractor.sheets.sheet_rows import PatientRow, Trial


def of_cohort(trial: Trial, cohort: str | None) -> Trial:
    """The trial's patients of one cohort with their samples, assessments and events; the whole trial for None."""
    if cohort is None:
        return trial
    patients = tuple(row for row in trial.patients if row.cohort == cohort)
    members = {row.patient for row in patients}
    return replace(
        trial,
        patients=patients,
        samples=tuple(row for row in trial.samples if row.patient in members),
        assessments=tuple(row for row in trial.assessments if row.patient in members),
        adverse_events=tuple(row for row in trial.adverse_events if row.patient in members),
        warnings=tuple(
            warning for warning in trial.warnings if warning.patient is None or warning.patient in members
        ),
    )


def patients_without_cohort(
    patients: Iterable[PatientRow], cohorts: Iterable[str], sheet: str
) -> Iterator[Problem]:
    """A problem for each patient whose cohort is none of the configuration's."""
    known = list(cohorts)
    for row in patients:
        if row.cohort in known:
            continue
        guess = None if row.cohort is None else nearest(row.cohort, known)
        what = "is empty" if row.cohort is None else f"'{row.cohort}' is no cohort of the configuration"
        meant = f"did you mean {guess}? " if guess else ""
        yield Problem(sheet, what, row.line, "cohort", f"{meant}allowed: {', '.join(known)}")


def lines_digest(sheets: Mapping[str, str | None], cohort: str) -> str:
    """A short SHA-256 over the lines of the sheets that concern the patients of one cohort, and over the headers.

    Tells whether a cohort's rows have changed, whatever else was written into the sheets; outcomes are not parsed.
    """
    members = _patients_of(Path(str(sheets["patients"])), cohort)
    digest = hashlib.sha256()
    for name in sorted(sheets):
        if (path := sheets[name]) is None:
            continue
        header, *lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
        place = _columns(header).index("patient")
        kept = [line for line in lines if _cell(line, place) in members]
        digest.update("\n".join((name, header, *kept)).encode())
    return digest.hexdigest()[:16]


def _patients_of(sheet: Path, cohort: str) -> set[str]:
    header, *lines = sheet.read_text(encoding="utf-8-sig").splitlines()
    columns = _columns(header)
    if "cohort" not in columns:
        return set()
    of, who = columns.index("cohort"), columns.index("patient")
    return {_cell(line, who) for line in lines if _cell(line, of) == cohort}


def _columns(header: str) -> list[str]:
    return [name.strip() for name in header.split("\t")]


def _cell(line: str, place: int) -> str:
    cells = line.split("\t")
    return cells[place].strip() if place < len(cells) else ""
