"""The arithmetic of a declared truth, worked out by hand."""

from __future__ import annotations

import pytest

from refractor.errors import InputError
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from synthetic.events import Amplicon, Clone, CopyNumberSegment, Haplotype, SpikedVariant
from synthetic.truth import TumorTruth

BUILD = GenomeBuild.GRCH38
LENGTHS = CONTIG_LENGTHS[BUILD]


def tumor(**fields) -> TumorTruth:
    return TumorTruth(**({"sample": "T", "build": BUILD, "purity": 0.6} | fields))


def snv(**fields) -> SpikedVariant:
    return SpikedVariant(**({"chromosome": "12", "position": 25_245_349, "ref": "C", "alt": "T"} | fields))


def test_heterozygous_clonal_variant_has_half_the_purity():
    assert tumor().expected_vaf(snv()) == pytest.approx(0.3)  # 0.6 x 1 / (0.6 x 2 + 0.4 x 2)


def test_subclonal_variant_counts_only_its_cells_and_their_descendants():
    clones = (Clone("early", 0.5), Clone("late", 0.2, parent="early"))
    truth = tumor(clones=clones)
    assert [(p.name, pytest.approx(p.fraction)) for p in truth.populations] == [
        ("normal", 0.4),
        ("founder", 0.3),  # 0.6 x (1 - 0.5)
        ("early", 0.18),  # 0.6 x (0.5 - 0.2)
        ("late", 0.12),  # 0.6 x 0.2
    ]
    assert truth.expected_vaf(snv(clone="early")) == pytest.approx(0.15)  # 0.6 x 0.5 / 2
    assert truth.expected_vaf(snv(clone="late")) == pytest.approx(0.06)  # 0.6 x 0.2 / 2
    assert truth.cancer_cell_fraction(snv(clone="early")) == pytest.approx(0.5)


def test_variant_on_the_amplified_allele():
    truth = tumor(amplicons=(Amplicon("12", 25_000_000, 26_000_000, 20),))
    variant = snv(copies=18)
    # 0.6 x 18 / (0.6 x 21 + 0.4 x 2) = 10.8 / 13.4
    assert truth.expected_vaf(variant) == pytest.approx(10.8 / 13.4)
    assert truth.expected_vaf(snv(copies=None)) == pytest.approx(12 / 13.4)
    assert truth.expected_vaf(snv(copies=1, haplotype=Haplotype.B)) == pytest.approx(0.6 / 13.4)
    assert truth.tumor_copies_at("12", 25_245_349) == pytest.approx(21)
    assert truth.minor_copies_at("12", 25_245_349) == pytest.approx(1)


def test_more_copies_than_the_haplotype_has_are_capped():
    assert tumor().expected_vaf(snv(copies=5)) == tumor().expected_vaf(snv(copies=1))


def test_germline_variant_follows_its_haplotype_in_all_cells():
    loss = CopyNumberSegment("12", 0, None, 1, 0)  # the tumour keeps A
    truth = tumor(segments=(loss,))
    # A: (0.6 x 1 + 0.4 x 1) of 0.6 x 1 + 0.4 x 2 = 1 / 1.4; B: 0.4 / 1.4
    assert truth.expected_vaf(snv(germline=True)) == pytest.approx(1 / 1.4)
    assert truth.expected_vaf(snv(germline=True, haplotype=Haplotype.B)) == pytest.approx(0.4 / 1.4)


def test_contamination_dilutes():
    assert tumor(contamination=0.1).expected_vaf(snv()) == pytest.approx(0.27)


def test_doubling_makes_four_copies_and_ploidy_four():
    truth = tumor(whole_genome_doubled=True)
    assert truth.tumor_copies_at("3", 1000) == 4
    assert truth.minor_copies_at("3", 1000) == 2
    assert truth.ploidy() == pytest.approx(4)
    assert truth.mean_mixed_copies() == pytest.approx(3.2)  # 0.6 x 4 + 0.4 x 2


def test_ploidy_is_weighted_by_length_over_the_autosomes():
    gain = CopyNumberSegment("1", 0, None, 3, 1)
    total = sum(LENGTHS[str(number)] for number in range(1, 23))
    truth = tumor(segments=(gain, CopyNumberSegment("X", 0, None, 9, 9)))
    assert truth.ploidy() == pytest.approx(2 + 2 * LENGTHS["1"] / total)


def test_later_segments_hold_and_amplicons_lie_on_top():
    truth = tumor(
        segments=(
            CopyNumberSegment("17", 0, None, 3, 1),
            CopyNumberSegment("17", 20_000_000, 30_000_000, 2, 0, major_on=Haplotype.B),
        ),
        amplicons=(Amplicon("17", 25_000_000, 26_000_000, 12),),
    )
    copies = {
        at: [(state.copies_a, state.copies_b) for state in truth.states_at("17", at)][1]
        for at in (10_000_000, 22_000_000, 25_500_000, 26_000_000)
    }
    assert copies == {
        10_000_000: (3, 1),
        22_000_000: (0, 2),
        25_500_000: (12, 2),
        26_000_000: (0, 2),  # ends are exclusive
    }
    assert truth.breakpoints("17") == (0, 20_000_000, 25_000_000, 26_000_000, 30_000_000, LENGTHS["17"])


@pytest.mark.parametrize(
    ("sex", "chromosome", "copies"),
    [("XX", "X", 2), ("XY", "X", 1), ("XY", "Y", 1), ("XX", "Y", 0), ("XY", "5", 2)],
)
def test_sex_chromosomes(sex, chromosome, copies):
    assert tumor(sex=sex).mixed_copies_at(chromosome, 10_000_000) == pytest.approx(copies)


def test_a_contradictory_truth_names_every_fault():
    with pytest.raises(InputError) as raised:
        tumor(
            purity=1.2,
            sex="X0",
            clones=(Clone("a", 0.7), Clone("b", 0.6), Clone("c", 0.1, parent="nobody")),
            segments=(CopyNumberSegment("17", 5, 5, 1, 1), CopyNumberSegment("18", 0, None, 1, 2)),
            variants=(snv(clone="ghost"), snv(ref="C", alt="N"), snv(ref="C" * 102, alt="C")),
        )
    text = str(raised.value)
    for fault in (
        "purity 1.2", "'X0'", "daughters of clone founder add up to 1.3", "parent nobody", "17:5-5", "1+2",
        "unknown clone ghost", "'C'>'N'", "indel over 100",
    ):  # fmt: skip
        assert fault in text
    assert len(raised.value.problems) == 9


def test_clones_that_descend_from_each_other_are_refused():
    with pytest.raises(InputError, match="descends from itself"):
        tumor(clones=(Clone("a", 0.3, parent="b"), Clone("b", 0.3, parent="a")))


def test_a_variant_on_a_haplotype_that_its_clone_has_lost_is_refused():
    """A truth that no read can show would be scored as a miss of the workflow."""
    lost = CopyNumberSegment("12", 0, None, 1, 0, major_on=Haplotype.B)
    named = {"gene": "KRAS", "protein_change": "G12D"}
    with pytest.raises(InputError, match="KRAS G12D sits on no copy"):
        tumor(segments=(lost,), variants=(snv(**named),))
    kept = tumor(segments=(lost,), variants=(snv(**named, haplotype=Haplotype.B),))
    assert kept.cancer_cell_fraction(kept.variants[0]) == 1
