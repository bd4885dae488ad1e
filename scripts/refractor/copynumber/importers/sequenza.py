"""Sequenza: segments.txt (CNt A B), with confints_CP.txt or alternative_solutions.txt beside it; 1-based.

Copies are whole and end at CNt.max of the run, mostly 7: a segment at the top may have more.
"""

from __future__ import annotations

import math
from dataclasses import replace

from refractor.copynumber.importers.delimited import Problems, Row
from refractor.copynumber.importers.importer import (
    Beside,
    Importer,
    Layout,
    Source,
    columns,
    companion_table,
    in_order,
    profile_of,
)
from refractor.copynumber.importers.number_cells import Cells
from refractor.copynumber.importers.segment_table import SegmentColumns, segment_of
from refractor.copynumber.segments import CopyNumberProfile
from refractor.results.copy_number_tables import PurityMethod, PurityPloidy, PurityStatus, Segment

CAPS = (7.0, 20.0)
"""CNt.max: 7 of the models, 20 of sequenza.results in version 3; the least that the file does not exceed."""

_RANGE_BESIDE = Beside(("segments.txt",), ("confints_CP.txt",))
_SOLUTIONS_BESIDE = Beside(("segments.txt",), ("alternative_solutions.txt",))


_COLUMNS = SegmentColumns(
    ("chromosome", "start.pos", "end.pos"),
    total=("cnt",),
    minor=("b",),
    n_windows="n.ratio",
    n_snps="n.baf",
)


def read(source: Source) -> CopyNumberProfile:
    """The profile of Sequenza segments."""
    cells = Cells(source.table, Problems(), tolerant=True)
    found = [(row, segment) for row in source.table.rows if (segment := _segment(cells, row)) is not None]
    segments = in_order(found, cells)
    purity = _purity(source, cells.problems)
    cells.problems.raise_if_any()
    most = max((segment.copy_number or 0.0 for segment in segments), default=0.0)
    cap: float | None = next((cap for cap in CAPS if most <= cap), most)
    notes: tuple[str, ...] = (f"Sequenza counts at most {cap:g} copies",)
    resolved = _with_top_state_resolved(segments, cap or most, purity)
    if resolved != segments:
        notes = (*notes, "copies of its top state are worked out from depth.ratio")
        if not any(segment.copy_number == cap for segment in resolved):
            cap = None
    return profile_of(
        "sequenza", cells, resolved, notes=notes, integers=True, capped_at=cap, purity_ploidy=purity
    )


def _with_top_state_resolved(
    segments: tuple[Segment, ...], cap: float, values: PurityPloidy
) -> tuple[Segment, ...]:
    """The segments, those in the top state with the copies that their depth gives where it gives more.

    depth.ratio over its mean is (p C + 2 (1-p)) / (p P + 2 (1-p)) in Sequenza's model (doi:10.1093/annonc/mdu479), with
    purity p and ploidy P; solved for C.
    """
    p, ploidy = values.purity, values.ploidy
    known = [
        (segment.length, 2**segment.log2_ratio) for segment in segments if segment.log2_ratio is not None
    ]
    if not p or not ploidy or not known:
        return segments
    mean = sum(length * ratio for length, ratio in known) / sum(length for length, _ in known)
    found = []
    for segment in segments:
        if segment.copy_number == cap and segment.log2_ratio is not None:
            depth = 2**segment.log2_ratio / mean * (p * ploidy + 2 * (1 - p))
            copies = (depth - 2 * (1 - p)) / p
            found.append(replace(segment, copy_number=copies) if copies > cap else segment)
        else:
            found.append(segment)
    return tuple(found)


def _segment(cells: Cells, row: Row) -> Segment | None:
    """The segment of a row; Bf is the lesser allele's share of the reads, sd.ratio that of N.ratio windows of depth."""
    segment = segment_of(cells, row, _COLUMNS)
    if segment is None:
        return None
    ratio = cells.optional_number(row, "depth.ratio", minimum=0)
    baf = cells.optional_number(row, "bf", minimum=0, maximum=1)
    spread, windows = cells.optional_number(row, "sd.ratio", minimum=0), segment.n_windows
    error = (
        spread / (ratio * math.log(2) * windows**0.5) if ratio and windows and spread is not None else None
    )
    return replace(
        segment,
        log2_ratio_sd=error,
        log2_ratio=math.log2(ratio) if ratio else None,
        baf=None if baf is None else max(baf, 1 - baf),
    )


def _purity(source: Source, problems: Problems) -> PurityPloidy:
    """Least, best and most of confints_CP.txt (three rows); else the first alternative solution."""
    table = companion_table(source.beside(_RANGE_BESIDE), problems, columns("cellularity", "ploidy.estimate"))
    if table is not None and len(table.rows) >= 3:
        cells, (low, best, high) = Cells(table, problems), table.rows[:3]
        return PurityPloidy(
            purity=cells.purity(best, "cellularity"),
            purity_low=cells.purity(low, "cellularity"),
            purity_high=cells.purity(high, "cellularity"),
            ploidy=cells.ploidy(best, "ploidy.estimate"),
            ploidy_low=cells.ploidy(low, "ploidy.estimate"),
            ploidy_high=cells.ploidy(high, "ploidy.estimate"),
            method=PurityMethod.IMPORTED,
            status=PurityStatus.OK,
            reason="Sequenza, confints_CP",
        )
    table = companion_table(source.beside(_SOLUTIONS_BESIDE), problems, columns("cellularity", "ploidy"))
    if table is not None:
        cells, best = Cells(table, problems), table.rows[0]
        return PurityPloidy(
            purity=cells.purity(best, "cellularity"),
            ploidy=cells.ploidy(best, "ploidy"),
            method=PurityMethod.IMPORTED,
            status=PurityStatus.OK,
            reason=f"Sequenza, first of {len(table.rows)} solutions",
        )
    return PurityPloidy(reason="no confints_CP.txt or alternative_solutions.txt beside the file")


IMPORTER = Importer(
    "sequenza",
    "Sequenza 2 and 3",
    "SAMPLE_segments.txt with columns chromosome start.pos end.pos Bf depth.ratio CNt A B",
    (Layout(has=columns("chromosome", "start.pos", "end.pos", "CNt"), read=read),),
    copies="whole; above the top state of 7 (20) by depth.ratio where purity and ploidy lie beside it",
    beside="T_confints_CP.txt, else T_alternative_solutions.txt",
    companions=(_RANGE_BESIDE, _SOLUTIONS_BESIDE),
)
