"""SEG (DNAcopy, IGV, cnvkit export seg): ID chrom loc.start loc.end num.mark seg.mean; 1-based, log2 ratios."""

from __future__ import annotations

from refractor.copynumber.importers.importer import Importer, Layout, Source, columns, profile_of
from refractor.copynumber.importers.ratios import with_log2_ratios
from refractor.copynumber.importers.segment_table import SegmentColumns, segments_of
from refractor.copynumber.segments import CopyNumberProfile
from refractor.results.copy_number_tables import PurityPloidy

_SEGMENTS = SegmentColumns(
    ("chrom", "loc.start", "loc.end"), sample="id", log2="seg.mean", n_windows="num.mark"
)


def read(source: Source) -> CopyNumberProfile:
    """The profile of a SEG file: ratios, no copies."""
    return read_ratios("seg", source, _SEGMENTS, reason="a SEG file holds no purity")


def read_ratios(name: str, source: Source, layout: SegmentColumns, *, reason: str) -> CopyNumberProfile:
    """The profile of a table of depth ratios under any column names, log2 or linear; `reason`: why no purity."""
    cells, found = segments_of(source, layout)
    segments, notes = with_log2_ratios(found, cells, column=layout.log2)
    cells.problems.raise_if_any()
    return profile_of(name, cells, segments, notes=notes, purity_ploidy=PurityPloidy(reason=reason))


_COLUMNS = columns("chrom", "loc.start", "loc.end", "seg.mean")

EXPORTED_SEG = Layout(has=_COLUMNS, read=read, stated_only=True)
"""For the importers of callers that can export SEG."""

IMPORTER = Importer(
    "seg",
    "DNAcopy, IGV",
    "columns ID chrom loc.start loc.end num.mark seg.mean",
    (Layout(has=_COLUMNS, lacks=columns("tcn", "tcn.em", "C"), read=read),),
    copies="log2 ratios",
    notes="ratios around 1 are recognised over the whole genome and read as such; copies are refused",
)
