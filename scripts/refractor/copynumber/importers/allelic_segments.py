"""Major and minor copies per segment: `Chromosome Start End nMajor nMinor` (PCGR, exports of ASCAT).

1-based closed; whole copies; purity and ploidy are not in the file.
"""

from __future__ import annotations

from refractor.copynumber.importers.delimited import Problems, Row
from refractor.copynumber.importers.importer import Importer, Layout, Source, columns, in_order, profile_of
from refractor.copynumber.importers.number_cells import Cells
from refractor.copynumber.segments import CopyNumberProfile
from refractor.results.copy_number_tables import PurityPloidy, Segment


def read(source: Source) -> CopyNumberProfile:
    """The profile of an allelic segments file."""
    problems = Problems()
    cells = Cells(source.table, problems)
    found = [
        (row, segment)
        for row in source.table.rows
        if (segment := allelic_segment(cells, row, ("chromosome", "start", "end"))) is not None
    ]
    segments = in_order(found, cells)
    problems.raise_if_any()
    return profile_of(
        "allelic_segments",
        cells,
        segments,
        integers=are_whole(segments),
        purity_ploidy=PurityPloidy(reason="the file gives no purity"),
    )


def allelic_segment(cells: Cells, row: Row, place_columns: tuple[str, str, str]) -> Segment | None:
    """A segment from nMajor and nMinor; the total is their sum."""
    place = cells.interval(row, *place_columns, one_based=True)
    major = cells.number(row, "nmajor", minimum=0)
    minor = cells.number(row, "nminor", minimum=0)
    if place is None or major is None or minor is None:
        return None
    if minor > major:
        cells.fault(row, "nMinor", f"{minor:g} is more than nMajor {major:g}", "are the two columns swapped?")
    return Segment(
        chromosome=place[0], start=place[1], end=place[2], copy_number=major + minor, minor_copy_number=minor
    )


def are_whole(segments: tuple[Segment, ...]) -> bool:
    """Whether every known copy number is a whole number, as callers of allele-specific copies round them."""
    return all(segment.copy_number is None or segment.copy_number.is_integer() for segment in segments)


IMPORTER = Importer(
    "allelic_segments",
    "PCGR, exports of ASCAT",
    "columns Chromosome Start End nMajor nMinor",
    (Layout(has=columns("Chromosome", "Start", "End", "nMajor", "nMinor"), read=read),),
    copies="whole",
)
