"""A normal that identity refused is not used by the variant step, and the step says why."""

from __future__ import annotations

from pathlib import Path

import pytest

import call_variants
from refractor.results.analyses import ANALYSES


@pytest.mark.parametrize(
    ("analysis", "state", "refused"),
    [("identity", "failed", True), ("identity", "done", False), ("copy_number", "failed", False)],
)
def test_only_a_failed_identity_refuses_the_normal(
    tmp_path: Path, analysis: str, state: str, refused: bool
) -> None:
    path = tmp_path / "copy_number_analyses.tsv"
    rows: list[dict[str, object]] = [{"sample": "T1", "analysis": analysis, "state": state}]
    ANALYSES.write(ANALYSES.from_rows(rows), path, synthetic=False)
    assert call_variants.not_a_pair(path) is refused
    assert call_variants.not_a_pair(None) is False
