"""How much of the altered genome a solution puts between whole copies, and what that costs it.

What every tumour cell has, read at too high a purity, looks like a subclone that has nearly all events; at too low a
one, or undoubled, likewise. Each segment alone may be a subclone's; that most of the altered length is, is rare.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from refractor.copynumber.fit.genome_prior import CopyStates, PuritySettings
from refractor.copynumber.fit.purity_posterior import SegmentEvidence
from refractor.copynumber.fit.state_likelihood import StateLikelihood

Floats = NDArray[np.float64]

LEAST_ALTERED = 0.02
"""Share of the length that counts as altered in whole copies in any genome, so that one short stretch decides nothing."""


def log_prior_of_length(
    evidence: SegmentEvidence, *, purity: float, ploidy: float, states: CopyStates, settings: PuritySettings
) -> Floats:
    """Log-prior (2,) of a solution without and with a doubled genome: `between_whole_copies` x log(1 - f).

    f is the share of the altered bases that lies between whole copies, each segment's length divided over the states
    by their probability in the likeliest kind of genome. Unaltered is 1+1, in a doubled genome 2+2.
    """
    of_states = StateLikelihood(evidence, states, settings)
    point = of_states.at(purity, np.array([ploidy]))
    likelihood, odd = point.states[:, :, 0].astype(np.float64), point.odd[:, 0]
    logs = states.log_weight + point.mixed()[:, :, 0] @ of_states.trust
    result = np.zeros(2)
    for doubled in (0, 1):
        rows = np.flatnonzero(states.of_doubled == doubled)
        kind = int(rows[np.argmax(logs[rows])])
        weights = (1 - settings.odd_fraction) * states.prior[kind] * likelihood
        whole = weights.sum(axis=1) + odd
        unaltered = weights[:, states.unaltered[kind]] / whole
        between = (weights[:, states.step >= 0].sum(axis=1) + odd) / whole
        length = evidence.length / evidence.length.sum()
        altered = float(length @ (1 - unaltered)) + LEAST_ALTERED
        share = float(length @ between) / altered
        result[doubled] = settings.between_whole_copies * np.log(max(1 - share, 1e-3))
    return result
