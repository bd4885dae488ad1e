"""Published somatic VCFs, read and named over the panel; figures from the files' own annotation."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cyvcf2
import pytest

from refractor.errors import VariantFileError
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import Panel, load_panel
from refractor.genome.protein_change import one_letter
from refractor.genome.reference import Reference
from refractor.genome.variant import Variant
from refractor.genome_wide.burden import genome_quality
from refractor.variants.consequences import Consequence, annotate
from refractor.variants.files.genome_counts import count_genome
from refractor.variants.files.opened import open_variants
from refractor.variants.files.small_variants import read_small_variants
from refractor.variants.files.vcf_file import open_vcf
from refractor.variants.observation import Observation, SmallVariants

pytestmark = pytest.mark.real

Named = list[tuple[Observation, Consequence | None]]
RAS = {"KRAS", "NRAS", "HRAS"}


@contextmanager
def opened(build: GenomeBuild) -> Iterator[tuple[Panel, Reference]]:
    with Reference(None, build) as reference:
        yield load_panel(build), reference


def read(path: Path, *, sample: str) -> tuple[SmallVariants, Named, GenomeBuild]:
    build = open_variants(path).build
    assert build is not None
    with opened(build) as (panel, reference):
        result = read_small_variants(open_variants(path), sample=sample, panel=panel, reference=reference)
        effects = annotate([item.variant for item in result.observations], panel=panel, reference=reference)
    return result, list(zip(result.observations, effects, strict=True)), build


def effects_of(named: Named) -> dict[tuple[str, str], Observation]:
    return {(effect.gene, effect.protein_change or effect.hgvs_c): item for item, effect in named if effect}


@pytest.mark.parametrize(
    ("name", "build", "n_records"),
    [("grch37", GenomeBuild.GRCH37, 3317), ("grch38", GenomeBuild.GRCH38, 3313)],
)
def test_t001_has_braf_v600e_and_no_ras_mutation(
    shared_data: Path, name: str, build: GenomeBuild, n_records: int
) -> None:
    result, named, told = read(shared_data / f"variants/T001-COAD.{name}.vcf.gz", sample="T001-COAD")
    # neither header has contigs; the build is told by the alleles
    assert told is build
    assert result.flavour == "pcgr"
    assert f"of {n_records} records" in result.notes[-1]
    assert len(named) == 15
    braf = effects_of(named)["BRAF", "V600E"]
    assert braf.vaf == pytest.approx(0.31, abs=0.02)
    assert (braf.depth, braf.alt_reads, braf.normal_depth) == (54, 17, 133)
    assert not {effect.gene for _, effect in named if effect} & RAS


def test_t001_is_named_alike_on_both_builds(shared_data: Path) -> None:
    names = []
    for build in ("grch37", "grch38"):
        _, named, _ = read(shared_data / f"variants/T001-COAD.{build}.vcf.gz", sample="T001-COAD")
        names.append(
            [
                (
                    effect.gene,
                    effect.hgvs_c,
                    effect.hgvs_p,
                    effect.protein_change,
                    effect.consequence,
                    effect.first_codon,
                )
                for _, effect in named
                if effect is not None
            ]
        )
    assert len(names[0]) == 15
    assert sorted(names[0], key=str) == sorted(names[1], key=str)
    changes = {(gene, change) for gene, _, _, change, *_ in names[0] if change}
    # TP53 and NF1 frameshifts in the names that pcgr's own report of this tumour gives
    assert {("BRAF", "V600E"), ("TP53", "V73Wfs*50"), ("NF1", "P678Rfs*10")} <= changes


def test_t001_given_as_the_other_build_is_refused(shared_data: Path, tmp_path: Path) -> None:
    with opened(GenomeBuild.GRCH38) as (panel, reference), pytest.raises(VariantFileError) as caught:
        read_small_variants(
            open_variants(shared_data / "variants/T001-COAD.grch37.vcf.gz"),
            sample="T001",
            panel=panel,
            reference=reference,
        )
    assert "is on GRCh37 by its header" in str(caught.value)  # ##new_reference_genome of the lift-over
    unlabelled = tmp_path / "no_header.vcf"
    with gzip.open(shared_data / "variants/T001-COAD.grch37.vcf.gz", "rt", encoding="utf-8") as lines:
        unlabelled.write_text("".join(line for line in lines if "genome" not in line), encoding="utf-8")
    with opened(GenomeBuild.GRCH38) as (panel, reference), pytest.raises(VariantFileError) as caught:
        read_small_variants(open_variants(unlabelled), sample="T001", panel=panel, reference=reference)
    assert "it looks like GRCh37" in str(caught.value)


def test_colo829_by_purple_has_v600e_at_its_copies(shared_data: Path) -> None:
    path = shared_data / "copy_number/colo829/COLO829v003T.purple.somatic.vcf.gz"
    result, named, build = read(path, sample="COLO829v003T")
    assert (build, result.flavour, result.tumor_column) == (GenomeBuild.GRCH37, "sage", "COLO829v003T")
    assert len(named) == 2
    found = effects_of(named)
    braf = found["BRAF", "V600E"]
    assert (braf.depth, braf.alt_reads, braf.normal_depth, braf.normal_alt_reads) == (220, 150, 26, 0)
    assert braf.vaf == pytest.approx(150 / 218)
    assert any(gene == "CDKN2A" and change.startswith("A68") for gene, change in found)
    with opened(GenomeBuild.GRCH37) as (panel, reference), pytest.raises(VariantFileError) as caught:
        read_small_variants(open_variants(path), sample="COLO829", panel=panel, reference=reference)
    assert "small_variants_sample" in str(caught.value)
    assert "COLO829v003R, COLO829v003T" in str(caught.value)


def test_hcc1395_merged_from_three_callers(shared_data: Path) -> None:
    path = shared_data / "variants/HCC1395_exome_annotated.hg38.vcf.gz"
    result, named, build = read(path, sample="HCC1395")
    assert (build, result.tumor_column) == (GenomeBuild.GRCH38, "HCC1395_TUMOR_DNA")
    assert "of 1470 records" in result.notes[-1]
    found = effects_of(named)
    assert len(named) == 2
    tp53 = found["TP53", "R175H"]
    assert (tp53.alt_reads, tp53.normal_alt_reads, tp53.germline_likely) == (87, 1, False)


def annotated_by_vep(path: Path, panel: Panel) -> list[tuple[Variant, str, str, str]]:
    """Each allele with VEP's HGVSc, HGVSp and terms on a panel gene's MANE transcript."""
    reader = cyvcf2.VCF(str(path))
    header = next(h.info() for h in reader.header_iter() if h.type == "INFO" and h.info().get("ID") == "CSQ")
    names = header["Description"].strip('"').split("Format: ")[1].split("|")
    transcripts = {gene.ensembl_transcript.split(".")[0]: gene for gene in panel.genes.values()}
    rows = []
    for record in reader:
        for entry in record.INFO["CSQ"].split(","):
            cells = dict(zip(names, entry.split("|"), strict=False))
            gene = transcripts.get(cells["Feature"].split(".")[0])
            if gene is not None:
                variant = Variant(gene.chromosome, record.start, record.REF, record.ALT[0])
                rows.append((variant, cells["HGVSc"], cells["HGVSp"], cells["Consequence"]))
    return rows


def test_names_agree_with_vep_on_hcc1395(shared_data: Path) -> None:
    compared = 0
    with opened(GenomeBuild.GRCH38) as (panel, reference):
        rows = annotated_by_vep(shared_data / "variants/HCC1395_exome_annotated.hg38.vcf.gz", panel)
        effects = annotate([row[0] for row in rows], panel=panel, reference=reference)
        for (variant, hgvs_c, hgvs_p, terms), effect in zip(rows, effects, strict=True):
            if not hgvs_c:
                continue
            assert effect is not None
            assert effect.hgvs_c == hgvs_c.partition(":")[2], variant
            assert effect.consequence in terms.split("&") or "no protein change" in effect.note
            if effect.protein_change:
                assert effect.protein_change == one_letter(hgvs_p)
            compared += 1
    assert compared == 5  # of 8 entries on panel transcripts; VEP names no c. for the three outside them


def test_an_exome_of_an_unstable_tumour_is_not_taken_for_a_genome(shared_data: Path) -> None:
    """3,313 calls, none in an intron of a panel gene, where a genome of as many calls would have five."""
    with opened(GenomeBuild.GRCH38) as (panel, reference):
        counts = count_genome(
            open_vcf(shared_data / "variants/T001-COAD.grch38.vcf.gz"),
            sample="T001-COAD", named_sample=None, panel=panel, reference=reference, callable_regions=None,
        )  # fmt: skip
    assert (counts.small, counts.indels, counts.intronic) == (3313, 644, 0)
    rows = genome_quality(counts)
    assert [row.value for row in rows] == [None] * 3
    assert all("the file covers exons" in row.note for row in rows)
