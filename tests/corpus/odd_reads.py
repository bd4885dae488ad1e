"""Reads that are not what they are given as: cut at a block, indexed by another file, copies, of unknown quality."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pysam
from mutations import END_OF_BGZF, Mutation

Reads = Iterator[pysam.AlignedSegment]


def _blocks(data: bytes) -> list[int]:
    """Where each BGZF block begins (SAM specification, section 4.1)."""
    starts, at = [], 0
    while at < len(data):
        starts.append(at)
        at += int.from_bytes(data[at + 16 : at + 18], "little") + 1
    return starts


def _cut_at_block(share: float) -> Callable[[Path, random.Random], None]:
    """The blocks of the first part of a BAM with an end of its own: no check of its form shows what is missing."""

    def change(path: Path, _: random.Random) -> None:
        data = path.read_bytes()
        starts = _blocks(data)
        path.write_bytes(data[: starts[int(share * len(starts))]] + END_OF_BGZF)

    return change


def _without_block(share: float) -> Callable[[Path, random.Random], None]:
    def change(path: Path, _: random.Random) -> None:
        data = path.read_bytes()
        starts = _blocks(data)
        at = int(share * len(starts))
        path.write_bytes(data[: starts[at]] + data[starts[at + 1] :])

    return change


def _rewritten(
    edit: Callable[[Reads], Reads], header: Callable[[dict[str, object]], None] = lambda header: None
) -> Callable[[Path, random.Random], None]:
    def change(path: Path, _: random.Random) -> None:
        aside = path.with_name(f"new-{path.name}")
        with pysam.AlignmentFile(str(path), "rb", check_sq=False) as source:
            described = source.header.to_dict()
            header(described)
            with pysam.AlignmentFile(str(aside), "wb", header=described) as out:
                for read in edit(source.fetch(until_eof=True)):
                    out.write(read)
        aside.replace(path)
        pysam.index(str(path))

    return change


def _copies(times: int, *, renamed: bool) -> Callable[[Reads], Reads]:
    """Each fragment several times, as a duplicate that nobody marked."""

    def edit(reads: Reads) -> Reads:
        for read in reads:
            name = read.query_name
            for number in range(times):
                if renamed and number:
                    read.query_name = f"{name}_{number}"
                yield read

    return edit


def _each(alter: Callable[[pysam.AlignedSegment], None]) -> Callable[[Reads], Reads]:
    def edit(reads: Reads) -> Reads:
        for read in reads:
            alter(read)
            yield read

    return edit


def _flagged(flag: int) -> Callable[[pysam.AlignedSegment], None]:
    def alter(read: pysam.AlignedSegment) -> None:
        read.flag |= flag

    return alter


def _mapping_quality(value: int) -> Callable[[pysam.AlignedSegment], None]:
    def alter(read: pysam.AlignedSegment) -> None:
        read.mapping_quality = value

    return alter


def _base_quality(value: int | None) -> Callable[[pysam.AlignedSegment], None]:
    def alter(read: pysam.AlignedSegment) -> None:
        bases = read.query_sequence or ""
        read.query_qualities = (
            None if value is None else pysam.qualitystring_to_array(chr(33 + value) * len(bases))
        )

    return alter


def _one_name(read: pysam.AlignedSegment) -> None:
    read.query_name = "r"


def _of_another_row(header: dict[str, object]) -> None:
    for group in header.get("RG", []):  # type: ignore[attr-defined]
        group["SM"] = "Q9"


READS_OF_OTHERS = (
    *(Mutation(f"cut at a block after {share:.0%}, with an end", _cut_at_block(share))
      for share in (0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95)),
    *(Mutation(f"without the block at {share:.0%}", _without_block(share)) for share in (0.3, 0.6, 0.9)),
    Mutation("every fragment twice, unmarked", _rewritten(_copies(2, renamed=True)), harmless=True),
    Mutation("every fragment five times, unmarked", _rewritten(_copies(5, renamed=True)), harmless=True),
    Mutation("every record twice", _rewritten(_copies(2, renamed=False)), harmless=True),
    Mutation("mapping quality 255 throughout", _rewritten(_each(_mapping_quality(255)))),
    Mutation("mapping quality 0 throughout", _rewritten(_each(_mapping_quality(0)))),
    Mutation("all marked as duplicates", _rewritten(_each(_flagged(0x400)))),
    Mutation("all failed the quality check", _rewritten(_each(_flagged(0x200)))),
    Mutation("all secondary", _rewritten(_each(_flagged(0x100)))),
    Mutation("all unmapped", _rewritten(_each(_flagged(0x4)))),
    Mutation("no base qualities", _rewritten(_each(_base_quality(None)))),
    Mutation("base quality 2 throughout", _rewritten(_each(_base_quality(2)))),
    Mutation("one name for all reads", _rewritten(_each(_one_name))),
    Mutation("no reads", _rewritten(lambda reads: iter(()))),
    Mutation("its read groups name another row", _rewritten(_each(lambda read: None), _of_another_row)),
)  # fmt: skip


def _index_of(edit: Callable[[Reads], Reads]) -> Callable[[Path, random.Random], None]:
    """The index of another file of the same contigs in the place of this one's."""

    def change(path: Path, rng: random.Random) -> None:
        bam = path.with_suffix("")
        sound = bam.read_bytes()
        _rewritten(edit)(bam, rng)  # makes its index at `path`
        bam.write_bytes(sound)
        os.utime(path)

    return change


def _every(nth: int) -> Callable[[Reads], Reads]:
    return lambda reads: (read for number, read in enumerate(reads) if number % nth == 0)


def _of_kinds(kind: str) -> Callable[[Path, random.Random], None]:
    def change(path: Path, _: random.Random) -> None:
        if kind == "csi":
            pysam.index("-c", "-o", str(path), str(path.with_suffix("")))
        else:
            path.write_bytes(b"0\t1\t100\t10\t20\t30\n")

    return change


FOREIGN_INDEX = (
    *(Mutation(f"of a file of every {nth}. read", _index_of(_every(nth))) for nth in (2, 5, 50)),
    *(
        Mutation(f"of a file of the first {count} reads", _index_of(lambda reads, count=count: (read for number, read in enumerate(reads) if number < count)))
        for count in (1, 100, 1_000)
    ),
    Mutation("of a file of copies", _index_of(_copies(3, renamed=True))),
    Mutation("of a file without reads", _index_of(lambda reads: iter(()))),
    Mutation("a CSI by name of a BAI", _of_kinds("csi"), harmless=True),
    Mutation("a CRAM's index by name of a BAI", _of_kinds("crai")),
)  # fmt: skip
