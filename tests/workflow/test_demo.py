"""The synthetic demo against the truth it was made from: every call, label and nothing left to do."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest
from small_trial import PROJECT, Trial

from resistance.cohort_tables import MANIFEST, PATIENTS
from resistance.sample_tables import PURITY_PLOIDY

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]

VERDICTS = ("ras_status", "braf_status", "her2_call", "eligibility", "label")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    folder = tmp_path_factory.mktemp("demo") / "demo"
    script = PROJECT / "scripts" / "simulate_genomes.py"
    subprocess.run([sys.executable, script, "--output-dir", folder, "--cores", "2"], check=True)
    trial = Trial(folder, PROJECT)
    run = trial.snakemake()
    assert run.returncode == 0, run.stdout + run.stderr
    return trial


@pytest.fixture(scope="module")
def truth(demo: Trial) -> list[dict[str, str]]:
    with (demo.folder / "truth.tsv").open() as handle:
        return list(csv.DictReader(handle, delimiter="\t"))


def test_every_verdict_is_the_truth(demo: Trial, truth: list[dict[str, str]]) -> None:
    found = PATIENTS.read(demo.folder / "results/cohort/patients.tsv").set_index("patient")
    assert len(truth) == 9
    assert len(found) == 10
    missed = [
        f"{row['patient']} {verdict}: {found.loc[row['patient'], verdict]}, truth {row[verdict]}"
        for row in truth
        for verdict in VERDICTS
        if found.loc[row["patient"], verdict] != row[verdict]
    ]
    assert not missed
    assert found.loc["SYN-08", "wgs"] == "missing"


def test_purity_ploidy_and_copies_are_near_the_truth(demo: Trial, truth: list[dict[str, str]]) -> None:
    """Purity within 0.05, ploidy within 0.15, ERBB2 within 10 % or a copy, where purity is 0.3 or more."""
    found = PATIENTS.read(demo.folder / "results/cohort/patients.tsv").set_index("patient")
    fitted = [row for row in truth if float(row["purity"]) >= 0.3]
    assert len(fitted) == 8
    for row in fitted:
        folder = demo.folder / "results/samples" / row["sample"]
        fit = PURITY_PLOIDY.read(folder / PURITY_PLOIDY.name).iloc[0]
        assert fit["purity"] == pytest.approx(float(row["purity"]), abs=0.05), row["patient"]
        assert fit["ploidy"] == pytest.approx(float(row["ploidy"]), abs=0.15), row["patient"]
        copies = float(row["erbb2_copy_number"])
        assert found.loc[row["patient"], "erbb2_copy_number"] == pytest.approx(
            copies, abs=max(1, 0.1 * copies)
        )


def test_everything_is_accounted_for_and_done(demo: Trial) -> None:
    manifest = MANIFEST.read(demo.folder / "results/cohort/manifest.tsv")
    assert manifest["sample"].nunique() == 9
    assert "failed" not in set(manifest["state"])
    assert manifest.loc[manifest["state"] == "skipped", "reason"].notna().all()
    assert demo.planned() == {}
    page = (demo.folder / "results/report/index.html").read_text()
    assert all(f"SYN-{number:02d}" in page for number in range(1, 11))


def test_demo_files_are_no_surprise_to_git() -> None:
    ignored = subprocess.run(
        ["git", "check-ignore", "demo/config.yaml"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert ignored.stdout.strip() == "demo/config.yaml" or not (PROJECT / ".git").exists()
    assert Path(PROJECT / "resources/demo/trial.yaml").is_file()
