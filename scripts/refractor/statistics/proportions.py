"""Proportions with exact intervals."""

from __future__ import annotations

from dataclasses import dataclass

CONFIDENCE = 0.95
"""Level of every interval of the outcome tables."""


@dataclass(frozen=True, slots=True)
class Proportion:
    """Successes among n, with an interval; estimate and bounds are None where nobody was counted."""

    successes: int
    n: int
    estimate: float | None
    low: float | None
    high: float | None


def clopper_pearson(successes: int, n: int, *, confidence: float = CONFIDENCE) -> Proportion:
    """The share of successes with its exact central interval (Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404).

    Both tails hold (1 - confidence) / 2. With n = 0 nothing is known: no estimate, no bounds.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes among {n}")
    if n == 0:
        return Proportion(0, 0, None, None, None)
    from scipy.special import betaincinv  # noqa: PLC0415 - a fifth of a second to start

    tail = (1 - confidence) / 2
    low = 0.0 if successes == 0 else float(betaincinv(successes, n - successes + 1, tail))
    high = 1.0 if successes == n else float(betaincinv(successes + 1, n - successes, 1 - tail))
    return Proportion(successes, n, successes / n, low, high)


def lower_bound(successes: int, n: int, *, confidence: float = CONFIDENCE) -> float | None:
    """The exact one-sided lower bound of a share; None with n = 0."""
    return clopper_pearson(successes, n, confidence=2 * confidence - 1).low
