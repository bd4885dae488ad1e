"""What a table of mutations of many tumours is as a whole, found once before it is divided."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from refractor.errors import VariantFileError
from refractor.files.divided import text_lines
from refractor.variants.files.build_fit import Place, build_that_fits, fits_of
from refractor.variants.files.maf_columns import column_places, delimiter_of
from refractor.variants.files.maf_row import MafRow
from refractor.variants.files.maf_table import build_named, faults_of_row, is_percent, row_of, says_percent
from refractor.variants.files.whole_file import fault

MAX_PLACES = 200_000
"""Rows remembered to tell the build by, where NCBI_Build does not."""


def facts_of_table(path: Path) -> dict[str, Any]:
    """`percent`: whether fractions are percentages; `stated_build` by NCBI_Build and `build` by that or the alleles,
    None where not told.

    Raises:
        VariantFileError: damaged, columns missing, two builds.
    """
    stated: dict[str, int] = {}
    percent = False
    places: list[Place] = []
    facts: dict[str, bool] = {}
    for row in _rows(path, facts):
        percent = percent or facts["percent"]
        if not row.is_small_variant or faults_of_row(path, row):
            continue
        percent = percent or is_percent([row])
        named = build_named(row.get("NCBI_Build") or "")
        if named is not None:
            stated.setdefault(named, row.line)
        elif len(places) < MAX_PLACES and row.names_alleles and (place := row.place) is not None:
            places.append(place)
    if len(stated) > 1:
        lines = ", ".join(f"{build} (line {line})" for build, line in stated.items())
        raise fault(path, f"NCBI_Build names two builds: {lines}", allowed="one build a file")
    told = next(iter(stated), None)
    fitting = told or build_that_fits(fits_of(places))
    return {
        "percent": percent,
        "stated_build": None if told is None else str(told),
        "build": None if fitting is None else str(fitting),
    }


def _rows(path: Path, facts: dict[str, bool]) -> Iterator[MafRow]:
    """The rows of a table; `facts` is told whether the header says that its fractions are percentages."""
    header: list[str] | None = None
    places: dict[str, int] = {}
    delimiter = "\t"
    for number, line in enumerate(text_lines(path, VariantFileError), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        if header is None:
            delimiter = delimiter_of(line)
        bare = line.rstrip("\r\n")
        cells = bare.split("\t") if delimiter == "\t" else next(csv.reader([bare], delimiter=delimiter))
        if header is None:
            header = cells
            places = column_places(path, cells, line=number)
            facts["percent"] = says_percent(header, places)
        else:
            yield row_of(path, cells, places=places, header=header, line=number)
