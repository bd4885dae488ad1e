"""Reading files that people write by hand: what an editor or a spreadsheet does to them is mended or named."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

from refractor.errors import InputError, Problem
from refractor.files.bounded import MAX_TABLE_LINES

LARGEST_BYTES = 100_000_000
"""A hand-written file beyond this is something else, e.g. a BAM in the place of a sheet."""

_MAGIC = (
    (b"PK\x03\x04", "is a spreadsheet or zip file", "save the sheet as tab-separated text (.tsv, UTF-8)"),
    (b"\xd0\xcf\x11\xe0", "is an old Excel file", "save the sheet as tab-separated text (.tsv, UTF-8)"),
    (b"\x1f\x8b", "is compressed", "decompress it with gunzip; sheets and configuration are plain text"),
    (b"\xff\xfe", "is UTF-16 text", "save it as UTF-8"),
    (b"\xfe\xff", "is UTF-16 text", "save it as UTF-8"),
    (b"CRAM", "is a CRAM file", "give the hand-written file here"),
    (b"%PDF", "is a PDF file", "give the hand-written file here"),
)
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class HandWritten:
    """Decoded text of one file with `\\n` as its only line end, and what was tolerated on the way."""

    text: str
    tolerated: tuple[str, ...]


def read_hand_written(path: str | Path, *, what: str) -> HandWritten:
    """The text of `path`, UTF-8 with or without a byte-order mark, line ends of any system.

    `what` names the file's role in messages, e.g. `sheet of samples`. Raises InputError for a file that is
    missing, a directory, unreadable, empty, of another format or in another encoding (then with the line).
    """
    data = _bytes_of(path, what)
    _refuse_other_formats(path, data, what)
    if max(data.count(b"\n"), data.count(b"\r")) > MAX_TABLE_LINES:
        raise InputError(
            Problem(
                path,
                f"has more than {MAX_TABLE_LINES:,} lines, too many for the {what}",
                allowed="give that file",
            )
        )
    tolerated = []
    if data.startswith(_BOM):
        data = data.removeprefix(_BOM)
        tolerated.append("a byte-order mark")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(_wrong_encoding(path, data, error)) from error
    if "\r\n" in text:
        text = text.replace("\r\n", "\n")
        tolerated.append("Windows line ends")
    elif "\r" in text and "\n" not in text:
        text = text.replace("\r", "\n")
        tolerated.append("old Macintosh line ends")
    if not text.replace("\ufeff", "").strip():
        raise InputError(Problem(path, "is empty", allowed=f"fill the {what}"))
    return HandWritten(text, tuple(tolerated))


def _bytes_of(path: str | Path, what: str) -> bytes:
    try:
        status = Path(path).stat()
        if stat.S_ISDIR(status.st_mode):
            raise InputError(Problem(path, "is a directory", allowed=f"give the {what}, a file"))
        if not stat.S_ISREG(status.st_mode):
            raise InputError(Problem(path, "is not a regular file", allowed=f"give the {what}, a file"))
        if status.st_size > LARGEST_BYTES:
            raise InputError(
                Problem(
                    path, f"has {status.st_size:,} bytes, too many for the {what}", allowed="give that file"
                )
            )
        return Path(path).read_bytes()
    except FileNotFoundError as error:
        raise InputError(
            Problem(
                path, "does not exist", allowed=f"paths are relative to the working directory {Path.cwd()}"
            )
        ) from error
    except PermissionError as error:
        raise InputError(
            Problem(path, "cannot be read: permission denied", allowed="ask for the right to read it")
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in the path
        raise InputError(
            Problem(path, f"cannot be read: {error}", allowed=f"give the {what}, a file")
        ) from error


def _refuse_other_formats(path: str | Path, data: bytes, what: str) -> None:
    for magic, meaning, remedy in _MAGIC:
        if data.startswith(magic):
            raise InputError(Problem(path, meaning, allowed=remedy))
    nul = data.find(b"\0")
    if nul < 0:
        return
    if data.count(b"\0") > len(data) // 4:
        raise InputError(Problem(path, "is UTF-16 text or no text at all", allowed="save it as UTF-8"))
    raise InputError(
        Problem(
            path,
            "holds a NUL byte",
            line=_line_of(data, nul),
            allowed=f"write the {what} again as UTF-8 text",
        )
    )


def _wrong_encoding(path: str | Path, data: bytes, error: UnicodeDecodeError) -> Problem:
    byte = data[error.start]
    guess = bytes([byte]).decode("cp1252", errors="replace")
    meant = (
        f" (in Windows-1252 or Latin-1 it is {guess})" if guess.isprintable() and guess != "\ufffd" else ""
    )
    return Problem(
        path,
        f"is not UTF-8: byte 0x{byte:02x}{meant}",
        line=_line_of(data, error.start),
        allowed="save it as UTF-8",
    )


def _line_of(data: bytes, offset: int) -> int:
    before = data[:offset]
    return 1 + (before.count(b"\n") or before.count(b"\r"))
