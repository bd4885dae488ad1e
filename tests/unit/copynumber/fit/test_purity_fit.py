import numpy as np
import pytest

from refractor.copynumber.fit.allele_balance import MINOR_FRACTIONS
from refractor.copynumber.fit.altered_length import log_prior_of_length
from refractor.copynumber.fit.genome_prior import PuritySettings, copy_states, with_shared_subclones
from refractor.copynumber.fit.purity import SegmentEvidence, fit_purity, weighted_quantiles


def evidence_of(states, *, purity, ploidy=None, length=40e6, sd=0.008, snps=200.0, noise=None):
    """Segments in given (total, minor) states as depth and allele balance show them at a purity."""
    total, minor = (np.array(part, float) for part in zip(*states, strict=True))
    ploidy = total.mean() if ploidy is None else ploidy
    scale = purity * ploidy + 2 * (1 - purity)
    ratio = (purity * total + 2 * (1 - purity)) / scale
    if noise is not None:
        ratio = ratio + noise.normal(0, sd, len(ratio))
    share = (purity * minor + 1 - purity) / (purity * total + 2 * (1 - purity))
    alleles = -0.5 * ((MINOR_FRACTIONS[None, :] - share[:, None]) / (0.4 / np.sqrt(snps))) ** 2
    return SegmentEvidence(ratio, np.full(len(ratio), sd), np.full(len(ratio), length), alleles)


ABERRANT = [(2, 1)] * 10 + [(3, 1)] * 5 + [(1, 0)] * 4 + [(2, 0)] * 2 + [(4, 2)] * 2
DOUBLED = [(4, 2)] * 8 + [(3, 1)] * 6 + [(2, 0)] * 4 + [(5, 2)] * 4 + [(6, 2)] * 2 + [(3, 0)] * 2


@pytest.mark.parametrize("purity", [0.25, 0.4, 0.6, 0.8, 0.95])
def test_purity_and_ploidy_are_recovered(purity):
    found = fit_purity(evidence_of(ABERRANT, purity=purity, noise=np.random.default_rng(1)))
    best = found.solutions[0]
    assert best.purity == pytest.approx(purity, abs=0.03)
    assert best.ploidy == pytest.approx(np.mean([t for t, _ in ABERRANT]), abs=0.08)
    assert best.whole_genome_doubled < 0.5
    assert best.purity_low <= purity <= best.purity_high


@pytest.mark.parametrize("purity", [0.3, 0.6, 0.9])
def test_a_doubled_genome_is_told_by_its_odd_states(purity):
    found = fit_purity(evidence_of(DOUBLED, purity=purity, noise=np.random.default_rng(2)))
    best = found.solutions[0]
    assert best.purity == pytest.approx(purity, abs=0.03)
    assert best.ploidy == pytest.approx(np.mean([t for t, _ in DOUBLED]), abs=0.1)
    assert best.whole_genome_doubled > 0.9
    assert best.probability > 0.9


def test_doubling_everything_looks_the_same_at_a_lower_purity():
    """x = p/(1-p) halves: purity 0.6 (x = 1.5) looks like x = 0.75, purity 3/7, with every copy doubled."""
    plain = evidence_of(ABERRANT, purity=0.6)
    twice = evidence_of([(2 * t, 2 * m) for t, m in ABERRANT], purity=3 / 7)
    assert plain.ratio == pytest.approx(twice.ratio)
    assert plain.alleles == pytest.approx(twice.alleles)
    solutions = fit_purity(plain).solutions
    assert (solutions[0].purity, solutions[0].ploidy) == pytest.approx(
        (0.6, np.mean([t for t, _ in ABERRANT])), abs=0.03
    )
    doubled = [s for s in solutions if s.purity == pytest.approx(3 / 7, abs=0.03)]
    assert len(doubled) == 1  # reported as another way to explain the genome
    assert doubled[0].probability < solutions[0].probability


def test_a_quiet_genome_leaves_purity_open():
    found = fit_purity(evidence_of([(2, 1)] * 30, purity=0.5))
    low, high = found.quantiles(found.purity, (0.025, 0.975))
    assert high - low > 0.6
    assert found.solutions[0].ploidy == pytest.approx(2.0, abs=0.1)


def test_subclones_do_not_carry_the_fit_away():
    subclonal = [(2.4, 1.0)] * 2 + [(1.6, 0.6)] * 2 + [(2.7, 1.0)]
    found = fit_purity(evidence_of(ABERRANT + subclonal, purity=0.55, noise=np.random.default_rng(3)))
    assert found.solutions[0].purity == pytest.approx(0.55, abs=0.03)


def test_a_subclone_of_half_the_cells_is_not_taken_for_a_doubling_for_sure():
    """A third allele lost, gained and swapped in half the cells: the odd states of a genome doubled at purity 0.38."""
    half = [(2.5, 1.0), (1.5, 0.5), (2.0, 0.5), (2.5, 1.0)]
    found = fit_purity(evidence_of(ABERRANT + half, purity=0.55, noise=np.random.default_rng(5)))
    of_truth = [s for s in found.solutions if abs(s.purity - 0.55) < 0.03 and s.ploidy < 3]
    assert len(of_truth) == 1
    assert of_truth[0].probability > 0.3


def test_shared_subclones_stay_distributions():
    """Each kind of genome is a distribution over the states as before, and the kinds' weights sum to 1."""
    settings = PuritySettings()
    states = copy_states(settings)
    shared = with_shared_subclones(states, settings)
    assert np.exp(states.log_weight).sum() == pytest.approx(1.0)
    assert np.exp(shared.log_weight).sum() == pytest.approx(1.0)
    assert shared.prior.sum(axis=1) == pytest.approx(1.0, abs=1e-3)
    assert len(shared.prior) == len(states.prior) * 28  # 7 shares alone, 21 pairs


def test_one_segment_that_fits_nothing_does_no_harm():
    states = [*ABERRANT, (90, 1)]  # an amplicon beyond all whole-number states, weighed by its length
    evidence = evidence_of(states, purity=0.5, ploidy=2.2)
    lengths = evidence.length.copy()
    lengths[-1] = 3e5
    found = fit_purity(SegmentEvidence(evidence.ratio, evidence.ratio_sd, lengths, evidence.alleles))
    assert found.solutions[0].purity == pytest.approx(0.5, abs=0.03)


def test_given_values_are_held():
    evidence = evidence_of(ABERRANT, purity=0.6)
    found = fit_purity(evidence, purity=3 / 7)
    assert set(found.purity) == {3 / 7}
    assert found.solutions[0].ploidy == pytest.approx(2 * np.mean([t for t, _ in ABERRANT]), abs=0.05)
    found = fit_purity(evidence, purity=0.6, ploidy=2.17)
    assert (set(found.purity), set(found.ploidy)) == ({0.6}, {2.17})
    assert found.weight.tolist() == [1.0]


def test_without_allele_balance_depth_alone_still_fits():
    evidence = evidence_of(ABERRANT, purity=0.7, noise=np.random.default_rng(4))
    blind = SegmentEvidence(
        evidence.ratio, evidence.ratio_sd, evidence.length, np.zeros_like(evidence.alleles)
    )
    shown = [s for s in fit_purity(blind).solutions if s.purity == pytest.approx(0.7, abs=0.05)]
    assert shown


def test_the_posterior_is_a_distribution_and_draws_follow_it():
    found = fit_purity(evidence_of(ABERRANT, purity=0.45, sd=0.03, snps=20))
    assert found.weight.sum() == pytest.approx(1)
    assert sum(s.probability for s in found.solutions) == pytest.approx(1, abs=1e-3)
    purity, ploidy, _ = found.draw(4_000, np.random.default_rng(5))
    assert purity.mean() == pytest.approx(np.average(found.purity, weights=found.weight), abs=0.01)
    assert ploidy.mean() == pytest.approx(np.average(found.ploidy, weights=found.weight), abs=0.05)
    assert purity.min() > 0
    assert purity.max() <= 1


def test_weighted_quantiles():
    assert weighted_quantiles(np.array([3.0, 1.0, 2.0]), np.array([0.2, 0.5, 0.3]), (0.1, 0.6, 0.9)) == [
        1,
        2,
        3,
    ]


def test_the_grid_is_a_setting():
    narrow = PuritySettings(purity_range=(0.5, 0.7), ploidy_range=(1.8, 2.6))
    found = fit_purity(evidence_of(ABERRANT, purity=0.6), settings=narrow)
    assert found.purity.min() >= 0.49
    assert found.ploidy.max() <= 2.63


def of_depth_alone(states, *, purity):
    evidence = evidence_of(states, purity=purity)
    return SegmentEvidence(
        evidence.ratio, evidence.ratio_sd, evidence.length, np.zeros_like(evidence.alleles)
    )


def test_solutions_of_one_purity_and_distinct_ploidies_are_told_apart():
    """At purity 0.5 copies t and c t + 2 (c - 1) have one ratio: c = 1.5 turns 0, 2, 4 copies into 1, 4, 7."""
    states = [(2, 1)] * 10 + [(4, 2)] * 6 + [(0, 0)]
    ploidy = np.mean([t for t, _ in states])  # 44 / 17 = 2.59
    found = fit_purity(of_depth_alone(states, purity=0.5), purity=0.5).solutions
    assert [round(solution.ploidy, 1) for solution in found[:2]] == [2.6, 4.9]
    assert found[1].ploidy == pytest.approx(1.5 * ploidy + 1, abs=0.05)
    assert {solution.purity for solution in found} == {0.5}


def test_solutions_of_one_ploidy_and_distinct_purities_are_told_apart():
    """At purity 0.8 every event is one of three quarters of the cells, which these settings make as usual as any."""
    settings = PuritySettings(subclonal_shares=(0.9,), between_whole_copies=0.0)
    found = fit_purity(of_depth_alone(ABERRANT, purity=0.6), ploidy=2.17, settings=settings).solutions
    assert {round(solution.purity, 1) for solution in found} >= {0.6, 0.8}
    assert {solution.ploidy for solution in found} == {2.17}


def test_short_segments_say_less():
    """From 4 Mb on a segment counts in full, a shorter one in proportion, none less than a tenth."""

    def share_of_truth(length, **settings):
        evidence = evidence_of(ABERRANT, purity=0.45, length=length, sd=0.01, snps=50)
        best = fit_purity(evidence, settings=PuritySettings(**settings)).solutions[0]
        assert best.purity == pytest.approx(0.45, abs=0.01)
        return best.probability

    assert share_of_truth(4e6) == share_of_truth(40e6)
    assert share_of_truth(2e6) == share_of_truth(4e6, sharpness=0.25)  # half the default of 0.5
    assert share_of_truth(4e5) == share_of_truth(4e4)
    assert share_of_truth(4e5) == pytest.approx(share_of_truth(4e6, sharpness=0.05))
    assert share_of_truth(4e6) > 0.9 > 0.8 > share_of_truth(2e6) > 0.7 > 0.5 > share_of_truth(4e5)


def test_a_stretch_is_rarely_lost_whole():
    """As many events as from (1, 1) to (2, 0), and a twentieth as usual: exp(-2.2) against 0.05 exp(-2.2)."""
    states = copy_states(PuritySettings())
    whole = states.step < 0
    none = np.flatnonzero(whole & (states.total == 0))
    neutral_loss = np.flatnonzero(whole & (states.total == 2) & (states.minor == 0))
    assert (len(none), len(neutral_loss)) == (1, 1)
    single = states.prior[~states.of_doubled]
    assert len(single) == 9  # three shares without events, three of subclones
    assert single[:, none[0]] / single[:, neutral_loss[0]] == pytest.approx(np.full(9, 0.05))


STEPS = [(2, 1)] * 14 + [(3, 1)] * 12 + [(1, 0)] * 10 + [(2, 0)] * 6
"""Every event is of one copy in every cell, so that no segment shows by itself which step is a whole copy."""


@pytest.mark.parametrize("purity", [0.3, 0.37, 0.45])
def test_clonal_events_are_no_subclone_of_a_purer_tumor(purity):
    """At purity p / 0.75 the same depth is one subclone of three quarters of the cells that has every event."""
    found = fit_purity(evidence_of(STEPS, purity=purity, sd=0.015, noise=np.random.default_rng(7)))
    best = found.solutions[0]
    assert best.purity == pytest.approx(purity, abs=0.03)
    assert best.probability > 0.5


def test_subclonal_is_a_share_of_what_is_altered():
    """In a quiet genome as in a wild one the subclones have that share of the altered segments, the trunk the rest."""
    settings = PuritySettings()
    states = copy_states(settings)
    unaltered = states.prior[np.arange(len(states.prior)), states.unaltered]
    subclonal = states.prior[:, states.step >= 0].sum(axis=1)
    shares = subclonal / (1 - unaltered)
    each = len(states.prior) // len(settings.subclonal_shares)
    assert shares == pytest.approx(np.repeat(settings.subclonal_shares, each), rel=1e-3)


def test_a_solution_pays_for_altered_length_between_whole_copies():
    """At the true purity nothing lies between; at 4/3 of it all altered segments are at three quarters of a copy."""
    settings = PuritySettings()
    states = with_shared_subclones(copy_states(settings), settings)
    evidence = evidence_of(STEPS, purity=0.3)
    at_truth, purer = (
        log_prior_of_length(
            evidence,
            purity=purity,
            ploidy=2 + scale * (np.mean([t for t, _ in STEPS]) - 2),
            states=states,
            settings=settings,
        )[0]
        for purity, scale in ((0.3, 1.0), (0.4, 0.75))
    )
    assert at_truth > -0.5
    assert purer < -1.0
