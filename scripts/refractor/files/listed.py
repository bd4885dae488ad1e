"""Several files under one name: in a cell of a sheet, in an option of a step, in the folder of a study."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from refractor.errors import InputError
from refractor.files.bounded import text_lines

SEPARATOR = ";"
STUDY_FILES = (
    "meta_*.txt", "data_*.txt", "*.seg", "case_lists/*.txt", "gene_panels/*.txt", "**/*gene_panel*.txt",
)  # fmt: skip
"""What is read of a study folder in the layout of cBioPortal, beside what its meta files name."""


def files_of(cell: str) -> tuple[str, ...]:
    """The paths of a cell, one or several separated by `;`, without the blanks around them; a path that stands twice once."""
    return tuple(dict.fromkeys(part.strip() for part in cell.split(SEPARATOR) if part.strip()))


def study_files(folder: str) -> tuple[str, ...]:
    """The files of a study folder that are read; none where it is no folder."""
    place = Path(folder)
    found = {path for pattern in STUDY_FILES for path in place.glob(pattern)}
    named = {path for meta in place.glob("meta_*.txt") for path in _data_of(meta)}
    return tuple(sorted(str(path) for path in found | named if path.is_file()))


def _data_of(meta: Path) -> Iterator[Path]:
    """The data file that a meta file names; none of one that cannot be read, which the step reports."""
    with suppress(InputError):
        if name := meta_values(meta).get("data_filename"):
            yield meta.with_name(name)


def meta_values(path: Path) -> dict[str, str]:
    """What a file of lines `key: value` says.

    Raises:
        InputError: it cannot be read, or has a line without end.
    """
    lines = (line.partition(":") for line in text_lines(path, InputError))
    return {key.strip(): value.strip() for key, colon, value in lines if colon}
