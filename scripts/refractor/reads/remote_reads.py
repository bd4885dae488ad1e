"""A BAM or CRAM at an address: its index tells which bytes hold which places, and only those are fetched.

An index says where in the file the reads of each stretch begin (BAI: of 16,384 bases, CSI: of its bins, CRAI: the
slices). How far to read from there to reach a place inside the stretch is estimated; where that is too little, reading
breaks off, more is fetched, and the place is read again: never less than the file holds.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pysam
from numpy.typing import NDArray

from refractor.errors import AlignmentError, InputError, Problem, RemoteFileError
from refractor.files.remote import (
    MAYBE_THERE,
    NOT_THERE,
    RemoteFile,
    Span,
    base_name,
    fetch_whole,
    index_addresses,
    scratch_folder,
    shown,
)
from refractor.reads.header_size import check_header_size
from refractor.reads.index_files import STRETCH, damage_told, read_bai, read_crai, read_csi

log = logging.getLogger(__name__)

HEAD_BYTES = 262_144
"""Fetched of the start: the header of the usual references; four times as much until it is whole."""
TAIL_BYTES = 64
_BLOCK = 65_536
"""The longest compressed block of a BAM, of which part of one may be all that is needed."""
_SLACK_BASES = 1_500
"""Bases read beyond a place: reads that begin before its end, and windows that are not evenly deep."""
GENEROSITY = (1, 4, 16, 64, 256)
"""Times the estimate that is fetched, tried in turn."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where in the file the reads of one contig lie: of each stretch from `start` (ascending) the first byte.

    `width` is the stretch's length in bases. `end` is the first byte that no stretch needs, 0 where it is not known.
    """

    start: Ints
    offset: Ints
    width: Ints
    end: int

    def span(self, start: int, end: int, generosity: int) -> Span | None:
        """Bytes that hold the reads over a stretch, as far as can be told; None where there are none."""
        if not len(self.start):
            return None
        first = max(int(np.searchsorted(self.start, start, side="right")) - 1, 0)
        last = max(int(np.searchsorted(self.start, end - 1, side="right")) - 1, first)
        low = int(self.offset[first])
        begin = int(self.offset[last])
        later = self.offset[last + 1 :]
        later = later[later > begin]
        stop = int(later[0]) if len(later) else max(self.end, begin)
        inside = (end + _SLACK_BASES - int(self.start[last])) / max(int(self.width[last]), 1)
        guess = int((stop - begin) * min(1.0, max(0.05, 1.2 * inside)))
        return low, begin + guess * generosity + 2 * _BLOCK * generosity


class RemoteReads:
    """A remote BAM or CRAM, open for places; `path` is its sparse local copy, with the index beside it."""

    def __init__(self, address: str) -> None:
        self.address = address
        folder = scratch_folder()
        try:
            self.file = RemoteFile(address, folder)
            self.file.ensure([(0, HEAD_BYTES), (self.file.size - TAIL_BYTES, self.file.size)])
            self.path = self.file.path
            with self.path.open("rb") as opened:
                self.is_cram = opened.read(4) == b"CRAM"
            check_header_size(self.path, is_cram=self.is_cram, shown_as=shown(address))
            self.index = _fetch_index(address, folder, is_cram=self.is_cram)
        except InputError as error:
            raise AlignmentError(error.problems) from error
        self.reference: Path | None = None
        self._reader: pysam.AlignmentFile | None = None
        self._places: list[Places] | None = None
        self._head = HEAD_BYTES

    def reader(self) -> pysam.AlignmentFile:
        """The local copy, open for reading where it was fetched."""
        if self._reader is None:
            self._reader = pysam.AlignmentFile(
                str(self.path),
                index_filename=str(self.index),
                reference_filename=None if self.reference is None else str(self.reference),
                check_sq=False,
            )
        return self._reader

    def close(self) -> None:
        """Close the reader; the next one sees all that was fetched since."""
        if self._reader is not None:
            with suppress(OSError):  # htslib tells of holes it met once more
                self._reader.close()
            self._reader = None

    def more_of_the_head(self) -> bool:
        """Fetch four times as much of the start, for a long header; False where there is no more."""
        if self._head >= self.file.size:
            return False
        self._head *= 4
        self._ensure([(0, self._head)])
        return True

    def ensure(self, regions: Iterable[tuple[int, int, int]], generosity: int = 1) -> bool:
        """Fetch the reads over regions (contig number, start, end); False where all of it was there."""
        before = self.file.fetched_bytes
        if self._places is None:
            self._places = _read_index(self.index, is_cram=self.is_cram)
        spans = [
            span
            for contig, start, end in regions
            if contig < len(self._places) and (span := self._places[contig].span(start, end, generosity))
        ]
        self._ensure(spans)
        return self.file.fetched_bytes > before

    def _ensure(self, spans: Iterable[Span]) -> None:
        try:
            self.file.ensure(spans)
        except InputError as error:
            raise AlignmentError(error.problems) from error

    def named(self, problem: Problem) -> Problem:
        """A problem of the local copy as one of the address."""
        local, address = str(self.path), shown(self.address)
        texts = [
            None if text is None else text.replace(local, address) for text in (problem.what, problem.allowed)
        ]
        return Problem(
            str(problem.file).replace(local, address), texts[0] or "", problem.line, problem.column, texts[1]
        )


def _fetch_index(address: str, folder: Path, *, is_cram: bool) -> Path:
    """The index beside a remote file, whole, named so that htslib finds it.

    A refusal is not taken for an absence: where no index is found and one was refused, both are said.
    """
    told = []
    for candidate in index_addresses(address, *(("crai",) if is_cram else ("bai", "csi"))):
        name = base_name(candidate)
        try:
            return fetch_whole(candidate, folder, name=f"{base_name(address)}.{name.rpartition('.')[2]}").path
        except RemoteFileError as error:
            if error.status not in NOT_THERE | MAYBE_THERE:
                raise
            told.append((name, error.status))
    refused = any(status in MAYBE_THERE for _, status in told)
    looked = ", ".join(f"{name} (HTTP {status})" if refused else name for name, status in told)
    what, remedy = (
        (
            "its index is refused: not there, or not allowed",
            "put the index beside the file, and allow it to be read",
        )
        if refused
        else ("has no index beside it", "run `samtools index` and put the index beside the file")
    )
    raise AlignmentError(Problem(shown(address), f"{what} (looked for {looked})", allowed=remedy))


_opened: dict[str, RemoteReads] = {}


def remote_reads(address: str) -> RemoteReads:
    """The remote file of an address; opened once in a process, so that nothing is fetched twice."""
    if address not in _opened:
        _opened[address] = RemoteReads(address)
    return _opened[address]


def _read_index(index: Path, *, is_cram: bool) -> list[Places]:
    """The places of each contig; an AlignmentError where the index is damaged."""
    with damage_told(index, remedy="index the file again"):
        if is_cram:
            return _crai(index)
        return _csi(index) if index.suffix == ".csi" else _bai(index)


def _bai(path: Path) -> list[Places]:
    """From the linear index: the first read over each stretch."""
    return [
        _places(np.arange(len(contig.offset), dtype=np.int64) * STRETCH, contig.offset, contig.bins_end)
        for contig in read_bai(path)
    ]


def _places(starts: Ints, offsets: Ints, end: int) -> Places:
    """Places of stretches; those without an offset of their own begin where the next does."""
    known = offsets > 0
    starts, offsets = starts[known], offsets[known]
    width = np.diff(starts, append=starts[-1:] + STRETCH) if len(starts) else starts
    return Places(starts, np.maximum.accumulate(offsets) if len(offsets) else offsets, width, end)


def _csi(path: Path) -> list[Places]:
    """From the bins: where the earliest of those that begin at one base begins."""
    found = []
    for contig in read_csi(path):
        starts, bin_of = np.unique(contig.start, return_inverse=True)
        offsets = np.full(len(starts), np.iinfo(np.int64).max)
        np.minimum.at(offsets, bin_of, contig.offset)
        found.append(_places(starts, offsets, contig.bins_end))
    return found


def _crai(path: Path) -> list[Places]:
    """From the slices: each begins with its container."""
    table = read_crai(path)
    contigs = int(table[:, 0].max(initial=-1)) + 1
    found: list[Places] = []
    for contig in range(contigs):
        here = table[table[:, 0] == contig]
        here = here[np.argsort(here[:, 1], kind="stable")]
        end = int((here[:, 3] + here[:, 4] + here[:, 5]).max(initial=0)) + 4_096  # and the container's header
        starts, offsets = here[:, 1] - 1, here[:, 3]
        reach = np.maximum.accumulate(here[:, 1] - 1 + here[:, 2]) if len(here) else starts
        found.append(_Slices(starts, offsets, here[:, 2], end, reach))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Slices(Places):
    """Slices of a CRAM, which are decoded whole; `reach` is the farthest base of this and all earlier ones."""

    reach: Ints

    def span(self, start: int, end: int, generosity: int) -> Span | None:
        """Bytes of every slice that may hold reads over the stretch, and the header of the next."""
        first = int(np.searchsorted(self.reach, start, side="right"))
        last = int(np.searchsorted(self.start, end, side="left"))
        if first >= len(self.start) or last <= first:
            return None
        later = self.offset[last:]
        later = later[later > int(self.offset[last - 1])]
        stop = int(later[0]) if len(later) else self.end
        return int(self.offset[first]), stop + _BLOCK * generosity
