from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@pytest.mark.parametrize(
    ("error_rate", "spread", "needed"),
    # k of 60 at error e: k log10((k/60 (1 - e) + (1 - k/60) e) / e) + (60 - k) log10(1 - k/60), at least 5.5
    [
        (1e-4, 0.0, 3),  # 3 x 2.70 - 1.27 = 6.83
        (1e-3, 0.0, 4),  # 3: 3 x 1.71 - 1.27 = 3.86; 4: 4 x 1.83 - 1.68 = 5.64
        (
            1e-3,
            2.0,
            5,
        ),  # 4 less log10(1 + 2), two of them in the damaged orientation: 5.16; 5: 9.60 - 2.08 - 1.18 = 6.4
    ],
)
def test_the_samples_own_mistakes_decide(error_rate, spread, needed):
    thresholds = DetectionThresholds(error_rate=error_rate, spread=spread)
    assert thresholds.alt_reads_needed(60) == needed


def test_damage_of_both_orientations_demands_more():
    """5 of 60 at 1e-3: 9.60 - 2.08 - 0.03; less log10(3 x 5 x 7 x 9), as all of them share the place: 4.5."""
    apart = DetectionThresholds(error_rate=1e-3, spread=2.0)
    both = DetectionThresholds(error_rate=1e-3, spread=2.0, shared=2.0)
    assert (apart.alt_reads_needed(60), both.alt_reads_needed(60)) == (5, 6)
    assert both.of_indels().alt_reads_needed(60) == both.of_files().alt_reads_needed(60) == 3


def test_two_fragments_at_listed_alleles_are_a_gate_that_opens():
    """60 fragments at VAF 5 %: P(X >= 2) = 1 - 0.95^60 (1 + 60/19) = 0.8084, P(X >= 3) = 0.5825."""
    listed = DetectionThresholds(min_alt_reads=2, log_odds=2.5)
    assert listed.alt_reads_needed(60) == 2
    assert detection_probability(60, 0.05, thresholds=listed) == pytest.approx(0.8084, abs=5e-4)
    assert detection_probability(60, 0.05, thresholds=THRESHOLDS) == pytest.approx(0.5825, abs=5e-4)
    # wild-type with power 0.95 at VAF 10 %: 0.9^46 (1 + 46/9) = 0.0481, 0.9^45 (1 + 5) = 0.0524; three take 61
    assert required_depth(0.10, thresholds=listed) == 46
    assert required_depth(0.10, thresholds=THRESHOLDS) == 61
    # 30x: the least VAF with 0.95 power solves (1 - v)^30 + 30 v (1 - v)^29 = 0.05
    vaf = smallest_detectable_vaf(30, thresholds=listed)
    assert (1 - vaf) ** 30 + 30 * vaf * (1 - vaf) ** 29 == pytest.approx(0.05)


def test_a_damaged_sample_needs_more_for_the_same_statement():
    listed = DetectionThresholds(min_alt_reads=2, log_odds=2.5)
    damaged = DetectionThresholds(min_alt_reads=2, log_odds=2.5, error_rate=2e-3)
    # 2 of 60 at 2e-3: 2 log10(0.0352 / 2e-3) - 0.85 = 1.64; 3: 3 log10(0.0518 / 2e-3) - 1.27 = 2.97
    assert (listed.alt_reads_needed(60), damaged.alt_reads_needed(60)) == (2, 3)
    assert detection_probability(60, 0.1, thresholds=damaged) < detection_probability(
        60, 0.1, thresholds=listed
    )
    assert damaged.of_indels().alt_reads_needed(60) == 2  # damage makes no insertions or deletions


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
