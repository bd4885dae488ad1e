"""Exact tests of two groups: science.md's figures, published contrasts, scipy, and their size under the null."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.stats.contingency import odds_ratio as scipy_odds_ratio

from refractor.outcomes.copy_number_association import compare_ranks
from refractor.statistics import exact_tests

TABLES = st.tuples(st.integers(1, 14), st.integers(1, 14)).flatmap(
    lambda sizes: st.tuples(
        st.integers(0, sizes[0]), st.just(sizes[0]), st.integers(0, sizes[1]), st.just(sizes[1])
    )
)


@pytest.mark.parametrize(
    ("cells", "fisher", "boschloo", "barnard"),
    [
        ((3, 10, 0, 11), 0.090, 0.077, 0.062),
        ((4, 10, 0, 11), 0.035, 0.027, 0.021),
        ((3, 13, 0, 11), 0.223, 0.128, None),
    ],
)
def test_figures_of_the_specification(
    cells: tuple[int, int, int, int], fisher: float, boschloo: float, barnard: float | None
) -> None:
    assert exact_tests.fisher(*cells) == pytest.approx(fisher, abs=5e-4)
    assert exact_tests.boschloo(*cells) == pytest.approx(boschloo, abs=5e-4)
    if barnard is not None:
        assert exact_tests.barnard(*cells) == pytest.approx(barnard, abs=5e-4)


@pytest.mark.parametrize(
    ("study", "cells", "p"),
    [
        ("PRESSING-HER2 panel, resistant against sensitive", (9, 33, 1, 35), 0.0056),
        ("MyPathway KRAS, mutated with response against wild-type", (1, 13, 17, 43), 0.042),
        ("TRIUMPH and MyPathway, altered with response against not", (0, 18, 15, 48), 0.0066),
        # ORR 57.1 against 9.1 % at the cut of 20 copies: 8 of 14 and 1 of 11 give these shares
        ("S1613, response at 20 copies or more against fewer", (8, 14, 1, 11), 0.033),
    ],
)
def test_published_contrasts(study: str, cells: tuple[int, int, int, int], p: float) -> None:
    assert exact_tests.fisher(*cells) == pytest.approx(p, abs=0.06 * p), study


def test_attainable_significance() -> None:
    # 10 against 11: 4 carriers, all without benefit, are needed for p <= 0.05; 13 against 11: 5
    for n1, needed in ((10, 4), (13, 5)):
        assert exact_tests.fisher(needed, n1, 0, 11) <= 0.05 < exact_tests.fisher(needed - 1, n1, 0, 11)
    assert exact_tests.attainable(1, 10, 2, 11) == exact_tests.fisher(3, 10, 0, 11)
    assert exact_tests.attainable(0, 10, 0, 11) == 1


def test_power_of_the_stated_effect() -> None:
    shares = {"share1": 0.27, "share2": 0.03, "alpha": 0.05}
    assert exact_tests.power(10, 11, **shares) == pytest.approx(0.20, abs=0.01)
    assert exact_tests.power(33, 35, **shares) == pytest.approx(0.81, abs=0.005)


def test_mid_p() -> None:
    # 3 of 10 against 0 of 11: the table is the only one as extreme, C(10,3) / C(21,3) = 120 / 1330
    assert exact_tests.fisher_mid(3, 10, 0, 11) == pytest.approx(120 / 1330 / 2)


def test_odds_ratio_of_r() -> None:
    # R 4.2.2: fisher.test(matrix(c(9, 24, 1, 34), 2)) gives 12.34788959 (1.537168354 to 573.131520729); R finds the
    # roots to about 1e-4 of 1 / ratio, so its upper bound is right to 0.3 %
    found = exact_tests.odds_ratio(9, 33, 1, 35)
    assert found.estimate == pytest.approx(12.34788959, rel=2e-4)
    assert (found.low, found.high) == (pytest.approx(1.537168, rel=2e-4), pytest.approx(573.1315, rel=4e-3))
    assert exact_tests.odds_ratio(3, 10, 0, 11).estimate == math.inf
    assert exact_tests.odds_ratio(0, 18, 15, 48).estimate == 0
    assert exact_tests.odds_ratio(0, 10, 0, 11).estimate is None


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_as_scipy(cells: tuple[int, int, int, int]) -> None:
    a, n1, b, n2 = cells
    table = [[a, b], [n1 - a, n2 - b]]
    assert exact_tests.fisher(*cells) == pytest.approx(stats.fisher_exact(table).pvalue, abs=1e-9)
    if 0 < a + b < n1 + n2:
        ours, theirs = exact_tests.odds_ratio(*cells), scipy_odds_ratio(table)
        interval = theirs.confidence_interval()
        for value, expected in (
            (ours.estimate, theirs.statistic),
            (ours.low, interval.low),
            (ours.high, interval.high),
        ):
            assert value == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("cells", [(3, 10, 0, 11), (2, 7, 3, 9), (5, 6, 2, 8), (1, 12, 4, 5), (4, 4, 0, 3)])
def test_boschloo_as_scipy(cells: tuple[int, int, int, int]) -> None:
    a, n1, b, n2 = cells
    table = [[a, n1 - a], [b, n2 - b]]  # scipy's samples are columns: carriers and others
    assert exact_tests.boschloo(*cells) == pytest.approx(stats.boschloo_exact(table).pvalue, abs=1e-5)


@settings(max_examples=40, deadline=None)
@given(TABLES)
def test_invariants(cells: tuple[int, int, int, int]) -> None:
    a, n1, b, n2 = cells
    swapped = (b, n2, a, n1)
    for test in (exact_tests.fisher, exact_tests.boschloo, exact_tests.barnard):
        p = test(*cells)
        assert 0 < p <= 1
        assert p == pytest.approx(test(*swapped), abs=1e-6)
    assert exact_tests.attainable(*cells) <= exact_tests.fisher(*cells) + 1e-12
    assert exact_tests.fisher_mid(*cells) < exact_tests.fisher(*cells)


def test_not_anti_conservative_on_2000_null_cohorts() -> None:
    """24 patients a cohort, benefit in 46 %, mechanism in 25 %, independent: p <= alpha in at most alpha of them."""
    random = np.random.default_rng(20240601)
    cohorts, patients = 2000, 24
    benefit = random.random((cohorts, patients)) < 11 / 24
    carrier = random.random((cohorts, patients)) < 0.25
    a, b = (carrier & ~benefit).sum(axis=1), (carrier & benefit).sum(axis=1)
    n1 = (~benefit).sum(axis=1)
    cells = [tuple(map(int, each)) for each in zip(a, n1, b, patients - n1, strict=True)]
    assert len(cells) == cohorts
    largest = {}
    for name in ("fisher", "boschloo", "barnard", "fisher_mid"):
        p = np.array([getattr(exact_tests, name)(*each) for each in cells])
        levels = np.array([0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5])
        rates = (p[:, None] <= levels * (1 + 1e-9)).mean(axis=0)
        error = np.sqrt(levels * (1 - levels) / cohorts)
        if name != "fisher_mid":  # mid-p keeps the level on average, not always
            assert (rates <= levels + 3 * error).all(), (name, rates)
        largest[name] = rates[levels == 0.05][0]
    assert largest["fisher_mid"] <= 0.07
    # Boschloo is at least as powerful as Fisher, which a test that never rejects would not show
    assert 0 < largest["fisher"] <= largest["boschloo"]


def test_ranks_are_uniform_on_2000_null_cohorts() -> None:
    random = np.random.default_rng(20240602)
    values = random.lognormal(3, 0.7, size=(2000, 12))
    p = np.array([compare_ranks(row[:6], row[6:]).p for row in values])
    levels = np.array([0.01, 0.05, 0.1, 0.2, 0.5])
    rates = (p[:, None] <= levels * (1 + 1e-9)).mean(axis=0)
    assert (rates <= levels + 3 * np.sqrt(levels * (1 - levels) / len(p))).all()
    assert rates[-1] > 0.4  # nearly continuous, so nearly uniform


def test_equally_probable_tables_count_whatever_the_rounding() -> None:
    """Fisher's p in whole numbers, over all tables of groups up to 12: many have a twin that rounding would lose."""
    twins = 0
    for n1, n2 in itertools.product(range(2, 13), repeat=2):
        for carriers in range(1, n1 + n2):
            span = range(max(0, carriers - n2), min(n1, carriers) + 1)
            ways = {a: math.comb(n1, a) * math.comb(n2, carriers - a) for a in span}
            twins += len(ways) - len(set(ways.values()))
            for a, own in ways.items():
                exact = sum(way for way in ways.values() if way <= own) / math.comb(n1 + n2, carriers)
                assert exact_tests.fisher(a, n1, carriers - a, n2) == pytest.approx(exact, rel=1e-9)
    assert twins > 500


def test_tea_tasting_and_empty_groups() -> None:
    # 3-1 right: (16 + 1 + 16 + 1) / 70; 4-0 right: 2 / 70
    assert exact_tests.fisher(3, 4, 1, 4) == pytest.approx(34 / 70)
    assert exact_tests.fisher(4, 4, 0, 4) == pytest.approx(2 / 70)
    assert exact_tests.fisher(0, 0, 5, 10) == exact_tests.fisher(0, 0, 0, 0) == 1.0
