"""How often the likeliest wrong base is shown by mistake, before any is: what the power of a place rests on."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from refractor.reads.fragments import UNKNOWN, UNSEEN, FragmentWindow
from refractor.reads.panel_coordinates import Axis
from refractor.variants.calling.error_rates import (
    LEAST_ERROR,
    QUALITY_BIN,
    QUALITY_BINS,
    READINGS,
    ErrorRates,
    quality_bin,
)
from refractor.variants.calling.stray_bases import NUMBER
from refractor.variants.codons.power import USUAL_ERROR_RATE, DetectionThresholds

_STEPS = 20
"""Steps a factor of ten, upwards, to which rates are rounded: power is worked out once for each."""


@dataclass(frozen=True, slots=True, order=True)
class ExpectedError:
    """Probability of the likeliest wrong base (geometric mean over fragments), and how unevenly it falls on places.

    `spread` among molecules of one orientation, `shared` among all (error_spread.ErrorSpread).
    """

    rate: float = USUAL_ERROR_RATE
    spread: float = 0.0
    shared: float = 0.0


def with_error(thresholds: DetectionThresholds, error: ExpectedError) -> DetectionThresholds:
    """The thresholds with a sample's own rate of mistakes."""
    return replace(thresholds, error_rate=error.rate, spread=error.spread, shared=error.shared)


def expected_error(window: FragmentWindow, axis: Axis, rates: ErrorRates) -> ExpectedError:
    """Of the worst place of a window and the likeliest change there."""
    found = []
    for column in range(window.end - window.start):
        shown = window.shown[:, column]
        read = np.flatnonzero((shown != UNSEEN) & (shown != UNKNOWN))
        place = window.start + column
        if len(read) and NUMBER[axis.bases[place]] < 4:
            cells = window.reading[read, column] * QUALITY_BINS + quality_bin(window.qualities[read, column])
            weights = np.bincount(cells, minlength=READINGS * QUALITY_BINS) / len(read)
            around = int(axis.bases[max(place - 1, 0)]), int(axis.bases[min(place + 1, len(axis.bases) - 1)])
            found += _of_base(int(NUMBER[axis.bases[place]]), weights, rates, around)
    return max(found, default=ExpectedError())


def usual_error(rates: ErrorRates, *, min_base_quality: int) -> ExpectedError:
    """Of a whole sample: the likeliest change of any base, with the qualities that its reads have, whatever is beside."""
    bins = np.arange(QUALITY_BINS) >= min_base_quality // QUALITY_BIN
    mates = rates.molecules.bases * bins
    if not mates.any():
        return ExpectedError()
    weights = np.zeros((READINGS, QUALITY_BINS))
    for second in (0, 1):
        weights[2 * second : 2 * second + 2] = mates[second].sum(axis=0) / (2 * mates.sum())
    changes = [_of_base(true, weights.reshape(-1), rates, None) for true in range(4)]
    return max(one for of_base in changes for one in of_base)


def _of_base(
    true: int, weights: NDArray[np.float64], rates: ErrorRates, around: tuple[int, int] | None
) -> list[ExpectedError]:
    """For each wrong base the mean error; `weights` (READINGS x bins, flat) are shares of the fragments."""
    logs = np.log10(rates.by_reading[true].reshape(4, -1)) @ weights
    found = []
    for wrong in range(4):
        if wrong != true:
            factor = 1.0 if around is None else rates.context(true, wrong, around)
            rate = max(10 ** float(logs[wrong]) * factor, LEAST_ERROR)
            spreads = float(rates.spread.apart[true, wrong].max()), float(rates.spread.shared[true, wrong])
            found.append(ExpectedError(_rounded_up(rate), *(math.ceil(10 * one) / 10 for one in spreads)))
    return found


def _rounded_up(rate: float) -> float:
    return float(min(10 ** (math.ceil(_STEPS * math.log10(rate) - 1e-9) / _STEPS), 0.5))
