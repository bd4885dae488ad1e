"""How far apart windows may lie and still share a segment."""

from __future__ import annotations

import numpy as np
import pytest

from refractor.copynumber.fit.segmentation import SegmentationSettings, find_segments, widest_gap
from refractor.genome.builds import GenomeBuild
from refractor.reads.windows_to_read import load_sites


def test_all_shipped_windows_keep_the_set_gap() -> None:
    settings = SegmentationSettings()
    assert widest_gap(load_sites(GenomeBuild.GRCH38), settings) == settings.gap


@pytest.mark.parametrize("count", [1000, 1500, 3000])
def test_a_flat_genome_read_at_few_windows_is_a_few_segments(count: int) -> None:
    """Noise of 10 % around diploid: no more than two segments an arm, where a fixed gap cut nearly every window."""
    sites = load_sites(GenomeBuild.GRCH38, count=count)
    noise = np.random.default_rng(7).normal(0.0, 0.1, len(sites))
    sd, nothing = np.full(len(sites), 0.1), np.full(len(sites), np.nan)
    number = find_segments(sites, noise, sd, nothing, sd)
    assert len(number) == count
    assert number.max() + 1 <= 2 * 46
