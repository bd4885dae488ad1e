"""Files of others read within bounds: a line, a record and a table that is held have a largest size.

A compressed file of five megabytes can unpack to a line of five gigabytes: it is refused by name, not by the system.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from refractor.errors import InputError, Problem

MAX_LINE_BYTES = 64 * 1024**2
"""Of one line or binary record; a VCF of ten thousand samples has lines of about one."""
MAX_TABLE_BYTES = 1024**3
"""Of a text file that is held in memory, decompressed."""
MAX_TABLE_LINES = 3_500_000
"""Of a text file whose lines are held, an object each; a table of a genome's windows of 1,000 bases has 3.1 million."""
MAX_INDEX_BYTES = 64 * 1024**2
"""Of the index of a BAM or CRAM, decompressed, and of a header; those of a whole genome have about ten."""
GZIP_MAGIC = b"\x1f\x8b"
_BLOCK_BYTES = 1024**2
# A cell may fill its line: the bound is the line's, and `csv` would stop at 128 kB with an error of its own.
csv.field_size_limit(MAX_LINE_BYTES)


class _BoundedLines(io.RawIOBase):
    """Bytes of a stream; raises where more than MAX_LINE_BYTES come without the end of a line."""

    def __init__(self, raw: BinaryIO, path: Path, error: type[InputError]) -> None:
        self._raw, self._path, self._error = raw, path, error
        self._lines = self._open_bytes = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._raw.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._lines = self._open_bytes = 0
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        return self._raw.tell()

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        block = self._raw.read(min(len(view), _BLOCK_BYTES))
        view[: len(block)] = block
        last = block.rfind(b"\n")
        if last < 0:
            self._open_bytes += len(block)
        else:
            self._lines += block.count(b"\n")
            self._open_bytes = len(block) - last - 1
        if self._open_bytes > MAX_LINE_BYTES:
            raise self._error(too_long(self._path, line=self._lines + 1))
        return len(block)


def too_long(path: Path, *, line: int | None = None) -> Problem:
    """A line or record beyond the bound."""
    what = "is a line" if line is not None else "has a record"
    allowed = "look whether the file is whole and of the kind that the sheet says"
    return Problem(path, f"{what} of more than {MAX_LINE_BYTES // 1024**2} MB", line=line, allowed=allowed)


def too_many_lines(path: Path) -> Problem:
    """A table of more lines than are held."""
    allowed = "give the tumour's own file, not a cohort's, and no table of single bases"
    return Problem(path, f"has more than {MAX_TABLE_LINES:,} lines", allowed=allowed)


def counted_lines(lines: Iterable[str], path: Path, error: type[InputError]) -> Iterator[str]:
    """The lines of a table whose lines are held; `error` behind MAX_TABLE_LINES."""
    for number, line in enumerate(lines):
        if number >= MAX_TABLE_LINES:
            raise error(too_many_lines(path))
        yield line


def bounded_lines(raw: BinaryIO, path: Path, error: type[InputError]) -> BinaryIO:
    """The stream, seekable as it was; reading raises `error` at a line of more than MAX_LINE_BYTES."""
    return cast(BinaryIO, io.BufferedReader(_BoundedLines(raw, path, error), buffer_size=_BLOCK_BYTES))


def text_lines(path: Path, error: type[InputError]) -> Iterator[str]:
    """Each line of a plain text file with its end as `\\n`, whatever it is; what is not UTF-8 stands as U+FFFD.

    Raises:
        InputError: as `error`; the file cannot be read, a line has more than MAX_LINE_BYTES, or there are more than
            MAX_TABLE_LINES.
    """
    try:
        with path.open("rb") as raw:
            lines = io.TextIOWrapper(
                bounded_lines(raw, path, error), encoding="utf-8-sig", errors="replace", newline=None
            )
            yield from counted_lines(lines, path, error)
    except OSError as found:
        raise error(Problem(path, f"cannot be read: {found.strerror or found}")) from found


def read_bounded(path: Path, most: int) -> bytes:
    """The bytes of a binary file, decompressed where it is gzip.

    Raises:
        ValueError: there are more than `most`; OSError, EOFError, zlib.error as the file gives them.
    """
    with path.open("rb") as raw:
        packed = raw.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        raw.seek(0)
        stream = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if packed else raw
        data = stream.read(most + 1)
    if len(data) > most:
        raise ValueError(f"it has more than {most // 1024**2} MB")
    return data


def read_table_bytes(path: Path, error: type[InputError]) -> bytes:
    """All bytes of a plain or gzipped text file, decompressed.

    Raises:
        InputError: as `error`; the file cannot be read, its gzip is damaged or cut, a line has more than
            MAX_LINE_BYTES, or it has more than MAX_TABLE_BYTES or MAX_TABLE_LINES in all.
    """
    try:
        with path.open("rb") as raw:
            packed = raw.read(len(GZIP_MAGIC)) == GZIP_MAGIC
            raw.seek(0)
            stream = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if packed else raw
            content = read_held(bounded_lines(stream, path, error), path, error)
    except IsADirectoryError as found:
        raise error(Problem(path, "is a directory", allowed="give the file itself")) from found
    except (EOFError, zlib.error, gzip.BadGzipFile) as found:
        what = f"is a damaged or truncated gzip file ({found})"
        raise error(Problem(path, what, allowed="copy it again")) from found
    except OSError as found:
        raise error(Problem(path, f"cannot be read: {found.strerror or found}")) from found
    return content


def read_held(stream: BinaryIO, path: Path, error: type[InputError]) -> bytes:
    """The rest of a stream, to be held in memory; `error` where it is more than MAX_TABLE_BYTES or MAX_TABLE_LINES."""
    blocks: list[bytes] = []
    size = lines = 0
    while block := stream.read(_BLOCK_BYTES):
        blocks.append(block)
        size += len(block)
        lines += max(block.count(b"\n"), block.count(b"\r"))
        if lines > MAX_TABLE_LINES:
            raise error(too_many_lines(path))
        if size > MAX_TABLE_BYTES:
            what = f"has more than {MAX_TABLE_BYTES // 1024**2} MB of text"
            raise error(Problem(path, what, allowed="give the tumour's own file, not a cohort's"))
    return b"".join(blocks)
