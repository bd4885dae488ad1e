"""ASCAT: segments.txt, segments_raw.txt or cnvs.txt (`chr startpos endpos nMajor nMinor`), purityploidy.txt beside.

1-based closed. segments_raw.txt has the copies before rounding (nAraw, nBraw). cnvs.txt lists only what differs from
1+1, so that nothing of the whole genome can be worked out from it.
"""

from __future__ import annotations

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
    if table is None:
        return PurityPloidy(reason="no purityploidy.txt beside the file")
    cells, row = Cells(table, problems), table.rows[0]
    purity, ploidy = cells.purity(row, "aberrantcellfraction"), cells.ploidy(row, "ploidy")
    return PurityPloidy(
        purity=purity,
        ploidy=ploidy,
        method=PurityMethod.IMPORTED,
        status=PurityStatus.OK if purity is not None else PurityStatus.NOT_ASSESSABLE,
        reason="ASCAT" if purity is not None else "ASCAT found no solution",
    )


IMPORTER = Importer(
    "ascat",
    "ASCAT 2 and 3",
    "SAMPLE.segments.txt with columns chr startpos endpos nMajor nMinor",
    (
        Layout(
            has=columns("chr", "startpos", "endpos", "nMajor", "nMinor"), lacks=columns("nMaj1_A"), read=read
        ),
    ),
    copies="whole; before rounding in segments_raw.txt",
    beside="T.purityploidy.txt",
    companions=(_PURITY_BESIDE,),
    notes="exchanged alleles are put right and counted; NA stays unknown; cnvs.txt gives no ploidy of its own",
)
