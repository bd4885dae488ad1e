"""Fixtures for every test."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_trial import Trial

PROJECT = Path(__file__).resolve().parents[1]
SHARED_DATA = PROJECT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def project() -> Path:
    return PROJECT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real and public data; its absence fails in CI and skips elsewhere."""
    if not SHARED_DATA.is_dir():
        message = f"real data not found at {SHARED_DATA}; put the shared folder beside the checkout"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return SHARED_DATA


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """The synthetic demo, made and run once; tests that change it take a copy."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    script = PROJECT / "scripts" / "simulate_genomes.py"
    subprocess.run([sys.executable, script, "--output-dir", folder, "--cores", "2"], check=True)
    trial = Trial(folder, PROJECT)
    run = trial.snakemake()
    assert run.returncode == 1, run.stdout + run.stderr  # one pair is of two people, which is an error
    assert "SYN-12-T identity failed" in run.stdout + run.stderr
    return trial
