"""The step that records what the results were made from names every file that was read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import record_provenance
from refractor.files.digests import file_checksum
from refractor.results.cohort_tables import BLINDING
from refractor.step import run_step


@pytest.mark.parametrize("stated", [False, True])
def test_the_case_list_of_a_study_is_named_where_it_was_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stated: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    listed = Path("study/case_lists/cases_sequenced.txt")
    listed.parent.mkdir(parents=True)
    listed.write_text("cancer_study_identifier: x\ncase_list_ids: T1\tT2\n")
    Path("study/data_mutations.txt").write_text("Hugo_Symbol\tTumor_Sample_Barcode\n")
    Path("own.txt").write_text("T1\n")
    Path("samples.tsv").write_text("patient\tsample\tsmall_variants\nP1\tT1\tstudy/data_mutations.txt\n")
    Path("patients.tsv").write_text("patient\nP1\n")
    BLINDING.write(BLINDING.from_rows([{"sample": "all", "sha256": "0"}]), Path("blinding.tsv"), synthetic=False)
    config = {"samples": "samples.tsv", "patients": "patients.tsv"}
    if stated:
        config["sequenced_samples"] = "own.txt"
    options = ["--config", json.dumps(config), "--blinding", "blinding.tsv"]
    options += ["--output", "provenance.json", "--crate", "crate.json"]
    assert run_step(record_provenance.parser(), record_provenance.main, options) == 0
    inputs = json.loads(Path("provenance.json").read_text())["inputs"]
    expected, other = (Path("own.txt"), listed) if stated else (listed, Path("own.txt"))
    assert file_checksum(expected) in json.dumps(inputs[str(expected)])
    assert str(other) not in inputs
