"""VAFs of somatic substitutions as evidence between solutions that depth and allele balance cannot tell apart."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refractor.copynumber.fit.allele_balance import MINOR_FRACTIONS
from refractor.copynumber.fit.purity import fit_purity
from refractor.copynumber.fit.purity_posterior import PurityPosterior, Solution
from refractor.copynumber.fit.segment_summary import SegmentSummary
from refractor.copynumber.fit.somatic_vaf import (
    DEFAULT_SOMATIC_VAF,
    log_evidence,
    placed,
    weighed_by_somatic_vaf,
    with_somatic_vaf,
)
from refractor.variants.somatic_alleles import SomaticAlleles

LENGTH = 40_000_000
DIPLOID = [(2, 1)] * 12 + [(3, 1)] * 4 + [(1, 0)] * 4 + [(2, 0)] * 2
PURITY = 0.6
PLOIDY = float(np.mean([total for total, _ in DIPLOID]))
ONCE = Solution(PURITY, 0.57, 0.63, PLOIDY, PLOIDY, PLOIDY, 0.0, 0.5)
TWICE = Solution(3 / 7, 0.4, 0.46, 2 * PLOIDY, 2 * PLOIDY, 2 * PLOIDY, 1.0, 0.5)
"""Purity odds of 1.5 and of half that with every copy twice: depth and allele balance are the same."""


def summary_of(states=DIPLOID, *, purity=PURITY):
    total, minor = (np.array(part, float) for part in zip(*states, strict=True))
    scale = purity * total.mean() + 2 * (1 - purity)
    share = (purity * minor + 1 - purity) / (purity * total + 2 * (1 - purity))
    n = len(total)
    return SegmentSummary(
        chromosome=np.array([str(1 + at % 22) for at in range(n)]),
        start=np.array([at // 22 * LENGTH for at in range(n)]),
        end=np.array([(at // 22 + 1) * LENGTH for at in range(n)]),
        n_windows=np.full(n, 300),
        n_snps=np.full(n, 60),
        ratio=(purity * total + 2 * (1 - purity)) / scale,
        ratio_sd=np.full(n, 0.005),
        alleles=-0.5 * ((MINOR_FRACTIONS[None, :] - share[:, None]) / 0.01) ** 2,
        normal_copies=np.full(n, 2.0),
        mean_ratio=1.0,
        drift_sd=0.03,
    )


def mutations(summary, copies_of, *, count=1500, seed=3, depth=80, bias=1.0, least=4):
    """Substitutions over the segments; `copies_of(total, minor, rng)` is on how many copies of each cell one is."""
    rng = np.random.default_rng(seed)
    at = rng.integers(len(summary.start), size=count)
    total = np.array([state[0] for state in DIPLOID], float)[at]
    copies = np.array([copies_of(*DIPLOID[number], rng) for number in at])
    vaf = bias * PURITY * copies / (PURITY * total + 2 * (1 - PURITY))
    reads = rng.poisson(depth * summary.ratio[at])
    alt = rng.binomial(reads, np.minimum(vaf, 1))
    told = alt >= least
    return SomaticAlleles(
        summary.chromosome[at][told], summary.start[at][told] + 5, alt[told], reads[told].astype(np.int64)
    )


def gain(alleles, summary):
    """Log by which the diploid solution is likelier than the doubled one."""
    inside = placed(alleles, summary)
    return log_evidence(inside, summary, ONCE, DEFAULT_SOMATIC_VAF) - log_evidence(
        inside, summary, TWICE, DEFAULT_SOMATIC_VAF
    )


def clonal(total, minor, rng):
    """Half of them before the gains, on either allele."""
    return (
        float(rng.choice([copies for copies in (total - minor, minor) if copies]))
        if rng.random() < 0.5
        else 1.0
    )


def half_of_them_late(total, minor, rng):
    """Of the doubled genome whose copies are twice these: before the doubling as they were, after it on one."""
    return clonal(total, minor, rng) if rng.random() < 0.5 else 0.5


@pytest.mark.parametrize("bias", [0.96, 1.0])
def test_no_mutation_on_half_the_unit_speaks_against_a_doubling(bias):
    summary = summary_of()
    assert gain(mutations(summary, clonal, bias=bias), summary) > 2


def test_a_subclone_off_a_half_speaks_against_a_doubling():
    summary = summary_of()

    def third_in_a_subclone(total, minor, rng):
        return 0.68 if rng.random() < 0.3 else clonal(total, minor, rng)

    assert gain(mutations(summary, third_in_a_subclone), summary) > 2


def test_late_mutations_of_every_cell_speak_for_a_doubling_and_no_more_than_a_subclone_of_half_would():
    """What came after a doubling, and a subclone in half of the cells, have the same VAF: no firm answer."""
    summary = summary_of()
    found = gain(mutations(summary, half_of_them_late), summary)
    assert -DEFAULT_SOMATIC_VAF.most < found < 0


def test_a_purer_tumour_with_all_its_mutations_in_a_subclone_is_unlikelier():
    """Read at purity 0.75, what every cell has lies at two thirds of a copy."""
    summary = summary_of()
    inside = placed(mutations(summary, clonal), summary)
    wrong = replace(ONCE, purity=0.75)
    assert log_evidence(inside, summary, ONCE, DEFAULT_SOMATIC_VAF) > 5 + log_evidence(
        inside, summary, wrong, DEFAULT_SOMATIC_VAF
    )


def test_inherited_variants_of_a_file_without_a_normal_do_not_decide():
    summary = summary_of()
    somatic = mutations(summary, clonal)
    rng = np.random.default_rng(8)
    at = rng.integers(len(summary.start), size=400)
    share = MINOR_FRACTIONS[summary.alleles.argmax(axis=1)][at]
    depth = np.full(400, 80)
    alt = rng.binomial(depth, np.where(rng.random(400) < 0.5, share, 1 - share))
    mixed = SomaticAlleles(
        np.concatenate([somatic.chromosome, summary.chromosome[at]]),
        np.concatenate([somatic.position, summary.start[at] + 9]),
        np.concatenate([somatic.alt, alt]),
        np.concatenate([somatic.depth, depth]),
        matched=False,
    )
    assert gain(mixed, summary) > 2


def posterior_of(shares):
    solutions = tuple(
        replace(found, probability=share) for found, share in zip((ONCE, TWICE), shares, strict=True)
    )
    weight = np.array([*shares, 0.0]) / sum(shares)
    purity, ploidy = np.array([PURITY, 3 / 7, 0.9]), np.array([PLOIDY, 2 * PLOIDY, 3.3])
    return PurityPosterior(
        purity,
        ploidy,
        weight,
        np.zeros(3),
        np.zeros(3),
        np.array([0.0, 1.0, 0.5]),
        solutions,
        np.array([0, 1, -1]),
    )


@settings(max_examples=40, deadline=None)
@given(st.floats(1e-4, 1 - 1e-4))
def test_a_file_moves_odds_by_no_more_than_its_cap_and_keeps_a_posterior(share):
    summary = summary_of()
    alleles = placed(mutations(summary, clonal, count=400), summary)
    shares = sorted((share, 1 - share), reverse=True)
    before = posterior_of(shares)
    after, against = with_somatic_vaf(before, alleles, summary)
    assert against >= 0
    assert after.weight.sum() == pytest.approx(1)
    assert sum(found.probability for found in after.solutions) == pytest.approx(1)
    assert after.solutions[0].probability >= after.solutions[1].probability
    for number, found in enumerate(after.solutions):
        assert after.weight[after.solution_of == number].sum() == pytest.approx(found.probability)
    odds = {found.purity: found.probability for found in after.solutions}
    moved = np.log(odds[PURITY] / odds[3 / 7]) - np.log(shares[0] / shares[1])
    assert 0 < moved <= DEFAULT_SOMATIC_VAF.most + 1e-6


def test_few_substitutions_change_nothing_and_the_row_says_so():
    summary = summary_of()
    before = fit_purity(summary.evidence(autosomes_only=True))
    few = mutations(summary, clonal, count=60)
    after, (row,) = weighed_by_somatic_vaf(before, few, summary)
    assert after is before
    assert (row.metric, row.value) == ("somatic_vaf", None)
    assert "at least 100 are needed" in row.note
    assert weighed_by_somatic_vaf(before, None, summary) == (before, ())


def test_the_row_says_what_the_file_moved():
    summary = summary_of()
    before = posterior_of((0.6, 0.4))
    after, (row,) = weighed_by_somatic_vaf(before, mutations(summary, clonal), summary)
    assert row.value == after.solutions[0].probability > 0.95
    assert "without them purity 0.60 with ploidy 2.00 had 0.60" in row.note


def test_vafs_that_speak_against_the_first_solution_by_more_than_they_may_count_make_the_row_warn():
    """A quiet tumour fitted at purity 0.2 in place of 0.6, as good as sure: VAFs lie beyond all that it expects."""
    summary = summary_of()
    before = posterior_of((1 - 1e-5, 1e-5))
    low = (replace(before.solutions[0], purity=0.2), replace(ONCE, probability=1e-5))
    before = replace(before, solutions=low, purity=np.array([0.2, PURITY, 0.9]), ploidy=np.full(3, PLOIDY))
    after, (row,) = weighed_by_somatic_vaf(before, mutations(summary, clonal), summary)
    assert after.solutions[0].purity == 0.2
    assert row.status == "warn"
    assert "this purity may be wrong" in row.note


@pytest.mark.parametrize("strays", [0.0, 0.3])
def test_artefacts_among_the_vafs_of_a_right_solution_make_no_row_warn(strays):
    summary = summary_of()
    alleles = mutations(summary, clonal)
    rng = np.random.default_rng(5)
    odd = rng.random(len(alleles)) < strays
    mixed = replace(alleles, alt=np.where(odd, rng.integers(4, alleles.depth + 1), alleles.alt))
    after, (row,) = weighed_by_somatic_vaf(posterior_of((0.6, 0.4)), mixed, summary)
    assert row.status == "pass"
    assert after.solutions[0].purity == PURITY


def test_substitutions_off_the_segments_and_below_the_callers_limit_are_left_out():
    summary = summary_of()
    alleles = SomaticAlleles(
        np.array(["1", "1", "X", "2", "2"]),
        np.array([10, 10 * LENGTH, 10, 20, 30]),
        np.array([20, 20, 20, 20, 20]),
        np.array([60, 60, 60, 10, 60]),
    )
    inside = placed(alleles, summary)
    assert inside.segment.tolist() == [0, 1]  # off its chromosome's end, on X, and ten reads deep are gone
