"""Sclust: T_allelic_states.txt (whole copies per segment of the autosomes), T_cn_summary.txt beside it; 1-based closed."""

from __future__ import annotations

from refractor.copynumber.importers.importer import Beside, Importer, Layout, Source, columns, profile_of
from refractor.copynumber.importers.purity_beside import from_table, imported
from refractor.copynumber.importers.segment_table import SegmentColumns, are_whole, segments_of
from refractor.copynumber.segments import CopyNumberProfile

_PURITY_BESIDE = Beside(("_allelic_states.txt",), ("_cn_summary.txt",))
_COLUMNS = SegmentColumns(
    ("chromosome", "start", "end"),
    sample="sample",
    total=("copy_nr_raw", "copynr"),
    minor=("b",),
    n_snps="n_snps",
)


def read(source: Source) -> CopyNumberProfile:
    """The profile of Sclust's allelic states, with the copies before rounding."""
    cells, segments = segments_of(source, _COLUMNS)
    path = source.beside(_PURITY_BESIDE)
    purity = from_table(path, cells.problems, purity="purity", ploidy="ploidy", row_of=source.sample)
    cells.problems.raise_if_any()
    return profile_of(
        "sclust", cells, segments, integers=are_whole(segments), purity_ploidy=imported("Sclust", *purity)
    )


IMPORTER = Importer(
    "sclust",
    "Sclust 1",
    "T_allelic_states.txt with columns Sample Chromosome Start End Copy_Nr_Raw CopyNr A B",
    (Layout(has=columns("Chromosome", "Start", "End", "CopyNr", "A", "B"), read=read),),
    copies="absolute",
    beside="T_cn_summary.txt",
    companions=(_PURITY_BESIDE,),
)
