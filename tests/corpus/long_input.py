"""Small files that unpack to more than any machine holds, or of more lines than are held."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

from mutations import Mutation

_PIECE = 64 * 1024**2


@cache
def _packed(piece: bytes) -> bytes:
    return gzip.compress(piece * (_PIECE // len(piece)), 9)


def _one_line(path: Path, _: random.Random) -> None:
    """A line of 5 GB in some 5 MB: gzip files one after the other are one."""
    with path.open("wb") as out:
        for _ in range(80):
            out.write(_packed(b"A"))


def _tabs(path: Path, _: random.Random) -> None:
    """A line of 5 GB of empty cells."""
    with path.open("wb") as out:
        for _ in range(80):
            out.write(_packed(b"\t"))


def _of_many_lines(line: bytes) -> Callable[[Path, random.Random], None]:
    """What the file says, and three million further lines."""

    def change(path: Path, _: random.Random) -> None:
        data = path.read_bytes()
        data = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
        path.write_bytes(data + line * 3_000_000)

    return change


ENDLESS = (
    Mutation("three million lines of one cell behind it", _of_many_lines(b"1\n")),
    Mutation("three million empty lines behind it", _of_many_lines(b"\n")),
    Mutation("a line of 5 GB in 5 MB of gzip", _one_line),
    Mutation("a line of 5 GB of empty cells, in gzip", _tabs),
)
