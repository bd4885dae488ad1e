import itertools
from dataclasses import replace

import numpy as np
import pytest

from refractor.copynumber.calls.amplification import CallSettings
from refractor.copynumber.calls.assessment import assess
from refractor.copynumber.fit.fit import fit_counts
from refractor.copynumber.fit.fit_settings import FitSettings
from refractor.copynumber.fit.window_quality import check_pair
from refractor.errors import AlignmentError, IdentityError
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import load_panel
from refractor.reads.windows_to_read import load_sites
from refractor.results.copy_number_tables import PurityMethod, PurityStatus
from synthetic.window_counts import Noise, count_genome
from synthetic.window_genomes import Amplicon, Recipe, make_genome

BUILD = GenomeBuild.GRCH38
SITES = load_sites(BUILD, count=8_000)
PANEL = load_panel(BUILD)
ERBB2 = PANEL.genes["ERBB2"]
SETTINGS = FitSettings()


def amplicon(ratio, before=100_000, after=150_000):
    return Amplicon(ERBB2.start - before, ERBB2.end + after, ratio, (ERBB2.start, ERBB2.end))


def simulated(recipe, *, seed=11, **more):
    rng = np.random.default_rng(seed)
    genome = make_genome(recipe, SITES, rng)
    return genome, *count_genome(genome, SITES, rng, **more)


def fitted(recipe, *, seed=11, settings=SETTINGS, given=None, **more):
    genome, tumor, normal = simulated(recipe, seed=seed, **more)
    genes = tuple(PANEL.genes.values())
    return genome, fit_counts(
        SITES, tumor, normal, build=BUILD, settings=settings, genes=genes, **(given or {})
    )


def erbb2_of(fit):
    found = assess(fit.profile, tuple(PANEL.genes.values()), build=BUILD, settings=CallSettings())
    return next(g for g in found.genes if g.found.gene.symbol == "ERBB2"), found


@pytest.fixture(scope="module")
def amplified():
    return fitted(Recipe(purity=0.55, sex="XY", arm_events=12, amplicon=amplicon(6.0)))


def test_an_amplified_tumour_is_read_in_full(amplified):
    genome, fit = amplified
    values = fit.profile.purity_ploidy
    assert values.purity == pytest.approx(genome.purity, abs=0.03)
    assert values.ploidy == pytest.approx(genome.ploidy, abs=0.1)
    assert values.purity_low <= values.purity <= values.purity_high
    assert (values.status, values.method) == (PurityStatus.OK, PurityMethod.FITTED)
    gene, found = erbb2_of(fit)
    assert gene.verdict.call == "amplified"
    assert gene.verdict.p_amplified > 0.99
    over = (SITES.chromosome == "17") & (SITES.end > ERBB2.start) & (SITES.start < ERBB2.end)
    assert gene.found.copy_number == pytest.approx(genome.total[over].mean(), rel=0.1)
    assert gene.found.low < genome.total[over].mean() < gene.found.high
    (piece,) = [a for a in found.amplicons if "ERBB2" in a.genes]
    assert piece.focality == "focal"
    # the amplicon's ends lie where it was made, within windows of 2 kb to one index bin
    assert abs(piece.start - (ERBB2.start - 100_000)) < 20_000
    assert abs(piece.end - (ERBB2.end + 150_000)) < 20_000


def test_segments_tile_their_windows_and_draws_belong_to_them(amplified):
    _, fit = amplified
    segments = fit.profile.segments
    assert len(segments) > 24
    for left, right in itertools.pairwise(segments):
        if left.chromosome == right.chromosome:
            assert left.end <= right.start
    assert sum(segment.n_windows for segment in segments) == int((fit.windows.segment >= 0).sum())
    draws = fit.profile.draws
    assert draws.copy_numbers.shape == (len(segments), len(draws.purity))
    assert (draws.copy_numbers >= 0).all()
    assert all(s.copy_number_low <= s.copy_number <= s.copy_number_high for s in segments)
    assert all(
        s.minor_copy_number is None or 2 * s.minor_copy_number <= s.copy_number + 1e-9 for s in segments
    )


def test_minor_copies_show_loss_of_heterozygosity(amplified):
    genome, fit = amplified
    rows = fit.windows.segment
    checked = 0
    for number, segment in enumerate(fit.profile.segments):
        inside = rows == number
        if segment.minor_copy_number is None or segment.n_snps < 30 or np.ptp(genome.total[inside]) > 0.1:
            continue
        true = np.minimum(genome.first, genome.second)[inside]
        if np.ptp(true) > 0.1:
            continue
        checked += 1
        assert segment.minor_copy_number == pytest.approx(true.mean(), abs=0.35)
    assert checked > 15


def test_a_gain_of_the_arm_is_no_amplification():
    _, fit = fitted(Recipe(purity=0.7, arm_gain_17q=2, arm_events=10))
    gene, found = erbb2_of(fit)
    assert gene.verdict.call == "gained"
    assert gene.verdict.p_amplified < 0.01
    assert not found.amplicons


def test_part_of_the_gene_can_be_amplified():
    middle = (ERBB2.start + ERBB2.end) // 2
    part = Amplicon(middle, ERBB2.end + 300_000, 6.0, (middle + 2_000, ERBB2.end))
    _, fit = fitted(Recipe(purity=0.7, arm_events=10, amplicon=part))
    gene, _ = erbb2_of(fit)
    assert gene.verdict.call == "partially_amplified"
    assert gene.found.max_copy_number > 2 * gene.found.min_copy_number


def test_a_homozygous_deletion_is_found():
    genome, tumor, normal = simulated(Recipe(purity=0.8, arm_events=8))
    pten = PANEL.genes["PTEN"]
    inside = (
        (SITES.chromosome == "10") & (SITES.end > pten.start - 200_000) & (SITES.start < pten.end + 200_000)
    )
    assert inside.sum() >= 8
    p = genome.purity
    rng = np.random.default_rng(1)
    left = 2 * (1 - p) / (p * genome.total[inside] + 2 * (1 - p))  # what the normal cells still give
    tumor.fragments[inside] = rng.binomial(tumor.fragments[inside], left)
    fit = fit_counts(SITES, tumor, normal, build=BUILD)
    found = assess(fit.profile, tuple(PANEL.genes.values()), build=BUILD, settings=CallSettings())
    gene = next(g for g in found.genes if g.found.gene.symbol == "PTEN")
    assert gene.verdict.call == "deleted"


def test_a_tumour_without_a_normal_is_fitted_too():
    genome, fit = fitted(
        Recipe(purity=0.6, arm_events=14, amplicon=amplicon(6.0)), normal_depth=None, tumor_depth=80.0
    )
    solutions = [
        s.purity for s in fit.solutions if s.probability > 0.05
    ]  # half the cells have lost 15q: it may be doubled
    assert min(solutions, key=lambda p: abs(p - genome.purity)) == pytest.approx(genome.purity, abs=0.06)
    assert erbb2_of(fit)[0].verdict.call == "amplified"


def test_a_quiet_genome_is_said_to_be_quiet():
    _, fit = fitted(Recipe(purity=0.5, arm_events=0, focal_events=0, late_arm_events=0))
    values = fit.profile.purity_ploidy
    assert values.status is PurityStatus.NOT_ASSESSABLE
    assert "too little aberration" in values.reason
    assert values.purity is None
    assert values.purity_high - values.purity_low > 0.35
    assert values.ploidy == pytest.approx(2.0, abs=0.1)
    # whatever the purity, two copies are two; but without a sign of tumour cells nothing is claimed
    verdict = erbb2_of(fit)[0].verdict
    assert verdict.call == "not_assessable"
    assert verdict.p_amplified < 0.05


def test_low_purity_is_reported_but_not_to_be_used():
    _, fit = fitted(Recipe(purity=0.13, arm_events=14))
    values = fit.profile.purity_ploidy
    assert values.purity < 0.2
    assert values.status is PurityStatus.NOT_ASSESSABLE
    assert "under 0.2" in values.reason


def test_given_values_replace_the_fit():
    _, fit = fitted(Recipe(purity=0.5, arm_events=12), given={"purity": 0.5, "ploidy": 2.1})
    values = fit.profile.purity_ploidy
    assert (values.purity, values.ploidy, values.method) == (0.5, 2.1, PurityMethod.GIVEN)
    assert "given in the sheet" in values.reason


def test_an_empty_chromosome_17_is_missing_not_deleted():
    _, tumor, normal = simulated(Recipe(purity=0.6, arm_events=12))
    tumor.fragments[SITES.chromosome == "17"] = 0
    fit = fit_counts(SITES, tumor, normal, build=BUILD, genes=tuple(PANEL.genes.values()))
    assert "17" not in {segment.chromosome for segment in fit.profile.segments}
    assert any("no reads on chromosome 17" in note for note in fit.profile.notes)
    assert erbb2_of(fit)[0].verdict.call == "not_assessable"


def test_reads_in_places_only_are_no_genome():
    _, tumor, normal = simulated(Recipe(purity=0.6))
    slice_only = ~((SITES.chromosome == "17") & (SITES.start < 50_000_000))
    tumor.fragments[slice_only] = 0
    fit = fit_counts(SITES, tumor, normal, build=BUILD)
    assert "whole genome" in fit.profile.unusable
    assert fit.profile.segments == ()
    assert fit.windows is None
    failed = [row.metric for row in fit.profile.quality if row.status == "fail"]
    assert "tumor_windows_with_reads" in failed


def test_reads_that_no_mapping_quality_places_are_told_as_such():
    _, tumor, _ = simulated(Recipe(purity=0.6))
    tumor.unsure[:] = np.maximum(tumor.fragments, 0)
    tumor.fragments[:] = 0
    fit = fit_counts(SITES, tumor, None, build=BUILD)
    assert "mapping quality near 0" in fit.profile.unusable


def test_too_few_reads_are_no_fit():
    _, fit = fitted(Recipe(purity=0.6), tumor_depth=3.0)
    assert "too shallow" in fit.profile.unusable


def test_a_normal_of_another_person_is_refused():
    _, tumor, _ = simulated(Recipe(purity=0.6), seed=1)
    _, _, stranger = simulated(Recipe(purity=0.6), seed=2)
    fit = fit_counts(SITES, tumor, stranger, build=BUILD)
    assert "different people" in fit.profile.unusable


def test_a_heavily_contaminated_tumour_is_not_said_to_be_somebody_elses():
    """Three in ten reads are a stranger's: no copies, and the reason is what it is."""
    noise = Noise(contamination=0.3)
    _, fit = fitted(Recipe(purity=0.6, arm_events=12), given={"purity": 0.6, "ploidy": 2.0}, noise=noise)
    assert fit.profile.unusable is not None
    assert "another person's DNA" in fit.profile.unusable
    assert "different people" not in fit.profile.unusable


def test_a_normal_that_is_the_tumour_is_refused(tmp_path):
    _, tumor, normal = simulated(Recipe(purity=0.6))
    with pytest.raises(AlignmentError, match="holds the same reads as the tumour"):
        check_pair(tmp_path / "t.bam", tmp_path / "n.bam", tumor, tumor)
    check_pair(tmp_path / "t.bam", tmp_path / "n.bam", tumor, normal)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("purity", [0.5, 0.8])
def test_an_exchanged_pair_is_refused(tmp_path, purity, seed):
    _, tumor, normal = simulated(Recipe(purity=purity, arm_events=12), seed=seed)
    with pytest.raises(IdentityError, match=r"n\.bam: shows the allelic imbalance of a tumour"):
        check_pair(tmp_path / "t.bam", tmp_path / "n.bam", normal, tumor)
    check_pair(tmp_path / "t.bam", tmp_path / "n.bam", tumor, normal)


@pytest.mark.parametrize("recipe", [Recipe(purity=0.6, arm_events=0), Recipe(purity=0.1, arm_events=12)])
@pytest.mark.parametrize("seed", range(4))
def test_a_quiet_or_impure_tumour_is_not_taken_for_an_exchanged_pair(tmp_path, recipe, seed):
    _, tumor, normal = simulated(recipe, seed=seed)
    check_pair(tmp_path / "t.bam", tmp_path / "n.bam", tumor, normal)


def test_a_sex_that_the_reads_contradict_is_noted():
    _, fit = fitted(Recipe(purity=0.6, sex="XY"), given={"sex": "XX"})
    assert any("look like XY" in note for note in fit.profile.notes)
    (row,) = [row for row in fit.profile.quality if row.metric == "sex"]
    assert row.status == "warn"


def test_the_same_counts_give_the_same_fit():
    _, tumor, normal = simulated(Recipe(purity=0.6, arm_events=8))
    quick = replace(SETTINGS, draws=200)
    one, two = (fit_counts(SITES, tumor, normal, build=BUILD, settings=quick) for _ in range(2))
    assert one.profile.segments == two.profile.segments
    assert np.array_equal(one.draws.copy_numbers, two.draws.copy_numbers)


def test_a_locus_whose_reads_cannot_be_placed_is_not_assessable():
    """All reads over ERBB2 have mapping quality 0: neither deleted nor as its neighbours."""
    _, tumor, normal = simulated(Recipe(purity=0.6, arm_events=12))
    over = (SITES.chromosome == "17") & (SITES.end > ERBB2.start - 9_000) & (SITES.start < ERBB2.end + 9_000)
    assert over.sum() > 5
    lost = replace(
        tumor,
        fragments=np.where(over, 0, tumor.fragments).astype(np.int32),
        unsure=np.where(over, 200, tumor.unsure).astype(np.int32),
    )
    gene, _ = erbb2_of(fit_counts(SITES, lost, normal, build=BUILD, settings=SETTINGS))
    assert gene.verdict.call == "not_assessable"
    assert "cannot be placed" in gene.verdict.reason


def test_a_locus_without_reads_is_no_deletion():
    """Reads cut out over ERBB2: at purity 0.6 the normal cells alone leave 0.4 of the depth."""
    _, tumor, normal = simulated(Recipe(purity=0.6, arm_events=12))
    over = (SITES.chromosome == "17") & (SITES.end > ERBB2.start - 9_000) & (SITES.start < ERBB2.end + 9_000)
    lost = replace(tumor, fragments=np.where(over, 0, tumor.fragments).astype(np.int32))
    gene, _ = erbb2_of(fit_counts(SITES, lost, normal, build=BUILD, settings=SETTINGS))
    assert gene.verdict.call == "not_assessable"
    assert gene.found.copy_number is None


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0.6), (0.1, 0.54)])
def test_a_stated_purity_is_diluted_by_foreign_dna(share, expected):
    """A fitted purity is one of all DNA already; the pathologist's is of the patient's cells: 0.6 x 0.9."""
    noise = Noise(contamination=share)
    _, fit = fitted(Recipe(purity=expected, arm_events=12), given={"purity": 0.6, "ploidy": 2.0}, noise=noise)
    values = fit.profile.purity_ploidy
    assert values.purity == pytest.approx(expected, abs=0.02)
    assert ("another person's" in values.reason) is (share > 0)


def captured(on, off, *, seed=5):
    """Counts of a genome whose exons, of the panel's genes, are `on` deep and all else `off`, as of a capture kit."""
    genes = tuple(PANEL.genes.values())
    share = np.zeros(len(SITES))
    for gene in genes:
        rows = np.flatnonzero(SITES.chromosome == gene.chromosome)
        for first, last in gene.exons:
            share[rows] += np.clip(
                np.minimum(SITES.end[rows], last + 150) - np.maximum(SITES.start[rows], first - 150), 0, None
            )
    share = np.minimum(share / (SITES.end - SITES.start), 1.0)
    rng = np.random.default_rng(seed)
    genome = make_genome(Recipe(purity=0.6, arm_events=10, amplicon=amplicon(6.0, 2_000, 2_000)), SITES, rng)
    tumor, _ = count_genome(genome, SITES, rng, tumor_depth=60, normal_depth=None)
    depth = (on * share + off * (1 - share)) / 60
    return fit_counts(
        SITES,
        replace(tumor, fragments=rng.poisson(tumor.fragments * depth).astype(np.int32)),
        None,
        build=BUILD,
        settings=SETTINGS,
        genes=genes,
    )


@pytest.mark.parametrize(("on", "off"), [(500, 8), (200, 7), (130, 30), (120, 60)])
def test_an_exome_as_deep_beside_its_targets_as_a_genome_is_refused(on, off):
    """Also where it was joined to a whole genome: every gene of the panel would look amplified."""
    fit = captured(on, off)
    assert "times the depth on the exons of" in fit.profile.unusable
    assert "copies need reads of a whole genome" in fit.profile.unusable
    assert not fit.profile.segments


@pytest.mark.parametrize("depth", [8, 30, 60])
def test_a_whole_genome_with_a_gene_amplified_alone_is_not_taken_for_an_exome(depth):
    fit = captured(depth, depth)
    assert fit.profile.unusable is None
    assert erbb2_of(fit)[0].verdict.call == "amplified"
