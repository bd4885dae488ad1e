from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from alignment_files import GRCH38_LENGTHS, Read
from openings import openings_of
from window_sites import window_sites

from refractor.errors import AlignmentError
from refractor.reads import windows
from refractor.reads.alignment import open_alignment
from refractor.reads.index_scan import scan_index
from refractor.reads.window_copies import CLEAN_BATCHES, UnmarkedCopies
from refractor.reads.window_reads import window_reads
from refractor.reads.windows import ReadFilter, WindowCounts
from refractor.reads.windows_to_read import NO_SNP, Sites

DUPLICATE, SECONDARY, SUPPLEMENTARY, QC_FAIL, REVERSE, PAIRED = 0x400, 0x100, 0x800, 0x200, 0x10, 0x1


def read_windows(path: str | Path, sites: Sites, **more: Any) -> WindowCounts:
    with open_alignment(path, reference=None) as alignment:
        return windows.read_windows(alignment, sites, **more)


def sites_at(*rows):
    """Sites from (chromosome, start, snp or None); windows of 1,000 bases, SNPs A>G."""
    snp = [NO_SNP if row[2] is None else row[2] for row in rows]
    return window_sites([row[0] for row in rows], [row[1] for row in rows], snp)


def read(position, name, sequence="A" * 100, **more):
    return Read("17", position, sequence, name, **more)


def with_base(base, at, length=100):
    return "C" * at + base + "C" * (length - at - 1)


def test_fragments_are_counted_where_their_left_read_starts(write_bam):
    bam = write_bam(
        [
            read(9_950, "before"),  # overlaps the window, starts before it
            read(10_000, "first base"),
            read(10_999, "last base"),
            read(11_000, "after"),
            read(10_200, "pair", flag=PAIRED | 0x40, template_length=300),
            read(10_400, "pair", flag=PAIRED | 0x80 | REVERSE, template_length=-300),
            read(10_500, "duplicate", flag=DUPLICATE),
            read(10_500, "secondary", flag=SECONDARY),
            read(10_500, "supplementary", flag=SUPPLEMENTARY),
            read(10_500, "failed", flag=QC_FAIL),
            read(10_500, "unsure", mapping_quality=19),
            read(10_500, "just sure", mapping_quality=20),
        ]
    )
    counts = read_windows(bam, sites_at(("17", 10_000, None), ("17", 50_000, None)))
    assert counts.fragments.tolist() == [4, 0]  # first base, last base, pair, just sure
    assert counts.unsure.tolist() == [1, 0]
    assert np.isnan(counts.gc[1])


def test_alleles_are_counted_once_a_fragment_and_only_good_bases(write_bam):
    snp = 10_500
    bam = write_bam(
        [
            read(10_450, "ref", with_base("A", 50)),
            read(10_401, "alt at the last base", with_base("G", 99)),
            read(10_500, "alt at the first base", with_base("G", 0)),
            read(10_400, "ends before", with_base("G", 99)),
            read(10_450, "other", with_base("T", 50)),
            read(10_450, "low quality", with_base("G", 50), quality=19),
            read(10_450, "low mapping quality", with_base("G", 50), mapping_quality=10),
            read(10_420, "mates agree", with_base("G", 80), flag=PAIRED | 0x40, template_length=180),
            read(10_500, "mates agree", with_base("G", 0), flag=PAIRED | 0x80, template_length=-180),
            read(10_420, "mates differ", with_base("G", 80), flag=PAIRED | 0x40, template_length=180),
            read(10_500, "mates differ", with_base("A", 0), flag=PAIRED | 0x80, template_length=-180),
        ]
    )
    counts = read_windows(bam, sites_at(("17", 10_000, snp)))
    assert counts.ref_reads.tolist() == [1]
    assert counts.alt_reads.tolist() == [3]
    assert counts.other_reads.tolist() == [1]
    assert counts.snp_depth.tolist() == [4]


@pytest.mark.parametrize(
    ("cigar", "sequence", "expected"),
    [
        ("10S90M", "T" * 10 + with_base("G", 50, 90), 1),  # clipped bases lie before the alignment
        ("20M5I75M", with_base("G", 55), 1),  # inserted bases shift the read
        ("20M5D80M", with_base("G", 45), 1),  # deleted ones shift it the other way
        ("48M5D52M", with_base("G", 50), 0),  # the SNP itself is deleted
        ("20M1000N80M", with_base("G", 50), 0),  # skipped
    ],
)
def test_the_base_at_the_snp_is_found_through_the_cigar(write_bam, cigar, sequence, expected):
    bam = write_bam([read(10_450, "r", sequence, cigar=cigar), read(12_000, "far")])
    counts = read_windows(bam, sites_at(("17", 10_000, 10_500)))
    assert counts.alt_reads.tolist() == [expected]
    assert counts.snp_depth.tolist() == [expected]


def test_a_snp_in_the_next_window_is_seen_by_reads_of_the_one_before(write_bam):
    bam = write_bam([read(10_950, "r", with_base("G", 60)), read(11_005, "s", with_base("A", 5))])
    counts = read_windows(bam, sites_at(("17", 10_000, None), ("17", 11_000, 11_010)))
    assert counts.fragments.tolist() == [1, 1]
    assert (counts.alt_reads.tolist(), counts.ref_reads.tolist()) == ([0, 1], [0, 1])


def test_gc_is_that_of_the_reads(write_bam):
    reads = [read(10_000 + 8 * n, f"r{n}", "GC" * 30 + "AT" * 20) for n in range(40)]
    counts = read_windows(write_bam(reads), sites_at(("17", 10_000, None)))
    assert counts.gc[0] == pytest.approx(0.6)


def test_a_contig_that_the_file_lacks_is_not_zero_reads(write_bam):
    bam = write_bam([read(10_000, "r")])
    assert "5" not in GRCH38_LENGTHS
    counts = read_windows(bam, sites_at(("5", 10_000, None), ("17", 10_000, None)))
    assert counts.fragments.tolist() == [-1, 1]


@pytest.mark.parametrize("prefix", ["", "chr"])
def test_names_of_contigs_do_not_matter(write_bam, prefix):
    contigs = {prefix + name: length for name, length in GRCH38_LENGTHS.items()}
    bam = write_bam([Read(f"{prefix}17", 10_000, "A" * 100, "r")], contigs=contigs)
    assert read_windows(bam, sites_at(("17", 10_000, None))).fragments.tolist() == [1]


def test_two_workers_count_what_one_counts(write_bam):
    reads = [read(10_000 + 37 * n, f"r{n}", "A" * 50 + "G" * 50) for n in range(200)]
    bam = write_bam(reads)
    sites = sites_at(*[("17", 10_000 + 1_000 * n, 10_500 + 1_000 * n) for n in range(8)])
    one, two = read_windows(bam, sites), read_windows(bam, sites, workers=2)
    assert one.fragments.sum() == 200
    for name in ("fragments", "ref_reads", "alt_reads", "other_reads", "unsure"):
        assert getattr(one, name).tolist() == getattr(two, name).tolist()
    assert np.array_equal(one.gc, two.gc, equal_nan=True)


def test_joining_windows_changes_nothing(write_bam):
    reads = [read(10_000 + 37 * n, f"r{n}", "A" * 50 + "G" * 50) for n in range(200)]
    bam = write_bam(reads)
    sites = sites_at(*[("17", 10_000 + 1_500 * n, 10_500 + 1_500 * n) for n in range(5)])
    apart = read_windows(bam, sites, keep=ReadFilter(join_gap=0))
    joined = read_windows(bam, sites, keep=ReadFilter(join_gap=10_000))
    assert apart.fragments.tolist() == joined.fragments.tolist()
    assert apart.alt_reads.tolist() == joined.alt_reads.tolist()
    assert apart.ref_reads.sum() > 0


def test_a_file_that_is_missing_is_named():
    with pytest.raises(AlignmentError, match=r"nowhere\.bam: no such file"):
        read_windows("nowhere.bam", sites_at(("17", 10_000, None)))


def test_windows_left_out_are_marked_absent(write_bam):
    bam = write_bam([read(10_450, "r", with_base("G", 50))])
    counts = read_windows(bam, sites_at(("17", 10_000, 10_500))).without(np.array([True]))
    assert counts.fragments.tolist() == [-1]
    assert counts.snp_depth.tolist() == [0]
    assert np.isnan(counts.gc).all()


def test_a_snp_far_into_a_long_read_is_seen(write_bam):
    sequence = "C" * 890 + "G" + "C" * 99
    bam = write_bam([read(9_610, "long", sequence), read(12_000, "far")])
    counts = read_windows(bam, sites_at(("17", 10_000, 10_500)))
    assert counts.alt_reads.tolist() == [1]


def test_one_opening_serves_header_index_and_windows(write_bam):
    """Opened once by the checks, once for the length of its header before htslib makes room for it, and once by htslib."""
    bam = write_bam([read(10_000 + n, f"r{n}") for n in range(20)])
    with openings_of(bam) as openings, open_alignment(bam, reference=None) as alignment:
        assert scan_index(alignment).bytes_per_stretch
        assert windows.read_windows(alignment, sites_at(("17", 10_000, None))).fragments.tolist() == [20]
    assert openings.count == 3


def pairs_at(places, *, copies=1, marked=False):
    """Both mates of fragments of 250 to 349 bases, each `copies` times under names of its own."""
    found = []
    for number, at in enumerate(places):
        length = 250 + 7 * number % 100
        for copy in range(copies):
            flag = DUPLICATE if marked and copy else 0
            name = f"p{number}_{copy}"
            end = at + length - 100
            found += [
                read(at, name, flag=flag | PAIRED | 0x40 | 0x20, mate=end, template_length=length),
                read(end, name, flag=flag | PAIRED | 0x80 | REVERSE, mate=at, template_length=-length),
            ]
    return found


@pytest.mark.parametrize(("copies", "marked"), [(1, False), (4, False), (4, True)])
def test_copies_that_nobody_marked_count_once(write_bam, copies, marked):
    """Each fragment four times is that fragment once: 15x was read as 60x, with ploidies of 3 and 6 for 2."""
    places = np.random.default_rng(4).permutation(900)[:150] + 10_000
    bam = write_bam(pairs_at(sorted(places.tolist()), copies=copies, marked=marked))
    counts = read_windows(bam, sites_at(("17", 10_000, None)))
    assert counts.fragments.tolist() == [150]
    left_out = int(
        counts.copies.sum()
    )  # three of four of both mates, those mates aside that lie beyond the window
    assert 800 < left_out <= 150 * 3 * 2 if copies > 1 and not marked else left_out == 0


def test_a_clean_file_is_looked_through_at_its_beginning_only(write_bam):
    reads = pairs_at(range(10_000, 10_900, 5))
    rows = [("17", start, None) for start in range(10_000, 60_000, 1_000)]
    looks = UnmarkedCopies()
    with open_alignment(write_bam(reads), reference=None) as alignment:
        (batch,) = window_reads(alignment, sites_at(*rows), join_gap=2_000)
    for _ in range(CLEAN_BATCHES + 5):
        assert looks.left_out(batch) == (batch, 0)
    twice = replace(
        batch, run=np.repeat(batch.run, 2), at=np.repeat(batch.at, 2), fixed=np.repeat(batch.fixed, 2)
    )
    assert UnmarkedCopies().left_out(twice)[1] == len(batch.at)
    assert looks.left_out(twice)[1] == 0
