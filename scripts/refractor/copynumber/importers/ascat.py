"""ASCAT: segments.txt or cnvs.txt (`chr startpos endpos nMajor nMinor`), purityploidy.txt beside it; 1-based."""

from __future__ import annotations

from refractor.copynumber.importers.allelic_segments import allelic_segment, are_whole
from refractor.copynumber.importers.delimited import Problems
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
from refractor.copynumber.segments import CopyNumberProfile
from refractor.results.copy_number_tables import PurityMethod, PurityPloidy, PurityStatus

_ENDINGS = (".segments_raw.txt", ".segments.txt", ".cnvs.txt")


def read(source: Source) -> CopyNumberProfile:
    """The profile of ASCAT segments."""
    problems = Problems()
    cells = Cells(source.table, problems)
    found = [
        (row, segment)
        for row in rows_of_sample(source.table, "sample", source.sample)
        if (segment := allelic_segment(cells, row, ("chr", "startpos", "endpos"))) is not None
    ]
    segments = in_order(found, cells)
    purity = _purity(source, problems)
    problems.raise_if_any()
    notes: tuple[str, ...] = ()
    if source.path.name.removesuffix(".gz").endswith(".cnvs.txt"):
        notes = ("cnvs.txt may leave out stretches without a change; segments.txt has the whole genome",)
    return profile_of(
        "ascat", cells, segments, notes=notes, integers=are_whole(segments), purity_ploidy=purity
    )


def _purity(source: Source, problems: Problems) -> PurityPloidy:
    path = source.beside(_ENDINGS, ".purityploidy.txt")
    table = companion_table(path, problems, columns("AberrantCellFraction", "Ploidy"))
    if table is None:
        return PurityPloidy(reason="no purityploidy.txt beside the file")
    cells, row = Cells(table, problems), table.rows[0]
    return PurityPloidy(
        purity=cells.purity(row, "aberrantcellfraction"),
        ploidy=cells.ploidy(row, "ploidy"),
        method=PurityMethod.IMPORTED,
        status=PurityStatus.OK,
        reason="ASCAT",
    )


IMPORTER = Importer(
    "ascat",
    "ASCAT 2 and 3",
    "SAMPLE.segments.txt with columns chr startpos endpos nMajor nMinor",
    (Layout(has=columns("chr", "startpos", "endpos", "nMajor", "nMinor"), read=read),),
    copies="whole",
    beside="T.purityploidy.txt",
)
