"""Locks of a trial's folder that a killed run left: removed only when no run is alive.

Snakemake locks the files of a run, and a run that was killed leaves its locks, so that the next asks for --unlock.
Here each run holds a shared lock of the system on one file, which ends with the process however it ends: whoever
gets that file alone knows that no other run of this machine is alive and that Snakemake's locks are leftovers.
Where a run of another machine may be alive, or the disk knows no locks, nothing is removed.
"""

from __future__ import annotations

import fcntl
import logging
import os
import socket
from pathlib import Path
from typing import TextIO

log = logging.getLogger(__name__)

LOCK_FILE = "running.lock"


def hold_folder(folder: Path) -> TextIO | None:
    """The folder's lock file, held until it is closed or the process ends; None where the disk knows no locks.

    `folder` is Snakemake's own (.snakemake). Its leftover locks are removed first.
    """
    handle: TextIO | None = None
    try:
        folder.mkdir(exist_ok=True)
        handle = os.fdopen(os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o666), "r+", encoding="utf-8")
        if _alone(handle):
            _remove_leftovers(folder, handle)
        fcntl.flock(handle, fcntl.LOCK_SH)
    except OSError as error:  # a read-only or odd disk: Snakemake says what is to be said
        log.debug("%s: %s", folder / LOCK_FILE, error)
        if handle is not None:
            handle.close()
        return None
    _add_machine(handle)
    return handle


def _alone(handle: TextIO) -> bool:
    """Whether no other process of this machine holds the file; it is held alone then."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _remove_leftovers(folder: Path, handle: TextIO) -> None:
    """Remove Snakemake's locks if all runs since the folder was last free were this machine's."""
    leftovers = sorted((folder / "locks").glob("*.lock"))
    machines = set(handle.read().split())
    if leftovers and machines - {socket.gethostname()}:
        return
    for path in leftovers:
        path.unlink(missing_ok=True)
    if leftovers:
        log.warning("removed the locks of a run that was killed; what it left unfinished is done again")
    handle.seek(0)
    handle.truncate()


def _add_machine(handle: TextIO) -> None:
    """Note this machine among those whose runs use the folder."""
    handle.seek(0)
    if socket.gethostname() not in handle.read().split():
        handle.write(f"{socket.gethostname()}\n")
        handle.flush()
