"""The synthetic demo against the truth it was made from: every call, label, endpoint and figure, nothing left to do."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from small_trial import PROJECT, Trial

from refractor.errors import InputError
from refractor.results.cohort_tables import MANIFEST, PATIENTS
from synthetic.scored_run import score_trial, stopped_as_declared
from synthetic.scoring import Scorecard

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]


@pytest.fixture(scope="module")
def card(demo: Trial) -> Scorecard:
    return score_trial(demo.folder, results=demo.folder / "results")


def test_every_truth_is_found(card: Scorecard) -> None:
    """Verdicts of 24 genomes and 27 outcomes, candidates, codons, variants, copies, and the abstract's figures."""
    assert len({verdict.subject for verdict in card.verdicts}) == 27
    assert len(card.figures) == 32
    assert sum(finding.there for finding in card.findings if finding.quantity == "somatic variant") == 25
    assert card.misses() == []


def test_the_score_is_printed_and_a_missed_truth_is_named(demo: Trial, tmp_path: Path) -> None:
    command = [sys.executable, PROJECT / "scripts/score_run.py", "--trial", demo.folder]
    scored = subprocess.run(command, capture_output=True, text=True, check=False)
    assert scored.returncode == 0, scored.stderr
    assert "ras_status mutated" in scored.stdout
    assert "median progression-free survival, months" in scored.stdout
    shutil.copytree(demo.folder / "results", tmp_path / "results")
    table = tmp_path / "results/cohort" / PATIENTS.name
    frame = PATIENTS.read(table)
    frame.loc[frame["patient"] == "SYN-02", "ras_status"] = "wild_type"
    PATIENTS.write(frame, table, synthetic=True)
    broken = subprocess.run(
        [*command, "--results", tmp_path / "results"], capture_output=True, text=True, check=False
    )
    assert broken.returncode == 2
    assert broken.stderr.strip() == "missed: SYN-02 ras_status: wild_type, truth mutated"


def test_the_swapped_pair_and_no_other_is_stopped(demo: Trial, tmp_path: Path) -> None:
    results = demo.folder / "results"
    [stopped] = stopped_as_declared(demo.folder, results=results)
    assert stopped.startswith("SYN-12-T: ")
    assert "different people" in stopped
    assert "SYN-01-T" in stopped  # whose normal it is
    shutil.copytree(results, tmp_path / "results")
    table = tmp_path / "results/cohort" / MANIFEST.name
    frame = MANIFEST.read(table)
    frame.loc[frame["sample"] == "SYN-03-T", "state"] = "failed"
    MANIFEST.write(frame, table, synthetic=True)
    (tmp_path / "results/report/index.html").touch()
    with pytest.raises(InputError, match="SYN-03-T"):
        stopped_as_declared(demo.folder, results=tmp_path / "results")


def test_everything_is_accounted_for_and_done(demo: Trial) -> None:
    manifest = MANIFEST.read(demo.folder / "results/cohort/manifest.tsv")
    assert manifest["sample"].nunique() == 24
    assert manifest.loc[manifest["state"] == "skipped", "reason"].notna().all()
    planned = demo.planned()
    tumors = ("measure_copy_number", "call_variants", "annotate_alterations")
    assert all(planned.get(rule, 0) <= 1 for rule in tumors), planned  # the stopped one is tried again
    page = (demo.folder / "results/report/index.html").read_text()
    assert all(f"SYN-{number:02d}" in page for number in range(1, 28))


def test_demo_files_are_no_surprise_to_git() -> None:
    ignored = subprocess.run(
        ["git", "check-ignore", "demo/config.yaml"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert ignored.stdout.strip() == "demo/config.yaml" or not (PROJECT / ".git").exists()
    assert Path(PROJECT / "resources/demo/trial.yaml").is_file()
