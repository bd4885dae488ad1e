"""RECIST 1.1 on hand-made histories: every rule, and both sides of each boundary.

A history is written as `day:sum` with marks: N non-target NON_CR_NON_PD, C non-target CR, P non-target PD, E non-target
NE, + new lesion, `?` sum not measured, =XX response as stated. Day 0 and before is the baseline.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refractor.outcomes.recist import Ends, assess_responses
from refractor.outcomes.recist_outcome import FollowUp, derive_outcome
from refractor.settings.endpoint_rules import EndpointSettings
from refractor.sheets import AssessmentRow, PatientRow

NON_TARGET = {"N": "NON_CR_NON_PD", "C": "CR", "P": "PD", "E": "NE"}


def history(text: str) -> list[AssessmentRow]:
    rows = []
    for line, part in enumerate(text.split(), start=2):
        match = re.fullmatch(r"(-?\d+):([\d.]+|\?)([NCPE]?)(\+?)(?:=(\w\w))?", part)
        assert match is not None, part
        day, total, non_target, new, stated = match.groups()
        rows.append(
            AssessmentRow(
                line, patient="P", day=int(day), target_sum_mm=None if total == "?" else float(total),
                non_target=NON_TARGET.get(non_target), new_lesion="yes" if new else None, response=stated,
            )
        )  # fmt: skip
    return rows


# name: history, {patient's cells}, {rules}, responses, best, confirmed, benefit, PFS (day, event), DoR (days, event)
HISTORIES = {
    # what one assessment is
    "30 % less is a partial response": ("0:100 56:70 84:70", {}, {}, "PR PR", "PR", True, True, (84, 0), (28, 0)),
    "29 % less is stable": ("0:100 56:71 120:71", {}, {}, "SD SD", "SD", None, True, (120, 0), None),
    "20 % and 5 mm more is progression": ("0:25 56:30", {}, {}, "PD", "PD", None, False, (56, 1), None),
    "20 % but under 5 mm is stable": ("0:20 56:24 112:24.9", {}, {}, "SD SD", "SD", None, True, (112, 0), None),
    "5 mm but under 20 % is stable": ("0:100 56:119 112:119", {}, {}, "SD SD", "SD", None, True, (112, 0), None),
    "exactly 20 % of 50 mm is progression": ("0:50 56:60", {}, {}, "PD", "PD", None, False, (56, 1), None),
    "exactly 5 mm is progression": ("0:20 56:25", {}, {}, "PD", "PD", None, False, (56, 1), None),
    "progression counts from the nadir": (
        "0:100 42:50 84:60", {}, {}, "PR PD", "SD", False, False, (84, 1), None,
    ),
    "the nadir may be the baseline": ("0:100 42:121", {}, {}, "PD", "PD", None, False, (42, 1), None),
    "the nadir is not the last sum": (
        "0:100 42:60 84:65 126:73", {}, {}, "PR PR PD", "PR", True, True, (126, 1), (84, 1),
    ),
    "progression beats a sum still 30 % below baseline": (
        "0:100 42:40 84:48", {}, {}, "PR PD", "SD", False, False, (84, 1), None,
    ),
    "a new lesion is progression whatever the sum": ("0:100 56:40+", {}, {}, "PD", "PD", None, False, (56, 1), None),
    "unequivocal non-target progression": ("0:100N 56:40P", {}, {}, "PD", "PD", None, False, (56, 1), None),
    "all gone is complete": ("0:80 56:0 84:0", {}, {}, "CR CR", "CR", True, True, (84, 0), (28, 0)),
    "all gone stays complete without a least rise in mm": (
        "0:80 56:0 84:0", {}, {"pd_increase_mm": 0.0}, "CR CR", "CR", True, True, (84, 0), (28, 0),
    ),
    "no targets at baseline, a sum where there was none": ("0:0N 56:12C", {}, {}, "NE", "NE", None, None, (0, 0), None),
    "all gone with non-target gone": ("0:80N 56:0C 84:0C", {}, {}, "CR CR", "CR", True, True, (84, 0), (28, 0)),
    "all gone but non-target left is partial": (
        "0:80N 56:0N 84:0N", {}, {}, "PR PR", "PR", True, True, (84, 0), (28, 0),
    ),
    "all gone but non-target not evaluated is partial": (
        "0:80N 56:0E 84:0", {}, {}, "PR PR", "PR", True, True, (84, 0), (28, 0),
    ),
    "targets not all assessed are not evaluable": ("0:80 56:?N", {}, {}, "NE", "NE", None, None, (0, 0), None),
    "not all assessed but a new lesion": ("0:80 56:?+", {}, {}, "PD", "PD", None, False, (56, 1), None),
    "reappearance after complete response": ("0:80 42:0 70:0 98:6", {}, {}, "CR CR PD", "CR", True, True, (98, 1), (56, 1)),
    "no targets, non-target neither gone nor worse": (
        "0:0N 56:0N 112:0N", {}, {}, "SD SD", "SD", None, True, (112, 0), None,
    ),
    "no targets, non-target gone": ("0:0N 56:0C 84:0C", {}, {}, "CR CR", "CR", True, True, (84, 0), (28, 0)),
    "nothing measured, response as stated": ("0:80 56:?=SD 112:?=SD", {}, {}, "SD SD", "SD", None, True, (112, 0), None),
    "clinical progression as stated": ("0:80 40:?=PD", {}, {}, "PD", "PD", None, False, (40, 1), None),
    "no baseline sum": ("56:70 112:70", {}, {}, "NE NE", "NE", None, None, (0, 0), None),
    "no baseline sum, non-target disease standing": (
        "56:50N 112:40N", {}, {}, "NE NE", "NE", None, None, (0, 0), None,
    ),
    "no sum anywhere, response as stated beside non-target disease": (
        "0:?N 56:?N=PR 84:?N=PR", {}, {}, "PR PR", "PR", True, True, (84, 0), (28, 0),
    ),
    "no sum anywhere, stated response against non-target progression": (
        "0:?N 56:?P=SD", {}, {}, "PD", "PD", None, False, (56, 1), None,
    ),
    "no sum anywhere, non-target disease standing": (
        "0:?N 56:?N 112:?N", {}, {}, "SD SD", "SD", None, True, (112, 0), None,
    ),
    "the baseline is the last before treatment": ("-40:50 -7:100 56:70 84:70", {}, {}, "PR PR", "PR", True, True, (84, 0), (28, 0)),
    "a baseline on day 5 by setting": (
        "5:100 61:70 89:70", {}, {"baseline_latest_day": 7}, "PR PR", "PR", True, True, (89, 0), (28, 0),
    ),
    # confirmation
    "confirmed after 28 days": ("0:100 42:60 70:60 90:80", {}, {}, "PR PR PD", "PR", True, True, (90, 1), (48, 1)),
    "not confirmed after 27 days": ("0:100 42:60 69:60 90:80", {}, {}, "PR PR PD", "SD", False, False, (90, 1), None),
    "a third scan confirms the first": (
        "0:100 42:60 60:60 70:60", {}, {}, "PR PR PR", "PR", True, True, (70, 0), (28, 0),
    ),
    "one missing assessment between": (
        "0:100 42:60 56:? 70:60", {}, {}, "PR NE PR", "PR", True, True, (70, 0), (28, 0),
    ),
    "two missing assessments between": (
        "0:100 42:60 56:? 63:? 70:60 80:75", {}, {}, "PR NE NE PR PD", "SD", False, False, (80, 1), None,
    ),
    "two missing allowed by setting": (
        "0:100 42:60 56:? 63:? 70:60", {}, {"confirmation_missing_allowed": 2}, "PR NE NE PR", "PR", True, True,
        (70, 0), (28, 0),
    ),
    "stable between does not confirm": (
        "0:100 42:68 63:75 84:68 90:90", {}, {}, "PR SD PR PD", "SD", False, False, (90, 1), None,
    ),
    "stable between confirms by setting": (
        "0:100 42:68 63:75 84:68", {}, {"confirmation_stable_allowed": True}, "PR SD PR", "PR", True, True,
        (84, 0), (42, 0),
    ),
    "disease seen again after complete response is progression, though 3 mm": (
        "0:100 42:0 70:3 98:3", {}, {}, "CR PD PD", "SD", False, False, (70, 1), None,
    ),
    "3 mm again after a confirmed complete response": (
        "0:100 42:0 70:0 98:3", {}, {}, "CR CR PD", "CR", True, True, (98, 1), (56, 1),
    ),
    "non-target disease again after complete response": (
        "0:100N 42:0C 70:0C 98:0N", {}, {}, "CR CR PD", "CR", True, True, (98, 1), (56, 1),
    ),
    "not all assessed after complete response is no progression": (
        "0:100 42:0 70:0 98:?", {}, {}, "CR CR NE", "CR", True, True, (70, 0), (28, 0),
    ),
    "complete then partial confirms a partial by setting": (
        "0:100 42:0 70:3", {}, {"reappearance_is_progression": False}, "CR PR", "PR", True, True, (70, 0), (28, 0),
    ),
    "partial then complete, later confirmed": (
        "0:100 42:60 70:0 98:0", {}, {}, "PR CR CR", "CR", True, True, (98, 0), (56, 0),
    ),
    "no confirmation asked": (
        "0:100 42:60 84:80", {}, {"confirmation_required": False}, "PR PD", "PR", False, True, (84, 1), (42, 1),
    ),
    "unconfirmed and early, then progression": (
        "0:100 41:60 60:90", {}, {}, "PR PD", "PD", False, False, (60, 1), None,
    ),
    "unconfirmed at the least duration, then progression": (
        "0:100 42:60 60:90", {}, {}, "PR PD", "SD", False, False, (60, 1), None,
    ),
    "unconfirmed response, then stable at 16 weeks": (
        "0:100 56:65 112:75", {}, {}, "PR SD", "SD", False, True, (112, 0), None,
    ),
    # stable disease and benefit
    "stable on day 112": ("0:100 56:100 112:100", {}, {}, "SD SD", "SD", None, True, (112, 0), None),
    "stable on day 111 only, then progression": (
        "0:100 56:100 111:100 150:130", {}, {}, "SD SD PD", "SD", None, False, (150, 1), None,
    ),
    "day 105 counts in a window of 7 days": (
        "0:100 105:100 150:130", {}, {"sd_window_days": 7}, "SD PD", "SD", None, True, (150, 1), None,
    ),
    "day 104 does not count in a window of 7 days": (
        "0:100 104:100 150:130", {}, {"sd_window_days": 7}, "SD PD", "SD", None, False, (150, 1), None,
    ),
    "progression on day 112": ("0:100 56:100 112:130", {}, {}, "SD PD", "SD", None, False, (112, 1), None),
    "9-week grid, progression at the second scan": (
        "0:100 63:100 126:130", {}, {}, "SD PD", "SD", None, False, (126, 1), None,
    ),
    "9-week grid, stable at the second scan": ("0:100 63:100 126:110", {}, {}, "SD SD", "SD", None, True, (126, 0), None),
    "progression, then smaller again": ("0:100 56:130 112:60 140:60", {}, {}, "PD PR PR", "PD", None, False, (56, 1), None),
    "stable before 6 weeks and then progression": ("0:100 30:100 60:130", {}, {}, "SD PD", "PD", None, False, (60, 1), None),
    "stable before 6 weeks and nothing after": ("0:100 30:100", {}, {}, "SD", "NE", None, None, (30, 0), None),
    "still followed, not yet 16 weeks": ("0:100 56:100", {}, {}, "SD", "SD", None, None, (56, 0), None),
    "missing at 16 weeks, stable later": ("0:100 56:100 112:? 140:100", {}, {}, "SD NE SD", "SD", None, True, (140, 0), None),
    "missing at 16 weeks, progression later": (
        "0:100 56:100 112:? 140:130", {}, {}, "SD NE PD", "SD", None, False, (140, 1), None,
    ),
    # progression at the first scan, death, other treatment, gaps
    "progression at the first scan": ("0:100 42:125", {}, {}, "PD", "PD", None, False, (42, 1), None),
    "death before a scan": ("0:100", {"os_days": 20.0, "os_event": 1}, {}, "", "NE", None, False, (20, 1), None),
    "death before a scan as progression by setting": (
        "0:100", {"os_days": 20.0, "os_event": 1}, {"early_death_response": "PD"}, "", "PD", None, False, (20, 1), None,
    ),
    "death before a scan not counted by setting": (
        "0:100", {"os_days": 20.0, "os_event": 1}, {"early_death_evaluable": False}, "", "NE", None, None, (20, 1), None,
    ),
    "death after stable disease": (
        "0:100 56:100", {"os_days": 90.0, "os_event": 1}, {}, "SD", "SD", None, False, (90, 1), None,
    ),
    "an assessment after death does not count": (
        "0:100 56:100 112:100", {"os_days": 100.0, "os_event": 1}, {}, "SD SD", "SD", None, False, (100, 1), None,
    ),
    "an assessment on the day of death counts": (
        "0:100 56:100 112:100", {"os_days": 112.0, "os_event": 1}, {}, "SD SD", "SD", None, True, (112, 1), None,
    ),
    "death ends the response": (
        "0:100 56:60 84:60", {"os_days": 200.0, "os_event": 1}, {}, "PR PR", "PR", True, True, (200, 1), (144, 1),
    ),
    "alive is no event": ("0:100 56:60 84:60", {"os_days": 200.0, "os_event": 0}, {}, "PR PR", "PR", True, True, (84, 0), (28, 0)),
    "another treatment stops the count": (
        "0:100 56:100 112:100", {"new_therapy_day": 80}, {}, "SD SD", "SD", None, False, (56, 0), None,
    ),
    "progression on the day of another treatment counts": (
        "0:100 56:130", {"new_therapy_day": 56}, {}, "PD", "PD", None, False, (56, 1), None,
    ),
    "another treatment is ignored by setting": (
        "0:100 56:100 112:100", {"new_therapy_day": 80}, {"new_therapy_censors": False}, "SD SD", "SD", None, True,
        (112, 0), None,
    ),
    "death after another treatment is censored": (
        "0:100 56:100", {"new_therapy_day": 80, "os_days": 300.0, "os_event": 1}, {}, "SD", "SD", None, False,
        (56, 0), None,
    ),
    "death on the day of another treatment is an event": (
        "0:100 56:100", {"new_therapy_day": 80, "os_days": 80.0, "os_event": 1}, {}, "SD", "SD", None, False,
        (80, 1), None,
    ),
    "death a day after another treatment is censored": (
        "0:100 56:100", {"new_therapy_day": 80, "os_days": 81.0, "os_event": 1}, {}, "SD", "SD", None, False,
        (56, 0), None,
    ),
    "death after another treatment counts by setting": (
        "0:100 56:100", {"new_therapy_day": 80, "os_days": 81.0, "os_event": 1}, {"new_therapy_censors": False},
        "SD", "SD", None, False, (81, 1), None,
    ),
    "progression a day after another treatment does not count": (
        "0:100 56:130", {"new_therapy_day": 55}, {}, "PD", "NE", None, None, (0, 0), None,
    ),
    "death a day beyond the gap is censored": (
        "0:100 56:100", {"os_days": 183.0, "os_event": 1}, {"progression_gap_days": 126}, "SD", "SD", None, False,
        (56, 0), None,
    ),
    "death after a long gap is censored by setting": (
        "0:100 56:100", {"os_days": 300.0, "os_event": 1}, {"progression_gap_days": 126}, "SD", "SD", None, False,
        (56, 0), None,
    ),
    "death within the gap is an event": (
        "0:100 56:100", {"os_days": 182.0, "os_event": 1}, {"progression_gap_days": 126}, "SD", "SD", None, False,
        (182, 1), None,
    ),
    "the last evaluable assessment censors, not a missing one": (
        "0:100 56:100 112:100 168:?", {}, {}, "SD SD NE", "SD", None, True, (112, 0), None,
    ),
    "assessments out of order in the sheet": ("112:100 0:100 56:100", {}, {}, "SD SD", "SD", None, True, (112, 0), None),
}  # fmt: skip


def test_there_are_enough_histories() -> None:
    assert len(HISTORIES) >= 60


@pytest.mark.parametrize("name", HISTORIES)
def test_history(name: str) -> None:
    text, cells, settings, responses, best, confirmed, benefit, pfs, response_duration = HISTORIES[name]
    rules = EndpointSettings(**settings)
    patient = PatientRow(2, patient="P", **cells)
    follow_up = FollowUp.of_patient(patient, rules)
    ends = Ends(follow_up.other_treatment, follow_up.death)
    assessed = assess_responses(history(text), rules, ends=ends)
    assert [str(one.response) for one in assessed] == responses.split()
    outcome = derive_outcome(follow_up, assessed, rules)
    assert outcome.best_response == best
    assert outcome.response_confirmed is confirmed
    assert outcome.clinical_benefit is benefit
    assert (outcome.pfs_days, outcome.pfs_event) == pfs
    duration = (outcome.duration_of_response_days, outcome.duration_of_response_event)
    assert duration == (response_duration or (None, None))


def test_benefit_is_dated() -> None:
    confirmed = assess_responses(history("0:100 42:60 70:60 112:60"), EndpointSettings())
    outcome = derive_outcome(FollowUp(), confirmed, EndpointSettings())
    assert (outcome.benefit_day, outcome.benefit_reason) == (70, "PR on day 42, confirmed on day 70")
    stable = assess_responses(history("0:100 56:100 118:100"), EndpointSettings())
    outcome = derive_outcome(FollowUp(), stable, EndpointSettings())
    assert (outcome.benefit_day, outcome.benefit_reason) == (118, "no progression on day 118")


def test_what_an_assessment_says_of_itself() -> None:
    [one, two] = assess_responses(history("0:100 56:60=SD 112:75"), EndpointSettings())
    assert (one.change_from_baseline, one.change_from_nadir, one.disagrees) == (-0.4, -0.4, True)
    assert two.change_from_nadir == pytest.approx(0.25)
    assert two.reason == "75 mm is 15 mm above the smallest sum of 60 mm"
    [late] = assess_responses(history("0:100 90:60"), EndpointSettings(), ends=Ends(other_treatment=80))
    assert not late.counted
    assert late.reason.startswith("does not count, after the start of another treatment")


def test_who_can_not_be_evaluated() -> None:
    only_missing = derive_outcome(
        FollowUp(), assess_responses(history("0:100 56:?"), EndpointSettings()), EndpointSettings()
    )
    assert (only_missing.evaluable, only_missing.not_evaluable_reason) == (
        False,
        "no evaluable assessment after the start of treatment",
    )
    rules = EndpointSettings(early_death_evaluable=False)
    died = derive_outcome(FollowUp(death=20.0), [], rules)
    assert (died.evaluable, died.not_evaluable_reason) == (False, "died before any evaluable assessment")
    early = derive_outcome(
        FollowUp(), assess_responses(history("0:100 30:100"), EndpointSettings()), EndpointSettings()
    )
    assert early.evaluable is True  # seen once, although best response is not evaluable


SUMS = st.one_of(st.integers(0, 200), st.integers(60, 115), st.none())
"""Sums after a baseline of 100 mm, one in three of them without progression; None is not measured."""
SCANS = st.lists(
    st.tuples(st.integers(1, 400), SUMS, st.sampled_from([False] * 7 + [True])),
    max_size=8, unique_by=lambda scan: scan[0],
)  # fmt: skip


def rows_of(scans: list[tuple[int, int | None, bool]]) -> list[AssessmentRow]:
    baseline = AssessmentRow(2, patient="P", day=0, target_sum_mm=100.0)
    return [baseline] + [
        AssessmentRow(3, patient="P", day=day, target_sum_mm=total, new_lesion="yes" if new else None)
        for day, total, new in scans
    ]


@settings(max_examples=150, deadline=None)
@given(SCANS, st.integers(401, 800), st.one_of(st.none(), st.integers(0, 200)))
def test_invariants(scans: list[tuple[int, int | None, bool]], later: int, total: int | None) -> None:
    rules, follow_up = EndpointSettings(), FollowUp()
    assessed = assess_responses(rows_of(scans), rules)
    outcome = derive_outcome(follow_up, assessed, rules)
    assert assessed == assess_responses(list(reversed(rows_of(scans))), rules)
    progressed = any(one.counted and one.response == "PD" for one in assessed)
    assert outcome.pfs_event == int(progressed)
    if outcome.best_response == "PD":
        assert outcome.clinical_benefit is False
    if progressed:  # nothing after progression changes anything
        assert (
            derive_outcome(
                follow_up, assess_responses(rows_of([*scans, (later, total, False)]), rules), rules
            )
            == outcome
        )
    wider = EndpointSettings(sd_window_days=7)  # a wider window never takes benefit away
    lenient = derive_outcome(follow_up, assess_responses(rows_of(scans), wider), wider).clinical_benefit
    assert not (outcome.clinical_benefit and not lenient)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 200), st.integers(28, 100), st.integers(61, 70), st.integers(61, 70), SCANS)
def test_a_confirmed_response_lasts_to_the_end_that_progression_free_survival_has(
    first: int, gap: int, total: int, confirming: int, scans: list[tuple[int, int | None, bool]]
) -> None:
    """61 to 70 of 100 mm is a response, 70 after 61 no progression (15 %); what follows is arbitrary."""
    later = [(day + first + gap, size, new) for day, size, new in scans]
    course = [(first, total, False), (first + gap, confirming, False), *later]
    outcome = derive_outcome(
        FollowUp(), assess_responses(rows_of(course), EndpointSettings()), EndpointSettings()
    )
    assert outcome.best_response in ("PR", "CR")
    assert (outcome.response_confirmed, outcome.clinical_benefit) == (True, True)
    assert outcome.pfs_days is not None
    assert outcome.pfs_days >= first + gap
    assert outcome.duration_of_response_days == outcome.pfs_days - first
    assert outcome.duration_of_response_event == outcome.pfs_event
