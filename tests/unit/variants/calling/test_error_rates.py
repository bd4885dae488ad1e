from __future__ import annotations

import numpy as np
import pytest
from alignment_files import FixedReference, Read

from refractor.reads.alignment import open_alignment
from refractor.reads.fragments import BOTH_MATES, ReadFilters, fragments_over
from refractor.reads.panel_coordinates import A, C, G, T, lay_axis
from refractor.reads.read_table import read_table
from refractor.variants.calling.error_rates import (
    QUALITY_BIN,
    READINGS,
    error_rates,
    promised_rates,
)
from refractor.variants.calling.error_spread import ErrorSpread, crowding
from refractor.variants.calling.mismatches import depth_of, mismatches_of, stray_per_read

BASES = "ACGTACGTAC" * 30
REFERENCE = FixedReference("17", 5000, BASES)
FORWARD, BACKWARD, SECOND_FORWARD, SECOND_BACKWARD = range(BOTH_MATES)


def table_of(write_bam, reads):
    axis = lay_axis([("17", 5050, 5250)], REFERENCE)
    with open_alignment(write_bam(reads), reference=None) as alignment:
        return read_table(alignment, axis, reference=None)


def rates_of(write_bam, reads):
    table = table_of(write_bam, reads)
    found, depth = mismatches_of(table, min_mapping_quality=20), depth_of(table, min_mapping_quality=20)
    return error_rates(table, found, depth)


def changed(bases: str, **at: str) -> str:
    letters = list(bases)
    for where, base in at.items():
        letters[int(where[1:])] = base
    return "".join(letters)


def test_no_reads(write_bam):
    table = table_of(write_bam, [Read("7", 10, "ACGT", "r")])
    found = mismatches_of(table, min_mapping_quality=20)
    depth = depth_of(table, min_mapping_quality=20)
    assert len(found.read) == 0
    rates = error_rates(table, found, depth)
    # nothing seen: what the quality promises
    assert rates.by_reading[0, 1, FORWARD] == pytest.approx(promised_rates())
    assert rates.spread.apart.max() == rates.spread.shared.max() == 0.0
    assert rates.by_context == pytest.approx(np.ones((4, 4, 4, 4)))


def test_rates_follow_what_is_seen_and_leave_variants_out(write_bam):
    """200 reads of 50 bases at Q37 with C>T in one read of ten at varying places, and a variant in half of them."""
    reads = []
    whole = BASES[100:150]
    spots = [index for index, base in enumerate(whole) if base == "C"]
    for number in range(200):
        bases = changed(whole, _3="G") if number % 2 else whole  # T>G at 5103: a variant
        if number % 10 == 0:
            bases = changed(bases, **{f"_{spots[number // 10 % len(spots)]}": "T"})
        reads.append(Read("17", 5100, bases, f"r{number}"))
    table = table_of(write_bam, reads)
    found = mismatches_of(table, min_mapping_quality=20)
    depth = depth_of(table, min_mapping_quality=20)
    rates = error_rates(table, found, depth)
    quality_bin = 37 // QUALITY_BIN
    promised = promised_rates()[quality_bin]
    # 20 errors in 200 x 15 C, pulled towards the promise by 5 errors' worth
    cytosines = 200 * len(spots) - 20
    assert rates.by_reading[1, 3, FORWARD, quality_bin] == pytest.approx(
        (20 + 5) / (cytosines + 5 / promised), rel=0.01
    )
    assert rates.by_reading[3, 2, FORWARD, quality_bin] < promised
    stray = stray_per_read(table, found, depth, min_base_quality=20)
    assert sorted(stray.tolist()) == [0] * 180 + [1] * 20


def test_rate_of_a_base_depends_on_reading_and_neighbours(write_bam):
    rates = rates_of(write_bam, [Read("7", 10, "ACGT", "r")])
    rates.by_reading[1, 3, FORWARD] = 0.01
    rates.by_context[0, 2, 0, 0] = 10.0  # G>A between A and A, on the plus strand
    qualities = np.array([37, 37], dtype=np.uint8)
    reading = np.array([FORWARD, BACKWARD], dtype=np.uint8)
    plain = rates.of(qualities, reading, reference=C, wrong=T, around=(G, G))
    assert plain == pytest.approx([0.01, promised_rates()[7]])
    beside = rates.of(qualities, reading, reference=G, wrong=A, around=(A, A))
    assert beside == pytest.approx(10 * promised_rates()[[7, 7]])


def test_errors_of_reverse_reads_are_counted_as_the_machine_made_them(write_bam):
    whole = BASES[100:150]
    spots = [index for index, base in enumerate(whole) if base == "C"]
    reads = [
        Read("17", 5100, changed(whole, **{f"_{spots[n % len(spots)]}": "T"}), f"r{n}", flag=0x10)
        for n in range(0, 200, 10)
    ]
    reads += [Read("17", 5100, whole, f"s{n}", flag=0x10) for n in range(400)]
    table = table_of(write_bam, reads)
    found, depth = mismatches_of(table, min_mapping_quality=20), depth_of(table, min_mapping_quality=20)
    rates = error_rates(table, found, depth)
    quality_bin = 37 // QUALITY_BIN
    # G read as A on the machine, shown as C>T on the plus strand
    assert rates.by_reading[1, 3, BACKWARD, quality_bin] > 3 * rates.by_reading[1, 3, FORWARD, quality_bin]


def pairs_with_damage(count: int, *, turned: bool, every: int = 10) -> list[Read]:
    """Overlapping mates at Q37; of every tenth molecule both have G>T (turned: C>A), at varying places."""
    old, new = ("C", "A") if turned else ("G", "T")
    spots = [index for index in range(100, 150) if BASES[index] == old]
    reads = []
    for number in range(count):
        start, end = 60 + number % 40, 150 + number // 40
        bases = list(BASES)
        if number % every == 0:
            bases[spots[number // every % len(spots)]] = new
        first, second = (0x53, 0xA3) if turned else (0x63, 0x93)  # first mate reverse, or forward
        name = f"{'t' if turned else 'f'}{number}"
        reads += [
            Read("17", 5000 + start, "".join(bases[start:end]), name, flag=flag) for flag in (first, second)
        ]
    return reads


def test_damage_is_of_the_molecule_and_both_mates_agree_on_it(write_bam):
    """Oxidised guanine: G>T of F1R2 and C>A of F2R1 molecules, never C>A of F1R2 or G>T of F2R1."""
    reads = pairs_with_damage(300, turned=False) + pairs_with_damage(300, turned=True)
    rates = rates_of(write_bam, reads)
    quality_bin = 37 // QUALITY_BIN
    for first, second, both, change, other in (
        (FORWARD, SECOND_BACKWARD, BOTH_MATES, (2, 3), (1, 0)),
        (BACKWARD, SECOND_FORWARD, BOTH_MATES + 1, (1, 0), (2, 3)),
    ):
        for reading in (first, second, both):
            assert rates.by_reading[*change, reading, quality_bin] > 4e-4
            assert rates.by_reading[*other, reading, quality_bin] < 3e-4
    # 60 damaged guanines (as the first mate's strand has them) in 600 molecules with 18 or so each, both mates of each
    assert rates.molecules.rate(2, 3) == pytest.approx(60 / (600 * 18), rel=0.1)
    assert rates.molecules.damaged()[2, 3]
    assert rates.molecules.damaged().sum() == 1


def test_a_window_says_how_each_place_was_read(write_bam):
    reads = [
        Read("17", 5100, BASES[100:150], "p", flag=0x53),
        Read("17", 5120, BASES[120:170], "p", flag=0xA3),
        Read("17", 5100, BASES[100:150], "single"),
    ]
    table = table_of(write_bam, reads)
    place = table.axis.place("17", 5118)
    window = fragments_over(table, place, place + 4, filters=ReadFilters())
    by_fragment = {tuple(row) for row in window.reading.tolist()}
    assert by_fragment == {(BACKWARD, BACKWARD, BOTH_MATES + 1, BOTH_MATES + 1), (FORWARD,) * 4}
    assert window.qualities.max() == 37  # agreement adds nothing
    assert sorted(window.turned.tolist()) == [False, True]


def test_damage_that_crowds_at_few_places_has_a_spread(write_bam):
    """60 molecules with G>T: over all G of the stretch, or over two of them only."""
    whole = BASES[100:150]
    spots = [index for index, base in enumerate(whole) if base == "G"]

    def spread(places: list[int]) -> float:
        reads = []
        for number in range(1200):
            bases = whole
            if number % 20 == 0:
                bases = changed(whole, **{f"_{places[number // 20 % len(places)]}": "T"})
            reads.append(Read("17", 5100, bases, f"r{number}"))
        return float(rates_of(write_bam, reads).spread.apart[2, 3, 0])

    assert spread(spots) == pytest.approx(0.0, abs=0.05)
    assert len(spots) == 10
    # 30 molecules at each of two: (2 x 30 x 29 + 25) / (60^2 / 10 + 25) - 1; without the prior 1/a = 10/2 - 1
    assert spread(spots[:2]) == pytest.approx((2 * 30 * 29 + 25) / (60**2 / 10 + 25) - 1, rel=0.01)


def test_orientations_that_share_their_places(write_bam):
    """C>T in one molecule of 20 of either orientation, at two places, as where strands were copied before adapters."""
    spots = [index for index in range(100, 150) if BASES[index] == "C"]

    def shared(forward: tuple[int, int], turned: tuple[int, int]) -> float:
        reads = []
        for number in range(1200):
            # no two of one extent: they would be copies
            start, end = 60 + number % 40, 150 + number // 40
            places, flags = (turned, (0x53, 0xA3)) if number % 2 else (forward, (0x63, 0x93))  # F2R1, F1R2
            bases = list(BASES)
            if number % 40 < 2:
                bases[spots[places[number // 40 % 2]]] = "T"
            whole = "".join(bases[start:end])
            reads += [Read("17", 5000 + start, whole, f"r{number}", flag=flag) for flag in flags]
        spread = rates_of(write_bam, reads).spread
        assert spread.apart[1, 3].min() > 3
        return float(spread.shared[1, 3])

    # 15 of either orientation at each of two places, against 30 x 30 over 25 places or so that are read
    assert shared((0, 1), (0, 1)) == pytest.approx((900 + 25) / (1800 / 25 + 25) - 1, rel=0.3)
    assert shared((0, 1), (2, 3)) == 0.0


def test_crowding_of_both_orientations_together():
    apart, shared = np.zeros((4, 4, 2)), np.zeros((4, 4))
    apart[1, 3], shared[1, 3], shared[2, 0] = (2.0, 4.0), 1.0, 5.0
    spread = ErrorSpread(apart, shared)
    two_and_one = np.array([False, False, True])
    # apart: (1 + 2) of the two forward ones; together (1 + 1)(1 + 2) is more
    assert spread.crowding(1, 3, two_and_one) == pytest.approx(np.log10(6))
    assert spread.crowding(1, 3, np.array([True, True])) == pytest.approx(np.log10(5))
    assert spread.crowding(2, 0, two_and_one) == pytest.approx(np.log10(6 * 11))


def test_crowding_by_hand():
    assert crowding(0.0, 5) == 0.0
    assert crowding(2.0, 1) == 0.0
    assert crowding(2.0, 3) == pytest.approx(np.log10(3 * 5))
    assert READINGS == BOTH_MATES + 2
