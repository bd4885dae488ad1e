"""How often a file is opened, by Python or by a C library: counted by the kernel (inotify, Linux only)."""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

IN_OPEN = 0x20
_NONBLOCK = 0o4000


class Openings:
    """The count, complete once its block has ended."""

    count = 0


@contextmanager
def openings_of(path: Path) -> Iterator[Openings]:
    """Counts how often `path` is opened within the block."""
    if sys.platform != "linux":
        pytest.skip("counts with inotify, which only Linux has")
    libc = ctypes.CDLL(None, use_errno=True)
    watcher = libc.inotify_init1(_NONBLOCK)
    try:
        # each opening must be an event of its own: equal events that follow each other are merged,
        # so closings are watched as well
        if libc.inotify_add_watch(watcher, os.fsencode(path), IN_OPEN | 0x8 | 0x10) < 0:
            raise OSError(ctypes.get_errno(), "inotify_add_watch", str(path))
        found = Openings()
        yield found
        events = os.read(watcher, 1 << 20)
        while events:
            mask, length = struct.unpack_from("iIII", events)[1], struct.unpack_from("iIII", events)[3]
            found.count += bool(mask & IN_OPEN)
            events = events[16 + length :]
    finally:
        os.close(watcher)
