"""ASCAT: segments.txt, segments_raw.txt or cnvs.txt (`chr startpos endpos nMajor nMinor`), purityploidy.txt beside.

1-based closed. segments_raw.txt has the copies before rounding (nAraw, nBraw). cnvs.txt lists only what differs from
1+1, so that nothing of the whole genome can be worked out from it.
"""

from __future__ import annotations

import re

from refractor.copynumber.importers.delimited import Problems
from refractor.copynumber.importers.importer import (
    Beside,
    Importer,
    Layout,
    Source,
    columns,
    companion_table,
    profile_of,
)
from refractor.copynumber.importers.number_cells import Cells
from refractor.copynumber.importers.purity_beside import from_lines, imported, row_named
from refractor.copynumber.importers.segment_table import SegmentColumns, are_whole, segments_of
from refractor.copynumber.segments import CopyNumberProfile
from refractor.results.copy_number_tables import PurityMethod, PurityPloidy, PurityStatus

_PURITY_BESIDE = Beside((".segments_raw.txt", ".segments.txt", ".cnvs.txt"), (".purityploidy.txt",))
_PLACE = ("chr", "startpos", "endpos")
_WHOLE = SegmentColumns(_PLACE, sample="sample", major="nmajor", minor=("nminor",))
_RAW = SegmentColumns(_PLACE, sample="sample", major="naraw", minor=("nbraw",))


def read(source: Source) -> CopyNumberProfile:
    """The profile of ASCAT segments; the raw copies where the file has them."""
    raw = {"naraw", "nbraw"} <= set(source.table.columns)
    cells, segments = segments_of(source, _RAW if raw else _WHOLE)
    problems = cells.problems
    purity = _purity(source, problems)
    problems.raise_if_any()
    changes_only = source.path.name.removesuffix(".gz").endswith(".cnvs.txt")
    notes: tuple[str, ...] = ()
    if changes_only:
        notes = ("cnvs.txt leaves out stretches of 1+1 copies; segments.txt has the whole genome",)
    return profile_of(
        "ascat",
        cells,
        segments,
        notes=notes,
        integers=are_whole(segments),
        purity_ploidy=purity,
        changes_only=changes_only,
    )


def _purity(source: Source, problems: Problems) -> PurityPloidy:
    path = source.beside(_PURITY_BESIDE)
    table = companion_table(path, problems, columns("AberrantCellFraction", "Ploidy"))
    row = None if table is None else row_named(table, source.sample, problems)
    if table is None or row is None:
        return PurityPloidy(reason="no purityploidy.txt beside the file")
    cells = Cells(table, problems)
    purity, ploidy = cells.purity(row, "aberrantcellfraction"), cells.ploidy(row, "ploidy")
    return PurityPloidy(
        purity=purity,
        ploidy=ploidy,
        method=PurityMethod.IMPORTED,
        status=PurityStatus.OK if purity is not None else PurityStatus.NOT_ASSESSABLE,
        reason="ASCAT" if purity is not None else "ASCAT found no solution",
    )


_CAVEMAN = SegmentColumns(
    ("chromosome", "start", "end"), total=("total.copy.number",), minor=("minor.copy.number",)
)
_STATISTICS_BESIDE = Beside((".copynumber.caveman.csv",), (".samplestatistics.txt", ".samplestatistics.csv"))
_LINES = {name: re.compile(rf"^{key}[\s,]+(\S+)") for name, key in (("purity", "rho"), ("ploidy", "Ploidy"))}


def read_caveman(source: Source) -> CopyNumberProfile:
    """The profile of ascatNgs' copynumber.caveman.csv, which has no header; rho and Ploidy of samplestatistics.txt beside."""
    cells, segments = segments_of(source, _CAVEMAN)
    told = from_lines(source.beside(_STATISTICS_BESIDE), cells.problems, _LINES)
    cells.problems.raise_if_any()
    purity = imported("ascatNgs", told.get("purity"), told.get("ploidy"))
    return profile_of("ascat", cells, segments, integers=are_whole(segments), purity_ploidy=purity)


IMPORTER = Importer(
    "ascat",
    "ASCAT 2 and 3, ascatNgs 4",
    "SAMPLE.segments.txt with columns chr startpos endpos nMajor nMinor, or SAMPLE.copynumber.caveman.csv without a header",
    (
        Layout(
            has=columns("chr", "startpos", "endpos", "nMajor", "nMinor"), lacks=columns("nMaj1_A"), read=read
        ),
        Layout(
            has=columns("number of the segment", "normal total", "total.copy.number", "minor.copy.number"),
            read=read_caveman,
        ),
    ),
    copies="whole; before rounding in segments_raw.txt",
    beside="T.purityploidy.txt, T.samplestatistics.txt",
    companions=(_PURITY_BESIDE, _STATISTICS_BESIDE),
    notes="exchanged alleles are put right and counted; NA stays unknown; cnvs.txt gives no ploidy of its own",
)
