from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from refractor.variants.codons.power import (
    DetectionThresholds,
    detection_probability,
    expected_vaf,
    required_depth,
    smallest_detectable_ccf,
    smallest_detectable_vaf,
)

THRESHOLDS = DetectionThresholds()


@pytest.mark.parametrize(("vaf", "depth"), [(0.05, 124), (0.10, 61), (0.15, 40)])
def test_depth_needed_for_three_reads_as_published(vaf, depth):
    assert required_depth(vaf, thresholds=THRESHOLDS) == depth


@pytest.mark.parametrize(
    ("depth", "vaf", "power"),
    # 1 - sum of the first three terms of the binomial: 0.95^100 (1 + 100/19 + 4950/361) = 0.1183;
    # science reference: 88 % at 100x and 30 % at 38x; 13 reads at 0.5: 1 - (1 + 13 + 78) / 8192
    [
        (100, 0.05, 0.8817),
        (38, 0.05, 0.2955),
        (13, 0.5, 1 - 92 / 8192),
        (2, 0.9, 0.0),
        (0, 0.5, 0.0),
        (50, 0.0, 0.0),
    ],
)
def test_detection_probability(depth, vaf, power):
    assert detection_probability(depth, vaf, thresholds=THRESHOLDS) == pytest.approx(power, abs=5e-4)


@pytest.mark.parametrize(
    ("purity", "copies", "multiplicity", "vaf"),
    [
        (1.0, 2, 1, 0.5),
        (0.2, 2, 1, 0.1),  # 0.2 / (0.4 + 1.6)
        (0.5, 4, 1, 0.5 / 3),  # 0.5 / (2 + 1)
        (0.5, 4, 3, 0.5),  # 1.5 / 3
        (0.8, 0.2, 1, 0.8 / 1.2),  # a carried gene has at least the one copy: 0.8 / (0.8 + 0.4)
    ],
)
def test_expected_vaf(purity, copies, multiplicity, vaf):
    assert expected_vaf(purity, copies, multiplicity=multiplicity) == pytest.approx(vaf)


def test_more_reads_are_demanded_where_errors_pile_up():
    assert THRESHOLDS.alt_reads_needed(0) == 3
    assert THRESHOLDS.alt_reads_needed(100) == 3
    assert THRESHOLDS.alt_reads_needed(1000) == 10  # the least VAF of 1 %
    lenient = DetectionThresholds(min_vaf=0.0)
    needed = lenient.alt_reads_needed(1000)
    assert binom.sf(needed - 1, 1000, lenient.error_rate) <= lenient.error_probability
    assert binom.sf(needed - 2, 1000, lenient.error_rate) > lenient.error_probability


def test_never_detectable_below_the_least_vaf():
    assert required_depth(0.01, thresholds=THRESHOLDS) is None
    assert required_depth(0.001, thresholds=THRESHOLDS) is None


@given(vaf=st.floats(0.02, 1.0))
def test_required_depth_is_the_first_that_suffices(vaf):
    depth = required_depth(vaf, thresholds=THRESHOLDS)
    assert depth is not None
    assert detection_probability(depth, vaf, thresholds=THRESHOLDS) >= 0.95
    assert all(detection_probability(less, vaf, thresholds=THRESHOLDS) < 0.95 for less in range(depth))


@given(depth=st.integers(3, 2000))
def test_smallest_detectable_vaf_has_exactly_the_wanted_power(depth):
    vaf = smallest_detectable_vaf(depth, thresholds=THRESHOLDS)
    assert vaf is not None
    assert detection_probability(depth, vaf, thresholds=THRESHOLDS) == pytest.approx(0.95, abs=1e-6)


def test_too_few_fragments_detect_nothing():
    assert smallest_detectable_vaf(2, thresholds=THRESHOLDS) is None


def test_smallest_detectable_cancer_cell_fraction():
    assert smallest_detectable_ccf(0.1, 0.4) == pytest.approx(0.25)
    assert smallest_detectable_ccf(0.41, 0.4) is None
    assert smallest_detectable_ccf(None, 0.4) is None
    assert math.isclose(smallest_detectable_ccf(0.4, 0.4) or 0, 1.0)
