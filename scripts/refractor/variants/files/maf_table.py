"""The rows of a MAF, each cell checked against what its column can hold.

Columns are found by name in any case. A value that cannot belong to its column is named, not guessed:
it gives away columns that are shifted.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from refractor.errors import Problem, VariantFileError
from refractor.genome.builds import BUILD_NAMES, CHROMOSOMES, GenomeBuild, bare_contig
from refractor.variants.files.build_fit import Place, build_that_fits, fits_of
from refractor.variants.files.vcf_checks import MAX_PROBLEMS
from refractor.variants.files.whole_file import BYTE_ORDER_MARK, fault, read_whole

_NEEDED: dict[str, tuple[str, ...]] = {
    "Chromosome": ("chromosome",),
    "Start_Position": ("start_position", "start"),
    "Reference_Allele": ("reference_allele", "ref"),
    "Tumor_Seq_Allele2": ("tumor_seq_allele2",),
}
_OPTIONAL: dict[str, tuple[str, ...]] = {
    "Tumor_Seq_Allele1": ("tumor_seq_allele1",),
    "End_Position": ("end_position", "end"),
    "NCBI_Build": ("ncbi_build",),
    "Tumor_Sample_Barcode": ("tumor_sample_barcode",),
    "Hugo_Symbol": ("hugo_symbol",),
    "t_ref_count": ("t_ref_count",),
    "t_alt_count": ("t_alt_count",),
    "t_depth": ("t_depth",),
    "n_ref_count": ("n_ref_count",),
    "n_alt_count": ("n_alt_count",),
    "n_depth": ("n_depth",),
    "Mutation_Status": ("mutation_status",),
    "FILTER": ("filter",),
    "HGVSp_Short": ("hgvsp_short", "protein_change"),
    "HGVSc": ("hgvsc",),
    "Transcript_ID": ("transcript_id", "annotation_transcript"),
    "Consequence": ("consequence", "one_consequence"),
}
_EMPTY = frozenset({"", ".", "NA", "N/A", "nan", "NaN", "null"})
_ALLELE = re.compile(r"[ACGTNacgtn]+|-")
_FAR_END = 1_000
"""Bases by which End_Position may miss the end of the reference allele: programs differ about indels."""
_COUNT = re.compile(r"[0-9]{1,15}(?:\.0+)?")


@dataclass(frozen=True, slots=True)
class MafRow:
    """One line of a MAF, its cells by the standard names; None where the cell is empty or the column absent."""

    line: int
    cells: dict[str, str | None]

    def get(self, name: str) -> str | None:
        """The cell of a column."""
        return self.cells.get(name)

    def count(self, name: str) -> int | None:
        """A read count."""
        value = self.cells.get(name)
        return None if value is None else int(float(value))

    @property
    def place(self) -> Place | None:
        """The row's allele: 0-based position, reference and variant bases, one of them empty for an indel.

        None where the row names no variant allele. Which of Tumor_Seq_Allele1 and 2 it is, is told by each row: the
        one that differs from Reference_Allele (GDC writes it into Allele2, MOAlmanac into Allele1).
        """
        ref = (self.get("Reference_Allele") or "-").upper().replace("-", "")
        alts = [(self.get(name) or "").upper() for name in ("Tumor_Seq_Allele2", "Tumor_Seq_Allele1")]
        variants = [alt.replace("-", "") for alt in alts if alt and alt.replace("-", "") != ref]
        if not variants or "N" in variants[0]:
            return None
        start = int(float(self.get("Start_Position") or 0))
        # An insertion's Start_Position is the base before it; a deletion's the first base removed.
        position = start if not ref else start - 1
        return bare_contig(self.get("Chromosome") or ""), position, ref, variants[0]


@dataclass(frozen=True, eq=False)
class MafFile:
    """A MAF that is whole; its rows are read and checked once, when they are first asked for."""

    path: Path

    @cached_property
    def rows(self) -> tuple[MafRow, ...]:
        """Every row of every tumour.

        Raises:
            VariantFileError: damaged, columns missing, or cells that cannot belong to their column; up to ten.
        """
        return tuple(_read_rows(self.path))

    @cached_property
    def stated_build(self) -> GenomeBuild | None:
        """The build that NCBI_Build names; None where it names none."""
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
        return build_that_fits(fits_of(place for row in self.rows if (place := row.place) is not None))


def names_maf_columns(start: bytes) -> bool:
    """Whether the first line that is no comment, in the first bytes of a file, names a MAF's columns."""
    for line in start.removeprefix(BYTE_ORDER_MARK).decode("utf-8", "replace").splitlines():
        if line and not line.startswith("#"):
            names = {name.strip().lower() for name in line.split("\t")}
            return {"reference_allele", "chromosome"} <= names or {"hugo_symbol", "chromosome"} <= names
    return False


def _read_rows(path: Path) -> list[MafRow]:
    """Every row, after every cell was found to belong to its column; else all faults at once."""
    raw = read_whole(path)
    if b"\x00" in raw:
        raise fault(path, "holds a zero byte", allowed="write it again")
    lines = io.StringIO(raw.decode("utf-8", "replace"), newline=None)
    reader = csv.reader((line for line in lines), delimiter="\t", quoting=csv.QUOTE_NONE, strict=False)
    header: list[str] | None = None
    rows, problems = [], []
    places: dict[str, int] = {}
    csv.field_size_limit(16_777_216)
    for number, cells in enumerate(reader, start=1):
        if not cells or (header is None and cells[0].startswith("#")):
            continue
        if header is None:
            header = cells
            places = _column_places(path, cells, number)
            continue
        row, faults = _checked_row(path, cells, places=places, n_columns=len(header), line=number)
        problems += faults
        if row is not None:
            rows.append(row)
        if len(problems) >= MAX_PROBLEMS:
            break
    if problems:
        raise VariantFileError(problems)
    return rows


def _column_places(path: Path, header: list[str], line: int) -> dict[str, int]:
    lower = [name.strip().lower() for name in header]
    places = {}
    for name, spellings in {**_NEEDED, **_OPTIONAL}.items():
        found = [index for index, spelled in enumerate(lower) if spelled in spellings]
        if found:
            places[name] = found[0]
    missing = [name for name in _NEEDED if name not in places]
    if missing:
        raise fault(
            path, f"columns missing: {', '.join(missing)}", line=line, allowed="a MAF with these columns"
        )
    return places


def _checked_row(
    path: Path, cells: list[str], *, places: dict[str, int], n_columns: int, line: int
) -> tuple[MafRow | None, list[Problem]]:
    """The row, or what is wrong with it. Values that cannot belong to their column are named, not guessed."""
    # Spreadsheets drop empty cells at the end of a row; none of the needed columns may be among them.
    if not max(places[name] for name in _NEEDED) < len(cells) <= n_columns:
        what = f"has {len(cells)} cells where the header has {n_columns}"
        return None, [Problem(path, what, line=line, allowed="columns may be shifted: write the row again")]
    values = {
        name: None if place >= len(cells) or cells[place].strip() in _EMPTY else cells[place].strip()
        for name, place in places.items()
    }
    problems = [
        Problem(path, _misplaced(value), line=line, column=name, allowed=allowed)
        for name, value in values.items()
        if (allowed := _why_not(name, value)) is not None
    ]
    if not problems and (far := _far_end(values)) is not None:
        allowed = "columns may be exchanged: End_Position is the last base of the reference allele"
        problems.append(Problem(path, far, line=line, column="End_Position", allowed=allowed))
    return (None if problems else MafRow(line, values)), problems


def _far_end(values: dict[str, str | None]) -> str | None:
    """What is wrong with an End_Position far from where the reference allele ends; None where it fits."""
    start, end = (int(float(values.get(name) or 0)) for name in ("Start_Position", "End_Position"))
    length = len((values.get("Reference_Allele") or "").replace("-", ""))
    if not end or abs(end - start + 1 - length) <= _FAR_END:
        return None
    return f"{end} is {end - start:,} after Start_Position {start}, where the reference allele has {length} bases"


def _misplaced(value: str | None) -> str:
    return "is empty" if value is None else f"{value!r} cannot belong here"


def _why_not(name: str, value: str | None) -> str | None:
    """What a cell of the column must hold, where `value` cannot be that; None where it can."""
    if value is None:
        return "a value is needed" if name in {"Chromosome", "Start_Position"} else None
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
    return _COUNT.fullmatch(value) is not None and value.isascii() and 0 < int(float(value)) < 2**31


def _is_allele(value: str) -> bool:
    return _ALLELE.fullmatch(value) is not None


def _is_count(value: str) -> bool:
    return _COUNT.fullmatch(value) is not None


def build_named(value: str) -> GenomeBuild | None:
    """The build that a cell of NCBI_Build names, with or without its patch (GRCh38.p14); None where it names none."""
    return BUILD_NAMES.get(re.sub(r"\.p\d+$", "", value.lower()))


def _is_build(value: str) -> bool:
    return build_named(value) is not None


_ALLELE_RULE = (_is_allele, "letters A, C, G, T, N, or - for none")
_POSITION_RULE = (_is_position, "a whole number from 1")
_COUNT_RULE = (_is_count, "a number of reads")
_BELONGS: dict[str, tuple[Callable[[str], bool], str]] = {
    "Chromosome": (_is_chromosome, "1 to 22, X, Y or MT, with or without chr"),
    "Start_Position": _POSITION_RULE,
    "End_Position": _POSITION_RULE,
    "Reference_Allele": _ALLELE_RULE,
    "Tumor_Seq_Allele1": _ALLELE_RULE,
    "Tumor_Seq_Allele2": _ALLELE_RULE,
    "NCBI_Build": (_is_build, ", ".join(BUILD_NAMES)),
    **dict.fromkeys(
        ("t_ref_count", "t_alt_count", "t_depth", "n_ref_count", "n_alt_count", "n_depth"), _COUNT_RULE
    ),
}
"""What a cell of each checked column can be, and how to say so."""
