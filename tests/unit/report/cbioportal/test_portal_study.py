"""The cBioPortal study: it follows the portal's rules, says what the tumours say, and never shows untested as wild-type."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from portal_rules import faults_of
from report_patients import COHORT as SHIPPED

from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import load_panel
from refractor.genome.variant import Variant
from refractor.report.cbioportal.molecular import classification, maf_alleles
from refractor.report.cbioportal.study import Study, stand_in_samples, study_files
from refractor.report.cbioportal.tumors import Tumor, genes_tested
from refractor.report.patient_results import Row, rows_of
from refractor.results.cohort_tables import PATIENTS
from refractor.sheets import PatientRow
from refractor.sheets.sheet_rows import AdverseEventRow
from refractor.variants.consequences import Consequence
from refractor.variants.observation import Observation
from refractor.variants.panel_vcf import build_of_panel_vcf, write_panel_vcf

COHORT = replace(SHIPPED, name="HER2-amplified colorectal cancer", description="A trial.")
PANEL = load_panel(GenomeBuild.GRCH38)
KRAS = Variant("12", 25245349, "C", "T")  # c.35G>A, G12D, GRCh38
SEGMENT = {
    "chromosome": "17", "start": 0, "end": 83_257_441, "copy_number": 8.0, "minor_copy_number": 1.0,
    "log2_ratio": 0.9, "baf": None, "n_windows": 120, "n_snps": 4, "source": "reads",
}  # fmt: skip


def _observation(variant: Variant, **changes: object) -> Observation:
    seen = Observation(
        variant=variant, depth=75, ref_reads=58, alt_reads=17, vaf=0.2267, normal_depth=13, normal_alt_reads=0,
        quality=515.0, filters=(), origin="reads", germline_likely=False,
    )  # fmt: skip
    return replace(seen, **changes)


def _effect(gene: str, change: str, term: str = "missense_variant") -> Consequence:
    return Consequence(gene, PANEL.genes[gene].transcript, "c.35G>A", "p.Gly12Asp", change, term, 12, 12)


def _copies(gene: str, call: str) -> Row:
    return {"gene": gene, "call": call, "copy_number": 21.5, "source": "reads"}


def _study(synthetic: bool = True) -> Study:
    shared = {"wgs": "available", "braf_status": "wild_type", "eligibility": "confirmed", "best_response": "PD",
              "clinical_benefit": "no", "ras_status": "wild_type"}  # fmt: skip
    patients = PATIENTS.from_rows(
        [
            shared | {"patient": "A", "sample": "A-T", "her2_call": "amplified", "label": "candidate_r1",
                      "pfs_days": 58, "pfs_event": 1, "os_days": 171, "os_event": 1, "treatment_start": "2021-03-29"},
            shared | {"patient": "B", "sample": "B-T", "her2_call": "not_assessable", "label": "not_assessable",
                      "pfs_days": 90, "pfs_event": 1, "os_days": 90, "os_event": 1},
            shared | {"patient": "C", "wgs": "missing", "her2_call": "not_assessable", "label": "not_assessable",
                      "os_days": 400, "os_event": 0},
        ]
    )  # fmt: skip
    first = Tumor(
        patient="A", sample="A-T", build=GenomeBuild.GRCH38, mutations=((_observation(KRAS), _effect("KRAS", "G12D")),),
        tested=frozenset({"KRAS", "NRAS"}), copies=(_copies("ERBB2", "amplified"), _copies("NF1", "not_assessable")),
        segments=(SEGMENT,), purity={"status": "ok", "purity": 0.68, "ploidy": 2.0, "whole_genome_doubled": "no"},
        label={"label": "candidate_r1", "mechanisms": "MAPK"}, collected_on="2021-03-11",
        eligibility=({"criterion": "RAS", "detail": "mutated"},),
        alterations=({"gene": "KRAS", "alteration": "G12D", "rule_id": "MAPK-1", "candidate": "yes", "tier": "R1",
                      "mechanism": "MAPK"},),
    )  # fmt: skip
    other = Tumor(
        patient="B", sample="B-T", build=GenomeBuild.GRCH38, copies=(_copies("ERBB2", "not_assessable"),)
    )
    rows = rows_of(patients)
    return Study(
        cohort=COHORT, patients=rows, sheet={name: PatientRow(2, name) for name in "ABC"}, tumors=(first, other),
        panel=PANEL, synthetic=synthetic, version="0", stand_ins=stand_in_samples(rows, {"A-T", "B-T"}),
        responses=({"patient": "A", "day": 56, "response": "PD", "target_sum_mm": 90.0, "change_from_baseline": 0.3},),
        adverse_events=(AdverseEventRow(2, "A", "Diarrhea", 2, "yes", "no", 12), AdverseEventRow(3, "A", "Rash", 1)),
    )  # fmt: skip


def _written(study: Study, folder: Path) -> Path:
    for name, text in study_files(study).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _table(path: Path, head: int = 0) -> list[dict[str, str]]:
    names, *rows = path.read_text(encoding="utf-8").splitlines()[head:]
    return [dict(zip(names.split("\t"), row.split("\t"), strict=True)) for row in rows]


def test_the_folder_follows_the_rules(tmp_path: Path) -> None:
    assert faults_of(_written(_study(), tmp_path)) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("data_mutations.txt", "Missense_Mutation", "Missense", "classification 'Missense'"),
        ("data_mutations.txt", "GRCh38", "GRCh37", "build GRCh37"),
        ("data_mutations.txt", "25245350\t25245350", "25245350\t25245351", "does not fit C>T"),
        ("data_mutations.txt", "A-T", "Z-T", "sample Z-T is not described"),
        ("data_mutations.txt", "KRAS", "BRAF", "BRAF is mutated and not in its gene panel"),
        ("data_cna.txt", "\t2\n", "\t3\n", "ERBB2 '3'"),
        ("data_cna_hg38.seg", "83257441", "83257442", "lies beyond the chromosome"),
        ("data_clinical_patient.txt", "1:DECEASED", "DECEASED", "OS_STATUS 'DECEASED'"),
        ("data_clinical_patient.txt", "#STRING", "#TEXT", "datatype 'TEXT'"),
        ("data_clinical_patient.txt", "\nC\t", "\nD\t", "patient D has no sample"),
        ("data_clinical_sample.txt", "TUMOR_PURITY", "MUTATION_COUNT", "MUTATION_COUNT is forbidden"),
        ("data_gene_panel_matrix.txt", "A-T\trefractor_mutations", "A-T\tother", "gene panel"),
        ("data_gene_panel_matrix.txt", "B-T\tNA\tNA", "B-T\tNA\trefractor_cna_1_x", "disagree"),
        ("case_lists/cases_sequenced.txt", "A-T", "B-T", "not in the list of sequenced"),
        ("case_lists/cases_all.txt", "_all", "_every", "no list of all samples"),
        ("meta_cna.txt", "stable_id: cna", "stable_id: copies", "stable_id 'copies'"),
        ("meta_study.txt", "hg38", "mm10", "reference genome 'mm10'"),
        ("data_timeline_status.txt", "\t58\t", "\t58.5\t", "day '58.5'"),
    ],
)
def test_the_rules_find_a_fault(tmp_path: Path, file: str, old: str, new: str, fault: str) -> None:
    folder = _written(_study(), tmp_path)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    assert any(fault in found for found in faults_of(folder)), faults_of(folder)


def test_what_was_not_tested_is_in_no_profile(tmp_path: Path) -> None:
    folder = _written(_study(), tmp_path)
    matrix = {row.pop("SAMPLE_ID"): row for row in _table(folder / "data_gene_panel_matrix.txt")}
    assert set(matrix) == {"A-T", "B-T", "C-no-genome"}
    assert matrix["B-T"] == matrix["C-no-genome"] == {"mutations": "NA", "cna": "NA"}
    panels = {
        path.stem.removeprefix("data_gene_panel_"): path.read_text() for path in folder.glob("gene_panels/*")
    }
    assert set(panels) == set(matrix["A-T"].values())
    assert panels[matrix["A-T"]["mutations"]].endswith("gene_list: KRAS\tNRAS\n")
    assert panels[matrix["A-T"]["cna"]].endswith("gene_list: ERBB2\n")  # NF1 could not be judged
    assert _table(folder / "data_cna.txt") == [{"Hugo_Symbol": "ERBB2", "Entrez_Gene_Id": "2064", "A-T": "2"}]
    ids = (folder / "case_lists/cases_sequenced.txt").read_text().splitlines()[-1]
    assert ids == "case_list_ids: A-T"


def test_a_mutation_and_its_rule(tmp_path: Path) -> None:
    rows = _table(_written(_study(), tmp_path) / "data_mutations.txt")
    assert len(rows) == 1
    row = rows[0]
    assert (row["Hugo_Symbol"], row["Start_Position"], row["HGVSp_Short"]) == ("KRAS", "25245350", "p.G12D")
    assert (row["t_alt_count"], row["t_ref_count"], row["n_ref_count"]) == ("17", "58", "13")
    assert (row["cbp_driver"], row["cbp_driver_tiers"]) == ("Putative_Driver", "Resistance R1")


def test_outcomes_in_months_and_the_day_of_each_event(tmp_path: Path) -> None:
    folder = _written(_study(), tmp_path)
    patients = {row["PATIENT_ID"]: row for row in _table(folder / "data_clinical_patient.txt", 4)}
    assert len(patients) == 3
    assert patients["A"]["OS_MONTHS"] == "5.62"  # 171 / 30.4375
    assert (patients["C"]["OS_STATUS"], patients["C"]["PFS_STATUS"]) == ("0:LIVING", "")
    status = [
        (r["PATIENT_ID"], r["START_DATE"], r["STATUS"]) for r in _table(folder / "data_timeline_status.txt")
    ]
    assert status == [
        ("A", "58", "PROGRESSION"), ("A", "171", "DECEASED"), ("B", "90", "DECEASED"), ("C", "400", "LAST CONTACT, ALIVE"),
    ]  # fmt: skip
    specimen = _table(folder / "data_timeline_specimen.txt")
    assert [(row["SAMPLE_ID"], row["START_DATE"]) for row in specimen] == [("A-T", "-18")]
    toxicity = _table(folder / "data_timeline_toxicity.txt")
    assert [row["TOXICITY"] for row in toxicity] == ["Diarrhea"]  # the day of the rash is not known


def of_grch37(position: int, ref: str = "C", alt: str = "T") -> Study:
    """The study with its first tumour on GRCh37, its KRAS G12D at a position (1-based) there."""
    study = _study()
    ((observation, consequence),) = study.tumors[0].mutations
    moved = replace(observation, variant=Variant("12", position - 1, ref, alt))
    first = replace(study.tumors[0], build=GenomeBuild.GRCH37, mutations=((moved, consequence),))
    third = replace(study.tumors[1], sample="B-U")
    return replace(study, tumors=(first, study.tumors[1], third))


@pytest.mark.parametrize(
    ("variant", "placed"),
    [
        ((25_398_284,), "25245350"),  # KRAS c.35G>A, on both builds in dbSNP (rs121913529)
        ((25_398_284, "A", "T"), ""),  # not the bases of the reference
        ((25_385_000,), ""),  # deep in an intron: no exon tells the place
    ],
)
def test_a_mutation_of_the_other_build_is_placed_by_the_exons(
    tmp_path: Path, variant: tuple[Any, ...], placed: str
) -> None:
    folder = _written(of_grch37(*variant), tmp_path)
    assert faults_of(folder) == []
    rows = _table(folder / "data_mutations.txt")
    assert [(row["Start_Position"], row["HGVSp_Short"]) for row in rows] == [(placed, "p.G12D")]
    assert not (folder / "data_cna_hg38.seg").exists()
    assert "A-T" in (folder / "meta_study.txt").read_text()


def test_a_study_without_mutations_has_no_empty_file(tmp_path: Path) -> None:
    study = _study()
    first = replace(study.tumors[0], mutations=(), segments=())
    folder = _written(replace(study, tumors=(first, study.tumors[1])), tmp_path)
    assert faults_of(folder) == []
    assert not (folder / "data_mutations.txt").exists()
    assert "refuses an empty one" in (folder / "README.txt").read_text()


def test_synthetic_stands_in_the_study_and_on_each_patient(tmp_path: Path) -> None:
    folder = _written(_study(), tmp_path / "synthetic")
    assert "name: SYNTHETIC DATA" in (folder / "meta_study.txt").read_text()
    assert {row["SYNTHETIC"] for row in _table(folder / "data_clinical_patient.txt", 4)} == {"SYNTHETIC DATA"}
    real = _written(_study(synthetic=False), tmp_path / "real")
    assert "SYNTHETIC" not in "".join(path.read_text() for path in real.rglob("*.txt"))


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        (Variant("17", 99, "A", "T"), (100, 100, "A", "T")),
        (Variant("17", 99, "AC", "A"), (101, 101, "C", "-")),  # the base after the anchor is gone
        (Variant("17", 99, "A", "ACG"), (100, 101, "-", "CG")),  # between bases 100 and 101
        (Variant("17", 99, "ACT", "AG"), (101, 102, "CT", "G")),
        (Variant("17", 99, "AC", "TG"), (100, 101, "AC", "TG")),
    ],
)
def test_alleles_as_a_maf_has_them(variant: Variant, expected: tuple[int, int, str, str]) -> None:
    assert maf_alleles(variant) == expected


@pytest.mark.parametrize(
    ("ref", "alt", "term", "expected"),
    [
        ("A", "AC", "frameshift_variant", "Frame_Shift_Ins"),
        ("AC", "A", "frameshift_variant", "Frame_Shift_Del"),
        ("ACTG", "A", "protein_altering_variant", "In_Frame_Del"),
        ("A", "T", "splice_donor_variant", "Splice_Site"),
        ("A", "T", "coding_sequence_variant", "Unknown"),
    ],
)
def test_consequences_as_a_maf_spells_them(ref: str, alt: str, term: str, expected: str) -> None:
    assert classification(Variant("17", 1, ref, alt), _effect("TP53", "", term)) == expected


def test_a_gene_counts_as_tested_only_where_silence_says_something() -> None:
    codons = tuple(
        {"gene": gene, "codon": codon, "status": status}
        for gene, codon, status in (
            ("KRAS", 12, "wild_type"), ("KRAS", 13, "mutated"), ("NRAS", 12, "wild_type"), ("NRAS", 61, "not_assessable"),
            ("TP53", 175, "wild_type"), ("PTEN", 130, "wild_type"), ("APC", 1, "wild_type"),
        )
    )  # fmt: skip
    callability = (
        {"gene": "KRAS", "assessable_share": 0.2, "covered": "no"},
        {"gene": "TP53", "assessable_share": 0.79},
        {"gene": "PTEN", "assessable_share": 0.1, "covered": "yes"},
        {"gene": "RB1", "assessable_share": 0.8},
    )
    assert genes_tested(codons, callability, PANEL) == {"KRAS", "PTEN", "RB1", "APC"}
    assert genes_tested((), (), PANEL) == frozenset()


@pytest.mark.parametrize("build", list(GenomeBuild))
def test_the_build_of_a_tumor_is_that_of_its_own_file(tmp_path: Path, build: GenomeBuild) -> None:
    path = tmp_path / "variants.vcf.gz"
    write_panel_vcf(path, [], sample="A-T", build=build, synthetic=True)
    assert build_of_panel_vcf(path) == build
