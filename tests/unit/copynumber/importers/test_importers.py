"""Each foreign format, old and new headers, with small files written by hand."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import yaml

from refractor.copynumber.importers.known_formats import IMPORTERS, companions_of
from refractor.copynumber.importers.read_profile import import_copy_number
from refractor.copynumber.segments import CopyNumberProfile
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.results.copy_number_tables import PurityMethod, PurityStatus


def put(path: Path, *rows: str) -> Path:
    """A tab-separated file; cells are written with blanks here."""
    path.write_text("".join("\t".join(row.split()) + "\n" for row in rows), encoding="utf-8")
    return path


def read(path: Path, caller: str | None = None, sample: str = "T1") -> CopyNumberProfile:
    return import_copy_number(path, sample=sample, caller=caller)


PURPLE_SEGMENTS = (
    "chromosome start end copyNumber bafCount observedBAF baf segmentStartSupport segmentEndSupport method "
    "depthWindowCount gcContent minStart maxStart minorAlleleCopyNumber majorAlleleCopyNumber",
    "chr17 1 39700000 2.10 800 0.53 0.52 TELOMERE BND BAF_WEIGHTED 30000 0.45 1 1 0.98 1.12",
    "chr17 39700001 39900000 21.50 12 0.95 0.95 BND INV BAF_WEIGHTED 190 0.45 39700001 39700001 1.01 20.49",
    "chr17 39900001 83257441 -0.12 800 0.53 0.52 INV TELOMERE BAF_WEIGHTED 30000 0.45 39900001 39900001 -0.2 0.1",
)
PURPLE_PURITY_NEW = (
    "purity normFactor score diploidProportion ploidy gender status polyclonalProportion minPurity maxPurity "
    "minPloidy maxPloidy minDiploidProportion maxDiploidProportion somaticPenalty wholeGenomeDuplication "
    "msIndelsPerMb msStatus tml tmlStatus tmbPerMb tmbStatus svTumorMutationalBurden runMode targeted",
    "0.62 0.64 0.61 0.02 2.10 FEMALE NORMAL 0.09 0.60 0.66 2.05 2.15 0.02 0.02 0.0 false 0.09 MSS 184 HIGH 13.7 "
    "HIGH 86 TUMOR_GERMLINE false",
)
PURPLE_PURITY_OLD = (
    "purity normFactor score diploidProportion ploidy gender status polyclonalProportion minPurity maxPurity "
    "minPloidy maxPloidy minDiploidProportion maxDiploidProportion version somaticPenalty wholeGenomeDuplication",
    "0.62 0.64 0.61 0.02 3.90 MALE NORMAL 0.09 0.60 0.66 3.85 3.95 0.02 0.02 2.44 0.0 true",
)


def purple(folder: Path, *, purity: tuple[str, ...] = PURPLE_PURITY_NEW, qc: str = "PASS") -> Path:
    put(folder / "T1.purple.purity.tsv", *purity)
    (folder / "T1.purple.qc").write_text(f"QCStatus\t{qc}\nMethod\tNORMAL\nPurity\t0.62\n", encoding="utf-8")
    return put(folder / "T1.purple.cnv.somatic.tsv", *PURPLE_SEGMENTS)


def test_purple_segments_with_purity_and_qc_beside(tmp_path: Path) -> None:
    profile = read(purple(tmp_path))
    assert profile.source == "purple"
    assert len(profile.segments) == 3
    first, second, third = profile.segments
    assert (first.chromosome, first.start, first.end) == ("17", 0, 39_700_000)  # 1-based closed in the file
    assert (second.start, second.end, second.copy_number) == (39_700_000, 39_900_000, 21.5)
    assert (second.minor_copy_number, second.n_snps, second.n_windows) == (1.01, 12, 190)
    assert (third.copy_number, third.minor_copy_number) == (0.0, 0.0)
    assert profile.notes == ("2 negative copy numbers set to 0",)
    values = profile.purity_ploidy
    assert (values.purity, values.purity_low, values.purity_high) == (0.62, 0.60, 0.66)
    assert (values.ploidy, values.ploidy_low, values.ploidy_high) == (2.10, 2.05, 2.15)
    assert values.whole_genome_doubled is False
    assert (values.method, values.status) == (PurityMethod.IMPORTED, PurityStatus.OK)
    assert profile.build is GenomeBuild.GRCH38  # the last segment ends at the telomere of GRCh38's 17
    assert profile.sv_breakpoints == (("17", 39_700_000), ("17", 39_900_000))
    assert profile.sex == "XX"
    assert profile.unusable is None
    assert profile.integers is False


def test_what_lies_beside_is_listed_and_nothing_else(tmp_path: Path) -> None:
    table = purple(tmp_path)
    put(tmp_path / "T2.purple.purity.tsv", *PURPLE_PURITY_OLD)
    put(tmp_path / "T1.sv.tsv", "a b", "1 2")
    names = ["T1.purple.purity.tsv", "T1.purple.qc"]
    assert [path.name for path in companions_of(str(table), "purple")] == names
    assert [path.name for path in companions_of(str(table))] == names
    assert companions_of(str(table), "cnvkit") == ()
    both = companions_of(f"{tmp_path}/T2.purple.cnv.gene.tsv; {table}")
    assert [path.name for path in both] == [*names, "T2.purple.purity.tsv"]


def test_purple_old_purity_header(tmp_path: Path) -> None:
    profile = read(purple(tmp_path, purity=PURPLE_PURITY_OLD))
    assert profile.purity_ploidy.ploidy == 3.90
    assert profile.purity_ploidy.whole_genome_doubled is True
    assert profile.sex == "XY"


def whole_genome(copies: float) -> list[str]:
    """A row of PURPLE for each autosome of GRCh38, of these copies."""
    lengths = CONTIG_LENGTHS[GenomeBuild.GRCH38]
    return [
        f"chr{n} 1 {lengths[str(n)]} {copies} 800 0.53 0.52 NONE NONE BAF_WEIGHTED 30000 0.45 1 1 0.98 1.12"
        for n in range(1, 23)
        if n != 17
    ]


def test_purple_segments_alone_take_their_mean_as_ploidy(tmp_path: Path) -> None:
    profile = read(put(tmp_path / "T1.purple.cnv.somatic.tsv", *PURPLE_SEGMENTS, *whole_genome(3.0)))
    # (39.7 Mb * 2.1 + 0.2 Mb * 21.5 + 43,357,441 * 0 of chr17, and 3 elsewhere)
    lengths = CONTIG_LENGTHS[GenomeBuild.GRCH38]
    others = sum(lengths[str(n)] for n in range(1, 23) if n != 17)
    expected = (39.7e6 * 2.1 + 0.2e6 * 21.5 + 3 * others) / (83_257_441 + others)
    assert profile.purity_ploidy.ploidy == pytest.approx(expected)
    assert profile.purity_ploidy.purity is None
    assert "length-weighted mean of the segments" in profile.purity_ploidy.reason


def test_the_mean_of_a_part_of_the_genome_is_no_ploidy(tmp_path: Path) -> None:
    profile = read(put(tmp_path / "T1.purple.cnv.somatic.tsv", *PURPLE_SEGMENTS))
    assert profile.purity_ploidy.ploidy is None
    assert "covers a part of the genome only" in profile.purity_ploidy.reason


def test_purple_without_data_leaves_no_copies(tmp_path: Path) -> None:
    """A stretch of method UNKNOWN holds a stand-in; one inferred from junctions is kept (hartwigmedical/hmftools#411)."""
    rows = (
        PURPLE_SEGMENTS[0],
        "chr17 1 500 2.00 0 0.5 0.5 NONE NONE UNKNOWN 0 0.45 1 1 1 1",
        "chr17 501 900 9.00 0 0.5 0.5 BND BND STRUCTURAL_VARIANT 0 0.45 501 501 1 8",
        "chr17 901 2000 3.00 5 1.02 1.02 NONE NONE BAF_WEIGHTED 9 0.45 901 901 0 3",
    )
    segments = read(put(tmp_path / "T1.purple.cnv.somatic.tsv", *rows)).segments
    assert [segment.copy_number for segment in segments] == [None, 9.0, 3.0]
    assert segments[2].baf == 1.0


def test_a_range_that_does_not_hold_its_estimate_is_left_out(tmp_path: Path) -> None:
    odd = (PURPLE_PURITY_NEW[0], PURPLE_PURITY_NEW[1].replace(" 0.60 0.66 ", " 0.70 1.00 "))
    values = read(purple(tmp_path, purity=odd)).purity_ploidy
    assert (values.purity, values.purity_low, values.purity_high) == (0.62, None, None)
    assert (values.ploidy_low, values.ploidy_high) == (2.05, 2.15)


def test_a_header_that_begins_with_a_hash(tmp_path: Path) -> None:
    rows = ("#" + PURPLE_SEGMENTS[0], *PURPLE_SEGMENTS[1:])
    assert len(read(put(tmp_path / "T1.purple.cnv.somatic.tsv", *rows)).segments) == 3


@pytest.mark.parametrize(
    ("status", "unusable", "judged"),
    [
        ("WARN_LOW_PURITY", None, "warn"),
        ("FAIL_NO_TUMOR", "PURPLE quality control: FAIL_NO_TUMOR", "fail"),
        ("WARN_LOW_PURITY,FAIL_CONTAMINATION", "PURPLE quality control: FAIL_CONTAMINATION", "fail"),
    ],
)
def test_purple_quality_control_counts(
    tmp_path: Path, status: str, unusable: str | None, judged: str
) -> None:
    profile = read(purple(tmp_path, qc=status))
    assert profile.unusable == unusable
    assert [(q.value, q.status) for q in profile.quality if q.metric == "purple_qc"] == [(status, judged)]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("12.5 MSI 30 HIGH", [("microsatellite_indels", 12.5, "warn"), ("mutational_burden", 30.0, "warn")]),
        ("0.03 MSS 4.1 LOW", [("microsatellite_indels", 0.03, "pass"), ("mutational_burden", 4.1, "pass")]),
        ("0.03 UNKNOWN x LOW", []),  # not told, or no number: nothing is said
    ],
)
def test_purple_tells_of_the_whole_genome(
    tmp_path: Path, told: str, expected: list[tuple[str, float, str]]
) -> None:
    indels, status, burden, level = told.split()
    shipped = "0.09 MSS 184 HIGH 13.7 HIGH"
    assert shipped in PURPLE_PURITY_NEW[1]
    row = PURPLE_PURITY_NEW[1].replace(shipped, f"{indels} {status} 184 HIGH {burden} {level}")
    folder = purple(tmp_path, purity=(PURPLE_PURITY_NEW[0], row))
    metrics = ("microsatellite_indels", "mutational_burden")
    found = [(q.metric, q.value, q.status) for q in read(folder).quality if q.metric in metrics]
    assert found == expected


def test_purple_noise_makes_breakpoints_necessary(tmp_path: Path) -> None:
    assert read(purple(tmp_path, qc="WARN_HIGH_COPY_NUMBER_NOISE")).needs_sv_support is True
    assert read(purple(tmp_path, qc="PASS")).needs_sv_support is False


PURPLE_GENES_NEW = (
    "chromosome start end gene minCopyNumber maxCopyNumber somaticRegions transcriptId isCanonical chromosomeBand "
    "minRegions minRegionStart minRegionEnd minRegionStartSupport minRegionEndSupport minRegionMethod "
    "minMinorAlleleCopyNumber relativeMinCopyNumber depthWindowCount gcContent reportedStatus driverType",
    "chr17 39688095 39728660 ERBB2 20.9 21.5 2 ENST00000269571 true q12 1 39700001 39900000 BND INV BAF_WEIGHTED "
    "0.95 9.95 40 0.5 REPORTED AMP",
    "chr9 21967752 21995301 CDKN2A 5.0 5.0 1 ENST00000579755 false p21.3 1 1 1 NONE NONE UNKNOWN 1 2 9 0.5 NONE NONE",
    "chr9 21967752 21995301 CDKN2A -0.1 0.2 1 ENST00000304494 true p21.3 1 1 1 NONE NONE UNKNOWN 0 0 9 0.5 NONE NONE",
)
PURPLE_GENES_OLD = (
    "chromosome start end gene minCopyNumber maxCopyNumber unused somaticRegions germlineHomDeletionRegions "
    "germlineHetToHomDeletionRegions transcriptId transcriptVersion chromosomeBand minRegions minRegionStart "
    "minRegionEnd minRegionStartSupport minRegionEndSupport minRegionMethod minMinorAlleleCopyNumber",
    "17 37844347 37884911 ERBB2 20.9 21.5 0 2 0 0 ENST00000269571 5 q12 1 1 2 BND INV BAF_WEIGHTED 0.95",
)


def test_purple_genes_new_header(tmp_path: Path) -> None:
    profile = read(put(tmp_path / "T1.purple.cnv.gene.tsv", *PURPLE_GENES_NEW))
    assert profile.source == "purple"
    assert profile.segments == ()
    by_name = {gene.gene: gene for gene in profile.genes}
    assert sorted(by_name) == ["CDKN2A", "ERBB2"]
    erbb2 = by_name["ERBB2"]
    assert (erbb2.min_copy_number, erbb2.max_copy_number, erbb2.minor_copy_number) == (20.9, 21.5, 0.95)
    assert (erbb2.start, erbb2.end) == (39_688_094, 39_728_660)
    assert by_name["CDKN2A"].min_copy_number == 0.0  # the canonical transcript, clamped


def test_purple_genes_old_header(tmp_path: Path) -> None:
    profile = read(put(tmp_path / "T1.purple.cnv.gene.tsv", *PURPLE_GENES_OLD))
    assert [(g.gene, g.min_copy_number, g.minor_copy_number) for g in profile.genes] == [
        ("ERBB2", 20.9, 0.95)
    ]


def test_purple_genes_and_segments_find_each_other(tmp_path: Path) -> None:
    purple(tmp_path)
    genes = put(tmp_path / "T1.purple.cnv.gene.tsv", *PURPLE_GENES_NEW)
    for given in (genes, tmp_path / "T1.purple.cnv.somatic.tsv"):
        profile = read(given)
        assert (len(profile.segments), len(profile.genes)) == (3, 2)
        assert profile.purity_ploidy.purity == 0.62


CNS = (
    "chromosome start end gene log2 depth probes weight",
    "chr17 0 39700000 TP53,NF1,TP53 -0.05 60.1 30000 2000.5",
    "chr17 39700000 39900000 ERBB2,ERBB2,MIR4728 2.10 400 190 100.2",
    "chr17 39900000 83200000 - -0.04 60.0 30000 2000.5",
)


def test_cnvkit_segments_are_ratios_0_based(tmp_path: Path) -> None:
    profile = read(put(tmp_path / "T1.cns", *CNS))
    assert profile.source == "cnvkit"
    assert len(profile.segments) == 3
    second = profile.segments[1]
    assert (second.start, second.end, second.log2_ratio) == (39_700_000, 39_900_000, 2.10)
    assert second.copy_number is None
    assert profile.purity_ploidy.ploidy is None


def test_cnvkit_called_segments_are_whole_copies(tmp_path: Path) -> None:
    path = put(
        tmp_path / "T1.call.cns",
        "chromosome start end gene log2 baf cn cn1 cn2 probes",
        "1 0 1000000 - 0.1 0.48 2 1 1 90",
        "17 39700000 39900000 ERBB2 2.1 0.9 9 8 1 190",
        "17 39900000 49900000 X -9e-2 nan 2 nan nan 900",
    )
    # baf and allele copies may be missing: "nan" here, empty in files of other versions
    profile = read(path)
    assert [segment.copy_number for segment in profile.segments] == [2.0, 9.0, 2.0]
    assert [segment.minor_copy_number for segment in profile.segments] == [1.0, 1.0, None]
    assert [segment.baf for segment in profile.segments] == [0.52, 0.9, None]
    assert profile.integers is True
    assert profile.purity_uncorrected is True


def test_cnvkit_confidence_interval_becomes_a_standard_error(tmp_path: Path) -> None:
    path = put(
        tmp_path / "T1.cns",
        "chromosome start end gene log2 ci_hi ci_lo probes",
        "7 0 900 X 0.5 0.696 0.304 9",
    )
    # (0.696 - 0.304) / (2 * 1.96) = 0.1
    assert read(path).segments[0].log2_ratio_sd == pytest.approx(0.1)


SEG = (
    "ID chrom loc.start loc.end num.mark seg.mean",
    "T1 17 1 39700000 100 -0.02",
    "T1 17 39700001 39900000 50 2.1",
    "T1 23 1 1000 50 -0.9",
)


def test_seg_is_1_based_and_23_is_x(tmp_path: Path) -> None:
    profile = read(put(tmp_path / "T1.seg", *SEG))
    assert profile.source == "seg"
    assert [(s.chromosome, s.start, s.end) for s in profile.segments] == [
        ("17", 0, 39_700_000),
        ("17", 39_700_000, 39_900_000),
        ("X", 0, 1000),
    ]


@pytest.mark.parametrize("caller", ["cnvkit", "purecn", "gatk", "seg"])
def test_exported_seg_is_read_for_the_callers_that_write_it(tmp_path: Path, caller: str) -> None:
    assert len(read(put(tmp_path / "T1.seg", *SEG), caller).segments) == 3


def test_seg_of_several_samples_gives_the_sample_asked_for(tmp_path: Path) -> None:
    path = put(tmp_path / "all.seg", *SEG, "T2 17 1 39700000 100 0.7")
    assert len(read(path).segments) == 3
    assert len(read(path, sample="T2").segments) == 1


FACETS = (
    "chrom seg num.mark nhet cnlr.median mafR segclust cnlr.median.clust mafR.clust start end cf.em tcn.em lcn.em",
    "17 1 100 20 -0.01 0.01 1 0 0 1 39700000 1 2 1",
    "17 2 50 3 2.1 1.2 2 2 1 39700001 3.99e+07 0.6 11 NA",
    "23 3 50 3 0.1 1.2 2 2 1 1 1e+06 0.6 NA NA",
)


def test_facets(tmp_path: Path) -> None:
    put(tmp_path / "T1_purity_ploidy.txt", "purity ploidy", "0.55 2.2")
    profile = read(put(tmp_path / "T1_cncf.txt", *FACETS))
    assert profile.source == "facets"
    assert [(s.chromosome, s.end, s.copy_number, s.minor_copy_number) for s in profile.segments] == [
        ("17", 39_700_000, 2.0, 1.0),
        ("17", 39_900_000, 11.0, None),
        ("X", 1_000_000, None, None),
    ]
    assert (profile.purity_ploidy.purity, profile.purity_ploidy.ploidy) == (0.55, 2.2)
    assert profile.integers is True
    assert [
        (q.value, q.status) for q in profile.quality if q.metric == "imported_segments_without_value"
    ] == [(1, "warn")]


def test_facets_out_file_and_legacy_positions(tmp_path: Path) -> None:
    (tmp_path / "T1.out").write_text("# seed = 1\n# Purity = 0.4\n# Ploidy = 3.1\n", encoding="utf-8")
    path = put(
        tmp_path / "T1.cncf.txt",
        "ID chrom loc.start loc.end seg num.mark nhet cnlr.median mafR tcn lcn cf.em tcn.em lcn.em",
        "T1 chr8 1 1000 1 9 1 0.2 0 3 1 1 4 1",
    )
    profile = read(path)
    assert profile.segments[0].copy_number == 4.0  # tcn.em, not tcn
    assert (profile.purity_ploidy.purity, profile.purity_ploidy.ploidy) == (0.4, 3.1)


def test_facets_without_purity_says_so(tmp_path: Path) -> None:
    put(tmp_path / "T1_purity_ploidy.txt", "purity ploidy", "NA 2.0")
    profile = read(put(tmp_path / "T1_cncf.txt", *FACETS))
    assert profile.purity_ploidy.purity is None
    assert "gives no purity" in profile.purity_ploidy.reason


@pytest.mark.parametrize("name", ["T1.segments.txt", "T1.cnvs.txt"])
def test_ascat(tmp_path: Path, name: str) -> None:
    put(tmp_path / "T1.purityploidy.txt", "AberrantCellFraction Ploidy", "0.71 3.31")
    header = (
        "sample chr startpos endpos nMajor nMinor"
        if "segments" in name
        else "chr startpos endpos nMajor nMinor"
    )
    prefix = "T1 " if "segments" in name else ""
    path = put(tmp_path / name, header, f"{prefix}chr1 61735 1000000 2 1", f"{prefix}chrX 100 200 1 0")
    profile = read(path)
    assert profile.source == "ascat"
    assert [(s.chromosome, s.start, s.copy_number, s.minor_copy_number) for s in profile.segments] == [
        ("1", 61_734, 3.0, 1.0),
        ("X", 99, 1.0, 0.0),
    ]
    assert (profile.purity_ploidy.purity, profile.purity_ploidy.ploidy) == (0.71, 3.31)
    assert profile.integers is True


SEQUENZA = (
    '"chromosome" "start.pos" "end.pos" "Bf" "N.BAF" "sd.BAF" "depth.ratio" "N.ratio" "sd.ratio" "CNt" "A" "B" "LPP"',
    '"17" 1 39700000 0.5 900 0.1 1 1000 0.2 2 1 1 -7',
    '"17" 39700001 39900000 0.1 30 0.1 4 40 0.2 7 6 1 -9',
)


def test_sequenza_takes_the_confidence_interval_and_resolves_its_top_state(tmp_path: Path) -> None:
    put(
        tmp_path / "T1_confints_CP.txt",
        '"cellularity" "ploidy.estimate" "ploidy.mean.cn"',
        "0.50 1.9 2.0",
        "0.55 2.0 2.0",
        "0.60 2.1 2.0",
    )
    put(tmp_path / "T1_alternative_solutions.txt", '"cellularity" "ploidy" "SLPP"', "0.9 4 -1")
    profile = read(put(tmp_path / "T1_segments.txt", *SEQUENZA))
    assert profile.source == "sequenza"
    # mean ratio (39.7 + 0.2 x 4) / 39.9 = 1.015; 4 / 1.015 x (0.55 x 2 + 0.9) = 7.881; (7.881 - 0.9) / 0.55 copies
    assert profile.capped_at is None
    assert [segment.copy_number for segment in profile.segments] == [2.0, pytest.approx(12.693, abs=0.001)]
    assert profile.segments[1].log2_ratio == 2.0  # depth.ratio 4
    assert profile.segments[1].baf == 0.9
    values = profile.purity_ploidy
    assert (values.purity_low, values.purity, values.purity_high) == (0.50, 0.55, 0.60)
    assert (values.ploidy_low, values.ploidy, values.ploidy_high) == (1.9, 2.0, 2.1)


def test_sequenza_takes_the_first_alternative_where_there_is_no_interval(tmp_path: Path) -> None:
    put(tmp_path / "T1_alternative_solutions.txt", '"cellularity" "ploidy" "SLPP"', "0.9 4 -1", "0.4 2 -2")
    values = read(put(tmp_path / "T1_segments.txt", *SEQUENZA)).purity_ploidy
    assert (values.purity, values.ploidy, values.purity_low) == (0.9, 4.0, None)


def test_sequenza_run_with_a_higher_cap(tmp_path: Path) -> None:
    row = SEQUENZA[2].replace(" 7 6 1 ", " 12 11 1 ")
    assert read(put(tmp_path / "T1_segments.txt", *SEQUENZA[:2], row)).capped_at == 20.0


def purecn(folder: Path) -> None:
    (folder / "T1.csv").write_text(
        '"Sampleid","Purity","Ploidy","Sex","Contamination","Flagged","Failed","Curated","Comment"\n'
        '"T1",0.45,2.6,"F",0,TRUE,FALSE,FALSE,"NOISY SEGMENTATION, check"\n',
        encoding="utf-8",
    )
    (folder / "T1_genes.csv").write_text(
        '"Sampleid","gene.symbol","chr","start","end","C","C.flagged","seg.mean","M","loh"\n'
        '"T1","ERBB2","chr17",39688095,39728660,14.2,FALSE,1.8,1,FALSE\n',
        encoding="utf-8",
    )
    (folder / "T1_loh.csv").write_text(
        '"Sampleid","chr","start","end","arm","C","M","type","seg.mean","num.mark","num.snps"\n'
        '"T1","chr17",1,39000000,"p",2,1,"","0.01",100,20\n'
        '"T1","chr17",39000001,40000000,"q",14.2,1,"",1.8,30,NA\n',
        encoding="utf-8",
    )


@pytest.mark.parametrize("name", ["T1.csv", "T1_genes.csv", "T1_loh.csv"])
def test_purecn_finds_its_three_tables_from_any_of_them(tmp_path: Path, name: str) -> None:
    purecn(tmp_path)
    profile = read(tmp_path / name)
    assert profile.source == "purecn"
    assert [(g.gene, g.copy_number, g.minor_copy_number) for g in profile.genes] == [("ERBB2", 14.2, 1.0)]
    assert [(s.start, s.copy_number) for s in profile.segments] == [(0, 2.0), (39_000_000, 14.2)]
    assert (profile.purity_ploidy.purity, profile.purity_ploidy.ploidy) == (0.45, 2.6)
    assert "PureCN flagged its solution: NOISY SEGMENTATION, check" in profile.notes
    assert profile.sex == "XX"


@pytest.mark.parametrize(
    ("total", "minor", "read_as"),
    [("14", "1", 1.0), ("14", "13", 1.0), ("14", "7", 7.0), ("14", "8", 6.0), ("14", "14", 0.0), ("2", "NA", None)],
)  # fmt: skip
def test_purecn_minor_copies_are_those_of_the_lesser_allele(
    tmp_path: Path, total: str, minor: str, read_as: float | None
) -> None:
    purecn(tmp_path)
    path = tmp_path / "T1_loh.csv"
    path.write_text(path.read_text().replace('"q",14.2,1,', f'"q",{total},{minor},'), encoding="utf-8")
    segment = read(path).segments[1]
    assert (segment.copy_number, segment.minor_copy_number) == (float(total), read_as)


def test_purecn_that_failed_is_not_used(tmp_path: Path) -> None:
    purecn(tmp_path)
    path = tmp_path / "T1.csv"
    path.write_text(path.read_text().replace("TRUE,FALSE,FALSE", "TRUE,TRUE,FALSE"), encoding="utf-8")
    assert read(tmp_path / "T1_loh.csv").unusable == "PureCN marks its solution as failed"


GATK_HEADER = "@HD\tVN:1.6\n@SQ\tSN:chr1\tLN:248956422\n@SQ\tSN:chr17\tLN:83257441\n@RG\tID:x\tSM:T1\n"


def test_gatk_called_segments(tmp_path: Path) -> None:
    path = tmp_path / "T1.called.seg"
    path.write_text(
        GATK_HEADER
        + "CONTIG\tSTART\tEND\tNUM_POINTS_COPY_RATIO\tMEAN_LOG2_COPY_RATIO\tCALL\n"
        + "chr1\t1\t248000000\t900\t-0.01\t0\nchr17\t39700001\t39900000\t30\t1.9\t+\n",
        encoding="utf-8",
    )
    profile = read(path)
    assert profile.source == "gatk"
    assert profile.build is GenomeBuild.GRCH38
    assert [(s.start, s.log2_ratio, s.copy_number) for s in profile.segments] == [
        (0, -0.01, None),
        (39_700_000, 1.9, None),
    ]


def test_gatk_model_segments_carry_their_error(tmp_path: Path) -> None:
    path = tmp_path / "T1.modelFinal.seg"
    path.write_text(
        GATK_HEADER
        + "CONTIG\tSTART\tEND\tNUM_POINTS_COPY_RATIO\tNUM_POINTS_ALLELE_FRACTION\t"
        + "LOG2_COPY_RATIO_POSTERIOR_10\tLOG2_COPY_RATIO_POSTERIOR_50\tLOG2_COPY_RATIO_POSTERIOR_90\t"
        + "MINOR_ALLELE_FRACTION_POSTERIOR_10\tMINOR_ALLELE_FRACTION_POSTERIOR_50\tMINOR_ALLELE_FRACTION_POSTERIOR_90\n"
        + "chr17\t39700001\t39900000\t30\t4\t1.77184\t1.9\t2.02816\t0.08\t0.1\t0.12\n"
        + "chr17\t39900001\t49900000\t30\t0\t-0.1\t0\t0.1\tNaN\tNaN\tNaN\n",
        encoding="utf-8",
    )
    first, second = read(path).segments
    # 80 % interval 0.25632 wide / (2 * 1.2816) = 0.1
    assert first.log2_ratio_sd == pytest.approx(0.1)
    assert (first.baf, first.n_snps) == (0.9, 4)
    assert second.baf is None


def test_allelic_segments(tmp_path: Path) -> None:
    path = put(tmp_path / "T1.cna.tsv", "Chromosome Start End nMajor nMinor", "17 39700001 40000000 8 1")
    profile = read(path)
    assert profile.source == "allelic_segments"
    assert [(s.start, s.end, s.copy_number, s.minor_copy_number) for s in profile.segments] == [
        (39_700_000, 40_000_000, 9.0, 1.0)
    ]
    assert profile.purity_ploidy.purity is None


@pytest.mark.parametrize(
    ("rows", "integers"),
    [
        (("17 1 1000 1 1", "17 2000 3000 8 1"), True),
        (("17 1 1000 1 1", "17 2000 3000 7.4 1"), False),
        (("17 1 1000 1.2 1", "17 2000 3000 8 1"), False),
        (("17 1 1000 1.5 0.5", "17 2000 3000 8 1"), True),  # 2 copies in all
    ],
)
def test_allelic_segments_are_whole_where_every_total_is(
    tmp_path: Path, rows: tuple[str, ...], integers: bool
) -> None:
    path = put(tmp_path / "T1.cna.tsv", "Chromosome Start End nMajor nMinor", *rows)
    assert read(path).integers is integers


def test_the_sheet_allows_exactly_the_callers_that_can_be_imported(project: Path) -> None:
    schema = yaml.safe_load((project / "workflow/schemas/samples.schema.yaml").read_text(encoding="utf-8"))
    assert set(schema["properties"]["copy_number_caller"]["enum"]) == set(IMPORTERS)


# how a file may come without being malformed


def test_order_of_columns_and_case_do_not_matter(tmp_path: Path) -> None:
    path = put(tmp_path / "a.tsv", "nMinor NMAJOR end start chromosome", "1 8 40000000 39700001 chr17")
    assert read(path).segments[0].copy_number == 9.0


@pytest.mark.parametrize("variant", ["gzip", "windows", "bom", "comma", "blanks", "row_names", "no_newline"])
def test_the_same_table_in_many_wrappings(tmp_path: Path, variant: str) -> None:
    rows = ["Chromosome Start End nMajor nMinor", "chr1 1 1000 1 1", "chr17 1 1e+06 8 1"]
    text = "".join("\t".join(row.split()) + "\n" for row in rows)
    raw = text.encode()
    if variant == "gzip":
        raw = gzip.compress(raw)
    elif variant == "windows":
        raw = text.replace("\n", "\r\n").encode()
    elif variant == "bom":
        raw = b"\xef\xbb\xbf" + raw
    elif variant == "comma":
        raw = text.replace("\t", ",").encode()
    elif variant == "blanks":
        raw = text.replace("\t", "  ").replace("1\n", "1 \n").encode()
    elif variant == "row_names":
        raw = text.replace("chr1\t", '"1"\t"chr1"\t').replace("chr17\t", '"2"\t"chr17"\t').encode()
    elif variant == "no_newline":
        raw = text.rstrip("\n").encode()
    path = tmp_path / "any.name"
    path.write_bytes(raw)
    profile = read(path)
    assert [(s.chromosome, s.start, s.end, s.copy_number) for s in profile.segments] == [
        ("1", 0, 1000, 2.0),
        ("17", 0, 1_000_000, 9.0),
    ]
    incomplete = [q.status for q in profile.quality if q.metric == "imported_last_line_complete"]
    assert incomplete == (["warn"] if variant == "no_newline" else [])


def test_contigs_that_are_no_chromosome_are_left_out_and_counted(tmp_path: Path) -> None:
    path = put(
        tmp_path / "a.tsv",
        "Chromosome Start End nMajor nMinor",
        "chr1 1 1000 1 1",
        "chrM 1 1000 9 9",
        "GL000191.1 1 10 1 1",
        "chr1_KI270706v1_random 1 10 1 1",
    )
    profile = read(path)
    assert len(profile.segments) == 1
    assert profile.notes == ("left out 3 contigs that are no nuclear chromosome",)


def test_missing_chromosomes_are_told(tmp_path: Path) -> None:
    path = put(tmp_path / "a.tsv", "Chromosome Start End nMajor nMinor", "chr1 1 1000 1 1")
    told = [(q.value, q.status) for q in read(path).quality if q.metric == "imported_autosomes"]
    assert told == [(1, "warn")]


def test_build_is_told_by_positions_only_one_build_has(tmp_path: Path) -> None:
    def build(end: int, chromosome: str = "17") -> GenomeBuild | None:
        path = put(
            tmp_path / f"{chromosome}.{end}.tsv",
            "Chromosome Start End nMajor nMinor",
            f"{chromosome} 1 {end} 1 1",
        )
        return read(path).build

    assert build(60_000_000) is None
    assert build(83_000_000) is GenomeBuild.GRCH38  # 17 has 81.2 Mb on GRCh37
    assert build(249_200_000, "1") is GenomeBuild.GRCH37  # 1 has 248.96 Mb on GRCh38
    assert build(81_195_210) is GenomeBuild.GRCH37  # exactly to its end
