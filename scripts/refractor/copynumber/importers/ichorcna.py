"""ichorCNA: T.seg.txt (copies per segment of shallow whole genomes, mostly of plasma), T.params.txt beside it; 1-based."""

from __future__ import annotations

import re

from refractor.copynumber.importers.importer import Beside, Importer, Layout, Source, columns, profile_of
from refractor.copynumber.importers.purity_beside import from_lines, imported
from refractor.copynumber.importers.segment_table import SegmentColumns, are_whole, segments_of
from refractor.copynumber.segments import CopyNumberProfile

LARGEST_STATE = 5.0
"""maxCN of ichorCNA's script; a run with more states is known by the largest number in the file."""

_PURITY_BESIDE = Beside((".seg.txt", ".seg"), (".params.txt",))
_LINES = {
    "fraction": re.compile(r"^Tumou?r Fraction:\s*(\S+)"),
    "ploidy": re.compile(r"^Ploidy:\s*(\S+)"),
}
_COLUMNS = SegmentColumns(
    ("chrom", "start", "end"),
    sample="id",
    total=("corrected_copy_number", "copy.number"),
    log2="seg.median.logr",
    n_windows="num.mark",
)


def read(source: Source) -> CopyNumberProfile:
    """The profile of ichorCNA's segments; a tumour fraction of 0 is no tumour."""
    cells, segments = segments_of(source, _COLUMNS)
    told = from_lines(source.beside(_PURITY_BESIDE), cells.problems, _LINES)
    cells.problems.raise_if_any()
    fraction = told.get("fraction")
    capped = None
    if "corrected_copy_number" not in source.table.columns:
        capped = max([LARGEST_STATE, *(segment.copy_number or 0.0 for segment in segments)])
    return profile_of(
        "ichorcna",
        cells,
        segments,
        integers=are_whole(segments),
        capped_at=capped,
        unusable="ichorCNA finds no tumour (fraction 0)" if fraction == 0 else None,
        purity_ploidy=imported("ichorCNA", fraction or None, told.get("ploidy")),
    )


IMPORTER = Importer(
    "ichorcna",
    "ichorCNA 0.2 to 0.5",
    "T.seg.txt with columns ID chrom start end num.mark seg.median.logR copy.number call",
    (Layout(has=columns("chrom", "start", "end", "seg.median.logR", "copy.number"), read=read),),
    copies="whole; at most 5 where Corrected_Copy_Number is missing",
    beside="T.params.txt",
    companions=(_PURITY_BESIDE,),
    notes="a tumour fraction of 0 makes everything not assessable",
)
