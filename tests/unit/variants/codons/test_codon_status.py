from __future__ import annotations

from dataclasses import replace

import pytest

from refractor.genome.builds import GenomeBuild
from refractor.genome.intervals import Regions
from refractor.genome.panel import load_panel
from refractor.genome.variant import Variant
from refractor.results.variant_tables import CODON_STATUS
from refractor.variants.codons.codon_reads import CodonPlace, CodonReads, watched_codons
from refractor.variants.codons.codon_status import codon_verdict
from refractor.variants.codons.file_view import VariantFileView
from refractor.variants.codons.overall_status import (
    decisive_codons,
    overall_status,
)
from refractor.variants.codons.power import DetectionThresholds, clonal_expectation
from refractor.variants.consequences import Consequence
from refractor.variants.observation import (
    CallableBlock,
    Observation,
    Unread,
)
from refractor.vocabulary import Status

THRESHOLDS = DetectionThresholds()
PLACE = CodonPlace("KRAS", 12, "12", (25245350, 25245349, 25245348))
G12D = Variant("12", 25245349, "C", "T")
PURE = clonal_expectation(1.0, 2.0, assumed_purity=0.2)
UNKNOWN_PURITY = clonal_expectation(None, None, assumed_purity=0.2)


def consequence(change="G12D", first=12, last=12, term="missense_variant", gene="KRAS"):
    return Consequence(gene, "NM_004985.5", "c.35G>A", "p.Gly12Asp", change, term, first, last)


def reads_of(depth: int, *, hints=(), known=True) -> CodonReads:
    return CodonReads(PLACE, depth, None, tuple(hints), known)


def verdict(*, reads=None, called=(), file=None, expectation=PURE):
    return codon_verdict(
        PLACE, reads=reads, called_in_reads=called, file=file, expectation=expectation, thresholds=THRESHOLDS
    )


def observed(alt: int, depth: int, **more) -> Observation:
    return Observation(G12D, depth=depth, alt_reads=alt, vaf=alt / depth, **more)


def test_wild_type_needs_its_power():
    # 13 fragments at VAF 0.5: 1 - (1 + 13 + 78) / 8192 = 0.9888
    row = verdict(reads=reads_of(13))
    assert row.status is Status.WILD_TYPE
    assert row.power == pytest.approx(1 - 92 / 8192)
    assert row.depth == 13
    assert "VAF 0.500" in row.reason
    assert "be seen in 13 fragments with probability 0.989" in row.reason
    # power 0.95 at 13 fragments is reached at VAF 0.4101: P(X >= 3 | 13, 0.4101) = 0.95
    assert row.smallest_detectable_vaf == pytest.approx(0.410, abs=5e-4)
    assert row.smallest_detectable_ccf == pytest.approx(0.820, abs=1e-3)


def test_indels_need_fragments_that_reach_beyond_the_codon():
    # 100 fragments show the codon, 13 of them reach far enough: 1 - 92 / 8192 for an indel
    row = verdict(reads=CodonReads(PLACE, 100, None, (), True, spanning_depth=13))
    assert (row.status, row.depth) == (Status.WILD_TYPE, 100)
    assert row.power > 0.9999
    assert row.indel_power == pytest.approx(1 - 92 / 8192)
    assert verdict(reads=CodonReads(PLACE, 13, None, (), True, spanning_depth=0)).indel_power == 0.0


def test_the_same_depth_at_low_purity_says_how_much_more_is_needed():
    row = verdict(reads=reads_of(13), expectation=UNKNOWN_PURITY)
    assert row.status is Status.NOT_ASSESSABLE
    # VAF 0.1 needs 61 fragments: 61 / 13 = 4.69
    assert (
        "in 13 fragments it would be seen with probability 0.134 only, 61 are needed, 4.7 x as many"
        in row.reason
    )
    assert "purity unknown, 0.2 assumed" in row.reason
    assert "copy number unknown, 2 assumed" in row.reason
    assert row.smallest_detectable_ccf is None


def test_no_fragment_at_all():
    row = verdict(reads=reads_of(0))
    assert row.status is Status.NOT_ASSESSABLE
    assert row.depth == 0
    assert row.power == 0.0
    assert "no fragment shows the codon" in row.reason


def test_mutated_in_reads():
    row = verdict(reads=reads_of(100), called=[(observed(30, 100), consequence())])
    assert (row.status, row.protein_change, row.alt_reads, row.depth) == (Status.MUTATED, "G12D", 30, 100)
    assert row.vaf == pytest.approx(0.3)
    assert "LOW VAF" not in row.reason


def test_low_vaf_is_flagged():
    row = verdict(reads=reads_of(100), called=[(observed(4, 100), consequence())])
    assert row.status is Status.MUTATED
    assert "LOW VAF 0.040: flagged, not counted against eligibility" in row.reason


def test_inherited_is_not_counted():
    called = [(observed(50, 100, germline_likely=True, normal_alt_reads=20, normal_depth=41), consequence())]
    row = verdict(reads=reads_of(100), called=called)
    assert row.status is Status.WILD_TYPE
    assert "G12D is also in the normal (20 of 41 fragments of the normal): inherited" in row.reason


@pytest.mark.parametrize(
    "other",
    [
        consequence("G12G", term="synonymous_variant"),
        consequence("G13D", 13, 13),
        consequence("K5Nfs*3", 5, 14, term="frameshift_variant"),
        consequence(gene="NRAS"),
    ],
)
def test_what_does_not_change_this_codon(other):
    assert verdict(reads=reads_of(100), called=[(observed(30, 100), other)]).status is Status.WILD_TYPE


def test_an_allele_over_two_codons_counts_for_both():
    called = [(observed(30, 100), consequence("A11_G12insGA", 11, 12, "inframe_insertion"))]
    assert verdict(reads=reads_of(100), called=called).status is Status.MUTATED


def test_a_variant_without_consequence_counts_by_place():
    assert verdict(reads=reads_of(100), called=[(observed(30, 100), None)]).status is Status.MUTATED


def test_fragments_too_few_to_report_are_told():
    row = verdict(reads=reads_of(100, hints=[observed(2, 100)]))
    assert row.status is Status.WILD_TYPE
    assert "2 of 100 fragments show 12:25245350 C>T, too few to report" in row.reason


def test_unknown_reference_is_not_wild_type():
    row = verdict(reads=reads_of(100, known=False))
    assert row.status is Status.NOT_ASSESSABLE
    assert "give a full FASTA" in row.reason


def test_silence_of_a_file_is_not_wild_type():
    row = verdict(file=VariantFileView("mutect2", ()))
    assert row.status is Status.NOT_ASSESSABLE
    assert "silent here, which is not wild-type" in row.reason
    assert row.power is None


@pytest.mark.parametrize(
    ("regions", "status"),
    [
        ([("12", 25245000, 25246000)], Status.WILD_TYPE),
        ([("12", 25245000, 25245350)], Status.NOT_ASSESSABLE),  # its first base is outside
        ([("1", 25245000, 25246000)], Status.NOT_ASSESSABLE),
    ],
)
def test_callable_regions(regions, status):
    row = verdict(file=VariantFileView("mutect2", (), callable_regions=Regions.of(regions)))
    assert row.status is status
    assert "callable_regions" in row.reason


def test_assume_callable_says_so():
    row = verdict(file=VariantFileView("mutect2", (), assume_callable=True))
    assert row.status is Status.WILD_TYPE
    assert "assume_callable is set" in row.reason


def test_the_silence_of_a_file_of_indels_is_never_wild_type():
    regions = Regions.of([("12", 25245000, 25246000)])
    view = VariantFileView(
        "pindel", (), callable_regions=regions, assume_callable=True, calls_substitutions=False
    )
    row = verdict(file=view)
    assert row.status is Status.NOT_ASSESSABLE
    assert "insertions and deletions only" in row.reason


def test_depth_of_gvcf_blocks_counts_as_depth():
    blocks = (CallableBlock("12", 25245340, 25245350, 30), CallableBlock("12", 25245350, 25245400, 20))
    row = verdict(file=VariantFileView("gvcf", (), blocks=blocks))
    assert (row.status, row.depth) == (Status.WILD_TYPE, 20)
    row = verdict(file=VariantFileView("gvcf", (), blocks=blocks), expectation=UNKNOWN_PURITY)
    assert row.status is Status.NOT_ASSESSABLE
    assert verdict(file=VariantFileView("gvcf", (), blocks=blocks[:1])).depth is None


@pytest.mark.parametrize(
    ("alt", "filters", "absent", "status"),
    [
        (30, ("weak_evidence",), False, Status.NOT_ASSESSABLE),  # neither believed nor absent
        (2, ("weak_evidence",), False, Status.WILD_TYPE),  # fewer reads than a variant has
        (4, ("base_qual",), False, Status.WILD_TYPE),  # below the low VAF of 0.05
        (30, ("RefCall",), True, Status.WILD_TYPE),  # the caller says that there is none
        (30, (), False, Status.MUTATED),
    ],
)
def test_the_callers_filter_is_obeyed(alt, filters, absent, status):
    item = (replace(observed(alt, 100, filters=filters), said_absent=absent), consequence())
    row = verdict(file=VariantFileView("mutect2", (item,), assume_callable=True))
    assert row.status is status
    if filters:
        assert f"({alt} of 100 reads) is filtered by its caller: {', '.join(filters)}" in row.reason


def test_nothing_is_claimed_where_reads_and_file_disagree():
    file = VariantFileView("mutect2", ((observed(10, 100), consequence()),))
    row = verdict(reads=reads_of(100), file=file)
    assert row.status is Status.NOT_ASSESSABLE
    assert "DISAGREES with the file of small variants: mutated G12D" in row.reason


def test_the_file_is_believed_where_reads_cannot_say():
    file = VariantFileView("mutect2", ((observed(10, 100), consequence()),))
    row = verdict(reads=reads_of(1), file=file)
    assert (row.status, row.protein_change) == (Status.MUTATED, "G12D")
    assert "the reads cannot say" in row.reason


def test_reads_and_file_that_agree():
    file = VariantFileView("mutect2", ((observed(10, 100), consequence()),))
    row = verdict(reads=reads_of(100), called=[(observed(30, 100), consequence())], file=file)
    assert row.status is Status.MUTATED
    assert "DISAGREES" not in row.reason


def test_nothing_given():
    assert verdict().status is Status.NOT_ASSESSABLE


def rows_with(*, mutated=None, blind=None):
    rows = []
    for gene, codon in decisive_codons():
        place = CodonPlace(gene, codon, "12", PLACE.positions)
        change = (mutated or {}).get((gene, codon))
        depth = 2 if (gene, codon) == blind else 100
        called = (
            [(observed(change, 100), consequence(f"X{codon}Y", codon, codon, gene=gene))] if change else []
        )
        rows.append(
            codon_verdict(
                place,
                reads=CodonReads(place, depth, None, (), True),
                called_in_reads=called,
                file=None,
                expectation=PURE,
                thresholds=THRESHOLDS,
            )
        )
    return CODON_STATUS.frame(rows)


def test_overall_wild_type_needs_every_codon():
    assert len(decisive_codons()) == 32
    assert overall_status(rows_with(), ["KRAS", "NRAS", "HRAS"]) is Status.WILD_TYPE
    blind = rows_with(blind=("NRAS", 117))
    assert overall_status(blind, ["KRAS", "NRAS"]) is Status.NOT_ASSESSABLE
    assert overall_status(blind, ["KRAS"]) is Status.WILD_TYPE
    assert overall_status(blind.iloc[:0], ["KRAS"]) is Status.NOT_ASSESSABLE
    assert overall_status(rows_with(), []) is Status.NOT_ASSESSABLE


def test_one_mutation_is_enough():
    rows = rows_with(mutated={("KRAS", 12): 30}, blind=("NRAS", 117))
    assert overall_status(rows, ["KRAS", "NRAS"]) is Status.MUTATED
    assert overall_status(rows, ["NRAS"]) is Status.NOT_ASSESSABLE


def test_watched_codons_begin_with_the_decisive_ones_and_hold_each_once():
    panel = load_panel(GenomeBuild.GRCH38)
    places = [(place.gene, place.codon) for place in watched_codons(panel)]
    assert tuple(places[:32]) == decisive_codons()
    assert len(places) == len(set(places))
    assert ("PIK3CA", 545) in places
    assert ("ERBB2", 755) in places


def test_a_codon_parted_by_an_intron_has_two_stretches():
    panel = load_panel(GenomeBuild.GRCH38)
    place = next(p for p in watched_codons(panel) if (p.gene, p.codon) == ("BRAF", 581))
    assert place.stretches == ((140753391, 140753393), (140754186, 140754187))


def seen(alt: int, depth: int, variant: Variant = G12D) -> Observation:
    return Observation(variant, depth=depth, alt_reads=alt, vaf=alt / depth)


@pytest.mark.parametrize(
    ("alt", "called", "status"),
    [
        (6, [], Status.NOT_ASSESSABLE),
        (6, [(observed(6, 100, filters=("strand_bias",)), consequence())], Status.NOT_ASSESSABLE),
        (6, [(observed(6, 100, filters=("in_normal",)), consequence())], Status.NOT_ASSESSABLE),
        # silent, inherited, a part of what is called beside the codon, too few, of too low a fraction
        (
            6,
            [(observed(6, 100, filters=("weak",)), consequence(term="synonymous_variant"))],
            Status.WILD_TYPE,
        ),
        (6, [(observed(6, 100, germline_likely=True), consequence())], Status.WILD_TYPE),
        (
            6,
            [
                (
                    Observation(Variant("12", 25245347, "CAC", "TAT"), depth=100, alt_reads=6, vaf=0.06),
                    consequence("G13=", 13, 13),
                )
            ],
            Status.WILD_TYPE,
        ),
        (2, [], Status.WILD_TYPE),
        (4, [], Status.WILD_TYPE),
    ],
)
def test_what_is_shown_and_not_believed_is_not_called_wild_type(alt, called, status):
    row = verdict(reads=reads_of(100, hints=[seen(alt, 100)]), called=called)
    assert row.status is status
    if status is Status.NOT_ASSESSABLE:
        assert "12:25245350 C>T is shown and not believed" in row.reason
        assert f"{alt} of 100 fragments show 12:25245350 C>T" in row.reason
        assert row.power > 0.95


@pytest.mark.parametrize(("start", "end", "status"), [
    (25245348, 25245349, Status.NOT_ASSESSABLE),  # the codon is 25,245,348-25,245,351, half-open
    (25245300, 25245400, Status.NOT_ASSESSABLE),
    (25245347, 25245348, Status.WILD_TYPE),
    (25245351, 25245352, Status.WILD_TYPE),
])  # fmt: skip
def test_a_record_that_cannot_be_read_is_no_silence(start, end, status):
    """A breakend or a symbolic allele that passed: where it lies, the file has not said wild-type."""
    row = verdict(
        file=VariantFileView(
            "generic",
            (),
            assume_callable=True,
            unread=(Unread("12", start, end, "whose alleles are symbolic or ambiguous"),),
        )
    )
    assert row.status is status
    assert ("symbolic or ambiguous" in row.reason) is (status is Status.NOT_ASSESSABLE)
    elsewhere = VariantFileView(
        "generic", (), assume_callable=True, unread=(Unread("7", start, end, "whose alleles are ambiguous"),)
    )
    assert verdict(file=elsewhere).status is Status.WILD_TYPE


SPLIT = CodonPlace("BRAF", 581, "7", (140754186, 140753392, 140753391))
"""A codon that an intron parts, in two stretches (minus strand)."""
LEFT, RIGHT = ("7", 140753391, 140753393), ("7", 140754186, 140754187)


@pytest.mark.parametrize(
    ("regions", "status"),
    [
        ([LEFT, RIGHT], Status.WILD_TYPE),
        ([LEFT], Status.NOT_ASSESSABLE),
        ([RIGHT], Status.NOT_ASSESSABLE),
        ([("7", 140753392, 140753393), RIGHT], Status.NOT_ASSESSABLE),
        ([("7", 140753000, 140755000)], Status.WILD_TYPE),
    ],
)
def test_a_parted_codon_is_callable_where_both_parts_are(regions, status):
    row = codon_verdict(
        SPLIT,
        reads=None,
        called_in_reads=(),
        file=VariantFileView("mutect2", (), callable_regions=Regions.of(regions)),
        expectation=PURE,
        thresholds=THRESHOLDS,
    )
    assert row.status is status


@pytest.mark.parametrize(
    ("blocks", "depth"),
    [
        ([(*LEFT, 30), (*RIGHT, 20)], 20),
        ([(*LEFT, 30)], None),
        ([(*RIGHT, 20)], None),
        ([(*LEFT, 30), ("8", *RIGHT[1:], 20)], None),
    ],
)
def test_blocks_cover_both_parts_of_a_parted_codon(blocks, depth):
    row = codon_verdict(
        SPLIT,
        reads=None,
        called_in_reads=(),
        file=VariantFileView("gvcf", (), blocks=tuple(CallableBlock(*block) for block in blocks)),
        expectation=PURE,
        thresholds=THRESHOLDS,
    )
    assert row.depth == depth
    assert row.status is (Status.NOT_ASSESSABLE if depth is None else Status.WILD_TYPE)
