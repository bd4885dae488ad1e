"""Writing files so that a killed step never leaves one that looks finished."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_aside(path: str | Path) -> Iterator[Path]:
    """A scratch path beside `path`, renamed over it only when the block ends without an error.

    The scratch name keeps the file's suffixes, so that libraries which choose a format by name work.
    """
    final = Path(path)
    final.parent.mkdir(parents=True, exist_ok=True)
    scratch = final.with_name(f".{os.getpid()}.{final.name}")
    try:
        yield scratch
        scratch.replace(final)
    finally:
        scratch.unlink(missing_ok=True)
