"""CNVkit: segments (.cns), called segments (call.cns with cn); 0-based half-open.

A .cns holds log2 ratios: absolute copies need purity and ploidy. `cnvkit.py call` writes whole copies (cn),
but not whether it was told the purity; without it they are too near to the ploidy in an impure tumour.
"""

from __future__ import annotations

from dataclasses import replace

from refractor.copynumber.importers.delimited import Problems, Row
from refractor.copynumber.importers.importer import Importer, Layout, Source, columns, in_order, profile_of
from refractor.copynumber.importers.number_cells import Cells
from refractor.copynumber.importers.seg import EXPORTED_SEG
from refractor.copynumber.importers.segment_table import SegmentColumns, segment_of
from refractor.copynumber.segments import CopyNumberProfile
from refractor.results.copy_number_tables import PurityPloidy, Segment

_CI95_IN_SD = 2 * 1.96
_COLUMNS = SegmentColumns(
    ("chromosome", "start", "end"),
    one_based=False,
    total=("cn",),
    minor=("cn2",),
    log2="log2",
    baf="baf",
    n_windows="probes",
)


def read(source: Source) -> CopyNumberProfile:
    """The profile of a .cns or call.cns."""
    cells = Cells(source.table, Problems(), tolerant=True)
    called = "cn" in source.table.columns
    found = [(row, segment) for row in source.table.rows if (segment := _segment(cells, row)) is not None]
    segments = in_order(found, cells)
    cells.problems.raise_if_any()
    notes: tuple[str, ...] = ()
    if called:
        notes = (
            "whole copies as cnvkit call wrote them; the file does not say whether purity was accounted for",
        )
    return profile_of(
        "cnvkit",
        cells,
        segments,
        notes=notes,
        integers=called,
        purity_uncorrected=called,
        purity_ploidy=PurityPloidy(reason="cnvkit writes no purity"),
    )


def _segment(cells: Cells, row: Row) -> Segment | None:
    """The segment of a row, with the standard error of segmetrics: its interval's, sem, or stdev over the bins."""
    segment = segment_of(cells, row, _COLUMNS)
    if segment is None:
        return None
    low, high = cells.optional_number(row, "ci_lo"), cells.optional_number(row, "ci_hi")
    if low is not None and high is not None:
        return replace(segment, log2_ratio_sd=abs(high - low) / _CI95_IN_SD)
    error, spread = (cells.optional_number(row, name, minimum=0) for name in ("sem", "stdev"))
    if error is None and spread is not None and segment.n_windows:
        error = spread / segment.n_windows**0.5
    return replace(segment, log2_ratio_sd=error)


_OF_GENES = columns("p_bintest", "n_bins", "segment_probes", "segment_weight")

_GENEMETRICS = (
    "is of cnvkit genemetrics: genes over its threshold, with bins, not segments; give the .call.cns"
)

IMPORTER = Importer(
    "cnvkit",
    "CNVkit 0.9",
    "SAMPLE.cns or SAMPLE.call.cns with columns chromosome start end gene log2 probes",
    (
        Layout(
            has=columns("chromosome", "start", "end", "log2", "p_bintest"),
            refusal="is of cnvkit bintest: single bins that stand out, not the genome; give the .call.cns",
        ),
        *(
            Layout(
                has=columns("gene", "chromosome", "start", "end", "log2", column),
                refusal=_GENEMETRICS,
            )
            for column in ("n_bins", "segment_probes", "segment_weight")
        ),
        Layout(has=columns("gene", "chromosome", "start", "end", "log2"), first="gene", refusal=_GENEMETRICS),
        Layout(has=columns("chromosome", "start", "end", "log2", "probes"), lacks=_OF_GENES, read=read),
        Layout(has=columns("chromosome", "start", "end", "log2", "cn"), lacks=_OF_GENES, read=read),
        Layout(
            has=columns("chromosome", "start", "end", "log2", "depth"),
            lacks=columns("probes", "cn") | _OF_GENES,
            refusal="holds bins (.cnr), not segments; give the .cns that cnvkit segment made of it",
        ),
        EXPORTED_SEG,
    ),
    copies="log2 ratios; whole copies in call.cns",
    notes="negative cn becomes 0, counted; copies written without purity are bounded by what purity could make of them",
)
