"""Landmarks, rank comparisons, cuts and Firth's regression on hand-made values."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from refractor.outcomes.copy_number_association import (
    Measured,
    auc_interval,
    compare_ranks,
    copy_number_statistics,
    exact_rank_sum_p,
    firth_logistic,
)
from refractor.outcomes.endpoints import curve_steps
from refractor.results.analysis_tables import COPIES, SurvivalStep
from refractor.statistics.survival import from_landmark, kaplan_meier, log_rank


def test_curve_by_hand() -> None:
    # 5 patients: event at 5 (4/5), event and censoring at 10 (4/5 * 3/4), event at 20 (* 1/2), censored at 30
    curve = kaplan_meier([5, 10, 10, 20, 30], [1, 1, 0, 1, 0])
    assert curve.survival == pytest.approx([0.8, 0.6, 0.3, 0.3])
    assert list(curve.at_risk) == [5, 4, 2, 1]
    assert curve.number_at_risk(10) == 4
    assert (curve.at(9.9).value, curve.at(31).value) == (pytest.approx(0.8), None)
    before = curve.at(4.9)  # nobody had the event: no bounds, rather than 100 % to 100 % of 5 patients
    assert (before.value, before.low, before.high) == (1.0, None, None)
    censored = kaplan_meier([3, 10], [0, 1]).at(5)
    assert (censored.value, censored.low, censored.high) == (1.0, None, None)
    rows = curve_steps("pfs", "all", curve)
    assert len(rows) == 5
    assert rows[0] == SurvivalStep(
        endpoint="pfs",
        group="all",
        time=0.0,
        at_risk=5,
        events=0,
        censored=0,
        survival=1.0,
        low=1.0,
        high=1.0,
    )


def test_a_landmark_leaves_out_who_is_gone() -> None:
    frame = pd.DataFrame(
        {"days": [50, 112, 113, 300], "event": [1, 0, 1, 0], "benefit": [False, True, True, True]}
    )
    left = from_landmark(frame, 112)
    assert left["days"].tolist() == [1, 188]  # gone or censored on day 112 itself is not followed from it
    assert frame["days"].tolist() == [50, 112, 113, 300]


def test_log_rank_without_a_group_or_an_event() -> None:
    group = pd.DataFrame({"days": [10, 20], "event": [0, 0]})
    assert log_rank(group, group.iloc[:0]) is None
    assert log_rank(group, group) is None


def test_groups_that_do_not_overlap() -> None:
    result = compare_ranks([1, 2, 3], [4, 5, 6, 7])
    assert result.p == pytest.approx(2 / math.comb(7, 3))  # the two extreme choices of 35
    assert (result.auc, result.auc_high) == (1, 1)
    assert 0.5 < result.auc_low < 1
    assert result.shift == pytest.approx(3.5)  # median of the 12 differences
    assert result.shift_low is None  # 3 and 4 patients cannot give 95 %


def test_exact_p_as_scipy_without_ties() -> None:
    random = np.random.default_rng(1)
    for _ in range(20):
        n, m = random.integers(3, 12, size=2)
        values = random.normal(size=n + m)
        ours = compare_ranks(values[:n], values[n:])
        assert ours.p == pytest.approx(stats.mannwhitneyu(values[n:], values[:n], method="exact").pvalue)
        assert ours.auc == pytest.approx(stats.mannwhitneyu(values[n:], values[:n]).statistic / (n * m))


def test_exact_p_with_ties_by_hand() -> None:
    # ranks 1, 2.5, 2.5, 4 and the last two chosen: sum 6.5, mean 5. Choices of 2 of 4 have the sums
    # 3.5 3.5 5 5 6.5 6.5, of which 3.5 and 6.5 are as far: 4 of 6
    assert exact_rank_sum_p(np.array([1, 2.5, 2.5, 4]), 2) == pytest.approx(4 / 6)


def test_many_patients_take_the_normal_distribution() -> None:
    low, high = list(range(40)), list(range(10, 50))
    result = compare_ranks(low, high)
    assert not result.exact
    assert result.p == pytest.approx(stats.mannwhitneyu(high, low, method="asymptotic").pvalue)
    assert result.shift_low is not None
    assert result.shift_high is not None
    assert result.shift_low <= result.shift == 10 <= result.shift_high


def test_shift_interval_of_r() -> None:
    # wilcox.test(y, x, conf.int = TRUE) of R 4.2.2: estimate 9, interval -1 to 25 at 95 %
    result = compare_ranks([3, 5, 7, 9, 11], [6, 8, 12, 20, 30, 31])
    assert (result.shift, result.shift_low, result.shift_high) == (9, -1, 25)


def test_auc_interval_stays_inside() -> None:
    assert auc_interval(0, 5, 5)[0] == 0
    low, high = auc_interval(0.5, 10, 10)
    assert low + high == pytest.approx(1)  # symmetric about one half
    assert auc_interval(0.5, 100, 100)[0] > low


def test_only_the_cuts_named_beforehand() -> None:
    subjects = [
        Measured(f"P{i}", value, value >= 20)
        for i, value in enumerate((4.0, 8.0, 12.0, 19.9, 20.0, 30.0, 40.0))
    ]
    table = COPIES.frame(
        copy_number_statistics({"ERBB2 copies": subjects}, cuts=(6, 20), cut_measure="ERBB2 copies")
    )
    ratios = table[table["statistic"].str.startswith("odds ratio")]
    assert ratios["statistic"].tolist() == [
        "odds ratio of no benefit below 6",
        "odds ratio of no benefit below 20",
    ]
    assert ratios["method"].iloc[1].startswith("Fisher; 4 of 4 without and 0 of 3 with benefit are below")
    assert ratios["p"].iloc[1] == pytest.approx(1 / math.comb(7, 3))


def test_one_group_only() -> None:
    table = COPIES.frame(
        copy_number_statistics({"copies": [Measured("A", 5, False)]}, cuts=(6,), cut_measure="copies")
    )
    assert table["method"].tolist() == ["median", "not possible: one of the groups is empty"]
    empty = COPIES.frame(copy_number_statistics({"copies": []}, cuts=(6,), cut_measure="copies"))
    assert empty["method"].tolist() == ["not possible: one of the groups is empty"]


def test_firth_by_hand() -> None:
    # One binary covariate: Firth's estimate is the log odds ratio with 1/2 added to each cell (Firth 1993).
    # carriers: 0 of 3 with benefit; others: 4 of 5.  log((0.5/3.5) / (4.5/1.5)) = log(1/21)
    covariates = pd.DataFrame({"carrier": [1.0] * 3 + [0.0] * 5})
    [effect] = firth_logistic(covariates, [False] * 3 + [True] * 4 + [False])
    assert effect.log_odds_ratio == pytest.approx(math.log(1 / 21), abs=1e-3)
    assert effect.low < effect.log_odds_ratio < effect.high
    assert 0 < effect.p < 0.2


def test_firth_has_at_most_two_covariates_and_says_nothing_without_groups() -> None:
    wide = pd.DataFrame({name: [0.0, 1.0] for name in "abc"})
    with pytest.raises(ValueError, match="3 covariates; at most 2"):
        firth_logistic(wide, [True, False])
    assert firth_logistic(wide[["a"]], [True, True]) == []
    assert firth_logistic(pd.DataFrame({"a": [1.0, 1.0]}), [True, False]) == []
    assert firth_logistic(pd.DataFrame({"a": []}), []) == []
