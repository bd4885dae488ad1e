"""SEG (DNAcopy, IGV, cnvkit export seg): ID chrom loc.start loc.end num.mark seg.mean; 1-based, log2 ratios."""

from __future__ import annotations

from itertools import product

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

_CHROMOSOMES = ("chrom", "chr", "chromosome")
_BOUNDS = (("loc.start", "loc.end"), ("start", "end"), ("start.pos", "end.pos"))
_MEANS = (
    "seg.mean",
    "seg_mean",
    "segmean",
    "segment.mean",
    "mean_log2_ratio",
    "log2_ratio",
    "log2ratio",
    "log2.ratio",
)
_NUMBERS = ("num.mark", "num_mark", "num_probes", "n.probes", "nprobes", "probes")


def read_named_otherwise(source: Source) -> CopyNumberProfile:
    """The profile of a table of ratios with other names of the columns of a SEG file."""
    names = source.table.columns
    bounds = next(pair for pair in _BOUNDS if set(pair) <= set(names))
    layout = SegmentColumns(
        (next(name for name in _CHROMOSOMES if name in names), *bounds),
        sample=next((name for name in ("id", "sample", "sample_id") if name in names), ""),
        log2=next(name for name in _MEANS if name in names),
        n_windows=next((name for name in _NUMBERS if name in names), ""),
    )
    return read_ratios("seg", source, layout, reason="a SEG file holds no purity")


_OF_OTHERS = columns(
    "tcn", "tcn.em", "C", "copy.number", "seg.median.logr", "gene", "feature", "cnt", "segment_mean", "cn"
)

IMPORTER = Importer(
    "seg",
    "DNAcopy, IGV",
    "columns ID chrom loc.start loc.end num.mark seg.mean, or other names of these (chr, start, end, seg_mean, log2_ratio)",
    (
        Layout(has=_COLUMNS, lacks=columns("tcn", "tcn.em", "C"), read=read),
        *(
            Layout(has=frozenset({chromosome, *bounds, mean}), lacks=_OF_OTHERS, read=read_named_otherwise)
            for chromosome, bounds, mean in product(_CHROMOSOMES, _BOUNDS, _MEANS)
        ),
    ),
    copies="log2 ratios",
    notes="ratios around 1 are recognised over the whole genome and read as such; copies are refused",
)
