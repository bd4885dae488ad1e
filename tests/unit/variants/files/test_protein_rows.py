"""Tables that name genes and protein changes without alleles: read as what they are, tested genes by their list."""

from __future__ import annotations

from pathlib import Path

import pytest

from refractor.errors import InputError
from refractor.genome.builds import GenomeBuild
from refractor.results.variant_tables import CodonStatus
from refractor.tumor.inputs import Tumor
from refractor.tumor.variants import TumorVariants, call_variants
from refractor.tumor.variants_folder import write_variants
from refractor.variants.files.maf_row import change_named
from refractor.variants.panel_vcf import read_panel_vcf
from refractor.vocabulary import Status


def called(
    tmp_path: Path, text: str, *, genes: str | None = None, name: str = "report.tsv", **more: object
) -> TumorVariants:
    table = tmp_path / name
    table.write_text(text, encoding="utf-8")
    regions = None
    if genes is not None:
        regions = tmp_path / "genes.txt"
        regions.write_text(genes, encoding="utf-8")
    tumor = Tumor(sample="P1", small_variants=table, callable_regions=regions, **more)  # type: ignore[arg-type]
    return call_variants(tumor)


def codon(found: TumorVariants, gene: str, number: int) -> CodonStatus:
    (row,) = [row for row in found.codons if (row.gene, row.codon) == (gene, number)]
    return row


REPORT = "Gene\tProtein Change\tVAF\nKRAS\tp.G12D\t31%\nTP53\tp.Arg175His\t0.4\nERBB2\tamplification\t\n"


def test_a_report_of_a_panel_without_any_place(tmp_path: Path) -> None:
    found = called(tmp_path, REPORT, genes="KRAS\nNRAS\nTP53\n")
    named = {(effect.gene, effect.protein_change): item for item, effect in found.called if effect}
    assert set(named) == {("KRAS", "G12D"), ("TP53", "R175H")}
    assert named["KRAS", "G12D"].vaf == pytest.approx(0.31)
    twelve = codon(found, "KRAS", 12)
    assert (twelve.status, twelve.protein_change) == (Status.MUTATED, "G12D")
    assert codon(found, "KRAS", 61).status is Status.WILD_TYPE  # tested by the list
    assert codon(found, "NRAS", 61).status is Status.WILD_TYPE
    assert codon(found, "BRAF", 600).status is Status.NOT_ASSESSABLE  # not in the list
    covered = {row.gene: row.covered for row in found.callability}
    assert (covered["NRAS"], covered["BRAF"]) == (True, False)


def test_without_the_list_silence_says_nothing(tmp_path: Path) -> None:
    found = called(tmp_path, REPORT)
    assert codon(found, "KRAS", 12).status is Status.MUTATED
    assert codon(found, "KRAS", 61).status is Status.NOT_ASSESSABLE


def test_genes_that_a_report_calls_wild_type_were_looked_at(tmp_path: Path) -> None:
    text = "gene,alteration\nKRAS,wild-type\nNRAS,not detected\nHER2,S310F\n"
    found = called(tmp_path, text, name="report.csv")
    assert codon(found, "KRAS", 12).status is Status.WILD_TYPE
    assert codon(found, "BRAF", 600).status is Status.NOT_ASSESSABLE
    assert [effect.gene for _, effect in found.called if effect] == ["ERBB2"]


def test_a_panel_that_tests_some_codons(tmp_path: Path) -> None:
    genes = "gene\tcodons\texons\nKRAS\t12,13\t\nNRAS\t\t3\n"
    found = called(tmp_path, "gene\tprotein_change\nTP53\tR175H\n", genes=genes)
    assert codon(found, "KRAS", 12).status is Status.WILD_TYPE
    assert codon(found, "KRAS", 61).status is Status.NOT_ASSESSABLE
    assert codon(found, "NRAS", 61).status is Status.WILD_TYPE  # exon 3
    assert codon(found, "NRAS", 12).status is Status.NOT_ASSESSABLE  # exon 2


def test_the_gene_panel_of_a_portal(tmp_path: Path) -> None:
    genes = "stable_id: P50\ndescription: fifty genes\ngene_list: KRAS\tNRAS\tXYZ1\n"
    found = called(tmp_path, "Hugo_Symbol\tHGVSp_Short\tTumor_Sample_Barcode\nXYZ1\tp.A1B\tP1\n", genes=genes)
    assert codon(found, "KRAS", 12).status is Status.WILD_TYPE


def test_a_change_of_another_isoform_is_no_variant_and_no_wild_type(tmp_path: Path) -> None:
    """BRAF had V599E before 2004: residue 599 of the MANE transcript is T."""
    found = called(tmp_path, "Gene\tProtein_Change\nBRAF\tV599E\n", genes="BRAF\nKRAS\n")
    assert [item for item, _ in found.called] == []
    assert codon(found, "BRAF", 600).status is Status.NOT_ASSESSABLE
    assert "T599" in codon(found, "BRAF", 600).reason
    assert codon(found, "KRAS", 12).status is Status.WILD_TYPE


def test_a_gene_that_is_only_said_to_be_mutated(tmp_path: Path) -> None:
    found = called(tmp_path, "Gene\tProtein_Change\nNRAS\tmutated\n", genes="NRAS\nKRAS\n")
    assert codon(found, "NRAS", 61).status is Status.NOT_ASSESSABLE
    assert codon(found, "KRAS", 61).status is Status.WILD_TYPE


def test_rows_of_a_maf_without_their_place(tmp_path: Path) -> None:
    """cBioPortal's older studies: coordinates for some rows, none for others."""
    head = "Hugo_Symbol\tNCBI_Build\tChromosome\tStart_Position\tReference_Allele\tTumor_Seq_Allele2\tHGVSp_Short\tTumor_Sample_Barcode\n"
    rows = "BRAF\tGRCh37\t7\t140453136\tA\tT\tp.V600E\tP1\nKRAS\tGRCh37\tNA\tNA\tNA\tNA\tp.G12D\tP1\nNRAS\tGRCh37\t\t\t\t\tp.Q61K\tP2\n"
    found = called(tmp_path, head + rows)
    assert sorted(effect.protein_change for _, effect in found.called if effect) == ["G12D", "V600E"]


def test_the_same_change_with_and_without_bases_counts_once(tmp_path: Path) -> None:
    head = "Hugo_Symbol\tChromosome\tStart_Position\tReference_Allele\tTumor_Seq_Allele2\tHGVSp_Short\n"
    found = called(
        tmp_path,
        head + "BRAF\t7\t140453136\tA\tT\tp.V600E\nBRAF\t\t\t\t\tp.V600E\n",
        genome_build=GenomeBuild.GRCH37,
    )
    assert [str(item.variant) for item, _ in found.called] == ["7:140453136 A>T"]


def test_what_is_named_only_survives_our_vcf(tmp_path: Path) -> None:
    found = called(tmp_path, REPORT + "EGFR\tE746_A750delELREA\t0.2\nAPC\tR1450*\t\nTP53\tX125_splice\t\n")
    write_variants(found, tmp_path / "out", sample="P1", quality=(), synthetic=True)
    again = read_panel_vcf(tmp_path / "out" / "variants.vcf.gz")
    assert [(item.variant, effect and effect.protein_change) for item, effect in again] == sorted(
        ((item.variant, effect and effect.protein_change) for item, effect in found.called),
        key=lambda pair: pair[0].genome_order,
    )
    kinds = {item.variant.kind for item, _ in again}
    assert kinds == {"protein_change"}
    assert {effect.consequence for _, effect in again if effect} == {
        "missense_variant", "inframe_deletion", "stop_gained", "splice_donor_variant",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("p.G12D", "G12D"), ("p.(Gly12Asp)", "G12D"), ("NP_004976.2:p.G12D", "G12D"), ("c.35G>A p.G12D", "G12D"),
        ("KRAS G12D", "G12D"), ("E746_A750delELREA", "E746_A750del"), ("R1450*", "R1450*"), ("p.Arg1450Ter", "R1450*"),
        ("K267Rfs*9", "K267Rfs*9"), ("A775_G776insYVMA", "A775_G776insYVMA"), ("L747_P753delinsS", "L747_P753delinsS"),
        ("X125_splice", "X125_splice"), ("mutated", ""), ("p.?", ""), ("", ""), ("1234+1G>A", ""),
    ],
)  # fmt: skip
def test_protein_changes_in_cells(text: str, change: str) -> None:
    assert change_named(text) == change


def test_a_list_none_of_whose_genes_is_of_the_panel(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none of them of the panel"):
        called(tmp_path, REPORT, genes="XYZ1\nXYZ2\n")
    with pytest.raises(InputError, match="KRAS: no coding offset"):
        called(tmp_path, REPORT, genes="gene\tcodons\nKRAS\t9999\n")
