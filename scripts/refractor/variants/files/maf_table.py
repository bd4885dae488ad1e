"""The rows of a MAF, or of another table of mutations, each cell checked against what its column can hold.

A value that cannot belong to its column is named, not guessed: it gives away columns that are shifted.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path

from refractor.errors import Problem, VariantFileError
from refractor.files.divided import LINE_COLUMN, Part, cells_of_row, part_at, text_lines
from refractor.genome.builds import BUILD_NAMES, CHROMOSOMES, GenomeBuild, bare_contig
from refractor.variants.files.build_fit import build_that_fits, fits_of
from refractor.variants.files.maf_columns import (
    PLACE,
    column_places,
    delimiter_of,
    is_percent_column,
    names_changes,
)
from refractor.variants.files.maf_lines import table_lines
from refractor.variants.files.maf_row import EMPTY_CELLS, MafRow, fraction_number
from refractor.variants.files.vcf_checks import MAX_PROBLEMS
from refractor.variants.files.whole_file import fault, opened_whole
from refractor.variants.files.wide_findings import findings_of_row, gene_columns

_BUILD_SUFFIX = re.compile(r"[-._ ](?!.*(?:t2t|chm13)).*$")
"""After a build's name: its patch (GRCh38.p14), a word for its choice of contigs (GRCh37-lite, hg38_noalt)."""
_ALLELE = re.compile(r"[ACGTNRYSWKMBDHVacgtnryswkmbdhv]+|-+")
_SEQUENCED = re.compile(r"#\s*sequenced_samples:(.*)", re.I)
MOST_BROKEN_SHARE = 0.01
"""Share of rows with a cell that cannot be (and never more than one of a few rows) that costs these rows, not the file."""
_FAR_END = 1_000
"""Bases by which End_Position may miss the end of the reference allele: programs differ about indels."""
_COMPOSITE = re.compile(r"((?:chr)?(?:[0-9]{1,2}|[XY])):([0-9]+)(?:-[0-9]+)?", re.I)
_WHOLE = re.compile(r"[0-9]{1,15}(?:\.0+)?")
"""A whole number, also as pandas writes it (60.0)."""
_ROUND = re.compile(r"[1-9](?:\.[0-9]{1,8})?[eE]\+?0?[0-9]")
"""A round number as R writes it (1e+05); of a position it may be one that a spreadsheet has rounded."""


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row with cells that cannot belong to their column: what its sound cells say of its place, and the faults."""

    row: MafRow
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class MafTable:
    """The rows of a MAF; `others` counts those that are no small variants (fusions, copy numbers)."""

    rows: tuple[MafRow, ...]
    broken: tuple[BrokenRow, ...] = ()
    others: int = 0
    percent: bool = False
    """Whether the allele fractions are percentages: told by one above 1."""


@dataclass(frozen=True, eq=False)
class MafFile:
    """A MAF that is whole; its rows are read and checked once, when they are first asked for.

    `source` is the file that is read; of a part of a divided table `path` is that table.
    """

    source: Path
    given: MafTable | None = None
    """Rows that were read already, of one tumour of a study; None: they are read from the path."""

    @cached_property
    def part(self) -> Part | None:
        """Of which table the file is the part; None of a file by itself."""
        return part_at(self.source, VariantFileError)

    @property
    def path(self) -> Path:
        """The file that the sheet names."""
        return self.source if self.part is None else self.part.table

    @cached_property
    def table(self) -> MafTable:
        """The rows of small variants of every tumour, and what else the file holds.

        Raises:
            VariantFileError: damaged, columns missing, rows of another width, or more than MOST_BROKEN_SHARE of the
                rows with cells that cannot belong to their column; up to ten.
        """
        if self.given is not None:
            return self.given
        if self.part is None:
            return _read_table(self.source, self.path)
        percent = bool(self.part.facts.get("percent"))
        if not self.part.is_there:
            return MafTable((), percent=percent)
        return replace(_read_table(self.source, self.path), percent=percent)

    @cached_property
    def sequenced(self) -> frozenset[str]:
        """The tumours that a comment above the table lists as sequenced (cBioPortal: `#sequenced_samples:`)."""
        names: set[str] = set()
        for line in text_lines(self.path, VariantFileError):
            if line.strip() and not line.startswith("#"):
                break
            told = _SEQUENCED.match(line)
            names.update(told[1].split() if told is not None else ())
        return frozenset(names)

    @property
    def rows(self) -> tuple[MafRow, ...]:
        """The rows of small variants of every tumour that could be read."""
        return self.table.rows

    @property
    def names_places(self) -> bool:
        """Whether any row has a place and alleles: else the file is of no build."""
        return not self.rows or any(row.names_alleles for row in self.rows)

    @cached_property
    def stated_build(self) -> GenomeBuild | None:
        """The build that NCBI_Build names; None where it names none."""
        if self.part is not None:
            return _build_of(self.part.facts.get("stated_build"))
        builds: dict[GenomeBuild, MafRow] = {}
        for row in self.rows:
            value = row.get("NCBI_Build")
            if value is not None and (named := build_named(value)) is not None:
                builds.setdefault(named, row)
        if len(builds) > 1:
            lines = ", ".join(f"{build} (line {row.line})" for build, row in builds.items())
            raise fault(self.path, f"NCBI_Build names two builds: {lines}", allowed="one build a file")
        return next(iter(builds), None)

    @cached_property
    def build(self) -> GenomeBuild | None:
        """The build by NCBI_Build, else by the alleles; None where neither tells."""
        if self.stated_build is not None:
            return self.stated_build
        if self.part is not None:
            return _build_of(self.part.facts.get("build"))
        return build_that_fits(fits_of(place for row in self.rows if (place := row.place) is not None))


def _build_of(name: str | None) -> GenomeBuild | None:
    return None if name is None else GenomeBuild(name)


def _read_table(source: Path, path: Path) -> MafTable:
    """The rows of `source`; `path` is the file that its faults are said of."""
    rows: list[MafRow] = []
    broken: list[BrokenRow] = []
    others, percent = 0, False
    with opened_whole(source) as handle:
        lines, above = table_lines(handle, path)
        for row, named_percent in _rows_of(lines, path, above=above):
            percent = named_percent
            if not row.is_small_variant:
                others += 1
            elif problems := faults_of_row(path, row):
                broken.append(BrokenRow(row, tuple(problems)))
            else:
                rows.append(row)
    if broken and (not rows or len(broken) > max(1, MOST_BROKEN_SHARE * len(rows))):
        raise VariantFileError([problem for one in broken for problem in one.problems][:MAX_PROBLEMS])
    return MafTable(tuple(rows), tuple(broken), others, is_percent(rows) or percent)


def _rows_of(lines: Iterator[str], path: Path, *, above: int) -> Iterator[tuple[MafRow, bool]]:
    """Each row by the standard names, and whether the header says that fractions are percentages."""
    comments = []
    first = ""
    for first in lines:
        if first.strip() and not first.startswith("#"):
            break
        comments.append(first)
    delimiter = delimiter_of(first)
    reader = csv.reader(
        chain([first], lines),
        delimiter=delimiter,
        quoting=csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL,
        strict=False,
    )
    header: list[str] | None = None
    places: dict[str, int] = {}
    genes: dict[int, str] = {}
    for cells in reader:
        if not any(cell.strip() for cell in cells) or cells[0].startswith("#"):
            continue  # comments also stand between rows where files were put together
        line = above + len(comments) + reader.line_num
        if header is None:
            header = cells
            genes = {} if names_changes(cells) else gene_columns(cells)
            places = {} if genes else column_places(path, cells, line=line)
            continue
        line = int(cells[-1]) if header[-1] == LINE_COLUMN else line
        if genes:
            found = list(findings_of_row(header, cells, genes, line=line))
        else:
            found = [row_of(path, cells, places=places, header=header, line=line)]
        percent = says_percent(header, places)
        yield from ((part, percent) for one in found if not one.is_empty for part in one.parted())


def says_percent(header: Sequence[str], places: dict[str, int]) -> bool:
    """Whether the name of the column of fractions says that they are percentages."""
    return "t_fraction" in places and is_percent_column(header[places["t_fraction"]])


def is_percent(rows: Sequence[MafRow]) -> bool:
    """Whether any allele fraction is above 1, so that all of the column are percentages."""
    fractions = (row.get("t_fraction") for row in rows)
    return any(
        value is not None and not value.endswith("%") and (fraction_number(value) or 0.0) > 1
        for value in fractions
    )


def row_of(path: Path, cells: list[str], *, places: dict[str, int], header: list[str], line: int) -> MafRow:
    """The cells by the standard names; a VariantFileError for a row of another width than the header."""
    cells = cells_of_row(header, cells)
    # Spreadsheets drop empty cells at the end of a row; none of the needed columns may be among them.
    needed = [places[name] for name in PLACE if name in places]
    if not max(needed, default=0) < len(cells) <= len(header):
        what = f"has {len(cells)} cells where the header has {len(header)}"
        raise fault(path, what, line=line, allowed="columns may be shifted: write the row again")
    values = {
        name: None
        if place >= len(cells) or (cell := _bare(cells[place])) in EMPTY_CELLS
        else sys.intern(cell)
        for name, place in places.items()
    }
    placed = _COMPOSITE.fullmatch(values.get("Start_Position") or "")
    if placed is not None:  # chr12:25398284, with its chromosome in one cell
        values["Start_Position"] = placed[2]
        if values.get("Chromosome") is None:
            values["Chromosome"] = placed[1]
    return MafRow(line, values)


def _bare(cell: str) -> str:
    """A cell without blanks and without the quotes that R writes."""
    return cell.strip().strip('"').strip()


def faults_of_row(path: Path, row: MafRow) -> list[Problem]:
    """Values that cannot belong to their column: named, not guessed."""
    problems = [
        Problem(path, _misplaced(value), line=row.line, column=name, allowed=allowed)
        for name, value in row.cells.items()
        if (allowed := _why_not(name, value, row)) is not None
    ]
    if not problems and (far := _far_end(row.cells)) is not None:
        allowed = "columns may be exchanged: End_Position is the last base of the reference allele"
        problems.append(Problem(path, far, line=row.line, column="End_Position", allowed=allowed))
    return problems


def _far_end(values: dict[str, str | None]) -> str | None:
    """What is wrong with an End_Position far from where the reference allele ends; None where it fits."""
    start, end = (int(float(values.get(name) or 0)) for name in ("Start_Position", "End_Position"))
    length = len((values.get("Reference_Allele") or "").replace("-", ""))
    if not end or not start or abs(end - start + 1 - length) <= _FAR_END:
        return None
    return f"{end} is {end - start:,} after Start_Position {start}, where the reference allele has {length} bases"


def _misplaced(value: str | None) -> str:
    return "is empty" if value is None else f"{value!r} cannot belong here"


def _why_not(name: str, value: str | None, row: MafRow) -> str | None:
    """What a cell of the column must hold, where `value` cannot be that; None where it can."""
    if value is None:
        needed = name in {"Chromosome", "Start_Position"} and row.gene is None
        return "a value is needed" if needed else None
    if name == "t_fraction" and not row.names_alleles:
        return None  # people write ~30% and <1% into reports: the fraction alone is lost
    fits, allowed = _BELONGS.get(name, (_anything, ""))
    return None if fits(value) else allowed


def _anything(_: str) -> bool:
    return True


def _is_other_contig(name: str) -> bool:
    return bool(
        re.fullmatch(r"(?:chr)?(?:GL|KI|Un|JH|HG|HLA|NT_|NW_|M\b)[\w.:*-]*|\w+_(?:random|alt|fix)", name)
    )


def _is_chromosome(value: str) -> bool:
    return bare_contig(value) in {*CHROMOSOMES, "MT"} or _is_other_contig(value)


def _is_position(value: str) -> bool:
    # spreadsheets and pandas may write 140753336.0
    return _WHOLE.fullmatch(value) is not None and value.isascii() and 0 < int(float(value)) < 2**31


def _is_allele(value: str) -> bool:
    return _ALLELE.fullmatch(value) is not None


def _is_count(value: str) -> bool:
    return any(form.fullmatch(value) for form in (_WHOLE, _ROUND)) and float(value).is_integer()


def build_named(value: str) -> GenomeBuild | None:
    """The build that a cell of NCBI_Build names; None where it names none that is read."""
    return BUILD_NAMES.get(_BUILD_SUFFIX.sub("", value.lower()))


def _is_build(value: str) -> bool:
    return build_named(value) is not None


def _is_fraction(value: str) -> bool:
    return fraction_number(value) is not None


_ALLELE_RULE = (_is_allele, "letters of bases, or - for none")
_POSITION_RULE = (_is_position, "a whole number from 1")
_COUNT_RULE = (_is_count, "a number of reads")
_BELONGS: dict[str, tuple[Callable[[str], bool], str]] = {
    "Chromosome": (_is_chromosome, "1 to 22, X, Y or MT, with or without chr"),
    "Start_Position": _POSITION_RULE,
    "End_Position": _POSITION_RULE,
    "Reference_Allele": _ALLELE_RULE,
    "Tumor_Seq_Allele1": _ALLELE_RULE,
    "Tumor_Seq_Allele2": _ALLELE_RULE,
    "t_fraction": (_is_fraction, "a fraction 0-1, or percent"),
    "NCBI_Build": (_is_build, ", ".join(BUILD_NAMES)),
    **dict.fromkeys(
        ("t_ref_count", "t_alt_count", "t_depth", "n_ref_count", "n_alt_count", "n_depth"), _COUNT_RULE
    ),
}
"""What a cell of each checked column can be, and how to say so."""
