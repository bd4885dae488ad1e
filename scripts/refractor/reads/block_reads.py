"""The reads that begin in stretches of a BAM, straight from its compressed blocks: bytes, not an object a read.

A BAM is a row of gzip members of at most 64 kB (SAM specification, section 4.1). Its index tells at which byte of
which block the first read over 16 kb begins. From there blocks are passed over, their beginnings alone unpacked, as long
as the next one begins with a read before the stretch; then they are read until a read begins beyond it.
"""

from __future__ import annotations

import bisect
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray

from refractor.reads.alignment import Alignment
from refractor.reads.bam_records import PADDING
from refractor.reads.index_files import FirstReads, damage_told, first_reads

Ints = NDArray[np.int64]

_MAGIC, _HEAD = b"\x1f\x8b\x08\x04", 18
"""How each block begins, and its bytes before the compressed data; the last two of them tell its length."""
_GLANCE, _GLANCED = 1_536, 4_096
"""Compressed bytes of a block's beginning, and bytes, that are looked at for its first record."""
_FIXED = struct.Struct("<iiiBBHHHiii")
"""Of a record: bytes after this number, contig, first base, length of the name, mapping quality, bin, operations, flag,
length of the sequence, the mate's contig and first base."""
_SIZE, _PLACE = struct.Struct("<I"), struct.Struct("<Iii")
"""Of a record: the bytes after this number; these, the contig and the first base."""
_BEYOND = 1 << 40
_BLOCK_BYTES = 65_280
"""What htslib packs into a block."""
_LEAST_RECORD = 32


class RecordBuffer:
    """Bytes of records one after another, `size` of those held, in memory that is used again for the next ones."""

    def __init__(self) -> None:
        self.held = bytearray(PADDING)
        self.size = 0

    def add(self, part: bytes | memoryview) -> None:
        """Put bytes behind the others."""
        size = self.size + len(part)
        if size + PADDING > len(self.held):  # another one: arrays may lie over this
            self.held = self.held[: self.size].ljust(2 * size + PADDING, b"\0")
        self.held[self.size : size] = part
        self.size = size

    def array(self) -> NDArray[np.uint8]:
        """All bytes and PADDING; they change with the next ones that are put in."""
        return np.frombuffer(self.held, dtype=np.uint8, count=self.size + PADDING)


@contextmanager
def block_reads(alignment: Alignment) -> Iterator[BlockReads]:
    """The reads of an open BAM, by block."""
    with damage_told(alignment.index, remedy=f"run `samtools index {alignment.path}` again"):
        first = first_reads(alignment.index)
    with alignment.path.open("rb", buffering=0) as file:
        yield BlockReads(alignment, file.fileno(), first)


class BlockReads:
    """The reads of one BAM, asked for stretch by stretch in genome order."""

    def __init__(self, alignment: Alignment, descriptor: int, first: list[FirstReads]) -> None:
        self._alignment, self._descriptor, self._first = alignment, descriptor, first
        self._kept: tuple[int, bytes, int] = (-1, b"", 0)
        """The block read last: where it begins, what it holds, where the next one begins."""
        self._left_off = (-1, 0, 0)
        """Contig and base up to which the last stretch was read, and the virtual offset of the read after it."""
        self._density = 0.01
        """Bases of the genome a byte of records, in the last stretch: at first as at 20x."""

    def over(self, chromosome: str, start: int, end: int, *, earliest: int, data: RecordBuffer) -> Ints:
        """Add the records of all reads over a stretch to `data`, in file order; where in them each begins.

        Without those that begin before `earliest`. Some of the others may end before the stretch, none begins after it.
        Raises AlignmentError where the file breaks off.
        """
        contig = self._alignment.file.get_tid(self._alignment.contig(chromosome))
        before = data.size

        def read() -> Ints:
            data.size = before  # of a try that broke off
            return self._records(contig, start, end, min(start, earliest), data)

        return self._alignment.whole(chromosome, start, end, read)

    def _records(self, contig: int, start: int, end: int, earliest: int, data: RecordBuffer) -> Ints:
        begin = self._begin(contig, start, earliest)
        if begin is None:
            return np.zeros(0, dtype=np.int64)
        origin, origin_at, at = begin >> 16, data.size - (begin & 0xFFFF), data.size
        block, following = self._block(origin)
        data.add(memoryview(block)[begin & 0xFFFF :])
        begins: list[int] = []
        while True:
            at = _walk(data, at, begins)
            if begins and _place(data, begins[-1], contig) >= end:
                break
            origin, origin_at = following or origin, data.size
            block, following = self._block(origin) if following else (b"", 0)
            if not following:
                if at != data.size:
                    raise EOFError("the file ends inside a read")
                begins.append(at)  # the end is where the next one would begin
                break
            data.add(block)
        low = bisect.bisect_left(
            begins, earliest, hi=len(begins) - 1, key=lambda at: _place(data, at, contig)
        )
        high = bisect.bisect_left(begins, end, hi=len(begins) - 1, key=lambda at: _place(data, at, contig))
        self._check_order(data, begins[high], contig)
        if begins[high] >= origin_at:
            self._left_off = (contig, end, origin << 16 | begins[high] - origin_at)
        if high > low:
            bases = _place(data, begins[high - 1], contig) - _place(data, begins[low], contig)
            self._density = max(bases, 1) / (begins[high] - begins[low])
        found = np.array(begins[low : high + 1], dtype=np.int64)
        if len(found) > 1 and (found[1:] - found[:-1]).min() < 4 + _LEAST_RECORD:
            raise ValueError("a read is shorter than its own fields")
        data.size = begins[high]
        return found[:-1]

    def _check_order(self, data: RecordBuffer, at: int, contig: int) -> None:
        """Raise a ValueError where what follows the reads of a contig is neither of it nor of a later one."""
        if at + _PLACE.size <= data.size:
            on = _PLACE.unpack_from(data.held, at)[1]
            if on not in (contig, -1) and not contig < on < len(self._first):
                raise ValueError("its reads are not in order")

    def _begin(self, contig: int, start: int, earliest: int) -> int | None:
        """The virtual offset to read from: before all reads over and after `start` that begin at `earliest` or later."""
        told = self._first[contig].offset_at(start) if contig < len(self._first) else None
        if told is None:
            return None
        since, offset = told
        on, until, left_off = self._left_off
        if on == contig and until <= earliest and left_off > offset:
            since, offset = until, left_off
        blocks, at, farther = [offset >> 16], 0, True
        step = int(
            (earliest - since) / (self._density * _BLOCK_BYTES)
        )  # blocks, as dense as the last stretch was
        if self._alignment.remote is not None:
            step = 0  # what lies between was fetched
        while step > 0:  # farther and farther until a block begins too late, then back by halves
            while len(blocks) <= at + step and (after := self._after(blocks[-1])):
                blocks.append(after)
            tried = at + step
            inside = self._first_record(blocks[tried], contig, earliest) if tried < len(blocks) else None
            if inside is not None:
                offset, at = blocks[tried] << 16 | inside, tried
            farther = farther and inside is not None
            step = max(step // 4, 1) if farther else step // 2
        return offset

    def _first_record(self, offset: int, contig: int, earliest: int) -> int | None:
        """Where in a block its first record begins, if it surely is of a read on the contig before `earliest`; else None.

        Records may run over the ends of blocks. What looks like one begins with the contig after its length, its fields
        fit each other, and what follows it looks like one as well.
        """
        head = isal_zlib.decompressobj(wbits=31).decompress(
            os.pread(self._descriptor, _GLANCE, offset), _GLANCED
        )
        sought, at = struct.pack("<i", contig), 4
        while (at := head.find(sought, at)) >= 0:
            position, following = self._looks_like(head, at - 4, contig)
            if following and self._looks_like(head, following, contig)[1]:
                return at - 4 if position < earliest else None
            at += 1
        return None

    def _looks_like(self, head: bytes, at: int, contig: int) -> tuple[int, int]:
        """First base of a read on the contig whose record seems to begin at a place, and where it ends; zeros if none does."""
        if at + _FIXED.size > len(head):
            return 0, 0
        size, on, position, name, _, _, operations, _, length, mate, _ = _FIXED.unpack_from(head, at)
        fits = (
            on == contig
            and position >= 0
            and -1 <= mate < len(self._first)
            and length >= 0
            and size >= _LEAST_RECORD + name + 4 * operations + (length + 1) // 2 + length
            and head[at + 35 + name : at + 36 + name] == b"\0"
        )
        return (position, at + 4 + size) if fits else (0, 0)

    def _after(self, offset: int) -> int:
        """Where the block after the one at `offset` begins; 0 at the end of the file."""
        head = os.pread(self._descriptor, _HEAD, offset)
        return offset + _length(head, offset) if head else 0

    def _block(self, offset: int) -> tuple[bytes, int]:
        """What a block holds, and where the next one begins; 0 at the end of the file."""
        if self._kept[0] == offset:
            return self._kept[1:]
        head = os.pread(self._descriptor, _HEAD, offset)
        if not head:
            return b"", 0
        size = _length(head, offset)
        data = isal_zlib.decompress(os.pread(self._descriptor, size, offset), wbits=31, bufsize=65_536)
        self._kept = (offset, data, offset + size)
        return data, offset + size


def _walk(data: RecordBuffer, at: int, begins: list[int]) -> int:
    """Add where each record from `at` on begins, as far as its place is known; where the one after them begins."""
    held, last, size_of, note = data.held, data.size - _PLACE.size, _SIZE.unpack_from, begins.append
    while at <= last:
        note(at)
        at += 4 + size_of(held, at)[0]
    return at


def _place(data: RecordBuffer, at: int, contig: int) -> int:
    """First base of the record that begins at `at`; beyond any for one of another contig."""
    _, on, position = _PLACE.unpack_from(data.held, at)
    return int(position) if on == contig else _BEYOND


def _length(head: bytes, offset: int) -> int:
    """Bytes of the block that begins with `head` at a byte of the file."""
    if len(head) < _HEAD or not head.startswith(_MAGIC) or head[12:14] != b"BC":
        raise ValueError(f"no compressed block at byte {offset:,}")
    return int.from_bytes(head[16:], "little") + 1
