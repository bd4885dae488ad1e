"""Rows of the endpoints on hand-made patients: who counts at the landmark, and which adverse events a row counts."""

from __future__ import annotations

import pytest

from refractor.outcomes.adverse import adverse_event_terms
from refractor.outcomes.endpoints import benefit_and_response, durations, safety
from refractor.outcomes.members import Member
from refractor.outcomes.survival_by_benefit import survival_by_benefit
from refractor.outcomes.two_stage_rows import two_stage_quantities
from refractor.results.analysis_tables import TWO_STAGE
from refractor.results.cohort_tables import ADVERSE_EVENTS
from refractor.settings.endpoint_rules import Design, EndpointSettings
from refractor.sheets import AdverseEventRow
from refractor.statistics.two_stage import umvue
from refractor.vocabulary import Eligibility


def member(patient: str, benefit: bool | None, days: float, **cells: object) -> Member:
    """A patient whose progression and death fall on one day; evaluable unless said."""
    values: dict[str, object] = {
        "evaluable": True, "not_evaluable_reason": None, "benefit_day": None, "best_response": None,
        "response_confirmed": None, "assessable": True, "eligibility": Eligibility.CONFIRMED,
        "candidates": frozenset(), "copies": None, "copies_over_ploidy": None,
        "durations": {"pfs": (days, 1), "os": (days, 1)}, "lenient_benefit": None,
    }  # fmt: skip
    return Member(patient=patient, benefit=benefit, **(values | cells))  # type: ignore[arg-type]


def at_the_landmark(*members: Member) -> dict[str, int | None]:
    """Patients of each row of overall survival from day 112 on."""
    rows, _ = survival_by_benefit(members, 112)
    found = {row.statistic: row.n for row in rows if row.endpoint == "overall survival"}
    assert len(found) == 6  # medians in days and months, the hazard ratio and the log-rank test
    return {
        "benefit": found["median from the landmark, days, benefit shown by then"],
        "no benefit": found["median from the landmark, days, not yet shown"],
        "compared": found["log-rank p from the landmark, benefit shown by then against not yet shown"],
    }


PAIR = (member("A", True, 300, benefit_day=100), member("B", False, 200))


@pytest.mark.parametrize(
    ("third", "counts"),
    [
        (member("C", True, 250, benefit_day=100), (2, 1)),
        (member("C", False, 250), (1, 2)),
        # each differs from one of these two in one thing
        (member("C", True, 250, benefit_day=100, evaluable=False), (1, 1)),
        (member("C", False, 250, evaluable=False), (1, 1)),
        (member("C", None, 250), (1, 2)),  # still open: not yet shown
        (member("C", True, 250, benefit_day=100, durations={"pfs": (250, 1)}), (1, 1)),
        (member("C", True, 112, benefit_day=100), (1, 1)),  # the event on the landmark day itself
        (member("C", True, 113, benefit_day=100), (2, 1)),
        (member("C", True, 250, benefit_day=112), (2, 1)),  # benefit on the landmark day is known by it
        (member("C", True, 250, benefit_day=113), (1, 2)),
        (member("C", True, 250, benefit_day=None), (2, 1)),  # only stated: the final value
    ],
)
def test_who_counts_from_the_landmark_on(third: Member, counts: tuple[int, int]) -> None:
    benefit, none = counts
    assert at_the_landmark(*PAIR, third) == {
        "benefit": benefit,
        "no benefit": none,
        "compared": benefit + none,
    }


def test_who_counts_for_the_shares_and_the_durations() -> None:
    members = [
        member("A", True, 300, best_response="PR", response_confirmed=True),
        member("B", True, 200, best_response="PR", response_confirmed=False),
        member("C", False, 100, best_response="PD"),
        member("D", None, 50),
        member("E", True, 400, best_response="PR", evaluable=False, not_evaluable_reason="withdrew"),
    ]
    shares = {(row.endpoint, row.statistic): (row.events, row.n) for row in benefit_and_response(members)}
    assert shares == {
        ("clinical benefit", "proportion"): (2, 3),
        ("clinical benefit", "one-sided lower bound"): (2, 3),
        ("clinical benefit", "proportion, intention to treat"): (2, 5),
        ("objective response", "proportion"): (1, 3),  # B is not confirmed
        ("objective response", "one-sided lower bound"): (1, 3),
        ("objective response", "proportion, intention to treat"): (1, 5),
        ("stable disease with benefit", "proportion"): (1, 3),
        ("evaluable", "proportion"): (4, 5),
    }
    rows, _ = durations(members, EndpointSettings(landmark_days=(112,)))
    medians = {row.endpoint: row.n for row in rows if row.statistic == "median"}
    assert medians == {
        "progression-free survival": 4,
        "overall survival": 4,
        "duration of response": 0,
        "duration of clinical benefit": 2,
    }


def test_each_row_of_adverse_events_counts_its_own() -> None:
    def event(patient: str, grade: int, related: str, serious: str) -> AdverseEventRow:
        return AdverseEventRow(2, patient, "Diarrhoea", grade, related, serious)

    events = [
        event("A", 1, "yes", "no"),
        event("B", 3, "no", "no"),
        event("C", 4, "no", "yes"),
        event("D", 3, "yes", "no"),
        event("E", 2, "yes", "yes"),
        event("F", 3, "no", "yes"),
        event("F", 2, "yes", "no"),  # what is related is not severe, what is severe not related
    ]
    rows = safety(ADVERSE_EVENTS.frame(adverse_event_terms(events, patients=10)))
    assert [(row.statistic, row.events, row.n) for row in rows] == [
        ("any grade", 6, 10),
        ("any grade, related", 4, 10),
        ("grade 3 or more", 4, 10),
        ("grade 3 or more, related", 1, 10),
        ("serious", 3, 10),
    ]
    assert safety(ADVERSE_EVENTS.frame(adverse_event_terms([], patients=10))) == []


def test_adverse_events_by_grade_and_relation() -> None:
    """A: related 1 and 3; B: 4 not related, 2 related; C: 2 of which nobody says the relation."""
    events = [
        AdverseEventRow(2, patient, "Rash", grade, related)
        for patient, grade, related in (
            ("A", 1, "yes"),
            ("A", 3, "yes"),
            ("B", 4, "no"),
            ("B", 2, "yes"),
            ("C", 2, None),
        )
    ]
    row = ADVERSE_EVENTS.frame(adverse_event_terms(events, patients=5)).set_index("term").loc["Rash"]
    assert [row[f"grade_{grade}"] for grade in range(1, 6)] == [0, 1, 1, 1, 0]
    assert [row[f"related_grade_{grade}"] for grade in range(1, 6)] == [0, 1, 1, 0, 0]
    assert (row["related_any_grade"], row["related_grade_3_or_more"], row["relation_unknown"]) == (2, 1, 1)


@pytest.mark.parametrize(
    ("enrolled", "said"), [(21, "under-enrolled: 21"), (24, None), (27, "over-enrolled: 27")]
)
def test_a_design_is_estimated_as_it_was_run(enrolled: int, said: str | None) -> None:
    """8 patients of the first stage and 1 benefit to go on; 9 of all have benefit."""
    members = [member(f"P{number:02d}", number < 9, 100) for number in range(enrolled)]
    table = TWO_STAGE.frame(two_stage_quantities(members, Design(), order="test")).set_index("quantity")
    rows = table[table["method"].str.contains("as run")]
    if said is None:
        assert rows.empty
        assert table.loc["clinical benefit, UMVUE", "value"] == pytest.approx(umvue(Design(), 9))
        return
    assert rows["method"].str.contains(said).all()
    value = table.loc["clinical benefit, as run, UMVUE", "value"]
    assert value == pytest.approx(umvue(Design(n=enrolled), 9))
    assert table.loc["clinical benefit, as run, naive", "value"] == pytest.approx(9 / enrolled)


def test_a_response_that_the_sheets_do_not_give_is_no_zero() -> None:
    """Benefit is stated of four, the best response of none, then of one."""
    untold = [member(str(i), i < 2, 200) for i in range(4)]
    rows = {(row.endpoint, row.statistic): row for row in benefit_and_response(untold)}
    benefit = rows["clinical benefit", "proportion"]
    assert (benefit.events, benefit.n, benefit.estimate) == (2, 4, 0.5)
    for statistic in ("proportion", "one-sided lower bound", "proportion, intention to treat"):
        response = rows["objective response", statistic]
        assert (response.estimate, response.events, response.low) == (None, None, None)
        assert "not estimated: the sheets do not say it of 2 of them" in str(response.method)
    told = [member("A", True, 200, best_response="PR", response_confirmed=True), *untold[1:]]
    response = {(row.endpoint, row.statistic): row for row in benefit_and_response(told)}[
        "objective response", "proportion"
    ]
    assert (response.events, response.n, response.estimate) == (1, 4, 0.25)
    assert "1 of whom the sheets do not say it counted as none" in str(response.method)
