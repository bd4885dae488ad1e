"""BAM and CRAM files, opened only after everything that could make them lie has been looked at."""

from __future__ import annotations

import logging
import os
import struct
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pysam

from refractor.errors import AlignmentError, Problem
from refractor.files.atomic import is_special
from refractor.files.remote import is_remote, shown
from refractor.genome.builds import (
    CONTIG_LENGTHS,
    KNOWN_BUILDS,
    LATEST_BUILD,
    GenomeBuild,
    bare_contig,
    build_of_contigs,
)
from refractor.reads.library import LONGEST_SHORT_READ, ONLY_SHORT_READS, library_problems
from refractor.reads.remote_reads import GENEROSITY, RemoteReads, remote_reads

log = logging.getLogger(__name__)

INDEX_AGE_TOLERANCE_SECONDS = 1.0
"""How much older than its file an index may look: file systems round times to as much as a second or two."""

_BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
"""The empty block that ends every whole BAM (SAM specification, section 4.1.2)."""
_CRAM_END = b"\xe0EOF"
"""In the empty container that ends every whole CRAM since version 2.1 (CRAM specification, section 9)."""
_LONGEST_END = 38
"""Bytes of the longer of the two."""


_WRITE_AGAIN = "copy or write the file again; `samtools quickcheck` tells when it is whole"


@dataclass(frozen=True, slots=True)
class Alignment:
    """One open, checked BAM or CRAM; `build` is None where the header's contigs cannot tell."""

    path: Path
    file: pysam.AlignmentFile
    build: GenomeBuild | None
    contigs: Mapping[str, str]
    sample_names: tuple[str, ...]
    index: Path
    reference: Path | None = None
    """What decodes a CRAM."""
    remote: RemoteReads | None = None
    """Where the file is at an address: `path` is then the local copy of what was fetched."""

    @property
    def name(self) -> str:
        """The file as the sheet names it, without what is secret in an address."""
        return str(self.path) if self.remote is None else shown(self.remote.address)

    @property
    def source(self) -> str | Path:
        """What opens the file again, in another process: its path or its address."""
        return self.path if self.remote is None else self.remote.address

    def contig(self, chromosome: str) -> str:
        """The file's own name of a bare chromosome name (17 -> chr17)."""
        try:
            return self.contigs[chromosome]
        except KeyError:
            raise AlignmentError(
                Problem(
                    self.name,
                    f"its header has no contig for chromosome {chromosome}",
                    allowed="reads must be aligned to the whole genome",
                )
            ) from None

    def fetch(self, chromosome: str, start: int, end: int) -> Iterator[pysam.AlignedSegment]:
        """Reads that touch a 0-based half-open stretch, in file order; an AlignmentError where the file breaks off."""
        if self.remote is not None:
            yield from self._fetch_remote(self.remote, chromosome, start, end)
            return
        try:
            yield from self.file.fetch(self.contig(chromosome), start, end)
        except (OSError, ValueError) as error:
            raise AlignmentError(
                Problem(
                    self.name,
                    f"reading {chromosome}:{start + 1}-{end} failed: {error}",
                    allowed="the file or its index is damaged: copy it again, then `samtools quickcheck` and `samtools index`",
                )
            ) from error

    def prefetch(self, regions: Iterable[tuple[str, int, int]], generosity: int = 1) -> bool:
        """Fetch what a remote file holds over regions, at once; False where nothing was fetched."""
        if self.remote is None:
            return False
        numbered = [
            (self.file.get_tid(self.contigs[chromosome]), start, end)
            for chromosome, start, end in regions
            if chromosome in self.contigs
        ]
        return self.remote.ensure(numbered, generosity)

    def _fetch_remote(
        self, remote: RemoteReads, chromosome: str, start: int, end: int
    ) -> Iterator[pysam.AlignedSegment]:
        """As `fetch`; where what was fetched does not reach, more is, and the stretch is read again."""
        contig = self.contig(chromosome)
        failure: Exception | None = None
        for generosity in GENEROSITY:
            more = self.prefetch([(chromosome, start, end)], generosity)
            if failure is not None and not more:
                continue  # there is no more of it to be had
            try:
                with _quiet_htslib():
                    reads = list(remote.reader().fetch(contig, start, end))
            except (OSError, ValueError) as error:
                failure = error
                remote.close()  # htslib keeps an error, and what it read of the holes
                continue
            yield from reads
            return
        raise AlignmentError(
            Problem(
                self.name,
                f"reading {chromosome}:{start + 1}-{end} failed: {failure}",
                allowed="the file or its index is damaged: copy it again, then `samtools quickcheck` and `samtools index`",
            )
        ) from failure


@contextmanager
def open_alignment(path: str | Path, *, reference: Path | None) -> Iterator[Alignment]:
    """A checked BAM or CRAM, a path or an address, with its build, contig names and read-group samples.

    `reference` decodes a CRAM: a full FASTA of its build; None where the CRAM embeds its own sequence.
    Raises AlignmentError with every problem found at once and what to do about each.
    """
    if is_remote(path):
        with _open_remote(str(path), reference=reference) as alignment:
            yield alignment
        return
    with _open_local(Path(path), reference=reference) as alignment:
        log.info(
            "opened %s: %s, sample %s",
            path,
            alignment.build or "build not told by its contigs",
            ", ".join(alignment.sample_names) or "not named",
        )
        yield alignment


@contextmanager
def _open_remote(address: str, *, reference: Path | None) -> Iterator[Alignment]:
    """As `open_alignment`, at an address; every problem names it in place of the local copy."""
    remote = remote_reads(address)
    try:
        alignment = None
        with ExitStack() as opened:
            while alignment is None:
                try:
                    alignment = opened.enter_context(_open_local(remote.path, reference=reference))
                except AlignmentError:
                    if not remote.more_of_the_head():
                        raise
            log.info("opened %s: %s bytes", shown(address), f"{remote.file.size:,}")
            remote.reference = reference
            try:
                yield replace(alignment, remote=remote)
            finally:
                remote.close()
            log.info(
                "%s: %s of %s bytes were fetched, in %d requests",
                shown(address),
                f"{remote.file.fetched_bytes:,}",
                f"{remote.file.size:,}",
                remote.file.requests,
            )
    except AlignmentError as error:
        raise AlignmentError([remote.named(problem) for problem in error.problems]) from error


@contextmanager
def _open_local(path: Path, *, reference: Path | None) -> Iterator[Alignment]:
    is_cram = _check_file(path)
    index = _check_index(path, is_cram=is_cram)
    with _quiet_htslib():
        file = _open(path, index=index, reference=reference)
    with _closed_after(path, file):
        alignment = _check_header(path, file, index=index, reference=reference)
        with _quiet_htslib():
            _check_reads(path, file, index=index, reference=reference)
        yield alignment


@contextmanager
def _closed_after(path: Path, file: pysam.AlignmentFile) -> Iterator[None]:
    """Closes the file after the block. htslib tells once more, on closing, of damage that it met while reading:
    it must not take the place of the block's own error, nor be lost where the block ended without one."""
    try:
        yield
    except BaseException:
        with suppress(OSError):
            file.close()
        raise
    try:
        file.close()
    except OSError as error:
        raise AlignmentError(
            Problem(
                path,
                "is damaged: not all that was asked for could be read",
                allowed="copy it again, then `samtools quickcheck` and `samtools index`",
            )
        ) from error


def _index_beside(path: Path, *, is_cram: bool) -> Path | None:
    """The index beside a BAM or CRAM (.bai, .csi or .crai, after or in place of the suffix); None without one."""
    for suffix in (".crai",) if is_cram else (".bai", ".csi"):
        for candidate in (path.with_name(path.name + suffix), path.with_suffix(suffix)):
            if candidate.is_file():
                return candidate
    return None


def _check_file(path: Path) -> bool:
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
    return magic == b"CRAM"


def _check_index(path: Path, *, is_cram: bool) -> Path:
    """The index of `path`, which exists, is readable and is not older than the file."""
    index = _index_beside(path, is_cram=is_cram)
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
    if age > INDEX_AGE_TOLERANCE_SECONDS:
        raise AlignmentError(
            Problem(
                index,
                f"is older than {path.name} and may point to the wrong places",
                allowed=f"{remedy}; if it is known to belong to this file, `touch {index}`",
            )
        )
    return index


def _open(path: Path, *, index: Path, reference: Path | None) -> pysam.AlignmentFile:
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


def _check_header(path: Path, file: pysam.AlignmentFile, *, index: Path, reference: Path | None) -> Alignment:
    """The Alignment, once the header is known to hold usable contigs in coordinate order."""
    header = file.header.to_dict()
    lengths = dict(zip(file.references, file.lengths, strict=True))
    problems = []
    if not lengths:
        problems.append(
            Problem(path, "its header names no contig (@SQ)", allowed=f"align the reads to {KNOWN_BUILDS}")
        )
    order = str(header.get("HD", {}).get("SO", "unknown"))
    if order in ("queryname", "unsorted"):
        problems.append(
            Problem(
                path, f"is not sorted by position (SO:{order})", allowed="run `samtools sort`, then index"
            )
        )
    build = build_of_contigs(lengths) if lengths else None
    contigs = _main_contigs(lengths)
    if lengths and not contigs:
        first = ", ".join(list(lengths)[:3])
        problems.append(
            Problem(
                path,
                f"none of its contigs ({first} ...) is a human chromosome",
                allowed=f"contigs named 1 or chr1, of {KNOWN_BUILDS}",
            )
        )
    elif lengths and build is None:
        problems.append(_foreign_contigs(path, lengths, contigs))
    problems += library_problems(path, header)
    if problems:
        raise AlignmentError(problems)
    samples = dict.fromkeys(str(group["SM"]) for group in header.get("RG", []) if group.get("SM"))
    return Alignment(path, file, build, contigs, tuple(samples), index=index, reference=reference)


def _main_contigs(lengths: Mapping[str, int]) -> dict[str, str]:
    """The file's name of each main chromosome it has, by bare name."""
    contigs: dict[str, str] = {}
    for name in lengths:
        bare = bare_contig(name)
        if bare in CONTIG_LENGTHS[LATEST_BUILD]:
            contigs.setdefault(bare, name)
    return contigs


def _foreign_contigs(path: Path, lengths: Mapping[str, int], contigs: Mapping[str, str]) -> Problem:
    """The problem of contigs whose lengths are of neither build we know, with one example."""
    bare, name = next(iter(contigs.items()))
    known = " or ".join(
        f"{of_build[bare]:,} ({build})" for build, of_build in CONTIG_LENGTHS.items() if bare in of_build
    )
    return Problem(
        path,
        f"its contigs are not of {KNOWN_BUILDS}: {name} has {lengths[name]:,} bases",
        allowed=f"{bare} has {known}; align the reads to one of these",
    )


def _check_reads(path: Path, file: pysam.AlignmentFile, *, index: Path, reference: Path | None) -> None:
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
    try:
        first = next(_mapped(file.fetch(until_eof=True)), None)
    except (OSError, ValueError) as error:
        raise AlignmentError(_undecodable(path, error, is_cram=file.is_cram, reference=reference)) from error
    if first is None:
        raise AlignmentError(
            Problem(path, "holds no aligned read", allowed="give the file that holds the alignments")
        )
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
            allowed="give the full FASTA it was written with as `reference` in the config",
        )
    return Problem(
        path,
        f"cannot be decoded with {reference}: not the sequence it was written with, or the file is damaged",
        allowed="give the full FASTA it was written with as `reference` in the config",
    )


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
def _quiet_htslib() -> Iterator[None]:
    """A stretch in which htslib keeps its own words off stderr: ours say the same with a remedy."""
    before = pysam.set_verbosity(0)
    try:
        yield
    finally:
        pysam.set_verbosity(before)
