from __future__ import annotations

import numpy as np
import pytest
from alignment_files import FixedReference, Read
from hypothesis import given
from hypothesis import strategies as st

from refractor.reads.alignment import open_alignment
from refractor.reads.fragments import (
    BOTH_MATES,
    DELETED,
    UNKNOWN,
    UNSEEN,
    Indel,
    ReadFilters,
    agreed,
    fragments_over,
)
from refractor.reads.panel_coordinates import A, C, G, T, lay_axis
from refractor.reads.read_table import read_table

FILTERS = ReadFilters()
REFERENCE = FixedReference("17", 1000, "ACGTACGTAC")


def over(write_bam, reads, start=1002, end=1006, filters=FILTERS):
    axis = lay_axis([("17", 1000, 1010)], REFERENCE)
    with open_alignment(write_bam(reads), reference=None) as alignment:
        table = read_table(alignment, axis, reference=None)
    place = axis.place("17", start)
    return fragments_over(table, place, place + end - start, filters=filters), place


def test_bases_of_the_window(write_bam):
    window, _ = over(write_bam, [Read("17", 1000, "ACGTACGTAC", "r")])
    assert window.shown.tolist() == [[G, T, A, C]]
    assert window.qualities.tolist() == [[37] * 4]
    assert (window.forward.tolist(), window.reverse.tolist()) == ([True], [False])
    assert window.mapping_quality.tolist() == [60]
    # the middle of 1002..1005 is 1003: three bases from the start of the read
    assert window.end_distance.tolist() == [3]


def test_low_quality_and_reach(write_bam):
    window, _ = over(write_bam, [Read("17", 1003, "ACGT", "r", quality=[30, 19, 20, 37])])
    assert window.shown.tolist() == [[UNSEEN, A, UNKNOWN, G]]


@pytest.mark.parametrize("flag", [0x400, 0x100, 0x200, 0x800])
def test_duplicates_secondary_failed_and_supplementary_are_left_out(write_bam, flag):
    reads = [Read("17", 1000, "ACGTACGTAC", "r"), Read("17", 1000, "ACGTACGTAC", "s", flag=flag)]
    assert len(over(write_bam, reads)[0]) == 1


def test_badly_mapped_reads_are_left_out(write_bam):
    reads = [Read("17", 1000, "ACGTACGTAC", f"r{q}", mapping_quality=q) for q in (19, 20)]
    assert len(over(write_bam, reads)[0]) == 1
    assert len(over(write_bam, reads, filters=ReadFilters(min_mapping_quality=10))[0]) == 2


def test_reads_beside_the_window_are_none(write_bam):
    reads = [Read("17", 990, "ACGTACGTACAA", "before"), Read("17", 1006, "ACGT", "after")]
    assert len(over(write_bam, reads)[0]) == 0


def test_overlapping_mates_count_once(write_bam):
    mates = [
        Read("17", 1000, "ACGTACGTAC", "pair", flag=0x1 | 0x40),
        Read("17", 1004, "ACGTACGTAC", "pair", flag=0x1 | 0x80 | 0x10),
    ]
    window, _ = over(write_bam, mates)
    assert window.shown.tolist() == [[G, T, A, C]]
    assert window.qualities.tolist() == [[37] * 4]  # what both show is no surer: it is one molecule
    assert window.reading.tolist() == [[0, 0, BOTH_MATES, BOTH_MATES]]
    assert window.turned.tolist() == [False]
    assert (window.forward.tolist(), window.reverse.tolist()) == ([True], [True])


@pytest.mark.parametrize(
    ("first", "second", "joint"),
    [
        ((A, 30), (A, 20), (A, 30)),
        ((A, 37), (A, 37), (A, 37)),
        ((A, 37), (T, 27), (A, 37)),  # 10 better: kept
        ((A, 27), (T, 37), (T, 37)),
        ((A, 37), (T, 28), (UNKNOWN, 0)),  # 9 better: neither
        ((A, 30), (UNKNOWN, 12), (A, 30)),
        ((UNKNOWN, 12), (A, 30), (A, 30)),
        ((A, 30), (UNSEEN, 0), (A, 30)),
        ((UNKNOWN, 12), (UNSEEN, 0), (UNKNOWN, 12)),
        ((UNSEEN, 0), (UNKNOWN, 12), (UNKNOWN, 12)),
        ((UNSEEN, 0), (DELETED, 30), (DELETED, 30)),
    ],
)
def test_mates_that_agree_or_not(first, second, joint):
    assert joined(first, second) == joint


def joined(first, second):
    arrays = [np.array([value], dtype=np.uint8) for value in (*first, *second)]
    base, quality, _, _ = agreed(*arrays)
    return int(base[0]), int(quality[0])


@given(st.sampled_from([A, C, G, T]), st.integers(20, 60), st.sampled_from([A, C, G, T]), st.integers(20, 60))
def test_order_of_mates_does_not_matter(base, quality, other, other_quality):
    assert joined((base, quality), (other, other_quality)) == joined((other, other_quality), (base, quality))


def test_deletion_and_insertion(write_bam):
    window, place = over(
        write_bam,
        [
            Read("17", 1000, "ACGCGTAC", "a", cigar="3M2D5M"),
            Read("17", 1000, "ACGTGGACGTAC", "b", cigar="4M2I6M"),
        ],
    )
    shown = {tuple(row) for row in window.shown.tolist()}
    assert shown == {(G, DELETED, DELETED, C), (G, T, A, C)}
    assert set(window.indels.values()) == {(Indel(place + 1, 2, ""),), (Indel(place + 2, 0, "GG"),)}


def test_indels_of_both_mates_are_one(write_bam):
    mates = [
        Read("17", 1000, "ACGCGTAC", "pair", cigar="3M2D5M", flag=0x1 | 0x40),
        Read("17", 1001, "CGCGTAC", "pair", cigar="2M2D5M", flag=0x1 | 0x80 | 0x10),
    ]
    window, place = over(write_bam, mates)
    assert window.indels == {0: (Indel(place + 1, 2, ""),)}


def test_soft_clips_are_not_read_as_bases(write_bam):
    window, _ = over(write_bam, [Read("17", 1004, "TTTTACGTAC", "r", cigar="4S6M")])
    assert window.shown.tolist() == [[UNSEEN, UNSEEN, A, C]]


def test_indels_of_low_quality_are_not_believed(write_bam):
    window, _ = over(
        write_bam,
        [
            Read("17", 1000, "ACGTGGACGTAC", "i", cigar="4M2I6M", quality=[37] * 5 + [10] + [37] * 6),
            Read("17", 1000, "ACGCGTAC", "d", cigar="3M2D5M", quality=[37, 37, 10] + [37] * 5),
        ],
    )
    assert window.indels == {}
    assert sorted(window.shown.tolist()) == [[G, T, A, C], [UNKNOWN] * 3 + [C]]


@pytest.mark.parametrize(
    ("cigar", "seen"),
    [
        # the window is 1002-1006, half-open; the insertion stands before the base named
        ("1M2I9M", False),  # 1001
        ("2M2I8M", True),  # 1002: at the left edge
        ("4M2I6M", True),
        ("6M2I4M", True),  # 1006: at the right edge
        ("7M2I3M", False),
    ],
)
def test_insertions_at_both_edges_of_the_window_belong_to_it(write_bam, cigar, seen):
    before = int(cigar[0])
    bases = "ACGTACGTAC"
    read = Read("17", 1000, bases[:before] + "GG" + bases[before:], "r", cigar=cigar)
    window, place = over(write_bam, [read])
    assert window.shown.tolist() == [[G, T, A, C]]
    assert window.indels == ({0: (Indel(place + before - 2, 0, "GG"),)} if seen else {})


@pytest.mark.parametrize(
    ("cigar", "shown", "seen"),
    [
        ("1M1D8M", [G, T, A, C], False),  # 1001 alone: ends before the window
        ("1M2D7M", [DELETED, T, A, C], True),  # 1001 and 1002
        ("5M2D3M", [G, T, A, DELETED], True),  # 1005 and 1006
        ("6M1D3M", [G, T, A, C], False),  # 1006 alone
        ("1M6D3M", [DELETED] * 4, True),
    ],
)
def test_deletions_that_reach_into_the_window_belong_to_it(write_bam, cigar, shown, seen):
    before, gone = int(cigar[0]), int(cigar[2])
    bases = "ACGTACGTAC"
    read = Read("17", 1000, bases[:before] + bases[before + gone :], "r", cigar=cigar)
    window, place = over(write_bam, [read])
    assert window.shown.tolist() == [shown]
    assert window.indels == ({0: (Indel(place + before - 2, gone, ""),)} if seen else {})


@pytest.mark.parametrize("better_first", [True, False])
def test_the_better_mate_speaks_for_the_fragment(write_bam, better_first):
    qualities = (60, 25) if better_first else (25, 60)
    mates = [
        Read("17", 1000, "ACGTACGTAC", "pair", flag=0x1 | 0x40, mapping_quality=qualities[0]),
        Read("17", 1002, "GTACGTAC", "pair", flag=0x1 | 0x80 | 0x10, mapping_quality=qualities[1]),
        Read("17", 1000, "ACGTACGTAC", "single", mapping_quality=25),
    ]
    window, _ = over(write_bam, mates)
    assert sorted(window.mapping_quality.tolist()) == [25, 60]
    # 1003 is three bases from the start of the first mate, one from that of the second
    assert window.end_distance.tolist() == [3, 3]
