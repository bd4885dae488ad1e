"""Places in which a step cannot write, and limits under which it cannot work."""

from __future__ import annotations

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
    Mutation("eight open files", limits=((resource.RLIMIT_NOFILE, 8),), named=("open files",)),
)
