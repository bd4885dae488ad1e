"""What can be wrong with a VCF before any caller's field is looked at: damage, order, columns.

htslib stops in silence at a line it cannot parse, or reads on after printing to stderr; a text file is
therefore walked once, line by line, so that each fault is named with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pysam

from refractor.errors import Problem, VariantFileError
from refractor.files.bounded import MAX_TABLE_LINES
from refractor.genome.builds import bare_contig
from refractor.variants.files.vcf_header import FIXED_COLUMNS, MAX_HEADER_BYTES, VcfHeader, header_of_text
from refractor.variants.files.vcf_tidy import Untidiness, tidied
from refractor.variants.files.whole_file import BYTE_ORDER_MARK, fault, opened_whole

MAX_PROBLEMS = 10
MOST_BROKEN_SHARE = 0.01
"""Share of records with a cell that cannot be, up to which they are left out and the file is read."""
_CELLS_THAT_MAY_BREAK = frozenset({"REF", "ALT", "QUAL"})
_REF = re.compile(rb"[ACGTNacgtnRYSWKMBDHVryswkmbdhv]+")
_ALT = rb"(?:[ACGTNacgtnRYSWKMBDHVryswkmbdhv]+|\*|\.|<[^<>\s]+>|[^\s,]*[\[\]][^\s,]*|\.[A-Za-z]+|[A-Za-z]+\.)"
_ALTS = re.compile(_ALT + rb"(?:," + _ALT + rb")*")
_CONTIG = re.compile(rb"[0-9A-Za-z!#$%&+./:;?@^_|~-][0-9A-Za-z!#$%&*+./:;=?@^_|~-]*")
"""VCF 4.3, section 1.4.7."""
_QUAL = re.compile(rb"\.|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?:inf|nan)", re.I)
_MAX_POSITION = 2**31 - 2
_USUAL = re.compile(
    rb"[0-9A-Za-z_.]+\t[0-9]{1,9}\t[^\t\x00]+\t[ACGTN]+\t[ACGTN,]*[ACGTN]\t(?:\.|[0-9.]*[0-9])"
    rb"(?:\t[^\t\x00]+){2,}[\r\n]*"
)
"""A record as nearly all are: what it matches needs no closer look but at the number of its columns."""


def read_text_header(path: Path, handle: BinaryIO) -> VcfHeader:
    """The header of the text VCF that begins at `handle`; a VariantFileError that says what the file is instead."""
    meta: list[str] = []
    size = 0
    for number, raw in enumerate(iter(lambda: handle.readline(MAX_HEADER_BYTES), b""), start=1):
        size += len(raw)
        if number == 1:
            _require_fileformat(path, raw)
        if size > MAX_HEADER_BYTES:
            raise fault(path, "has no end of its header", line=number)
        line = _decoded(path, raw.removeprefix(BYTE_ORDER_MARK) if number == 1 else raw, number)
        if line.startswith("##"):
            meta.append(line)
        elif line.startswith("#CHROM"):
            return header_of_text(path, meta, line.rstrip("\t"), number)
        elif line.startswith("#"):
            raise fault(
                path,
                f"the column line has {line[:60]!r}",
                line=number,
                allowed="tabs between the columns",
            )
        else:
            raise fault(path, "the line of column names (#CHROM POS ...) is missing", line=number)
    raise fault(path, "ends within its header", allowed="write it again")


def _require_fileformat(path: Path, raw: bytes) -> None:
    raw = raw.removeprefix(BYTE_ORDER_MARK)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise fault(path, "is UTF-16 text", line=1, allowed="save it as UTF-8")
    if raw.startswith(b"##fileformat=VCF"):
        return
    if raw.startswith((b"##fileformat", b"##")):
        raise fault(
            path,
            f"the first line is {raw[:40].decode('utf-8', 'replace').strip()!r}",
            line=1,
            allowed="a VCF begins with ##fileformat=VCFv4.x",
        )
    start = raw[:200].decode("utf-8", "replace").strip()
    if start.startswith("#CHROM"):
        raise fault(path, "has no header lines", line=1, allowed="a VCF begins with ##fileformat=VCFv4.x")
    kind = "a comma-separated table" if start.count(",") > 2 and "\t" not in start else "no VCF"
    raise fault(
        path,
        f"is {kind}: it begins with {start[:40]!r}",
        line=1,
        allowed="a VCF begins with ##fileformat=VCFv4.x, a MAF has the columns Hugo_Symbol, Chromosome ...",
    )


def _decoded(path: Path, raw: bytes, number: int) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        # Old callers write Latin-1 descriptions; names and fields are ASCII either way.
        text = raw.decode("latin-1")
    if "\x00" in text:
        raise fault(path, "holds a zero byte", line=number, allowed="write it again")
    return text.rstrip("\r\n")


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """A record at a sound place whose alleles or quality cannot be; bare chromosome, 0-based position."""

    chromosome: str
    position: int
    problem: Problem


@dataclass(frozen=True, slots=True)
class CheckedLines:
    """The contigs of a text VCF's sound records, the few records that are left out, the empty lines and the comments.

    `untidy` says what was mended, in words; such a file is read in a mended copy.
    """

    contigs: tuple[str, ...] = ()
    broken: tuple[BrokenLine, ...] = ()
    empty: tuple[int, ...] = ()
    untidy: str = ""

    @property
    def left_out(self) -> frozenset[int]:
        """Numbers of the lines that htslib must not see: at an empty one cyvcf2 ends the interpreter."""
        return frozenset([*self.empty, *(one.problem.line or 0 for one in self.broken)])


def check_lines(header: VcfHeader, *, ordered: bool = True) -> CheckedLines:
    """What the walk over every line of a text VCF found; without `ordered` its records may stand in any order.

    A cell of REF, ALT or QUAL that cannot be costs its record, as long as they are MOST_BROKEN_SHARE of the records (of a
    few records one); whoever reads them looks at where they lie.

    Raises:
        VariantFileError: up to ten lines with too few or too many columns, a position that is no number, out of
            order, or more broken cells than that.
    """
    problems: list[Problem] = []
    broken: list[BrokenLine] = []
    empty: list[int] = []
    sound = 0
    walk, untidy = _Order(header.path), Untidiness()
    with opened_whole(header.path) as handle:
        for number, raw in enumerate(handle, start=1):
            if number < header.body_line:
                if number in (1, header.body_line - 1):
                    tidied(raw, number, header, untidy)
                continue
            line = raw if _is_usual(header, raw) else tidied(raw, number, header, untidy)
            if not line.strip():  # editors and scripts leave them at the end
                _note_empty(empty, number, header.path)
                continue
            fault = fault_of_record(header, line, number)
            fields = line.split(b"\t", 2)
            if fault is None or fault.column in _CELLS_THAT_MAY_BREAK:
                unsorted = walk.fault_of(fields[0], int(fields[1]), number)
                if unsorted is not None and ordered:
                    problems.append(unsorted)
                elif fault is None:
                    sound += 1
                else:
                    name = bare_contig(fields[0].decode("ascii", "replace"))
                    broken.append(BrokenLine(name, int(fields[1]) - 1, fault))
            else:
                problems.append(fault)
            if len(problems) == MAX_PROBLEMS:
                break
    if len(broken) > max(1, MOST_BROKEN_SHARE * sound) or not sound:
        problems += [one.problem for one in broken]
    if problems:
        raise VariantFileError(problems[:MAX_PROBLEMS])
    return CheckedLines(tuple(walk.contigs), tuple(broken), tuple(empty), untidy.note())


def _note_empty(empty: list[int], number: int, path: Path) -> None:
    empty.append(number)
    if len(empty) > MAX_TABLE_LINES:
        raise fault(
            path, f"has more than {MAX_TABLE_LINES:,} empty lines", line=number, allowed="remove them"
        )


def fault_of_record(header: VcfHeader, raw: bytes, line: int | None) -> Problem | None:
    """What is wrong with one record of a text VCF; None where it is well formed.

    Nothing reaches htslib that was not looked at here: at an empty line cyvcf2 ends the interpreter.
    """
    if _is_usual(header, raw):
        return None
    bare = raw.rstrip(b"\r\n")
    if not bare:
        return Problem(header.path, "is an empty line", line=line, allowed="remove it")
    fault = _fault_of_fields(bare.split(b"\t"), len(header.samples))
    if fault is None and not _is_utf8(bare):
        fault = (None, "is no UTF-8 text", "save the file as UTF-8")
    return Problem(header.path, fault[1], line=line, column=fault[0], allowed=fault[2]) if fault else None


def _is_usual(header: VcfHeader, raw: bytes) -> bool:
    """Whether a record is one as nearly all are, of which nothing can be wrong."""
    n_samples = len(header.samples)
    usual = n_samples and raw.count(b"\t") == len(FIXED_COLUMNS) + n_samples and raw.isascii()
    usual = usual and b"\t|" not in raw and b"\t/" not in raw  # the phase of a first allele, for tidied
    return bool(usual and _USUAL.fullmatch(raw))


def _is_utf8(raw: bytes) -> bool:
    if raw.isascii():
        return True
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _fault_of_fields(fields: list[bytes], n_samples: int) -> tuple[str | None, str, str] | None:
    """The column (None: the record), what is wrong with it, and what is allowed."""
    n_columns = len(FIXED_COLUMNS) + (1 + n_samples if n_samples else 0)
    # Without samples some callers still write FORMAT into the header line, and leave it out of the body.
    if len(fields) != n_columns and not (n_samples == 0 and len(fields) == n_columns + 1):
        return (
            None,
            f"has {len(fields)} columns where the header names {n_columns} ({n_samples} samples)",
            "header and body must agree on the samples",
        )
    if not fields[1].isdigit() or int(fields[1]) > _MAX_POSITION:
        return "POS", f"is {_shown(fields[1])}", "a whole number from 1"
    for name, value, pattern, allowed in (
        ("CHROM", fields[0], _CONTIG, "a contig name, without spaces"),
        ("REF", fields[3], _REF, "letters A, C, G, T, N"),
        ("ALT", fields[4], _ALTS, "letters A, C, G, T, N, or a symbolic allele"),
        ("QUAL", fields[5], _QUAL, "a number or ."),
    ):
        if not pattern.fullmatch(value):
            return name, f"is {_shown(value)}", allowed
    if any(not field or b"\x00" in field for field in fields[6:]):
        return None, "has an empty column or a zero byte", ". stands for a missing value"
    return None


def _shown(value: bytes) -> str:
    return repr(value[:40].decode("utf-8", "replace"))


def check_indexed_lines(header: VcfHeader, index: Path, stretches: Iterable[tuple[str, int, int]]) -> None:
    """Raise for the malformed records over `stretches` (names as the file spells them) of an indexed VCF."""
    problems: list[Problem] = []
    try:
        with pysam.TabixFile(str(header.path), index=str(index), encoding="latin-1") as lines:
            for name, start, end in stretches:
                if name in lines.contigs:
                    found = (
                        fault_of_record(header, mended, None)
                        for line in lines.fetch(name, start, end)
                        if (mended := tidied(line.encode("latin-1"), header.body_line, header))
                    )
                    problems += [problem for problem in found if problem is not None]
    except (OSError, ValueError) as error:
        raise fault(
            header.path, f"cannot be read by its index: {error}", allowed="make the index again"
        ) from error
    if problems:
        raise VariantFileError(problems[:MAX_PROBLEMS])


class _Order:
    """Follows contigs and positions and says where they go backwards."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._contig = b""
        self._position = 0
        self._seen: set[bytes] = set()

    @property
    def contigs(self) -> list[str]:
        """Names of the contigs met."""
        return [name.decode("ascii") for name in self._seen]

    def fault_of(self, contig: bytes, position: int, line: int) -> Problem | None:
        """The problem of a record that follows a later one or returns to a contig; None where it is in order."""
        if contig != self._contig:
            if contig in self._seen:
                name = bare_contig(contig.decode("utf-8", "replace"))
                return self._unsorted(f"returns to chromosome {name} after another", line)
            self._seen.add(contig)
            self._contig, self._position = contig, position
            return None
        if position < self._position:
            return self._unsorted(f"position {position} follows {self._position}", line)
        self._position = position
        return None

    def _unsorted(self, what: str, line: int) -> Problem:
        return Problem(
            self._path, f"is not sorted: {what}", line=line, allowed="sort it with `bcftools sort`"
        )
