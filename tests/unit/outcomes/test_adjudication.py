"""Which outcome counts, where sheet and assessments disagree, and adverse events by grade."""

from __future__ import annotations

import pytest

from refractor.outcomes.adjudication import (
    AdjudicatedOutcome,
    adjudicate,
    adjudicate_outcomes,
    stated_outcome,
)
from refractor.outcomes.adverse import adverse_event_terms
from refractor.outcomes.outcome_review import disagreements, responses_without_assessment, unassessed
from refractor.outcomes.recist import Recorded
from refractor.outcomes.recist_outcome import FollowUp
from refractor.results.cohort_tables import ADVERSE_EVENTS
from refractor.settings.endpoint_rules import EndpointSettings, OutcomeSource, WhoDecides
from refractor.sheets import AdverseEventRow, AssessmentRow, PatientRow

RULES, KEPT = EndpointSettings(), Recorded()
SUMS_ALONE = Recorded(new_lesions=False, non_targets=False)


def assessments(*scans: tuple[int, float | None]) -> list[AssessmentRow]:
    return [
        AssessmentRow(line, patient="P", day=day, target_sum_mm=total)
        for line, (day, total) in enumerate(scans, start=2)
    ]


def adjudicated(
    cells: dict[str, object],
    *scans: tuple[int, float | None],
    rules: EndpointSettings = RULES,
    recorded: Recorded | None = KEPT,
    cutoff_day: float | None = None,
) -> AdjudicatedOutcome:
    """By default of a sheet that keeps columns for new and non-target lesions."""
    patient = PatientRow(2, patient="P", **cells)  # type: ignore[arg-type]
    return adjudicate(patient, assessments(*scans), rules=rules, recorded=recorded, cutoff_day=cutoff_day)


RESPONDER = ((0, 100.0), (56, 60.0), (112, 60.0), (168, 80.0))


def test_without_assessments_the_sheet_counts() -> None:
    one = adjudicated({"best_response": "PR", "response_confirmed": "yes", "clinical_benefit": "yes", "pfs_days": 200.0,
                   "pfs_event": 1})  # fmt: skip
    assert (one.source, one.outcome.clinical_benefit, one.outcome.pfs_days) == ("sheet", True, 200)
    assert (one.derived, one.flips, list(disagreements([one], RULES))) == (None, False, [])


def test_with_assessments_the_derived_outcome_counts() -> None:
    one = adjudicated({}, *RESPONDER)
    assert (one.source, one.outcome.best_response, one.outcome.clinical_benefit) == (
        "assessments",
        "PR",
        True,
    )
    assert (one.outcome.pfs_days, one.outcome.pfs_event, one.outcome.duration_of_response_days) == (
        168,
        1,
        112,
    )


def test_every_disagreement_has_both_values() -> None:
    stated = {
        "best_response": "SD",
        "clinical_benefit": "no",
        "pfs_days": 160.0,
        "pfs_event": 0,
        "evaluable": "yes",
    }
    rows = list(disagreements([adjudicated(stated, *RESPONDER)], RULES))
    assert [(row.quantity, row.stated, row.derived, row.used) for row in rows] == [
        ("best_response", "SD", "PR", "PR"),
        ("clinical_benefit", "no", "yes", "yes"),
        ("pfs_days", "160", "168", "168"),
        ("pfs_event", "0", "1", "1"),
    ]
    assert rows[1].note == "PR on day 56, confirmed on day 112"


def test_the_sheet_may_win_by_setting() -> None:
    stated = {"best_response": "SD", "clinical_benefit": "no", "pfs_days": 160.0, "pfs_event": 0}
    rules = EndpointSettings(outcomes_from=OutcomeSource.SHEET)
    one = adjudicated(stated, *RESPONDER, rules=rules)
    assert (one.source, one.outcome.clinical_benefit, one.outcome.pfs_days) == ("sheet", False, 160)
    assert {row.used for row in disagreements([one], rules)} == {"SD", "no", "160", "0"}


@pytest.mark.parametrize(("stated", "disagree"), [(168.0, 0), (167.0, 0), (169.0, 0), (166.0, 1), (170.0, 1)])
def test_durations_agree_within_a_day(stated: float, disagree: int) -> None:
    one = adjudicated({"pfs_days": stated, "pfs_event": 1}, *RESPONDER)
    assert len(list(disagreements([one], RULES))) == disagree


@pytest.mark.parametrize(
    ("day", "strict", "lenient"),
    [(112, True, True), (111, False, True), (105, False, True), (104, False, False)],
)
def test_benefit_that_hangs_on_the_window_is_listed(day: int, strict: bool, lenient: bool) -> None:
    one = adjudicated({}, (0, 100), (day, 100), (day + 30, 130))
    assert (one.outcome.clinical_benefit, one.lenient_benefit) == (strict, lenient)
    rows = [row for row in disagreements([one], RULES) if row.kind == "window"]
    assert len(rows) == (strict is not lenient)
    if rows:
        assert (rows[0].used, rows[0].derived) == ("no", "yes")
        assert rows[0].note == "no under the strict window, yes with 7 days less"


def test_a_stated_response_against_the_measurement() -> None:
    row = AssessmentRow(3, patient="P", day=56, target_sum_mm=65.0, response="SD")
    one = adjudicate(PatientRow(2, patient="P"), [*assessments((0, 100)), row], rules=RULES)
    [found] = disagreements([one], RULES)
    assert (found.kind, found.stated, found.derived) == ("assessment", "SD", "PR")


def test_what_cannot_be_derived_is_taken_from_the_sheet() -> None:
    one = adjudicated({"clinical_benefit": "no", "best_response": "SD"}, (0, 100), (56, 100))
    assert one.derived is not None
    assert one.derived.clinical_benefit is None  # followed for 56 days only
    assert (one.outcome.clinical_benefit, one.outcome.best_response) == (False, "SD")


@pytest.mark.parametrize(("stated", "confirmed"), [("yes", True), ("no", False), (None, None)])
def test_a_confirmation_that_no_scan_speaks_of_is_taken_from_the_sheet(
    stated: str | None, confirmed: bool | None
) -> None:
    one = adjudicated({"response_confirmed": stated}, (0, 100), (56, 100))  # stable: no response to confirm
    assert one.derived is not None
    assert one.derived.response_confirmed is None
    assert (one.source, one.outcome.response_confirmed) == ("assessments", confirmed)


def test_a_confirmation_that_the_scans_deny_is_not_taken_from_the_sheet() -> None:
    one = adjudicated({"response_confirmed": "yes"}, (0, 100), (56, 60), (83, 60))  # 27 days apart
    assert one.outcome.response_confirmed is False


def test_without_a_baseline_the_sheet_counts_and_both_are_shown() -> None:
    cells: dict[str, object] = {
        "best_response": "PD",
        "clinical_benefit": "no",
        "pfs_days": 58.0,
        "pfs_event": 1,
    }
    cells |= {"os_days": 171.0, "os_event": 1}
    one = adjudicated(cells, (56, 30))
    assert (one.source, one.outcome.best_response, one.outcome.pfs_days) == ("sheet", "PD", 58)
    [row] = [row for row in disagreements([one], RULES) if row.quantity == "pfs_days"]
    assert (row.stated, row.derived, row.used) == ("58", "171", "58")
    measured = adjudicated(cells, (0, 30), (56, None))  # a baseline, but no scan was evaluable
    assert (measured.source, measured.outcome.best_response, measured.outcome.pfs_days) == (
        "assessments",
        "PD",
        58,
    )
    silent = adjudicated({"os_days": 171.0, "os_event": 1}, (56, 30))
    assert (silent.source, silent.outcome.clinical_benefit) == ("assessments", False)


@pytest.mark.parametrize(
    ("cells", "stated"),
    [({"response": "PD"}, "PD"), ({"new_lesion": "yes"}, "PD"), ({"non_target": "PD"}, "PD"), ({"response": "NE"}, None)],
)  # fmt: skip
def test_a_response_on_the_day_treatment_starts_is_shown_and_does_not_count(
    cells: dict[str, str], stated: str | None
) -> None:
    row = AssessmentRow(2, patient="P", day=0, target_sum_mm=100.0, **cells)  # type: ignore[arg-type]
    one = adjudicate(PatientRow(2, patient="P"), [row, *assessments((56, 100.0), (112, 100.0))], rules=RULES)
    assert (one.outcome.best_response, one.outcome.clinical_benefit) == ("SD", True)
    found = [(row.quantity, row.stated) for row in disagreements([one], RULES)]
    assert found == ([] if stated is None else [("response on day 0", stated)])


@pytest.mark.parametrize(
    ("cells", "pfs", "response"),
    [
        # scans on days 56 and 84 only, PR confirmed from day 56 on; death on day 512 would end it
        ({"pfs_days": 343.0, "pfs_event": 1, "os_days": 512.0, "os_event": 1}, (343, 1), (287, 1)),
        ({"pfs_days": 343.0, "pfs_event": 1}, (343, 1), (287, 1)),  # alive: not censored on day 84
        ({"pfs_days": 343.0, "pfs_event": 0, "os_days": 512.0, "os_event": 1}, (512, 1), (456, 1)),
        ({"pfs_days": 84.0, "pfs_event": 1}, (84, 0), (28, 0)),  # the scan of that day shows a response
        ({"pfs_days": 343.0, "pfs_event": 1, "new_therapy_day": 300}, (84, 0), (28, 0)),
        ({"pfs_days": 343.0, "pfs_event": 1, "new_therapy_day": 342}, (84, 0), (28, 0)),
        (
            {"pfs_days": 343.0, "pfs_event": 1, "new_therapy_day": 343},
            (343, 1),
            (287, 1),
        ),  # on the day itself
        ({"pfs_days": 85.0, "pfs_event": 1}, (85, 1), (29, 1)),  # the day after the last scan
    ],
)
def test_a_progression_that_no_scan_shows(
    cells: dict[str, object], pfs: tuple[int, int], response: tuple[int, int]
) -> None:
    one = adjudicated(cells, (0, 50), (56, 30), (84, 30))
    outcome = one.outcome
    assert (one.source, outcome.pfs_days, outcome.pfs_event) == ("assessments", *pfs)
    assert (outcome.duration_of_response_days, outcome.duration_of_response_event) == response


@pytest.mark.parametrize(("day", "pfs"), [(210.0, (210, 1)), (211.0, (84, 0))])
def test_a_progression_that_no_scan_shows_within_the_gap(day: float, pfs: tuple[int, int]) -> None:
    """126 days after the last scan, on day 84, and one more."""
    patient = PatientRow(2, patient="P", pfs_days=day, pfs_event=1)
    rules = EndpointSettings(progression_gap_days=126)
    one = adjudicate(patient, assessments((0, 50), (56, 30), (84, 30)), rules=rules)
    assert (one.outcome.pfs_days, one.outcome.pfs_event) == pfs


def test_a_progression_that_no_scan_shows_by_setting() -> None:
    cells: dict[str, object] = {"pfs_days": 343.0, "pfs_event": 1, "os_days": 512.0, "os_event": 1}
    one = adjudicated(
        cells, (0, 50), (56, 30), (84, 30), rules=EndpointSettings(stated_progression_counts=False)
    )
    assert (one.outcome.pfs_days, one.outcome.duration_of_response_days) == (512, 456)
    shown = adjudicated(cells, (0, 50), (56, 30), (84, 30))
    [row] = [row for row in disagreements([shown], RULES) if row.quantity == "pfs_days"]
    assert (row.stated, row.derived, row.used) == ("343", "512", "343")
    seen = adjudicated(cells | {"pfs_days": 90.0}, (0, 50), (56, 30), (84, 30), (112, 30))
    assert seen.outcome.pfs_days == 512  # a later scan contradicts the sheet


@pytest.mark.parametrize(
    ("stated_day", "last", "pfs", "benefit"),
    [
        (112.0, None, (112, 1), False),  # the sheet keeps new lesions, and nobody filled it in of this scan
        (113.0, None, (112, 1), False),  # the same, days counted from 1: of the day of the scan
        (114.0, None, (114, 1), True),  # clinical, after a scan that still stood
        (112.0, "no", (112, 0), True),  # the scan says that there is no new lesion
        (113.0, "no", (113, 1), True),
    ],
)
def test_an_empty_cell_says_nothing_of_new_lesions(
    stated_day: float, last: str | None, pfs: tuple[int, int], benefit: bool
) -> None:
    patient = PatientRow(2, patient="P", pfs_days=stated_day, pfs_event=1)
    rows = [
        AssessmentRow(2, patient="P", day=0, target_sum_mm=100.0),
        AssessmentRow(3, patient="P", day=56, target_sum_mm=95.0, new_lesion="no"),
        AssessmentRow(4, patient="P", day=112, target_sum_mm=95.0, new_lesion=last),
    ]
    kept = Recorded(only_ticks=False)
    outcome = adjudicate(patient, rows, rules=RULES, recorded=kept).outcome
    assert (outcome.pfs_days, outcome.pfs_event, outcome.clinical_benefit) == (*pfs, benefit)


def test_a_response_without_its_sum_is_not_refuted_by_the_missing_sum() -> None:
    rows = [
        AssessmentRow(2, patient="P", day=0, target_sum_mm=100.0, non_target="NON_CR_NON_PD"),
        AssessmentRow(3, patient="P", day=56, response="PR", non_target="NON_CR_NON_PD"),
        AssessmentRow(4, patient="P", day=112, response="PR", non_target="NON_CR_NON_PD"),
    ]
    for decides in WhoDecides:
        rules = EndpointSettings(who_decides=decides)
        outcome = adjudicate(PatientRow(2, patient="P"), rows, rules=rules).outcome
        assert (outcome.best_response, outcome.clinical_benefit) == ("PR", True)


def test_a_response_without_assessment_is_questioned() -> None:
    cells: tuple[dict[str, str], ...] = (
        {"best_response": "PR"},
        {"best_response": "PD"},
        {"best_response": "SD"},
    )
    patients = [PatientRow(2 + i, patient=f"P{i}", **cell) for i, cell in enumerate(cells)]  # type: ignore[arg-type]
    scans = [AssessmentRow(2 + i, patient="P2", day=day, target_sum_mm=50.0) for i, day in enumerate((0, 56))]
    of_all = adjudicate_outcomes(patients, scans, rules=RULES).values()
    assert [one.patient for one in unassessed(of_all)] == ["P0"]  # progression may be clinical, P2 has a scan
    [row] = responses_without_assessment(of_all)
    assert (row.quantity, row.stated, row.used) == ("best_response", "PR", "PR")
    assert unassessed(adjudicate_outcomes(patients, [], rules=RULES).values()) == []


def test_evaluable_is_what_the_sheet_says() -> None:
    one = adjudicated({"evaluable": "no", "not_evaluable_reason": "one infusion"}, *RESPONDER)
    assert (one.outcome.evaluable, one.outcome.not_evaluable_reason) == (False, "one infusion")
    [row] = [row for row in disagreements([one], RULES) if row.quantity == "evaluable"]
    assert (row.stated, row.derived, row.used) == ("no", "yes", "no")


def test_a_baseline_alone_and_a_death() -> None:
    one = adjudicated({"os_days": 25.0, "os_event": 1}, (0, 100))
    assert (one.source, one.outcome.clinical_benefit, one.outcome.pfs_days) == ("assessments", False, 25)
    unseen = adjudicated(
        {"os_days": 25.0, "os_event": 1}, recorded=None
    )  # no assessments are kept: nothing is derived of a death
    assert (unseen.source, unseen.derived, unseen.outcome.clinical_benefit) == ("none", None, None)
    silent = adjudicated({}, (0, 100))
    assert (silent.source, silent.outcome.evaluable, silent.outcome.clinical_benefit) == ("none", False, None)


@pytest.mark.parametrize(
    ("cells", "benefit", "evaluable"),
    [
        ({"best_response": "PD"}, False, True),
        ({"best_response": "CR", "response_confirmed": "yes"}, True, True),
        ({"best_response": "PR"}, None, True),  # confirmed? it is not said
        ({"best_response": "SD"}, None, True),  # how long? it is not said
        ({"best_response": "NE"}, None, False),
        ({}, None, False),
        ({"clinical_benefit": "no", "evaluable": "no"}, False, False),
    ],
)
def test_what_follows_from_the_sheet(cells: dict[str, object], benefit: bool | None, evaluable: bool) -> None:
    outcome = stated_outcome(PatientRow(2, patient="P", **cells), RULES, FollowUp())  # type: ignore[arg-type]
    assert (outcome.clinical_benefit, outcome.evaluable) == (benefit, evaluable)


def test_each_patient_has_its_own_assessments() -> None:
    patients = [PatientRow(2, patient="A"), PatientRow(3, patient="B")]
    rows = [
        AssessmentRow(2, patient="B", day=0, target_sum_mm=100.0),
        AssessmentRow(3, patient="B", day=40, new_lesion="yes"),
    ]
    made = adjudicate_outcomes(patients, rows, rules=RULES)
    assert (made["A"].source, made["B"].outcome.best_response) == ("none", "PD")


def test_adverse_events_count_patients_by_worst_grade() -> None:
    def event(
        patient: str, term: str, grade: int, related: str = "yes", serious: str = "no"
    ) -> AdverseEventRow:
        return AdverseEventRow(2, patient, term, grade, related, serious)

    events = [event("A", "Diarrhoea", 1), event("A", "diarrhoea", 3), event("B", "Diarrhoea", 2),
              event("B", "Fever", 4, related="no", serious="yes")]  # fmt: skip
    table = ADVERSE_EVENTS.frame(adverse_event_terms(events, patients=4))
    assert table["term"].tolist() == ["any", "Diarrhoea", "Fever"]
    everything, diarrhoea, fever = (row for _, row in table.iterrows())
    assert (diarrhoea["grade_1"], diarrhoea["grade_2"], diarrhoea["grade_3"]) == (0, 1, 1)
    assert (
        everything["any_grade"],
        everything["grade_3_or_more"],
        everything["related_grade_3_or_more"],
    ) == (2, 2, 1)
    assert (fever["serious"], fever["share"]) == (1, 0.25)
    assert ADVERSE_EVENTS.frame(adverse_event_terms([], patients=4)).empty
