"""Carriers beside a reference cohort: the arithmetic by hand, and what a small or empty reference says."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from refractor.outcomes.association import RuleAnswer
from refractor.outcomes.background import background_rows, beta_binomial, carriers_of
from refractor.results.background_tables import NOT_ASSESSABLE, DecoySet, Prevalence
from refractor.statistics.expected_count import expected_count


def member(benefit: bool, **results: str) -> SimpleNamespace:
    answers = {rule: RuleAnswer("KRAS", "MAPK", result) for rule, result in results.items()}
    return SimpleNamespace(decided=True, assessable=True, benefit=benefit, answers=answers)


def prevalence(
    level: str, carriers: int | None, tested: int | None, group: str = "all", **more: object
) -> Prevalence:
    share = None if carriers is None or not tested else carriers / tested
    return Prevalence(level=level, group=group, carriers=carriers, tested=tested, prevalence=share, **more)  # type: ignore[arg-type]


REFERENCE = [
    prevalence("study", None, 99, note="study made"),
    prevalence("study", None, 5, "eligible"),
    prevalence("rule", 9, 99, rule_id="R-1", gene="KRAS", mechanism="MAPK"),
    prevalence("any", 20, 99, mechanism="any R1-R3", rules="R-1,R-2"),
]
COHORT = [
    member(False, **{"R-1": "found", "R-2": "not_tested"}),
    member(False, **{"R-1": "not_found", "R-2": "not_found"}),
    member(False, **{"R-1": "not_found", "R-2": "not_tested"}),
    member(True, **{"R-1": "not_found", "R-2": "found"}),
]


def test_a_reference_that_could_not_be_read_is_one_row_with_its_reason():
    unread = prevalence("study", None, None, note=f"{NOT_ASSESSABLE}data_cna.txt is empty")
    (row,) = background_rows(COHORT, [unread], [])
    assert (row.level, row.patients, row.expected) == ("any", None, None)
    assert row.note == "not assessable: data_cna.txt is empty"


def test_the_foretold_number_by_hand():
    # one patient: the chance of a carrier is the posterior mean (9 + 0.5) / (99 + 1) = 0.095
    assert beta_binomial(1, 9, 99) == pytest.approx([0.905, 0.095])
    # of two patients both: 0.095 x 10.5 / 101
    assert beta_binomial(2, 9, 99)[2] == pytest.approx(0.095 * 10.5 / 101)
    assert beta_binomial(10, 9, 99).sum() == pytest.approx(1)


def test_expected_excess_and_chance():
    said = expected_count(beta_binomial(10, 9, 99), 3)
    assert said.expected == pytest.approx(0.95)
    assert said.p == pytest.approx(1 - beta_binomial(10, 9, 99)[:3].sum())


def test_carriers_and_tested_of_a_set():
    # the third patient was not tested for R-2 and has no other: neither carrier nor tested
    assert carriers_of(COHORT[:3], ["R-1", "R-2"]) == (1, 2)
    assert carriers_of(COHORT[:3], ["R-1"]) == (1, 3)


def test_each_group_of_patients_is_held_against_all_tumours_where_few_are_eligible():
    rows = list(background_rows(COHORT, REFERENCE, ()))
    assert [(row.level, row.patients_group, row.carriers, row.patients) for row in rows] == [
        ("rule", "no_benefit", 1, 3),
        ("any", "no_benefit", 1, 2),
        ("rule", "benefit", 0, 1),
        ("any", "benefit", 1, 1),
    ]
    first = rows[0]
    assert first.reference_group == "all"
    assert first.expected == pytest.approx(3 * 0.095)
    assert first.excess == pytest.approx(1 - 3 * 0.095)
    assert rows[1].note == "study made"


def test_enough_eligible_tumours_are_the_reference():
    rows = [
        prevalence("study", None, 20, "eligible"),
        prevalence("rule", 2, 20, "eligible", rule_id="R-1"),
        REFERENCE[0],
        *REFERENCE[2:],
    ]
    assert {row.reference_group for row in background_rows(COHORT, rows, ())} == {"eligible"}


def test_random_genes_are_averaged_over_their_sets():
    sets = [
        DecoySet(group="all", draw=1, carriers=0, tumors=9, genes="A"),
        DecoySet(group="all", draw=2, carriers=9, tumors=9, genes="B"),
    ]
    [row, _] = [row for row in background_rows(COHORT, REFERENCE, sets) if row.level == "decoys"]
    # (0.5 / 10 + 9.5 / 10) / 2 a patient
    assert (row.expected, row.patients, row.carriers) == (pytest.approx(2 * 0.5), 2, 1)
    assert row.prevalence == pytest.approx(0.5)


def test_no_reference_and_rules_that_the_cohort_never_asked():
    assert list(background_rows(COHORT, (), ())) == []
    other = [*REFERENCE[:2], prevalence("rule", 9, 99, rule_id="R-9")]
    assert list(background_rows(COHORT, other, ())) == []
    untested = [*REFERENCE[:2], prevalence("rule", 0, 0, rule_id="R-1")]
    assert list(background_rows(COHORT, untested, ())) == []
