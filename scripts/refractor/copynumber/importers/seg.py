"""SEG (DNAcopy, IGV, cnvkit export seg): ID chrom loc.start loc.end num.mark seg.mean; 1-based, log2 ratios."""

from __future__ import annotations

from refractor.copynumber.importers.delimited import Problems, Row
from refractor.copynumber.importers.importer import (
    Importer,
    Layout,
    Source,
    columns,
    in_order,
    profile_of,
    rows_of_sample,
)
from refractor.copynumber.importers.number_cells import Cells
from refractor.copynumber.segments import CopyNumberProfile
from refractor.results.copy_number_tables import PurityPloidy, Segment


def read(source: Source) -> CopyNumberProfile:
    """The profile of a SEG file: ratios, no copies."""
    problems = Problems()
    cells = Cells(source.table, problems)
    found = [
        (row, segment)
        for row in rows_of_sample(source.table, "id", source.sample)
        if (segment := _segment(cells, row)) is not None
    ]
    segments = in_order(found, cells)
    means = [segment.log2_ratio for segment in segments if segment.log2_ratio is not None]
    if len(means) > 1 and min(means) >= 0 and sum(means) / len(means) > 1:
        cells.fault(
            None,
            "seg.mean",
            "no value is negative and their mean is over 1: these are copies, not log2 ratios",
            "give log2 ratios in seg.mean, or the copies as allelic_segments",
        )
    problems.raise_if_any()
    return profile_of("seg", cells, segments, purity_ploidy=PurityPloidy(reason="a SEG file holds no purity"))


def _segment(cells: Cells, row: Row) -> Segment | None:
    place = cells.interval(row, "chrom", "loc.start", "loc.end", one_based=True)
    ratio = cells.optional_number(row, "seg.mean")
    if place is None:
        return None
    return Segment(
        chromosome=place[0],
        start=place[1],
        end=place[2],
        copy_number=None,
        minor_copy_number=None,
        log2_ratio=ratio,
        n_windows=cells.count(row, "num.mark"),
    )


_COLUMNS = columns("chrom", "loc.start", "loc.end", "seg.mean")

EXPORTED_SEG = Layout(has=_COLUMNS, read=read, stated_only=True)
"""For the importers of callers that can export SEG."""

IMPORTER = Importer(
    "seg",
    "DNAcopy, IGV",
    "columns ID chrom loc.start loc.end num.mark seg.mean",
    (Layout(has=_COLUMNS, lacks=columns("tcn", "tcn.em"), read=read),),
    copies="log2 ratios",
)
