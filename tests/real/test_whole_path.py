"""The whole path of one tumour on real data, as issue 1 asks: files in, label out."""

from __future__ import annotations

from pathlib import Path

import pytest
from tumor_steps import Tumor, run_tumor

from refractor.vocabulary import Status

pytestmark = pytest.mark.real

BUILDS = ("grch37", "grch38")
RAS = ("KRAS", "NRAS")
COVERED = [("KRAS", codon) for codon in (12, 13, 59, 61, 117, 146)] + [
    ("NRAS", codon) for codon in (12, 13, 61)
]
"""The RAS codons over which the CPCT reads lie; of NRAS 117 they hold none."""


@pytest.fixture(scope="module")
def colon(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tumor]:
    """T001-COAD on both builds: a pcgr VCF and allelic segments."""
    folder = shared_data / "variants"
    return {
        build: run_tumor(
            tmp_path_factory.mktemp(build), "T001-COAD",
            small_variants=folder / f"T001-COAD.{build}.vcf.gz",
            copy_number=folder / f"T001-COAD.{build}.cna.tsv",
            genome_build=build.replace("grch", "GRCh"),
        )
        for build in BUILDS
    }  # fmt: skip


@pytest.mark.parametrize("build", BUILDS)
def test_colon_tumor(colon: dict[str, Tumor], build: str) -> None:
    tumor = colon[build]
    v600 = tumor.codons.loc[("BRAF", 600)]
    assert (v600["status"], v600["protein_change"]) == ("mutated", "V600E")
    assert v600["vaf"] == pytest.approx(0.31, abs=0.02)
    assert tumor.status("BRAF") is Status.MUTATED
    ras = tumor.codons.loc[list(RAS)]
    assert len(ras) >= 12
    assert set(ras["status"]) == {"not_assessable"}, "silence of a VCF is not wild-type"
    assert tumor.status(*RAS) is Status.NOT_ASSESSABLE
    assert (tumor.erbb2["call"], tumor.erbb2["copy_number"]) == ("amplified", 9)
    assert tumor.eligibility == {"RAS": "not_assessable", "BRAF": "discordant", "HER2": "confirmed"}
    assert tumor.label == "candidate_r1"
    assert "MAPK-5" in set(tumor.alterations["rule_id"].dropna())


def test_colon_tumor_has_one_amplicon_of_0_4_mb(colon: dict[str, Tumor]) -> None:
    assert tuple(colon) == BUILDS
    for tumor in colon.values():
        lines = (tumor.folder / "amplicons.tsv").read_text().splitlines()
        rows = [dict(zip(lines[0].split("\t"), line.split("\t"), strict=True)) for line in lines[1:]]
        of_erbb2 = [row for row in rows if "ERBB2" in row["genes"].split(",")]
        assert len(of_erbb2) == 1
        assert int(of_erbb2[0]["end"]) - int(of_erbb2[0]["start"]) == pytest.approx(400_000, rel=0.1)
        assert of_erbb2[0]["focality"] == "focal"


def test_the_builds_agree_on_every_protein_change(colon: dict[str, Tumor]) -> None:
    """Where the gene's sequence is not shipped an alteration is named by its position, which differs."""
    assert tuple(colon) == BUILDS
    changes = []
    for tumor in colon.values():
        named = tumor.alterations[~tumor.alterations["alteration"].str.contains(":")]
        changes.append(
            sorted(zip(named["gene"], named["alteration"], named["rule_id"].fillna(""), strict=True))
        )
    assert len(changes[0]) >= 25
    assert changes[0] == changes[1]


def cpct(shared_data: Path, folder: Path, sample: str = "CPCT12345678T", **row: object) -> Tumor:
    """The CPCT pair: real reads over exon windows of about 50 cancer genes."""
    reads = shared_data / "reads"
    tumor, normal = reads / "CPCT12345678T.bam", reads / "CPCT12345678R.bam"
    files: dict[str, object] = {"tumor_reads": tumor, "normal_reads": normal}
    return run_tumor(folder, sample, **(files | row))


def test_cpct_at_purity_1_vouches_for_ras(shared_data: Path, tmp_path: Path) -> None:
    tumor = cpct(shared_data, tmp_path, purity=1)
    codons = tumor.codons
    v600 = codons.loc[("BRAF", 600)]
    assert (v600["status"], v600["protein_change"]) == ("mutated", "V600E")
    assert v600["vaf"] == pytest.approx(0.64, abs=0.03)
    wild = codons.loc[COVERED]
    assert len(wild) == 9
    assert set(wild["status"]) == {"wild_type"}
    assert wild["depth"].between(13, 24).all()
    assert (wild["power"] >= 0.95).all()
    assert codons.loc[("NRAS", 117), "status"] == "not_assessable"
    assert codons.loc[("NRAS", 117), "depth"] == 0
    assert "mutated" not in set(codons.loc[list(RAS), "status"])
    assert tumor.erbb2["call"] == "not_assessable"
    assert "slice" in tumor.erbb2["reason"]
    assert tumor.eligibility == {"RAS": "not_assessable", "BRAF": "discordant", "HER2": "not_assessable"}


def test_cpct_at_purity_0_2_says_how_deep_one_would_have_to_read(shared_data: Path, tmp_path: Path) -> None:
    codons = cpct(shared_data, tmp_path, purity=0.2).codons.loc[COVERED]
    assert len(codons) == 9
    assert set(codons["status"]) == {"not_assessable"}
    assert codons["reason"].str.contains(r"\d+ (?:fragments|reads)").all()
    assert codons["reason"].str.contains("x ").all()


def test_nothing_is_called_in_the_normal(shared_data: Path, tmp_path: Path) -> None:
    normal = shared_data / "reads" / "CPCT12345678R.bam"
    tumor = cpct(shared_data, tmp_path, "CPCT12345678R", tumor_reads=normal, normal_reads=None, purity=1)
    assert len(tumor.codons) >= 32
    assert "mutated" not in set(tumor.codons["status"])
    assert "yes" not in set(tumor.alterations["candidate"])


def test_hcc1143_hras_is_wild_type_with_depth(shared_data: Path, tmp_path: Path) -> None:
    reads = shared_data / "reads"
    tumor = run_tumor(
        tmp_path, "HCC1143", tumor_reads=reads / "HCC1143.HRAS_locus.b37.bam",
        normal_reads=reads / "HCC1143_BL.HRAS_locus.b37.bam", purity=1,
    )  # fmt: skip
    hras = tumor.codons.loc[[("HRAS", codon) for codon in (12, 13, 59, 61, 117, 146)]]
    assert len(hras) == 6
    assert set(hras["status"]) == {"wild_type"}
    assert (hras["depth"] >= 40).all()


def test_colo829_purple(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "copy_number" / "colo829"
    tumor = run_tumor(
        tmp_path, "COLO829v003T", small_variants=folder / "COLO829v003T.purple.somatic.vcf.gz",
        copy_number=folder / "COLO829v003T.purple.cnv.somatic.tsv", genome_build="GRCh37",
    )  # fmt: skip
    assert tumor.codons.loc[("BRAF", 600), "protein_change"] == "V600E"
    # the published file has stand-ins for chromosome 17: method UNKNOWN, no BAF
    assert tumor.erbb2["call"] == "not_assessable"
    assert tumor.eligibility["HER2"] == "not_assessable"
