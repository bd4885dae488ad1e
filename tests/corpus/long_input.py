"""Small compressed files that unpack to more than any machine holds."""

from __future__ import annotations

import gzip
import random
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


ENDLESS = (
    Mutation("a line of 5 GB in 5 MB of gzip", _one_line),
    Mutation("a line of 5 GB of empty cells, in gzip", _tabs),
)
