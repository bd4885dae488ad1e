"""Draws from the ranges that a caller gives."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractor.copynumber.calls.gene_copies import measure_genes
from refractor.copynumber.calls.uncertainty import fit_draws, two_piece_quantiles
from refractor.copynumber.segments import CopyNumberProfile
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import load_panel
from refractor.results.copy_number_tables import PurityMethod, PurityPloidy, PurityStatus, Segment


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


def profile_of(copies: float, *, n_windows: int | None = None, integers: bool = False) -> CopyNumberProfile:
    """A caller's genome of 2 copies with a stretch of `copies` over ERBB2."""
    segments = tuple(
        Segment(
            chromosome=name,
            start=0,
            end=CONTIG_LENGTHS[GenomeBuild.GRCH38][name],
            copy_number=copies if name == "17" else 2.0,
            minor_copy_number=1.0,
            n_windows=n_windows,
        )
        for name in ("1", "2", "17")
    )
    values = PurityPloidy(purity=0.5, ploidy=2.1, method=PurityMethod.IMPORTED, status=PurityStatus.OK)
    return CopyNumberProfile("x", GenomeBuild.GRCH38, segments, purity_ploidy=values, integers=integers)


def width(profile: CopyNumberProfile) -> float:
    """How far the range of ERBB2 reaches, copies."""
    genes = (load_panel(GenomeBuild.GRCH38).genes["ERBB2"],)
    (found,) = measure_genes(profile, genes, build=GenomeBuild.GRCH38, min_purity=0.2)
    assert found.low is not None
    assert found.high is not None
    assert found.low < (found.copy_number or 0.0) < found.high
    return found.high - found.low


@pytest.mark.parametrize("integers", [True, False])
def test_ranges_of_a_caller_grow_with_its_copies(integers: bool) -> None:
    """Purity and depth err by a share of the copies: half a copy of rounding is little at 40 of them."""
    widths = [width(profile_of(copies, integers=integers)) for copies in (3.0, 8.0, 20.0, 40.0, 80.0)]
    assert all(wider > 1.8 * narrower for narrower, wider in itertools.pairwise(widths))
    assert widths[-1] > 30


def test_few_windows_widen_the_range() -> None:
    """0.2 (log2) over the root of the windows, beside the drift of depth: 4 windows have an error of 7 %."""
    many, four, one = (width(profile_of(20.0, n_windows=n)) for n in (10_000, 4, 1))
    assert many < 1.02 * width(profile_of(20.0))
    assert 1.05 * many < four < 0.8 * one
