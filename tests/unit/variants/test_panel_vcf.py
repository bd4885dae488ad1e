"""The panel VCF: what is written is a valid VCF with its index, and comes back as it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cyvcf2
import pysam
import pysam.bcftools
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from refractor.errors import VariantFileError
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.variant import Variant
from refractor.variants.consequences import Consequence
from refractor.variants.observation import Observation
from refractor.variants.panel_vcf import read_panel_vcf, write_panel_vcf

V600E = Observation(
    variant=Variant("7", 140_753_335, "A", "T"),
    depth=100,
    ref_reads=75,
    alt_reads=25,
    vaf=0.25,
    normal_depth=40,
    normal_alt_reads=0,
    quality=60.5,
    filters=("weak_evidence", "base qual; odd"),
    origin="mutect2",
    notes=("same codon as 7:1 A>C, at 50%: together BRAF V600K", "second"),
)
EFFECT = Consequence(
    gene="BRAF",
    transcript="NM_004333.6",
    hgvs_c="c.1799T>A",
    hgvs_p="p.Val600Glu",
    protein_change="V600E",
    consequence="missense_variant",
    first_codon=600,
    last_codon=600,
)
SILENT = replace(
    EFFECT, hgvs_c="c.1800G>A", hgvs_p="p.Val600=", protein_change="V600=", consequence="synonymous_variant"
)
BARE = Observation(variant=Variant("12", 25_245_349, "C", "T"))
SPLICE = replace(
    EFFECT,
    hgvs_c="c.1742-1G>C",
    hgvs_p="p.?",
    protein_change="",
    first_codon=None,
    last_codon=None,
    note="a, b; c=d",
)


def write(path: Path, rows: list[tuple[Observation, Consequence | None]], *, synthetic: bool = False) -> Path:
    write_panel_vcf(path, rows, sample="S1", build=GenomeBuild.GRCH38, synthetic=synthetic)
    return path


def test_rows_come_back_in_karyotype_order(tmp_path: Path) -> None:
    inherited = replace(BARE, variant=Variant("X", 100, "CA", "C"), germline_likely=True)
    path = write(tmp_path / "v.vcf.gz", [(inherited, None), (BARE, SPLICE), (V600E, EFFECT)])
    assert read_panel_vcf(path) == [(V600E, EFFECT), (BARE, SPLICE), (inherited, None)]


def test_no_rows_still_make_a_file_with_an_index(tmp_path: Path) -> None:
    path = write(tmp_path / "v.vcf.gz", [])
    assert read_panel_vcf(path) == []
    assert path.with_name("v.vcf.gz.tbi").stat().st_mtime >= path.stat().st_mtime
    assert sorted(item.name for item in tmp_path.iterdir()) == ["v.vcf.gz", "v.vcf.gz.tbi"]


def test_header_says_what_it_is(tmp_path: Path) -> None:
    path = write(tmp_path / "v.vcf.gz", [(V600E, EFFECT)], synthetic=True)
    header = str(pysam.VariantFile(str(path)).header)
    assert header.startswith("##fileformat=VCFv4.3\n")
    for line in ("##source=Refractor", "##refractor_synthetic=yes", "##reference=GRCh38"):
        assert f"\n{line}\n" in header
    assert header.count("##contig=") == len(CONTIG_LENGTHS[GenomeBuild.GRCH38])
    assert "##contig=<ID=17,length=83257441,assembly=GRCh38>" in header
    assert "##FILTER=<ID=weak_evidence," in header
    plain = write(tmp_path / "w.vcf.gz", [(V600E, EFFECT)])
    assert "refractor_synthetic" not in str(pysam.VariantFile(str(plain)).header)


def test_bcftools_and_cyvcf2_read_the_fields_the_contract_names(tmp_path: Path) -> None:
    path = write(
        tmp_path / "v.vcf.gz",
        [
            (V600E, EFFECT),
            (BARE, None),
            (replace(V600E, variant=Variant("7", 140_753_334, "C", "T"), filters=()), SILENT),
        ],
    )
    line = pysam.bcftools.query(
        "-r",
        "7:140753336",
        "-f",
        "%POS %REF %ALT %QUAL %FILTER %INFO/GENE %INFO/HGVSP [%GT %AD %DP %AF]",
        str(path),
    )
    assert (
        line.rstrip()
        == "140753336 A T 60.5 weak_evidence;base%20qual%3B%20odd BRAF p.Val600Glu 0/1 75,25 100 0.25"
    )
    silent, v600e, bare = cyvcf2.VCF(str(path))
    assert v600e.format("AD").tolist() == [[75, 25]]
    assert v600e.INFO["PROTEIN_CHANGE"] == "V600E"
    assert silent.INFO["PROTEIN_CHANGE"] == "V600%3D"
    assert bare.INFO.get("GENE") is None


def test_an_earlier_file_stays_when_writing_fails(tmp_path: Path) -> None:
    path = write(tmp_path / "v.vcf.gz", [(V600E, EFFECT)])
    before = path.read_bytes()
    broken = replace(V600E, depth="many")  # type: ignore[arg-type]
    with pytest.raises((TypeError, ValueError)):
        write(path, [(broken, EFFECT)])
    assert path.read_bytes() == before
    assert sorted(item.name for item in tmp_path.iterdir()) == ["v.vcf.gz", "v.vcf.gz.tbi"]


@pytest.mark.parametrize(
    "content", [b"", b"##fileformat=VCFv4.3\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n", b"x" * 99]
)
def test_what_is_not_ours_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "v.vcf"
    path.write_bytes(content)
    with pytest.raises(VariantFileError, match=r"variants step|not written by"):
        read_panel_vcf(path)
    with pytest.raises(VariantFileError, match="cannot be read"):
        read_panel_vcf(tmp_path / "none.vcf.gz")


words = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=12)
counts = st.none() | st.integers(0, 100_000)
observations = st.builds(
    Observation,
    variant=st.builds(
        Variant,
        chromosome=st.sampled_from(["1", "7", "X"]),
        position=st.integers(0, 1_000_000),
        ref=st.text("ACGT", min_size=1, max_size=4),
        alt=st.text("ACGT", min_size=1, max_size=4),
    ).filter(lambda variant: variant.ref != variant.alt),
    depth=counts,
    ref_reads=counts,
    alt_reads=counts,
    vaf=st.none() | st.sampled_from([0.0, 0.25, 0.314815, 1.0]),
    normal_depth=counts,
    normal_alt_reads=counts,
    quality=st.none() | st.sampled_from([0.0, 12.5, 300.0]),
    filters=st.lists(
        words.filter(lambda name: name not in {"PASS", "0"} and name.strip(".")), max_size=3, unique=True
    ).map(tuple),
    origin=st.sampled_from(["reads", "mutect2", "maf"]),
    germline_likely=st.booleans(),
    notes=st.lists(words, max_size=2).map(tuple),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(observations, st.sampled_from([None, EFFECT, SILENT, SPLICE])), max_size=4))
def test_any_observation_comes_back_as_it_was(
    tmp_path: Path, rows: list[tuple[Observation, Consequence | None]]
) -> None:
    path = write(tmp_path / "v.vcf.gz", rows)
    expected = sorted(rows, key=lambda row: row[0].variant.genome_order)
    assert read_panel_vcf(path) == expected


def test_variants_of_the_reads_have_a_genotype_quality_and_filters_with_a_meaning(tmp_path: Path) -> None:
    ours = replace(BARE, quality=515.7, filters=("strand_bias",), origin="reads")
    weak = replace(ours, variant=Variant("12", 25_245_350, "C", "T"), quality=12.4, filters=())
    path = write(tmp_path / "v.vcf.gz", [(ours, None), (weak, None), (V600E, EFFECT)])
    with pysam.VariantFile(str(path)) as records:
        assert (
            records.header.filters["strand_bias"].description
            == "all carriers on one strand, the others on both"
        )
        assert records.header.filters["weak_evidence"].description == "As the source of the variant names it"
        assert [record.samples[0].get("GQ") for record in records] == [None, 99, 12]
    theirs = replace(ours, origin="mutect2")
    path = write(tmp_path / "v.vcf.gz", [(theirs, None)])
    with pysam.VariantFile(str(path)) as records:
        assert records.header.filters["strand_bias"].description.endswith("or as the source names it")
