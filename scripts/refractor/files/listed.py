"""Several files in one cell of a sheet or one option of a step."""

from __future__ import annotations

SEPARATOR = ";"


def files_of(cell: str) -> tuple[str, ...]:
    """The paths of a cell, one or several separated by `;`, without the blanks around them."""
    return tuple(part.strip() for part in cell.split(SEPARATOR) if part.strip())
