"""One file of a folder as it was told, and the draft that becomes of all."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

READS_OF_SOMEBODY = "reads"
"""Reads before it is told whether they are a tumour's."""
_BY_ITSELF = 1_000_000
"""The rank of a file that no layout tells: after all that one tells."""


@dataclass(frozen=True, slots=True)
class Told:
    """One file of the folder: what it is as a column of samples.tsv, its caller, and the name it carries.

    What a layout or a sheet tells besides: the patient, whether the name is a normal's, the normal it was called
    against, and the `rank` by which two files for one column are told apart.
    """

    path: Path
    column: str
    name: str
    caller: str | None = None
    patient: str | None = None
    is_normal: bool | None = None
    normal: str | None = None
    layout: str | None = None
    rank: int = _BY_ITSELF


@dataclass(slots=True)
class Draft:
    """Rows of samples.tsv by column, and every file that stands in none, with the reason."""

    rows: list[dict[str, str]] = field(default_factory=list)
    unmatched: list[tuple[Path, str]] = field(default_factory=list)
