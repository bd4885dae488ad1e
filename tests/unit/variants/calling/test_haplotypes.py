from __future__ import annotations

from collections import Counter

from alignment_files import FixedReference, Read

from refractor.genome.variant import Variant
from refractor.reads.alignment import open_alignment
from refractor.reads.fragments import ReadFilters, fragments_over
from refractor.reads.panel_coordinates import lay_axis
from refractor.reads.read_table import read_table
from refractor.variants.calling.haplotypes import Window

# 17:1001-1020 is ACGTACGTACGTACGTACGT; the codon is GTA at 1007-1009 (0-based 1006-1008)
REFERENCE = FixedReference("17", 1000, "ACGTACGTACGTACGTACGT")
START, END = 1006, 1009


def window(write_bam, reads, reference=REFERENCE):
    axis = lay_axis([("17", 1000, 1020)], reference)
    with open_alignment(write_bam(reads), reference=None) as alignment:
        table = read_table(alignment, axis, reference=None)
    place = axis.place("17", START)
    fragments = fragments_over(table, place, place + END - START, filters=ReadFilters())
    return Window.of(axis, fragments)


def read(codon: str, name: str, **more) -> Read:
    return Read("17", 1000, "ACGTAC" + codon + "CGTACGT", name, **more)


def test_reference_fragments_show_no_allele(write_bam):
    found = window(write_bam, [read("GTA", f"r{n}") for n in range(4)])
    assert found.depth() == 4
    assert found.alleles() == Counter()
    assert found.reference_known()


def test_without_fragments(write_bam):
    found = window(write_bam, [Read("17", 1012, "ACGT", "r")])
    assert found.depth() == 0
    assert found.alleles() == Counter()


def test_neighbouring_changes_on_one_fragment_are_one_allele(write_bam):
    found = window(write_bam, [read("TTA", "a"), read("TAA", "b"), read("TAA", "c"), read("GTA", "d")])
    assert found.alleles() == Counter({Variant("17", 1006, "GT", "TA"): 2, Variant("17", 1006, "G", "T"): 1})


def test_outer_bases_of_a_codon_are_one_allele(write_bam):
    found = window(write_bam, [read("TTC", "a")])
    assert found.alleles() == Counter({Variant("17", 1006, "GTA", "TTC"): 1})


HIDDEN = [37] * 7 + [2] + [37] * 8
"""Qualities that hide the codon's second base."""


def test_a_fragment_with_an_unread_base_counts_for_the_allele_it_fits(write_bam):
    reads = [read("TAA", "a"), read("TAA", "b"), read("TCA", "c", quality=HIDDEN)]
    assert window(write_bam, reads).alleles() == Counter({Variant("17", 1006, "GT", "TA"): 3})


def test_of_two_alleles_that_it_fits_the_more_frequent_one_counts(write_bam):
    reads = [read("TAA", f"a{n}") for n in range(3)] + [read("TCA", "c"), read("TGA", "d", quality=HIDDEN)]
    alleles = window(write_bam, reads).alleles()
    assert alleles == Counter({Variant("17", 1006, "GT", "TA"): 4, Variant("17", 1006, "GT", "TC"): 1})


def test_a_fragment_that_fits_no_allele_counts_for_what_it_shows(write_bam):
    reads = [read("GAA", "a"), read("TCA", "c", quality=HIDDEN)]
    found = window(write_bam, reads)
    assert found.alleles() == Counter({Variant("17", 1007, "T", "A"): 1, Variant("17", 1006, "G", "T"): 1})
    # the fragment whose second base is not read does not count in the depth there
    assert found.support(Variant("17", 1007, "T", "A")).depth == 1
    assert found.support(Variant("17", 1006, "G", "T")).depth == 2
    assert found.depth() == 1


def test_deletion_inside_the_codon(write_bam):
    found = window(write_bam, [Read("17", 1000, "ACGTACGCGTACGT", "d", cigar="7M2D7M")])
    assert found.alleles() == Counter({Variant("17", 1006, "GTA", "G"): 1})
    assert found.depth() == 1
    assert found.support(Variant("17", 1006, "GTA", "G")).alt == 1


def test_deletion_that_reaches_beyond_the_codon_is_written_whole(write_bam):
    found = window(write_bam, [Read("17", 1000, "ACGTACTACGT", "d", cigar="6M5D5M")])
    assert found.alleles() == Counter({Variant("17", 1005, "CGTACG", "C"): 1})


def test_insertion_with_a_change_beside_it_is_one_allele(write_bam):
    # G>T, then GGC put in before T
    found = window(write_bam, [Read("17", 1000, "ACGTACTGGCTACGTACGT", "i", cigar="7M3I9M")])
    assert found.alleles() == Counter({Variant("17", 1006, "G", "TGGC"): 1})


def test_support_counts_strands(write_bam):
    reads = [read("TTA", "a"), read("TTA", "b", flag=0x10), read("TTA", "c", flag=0x10), read("GTA", "d")]
    support = window(write_bam, reads).support(Variant("17", 1006, "G", "T"))
    assert (support.alt, support.depth, support.forward, support.reverse) == (3, 4, 1, 2)


def test_unknown_reference_shows_no_allele(write_bam):
    found = window(write_bam, [read("TTA", "a")], FixedReference("17", 1000, "ACGTACNNNCGTACGT"))
    assert found.alleles() == Counter()
    assert not found.reference_known()
    assert found.depth() == 1
