"""`refractor tumor`: one tumour's answer without a trial, the same tables as the steps write."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_trial import write_trial

from refractor.cli.command import main
from refractor.results.evidence_tables import ALTERATIONS, LABEL


@pytest.fixture
def options(tmp_path: Path) -> list[str]:
    """The third tumour of a small trial: BRAF V600E in its VCF, ERBB2 of 19 copies in its segments."""
    write_trial(tmp_path, samples=3)
    return [
        "--sample", "T3", "--small-variants", str(tmp_path / "T3.vcf"), "--copy-number", str(tmp_path / "T3.segments.tsv"),
        "--copy-number-caller", "allelic_segments", "--purity", "0.6", "--genome-build", "GRCh38",
    ]  # fmt: skip


def test_the_answer_is_printed_and_nothing_written(
    options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(tmp_path.rglob("*"))
    assert main(["tumor", *options]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("T3: ")
    assert any(line.startswith("candidate: BRAF V600E (tier R1, rule ") for line in lines)
    assert [line.split(":")[0] for line in lines[-3:]] == ["RAS", "BRAF", "HER2"]
    assert sorted(tmp_path.rglob("*")) == before


def test_the_tables_are_those_of_the_workflow(options: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    assert main(["tumor", *options, "--output-dir", str(folder), "--synthetic"]) == 0
    names = {path.name for path in folder.iterdir()}
    assert {"qc.tsv", "gene_copy_number.tsv", "variants.vcf.gz", "codon_status.tsv", "rules.tsv"} <= names
    assert len(LABEL.read(folder / LABEL.name)) == 1
    alterations = ALTERATIONS.read(folder / ALTERATIONS.name)
    assert "V600E" in set(alterations.loc[alterations["candidate"] == "yes", "alteration"])


def test_a_tumor_without_files_and_an_unusable_file_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tumor", "--sample", "A"]) == 2
    assert "give one of --tumor-reads, --small-variants, --copy-number" in capsys.readouterr().err
    (tmp_path / "a.vcf").write_text("no VCF\n")
    assert main(["tumor", "--sample", "A", "--small-variants", str(tmp_path / "a.vcf")]) == 2
    assert "a.vcf" in capsys.readouterr().err
