"""Rules answered from junctions of the tumour's own reads: found, not found with the power, not tested with the reason."""

from __future__ import annotations

from dataclasses import replace

import pytest
from evidence_builders import GENES, copies, rule, tumor

from refractor.evidence.lookups import look_up_rule
from refractor.evidence.read_junctions import variants_of_reads
from refractor.results.junction_tables import (
    NO_READS,
    Junction,
    JunctionKind,
    JunctionSearch,
    SearchStatus,
)
from refractor.variants.files.structural_variants import Breakpoint, StructuralVariant
from refractor.vocabulary import CopyNumberCall, Result, Side

ERBB2, PTEN = GENES["ERBB2"], GENES["PTEN"]
AMPLIFIED = copies("ERBB2", 20.0, call=CopyNumberCall.AMPLIFIED, most=20.0)
BREAK = Junction(
    chromosome="17", position=ERBB2.cds[8][1] + 100, keeps=Side.BEFORE, partner_chromosome="3",
    partner_position=60_000_000, partner_keeps=Side.AFTER, kind=JunctionKind.TRANSLOCATION, fragments=80,
    split_fragments=50, paired_fragments=60, share=0.6, copies=14.0, copies_low=11.0, copies_high=17.0,
    mapping_quality=60, expected_by_chance=0.0,
)  # fmt: skip


def search(gene: str, detectable: float | None = 0.6, **values: object) -> dict[str, JunctionSearch]:
    one = JunctionSearch(
        place=gene, chromosome="17", start=0, end=1, status=SearchStatus.TESTED, covered=0.97,
        detectable_copies=detectable, least_fragments=4,
    )  # fmt: skip
    return {gene: replace(one, **values)}  # type: ignore[arg-type]


def answer(rule_id: str, *junctions: Junction, searches: dict[str, JunctionSearch], **values: object):
    findings = tumor(junctions_of_reads=variants_of_reads(junctions), junction_searches=searches, **values)  # type: ignore[arg-type]
    return look_up_rule(rule(rule_id), findings, genes=GENES)


def test_a_break_on_most_copies_is_found_with_its_copies() -> None:
    found = answer("HER2-7", BREAK, searches=search("ERBB2"), gene_copies=(AMPLIFIED,))
    assert found.result is Result.FOUND
    assert [match.alteration.copies for match in found.matches] == [14.0]


def test_a_break_on_few_of_many_copies_is_no_break_of_the_gene() -> None:
    few = replace(BREAK, copies=3.0)
    found = answer("HER2-7", few, searches=search("ERBB2"), gene_copies=(AMPLIFIED,))
    assert found.result is Result.NOT_FOUND
    assert "17.0 of 20.0 copies are whole" in found.reason


def test_nothing_seen_is_not_found_with_the_power() -> None:
    found = answer("HER2-7", searches=search("ERBB2"), gene_copies=(AMPLIFIED,))
    assert found.result is Result.NOT_FOUND
    assert found.reason == (
        "no such break in ERBB2 in its reads: well placed reads over 97% of its coding stretch; one on 0.6 copies or more "
        "would have been seen (95 % power)"
    )


def test_another_break_of_the_gene_is_named_where_the_asked_one_is_not_seen() -> None:
    """ERBB2 without exon 16 (coding exon 16) is not p95HER2, and the answer says what there is."""
    low, high = ERBB2.cds[15]
    shortened = replace(
        BREAK, position=low - 100, partner_chromosome="17", partner_position=high + 100, kind=JunctionKind.DELETION
    )  # fmt: skip
    found = answer("HER2-6", shortened, searches=search("ERBB2"), gene_copies=(AMPLIFIED,))
    assert found.result is Result.NOT_FOUND
    assert found.reason.startswith(
        f"no such break in ERBB2 (there is DEL 17:{low - 99}-17:{high + 101}: removes coding exon 16) in its reads: "
    )


@pytest.mark.parametrize(
    ("searches", "reason"),
    [
        ({}, "no structural variants given"),
        (search("ERBB2", status=SearchStatus.NOT_TESTED, reason=NO_READS), "no structural variants given"),
        (search("PTEN"), "reads are not searched for junctions of ERBB2"),
        (search("ERBB2", status=SearchStatus.NOT_TESTED, reason="the file has no SA tags"), "no SA tags"),
        (search("ERBB2", None), "is not known"),
        (search("ERBB2", 2.5), "show a junction from 2.5 copies on, 1.0 are asked for"),
    ],
)
def test_what_was_not_looked_at_is_not_tested(searches, reason) -> None:
    found = answer("HER2-7", searches=searches)
    assert (found.result, reason in found.reason) == (Result.NOT_TESTED, True)


def test_of_an_amplified_gene_half_of_the_copies_must_be_seen() -> None:
    assert (
        answer("HER2-7", searches=search("ERBB2", 9.0), gene_copies=(AMPLIFIED,)).result is Result.NOT_FOUND
    )
    assert (
        answer("HER2-7", searches=search("ERBB2", 11.0), gene_copies=(AMPLIFIED,)).result is Result.NOT_TESTED
    )


@pytest.mark.parametrize(
    ("filters", "result"),
    [
        (("no_normal",), Result.NOT_TESTED),
        (("no_split_read",), Result.NOT_TESTED),
        (("in_normal",), Result.NOT_FOUND),
        (("chimeras",), Result.NOT_FOUND),
        (("spliced", "no_normal"), Result.NOT_FOUND),
    ],
)
def test_a_junction_that_is_not_believed_is_never_found(filters, result) -> None:
    doubted = replace(BREAK, filters=filters)
    found = answer("HER2-7", doubted, searches=search("ERBB2"), gene_copies=(AMPLIFIED,))
    assert found.result is result


def test_a_broken_pten_with_the_other_allele_lost_is_lost() -> None:
    broken = replace(
        BREAK, chromosome="10", position=PTEN.cds[4][1] + 500, copies=1.0, copies_low=0.7, copies_high=1.4
    )
    lost = copies("PTEN", 1.0, call=CopyNumberCall.LOST, minor=0.0)
    found = answer("PI3K-5", broken, searches=search("PTEN"), gene_copies=(lost,), covered=("PTEN",))
    assert found.result is Result.FOUND
    whole = answer("PI3K-5", searches=search("PTEN"), gene_copies=(lost,), covered=("PTEN",))
    assert whole.result is Result.NOT_FOUND
    blind = answer("PI3K-5", searches=search("PTEN", 1.4), gene_copies=(lost,), covered=("PTEN",))
    assert blind.result is Result.NOT_TESTED


def test_a_junction_of_file_and_reads_is_one() -> None:
    given = StructuralVariant(
        "m1", "BND", Breakpoint("3", 60_000_004, Side.AFTER), Breakpoint("17", BREAK.position - 3, Side.BEFORE), copies=13.0
    )  # fmt: skip
    found = answer("HER2-7", BREAK, searches=search("ERBB2"), junctions=(given,), gene_copies=(AMPLIFIED,))
    assert [match.alteration.copies for match in found.matches] == [13.0]
