from __future__ import annotations

import numpy as np
import pytest
from alignment_files import FixedReference, Read

from refractor.genome.variant import Variant
from refractor.reads.alignment import open_alignment
from refractor.reads.fragments import ReadFilters
from refractor.reads.panel_coordinates import lay_axis
from refractor.reads.read_table import read_table
from refractor.variants.calling.allele_evidence import evidence_of
from refractor.variants.calling.error_rates import error_rates
from refractor.variants.calling.filters import CallThresholds, Filter, judged
from refractor.variants.calling.indel_errors import UNREPEATED, indel_error_rate
from refractor.variants.calling.mismatches import depth_of, mismatches_of, stray_per_read
from refractor.variants.calling.somatic import NormalRule
from refractor.variants.calling.supporting_fragments import Evidence, Sample
from refractor.variants.codons.codon_reads import ReadSettings
from refractor.variants.codons.tumor_context import AlleleOrigins

START = 5000
BASES = (
    "".join(np.random.default_rng(3).choice(list("ACGT"), 600))
    + "CAAAAAAAAAG"
    + "".join(np.random.default_rng(4).choice(list("ACGT"), 600))
)
"""Random bases with a homopolymer of nine A at 601-609."""
REFERENCE = FixedReference("17", START, BASES)


def sample_of(write_bam, reads) -> Sample:
    axis = lay_axis([("17", START + 500, START + 700)], REFERENCE)
    with open_alignment(write_bam(reads), reference=None) as alignment:
        table = read_table(alignment, axis, reference=None)
    found = mismatches_of(table, min_mapping_quality=20)
    depth = depth_of(table, min_mapping_quality=20)
    noise = stray_per_read(table, found, depth, min_base_quality=20)
    return Sample(table, error_rates(table, found, depth), noise, ReadFilters())


def read(name: str, start: int, length: int = 100, change: tuple[int, str] | None = None, **more) -> Read:
    bases = list(BASES[start : start + length])
    if change is not None:
        bases[change[0] - start] = change[1]
    return Read("17", START + start, "".join(bases), name, **more)


def other(base: str) -> str:
    return {"A": "C", "C": "G", "G": "T", "T": "A"}[base]


def snv(at: int) -> Variant:
    return Variant("17", START + at, BASES[at], other(BASES[at]))


def test_fragments_of_a_substitution(write_bam):
    change = (550, other(BASES[550]))
    reads = [read(f"a{n}", 500 + n, change=change, flag=0x10 * (n % 2)) for n in range(6)]
    reads += [read(f"r{n}", 500 + n) for n in range(10)]
    reads += [read("third", 500, change=(550, other(other(BASES[550]))))]
    reads += [read("blurred", 500, change=change, quality=[37] * 50 + [5] + [37] * 49)]
    sample = sample_of(write_bam, reads)
    (found,) = evidence_of(sample, [snv(550)])
    assert (found.alt, found.ref, found.other, found.depth) == (6, 10, 1, 17)
    assert found.vaf == pytest.approx(6 / 17)
    assert (found.alt_forward, found.alt_reverse) == (3, 3)
    assert found.alt_mapping_quality == 60
    # distances from the nearer end of the alignment: 45 to 49 or so
    assert found.alt_end_distance == pytest.approx(49, abs=1)
    assert len(found.carriers) == 6
    assert found.log_odds > 10


def test_agreeing_mates_are_one_molecule(write_bam):
    """Two reads of one molecule are one mistake where they are one: their agreement adds nothing beyond its rate."""
    change = (550, other(BASES[550]))
    pair = [read("p", 500, change=change, flag=0x41), read("p", 520, change=change, flag=0x91)]
    single = [read("s", 500, change=change)]
    sample = sample_of(write_bam, pair + single)
    (found,) = evidence_of(sample, [snv(550)])
    assert found.alt == 2
    assert min(found.errors) > 1e-5


def mnv() -> Variant:
    return Variant("17", START + 550, BASES[550:553], other(BASES[550]) + BASES[551] + other(BASES[552]))


def test_an_mnv_counts_fragments_with_all_of_it(write_bam):
    bases = mnv().alt
    reads = [Read("17", START + 500, BASES[500:550] + bases + BASES[553:600], f"a{n}") for n in range(3)]
    reads += [read("part", 500, change=(550, other(BASES[550])))] + [read(f"r{n}", 500) for n in range(5)]
    hidden = [37] * 52 + [2] + [37] * 47
    reads += [Read("17", START + 500, BASES[500:550] + bases + BASES[553:600], "hidden", quality=hidden)]
    (found,) = evidence_of(sample_of(write_bam, reads), [mnv()])
    assert (found.alt, found.ref, found.other) == (4, 5, 1)
    # two wrong bases at once: far rarer than one
    assert sorted(found.errors)[0] < 1e-7
    assert sorted(found.errors)[-1] > 1e-5


def deletion(at: int, length: int) -> Variant:
    return Variant("17", START + at, BASES[at : at + length + 1], BASES[at])


def test_reads_with_and_without_the_gap_count_for_a_deletion(write_bam):
    """Reads that end soon after the deletion are aligned without a gap or clipped; they count all the same."""
    donor = BASES[500:551] + BASES[559:700]
    reads = [Read("17", START + 500, donor[:100], f"gap{n}", cigar="51M8D49M") for n in range(3)]
    reads += [Read("17", START + 460, BASES[460:500] + donor[:63], "clip", cigar="91M12S")]
    reads += [Read("17", START + 454, BASES[454:500] + donor[:58], "blunt", cigar="104M")]
    reads += [Read("17", START + 559, donor[44:144], "left", cigar="7S93M")]
    reads += [read(f"r{n}", 500) for n in range(4)]
    reads += [read("short", 451)]  # ends before the first deleted base: fits both
    (found,) = evidence_of(sample_of(write_bam, reads), [deletion(550, 8)])
    assert (found.alt, found.ref) == (6, 4)
    assert found.other == 0


def test_alleles_of_one_place_compete(write_bam):
    one, two = deletion(550, 8), deletion(550, 9)
    reads = [
        Read("17", START + 500, BASES[500:551] + BASES[559:608], f"a{n}", cigar="51M8D49M") for n in range(5)
    ]
    reads += [
        Read("17", START + 500, BASES[500:551] + BASES[560:609], f"b{n}", cigar="51M9D49M") for n in range(2)
    ]
    reads += [read(f"r{n}", 500) for n in range(6)]
    first, second = evidence_of(sample_of(write_bam, reads), [one, two])
    assert (first.alt, first.ref, first.other) == (5, 6, 2)
    assert (second.alt, second.ref, second.other) == (2, 6, 5)
    assert not first.carriers & second.carriers


def test_a_read_that_fits_two_alleles_counts_for_the_more_frequent_one(write_bam):
    """Insertions that begin alike: a read that ends inside fits both equally."""
    long, short = "CATTACAGATTACA", "CATTACAGCCGT"
    after = BASES[551:560]
    one = Variant("17", START + 550, BASES[550], BASES[550] + long)
    two = Variant("17", START + 550, BASES[550], BASES[550] + short)

    def carrier(name: str, inserted: str) -> Read:
        bases = BASES[500:551] + inserted + BASES[551:600]
        return Read("17", START + 500, bases, name, cigar=f"51M{len(inserted)}I49M")

    ending = Read("17", START + 460, BASES[460:551] + long[:8], "ends", cigar="91M8S")
    reads = (
        [carrier(f"a{n}", long) for n in range(2)] + [carrier(f"b{n}", short) for n in range(4)] + [ending]
    )
    first, second = evidence_of(sample_of(write_bam, reads), [one, two])
    assert after[0] != long[0]
    assert (first.alt, second.alt) == (2, 5)


def test_reads_of_another_place_fit_no_allele(write_bam):
    rng = np.random.default_rng(6)
    reads = [read(f"r{n}", 500) for n in range(4)]
    reads += [
        Read("17", START + 500, BASES[500:545] + "".join(rng.choice(list("ACGT"), 55)), "alien", cigar="100M")
    ]
    (found,) = evidence_of(sample_of(write_bam, reads), [deletion(550, 8)])
    assert (found.alt, found.ref, found.other) == (0, 4, 0)
    assert found.log_odds == 0.0


def test_without_reads(write_bam):
    sample = sample_of(write_bam, [Read("7", 10, "ACGT", "r")])
    substitution, indel = evidence_of(sample, [snv(550), deletion(560, 3)])
    assert (substitution.depth, substitution.vaf, substitution.log_odds) == (0, 0.0, 0.0)
    assert (indel.depth, indel.alt) == (0, 0)


def test_indels_in_homopolymers_are_likelier_mistakes(write_bam):
    sample = sample_of(write_bam, [Read("7", 10, "ACGT", "r")])
    axis = sample.table.axis

    def rate(variant: Variant) -> float:
        return indel_error_rate(axis, axis.place("17", variant.position), variant)

    run = BASES.index("CAAAAAAAAAG")
    one = Variant("17", START + run, "CA", "C")
    two = Variant("17", START + run, "CAA", "C")
    longer = Variant("17", START + run, "C", "CA")
    assert rate(one) == pytest.approx(UNREPEATED * 10 ** (0.3 * 8))
    assert rate(longer) == pytest.approx(rate(one))
    assert rate(two) == pytest.approx(rate(one) / 10)
    assert rate(Variant("17", START + 550, BASES[550], BASES[550] + "ACGTTGCAAC")) == UNREPEATED
    assert rate(Variant("17", START + 550, BASES[550:552], "ACGTT")) == UNREPEATED


def evidence(alt: int, ref: int, **more) -> Evidence:
    values = {
        "errors": np.full(alt, 1e-4),
        "crowding": 0.0,
        "alt_turned": alt // 2,
        "ref_turned": ref // 2,
        "ref": ref,
        "other": 0,
        "alt_forward": alt - alt // 2,
        "alt_reverse": alt // 2,
        "ref_forward": ref - ref // 2,
        "ref_reverse": ref // 2,
        "alt_end_distance": 40.0,
        "ref_end_distance": 40.0,
        "alt_mapping_quality": 60.0,
        "ref_mapping_quality": 60.0,
        "alt_noise": 0.0,
        "ref_noise": 0.0,
        "carriers": frozenset(),
    }
    return Evidence(**(values | more))


def judge(
    tumor: Evidence,
    normal: Evidence | None = None,
    *,
    hotspot=False,
    vafs=(0.5,),
    substitution=True,
    damaged=False,
    **of_mixture: float,
):
    return judged(
        tumor,
        normal,
        hotspot=hotspot,
        substitution=substitution,
        damaged=damaged,
        origins=AlleleOrigins(vafs, **of_mixture),
        thresholds=ReadSettings().at(listed=hotspot),
        calls=CallThresholds(),
        rule=NormalRule(),
    )


def test_log_odds_by_hand():
    # 3 of 100 at error 1e-4: 3 log10((0.03 x 0.9999 + 0.97 x 1e-4) / 1e-4) + 97 log10(0.97) = 7.436 - 1.283
    assert evidence(3, 97).log_odds == pytest.approx(6.15, abs=0.01)


def test_plain_somatic_variant_passes():
    result = judge(evidence(10, 90), evidence(0, 80))
    assert result.filters == ()
    assert not result.germline
    assert result.notes == ()


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"errors": np.full(12, 0.05)}, Filter.WEAK),
        ({"alt_forward": 12, "alt_reverse": 0}, Filter.STRAND_BIAS),
        ({"alt_end_distance": 3.0}, Filter.READ_END),
        ({"alt_mapping_quality": 25.0}, Filter.MAPPING_QUALITY),
        ({"alt_noise": 4.0}, Filter.NOISY_READS),
    ],
)
def test_each_filter(more, name):
    assert judge(evidence(12, 88, **more), evidence(0, 80)).filters == (name,)


@pytest.mark.parametrize(
    ("more", "filters"),
    [
        # 12 of 100 at error e: 12 log10((0.12 (1 - e) + 0.88 e) / e) + 88 log10(0.88); the last is -4.886
        ({"errors": np.full(12, 0.0176)}, ()),  # 12 * 0.8703 - 4.886 = 5.56
        ({"errors": np.full(12, 0.0185)}, (Filter.WEAK,)),  # 12 * 0.8506 - 4.886 = 5.32
        ({"alt_forward": 11, "alt_reverse": 1}, ()),  # not all on one strand
        ({"alt_forward": 0, "alt_reverse": 12}, (Filter.STRAND_BIAS,)),
        ({"alt_forward": 12, "alt_reverse": 0, "ref_forward": 88, "ref_reverse": 0}, ()),  # so are the others
        # all reads end there, the others' too: nothing odd
        ({"alt_end_distance": 3.0, "ref_end_distance": 11.9}, ()),
        ({"alt_end_distance": 3.0, "ref_end_distance": 12.0}, (Filter.READ_END,)),
        ({"alt_end_distance": 5.9, "ref_end_distance": 12.0}, (Filter.READ_END,)),
        ({"alt_end_distance": 6.0, "ref_end_distance": 12.0}, ()),
        ({"alt_mapping_quality": 29.9}, (Filter.MAPPING_QUALITY,)),
        ({"alt_mapping_quality": 30.0}, ()),
        ({"ref_mapping_quality": 10.0}, ()),
        ({"alt_noise": 2.0}, ()),
        ({"alt_noise": 2.1}, (Filter.NOISY_READS,)),
        ({"alt_noise": 4.0, "ref_noise": 2.0}, ()),
    ],
)
def test_both_sides_of_each_filter(more, filters):
    assert judge(evidence(12, 88, **more), evidence(0, 80)).filters == filters


@pytest.mark.parametrize(("ref", "filters"), [(490, ()), (491, (Filter.LOW_VAF,))])
def test_the_least_vaf_is_enough(ref, filters):
    # 10 of 500 is 0.02, 10 of 501 less
    assert judge(evidence(10, ref, errors=np.full(10, 1e-6)), evidence(0, 80)).filters == filters


@pytest.mark.parametrize(("alt", "germline"), [(20, True), (19, False)])
def test_a_normal_vaf_of_a_fifth_is_inherited(alt, germline):
    result = judge(evidence(50, 50), evidence(alt, 100 - alt))
    assert result.germline is germline
    assert result.filters == (() if germline else (Filter.IN_NORMAL,))


def test_few_carriers_on_one_strand_are_no_bias():
    few = evidence(3, 97, alt_forward=3, alt_reverse=0)
    assert judge(few, evidence(0, 80)).filters == ()


def test_indels_are_not_judged_by_read_ends():
    assert judge(evidence(10, 90, alt_end_distance=3.0), evidence(0, 80), substitution=False).filters == ()


def test_low_vaf_is_a_filter_outside_hotspots_only():
    rare = evidence(5, 495, errors=np.full(5, 1e-6))
    assert judge(rare, evidence(0, 80)).filters == (Filter.LOW_VAF,)
    assert judge(rare, evidence(0, 80), hotspot=True).filters == ()


def test_weak_evidence_is_enough_at_hotspots():
    weak = evidence(3, 97, errors=np.full(3, 1e-3))  # log odds 3.2
    assert judge(weak, evidence(0, 80)).filters == (Filter.WEAK,)
    assert judge(weak, evidence(0, 80), hotspot=True).filters == ()


def test_the_normal_decides_on_inheritance():
    assert judge(evidence(50, 50), evidence(38, 42)).germline
    mosaic = judge(evidence(10, 90), evidence(8, 92))
    assert mosaic.filters == (Filter.IN_NORMAL,)
    assert not mosaic.germline


def test_a_single_normal_fragment():
    """Of a contaminated normal, where the tumour shows it clearly more often; a mistake of the place, where not."""
    assert judge(evidence(15, 85), evidence(1, 99)).filters == ()
    assert judge(evidence(4, 96), evidence(1, 99)).filters == (Filter.IN_NORMAL,)
    assert judge(evidence(4, 96), evidence(1, 99), hotspot=True).filters == ()


def test_tumor_cells_measured_in_the_normal_excuse_its_fragments():
    """A clonal hotspot on both copies (VAF 0.8) of a tumour whose normal holds 30 % of its cells: 0.24 there."""
    tumor, normal = evidence(80, 20), evidence(24, 76)
    unmeasured = judge(tumor, normal, hotspot=True)
    assert (unmeasured.germline, unmeasured.filters) == (False, (Filter.IN_NORMAL,)), (
        "too few for an inherited one"
    )
    assert judge(tumor, normal).germline
    measured = judge(tumor, normal, hotspot=True, share_in_normal=0.3)
    assert (measured.germline, measured.filters) == (False, ())
    assert "tumour cells in" in measured.notes[0]
    # an inherited variant is as common in the normal, which no share of tumour cells explains
    inherited = judge(evidence(50, 50), evidence(49, 51), hotspot=True, share_in_normal=0.5)
    assert inherited.germline
    assert judge(evidence(50, 50), evidence(49, 51), share_in_normal=0.5).germline


def test_foreign_dna_in_the_normal_dilutes_what_is_inherited():
    """With 40 % of another person's DNA a heterozygous variant shows at 0.3, one of a shallow normal at 0.17."""
    assert judge(evidence(50, 50), evidence(17, 83), normal_foreign_dna=0.4).germline
    assert judge(evidence(50, 50), evidence(17, 83)).filters == (Filter.IN_NORMAL,)


def test_alleles_no_commoner_than_foreign_dna_are_not_believed():
    """10 % of the DNA is another person's, whose private variants show at 0.05."""
    for normal in (evidence(0, 60), None):
        stranger = judge(evidence(6, 94), normal, foreign_vaf=0.05)
        assert (stranger.filters, stranger.germline) == ((Filter.FOREIGN_DNA,), False)
        assert judge(evidence(20, 80), normal, foreign_vaf=0.05).filters == ()
        assert judge(evidence(6, 94), normal).filters == ()
    hotspot = judge(evidence(6, 94), evidence(0, 60), hotspot=True, foreign_vaf=0.05)
    assert hotspot.filters == ()
    assert "foreign DNA" in hotspot.notes[0]


def test_without_a_normal_the_vaf_decides():
    assert judge(evidence(45, 55)).germline
    assert judge(evidence(99, 1)).germline
    assert not judge(evidence(15, 85)).germline
    assert not judge(evidence(45, 55), hotspot=True).germline
    shallow = judge(evidence(45, 55), evidence(0, 3))
    assert shallow.germline
    assert "normal too shallow" in shallow.notes[0]


def test_local_copies_move_what_counts_as_inherited():
    # purity 0.7, copies 8 + 1: inherited on the minor copy (0.7 + 0.3) / (6.3 + 0.6) = 0.145
    minor = (0.145, 0.855)
    assert judge(evidence(15, 85), vafs=minor).germline
    assert not judge(evidence(40, 60), vafs=minor).germline
    assert judge(evidence(85, 15), vafs=minor).germline


def test_a_hundredth_of_the_depth_and_three_fragments_elsewhere_two_at_hotspots():
    sure = {"errors": np.full(2, 1e-5)}
    # 2 of 60 at 1e-5: 2 log10((0.0333 + 0.9667e-5) / 1e-5) - 58 x 0.01472 = 7.05 - 0.85
    assert evidence(2, 58, **sure).log_odds == pytest.approx(6.19, abs=0.01)
    assert judge(evidence(2, 58, **sure), evidence(0, 80)).filters == (Filter.FEW_FRAGMENTS,)
    assert judge(evidence(2, 58, **sure), evidence(0, 80), hotspot=True).filters == ()
    few = judge(evidence(9, 991, errors=np.full(9, 1e-6)), evidence(0, 80), hotspot=True)
    assert few.filters == (Filter.FEW_FRAGMENTS,)


def test_two_fragments_at_a_hotspot_need_the_odds_that_exist():
    # 2 of 60 at 1e-3: 2 log10(0.0343 / 1e-3) - 0.85 = 2.22, below 2.5
    blurred = evidence(2, 58, errors=np.full(2, 1e-3))
    assert blurred.log_odds == pytest.approx(2.2, abs=0.02)
    assert judge(blurred, evidence(0, 80), hotspot=True).filters == (Filter.WEAK,)
    assert judge(blurred, evidence(0, 80), hotspot=True, damaged=True).filters == (Filter.DAMAGE,)


def test_mistakes_that_crowd_at_places_weigh_less():
    # 3 of 100 have log odds 6.15; with a spread of 2 they are (1 + 2)(1 + 4) = 15 times likelier by mistake
    crowded = evidence(3, 97, crowding=float(np.log10(15)))
    assert crowded.log_odds == pytest.approx(6.15 - 1.176, abs=0.01)
    assert judge(crowded, evidence(0, 80)).filters == (Filter.WEAK,)
