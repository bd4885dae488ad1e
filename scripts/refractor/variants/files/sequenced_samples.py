"""The tumours that were sequenced, by a list: those of them that a study's file does not name had nothing to report."""

from __future__ import annotations

from pathlib import Path

from refractor.variants.files.whole_file import fault, read_whole

_CASE_LIST = ("case_lists", "cases_sequenced.txt")
"""Where cBioPortal's studies keep it, beside the file of mutations."""
_IDS = "case_list_ids:"
_HEADINGS = frozenset({"sample", "sample_id", "tumor_sample_barcode", "sampleid"})


def case_list_beside(table: str | Path | None) -> Path | None:
    """cBioPortal's case list beside a file of small variants; None where there is no such file or list."""
    if table is None or "://" in str(table):
        return None
    path = Path(table).parent.joinpath(*_CASE_LIST)
    return path if path.is_file() else None


def read_sequenced_samples(path: Path) -> frozenset[str]:
    """The names in a list: a name a line (of a table the first column), or cBioPortal's case list.

    Raises:
        VariantFileError: damaged, or without a name.
    """
    lines = read_whole(path).decode("utf-8", "replace").splitlines()
    for line in lines:
        if line.startswith(_IDS):
            names = frozenset(line.removeprefix(_IDS).split())
            break
    else:
        cells = [line.split("\t")[0].strip() for line in lines if not line.startswith("#")]
        names = frozenset(cell for cell in cells if cell and cell.lower() not in _HEADINGS)
    if not names:
        raise fault(path, "names no sample", allowed="a name a line, or cBioPortal's case list")
    return names
