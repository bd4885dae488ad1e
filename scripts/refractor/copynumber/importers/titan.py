"""TITAN (TitanCNA): T.titan.txt or T_segs.txt with copies per segment, T.params.txt beside it; 1-based closed.

Copy_Number ends at the largest state of the run (8 by default); Corrected_Copy_Number, where the file has it, does not.
"""

from __future__ import annotations

import re

from refractor.copynumber.importers.importer import Beside, Importer, Layout, Source, columns, profile_of
from refractor.copynumber.importers.purity_beside import from_lines, imported
from refractor.copynumber.importers.segment_table import SegmentColumns, are_whole, segments_of
from refractor.copynumber.segments import CopyNumberProfile

LARGEST_STATE = 8.0
"""maxCN of TITAN's scripts; runs with fewer states are known by the largest number in the file."""

_ENDINGS = (
    ".titan.ichor.seg.txt",
    ".titan.ichor.segs.txt",
    ".segs.txt",
    "_segs.txt",
    ".seg.txt",
    ".titan.txt",
)
_PARAMS = (".params.txt", "_params.txt")
_PURITY_BESIDE = Beside(_ENDINGS, _PARAMS)
_LINES = {
    "normal": re.compile(r"^Normal contamination estimate:\s*(\S+)"),
    "ploidy": re.compile(r"^Average tumou?r ploidy estimate:\s*(\S+)"),
}
_BP = ("start_position(bp)", "end_position(bp)")
_R = ("start_position.bp.", "end_position.bp.")
_SHORT = ("start", "end")


def read(source: Source) -> CopyNumberProfile:
    """The profile of TITAN's segments."""
    names = set(source.table.columns)
    bounds = next(pair for pair in (_BP, _R, _SHORT) if set(pair) <= names)
    layout = SegmentColumns(
        ("chromosome", *bounds),
        sample="sample",
        total=("corrected_copy_number", "copy_number"),
        minor=("corrected_minorcn", "minorcn"),
        log2="median_logr",
    )
    cells, segments = segments_of(source, layout)
    told = from_lines(source.beside(_PURITY_BESIDE), cells.problems, _LINES)
    cells.problems.raise_if_any()
    purity = 1 - told["normal"] if told.get("normal", 1.0) < 1 else None
    capped = None
    if "corrected_copy_number" not in names:
        capped = max([LARGEST_STATE, *(segment.copy_number or 0.0 for segment in segments)])
    return profile_of(
        "titan",
        cells,
        segments,
        integers=are_whole(segments),
        capped_at=capped,
        purity_ploidy=imported("TITAN", purity, told.get("ploidy")),
    )


_COPIES = columns("Chromosome", "Copy_Number", "TITAN_call")

IMPORTER = Importer(
    "titan",
    "TitanCNA 1",
    "the table of segments with columns Chromosome Start End Median_logR TITAN_call Copy_Number",
    tuple(Layout(has=_COPIES | frozenset(pair), read=read) for pair in (_BP, _R, _SHORT)),
    copies="whole; at most 8 where Corrected_Copy_Number is missing",
    beside="T.params.txt",
    companions=(_PURITY_BESIDE,),
)
