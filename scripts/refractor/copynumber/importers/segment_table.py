"""Tables with a segment a row: which column is what, and every row as a segment, tolerant where the programs are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from refractor.copynumber.importers.delimited import Problems, Row
from refractor.copynumber.importers.importer import Source, in_order, profile_of, rows_of_sample
from refractor.copynumber.importers.number_cells import Cells
from refractor.copynumber.segments import CopyNumberProfile
from refractor.results.copy_number_tables import PurityPloidy, Segment


@dataclass(frozen=True, slots=True)
class SegmentColumns:
    """The columns of a table of segments, lower case; those that a file lacks are left None in its segments.

    `place` is chromosome, start, end; `one_based`: bounds are 1-based closed, else 0-based half-open. Of `total` and
    `minor` the first column with a value counts; without `total` it is `major` + `minor`. `either_allele`: the minor
    column may hold the copies of either allele, the lesser one counts. `log2` is a log2 ratio.
    """

    place: tuple[str, str, str]
    one_based: bool = True
    sample: str = ""
    total: tuple[str, ...] = ()
    major: str = ""
    minor: tuple[str, ...] = ()
    log2: str = ""
    baf: str = ""
    n_windows: str = ""
    n_snps: str = ""
    either_allele: bool = False


def segments_of(
    source: Source, columns: SegmentColumns, change: Callable[[Row, Segment], Segment] | None = None
) -> tuple[Cells, tuple[Segment, ...]]:
    """The sample's segments along the genome, with the cells that count what was odd; `change` refines each."""
    cells = Cells(source.table, Problems(), tolerant=True)
    rows: Iterable[Row] = source.table.rows
    if columns.sample:
        rows = rows_of_sample(source.table, columns.sample, source.sample)
    found = []
    for row in rows:
        segment = segment_of(cells, row, columns)
        if segment is not None:
            found.append((row, segment if change is None else change(row, segment)))
    return cells, in_order(found, cells)


def segment_of(cells: Cells, row: Row, columns: SegmentColumns) -> Segment | None:
    """The segment of one row; None where its place cannot be read. Copies that cannot be read are None."""
    place = cells.interval(row, *columns.place, one_based=columns.one_based)
    if place is None:
        return None
    total, minor = allele_copies(cells, row, columns)
    return Segment(
        chromosome=place[0],
        start=place[1],
        end=place[2],
        copy_number=total,
        minor_copy_number=minor,
        log2_ratio=cells.optional_number(row, columns.log2),
        baf=cells.baf(row, columns.baf),
        n_windows=cells.count(row, columns.n_windows),
        n_snps=cells.count(row, columns.n_snps),
    )


def allele_copies(cells: Cells, row: Row, columns: SegmentColumns) -> tuple[float | None, float | None]:
    """Total copies and those of the lesser allele; exchanged alleles are put right and counted."""
    total = _first(cells, row, columns.total)
    minor = _first(cells, row, [name for name in columns.minor if row.cells.get(name) not in _NO_MINOR])
    column = next((name for name in columns.minor if name in cells.table.columns), "minor copies")
    if columns.major and not columns.total:
        major = cells.copies(row, columns.major)
        if major is None or minor is None:
            return None, None
        if minor > major:
            what = f"{minor:g} is more than {columns.major} {major:g}"
            cells.mend(row, column, "exchanged alleles", what, "are the two columns swapped?")
        return major + minor, min(major, minor)
    if total is not None and minor is not None and minor > total / 2:
        what = f"{minor:g} is more than half of the total, {total:g}"
        if minor > total:
            cells.fault(row, column, what, "are columns swapped?")
            return total, None
        if columns.either_allele:
            return total, total - minor
        cells.mend(row, column, "exchanged alleles", what, "are columns swapped?")
        return total, total - minor
    return total, minor


_NO_MINOR = frozenset({"-1", "-1.0"})
"""How tables write that the lesser allele is not known; no caller fits just this."""


def _first(cells: Cells, row: Row, names: Sequence[str]) -> float | None:
    """The first of the columns that has a value."""
    return next((value for name in names if (value := cells.copies(row, name)) is not None), None)


def are_whole(segments: tuple[Segment, ...]) -> bool:
    """Whether every known copy number is a whole number, as callers of allele-specific copies round them."""
    return all(segment.copy_number is None or segment.copy_number.is_integer() for segment in segments)


def simple_profile(
    name: str, source: Source, columns: SegmentColumns, *, purity: PurityPloidy, notes: tuple[str, ...] = ()
) -> CopyNumberProfile:
    """The profile of a table of segments that needs nothing else."""
    cells, segments = segments_of(source, columns)
    cells.problems.raise_if_any()
    whole = any(segment.copy_number is not None for segment in segments) and are_whole(segments)
    return profile_of(name, cells, segments, notes=notes, integers=whole, purity_ploidy=purity)
