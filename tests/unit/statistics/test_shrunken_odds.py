"""The hierarchical model against integrals worked out another way."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import nchypergeom_fisher, norm

from refractor.statistics.shrunken_odds import (
    THETA,
    OddsPrior,
    TwoByTwo,
    log_likelihood,
    shrunken_odds,
)

KRAS = TwoByTwo(12, 13, 26, 43)  # without a response: 12 of 13 mutated, 26 of 43 wild-type (PMID 30857956)
MET = TwoByTwo(8, 18, 18, 112)  # failures: 8 of 18 with gain, 18 of 112 without (PMID 22850551)


def mean(density: np.ndarray) -> float:
    return float(density @ THETA)


@pytest.mark.parametrize("table", [KRAS, MET, TwoByTwo(0, 3, 2, 5), TwoByTwo(3, 3, 2, 5)])
def test_the_likelihood_is_the_noncentral_hypergeometric(table: TwoByTwo) -> None:
    total = table.with_property + table.without_property
    events = table.events_with + table.events_without
    found = log_likelihood(table)
    for theta in (-2.0, 0.0, 1.5):
        at = int(np.argmin(abs(THETA - theta)))
        wanted = nchypergeom_fisher.logpmf(
            table.events_with, total, events, table.with_property, math.exp(THETA[at])
        )
        assert found[at] == pytest.approx(wanted, abs=1e-8)


def test_a_table_of_one_patient_by_hand() -> None:
    """1 of 1 with the property, 0 of 1 without: given one event among two, P = e^theta / (1 + e^theta)."""
    assert np.exp(log_likelihood(TwoByTwo(1, 1, 0, 1))) == pytest.approx(1 / (1 + np.exp(-THETA)))


@pytest.mark.parametrize("table", [KRAS, MET])
def test_the_posterior_of_one_published_table_by_integration(table: TwoByTwo) -> None:
    """With the population all but fixed at N(0, tau), the posterior is likelihood x normal, integrated by quad."""
    total = table.with_property + table.without_property
    events = table.events_with + table.events_without
    prior = OddsPrior(mean_sd=1e-3, spread_scale=1e-3, between_studies=0.0)
    tau = 0.05  # the smallest of the grid, which a spread of 0.001 leaves alone

    def weight(theta: float) -> float:
        likelihood = nchypergeom_fisher.pmf(
            table.events_with, total, events, table.with_property, math.exp(theta)
        )
        return float(likelihood * norm.pdf(theta, 0, tau))

    area = quad(weight, -0.5, 0.5)[0]
    wanted = quad(lambda theta: theta * weight(theta), -0.5, 0.5)[0] / area
    assert mean(shrunken_odds([("one", table)], prior).of("one")) == pytest.approx(wanted, abs=2e-4)


def test_small_tables_are_shrunk_and_large_ones_are_not() -> None:
    crude = math.log(12 * 17 / (1 * 26))
    small = shrunken_odds([("a", KRAS)])
    large = shrunken_odds([("a", TwoByTwo(1200, 1300, 2600, 4300))], OddsPrior(between_studies=0.0))
    assert 0 < mean(small.of("a")) < 0.8 * crude
    assert mean(large.of("a")) == pytest.approx(crude, abs=0.05)


def test_subjects_inform_each_other_and_those_that_no_table_names() -> None:
    alone = shrunken_odds([("a", TwoByTwo(2, 2, 5, 10))])
    among = shrunken_odds([("a", TwoByTwo(2, 2, 5, 10)), ("b", KRAS), ("c", KRAS), ("d", KRAS)])
    assert mean(among.of("a")) > mean(alone.of("a"))
    assert mean(among.of("never seen")) > mean(alone.of("never seen")) > 0
    assert among.of("never seen").sum() == pytest.approx(1)


def test_no_table_leaves_the_prior_and_empty_margins_say_nothing() -> None:
    nothing = shrunken_odds([])
    assert mean(nothing.of("a")) == pytest.approx(0, abs=1e-9)
    empty = shrunken_odds([("a", TwoByTwo(0, 0, 4, 9)), ("b", TwoByTwo(0, 3, 0, 9))])
    assert mean(empty.of("a")) == pytest.approx(0, abs=1e-9)
    assert mean(empty.of("b")) == pytest.approx(0, abs=1e-9)


def test_events_are_among_the_patients() -> None:
    with pytest.raises(ValueError, match="between 0 and the patients"):
        TwoByTwo(4, 3, 0, 1)
