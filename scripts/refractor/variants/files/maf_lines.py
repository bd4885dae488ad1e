"""The lines of a table of small variants, one after the other: a whole genome's would take gigabytes as one text."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from refractor.errors import VariantFileError
from refractor.files.bounded import MAX_TABLE_LINES, too_many_lines
from refractor.variants.files.maf_columns import small_variants_section
from refractor.variants.files.whole_file import fault


def table_lines(handle: BinaryIO, path: Path) -> tuple[Iterator[str], int]:
    """The lines of the table of small variants, and how many stand above it. Only a report in sections is held."""
    text = io.TextIOWrapper(handle, encoding="utf-8-sig", errors="replace", newline=None)
    start = list(islice(text, 1))
    while start and not start[-1].strip():
        start += islice(text, 1)
        if len(start) > MAX_TABLE_LINES:
            raise VariantFileError(too_many_lines(path))
    lines = _sound_lines(chain(start, text), path)
    if start and start[-1].lstrip().startswith("["):
        section, above = small_variants_section("".join(lines))
        return iter(io.StringIO(section)), above
    return lines, 0


def _sound_lines(lines: Iterable[str], path: Path) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if number > MAX_TABLE_LINES:
            raise VariantFileError(too_many_lines(path))
        if "\0" in line:
            raise fault(path, "holds a zero byte", allowed="write it again")
        yield line
