"""Places in which a step cannot write, and limits under which it cannot work."""

from __future__ import annotations

import os
import random
import resource
from pathlib import Path

from mutations import Mutation


def _output_is_a_file(path: Path, _: random.Random) -> None:
    (path.parent.parent / "out").write_text("something else\n")


def _output_is_a_dangling_link(path: Path, _: random.Random) -> None:
    (path.parent.parent / "out").symlink_to("nowhere/at/all")


def _output_is_a_device(path: Path, _: random.Random) -> None:
    (path.parent.parent / "out").symlink_to("/dev/full")


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
