"""Reads over junctions: split as BWA-MEM reports them, mates where the truth puts them, as many as its copies give."""

from __future__ import annotations

import re

import pysam
import pytest
from scipy import stats

from refractor.errors import InputError
from refractor.genome.builds import GenomeBuild
from refractor.genome.reference import Reference
from refractor.reads.sam_flags import SUPPLEMENTARY
from refractor.variants.files.structural_variants import Breakpoint
from refractor.variants.files.sv_reader import read_structural_variants
from refractor.vocabulary import Side
from synthetic.events import Amplicon, CopyNumberSegment, Haplotype, Rearrangement, tandem_junction
from synthetic.genomes import Coverage, Ground, Seeds, normal_truth, simulate_sample, surroundings
from synthetic.junction_reads import LEAST_ALIGNED
from synthetic.person import inherit
from synthetic.sequencing import ReadModel
from synthetic.territory import Territory, lay_out, nibbles
from synthetic.tiles import DepthModel
from synthetic.truth import TumorTruth
from synthetic.variant_files import write_structural_vcf

BUILD = GenomeBuild.GRCH38
DEPTH = 200.0
SMALL = 1e-5  # two-sided level of each test of a count, of a fixed seed
FLAT = ReadModel(
    depth=DepthModel(gc_width=1e6, shared_noise=0.0, own_noise=0.0),
    duplicate_fraction=0.0,
    low_mapping_fraction=0.0,
)
AMPLICON = Amplicon("17", 39_400_000, 40_100_000, 9)
DELETION = Rearrangement(Breakpoint("5", 50_000_000, Side.BEFORE), Breakpoint("5", 50_400_000, Side.AFTER))
INVERSION = Rearrangement(
    Breakpoint("2", 20_000_000, Side.BEFORE), Breakpoint("2", 20_300_000, Side.BEFORE), copies=1
)
TRANSLOCATION = Rearrangement(
    Breakpoint("8", 9_000_000, Side.AFTER), Breakpoint("11", 7_000_000, Side.AFTER), copies=1
)


@pytest.fixture(scope="module")
def truth() -> TumorTruth:
    """Purity 0.8: a tandem amplicon of 9 + 1 copies, a heterozygous deletion, an inversion, a translocation."""
    return TumorTruth(
        sample="J1",
        build=BUILD,
        purity=0.8,
        segments=(CopyNumberSegment("5", 50_000_001, 50_400_000, 1, 0, major_on=Haplotype.B),),
        amplicons=(AMPLICON,),
        rearrangements=(tandem_junction(AMPLICON), DELETION, INVERSION, TRANSLOCATION),
    )


@pytest.fixture(scope="module")
def ground(truth: TumorTruth) -> Ground:
    with Reference(None, BUILD) as reference:
        territory = lay_out(surroundings(truth), reference)
    return Ground(territory, (), Coverage(panel=False, erbb2_locus=False, around=surroundings(truth)))


@pytest.fixture(scope="module")
def reads(truth: TumorTruth, ground: Ground, tmp_path_factory) -> list[pysam.AlignedSegment]:
    path = tmp_path_factory.mktemp("junctions") / "t.bam"
    count = simulate_sample(
        ground, truth, path=path, depth=DEPTH, seeds=Seeds(person=3, sequencing=4), model=FLAT
    )
    with pysam.AlignmentFile(str(path)) as bam:
        found = list(bam)
    assert len(found) == count > 3000
    return found


def bare(name: str) -> str:
    return name.removeprefix("chr")


def near(read: pysam.AlignedSegment, end: Breakpoint) -> bool:
    return bare(read.reference_name) == end.chromosome and abs(read.reference_start - end.position) < 1000


def split_reads(reads: list[pysam.AlignedSegment], item: Rearrangement) -> list[pysam.AlignedSegment]:
    """Primary alignments with an SA tag whose two parts lie at the two breakpoints."""
    return [
        read
        for read in reads
        if read.has_tag("SA")
        and not read.is_supplementary
        and ((near(read, item.first) and not near(read, item.second)) or near(read, item.second))
    ]


@pytest.mark.parametrize("number", range(4))
def test_split_reads_are_cut_at_the_breakpoints_to_the_base(reads, truth, number) -> None:
    item = truth.rearrangements[number]
    found = split_reads(reads, item)
    assert len(found) > 15
    for read in found:
        end = item.first if near(read, item.first) else item.second
        clipped_right = read.cigartuples[-1][0] == pysam.CSOFT_CLIP
        assert clipped_right == (end.side is Side.BEFORE)
        cut = read.reference_end - 1 if clipped_right else read.reference_start
        assert cut == end.position
        name, position, strand, cigar, _, _ = read.get_tag("SA").rstrip(";").split(",")
        other = item.second if end is item.first else item.first
        matched = int(re.search(r"(\d+)M", cigar).group(1))
        assert bare(name) == other.chromosome
        cut = int(position) - 1 if other.side is Side.AFTER else int(position) - 1 + matched - 1
        assert cut == other.position
        turned = (strand == "-") != read.is_reverse
        assert turned == (item.first.side is item.second.side)
        assert matched + read.query_alignment_length == 150
        assert LEAST_ALIGNED <= matched <= read.query_alignment_length


def test_a_supplementary_alignment_mirrors_its_primary(reads) -> None:
    by_name: dict[tuple[str, bool], list[pysam.AlignedSegment]] = {}
    for read in reads:
        if read.has_tag("SA"):
            by_name.setdefault((read.query_name, read.is_read1), []).append(read)
    assert len(by_name) > 60
    for pair in by_name.values():
        assert sorted(read.is_supplementary for read in pair) == [False, True]
        one, other = pair
        for read, mirror in ((one, other), (other, one)):
            name, position, strand, cigar, quality, distance = read.get_tag("SA").rstrip(";").split(",")
            assert (name, int(position) - 1) == (mirror.reference_name, mirror.reference_start)
            assert (strand == "-", cigar) == (mirror.is_reverse, mirror.cigarstring)
            assert (int(quality), int(distance)) == (mirror.mapping_quality, mirror.get_tag("NM"))
        assert (one.get_forward_sequence(), one.get_forward_qualities()) == (
            other.get_forward_sequence(), other.get_forward_qualities(),
        )  # fmt: skip


def test_every_aligned_base_is_the_reference_but_for_its_errors(reads, ground) -> None:
    """NM counts what differs: errors of sequencing alone, as the person has no variant here."""
    checked = 0
    for read in reads:
        if not (read.has_tag("SA") or "S" in read.cigarstring):
            continue
        place = ground.territory.place(bare(read.reference_name), read.reference_start)
        length = read.query_alignment_length
        wanted = ground.territory.bases[place : place + length]
        different = int((nibbles(read.query_alignment_sequence) != wanted).sum())
        assert different == read.get_tag("NM")
        assert different < 20
        checked += 1
    assert checked > 150


def test_mates_lie_on_the_other_side(reads, truth) -> None:
    """Pairs with a mate at the other breakpoint are discordant; their strands are those of the junction."""
    for item in truth.rearrangements:
        pairs = [
            read for read in reads
            if near(read, item.first) and not read.is_supplementary and "S" not in read.cigarstring
            and bare(read.next_reference_name) == item.second.chromosome
            and abs(read.next_reference_start - item.second.position) < 1000
        ]  # fmt: skip
        assert len(pairs) > 10
        for read in pairs:
            assert not read.is_proper_pair
            assert read.is_reverse == (item.first.side is Side.AFTER)
            assert read.mate_is_reverse == (item.second.side is Side.AFTER)
            assert (read.template_length == 0) == (item.first.chromosome != item.second.chromosome)


def fragments_over(reads, chromosome: str, cut: int) -> int:
    """Fragments whose mates lie in one piece on both sides of a position of the reference."""
    return sum(
        read.is_proper_pair and not read.is_reverse and not read.is_supplementary
        and bare(read.reference_name) == chromosome
        and read.reference_start < cut < read.reference_start + read.template_length
        for read in reads
    )  # fmt: skip


def expected(copies: float, truth: TumorTruth) -> float:
    """Fragments over a place: depth / 300 a base and mean copies, times copies, times the mean insert."""
    return DEPTH / 300 * copies / truth.mean_mixed_copies() * FLAT.insert_mean


def test_the_junction_has_its_copies_and_the_reference_the_rest(reads, truth) -> None:
    """At the amplicon's right end 8 of 9 + 1 copies go back to its start: 0.8 x 8 over the junction, and over the
    reference 0.8 x (1 + 1) + 0.2 x 2 = 2. Of the deletion 0.8 x 1, and 0.8 x 1 + 0.4 = 1.2 over the reference."""
    for item, junction, intact in (
        (truth.rearrangements[0], 6.4, 2.0),
        (DELETION, 0.8, 1.2),
        (INVERSION, 0.8, 1.2),
    ):
        assert truth.mixed_junction_copies(item) == pytest.approx(junction)
        names = {
            read.query_name for read in reads
            if (near(read, item.first) and (read.has_tag("SA") or not read.is_proper_pair or "S" in read.cigarstring))
        } | {
            read.query_name for read in reads
            if (near(read, item.second) and (read.has_tag("SA") or not read.is_proper_pair or "S" in read.cigarstring))
        }  # fmt: skip
        assert stats.poisson.cdf(len(names), expected(junction, truth)) > SMALL
        assert stats.poisson.sf(len(names) - 1, expected(junction, truth)) > SMALL
        for end in (item.first, item.second):
            cut = end.position + (1 if end.side is Side.BEFORE else 0)
            seen = fragments_over(reads, end.chromosome, cut)
            assert stats.poisson.cdf(seen, expected(intact, truth)) > SMALL
            assert stats.poisson.sf(seen - 1, expected(intact, truth)) > SMALL


def test_the_normal_has_no_junction(truth, ground, tmp_path) -> None:
    path = tmp_path / "n.bam"
    simulate_sample(
        ground, normal_truth(truth), path=path, depth=40, seeds=Seeds(person=3, sequencing=4), model=FLAT
    )
    with pysam.AlignmentFile(str(path)) as bam:
        found = list(bam)
    assert len(found) > 500
    assert all(read.is_proper_pair and not read.has_tag("SA") for read in found)
    assert not any(read.flag & SUPPLEMENTARY for read in found)


def test_a_breakpoint_outside_what_is_simulated_is_named(truth, tmp_path) -> None:
    with Reference(None, BUILD) as reference:
        territory: Territory = lay_out(surroundings(truth)[:2], reference)
    ground = Ground(territory, (), Coverage(panel=False, erbb2_locus=False))
    assert inherit(territory, (), seed=1).bases.shape[0] == 2
    with pytest.raises(InputError, match="breakpoint 5:50000001 are not simulated"):
        simulate_sample(ground, truth, path=tmp_path / "x.bam", depth=1, seeds=Seeds(1, 1), model=FLAT)
    assert not (tmp_path / "x.bam").exists()


def test_our_reader_finds_the_junctions_of_the_vcf(truth, tmp_path) -> None:
    path = tmp_path / "sv.vcf"
    write_structural_vcf(path, truth)
    found = read_structural_variants(path, sample="J1", build=BUILD)
    assert {frozenset(variant.breakpoints) for variant in found} == {
        frozenset((item.first, item.second)) for item in truth.rearrangements
    }
    [deletion] = [variant for variant in found if variant.deleted]
    assert deletion.deleted == ("5", 50_000_001, 50_400_000)
    [tandem] = [variant for variant in found if variant.duplicated]
    assert tandem.duplicated == ("17", 39_400_000, 40_100_000)


def test_a_junction_without_copies_is_refused() -> None:
    item = Rearrangement(Breakpoint("5", 50_000_000, Side.BEFORE), Breakpoint("5", 50_400_000, Side.AFTER))
    with pytest.raises(InputError, match="5:50000001 has no copies"):
        TumorTruth(sample="T", build=BUILD, purity=0.5, rearrangements=(item,))
    outside = Rearrangement(
        Breakpoint("5", 500_000_000, Side.BEFORE), Breakpoint("5", 5, Side.AFTER), copies=1
    )
    with pytest.raises(InputError, match="5:500000001 lies on no chromosome"):
        TumorTruth(sample="T", build=BUILD, purity=0.5, rearrangements=(outside,))
