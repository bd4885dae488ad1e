"""Copies and share of cells of a variant, by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractor.evidence.clonality import (
    Purity,
    VariantCopies,
    amplified_allele,
    copies_of_vaf,
    vaf_bounds,
    variant_copies,
)
from refractor.vocabulary import Clonality


def certain(purity: float) -> Purity:
    return Purity(purity, purity, purity)


@pytest.mark.parametrize(
    ("vaf", "purity", "copy_number", "expected"),
    [
        # 0.3 * (0.6*2 + 2*0.4) / 0.6 = 0.3 * 2 / 0.6
        (0.3, 0.6, 2.0, 1.0),
        # 0.9 * (0.5*20 + 2*0.5) / 0.5 = 0.9 * 11 / 0.5
        (0.9, 0.5, 20.0, 19.8),
        # 1 copy of 20 at purity 0.5: vaf = 0.5 / 11
        (0.5 / 11, 0.5, 20.0, 1.0),
        # homozygous with loss of the other allele, purity 0.8: vaf = 0.8 / (0.8*1 + 2*0.2) = 2/3
        (2 / 3, 0.8, 1.0, 1.0),
    ],
)
def test_copies_by_hand(vaf, purity, copy_number, expected):
    assert copies_of_vaf(vaf, purity=purity, copy_number=copy_number) == pytest.approx(expected)


@given(
    st.floats(0.05, 1.0),
    st.floats(0.5, 60.0),
    st.floats(0.0, 1.0),
)
def test_copies_and_expected_vaf_are_inverse(purity, copy_number, share):
    carried = share * copy_number
    vaf = purity * carried / (purity * copy_number + 2 * (1 - purity))
    assert copies_of_vaf(vaf, purity=purity, copy_number=copy_number) == pytest.approx(carried, abs=1e-9)


def test_vaf_bounds_hold_the_vaf_and_narrow_with_depth():
    low, high = vaf_bounds(0.3, 60)
    assert low < 0.3 < high
    assert vaf_bounds(0.3, 600)[1] < high
    assert vaf_bounds(0.0, 40)[0] == 0.0
    assert vaf_bounds(1.0, 40)[1] == 1.0


def test_a_heterozygous_clonal_variant():
    found = variant_copies(0.3, 100, purity=certain(0.6), copy_number=2.0, minor_copy_number=1.0)
    assert found.copies == pytest.approx(1.0)
    assert found.clonality is Clonality.CLONAL
    assert found.biallelic is False


def test_a_subclonal_variant():
    # 0.05 * 2 / 0.6 = 0.167 copies; the upper bound at 100 reads stays below 1
    found = variant_copies(0.05, 100, purity=certain(0.6), copy_number=2.0, minor_copy_number=1.0)
    assert found.ccf == pytest.approx(1 / 6)
    assert found.clonality is Clonality.SUBCLONAL


def test_half_of_the_cells_are_a_subclone_with_enough_reads():
    # 0.15 * 2 / 0.6 = 0.5 copies; the upper bound at 400 reads is 0.63
    found = variant_copies(0.15, 400, purity=certain(0.6), copy_number=2.0, minor_copy_number=1.0)
    assert 0.5 < found.ccf_high < 1.0
    assert found.clonality is Clonality.SUBCLONAL


def test_few_reads_say_neither():
    # 2 of 13 reads: 0.51 copies, bounds from 0.1 to 1.4 copies
    found = variant_copies(2 / 13, 13, purity=certain(0.6), copy_number=2.0, minor_copy_number=1.0)
    assert found.ccf_low < 0.5
    assert found.ccf_high == 1.0
    assert found.clonality is Clonality.UNKNOWN


@pytest.mark.parametrize(
    ("vaf", "depth", "minor", "biallelic"),
    [
        # purity 0.8, one copy left: all copies at vaf 2/3
        (2 / 3, 90, 0.0, True),
        (2 / 3, 90, 1.0, False),
        (2 / 3, 90, None, None),
        # 0.3 * 1.2 / 0.8 = 0.45 of 1 copy: the upper bound leaves half a normal copy
        (0.20, 200, 0.0, False),
    ],
)
def test_biallelic(vaf, depth, minor, biallelic):
    found = variant_copies(vaf, depth, purity=certain(0.8), copy_number=1.0, minor_copy_number=minor)
    assert found.biallelic is biallelic


@pytest.mark.parametrize(
    ("vaf", "depth", "biallelic"),
    [
        # purity 0.8, two copies, the other allele lost: 2.5 * VAF copies, a normal copy is gone from 1.5 on
        (0.62, 100, True),  # 1.55 copies
        (0.5, 20, None),  # 1.25 copies, with 10 of 20 fragments up to 2.5 * 0.71 = 1.77: not known
        (0.5, 400, False),  # 1.25 copies, with 200 of 400 up to 2.5 * 0.55 = 1.37
    ],
)
def test_biallelic_is_not_known_where_the_estimate_and_its_bound_disagree(vaf, depth, biallelic):
    found = variant_copies(vaf, depth, purity=certain(0.8), copy_number=2.0, minor_copy_number=0.0)
    assert found.biallelic is biallelic


@pytest.mark.parametrize(("minor", "biallelic"), [(0.49, True), (0.5, False)])
def test_the_other_allele_is_lost_below_half_a_copy(minor, biallelic):
    found = variant_copies(0.62, 100, purity=certain(0.8), copy_number=2.0, minor_copy_number=minor)
    assert found.biallelic is biallelic


def test_an_unsure_purity_widens_the_share():
    sure = variant_copies(0.2, 200, purity=certain(0.5), copy_number=2.0, minor_copy_number=1.0)
    unsure = variant_copies(0.2, 200, purity=Purity(0.5, 0.3, 0.7), copy_number=2.0, minor_copy_number=1.0)
    assert unsure.copies_low < sure.copies_low
    assert unsure.copies_high > sure.copies_high


@pytest.mark.parametrize(
    ("copy_number", "minor", "vaf", "clonality"),
    [
        # purity 0.8: 0.36 on 4 copies is 0.36 * 4.5 = 1.6 copies. On two of 2+2 in 81 % of the cells, on one in all
        (4.0, 2.0, 0.36, Clonality.UNKNOWN),
        # 0.44 * 4.5 = 2 copies: both of the greater allele in every cell; the bound at 150 reads is 1.65 / 2
        (4.0, 2.0, 0.44, Clonality.CLONAL),
        # of 3+1 three copies may carry it: 2 of 3 in every cell, or all 3 in two thirds
        (4.0, 1.0, 0.44, Clonality.UNKNOWN),
        # 0.9 copies of 1+3: on the lesser allele in 90 %, or on three copies in 30 %
        (4.0, 1.0, 0.20, Clonality.UNKNOWN),
        # at most 0.14 * 4.5 = 0.63 copies with every multiplicity
        (4.0, 2.0, 0.09, Clonality.SUBCLONAL),
    ],
)
def test_the_interval_holds_every_multiplicity(copy_number, minor, vaf, clonality):
    found = variant_copies(vaf, 150, purity=certain(0.8), copy_number=copy_number, minor_copy_number=minor)
    assert found.clonality is clonality, found


def test_the_range_of_the_copies_widens_the_interval():
    sure = variant_copies(0.4, 150, purity=certain(0.8), copy_number=2.0, minor_copy_number=1.0)
    unsure = variant_copies(
        0.4, 150, purity=certain(0.8), copy_number=2.0, minor_copy_number=1.0, copy_range=(1.6, 3.2)
    )
    assert (sure.clonality, unsure.clonality) == (Clonality.CLONAL, Clonality.UNKNOWN)
    assert unsure.ccf_low < sure.ccf_low


@pytest.mark.parametrize("missing", ["VAF", "depth", "purity", "copies"])
def test_what_is_missing_is_named(missing):
    values = {"VAF": 0.3, "depth": 50, "purity": certain(0.5), "copies": 2.0} | {
        missing: Purity() if missing == "purity" else None
    }
    found = variant_copies(
        values["VAF"],
        values["depth"],
        purity=values["purity"],
        copy_number=values["copies"],
        minor_copy_number=1.0,
    )
    assert found.clonality is Clonality.UNKNOWN
    assert found.reason == f"clonality unknown without {missing}"


@pytest.mark.parametrize(
    ("copies", "clonality", "words"),
    [
        (18.0, Clonality.CLONAL, "18.0 of 20.0 copies carry it: the amplified allele"),
        (1.0, Clonality.CLONAL, "not the amplified allele, or gained after"),
        (0.3, Clonality.SUBCLONAL, "in part of the cells only"),
    ],
)
def test_which_copies_of_an_amplified_gene(copies, clonality, words):
    assert words in amplified_allele(VariantCopies(copies=copies, clonality=clonality), 20.0)


def test_nothing_is_said_without_copies():
    assert amplified_allele(VariantCopies(), 20.0) == ""
