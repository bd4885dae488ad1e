"""Files that are dated in the future: results, because the clock was set back after they were made, and inputs.

Snakemake tells by date first whether a result is older than what it was made from: an edit would pass unseen until the clock has
caught up, and a job that takes such a result as input fails ("clock skew"), its output removed.
"""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

log = logging.getLogger(__name__)

TOLERANCE_SECONDS = 2.0
"""The clocks of a file server and of this machine may differ by as much."""
MOST_AHEAD_SECONDS = 60.0
"""A run takes seconds to its first job: an input that is dated less ahead is in the past by then."""
LONG_AGO = 946_684_800.0
"""1 January 2000: before any input. Snakemake then asks for the inputs' content, and makes nothing again that is the same."""


def is_ahead(path: str | Path, *, by: float = TOLERANCE_SECONDS) -> bool:
    """Whether a file, or the link that leads to it, is dated more than `by` seconds after now."""
    return _date(path) > time.time() + by


def date_fault(path: str | Path, *, by: float = MOST_AHEAD_SECONDS) -> tuple[str, str] | None:
    """What is wrong with an input's date, and the remedy; None where it is not `by` seconds ahead, or there is no such file.

    Whatever is made from a file of tomorrow is older than it, which Snakemake takes for a failure.
    """
    if not is_ahead(path, by=by):
        return None
    touch = "touch -h" if Path(path).is_symlink() else "touch"
    return (
        f"'{path}' is dated in the future ({datetime.fromtimestamp(_date(path)):%Y-%m-%d %H:%M})",
        f"run: {touch} {path}, or set this machine's clock",
    )


def date_and_size(path: str | Path) -> str:
    """By what a change of a file is told that is no input of a job, because of its date."""
    return f"{path} {_date(path):.3f} {Path(path).stat().st_size}"


def _date(path: str | Path) -> float:
    """Seconds since 1970, of a link the later of its own and its file's; 0 where there is none."""
    try:
        return max(Path(path).stat().st_mtime, Path(path).lstat().st_mtime)
    except OSError:
        return 0.0


def date_back(folders: Iterable[Path], *, now: float | None = None) -> int:
    """How many files of these folders were dated after `now` (seconds since 1970; default: the clock), and are no longer.

    They keep their order and their distances; the newest is then LONG_AGO. Files of others are left as they are.
    """
    latest = (time.time() if now is None else now) + TOLERANCE_SECONDS
    ahead = [(path, date) for folder in folders for path, date in _dates(folder) if date > latest]
    if not ahead:
        return 0
    back = max(date for _, date in ahead) - LONG_AGO
    dated = 0
    for path, date in ahead:
        with contextlib.suppress(OSError):  # somebody else's, or on a disk that is read-only
            os.utime(path, (date - back, date - back))
            dated += 1
    log.warning("%d results were dated in the future: the clock was set back; told by their content", dated)
    return dated


def _dates(folder: Path) -> Iterator[tuple[str, float]]:
    """Every file below a folder and when it was changed; nothing of folders that cannot be read."""
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)  # noqa: PTH118 - tens of thousands of them at the start of every run
            with contextlib.suppress(OSError):
                yield path, os.stat(path).st_mtime  # noqa: PTH116
