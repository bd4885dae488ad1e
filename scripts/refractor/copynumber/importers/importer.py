"""What an importer is: the layouts it recognises by their column names, and how it reads each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from refractor.copynumber.importers.delimited import DelimitedFile, Problems, Row, read_delimited
from refractor.copynumber.importers.number_cells import MAX_COPIES, Cells
from refractor.copynumber.segments import CopyNumberProfile
from refractor.errors import CopyNumberFileError, Problem
from refractor.genome.builds import SEX_CHROMOSOMES
from refractor.results.copy_number_tables import Segment
from refractor.results.quality import Quality, QualityStatus

N_AUTOSOMES = 22
MIN_LOG2_RATIO, MAX_LOG2_RATIO = -40.0, 10.0
"""Depth cannot differ so much: callers write -20 to -30 where there are no reads, and no amplicon has a thousand times
the usual depth."""
BOUNDARY_BP = 1
"""Neighbouring segments may share one base: some callers write a boundary to both."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A companion file of the same run: the table's name with one of `endings` replaced by one of `names`.

    Gzip suffixes are ignored on the table and tried on the companion.
    """

    endings: tuple[str, ...]
    names: tuple[str, ...]

    def of(self, path: Path) -> Iterator[Path]:
        """The companions that lie beside the table at `path`, the preferred first."""
        table = path.name.removesuffix(".gz")
        for name in self.names:
            for ending in self.endings:
                for suffix in ("", ".gz") if table.endswith(ending) else ():
                    candidate = path.with_name(table.removesuffix(ending) + name + suffix)
                    if candidate.is_file():
                        yield candidate


@dataclass(frozen=True, slots=True)
class Source:
    """The file to import, its table, and whose copies are wanted."""

    table: DelimitedFile
    sample: str

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return self.table.path

    def beside(self, companion: Beside) -> Path | None:
        """The companion that lies beside the file, None where there is none."""
        return next(companion.of(self.path), None)


@dataclass(frozen=True, slots=True)
class Layout:
    """One table an importer knows: recognised by the columns it has and lacks (lower case), and by the `first` one.

    `refusal` is set where the table is known and of no use: it says which file to give instead.
    `stated_only`: several callers write it, so it names its caller only where the sheet does.
    """

    has: frozenset[str]
    lacks: frozenset[str] = frozenset()
    read: Callable[[Source], CopyNumberProfile] | None = None
    refusal: str = ""
    stated_only: bool = False
    first: str = ""

    def matches(self, columns: tuple[str, ...]) -> bool:
        """Whether a header is of this layout."""
        begins = not self.first or columns[:1] == (self.first,)
        return begins and self.has <= set(columns) and not self.lacks & set(columns)


@dataclass(frozen=True, slots=True)
class Importer:
    """One foreign format, with all that the manual says of it (docs/formats.md is made from these).

    `name` is what the sheet's copy_number_caller holds; `program` its name and the versions whose headers were seen;
    `expects` names the files and columns, also for the reader of an error; `companions` the files of the same run that
    are found by name, all that its readers open, and `beside` these in words; `copies` what the numbers are; `notes`
    what is done with oddities.
    """

    name: str
    program: str
    expects: str
    layouts: tuple[Layout, ...]
    copies: str
    beside: str = ""
    notes: str = ""
    companions: tuple[Beside, ...] = ()


def columns(*names: str) -> frozenset[str]:
    """Column names as the layouts compare them."""
    return frozenset(name.lower() for name in names)


def rows_of_sample(table: DelimitedFile, column: str, sample: str) -> tuple[Row, ...]:
    """The rows of `sample` in a table that may hold several samples; all rows where it holds one.

    Raises:
        CopyNumberFileError: several samples, none of them called `sample`.
    """
    if column not in table.columns:
        return table.rows
    names = sorted({row.cells[column] for row in table.rows})
    if len(names) <= 1:
        return table.rows
    if sample not in names:
        raise CopyNumberFileError(
            Problem(
                table.path,
                f"holds {len(names)} samples, none called {sample}: {', '.join(names[:10])}",
                column=column,
                allowed="name the sample in the sheet as in the file, or give a file of this sample only",
            )
        )
    return tuple(row for row in table.rows if row.cells[column] == sample)


def in_order(segments: list[tuple[Row, Segment]], cells: Cells) -> tuple[Segment, ...]:
    """The segments along the genome; overlaps and empty or reversed ones are faults and left out."""
    kept = [
        (row, _plausible(cells, row, segment))
        for row, segment in segments
        if _has_length(cells, row, segment)
    ]
    ordered = sorted(kept, key=lambda item: (item[1].chromosome, item[1].start, item[1].end))
    overlapping: set[int] = set()
    last = -1
    for at, (row, segment) in enumerate(ordered):
        before = ordered[last][1] if last >= 0 else None
        if (
            before is not None
            and before.chromosome == segment.chromosome
            and segment.start < before.end - BOUNDARY_BP
        ):
            cells.fault(
                row,
                None,
                f"segment {segment.chromosome}:{segment.start}-{segment.end} overlaps {before.start}-{before.end}",
                "each base may have one copy number; is it one sample's file?",
            )
            overlapping |= {last, at}
            if before.end >= segment.end:
                continue
        last = at
    cells.settle()
    found = tuple(segment for at, (_, segment) in enumerate(ordered) if at not in overlapping)
    if not found and not cells.problems:
        cells.fault(None, None, "has no segment on a chromosome", "the file may be cut off: copy it again")
    return found


def _has_length(cells: Cells, row: Row, segment: Segment) -> bool:
    if segment.end > segment.start:
        return True
    what = f"segment {segment.chromosome}:{segment.start}-{segment.end} ends before it starts"
    cells.fault(row, None, what, "start must be before end; are two columns swapped?")
    return False


def _plausible(cells: Cells, row: Row, segment: Segment) -> Segment:
    """The segment without a number that cannot be."""
    if segment.copy_number is not None and segment.copy_number > MAX_COPIES:
        cells.fault(row, None, f"{segment.copy_number:g} copies", f"allowed: {MAX_COPIES:g} or less")
        segment = replace(segment, copy_number=None, minor_copy_number=None)
    if segment.log2_ratio is not None and not MIN_LOG2_RATIO <= segment.log2_ratio <= MAX_LOG2_RATIO:
        what = f"a log2 ratio of {segment.log2_ratio:g}"
        cells.fault(row, None, what, f"allowed: {MIN_LOG2_RATIO:g} to {MAX_LOG2_RATIO:g}")
        segment = replace(segment, log2_ratio=None)
    return segment


def companion_table(path: Path | None, problems: Problems, needs: frozenset[str]) -> DelimitedFile | None:
    """A companion's table with one row or more and the columns `needs`; its faults go to `problems`."""
    if path is None:
        return None
    try:
        table = read_delimited(path)
    except CopyNumberFileError as error:
        for problem in error.problems:
            problems.add(problem)
        return None
    if missing := sorted(needs - set(table.columns)):
        problems.add(Problem(path, "column missing", line=table.header_line, column=", ".join(missing)))
        return None
    if not table.rows:
        problems.add(Problem(path, "has no row", allowed="the file may be cut off: copy it again"))
        return None
    return table


def profile_of(
    importer: str,
    cells: Cells,
    segments: tuple[Segment, ...],
    *,
    notes: tuple[str, ...] = (),
    **rest: object,
) -> CopyNumberProfile:
    """The profile, with what every importer has to say of its table added to `notes` and the quality rows."""
    extra = []
    extra += [f"{count} {kind}" for kind, count in sorted((cells.clamped + cells.mended).items())]
    if cells.skipped_contigs:
        extra.append(f"left out {len(cells.skipped_contigs)} contigs that are no nuclear chromosome")
    quality = [
        Quality(
            metric="imported_segments",
            value=len(segments),
            status=QualityStatus.PASS,
            unit="segments",
            note=importer,
        )
    ]
    autosomes = {segment.chromosome for segment in segments}.difference(SEX_CHROMOSOMES)
    if segments:
        quality.append(
            Quality(
                metric="imported_autosomes",
                value=len(autosomes),
                status=QualityStatus.PASS if len(autosomes) == N_AUTOSOMES else QualityStatus.WARN,
                unit="chromosomes",
                note="the file may be cut off, or it leaves out chromosomes without a change"
                if len(autosomes) < N_AUTOSOMES
                else "",
            )
        )
    if without := _segments_without_value(segments):
        quality.append(
            Quality(
                metric="imported_segments_without_value",
                value=without,
                status=QualityStatus.WARN,
                unit="segments",
                note="the file has no value there: genes on them are not assessable",
            )
        )
    quality += _oddities(cells)
    if not cells.table.complete_last_line:
        quality.append(
            Quality(
                metric="imported_last_line_complete",
                value="no",
                status=QualityStatus.WARN,
                note="the last line does not end: the file may be cut off",
            )
        )
    profile = CopyNumberProfile(
        source=importer, build=None, segments=segments, notes=(*notes, *extra), quality=tuple(quality)
    )
    return replace(profile, **rest)  # type: ignore[arg-type]


def _oddities(cells: Cells) -> list[Quality]:
    """Rows of the quality table on what was put right, and on rows that were left out."""
    rows = []
    for kind, count in sorted((cells.clamped + cells.mended).items()):
        rows.append(
            Quality(
                metric="imported_values_corrected",
                value=count,
                status=QualityStatus.WARN,
                unit="values",
                note=kind,
            )
        )
    if cells.left_out:
        lines = len({problem.line for problem in cells.left_out})
        rows.append(
            Quality(
                metric="imported_rows_with_faults",
                value=lines,
                status=QualityStatus.WARN,
                unit="rows",
                note=f"their unreadable values are left out, the first: {cells.left_out[0]}",
            )
        )
    return rows


def _segments_without_value(segments: tuple[Segment, ...]) -> int:
    """How many segments lack what the file gives for others: copies, or in a file of ratios the ratio."""
    if any(segment.copy_number is not None for segment in segments):
        return sum(segment.copy_number is None for segment in segments)
    return sum(segment.log2_ratio is None for segment in segments)
