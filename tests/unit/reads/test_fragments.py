from __future__ import annotations

import pytest
from alignment_files import Read
from hypothesis import given
from hypothesis import strategies as st

from resistance.reads.alignment import open_alignment
from resistance.reads.fragments import (
    DELETED,
    UNKNOWN,
    UNSEEN,
    Indel,
    ReadFilters,
    _agreed,
    fragments_over,
)

FILTERS = ReadFilters()


def over(write_bam, reads, start=1002, end=1006, filters=FILTERS):
    with open_alignment(write_bam(reads), reference=None) as alignment:
        return fragments_over(alignment, "17", start, end, filters=filters)


def test_bases_of_the_window(write_bam):
    (fragment,) = over(write_bam, [Read("17", 1000, "ACGTACGTAC", "r")])
    assert fragment.bases == "GTAC"
    assert fragment.base(1003) == "T"
    assert (fragment.forward, fragment.reverse) == (True, False)


def test_low_quality_and_reach(write_bam):
    (fragment,) = over(write_bam, [Read("17", 1003, "ACGT", "r", quality=[30, 19, 20, 37])])
    assert fragment.bases == UNSEEN + "A" + UNKNOWN + "G"


@pytest.mark.parametrize("flag", [0x400, 0x100, 0x200, 0x800])
def test_duplicates_secondary_failed_and_supplementary_are_left_out(write_bam, flag):
    reads = [Read("17", 1000, "ACGTACGTAC", "r"), Read("17", 1000, "ACGTACGTAC", "s", flag=flag)]
    assert len(over(write_bam, reads)) == 1


def test_badly_mapped_reads_are_left_out(write_bam):
    reads = [Read("17", 1000, "ACGTACGTAC", f"r{q}", mapping_quality=q) for q in (19, 20)]
    assert len(over(write_bam, reads)) == 1
    assert len(over(write_bam, reads, filters=ReadFilters(min_mapping_quality=10))) == 2


def test_overlapping_mates_count_once(write_bam):
    mates = [
        Read("17", 1000, "ACGTACGTAC", "pair", flag=0x1 | 0x40),
        Read("17", 1004, "ACGTACGTAC", "pair", flag=0x1 | 0x80 | 0x10),
    ]
    (fragment,) = over(write_bam, mates)
    assert fragment.bases == "GTAC"
    assert (fragment.forward, fragment.reverse) == (True, True)


@pytest.mark.parametrize(
    ("first", "second", "joint"),
    [
        (("A", 30), ("A", 20), ("A", 30)),
        (("A", 37), ("T", 27), ("A", 37)),  # 10 better: kept
        (("A", 27), ("T", 37), ("T", 37)),
        (("A", 37), ("T", 28), (UNKNOWN, 0)),  # 9 better: neither
        (("A", 30), (UNKNOWN, 12), ("A", 30)),
        (("A", 30), (UNSEEN, 0), ("A", 30)),
        ((UNKNOWN, 12), (UNSEEN, 0), (UNKNOWN, 12)),
        ((UNSEEN, 0), (DELETED, 30), (DELETED, 30)),
    ],
)
def test_mates_that_agree_or_not(first, second, joint):
    assert _agreed(*first, *second) == joint


@given(st.sampled_from("ACGT"), st.integers(20, 60), st.sampled_from("ACGT"), st.integers(20, 60))
def test_order_of_mates_does_not_matter(base, quality, other, other_quality):
    assert _agreed(base, quality, other, other_quality) == _agreed(other, other_quality, base, quality)


def test_deletion_and_insertion(write_bam):
    deletion, insertion = over(
        write_bam,
        [
            Read("17", 1000, "ACGCGTAC", "a", cigar="3M2D5M"),
            Read("17", 1000, "ACGTGGACGTAC", "b", cigar="4M2I6M"),
        ],
    )
    assert deletion.bases == "G" + DELETED * 2 + "C"
    assert deletion.indels == (Indel(1003, 2, ""),)
    assert insertion.bases == "GTAC"
    assert insertion.indels == (Indel(1004, 0, "GG"),)


def test_soft_clips_are_not_read_as_bases(write_bam):
    (fragment,) = over(write_bam, [Read("17", 1004, "TTTTACGTAC", "r", cigar="4S6M")])
    assert fragment.bases == UNSEEN * 2 + "AC"


def test_insertion_of_low_quality_is_not_believed(write_bam):
    (fragment,) = over(
        write_bam,
        [Read("17", 1000, "ACGTGGACGTAC", "b", cigar="4M2I6M", quality=[37] * 4 + [37, 10] + [37] * 6)],
    )
    assert fragment.indels == ()
