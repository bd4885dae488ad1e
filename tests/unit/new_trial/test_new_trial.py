"""A new trial: what is written is accepted, what is drafted is right, what fits nowhere is named."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from refractor.errors import InputError
from refractor.new_trial.draft_samples import draft_samples
from refractor.new_trial.draft_trial import cohort_called, write_new_trial
from refractor.new_trial.sample_names import bare_name, patient_of
from refractor.new_trial.told_files import Draft
from refractor.settings.config import load_cohort_file, load_config
from refractor.settings.schemas import load_schema
from refractor.sheets import read_sheets

VCF = (
    '##fileformat=VCFv4.2\n##FORMAT=<ID=AD,Number=R,Type=Integer,Description="x">\n'
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tP1-T\n"
)
STRUCTURAL = '##fileformat=VCFv4.2\n##ALT=<ID=DEL,Description="Deletion">\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n'
ASCAT = "sample\tchr\tstartpos\tendpos\tnMajor\tnMinor\nP1\t1\t1\t1000\t1\t1\n"
PURPLE = "chromosome\tstart\tend\tcopyNumber\n1\t1\t1000\t2\n"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """P1 as a pair of reads, P2 with two biopsies and one normal, P3 as files, and some that fit nowhere."""
    folder = tmp_path / "files"
    content = {
        "P1-T.sorted.bam": "", "P1-T.sorted.bam.bai": "", "P1-N.sorted.bam": "",
        "deep/P2_T1.cram": "", "deep/P2_T2.cram": "", "deep/P2_blood.cram": "",
        "P3_tumor.mutect2.filtered.vcf": VCF, "P3_tumor.segments.txt": ASCAT, "P3_tumor.sv.vcf": STRUCTURAL,
        "P3_tumor.callable.bed": "1\t0\t10\n",
        "P4-T.segments.txt": ASCAT, "P4-T.purple.cnv.somatic.tsv": PURPLE,
        "P9-normal.bam": "", "P5-N.vcf": VCF, "notes.docx": "", "readme.txt": "a\tb\n1\t2\n",
        ".hidden/P7-T.bam": "",
    }  # fmt: skip
    for name, text in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def draft(files: Path) -> Draft:
    return draft_samples(files, shown_from=files.parent)


def test_each_tumour_is_one_row_with_its_files(draft: Draft) -> None:
    rows = {row["sample"]: row for row in draft.rows}
    assert sorted(rows) == ["P1-T", "P2_T1", "P2_T2", "P3_tumor", "P4-T"]
    assert rows["P1-T"] == {
        "patient": "P1", "sample": "P1-T", "tumor_reads": "files/P1-T.sorted.bam",
        "normal_reads": "files/P1-N.sorted.bam",
    }  # fmt: skip
    for biopsy in ("P2_T1", "P2_T2"):
        assert rows[biopsy]["patient"] == "P2"
        assert rows[biopsy]["tumor_reads"] == f"files/deep/{biopsy}.cram"
        assert rows[biopsy]["normal_reads"] == "files/deep/P2_blood.cram"
    assert rows["P3_tumor"] == {
        "patient": "P3", "sample": "P3_tumor", "small_variants": "files/P3_tumor.mutect2.filtered.vcf",
        "structural_variants": "files/P3_tumor.sv.vcf", "copy_number": "files/P3_tumor.segments.txt",
        "copy_number_caller": "ascat", "callable_regions": "files/P3_tumor.callable.bed",
    }  # fmt: skip


def test_results_of_an_earlier_run_are_no_files_of_a_tumour(files: Path) -> None:
    """Our own study for cBioPortal holds a MAF, and our own tables look like a caller's."""
    results = files / "old" / "results"
    (results / "report").mkdir(parents=True)
    for name in ("provenance.json", "ro-crate-metadata.json"):
        (results / name).write_text("{}")
    (results / "report" / "P1.segments.txt").write_text(ASCAT)
    draft = draft_samples(files, shown_from=files.parent)
    assert not [row for row in draft.rows if "old" in str(row)]
    assert [why for path, why in draft.unmatched if path == results] == [
        "are results of Refractor, made from such files and none of them"
    ]
    (results / "ro-crate-metadata.json").unlink()  # somebody else's provenance.json says nothing
    draft = draft_samples(files, shown_from=files.parent)
    assert [row["sample"] for row in draft.rows if "old" in str(row)] == ["P1"]


def test_what_fits_nowhere_is_named_with_the_reason(draft: Draft, files: Path) -> None:
    told = {str(path.relative_to(files)): why for path, why in draft.unmatched}
    assert set(told) == {
        "P9-normal.bam", "P5-N.vcf", "notes.docx", "readme.txt", "P4-T.segments.txt",
    }  # fmt: skip
    assert told["P9-normal.bam"] == "no tumour of 'P9' was found"
    assert "only reads of a normal" in told["P5-N.vcf"]
    assert "choose one" in told["P4-T.segments.txt"]
    assert "no kind" in told["notes.docx"]
    assert "no output of a copy-number caller" in told["readme.txt"]


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("P1-T.bam", "P1-T"), ("S2.purple.cnv.somatic.tsv", "S2"), ("COLO829v003T.markdup.cram", "COLO829v003T"),
        ("a.b.vcf.gz", "a.b"), ("X_segments.txt", "X"), ("P3.GRCh38.snvs.vcf", "P3"), ("vcf", "vcf"),
    ],
)  # fmt: skip
def test_endings_and_callers_are_no_part_of_a_name(file: str, name: str) -> None:
    assert bare_name(file) == name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("P1-T", ("P1", False)), ("P1-N", ("P1", True)), ("P1_tumor2", ("P1", False)), ("P1", ("P1", False)),
        ("SYN-01-T-normal", ("SYN-01", True)), ("COLO829v003T", ("COLO829v003", False)),
        ("COLO829v003R", ("COLO829v003", True)), ("Martin", ("Martin", False)), ("T", ("T", False)),
        ("normal", ("normal", True)), ("N1", ("N1", True)), ("Blood_12", ("Blood_12", True)),
        ("P1_PBL", ("P1", True)), ("P1.buffy_coat", ("P1", True)), ("P1_matched_normal", ("P1", True)),
        ("normal_P1", ("P1", True)), ("adjacent_P1_T", ("P1", True)), ("P1_Tumor_relapse", ("P1", False)),
        ("TCGA-A1-A0SB-11A-01D", ("TCGA-A1-A0SB", True)), ("TCGA-A1-A0SB-06A", ("TCGA-A1-A0SB", False)),
        ("P1_skin", ("P1_skin", False)),
    ],
)  # fmt: skip
def test_a_name_tells_patient_and_normal(name: str, expected: tuple[str, bool]) -> None:
    assert patient_of(name) == expected


def test_a_new_trial_is_read_by_the_workflow(tmp_path: Path, files: Path, monkeypatch) -> None:
    trial = tmp_path / "trial"
    draft = draft_samples(files, shown_from=trial)
    written = write_new_trial(trial, samples=draft.rows)
    assert len(written) == 5
    monkeypatch.chdir(trial)
    for sheet in ("samples", "patients", "assessments", "adverse_events"):
        header = (trial / f"{sheet}.tsv").read_text().splitlines()[0]
        assert header.split("\t") == list(load_schema(sheet)["properties"])
    config = load_config(trial / "config.yaml")
    assert (config["samples"], config["patients"]) == ("samples.tsv", "patients.tsv")
    sheets = read_sheets({"samples": "samples.tsv", "patients": "patients.tsv"})
    assert len(sheets.samples) == 5
    assert [row.patient for row in sheets.patients] == ["P1", "P2", "P3", "P4"]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "patients.tsv").write_text("mine\n")
    with pytest.raises(InputError, match=r"patients\.tsv: stands there already"):
        write_new_trial(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["patients.tsv"]
    assert (tmp_path / "patients.tsv").read_text() == "mine\n"


def test_a_cohort_is_copied_and_used(tmp_path: Path) -> None:
    files = write_new_trial(tmp_path, cohort=cohort_called("braf_v600e_colorectal").read_text())
    assert files[-1] == tmp_path / "cohort.yaml"
    assert load_cohort_file(tmp_path / "cohort.yaml")["drugs"] == ["encorafenib", "cetuximab"]
    lines = (tmp_path / "config.yaml").read_text().splitlines()
    assert [line.split(" #")[0].strip() for line in lines if line.startswith("cohort:")] == [
        "cohort: cohort.yaml"
    ]


def test_a_cohort_that_is_none_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'braf' is no file; one that ships \(braf_v600e"):
        cohort_called("braf")
    (tmp_path / "mine.yaml").write_text("drug: x\n")
    with pytest.raises(InputError, match=r"mine\.yaml"):
        cohort_called(str(tmp_path / "mine.yaml"))


def test_the_command_says_what_it_did_and_refuses_a_folder_that_is_not_there(
    project: Path, tmp_path: Path, files: Path
) -> None:
    command = [sys.executable, "-m", "refractor", "new"]
    environment = {**os.environ, "PYTHONPATH": str(project / "scripts")}
    done = subprocess.run(
        [*command, str(tmp_path / "trial"), "--from-folder", str(files)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    assert "5 tumours drafted, 5 files not matched" in done.stdout
    assert "P9-normal.bam: no tumour of 'P9' was found" in done.stdout
    wrong = subprocess.run(
        [*command, str(tmp_path / "other"), "--from-folder", str(tmp_path / "nowhere")],
        capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip
    assert wrong.returncode == 2
    assert "nowhere: is no folder" in wrong.stderr
    assert not (tmp_path / "other").exists()
