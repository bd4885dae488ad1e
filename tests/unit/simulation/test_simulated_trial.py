"""The declaration of a synthetic trial, and the files written from it."""

from __future__ import annotations

import re
from pathlib import Path

import pysam
import pytest
import yaml

from resistance.config import load_config
from resistance.errors import ConfigError, InputError
from resistance.genome import CONTIG_LENGTHS, GenomeBuild
from resistance.panel import load_panel
from resistance.sheets.trial import read_sheets
from resistance.simulation.trial import hotspot_variant, read_trial
from resistance.simulation.trial_files import (
    TRUTH,
    TRUTH_SEGMENTS,
    TRUTH_VARIANTS,
    write_allelic_segments,
    write_trial_files,
    write_vcf,
)
from resistance.vocabulary import Eligibility, Status

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
    assert len(demo.patients) == 9
    expected = [patient.expected for patient in demo.patients]
    assert {call.ras_status for call in expected} == set(Status)
    assert {call.braf_status for call in expected} == set(Status)
    assert {call.eligibility for call in expected} == set(Eligibility)
    assert {call.her2_call for call in expected} == {"amplified", "gained", "not_assessable"}
    assert {call.label for call in expected} == {
        "explained_r1", "explained_r2_r3", "no_candidate", "not_evaluable",
    }  # fmt: skip
    assert sum(patient.data in ("bam", "cram") for patient in demo.patients) >= 6
    assert {patient.truth.build for patient in demo.patients} == set(GenomeBuild)


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
    assert len(names) == 10
    assert set(names) - {patient.patient for patient in demo.patients} == {"SYN-08"}


def test_positions_of_one_patient_on_both_builds_are_the_same_alleles(demo):
    changes = {(v.gene, v.protein_change) for patient in demo.patients for v in patient.truth.variants}
    assert len(changes) >= 6
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
    write_trial_files(trial, tmp_path, sheets=[project / "resources/demo/patients.tsv"])
    return tmp_path


def test_sheets_and_configuration_are_accepted_by_the_workflow(written, demo, monkeypatch):
    monkeypatch.chdir(written)
    config = load_config(written / "config.yaml")
    assert config["synthetic"] is True
    assert config["copy_number"]["windows"] == demo.windows
    trial = read_sheets(config)
    assert len(trial.samples) == 9
    assert len(trial.patients) == 10
    reads = [sample for sample in trial.samples if sample.tumor_reads is not None]
    assert len(reads) == 7


def test_truth_tables_hold_one_row_a_sample_variant_and_stretch(written):
    truth = TRUTH.read(written / "truth.tsv")
    variants = TRUTH_VARIANTS.read(written / "truth_variants.tsv")
    segments = TRUTH_SEGMENTS.read(written / "truth_segments.tsv")
    assert len(truth) == 9
    assert len(variants) >= 9
    assert "synthetic" in (written / "truth.tsv").read_text().splitlines()[0]
    first = segments[segments["sample"] == "SYN-01-T"]
    assert first["chromosome"].nunique() == 23  # XX: 22 autosomes and X
    on_17 = first[first["chromosome"] == "17"]
    assert (on_17["start"].to_numpy()[1:] == on_17["end"].to_numpy()[:-1]).all()
    assert on_17["copy_number"].tolist() == [1.0, 2.0, 29.0, 2.0]
    amplified = truth.set_index("sample").loc["SYN-01-T"]
    assert amplified["erbb2_copy_number"] == 29
    kras = variants[variants["gene"] == "KRAS"].iloc[0]
    assert kras["vaf"] == pytest.approx(0.7 * 0.6 / 2)


def test_the_vcf_is_one_that_htslib_reads(demo, tmp_path):
    patient = next(p for p in demo.patients if p.patient == "SYN-10")
    path = tmp_path / "x.vcf"
    write_vcf(path, patient.truth, seed=1)
    with pysam.VariantFile(str(path)) as vcf:
        records = list(vcf)
        assert list(vcf.header.samples) == ["SYN-10-T-normal", "SYN-10-T"]
        assert vcf.header.contigs["chr17"].length == 83_257_441
    assert len(records) == len(patient.truth.variants) == 1
    tumor = records[0].samples["SYN-10-T"]
    assert sum(tumor["AD"]) == tumor["DP"]
    assert tumor["AD"][1] / tumor["DP"] == pytest.approx(33 / 43, abs=0.15)  # 0.6 x 11 / (0.6 x 13 + 0.8)
    assert records[0].samples["SYN-10-T-normal"]["AD"][1] == 0
    assert records[0].alts[0].startswith(records[0].ref)


def test_allelic_segments_tile_every_chromosome(demo, tmp_path):
    patient = next(p for p in demo.patients if p.patient == "SYN-09")
    path = tmp_path / "x.tsv"
    write_allelic_segments(path, patient.truth)
    rows = [line.split("\t") for line in path.read_text().splitlines()]
    assert rows[0] == ["Chromosome", "Start", "End", "nMajor", "nMinor"]
    lengths = CONTIG_LENGTHS[GenomeBuild.GRCH37]
    covered = dict.fromkeys(lengths, 0)
    for chromosome, start, end, major, minor in rows[1:]:
        assert int(start) == covered[chromosome] + 1
        assert int(major) >= int(minor)
        covered[chromosome] = int(end)
    assert {name: end for name, end in covered.items() if end} == {
        n: lengths[n] for n in lengths if n != "MT"
    }
    erbb2 = load_panel(GenomeBuild.GRCH37).genes["ERBB2"]
    assert ["17", str(erbb2.start - 300_000 + 1), str(erbb2.end + 200_000), "26", "1"] in rows
