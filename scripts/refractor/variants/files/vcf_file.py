"""A VCF or BCF whose header was read: its caller, its build, its records.

Everything that reads such a file takes this object, so that the file is told apart, checked and its header parsed
once, and its lines are walked once however many readers want its records.
"""

from __future__ import annotations

import gzip
import logging
import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO, cast

import cyvcf2
import pysam.bcftools
import pysam.utils
from cyvcf2.cyvcf2 import set_htslib_log_level

from refractor.errors import VariantFileError
from refractor.files.atomic import temporary_folder
from refractor.files.bounded import MAX_LINE_BYTES, too_long
from refractor.files.indexes import variants_indexes
from refractor.genome.builds import GenomeBuild, bare_contig
from refractor.genome.intervals import Regions
from refractor.variants.files.build_fit import build_that_fits, fits_of
from refractor.variants.files.callers import Flavour, choose_columns, detect_flavour
from refractor.variants.files.vcf_checks import (
    BrokenLine,
    CheckedLines,
    check_indexed_lines,
    check_lines,
    read_text_header,
)
from refractor.variants.files.vcf_columns import Columns
from refractor.variants.files.vcf_header import VcfHeader, header_of_text
from refractor.variants.files.vcf_tidy import tidied
from refractor.variants.files.whole_file import fault, opened_whole

log = logging.getLogger(__name__)

BCF_MAGIC = b"BCF\x02"
LARGE_FILE_BYTES = 20_000_000
"""Size from which an index beside the file is used, and the walk over every line left out."""

Numbered = tuple[int | None, Any]
"""A cyvcf2 record and its line, 1-based; None where the file has no lines or was read by its index."""


@dataclass(frozen=True, eq=False)
class VcfFile:
    """One VCF or BCF that is whole: its header, and the program that wrote it."""

    header: VcfHeader
    caller: Flavour
    large_file_bytes: int = LARGE_FILE_BYTES
    ordered: bool = True
    """Whether records out of the genome's order are faults: what is walked along the genome must be sorted."""

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.header.path

    @property
    def names_places(self) -> bool:
        """A VCF always has places."""
        return True

    @cached_property
    def build(self) -> GenomeBuild | None:
        """The genome build by the header, else by the alleles; None where neither tells.

        Raises:
            VariantFileError: the header does not tell it and a line is malformed.
        """
        told = self.header.build()
        if told is not None:
            return told
        places = (
            (bare_contig(record.CHROM), record.start, record.REF, alt)
            for _, record in self.records()
            for alt in record.ALT[:1]
        )
        return build_that_fits(fits_of(places))

    def columns(self, *, sample: str, named_sample: str | None) -> Columns:
        """The columns of a tumour and of its normal; see callers.choose_columns."""
        chosen = choose_columns(
            self.header, sample=sample, named_sample=named_sample or None, flavour=self.caller
        )
        return Columns(header=self.header, chosen=chosen, flavour=self.caller)

    def records(self, stretches: Regions | None = None) -> Iterator[Numbered]:
        """Every record; of a large file with an index only those over `stretches` (bare names, 0-based), each once.

        Raises:
            VariantFileError: malformed or unsorted lines, up to ten named; a record that htslib cannot parse.
        """
        index = None if stretches is None else self._usable_index
        if index is None or stretches is None:
            yield from self._every_record()
        else:
            yield from self._indexed_records(index, stretches)

    def indexed_counts(self) -> dict[str, int]:
        """How many records each chromosome has, by its bare name, where the file is read by its index; else nothing."""
        if self._usable_index is None:
            return {}
        try:
            rows = str(pysam.bcftools.index("--stats", str(self.path))).splitlines()
        except pysam.utils.SamtoolsError:
            return {}
        cells = [row.split("\t") for row in rows]
        return {bare_contig(row[0]): int(row[2]) for row in cells if len(row) == 3 and row[2].isdigit()}

    @cached_property
    def checked(self) -> CheckedLines:
        """What the walk over every line of a text file found, before htslib sees one; nothing of a BCF.

        Raises:
            VariantFileError: malformed or unsorted lines, up to ten named.
        """
        return check_lines(self.header, ordered=self.ordered) if self.header.body_line else CheckedLines()

    @property
    def broken(self) -> tuple[BrokenLine, ...]:
        """The lines that were left out; none where the file is read by its index, which meets the wanted lines only."""
        return () if self._usable_index is not None else self.checked.broken

    @property
    def untidy(self) -> str:
        """What was read over, in words; empty where nothing was, or where the file is read by its index."""
        return "" if self._usable_index is not None else self.checked.untidy

    @cached_property
    def _usable_index(self) -> Path | None:
        """The index of a large file, where it has one that is not older than it."""
        status = self.path.stat()
        if status.st_size < self.large_file_bytes:
            return None
        for index in variants_indexes(self.path):
            if index.is_file():
                if index.stat().st_mtime >= status.st_mtime:
                    return index
                log.warning("%s is older than its file and was not used", index)
        return None

    def _every_record(self) -> Iterator[Numbered]:
        if not self.checked.left_out and not self.checked.untidy:
            yield from self._records_at(self.path)
            return
        with temporary_folder() as folder:
            sound = folder / "sound.vcf"
            with opened_whole(self.path) as lines, sound.open("wb") as out:
                for number, line in enumerate(lines, start=1):
                    if number not in self.checked.left_out:
                        out.write(tidied(line, number, self.header))
            yield from self._records_at(sound)

    def _records_at(self, path: Path) -> Iterator[Numbered]:
        """The records of the file, or of its copy without the broken lines, with their lines in the file."""
        reader = _htslib_reader(path, contigs=self.checked.contigs, named=self.path)
        first = self.header.body_line
        if not first:
            yield from ((None, record) for record in _guarded(iter(reader), self.path))
            return
        skipped = self.checked.left_out
        lines = (number for number in count(first) if number not in skipped)
        yield from zip(lines, _guarded(iter(reader), self.path, first_line=first), strict=False)

    def _indexed_records(self, index: Path, only: Regions) -> Iterator[Numbered]:
        names = _htslib_reader(self.path).seqnames
        spelled = {bare_contig(name): name for name in reversed(names)}
        if self.header.body_line:
            check_indexed_lines(
                self.header, index, [(spelled.get(name, name), start, end) for name, start, end in only]
            )
        reader = _htslib_reader(self.path, contigs=names)
        for chromosome, start, end in only:
            if chromosome not in spelled:
                continue
            for record in _guarded(reader(f"{spelled[chromosome]}:{start + 1}-{end}"), self.path):
                # A record that begins before the stretch is met there only where no other stretch holds it.
                if record.start >= start or not only.overlaps(chromosome, record.start, start):
                    yield None, record


def open_vcf(path: str | Path, *, large_file_bytes: int = LARGE_FILE_BYTES, ordered: bool = True) -> VcfFile:
    """A VCF (plain, gzip or bgzip) or BCF that is whole, with its header read; without `ordered` in any order.

    Raises:
        VariantFileError: damaged, cut short, or no VCF: the message says what it is instead.
    """
    file = Path(path)
    with opened_whole(file) as handle:
        return replace(vcf_at(file, handle, large_file_bytes=large_file_bytes), ordered=ordered)


def vcf_at(path: Path, handle: BinaryIO, *, large_file_bytes: int = LARGE_FILE_BYTES) -> VcfFile:
    """The same from the file's decompressed bytes, whose start `handle` is at."""
    start = handle.read(len(BCF_MAGIC))
    handle.seek(0)
    header = _bcf_header(path) if start == BCF_MAGIC else read_text_header(path, handle)
    return VcfFile(header, detect_flavour(header), large_file_bytes)


def _bcf_header(path: Path) -> VcfHeader:
    _check_records(path)
    lines = _htslib_reader(path).raw_header.rstrip("\n\x00").split("\n")
    if not lines[-1].startswith("#CHROM"):
        raise fault(path, "is a BCF whose header ends without column names", allowed="write it again")
    return header_of_text(path, lines[:-1], lines[-1], 0)


def _check_records(path: Path) -> None:
    """Raise for a BCF with a record or header of more than MAX_LINE_BYTES, for which htslib would take memory.

    A file that is large as it lies on the disk is no bomb, and is not walked twice.
    """
    if path.stat().st_size > LARGE_FILE_BYTES:
        return
    with path.open("rb") as file:
        raw = file if file.read(len(BCF_MAGIC)) == BCF_MAGIC else cast(BinaryIO, gzip.GzipFile(fileobj=file))
        file.seek(0)
        raw.seek(len(BCF_MAGIC) + 1)  # and the minor version
        (size,) = struct.unpack("<I", raw.read(4).ljust(4, b"\0"))
        while True:
            if size > MAX_LINE_BYTES:
                raise VariantFileError(too_long(path))
            raw.seek(size, os.SEEK_CUR)
            lengths = raw.read(8)
            if len(lengths) < 8:
                return
            size = sum(struct.unpack("<II", lengths))


def _htslib_reader(path: Path, *, contigs: Iterable[str] = (), named: Path | None = None) -> Any:
    """A cyvcf2 reader that knows `contigs`, which the header may lack; its faults are said of `named`, where that is given.

    At a record that it cannot parse on a contig it does not know, cyvcf2 0.34 ends the interpreter.
    """
    set_htslib_log_level(0)  # what htslib would print was checked before, with its line
    try:
        reader = cyvcf2.VCF(str(path))
        for name in sorted(set(contigs) - set(reader.seqnames)):
            reader.add_to_header(f"##contig=<ID={name}>")
    except Exception as error:
        raise _as_ours(error, named or path, "its header cannot be read") from error
    return reader


def _guarded(records: Iterator[Any], path: Path, *, first_line: int | None = None) -> Iterator[Any]:
    """The records; a failure of htslib to parse one as our error."""
    for number in count(1):
        try:
            record = next(records)
        except StopIteration:
            return
        except Exception as error:
            line = None if first_line is None else first_line + number - 1
            raise _as_ours(error, path, f"record {number} cannot be parsed", line=line) from error
        yield record


def _as_ours(error: Exception, path: Path, what: str, *, line: int | None = None) -> Exception:
    """cyvcf2's plain Exception for what htslib cannot parse as our error; any other error as it is."""
    if type(error) not in {Exception, OSError, UnicodeDecodeError}:
        return error
    return fault(path, f"{what} ({error})", line=line, allowed="check it with `bcftools view`")
