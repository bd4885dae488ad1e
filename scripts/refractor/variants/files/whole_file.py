"""The bytes of a text or BCF file that is there and whole, decompressed, at one opening."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from refractor.errors import Problem, VariantFileError
from refractor.files.atomic import is_special
from refractor.files.bounded import GZIP_MAGIC, bounded_lines, read_held

BGZF_EOF = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
"""The empty block that ends every bgzip file (SAM specification, section 4.1.2)."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def fault(path: Path, what: str, *, line: int | None = None, allowed: str | None = None) -> VariantFileError:
    """The error of one thing wrong with a variant file."""
    return VariantFileError(Problem(path, what, line=line, allowed=allowed))


@contextmanager
def opened_whole(path: Path) -> Iterator[BinaryIO]:
    """The decompressed bytes of a file, seekable; plain, gzip and bgzip are told by content, whatever the name.

    Raises:
        VariantFileError: the file is missing, a directory, a pipe, empty, cannot be read, is cut short (bgzip
            without its last block, gzip without its trailer) or damaged, also where that shows only on the way.
    """
    _check_kind(path)
    try:
        raw = path.open("rb")
    except OSError as error:
        raise fault(path, f"cannot be read: {error.strerror}") from error
    with raw:
        try:
            if not _is_gzip(path, raw):
                yield bounded_lines(raw, path, VariantFileError)
                return
            with cast(BinaryIO, gzip.GzipFile(fileobj=raw)) as handle:
                yield bounded_lines(handle, path, VariantFileError)
        except (OSError, EOFError, zlib.error) as error:
            raise fault(
                path, f"is damaged or half-written: {error}", allowed="copy or compress it again"
            ) from error


def read_start(path: Path, size: int) -> bytes:
    """Up to `size` bytes from the start of a file, decompressed; a VariantFileError where it cannot be read."""
    with opened_whole(path) as handle:
        return handle.read(size)


def read_whole(path: Path) -> bytes:
    """All bytes of a text file, decompressed, without a byte-order mark; a VariantFileError where it is damaged."""
    with opened_whole(path) as handle:
        return read_held(handle, path, VariantFileError).removeprefix(BYTE_ORDER_MARK)


def _check_kind(path: Path) -> None:
    if not path.exists():
        raise fault(path, "does not exist")
    if path.is_dir():
        raise fault(path, "is a directory", allowed="a VCF, BCF or MAF file is needed")
    if is_special(path):
        raise fault(path, "is a pipe or a device", allowed="give a file")


def _is_gzip(path: Path, raw: BinaryIO) -> bool:
    """Whether the content is gzip or bgzip, which then ends as it must; `raw` is left at its start."""
    head = raw.read(18)
    if not head:
        raise fault(path, "is empty", allowed="a VCF without variants still has its header")
    bgzf = head[:2] == GZIP_MAGIC and len(head) == 18 and head[3] & 4 != 0 and head[12:14] == b"BC"
    if bgzf:
        raw.seek(max(0, raw.seek(0, 2) - len(BGZF_EOF)))
        if raw.read() != BGZF_EOF:
            raise fault(
                path,
                "is truncated: the block that ends a bgzip file is missing",
                allowed="copy or compress it again",
            )
    raw.seek(0)
    return head[:2] == GZIP_MAGIC
