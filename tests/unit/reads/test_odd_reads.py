"""Reads that are not the DNA of one tumour in short reads, or would count twice: refused, or handled and said."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pysam
import pytest
from alignment_files import FixedReference, Read, WriteBam

from refractor.errors import AlignmentError
from refractor.reads.alignment import open_alignment
from refractor.reads.library import library_problems
from refractor.reads.panel_coordinates import lay_axis
from refractor.reads.read_table import ReadTable, read_table

REFERENCE = FixedReference("17", 5000, "ACGTACGTAC" * 300)
INTERVALS = [("17", 5100, 5400), ("17", 9000, 9300)]
FIRST_OF_PAIR = 0x1 | 0x40


def table_of(write_bam: WriteBam, reads: list[Read]) -> ReadTable:
    with open_alignment(write_bam(reads), reference=None) as alignment:
        return read_table(alignment, lay_axis(INTERVALS, REFERENCE), reference=None)


def pairs(count: int, *, copies: int = 1, seed: int = 1) -> list[Read]:
    """Left reads of pairs at random places and lengths, each `copies` times under names of its own."""
    rng = random.Random(seed)
    found = []
    for number in range(count):
        at, length = rng.randrange(5050, 5400), rng.randrange(200, 600)
        found += [
            Read("17", at, "A" * 50, f"r{number}_{copy}", flag=FIRST_OF_PAIR, template_length=length)
            for copy in range(copies)
        ]
    return found


@pytest.mark.parametrize(("copies", "kept"), [(1, 200), (2, 200), (4, 200)])
def test_copies_that_nobody_marked_count_once(write_bam: WriteBam, copies: int, kept: int) -> None:
    """200 pairs; two share both ends by chance now and then, which alone takes none of them away."""
    table = table_of(write_bam, pairs(200, copies=copies))
    assert kept - 4 <= len(table) <= kept
    assert (len(table.left_out) == 1) is (copies > 1)


@pytest.mark.parametrize("copies", [1, 2, 4])
def test_copies_of_single_reads_count_once(write_bam: WriteBam, copies: int) -> None:
    """150 single reads over 300 bases share a first base by chance, as often as shifted ones do: none is taken away."""
    rng = random.Random(2)
    starts = [rng.randrange(5100, 5400) for _ in range(150)]
    lengths = [rng.randrange(40, 60) for _ in starts]
    reads = [
        Read("17", at, "A" * length, f"s{number}_{copy}")
        for number, (at, length) in enumerate(zip(starts, lengths, strict=True))
        for copy in range(copies)
    ]
    table = table_of(write_bam, reads)
    assert len(set(zip(starts, lengths, strict=True))) <= len(table) <= 150
    assert (len(table.left_out) == 1) is (copies > 1)


def test_of_single_reads_that_all_share_their_ends_nobody_can_tell(write_bam: WriteBam) -> None:
    """As an amplicon without molecular barcodes makes them."""
    single = [Read("17", 5100 + 60 * (number % 3), "A" * 50, f"s{number}") for number in range(300)]
    assert len(table_of(write_bam, single)) == 300


def test_deep_pairs_are_no_copies(write_bam: WriteBam) -> None:
    """A thousandfold depth has twins by chance, as many as shifted ones."""
    rng = np.random.default_rng(3)
    deep = [
        Read("17", int(at), "A" * 50, f"d{number}", flag=FIRST_OF_PAIR, template_length=int(length))
        for number, (at, length) in enumerate(
            zip(rng.integers(5100, 5200, 4000), rng.integers(300, 340, 4000), strict=True)
        )
    ]
    table = table_of(write_bam, deep)
    assert (len(table), table.left_out) == (4000, ())


def test_names_that_many_fragments_share_do_not_join_them(write_bam: WriteBam) -> None:
    reads = [Read("17", 5100 + number, "A" * 50, "run1") for number in range(40)]
    table = table_of(write_bam, reads)
    assert len(set(table.fragment.tolist())) == 40
    assert table.left_out == ("read names are shared by many fragments: these are told by their place",)


def mates_of(number: int, at: int, names: tuple[str, str]) -> list[Read]:
    """Two overlapping mates 20 bases apart, `end` bases from end to end."""
    length = 70 + number % 30
    second = at + length - 50
    return [
        Read("17", at, "A" * 50, names[0], flag=0x1 | 0x20 | 0x40, mate=second, template_length=length),
        Read("17", second, "A" * 50, names[1], flag=0x1 | 0x10 | 0x80, mate=at, template_length=-length),
    ]


@pytest.mark.parametrize("ending", [("/1", "/2"), ("", "")])
def test_mates_are_one_fragment_whatever_their_names(write_bam: WriteBam, ending: tuple[str, str]) -> None:
    """As old converters leave them (name/1 and name/2): told by their place, 120 fragments of 240 reads."""
    reads = [
        read
        for number in range(120)
        for read in mates_of(number, 5100 + 2 * number, (f"r{number}{ending[0]}", f"r{number}{ending[1]}"))
    ]
    table = table_of(write_bam, reads)
    assert len(table) == 240
    assert len(set(table.fragment.tolist())) == 120
    said = ("mates do not share a name: fragments are told by their place",)
    assert table.left_out == (said if ending[0] else ())


@pytest.mark.parametrize("cigar", ["25M3800N25M", "25M1000000N25M", "25M900D25M"])
def test_a_read_with_a_gap_longer_than_reads_is_left_out(write_bam: WriteBam, cigar: str) -> None:
    """Its parts lie in two stretches of the axis, or beyond the last: not added up across the gap."""
    reads = [Read("17", 5150, "A" * 50, f"r{number}") for number in range(30)]
    table = table_of(write_bam, [*reads, Read("17", 5160, "C" * 50, "odd", cigar=cigar)])
    assert len(table) == 30
    assert table.left_out == ("1 reads with a gap longer than a read left out",)
    assert int(table.segments.place.max() + table.segments.length.max()) <= len(table.axis.bases)


def test_many_spliced_reads_are_of_rna(write_bam: WriteBam) -> None:
    reads = [Read("17", 5150, "A" * 50, f"s{number}", cigar="25M3800N25M") for number in range(30)]
    with pytest.raises(
        AlignmentError, match=r"holds reads of RNA: they skip introns \(N in CIGAR\), 30 of 30"
    ):
        table_of(write_bam, reads)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ({"PG": [{"ID": "STAR", "PN": "STAR", "CL": "STAR --runMode alignReads"}]}, "RNA"),
        ({"PG": [{"ID": "hisat2", "PN": "hisat2", "CL": "hisat2-align-s -x grch38"}]}, "RNA"),
        ({"PG": [{"ID": "hisat2", "CL": "hisat2-align-s --no-spliced-alignment"}]}, ""),
        ({"PG": [{"ID": "minimap2", "CL": "minimap2 -ax splice ref.fa"}]}, "RNA"),
        ({"PG": [{"ID": "minimap2", "CL": "minimap2 -ax sr ref.fa"}]}, ""),
        ({"PG": [{"ID": "bwa", "PN": "bwa", "CL": "bwa mem STAR.fa"}]}, ""),
        ({"PG": [{"ID": "aln", "CL": "/opt/bin/STAR --genomeDir index"}]}, "RNA"),
        ({"PG": [{"ID": "DRAGEN", "CL": "dragen --enable-rna true -r hg38"}]}, "RNA"),
        ({"PG": [{"ID": "DRAGEN", "CL": "dragen --enable-rna false -r hg38"}]}, ""),
        ({"PG": [{"ID": "GATK SplitNCigarReads", "CL": "SplitNCigarReads -R x.fa"}]}, "RNA"),
        ({"RG": [{"ID": "1", "SM": "T", "LB": "T_mRNA_lib1"}]}, "RNA"),
        ({"RG": [{"ID": "1", "SM": "T", "DS": "RNA-Seq of the tumour"}]}, "RNA"),
        ({"RG": [{"ID": "1", "SM": "T", "DS": "AllPrep DNA/RNA, WGS"}]}, ""),
        ({"PG": [{"ID": "Bismark", "CL": "bismark --genome x"}]}, "converted DNA"),
        ({"PG": [{"ID": "bwa-meth", "PN": "bwa-meth", "CL": "bwameth.py --reference x"}]}, "converted DNA"),
        ({"PG": [{"ID": "x", "CL": "dragen --enable-methylation-calling true"}]}, "converted DNA"),
        ({"PG": [{"ID": "minimap2", "CL": "minimap2 -ax map-ont x.fa y.fq"}]}, "long reads"),
        ({"PG": [{"ID": "pbmm2", "PN": "pbmm2", "CL": "pbmm2 align"}]}, "long reads"),
        ({"RG": [{"ID": "1", "SM": "T", "PL": "NANOPORE"}]}, "long reads"),
        (
            {"RG": [{"ID": "1", "SM": "T"}, {"ID": "2", "SM": "N"}]},
            r"several samples by its read groups (SM T, N)",
        ),
        ({"RG": [{"ID": "1", "SM": "T"}, {"ID": "2", "SM": "T"}]}, ""),
        ({"RG": [{"ID": "T"}, {"ID": "N"}]}, "2 of its 2 read groups are (no SM: T, N)"),
        ({"RG": [{"ID": "1", "SM": "T"}, {"ID": "2"}]}, "1 of its 2 read groups are (no SM: 2)"),
        ({"RG": [{"ID": "1", "LB": "a"}, {"ID": "2", "LB": "b"}]}, "(no SM: 1, 2)"),
        ({"RG": [{"ID": "1", "LB": "a"}, {"ID": "2", "LB": "a"}]}, ""),
        ({"RG": [{"ID": "1"}]}, ""),
        ({"PG": [{"ID": "cellranger-dna", "PN": "cellranger-dna"}]}, ""),
        ({"PG": [{"ID": "cellranger", "CL": "cellranger count --id=x"}]}, "RNA"),
        (
            {"PG": [{"ID": "novoalign", "PN": "novoalign", "CL": "novoalign -d hg38.nbx -b 4 -f a.fq"}]},
            "converted DNA",
        ),
        ({"PG": [{"ID": "novoalign", "PN": "novoalign", "CL": "novoalign -d hg38.nix -f a.fq"}]}, ""),
        ({"PG": [{"ID": "bwa-mem2", "PN": "bwa-mem2", "CL": "bwa-mem2 mem -t 8 hg38.fa"}]}, ""),
        ({"PG": [{"ID": "iSAAC", "PN": "iSAAC", "CL": "isaac-align -r sorted-reference.xml"}]}, ""),
        ({"PG": [{"ID": "hisat-3n", "PN": "hisat-3n"}]}, "RNA"),
        ({"RG": [{"ID": "1", "SM": "T", "PL": "ONT"}]}, "long reads (PL:ONT)"),
        ({"RG": [{"ID": "1", "SM": "T", "PL": "ILLUMINA"}]}, ""),
    ],
)
def test_what_a_header_tells_of_its_library(header: dict[str, object], expected: str) -> None:
    problems = [str(problem) for problem in library_problems(Path("x.bam"), header)]
    assert len(problems) == bool(expected)
    assert all(expected in problem for problem in problems)


@pytest.mark.parametrize(("groups", "refused"), [(("T", "N"), True), (("T", "T"), False)])
def test_groups_of_reads_that_no_header_describes(
    tmp_path: Path, write_bam: WriteBam, groups: tuple[str, str], refused: bool
) -> None:
    """As `samtools merge -r` joins a tumour and its normal."""
    plain = write_bam([Read("17", 5100 + at, "A" * 50, f"r{at}") for at in range(20)], samples=())
    joined = tmp_path / "joined.bam"
    with (
        pysam.AlignmentFile(str(plain)) as source,
        pysam.AlignmentFile(str(joined), "wb", template=source) as out,
    ):
        for number, read in enumerate(source.fetch(until_eof=True)):
            read.set_tag("RG", groups[number % 2])
            out.write(read)
    pysam.index(str(joined))
    if not refused:
        with open_alignment(joined, reference=None) as alignment:
            assert alignment.sample_names == ()
        return
    with (
        pytest.raises(AlignmentError, match=r"2 of its 2 read groups are \(no SM: T, N\)"),
        open_alignment(joined, reference=None),
    ):
        pass


def test_long_reads_without_a_word_in_the_header_are_refused(write_bam: WriteBam) -> None:
    bam = write_bam([Read("17", 5000, "A" * 1500, "long")])
    with (
        pytest.raises(AlignmentError, match="the first has 1,500 bases"),
        open_alignment(bam, reference=None),
    ):
        pass
