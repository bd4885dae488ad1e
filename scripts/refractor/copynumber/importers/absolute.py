"""ABSOLUTE: T.segtab.txt (copies per segment, rescaled or modal), the table of solutions beside it; 1-based closed."""

from __future__ import annotations

from refractor.copynumber.importers.importer import Beside, Importer, Layout, Source, columns, profile_of
from refractor.copynumber.importers.purity_beside import from_table, imported
from refractor.copynumber.importers.segment_table import SegmentColumns, are_whole, segments_of
from refractor.copynumber.segments import CopyNumberProfile

_ENDINGS = (".ABSOLUTE.segtab.txt", ".segtab.txt", "_segtab.txt", ".ABSOLUTE.seg.txt", ".segtab.tsv")
_TABLES = (".ABSOLUTE.table.txt", ".table.txt", "_ABSOLUTE.table.txt", ".ABSOLUTE.table.tsv")
_PURITY_BESIDE = Beside(_ENDINGS, _TABLES)
_COLUMNS = {
    "Start.bp": SegmentColumns(
        ("chromosome", "start.bp", "end.bp"),
        sample="sample",
        total=("rescaled_total_cn", "corrected_total_cn", "modal_total_cn"),
        minor=("rescaled.cn.a1", "modal.a1"),
        n_windows="n_probes",
    ),
    "Start": SegmentColumns(
        ("chromosome", "start", "end"),
        sample="sample",
        total=("modal_total_cn",),
        minor=("modal_hscn_1",),
        n_windows="num_probes",
    ),
}


def read(source: Source) -> CopyNumberProfile:
    """The profile of a segtab: the rescaled copies where it has them, else those of the modal state."""
    layout = _COLUMNS["Start.bp" if "start.bp" in source.table.columns else "Start"]
    cells, segments = segments_of(source, layout)
    path = source.beside(_PURITY_BESIDE)
    purity = from_table(path, cells.problems, purity="purity", ploidy="ploidy", row_of=source.sample.lower())
    cells.problems.raise_if_any()
    return profile_of(
        "absolute",
        cells,
        segments,
        integers=are_whole(segments),
        purity_ploidy=imported("ABSOLUTE", *purity, without="gives no purity in a table beside the file"),
    )


IMPORTER = Importer(
    "absolute",
    "ABSOLUTE 1, TCGA's PanCanAtlas table",
    "T.segtab.txt with columns Chromosome Start.bp End.bp modal_total_cn rescaled_total_cn",
    (
        Layout(has=columns("Chromosome", "Start.bp", "End.bp", "modal_total_cn"), read=read),
        Layout(has=columns("Chromosome", "Start.bp", "End.bp", "rescaled_total_cn"), read=read),
        Layout(has=columns("Chromosome", "Start", "End", "Modal_Total_CN"), read=read),
    ),
    copies="absolute; whole where only the modal state is given",
    beside="T.ABSOLUTE.table.txt",
    companions=(_PURITY_BESIDE,),
)
