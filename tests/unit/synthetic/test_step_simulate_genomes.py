"""The step: one command makes a trial, twice makes it once, and cores do not matter."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pysam
import pytest
import yaml

PATIENT = {
    "patient": "P1", "sample": "P1-T", "shows": "something", "data": "bam", "genome_build": "GRCh38",
    "purity": 0.5, "tumor_depth": 0.5, "normal_depth": 0.25, "karyotype": "gain",
    "expected": {
        "ras_status": "not_assessable", "braf_status": "not_assessable", "her2_call": "not_assessable",
        "eligibility": "not_assessable", "label": "not_assessable",
    },
}  # fmt: skip


def run(project: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(project / "scripts/simulate_genomes.py"), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def checksums(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def definition(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("definition") / "trial.yaml"
    declared = {
        "seed": 3,
        "windows": 1000,
        "karyotypes": {"gain": [{"arm": "7p", "major": 2, "minor": 1}]},
        "patients": [PATIENT, PATIENT | {"patient": "P2", "sample": "P2-T", "data": "files"}],
    }
    path.write_text(yaml.safe_dump(declared))
    (path.parent / "patients.tsv").write_text("patient\nP1\nP2\n")
    return path


@pytest.fixture(scope="module")
def made(project, definition, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    done = run(project, "--trial", str(definition), "--output-dir", str(folder), "--cores", "1")
    assert done.returncode == 0, done.stderr
    return folder


def test_a_trial_is_complete(made):
    assert set(checksums(made)) == {
        ".simulated", "config.yaml", "copy_number/P2-T.tsv", "patients.tsv", "reads/P1-T-normal.bam",
        "reads/P1-T-normal.bam.bai", "reads/P1-T.bam", "reads/P1-T.bam.bai", "samples.tsv", "truth.tsv",
        "truth_rearrangements.tsv", "truth_segments.tsv", "truth_variants.tsv", "variants/P2-T.vcf",
    }  # fmt: skip
    with pysam.AlignmentFile(str(made / "reads/P1-T.bam")) as bam:
        assert bam.mapped > 2000


def test_cores_do_not_matter(project, definition, made, tmp_path):
    assert (
        run(project, "--trial", str(definition), "--output-dir", str(tmp_path), "--cores", "2").returncode
        == 0
    )
    assert checksums(tmp_path) == checksums(made)


def test_a_finished_trial_is_left_alone_and_a_broken_one_made_again(project, definition, made):
    before = checksums(made)
    reads = made / "reads/P1-T.bam"
    stamp = reads.stat().st_mtime_ns
    again = run(project, "--trial", str(definition), "--output-dir", str(made), "--cores", "1")
    assert again.returncode == 0
    assert "stands already" in again.stderr
    assert reads.stat().st_mtime_ns == stamp
    reads.unlink()
    assert run(project, "--trial", str(definition), "--output-dir", str(made), "--cores", "1").returncode == 0
    assert checksums(made) == before


def test_a_bad_declaration_exits_with_2_and_no_traceback(project, tmp_path):
    path = tmp_path / "trial.yaml"
    path.write_text("seed: 1\npatients: []\n")
    done = run(project, "--trial", str(path), "--output-dir", str(tmp_path / "out"))
    assert done.returncode == 2
    assert "trial.yaml" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_help_names_every_option(project):
    text = run(project, "--help").stdout
    for option in ("--output-dir", "--trial", "--cores", "--chromosome", "--depth", "--purity", "--seed"):
        assert option in text
