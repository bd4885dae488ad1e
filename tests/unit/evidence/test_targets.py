"""Every kind of target looked for in a tumour that has it, in one that has not, and in one that cannot tell."""

from __future__ import annotations

from dataclasses import replace

import pytest
from evidence_builders import GENES, copies, covered_whole, deletion, gene, junction, rule, tumor, variant

from refractor.evidence.at_entry import AtEntry, MicrosatelliteStatus
from refractor.evidence.findings import Findings, signatures_of
from refractor.evidence.lookups import look_up_rule
from refractor.evidence.targets import codons_of_exon, event_of, find_target
from refractor.genome.variant import Variant
from refractor.results.quality import BURDEN_OF_FILE, INDELS_OF_FILE, Quality, QualityStatus
from refractor.settings.target import RegionChange, StainingScore, Target, TargetEvent, WayOfLoss
from refractor.tumor.gathered_findings import with_entry
from refractor.vocabulary import CopyNumberCall, Result, Side

ANY = Findings(sample="T1")


def target(event: TargetEvent, symbol: str | None = None, **details: object) -> Target:
    return Target(event=event, gene=symbol, **details)  # type: ignore[arg-type]


AMPLIFIED = target(TargetEvent.AMPLIFICATION, "MET")
G12C = target(TargetEvent.SMALL_VARIANT, "KRAS", protein_changes=("G12C",))
CODONS = target(TargetEvent.SMALL_VARIANT, "KRAS", codons=(12, 13))
EXON_20 = target(TargetEvent.SMALL_VARIANT, "EGFR", exons=(20,), change=RegionChange.INFRAME_INSERTION)
EXON_14 = target(TargetEvent.SMALL_VARIANT, "MET", exons=(14,), change=RegionChange.SKIPPING)
WHOLE_GENE = target(TargetEvent.SMALL_VARIANT, "ERBB2")
FUSION = target(TargetEvent.FUSION, "FGFR2", keeps="1-760")
PARTNER_FIRST = target(TargetEvent.FUSION, "BRAF", keeps="457-717")
LOSS = target(TargetEvent.BIALLELIC_LOSS, "PTEN")
STAINED = target(TargetEvent.EXPRESSION, "MET", least_score=StainingScore.MODERATE)
PERCENT = target(TargetEvent.EXPRESSION, "EGFR", least_percent=50.0)
ANY_STAIN = target(TargetEvent.EXPRESSION, "EGFR")
INSTABLE = target(TargetEvent.MICROSATELLITE_INSTABILITY)
BURDEN = target(TargetEvent.TUMOR_MUTATIONAL_BURDEN)


def sheet(findings: Findings = ANY, *, msi: str | None = None, tmb: float | None = None) -> Findings:
    """What is known of a tumour, and what the patients' sheet says."""
    status = None if msi is None else MicrosatelliteStatus(msi)
    return with_entry(findings, AtEntry(patient_msi_status=status, patient_tmb_per_mb=tmb), target=None)


def genome(*, indels: float | None = None, burden: float | None = None) -> Findings:
    """What a VCF of the whole genome tells: indels in repeats, mutations, a megabase."""
    told = ((INDELS_OF_FILE, indels, 4.0), (BURDEN_OF_FILE, burden, 10.0))
    rows = [
        Quality(
            metric=metric,
            value=value,
            unit="a megabase",
            status=QualityStatus.WARN if value > limit else QualityStatus.PASS,
            note="counted in the VCF",
        )
        for metric, value, limit in told
        if value is not None
    ]
    return replace(ANY, signatures=signatures_of(rows))


def intron_after(symbol: str, codon: int) -> int:
    """A base in the middle of the intron behind the exon that holds the codon."""
    one = gene(symbol)
    inside = one.codon_positions(codon)[2]
    exons = sorted(one.exons)
    place = next(number for number, (start, end) in enumerate(exons) if start <= inside < end)
    if one.strand == "+":
        return (exons[place][1] + exons[place + 1][0]) // 2
    return (exons[place - 1][1] + exons[place][0]) // 2


def fusion_of_fgfr2() -> Findings:
    # FGFR2 is on the minus strand: codons 1 to 767 lie above the break, the end of the gene below it
    return tumor(
        junctions=(junction(("10", intron_after("FGFR2", 765), Side.AFTER), ("2", 70_000_000, Side.AFTER)),)
    )


def fusion_of_braf() -> Findings:
    # BRAF is on the minus strand too: its kinase lies below the break
    return tumor(
        junctions=(junction(("7", intron_after("BRAF", 430), Side.BEFORE), ("2", 70_000_000, Side.BEFORE)),)
    )


def skipped_exon() -> Findings:
    _, end = sorted(gene("MET").exons)[13]
    assert codons_of_exon(gene("MET"), 14) == (963, 1010)
    site = Variant("7", end, "G", "A")
    return tumor(variant("MET", "", term="splice_donor_variant", place=site), covered=("MET",))


CASES = [
    (AMPLIFIED, tumor(gene_copies=(copies("MET", 14.0, call=CopyNumberCall.AMPLIFIED),)), Result.FOUND, "MET amplification"),
    (AMPLIFIED, tumor(gene_copies=(copies("MET", 2.0),)), Result.NOT_FOUND, ""),
    (AMPLIFIED, tumor(gene_copies=(copies("MET", None, call=CopyNumberCall.NOT_ASSESSABLE),)), Result.NOT_TESTED, ""),
    (G12C, tumor(variant("KRAS", "G12C")), Result.FOUND, "KRAS G12C"),
    (G12C, tumor(variant("KRAS", "G12D"), wild_type=(("KRAS", 12),)), Result.NOT_FOUND, ""),
    (G12C, tumor(), Result.NOT_TESTED, ""),
    (CODONS, tumor(variant("KRAS", "G13D")), Result.FOUND, "KRAS G13D"),
    (CODONS, tumor(variant("KRAS", "Q61H"), wild_type=(("KRAS", 12), ("KRAS", 13))), Result.NOT_FOUND, ""),
    (CODONS, tumor(wild_type=(("KRAS", 12),)), Result.NOT_TESTED, ""),
    (EXON_20, tumor(variant("EGFR", "D770_N771insG", term="inframe_insertion")), Result.FOUND, "EGFR D770_N771insG"),
    (EXON_20, tumor(variant("EGFR", "T790M"), covered=("EGFR",)), Result.NOT_FOUND, ""),
    (EXON_20, tumor(), Result.NOT_TESTED, ""),
    (EXON_14, skipped_exon(), Result.FOUND, "MET c.1A>T"),
    (EXON_14, tumor(covered=("MET",)), Result.NOT_FOUND, ""),
    (EXON_14, tumor(), Result.NOT_TESTED, ""),
    (WHOLE_GENE, tumor(variant("ERBB2", "S310F")), Result.FOUND, "ERBB2 S310F"),
    (WHOLE_GENE, tumor(variant("ERBB2", "S310=", term="synonymous_variant"), covered=("ERBB2",)), Result.NOT_FOUND, ""),
    (WHOLE_GENE, tumor(), Result.NOT_TESTED, ""),
    (FUSION, fusion_of_fgfr2(), Result.FOUND, None),
    (FUSION, tumor(junctions=()), Result.NOT_FOUND, ""),
    (FUSION, tumor(), Result.NOT_TESTED, ""),
    (PARTNER_FIRST, fusion_of_braf(), Result.FOUND, None),
    (LOSS, tumor(gene_copies=(copies("PTEN", 0.0, call=CopyNumberCall.DELETED, minor=0.0),)), Result.FOUND, "PTEN homozygous deletion"),
    (LOSS, tumor(gene_copies=(copies("PTEN", 2.0),), covered=("PTEN",), junctions=()), Result.NOT_FOUND, ""),
    (LOSS, tumor(covered=("PTEN",), junctions=()), Result.NOT_TESTED, ""),
    (STAINED, replace(ANY, protein_scores={"MET": "2+"}), Result.FOUND, "MET 2+"),
    (STAINED, replace(ANY, protein_scores={"MET": "1+"}), Result.NOT_FOUND, ""),
    (STAINED, replace(ANY, protein_scores={"ERBB2": "3+"}), Result.NOT_TESTED, ""),
    (PERCENT, replace(ANY, stained_percent=50.0), Result.FOUND, "50 % of cells"),
    (PERCENT, replace(ANY, stained_percent=49.9), Result.NOT_FOUND, ""),
    (PERCENT, replace(ANY, protein_scores={"EGFR": "3+"}), Result.NOT_TESTED, ""),
    (ANY_STAIN, replace(ANY, protein_scores={"EGFR": "1+"}), Result.FOUND, "EGFR 1+"),
    (ANY_STAIN, replace(ANY, protein_scores={"EGFR": "0"}), Result.NOT_FOUND, ""),
    (ANY_STAIN, replace(ANY, stained_percent=5.0), Result.FOUND, "5 % of cells"),
    (ANY_STAIN, ANY, Result.NOT_TESTED, ""),
    (INSTABLE, sheet(msi="MSI"), Result.FOUND, "instable microsatellites"),
    (INSTABLE, sheet(msi="MSS"), Result.NOT_FOUND, ""),
    (INSTABLE, ANY, Result.NOT_TESTED, ""),
    (INSTABLE, genome(indels=7.0), Result.FOUND, "instable microsatellites"),
    (INSTABLE, sheet(genome(indels=7.0), msi="MSI"), Result.FOUND, "instable microsatellites"),
    (INSTABLE, sheet(genome(indels=0.3), msi="MSI"), Result.NOT_TESTED, ""),
    (INSTABLE, sheet(genome(indels=7.0), msi="MSS"), Result.NOT_TESTED, ""),
    (BURDEN, sheet(tmb=10.0), Result.FOUND, "10 mutations per Mb"),
    (BURDEN, sheet(tmb=9.9), Result.NOT_FOUND, ""),
    (BURDEN, ANY, Result.NOT_TESTED, ""),
    (BURDEN, genome(burden=12.0), Result.FOUND, "12 mutations per Mb"),
    (BURDEN, sheet(genome(burden=12.0), tmb=11.0), Result.FOUND, "12 and 11 mutations per Mb"),
    (BURDEN, sheet(genome(burden=2.0), tmb=11.0), Result.NOT_TESTED, ""),
    (replace(BURDEN, least_mutations_per_mb=20.0), sheet(genome(burden=12.0), tmb=11.0), Result.NOT_FOUND, ""),
]  # fmt: skip


def words(case: tuple[Target, Findings, Result, str | None]) -> str:
    one, _, result, _ = case
    return f"{one.event}-{one.gene}-{one.codons or one.exons or one.keeps or ''}-{result}"


@pytest.mark.parametrize(("wanted", "findings", "result", "name"), CASES, ids=map(words, CASES))
def test_a_target_is_found_denied_or_open(
    wanted: Target, findings: Findings, result: Result, name: str | None
) -> None:
    answer = find_target(wanted, findings, genes=GENES)
    assert answer.result is result, answer.reason
    assert answer.reason
    assert name is None or answer.name == name


def test_what_the_sheet_says_otherwise_stands_beside_the_genome() -> None:
    stable = genome(indels=0.3).signatures["microsatellite_instability"]
    both = sheet(genome(indels=0.3), msi="MSI").signatures["microsatellite_instability"]
    assert (stable.present, stable.disputed) == (False, False)
    assert (both.present, both.disputed, both.values) == (False, True, (0.3,))
    assert both.words == f"{stable.words}; CONFLICT: otherwise MSI by the patients' sheet"
    assert find_target(INSTABLE, sheet(genome(indels=0.3), msi="MSI"), genes=GENES).reason == both.words
    agreed = sheet(genome(indels=7.0), msi="MSI").signatures["microsatellite_instability"]
    assert "; so too MSI by the patients' sheet" in agreed.words


def test_where_sources_disagree_a_mutation_may_still_be_a_passenger() -> None:
    """ERBB3 is mutated three times as often under instability: the sheet's word is enough to say so."""
    answers = [
        look_up_rule(rule("RTK-4"), sheet(replace(tumor(variant("ERBB3", "V104M")), signatures=told), msi=said), genes=GENES)
        for told in (genome(indels=0.3).signatures, {})
        for said in ("MSI", "MSS")
    ]  # fmt: skip
    words = [answer.matches[0].why for answer in answers]
    assert "CONFLICT: sources disagree whether the tumour has microsatellite instability" in words[0]
    assert "CONFLICT" not in words[1] + words[3]
    assert "CONFLICT: the tumour has microsatellite instability (MSI by the patients' sheet)" in words[2]
    shares = [answer.matches[0].own_share for answer in answers]
    assert shares == [
        None,
        None,
        pytest.approx(1 / 3.40),
        None,
    ]  # JNCI 110:1409, the lower of its two odds ratios


def test_every_kind_of_target_has_its_three_tumours() -> None:
    seen = {event: {result for one, _, result, _ in CASES if one.event is event} for event in TargetEvent}
    assert seen == {event: set(Result) for event in TargetEvent}


def test_a_fusion_that_keeps_the_other_part_is_none() -> None:
    assert find_target(replace(FUSION, keeps="481-821"), fusion_of_fgfr2(), genes=GENES).result is (
        Result.NOT_FOUND
    )
    assert find_target(replace(PARTNER_FIRST, keeps="1-430"), fusion_of_braf(), genes=GENES).result is (
        Result.NOT_FOUND
    )


def test_a_fusion_that_loses_a_codon_of_the_part_is_none() -> None:
    assert find_target(replace(FUSION, keeps="1-790"), fusion_of_fgfr2(), genes=GENES).result is (
        Result.NOT_FOUND
    )


def test_two_fusion_partners_of_the_panel_must_fit_in_sense() -> None:
    """FGFR2 first, MET behind it: a junction that joins MET's start is of no protein."""
    met = intron_after("MET", 900)
    here = ("10", intron_after("FGFR2", 765), Side.AFTER)
    wrong = tumor(junctions=(junction(here, ("7", met, Side.BEFORE)),))
    assert find_target(FUSION, wrong, genes=GENES).result is Result.NOT_FOUND


def test_a_loss_without_disruption_can_be_denied_without_junctions() -> None:
    intact = tumor(gene_copies=(copies("PTEN", 2.0),), covered=("PTEN",))
    assert find_target(LOSS, intact, genes=GENES).result is Result.NOT_TESTED
    losses = tuple(way for way in WayOfLoss if way is not WayOfLoss.DISRUPTION)
    assert find_target(replace(LOSS, losses=losses), intact, genes=GENES).result is Result.NOT_FOUND


def test_the_deletion_of_an_exon_is_its_skipping() -> None:
    start, end = sorted(gene("MET").exons)[13]
    found = tumor(junctions=(deletion("7", start - 100, end + 100),))
    assert find_target(EXON_14, found, genes=GENES).result is Result.FOUND


def test_a_conflict_of_assays_is_told() -> None:
    findings = tumor(gene_copies=(copies("MET", 14.0, call=CopyNumberCall.AMPLIFIED),))
    conflicting = replace(findings, protein_scores={"MET": "0"})
    assert "CONFLICT: immunohistochemistry was 0" in find_target(AMPLIFIED, conflicting, genes=GENES).reason


@pytest.mark.parametrize(
    ("symbol", "exon", "codons"),
    [
        # EGFR 19 and 20, MET 14 and KRAS 2 as everybody numbers them; BRAF 15 holds V600
        ("EGFR", 19, (729, 761)), ("EGFR", 20, (762, 823)), ("MET", 14, (963, 1010)), ("KRAS", 2, (1, 37)),
        ("BRAF", 15, (581, 620)), ("KRAS", 1, None), ("KRAS", 0, None), ("KRAS", 99, None),
    ],
)  # fmt: skip
def test_codons_of_exons(symbol: str, exon: int, codons: tuple[int, int] | None) -> None:
    assert codons_of_exon(gene(symbol), exon) == codons


def test_a_gene_outside_the_panel_is_not_tested() -> None:
    assert find_target(target(TargetEvent.AMPLIFICATION, "XYZ1"), ANY, genes=GENES).result is (
        Result.NOT_TESTED
    )


def test_the_whole_gene_covered_is_what_its_absence_needs() -> None:
    assert event_of(WHOLE_GENE, gene("ERBB2")).codons == ()
    assert covered_whole("ERBB2").whole
