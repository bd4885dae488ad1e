from __future__ import annotations

import numpy as np
import pytest
from alignment_files import FixedReference, Read

from refractor.reads.alignment import open_alignment
from refractor.reads.panel_coordinates import A, C, G, T, lay_axis
from refractor.reads.read_table import read_table
from refractor.variants.calling.mismatches import (
    QUALITY_BIN,
    depth_of,
    error_rates,
    mismatches_of,
    promised_rates,
    stray_per_read,
)

BASES = "ACGTACGTAC" * 30
REFERENCE = FixedReference("17", 5000, BASES)


def table_of(write_bam, reads):
    axis = lay_axis([("17", 5050, 5250)], REFERENCE)
    with open_alignment(write_bam(reads), reference=None) as alignment:
        return read_table(alignment, axis, reference=None)


def placed(table, found):
    return sorted(
        (table.axis.position(int(place))[1], int(base), int(quality))
        for place, base, quality in zip(found.place, found.base, found.quality, strict=True)
    )


def changed(bases: str, **at: str) -> str:
    letters = list(bases)
    for where, base in at.items():
        letters[int(where[1:])] = base
    return "".join(letters)


def test_mismatches_of_plain_clipped_and_gapped_reads(write_bam):
    whole = BASES[100:150]
    reads = [
        Read("17", 5100, changed(whole, _3="C"), "plain", quality=[30] * 3 + [25] + [30] * 46),
        Read("17", 5100, "TTTTT" + changed(whole[:40], _0="G"), "clipped", cigar="5S40M"),
        Read("17", 5100, whole[:10] + "GG" + changed(whole[10:40], _9="A"), "ins", cigar="10M2I30M"),
        Read("17", 5100, whole[:10] + changed(whole[13:43], _0="C"), "del", cigar="10M3D30M"),
        Read("17", 5100, changed(whole, _7="N"), "unknown"),
        Read("17", 5100, changed(whole, _8="G"), "badly", mapping_quality=5),
    ]
    table = table_of(write_bam, reads)
    found = mismatches_of(table, min_mapping_quality=20)
    # 5119 is C in the reference, whole[19]; 5113 is T
    assert placed(table, found) == [(5100, G, 37), (5103, C, 25), (5113, C, 37), (5119, A, 37)]


def test_depth_counts_matches_of_well_mapped_reads(write_bam):
    whole = BASES[100:150]
    reads = [
        Read("17", 5100, whole, "a"),
        Read("17", 5110, whole[10:40] + whole[43:], "b", cigar="30M3D7M"),
        Read("17", 5100, whole, "badly", mapping_quality=5),
    ]
    table = table_of(write_bam, reads)
    depth = depth_of(table, min_mapping_quality=20)
    at = [table.axis.place("17", position) for position in (5099, 5100, 5110, 5139, 5140, 5143, 5149, 5150)]
    assert depth[at].tolist() == [0, 1, 2, 2, 1, 2, 2, 0]


def test_no_reads(write_bam):
    table = table_of(write_bam, [Read("7", 10, "ACGT", "r")])
    found = mismatches_of(table, min_mapping_quality=20)
    depth = depth_of(table, min_mapping_quality=20)
    assert len(found.read) == 0
    rates = error_rates(table, found, depth)
    # nothing seen: what the quality promises
    assert rates.by_quality[0, 1] == pytest.approx(promised_rates())
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
    assert rates.by_quality[1, 3, quality_bin] == pytest.approx(
        (20 + 5) / (cytosines + 5 / promised), rel=0.01
    )
    assert rates.by_quality[3, 2, quality_bin] < promised
    stray = stray_per_read(table, found, depth, min_base_quality=20)
    assert sorted(stray.tolist()) == [0] * 180 + [1] * 20


def test_rate_of_a_base_depends_on_strand_and_neighbours(write_bam):
    table = table_of(write_bam, [Read("7", 10, "ACGT", "r")])
    found, depth = mismatches_of(table, min_mapping_quality=20), depth_of(table, min_mapping_quality=20)
    rates = error_rates(table, found, depth)
    rates.by_quality[1, 3] = 0.01  # C read as T by the machine
    rates.by_context[0, 2, 0, 0] = 10.0  # G>A between A and A, on the plus strand
    qualities = np.array([37, 37], dtype=np.uint8)
    reverse = np.array([False, True])
    around = (A, A)
    forward = rates.of(qualities, reference=C, wrong=T, around=(G, G), reverse=reverse)
    assert forward[0] == pytest.approx(0.01)
    assert forward[1] == pytest.approx(promised_rates()[7])  # a reverse read had G>A there
    backward = rates.of(qualities, reference=G, wrong=A, around=around, reverse=reverse)
    assert backward[0] == pytest.approx(10 * promised_rates()[7])
    assert backward[1] == pytest.approx(0.1)  # C>T as the machine read it, ten times as often here


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
    assert rates.by_quality[2, 0, quality_bin] > 3 * rates.by_quality[1, 3, quality_bin]
