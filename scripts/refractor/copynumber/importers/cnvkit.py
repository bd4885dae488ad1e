"""CNVkit: segments (.cns), called segments (call.cns with cn); 0-based half-open.

A .cns holds log2 ratios: absolute copies need purity and ploidy. `cnvkit.py call` writes whole copies (cn),
but not whether it was told the purity; without it they are too near to the ploidy in an impure tumour.
"""

from __future__ import annotations

from refractor.copynumber.importers.delimited import Problems, Row
from refractor.copynumber.importers.importer import Importer, Layout, Source, columns, in_order, profile_of
from refractor.copynumber.importers.number_cells import Cells
from refractor.copynumber.importers.seg import EXPORTED_SEG
from refractor.copynumber.segments import CopyNumberProfile
from refractor.results.copy_number_tables import PurityPloidy, Segment

_CI95_IN_SD = 2 * 1.96
_PLACE = ("chromosome", "start", "end")


def read(source: Source) -> CopyNumberProfile:
    """The profile of a .cns or call.cns."""
    problems = Problems()
    cells = Cells(source.table, problems)
    called = "cn" in source.table.columns
    found = [(row, segment) for row in source.table.rows if (segment := _segment(cells, row)) is not None]
    segments = in_order(found, cells)
    problems.raise_if_any()
    reason = "cnvkit writes no purity"
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
        purity_ploidy=PurityPloidy(reason=reason),
    )


def _segment(cells: Cells, row: Row) -> Segment | None:
    place = cells.interval(row, *_PLACE, one_based=False)
    ratio = cells.optional_number(row, "log2")
    total = cells.optional_number(row, "cn", minimum=0)
    minor = cells.optional_number(row, "cn2", minimum=0)
    major = cells.optional_number(row, "cn1", minimum=0)
    low, high = cells.optional_number(row, "ci_lo"), cells.optional_number(row, "ci_hi")
    baf = cells.optional_number(row, "baf", minimum=0, maximum=1)
    if place is None:
        return None
    if minor is not None and major is not None:
        minor = min(minor, major)
    return Segment(
        chromosome=place[0],
        start=place[1],
        end=place[2],
        copy_number=total,
        minor_copy_number=minor,
        log2_ratio=ratio,
        baf=None if baf is None else max(baf, 1 - baf),
        n_windows=cells.count(row, "probes"),
        log2_ratio_sd=None if low is None or high is None else abs(high - low) / _CI95_IN_SD,
    )


IMPORTER = Importer(
    "cnvkit",
    "CNVkit 0.9",
    "SAMPLE.cns or SAMPLE.call.cns with columns chromosome start end gene log2 probes",
    (
        Layout(has=columns("chromosome", "start", "end", "log2", "probes"), read=read),
        Layout(has=columns("chromosome", "start", "end", "log2", "cn"), read=read),
        Layout(
            has=columns("chromosome", "start", "end", "log2", "depth"),
            lacks=columns("probes", "cn"),
            refusal="holds bins (.cnr), not segments; give the .cns that cnvkit segment made of it",
        ),
        EXPORTED_SEG,
    ),
    copies="log2 ratios; whole copies in call.cns",
)
