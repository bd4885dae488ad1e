"""The declaration of a synthetic trial, and the files written from it."""

from __future__ import annotations

import re
from pathlib import Path

import pysam
import pytest
import yaml

from refractor.errors import ConfigError, InputError
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import load_panel
from refractor.settings.config import load_config
from refractor.sheets.read_sheets import read_sheets
from refractor.vocabulary import Eligibility, Label, Status
from synthetic.caller_files import WRITERS
from synthetic.trial import hotspot_variant, read_trial
from synthetic.trial_files import write_trial_files
from synthetic.truth_tables import (
    TRUTH,
    TRUTH_OUTCOMES,
    TRUTH_REARRANGEMENTS,
    TRUTH_SEGMENTS,
    TRUTH_STATISTICS,
    TRUTH_VARIANTS,
)
from synthetic.variant_files import write_maf, write_vcf

PATIENT = {
    "patient": "P1", "sample": "P1-T", "shows": "something", "data": "files", "genome_build": "GRCh38",
    "purity": 0.5,
    "expected": {
        "ras_status": "wild_type", "braf_status": "wild_type", "her2_call": "neutral",
        "eligibility": "discordant", "label": "no_candidate",
    },
}  # fmt: skip


def declare(folder: Path, *patients: dict, **keys: object) -> Path:
    path = folder / "trial.yaml"
    path.write_text(yaml.safe_dump({"seed": 1, "patients": list(patients), **keys}))
    return path


@pytest.fixture(scope="module")
def demo(project):
    return read_trial(project / "resources/demo/trial.yaml")


def test_the_demo_shows_every_outcome(demo):
    assert len(demo.patients) == 24
    expected = [patient.expected for patient in demo.patients]
    assert {call.ras_status for call in expected} == set(Status)
    assert {call.braf_status for call in expected} == {"wild_type", "not_assessable"}
    assert {call.eligibility for call in expected} == set(Eligibility)
    assert {call.her2_call for call in expected} == {"amplified", "gained", "not_assessable"}
    assert {call.label for call in expected} == set(Label)
    assert {patient.truth.build for patient in demo.patients} == set(GenomeBuild)


def test_the_demo_comes_in_every_form(demo):
    with_reads = [patient for patient in demo.patients if patient.data in ("bam", "cram")]
    assert len(with_reads) == 10
    assert sum(patient.data == "cram" for patient in with_reads) == 2
    assert {patient.truth.build for patient in with_reads} == set(GenomeBuild)
    assert [patient.patient for patient in with_reads if patient.tumor_only] == ["SYN-17"]
    assert [p.patient for p in demo.patients if p.normal_person_seed != p.person_seed] == ["SYN-12"]
    assert [p.patient for p in demo.patients if p.expected.wgs == "failed"] == ["SYN-12"]
    files = [patient for patient in demo.patients if patient.data == "files"]
    assert {patient.copy_number_caller for patient in files} == set(WRITERS)
    assert {patient.variant_file for patient in files} == {"vcf", "maf"}
    assert sum(patient.callable_regions for patient in files) == len(files) - 1


def test_three_of_ten_without_benefit_are_explained(project, demo):
    """The shape of the abstract: 13 without benefit, 10 of them with a genome, 3 of these with an explanation."""
    outcomes = TRUTH_OUTCOMES.read(project / "resources/demo/truth_outcomes.tsv")
    evaluable = outcomes[outcomes["evaluable"] == "yes"]
    assert len(outcomes) == 27
    assert len(evaluable) == 24
    assert (evaluable["clinical_benefit"] == "yes").sum() == 11
    without = set(evaluable.loc[evaluable["clinical_benefit"] == "no", "patient"])
    assert len(without) == 13
    expected = {patient.patient: patient.expected for patient in demo.patients if patient.patient in without}
    assert len(expected) == 10
    assert "not_assessable" not in {call.label for call in expected.values()}
    explained = {name: call.candidates for name, call in expected.items() if call.candidates}
    assert explained == {
        "SYN-02": ("KRAS G12D",),
        "SYN-04": ("ERBB2 below 6 copies", "ERBB2 non-focal gain"),
        "SYN-06": ("ERBB2 V777L",),
    }


def test_the_expected_calls_of_the_demo_agree_with_its_truth(demo):
    for patient in demo.patients:
        truth, expected = patient.truth, patient.expected
        mutated = {v.gene for v in truth.variants if not v.germline}
        assert (expected.ras_status == "mutated") == bool(mutated & {"KRAS", "NRAS"})
        assert (expected.braf_status == "mutated") == ("BRAF" in mutated)
        erbb2 = load_panel(truth.build).genes["ERBB2"]
        copies = truth.tumor_copies_at("17", erbb2.start)
        if expected.her2_call == "amplified":
            assert copies > 3 * truth.ploidy()
        if expected.her2_call == "gained":
            assert truth.ploidy() + 1 < copies < 3 * truth.ploidy()
        statuses = (expected.ras_status, expected.braf_status)
        wanted = "confirmed"
        if "not_assessable" in (*statuses, expected.her2_call):
            wanted = "not_assessable"
        if "mutated" in statuses or expected.her2_call == "gained":
            wanted = "discordant"
        assert expected.eligibility == wanted, patient.patient


def test_every_demo_patient_of_the_sheet_is_declared_or_has_no_genome(project, demo):
    sheet = (project / "resources/demo/patients.tsv").read_text().splitlines()
    names = [line.split("\t")[0] for line in sheet[1:]]
    assert len(names) == 27
    without = {"SYN-08", "SYN-15", "SYN-23"}
    assert set(names) - {patient.patient for patient in demo.patients} == without


def test_positions_of_one_patient_on_both_builds_are_the_same_alleles(demo):
    changes = {(v.gene, v.protein_change) for patient in demo.patients for v in patient.truth.variants}
    assert len(changes) >= 14
    for gene, change in changes:
        on = [hotspot_variant(load_panel(build), gene, change) for build in GenomeBuild]
        assert (on[0].ref, on[0].alt) == (on[1].ref, on[1].alt)
        assert on[0].position != on[1].position


def test_a_hotspot_is_looked_up_as_its_commonest_allele():
    variant = hotspot_variant(load_panel(GenomeBuild.GRCH38), "KRAS", "G12D", copies=None)
    assert (variant.chromosome, variant.position, variant.ref, variant.alt) == ("12", 25_245_349, "C", "T")
    assert variant.copies is None
    with pytest.raises(InputError, match="KRAS G12Z"):
        hotspot_variant(load_panel(GenomeBuild.GRCH38), "KRAS", "G12Z")


def test_arms_meet_inside_the_centromere_and_cover_the_chromosome(tmp_path):
    segments = [
        {"arm": "17p", "major": 1, "minor": 0},
        {"arm": "17q", "major": 4, "minor": 1, "major_on": "B"},
    ]
    trial = read_trial(declare(tmp_path, PATIENT | {"segments": segments}))
    short, long = trial.patients[0].truth.segments
    assert short.start == 0
    assert 22_700_000 < short.end == long.start < 27_400_000  # acen of chromosome 17, UCSC hg38
    assert long.end == CONTIG_LENGTHS[GenomeBuild.GRCH38]["17"]
    state = trial.patients[0].truth.states_at("17", 40_000_000)[1]
    assert (state.copies_a, state.copies_b) == (1, 4)


def test_every_fault_of_a_declaration_is_named_with_its_line(tmp_path):
    path = declare(
        tmp_path,
        PATIENT | {"karyotype": "unheard"},
        PATIENT | {"amplicons": [{"gene": "NOPE", "flank_left": 1, "flank_right": 1, "copies": 5}]},
        PATIENT | {"variants": [{"gene": "KRAS", "change": "G12D", "clone": "ghost"}]},
        PATIENT,
        PATIENT,
    )
    with pytest.raises(InputError) as raised:
        read_trial(path)
    text = str(raised.value)
    assert len(raised.value.problems) == 4
    for fault in ("unheard", "NOPE", "ghost", "two patients have the sample P1-T"):
        assert fault in text
    assert len(set(re.findall(rf"{re.escape(str(path))}:(\d+)", text))) == 3


def test_a_declaration_that_breaks_the_schema_is_refused(tmp_path):
    path = declare(tmp_path, PATIENT | {"purity": 1.4, "colour": "red"}, windows=10)
    with pytest.raises(ConfigError) as raised:
        read_trial(path)
    assert len(raised.value.problems) == 3
    assert "purity" in str(raised.value)


@pytest.fixture
def written(tmp_path, project) -> Path:
    """The demo's files, but for the reads."""
    trial = read_trial(project / "resources/demo/trial.yaml")
    write_trial_files(trial, tmp_path, sheets=sorted((project / "resources/demo").glob("*.tsv")))
    return tmp_path


def test_sheets_and_configuration_are_accepted_by_the_workflow(written, demo, monkeypatch):
    monkeypatch.chdir(written)
    config = load_config(written / "config.yaml")
    assert config["synthetic"] is True
    assert config["copy_number"]["windows"] == demo.windows
    trial = read_sheets(config)
    assert len(trial.samples) == 24
    assert len(trial.patients) == 27
    assert len(trial.assessments) == 106
    assert len(trial.adverse_events) == 67
    reads = [sample for sample in trial.samples if sample.tumor_reads is not None]
    assert len(reads) == 10
    assert sum(sample.normal_reads is not None for sample in reads) == 9


def test_truth_tables_hold_one_row_a_sample_variant_and_stretch(written):
    truth = TRUTH.read(written / "truth.tsv")
    variants = TRUTH_VARIANTS.read(written / "truth_variants.tsv")
    segments = TRUTH_SEGMENTS.read(written / "truth_segments.tsv")
    assert len(truth) == 24
    assert len(variants) == 27
    assert len(TRUTH_STATISTICS.read(written / "truth_statistics.tsv")) == 32
    assert "synthetic" in (written / "truth.tsv").read_text().splitlines()[0]
    first = segments[segments["sample"] == "SYN-01-T"]
    assert first["chromosome"].nunique() == 23  # XX: 22 autosomes and X
    on_17 = first[first["chromosome"] == "17"]
    assert (on_17["start"].to_numpy()[1:] == on_17["end"].to_numpy()[:-1]).all()
    assert on_17["copy_number"].tolist() == [1.0, 2.0, 31.0, 2.0]
    amplified = truth.set_index("sample").loc["SYN-01-T"]
    assert amplified["erbb2_copy_number"] == 31
    kras = variants[variants["gene"] == "KRAS"].iloc[0]
    assert kras["vaf"] == pytest.approx(0.7 * 0.4 / 2)


INSERTED = PATIENT | {
    "purity": 0.6,
    "amplicons": [{"gene": "ERBB2", "flank_left": 1000, "flank_right": 1000, "copies": 12}],
    "variants": [
        {"gene": "ERBB2", "change": "Y772_A775dup", "copies": 11},
        {"gene": "PIK3CA", "change": "I391M", "germline": True},
    ],
}  # fmt: skip


def test_the_vcf_is_one_that_htslib_reads(tmp_path):
    patient = read_trial(declare(tmp_path, INSERTED)).patients[0]
    path = tmp_path / "x.vcf"
    write_vcf(path, patient.truth, seed=1)
    with pysam.VariantFile(str(path)) as vcf:
        records = list(vcf)
        assert list(vcf.header.samples) == ["P1-T-normal", "P1-T"]
        assert vcf.header.contigs["chr17"].length == 83_257_441
    assert [record.chrom for record in records] == ["chr3", "chr17"]
    inherited, inserted = records
    assert inherited.samples["P1-T-normal"]["AD"][1] > 5
    tumor = inserted.samples["P1-T"]
    assert sum(tumor["AD"]) == tumor["DP"]
    assert tumor["AD"][1] / tumor["DP"] == pytest.approx(33 / 43, abs=0.15)  # 0.6 x 11 / (0.6 x 13 + 0.8)
    assert inserted.samples["P1-T-normal"]["AD"][1] == 0
    assert inserted.alts[0].startswith(inserted.ref)


def test_the_maf_has_the_somatic_variants_at_the_places_of_the_vcf(tmp_path):
    patient = read_trial(declare(tmp_path, INSERTED)).patients[0]
    path = tmp_path / "x.maf"
    write_maf(path, patient.truth, seed=1)
    lines = [line.split("\t") for line in path.read_text().splitlines() if not line.startswith("#")]
    assert len(lines) == 2  # the header and one row: the inherited variant is left out
    row = dict(zip(*lines, strict=True))
    spiked = patient.truth.variants[0]
    assert (row["Hugo_Symbol"], row["NCBI_Build"], row["Variant_Type"]) == ("ERBB2", "GRCh38", "INS")
    assert row["Variant_Classification"] == "In_Frame_Ins"
    # a MAF's insertion lies between Start_Position and the base after it, 1-based
    assert int(row["Start_Position"]) == spiked.position + 1
    assert int(row["End_Position"]) == spiked.position + 2
    assert (row["Reference_Allele"], row["Tumor_Seq_Allele2"]) == ("-", spiked.alt[1:])
    assert int(row["t_ref_count"]) + int(row["t_alt_count"]) == int(row["t_depth"])


def test_a_tandem_amplicon_and_a_declared_rearrangement_come_as_junctions(tmp_path):
    """The amplicon's 12 copies have 11 junctions; files of a patient without reads hold them as a VCF."""
    amplicon = {"gene": "ERBB2", "flank_left": 1000, "flank_right": 1000, "copies": 12, "tandem": True}
    ends = {
        "first": {"chromosome": "8", "position": 9_000_000, "keeps": "after"},
        "second": {"chromosome": "11", "position": 7_000_000, "keeps": "before"},
    }
    declared = PATIENT | {"amplicons": [amplicon], "rearrangements": [ends | {"copies": 1, "haplotype": "B"}]}
    trial = read_trial(declare(tmp_path, declared))
    truth = trial.patients[0].truth
    erbb2 = load_panel(GenomeBuild.GRCH38).genes["ERBB2"]
    tandem, declared_one = truth.rearrangements
    assert (tandem.first.position, tandem.second.position) == (erbb2.start - 1000, erbb2.end + 999)
    assert truth.junction_copies(tandem) == (0, 11)
    assert truth.junction_copies(declared_one) == (0, 1)
    write_trial_files(trial, tmp_path / "out", sheets=[])
    table = TRUTH_REARRANGEMENTS.read(tmp_path / "out/truth_rearrangements.tsv")
    assert table["copies"].tolist() == [11, 1]
    header, row = [line.split("\t") for line in (tmp_path / "out/samples.tsv").read_text().splitlines()]
    assert dict(zip(header, row, strict=True))["structural_variants"] == "variants/P1-T.sv.vcf"
    with pysam.VariantFile(str(tmp_path / "out/variants/P1-T.sv.vcf")) as vcf:
        assert len(list(vcf)) == 4
