"""Gene copies, the call with its probability, and the published definitions, on hand-made profiles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from refractor.copynumber.calls.amplification import CallSettings, GeneVerdict, judge
from refractor.copynumber.calls.assay_scales import Assay, by_sequencing
from refractor.copynumber.calls.definition_verdicts import apply_definitions
from refractor.copynumber.calls.definitions import DEFINITIONS, SENSITIVITY_NAME
from refractor.copynumber.calls.gene_copies import GeneMeasurement, measure_genes
from refractor.copynumber.segments import CopyNumberProfile, GeneCopies, PosteriorDraws
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import Gene, load_panel
from refractor.results.copy_number_tables import PurityMethod, PurityPloidy, PurityStatus, Segment
from refractor.vocabulary import CopyNumberCall, Verdict

B38 = GenomeBuild.GRCH38
ERBB2 = load_panel(B38).genes["ERBB2"]
END = CONTIG_LENGTHS[B38]["17"]
SETTINGS = CallSettings()

# a gene of two exons, 100 and 300 bases, that fill 400 of its 1,000 bases
TOY = replace(
    ERBB2,
    symbol="TOY",
    start=39_700_000,
    end=39_701_000,
    exons=((39_700_000, 39_700_100), (39_700_700, 39_701_000)),
)


def values(purity: float | None = 0.6, ploidy: float | None = 2.0, **rest: float) -> PurityPloidy:
    return PurityPloidy(
        purity=purity,
        ploidy=ploidy,
        method=PurityMethod.IMPORTED,
        status=PurityStatus.OK,
        **rest,  # type: ignore[arg-type]
    )


def focal(
    copies: float, *, base: float = 2.0, minor: float | None = 1.0, **rest: object
) -> CopyNumberProfile:
    """Chromosome 17 at `base` copies with 39.5-40.0 Mb at `copies`."""
    segments = (
        Segment(chromosome="17", start=0, end=39_500_000, copy_number=base, minor_copy_number=minor),
        Segment(
            chromosome="17", start=39_500_000, end=40_000_000, copy_number=copies, minor_copy_number=minor
        ),
        Segment(chromosome="17", start=40_000_000, end=END, copy_number=base, minor_copy_number=minor),
    )
    fields: dict[str, object] = {"purity_ploidy": values(), **rest}
    return CopyNumberProfile("ascat", B38, segments, **fields)  # type: ignore[arg-type]


def measure(profile: CopyNumberProfile, gene: Gene = ERBB2) -> GeneMeasurement:
    (found,) = measure_genes(profile, (gene,), build=B38, min_purity=0.2)
    return found


def call(profile: CopyNumberProfile, gene: Gene = ERBB2, settings: CallSettings = SETTINGS) -> GeneVerdict:
    return judge(measure(profile, gene), profile, settings)


def exact(profile: CopyNumberProfile) -> CopyNumberProfile:
    """The profile without any error: draws that are all its own copies and ploidy."""
    copies = np.array([[np.nan if s.copy_number is None else s.copy_number] * 4 for s in profile.segments])
    ploidy = profile.purity_ploidy.ploidy or np.nan
    return replace(profile, draws=PosteriorDraws(np.full(4, 0.6), np.full(4, ploidy), copies))


def test_gene_copies_are_weighted_over_the_gene_and_extremes_are_over_the_exons() -> None:
    segments = (
        Segment(
            chromosome="17", start=0, end=39_700_050, copy_number=2.0, minor_copy_number=1.0
        ),  # 50 bases of the first exon
        Segment(
            chromosome="17", start=39_700_050, end=39_700_600, copy_number=30.0, minor_copy_number=None
        ),  # 50 bases of the first exon, 500 of the intron
        Segment(
            chromosome="17", start=39_700_600, end=39_700_900, copy_number=8.0, minor_copy_number=0.0
        ),  # 200 of the second exon
    )
    found = measure(CopyNumberProfile("ascat", B38, segments, purity_ploidy=values()), TOY)
    # (50*2 + 550*30 + 300*8) / 900
    assert found.copy_number == pytest.approx(19_000 / 900)
    assert (found.min_copy_number, found.max_copy_number) == (2.0, 30.0)
    # (50*1 + 300*0) / 350
    assert found.minor_copy_number == pytest.approx(50 / 350)
    # 50 + 50 + 200 of 400 exonic bases
    assert found.covered == pytest.approx(0.75)


def test_a_segment_over_an_intron_alone_decides_nothing() -> None:
    segments = (
        Segment(chromosome="17", start=0, end=39_700_200, copy_number=2.0, minor_copy_number=1.0),
        Segment(chromosome="17", start=39_700_200, end=39_700_600, copy_number=50.0, minor_copy_number=1.0),
        Segment(chromosome="17", start=39_700_600, end=END, copy_number=2.0, minor_copy_number=1.0),
    )
    profile = CopyNumberProfile("ascat", B38, segments, purity_ploidy=values())
    found = measure(profile, TOY)
    assert (found.min_copy_number, found.max_copy_number) == (2.0, 2.0)
    assert judge(found, profile, SETTINGS).call is not CopyNumberCall.AMPLIFIED


def test_arm_and_centromere_copies_of_erbb2() -> None:
    found = measure(focal(30.0, base=3.0))
    assert (found.copy_number, found.arm_copy_number, found.centromere_copy_number) == (30.0, 3.0, 3.0)


@pytest.mark.parametrize(
    ("copies", "ploidy", "expected"),
    [
        (6.01, 2.0, CopyNumberCall.AMPLIFIED),
        (6.0, 2.0, CopyNumberCall.GAINED),  # strict: 3 x ploidy itself is not amplified
        (2.9, 2.0, CopyNumberCall.GAINED),  # 1.4 x ploidy is 2.8
        (2.8, 2.0, CopyNumberCall.NEUTRAL),
        (1.2, 2.0, CopyNumberCall.NEUTRAL),  # 0.6 x ploidy
        (1.19, 2.0, CopyNumberCall.LOST),
        (0.5, 2.0, CopyNumberCall.LOST),
        (0.49, 2.0, CopyNumberCall.DELETED),
        (9.0, 3.0, CopyNumberCall.GAINED),
        (9.1, 3.0, CopyNumberCall.AMPLIFIED),
        (11.0, 4.0, CopyNumberCall.GAINED),  # a doubled genome with 11 copies is not amplified by PURPLE
    ],
)
def test_call_at_its_thresholds(copies: float, ploidy: float, expected: CopyNumberCall) -> None:
    assert call(exact(focal(copies, purity_ploidy=values(ploidy=ploidy)))).call is expected


@pytest.mark.parametrize(
    ("part", "base", "expected"),
    [
        # ploidy 2: 4 of 41 kb of ERBB2, exons among them, at `part` copies and the rest at `base`
        (1.19, 2.0, CopyNumberCall.LOST),  # the mean is 1.9, but part of the exons is below 0.6 x 2
        (1.2, 2.0, CopyNumberCall.NEUTRAL),
        (0.49, 2.0, CopyNumberCall.DELETED),
        (0.5, 2.0, CopyNumberCall.LOST),
        (5.9, 2.0, CopyNumberCall.NEUTRAL),  # a gain is of the whole: the mean is 2.4 < 1.4 x 2
        (2.0, 5.0, CopyNumberCall.GAINED),
        (1.19, 5.0, CopyNumberCall.GAINED),
        (0.49, 5.0, CopyNumberCall.DELETED),
        (6.01, 2.0, CopyNumberCall.PARTIALLY_AMPLIFIED),
        (6.0, 2.0, CopyNumberCall.NEUTRAL),
    ],
)
def test_a_part_of_the_exons_decides_on_loss_and_the_whole_on_gain(
    part: float, base: float, expected: CopyNumberCall
) -> None:
    segments = (
        Segment(chromosome="17", start=0, end=39_708_000, copy_number=base, minor_copy_number=None),
        Segment(chromosome="17", start=39_708_000, end=39_712_000, copy_number=part, minor_copy_number=None),
        Segment(chromosome="17", start=39_712_000, end=END, copy_number=base, minor_copy_number=None),
    )
    assert call(exact(CopyNumberProfile("ascat", B38, segments, purity_ploidy=values()))).call is expected


def test_part_of_the_exons_amplified() -> None:
    segments = (
        Segment(chromosome="17", start=0, end=39_710_000, copy_number=2.0, minor_copy_number=1.0),
        Segment(chromosome="17", start=39_710_000, end=39_800_000, copy_number=20.0, minor_copy_number=1.0),
        Segment(chromosome="17", start=39_800_000, end=END, copy_number=2.0, minor_copy_number=1.0),
    )
    profile = CopyNumberProfile("ascat", B38, segments, purity_ploidy=values())
    verdict = call(profile)
    assert verdict.call is CopyNumberCall.PARTIALLY_AMPLIFIED
    assert "2.0-20.0 copies over the exons against 3 x ploidy 2.00 = 6.0" in verdict.reason


def test_loss_of_heterozygosity_needs_a_heterozygous_site() -> None:
    assert "loss of heterozygosity" in call(focal(2.0, minor=0.0)).reason
    assert "loss of heterozygosity" not in call(focal(2.0, minor=1.0)).reason
    without = focal(2.0, minor=0.0)
    without = replace(without, segments=tuple(replace(s, n_snps=0) for s in without.segments))
    assert "loss of heterozygosity" not in call(without).reason


@pytest.mark.parametrize(
    ("profile", "reason"),
    [
        (focal(30.0, unusable="PURPLE quality control: FAIL_NO_TUMOR"), "FAIL_NO_TUMOR"),
        (CopyNumberProfile("seg", B38, ()), "no segment of seg with copies covers ERBB2"),
        (focal(5.0, purity_ploidy=values(ploidy=None)), "ploidy unknown"),
        (
            CopyNumberProfile(
                "seg",
                B38,
                (
                    Segment(
                        chromosome="17",
                        start=0,
                        end=END,
                        copy_number=None,
                        minor_copy_number=None,
                        log2_ratio=1.5,
                    ),
                ),
            ),
            "log2 ratio 1.50, but copies need purity and ploidy",
        ),
        (
            CopyNumberProfile(
                "ascat",
                B38,
                (Segment(chromosome="17", start=0, end=39_701_000, copy_number=3.0, minor_copy_number=1.0),),
                purity_ploidy=values(),
            ),
            "% of the exons",
        ),
    ],
)
def test_not_assessable_with_its_reason(profile: CopyNumberProfile, reason: str) -> None:
    verdict = call(profile)
    assert verdict.call is CopyNumberCall.NOT_ASSESSABLE
    assert reason in verdict.reason
    assert verdict.p_amplified is None


def test_absolute_rule_where_the_ploidy_is_unknown() -> None:
    verdict = call(focal(8.0, purity_ploidy=values(ploidy=None)))
    assert verdict.call is CopyNumberCall.AMPLIFIED
    assert "ploidy unknown" in verdict.reason
    assert call(focal(5.9, purity_ploidy=values(ploidy=None))).call is CopyNumberCall.NOT_ASSESSABLE


def test_whole_copies_within_rounding_of_the_threshold_are_open() -> None:
    # 6 stands for 5.5-6.5; 3 x 2.0 = 6.0 lies between
    verdict = call(focal(6.0, integers=True))
    assert verdict.call is CopyNumberCall.NOT_ASSESSABLE
    assert verdict.p_amplified == pytest.approx(0.5, abs=0.05)
    assert call(focal(8.0, integers=True)).call is CopyNumberCall.AMPLIFIED
    assert call(focal(4.0, integers=True)).call is CopyNumberCall.GAINED
    whole, read = measure(focal(7.0, integers=True)), measure(focal(7.0))
    assert whole.low < read.low < 7.0 < read.high < whole.high


def test_a_range_holds_its_estimate_and_grows_with_the_copies() -> None:
    ranges = [measure(focal(copies)) for copies in (2.0, 7.0, 40.0)]
    widths = [found.high - found.low for found in ranges]
    assert all(found.low <= found.copy_number <= found.high for found in ranges)
    assert widths == sorted(widths)
    # purity 0.24, and a range from 0.43: the estimate stays inside
    odd = values(purity=0.24, ploidy=1.94, purity_low=None, purity_high=None)
    found = measure(focal(9.0, purity_ploidy=odd))
    assert found.low <= 9.0 <= found.high


def ratios(log2: float, *, centred: bool = True) -> CopyNumberProfile:
    """Depth alone, no purity."""
    made = focal(2.0, purity_ploidy=PurityPloidy(), ratios_centred=centred)
    segments = tuple(
        replace(
            s, copy_number=None, minor_copy_number=None, log2_ratio=log2 if s.start == 39_500_000 else 0.0
        )
        for s in made.segments
    )
    return replace(made, segments=segments)


def test_a_high_ratio_proves_an_amplification_at_any_purity() -> None:
    # log2 3.1 is 8.6 times the mean: 8.6 x ploidy at purity 1, more at any other
    verdict = call(ratios(3.1))
    assert (verdict.call, verdict.p_amplified) == (CopyNumberCall.AMPLIFIED, None)
    assert "at any purity" in verdict.reason
    # 3.1 times the mean is within the error of 3
    assert call(ratios(np.log2(3.1))).call is CopyNumberCall.NOT_ASSESSABLE
    assert call(ratios(1.0)).call is CopyNumberCall.NOT_ASSESSABLE  # 2 x at purity 1, 11 x at purity 0.1
    assert call(ratios(3.1, centred=False)).call is CopyNumberCall.NOT_ASSESSABLE
    assert call(replace(ratios(3.1), unusable="NO_TUMOR")).call is CopyNumberCall.NOT_ASSESSABLE
    table = {v.definition: v.verdict for v in apply_definitions(measure(ratios(3.1)), ratios(3.1), SETTINGS)}
    assert table["2.4x_ploidy"] is Verdict.YES
    assert table["20_copies"] is Verdict.NOT_ASSESSABLE


def test_low_purity_blocks_absence_and_not_what_holds_at_every_purity() -> None:
    low = replace(values(purity=0.15), status=PurityStatus.NOT_ASSESSABLE, reason="purity 0.15 is below 0.2")
    high = call(focal(28.0, purity_ploidy=low))
    assert high.call is CopyNumberCall.AMPLIFIED
    assert "holds all the same: purity 0.15 is below 0.2" in high.reason
    assert call(focal(2.0, purity_ploidy=low)).call is CopyNumberCall.NOT_ASSESSABLE
    assert call(focal(7.0, purity_ploidy=low)).call is CopyNumberCall.NOT_ASSESSABLE


def test_capped_copies_are_open_below_the_threshold_and_amplified_above() -> None:
    low = focal(7.0, integers=True, capped_at=7.0, purity_ploidy=values(ploidy=3.0))
    verdict = call(low)
    assert verdict.call is CopyNumberCall.NOT_ASSESSABLE
    assert "copies are capped at 7, the threshold is 9.0" in verdict.reason
    by_name = {v.definition: v.verdict for v in apply_definitions(measure(low), low, SETTINGS)}
    assert by_name["6_copies"] is Verdict.YES
    assert by_name["20_copies"] is Verdict.NOT_ASSESSABLE
    high = focal(7.0, integers=True, capped_at=7.0, purity_ploidy=values(ploidy=2.0))
    assert call(high).call is CopyNumberCall.AMPLIFIED
    below = focal(3.0, integers=True, capped_at=7.0)
    assert measure(below).capped is False


def test_copies_uncorrected_for_purity_bound_what_can_be_excluded() -> None:
    def profile(log2: float, copies: float) -> CopyNumberProfile:
        made = focal(copies, integers=True, purity_uncorrected=True, purity_ploidy=values(purity=None))
        return replace(made, segments=tuple(replace(s, log2_ratio=log2) for s in made.segments))

    # ratio 1.02 at purity 0.2: (1.02 * 2 - 1.6) / 0.2 = 2.2 copies: amplification is excluded even then
    flat = profile(float(np.log2(1.02)), 2.0)
    assert call(flat).call is CopyNumberCall.NEUTRAL
    # 2 + 0.5 for rounding + 0.2 for purity
    assert measure(flat).high == pytest.approx(2.7)
    # ratio 2 at purity 0.2: (2 * 2 - 1.6) / 0.2 = 12 copies: open
    open_one = profile(1.0, 4.0)
    assert call(open_one).call is CopyNumberCall.NOT_ASSESSABLE
    table = {v.definition: v.verdict for v in apply_definitions(measure(open_one), open_one, SETTINGS)}
    assert (table["6_copies"], table["20_copies"]) == (Verdict.NOT_ASSESSABLE, Verdict.NO)
    of_flat = {v.definition: v.verdict for v in apply_definitions(measure(flat), flat, SETTINGS)}
    assert of_flat["6_copies"] is Verdict.NO


def test_sex_chromosomes_are_held_against_half_the_ploidy_in_a_male() -> None:
    gene = replace(ERBB2, symbol="XGENE", chromosome="X")
    segments = (
        Segment(
            chromosome="X", start=0, end=CONTIG_LENGTHS[B38]["X"], copy_number=4.0, minor_copy_number=0.0
        ),
    )
    male = CopyNumberProfile("ascat", B38, segments, purity_ploidy=values(), sex="XY")
    assert call(male, gene).call is CopyNumberCall.AMPLIFIED  # 4 > 3 x 1
    assert call(replace(male, sex="XX"), gene).call is CopyNumberCall.GAINED
    unknown = call(replace(male, sex=None), gene)
    assert unknown.call is CopyNumberCall.NOT_ASSESSABLE
    assert "sex is unknown" in unknown.reason


def test_noisy_depth_needs_a_breakpoint() -> None:
    noisy = focal(30.0, needs_sv_support=True)
    assert call(noisy).call is CopyNumberCall.NOT_ASSESSABLE
    bounded = replace(noisy, sv_breakpoints=(("17", 39_500_000),))
    assert call(bounded).call is CopyNumberCall.AMPLIFIED
    elsewhere = replace(noisy, sv_breakpoints=(("8", 39_500_000),))
    assert call(elsewhere).call is CopyNumberCall.NOT_ASSESSABLE
    assert call(focal(2.0, needs_sv_support=True)).call is CopyNumberCall.NEUTRAL


def test_a_callers_gene_table_comes_before_its_segments() -> None:
    table = (GeneCopies("ERBB2", "17", 39_688_094, 39_728_660, None, 5.0, 21.0, 0.4),)
    profile = replace(focal(30.0), genes=table)
    found = measure(profile)
    assert (found.min_copy_number, found.max_copy_number, found.copy_number) == (5.0, 21.0, 30.0)
    assert judge(found, profile, SETTINGS).call is CopyNumberCall.PARTIALLY_AMPLIFIED
    alone = replace(profile, segments=())
    assert measure(alone).copy_number == 13.0  # the middle of 5 and 21
    assert "middle of the caller's least and most" in call(alone).reason


def draws(least: np.ndarray, ploidy: float = 2.0) -> CopyNumberProfile:
    n = len(least)
    flat = np.full(n, 2.0)
    joint = PosteriorDraws(np.full(n, 0.6), np.full(n, ploidy), np.stack([flat, least, flat]))
    return focal(float(np.median(least)), draws=joint)


def test_probability_from_a_fits_draws() -> None:
    # 97 of 100 draws over 6 copies: called; 60: open; 3: excluded
    for share, expected in (
        (0.97, CopyNumberCall.AMPLIFIED),
        (0.60, CopyNumberCall.NOT_ASSESSABLE),
        (0.03, CopyNumberCall.GAINED),
    ):
        least = np.where(np.arange(100) < 100 * share, 8.0, 5.0)
        verdict = call(draws(least))
        assert verdict.p_amplified == pytest.approx(share)
        assert verdict.call is expected
    assert (
        "P(amplified) is 0.60, neither sure nor excluded"
        in call(draws(np.where(np.arange(100) < 60, 8.0, 5.0))).reason
    )


def test_probability_is_joint_in_copies_and_ploidy() -> None:
    copies = np.linspace(5, 13, 100)
    joint = PosteriorDraws(
        np.full(100, 0.6), copies / 3.05, np.stack([np.full(100, 2.0), copies, np.full(100, 2.0)])
    )
    # copies are 3.05 x ploidy in every draw, though either alone is wide
    assert call(focal(9.0, draws=joint)).p_amplified == 1.0


def test_draws_of_a_gene_over_a_breakpoint_are_least_and_most_of_its_exons() -> None:
    segments = (
        Segment(chromosome="17", start=0, end=39_710_000, copy_number=2.0, minor_copy_number=1.0),
        Segment(chromosome="17", start=39_710_000, end=39_800_000, copy_number=20.0, minor_copy_number=1.0),
        Segment(chromosome="17", start=39_800_000, end=END, copy_number=2.0, minor_copy_number=1.0),
    )
    flat = np.full(40, 2.0)
    joint = PosteriorDraws(np.full(40, 0.6), flat, np.stack([flat, np.full(40, 20.0), flat]))
    profile = CopyNumberProfile("reads", B38, segments, purity_ploidy=values(), draws=joint)
    verdict = call(profile)
    assert (verdict.call, verdict.p_amplified) == (CopyNumberCall.PARTIALLY_AMPLIFIED, 0.0)


def test_interval_of_a_fit_is_that_of_its_draws() -> None:
    least = np.linspace(10, 20, 1001)
    found = measure(draws(least))
    assert found.low == pytest.approx(10.25)
    assert found.high == pytest.approx(19.75)


def test_purity_that_is_not_to_be_used_allows_an_amplification_but_not_its_absence() -> None:
    weak = replace(values(), status=PurityStatus.NOT_ASSESSABLE, reason="too little aberration to tell")
    sure = replace(draws(np.full(100, 40.0)), purity_ploidy=weak)
    assert call(sure).call is CopyNumberCall.AMPLIFIED
    flat = replace(draws(np.full(100, 2.0)), purity_ploidy=weak)
    assert call(flat).call is CopyNumberCall.NOT_ASSESSABLE
    assert call(flat).reason.startswith("too little aberration to tell")
    assert call(flat).p_amplified == 0.0
    assert {v.verdict for v in apply_definitions(measure(sure), sure, SETTINGS)} == {Verdict.YES}
    of_flat = apply_definitions(measure(flat), flat, SETTINGS)
    assert {v.verdict for v in of_flat} == {Verdict.NOT_ASSESSABLE}


def test_without_a_range_an_error_is_assumed_and_it_says_so() -> None:
    verdict = call(focal(30.0))
    assert verdict.p_amplified == 1.0
    assert "the caller gives no range" in verdict.reason


def test_purity_range_of_an_import_gives_a_probability() -> None:
    ranged = values(purity=0.5, ploidy=2.0, purity_low=0.45, purity_high=0.55)
    for copies, expected in ((20.0, 1.0), (6.0, 0.5), (4.0, 0.0)):
        verdict = call(focal(copies, purity_ploidy=ranged))
        assert verdict.p_amplified == pytest.approx(expected, abs=0.02)
    found = measure(focal(20.0, purity_ploidy=ranged))
    # depth 0.5*20 + 1 = 11 of 2; at purity .55: (11 - .9) / .55 = 18.4; at .45: (11 - 1.1) / .45 = 22: 0.9 of sd,
    # with 5 % of the depth (1.1 copies) 1.4
    assert found.low == pytest.approx(20 - 1.96 * 1.4, abs=0.4)
    assert found.high == pytest.approx(20 + 1.96 * 1.5, abs=0.4)


def test_standard_error_of_the_ratio_gives_a_probability() -> None:
    profile = focal(6.6)
    noisy = replace(profile, segments=tuple(replace(s, log2_ratio_sd=0.1) for s in profile.segments))
    # r = (.6*6.6 + .8)/2 = 2.38, at the threshold (.6*6 + .8)/2 = 2.2: log2 ratio 0.1135; the sd of 0.1 and that of
    # depth, 0.07, together 0.122: 0.93 sd, P = 0.82, and the purity, known within 0.1, adds to it
    assert call(noisy).p_amplified == pytest.approx(0.81, abs=0.02)
    assert call(noisy).call is CopyNumberCall.NOT_ASSESSABLE
    sharp = replace(profile, segments=tuple(replace(s, log2_ratio_sd=0.02) for s in profile.segments))
    assert call(sharp).p_amplified > call(noisy).p_amplified


def test_every_definition_side_by_side() -> None:
    profile = exact(focal(12.0, base=4.0, purity_ploidy=values(ploidy=4.0)))
    found = apply_definitions(measure(profile), profile, SETTINGS)
    assert len(found) == len(DEFINITIONS) + 1 == 10
    table = {v.definition: (v.threshold, v.value, v.verdict) for v in found}
    assert table == {
        "purple_3x_ploidy": (3.0, 3.0, Verdict.NO),  # strict
        "2.4x_ploidy": (2.4, 3.0, Verdict.YES),
        "2x_ploidy": (2.0, 3.0, Verdict.YES),
        "6_copies": (6.0, 12.0, Verdict.YES),
        "5_copies": (5.0, 12.0, Verdict.YES),
        "ploidy_plus_4": (4.0, 8.0, Verdict.YES),
        "over_4_copies": (4.0, 12.0, Verdict.YES),
        "centromere_ratio_2": (2.0, 3.0, Verdict.YES),
        "20_copies": (20.0, 12.0, Verdict.NO),
        SENSITIVITY_NAME: (None, None, Verdict.YES),
    }


def test_a_definition_is_as_certain_as_its_draws() -> None:
    # 60 of 100 draws have 21 copies, 40 have 17; ploidy 2, and 2 copies beside the centromere
    profile = draws(np.where(np.arange(100) < 60, 21.0, 17.0))
    table = {v.definition: v.verdict for v in apply_definitions(measure(profile), profile, SETTINGS)}
    assert table.pop("20_copies") is Verdict.NOT_ASSESSABLE
    assert set(table.values()) == {Verdict.YES}
    # a mean of 14 over exons of 2 and 20, ploidy 1.5-4.5 in the draws: the least / ploidy is never over 3,
    # copies - ploidy always at least 4, copies / ploidy over 3 in most
    gene = replace(TOY, exons=((39_700_000, 39_700_333), (39_700_333, 39_701_000)))
    parts = (
        Segment(chromosome="17", start=0, end=39_700_333, copy_number=2.0, minor_copy_number=None),
        Segment(chromosome="17", start=39_700_333, end=END, copy_number=20.0, minor_copy_number=None),
    )
    spread = PosteriorDraws(
        np.full(100, 0.6), np.linspace(1.5, 4.5, 100), np.stack([np.full(100, 2.0), np.full(100, 20.0)])
    )
    stepped = CopyNumberProfile("reads", B38, parts, purity_ploidy=values(ploidy=3.0), draws=spread)
    table = {v.definition: v.verdict for v in apply_definitions(measure(stepped, gene), stepped, SETTINGS)}
    assert table["purple_3x_ploidy"] is Verdict.NO
    assert table["ploidy_plus_4"] is Verdict.YES
    assert table["2x_ploidy"] is Verdict.YES
    # 4.1-9.1 copies are at least 4 in every draw, but 4 above a ploidy of 4.5 in few
    low = draws(np.linspace(4.1, 9.1, 100), ploidy=4.5)
    table = {v.definition: v.verdict for v in apply_definitions(measure(low), low, SETTINGS)}
    assert table["over_4_copies"] is Verdict.YES
    assert table["ploidy_plus_4"] is Verdict.NOT_ASSESSABLE
    # copies beside the centromere that are as uncertain as those of the gene: ratio 1.5-6 of 12 to 2-8
    segments = focal(12.0).segments
    beside = np.linspace(2, 8, 100)
    joint = PosteriorDraws(
        np.full(100, 0.6), np.full(100, 2.0), np.stack([beside, np.full(100, 12.0), np.full(100, 2.0)])
    )
    wide = CopyNumberProfile("reads", B38, segments, purity_ploidy=values(), draws=joint)
    table = {v.definition: v.verdict for v in apply_definitions(measure(wide), wide, SETTINGS)}
    # the two sides of the centromere lie in the first segment: 12 / 2-8 is 1.5-6, over 2 in two thirds
    assert table["centromere_ratio_2"] is Verdict.NOT_ASSESSABLE
    assert table["purple_3x_ploidy"] is Verdict.YES


def test_a_definition_has_the_probability_of_its_draws() -> None:
    profile = draws(np.where(np.arange(100) < 60, 21.0, 17.0))
    shares = {one.definition: one.p_holds for one in apply_definitions(measure(profile), profile, SETTINGS)}
    assert (shares["20_copies"], shares["6_copies"]) == (0.6, 1.0)
    assert shares["6_copies_and_centromere_ratio_2"] is None  # no probability of the two together


@pytest.mark.parametrize(
    ("definition", "copies", "base", "at_threshold"),
    [
        ("purple_3x_ploidy", 6.0, 2.0, Verdict.NO),
        ("2.4x_ploidy", 4.8, 2.0, Verdict.NO),
        ("2x_ploidy", 4.0, 2.0, Verdict.NO),
        ("6_copies", 6.0, 2.0, Verdict.YES),
        ("5_copies", 5.0, 2.0, Verdict.YES),
        ("ploidy_plus_4", 6.0, 2.0, Verdict.YES),
        ("over_4_copies", 4.0, 2.0, Verdict.NO),
        ("centromere_ratio_2", 4.0, 2.0, Verdict.YES),
        ("20_copies", 20.0, 2.0, Verdict.YES),
    ],
)
def test_definition_at_its_threshold(
    definition: str, copies: float, base: float, at_threshold: Verdict
) -> None:
    def verdict(copies: float) -> Verdict:
        profile = exact(focal(copies, base=base))
        return {v.definition: v.verdict for v in apply_definitions(measure(profile), profile, SETTINGS)}[
            definition
        ]

    assert verdict(copies) is at_threshold
    assert verdict(copies + 0.01) is Verdict.YES
    assert verdict(copies - 0.01) is Verdict.NO


def test_polysomy_lowers_the_centromere_ratio_only() -> None:
    # all of 17 at 7 copies in a diploid tumour: > 3 x ploidy, yet HER2:CEP17 is 1
    profile = exact(focal(7.0, base=7.0))
    table = {v.definition: v.verdict for v in apply_definitions(measure(profile), profile, SETTINGS)}
    assert table["purple_3x_ploidy"] is Verdict.YES
    assert table["centromere_ratio_2"] is Verdict.NO
    assert table[SENSITIVITY_NAME] is Verdict.NO


def test_definitions_of_what_is_not_assessable() -> None:
    profile = focal(30.0, unusable="failed")
    found = apply_definitions(measure(profile), profile, SETTINGS)
    assert {v.verdict for v in found} == {Verdict.NOT_ASSESSABLE}
    without_ploidy = focal(30.0, purity_ploidy=values(ploidy=None))
    table = {
        v.definition: v.verdict for v in apply_definitions(measure(without_ploidy), without_ploidy, SETTINGS)
    }
    assert table["6_copies"] is Verdict.YES
    assert table["purple_3x_ploidy"] is Verdict.NOT_ASSESSABLE


def test_every_definition_names_its_source() -> None:
    assert len({definition.name for definition in DEFINITIONS}) == 9
    assert all(len(definition.source) > 20 for definition in DEFINITIONS)


@pytest.mark.parametrize(
    ("copies", "face_value", "on_its_scale"),
    [
        (19.0, Verdict.NO, Verdict.NO),
        # 20 copies of S1613 are 20 by sequencing, or 20 x 42.5 / 16.2 = 52.5 if it counted in situ
        (30.0, Verdict.YES, Verdict.NOT_ASSESSABLE),
        (52.0, Verdict.YES, Verdict.NOT_ASSESSABLE),
        (53.0, Verdict.YES, Verdict.YES),
    ],
)
def test_a_cut_whose_assay_is_not_stated_may_be_on_either_scale(
    copies: float, face_value: Verdict, on_its_scale: Verdict
) -> None:
    profile = exact(focal(copies))
    told = {one.definition: one for one in apply_definitions(measure(profile), profile, SETTINGS)}
    cut = told["20_copies"]
    assert (cut.assay, cut.verdict, cut.on_its_scale) == ("not stated", face_value, on_its_scale)
    assert (cut.by_sequencing_low, cut.by_sequencing_high) == (20.0, pytest.approx(52.47, abs=0.01))
    counted = told["6_copies"]
    assert (counted.assay, counted.by_sequencing_low, counted.by_sequencing_high) == ("sequencing", 6.0, 6.0)
    assert counted.on_its_scale is counted.verdict
    ratio = told["centromere_ratio_2"]
    assert (ratio.assay, ratio.by_sequencing_low, ratio.on_its_scale) == ("in situ hybridisation", None, None)


def test_copies_in_situ_are_fewer_than_by_sequencing() -> None:
    """Medians of HER2-positive tumours: 27.7 / 10.9 and 42.5 / 16.2 (PMID 35050726)."""
    low, high = by_sequencing(10.9, Assay.IN_SITU) or (0.0, 0.0)
    assert (low, high) == (pytest.approx(27.7), pytest.approx(28.6, abs=0.01))
    assert by_sequencing(2.4, Assay.PLASMA) is None


@pytest.mark.parametrize(
    ("copies", "call"), [(20.0, "partially_amplified"), (6.3, "not_assessable"), (2.0, "not_assessable")]
)
def test_a_gene_in_a_gap_of_an_amplicon_is_amplified_in_the_part_that_is_seen(
    copies: float, call: str
) -> None:
    """100 of 400 exonic bases lie in a segment: 20 copies there are an amplification of that part; of 2 the rest may be one."""
    before, high, after = focal(copies).segments
    seen = replace(focal(copies), segments=(before, replace(high, end=TOY.start + 100), after))
    (found,) = measure_genes(seen, (TOY,), build=B38, min_purity=0.2)
    verdict = judge(found, seen, SETTINGS)
    assert (verdict.call, found.covered) == (call, pytest.approx(0.25))
    assert "25% of the exons" in verdict.reason
    assert (verdict.p_amplified is None) is (call == "not_assessable")
