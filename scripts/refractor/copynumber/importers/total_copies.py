"""Tables of total copies per segment under the usual names, of pipelines without a format of their own; 1-based closed."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np

from refractor.copynumber.importers.importer import Importer, Layout, Source, columns
from refractor.copynumber.importers.ratios import LINEAR_MEDIAN, typical_value
from refractor.copynumber.importers.seg import read_ratios
from refractor.copynumber.importers.segment_table import SegmentColumns, simple_profile
from refractor.copynumber.segments import CopyNumberProfile, covers_genome
from refractor.results.copy_number_tables import PurityPloidy

_CHROMOSOMES = ("chromosome", "chrom", "chr", "seqnames")
_BOUNDS = (
    ("start", "end"),
    ("startpos", "endpos"),
    ("start_position", "end_position"),
    ("loc.start", "loc.end"),
)
_TOTALS = ("total_cn", "total_copy_number", "total_copies", "copy_number", "copynumber", "tcn", "cn")
_MINORS = ("minor_cn", "minor_copy_number", "minor_copies", "lcn")
_OF_OTHERS = columns(
    "log2", "gene", "gene_name", "gdc_aliquot", "nmajor", "cnlr.median", "titan_call", "copynumber_state",
    "minorallelecopynumber", "bafcount", "observedbaf", "segmentstartsupport", "method", "tcn.em", "status",
    "segment_mean", "seg.mean", "tumorcopynumber", "minoralleleploidy", "medianratio",
)  # fmt: skip


def read(source: Source) -> CopyNumberProfile:
    """The profile of a table of total copies, with those of the lesser allele where a column gives them."""
    names = set(source.table.columns)
    chromosome = next(name for name in _CHROMOSOMES if name in names)
    bounds = next(pair for pair in _BOUNDS if set(pair) <= names)
    layout = SegmentColumns(
        (chromosome, *bounds),
        sample=next((name for name in ("sample", "sample_id", "id") if name in names), ""),
        total=tuple(name for name in _TOTALS if name in names),
        minor=tuple(name for name in _MINORS if name in names),
    )
    reason = "the table gives no purity"
    profile = simple_profile("total_copies", source, layout, purity=PurityPloidy(reason=reason))
    known = [segment for segment in profile.segments if segment.copy_number is not None]
    values = np.array([segment.copy_number for segment in known], dtype=np.float64)
    if profile.integers or not covers_genome(profile.segments):
        return profile
    if not LINEAR_MEDIAN[0] <= typical_value(known, values) <= LINEAR_MEDIAN[1]:
        return profile
    ratios = replace(layout, total=(), minor=(), log2=next(name for name in layout.total if name in names))
    return read_ratios(
        "total_copies", source, ratios, reason=f"{reason}, and its copies lie around 1: they are ratios"
    )


IMPORTER = Importer(
    "total_copies",
    "any",
    "columns chromosome (chrom, chr) start end total_cn (total_copy_number, copy_number, tcn, cn), minor_cn optional",
    tuple(
        Layout(has=frozenset({chromosome, *bounds, total}), lacks=_OF_OTHERS, read=read)
        for chromosome, bounds, total in product(_CHROMOSOMES, _BOUNDS, _TOTALS)
        if not (chromosome == "chromosome" and total == "copynumber")
    ),
    copies="absolute, as the table has them",
    notes="whether purity was accounted for is not known from the file; fractions around 1 over the whole genome are read as ratios",
)
