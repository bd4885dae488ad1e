from __future__ import annotations

from alignment_files import FixedReference, Read

from refractor.reads.alignment import open_alignment
from refractor.reads.panel_coordinates import A, C, G, lay_axis
from refractor.reads.read_table import read_table
from refractor.variants.calling.mismatches import (
    depth_of,
    mismatches_of,
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
