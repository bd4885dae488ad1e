"""The cohorts without any effect: every gene that can explain is drawn, and each drawn alteration meets a rule."""

import sys

import pytest

from refractor.files.resources import RESOURCES
from refractor.outcomes.explanation import explanation

sys.path.insert(0, str(RESOURCES.parent / "benchmarks"))
from false_explanations import COLUMNS, STUDY, Labeller, load_prevalences, rates, settings, simulated

SETTINGS = list(settings())
_, BY_STUDY, NOT_AT_ENTRY = SETTINGS[0]
_, BY_CONJUGATE, _ = SETTINGS[2]


def test_every_gene_by_which_a_rule_can_explain_is_drawn() -> None:
    drawn = {one.alteration.split()[0] for one in load_prevalences()}
    explaining = {rule.gene for rule in (*BY_STUDY.own, *BY_STUDY.decoys) if rule.can_explain}
    assert len(explaining) >= 18
    assert explaining <= drawn


@pytest.mark.parametrize("alteration", [one.alteration for one in load_prevalences()])
def test_every_drawn_alteration_meets_a_rule_on_some_drug(alteration: str) -> None:
    found, others = BY_STUDY(frozenset({alteration}))
    assert found or others.found


def test_every_row_has_its_source_and_a_share() -> None:
    rows = load_prevalences()
    assert len(rows) == len({one.alteration for one in rows}) == 28
    assert all(0 < one.share < 0.3 and one.source for one in rows)
    assert sum(one.source.startswith("assumed") for one in rows) == 8
    assert all(one.share <= 0.02 for one in rows if one.source.startswith("assumed"))


@pytest.mark.parametrize(("labeller", "least", "most"), [(BY_STUDY, 0.35, 0.53), (BY_CONJUGATE, 0.05, 0.16)])
def test_chance_alone_explains_and_the_controls_say_so(labeller: Labeller, least: float, most: float) -> None:
    """100 cohorts; by hand for the study: 1 - the product of (1 - share) over the rows that its rules count is 0.44."""
    rows = [
        explanation(cases, STUDY, benefit=False) for cases in simulated(labeller, NOT_AT_ENTRY, cohorts=100)
    ]
    figures = dict(zip(COLUMNS, rates(rows), strict=True))
    assert least < figures["own rules explain"] < most
    assert figures["random genes, p <= 0.05"] <= 0.05
    assert figures["permuted labels, p <= 0.05"] <= 0.07


def test_the_share_explained_is_that_of_the_prevalences_by_hand() -> None:
    missed = 1.0
    for one in NOT_AT_ENTRY:
        if BY_STUDY(frozenset({one.alteration}))[0]:
            missed *= 1 - one.share
    assert 1 - missed == pytest.approx(0.439, abs=0.01)
