"""A normal that identity refused is not used by the variant step, and the step says why."""

from __future__ import annotations

from pathlib import Path

import pytest

import call_variants
from refractor.results.analyses import ANALYSES
from refractor.step import run_step
from refractor.tumor.variant_sources import NOT_A_PAIR
from refractor.vocabulary import State


@pytest.mark.parametrize(
    ("analysis", "state", "refused"),
    [("identity", "failed", True), ("identity", "done", False), ("copy_number", "failed", False)],
)
def test_only_a_failed_identity_refuses_the_normal(
    tmp_path: Path, analysis: str, state: str, refused: bool
) -> None:
    """Only what is not refused is looked for, and there is no such file."""
    path = tmp_path / "copy_number_analyses.tsv"
    rows: list[dict[str, object]] = [{"sample": "T1", "analysis": analysis, "state": state}]
    ANALYSES.write(ANALYSES.from_rows(rows), path, synthetic=False)
    options = ["--sample=T1", "--normal-reads", str(tmp_path / "none.bam"), "--record-failures"]
    options += ["--copy-number-analyses", str(path), "--output-dir", str(tmp_path)]
    assert run_step(call_variants.parser(), call_variants.main, options) == 0
    found = {row.analysis: row for row in ANALYSES.records(tmp_path / "variants_analyses.tsv")}
    normal = found["normal_reads"]
    assert (normal.state, normal.reason == NOT_A_PAIR) == (
        (State.SKIPPED, True) if refused else (State.FAILED, False)
    )
