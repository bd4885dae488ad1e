"""Places in which a step cannot write, and limits under which it cannot work."""

from __future__ import annotations

import contextlib
import ctypes
import os
import random
import resource
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from mutations import Mutation


def _output_is_a_file(path: Path, _: random.Random) -> None:
    (path.parent.parent / "out").write_text("something else\n")


def _output_is_a_dangling_link(path: Path, _: random.Random) -> None:
    (path.parent.parent / "out").symlink_to("nowhere/at/all")


def _output_is_a_device(path: Path, _: random.Random) -> None:
    (path.parent.parent / "out").symlink_to("/dev/full")


CLONE_NEWNS = 0x20000
"""Of Linux' sched.h: mounts of a process of its own, which go with it."""


def _small_disk(place: Path, kilobytes: int) -> None:
    """Mount a memory disk on a folder, for this process alone."""
    place.mkdir(exist_ok=True)
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS):
        raise OSError(ctypes.get_errno(), "no mounts of its own")
    for words in (["--make-rprivate", "/"], ["-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(place)]):
        subprocess.run(["mount", *words], check=True)


def _output_disk(kilobytes: int) -> Callable[[Path], None]:
    return lambda folder: _small_disk(folder / "out", kilobytes)


def _full_scratch_disk(folder: Path) -> None:
    _small_disk(folder / "scratch", 4)
    with contextlib.suppress(OSError), (folder / "scratch" / "full").open("wb", buffering=0) as file:
        file.write(bytes(8_000))
    tempfile.tempdir = str(folder / "scratch")


DISKS = (
    *(
        Mutation(f"the output's disk holds {size} kB", inside=_output_disk(size), named=("out/",))
        for size in (4, 8, 20)
    ),
    Mutation("the disk of temporary files is full", inside=_full_scratch_disk, named=("TMPDIR",)),
)
"""Faults that only root can make."""

PLACES = (
    Mutation("the output folder is a file", _output_is_a_file, named=("out",)),
    Mutation("the output folder is a link to nowhere", _output_is_a_dangling_link, named=("out",)),
    Mutation("the output folder is a device", _output_is_a_device, named=("out",)),
    Mutation(
        "files of at most 2,000 bytes", limits=((resource.RLIMIT_FSIZE, 2_000),), named=("out", "file size")
    ),
    Mutation(
        "no memory beyond what there is", limits=((resource.RLIMIT_AS, 300_000_000),), named=("memory",)
    ),
    Mutation(
        "files of at most 1,000 bytes", limits=((resource.RLIMIT_FSIZE, 1_000),), named=("out", "file size")
    ),
    Mutation("files of no byte", limits=((resource.RLIMIT_FSIZE, 0),), named=("out", "file size")),
    *(DISKS if os.geteuid() == 0 else ()),
    Mutation("eight open files", limits=((resource.RLIMIT_NOFILE, 8),), named=("open files",)),
)


def _dated_ahead(name: str, days: float) -> Mutation:
    """A file of the trial's folder, dated in the future: by a clock that was wrong, or a disk of another time zone."""

    def change(path: Path, _: random.Random) -> None:
        dated = path.with_name(name)
        ahead = dated.stat().st_mtime + 86_400 * days
        os.utime(dated, (ahead, ahead))

    return Mutation(f"{name} is dated {days:g} days ahead", change, named=("future",))


DATED_AHEAD = tuple(
    _dated_ahead(name, days) for name in ("x.vcf", "y.vcf", "samples.tsv") for days in (0.05, 1, 10_000)
)
