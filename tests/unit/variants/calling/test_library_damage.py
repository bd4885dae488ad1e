from __future__ import annotations

from dataclasses import replace

import pytest
from test_evidence import evidence

from refractor.genome.variant import Variant
from refractor.results.quality import QualityStatus
from refractor.variants.calling.library_damage import KINDS, LibraryDamage, Measured, _carriers

OXIDISED = Measured(KINDS[0], rate=1.5e-3, background=1e-4, level=0.08, enough=True)
LIBRARY = LibraryDamage((OXIDISED, Measured(KINDS[1], rate=1.2e-4, background=8e-5, level=0.05, enough=True)))


@pytest.mark.parametrize(
    ("more", "damaged"),
    [
        ({}, True),
        ({"background": 6e-4}, False),  # 2.5 times
        ({"rate": 1.6e-4, "background": 5e-5}, True),  # 3.2 times, 1.1e-4 more
        ({"rate": 1.4e-4, "background": 4.5e-5}, False),  # 3.1 times, too rare to make alleles
        ({"enough": False}, False),
    ],
)
def test_ratio_and_excess_make_the_verdict(more, damaged):
    measured = replace(OXIDISED, **more)
    assert measured.damaged is damaged
    assert (measured.quality("").status is QualityStatus.WARN) is damaged


def test_rows_of_both_samples():
    first, second = LIBRARY.quality("normal_")
    assert (first.metric, first.value, first.status) == ("normal_oxog_damage", 15.0, QualityStatus.WARN)
    assert (second.metric, second.value, second.status) == ("normal_ffpe_damage", 1.5, QualityStatus.PASS)
    assert "G>T/C>A at 1.5e-03 a base" in first.note


@pytest.mark.parametrize(
    ("ref", "alt", "made"), [("G", "T", True), ("C", "A", True), ("C", "T", False), ("G", "GT", False)]
)
def test_only_changes_of_the_damage_on_either_strand_are_its_own(ref, alt, made):
    assert LIBRARY.makes(Variant("17", 100, ref, alt)) is made


def test_alleles_below_the_level_are_marked_with_their_orientation():
    below, beyond = evidence(4, 96, alt_turned=4), evidence(9, 91, alt_turned=4)
    assert "4 of 4 fragments in the orientation" in LIBRARY.doubt(Variant("17", 1, "C", "A"), below)
    assert "0 of 4 fragments in the orientation" in LIBRARY.doubt(Variant("17", 1, "G", "T"), below)
    assert LIBRARY.doubt(Variant("17", 1, "G", "T"), beyond) == ""
    assert LIBRARY.doubt(Variant("17", 1, "C", "T"), below) == ""


def test_the_level_by_hand():
    # 60,000 places, 30 of 60 fragments at 1e-3: C(30, k) 1e-3k x 60,000 is 26 at 2, 0.24 at 3, 0.0016 at 4
    assert _carriers(60_000, 30, 1e-3, 0.0) == 4
    # a spread of 10: times 11, 21, 31: 5.1 at 4 carriers, 1.1 at 5 (41), 0.24 at 6 (51), 0.05 at 7
    assert _carriers(60_000, 30, 1e-3, 10.0) > 6
    # both orientations share their places: more fragments that can have it
    assert _carriers(60_000, 60, 1e-3, 10.0) > _carriers(60_000, 30, 1e-3, 10.0)
    assert _carriers(0, 0, 1e-3, 0.0) == 0
