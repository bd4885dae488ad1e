"""A made-up trial of 60 patients with every kind of incompleteness: what really happened comes out in every denominator.

Each kind has patients whose true outcome is known. What is written down is what an office would have: stated words
instead of sums, no scan after an event, no column for new lesions, a date of last contact and nothing more.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

from refractor.outcomes.adjudication import AdjudicatedOutcome, adjudicate_outcomes
from refractor.settings.endpoint_rules import EndpointSettings
from refractor.sheets import AssessmentRow, PatientRow

START, CUTOFF = "2020-01-01", "2021-06-30"
Scan = tuple[int, float | None, str | None]


class Kind(NamedTuple):
    """Patients of one kind: how many, cells, scans (day, sum, stated), the truth: evaluable, benefit, response, PFS."""

    number: int
    cells: dict[str, object]
    scans: tuple[Scan, ...]
    evaluable: bool
    benefit: bool | None
    response: bool
    pfs: tuple[float, int]


ALIVE: dict[str, object] = {"os_days": 500.0, "os_event": 0}
KINDS = {
    # complete records, 6 of them
    "response": Kind(6, ALIVE, ((-7, 100, None), (56, 60, None), (112, 55, None), (168, 80, None)), True, True, True, (168, 1)),
    "progression": Kind(6, ALIVE, ((-7, 100, None), (56, 130, None)), True, False, False, (56, 1)),
    # 9 of 60, 15 %, of each kind of incompleteness
    "stated progression by a new lesion": Kind(9, ALIVE, ((-7, 100, None), (56, 98, "PD"), (112, 97, None)), True, False, False, (56, 1)),
    "clinical progression, no scan": Kind(
        4, ALIVE | {"pfs_days": 40.0, "pfs_event": 1, "end_of_assessments_reason": "clinical_progression"},
        ((-7, 100, None),), True, False, False, (40, 1),
    ),
    "clinical progression after a scan": Kind(
        5, ALIVE | {"pfs_days": 70.0, "pfs_event": 1}, ((-7, 100, None), (56, 95, None)), True, False, False, (70, 1),
    ),
    "lost after the first scan": Kind(5, {"os_days": 60.0, "os_event": 0}, ((-7, 100, None), (56, 95, None)), True, False, False, (56, 0)),
    "withdrew": Kind(
        4, ALIVE | {"end_of_assessments_reason": "withdrawal"}, ((-7, 100, None), (56, 95, None)), True, False, False, (56, 0),
    ),
    "another treatment": Kind(4, ALIVE | {"new_therapy_day": 90}, ((-7, 100, None), (56, 95, None), (112, 90, None)), True, False, False, (56, 0)),
    "died before a scan": Kind(5, {"os_days": 30.0, "os_event": 1}, ((-7, 100, None),), True, False, False, (30, 1)),
    "complete response by nodes": Kind(4, ALIVE, ((-7, 60, None), (56, 18, "CR"), (112, 18, "CR"), (168, 18, "CR")), True, True, True, (168, 0)),
    "a baseline on day 1": Kind(4, ALIVE, ((1, 100, None), (57, 95, None), (113, 95, None)), True, True, False, (113, 0)),
    "no scan at all": Kind(2, ALIVE, (), False, None, False, (0, 0)),
    "entered shortly before the cut-off": Kind(
        2, {"treatment_start": "2021-04-01", "os_days": 90.0, "os_event": 0}, ((-7, 100, None), (56, 95, None)), True, None, False, (56, 0),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def trial() -> dict[str, AdjudicatedOutcome]:
    patients: list[PatientRow] = []
    scans: list[AssessmentRow] = []
    for kind, made in KINDS.items():
        for number in range(made.number):
            name = f"{kind} {number}"
            cells = {"treatment_start": START} | made.cells
            patients.append(PatientRow(len(patients) + 2, patient=name, **cells))  # type: ignore[arg-type]
            scans += [
                AssessmentRow(2, patient=name, day=day, target_sum_mm=total, response=stated)
                for day, total, stated in made.scans
            ]
    assert len(patients) == 60
    return adjudicate_outcomes(patients, scans, rules=EndpointSettings(), data_cutoff=CUTOFF)


@pytest.mark.parametrize("kind", KINDS)
def test_every_patient_of_a_kind_is_what_happened(trial: dict[str, AdjudicatedOutcome], kind: str) -> None:
    made = KINDS[kind]
    outcomes = [trial[f"{kind} {number}"].outcome for number in range(made.number)]
    assert len(outcomes) == made.number
    for outcome in outcomes:
        assert (outcome.evaluable, outcome.clinical_benefit) == (made.evaluable, made.benefit)
        responded = outcome.best_response in ("CR", "PR") and outcome.response_confirmed is not False
        assert responded is made.response
        if made.evaluable:
            assert (outcome.pfs_days, outcome.pfs_event) == made.pfs


def test_the_denominators(trial: dict[str, AdjudicatedOutcome]) -> None:
    outcomes = [one.outcome for one in trial.values()]
    evaluable = [one for one in outcomes if one.evaluable]
    decided = [one for one in evaluable if one.clinical_benefit is not None]
    # 60 without 2 never assessed; without 2 whose deciding scan is not due; benefit 6 + 4 by nodes + 4 stable
    assert (len(evaluable), len(decided), sum(bool(one.clinical_benefit) for one in decided)) == (58, 56, 14)
    assert sum(one.best_response in ("CR", "PR") for one in decided) == 10
    # events: 6 + 6 + 9 + 4 + 5 progressions and 5 deaths
    assert sum(one.pfs_event or 0 for one in evaluable) == 35


def test_later_data_decide_who_was_open(trial: dict[str, AdjudicatedOutcome]) -> None:
    name = "entered shortly before the cut-off 0"
    cells = {"treatment_start": "2021-04-01", "os_days": 90.0, "os_event": 0}
    patient = PatientRow(2, patient=name, **cells)  # type: ignore[arg-type]
    scans = [
        AssessmentRow(2, patient=name, day=day, target_sum_mm=total)
        for day, total in ((-7, 100.0), (56, 95.0))
    ]

    def benefit(cutoff: str) -> bool | None:
        [one] = adjudicate_outcomes([patient], scans, rules=EndpointSettings(), data_cutoff=cutoff).values()
        return one.outcome.clinical_benefit

    assert trial[name].outcome.clinical_benefit is None
    assert benefit("2021-08-19") is None  # day 140: the deciding scan may be of this very day
    assert benefit("2021-08-20") is False
