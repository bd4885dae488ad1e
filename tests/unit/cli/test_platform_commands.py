"""explain, report --pdf and clean of a platform trial: each patient in its own cohort."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from refractor.cli.command import main
from refractor.files.resources import RESOURCES
from refractor.results.all_tables import tables_of
from refractor.results.cohort_tables import PATIENTS
from refractor.vocabulary import Label

COHORTS = {"HER2": "her2_amplified_colorectal", "LUNG": "met_amplified_lung"}
PATIENT_OF = {"HER2": "P1", "LUNG": "P2"}


@pytest.fixture
def platform(tmp_path: Path) -> Path:
    files = {name: RESOURCES / "cohorts" / f"{file}.yaml" for name, file in COHORTS.items()}
    listed = "".join(f"  {name}: {path}\n" for name, path in files.items())
    (tmp_path / "config.yaml").write_text(f"samples: samples.tsv\npatients: patients.tsv\ncohorts:\n{listed}")
    (tmp_path / "samples.tsv").write_text("patient\tsample\tcopy_number\nP1\tT1\tT1.seg\n")
    (tmp_path / "patients.tsv").write_text("patient\tcohort\nP1\tHER2\nP2\tLUNG\n")
    (tmp_path / "T1.seg").write_text("ID\n")
    for name, patient in PATIENT_OF.items():
        folder = tmp_path / "results" / "cohorts" / name / "cohort"
        row = {
            "patient": patient, "wgs": "missing", "ras_status": "not_assessable", "braf_status": "not_assessable",
            "her2_call": "not_assessable", "eligibility": "not_assessable", "label": Label.NOT_ASSESSABLE,
        }  # fmt: skip
        for step in ("compare_identities", "join_cohort", "analyse_cohort"):
            for table in tables_of(step):
                rows = [row] if table is PATIENTS else []
                table.write(table.from_rows(rows), folder / table.name, synthetic=True)
    provenance = {"version": "0", "settings": {}, "packages": {}, "knowledge": {}, "python": "3"}
    (tmp_path / "results" / "provenance.json").write_text(json.dumps(provenance))
    return tmp_path


def test_explain_finds_the_patient_and_says_the_cohort(
    platform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", str(platform), "P2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["cohort LUNG: MET-amplified lung cancer, capmatinib", "P2: not assessable"]
    assert main(["explain", str(platform), "P7"]) == 2
    assert "have no patient 'P7'; there are P1, P2" in capsys.readouterr().err


def test_explain_before_the_run_names_the_tables_of_each_cohort(
    platform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (platform / "results" / "cohorts" / "LUNG" / "cohort" / PATIENTS.name).unlink()
    assert main(["explain", str(platform), "P1"]) == 2
    assert "cohorts/LUNG/cohort/patients.tsv: is not there" in capsys.readouterr().err


def test_sheets_go_into_a_folder_of_each_cohort(platform: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--pdf", str(platform)]) == 0
    for name, patient in PATIENT_OF.items():
        folder = platform / "results" / "cohorts" / name / "report" / "pdf"
        assert sorted(path.name for path in folder.iterdir()) == [f"{patient}.pdf", "cohort.pdf"]
    capsys.readouterr()
    one = platform / "one"
    assert main(["report", "--pdf", str(platform), "P2", "--output-dir", str(one)]) == 0
    assert [str(path.relative_to(one)) for path in one.rglob("*.pdf")] == ["LUNG/P2.pdf"]
    assert main(["report", "--pdf", str(platform), "P7"]) == 2
    assert "has no patient 'P7'; there are P1, P2" in capsys.readouterr().err


def test_clean_keeps_the_cohorts_and_lists_one_that_is_gone(
    platform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in ("results/samples/T1", "results/cohorts/OLD", "logs/cohorts/HER2", "logs/cohorts/OLD",
                   "results/cohort", "results/platform"):  # fmt: skip
        (platform / folder).mkdir(parents=True)
    assert main(["clean", str(platform)]) == 0
    listed = capsys.readouterr().out.splitlines()[:-1]
    gone = ["logs/cohorts/OLD", "results/cohort", "results/cohorts/OLD"]
    assert listed == [f"of nothing in the sheets: {platform / path}" for path in gone]
