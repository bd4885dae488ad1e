"""Draws from the ranges that a caller gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractor.copynumber.calls.uncertainty import fit_draws, two_piece_quantiles
from refractor.results.copy_number_tables import PurityPloidy


def test_a_symmetric_range_is_a_normal() -> None:
    found = two_piece_quantiles(0.5, 0.402, 0.598)  # sd 0.05
    assert found is not None
    assert len(found) == 64
    assert np.mean(found) == pytest.approx(0.5, abs=1e-6)
    assert np.std(found) == pytest.approx(0.05, rel=0.03)


@given(best=st.floats(0.1, 0.9), below=st.floats(0.001, 0.1), above=st.floats(0.001, 0.1))
def test_quantiles_ascend_and_split_at_the_mode(best: float, below: float, above: float) -> None:
    found = two_piece_quantiles(best, best - below, best + above)
    assert found is not None
    assert np.all(np.diff(found) > 0)
    # a two-piece normal has below / (below + above) of its mass under the mode
    assert np.mean(found < best) == pytest.approx(below / (below + above), abs=1 / 64)


def test_no_range_no_draws() -> None:
    assert two_piece_quantiles(0.5, None, 0.6) is None
    assert two_piece_quantiles(0.5, 0.6, 0.7) is None  # the best value is not inside
    assert two_piece_quantiles(0.5, 0.5, 0.5) is None
    assert fit_draws(PurityPloidy(purity=0.5, ploidy=2.0)) is None
    untold = fit_draws(PurityPloidy(purity=None, ploidy=2.0))  # taken at the least, with a caller's error
    assert untold is not None
    assert np.median(untold.purity) == pytest.approx(0.2, abs=0.01)
    assert np.quantile(untold.purity, (0.025, 0.975)) == pytest.approx((0.1, 0.3), abs=0.01)


def test_purities_stay_shares_and_pairs_are_complete() -> None:
    found = fit_draws(PurityPloidy(purity=0.97, purity_low=0.8, purity_high=1.0, ploidy=2.0))
    assert found is not None
    assert found.purity.shape == found.ploidy.shape == (64 * 64,)
    assert found.purity.min() > 0
    assert found.purity.max() <= 1
    assert set(found.ploidy) == {2.0}
