"""Junctions against genes: what breaks one and what leaves it whole."""

import itertools

import pytest
from evidence_builders import GENES, copies, deletion, duplication, junction, rule, tumor, variant

from refractor.evidence.events.fusion import coding_bases_before
from refractor.evidence.events.gene_breaks import (
    codon_span,
    disruptions_of,
    exons_within,
    how_it_breaks,
)
from refractor.evidence.lookups import look_up_rule
from refractor.genome.variant import Variant
from refractor.variants.files.structural_variants import Breakpoint, GeneBreakend, StructuralVariant
from refractor.vocabulary import CopyNumberCall, Result, Side

PTEN = GENES["PTEN"]
KRAS = GENES["KRAS"]


def test_exons_are_numbered_in_coding_order_on_both_strands():
    assert (PTEN.strand, KRAS.strand) == ("+", "-")
    assert exons_within(PTEN, (PTEN.start, PTEN.end)) == tuple(range(1, 10))
    assert exons_within(PTEN, PTEN.cds[0]) == (1,)
    assert exons_within(KRAS, KRAS.cds[-1]) == (1,)
    assert exons_within(KRAS, KRAS.cds[0]) == (len(KRAS.cds),)


def test_the_span_of_codons_on_both_strands():
    assert codon_span(PTEN, 1, 1) == (PTEN.cds[0][0], PTEN.cds[0][0] + 3)
    assert codon_span(KRAS, 1, 1) == (KRAS.cds[-1][1] - 3, KRAS.cds[-1][1])


def intron(gene, number: int) -> tuple[int, int]:
    """The intron after the coding exon `number`, counted along the genome."""
    return gene.cds[number - 1][1], gene.cds[number][0]


@pytest.mark.parametrize(
    ("what", "broken"),
    [
        ("deletes two exons", True),
        ("deletes within an intron", False),
        ("deletes beside the gene", False),
        ("doubles one exon", True),
        ("doubles from an exon to beyond the gene", False),
        ("doubles the whole gene", False),
        ("inverts within an intron", False),
        ("inverts an exon", True),
        ("joins another chromosome", True),
        ("ends nowhere known", True),
        ("inserts into an exon", True),
        ("inserts into an intron", False),
        ("lies elsewhere", False),
    ],
)
def test_what_breaks_a_gene(what, broken):
    start, end = intron(PTEN, 4)
    exon = PTEN.cds[4]
    junctions = {
        "deletes two exons": deletion("10", start + 100, PTEN.cds[5][1] + 100),
        "deletes within an intron": deletion("10", start + 100, start + 300),
        "deletes beside the gene": deletion("10", PTEN.end + 100, PTEN.end + 9_000),
        "doubles one exon": duplication("10", exon[0] - 50, exon[1] + 50),
        "doubles from an exon to beyond the gene": duplication("10", exon[0] - 50, PTEN.end + 9_000),
        "doubles the whole gene": duplication("10", PTEN.start - 50, PTEN.end + 9_000),
        "inverts within an intron": junction(
            ("10", start + 100, Side.BEFORE), ("10", end - 100, Side.BEFORE), kind="INV"
        ),
        "inverts an exon": junction(
            ("10", start + 100, Side.BEFORE), ("10", exon[1] + 100, Side.BEFORE), kind="INV"
        ),
        "joins another chromosome": junction(("10", start + 100, Side.BEFORE), ("2", 500, Side.AFTER)),
        "ends nowhere known": junction(("10", start + 100, Side.BEFORE), None, kind="SGL"),
        "inserts into an exon": junction(
            ("10", exon[0] + 5, Side.BEFORE), ("10", exon[0] + 6, Side.AFTER), kind="INS"
        ),
        "inserts into an intron": junction(
            ("10", start + 50, Side.BEFORE), ("10", start + 51, Side.AFTER), kind="INS"
        ),
        "lies elsewhere": junction(("3", 100, Side.BEFORE), ("2", 500, Side.AFTER)),
    }
    assert len(junctions) == 13
    assert (how_it_breaks(PTEN, junctions[what]) is not None) is broken


def pten_loss(*junctions, number=1.3, minor=0.0, least=None, variants=()):
    measured = copies("PTEN", number, minor=minor, least=least, most=number)
    findings = tumor(*variants, gene_copies=(measured,), covered=("PTEN",), junctions=junctions, purity=0.8)
    return look_up_rule(rule("PI3K-5"), findings, genes=GENES)


def exon_five(**more):
    return deletion("10", PTEN.cds[4][0] - 50, PTEN.cds[4][1] + 50, **more)


@pytest.mark.parametrize(
    ("junction_copies", "minor", "result"),
    [
        (1.4, 0.0, Result.FOUND),  # 1.3 - 1.4 copies are whole
        (0.9, 0.0, Result.FOUND),  # 0.4 whole copies
        (0.7, 0.0, Result.NOT_FOUND),  # 0.6 whole copies
        (1.4, 0.6, Result.NOT_FOUND),  # the other allele is kept
        (None, 0.0, Result.NOT_TESTED),  # nobody knows whether a whole copy is left
        (None, 1.0, Result.NOT_FOUND),
    ],
)
def test_homozygous_disruption_by_the_copies_left_whole(junction_copies, minor, result):
    answer = pten_loss(exon_five(copies_of_junction=junction_copies), minor=minor)
    assert answer.result is result


def test_copies_of_a_junction_by_its_vaf():
    # purity 0.8, 1.3 copies: 0.9 * (0.8 * 1.3 + 0.4) / 0.8 = 1.62 copies, none whole
    assert pten_loss(exon_five(vaf=0.9)).result is Result.FOUND
    # 0.3 * 1.44 / 0.8 = 0.54 copies, 0.76 whole
    assert pten_loss(exon_five(vaf=0.3)).result is Result.NOT_FOUND


def test_a_filtered_hit_is_neither_counted_nor_denied():
    filtered = exon_five(copies_of_junction=1.4, filters=("PON",))
    answer = pten_loss(filtered)
    assert answer.result is Result.NOT_TESTED
    assert "filtered by its caller" in answer.reason
    stop = variant("PTEN", "R233*", term="stop_gained", filters=("strand_bias",), biallelic=True)
    assert pten_loss(variants=(stop,)).result is Result.NOT_TESTED
    # with the other allele kept one hit is no loss, real or not; two may be
    assert pten_loss(filtered, number=2.0, minor=1.0).result is Result.NOT_FOUND
    assert pten_loss(filtered, number=2.0, minor=1.0, variants=(stop,)).result is Result.NOT_TESTED


@pytest.mark.parametrize(
    ("apart", "result"),
    [
        (0, Result.FOUND),  # two alleles of one place lie on two copies
        (3, Result.NOT_FOUND),  # one complex change that its caller wrote in two rows
        (10, Result.NOT_FOUND),
        (11, Result.FOUND),
    ],
)
def test_two_truncations_beside_each_other_are_one_change(apart, result):
    start = PTEN.coding_position(300)
    hits = tuple(
        variant("PTEN", name, term="frameshift_variant", place=Variant("10", start + shift, "A", alt))
        for name, shift, alt in (("K100fs", 0, "AT"), ("K101fs", apart, "ATT"))
    )
    assert pten_loss(number=2.0, minor=1.0, variants=hits).result is result


@pytest.mark.parametrize(
    ("apart", "sides", "result"),
    [
        (3, (Side.BEFORE, Side.AFTER), Result.NOT_FOUND),  # two sides of one inversion, one allele
        (1000, (Side.BEFORE, Side.AFTER), Result.NOT_FOUND),
        (1001, (Side.BEFORE, Side.AFTER), Result.FOUND),  # two inversions
        (3, (Side.BEFORE, Side.BEFORE), Result.FOUND),  # the same side broken twice
    ],
)
def test_the_two_junctions_of_an_inversion_are_one_hit(apart, sides, result):
    here, there = intron(PTEN, 4)[0] + 100, PTEN.end + 2_000_000
    inversion = [
        junction(("10", here + shift, side), ("10", there + shift, side), kind="INV")
        for shift, side in zip((0, apart), sides, strict=True)
    ]
    assert pten_loss(*inversion, number=2.0, minor=1.0).result is result


def test_the_two_junctions_of_an_exchange_are_one_hit():
    here = intron(PTEN, 4)[0] + 100
    der10 = junction(("10", here, Side.BEFORE), ("5", 5_000_000, Side.AFTER))
    der5 = junction(("5", 4_999_990, Side.BEFORE), ("10", here + 5, Side.AFTER))
    assert pten_loss(der10, der5, number=2.0, minor=1.0).result is Result.NOT_FOUND
    elsewhere = junction(("7", 900, Side.BEFORE), ("10", here + 5, Side.AFTER))
    assert pten_loss(der10, elsewhere, number=2.0, minor=1.0).result is Result.FOUND


def test_a_truncation_and_a_break_are_two_hits():
    hit = variant("PTEN", "R130*", term="stop_gained", biallelic=False)
    answer = pten_loss(exon_five(), number=2.0, minor=1.0, variants=(hit,))
    assert answer.result is Result.FOUND
    assert [match.alteration.kind for match in answer.matches] == ["snv", "structural_variant"]


@pytest.mark.parametrize(
    ("disruptive", "whole", "result"),
    [(True, 0.1, Result.FOUND), (True, 1.0, Result.NOT_FOUND), (False, 0.1, Result.NOT_FOUND)],
)
def test_linx_has_the_word_where_it_was_asked(disruptive, whole, result):
    annotated = StructuralVariant(
        identifier="a",
        kind="DEL",
        first=Breakpoint("10", PTEN.cds[4][0] - 50, Side.BEFORE),
        second=Breakpoint("10", PTEN.cds[4][1] + 50, Side.AFTER),
        annotations=(GeneBreakend("PTEN", disruptive, whole),),
    )
    assert pten_loss(annotated).result is result


def test_no_file_of_junctions_is_no_disruption_and_no_denial():
    assert disruptions_of(PTEN, tumor(junctions=None)) == ()
    answer = look_up_rule(rule("HER2-7"), tumor(junctions=None), genes=GENES)
    assert (answer.result, answer.reason) == (Result.NOT_TESTED, "no structural variants given")


ERBB2 = GENES["ERBB2"]
IN_ERBB2 = (ERBB2.cds[20][1] + ERBB2.cds[21][0]) // 2


def broken_erbb2(position: int, *, copies_of_junction: float | None, total: float = 30.0):
    broken = junction(
        ("17", position, Side.BEFORE), ("5", 50_000_000, Side.AFTER), copies_of_junction=copies_of_junction
    )
    call = CopyNumberCall.AMPLIFIED if total > 6 else CopyNumberCall.NEUTRAL
    measured = copies("ERBB2", total, call=call)
    return look_up_rule(rule("HER2-7"), tumor(junctions=(broken,), gene_copies=(measured,)), genes=GENES)


@pytest.mark.parametrize(
    ("copies_of_junction", "total", "result"),
    [
        (1.0, 30.0, Result.NOT_FOUND),  # 29 copies are whole
        (14.9, 30.0, Result.NOT_FOUND),
        (15.0, 30.0, Result.FOUND),
        (28.0, 30.0, Result.FOUND),
        (None, 30.0, Result.NOT_TESTED),
        (None, 2.0, Result.FOUND),  # not amplified: one broken copy of two
    ],
)
def test_a_break_of_an_amplified_gene_counts_on_most_of_its_copies(copies_of_junction, total, result):
    answer = broken_erbb2(IN_ERBB2, copies_of_junction=copies_of_junction, total=total)
    assert answer.result is result
    assert result is Result.FOUND or "whole" in answer.reason


@pytest.mark.parametrize(
    ("position", "result"),
    [
        (ERBB2.cds[-1][1] - 2, Result.FOUND),  # the last coding base is cut off
        (ERBB2.cds[-1][1] - 1, Result.NOT_FOUND),  # behind the last codon: every coding exon is kept
        (ERBB2.cds[-1][1] + 500, Result.NOT_FOUND),
        (ERBB2.cds[0][0] - 1, Result.NOT_FOUND),  # before the start codon
        (ERBB2.cds[0][0], Result.FOUND),
    ],
)
def test_a_break_of_an_untranslated_end_is_none_of_the_protein(position, result):
    assert ERBB2.strand == "+"
    assert broken_erbb2(position, copies_of_junction=28.0).result is result


BRAF = GENES["BRAF"]
BRAF_INTRON = (sorted(BRAF.cds)[9][1] + sorted(BRAF.cds)[10][0]) // 2


@pytest.mark.parametrize(
    ("partner", "result", "said"),
    [
        (("7", 138_500_000, Side.BEFORE), Result.FOUND, "partner unclear"),
        ("in frame", Result.FOUND, "in frame behind"),
        ("out of frame", Result.NOT_FOUND, "no such break"),
        ("against its sense", Result.NOT_FOUND, "no such break"),
    ],
)
def test_a_partner_of_the_panel_must_fit_in_sense_and_frame(partner, result, said):
    here = Breakpoint("7", BRAF_INTRON, Side.BEFORE)
    assert BRAF.strand == "-"
    wanted = coding_bases_before(BRAF, here) % 3
    if isinstance(partner, str):
        introns = [(one[1] + two[0]) // 2 for one, two in itertools.pairwise(ERBB2.cds)]
        fits = [
            at
            for at in introns
            if coding_bases_before(ERBB2, Breakpoint("17", at, Side.BEFORE)) % 3 == wanted
        ]
        others = [at for at in introns if at not in fits]
        assert fits
        assert others
        place = {"in frame": fits[0], "out of frame": others[0], "against its sense": fits[0]}[partner]
        partner = ("17", place, Side.AFTER if said == "no such break" and place == fits[0] else Side.BEFORE)
    fused = junction(("7", BRAF_INTRON, Side.BEFORE), partner)
    answer = look_up_rule(rule("MAPK-6b"), tumor(junctions=(fused,)), genes=GENES)
    assert answer.result is result
    assert said in answer.reason


def two_hits(*variants, total: float, minor: float, purity: float = 0.8, **other: float):
    findings = tumor(
        *variants,
        gene_copies=(copies("NF1", total, minor=minor),),
        covered=("NF1",),
        junctions=(),
        purity=purity,
        **other,
    )
    return look_up_rule(rule("MAPK-9"), findings, genes=GENES)


@pytest.mark.parametrize(
    ("total", "each", "result"),
    [
        (2.0, 1.0, Result.FOUND),
        (4.0, 0.9, Result.NOT_FOUND),  # two copies of four are whole
        (4.0, 2.0, Result.FOUND),
        (3.0, 1.0, Result.NOT_FOUND),
        (4.0, None, Result.NOT_TESTED),
    ],
)
def test_two_hits_are_a_loss_where_they_leave_no_whole_copy(total, each, result):
    hits = [
        variant("NF1", name, term="frameshift_variant", copies=each, place=Variant("17", at, "AC", "A"))
        for name, at in (("Q10fs", 31_163_197), ("L99fs", 31_335_025))
    ]
    answer = two_hits(*hits, total=total, minor=total / 2)
    assert answer.result is result
    assert "two hits" in answer.reason


@pytest.mark.parametrize(
    ("inherited", "vaf", "minor", "result"),
    [
        # purity 0.8, one copy left: (0.83 * 1.2 - 0.2) / 0.8 = 1.0 copies carry it
        ("seen in the normal", 0.83, 0.0, Result.FOUND),
        # (0.2 * 1.2 - 0.2) / 0.8 = 0.05: the inherited allele itself is lost
        ("seen in the normal", 0.20, 0.0, Result.NOT_FOUND),
        ("seen in the normal", 0.83, 1.0, Result.NOT_FOUND),
        ("known germline polymorphism rs1", 0.83, 0.0, Result.NOT_FOUND),
    ],
)
def test_an_inherited_hit_counts_where_its_partner_is_lost(inherited, vaf, minor, result):
    hit = variant("NF1", "R304*", term="stop_gained", inherited=inherited, vaf=vaf)
    assert two_hits(hit, total=1.0 + minor, minor=minor).result is result


@pytest.mark.parametrize(("foreign", "result"), [(0.0, Result.NOT_FOUND), (0.2, Result.FOUND)])
def test_foreign_cells_do_not_hide_an_inherited_hit(foreign, result):
    """Purity 0.3, one copy left, a fifth of the cells another person's: (0.3 + 0.5) / 1.7 = 0.47 is on the copy left."""
    hit = variant("NF1", "R304*", term="stop_gained", inherited="seen in the normal", vaf=0.47)
    assert two_hits(hit, total=1.0, minor=0.0, purity=0.3, foreign_cells=foreign).result is result
