"""Wakhan: copies per haplotype from long reads (bed_output/..._HP_1.bed and _HP_2.bed, or both in one profile).

0-based half-open; the header is a comment. Purity and ploidy stand in the name, PLOIDY_PURITY_CONFIDENCE.
"""

from __future__ import annotations

import re
from pathlib import Path

from refractor.copynumber.importers.delimited import Problems, read_delimited
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
from refractor.copynumber.importers.purity_beside import imported
from refractor.copynumber.importers.segment_table import SegmentColumns, are_whole, segment_of
from refractor.copynumber.segments import CopyNumberProfile
from refractor.errors import CopyNumberFileError, Problem
from refractor.results.copy_number_tables import PurityPloidy, Segment

_PLACE = ("chr", "start", "end")
_ONE = SegmentColumns(_PLACE, one_based=False, total=("copynumber_state",))
_BOTH = ("hp1_copynumber_state", "hp2_copynumber_state")
_SOLUTION = re.compile(r"(?:^|[_/])(\d+\.\d+)_(\d\.\d+)_(\d\.\d+)(?=[_/.]|$)")
_SECOND_BESIDE = Beside(("HP_1.bed",), ("HP_2.bed",))
_FIRST_BESIDE = Beside(("HP_2.bed",), ("HP_1.bed",))


def read(source: Source) -> CopyNumberProfile:
    """The profile of the copies of both haplotypes, the other one's file found beside; of one file where unphased."""
    cells, segments = _segments(source)
    if source.path.name.removesuffix(".gz").endswith(("HP_1.bed", "HP_2.bed")):
        other = source.beside(_SECOND_BESIDE) or source.beside(_FIRST_BESIDE)
        if other is None:
            raise CopyNumberFileError(
                Problem(
                    source.path,
                    "holds one haplotype only",
                    allowed="put HP_1.bed and HP_2.bed of it side by side",
                )
            )
        second, of_other = _segments(Source(read_delimited(other), source.sample))
        second.problems.raise_if_any()
        segments = sum_of_haplotypes(segments, of_other)
    cells.problems.raise_if_any()
    return profile_of(
        "wakhan", cells, segments, integers=are_whole(segments), purity_ploidy=_purity(source.path)
    )


def read_both(source: Source) -> CopyNumberProfile:
    """The profile of a table with the copies of both haplotypes a row."""
    layout = SegmentColumns(_PLACE, one_based=False, major=_BOTH[0], minor=(_BOTH[1],))
    cells = Cells(source.table, Problems(), tolerant=True)
    found = []
    for row in source.table.rows:
        first, second = cells.copies(row, _BOTH[0]), cells.copies(row, _BOTH[1])
        place = cells.interval(row, *layout.place, one_based=False)
        if place is not None:
            found.append((row, _with_haplotypes(place, first, second)))
    segments = in_order(found, cells)
    cells.problems.raise_if_any()
    return profile_of(
        "wakhan", cells, segments, integers=are_whole(segments), purity_ploidy=_purity(source.path)
    )


def _segments(source: Source) -> tuple[Cells, tuple[Segment, ...]]:
    cells = Cells(source.table, Problems(), tolerant=True)
    found = [(row, s) for row in source.table.rows if (s := segment_of(cells, row, _ONE)) is not None]
    return cells, in_order(found, cells)


def sum_of_haplotypes(first: tuple[Segment, ...], second: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """Segments between all breakpoints of both haplotypes: total copies their sum, minor copies the lesser one."""
    found = []
    for left in first:
        for right in second:
            start, end = max(left.start, right.start), min(left.end, right.end)
            if left.chromosome == right.chromosome and start < end:
                place = (left.chromosome, start, end)
                found.append(_with_haplotypes(place, left.copy_number, right.copy_number))
    return tuple(sorted(found, key=lambda segment: (segment.chromosome, segment.start)))


def _with_haplotypes(place: tuple[str, int, int], first: float | None, second: float | None) -> Segment:
    known = first is not None and second is not None
    return Segment(
        chromosome=place[0],
        start=place[1],
        end=place[2],
        copy_number=(first or 0.0) + (second or 0.0) if known else None,
        minor_copy_number=min(first or 0.0, second or 0.0) if known else None,
    )


def _purity(path: Path) -> PurityPloidy:
    """From the name of the solution: ploidy, purity and confidence."""
    told = _SOLUTION.search(path.name) or _SOLUTION.search(str(path.parent))
    if told is None:
        return PurityPloidy(
            reason="the name of the file or its folder holds no solution PLOIDY_PURITY_CONFIDENCE"
        )
    ploidy, purity = float(told[1]), float(told[2])
    return imported("Wakhan", purity if 0 < purity <= 1 else None, ploidy if 0.5 <= ploidy <= 20 else None)


IMPORTER = Importer(
    "wakhan",
    "Wakhan 0.1 to 0.5",
    "T_PLOIDY_PURITY_CONFIDENCE_HP_1.bed (chr start end coverage copynumber_state confidence), HP_2 beside it",
    (
        Layout(has=columns("chr", "start", "end", "copynumber_state"), read=read),
        Layout(has=columns("chr", "start", "end", *_BOTH), lacks=columns("gene"), read=read_both),
    ),
    copies="whole, or absolute where subclonal",
    beside="the other haplotype",
    companions=(_SECOND_BESIDE, _FIRST_BESIDE),
)
