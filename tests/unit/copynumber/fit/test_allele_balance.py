import numpy as np
import pytest
from window_sites import window_sites

from refractor.copynumber.fit.allele_balance import (
    MINOR_FRACTIONS,
    AlleleSettings,
    imbalance,
    log_likelihoods,
    select_snps,
)
from refractor.reads.windows import WindowCounts
from refractor.reads.windows_to_read import NO_SNP


def sites_of(count):
    start = np.arange(count) * 100_000
    return window_sites("1", start, start + 500)


def counts_of(ref, alt, other=None):
    ref, alt = np.asarray(ref, np.int32), np.asarray(alt, np.int32)
    n = len(ref)
    none = np.zeros(n, np.int32)
    return WindowCounts(
        np.full(n, 200, np.int32), np.full(n, 0.4), ref, alt, none if other is None else other, none
    )


def test_only_snps_that_the_normal_shows_heterozygous_tell():
    #          het  hom  too shallow  tumour too shallow  strange bases
    normal = counts_of([15, 30, 4, 15, 15], [14, 0, 4, 15, 15])
    tumor = counts_of([40, 40, 40, 3, 40], [10, 10, 10, 3, 10], other=np.array([0, 0, 0, 0, 20], np.int32))
    found = select_snps(sites_of(5), tumor, normal)
    assert found.rows.tolist() == [0]
    assert (found.alt.tolist(), found.depth.tolist()) == ([10], [50])
    assert found.normal_het_rate == pytest.approx(3 / 4)  # of the four deep enough


def test_a_window_without_a_snp_tells_nothing():
    sites = sites_of(2)
    sites.snp[1] = NO_SNP
    assert select_snps(sites, counts_of([20, 20], [20, 20]), None).rows.tolist() == [0]


def simulated(share, count, depth, rng):
    lesser = rng.random(count) < 0.5
    p = np.where(lesser, share, 1 - share)
    alt = rng.binomial(depth, p)
    return counts_of(depth - alt, alt)


@pytest.mark.parametrize("share", [0.1, 0.25, 0.33, 0.42, 0.5])
def test_the_likelihood_peaks_at_the_true_share(share):
    rng = np.random.default_rng(7)
    n = 300
    normal = simulated(0.5, n, 30, rng)
    tumor = simulated(share, n, 60, rng)
    found = select_snps(sites_of(n), tumor, normal)
    assert len(found.rows) > 0.95 * n
    total = log_likelihoods(found).sum(axis=0)
    assert total.shape == (101,)
    assert abs(MINOR_FRACTIONS[int(np.argmax(total))] - share) <= 0.015


def test_reference_bias_is_not_taken_for_imbalance():
    """At a balanced SNP 55 % of the reads show the reference allele, in tumour and normal alike."""
    rng = np.random.default_rng(8)
    n = 600
    normal_alt, tumor_alt = rng.binomial(30, 0.45, n), rng.binomial(60, 0.45, n)
    found = select_snps(
        sites_of(n), counts_of(60 - tumor_alt, tumor_alt), counts_of(30 - normal_alt, normal_alt)
    )
    assert found.reference_bias == pytest.approx(0.55, abs=0.01)
    total = log_likelihoods(found).sum(axis=0)
    assert total[-1] > total.max() - 2  # balance fits as well as anything


def test_without_a_normal_homozygous_snps_say_nothing():
    """Three SNPs in four are homozygous: they fit every share alike and leave the peak where it is."""
    rng = np.random.default_rng(9)
    n = 800
    het = rng.random(n) < 0.25
    alt = np.where(
        het,
        rng.binomial(60, np.where(rng.random(n) < 0.5, 0.3, 0.7)),
        np.where(rng.random(n) < 0.6, rng.binomial(60, 0.003, n), rng.binomial(60, 0.997, n)),
    )
    found = select_snps(sites_of(n), counts_of(60 - alt, alt), None)
    assert len(found.rows) == n
    logs = log_likelihoods(found)
    assert abs(MINOR_FRACTIONS[int(np.argmax(logs.sum(axis=0)))] - 0.3) <= 0.02
    settings = AlleleSettings()
    homozygous = logs[(found.alt == 0)]
    # nothing but the chance of a heterozygous SNP with a vanishing allele sets the ends apart
    assert np.ptp(homozygous, axis=1).max() < -np.log(1 - settings.het_rate) + 0.2
    away, _ = imbalance(found)
    assert np.isnan(away[found.alt == 0]).all()


def test_imbalance_is_the_distance_from_one_half():
    normal = counts_of([15, 15], [15, 15])
    found = select_snps(sites_of(2), counts_of([75, 20], [25, 20]), normal)
    away, sd = imbalance(found)
    assert away == pytest.approx([0.25, 0.0])
    # binomial 0.5 / sqrt(depth) and a little more
    assert sd[0] == pytest.approx(np.sqrt(0.25 / 100 + 0.0005))
