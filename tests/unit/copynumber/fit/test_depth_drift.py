"""The slow drift of depth is measured in each sample, and widens or narrows the errors of its segments."""

from dataclasses import replace

import numpy as np
import pytest

from refractor.copynumber.fit.depth_drift import drift_sd
from refractor.copynumber.fit.normalise_depth import NormalisedDepth
from refractor.copynumber.fit.segmentation import SegmentationSettings
from refractor.genome.builds import GenomeBuild
from refractor.reads.windows_to_read import load_sites

SITES = load_sites(GenomeBuild.GRCH38)
SETTINGS = SegmentationSettings()
CHROMOSOMES = [np.flatnonzero(SITES.chromosome == str(name)) for name in range(1, 23)]


def depth_with(drift: float, *, noise: float = 0.1, seed: int = 4) -> NormalisedDepth:
    """Depth of unaltered chromosomes whose drift is an Ornstein-Uhlenbeck walk of 300 kb, with noise of each window."""
    rng = np.random.default_rng(seed)
    log_ratio = rng.normal(0, noise, len(SITES))
    for rows in CHROMOSOMES:
        keep = np.exp(-np.diff(SITES.start[rows], prepend=SITES.start[rows[0]]) / 300_000)
        value = rng.normal(0, drift)
        for row, kept in zip(rows, keep, strict=True):
            value = value * kept + rng.normal(0, drift) * np.sqrt(1 - kept**2)
            log_ratio[row] += value
    return NormalisedDepth(
        log_ratio=log_ratio,
        log_sd=np.full(len(SITES), noise),
        used=np.ones(len(SITES), dtype=bool),
        residual_sd=noise,
        normal_weight=1.0,
        gc_range=0.0,
    )


@pytest.mark.parametrize("drift", [0.015, 0.03, 0.045])
def test_the_drift_of_a_sample_is_found_whatever_the_noise(drift: float) -> None:
    for noise in (0.06, 0.15):
        found = drift_sd(SITES, depth_with(drift, noise=noise), CHROMOSOMES, SETTINGS)
        # noise of its own gives a product of neighbours the standard deviation noise^2; three standard errors
        # over four in five of the windows, which share two thirds of the drift
        error = 3 * noise**2 / np.sqrt(0.8 * len(SITES)) / 0.66
        assert found**2 == pytest.approx(drift**2, rel=0.25, abs=error)


def test_without_drift_it_is_near_the_least_and_few_windows_leave_that_of_the_settings() -> None:
    depth = depth_with(0.0)
    assert drift_sd(SITES, depth, CHROMOSOMES, SETTINGS) < 0.015
    short = [rows[:30] for rows in CHROMOSOMES]
    assert drift_sd(SITES, depth, short, SETTINGS) == pytest.approx(SETTINGS.wave_sd)
    assert drift_sd(SITES, depth, [], replace(SETTINGS, wave_sd=0.02)) == pytest.approx(0.02)
