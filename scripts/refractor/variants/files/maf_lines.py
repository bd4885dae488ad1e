"""The lines of a table of small variants, one after the other: a whole genome's would take gigabytes as one text."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from refractor.errors import VariantFileError
from refractor.files.bounded import counted_lines
from refractor.variants.files.maf_columns import small_variants_section
from refractor.variants.files.whole_file import fault


def table_lines(handle: BinaryIO, path: Path) -> tuple[Iterator[str], int]:
    """The lines of the table of small variants, and how many stand above it. Only a report in sections is held."""
    text = io.TextIOWrapper(handle, encoding="utf-8-sig", errors="replace", newline=None)
    lines = _without_zeros(counted_lines(text, path, VariantFileError), path)
    start = []
    for line in lines:
        start.append(line)
        if line.strip():
            break
    lines = chain(start, lines)
    if start and start[-1].lstrip().startswith("["):
        section, above = small_variants_section("".join(lines))
        return iter(io.StringIO(section)), above
    return lines, 0


def _without_zeros(lines: Iterable[str], path: Path) -> Iterator[str]:
    for line in lines:
        if "\0" in line:
            raise fault(path, "holds a zero byte", allowed="write it again")
        yield line
