"""Shared rates against another quadrature of the same model, its two limits, and what must hold of any cohorts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit, logit, roots_hermite, roots_legendre

from refractor.statistics import exchangeable
from refractor.statistics.exchangeable import shared_rates

CASES = [((2, 5, 1, 9), (10, 12, 11, 20)), ((0, 3), (8, 8)), ((1, 0, 4, 24, 2, 3), (12, 9, 10, 40, 5, 12))]


def likelihood(x: int, n: int, theta: np.ndarray) -> np.ndarray:
    p = expit(theta)
    return p**x * (1 - p) ** (n - x)


def by_gauss(successes: tuple[int, ...], patients: tuple[int, ...]) -> list[float]:
    """Posterior means by Gauss-Hermite over theta and Gauss-Legendre over mu and tau: no node is the module's.

    m is the pooled logit; mu ~ N(m, 2), tau ~ half-normal(1), theta ~ N(mu, tau) or N(m, 2) with one half each.
    """
    m = float(logit(np.clip(sum(successes) / sum(patients), 0.05, 0.95)))
    nodes, weights = roots_hermite(500)
    nodes, weights = np.sqrt(2) * nodes, weights / np.sqrt(np.pi)
    mu, mu_weight = roots_legendre(64)
    mu, mu_weight = m + 10 * mu, 10 * mu_weight * np.exp(-0.5 * (10 * mu / 2) ** 2)
    tau, tau_weight = roots_legendre(64)
    tau, tau_weight = 2.5 * (tau + 1), 2.5 * tau_weight
    tau_weight = tau_weight * np.exp(-0.5 * tau**2)
    grid = mu[:, None, None] + tau[None, :, None] * nodes  # (mu, tau, theta)
    alone = m + 2 * nodes
    marginals, firsts = [], []
    for x, n in zip(successes, patients, strict=True):
        value = likelihood(x, n, grid)
        one = likelihood(x, n, alone)
        marginals.append(0.5 * value @ weights + 0.5 * float(one @ weights))
        first = 0.5 * (value * expit(grid)) @ weights + 0.5 * float((one * expit(alone)) @ weights)
        firsts.append(first)
    prior = mu_weight[:, None] * tau_weight[None, :]
    means = []
    for place in range(len(successes)):
        others = prior * np.prod([m for at, m in enumerate(marginals) if at != place], axis=0)
        means.append(float((others * firsts[place]).sum() / (others * marginals[place]).sum()))
    return means


@pytest.mark.parametrize(("successes", "patients"), CASES)
def test_means_agree_with_another_quadrature(successes: tuple[int, ...], patients: tuple[int, ...]) -> None:
    found = [rate.mean for rate in shared_rates(successes, patients)]
    assert found == pytest.approx(by_gauss(successes, patients), abs=0.003)


def test_without_exchange_each_cohort_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """With weight 0 a rate is the posterior of a logit-normal prior alone: one integral."""
    monkeypatch.setattr(exchangeable, "WEIGHT_EXCHANGEABLE", 0.0)
    successes, patients = (2, 9), (10, 12)
    m = float(logit(11 / 22))
    for x, n, rate in zip(successes, patients, shared_rates(successes, patients), strict=True):

        def weight(theta: float, x: int = x, n: int = n) -> float:
            return float(likelihood(x, n, np.array(theta)) * np.exp(-0.5 * ((theta - m) / 2) ** 2))

        whole = quad(weight, -12, 12)[0]
        mean = quad(lambda theta: weight(theta) * float(expit(theta)), -12, 12)[0] / whole
        assert rate.mean == pytest.approx(mean, abs=1e-4)
        for bound, level in ((rate.low, 0.025), (rate.high, 0.975)):
            assert quad(weight, -12, float(logit(bound)))[0] / whole == pytest.approx(level, abs=2e-3)


def test_rates_are_drawn_towards_the_others_and_never_past_them() -> None:
    found = shared_rates((1, 6, 7), (10, 12, 14))
    assert 0.1 < found[0].mean < 0.5
    assert all(rate.low < rate.mean < rate.high for rate in found)
    alone = shared_rates((1,), (10,))[0]
    assert found[0].mean > alone.mean
    like, lone = shared_rates((3, 3, 3, 3), (12,) * 4)[0], shared_rates((3,), (12,))[0]
    assert like.high - like.low < lone.high - lone.low  # cohorts that agree lend strength


def test_equal_cohorts_have_equal_rates_and_order_does_not_matter() -> None:
    found = shared_rates((3, 3, 8), (12, 12, 12))
    assert found[0] == found[1]
    turned = shared_rates((8, 3, 3), (12, 12, 12))
    assert turned[0].mean == pytest.approx(found[2].mean)


def test_nobody_and_none() -> None:
    assert shared_rates((), ()) == []
    empty = shared_rates((0, 6), (0, 12))[0]
    assert empty.low < 0.5 < empty.high
    with pytest.raises(ValueError, match="are no successes among"):
        shared_rates((3,), (2,))
