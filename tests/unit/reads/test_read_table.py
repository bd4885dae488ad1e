from __future__ import annotations

import pysam
import pytest
from alignment_files import FixedReference, Read

from refractor.errors import AlignmentError
from refractor.reads.alignment import open_alignment
from refractor.reads.bam_records import DELETION, INSERTION
from refractor.reads.panel_coordinates import MARGIN_BP, KnownBases, decode, encode, lay_axis
from refractor.reads.read_table import read_table

REFERENCE = FixedReference("17", 5000, "ACGTACGTAC" * 300)
INTERVALS = [("17", 5100, 5110), ("7", 900, 910), ("17", 5400, 5410), ("17", 9000, 9010)]


def table_of(write_bam, reads, **more):
    axis = lay_axis(INTERVALS, REFERENCE)
    with open_alignment(write_bam(reads, **more), reference=None) as alignment:
        return read_table(alignment, axis, reference=None)


def test_axis_joins_stretches_whose_margins_meet():
    axis = lay_axis(INTERVALS, REFERENCE)
    # chr17: 4500-6010 for the first two, 8400-9610; chr7: 300-1510
    assert (axis.stop - axis.offset).tolist() == [1510, 1210, 1210]
    assert int(axis.wanted.sum()) == 40
    place = axis.place("17", 5100)
    assert place == MARGIN_BP
    assert axis.letters(place, place + 4) == "ACGT"
    assert axis.position(place) == ("17", 5100)
    assert axis.position(axis.place("7", 905)) == ("7", 905)
    assert axis.place("17", 7000) is None
    assert axis.place("17", 10) is None
    assert axis.place("1", 5100) is None
    assert axis.stretch(place) == (0, 1510)


def test_known_bases_fill_only_what_the_reference_lacks():
    known = [KnownBases("17", 5100, "TTTT"), KnownBases("7", 905, "GA"), KnownBases("1", 5, "A")]
    axis = lay_axis(INTERVALS, REFERENCE, known=known)
    place = axis.place("17", 5100)
    assert axis.letters(place, place + 4) == "ACGT"
    place = axis.place("7", 905)
    assert axis.letters(place - 1, place + 3) == "NGAN"


def test_codes_and_letters():
    assert decode(encode("ACGTNR")) == "ACGTNN"


def test_reads_as_pysam_has_them(write_bam):
    reads = [
        Read("17", 5095, "ACGTACGTACGT", "a", quality=list(range(20, 32)), flag=0x10),
        Read("17", 5095, "ACGTACG", "short"),
        Read("17", 5060, "A" * 41 + "C" * 20, "clipped", cigar="5S50M6S"),
        Read("17", 5092, "ACGTACGTACGT", "ins", cigar="6M2I4M"),
        Read("17", 5090, "ACGTACGTACGT", "del", cigar="6M3D6M"),
        Read("7", 899, "ACGT", "seven"),
        Read("17", 5200, "ACGT", "outside"),
        Read("12", 899, "ACGT", "elsewhere"),
        Read("17", 5095, "ACGTACG", "duplicate", flag=0x400),
    ]
    table = table_of(write_bam, reads)
    assert len(table) == 6
    rows = {decode(table.bases[row, : table.length[row]]): row for row in range(len(table))}
    row = rows["A" * 41 + "C" * 20]
    assert table.axis.position(int(table.start[row])) == ("17", 5060)
    assert int(table.end[row] - table.start[row]) == 50
    segments = table.segments.take((table.segments.read == row).nonzero()[0])
    assert (segments.index.tolist(), segments.length.tolist()) == ([5], [50])
    kinds = dict(zip(table.gaps.kind.tolist(), table.gaps.length.tolist(), strict=True))
    assert kinds == {INSERTION: 2, DELETION: 3}
    assert {table.axis.position(int(place))[1] for place in table.gaps.place} == {5096, 5098}
    row = rows["ACGTACG"]
    assert table.qualities[row].tolist() == [37] * 7 + [0] * 54
    assert table.bases[row, 7:].tolist() == [0] * 54
    place = table.axis.place("17", 5100)
    assert len(table.reads_over(place, place + 1)) == 5
    assert len(table.segments_over(place, place + 1).read) == 5


def test_mates_share_their_fragment(write_bam):
    reads = [
        Read("17", 5095, "ACGTACGTACGT", "pair", flag=0x41),
        Read("17", 5098, "ACGTACGTACGT", "pair", flag=0x91),
        Read("17", 5098, "ACGTACGTACGT", "pair2", flag=0x91),
    ]
    table = table_of(write_bam, reads)
    assert len(table) == 3
    assert len(set(table.fragment.tolist())) == 2
    assert table.fragment[0] in table.fragment[1:].tolist()


def test_no_reads_on_the_axis(write_bam):
    table = table_of(write_bam, [Read("12", 899, "ACGT", "elsewhere")])
    assert len(table) == 0
    assert len(table.reads_over(0, 100)) == 0
    assert len(table.segments_over(0, 100).read) == 0


def test_missing_qualities_count_as_none(write_bam, tmp_path):
    path = write_bam([Read("17", 5100, "ACGT", "r")])
    bare = tmp_path / "bare.bam"
    with pysam.AlignmentFile(str(path)) as file, pysam.AlignmentFile(str(bare), "wb", template=file) as out:
        for read in file:
            read.query_qualities = None
            out.write(read)
    pysam.index(str(bare))
    axis = lay_axis(INTERVALS, REFERENCE)
    with open_alignment(bare, reference=None) as alignment:
        table = read_table(alignment, axis, reference=None)
    assert table.qualities.tolist() == [[0, 0, 0, 0]]


def test_long_reads_are_refused(write_bam):
    with pytest.raises(AlignmentError, match="has reads of 700 bases"):
        table_of(write_bam, [Read("17", 5000, "ACGTACGTAC" * 70, "long")])


def test_chromosome_that_the_file_lacks(write_bam):
    table = table_of(write_bam, [Read("17", 5100, "ACGT", "r")], contigs={"17": 83257441})
    assert len(table) == 1


def test_damage_inside_the_file_is_an_alignment_error(write_bam):
    reads = [
        Read("17", 5090 + n % 20, "ACGTACGTAC" * 10, f"r{n}", quality=[20 + n % 17] * 100)
        for n in range(4000)
    ]
    path = write_bam(reads)
    data = bytearray(path.read_bytes())
    axis = lay_axis(INTERVALS, REFERENCE)
    with open_alignment(path, reference=None) as alignment:
        data[len(data) // 2 : len(data) // 2 + 50] = bytes(50)
        path.write_bytes(bytes(data))
        with pytest.raises(AlignmentError, match="the file or its index is damaged"):
            read_table(alignment, axis, reference=None)


@pytest.mark.parametrize("options", [("no_ref=1",), ("embed_ref=2",)])
def test_cram_that_needs_no_reference_is_read_like_a_bam(write_bam, options):
    reads = [Read("17", 5095 + n, "ACGTACGTACGT", f"r{n}", quality=30 + n) for n in range(5)]
    from_bam = table_of(write_bam, reads)
    from_cram = table_of(write_bam, reads, name="t.cram", options=options)
    assert len(from_cram) == 5
    assert from_cram.bases.tolist() == from_bam.bases.tolist()
    assert from_cram.qualities.tolist() == from_bam.qualities.tolist()
    assert from_cram.start.tolist() == from_bam.start.tolist()


def test_cram_is_decoded_with_its_reference(write_bam, tmp_path):
    fasta = tmp_path / "reference.fa"
    bases = bytearray(b"N" * 46709983)
    bases[5000:5200] = b"ACGTACGTAC" * 20
    fasta.write_bytes(b">21\n" + bytes(bases) + b"\n")
    pysam.faidx(str(fasta))
    path = write_bam(
        [Read("21", 5095, "ACGTACGTACGT", "r")], name="t.cram", contigs={"21": 46709983}, reference=fasta
    )
    axis = lay_axis([("21", 5100, 5105)], FixedReference("21", 5000, "ACGTACGTAC" * 20))
    with open_alignment(path, reference=fasta) as alignment:
        table = read_table(alignment, axis, reference=fasta)
    assert [decode(row) for row in table.bases] == ["ACGTACGTACGT"]
