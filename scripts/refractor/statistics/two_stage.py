"""The two-stage single-arm design: what it promises, what it decides, and estimates that respect its first look.

Stage 1 takes n1 patients and stops where at most r1 have benefit; stage 2 takes the rest of n. The drugs are called
active where at least `success` have benefit. A naive proportion is biased after an interim look; the estimates here
are those of Jung and Kim (UMVUE, doi:10.1002/sim.1675) and Koyama and Chen (doi:10.1002/sim.3025).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import bdtr, comb, xlog1py, xlogy

from refractor.settings.endpoint_rules import Design
from refractor.statistics.proportions import CONFIDENCE

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class OperatingCharacteristics:
    """What the design does at one true share: chance of success, of an early stop, and the expected patients."""

    success: float
    early_stop: float
    expected_patients: float


@dataclass(frozen=True, slots=True)
class TwoStageEstimate:
    """Estimates after the trial ended at stage 1 or 2, all 0-1; None where the method does not give one."""

    stage: int
    naive: float
    umvue: float
    median_unbiased: float | None
    koyama_chen: tuple[float | None, float | None]
    clopper_pearson_type: tuple[float, float]
    p_value: float


def binomial_pmf(n: int, share: float) -> Floats:
    """Probabilities of 0..n successes."""
    k = np.arange(n + 1)
    logs = np.log(comb(n, k)) + xlogy(k, share) + xlog1py(n - k, -share)
    return np.asarray(np.exp(logs), dtype=np.float64)


def at_least(design: Design, successes: int, share: float) -> float:
    """P(stage 2 is reached and at least `successes` have benefit in all) at a true share."""
    first = np.arange(design.r1 + 1, design.n1 + 1)
    needed = successes - first
    tail = 1 - bdtr(np.clip(needed - 1, 0, design.n2), design.n2, share)
    tail = np.where(needed <= 0, 1.0, np.where(needed > design.n2, 0.0, tail))
    return float(np.sum(binomial_pmf(design.n1, share)[first] * tail))


def operating_characteristics(design: Design, share: float) -> OperatingCharacteristics:
    """What the design does at a true share: alpha at p0, power at p1."""
    stop = float(binomial_pmf(design.n1, share)[: design.r1 + 1].sum())
    return OperatingCharacteristics(
        at_least(design, design.success, share), stop, design.n1 + (1 - stop) * design.n2
    )


def umvue(design: Design, successes: int) -> float:
    """The uniformly minimum-variance unbiased estimate after stage 2 (Jung and Kim 2004)."""
    first = np.arange(max(design.r1 + 1, successes - design.n2), min(successes, design.n1) + 1)
    second = comb(design.n2, successes - first)
    return float(np.sum(comb(design.n1 - 1, first - 1) * second) / np.sum(comb(design.n1, first) * second))


def estimate_after_stage_two(
    design: Design, successes: int, *, confidence: float = CONFIDENCE
) -> TwoStageEstimate:
    """Estimates where stage 2 was finished with `successes` in all; ValueError below r1 + 1, where none is reached.

    Koyama-Chen inverts P(X1 > r1, X >= x) at both limits; the Clopper-Pearson-type interval uses x + 1 for the
    upper one and is wider, and never too short.
    """
    if not design.r1 < successes <= design.n:
        raise ValueError(f"{successes} successes are not possible after stage 2 with r1 {design.r1}")
    tail = (1 - confidence) / 2
    low = _share_where(lambda share: at_least(design, successes, share), tail)
    full = successes == design.n
    return TwoStageEstimate(
        stage=2,
        naive=successes / design.n,
        umvue=umvue(design, successes),
        median_unbiased=_share_where(lambda share: at_least(design, successes, share), 0.5),
        koyama_chen=(low, _share_where(lambda share: at_least(design, successes, share), 1 - tail)),
        clopper_pearson_type=(
            low,
            1.0 if full else _share_where(lambda share: at_least(design, successes + 1, share), 1 - tail),
        ),
        p_value=at_least(design, successes, design.p0),
    )


def estimate_after_early_stop(
    design: Design, successes: int, *, confidence: float = CONFIDENCE
) -> TwoStageEstimate:
    """Estimates where the trial stopped after stage 1: a plain binomial sample below every outcome of stage 2."""
    if not 0 <= successes <= design.r1:
        raise ValueError(f"{successes} successes do not stop a trial with r1 {design.r1}")
    tail = (1 - confidence) / 2

    def above(least: int, share: float) -> float:
        return 1.0 if least <= 0 else float(1 - bdtr(least - 1, design.n1, share))

    some = successes > 0
    low = _share_where(lambda share: above(successes, share), tail) if some else 0.0
    return TwoStageEstimate(
        stage=1,
        naive=successes / design.n1,
        umvue=successes / design.n1,
        median_unbiased=_share_where(lambda share: above(successes, share), 0.5) if some else None,
        koyama_chen=(
            low,
            _share_where(lambda share: above(successes, share), 1 - tail) if some else None,
        ),
        clopper_pearson_type=(low, _share_where(lambda share: above(successes + 1, share), 1 - tail)),
        p_value=above(successes, design.p0),
    )


def _share_where(rising: Callable[[float], float], level: float) -> float:
    """The share at which a probability that rises with it reaches `level`."""
    return float(brentq(lambda share: rising(share) - level, 0.0, 1.0, xtol=1e-12))
