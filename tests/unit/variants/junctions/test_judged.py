"""Which possible junctions are believed, on evidence made by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from junction_reads import ERBB2

from refractor.variants.files.structural_variants import Breakpoint
from refractor.variants.junctions.clusters import clusters_of
from refractor.variants.junctions.copies import Yield, shown_share
from refractor.variants.junctions.judged import (
    Chimeras,
    JunctionFilter,
    chimeras_of,
    judge_alone,
    judge_around,
)
from refractor.variants.junctions.read_evidence import Evidence
from refractor.variants.junctions.scan import FragmentLengths
from refractor.variants.junctions.surroundings import Surroundings
from refractor.vocabulary import Side

LENGTHS = FragmentLengths(350.0, 700, 150)
QUIET = Chimeras(near=0, far=0, between=0, fragments=1e5, bases=1_000_000, clusters=10)
FAR = (Breakpoint("17", 39_710_100, Side.BEFORE), Breakpoint("17", 39_740_000, Side.AFTER))


def split(number: int, ends=FAR, **values) -> Evidence:
    """A split read of a fragment of its own, aligned a base or two differently."""
    return replace(Evidence(f"s{number}", *ends, True, 60, (number,)), **values)


def pair(number: int, ends=FAR, away: int = 60) -> Evidence:
    """A pair whose inner ends lie `away` bases short of the junction on both sides."""
    inner = [
        replace(end, position=end.position + (-away if end.side is Side.BEFORE else away)) for end in ends
    ]
    return Evidence(f"p{number}", *inner, False, 60, (1_000 + number,))


def judged(*evidence: Evidence, chimeras: Chimeras = QUIET):
    clusters = clusters_of(evidence, LENGTHS)
    assert len(clusters) == 1
    return judge_alone(clusters[0], chimeras, LENGTHS, [ERBB2])


def test_split_reads_and_pairs_of_one_junction_come_together() -> None:
    near = (replace(FAR[0], position=FAR[0].position + 2), replace(FAR[1], position=FAR[1].position + 3))
    found = judged(split(1), split(2), split(3, near), pair(1), pair(2), replace(pair(9), fragment="s1"))
    assert (found.cluster.first, found.cluster.second) == FAR
    assert found.cluster.fragments == 5
    assert found.believed


def test_copies_of_a_molecule_count_once() -> None:
    found = judged(*(split(n, molecule=(7,)) for n in range(6)), pair(1))
    assert found.cluster.fragments == 2
    assert found.filters == (JunctionFilter.FEW_FRAGMENTS, JunctionFilter.NO_SPLIT_READ)


@pytest.mark.parametrize(
    ("evidence", "filters"),
    [
        ((split(1), split(2), pair(1)), {JunctionFilter.FEW_FRAGMENTS}),
        ((split(1), *(pair(n) for n in range(6))), {JunctionFilter.NO_SPLIT_READ}),
        (tuple(pair(n) for n in range(6)), {JunctionFilter.NO_SPLIT_READ}),
        (tuple(split(n) for n in range(6)), {JunctionFilter.ONE_SIDED}),
        ((*(split(n, mapping_quality=10) for n in range(6)), pair(1)), {JunctionFilter.LOW_MAPPING_QUALITY}),
        ((*(split(n, low_complexity=True) for n in range(6)), pair(1)), {JunctionFilter.LOW_COMPLEXITY}),
    ],
)
def test_what_speaks_against_a_junction(evidence, filters) -> None:
    assert set(judged(*evidence).filters) == filters


def test_an_inversion_nearby_needs_more_than_one_far_away() -> None:
    near = (Breakpoint("17", 39_710_100, Side.BEFORE), Breakpoint("17", 39_710_400, Side.BEFORE))
    assert JunctionFilter.FEW_FRAGMENTS in judged(*(split(n, near) for n in range(7))).filters
    assert judged(*(split(n, near) for n in range(8))).believed


def test_exons_joined_at_their_borders_are_a_copy_of_the_message() -> None:
    ends = (
        Breakpoint("17", ERBB2.exons[3][1] - 1, Side.BEFORE),
        Breakpoint("17", ERBB2.exons[6][0], Side.AFTER),
    )
    assert judged(*(split(n, ends) for n in range(6)), pair(1, ends)).filters == (JunctionFilter.SPLICED,)


def test_the_samples_own_chimeras_are_counted_and_weighed() -> None:
    """Single fragments: one over two chromosomes, one folded back nearby, one far inversion."""
    between = (Breakpoint("7", 5_000, Side.BEFORE), Breakpoint("17", 39_000_000, Side.AFTER))
    near = (Breakpoint("17", 39_710_100, Side.BEFORE), Breakpoint("17", 39_710_400, Side.BEFORE))
    far = (Breakpoint("17", 1_000_000, Side.AFTER), Breakpoint("17", 39_710_400, Side.AFTER))
    clusters = clusters_of([split(1, between), split(2, near), split(3, far), split(4), split(5)], LENGTHS)
    found = chimeras_of(clusters, fragments=1_000, bases=50_000)
    assert (found.near, found.far, found.between, found.clusters) == (1, 1, 1, 4)
    assert found.rate == pytest.approx(0.003)
    noisy = replace(QUIET, near=100_000, clusters=100_000, bases=1_000_000)
    assert judged(*(split(n, near) for n in range(8)), chimeras=noisy).filters == (JunctionFilter.CHIMERAS,)


def test_the_yield_gives_copies_their_range_and_the_power() -> None:
    """25 fragments a copy: 100 fragments are 4 copies; log sd sqrt(1/100 + 0.1^2) = 0.1414, factor exp(0.277)."""
    copies = Yield(25.0, 0.1).copies(100)
    assert copies is not None
    assert copies.value == pytest.approx(4.0)
    assert (copies.low, copies.high) == (
        pytest.approx(4 / 1.3194, rel=1e-3),
        pytest.approx(4 * 1.3194, rel=1e-3),
    )
    assert Yield(25.0, 0.1).copies(0) is None
    least = Yield(10.0, 0.1).least_copies(LENGTHS)
    seen = 10 * least * 180 / 290  # split fragments: the junction lies in a read with 30 bases on both sides
    assert 1 - math.exp(-seen) * (1 + seen) >= 0.95


def around(end: Breakpoint, fragments: int, *evidence: Evidence, badly_placed: float = 0.0) -> Surroundings:
    """So many intact fragments of 600 bases over every place near the end."""
    starts = np.full(fragments, end.position - 300, dtype=np.int64)
    wide = np.full(fragments, 600, dtype=np.int64)
    shift = -300 if end.side is Side.BEFORE else 300
    return Surroundings(end, starts + shift, starts + shift + wide, tuple(evidence), badly_placed)


def beside_normal(fragments_in_normal: int, *, depth: int = 40, tumor_depth: int = 60, badly: float = 0.0):
    alone = judged(*(split(n) for n in range(20)), pair(1))
    seen = [split(100 + n) for n in range(fragments_in_normal)]
    tumor = [around(end, tumor_depth, badly_placed=badly) for end in FAR]
    normal = [around(end, depth, *seen) for end in FAR]
    return judge_around(alone, tumor, normal, QUIET, LENGTHS)


@pytest.mark.parametrize(
    ("sides", "bases", "shown"),
    [
        ((Side.BEFORE, Side.AFTER), 200, 180 / 290),  # 700 - 350 bases more, and half of the pairs stand out
        ((Side.BEFORE, Side.AFTER), 360, 1.0),
        (
            (Side.AFTER, Side.BEFORE),
            490,
            180 / 290,
        ),  # up to 350 + 150 the mates still overlap or face each other
        ((Side.AFTER, Side.BEFORE), 510, 1.0),
        ((Side.BEFORE, Side.BEFORE), 200, 1.0),
    ],
)
def test_of_a_short_junction_only_split_reads_count(sides, bases, shown) -> None:
    ends = (Breakpoint("17", 39_710_000, sides[0]), Breakpoint("17", 39_710_000 + bases, sides[1]))
    (cluster,) = clusters_of([split(n, ends) for n in range(9)], LENGTHS)
    assert shown_share(cluster, LENGTHS) == pytest.approx(shown)
    copies = Yield(9.0, 0.1).copies(9, shown=shown)
    assert copies is not None
    assert copies.value == pytest.approx(1 / shown)


@pytest.mark.parametrize(
    ("fragments", "filters"),
    [
        (0, ()),
        (1, ()),  # 1 of 40 against 21 of about 70: a stray one
        (2, (JunctionFilter.TRACES_IN_NORMAL,)),
        (8, (JunctionFilter.IN_NORMAL,)),
    ],
)
def test_the_normal_tells_what_is_inherited(fragments, filters) -> None:
    found = beside_normal(fragments)
    assert (found.filters, found.normal_fragments) == (filters, fragments)


def test_a_shallow_normal_or_none_leaves_it_open() -> None:
    assert beside_normal(0, depth=5).filters == (JunctionFilter.NO_NORMAL,)
    alone = judged(*(split(n) for n in range(20)), pair(1))
    tumor = [around(end, 60) for end in FAR]
    assert judge_around(alone, tumor, None, QUIET, LENGTHS).filters == (JunctionFilter.NO_NORMAL,)


def test_an_end_where_reads_are_badly_placed_is_a_repeat() -> None:
    assert beside_normal(0, badly=0.5).filters == (JunctionFilter.REPEAT,)


def test_an_end_that_is_joined_to_many_places_is_a_repeat() -> None:
    alone = judged(*(split(n) for n in range(6)), pair(1))
    partners = [
        split(n, (FAR[0], Breakpoint("17", 50_000_000 + 200_000 * n, Side.AFTER))) for n in range(200, 215)
    ]
    tumor = [around(FAR[0], 60, *partners), around(FAR[1], 60)]
    normal = [around(end, 40) for end in FAR]
    assert judge_around(alone, tumor, normal, QUIET, LENGTHS).filters == (JunctionFilter.REPEAT,)
