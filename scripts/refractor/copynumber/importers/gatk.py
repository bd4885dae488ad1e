"""GATK ModelSegments: called.seg and modelFinal.seg (log2 copy ratios); 1-based, SAM-style header."""

from __future__ import annotations

from dataclasses import replace

from refractor.copynumber.importers.delimited import Problems, Row
from refractor.copynumber.importers.importer import Importer, Layout, Source, columns, in_order, profile_of
from refractor.copynumber.importers.number_cells import Cells
from refractor.copynumber.importers.ratios import with_log2_ratios
from refractor.copynumber.importers.seg import EXPORTED_SEG
from refractor.copynumber.importers.segment_table import SegmentColumns, segment_of
from refractor.copynumber.segments import CopyNumberProfile
from refractor.genome.builds import GenomeBuild, build_of_contigs
from refractor.results.copy_number_tables import PurityPloidy, Segment

_MEDIAN = "log2_copy_ratio_posterior_50"
_Q10_TO_Q90_IN_SD = 2 * 1.2816
_MEAN = "mean_log2_copy_ratio"
_COLUMNS = SegmentColumns(
    ("contig", "start", "end"), n_windows="num_points_copy_ratio", n_snps="num_points_allele_fraction"
)


def read(source: Source) -> CopyNumberProfile:
    """The profile of a called.seg or modelFinal.seg; build from the @SQ lines."""
    cells = Cells(source.table, Problems(), tolerant=True)
    found = [(row, segment) for row in source.table.rows if (segment := _segment(cells, row)) is not None]
    segments, notes = with_log2_ratios(in_order(found, cells), cells, column=_MEAN)
    cells.problems.raise_if_any()
    return profile_of(
        "gatk",
        cells,
        segments,
        notes=notes,
        build=_build(source.table.preamble),
        purity_ploidy=PurityPloidy(reason="GATK estimates no purity"),
    )


def _segment(cells: Cells, row: Row) -> Segment | None:
    segment = segment_of(cells, row, _COLUMNS)
    if segment is None:
        return None
    ratio = cells.optional_number(row, _MEDIAN if _MEDIAN in cells.table.columns else _MEAN)
    minor_fraction = cells.optional_number(row, "minor_allele_fraction_posterior_50", minimum=0, maximum=0.5)
    low = cells.optional_number(row, "log2_copy_ratio_posterior_10")
    high = cells.optional_number(row, "log2_copy_ratio_posterior_90")
    return replace(
        segment,
        log2_ratio=ratio,
        baf=None if minor_fraction is None else 1 - minor_fraction,
        log2_ratio_sd=None if low is None or high is None else abs(high - low) / _Q10_TO_Q90_IN_SD,
    )


def _build(preamble: tuple[str, ...]) -> GenomeBuild | None:
    lengths: dict[str, int] = {}
    for line in preamble:
        if not line.startswith("@SQ"):
            continue
        tags = dict(field.split(":", 1) for field in line.split("\t")[1:] if ":" in field)
        if "SN" in tags and tags.get("LN", "").isascii() and tags.get("LN", "").isdigit():
            lengths[tags["SN"]] = int(tags["LN"])
    return build_of_contigs(lengths)


IMPORTER = Importer(
    "gatk",
    "GATK 4 ModelSegments",
    "SAMPLE.called.seg or SAMPLE.modelFinal.seg with columns CONTIG START END ... LOG2_COPY_RATIO",
    (
        Layout(has=columns("CONTIG", "START", "END", "MEAN_LOG2_COPY_RATIO"), read=read),
        Layout(has=columns("CONTIG", "START", "END", "LOG2_COPY_RATIO_POSTERIOR_50"), read=read),
        Layout(
            has=columns("CONTIG", "START", "END", "LOG2_COPY_RATIO"),
            lacks=columns("NUM_POINTS_COPY_RATIO"),
            refusal="holds denoised bins, not segments; give SAMPLE.called.seg or SAMPLE.modelFinal.seg",
        ),
        EXPORTED_SEG,
    ),
    copies="log2 ratios",
    notes="build from the header; the posterior interval is carried",
)
