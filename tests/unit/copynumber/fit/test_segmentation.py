import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from window_sites import window_sites

from refractor.copynumber.fit.segment_summary import unseen_events_sd
from refractor.copynumber.fit.segmentation import (
    SegmentationSettings,
    best_cuts,
    draw_in_outliers,
    find_segments,
    with_genes_apart,
)
from refractor.genome.panel import Gene


def sites_every(step, count, chromosome="1"):
    return window_sites(chromosome, np.arange(count) * step)


def cost(values, weights):
    if weights.sum() == 0:
        return 0.0
    return float(np.sum(weights * (values - np.average(values, weights=weights)) ** 2))


def cheapest(tracks, penalty, min_size):
    """The least cost over every way to cut, by trying all."""
    n = len(tracks[0][0])
    best = np.inf
    for count in range(n // min_size):
        for cuts in itertools.combinations(range(min_size, n - min_size + 1), count):
            edges = [0, *cuts, n]
            if min(np.diff(edges)) < min_size:
                continue
            total = penalty * count
            for values, weights in tracks:
                total += sum(cost(values[a:b], weights[a:b]) for a, b in itertools.pairwise(edges))
            best = min(best, total)
    return best


numbers = st.floats(-2, 2, allow_nan=False).map(lambda x: round(x, 3))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(numbers, numbers, st.sampled_from([0.0, 0.5, 4.0])), min_size=4, max_size=11),
    st.floats(0.05, 3),
    st.integers(1, 3),
)
def test_the_partition_is_the_cheapest_of_all(rows, penalty, min_size):
    first, second, weight = (np.array(part) for part in zip(*rows, strict=True))
    tracks = ((first, np.ones(len(first))), (second, weight))
    cuts = best_cuts(tracks, penalty=penalty, min_size=min_size)
    edges = [0, *cuts, len(first)]
    assert min(np.diff(edges)) >= min(min_size, len(first))
    total = penalty * len(cuts) + sum(
        cost(v[a:b], w[a:b]) for v, w in tracks for a, b in itertools.pairwise(edges)
    )
    assert total == pytest.approx(cheapest(tracks, penalty, min_size), abs=1e-6)


def test_a_step_in_depth_is_found_where_it_is():
    rng = np.random.default_rng(1)
    ratio = np.concatenate([np.zeros(60), np.full(12, 0.8), np.zeros(60)]) + rng.normal(0, 0.1, 132)
    nothing = np.full(132, np.nan)
    number = find_segments(sites_every(100_000, 132), ratio, np.full(132, 0.1), nothing, np.ones(132))
    assert number.tolist() == [0] * 60 + [1] * 12 + [2] * 60


def test_a_step_in_allele_balance_alone_is_found():
    rng = np.random.default_rng(2)
    ratio = rng.normal(0, 0.1, 200)
    away = np.full(200, np.nan)
    away[::4] = np.concatenate([np.full(25, 0.04), np.full(25, 0.35)]) + rng.normal(0, 0.03, 50)
    number = find_segments(sites_every(100_000, 200), ratio, np.full(200, 0.1), away, np.full(200, 0.065))
    assert number.max() == 1
    assert (
        abs(int(np.flatnonzero(np.diff(number))[0]) - 98) <= 4
    )  # informative SNPs are at every fourth window


def test_flat_noise_is_one_segment_and_gaps_and_chromosomes_cut():
    rng = np.random.default_rng(3)
    sites = sites_every(100_000, 300)
    sites.start[150:] += 3_000_000  # a centromere
    sites.end[150:] += 3_000_000
    sites.chromosome[250:] = "2"
    nothing = np.full(300, np.nan)
    number = find_segments(sites, rng.normal(0, 0.12, 300), np.full(300, 0.12), nothing, np.ones(300))
    assert number.tolist() == [0] * 150 + [1] * 100 + [2] * 50


def test_unused_windows_belong_to_no_segment():
    ratio = np.zeros(20)
    ratio[5] = np.nan
    number = find_segments(
        sites_every(100_000, 20), ratio, np.full(20, 0.1), np.full(20, np.nan), np.ones(20)
    )
    assert number[5] == -1
    assert set(number[np.arange(20) != 5]) == {0}


def test_nothing_used_gives_nothing():
    nothing = np.full(5, np.nan)
    assert find_segments(sites_every(10, 5), nothing, nothing, nothing, nothing).tolist() == [-1] * 5


def test_a_single_outlier_is_drawn_in_and_three_together_stay():
    values = np.zeros(15)
    values[4] = 3.0
    values[9:12] = 3.0
    drawn = draw_in_outliers(values, np.full(15, 0.1), 3.5)
    assert drawn[4] == pytest.approx(0.35)  # 3.5 sd of 0.1 from the median of its neighbours
    assert drawn[9:12].tolist() == [3.0, 3.0, 3.0]


def test_small_steps_are_no_segments():
    """Depth drifts by 0.03 (a wave), sure as it is with many windows: below min_step nothing is cut."""
    ratio = np.concatenate([np.zeros(400), np.full(400, 0.03)])
    nothing = np.full(800, np.nan)
    sd = np.full(800, 0.02)
    sites = sites_every(10_000, 800)
    assert find_segments(sites, ratio, sd, nothing, np.ones(800)).max() == 0
    finer = SegmentationSettings(min_step=0.01, wave_sd=0.002)
    assert find_segments(sites, ratio, sd, nothing, np.ones(800), settings=finer).max() == 1


@pytest.mark.parametrize(
    ("step", "apart", "segments"),
    [
        # 100 windows of 1 kb: a wave of sd 0.03 over either side leaves sqrt(2 x 0.0009) = 0.0424; 2.5 sd are 0.1061
        (0.107, 1_000, 2),
        (0.105, 1_000, 1),
        (0.068, 1_000, 1),  # 1.6 sd
        # 100 windows every 100 kb span 9.9 Mb, 33 wave lengths: sd 0.0074, 2.5 sd are 0.0185; min_step 0.045 decides
        (0.046, 100_000, 2),
        (0.044, 100_000, 1),
    ],
)
def test_a_step_must_stand_out_of_the_waves(step, apart, segments):
    ratio = np.concatenate([np.zeros(100), np.full(100, step)])
    nothing = np.full(200, np.nan)
    number = find_segments(sites_every(apart, 200), ratio, np.full(200, 0.01), nothing, np.ones(200))
    assert len(set(number.tolist())) == segments


def gene_over(start, end):
    return Gene("G", 1, "HGNC:1", "NM_1.1", "ENST1", "NP_1", "", "1", start, end, "+", ((start, end),), ())


def test_a_gene_that_stands_out_of_its_amplicon_is_a_segment_of_its_own():
    """Windows every 1 kb; an amplicon over 40-99 kb at log depth 1.0, 1.3 over the gene at 60-79 kb."""
    rng = np.random.default_rng(4)
    ratio = np.zeros(140) + rng.normal(0, 0.05, 140)
    ratio[40:100] += 1.0
    ratio[60:80] += 0.3
    number = np.array([0] * 40 + [1] * 60 + [2] * 40)
    sites = sites_every(1_000, 140)
    found = with_genes_apart(sites, ratio, np.full(140, 0.05), number, [gene_over(60_100, 79_900)])
    assert found.tolist() == [0] * 40 + [1] * 20 + [2] * 20 + [3] * 20 + [4] * 40


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_genes_of_one_amplicon_are_apart_and_later_segments_keep_their_own_number(order):
    ratio = np.zeros(200) + np.tile([0.02, -0.02], 100)
    ratio[40:140] += 1.0
    ratio[60:75] += 0.3
    ratio[100:115] += 0.4
    number = np.array([0] * 40 + [1] * 100 + [2] * 30 + [3] * 30)
    genes = [gene_over(60_100, 74_900), gene_over(100_100, 114_900)]
    found = with_genes_apart(
        sites_every(1_000, 200), ratio, np.full(200, 0.05), number, [genes[at] for at in order]
    )
    lengths = [40, 20, 15, 25, 15, 25, 30, 30]
    assert found.tolist() == np.repeat(np.arange(8), lengths).tolist()


@pytest.mark.parametrize(
    ("height", "step", "end"),
    [
        (0.2, 0.3, 79_900),  # no amplicon
        (1.0, 0.0, 79_900),  # the gene is like the rest
        (1.0, 0.3, 65_900),  # too few windows over the gene to have a level of its own
    ],
)
def test_other_genes_stay_in_their_segment(height, step, end):
    ratio = np.zeros(140) + np.tile([0.02, -0.02], 70)
    ratio[40:100] += height
    ratio[60:80] += step
    number = np.array([0] * 40 + [1] * 60 + [2] * 40)
    found = with_genes_apart(
        sites_every(1_000, 140), ratio, np.full(140, 0.05), number, [gene_over(60_100, end)]
    )
    assert found.tolist() == number.tolist()


def test_unused_windows_stay_unused_beside_a_gene():
    ratio = np.where((np.arange(140) >= 60) & (np.arange(140) < 80), 1.3, 0.0)
    ratio[40:60] = ratio[80:100] = 1.0
    ratio[70] = np.nan
    number = np.array([0] * 40 + [1] * 60 + [2] * 40)
    number[70] = -1
    found = with_genes_apart(
        sites_every(1_000, 140), ratio, np.full(140, 0.05), number, [gene_over(60_100, 79_900)]
    )
    assert found[70] == -1
    assert sorted(set(found)) == [-1, 0, 1, 2, 3, 4]


def test_what_noise_hides_in_a_segment_grows_with_its_variance_up_to_half_a_step():
    """Ratios spread by 0.1: an error of 0.01 hides 22 x 0.0001 / 0.1 = 0.022 of the mean, one of 0.03 half a step."""
    ratio, length = np.exp(np.array([-0.1, 0.1, -0.1, 0.1])), np.full(4, 30e6)
    hidden = unseen_events_sd(ratio, np.array([0.005, 0.01, 0.03, 0.01]) * ratio, length)
    assert hidden == pytest.approx([0.0055, 0.022, 0.05, 0.022], rel=0.01)
