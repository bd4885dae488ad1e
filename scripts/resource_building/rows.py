"""Rows of the tab-separated tables that the build reads and writes."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from refractor.files.atomic import written_aside

Row = dict[str, str]


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """Write rows that all have the keys of the first, in their order."""
    with written_aside(path) as scratch, scratch.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(
            out, list(rows[0]), delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None
        )
        writer.writeheader()
        writer.writerows(rows)
