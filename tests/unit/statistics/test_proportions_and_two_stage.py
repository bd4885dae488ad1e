"""Exact proportions and two-stage inference against the figures of science.md, sections 1.1 and 6."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from refractor.outcomes.two_stage_monitor import Decision, progress
from refractor.statistics.proportions import clopper_pearson, lower_bound
from refractor.statistics.two_stage import (
    Design,
    at_least,
    estimate_after_early_stop,
    estimate_after_stage_two,
    operating_characteristics,
    umvue,
)

TRIAL = Design()


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"), [(11, 24, 0.256, 0.672), (7, 24, 0.126, 0.511), (3, 10, 0.067, 0.652)]
)
def test_clopper_pearson_of_the_abstract(successes: int, n: int, low: float, high: float) -> None:
    share = clopper_pearson(successes, n)
    assert (share.low, share.high) == (pytest.approx(low, abs=5e-4), pytest.approx(high, abs=5e-4))


def test_one_sided_bound() -> None:
    assert lower_bound(11, 24) == pytest.approx(0.282, abs=5e-4)


def test_nobody_and_all() -> None:
    assert clopper_pearson(0, 0).estimate is None
    assert lower_bound(0, 0) is None
    assert clopper_pearson(0, 5).low == 0
    assert clopper_pearson(5, 5).high == 1
    assert clopper_pearson(1, 1).low == pytest.approx(0.025)  # P(1 of 1) = p
    with pytest.raises(ValueError, match="6 successes among 5"):
        clopper_pearson(6, 5)


@given(st.integers(1, 80).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_clopper_pearson_is_that_of_scipy(counted: tuple[int, int]) -> None:
    share = clopper_pearson(*counted)
    expected = binomtest(*counted).proportion_ci(method="exact")
    assert (share.low, share.high) == (pytest.approx(expected.low), pytest.approx(expected.high))


def test_operating_characteristics() -> None:
    null, alternative = operating_characteristics(TRIAL, 0.1), operating_characteristics(TRIAL, 0.3)
    assert null.success == pytest.approx(0.0778, abs=5e-5)
    assert alternative.success == pytest.approx(0.857, abs=5e-4)
    assert (null.early_stop, alternative.early_stop) == (
        pytest.approx(0.430, abs=5e-4),
        pytest.approx(0.058, abs=5e-4),
    )
    assert null.expected_patients == pytest.approx(17.1, abs=0.05)


def test_the_other_design_that_is_told_of_the_trial() -> None:
    other = Design(r1=1)  # stop with at most 1: not the trial's rule
    assert operating_characteristics(other, 0.1).success == pytest.approx(0.052, abs=5e-4)
    assert operating_characteristics(other, 0.3).success == pytest.approx(0.708, abs=5e-4)


@pytest.mark.parametrize(
    ("successes", "unbiased", "median", "koyama_chen", "exact"),
    [
        (11, 0.4591, 0.4385, (0.2556, 0.6338), (0.2556, 0.6719)),
        (7, 0.3016, 0.2762, (0.1269, 0.4749), (0.1269, 0.5145)),
    ],
)
def test_estimates_after_stage_two(
    successes: int,
    unbiased: float,
    median: float,
    koyama_chen: tuple[float, float],
    exact: tuple[float, float],
) -> None:
    result = estimate_after_stage_two(TRIAL, successes)
    assert result.umvue == pytest.approx(unbiased, abs=5e-5)
    assert result.median_unbiased == pytest.approx(median, abs=5e-5)
    assert result.koyama_chen == pytest.approx(koyama_chen, abs=5e-5)
    assert result.clopper_pearson_type == pytest.approx(exact, abs=5e-5)


def test_exact_p() -> None:
    assert estimate_after_stage_two(TRIAL, 11).p_value == pytest.approx(7.2e-6, abs=5e-8)
    assert estimate_after_stage_two(TRIAL, 5).p_value == pytest.approx(0.0778, abs=5e-5)  # alpha


def outcomes(design: Design, share: float) -> list[tuple[bool, int, float]]:
    """Every end of the trial: whether stage 2 was reached, successes, and its chance."""
    ends = [(False, one, float(binom.pmf(one, design.n1, share))) for one in range(design.r1 + 1)]
    for one, two in itertools.product(range(design.r1 + 1, design.n1 + 1), range(design.n2 + 1)):
        chance = binom.pmf(one, design.n1, share) * binom.pmf(two, design.n2, share)
        ends.append((True, one + two, float(chance)))
    return ends


@pytest.mark.parametrize(
    "design", [TRIAL, Design(n1=10, r1=2, n=29, success=6), Design(n1=5, r1=0, n=5, success=2)]
)
@pytest.mark.parametrize("share", [0.1, 0.3, 0.6])
def test_umvue_is_unbiased_and_the_wide_interval_covers(design: Design, share: float) -> None:
    mean, covered = 0.0, 0.0
    for second, successes, chance in outcomes(design, share):
        result = (
            estimate_after_stage_two(design, successes)
            if second
            else estimate_after_early_stop(design, successes)
        )
        mean += chance * result.umvue
        low, high = result.clopper_pearson_type
        covered += chance * (low <= share <= high)
    assert mean == pytest.approx(share, abs=1e-9)
    assert covered >= 0.95


def test_chance_of_at_least_sums_the_tree() -> None:
    for successes in (1, 5, 24):
        brute = sum(p for second, x, p in outcomes(TRIAL, 0.25) if second and x >= successes)
        assert at_least(TRIAL, successes, 0.25) == pytest.approx(brute)


def test_a_stop_with_no_benefit() -> None:
    result = estimate_after_early_stop(TRIAL, 0)
    # (1 - p)^8 = 0.025 gives the upper bound: 1 - 0.025^(1/8) = 0.3694
    assert result.clopper_pearson_type == pytest.approx((0, 1 - 0.025 ** (1 / 8)))
    assert (result.umvue, result.p_value, result.median_unbiased) == (0, 1, None)
    with pytest.raises(ValueError, match="do not stop"):
        estimate_after_early_stop(TRIAL, 1)
    with pytest.raises(ValueError, match="not possible"):
        estimate_after_stage_two(TRIAL, 0)


@pytest.mark.parametrize("successes", [0, 1, 2])
def test_the_exact_interval_after_an_early_stop_is_that_of_the_first_stage(successes: int) -> None:
    design = Design(n1=10, r1=2, n=29, success=6)
    result = estimate_after_early_stop(design, successes)
    low, high = result.clopper_pearson_type
    # stage 1 alone is a binomial sample: 0 of 10 0-0.308, 1 of 10 0.0025-0.445, 2 of 10 0.0252-0.556
    assert low == pytest.approx([0, 0.0025, 0.0252][successes], abs=5e-5)
    assert high == pytest.approx([0.3085, 0.4450, 0.5561][successes], abs=5e-5)
    assert result.p_value == pytest.approx([1, 1 - 0.9**10, 1 - 0.9**10 - 10 * 0.1 * 0.9**9][successes])


def test_umvue_by_hand() -> None:
    # n1 2, n 3, r1 0, 1 success in all: it was in stage 1. C(1,0) C(1,0) / (C(2,1) C(1,0)) = 1/2
    assert umvue(Design(n1=2, r1=0, n=3, success=1), 1) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("benefits", "stage1", "final", "needed", "places"),
    [
        ("", Decision.OPEN, Decision.OPEN, 5, 24),
        ("nnnnnnn", Decision.OPEN, Decision.OPEN, 5, 17),
        ("nnnnnnnn", Decision.STOP, Decision.NOT_ACTIVE, 5, 16),
        ("nnnnnnn?", Decision.OPEN, Decision.OPEN, 5, 17),
        ("y", Decision.CONTINUE, Decision.OPEN, 4, 23),
        ("yyyyy", Decision.CONTINUE, Decision.ACTIVE, 0, 19),
        ("nnnnnnnyyyyy", Decision.CONTINUE, Decision.ACTIVE, 0, 12),
        ("y" + "n" * 20, Decision.CONTINUE, Decision.NOT_ACTIVE, 4, 3),  # 1 + 3 places < 5
        ("y" + "n" * 19, Decision.CONTINUE, Decision.OPEN, 4, 4),
        ("n" * 24 + "y", Decision.STOP, Decision.NOT_ACTIVE, 5, 0),  # beyond n: left out
    ],
)
def test_decisions_while_the_trial_accrues(
    benefits: str, stage1: Decision, final: Decision, needed: int, places: int
) -> None:
    now = progress([{"y": True, "n": False, "?": None}[letter] for letter in benefits], TRIAL)
    assert (now.stage1, now.final, now.needed, now.open_places) == (stage1, final, needed, places)
    if final is Decision.ACTIVE:
        assert now.chance_at_p0 == pytest.approx(1)
    if final is Decision.NOT_ACTIVE:
        assert now.chance_at_p1 == pytest.approx(0)


def test_chance_of_success_before_anybody_is_power_and_alpha() -> None:
    now = progress([], TRIAL)
    assert (now.chance_at_p0, now.chance_at_p1) == (
        pytest.approx(0.07776, abs=1e-5),
        pytest.approx(0.85721, abs=1e-5),
    )
    # 7 without and one place in stage 1: it must be a benefit, and then 4 or more of 16
    late = progress([False] * 7, TRIAL)
    assert late.chance_at_p1 == pytest.approx(0.3 * (1 - binom.cdf(3, 16, 0.3)))


def test_the_chance_is_a_martingale() -> None:
    history: list[bool | None] = [False, True, False, None]
    now = progress(history, TRIAL).chance_at_p1
    later = [progress([*history, outcome], TRIAL).chance_at_p1 for outcome in (False, True)]
    assert np.average(later, weights=[0.7, 0.3]) == pytest.approx(now)
