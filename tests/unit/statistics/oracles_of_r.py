"""Figures of R: read from their files, and made anew where R is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

Figures = dict[str, dict[str, float]]


def read_figures(path: Path) -> Figures:
    """value by quantity, by what the first column names."""
    table = pd.read_csv(path, sep="\t")
    first = table.columns[0]
    return {
        str(name): dict(zip(rows["quantity"], rows["value"], strict=True))
        for name, rows in table.groupby(first, sort=False)
    }


def figures_made_anew(script: Path, given: pd.DataFrame, folder: Path) -> Figures:
    """What Rscript says now; the test is skipped without R, and fails where REFRACTOR_REQUIRE_R is 1."""
    if shutil.which("Rscript") is None:
        message = "Rscript is not installed (Debian: r-base-core r-cran-survival)"
        if os.environ.get("REFRACTOR_REQUIRE_R") == "1":
            pytest.fail(message)
        pytest.skip(message)
    given.to_csv(folder / "given.csv", index=False)
    command = ["Rscript", str(script), str(folder / "given.csv")]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    (folder / "again.tsv").write_text(run.stdout)
    return read_figures(folder / "again.tsv")
