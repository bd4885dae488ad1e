"""Several files under one name: in a cell of a sheet, in an option of a step, in the folder of a study."""

from __future__ import annotations

from pathlib import Path

SEPARATOR = ";"
STUDY_FILES = ("meta_study.txt", "data_*.txt", "*.seg", "case_lists/*.txt", "gene_panels/*.txt")
"""What is read of a study folder in the layout of cBioPortal."""


def files_of(cell: str) -> tuple[str, ...]:
    """The paths of a cell, one or several separated by `;`, without the blanks around them; a path that stands twice once."""
    return tuple(dict.fromkeys(part.strip() for part in cell.split(SEPARATOR) if part.strip()))


def study_files(folder: str) -> tuple[str, ...]:
    """The files of a study folder that are read; none where it is no folder."""
    return tuple(sorted(str(path) for pattern in STUDY_FILES for path in Path(folder).glob(pattern)))
