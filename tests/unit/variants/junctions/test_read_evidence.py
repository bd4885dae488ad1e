"""What one read says: both parts of a split read, the mates of a pair; places worked out by hand."""

from __future__ import annotations

import pytest
from junction_reads import CONTIGS, read

from refractor.variants.files.structural_variants import Breakpoint
from refractor.variants.junctions.read_evidence import has_long_gap, pair_evidence, split_evidence
from refractor.vocabulary import Side


def ends_of(segment):
    found = list(split_evidence(segment, CONTIGS))
    assert len(found) == 1
    return found[0]


def test_a_deletion_keeps_the_bases_before_and_after_it() -> None:
    """60 bases end at 1059 (0-based), the other 40 begin at 5000."""
    found = ends_of(read("chr17", 1_000, "60M40S", tags={"SA": "chr17,5001,+,60S40M,50,0;"}))
    assert (found.first, found.second) == (
        Breakpoint("17", 1_059, Side.BEFORE), Breakpoint("17", 5_000, Side.AFTER),
    )  # fmt: skip
    assert (found.exact, found.mapping_quality, found.homology) == (True, 50, 0)


def test_the_supplementary_alignment_says_the_same() -> None:
    primary = ends_of(read("chr17", 1_000, "60M40S", tags={"SA": "chr17,5001,+,60S40M,60,0;"}))
    other = ends_of(
        read("chr17", 5_000, "60H40M", bases="C" * 40, flag=0x841, tags={"SA": "chr17,1001,+,60M40S,60,0;"})
    )
    assert (primary.first, primary.second) == (other.first, other.second)


def test_a_head_to_tail_junction_leaves_at_the_end_and_enters_at_the_start() -> None:
    found = ends_of(read("chr17", 9_000, "60M40S", tags={"SA": "chr17,2001,+,60S40M,60,0;"}))
    assert (found.first, found.second) == (
        Breakpoint("17", 2_000, Side.AFTER), Breakpoint("17", 9_059, Side.BEFORE),
    )  # fmt: skip


def test_a_fold_back_keeps_the_same_side_twice() -> None:
    """The read leaves at 9059 forwards and comes back on the other strand, from 8079 downwards."""
    found = ends_of(read("chr17", 9_000, "60M40S", tags={"SA": "chr17,8041,-,40M60S,60,0;"}))
    assert (found.first, found.second) == (
        Breakpoint("17", 8_079, Side.BEFORE), Breakpoint("17", 9_059, Side.BEFORE),
    )  # fmt: skip


def test_a_reverse_read_over_two_chromosomes() -> None:
    """Sequenced from the other end: 40 bases on 7 that end where 17 begins."""
    found = ends_of(read("chr17", 3_000, "40S60M", reverse=True, tags={"SA": "chr7,701,-,40M60S,60,0;"}))
    assert (found.first, found.second) == (
        Breakpoint("7", 739, Side.BEFORE), Breakpoint("17", 3_000, Side.AFTER),
    )  # fmt: skip


def test_shared_bases_go_to_the_first_end_and_inserted_ones_are_counted() -> None:
    shared = ends_of(read("chr17", 1_000, "60M40S", tags={"SA": "chr17,5001,+,55S45M,60,0;"}))
    assert (shared.homology, shared.first.position, shared.second.position) == (5, 1_059, 5_005)
    apart = ends_of(read("chr17", 1_000, "60M40S", tags={"SA": "chr17,5001,+,70S30M,60,0;"}))
    assert (apart.homology, apart.second.position) == (-10, 5_000)


def test_a_deletion_that_the_aligner_writes_into_the_cigar_is_one() -> None:
    """minimap2 leaves 75 bases out of one alignment where bwa mem parts the read: 40 bases end at 1039, 60 begin at 1115."""
    whole = read("chr17", 1_000, "40M75D60M")
    assert has_long_gap(whole)
    found = ends_of(whole)
    assert (found.first, found.second, found.exact, found.homology) == (
        Breakpoint("17", 1_039, Side.BEFORE), Breakpoint("17", 1_115, Side.AFTER), True, 0,
    )  # fmt: skip
    turned = ends_of(read("chr17", 1_000, "40M75D55M5S", reverse=True))
    assert (turned.first, turned.second) == (found.first, found.second)
    assert not has_long_gap(read("chr17", 1_000, "40M49D60M"))
    assert not list(split_evidence(read("chr17", 1_000, "85M75D15M"), CONTIGS))  # a part of 15 bases


def test_a_gap_in_a_part_of_a_split_read_is_told_beside_the_split() -> None:
    both = read("chr17", 1_000, "30M75D30M40S", tags={"SA": "chr17,5001,+,60S40M,60,0;"})
    ends = [(item.first.position, item.second.position) for item in split_evidence(both, CONTIGS)]
    assert ends == [(1_029, 1_105), (1_134, 5_000)]


@pytest.mark.parametrize(
    "tag",
    ["chr17,1081,+,60S40M,60,0;", "chr17,5001,+,85S15M,60,0;", "chrUn,5001,+,60S40M,60,0;"],
    ids=["a gap of 20 bases", "a part of 15 bases", "no chromosome"],
)
def test_what_is_no_junction(tag: str) -> None:
    assert not list(split_evidence(read("chr17", 1_000, "60M40S", tags={"SA": tag}), CONTIGS))


def test_a_part_of_one_base_is_of_low_complexity() -> None:
    poor = read(
        "chr17",
        1_000,
        "60M40S",
        bases="ACGTTGCATCAGGTCAACTG" * 3 + "A" * 40,
        tags={"SA": "chr17,5001,+,60S40M,60,0;"},
    )
    assert ends_of(poor).low_complexity
    assert not ends_of(
        read("chr17", 1_000, "60M40S", tags={"SA": "chr17,5001,+,60S40M,60,0;"})
    ).low_complexity


@pytest.mark.parametrize(
    ("reverse", "mate", "ends"),
    [
        (False, ("chr17", 1_250, True), None),  # facing each other, 350 bases
        (False, ("chr17", 950, True), None),  # a short fragment: mates that pass each other
        (False, ("chr17", 4_000, True), (("17", 1_099, Side.BEFORE), ("17", 4_000, Side.AFTER))),
        (True, ("chr17", 4_000, False), (("17", 1_000, Side.AFTER), ("17", 4_099, Side.BEFORE))),
        (False, ("chr17", 1_300, False), (("17", 1_099, Side.BEFORE), ("17", 1_399, Side.BEFORE))),
        (True, ("chr5", 300, True), (("5", 300, Side.AFTER), ("17", 1_000, Side.AFTER))),
    ],
)
def test_the_inner_ends_of_a_pair(reverse: bool, mate: tuple[str, int, bool], ends: object) -> None:
    found = pair_evidence(
        read("chr17", 1_000, "100M", reverse=reverse, mate=mate), CONTIGS, longest_fragment=700
    )
    if ends is None:
        assert found is None
        return
    assert found is not None
    assert not found.exact
    assert tuple((end.chromosome, end.position, end.side) for end in (found.first, found.second)) == ends


def test_both_mates_say_the_same_of_a_pair() -> None:
    one = pair_evidence(read("chr17", 1_000, "100M", mate=("chr7", 400, True)), CONTIGS, longest_fragment=700)
    other = pair_evidence(
        read("chr7", 400, "100M", reverse=True, mate=("chr17", 1_000, False)), CONTIGS, longest_fragment=700
    )
    assert one == other
