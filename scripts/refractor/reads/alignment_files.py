"""An alignment file before its first read is believed: whole, indexed, openable, its reads decodable."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pysam

from refractor.errors import AlignmentError, Problem
from refractor.files.atomic import is_special
from refractor.files.future_dates import is_ahead
from refractor.files.indexes import index_beside
from refractor.reads.header_size import check_header_size
from refractor.reads.library import LONGEST_SHORT_READ, ONLY_SHORT_READS, undeclared_groups

INDEX_AGE_TOLERANCE_SECONDS = 1.0
"""How much older than its file an index may look: file systems round times to as much as a second or two."""

_BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
"""The empty block that ends every whole BAM (SAM specification, section 4.1.2)."""
_CRAM_END = b"\xe0EOF"
"""In the empty container that ends every whole CRAM since version 2.1 (CRAM specification, section 9)."""
_LONGEST_END = 38
"""Bytes of the longer of the two."""

FIRST_READS = 200
"""Reads whose group is looked at where the header describes none: in a merged file those of all lie side by side."""

FULL_FASTA = "give the full FASTA it was written with as `reference` in the config"
_WRITE_AGAIN = "copy or write the file again; `samtools quickcheck` tells when it is whole"


def is_cram_file(path: Path) -> bool:
    """Whether `path` is a CRAM, where it is a whole, readable BAM or CRAM; else an AlignmentError."""
    if not path.exists():
        raise AlignmentError(Problem(path, "no such file", allowed="give the path of an indexed BAM or CRAM"))
    if is_special(path):
        raise AlignmentError(
            Problem(path, "is a pipe or a device", allowed="give a file: it is read at places")
        )
    if not path.is_file():
        raise AlignmentError(
            Problem(path, "is a directory, not a file", allowed="give the BAM or CRAM inside it")
        )
    try:
        with path.open("rb") as handle:
            magic = handle.read(4)
            handle.seek(0, os.SEEK_END)
            handle.seek(max(0, handle.tell() - _LONGEST_END))
            tail = handle.read()
    except OSError as error:
        raise AlignmentError(
            Problem(path, f"cannot be read: {error.strerror}", allowed="check its permissions")
        ) from error
    if magic == b"CRAM" or magic[:2] == b"\x1f\x8b":
        whole = _CRAM_END in tail if magic == b"CRAM" else tail.endswith(_BGZF_END)
        if not whole:
            raise AlignmentError(
                Problem(path, "truncated: its end-of-file block is missing", allowed=_WRITE_AGAIN)
            )
    else:
        what = "is neither BAM nor CRAM" if magic else "is empty"
        raise AlignmentError(
            Problem(path, what, allowed="allowed: coordinate-sorted, indexed BAM or CRAM (not SAM)")
        )
    check_header_size(path, is_cram=magic == b"CRAM")
    return magic == b"CRAM"


def index_of(path: Path, *, is_cram: bool) -> Path:
    """The index of `path`, which exists, is readable and is not older than the file.

    The date of a file of tomorrow tells nothing.
    """
    index = index_beside(path, is_cram=is_cram)
    remedy = f"run `samtools index {path}`"
    if index is None:
        raise AlignmentError(Problem(path, "has no index beside it", allowed=remedy))
    try:
        with index.open("rb") as handle:
            handle.read(1)
    except OSError as error:
        raise AlignmentError(
            Problem(index, f"cannot be read: {error.strerror}", allowed="check its permissions")
        ) from error
    age = path.stat().st_mtime - index.stat().st_mtime
    if age > INDEX_AGE_TOLERANCE_SECONDS and not is_ahead(path):
        raise AlignmentError(
            Problem(
                index,
                f"is older than {path.name} and may point to the wrong places",
                allowed=f"{remedy}; if it is known to belong to this file, `touch {index}`",
            )
        )
    return index


def open_pysam(path: Path, *, index: Path, reference: Path | None) -> pysam.AlignmentFile:
    """The pysam file, without a look at the network for a CRAM's sequence."""
    # htslib would otherwise ask a public server for sequences by their checksum; a user's own cache stays
    os.environ.setdefault("REF_PATH", os.devnull)
    try:
        return pysam.AlignmentFile(
            str(path),
            index_filename=str(index),
            reference_filename=None if reference is None else str(reference),
            check_sq=False,
        )
    except (OSError, ValueError) as error:
        text = str(error)
        if "index" in text.lower():
            problem = Problem(index, "is truncated or damaged", allowed=f"run `samtools index {path}` again")
        else:
            problem = Problem(path, f"cannot be opened: {text}", allowed=_WRITE_AGAIN)
        raise AlignmentError(problem) from error


def check_reads(path: Path, file: pysam.AlignmentFile, *, index: Path, reference: Path | None) -> None:
    """Nothing, or an AlignmentError if index and file do not belong together or no read can be decoded."""
    if not file.has_index():
        raise AlignmentError(
            Problem(index, "is truncated or damaged", allowed=f"run `samtools index {path}` again")
        )
    indexed = _contigs_of_index(index)
    if indexed is not None and indexed != file.nreferences:
        raise AlignmentError(
            Problem(
                index,
                f"is of another file: it indexes {indexed} contigs, {path.name} has {file.nreferences}",
                allowed=f"run `samtools index {path}` again",
            )
        )
    header = file.header.to_dict()
    try:
        begin = list(islice(_mapped(file.fetch(until_eof=True)), 1 if header.get("RG") else FIRST_READS))
    except (OSError, ValueError) as error:
        raise AlignmentError(_undecodable(path, error, is_cram=file.is_cram, reference=reference)) from error
    if not begin:
        raise AlignmentError(
            Problem(path, "holds no aligned read", allowed="give the file that holds the alignments")
        )
    told = (str(read.get_tag("RG")) for read in begin if read.has_tag("RG"))
    if mixed := list(undeclared_groups(path, header, told)):
        raise AlignmentError(mixed)
    first = begin[0]
    if first.query_length > LONGEST_SHORT_READ:
        what = f"holds long reads (the first has {first.query_length:,} bases)"
        raise AlignmentError(Problem(path, what, allowed=ONLY_SHORT_READS))


def _mapped(reads: Iterable[pysam.AlignedSegment]) -> Iterator[pysam.AlignedSegment]:
    return (read for read in reads if not read.is_unmapped)


def _undecodable(path: Path, error: Exception, *, is_cram: bool, reference: Path | None) -> Problem:
    """The problem of a first read that cannot be decoded: for a CRAM most often its reference."""
    if not is_cram:
        return Problem(path, f"its first read cannot be decoded: {error}", allowed="write the file again")
    if reference is None:
        return Problem(
            path,
            "a CRAM without embedded sequence cannot be decoded without its reference",
            allowed=FULL_FASTA,
        )
    return Problem(
        path,
        f"cannot be decoded with {reference}: not the sequence it was written with, or the file is damaged",
        allowed=FULL_FASTA,
    )


def missing_sequences(reference: Path, contigs: Iterable[str]) -> list[str]:
    """The contigs that a FASTA does not hold by its index (samtools faidx); none where that cannot be read."""
    try:
        lines = reference.with_name(reference.name + ".fai").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    held = {line.split("\t", 1)[0] for line in lines}
    return [name for name in contigs if name not in held]


def _contigs_of_index(index: Path) -> int | None:
    """How many contigs a BAI indexes; None for the other kinds, which do not say it up front."""
    if index.suffix != ".bai":
        return None
    with index.open("rb") as handle:
        head = handle.read(8)
    if len(head) < 8 or not head.startswith(b"BAI\x01"):
        return None
    return int(struct.unpack("<i", head[4:])[0])


@contextmanager
def quiet_htslib() -> Iterator[None]:
    """A stretch in which htslib keeps its own words off stderr: ours say the same with a remedy."""
    before = pysam.set_verbosity(0)
    try:
        yield
    finally:
        pysam.set_verbosity(before)
