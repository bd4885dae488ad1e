"""cBioPortal's gene panels: which tumour was sequenced with which, and the file of each."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from refractor.errors import InputError
from refractor.files.bounded import text_lines

MATRICES = frozenset({"data_gene_panel_matrix.txt", "data_gene_matrix.txt"})
_SAMPLE, _PANEL = "SAMPLE_ID", "mutations"
_STABLE_ID = "stable_id:"


def panel_files(paths: Iterable[Path]) -> dict[str, Path]:
    """The file of the genes that were looked at for mutations, by sample; none of a sample without a panel (WES, NA)."""
    found: dict[str, Path] = {}
    files = list(paths)
    for matrix in (path for path in files if path.name in MATRICES):
        panels = {
            name: path
            for path in files
            if path.parent.is_relative_to(matrix.parent) and (name := _panel_name(path)) is not None
        }
        for row in csv.DictReader(text_lines(matrix, InputError), delimiter="\t"):
            panel = panels.get(row.get(_PANEL) or "")
            if panel is not None and row.get(_SAMPLE):
                found[row[_SAMPLE]] = panel
    return found


def _panel_name(path: Path) -> str | None:
    """The id of a gene panel's file; None of another file."""
    if path.suffix != ".txt" or "panel" not in path.as_posix().lower() or path.name in MATRICES:
        return None
    for line in text_lines(path, InputError):
        if line.startswith(_STABLE_ID):
            return line.removeprefix(_STABLE_ID).strip()
    return None
