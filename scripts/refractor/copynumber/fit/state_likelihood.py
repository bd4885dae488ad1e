"""How well each state of copies explains each segment at a purity and ploidy: what the fit mixes and weighs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.copynumber.fit.allele_balance import MINOR_FRACTIONS
from refractor.copynumber.fit.genome_prior import CopyStates, PuritySettings
from refractor.copynumber.fit.purity_posterior import SegmentEvidence

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class PointLikelihood:
    """At points of one purity: likelihoods of states over `peak` (log, of the best explanation of a segment).

    `states` (n_segments, n_states, n_points), `odd` and `peak` (n_segments, n_points); `odd` is that of anything else.
    """

    states: Singles
    odd: Floats
    peak: Floats
    prior: Singles
    odd_fraction: float

    def mixed(self) -> Floats:
        """Log-likelihood of each segment in each kind of genome, (n_kinds, n_segments, n_points)."""
        whole = np.tensordot(self.prior, self.states, axes=(1, 1))
        logs: Floats = np.log((1 - self.odd_fraction) * whole + self.odd) + self.peak
        return logs


class StateLikelihood:
    """The likelihood of every state, with what does not depend on purity and ploidy worked out once."""

    def __init__(self, evidence: SegmentEvidence, states: CopyStates, settings: PuritySettings) -> None:
        # a constant a segment changes nothing, and lets single precision do, at half the time
        self._table = evidence.alleles - evidence.alleles.max(axis=1, keepdims=True)
        of_any = np.logaddexp.reduce(self._table, axis=1) - np.log(self._table.shape[1])
        self._odd = np.log(settings.odd_fraction) + of_any - np.log(np.maximum(3.0, 1.5 * evidence.ratio))
        self._ratio = evidence.ratio
        self._variance = evidence.ratio_sd**2 + (settings.ratio_floor * evidence.ratio) ** 2
        self._states = states
        self._prior = states.prior.astype(np.float32)
        self._odd_fraction = settings.odd_fraction
        self.trust: Floats = settings.sharpness * np.clip(
            evidence.length / settings.full_weight_length, 0.1, 1.0
        )
        """Exponent of each segment's likelihood, (n_segments,): short ones, and none in full."""

    def at(self, purity: float, ploidies: Floats, *, blur: float = 0.0) -> PointLikelihood:
        """At one purity and several ploidies (n_points,); `blur` (copies) widens the expected ratios."""
        p, states = purity, self._states
        tumor = p * states.total + 2 * (1 - p)
        share = (p * states.minor + 1 - p) / np.maximum(tumor, 1e-9)
        alleles = _interpolated(self._table, np.clip(share, 0, 0.5))  # (n_segments, n_states)
        scale = p * ploidies + 2 * (1 - p)
        expected = (tumor[:, None] / scale[None, :]).astype(np.float32)
        middle = float(scale.mean())
        widened = self._variance + (blur * p * self._ratio / middle) ** 2
        spread = np.sqrt(widened[:, None] + (states.blur * p / middle)[None, :] ** 2)
        level = (alleles - np.log(spread) - 0.5 * np.log(2 * np.pi)).astype(np.float32)
        distance = self._ratio.astype(np.float32)[:, None, None] - expected[None]
        distance *= (1 / spread).astype(np.float32)[:, :, None]
        whole = level[:, :, None] - np.float32(0.5) * distance * distance
        peak = np.maximum(whole.max(axis=1), self._odd[:, None].astype(np.float32))
        likelihood = np.exp(whole - peak[:, None, :])
        odd = np.exp(self._odd[:, None] - peak)
        return PointLikelihood(likelihood, odd, peak, self._prior, self._odd_fraction)


def _interpolated(table: Floats, share: Floats) -> Floats:
    """Rows of `table` (over MINOR_FRACTIONS) at each share; (n_rows, n_shares)."""
    place = share * (len(MINOR_FRACTIONS) - 1) / MINOR_FRACTIONS[-1]
    low = np.clip(np.floor(place).astype(int), 0, len(MINOR_FRACTIONS) - 2)
    part = place - low
    mixed: Floats = table[:, low] * (1 - part) + table[:, low + 1] * part
    return mixed
