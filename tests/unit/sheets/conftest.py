"""Fixtures of the tests of the sheets."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from trial_folder import TrialFolder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TrialFolder:
    """A sound trial in a fresh working directory."""
    monkeypatch.chdir(tmp_path)
    trial = TrialFolder(
        samples=[
            {
                "patient": "P01",
                "sample": "P01-T",
                "tumor_reads": "reads/P01-T.bam",
                "normal_reads": "reads/P01-N.bam",
            },
            {"patient": "P02", "sample": "P02-T", "small_variants": "P02.vcf", "copy_number": "P02.cns"},
        ],
        patients=[
            {
                "patient": "P01",
                "treatment_start": "2019-04-01",
                "best_response": "PD",
                "clinical_benefit": "no",
            },
            {
                "patient": "P02",
                "treatment_start": "2019-06-03",
                "best_response": "PR",
                "clinical_benefit": "yes",
            },
            {
                "patient": "P03",
                "treatment_start": "2019-06-17",
                "best_response": "SD",
                "clinical_benefit": "yes",
            },
        ],
    )
    trial.put_reads("reads/P01-T.bam")
    trial.put_reads("reads/P01-N.bam")
    trial.put("P02.vcf")
    trial.put("P02.cns")
    return trial


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that every user may enter, unlike tmp_path."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name)
