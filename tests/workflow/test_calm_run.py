"""`refractor run` from its first to its last line: nobody yet, and a failure that --quiet does not hide."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_trial import write_trial

from refractor.cli.command import main

pytestmark = pytest.mark.workflow


def run(project: Path, trial: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "refractor", "run", str(trial), "--cores", "2", *options],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(project / "scripts")},
    )  # fmt: skip


def test_sheets_of_headers_alone_run_to_a_page_that_says_so(project: Path, tmp_path: Path) -> None:
    trial = tmp_path / "trial"
    assert main(["new", str(trial)]) == 0
    done = run(project, trial)
    assert done.returncode == 0, done.stderr
    lines = done.stderr.splitlines()
    assert lines.count("warning: samples.tsv: has no rows; add one a tumour sample") == 1
    page = trial / "results" / "report" / "index.html"
    assert lines[-1].startswith("done: 9 steps in ")
    assert lines[-1].endswith(f"; the page: {page}")
    assert "No patients yet" in page.read_text()


def test_a_quiet_run_says_what_failed_and_where_the_page_is(project: Path, tmp_path: Path) -> None:
    write_trial(tmp_path, samples=1)
    (tmp_path / "T1.segments.tsv").write_text("nothing of the kind\n1\n")
    done = run(project, tmp_path, "--quiet")
    assert done.returncode != 0
    lines = [
        line for line in done.stderr.splitlines() if not line.startswith("Using workflow specific profile")
    ]
    assert lines[0] == "not every analysis could be done:"
    assert "T1 copy_number failed" in lines[1]
    assert lines[-1].startswith("done but for failures: 1 tumour, 11 of 12 steps in ")
    assert lines[-1].endswith(f"; the page: {tmp_path / 'results' / 'report' / 'index.html'}")
    assert "Traceback" not in done.stderr
