from __future__ import annotations

from alignment_files import FixedReference, Read

from refractor.reads.alignment import open_alignment
from refractor.reads.depth import fragment_depth, spanning_depth
from refractor.reads.fragments import ReadFilters, fragments_over
from refractor.reads.panel_coordinates import lay_axis
from refractor.reads.read_table import read_table

BASES = "ACGTACGTAC" * 30
REFERENCE = FixedReference("17", 5000, BASES)


def table_of(write_bam, reads):
    axis = lay_axis([("17", 5050, 5250)], REFERENCE)
    with open_alignment(write_bam(reads), reference=None) as alignment:
        return read_table(alignment, axis, reference=None)


def test_mates_count_once_and_bad_bases_not(write_bam):
    whole = BASES[100:150]
    reads = [
        Read("17", 5100, whole, "plain", quality=[37] * 10 + [5] + [37] * 39),
        Read("17", 5110, "GGG" + whole[10:40], "clipped", cigar="3S30M"),
        Read("17", 5100, whole, "pair", flag=0x41),
        Read("17", 5120, whole[20:] + BASES[150:170], "pair", flag=0x91),
        Read("17", 5100, whole[:20] + whole[25:], "gap", cigar="20M5D25M"),
        Read("17", 5100, whole, "badly", mapping_quality=5),
    ]
    table = table_of(write_bam, reads)
    depth = fragment_depth(table, filters=ReadFilters())
    at = [
        table.axis.place("17", p) for p in (5099, 5100, 5109, 5110, 5119, 5122, 5130, 5140, 5149, 5150, 5169)
    ]
    #                         before plain      low q   clip      gap   pair once     end          pair only
    assert depth[at].tolist() == [0, 3, 3, 3, 4, 3, 4, 3, 3, 1, 1]


def test_same_as_counting_fragment_by_fragment(write_bam):
    reads = [
        Read(
            "17", 5060 + 3 * n, BASES[60 + 3 * n : 160 + 3 * n], f"r{n % 17}", flag=0x1 | (0x40 << (n >= 17))
        )
        for n in range(34)
    ]
    table = table_of(write_bam, reads)
    depth = fragment_depth(table, filters=ReadFilters())
    for position in range(5060, 5250, 7):
        place = table.axis.place("17", position)
        assert depth[place] == len(fragments_over(table, place, place + 1, filters=ReadFilters()))


def test_without_reads(write_bam):
    table = table_of(write_bam, [Read("7", 10, "ACGT", "r")])
    assert fragment_depth(table, filters=ReadFilters()).sum() == 0


def test_spanning_needs_bases_on_both_sides_and_counts_mates_once(write_bam):
    reads = [
        Read("17", 5100, BASES[100:150], "plain"),  # spans 5110 to 5139 with 10 bases on either side
        Read("17", 5120, BASES[120:145], "clipped", cigar="25M"),  # 5130 to 5134
        Read("17", 5100, BASES[100:150], "pair", flag=0x41),
        Read("17", 5125, BASES[125:175], "pair", flag=0x91),  # 5135 to 5164, with its mate to 5139
        Read("17", 5200, BASES[200:220], "short"),  # 20 bases have no place with 10 on either side
        Read("17", 5100, BASES[100:150], "badly", mapping_quality=5),
    ]
    table = table_of(write_bam, reads)
    depth = spanning_depth(table, flank_bp=10, filters=ReadFilters())
    expected = {
        5109: 0,
        5110: 2,
        5129: 2,
        5130: 3,
        5134: 3,
        5135: 2,
        5139: 2,
        5140: 1,
        5164: 1,
        5165: 0,
        5210: 0,
    }
    assert {place: int(depth[table.axis.place("17", place)]) for place in expected} == expected
