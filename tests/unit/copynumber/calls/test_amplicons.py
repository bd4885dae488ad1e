"""Amplified stretches: bounds, reach, genes whole and partial, breakpoints."""

from __future__ import annotations

from refractor.copynumber.calls.amplicons import find_amplicons
from refractor.copynumber.segments import CopyNumberProfile
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import load_panel
from refractor.results.copy_number_tables import Amplicon, Focality, PurityPloidy, Segment

B38 = GenomeBuild.GRCH38
GENES = tuple(load_panel(B38).genes.values())
END = CONTIG_LENGTHS[B38]["17"]
MB = 1_000_000


def amplicons(
    *parts: tuple[int, int, float | None],
    amplified: tuple[str, ...] = ("ERBB2",),
    breakpoints: tuple[tuple[str, int], ...] | None = None,
) -> tuple[Amplicon, ...]:
    """Amplicons of chromosome 17 in a diploid genome: over 6 copies."""
    segments = tuple(
        Segment(chromosome="17", start=start, end=end, copy_number=copies, minor_copy_number=None)
        for start, end, copies in parts
    )
    profile = CopyNumberProfile("ascat", B38, segments, purity_ploidy=PurityPloidy(purity=0.5, ploidy=2.0))
    return find_amplicons(
        profile,
        GENES,
        amplified=frozenset(amplified),
        amplification_ratio=3.0,
        build=B38,
        breakpoints=breakpoints,
    )


def test_neighbouring_amplified_segments_are_one_amplicon() -> None:
    found = amplicons(
        (0, 39_600_000, 2.0),
        (39_600_000, 39_700_000, 10.0),
        (39_700_000, 39_800_000, 30.0),
        (39_800_000, END, 2.0),
    )
    assert len(found) == 1
    (one,) = found
    assert (one.chromosome, one.start, one.end) == ("17", 39_600_000, 39_800_000)
    assert one.copy_number == 20.0
    assert one.arm_copy_number == 2.0
    assert one.focality is Focality.FOCAL
    assert "ERBB2" in one.genes
    assert one.sv_support is None


def test_a_segment_below_the_threshold_or_a_wide_gap_parts_amplicons() -> None:
    dip = amplicons(
        (39_600_000, 39_800_000, 30.0), (39_800_000, 40_000_000, 5.0), (40_000_000, 40_100_000, 30.0)
    )
    assert [(one.start, one.end) for one in dip] == [(39_600_000, 39_800_000)]
    gap = amplicons((39_600_000, 39_800_000, 30.0), (40_200_000, 40_300_000, 30.0))
    assert [(one.start, one.end) for one in gap] == [(39_600_000, 39_800_000)]
    for start, end in ((40_000_000, 40_300_000), (40_100_000, 40_300_000), (40_100_001, 39_800_000)):
        small_gap = amplicons((39_600_000, 39_800_000, 30.0), (start, 40_300_000, 30.0))
        assert [(one.start, one.end) for one in small_gap] == [(39_600_000, end)]  # joined up to 300 kb apart


def test_genes_whole_and_partial() -> None:
    erbb2 = load_panel(B38).genes["ERBB2"]
    (one,) = amplicons((erbb2.start + 5000, 39_800_000, 30.0))
    assert one.partial_genes == ("ERBB2", "IKZF3")  # ERBB2 begins before it, IKZF3 ends behind it
    assert "ERBB2" not in one.genes
    assert "GRB7" in one.genes


def test_an_amplicon_without_an_amplified_gene_is_not_reported() -> None:
    assert amplicons((50 * MB, 51 * MB, 30.0)) == ()
    assert amplicons((39_600_000, 39_800_000, 30.0), amplified=()) == ()


def test_reach() -> None:
    # the arms of 17 on GRCh38 are 0-22.7 and 27.4-83.26 Mb
    (whole,) = amplicons((0, END, 8.0))
    assert whole.focality is Focality.CHROMOSOME
    (arm,) = amplicons((0, 27_400_000, 2.0), (27_400_000, END, 8.0))
    assert (arm.focality, arm.start, arm.end) == (Focality.ARM, 27_400_000, END)
    (broad,) = amplicons((0, 30 * MB, 2.0), (30 * MB, 51 * MB, 8.0), (51 * MB, END, 2.0))
    assert broad.focality is Focality.ARM  # 21 Mb are over the 20 Mb of a focal one
    (wide,) = amplicons((0, 31 * MB, 2.0), (31 * MB, 51 * MB, 8.0), (51 * MB, END, 2.0))
    assert wide.focality is Focality.FOCAL


def test_most_of_what_was_measured_of_an_arm_is_the_arm() -> None:
    # 17.6 Mb, under the 20 Mb of a focal one, but all that the segments show of 17q
    (one,) = amplicons((0, 22_700_000, 2.0), (27_400_000, 45 * MB, 8.0))
    assert one.focality is Focality.ARM


def test_a_stretch_over_the_centromere_ends_there() -> None:
    (one,) = amplicons((0, 20 * MB, 2.0), (20 * MB, 41 * MB, 8.0), (41 * MB, END, 2.0))
    assert (one.start, one.end, one.focality) == (27_400_000, 41 * MB, Focality.FOCAL)


def test_breakpoints_near_the_bounds_support_it() -> None:
    parts = ((0, 39_600_000, 2.0), (39_600_000, 39_800_000, 30.0), (39_800_000, END, 2.0))
    for position, expected in ((39_600_500, True), (39_815_000, True), (39_700_000, False), (50 * MB, False)):
        (one,) = amplicons(*parts, breakpoints=(("17", position),))
        assert one.sv_support is expected
    (other,) = amplicons(*parts, breakpoints=(("8", 39_600_000),))
    assert other.sv_support is False
    (none,) = amplicons(*parts, breakpoints=())
    assert none.sv_support is False


def test_no_amplicon_without_ploidy() -> None:
    profile = CopyNumberProfile(
        "ascat", B38, (Segment(chromosome="17", start=0, end=END, copy_number=30.0, minor_copy_number=None),)
    )
    assert (
        find_amplicons(profile, GENES, amplified=frozenset({"ERBB2"}), amplification_ratio=3, build=B38) == ()
    )
