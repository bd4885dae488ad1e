"""BAM and CRAM files, opened only after everything that could make them lie has been looked at."""

from __future__ import annotations

import logging
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar, cast

import pysam
from isal.igzip_lib import IsalError

from refractor.errors import AlignmentError, Problem
from refractor.files.remote import is_remote, shown
from refractor.genome.builds import (
    CONTIG_LENGTHS,
    KNOWN_BUILDS,
    LATEST_BUILD,
    GenomeBuild,
    bare_contig,
    build_of_contigs,
)
from refractor.reads.alignment_files import (
    FULL_FASTA,
    check_reads,
    index_of,
    is_cram_file,
    missing_sequences,
    open_pysam,
    quiet_htslib,
)
from refractor.reads.library import library_problems
from refractor.reads.remote_reads import GENEROSITY, RemoteReads, remote_reads

log = logging.getLogger(__name__)

Found = TypeVar("Found")
_DAMAGE = (
    OSError,
    EOFError,
    ValueError,
    struct.error,
    cast(type[Exception], IsalError),
)  # typed as an instance


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
        """The file's own name of a bare chromosome name (7 -> chr7)."""
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
        contig, remote = self.contig(chromosome), self.remote
        if remote is not None:
            yield from self.whole(
                chromosome, start, end, lambda: list(remote.reader().fetch(contig, start, end))
            )
            return
        try:
            yield from self.file.fetch(contig, start, end)
        except _DAMAGE as error:
            raise self._broken_off(chromosome, start, end, error) from error

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

    def whole(self, chromosome: str, start: int, end: int, read: Callable[[], Found]) -> Found:
        """What `read` reads over a stretch; more of a remote file is fetched, and it is read again, until it reaches.

        Raises AlignmentError where the file breaks off.
        """
        failure: Exception = ValueError("nothing was read")
        for attempt, generosity in enumerate(GENEROSITY if self.remote else (1,)):
            more = self.prefetch([(chromosome, start, end)], generosity)
            if attempt and not more:
                continue  # there is no more of it to be had
            try:
                with nullcontext() if self.remote is None else quiet_htslib():
                    return read()
            except _DAMAGE as error:
                failure = error
                if self.remote is not None:
                    self.remote.close()  # htslib keeps an error, and what it read of the holes
        raise self._broken_off(chromosome, start, end, failure) from failure

    def _broken_off(self, chromosome: str, start: int, end: int, error: Exception) -> AlignmentError:
        return AlignmentError(self.failed(f"reading {chromosome}:{start + 1}-{end} failed: {error}"))

    def failed(self, what: str) -> Problem:
        """The problem of reads that could not be read: the file's, or of what decodes a CRAM."""
        if self.file.is_cram and self.reference is not None:
            missing = missing_sequences(self.reference, self.contigs.values())
            if missing:
                return Problem(
                    self.name,
                    f"cannot be decoded with {self.reference}, which has no sequence {', '.join(missing[:3])}"
                    + (f" and {len(missing) - 3} more" if len(missing) > 3 else ""),
                    allowed=FULL_FASTA,
                )
        remedy = (
            "the file or its index is damaged: copy it again, then `samtools quickcheck` and `samtools index`"
        )
        if self.file.is_cram:
            remedy += f"; or {self.reference} is not its reference: {FULL_FASTA}"
        return Problem(self.name, what, allowed=remedy)


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
    is_cram = is_cram_file(path)
    index = index_of(path, is_cram=is_cram)
    with quiet_htslib():
        file = open_pysam(path, index=index, reference=reference)
    with _closed_after(path, file):
        alignment = _check_header(path, file, index=index, reference=reference)
        with quiet_htslib():
            check_reads(path, file, index=index, reference=reference)
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
