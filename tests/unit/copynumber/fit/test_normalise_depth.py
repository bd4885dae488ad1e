from dataclasses import replace

import numpy as np
import pytest

from refractor.copynumber.fit.normalise_depth import normal_copies, normalise
from refractor.genome.builds import GenomeBuild
from refractor.identity.sex import infer_sex
from refractor.reads.windows_to_read import load_sites
from synthetic.window_counts import Noise, count_genome
from synthetic.window_genomes import Recipe, make_genome

SITES = load_sites(GenomeBuild.GRCH38, count=6_000)
QUIET = Recipe(purity=0.6, arm_events=0, focal_events=0, late_arm_events=0)


def pair(recipe, seed=1, **more):
    rng = np.random.default_rng(seed)
    genome = make_genome(recipe, SITES, rng)
    return genome, *count_genome(genome, SITES, rng, **more)


@pytest.mark.parametrize("sex", ["XX", "XY"])
def test_sex_is_told_by_normal_or_tumour(sex):
    _, tumor, normal = pair(Recipe(purity=0.7, sex=sex, arm_events=8))
    assert infer_sex(SITES, normal) == sex
    assert infer_sex(SITES, tumor) == sex


def test_sex_is_not_guessed_without_x_and_y():
    _, _, normal = pair(QUIET)
    assert infer_sex(SITES, normal.without(np.isin(SITES.chromosome, ("X", "Y")))) is None


def test_normal_copies_follow_the_sex():
    for sex, on_x, on_y in (("XX", 2, 0), ("XY", 1, 1)):
        copies = normal_copies(SITES, sex)
        assert set(copies[SITES.chromosome == "X"]) == {on_x}
        assert set(copies[SITES.chromosome == "Y"]) == {on_y}
    assert np.isnan(normal_copies(SITES, None)[SITES.chromosome == "X"]).all()
    assert set(normal_copies(SITES, None)[SITES.chromosome == "7"]) == {2}


@pytest.mark.parametrize("with_normal", [True, False])
def test_gc_is_taken_out(with_normal):
    steep = Noise(gc_slope=0.5, window_sd=0.05, private_sd=0.03, wave_sd=0.0)
    _, tumor, normal = pair(QUIET, noise=steep)
    depth = normalise(SITES, tumor, normal if with_normal else None, sex="XX")
    used = depth.used & ~np.isin(SITES.chromosome, ("X", "Y"))
    assert abs(np.corrcoef(tumor.gc[used], np.log(tumor.fragments[used] + 0.5))[0, 1]) > 0.3
    assert abs(np.corrcoef(tumor.gc[used], depth.log_ratio[used])[0, 1]) < 0.06
    assert depth.gc_range > 0.15
    assert abs(np.median(depth.log_ratio[used])) < 1e-9


def test_the_stated_sd_is_the_seen_one():
    """Successive windows of a flat genome differ by what `log_sd` says."""
    _, tumor, normal = pair(QUIET, noise=Noise(window_sd=0.1, private_sd=0.06, wave_sd=0.0))
    depth = normalise(SITES, tumor, normal, sex="XX")
    used = depth.used & ~np.isin(SITES.chromosome, ("X", "Y"))
    score = depth.log_ratio[used] / depth.log_sd[used]
    assert np.std(score) == pytest.approx(1.0, abs=0.08)


def test_the_normal_takes_out_what_windows_share():
    noise = Noise(window_sd=0.2, private_sd=0.02, wave_sd=0.0)
    _, tumor, normal = pair(QUIET, noise=noise, normal_depth=60.0)
    with_it, without = (normalise(SITES, tumor, n, sex="XX") for n in (normal, None))
    # shared stray 0.2, counting noise of the normal 1/sqrt(200) = 0.07: slope 0.04 / (0.04 + 0.005) = 0.89
    assert with_it.normal_weight == pytest.approx(0.89, abs=0.06)
    assert with_it.residual_sd < 0.5 * without.residual_sd


def test_a_useless_normal_is_given_little_weight():
    _, tumor, normal = pair(QUIET, noise=Noise(window_sd=0.0, private_sd=0.05, wave_sd=0.0))
    assert normalise(SITES, tumor, normal, sex="XX").normal_weight < 0.1


def test_a_variant_of_the_normal_itself_cancels():
    """A germline deletion halves both files: it is no loss of the tumour."""
    _, tumor, normal = pair(QUIET)
    rows = np.flatnonzero(SITES.chromosome == "4")[100:140]
    for counts in (tumor, normal):
        counts.fragments[rows] //= 2
    depth = normalise(SITES, tumor, normal, sex="XX")
    assert abs(np.mean(depth.log_ratio[rows])) < 0.07  # log(1/2) is -0.69


def test_windows_without_the_normals_reads_are_not_used():
    _, tumor, normal = pair(QUIET)
    rows = np.flatnonzero(SITES.chromosome == "4")[:10]
    normal.fragments[rows] = 0
    depth = normalise(SITES, tumor, normal, sex="XX")
    assert not depth.used[rows].any()
    assert np.isnan(depth.log_ratio[rows]).all()


@pytest.mark.parametrize("sex", ["XX", "XY"])
def test_x_of_a_male_has_half_the_depth_of_the_mean(sex):
    _, tumor, normal = pair(Recipe(purity=0.6, sex=sex, arm_events=0, focal_events=0, late_arm_events=0))
    depth = normalise(SITES, tumor, normal, sex=sex)
    expected = 0.0 if sex == "XX" else np.log(0.5)
    assert np.nanmedian(depth.log_ratio[SITES.chromosome == "X"]) == pytest.approx(expected, abs=0.03)
    assert depth.used[SITES.chromosome == "Y"].any() == (sex == "XY")


def test_windows_of_a_cram_s_slices_are_one_scale_with_short_ones() -> None:
    """Half of the windows 25 times as long: depth, its error and the sex are those of fragments a kilobase."""
    wide = np.arange(len(SITES)) % 2 == 0
    sites = replace(SITES, end=np.where(wide, SITES.start + 25_000, SITES.end))
    rng = np.random.default_rng(3)
    noise = Noise(window_sd=0.02, private_sd=0.02, wave_sd=0.0)
    genome = make_genome(QUIET, sites, rng)
    tumor, normal = count_genome(genome, sites, rng, noise=noise)
    assert np.median(tumor.fragments[wide]) > 20 * np.median(tumor.fragments[~wide])
    assert infer_sex(sites, normal) == QUIET.sex
    depth = normalise(sites, tumor, normal, sex="XX")
    used = depth.used & ~np.isin(sites.chromosome, ("X", "Y"))
    assert abs(np.median(depth.log_ratio[used & wide]) - np.median(depth.log_ratio[used & ~wide])) < 0.01
    for rows in (used & wide, used & ~wide):
        assert np.std(depth.log_ratio[rows] / depth.log_sd[rows]) == pytest.approx(1.0, abs=0.08)
    assert np.median(depth.log_sd[used & wide]) < 0.5 * np.median(depth.log_sd[used & ~wide])
