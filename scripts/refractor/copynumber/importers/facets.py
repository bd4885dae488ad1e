"""FACETS: the cncf table (tcn.em, lcn.em; X is 23), purity and ploidy in it or beside it; 1-based.

Of facets-suite also the legacy names (loc.start, loc.end) and the `.out` file with `# Purity = 0.6`.
"""

from __future__ import annotations

import re

from refractor.copynumber.importers.delimited import DelimitedFile, Problems, Row, read_text
from refractor.copynumber.importers.importer import (
    Importer,
    Layout,
    Source,
    columns,
    companion_table,
    in_order,
    profile_of,
    rows_of_sample,
)
from refractor.copynumber.importers.number_cells import Cells
from refractor.copynumber.segments import MAX_PLOIDY, MIN_PLOIDY, CopyNumberProfile
from refractor.errors import CopyNumberFileError, Problem
from refractor.results.copy_number_tables import PurityMethod, PurityPloidy, PurityStatus, Segment

_ENDINGS = (".cncf.txt", ".cncf.tsv", ".cncf", "_cncf.txt", "_cncf.tsv")
_COMPANIONS = ("_purity_ploidy.txt", "_PurityPloidy.txt", ".purity_ploidy.txt", "_purity_ploidy.tsv")
_OUT_LINE = re.compile(r"#?\s*(purity|ploidy)\s*[=:]\s*(\S+)", re.IGNORECASE)


def read(source: Source) -> CopyNumberProfile:
    """The profile of a FACETS cncf table; the EM fit where it is there, else the naive one."""
    problems = Problems()
    cells = Cells(source.table, problems)
    names = source.table.columns
    total = "tcn.em" if "tcn.em" in names else "tcn"
    minor = "lcn.em" if "lcn.em" in names else "lcn"
    start, end = ("start", "end") if "start" in names else ("loc.start", "loc.end")
    found = [
        (row, segment)
        for row in rows_of_sample(source.table, "id", source.sample)
        if (segment := _segment(cells, row, (total, minor, start, end))) is not None
    ]
    segments = in_order(found, cells)
    purity = _purity(source, problems)
    problems.raise_if_any()
    notes = () if total == "tcn.em" else ("copies of FACETS' naive fit: the file has no tcn.em",)
    return profile_of("facets", cells, segments, notes=notes, integers=True, purity_ploidy=purity)


def _segment(cells: Cells, row: Row, names: tuple[str, str, str, str]) -> Segment | None:
    total_column, minor_column, start, end = names
    place = cells.interval(row, "chrom", start, end, one_based=True)
    total = cells.optional_number(row, total_column, minimum=0)
    minor = cells.optional_number(row, minor_column, minimum=0)
    ratio = cells.optional_number(row, "cnlr.median")
    if place is None:
        return None
    if total is not None and minor is not None and minor > total / 2:
        cells.fault(
            row,
            minor_column,
            f"{minor:g} is more than half of {total_column} {total:g}",
            "are columns swapped?",
        )
    return Segment(
        chromosome=place[0],
        start=place[1],
        end=place[2],
        copy_number=total,
        minor_copy_number=minor,
        log2_ratio=ratio,
        n_windows=cells.count(row, "num.mark"),
        n_snps=cells.count(row, "nhet"),
    )


def _purity(source: Source, problems: Problems) -> PurityPloidy:
    table: DelimitedFile | None = None
    if {"purity", "ploidy"} <= set(source.table.columns) and source.table.rows:
        table = source.table
    for companion in _COMPANIONS:
        if table is None:
            path = source.beside(_ENDINGS, companion)
            table = companion_table(path, problems, columns("purity", "ploidy"))
    if table is not None:
        cells, row = Cells(table, problems), table.rows[0]
        return _values(cells.purity(row, "purity"), cells.ploidy(row, "ploidy"))
    path = source.beside(_ENDINGS, ".out")
    if path is None:
        return PurityPloidy(reason="no purity or ploidy in the file or beside it")
    try:
        text = read_text(path)
    except CopyNumberFileError as error:
        for problem in error.problems:
            problems.add(problem)
        return PurityPloidy()
    told: dict[str, float] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        match = _OUT_LINE.match(line)
        if match is None or match.group(2).upper() == "NA":
            continue
        name = match.group(1).lower()
        least, most = (0.0, 1.0) if name == "purity" else (MIN_PLOIDY, MAX_PLOIDY)
        try:
            told[name] = float(match.group(2))
        except ValueError:
            told[name] = 0.0
        if not (told[name] > 0 and least <= told[name] <= most):
            allowed = f"allowed: {least:g} to {most:g}, over 0"
            problems.add(Problem(path, f"{match.group(2)} is not a {name}", line=number, allowed=allowed))
    return _values(told.get("purity"), told.get("ploidy"))


def _values(purity: float | None, ploidy: float | None) -> PurityPloidy:
    return PurityPloidy(
        purity=purity,
        ploidy=ploidy,
        method=PurityMethod.IMPORTED,
        status=PurityStatus.OK,
        reason="FACETS" if purity is not None else "FACETS gives no purity: too few changes to tell",
    )


IMPORTER = Importer(
    "facets",
    "FACETS 0.5 and 0.6, facets-suite",
    "the cncf table with columns chrom start end cnlr.median tcn.em lcn.em",
    (
        Layout(has=columns("chrom", "start", "end", "tcn.em"), read=read),
        Layout(has=columns("chrom", "loc.start", "loc.end", "tcn.em"), read=read),
        Layout(
            has=columns("chrom", "start", "end", "tcn", "cnlr.median"), lacks=columns("tcn.em"), read=read
        ),
        Layout(
            has=columns("chrom", "loc.start", "loc.end", "tcn", "cnlr.median"),
            lacks=columns("tcn.em"),
            read=read,
        ),
    ),
    copies="whole",
    beside="T.out, T_purity_ploidy.txt",
    notes="tcn.em and lcn.em, else the naive fit; NA stays unknown",
)
