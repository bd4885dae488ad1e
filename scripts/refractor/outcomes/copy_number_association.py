"""Copies of the target gene against clinical benefit: ranks, discrimination, cuts named beforehand."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtri

from refractor.outcomes.association import Counts, leave_one_out
from refractor.results.analysis_tables import CopiesStatistic
from refractor.statistics import exact_tests
from refractor.statistics.hypergeometric import fisher
from refractor.statistics.proportions import CONFIDENCE

if TYPE_CHECKING:
    import pandas as pd
    from firthmodels import FirthLogisticRegression

Floats = NDArray[np.float64]

LARGEST_EXACT = 60
"""Patients up to whom the permutation distribution of the ranks is worked out in full."""
MOST_COVARIATES = 2
_OFF_THE_EDGE = 1e-9
_CLOSE = (1e-8, 1e-6, 1e-4)
"""Tolerances of Firth's regression, the first that converges: the package's own of 1e-4 differs from R in the fourth digit,
and a flat likelihood reaches no other."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A patient with a measured value and known benefit."""

    patient: str
    value: float
    benefit: bool


@dataclass(frozen=True, slots=True)
class RankComparison:
    """Patients with benefit against those without: exact p, chance that one with benefit has more, shift of copies."""

    p: float
    exact: bool
    auc: float
    auc_low: float
    auc_high: float
    shift: float
    shift_low: float | None
    shift_high: float | None


def copy_number_statistics(
    measures: Mapping[str, Sequence[Measured]], *, cuts: Sequence[float], cut_measure: str
) -> list[CopiesStatistic]:
    """Rows of COPIES: each measure compared by ranks, and `cut_measure` at the cuts and no others."""
    rows: list[CopiesStatistic] = []
    for name, subjects in measures.items():
        rows += _rank_rows(name, subjects)
        if name == cut_measure:
            for cut in cuts:
                rows += _cut_rows(name, subjects, cut)
    return rows


def compare_ranks(
    without: Sequence[float], with_benefit: Sequence[float], *, confidence: float = CONFIDENCE
) -> RankComparison:
    """The Wilcoxon rank-sum test with its AUC and the Hodges-Lehmann shift; neither group may be empty.

    p is that of the exact permutation distribution of the midranks up to LARGEST_EXACT patients, above it the normal
    one with its corrections for ties and continuity. The AUC's interval is method 5 of Newcombe (doi:10.1002/sim.2324), which stays
    inside 0-1 and holds where the groups do not overlap. The shift's interval inverts the test without ties.
    """
    from scipy.stats import mannwhitneyu, rankdata  # noqa: PLC0415 - a second to start

    low_group, high_group = np.asarray(without, float), np.asarray(with_benefit, float)
    n, m = len(low_group), len(high_group)
    ranks = rankdata(np.concatenate([low_group, high_group]))
    auc = (ranks[n:].sum() - m * (m + 1) / 2) / (m * n)
    exact = n + m <= LARGEST_EXACT
    if exact:
        p = exact_rank_sum_p(ranks, m)
    else:
        p = float(mannwhitneyu(high_group, low_group, method="asymptotic").pvalue)
    differences = np.sort((high_group[:, None] - low_group[None, :]).ravel())
    shift_low, shift_high = _shift_bounds(differences, n, m, confidence, exact)
    return RankComparison(
        p, exact, float(auc), *auc_interval(float(auc), n, m, confidence=confidence),
        float(np.median(differences)), shift_low, shift_high,
    )  # fmt: skip


def exact_rank_sum_p(ranks: Floats, size: int) -> float:
    """The two-sided p of the rank sum of the last `size` patients among all ways to choose as many, ties kept.

    Two-sided as the chance of a sum at least as far from its mean.
    """
    doubled = np.rint(2 * ranks).astype(int)
    ways = _ways(doubled, size)
    sums = np.arange(len(ways))
    mean = size * doubled.sum() / len(doubled)
    observed = doubled[-size:].sum()
    return float(ways[np.abs(sums - mean) >= abs(observed - mean) - 1e-9].sum() / ways.sum())


def auc_interval(auc: float, n: int, m: int, *, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Bounds of an AUC from n and m patients: method 5 of Newcombe 2006, a score interval."""
    z = float(ndtri((1 + confidence) / 2))
    more = (n + m) / 2 - 1

    def error(true: float) -> float:
        variance = (
            true * (1 - true) * (1 + more * (1 - true) / (2 - true) + more * true / (1 + true)) / (n * m)
        )
        return z * float(np.sqrt(variance))

    # at 0 and at 1 the error is 0, which is a root but not the bound
    low = 0.0 if auc <= 0 else float(brentq(lambda x: auc - x - error(x), 0.0, auc - _OFF_THE_EDGE))
    high = 1.0 if auc >= 1 else float(brentq(lambda x: x - auc - error(x), auc + _OFF_THE_EDGE, 1.0))
    return low, high


@dataclass(frozen=True, slots=True)
class Effect:
    """A covariate's log odds ratio of benefit, by Firth's penalised likelihood, with its profile interval and p."""

    covariate: str
    log_odds_ratio: float
    low: float
    high: float
    p: float


def firth_logistic(covariates: pd.DataFrame, benefit: Sequence[bool]) -> list[Effect]:
    """Effects of at most two covariates on benefit (Firth 1993, doi:10.1093/biomet/80.1.27; profile intervals).

    Empty where a group is empty, no covariate varies, or the likelihood has no maximum that is found.
    """
    if covariates.shape[1] > MOST_COVARIATES:
        raise ValueError(
            f"{covariates.shape[1]} covariates; at most {MOST_COVARIATES} in a cohort of this size"
        )
    outcome = np.asarray(benefit, dtype=int)
    varying = [name for name in covariates if covariates[name].nunique() > 1]
    if len(set(outcome)) < 2 or not varying:
        return []
    values = covariates[varying].to_numpy(dtype=float)
    fitted = next((fit for close in _CLOSE if (fit := _fitted(values, outcome, close)) is not None), None)
    if fitted is None:
        return []
    model, bounds = fitted
    return [
        Effect(
            name,
            float(model.coef_[i]),
            float(bounds[i][0]),
            float(bounds[i][1]),
            float(model.lrt_pvalues_[i]),
        )
        for i, name in enumerate(varying)
    ]


def _fitted(
    values: Floats, outcome: NDArray[np.int_], close: float
) -> tuple[FirthLogisticRegression, Floats] | None:
    """The model with its profile bounds (k + 1, 2); None where it does not converge to within `close`."""
    from firthmodels import FirthLogisticRegression  # noqa: PLC0415 - a second to start

    model = FirthLogisticRegression(backend="numpy", max_iter=200, gtol=close, xtol=close)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # not converged is a warning there
            model.fit(values, outcome)
            model.lrt()
            return model, np.asarray(model.conf_int(method="pl", max_iter=200, tol=close))
    except (Warning, RuntimeError, np.linalg.LinAlgError):
        return None


def _ways(doubled: NDArray[np.int_], size: int) -> Floats:
    """How many choices of `size` patients have each sum of doubled ranks."""
    ways = np.zeros((size + 1, int(doubled.sum()) + 1))
    ways[0, 0] = 1
    for rank in doubled:
        for chosen in range(size, 0, -1):
            ways[chosen, rank:] += ways[chosen - 1, : ways.shape[1] - rank]
    return np.asarray(ways[size])


def _shift_bounds(
    differences: Floats, n: int, m: int, confidence: float, exact: bool
) -> tuple[float | None, float | None]:
    """Bounds of the Hodges-Lehmann shift; None where the groups are too small for the level."""
    tail = (1 - confidence) / 2
    if exact:
        ways = _ways(2 * np.arange(1, n + m + 1), m)[::2]
        below = np.cumsum(ways) / ways.sum()
        cut = int(np.searchsorted(below, tail, side="right")) - m * (m + 1) // 2
    else:
        spread = np.sqrt(n * m * (n + m + 1) / 12)
        cut = int(np.floor(n * m / 2 + float(ndtri(tail)) * spread))
    if cut < 1:
        return None, None
    return float(differences[cut - 1]), float(differences[len(differences) - cut])


def _groups(subjects: Sequence[Measured]) -> tuple[list[float], list[float]]:
    return (
        [subject.value for subject in subjects if not subject.benefit],
        [subject.value for subject in subjects if subject.benefit],
    )


def _rank_rows(name: str, subjects: Sequence[Measured]) -> list[CopiesStatistic]:
    without, with_benefit = _groups(subjects)
    row = partial(_row, name, subjects)
    rows = [
        row(f"median {group} benefit", "median", estimate=float(np.median(values)))
        for group, values in (("without", without), ("with", with_benefit))
        if values
    ]
    if not without or not with_benefit:
        return [*rows, row("comparison", "not possible: one of the groups is empty")]
    result = compare_ranks(without, with_benefit)
    return [
        *rows,
        row(
            "AUC of more copies with benefit",
            f"{'exact' if result.exact else 'normal'} Wilcoxon rank sum; Newcombe's method 5",
            estimate=result.auc,
            low=result.auc_low,
            high=result.auc_high,
            p=result.p,
        ),
        row(
            "shift of copies with benefit",
            "Hodges-Lehmann",
            estimate=result.shift,
            low=result.shift_low,
            high=result.shift_high,
        ),
    ]


def _cut_rows(name: str, subjects: Sequence[Measured], cut: float) -> list[CopiesStatistic]:
    without, with_benefit = _groups(subjects)
    if not without or not with_benefit:
        return []
    table = Counts(
        sum(value < cut for value in without), len(without),
        sum(value < cut for value in with_benefit), len(with_benefit),
    )  # fmt: skip
    ratio = exact_tests.odds_ratio(*table.cells())
    low, high = leave_one_out(table) or (None, None)
    below = (
        f"{table.carriers_without} of {table.without} without and {table.carriers_with} of {table.with_benefit} "
        "with benefit are below"
    )
    row = partial(_row, name, subjects, cut=cut)
    return [
        row(
            f"odds ratio of no benefit below {cut:g}",
            f"Fisher; {below}; cut named beforehand",
            estimate=ratio.estimate,
            low=ratio.low,
            high=ratio.high,
            p=fisher(*table.cells()),
        ),
        row(f"Fisher p below {cut:g}, one patient left out", "smallest and largest p", low=low, high=high),
    ]


def _row(
    name: str,
    subjects: Sequence[Measured],
    statistic: str,
    method: str,
    *,
    estimate: float | None = None,
    low: float | None = None,
    high: float | None = None,
    p: float | None = None,
    cut: float | None = None,
) -> CopiesStatistic:
    without, with_benefit = _groups(subjects)
    return CopiesStatistic(
        measure=name,
        statistic=statistic,
        estimate=estimate,
        low=low,
        high=high,
        p=p,
        n_without_benefit=len(without),
        n_with_benefit=len(with_benefit),
        method=method,
        cut=cut,
    )
