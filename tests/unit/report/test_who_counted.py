"""Every number that counts patients has exactly the patients that were counted, whatever the cohort."""

from __future__ import annotations

import logging
from random import Random

import pandas as pd
import pytest
from report_patients import COHORT

from refractor.outcomes.adverse import adverse_event_terms, patients_by_term
from refractor.outcomes.analysis import copies_and_benefit
from refractor.outcomes.association import RuleAnswer, associations
from refractor.outcomes.endpoints import (
    benefit_and_response,
    durations,
    prior_treatment,
    safety,
)
from refractor.outcomes.explanation import Mechanism, explanations
from refractor.outcomes.members import Member, cases_of, subjects_of
from refractor.outcomes.sensitivity import members_under, sensitivity_counts
from refractor.outcomes.survival_by_benefit import survival_by_benefit
from refractor.outcomes.two_stage_rows import two_stage_quantities
from refractor.report.cohort_results import lay_out
from refractor.report.pages.cohort_page import WrittenOnce
from refractor.report.patient_results import rows_of
from refractor.report.who_counted import BEHIND, Joined, who_is_counted
from refractor.results.all_tables import workbook_tables
from refractor.results.analysis_tables import (
    ASSOCIATIONS,
    COPIES,
    ENDPOINTS,
    EXPLANATION,
    SENSITIVITY,
    SURVIVAL,
    TWO_STAGE,
)
from refractor.results.cohort_tables import ADVERSE_EVENTS, OTHER_CHOICES
from refractor.sheets import AdverseEventRow
from refractor.vocabulary import Eligibility

TABLES = {table.name.removesuffix(".tsv"): table for table in workbook_tables()}
LENIENT = 14
COUNTS = {
    "explanation": ("explained", "assessable", "patients"),
    "associations": (
        "carriers_without_benefit", "without_benefit", "untested_without_benefit",
        "carriers_with_benefit", "with_benefit", "untested_with_benefit",
    ),
    "sensitivity": ("successes", "n"),
    "survival": ("at_risk", "events", "censored"),
    "copies": ("n_without_benefit", "n_with_benefit"),
    "adverse_events": ("patients", *(f"grade_{n}" for n in range(1, 6)), "any_grade", "grade_3_or_more",
                       *(f"related_grade_{n}" for n in range(1, 6)), "related_any_grade", "relation_unknown",
                       "related_grade_3_or_more", "serious"),
}  # fmt: skip
"""Columns that count patients in every row of their table."""


def a_member(number: int, random: Random) -> Member:
    """A patient whose every field is drawn, missing values among them."""
    evaluable = random.random() < 0.85
    benefit = random.choice((True, False, False, None))
    result = random.choice(("found", "not_found", "not_tested"))
    days = float(random.choice((30, 60, 60, 150, 200, 400)))
    found = Mechanism(
        "KRAS", "MAPK", random.choice(("R1", "R3")), random.choice(("clonal", "subclonal", "unknown"))
    )
    return Member(
        patient=f"P{number:02d}",
        evaluable=evaluable,
        not_evaluable_reason=None if evaluable else "no scan",
        benefit=benefit,
        benefit_day=random.choice((None, 112, 180)) if benefit else None,
        best_response=random.choice(("PR", "SD", "PD", None)),
        response_confirmed=random.choice((True, False, None)),
        assessable=random.random() < 0.9,
        eligibility=random.choice(list(Eligibility)),
        candidates=frozenset({found} if result == "found" else ()),
        copies=random.choice((None, 0.0, 8.0, 25.0, 60.0)),
        copies_over_ploidy=random.choice((None, 4.0, 9.0)),
        durations={"pfs": (days, random.randint(0, 1)), "os": (days + 100, 1)} if random.random() < 0.9 else {},
        lenient_benefit=benefit,
        prior_lines=random.choice((None, 2, 3)),
        complete=random.random() < 0.7,
        answers={"KRAS_R1": RuleAnswer("KRAS", "MAPK", result)},
    )  # fmt: skip


def events_of(members: list[Member], random: Random) -> list[AdverseEventRow]:
    return [
        AdverseEventRow(line=line, patient=member.patient, term=random.choice(("Rash", "rash", "Diarrhoea")),
                        grade=random.randint(1, 5), related=random.choice(("yes", "no", None)),
                        serious=random.choice(("yes", "no", None)))
        for line, member in enumerate(random.choices(members, k=20))
    ]  # fmt: skip


def choices_of(members: list[Member]) -> pd.DataFrame:
    """One other choice: the first patient has benefit and progresses on day 500; another that changes nobody."""
    changed = {"patient": members[0].patient, "clinical_benefit": "yes", "best_response": "PR", "evaluable": "yes",
               "response_confirmed": "yes", "pfs_days": 500.0, "pfs_event": 1}  # fmt: skip
    rows = [{"analysis": "derived", "meaning": "x"} | changed, {"analysis": "nobody", "meaning": "y"}]
    return OTHER_CHOICES.from_rows(rows)


def tables_of(members: list[Member], events: list[AdverseEventRow]) -> dict[str, pd.DataFrame]:
    """The tables as the analyses make them."""
    rules = COHORT.endpoints
    adverse = ADVERSE_EVENTS.frame(adverse_event_terms(events, patients=len(members)))
    curves = [durations(members, rules), survival_by_benefit(members, rules.landmark_day)]
    rows = benefit_and_response(members) + prior_treatment(members) + safety(adverse)
    return {
        "explanation": EXPLANATION.frame(explanations(cases_of(members))),
        "associations": ASSOCIATIONS.frame(associations(subjects_of(members), pathways=["MAPK", "PI3K"])),
        "endpoints": ENDPOINTS.frame(rows + [row for found, _ in curves for row in found]),
        "survival": SURVIVAL.frame(row for _, steps in curves for row in steps),
        "copies": COPIES.frame(copies_and_benefit(members, COHORT.target, rules.copy_number_cuts)),
        "sensitivity": SENSITIVITY.frame(
            sensitivity_counts(members, choices_of(members), lenient_days=LENIENT)
        ),
        "two_stage": TWO_STAGE.frame(
            two_stage_quantities(members, rules.two_stage, order="start of treatment")
        ),
        "adverse_events": adverse,
    }


@pytest.mark.parametrize("seed", range(12))
def test_the_patients_behind_each_number_are_as_many_as_it_says(
    seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    random = Random(seed)
    members = [a_member(number, random) for number in range(random.choice((1, 5, 27)))]
    events = events_of(members, random)
    joined = Joined(
        members,
        events=patients_by_term(events),
        choices=members_under(members, choices_of(members), lenient_days=LENIENT),
        landmark_day=COHORT.endpoints.landmark_day,
        design=COHORT.endpoints.two_stage,
    )
    clicked = 0
    with caplog.at_level(logging.WARNING):
        for name, frame in tables_of(members, events).items():
            for row in rows_of(frame):
                who = who_is_counted(TABLES[name], row, joined)
                for column in COUNTS.get(name, ()):
                    assert len(who[column]) == (row[column] or 0), (name, column, row)
                if name == "endpoints" and not row["statistic"].startswith("hazard ratio"):
                    assert len(who["n"]) == row["n"]
                clicked += sum(map(bool, who.values()))
    assert caplog.messages == []
    assert clicked > 20


def test_a_number_with_other_patients_than_it_says_stays_plain(caplog: pytest.LogCaptureFixture) -> None:
    member = a_member(0, Random(1))
    row = {"term": "any", "patients": 2, "any_grade": 1}
    with caplog.at_level(logging.WARNING):
        found = who_is_counted(
            TABLES["adverse_events"], row, Joined([member], events={"any": {"any_grade": ["P00"]}})
        )
    assert found == {"any_grade": ("P00",)}
    assert "column patients counts 2, its patients are 1" in caplog.text


def test_a_cell_keeps_its_patients_though_empty_columns_are_left_out() -> None:
    table = TABLES["survival"]
    rows = rows_of(
        table.from_rows([{"endpoint": "pfs", "group": "all", "time": 5.0, "at_risk": 2, "censored": 1}])
    )
    grid = lay_out(table, rows, [{"at_risk": ("A", "B"), "censored": ("B",), "events": ()}])
    assert [name for name, _ in grid.headers] == ["endpoint", "group", "time", "at risk", "censored"]
    assert dict(grid.who) == {(0, 3): ("A", "B"), (0, 4): ("B",)}


def test_patients_are_written_as_bits_in_the_order_of_the_page() -> None:
    numbers = WrittenOnce(["C", "A", "B"])
    places = [numbers.place(who) for who in (["C"], ["B", "A"], ["B", "B"], ["A", "B"], ["C"])]
    assert places == [0, 1, 2, 1, 0]
    assert numbers.sets == ["1", "6", "4"]
    assert set(BEHIND) <= {table.name for table in TABLES.values()}
