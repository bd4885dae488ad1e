"""Ratios and copies: the published table of expected ratios, and the inverse."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractor.copynumber.calls.copies_of_ratio import (
    copies_of_ratio,
    expected_ratio,
    normal_copies,
    recalculated,
    with_purity_and_ploidy,
)
from refractor.copynumber.segments import CopyNumberProfile
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.results.copy_number_tables import PurityMethod, PurityPloidy, PurityStatus, Segment

# science.md section 3, table of expected depth ratios: {ploidy: {copies: ratios at purity .1 .2 .5 .8}}
PURITIES = (0.1, 0.2, 0.5, 0.8)
EXPECTED = {
    2: {
        6: (1.20, 1.40, 2.00, 2.60),
        9: (1.35, 1.70, 2.75, 3.80),
        12: (1.50, 2.00, 3.50, 5.00),
        20: (1.90, 2.80, 5.50, 8.20),
        30: (2.40, 3.80, 8.00, 12.2),
    },
    3: {
        6: (1.14, 1.27, 1.60, 1.86),
        9: (1.29, 1.55, 2.20, 2.71),
        12: (1.43, 1.82, 2.80, 3.57),
        20: (1.81, 2.55, 4.40, 5.86),
        30: (2.29, 3.45, 6.40, 8.71),
    },
    4: {
        6: (1.09, 1.17, 1.33, 1.44),
        9: (1.23, 1.42, 1.83, 2.11),
        12: (1.36, 1.67, 2.33, 2.78),
        20: (1.73, 2.33, 3.67, 4.56),
        30: (2.18, 3.17, 5.33, 6.78),
    },
}
TABLE = [
    (ploidy, copies, purity, ratio)
    for ploidy, by_copies in EXPECTED.items()
    for copies, ratios in by_copies.items()
    for purity, ratio in zip(PURITIES, ratios, strict=True)
]


def test_the_table_of_expected_ratios_has_60_cells() -> None:
    assert len(TABLE) == 60


@pytest.mark.parametrize(("ploidy", "copies", "purity", "ratio"), TABLE)
def test_expected_ratio_is_that_of_the_table(ploidy: int, copies: int, purity: float, ratio: float) -> None:
    assert expected_ratio(copies, purity=purity, ploidy=ploidy) == pytest.approx(ratio, abs=0.00501)


@given(
    copies=st.floats(0, 200),
    purity=st.floats(0.05, 1),
    ploidy=st.floats(1, 8),
    background=st.sampled_from([1, 2]),
)
def test_copies_of_ratio_is_the_inverse(copies: float, purity: float, ploidy: float, background: int) -> None:
    ratio = expected_ratio(copies, purity=purity, ploidy=ploidy, normal_copies=background)
    back = copies_of_ratio(ratio, purity=purity, ploidy=ploidy, normal_copies=background)
    assert back == pytest.approx(copies, abs=1e-6)


@given(
    copies=st.floats(0, 100),
    old=st.tuples(st.floats(0.1, 1), st.floats(1, 6)),
    new=st.tuples(st.floats(0.1, 1), st.floats(1, 6)),
)
def test_recalculated_copies_explain_the_same_depth(
    copies: float, old: tuple[float, float], new: tuple[float, float]
) -> None:
    values = PurityPloidy(purity=old[0], ploidy=old[1])
    moved = recalculated(copies, old=values, purity=new[0], ploidy=new[1], background=2)
    before = expected_ratio(copies, purity=old[0], ploidy=old[1])
    assert expected_ratio(moved, purity=new[0], ploidy=new[1]) == pytest.approx(before, abs=1e-9)


def test_normal_copies_of_sex_chromosomes_need_the_sex() -> None:
    assert [normal_copies("17", None), normal_copies("X", "XY"), normal_copies("X", "XX")] == [2, 1, 2]
    assert normal_copies("X", None) is None
    assert normal_copies("Y", "XX") == 0


def ratios_of_genome(copies_of: dict[str, float], *, purity: float, ploidy: float) -> CopyNumberProfile:
    lengths = CONTIG_LENGTHS[GenomeBuild.GRCH38]
    segments = tuple(
        Segment(
            chromosome=name,
            start=0,
            end=lengths[name],
            copy_number=None,
            minor_copy_number=None,
            log2_ratio=math.log2(
                float(
                    expected_ratio(
                        copies, purity=purity, ploidy=ploidy, normal_copies=1 if name == "X" else 2
                    )
                )
            ),
        )
        for name, copies in copies_of.items()
    )
    return CopyNumberProfile("cnvkit", GenomeBuild.GRCH38, segments)


def test_ratios_become_the_copies_they_were_made_of() -> None:
    copies = {str(n): 2.0 for n in range(1, 23)} | {"8": 4.0, "17": 1.0, "X": 1.0}
    lengths = CONTIG_LENGTHS[GenomeBuild.GRCH38]
    autosomes = [name for name in copies if name != "X"]
    ploidy = sum(copies[n] * lengths[n] for n in autosomes) / sum(lengths[n] for n in autosomes)
    made = ratios_of_genome(copies, purity=0.6, ploidy=ploidy)
    back = with_purity_and_ploidy(made, purity=0.6, ploidy=ploidy, sex="XY")
    assert len(back.segments) == 23
    for segment in back.segments:
        assert segment.copy_number == pytest.approx(copies[segment.chromosome], abs=1e-6)
    assert back.purity_ploidy.method is PurityMethod.GIVEN


def test_ratios_off_centre_are_centred_on_the_genome() -> None:
    copies = {str(n): 2.0 for n in range(1, 23)}
    made = ratios_of_genome(copies, purity=0.5, ploidy=2.0)
    shifted = replace(
        made, segments=tuple(replace(s, log2_ratio=(s.log2_ratio or 0) + 0.4) for s in made.segments)
    )
    back = with_purity_and_ploidy(shifted, purity=0.5, ploidy=2.0, sex=None)
    assert {round(segment.copy_number or 0, 6) for segment in back.segments} == {2.0}
    assert any("divided by" in note for note in back.notes)


def test_ratios_stay_ratios_without_purity() -> None:
    made = ratios_of_genome({str(n): 2.0 for n in range(1, 23)}, purity=0.5, ploidy=2.0)
    for purity, ploidy in ((None, None), (0.5, None), (None, 2.0)):
        kept = with_purity_and_ploidy(made, purity=purity, ploidy=ploidy, sex=None)
        assert {segment.copy_number for segment in kept.segments} == {None}
        assert len({segment.log2_ratio for segment in kept.segments}) >= 1
        assert kept.purity_ploidy.status is PurityStatus.NOT_ASSESSABLE
        assert any("purity and ploidy in the sheet" in note for note in kept.notes)


def test_a_caller_that_knew_its_purity_is_moved_to_that_of_the_sheet() -> None:
    own = PurityPloidy(purity=1.0, ploidy=2.0, method=PurityMethod.IMPORTED, status=PurityStatus.OK)
    made = CopyNumberProfile(
        "purple",
        GenomeBuild.GRCH38,
        (Segment(chromosome="17", start=0, end=1000, copy_number=4.0, minor_copy_number=1.0),),
        purity_ploidy=own,
    )
    moved = with_purity_and_ploidy(made, purity=0.5, ploidy=2.0, sex=None)
    # depth ratio 4/2 = 2; at purity 0.5: C = (2 * (0.5*2 + 1) - 1) / 0.5 = 6; minor allele: (1*1 - 0.5)/0.5 = 1
    assert moved.segments[0].copy_number == pytest.approx(6.0)
    assert moved.segments[0].minor_copy_number == pytest.approx(1.0)
    assert moved.purity_ploidy.purity == 0.5
    assert "purple had purity 1 and ploidy 2" in moved.notes[0]


def test_a_caller_without_purity_keeps_its_copies_under_that_of_the_sheet() -> None:
    own = PurityPloidy(ploidy=2.0, method=PurityMethod.IMPORTED, status=PurityStatus.OK, reason="mean")
    made = CopyNumberProfile(
        "ascat",
        None,
        (Segment(chromosome="17", start=0, end=1000, copy_number=4.0, minor_copy_number=1.0),),
        purity_ploidy=own,
    )
    moved = with_purity_and_ploidy(made, purity=0.5, ploidy=None, sex=None)
    assert moved.segments == made.segments
    assert (moved.purity_ploidy.purity, moved.purity_ploidy.ploidy) == (0.5, 2.0)
    assert moved.purity_ploidy.method is PurityMethod.GIVEN
