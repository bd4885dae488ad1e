"""What two files share where their content is the same, however each is packed and whatever ends its lines."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import stat
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from refractor.files.bounded import GZIP_MAGIC

_END_BYTES = 1024**2
"""Bytes at each end of reads by which two files of one size are compared."""
_PIECE = 64 * 1024
"""Letters of text that are looked at first; two files that differ mostly do so in these."""
_MOST_PIECES = 256
"""Text beyond 16 MB is not compared: of everybody's copy of one list of regions, it would be read for each of them."""
_BAM_MAGIC = b"BAM\1"
ENOUGH_FOR_BAM_MAGIC = 4096
"""Compressed bytes from which the first four can be had, whatever the code tables before them."""
_HEADER = "##"


def starts_alike(path: Path) -> object:
    """What two files that may have one content share, cheaply: the first 64 kB of text, the size of reads.

    The path itself where it cannot be read.
    """
    return _told(path, 1)


def content_alike(path: Path) -> object:
    """What two files of one content share: a digest of the text as unpacked, its line ends and its header's `##` lines
    aside, up to 16 MB; of reads size and ends.

    The ends are enough for a BAM: its header, and the last reads with the end of the compressed stream. A table without
    a record is told by its header too. The path itself where it cannot be read.
    """
    return _told(path, _MOST_PIECES)


def starts_as_bam(start: bytes) -> bool:
    """Whether a file of these first bytes, once decompressed, starts as a BAM does: a VCF is compressed just so."""
    try:
        return zlib.decompressobj(wbits=31).decompress(start, len(_BAM_MAGIC)) == _BAM_MAGIC
    except zlib.error:
        return False


def _told(path: Path, pieces: int) -> object:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or not status.st_size:
            return str(path)
        with path.open("rb") as raw:
            start = raw.read(ENOUGH_FOR_BAM_MAGIC)
            raw.seek(0)
            if start.startswith(b"CRAM") or starts_as_bam(start):
                return _told_of_bytes(raw, ends=pieces > 1)
            try:
                return _digest(islice(_text(raw, packed=start.startswith(GZIP_MAGIC)), pieces))
            except (
                EOFError,
                zlib.error,
                gzip.BadGzipFile,
            ):  # damaged: its step says so, its copy is still one
                return _told_of_bytes(raw, ends=pieces > 1)
    except OSError:
        return str(path)


def _told_of_bytes(raw: BinaryIO, *, ends: bool) -> object:
    size = raw.seek(0, os.SEEK_END)
    if not ends:
        return size
    digest = hashlib.sha256()
    for place in (0, max(0, size - _END_BYTES)):
        raw.seek(place)
        digest.update(raw.read(_END_BYTES))
    return size, digest.hexdigest()


def _text(raw: BinaryIO, *, packed: bool) -> Iterator[str]:
    """The text after the `##` lines in pieces, each line's end as `\\n`. With no record, what it says of itself is first.

    Every byte is a letter: binary tables are told just so.
    """
    stream = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if packed else raw
    text = io.TextIOWrapper(stream, encoding="latin-1", newline=None)
    try:
        header = hashlib.sha256()
        line = text.readline(_PIECE).removeprefix("ï»¿")  # the byte-order mark, in these letters
        while line.startswith(_HEADER):
            header.update(line.encode("latin-1"))
            line = text.readline(_PIECE)
        piece = line + text.read(_PIECE - len(line))
        if all(not line or line.startswith("#") for line in piece.split("\n")):
            yield header.hexdigest()
        while piece:
            yield piece
            piece = text.read(_PIECE)
    finally:
        text.detach()  # it would close the file with it


def _digest(pieces: Iterator[str]) -> str:
    """Of the whole text but the empty lines at its end, which editors add and take away."""
    digest, held = hashlib.sha256(), ""
    for piece in pieces:
        text = held + piece
        kept = text.rstrip("\n")
        held = text[len(kept) :]
        digest.update(kept.encode("latin-1"))
    return digest.hexdigest()
