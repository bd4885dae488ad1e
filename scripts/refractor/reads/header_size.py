"""How long the header of a BAM or CRAM says it is, before htslib makes room for it.

Formats: SAM specification, section 4.2; CRAM 3.1, sections 7 (containers) and 8 (blocks). A header is compressed: a file of
two megabytes can hold one of two gigabytes.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from pathlib import Path
from typing import BinaryIO, cast

from refractor.errors import AlignmentError, Problem
from refractor.files.bounded import MAX_INDEX_BYTES

_CRAM_DEFINITION = 26
_LAST_WITH_ITF8 = 3
"""The highest major version of CRAM whose integers are ITF-8."""


def check_header_size(path: Path, *, is_cram: bool, shown_as: str | None = None) -> None:
    """Nothing, or an AlignmentError where the header is of more than MAX_INDEX_BYTES. A damaged one is left to htslib.

    `shown_as` names the file in the message, where `path` is a copy of parts of it.
    """
    try:
        with path.open("rb") as raw:
            size = _of_cram(raw) if is_cram else _of_bam(raw)
    except (OSError, EOFError, struct.error, IndexError, zlib.error):
        return
    if size > MAX_INDEX_BYTES:
        what = f"has a header of {size // 1024**2:,} MB, more than {MAX_INDEX_BYTES // 1024**2} MB"
        raise AlignmentError(
            Problem(shown_as or path, what, allowed="write the file again with its own header only")
        )


def _of_bam(raw: BinaryIO) -> int:
    with cast(BinaryIO, gzip.GzipFile(fileobj=raw)) as stream:
        (size,) = struct.unpack("<4xI", stream.read(8))
    return int(size)


def _of_cram(raw: BinaryIO) -> int:
    """The size of the first block of the first container, decompressed; 0 of a later version."""
    start = raw.read(_CRAM_DEFINITION)
    if start[4] > _LAST_WITH_ITF8:
        return 0
    raw.read(4)  # bytes of the container
    for _ in range(4):  # reference, start, span, records
        _itf8(raw)
    for _ in range(2):  # counter of records, bases: LTF-8
        _skip_ltf8(raw)
    _itf8(raw)  # blocks
    for _ in range(_itf8(raw)):  # landmarks
        _itf8(raw)
    raw.read(4 if start[4] >= _LAST_WITH_ITF8 else 0)  # checksum
    raw.read(2)  # compression, kind
    for _ in range(2):  # id, compressed bytes
        _itf8(raw)
    return _itf8(raw)


def _itf8(raw: BinaryIO) -> int:
    """An integer of one to five bytes: as many leading ones in the first as bytes follow."""
    first = raw.read(1)[0]
    more = next((n for n in range(4) if not first & 0x80 >> n), 4)
    rest = raw.read(more)
    if more == 4:
        return (first & 0x0F) << 28 | rest[0] << 20 | rest[1] << 12 | rest[2] << 4 | rest[3] & 0x0F
    return (first & 0xFF >> more + 1) << 8 * more | int.from_bytes(rest, "big")


def _skip_ltf8(raw: BinaryIO) -> None:
    first = raw.read(1)[0]
    raw.read(next((n for n in range(8) if not first & 0x80 >> n), 8))
