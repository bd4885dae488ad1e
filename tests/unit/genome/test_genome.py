"""Builds: contig names, headers, and the one build of a sample."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractor.errors import InputError
from refractor.genome.builds import (
    CHROMOSOMES,
    CONTIG_LENGTHS,
    GenomeBuild,
    bare_contig,
    build_of_contigs,
    decide_build,
)

GRCH37, GRCH38 = GenomeBuild.GRCH37, GenomeBuild.GRCH38


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("17", "17"),
        ("chr17", "17"),
        ("CHR17", "17"),
        ("Chr1", "1"),
        ("x", "X"),
        ("chrX", "X"),
        ("23", "X"),
        ("24", "Y"),
        ("chr23", "X"),
        ("M", "MT"),
        ("chrM", "MT"),
        ("MT", "MT"),
        ("chrMT", "MT"),
        ("NC_012920.1", "MT"),
        ("NC_000017.10", "17"),
        ("NC_000017.11", "17"),
        ("NC_000023.11", "X"),
        ("NC_000024", "Y"),
        ("CM000663.2", "1"),
        ("CM000679.2", "17"),
        ("CM000685.2", "X"),
        ("CM000686.2", "Y"),
        # no chromosome: the name stays as it is
        ("chr17_KI270857v1_alt", "chr17_KI270857v1_alt"),
        ("chrUn_gl000211", "chrUn_gl000211"),
        ("GL000207.1", "GL000207.1"),
        ("hs37d5", "hs37d5"),
        ("HLA-A*01:01:01:01", "HLA-A*01:01:01:01"),
        ("NC_007605", "NC_007605"),  # Epstein-Barr virus, in hs37d5 and in GRCh38 analysis sets
        ("NC_000025.1", "NC_000025.1"),
        ("CM000662.1", "CM000662.1"),
        ("25", "25"),
        ("0", "0"),
        ("", ""),
        ("chr", "chr"),
    ],
)
def test_bare_contig(name: str, bare: str) -> None:
    assert bare_contig(name) == bare


@given(st.text(max_size=12))
def test_bare_names_stay_bare(name: str) -> None:
    assert bare_contig(bare_contig(name)) == bare_contig(name)


def test_lengths_of_both_builds() -> None:
    assert len(CHROMOSOMES) == 24
    for build in GenomeBuild:
        assert list(CONTIG_LENGTHS[build]) == [*CHROMOSOMES, "MT"]
    # total of the nuclear chromosomes, GRC assembly statistics of GRCh37 and GRCh38
    assert sum(CONTIG_LENGTHS[GRCH37][name] for name in CHROMOSOMES) == 3_095_677_412
    assert sum(CONTIG_LENGTHS[GRCH38][name] for name in CHROMOSOMES) == 3_088_269_832
    # no chromosome has one length in both: each alone tells the build
    assert not [name for name in CHROMOSOMES if CONTIG_LENGTHS[GRCH37][name] == CONTIG_LENGTHS[GRCH38][name]]


HG19 = {f"chr{name}": length for name, length in CONTIG_LENGTHS[GRCH37].items() if name != "MT"}
GRCH38_BARE = dict(CONTIG_LENGTHS[GRCH38])


@pytest.mark.parametrize(
    ("lengths", "build"),
    [
        (HG19 | {"chrM": 16571, "chr6_apd_hap1": 4622290, "chrUn_gl000211": 166566}, GRCH37),
        (dict(CONTIG_LENGTHS[GRCH37]), GRCH37),
        (
            dict(CONTIG_LENGTHS[GRCH37]) | {"GL000207.1": 4262, "NC_007605": 171823, "hs37d5": 35477943},
            GRCH37,
        ),
        (GRCH38_BARE, GRCH38),
        (
            {f"chr{name}": length for name, length in GRCH38_BARE.items() if name != "MT"}
            | {
                "chrM": 16569,
                "chr17_KI270857v1_alt": 2877074,
                "chrUn_KN707606v1_decoy": 2200,
                "chrEBV": 171823,
            }
            | {"HLA-A*01:01:01:01": 3503},
            GRCH38,
        ),
        ({"chr17": 81195210}, GRCH37),
        ({"17": 83257441}, GRCH38),
        ({"17": 83257441, "MT": 16569}, GRCH38),
        ({"NC_000017.11": 83257441}, GRCH38),
        ({}, None),
        ({"MT": 16569}, None),
        ({"chrEBV": 171823}, None),
        ({"chr17": 84276897}, None),  # T2T-CHM13
        ({"chr17": 200000}, None),
        ({"17": 83257441, "12": 133851895}, None),  # one of each build
        ({"17": 83257441, "12": 1}, None),
    ],
)
def test_build_of_contigs(lengths: dict[str, int], build: GenomeBuild | None) -> None:
    assert build_of_contigs(lengths) is build


@given(st.sets(st.sampled_from(CHROMOSOMES), min_size=1), st.sampled_from(GenomeBuild), st.booleans())
def test_any_part_of_a_header_tells_its_build(names: set[str], build: GenomeBuild, prefixed: bool) -> None:
    lengths = {("chr" if prefixed else "") + name: CONTIG_LENGTHS[build][name] for name in names}
    assert build_of_contigs(lengths) is build
    spoilt = lengths | {next(iter(lengths)): 1}
    assert build_of_contigs(spoilt) is None


def _decide(
    stated: GenomeBuild | None, told: dict[str, GenomeBuild | None], default: GenomeBuild | None = None
) -> GenomeBuild:
    return decide_build(stated=stated, told=told, default=default, sample="S1")


def test_what_files_tell_is_the_build() -> None:
    assert _decide(None, {"t.bam": GRCH37, "v.vcf": None}) is GRCH37
    assert _decide(GRCH38, {"t.bam": GRCH38, "v.vcf": None}) is GRCH38
    assert _decide(GRCH38, {}) is GRCH38


def test_default_serves_only_where_nothing_else_knows() -> None:
    assert _decide(None, {"v.vcf": None}, GRCH38) is GRCH38
    assert _decide(None, {"t.bam": GRCH37}, GRCH38) is GRCH37
    assert _decide(GRCH37, {}, GRCH38) is GRCH37


def test_every_file_that_contradicts_the_sheet_is_named() -> None:
    with pytest.raises(InputError) as caught:
        _decide(GRCH38, {"t.bam": GRCH37, "n.bam": GRCH37, "v.vcf": GRCH38, "cn.tsv": None})
    assert [str(problem.file) for problem in caught.value.problems] == ["t.bam", "n.bam"]
    assert "is on GRCh37, but the sheet says GRCh38 for sample S1" in str(caught.value)


def test_files_that_contradict_each_other_are_named() -> None:
    with pytest.raises(InputError, match=r"t\.bam is GRCh37, v\.vcf is GRCh38"):
        _decide(None, {"t.bam": GRCH37, "v.vcf": GRCH38}, GRCH38)


def test_an_unknown_build_names_the_cell_and_the_key_to_fill() -> None:
    with pytest.raises(InputError, match=r"genome_build.*S1.*v\.vcf.*GRCh37 or GRCh38.*configuration"):
        _decide(None, {"v.vcf": None})
