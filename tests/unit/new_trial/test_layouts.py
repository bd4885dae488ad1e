"""Folders as pipelines leave them: each tumour's files are found, a normal is never one, the rest is named with why."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from refractor.new_trial.draft_samples import draft_samples
from refractor.new_trial.draft_trial import write_new_trial
from refractor.new_trial.layouts import load_layouts, path_pattern
from refractor.new_trial.told_files import Draft
from refractor.settings.schemas import load_schema
from refractor.sheets import read_sheets


class Folder(NamedTuple):
    """Files (empty, or with a text), the rows that they give, and words of why some are left out."""

    files: tuple[str, ...]
    rows: tuple[dict[str, str], ...]
    left_out: dict[str, str]
    texts: dict[str, str] | None = None


FOLDERS = {
    "nf-core/sarek": Folder(
        (
            "preprocessing/recalibrated/T1/T1.recal.cram", "preprocessing/recalibrated/N1/N1.recal.cram",
            "preprocessing/markduplicates/T1/T1.md.cram",
            "variant_calling/mutect2/T1_vs_N1/T1_vs_N1.mutect2.vcf.gz",
            "variant_calling/mutect2/T1_vs_N1/T1_vs_N1.mutect2.filtered.vcf.gz",
            "variant_calling/strelka/T1_vs_N1/T1_vs_N1.strelka.somatic_snvs.vcf.gz",
            "variant_calling/haplotypecaller/N1/N1.haplotypecaller.vcf.gz",
            "variant_calling/manta/T1_vs_N1/T1_vs_N1.manta.somatic_sv.vcf.gz",
            "variant_calling/manta/T1_vs_N1/T1_vs_N1.manta.diploid_sv.vcf.gz",
            "variant_calling/ascat/T1_vs_N1/T1_vs_N1.segments.txt",
            "variant_calling/ascat/T1_vs_N1/T1_vs_N1.purityploidy.txt",
            "annotation/mutect2/T1_vs_N1/T1_vs_N1.mutect2.filtered_VEP.ann.vcf.gz",
            "reports/samtools/T1/T1.recal.cram.stats",
            "variant_calling/mutect2/T2/T2.mutect2.filtered.vcf.gz",
        ),
        (
            {
                "patient": "T1", "sample": "T1", "tumor_reads": "preprocessing/recalibrated/T1/T1.recal.cram",
                "normal_reads": "preprocessing/recalibrated/N1/N1.recal.cram",
                "small_variants": "variant_calling/mutect2/T1_vs_N1/T1_vs_N1.mutect2.filtered.vcf.gz",
                "structural_variants": "variant_calling/manta/T1_vs_N1/T1_vs_N1.manta.somatic_sv.vcf.gz",
                "copy_number": "variant_calling/ascat/T1_vs_N1/T1_vs_N1.segments.txt", "copy_number_caller": "ascat",
            },
            {
                "patient": "T2", "sample": "T2",
                "small_variants": "variant_calling/mutect2/T2/T2.mutect2.filtered.vcf.gz",
            },
        ),
        {
            "T1.md.cram": "already; choose one", "T1_vs_N1.mutect2.vcf.gz": "is not Mutect2's filtered file",
            "T1_vs_N1.strelka.somatic_snvs.vcf.gz": "two files", "N1.haplotypecaller.vcf.gz": "germline calls",
            "T1_vs_N1.manta.diploid_sv.vcf.gz": "germline calls", "T1_vs_N1.purityploidy.txt": "found beside it",
            "T1_vs_N1.mutect2.filtered_VEP.ann.vcf.gz": "annotated", "T1.recal.cram.stats": "reports",
        },
    ),
    "sarek with its sheet": Folder(
        ("preprocessing/recalibrated/a/a.recal.cram", "preprocessing/recalibrated/b/b.recal.cram",
         "preprocessing/recalibrated/c/c.recal.cram"),
        (
            {
                "patient": "P7", "sample": "b", "tumor_reads": "preprocessing/recalibrated/b/b.recal.cram",
                "normal_reads": "preprocessing/recalibrated/a/a.recal.cram",
            },
        ),
        {"c.recal.cram": "tells tumour from normal", "recalibrated.csv": "is no output of a copy-number caller"},
        {"csv/recalibrated.csv": "patient,sex,status,sample,cram,crai\nP7,XX,0,a,x,y\nP7,XX,1,b,x,y\n"},
    ),
    "oncoanalyser": Folder(
        ("g1/alignments/dna/T1.redux.bam", "g1/alignments/dna/N1.redux.bam", "g1/alignments/rna/T1_RNA.md.bam",
         "g1/purple/T1.purple.somatic.vcf.gz", "g1/purple/T1.purple.germline.vcf.gz", "g1/purple/T1.purple.sv.vcf.gz",
         "g1/purple/T1.purple.cnv.somatic.tsv", "g1/purple/T1.purple.cnv.gene.tsv", "g1/purple/T1.purple.purity.tsv",
         "g1/sage/somatic/T1.sage.somatic.vcf.gz", "g1/amber/T1.amber.baf.tsv.gz"),
        (
            {
                "patient": "S1", "sample": "T1", "tumor_reads": "g1/alignments/dna/T1.redux.bam",
                "normal_reads": "g1/alignments/dna/N1.redux.bam",
                "small_variants": "g1/purple/T1.purple.somatic.vcf.gz",
                "structural_variants": "g1/purple/T1.purple.sv.vcf.gz",
                "copy_number": "g1/purple/T1.purple.cnv.somatic.tsv", "copy_number_caller": "purple",
            },
        ),
        {"T1_RNA.md.bam": "RNA", "T1.purple.germline.vcf.gz": "germline", "T1.purple.cnv.gene.tsv": "other files",
         "T1.purple.purity.tsv": "found beside", "T1.sage.somatic.vcf.gz": "before PURPLE's filters",
         "T1.amber.baf.tsv.gz": "not needed", "samplesheet.csv": ""},
        {"samplesheet.csv": "group_id,subject_id,sample_id,sample_type,sequence_type,filetype,filepath\n"
                            "g1,S1,T1,tumor,dna,bam,x\ng1,S1,N1,normal,dna,bam,y\n"},
    ),
    "hydra-genetics": Folder(
        ("alignment/samtools_merge_bam/A1_T.bam", "alignment/samtools_merge_bam/A1_N.bam", "bam_rna/A1_R.bam",
         "snv_indels/bcbio_variation_recall_ensemble/A1_T.ensembled.vcf.gz",
         "snv_indels/vardict/A1_T.merged.vcf.gz", "snv_indels/bcbio_variation_recall_ensemble/A1_N.ensembled.vcf.gz",
         "cnv_sv/cnvkit_call/A1/A1_T.loh.cns"),
        (
            {
                "patient": "A1", "sample": "A1_T", "tumor_reads": "alignment/samtools_merge_bam/A1_T.bam",
                "normal_reads": "alignment/samtools_merge_bam/A1_N.bam",
                "small_variants": "snv_indels/bcbio_variation_recall_ensemble/A1_T.ensembled.vcf.gz",
                "copy_number": "cnv_sv/cnvkit_call/A1/A1_T.loh.cns", "copy_number_caller": "cnvkit",
            },
        ),
        {"A1_R.bam": "RNA", "A1_T.merged.vcf.gz": "other steps", "A1_N.ensembled.vcf.gz": "calls of the normal"},
    ),
    "CNVkit batch": Folder(
        ("cnv/X1.call.cns", "cnv/X1.cns", "cnv/X1.bintest.cns", "cnv/X1.cnr", "cnv/X1.targetcoverage.cnn",
         "cnv/reference.cnn", "cnv/X2.cns", "cnv/X3-normal.cns"),
        (
            {"patient": "X1", "sample": "X1", "copy_number": "cnv/X1.call.cns", "copy_number_caller": "cnvkit"},
            {"patient": "X2", "sample": "X2", "copy_number": "cnv/X2.cns", "copy_number_caller": "cnvkit"},
        ),
        {"X1.cns": "already", "X1.bintest.cns": "single bins", "X1.cnr": "coverage of bins",
         "X1.targetcoverage.cnn": "coverage", "reference.cnn": "coverage", "X3-normal.cns": "of a normal"},
    ),
    "facets-suite": Folder(
        ("P-01-T01__P-01-N01/P-01-T01__P-01-N01_hisens.cncf.txt", "P-01-T01__P-01-N01/P-01-T01__P-01-N01_purity.cncf.txt",
         "P-01-T01__P-01-N01/P-01-T01__P-01-N01_hisens.seg", "P-01-T01__P-01-N01/P-01-T01__P-01-N01.gene_level.txt",
         "bams/P-01-N01.bam", "bams/P-01-T01.bam"),
        (
            {
                "patient": "P-01", "sample": "P-01-T01", "tumor_reads": "bams/P-01-T01.bam",
                "normal_reads": "bams/P-01-N01.bam",
                "copy_number": "P-01-T01__P-01-N01/P-01-T01__P-01-N01_hisens.cncf.txt", "copy_number_caller": "facets",
            },
        ),
        {"P-01-T01__P-01-N01_purity.cncf.txt": "first pass", "P-01-T01__P-01-N01_hisens.seg": "other files",
         "P-01-T01__P-01-N01.gene_level.txt": "genes and arms"},
    ),
    "DRAGEN": Folder(
        ("d/S7_tumor.bam", "d/S7.bam", "d/S7.hard-filtered.vcf.gz", "d/S7.seg.called", "d/S7.seg", "d/S7.cnv.vcf.gz",
         "d/S7.sv.vcf.gz"),
        (
            {
                "patient": "S7", "sample": "S7", "tumor_reads": "d/S7_tumor.bam",
                "small_variants": "d/S7.hard-filtered.vcf.gz", "structural_variants": "d/S7.sv.vcf.gz",
                "copy_number": "d/S7.seg.called", "copy_number_caller": "dragen",
            },
        ),
        {"S7.bam": "already; choose one", "S7.seg": "is empty", "S7.cnv.vcf.gz": "has a purity"},
    ),
    "GDC": Folder(
        ("u1/aa.wxs.aliquot_ensemble_masked.maf.gz", "u2/TCGA-COAD.bb.ascat2.allelic_specific.seg.txt",
         "u3/cc_wgs_gdc_realn.bam", "u4/dd_wgs_gdc_realn.bam", "u5/ee.gene_level_copy_number.v36.tsv",
         "u6/ff.wxs.aliquot_ensemble_masked.maf.gz", "u1/annotations.txt"),
        (
            {
                "patient": "TCGA-AA-1", "sample": "TCGA-AA-1-01A", "tumor_reads": "u3/cc_wgs_gdc_realn.bam",
                "normal_reads": "u4/dd_wgs_gdc_realn.bam", "small_variants": "u1/aa.wxs.aliquot_ensemble_masked.maf.gz",
                "copy_number": "u2/TCGA-COAD.bb.ascat2.allelic_specific.seg.txt", "copy_number_caller": "gdc",
            },
        ),
        {"ee.gene_level_copy_number.v36.tsv": "table of genes", "annotations.txt": "notes on a file",
         "ff.wxs.aliquot_ensemble_masked.maf.gz": "no sheet says of which tumour", "gdc_sample_sheet.tsv": "it was read"},
        {"gdc_sample_sheet.tsv": "File ID\tFile Name\tCase ID\tSample ID\tSample Type\n"
         "u1\taa.wxs.aliquot_ensemble_masked.maf.gz\tTCGA-AA-1, TCGA-AA-1\tTCGA-AA-1-10A, TCGA-AA-1-01A\tBlood Derived Normal, Primary Tumor\n"
         "u2\tTCGA-COAD.bb.ascat2.allelic_specific.seg.txt\tTCGA-AA-1, TCGA-AA-1\tTCGA-AA-1-01A, TCGA-AA-1-10A\tPrimary Tumor, Blood Derived Normal\n"
         "u3\tcc_wgs_gdc_realn.bam\tTCGA-AA-1\tTCGA-AA-1-01A\tPrimary Tumor\n"
         "u4\tdd_wgs_gdc_realn.bam\tTCGA-AA-1\tTCGA-AA-1-10A\tBlood Derived Normal\n"},
    ),
    "sarek's copy numbers": Folder(
        ("variant_calling/controlfreec/A_vs_B/A_vs_B.tumor.mpileup.gz_ratio.txt",
         "variant_calling/controlfreec/A_vs_B/A_vs_B.tumor.mpileup.gz_normal_ratio.txt",
         "variant_calling/cnvkit/C.1_vs_B/C.1.somatic.call.cns", "variant_calling/cnvkit/C.1_vs_B/B.germline.call.cns",
         "variant_calling/cnvkit/D_vs_B/D_vs_B.call.cns", "preprocessing/recalibrated/C.1/C.1.recal.cram"),
        (
            {"patient": "A", "sample": "A", "copy_number_caller": "control_freec",
             "copy_number": "variant_calling/controlfreec/A_vs_B/A_vs_B.tumor.mpileup.gz_ratio.txt"},
            {"patient": "C.1", "sample": "C.1", "tumor_reads": "preprocessing/recalibrated/C.1/C.1.recal.cram",
             "copy_number": "variant_calling/cnvkit/C.1_vs_B/C.1.somatic.call.cns", "copy_number_caller": "cnvkit"},
            {"patient": "D", "sample": "D", "copy_number": "variant_calling/cnvkit/D_vs_B/D_vs_B.call.cns",
             "copy_number_caller": "cnvkit"},
        ),
        {"A_vs_B.tumor.mpileup.gz_normal_ratio.txt": "of the normal", "B.germline.call.cns": "of the normal"},
    ),
    "sarek, a normal called alone and a patient's joint calls": Folder(
        ("variant_calling/cnvkit/b/b.call.cns", "variant_calling/mutect2/P7/P7.mutect2.filtered.vcf.gz"),
        (
            {"patient": "P7", "sample": "a", "small_variants": "variant_calling/mutect2/P7/P7.mutect2.filtered.vcf.gz"},
            {"patient": "P7", "sample": "c", "small_variants": "variant_calling/mutect2/P7/P7.mutect2.filtered.vcf.gz"},
        ),
        {"b.call.cns": "of a normal", "recalibrated.csv": "no output", "variantcalled.csv": "no output"},
        {"csv/recalibrated.csv": "patient,status,sample\nP7,1,a\nP7,0,b\nP7,1,c\n",
         "csv/variantcalled.csv": "patient,sample,variantcaller,vcf\nP7,b,cnvkit,x\nP7,a,mutect2,y\n"},
    ),
    "other pipelines": Folder(
        ("S1/alignments/dna/FR1T.markdups.bam", "S1/alignments/dna/FR1R.markdups.bam", "S1/purple/FR1T.purple.cnv.somatic.tsv",
         "cnv_sv/cnvkit_call/H1_T.purecn.loh.cns", "cnv_sv/cnvkit_call/H1_N.purecn.loh.cns", "cnv_sv/cnvkit_batch/H1/H1_T.cns"),
        (
            {"patient": "FR1", "sample": "FR1T", "tumor_reads": "S1/alignments/dna/FR1T.markdups.bam",
             "normal_reads": "S1/alignments/dna/FR1R.markdups.bam", "copy_number": "S1/purple/FR1T.purple.cnv.somatic.tsv",
             "copy_number_caller": "purple"},
            {"patient": "H1", "sample": "H1_T", "copy_number": "cnv_sv/cnvkit_call/H1_T.purecn.loh.cns",
             "copy_number_caller": "cnvkit"},
            {"patient": "T8", "sample": "T8", "small_variants": "maf/T8__N8.somatic.final.maf"},
        ),
        {"H1_N.purecn.loh.cns": "of the normal", "H1_T.cns": "before purity was told"},
        {"maf/T8__N8.somatic.final.maf": "Hugo_Symbol\tChromosome\tStart_Position\tReference_Allele\tTumor_Seq_Allele2\n"},
    ),
    "files by their names": Folder(
        ("P2-T1.bam", "P2-T2.bam", "P2-PBL.bam", "P3_FFPE.bam", "P3_WBC.bam", "P4_Tumor_relapse.bam", "P4_Ctrl.bam",
         "P5_liver_met.bam", "P5_blood.bam", "TCGA-A1-A0SB-01A-11D.bam", "TCGA-A1-A0SB-10A-01D.bam", "N9.call.cns"),
        (
            {"patient": "P2", "sample": "P2-T1", "tumor_reads": "P2-T1.bam", "normal_reads": "P2-PBL.bam"},
            {"patient": "P2", "sample": "P2-T2", "tumor_reads": "P2-T2.bam", "normal_reads": "P2-PBL.bam"},
            {"patient": "P3", "sample": "P3_FFPE", "tumor_reads": "P3_FFPE.bam", "normal_reads": "P3_WBC.bam"},
            {"patient": "P4", "sample": "P4_Tumor_relapse", "tumor_reads": "P4_Tumor_relapse.bam",
             "normal_reads": "P4_Ctrl.bam"},
            {"patient": "P5_liver", "sample": "P5_liver_met", "tumor_reads": "P5_liver_met.bam",
             "normal_reads": "P5_blood.bam"},
            {"patient": "TCGA-A1-A0SB", "sample": "TCGA-A1-A0SB-01A-11D", "tumor_reads": "TCGA-A1-A0SB-01A-11D.bam",
             "normal_reads": "TCGA-A1-A0SB-10A-01D.bam"},
        ),
        {"N9.call.cns": "of a normal"},
    ),
    "cBioPortal": Folder(
        ("data_mutations.txt", "brca_data_cna_hg19.seg", "data_CNA.txt", "data_log2_cna.txt", "data_gene_matrix.txt", "meta_study.txt",
         "gene_panels/panel1.txt", "data_sv.txt"),
        (
            {"patient": "P1", "sample": "P1-S1", "small_variants": "data_mutations.txt",
             "copy_number": "brca_data_cna_hg19.seg", "copy_number_caller": "seg"},
            {"patient": "P2", "sample": "P2-S1", "copy_number": "brca_data_cna_hg19.seg", "copy_number_caller": "seg"},
        ),
        {"data_CNA.txt": "choose one", "data_gene_matrix.txt": "not used", "data_log2_cna.txt": "one ratio a gene", "meta_study.txt": "describes",
         "panel1.txt": "describes", "data_sv.txt": "give a VCF", "data_clinical_sample.txt": "in days",
         "cases_sequenced.txt": "describes"},
        {"data_clinical_sample.txt": "#Patient\tSample\tClass\n#P\tS\tC\n#STRING\tSTRING\tSTRING\n#1\t1\t1\n"
                                     "PATIENT_ID\tSAMPLE_ID\tSAMPLE_CLASS\nP1\tP1-S1\tTumor\nP2\tP2-S1\tTumor\nP1\tP1-N1\tNormal\n",
         "case_lists/cases_sequenced.txt": "cancer_study_identifier: x\ncase_list_ids: P1-S1\tP1-N1\n"},
    ),
}  # fmt: skip


def drafted(folder: Path, given: Folder) -> Draft:
    for name in given.files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    for name, text in (given.texts or {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return draft_samples(folder, shown_from=folder)


@pytest.mark.parametrize("name", FOLDERS)
def test_each_tumor_of_a_layout_is_a_row_and_nothing_else_is(name: str, tmp_path: Path) -> None:
    given = FOLDERS[name]
    draft = drafted(tmp_path, given)
    assert draft.rows == list(given.rows)


@pytest.mark.parametrize("name", FOLDERS)
def test_what_a_layout_leaves_out_is_named_with_why(name: str, tmp_path: Path) -> None:
    given = FOLDERS[name]
    said = {path.name: why for path, why in drafted(tmp_path, given).unmatched}
    assert set(said) == set(given.left_out)
    wrong = {file: said[file] for file, words in given.left_out.items() if words not in said[file]}
    assert wrong == {}


def test_the_gene_panel_of_each_tumour_of_a_study_is_where_it_was_looked_at(tmp_path: Path) -> None:
    given = FOLDERS["cBioPortal"]
    matrix = "SAMPLE_ID\tmutations\tcna\nP1-S1\tP50\tP50\nP2-S1\tWES\tWES\n"
    texts = {"gene_panels/panel1.txt": "stable_id: P50\ndescription: x\ngene_list: KRAS\tNRAS\n"}
    draft = drafted(
        tmp_path, given._replace(texts={**(given.texts or {}), **texts, "data_gene_panel_matrix.txt": matrix})
    )
    assert [row.get("callable_regions") for row in draft.rows] == ["gene_panels/panel1.txt", None]
    assert "panel1.txt" not in {path.name for path, _ in draft.unmatched}


def test_a_drafted_study_shares_its_maf(tmp_path: Path) -> None:
    """Rows that name one MAF are told apart by Tumor_Sample_Barcode: no check refuses them."""
    given = FOLDERS["cBioPortal"]
    texts = {
        **(given.texts or {}),
        "case_lists/cases_sequenced.txt": "case_list_ids: P1-S1\tP2-S1\n",
        "data_mutations.txt": "Hugo_Symbol\tChromosome\tStart_Position\tReference_Allele\tTumor_Seq_Allele2\tTumor_Sample_Barcode\n",
        "brca_data_cna_hg19.seg": "ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean\n",
    }
    draft = drafted(tmp_path, given._replace(texts=texts))
    assert [row["small_variants"] for row in draft.rows] == ["data_mutations.txt"] * 2
    write_new_trial(
        tmp_path / "trial",
        samples=[
            {**row, **{c: str(tmp_path / row[c]) for c in ("small_variants", "copy_number")}}
            for row in draft.rows
        ],
    )
    sheets = read_sheets({name: str(tmp_path / "trial" / f"{name}.tsv") for name in ("samples", "patients")})
    assert len(sheets.samples) == 2


def test_each_row_of_the_table_is_a_column_or_says_why_it_is_left_out() -> None:
    columns = set(load_schema("samples")["properties"]) | {"reads"}
    callers = set(load_schema("samples")["properties"]["copy_number_caller"]["enum"])
    rules = load_layouts()
    assert len(rules) > 70
    assert len({rule.layout for rule in rules}) == 8
    for rule in rules:
        assert rule.column in columns or (rule.column == "left_out" and len(rule.why) > 5), rule
        assert (rule.caller in callers) == (rule.column == "copy_number"), rule


def test_a_path_template_is_the_end_of_a_path() -> None:
    pattern = path_pattern("calls/{tumor}_vs_{normal}/{tumor}*.{vcf|vcf.gz}")
    match = pattern.search("deep/calls/T1_vs_N1/T1.x.vcf.gz")
    assert match is not None
    assert match.groupdict() == {"tumor": "T1", "normal": "N1"}
    for other in (
        "calls/T1_vs_N1/T2.vcf",
        "xcalls/T1_vs_N1/T1.vcf",
        "calls/T1_vs_N1/T1.vcf.gz.tbi",
        "calls/T1/T1.vcf",
    ):
        assert pattern.search(other) is None
    assert path_pattern("purple/**").search("g/purple/a/b.tsv")
    assert not path_pattern("purple/*").search("g/purple/a/b.tsv")
