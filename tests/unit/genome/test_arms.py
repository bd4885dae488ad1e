"""Arms, their median copies and the copies beside the centromere."""

from __future__ import annotations

from refractor.copynumber.calls.arm_copies import centromere_copies, median_copies
from refractor.genome.arms import arm_at, arms_of, centromeres
from refractor.genome.builds import CHROMOSOMES, CONTIG_LENGTHS, GenomeBuild
from refractor.results.copy_number_tables import Segment

B38 = GenomeBuild.GRCH38


def test_every_chromosome_of_both_builds_has_a_centromere_inside_it() -> None:
    for build in GenomeBuild:
        table = centromeres(build)
        assert set(table) == set(CHROMOSOMES)
        for name, (start, end) in table.items():
            assert 0 < start < end < CONTIG_LENGTHS[build][name]


def test_erbb2_lies_on_17q() -> None:
    arm = arm_at("17", 39_700_000, B38)
    assert (arm.name, arm.start, arm.end) == ("q", 27_400_000, 83_257_441)


def test_a_position_in_the_centromere_belongs_to_the_nearer_arm() -> None:
    # centromere of 17 on GRCh38: 22.7-27.4 Mb, middle 25.05 Mb
    assert arm_at("17", 25_000_000, B38).name == "p"
    assert arm_at("17", 25_100_000, B38).name == "q"


def test_median_copies_is_weighted_by_bases() -> None:
    p, q = arms_of("17", B38)
    segments = (
        Segment(chromosome="17", start=0, end=10_000_000, copy_number=2.0, minor_copy_number=None),
        Segment(
            chromosome="17", start=10_000_000, end=22_700_000, copy_number=3.0, minor_copy_number=None
        ),  # 12.7 of 22.7 Mb: the median of 17p
        Segment(chromosome="17", start=30_000_000, end=30_000_100, copy_number=9.0, minor_copy_number=None),
        Segment(
            chromosome="17", start=40_000_000, end=60_000_000, copy_number=None, minor_copy_number=None
        ),  # without copies: does not count
    )
    assert median_copies(segments, p) == 3.0
    assert median_copies(segments, q) == 9.0
    assert median_copies((), q) is None


def test_centromere_copies_average_both_sides_alike() -> None:
    # left side 17.7-22.7 Mb, right side 27.4-32.4 Mb
    segments = (
        Segment(chromosome="17", start=0, end=22_700_000, copy_number=2.0, minor_copy_number=None),
        Segment(chromosome="17", start=27_400_000, end=28_400_000, copy_number=4.0, minor_copy_number=None),
        Segment(chromosome="17", start=28_400_000, end=83_000_000, copy_number=6.5, minor_copy_number=None),
    )
    # right side: (1 Mb * 4 + 4 Mb * 6.5) / 5 Mb = 6; both sides (2 + 6) / 2 = 4
    assert centromere_copies(segments, "17", B38) == 4.0
    assert centromere_copies(segments[:1], "17", B38) == 2.0
    assert centromere_copies((), "17", B38) is None
