"""Sheets that say too little, too much, or two things at once: what counts, and that somebody is asked.

Each patient started on 2020-01-01, the data were cut off on 2021-06-30 (day 546). `asked` are the columns of the patient
about which there is a question; nothing that is odd may pass in silence, nothing that is plain may be asked.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from cohort_builder import write_rows

from refractor.outcomes.adjudication import adjudicate_outcomes
from refractor.outcomes.outcome_questions import outcome_questions
from refractor.settings.endpoint_rules import EndpointSettings
from refractor.sheets import read_with_questions

CUTOFF = "2021-06-30"
ALIVE: dict[str, object] = {"os_days": 500, "os_event": 0}
DEAD_30: dict[str, object] = {"os_days": 30, "os_event": 1}


class Odd(NamedTuple):
    """Cells, scans as `day:sum` with `+` for a new lesion and `=XX` for a stated response, the answer, what is asked.

    The answer: evaluable, benefit, best response, days and event of progression-free survival.
    """

    cells: dict[str, object]
    scans: str
    answer: tuple[bool, bool | None, str | None, float | None, int | None]
    asked: set[str] = set()  # noqa: RUF012 - never changed


STATED = {
    "stable to day 100 and no later scan": Odd(
        ALIVE | {"best_response": "SD", "pfs_days": 100, "pfs_event": 0}, "", (True, False, "SD", 100, 0)
    ),
    "stable to day 112": Odd(
        ALIVE | {"best_response": "SD", "pfs_days": 112, "pfs_event": 0}, "", (True, True, "SD", 112, 0)
    ),
    "stable, progression on day 111": Odd(
        ALIVE | {"best_response": "SD", "pfs_days": 111, "pfs_event": 1}, "", (True, False, "SD", 111, 1)
    ),
    "stable, progression on day 150": Odd(
        ALIVE | {"best_response": "SD", "pfs_days": 150, "pfs_event": 1}, "", (True, None, "SD", 150, 1), {"clinical_benefit"}
    ),
    "stable, and nothing more": Odd(ALIVE | {"best_response": "SD"}, "", (True, None, "SD", None, None), {"clinical_benefit"}),
    "stable, dead on day 100": Odd(
        {"best_response": "SD", "os_days": 100, "os_event": 1}, "", (True, False, "SD", None, None)
    ),
    "stable, another treatment on day 90": Odd(
        ALIVE | {"best_response": "SD", "new_therapy_day": 90}, "", (True, False, "SD", None, None)
    ),
    "a response of which nobody says whether it was confirmed": Odd(
        ALIVE | {"best_response": "PR"}, "", (True, None, "PR", None, None), {"clinical_benefit"}
    ),
    "a response that was not confirmed, progression on day 150": Odd(
        ALIVE | {"best_response": "PR", "response_confirmed": "no", "pfs_days": 150, "pfs_event": 1}, "",
        (True, None, "PR", 150, 1), {"clinical_benefit"},
    ),
    "a response that was not confirmed, progression on day 90": Odd(
        ALIVE | {"best_response": "PR", "response_confirmed": "no", "pfs_days": 90, "pfs_event": 1}, "",
        (True, False, "PR", 90, 1),
    ),
    "a confirmed response": Odd(
        ALIVE | {"best_response": "CR", "response_confirmed": "yes", "pfs_days": 90, "pfs_event": 1}, "", (True, True, "CR", 90, 1)
    ),
    "progression without its day": Odd(ALIVE | {"best_response": "PD"}, "", (True, False, "PD", None, None)),
    "progression that is no event": Odd(
        ALIVE | {"best_response": "PD", "pfs_days": 60, "pfs_event": 0}, "", (True, False, "PD", 60, 0), {"pfs_event"}
    ),
    "progression at the last contact, after 500 days": Odd(
        ALIVE | {"best_response": "PD", "pfs_days": 500, "pfs_event": 1}, "", (True, False, "PD", 500, 1), {"pfs_days"}
    ),
    "dead before a scan": Odd(
        DEAD_30 | {"best_response": "NE", "pfs_days": 30, "pfs_event": 1}, "", (True, False, "NE", 30, 1)
    ),
    "not evaluable and alive": Odd(ALIVE | {"best_response": "NE"}, "", (False, None, "NE", None, None)),
    "benefit alone": Odd(ALIVE | {"clinical_benefit": "yes"}, "", (True, True, None, None, None), {"best_response"}),
    "evaluable, and nothing more": Odd(ALIVE | {"evaluable": "yes"}, "", (True, None, None, None, None), {"evaluable", "clinical_benefit"}),
    "benefit and progression on day 60": Odd(
        ALIVE | {"best_response": "SD", "clinical_benefit": "yes", "pfs_days": 60, "pfs_event": 1}, "",
        (True, True, "SD", 60, 1), {"clinical_benefit"},
    ),
    "benefit, last seen on day 60": Odd(
        ALIVE | {"best_response": "SD", "clinical_benefit": "yes", "pfs_days": 60, "pfs_event": 0}, "",
        (True, True, "SD", 60, 0), {"clinical_benefit"},
    ),
    "benefit, dead on day 60": Odd(
        {"best_response": "SD", "clinical_benefit": "yes", "os_days": 60, "os_event": 1}, "",
        (True, True, "SD", None, None), {"clinical_benefit"},
    ),
    "no benefit, stable for 200 days": Odd(
        ALIVE | {"best_response": "SD", "clinical_benefit": "no", "pfs_days": 200, "pfs_event": 0}, "",
        (True, False, "SD", 200, 0), {"clinical_benefit"},
    ),
    "no benefit, a response for 200 days": Odd(
        ALIVE | {"best_response": "PR", "response_confirmed": "no", "clinical_benefit": "no", "pfs_days": 200, "pfs_event": 0},
        "", (True, False, "PR", 200, 0), {"clinical_benefit"},
    ),
    "no benefit, progression on day 150": Odd(
        ALIVE | {"best_response": "SD", "clinical_benefit": "no", "pfs_days": 150, "pfs_event": 1}, "", (True, False, "SD", 150, 1)
    ),
    "no benefit, progression on day 300": Odd(
        ALIVE | {"best_response": "SD", "clinical_benefit": "no", "pfs_days": 300, "pfs_event": 1}, "",
        (True, False, "SD", 300, 1), {"clinical_benefit"},
    ),
    "censored on day 60 and dead on day 75": Odd(
        {"best_response": "SD", "pfs_days": 60, "pfs_event": 0, "os_days": 75, "os_event": 1}, "",
        (True, False, "SD", 60, 0), {"pfs_event"},
    ),
    "nothing": Odd(ALIVE, "", (False, None, None, None, None)),
    "left out in spite of progression": Odd(
        ALIVE | {"best_response": "PD", "evaluable": "no", "not_evaluable_reason": "progressed early", "pfs_days": 50, "pfs_event": 1},
        "", (False, False, "PD", 50, 1), {"evaluable"},
    ),
    "contact after the cut-off": Odd(
        {"best_response": "PD", "pfs_days": 50, "pfs_event": 1, "os_days": 600, "os_event": 0}, "",
        (True, False, "PD", 50, 1), {"os_days"},
    ),
    "progression after the cut-off": Odd(
        {"best_response": "SD", "clinical_benefit": "yes", "pfs_days": 600, "pfs_event": 1}, "",
        (True, True, "SD", 600, 1), {"pfs_days"},
    ),
}  # fmt: skip
SCANNED = {
    "another treatment on day 0": Odd(
        ALIVE | {"new_therapy_day": 0}, "-7:100 56:95 112:95", (False, None, "NE", 0, 0), {"new_therapy_day"}
    ),
    "a clinical progression without its day": Odd(
        ALIVE | {"end_of_assessments_reason": "clinical_progression"}, "-7:100 56:95", (True, False, "SD", 56, 0),
        {"end_of_assessments_reason"},
    ),
    "death as the reason, and alive": Odd(
        {"end_of_assessments_reason": "death"}, "-7:100 56:95", (True, False, "SD", 56, 0), {"end_of_assessments_reason"}
    ),
    "cut off a year before the cut-off": Odd(
        ALIVE | {"end_of_assessments_reason": "cutoff"}, "-7:100 56:95", (True, False, "SD", 56, 0), {"end_of_assessments_reason"}
    ),
    "withdrawn before a scan": Odd(ALIVE | {"end_of_assessments_reason": "withdrawal"}, "-7:100", (False, None, None, None, None)),
    "a scan after the cut-off": Odd({}, "-7:100 56:95 600:95", (True, True, "SD", 600, 0), {"day"}),
    "left out in spite of a scan": Odd(
        ALIVE | {"evaluable": "no", "not_evaluable_reason": "one dose"}, "-7:100 56:150", (False, False, "PD", 56, 1), {"evaluable"}
    ),
    "a stated progression in spite of a later scan": Odd(
        ALIVE | {"pfs_days": 60, "pfs_event": 1}, "-7:100 56:95 112:95", (True, False, "SD", 60, 1)  # of non-target lesions nobody says
    ),
    "two sums on one day": Odd(ALIVE, "-7:100 56:60 56:40 112:95", (True, False, "SD", 112, 1), {"day"}),
    "a first sum on day 1": Odd(ALIVE, "1:100 57:95 113:95", (True, True, "SD", 113, 0)),
    "a first sum on day 20": Odd(ALIVE, "20:100 56:95 113:95", (False, None, "NE", 0, 0), {"day"}),
    "a new lesion with a stated response": Odd(ALIVE, "-7:100 56:90+=SD 112:90", (True, False, "PD", 56, 1), {"response"}),
    "a scan after the last contact": Odd({"os_days": 100, "os_event": 0}, "-7:100 56:95 112:95", (True, True, "SD", 112, 0), {"day"}),
    "a scan after death": Odd(
        {"os_days": 100, "os_event": 1}, "-7:100 56:95 112:95", (True, False, "SD", 100, 1), {"day"}
    ),
    "a sum in centimetres": Odd(ALIVE, "-7:8.4 56:8.1 112:8.1", (True, True, "SD", 112, 0), {"target_sum_mm"}),
    "a missing code as a sum": Odd(ALIVE, "-7:100 56:95 112:999", (True, False, "SD", 112, 1), {"target_sum_mm"}),
}  # fmt: skip


def rows_of(patient: str, text: str) -> list[list[object]]:
    rows: list[list[object]] = []
    for part in text.split():
        bare, _, response = part.partition("=")
        day, _, total = bare.partition(":")
        new = "yes" if total.endswith("+") else "no"
        rows.append([patient, day, total.removesuffix("+"), new, response or None])
    return rows


@pytest.mark.parametrize("odd", [STATED, SCANNED], ids=["stated", "scanned"])
def test_what_counts_and_what_is_asked(tmp_path: Path, odd: dict[str, Odd]) -> None:
    names = {f"P{number:02d}": name for number, name in enumerate(odd, 1)}
    columns = list(dict.fromkeys(column for one in odd.values() for column in one.cells))
    write_rows(
        tmp_path / "patients.tsv", ["patient", "treatment_start", *columns],
        [
            [patient, "2020-01-01", *(odd[name].cells.get(column) for column in columns)]
            for patient, name in names.items()
        ],
    )  # fmt: skip
    write_rows(tmp_path / "samples.tsv", ["patient", "sample", "copy_number"], [])
    config = {name: str(tmp_path / f"{name}.tsv") for name in ("samples", "patients")}
    scans = [row for patient, name in names.items() for row in rows_of(patient, odd[name].scans)]
    if scans:
        header = ["patient", "day", "target_sum_mm", "new_lesion", "response"]
        write_rows(tmp_path / "assessments.tsv", header, scans)
        config["assessments"] = str(tmp_path / "assessments.tsv")
    sheets = read_with_questions(config | {"data_cutoff": CUTOFF})
    found = adjudicate_outcomes(
        sheets.patients, sheets.assessments, rules=EndpointSettings(), data_cutoff=CUTOFF
    )
    questions = [(one.patient, one.column) for one in sheets.warnings]
    questions += [
        (one.patient, one.sheet_column)
        for one in outcome_questions(sheets.patients, found, file="patients.tsv")
    ]
    assert len(found) == len(odd)
    for patient, name in names.items():
        outcome = found[patient].outcome
        best = None if outcome.best_response is None else str(outcome.best_response)
        answer = (outcome.evaluable, outcome.clinical_benefit, best, outcome.pfs_days, outcome.pfs_event)
        asked = {column for who, column in questions if who == patient}
        assert (name, answer, asked) == (name, odd[name].answer, odd[name].asked)


def test_there_are_enough_contradictions() -> None:
    assert len(STATED) + len(SCANNED) >= 40
