from __future__ import annotations

import numpy as np
from alignment_files import FixedReference, Read

from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import load_panel
from refractor.genome.reference import Reference
from refractor.genome.variant import Variant
from refractor.reads.alignment import open_alignment
from refractor.reads.panel_coordinates import lay_axis
from refractor.reads.read_table import read_table
from refractor.variants.calling.candidates import (
    codon_numbers,
    in_neighbouring_codons,
    joined_variants,
    repeated_changes,
)
from refractor.variants.calling.clips import clipped_variants
from refractor.variants.calling.mismatches import mismatches_of

RNG = np.random.default_rng(11)
BASES = "".join(RNG.choice(list("ACGT"), 1200))
START = 5000
REFERENCE = FixedReference("17", START, BASES)
WANTED = ("17", START + 500, START + 700)


def table_of(write_bam, reads):
    axis = lay_axis([WANTED], REFERENCE)
    with open_alignment(write_bam(reads), reference=None) as alignment:
        return read_table(alignment, axis, reference=None)


def candidates(write_bam, reads, *, same_reading=lambda one, other: False, min_reads=3):
    table = table_of(write_bam, reads)
    found = mismatches_of(table, min_mapping_quality=20)
    changes = repeated_changes(
        table, found, min_fragments=min_reads, min_base_quality=20, min_mapping_quality=20
    )
    return joined_variants(table.axis, changes, same_reading=same_reading)


def other(base: str) -> str:
    return {"A": "C", "C": "G", "G": "T", "T": "A"}[base]


def read(name: str, start: int, changes: dict[int, str] | None = None, length: int = 100, **more) -> Read:
    bases = list(BASES[start : start + length])
    for at, base in (changes or {}).items():
        bases[at - start] = base
    return Read("17", START + start, "".join(bases), name, **more)


def snv(at: int) -> Variant:
    return Variant("17", START + at, BASES[at], other(BASES[at]))


def test_a_change_that_repeats_is_a_candidate(write_bam):
    change = {600: other(BASES[600])}
    reads = [read(f"r{n}", 540 + n, change) for n in range(3)] + [read("s", 550, {610: other(BASES[610])})]
    assert candidates(write_bam, reads) == [snv(600)]
    assert candidates(write_bam, reads, min_reads=4) == []


def test_low_quality_badly_mapped_and_outside_do_not_count(write_bam):
    change, outside = {600: other(BASES[600])}, {450: other(BASES[450])}
    reads = [read(f"r{n}", 540, change) for n in range(2)]
    reads += [read("low", 540, change, quality=10), read("bad", 540, change, mapping_quality=3)]
    reads += [read(f"o{n}", 420, outside) for n in range(5)]
    assert candidates(write_bam, reads) == []


def test_neighbours_on_the_same_fragments_are_joined(write_bam):
    both = {600: other(BASES[600]), 602: other(BASES[602])}
    reads = [read(f"r{n}", 540, both) for n in range(4)]
    wanted = other(BASES[600]) + BASES[601] + other(BASES[602])
    assert candidates(write_bam, reads) == [Variant("17", START + 600, BASES[600:603], wanted)]


def test_neighbours_on_different_fragments_stay_apart(write_bam):
    reads = [read(f"r{n}", 540, {600: other(BASES[600])}) for n in range(4)]
    reads += [read(f"s{n}", 540, {602: other(BASES[602])}) for n in range(4)]
    assert candidates(write_bam, reads) == [snv(600), snv(602)]


def test_a_rare_change_beside_a_frequent_one_stays_apart(write_bam):
    """A somatic change on the haplotype of an inherited one: joined, it would hide that one is inherited."""
    reads = [read(f"r{n}", 540, {600: other(BASES[600])}) for n in range(16)]
    reads += [read(f"s{n}", 540, {600: other(BASES[600]), 602: other(BASES[602])}) for n in range(4)]
    assert candidates(write_bam, reads) == [snv(600), snv(602)]


def test_changes_of_neighbouring_codons_are_joined_farther_apart(write_bam):
    both = {600: other(BASES[600]), 604: other(BASES[604])}
    reads = [read(f"r{n}", 540, both) for n in range(4)]
    assert candidates(write_bam, reads) == [snv(600), snv(604)]
    joined = candidates(write_bam, reads, same_reading=lambda one, two: True)
    assert [len(v.ref) for v in joined] == [5]


def test_insertion_and_change_beside_it_are_a_delins(write_bam):
    bases = BASES[540:600] + "ACGTT" + BASES[600:603] + other(BASES[603]) + BASES[604:640]
    reads = [Read("17", START + 540, bases, f"r{n}", cigar="60M5I40M") for n in range(4)]
    (found,) = candidates(write_bam, reads)
    assert found.kind == "delins"
    low, high = START + 540, START + 640
    spelled = BASES[540 : found.position - START] + found.alt + BASES[found.end - START : 640]
    assert spelled == bases, (low, high)


def test_deletions_too_long_are_not_ours(write_bam):
    bases = BASES[540:600] + BASES[680:740]
    reads = [Read("17", START + 540, bases, f"r{n}", cigar="60M80D60M") for n in range(4)]
    assert candidates(write_bam, reads) == []


def test_clips_of_a_long_insertion_are_followed(write_bam):
    inserted = "".join(np.random.default_rng(5).choice(list("ACGT"), 6))
    donor = BASES[540:600] + inserted + BASES[600:700]
    reads = [
        Read("17", START + 540 + n, donor[n : n + 100], f"r{n}", cigar=f"{60 - n}M{40 + n}S")
        for n in range(3)
    ]
    found = clipped_variants(table_of(write_bam, reads), min_reads=2, min_mapping_quality=20)
    assert len(found) == 1
    (variant,) = found
    assert len(variant.alt) - len(variant.ref) == 6
    start = variant.position - START
    spelled = BASES[540:start] + variant.alt + BASES[start + len(variant.ref) : 700]
    assert spelled == donor


def test_clips_of_a_tandem_duplication_are_followed(write_bam):
    """Clipped bases go on 40 bases before the clip: a copy was put in."""
    donor = BASES[500:600] + BASES[560:600] + BASES[600:700]
    right = [
        Read("17", START + 520 + n, donor[20 + n : 120 + n], f"r{n}", cigar=f"{80 - n}M{20 + n}S")
        for n in range(3)
    ]
    left = [
        Read("17", START + 560, donor[80 - n : 180 - n], f"l{n}", cigar=f"{20 + n}S{80 - n}M")
        for n in range(3)
    ]
    for reads in (right, left):
        (variant,) = clipped_variants(table_of(write_bam, reads), min_reads=2, min_mapping_quality=20)
        start = variant.position - START
        spelled = BASES[500:start] + variant.alt + BASES[start + len(variant.ref) : 700]
        assert spelled == donor


def test_clips_of_new_bases_before_a_copy_are_followed(write_bam):
    donor = BASES[500:600] + "GATTACAGG" + BASES[580:600] + BASES[600:700]
    reads = [
        Read("17", START + 520 + n, donor[20 + n : 150 + n], f"r{n}", cigar=f"{80 - n}M{50 + n}S")
        for n in range(3)
    ]
    (variant,) = clipped_variants(table_of(write_bam, reads), min_reads=2, min_mapping_quality=20)
    start = variant.position - START
    assert BASES[500:start] + variant.alt + BASES[start + len(variant.ref) : 700] == donor


def test_clips_of_a_deletion_are_followed_from_both_sides(write_bam):
    donor = BASES[500:600] + BASES[640:760]
    right = [
        Read("17", START + 520 + n, donor[20 + n : 120 + n], f"r{n}", cigar=f"{80 - n}M{20 + n}S")
        for n in range(3)
    ]
    left = [
        Read("17", START + 640, donor[80 - n : 180 - n], f"l{n}", cigar=f"{20 + n}S{80 - n}M")
        for n in range(3)
    ]
    for reads in (right, left):
        (variant,) = clipped_variants(table_of(write_bam, reads), min_reads=2, min_mapping_quality=20)
        start = variant.position - START
        spelled = BASES[500:start] + variant.alt + BASES[start + len(variant.ref) : 760]
        assert spelled == donor


def test_clips_that_lead_nowhere_are_left(write_bam):
    rng = np.random.default_rng(8)
    adapter = "".join(rng.choice(list("ACGT"), 40))
    reads = [
        Read("17", START + 540 + n, BASES[540 + n : 600] + adapter, f"r{n}", cigar=f"{60 - n}M40S")
        for n in range(3)
    ]
    table = table_of(write_bam, reads)
    assert clipped_variants(table, min_reads=2, min_mapping_quality=20) == []


def test_clips_that_disagree_are_left(write_bam):
    rng = np.random.default_rng(9)
    reads = [
        Read(
            "17",
            START + 540,
            BASES[540:600] + "".join(rng.choice(list("ACGT"), 40)),
            f"r{n}",
            cigar="60M40S",
        )
        for n in range(4)
    ]
    assert clipped_variants(table_of(write_bam, reads), min_reads=2, min_mapping_quality=20) == []


def test_codons_of_the_panel_are_numbered_along_the_protein():
    build = GenomeBuild.GRCH38
    panel = load_panel(build)
    braf, kras = panel.genes["BRAF"], panel.genes["KRAS"]
    with Reference(None, build) as reference:
        axis = lay_axis([(g.chromosome, s, e) for g in (braf, kras) for s, e in g.cds], reference)
    numbers = codon_numbers(axis, panel)
    at = {codon: [axis.place("7", p) for p in braf.codon_positions(codon)] for codon in (581, 582, 600, 601)}
    assert len(set(numbers[at[581]])) == 1  # parted by an intron
    assert int(numbers[at[582][0]] - numbers[at[581][0]]) == 1
    judge = in_neighbouring_codons(numbers)
    assert judge(at[600][0], at[601][2])
    assert not judge(at[582][0], at[600][0])
    assert not judge(at[600][0], axis.place("12", kras.codon_positions(12)[0]))
    intron = axis.place("7", braf.cds[0][0] - 5)
    assert not judge(intron, intron)
