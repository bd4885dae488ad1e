"""Lengths of short repeats, from reads as an aligner writes them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from alignment_files import Read, WriteBam
from test_sampled_windows import read_windows, sites_at

from refractor.reads.repeat_lengths import MOTIFS, repeats_in
from refractor.reads.windows import ReadFilter

LEFT, RIGHT = "GCATCGTACG", "CGTAGCTAGC"


@pytest.mark.parametrize(
    ("sequence", "found"),
    [
        (f"{LEFT}{'A' * 12}{RIGHT}", [("A", 10, 22)]),
        (f"{LEFT}{'T' * 7}{RIGHT}", [("T", 10, 17)]),
        (f"{LEFT}{'T' * 6}{RIGHT}", []),
        (f"{LEFT}{'CA' * 8}{RIGHT}", [("AC", 10, 27)]),  # CACA...CAC with the C that follows
        (f"{LEFT}{'A' * 8}C{'A' * 9}{RIGHT}", [("A", 10, 18), ("A", 19, 28)]),
        ("", []),
    ],
)
def test_repeats_of_a_sequence(sequence: str, found: list[tuple[str, int, int]]) -> None:
    assert [(MOTIFS[motif], start, end) for motif, start, end in repeats_in(sequence.encode())] == found


def test_a_repeat_ends_with_its_read() -> None:
    assert list(repeats_in(b"GC" + b"A" * 7 + b"\0" + b"A" * 8)) == [(0, 2, 9), (0, 10, 18)]


def spanning(name: str, bases: int, cigar: str = "", *, at: int = 10_100, flag: int = 0) -> Read:
    """A read over a repeat of 12 A that begins ten bases after its start, with `bases` of them."""
    return Read("17", at, f"{LEFT}{'A' * bases}{RIGHT}", name, cigar=cigar, flag=flag)


def test_a_shorter_run_keeps_its_place_wherever_the_gap_is_written(write_bam: WriteBam) -> None:
    bam = write_bam(
        [
            spanning("whole", 12),
            spanning("gap first", 10, "10M2D20M"),
            spanning("gap last", 10, "20M2D10M"),
            spanning("longer", 13, "10M1I22M"),
            spanning("clipped flank", 12, "29M3S"),
            spanning("too short a flank", 12, "26M6S"),
            spanning("duplicate", 12, flag=0x400),
        ]
    )
    counts = read_windows(bam, sites_at(("17", 10_000, None)))
    assert counts.repeats.tolist() == [
        [17, 10_109, 10_122, 0, 10, 2],
        [17, 10_109, 10_122, 0, 12, 2],
        [17, 10_109, 10_122, 0, 13, 1],
    ]


def test_mates_over_one_repeat_count_once_and_not_where_they_disagree(write_bam: WriteBam) -> None:
    bam = write_bam(
        [
            spanning("agree", 12), spanning("agree", 12, flag=0x80),
            spanning("differ", 12), spanning("differ", 10, "10M2D20M", flag=0x80),
        ]
    )  # fmt: skip
    counts = read_windows(bam, sites_at(("17", 10_000, None)))
    assert counts.repeats.tolist() == [[17, 10_109, 10_122, 0, 12, 1]]


def test_only_the_first_windows_are_searched_and_workers_join_their_counts(write_bam: WriteBam) -> None:
    bam = write_bam([spanning("first", 12), spanning("second", 12, at=20_100)])
    sites = sites_at(("17", 10_000, None), ("17", 20_000, None))
    assert len(read_windows(bam, sites, keep=ReadFilter(repeat_windows=1)).repeats) == 1
    assert read_windows(bam, sites, keep=ReadFilter(repeat_windows=0)).repeats.shape == (0, 6)
    joined = read_windows(bam, sites, workers=2).repeats
    assert np.array_equal(joined, read_windows(bam, sites).repeats)


def test_of_windows_as_long_as_a_slice_fewer_are_searched(write_bam: WriteBam) -> None:
    """Rank 1 of 25 kb stands for 25 windows of 1 kb."""
    bam = write_bam([spanning("a", 12), spanning("b", 12, at=40_100)])
    short = sites_at(("17", 10_000, None), ("17", 40_000, None))
    long = replace(short, end=short.start + 25_000)
    for sites, expected in ((short, 2), (long, 1)):
        assert len(read_windows(bam, sites, keep=ReadFilter(repeat_windows=20)).repeats) == expected
