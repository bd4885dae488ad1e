"""Writing files so that a killed step never leaves one that looks finished."""

from __future__ import annotations

import os
import re
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from refractor.errors import is_the_disks_fault

REMOTE = re.compile(r"(?:https?|s3|gs|az)://", re.IGNORECASE)
"""How an address begins that can be read over the network."""


TEMPORARY = "refractor-temporary-"
"""How the names of our temporary folders begin."""


def is_special(path: Path) -> bool:
    """Whether `path` is a pipe, a device or a socket: reading one may never end."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


@contextmanager
def written_aside(path: str | Path) -> Iterator[Path]:
    """A scratch path beside `path`, renamed over it only when the block ends without an error.

    The scratch name keeps the file's suffixes, so that libraries which choose a format by name work. It names the
    machine and the process, so that what a killed process left is known and removed by the next that writes the file.
    """
    final = Path(path)
    final.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(final)
    scratch = final.with_name(f".{_machine()}-{os.getpid()}.{final.name}")
    try:
        with _naming(final):
            yield scratch
        scratch.replace(final)
    finally:
        scratch.unlink(missing_ok=True)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder where this machine keeps temporary files (TMPDIR), removed at the end."""
    with TemporaryDirectory(prefix=TEMPORARY) as name, _naming(Path(name)):
        yield Path(name)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Give a disk's fault the name of what was written: the system names a file where it opens it, not at a write."""
    try:
        yield
    except OSError as error:
        if error.filename is None and is_the_disks_fault(error):
            error.filename = str(path)
        raise


def write_text(path: str | Path, text: str) -> None:
    """Write a whole text file, or none of it."""
    with written_aside(path) as scratch:
        scratch.write_text(text, encoding="utf-8")


def _machine() -> str:
    """This machine's name in letters that a file name may hold."""
    return re.sub(r"[^A-Za-z0-9_]", "_", socket.gethostname())


def _remove_abandoned(final: Path) -> None:
    """Remove scratch files of `final` whose process, of this machine, is no more; another machine's are left."""
    start, end = f".{_machine()}-", f".{final.name}"
    for name in (path.name for path in final.parent.iterdir()):
        process = name.removeprefix(start).removesuffix(end)
        if name == f"{start}{process}{end}" and process.isdecimal() and not _runs(int(process)):
            final.with_name(name).unlink(missing_ok=True)


def _runs(process: int) -> bool:
    """Whether a process of this number runs now."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it runs, as somebody else
        return True
    return True
