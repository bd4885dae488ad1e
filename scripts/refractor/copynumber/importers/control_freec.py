"""Control-FREEC: T_ratio.txt (windows with copies, over the whole genome), T_CNVs.p.value.txt or T_CNVs (changes only).

T_info.txt beside them gives ploidy and purity. Windows of one copy number and one median ratio in a row are a segment.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import pairwise, zip_longest

import numpy as np

from refractor.copynumber.importers.delimited import Problems, Row
from refractor.copynumber.importers.importer import (
    Beside,
    Importer,
    Layout,
    Source,
    columns,
    in_order,
    profile_of,
)
from refractor.copynumber.importers.number_cells import Cells
from refractor.copynumber.importers.purity_beside import from_lines, imported
from refractor.copynumber.importers.segment_table import SegmentColumns, segments_of
from refractor.copynumber.segments import CopyNumberProfile
from refractor.genome.builds import CONTIG_LENGTHS
from refractor.results.copy_number_tables import PurityPloidy, Segment

_ENDINGS = ("_ratio.txt", "_CNVs.p.value.txt", "_CNVs", ".p.value.txt")
_INFO = ("_info.txt", ".info.txt")
_PURITY_BESIDE = Beside(_ENDINGS, _INFO)
_LINES = {
    "purity": re.compile(r"^Sample_Purity\s+(\S+)"),
    "ploidy": re.compile(r"^Output_Ploidy\s+(\S+)"),
}
_CHANGES = SegmentColumns(("chr", "start", "end"), total=("copy number", "copy.number"))
_LARGEST_GAP = 5
"""Windows without data in a row beyond which a segment ends."""


def read_changes(source: Source) -> CopyNumberProfile:
    """The profile of the list of changes: nothing of the whole genome can be worked out from it."""
    cells, segments = segments_of(source, _CHANGES)
    purity = _purity(source, cells.problems)
    cells.problems.raise_if_any()
    notes = ("the list leaves out what is unchanged; T_ratio.txt has the whole genome",)
    return profile_of(
        "control_freec", cells, segments, notes=notes, integers=True, purity_ploidy=purity, changes_only=True
    )


def read_windows(source: Source) -> CopyNumberProfile:
    """The profile of the windows of T_ratio.txt, those of one state in a row joined."""
    cells = Cells(source.table, Problems(), tolerant=True)
    windows = [found for row in source.table.rows if (found := _window(cells, row)) is not None]
    width = _width([segment for _, segment in windows])
    joined: list[tuple[Row, Segment]] = []
    for (row, first_base), following in zip_longest(windows, windows[1:]):
        is_last = following is None or following[1].chromosome != first_base.chromosome
        end = first_base.start + width
        window = replace(first_base, end=_within(first_base, end) if is_last else end)
        last = joined[-1][1] if joined else None
        if last is not None and _continues(last, window, width):
            joined[-1] = joined[-1][0], replace(last, end=window.end, n_windows=(last.n_windows or 0) + 1)
        else:
            joined.append((row, window))
    segments = in_order(joined, cells)
    purity = _purity(source, cells.problems)
    cells.problems.raise_if_any()
    return profile_of("control_freec", cells, segments, integers=True, purity_ploidy=purity)


def _within(window: Segment, end: int) -> int:
    """The end of a chromosome's last window, which is cut at that of the chromosome, of whichever build it lies on."""
    lengths = [of_build[window.chromosome] for of_build in CONTIG_LENGTHS.values()]
    return min([end, *(length for length in lengths if window.start < length < end)])


def _window(cells: Cells, row: Row) -> tuple[Row, Segment] | None:
    """A window that has a ratio (-1 marks those without), its end not yet known."""
    chromosome, start = cells.chromosome(row, "chromosome"), cells.position(row, "start")
    ratio, copies = cells.optional_number(row, "medianratio"), cells.copies(row, "copynumber")
    if chromosome is None or start is None or ratio is None or ratio < 0:
        return None
    log2 = math.log2(ratio) if ratio > 0 else None
    first = max(start - 1, 0)
    return row, Segment(
        chromosome=chromosome,
        start=first,
        end=first + 1,
        copy_number=copies,
        minor_copy_number=None,
        log2_ratio=log2,
        n_windows=1,
    )


def _width(windows: list[Segment]) -> int:
    """Bases of a window: the commonest step between neighbours."""
    steps = [b.start - a.start for a, b in pairwise(windows) if a.chromosome == b.chromosome]
    return max(1, int(np.median(steps))) if steps else 1


def _continues(last: Segment, window: Segment, width: int) -> bool:
    same = last.chromosome == window.chromosome and last.copy_number == window.copy_number
    return same and last.log2_ratio == window.log2_ratio and window.start - last.end <= _LARGEST_GAP * width


def _purity(source: Source, problems: Problems) -> PurityPloidy:
    told = from_lines(source.beside(_PURITY_BESIDE), problems, _LINES)
    return imported("Control-FREEC", told.get("purity"), told.get("ploidy"))


IMPORTER = Importer(
    "control_freec",
    "Control-FREEC 11",
    "T_ratio.txt (Chromosome Start Ratio MedianRatio CopyNumber), T_CNVs.p.value.txt, or T_CNVs without a header",
    (
        Layout(has=columns("Chromosome", "Start", "Ratio", "MedianRatio", "CopyNumber"), read=read_windows),
        Layout(has=columns("chr", "start", "end", "copy number", "status"), read=read_changes),
        Layout(has=columns("chr", "start", "end", "copy.number", "status"), read=read_changes),
    ),
    copies="whole",
    beside="T_info.txt",
    companions=(_PURITY_BESIDE,),
    notes="the list of changes gives no ploidy of its own; windows of one state in a row are joined",
)
