"""Simulated BAM files: valid, reproducible, and as deep and as mutated as their truth says."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pysam
import pytest
from scipy import stats

from refractor.errors import InputError
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import load_panel
from refractor.genome.reference import Reference
from synthetic.bam import bins_of, convert_to_cram
from synthetic.events import Amplicon, Clone, CopyNumberSegment, Haplotype, Hole, SpikedVariant
from synthetic.genomes import (
    STRANGER,
    Coverage,
    Depths,
    Ground,
    Seeds,
    normal_truth,
    simulate_chromosomes,
    simulate_panel_reads,
    simulate_sample,
)
from synthetic.person import Snp, inherit
from synthetic.sequencing import ReadModel
from synthetic.territory import KnownAllele, Region, lay_out, nibbles
from synthetic.tiles import DepthModel
from synthetic.trial import hotspot_variant
from synthetic.truth import TumorTruth

BUILD = GenomeBuild.GRCH38
PANEL = load_panel(BUILD)
ERBB2 = PANEL.genes["ERBB2"]
DEPTH = 100.0
SEEDS = Seeds(person=5, sequencing=11)
FLAT = ReadModel(depth=DepthModel(gc_width=1e6, shared_noise=0.0, own_noise=0.0))
"""Depth without anything uneven, so that what is measured has one binomial or Poisson cause."""

SMALL = 1e-5  # every comparison below is a two-sided test at this level, of a fixed seed

DIPLOID = [("2", 20_000_000 + 100_000 * number) for number in range(10)]
LOST = [("18", 30_000_000 + 100_000 * number) for number in range(10)]
WINDOWS = [Region(chromosome, start, start + 1000, 0.45) for chromosome, start in DIPLOID + LOST]
SNPS = tuple(Snp(w.chromosome, w.start + 300 + 200 * n, "A", "G", 0.5) for w in WINDOWS for n in range(3))
DELETED = 21
VARIANTS = (
    hotspot_variant(PANEL, "KRAS", "G12D", clone="sub"),
    hotspot_variant(PANEL, "BRAF", "V600E"),
    hotspot_variant(PANEL, "ERBB2", "Y772_A775dup", copies=8),
)


def bases(chromosome: str, start: int, length: int) -> str:
    with Reference(None, BUILD) as reference:
        return reference.fetch(chromosome, start, start + length)


@pytest.fixture(scope="module")
def truth() -> TumorTruth:
    at = ERBB2.start + 3000
    deleted = bases("17", at, DELETED + 1)
    return TumorTruth(
        sample="T1",
        build=BUILD,
        purity=0.7,
        clones=(Clone("sub", 0.5),),
        segments=(CopyNumberSegment("18", 0, None, 1, 0),),
        amplicons=(Amplicon("17", ERBB2.start - 20_000, ERBB2.end + 20_000, 10),),
        variants=(
            *VARIANTS,
            SpikedVariant("17", at, deleted, deleted[0], copies=10),
            SpikedVariant("17", at + 9000, *mnv("17", at + 9000), copies=5),
            SpikedVariant("7", 140_753_000, *snv("7", 140_753_000), germline=True, haplotype=Haplotype.B),
        ),
    )


def snv(chromosome: str, position: int) -> tuple[str, str]:
    ref = bases(chromosome, position, 1)
    return (ref, "G") if ref != "G" else (ref, "T")


def mnv(chromosome: str, position: int) -> tuple[str, str]:
    ref = bases(chromosome, position, 3)
    return ref, ref.translate(str.maketrans("ACGT", "GTAC"))


@pytest.fixture(scope="module")
def ground() -> Ground:
    kras, braf = PANEL.genes["KRAS"], PANEL.genes["BRAF"]
    regions = [
        Region("17", ERBB2.start - 15_000, ERBB2.end + 5_000),
        Region("12", kras.codon_positions(12)[2] - 400, kras.codon_positions(12)[0] + 400),
        Region("7", braf.codon_positions(600)[2] - 400, braf.codon_positions(600)[0] + 400),
        *WINDOWS,
    ]
    known = [KnownAllele(snp.chromosome, snp.position, snp.ref) for snp in SNPS]
    with Reference(None, BUILD) as reference:
        return Ground(lay_out(regions, reference, known_alleles=known), SNPS, Coverage())


@pytest.fixture(scope="module")
def pair(ground, truth, tmp_path_factory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("pair")
    tumor, normal = folder / "T1.bam", folder / "N1.bam"
    simulate_sample(ground, truth, path=tumor, depth=DEPTH, seeds=SEEDS, model=FLAT)
    simulate_sample(ground, normal_truth(truth), path=normal, depth=DEPTH, seeds=SEEDS, model=FLAT)
    return tumor, normal


@pytest.fixture(scope="module")
def records(pair) -> list[pysam.AlignedSegment]:
    with pysam.AlignmentFile(str(pair[0])) as bam:
        found = list(bam)
    assert len(found) > 80_000
    return found


def test_files_pass_quickcheck_and_their_index_finds_all_reads(pair, records):
    for path in pair:
        pysam.quickcheck(str(path))
    with pysam.AlignmentFile(str(pair[0])) as bam:
        assert bam.has_index()
        assert bam.mapped == len(records)
        assert bam.header.to_dict()["HD"]["SO"] == "coordinate"
        fetched = sum(1 for _ in bam.fetch("chr17", ERBB2.start, ERBB2.end))
    at = [r for r in records if r.reference_name == "chr17"]
    assert fetched == sum(r.reference_start < ERBB2.end and r.reference_end > ERBB2.start for r in at)


def test_header_names_the_build_the_sample_and_that_it_is_synthetic(pair):
    with pysam.AlignmentFile(str(pair[0])) as bam:
        header = bam.header.to_dict()
    assert len(header["SQ"]) == 25
    assert {s["SN"]: s["LN"] for s in header["SQ"]}["chr17"] == CONTIG_LENGTHS[BUILD]["17"]
    assert header["RG"][0]["SM"] == "T1"
    assert "SYNTHETIC" in header["CO"][0]
    assert "samtools view -P -L" in header["CO"][2]


def test_records_are_sorted_and_pairs_agree(records):
    places = [(record.reference_id, record.reference_start) for record in records]
    assert places == sorted(places)
    pairs: dict[str, list[pysam.AlignedSegment]] = {}
    for record in records:
        pairs.setdefault(record.query_name, []).append(record)
    assert len(pairs) == len(records) / 2
    for first, second in pairs.values():
        assert {first.is_read1, second.is_read1} == {True, False}
        assert {first.is_read2, second.is_read2} == {True, False}
        assert (first.next_reference_start, second.next_reference_start) == (
            second.reference_start,
            first.reference_start,
        )
        assert first.mate_is_reverse == second.is_reverse != first.is_reverse
        assert first.template_length == -second.template_length
        assert first.is_duplicate == second.is_duplicate
        span = max(first.reference_end, second.reference_end) - min(
            first.reference_start, second.reference_start
        )
        assert abs(first.template_length) == span


def test_tags_and_cigars_fit_the_reads(records, ground):
    territory = ground.territory
    checked = Counter()
    for record in records[::7] + [r for r in records if r.cigarstring != "150M"]:
        assert record.get_tag("RG") == "T1"
        assert record.query_length == 150
        assert record.infer_query_length() == 150
        place = territory.place(record.reference_name.removeprefix("chr"), record.reference_start)
        read = nibbles(record.query_sequence)
        mismatched = sum(
            read[query] != territory.bases[place + position - record.reference_start]
            for query, position in record.get_aligned_pairs(matches_only=True)
        )
        gaps = sum(length for operation, length in record.cigartuples if operation in (1, 2))
        assert record.get_tag("NM") == mismatched + gaps
        assert mismatched < 30  # a misplaced read would differ in three bases of four
        for operation, _ in record.cigartuples:
            checked[operation] += 1
    assert checked[0] > 10_000
    assert min(checked[operation] for operation in (1, 2, 4)) > 50


def test_the_same_seed_makes_the_same_bytes_and_another_other_ones(ground, truth, pair, tmp_path):
    again = tmp_path / "T1.bam"
    simulate_sample(ground, truth, path=again, depth=DEPTH, seeds=SEEDS, model=FLAT)
    assert again.read_bytes() == pair[0].read_bytes()
    assert Path(f"{again}.bai").read_bytes() == Path(f"{pair[0]}.bai").read_bytes()
    simulate_sample(ground, truth, path=again, depth=DEPTH, seeds=replace(SEEDS, sequencing=12), model=FLAT)
    assert again.read_bytes() != pair[0].read_bytes()


def test_bins_are_those_of_htslib(records):
    header = pysam.AlignmentHeader.from_references(["chr1"], [CONTIG_LENGTHS[BUILD]["1"]])
    seen = set()
    for record in records[::11] + [r for r in records if r.cigarstring != "150M"]:
        copy = pysam.AlignedSegment(header)
        copy.query_sequence = record.query_sequence
        copy.reference_start, copy.cigarstring = record.reference_start, record.cigarstring
        assert record.bin == copy.bin
        seen.add(record.bin)
    assert len(seen) > 10


def test_bins_of_intervals_across_bin_borders():
    # section 5.3 of the SAM specification: 585 bins of 128 kb and larger before the first of 16 kb, 4681
    start = np.array([0, 16_383, 131_071, 1_048_575, 8_388_607, 67_108_863, 16_384])
    assert bins_of(start, start + 2).tolist() == [4681, 585, 73, 9, 1, 0, 4682]


def fragments_in(records, chromosome: str, start: int, end: int) -> int:
    """Distinct fragments whose left end lies in the stretch."""
    return sum(
        record.reference_name == f"chr{chromosome}"
        and start <= record.reference_start < end
        and record.template_length > 0
        and not record.is_duplicate
        for record in records
    )


def test_depth_follows_copies_and_purity(records, truth):
    # per base: depth / (2 x 150) fragments, times copies of the mixture over their mean
    scale = DEPTH / 300 / truth.mean_mixed_copies()
    diploid = sum(fragments_in(records, c, s, s + 1000) for c, s in DIPLOID)
    lost = sum(fragments_in(records, c, s, s + 1000) for c, s in LOST)
    amplified = fragments_in(records, "17", ERBB2.start + 15_000, ERBB2.start + 25_000)
    assert diploid + lost + amplified > 15_000
    for found, copies in ((diploid, 2.0), (lost, 0.7 * 1 + 0.3 * 2), (amplified, 0.7 * 11 + 0.3 * 2)):
        expected = 10_000 * scale * copies
        assert 2 * stats.norm.sf(abs(found - expected) / expected**0.5) > SMALL, (found, expected)


def allele_reads(path: Path, variant: SpikedVariant) -> tuple[int, int]:
    """Fragments with the ref and the alt base at the first differing base of a substitution."""
    with pysam.AlignmentFile(str(path)) as bam:
        columns = bam.pileup(
            f"chr{variant.chromosome}", variant.position, variant.position + 1, truncate=True,
            stepper="all", max_depth=100_000, min_base_quality=20, ignore_overlaps=True,
        )  # fmt: skip
        seen = Counter(
            base.upper() for column in columns for base in column.get_query_sequences(add_indels=False)
        )
    return seen[variant.ref[0]], seen[variant.alt[0]]


def assert_binomial(alt: int, total: int, share: float) -> None:
    assert stats.binomtest(alt, total, share).pvalue > SMALL, (alt, total, share)


def test_substitutions_have_their_allele_fraction(pair, truth):
    substitutions = [v for v in truth.variants if len(v.ref) == len(v.alt)]
    assert len(substitutions) == 4
    for variant in substitutions:
        ref, alt = allele_reads(pair[0], variant)
        assert ref + alt > 70
        assert_binomial(alt, ref + alt, truth.expected_vaf(variant))


def test_only_germline_variants_are_in_the_normal(pair, truth):
    somatic = [v for v in truth.variants if not v.germline and len(v.ref) == len(v.alt)]
    germline = [v for v in truth.variants if v.germline]
    assert (len(somatic), len(germline)) == (3, 1)
    for variant in somatic:
        ref, alt = allele_reads(pair[1], variant)
        assert ref > 70
        assert alt <= 2  # errors of bases of quality 20 and better: about 1 in 1,000
    ref, alt = allele_reads(pair[1], germline[0])
    assert_binomial(alt, ref + alt, 0.5)


def test_multinucleotide_variants_are_whole(records, truth):
    variant = next(v for v in truth.variants if len(v.ref) == len(v.alt) == 3)
    seen = Counter()
    for record in records:
        if record.reference_name == "chr17" and record.cigarstring == "150M":
            column = variant.position - record.reference_start
            if 0 <= column <= 147 and min(record.query_qualities[column : column + 3]) >= 37:
                seen[record.query_sequence[column : column + 3]] += 1
    assert seen.total() > 300
    assert (seen[variant.ref] + seen[variant.alt]) / seen.total() > 0.99


def test_indels_have_their_allele_fraction_in_spanning_reads(records, truth):
    indels = [v for v in truth.variants if len(v.ref) != len(v.alt)]
    assert len(indels) == 2
    for variant in indels:
        wanted = (1, len(variant.alt) - 1) if len(variant.alt) > 1 else (2, len(variant.ref) - 1)
        margin = 45  # reads with so many bases on both sides show the indel as a gap, whatever they carry
        plain = gapped = 0
        for record in records:
            if record.reference_name != "chr17" or record.is_duplicate:
                continue
            if (
                record.reference_start + margin > variant.position
                or record.reference_end < variant.end + margin
            ):
                continue
            gap = [pair for pair in record.cigartuples if pair[0] in (1, 2)]
            plain += not gap
            gapped += gap == [wanted]
            assert gap in ([], [wanted])
        assert plain + gapped > 100
        # a read with a deletion spans more reference, one with an insertion less: more or fewer places to start at
        starts_plain = 150 - 2 * margin - len(variant.ref) + 1
        starts_gapped = 150 - 2 * margin - len(variant.alt) + 1
        vaf = truth.expected_vaf(variant)
        share = vaf * starts_gapped / (vaf * starts_gapped + (1 - vaf) * starts_plain)
        # both reads of a fragment may span it, so that counts vary more than a binomial's: twice its variance
        z = (gapped - share * (plain + gapped)) / (2 * share * (1 - share) * (plain + gapped)) ** 0.5
        assert 2 * stats.norm.sf(abs(z)) > SMALL, (variant, gapped, plain, share)


def test_indels_are_placed_left_aligned(records, truth):
    insertion = next(v for v in truth.variants if v.protein_change == "Y772_A775dup")
    places = Counter()
    for record in records:
        if record.reference_name == "chr17" and record.cigartuples and record.cigartuples[0][0] == 0:
            operations = [operation for operation, _ in record.cigartuples]
            if operations == [0, 1, 0]:
                places[record.reference_start + record.cigartuples[0][1] - 1] += 1
    assert places.total() > 100
    assert set(places) == {insertion.position}


def test_inherited_snps_are_shared_and_balanced_by_copies(pair, ground):
    person = inherit(ground.territory, ground.snps, seed=SEEDS.person)
    assert len(person.snps) == 60
    kept = Counter()
    for row, snp in enumerate(person.snps):
        as_variant = SpikedVariant(snp.chromosome, snp.position, snp.ref, snp.alt)
        tumor, normal = allele_reads(pair[0], as_variant), allele_reads(pair[1], as_variant)
        a, b = person.alleles[row].tolist()
        kept[snp.chromosome, a, b] += 1
        assert_binomial(normal[1], sum(normal), min(max((a + b) / 2, 0.002), 0.998))
        # chromosome 18: haplotype A is kept, B lost: A has 0.7 + 0.3 of 0.7 + 0.6 copies
        share = (a + b) / 2 if snp.chromosome == "2" else (a * 1.0 + b * 0.3) / 1.3
        assert_binomial(tumor[1], sum(tumor), min(max(share, 0.002), 0.998))
    assert kept["18", 1, 0] >= 3
    assert kept["18", 0, 1] >= 3


def test_duplicates_insert_sizes_strands_and_qualities(records):
    model = ReadModel()
    left = [record for record in records if record.template_length > 0 and record.cigarstring == "150M"]
    unique = [record for record in left if not record.is_duplicate]
    assert_binomial(len(left) - len(unique), len(unique), model.duplicate_fraction)
    assert_binomial(sum(record.is_read1 for record in unique), len(unique), 0.5)
    sizes = np.array([record.template_length for record in unique])
    assert abs(np.median(sizes) - 350) < 3
    assert abs(sizes.std() - 60) < 3
    quality = np.array([record.query_qualities for record in left[:5000]])
    assert set(np.unique(quality)) == {37, 25, 11, 2}
    best = (quality == 37).mean(axis=0)
    assert best[0] > best[75] > best[149]  # left reads are forward: quality falls along them
    right = [r for r in records if r.template_length < 0 and r.cigarstring == "150M"][:5000]
    best = (np.array([r.query_qualities for r in right]) == 37).mean(axis=0)
    assert best[149] > best[75] > best[0]  # right reads are reverse
    originals = {(record.reference_id, record.reference_start, record.template_length) for record in unique}
    copies = {(r.reference_id, r.reference_start, r.template_length) for r in left if r.is_duplicate}
    assert copies <= originals


def test_errors_come_at_the_rate_of_their_quality(records, ground, truth):
    territory = ground.territory
    seen, wrong = Counter(), Counter()
    window = [r for r in records if r.reference_name == "chr17" and r.cigarstring == "150M"][:40_000]
    spiked = [v for v in truth.variants if v.chromosome == "17"]
    for record in window[::4]:
        if any(record.reference_start < v.end + 40 and v.position < record.reference_end for v in spiked):
            continue
        place = territory.place("17", record.reference_start)
        differs = nibbles(record.query_sequence) != territory.bases[place : place + 150]
        quality = np.array(record.query_qualities)
        for level in (37, 25, 11, 2):
            seen[level] += int((quality == level).sum())
            wrong[level] += int(differs[quality == level].sum())
    assert seen.total() > 500_000
    for level in (37, 25, 11, 2):
        assert_binomial(wrong[level], seen[level], 10 ** (-level / 10))


def test_a_hole_holds_no_read(ground, tmp_path):
    hole = Hole("17", ERBB2.start + 100, ERBB2.start + 600)
    holed = TumorTruth(sample="H", build=BUILD, purity=0.5, holes=(hole,))
    path = tmp_path / "H.bam"
    assert simulate_sample(ground, holed, path=path, depth=20, seeds=SEEDS) > 1000
    with pysam.AlignmentFile(str(path)) as bam:
        assert bam.count("chr17", hole.start, hole.end) == 0
        assert bam.count("chr17", hole.end, hole.end + 500) > 30


def test_contamination_shows_a_strangers_alleles(ground, tmp_path):
    foreign = TumorTruth(sample="C", build=BUILD, purity=0.0, contamination=0.3)
    path = tmp_path / "C.bam"
    simulate_sample(ground, foreign, path=path, depth=4 * DEPTH, seeds=SEEDS, model=FLAT)
    person = inherit(ground.territory, ground.snps, seed=SEEDS.person)
    stranger = inherit(ground.territory, ground.snps, seed=SEEDS.person + STRANGER)
    homozygous = [row for row in range(len(person.snps)) if not person.alleles[row].any()]
    assert len(homozygous) > 5
    foreign_reads = []
    for row in homozygous:
        snp = person.snps[row]
        ref, alt = allele_reads(path, SpikedVariant(snp.chromosome, snp.position, snp.ref, snp.alt))
        assert_binomial(alt, ref + alt, max(0.3 * stranger.alleles[row].mean(), 0.002))
        if stranger.alleles[row].all():
            foreign_reads.append((alt, ref + alt))
    assert sum(total for _, total in foreign_reads) > 300
    assert_binomial(sum(alt for alt, _ in foreign_reads), sum(total for _, total in foreign_reads), 0.3)


def test_bases_lost_in_every_copy_are_in_no_read(ground, tmp_path):
    at, lost = ERBB2.start + 3000, 60
    deleted = bases("17", at, lost + 1)
    truth = TumorTruth(
        sample="D",
        build=BUILD,
        purity=1.0,
        segments=(CopyNumberSegment("17", 0, None, 2, 0),),
        variants=(SpikedVariant("17", at, deleted, deleted[0], copies=None),),
    )
    path = tmp_path / "D.bam"
    simulate_sample(ground, truth, path=path, depth=300, seeds=SEEDS, model=FLAT)
    with pysam.AlignmentFile(str(path)) as bam:
        near = list(bam.fetch("chr17", at - 300, at + lost + 300))
        depth = np.array(bam.count_coverage("chr17", at - 200, at + lost + 200)).sum(axis=0)
    assert len(near) > 1000
    assert depth[:150].min() > 100
    assert depth[205 : 200 + lost - 4].max() == 0  # up to 5 bases are cheaper as mismatches than as a clip
    starts = Counter(r.reference_start for r in near if r.template_length > 0 and r.cigarstring == "150M")
    assert (
        starts[at + lost + 1] < 15
    )  # 300 / 300 fragments start at a base; those of lost bases start nowhere


def test_cram_holds_the_same_reads_and_needs_no_reference(pair, tmp_path, monkeypatch):
    monkeypatch.setenv("REF_PATH", str(tmp_path / "nowhere"))
    cram = tmp_path / "T1.cram"
    convert_to_cram(pair[1], cram)
    with pysam.AlignmentFile(str(cram)) as packed, pysam.AlignmentFile(str(pair[1])) as plain:
        assert packed.has_index()
        wanted, found = list(plain.fetch("chr12")), list(packed.fetch("chr12"))
    assert len(wanted) > 300
    assert [r.query_name for r in found] == [r.query_name for r in wanted]
    assert [r.query_sequence for r in found] == [r.query_sequence for r in wanted]
    assert [r.query_qualities for r in found] == [r.query_qualities for r in wanted]


def test_a_variant_whose_ref_is_not_there_is_refused(ground, tmp_path):
    wrong = TumorTruth(
        sample="W", build=BUILD, purity=0.5, variants=(SpikedVariant("12", 25_245_349, "G", "T"),)
    )
    with pytest.raises(InputError, match="12:25245350 has not the reference bases G"):
        simulate_sample(ground, wrong, path=tmp_path / "W.bam", depth=5, seeds=SEEDS)
    assert not list(tmp_path.iterdir())


def test_whole_chromosomes_one_after_the_other(tmp_path):
    truth = TumorTruth(sample="W", build=BUILD, purity=0.5)
    path = tmp_path / "W.bam"
    reads = simulate_chromosomes(truth, ["MT", "21"], path=path, depth=0.05, seeds=SEEDS, model=FLAT)
    # chromosome 21 has 46,709,983 bases: 0.05 x 46.7e6 / 300 = 7,785 pairs, 8 % duplicates on top
    with pysam.AlignmentFile(str(path)) as bam:
        records = list(bam)
        assert bam.has_index()
        on_21 = bam.count("chr21")
    assert len(records) == reads
    assert abs(on_21 / 2 - 7785 * 1.08) < 6 * (7785 * 1.08) ** 0.5
    assert 0 < reads - on_21 < 40
    places = [(record.reference_id, record.reference_start) for record in records]
    assert places == sorted(places)
    assert set(Counter(record.query_name for record in records).values()) == {2}


@pytest.mark.parametrize("build", list(GenomeBuild))
def test_panel_pairs_for_benchmarks(build, tmp_path):
    variant = hotspot_variant(load_panel(build), "NRAS", "Q61K")
    truth = TumorTruth(sample="B", build=build, purity=0.8, variants=(variant,))
    at = Region("1", variant.position - 200, variant.position + 200)
    reads = simulate_panel_reads(
        truth, tumor_path=tmp_path / "t.bam", normal_path=tmp_path / "n.bam", depths=Depths(200, 50),
        seeds=SEEDS, regions=[at], model=FLAT,
    )  # fmt: skip
    assert reads[0] > reads[1] > 50
    name = "chr1" if build is GenomeBuild.GRCH38 else "1"
    with pysam.AlignmentFile(str(tmp_path / "t.bam")) as bam:
        counts = bam.count_coverage(name, variant.position, variant.position + 1, quality_threshold=20)
    by_base = dict(zip("ACGT", (count[0] for count in counts), strict=True))
    assert sum(by_base.values()) > 120
    assert_binomial(by_base[variant.alt], sum(by_base.values()), 0.4)
