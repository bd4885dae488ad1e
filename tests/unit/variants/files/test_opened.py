"""What open_variants makes of a file, and that one object serves every reader without opening the file again."""

from __future__ import annotations

from pathlib import Path

import pytest
from openings import openings_of

from refractor.errors import VariantFileError
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import load_panel
from refractor.genome.reference import Reference
from refractor.variants.files.callers import Flavour
from refractor.variants.files.maf_table import MafFile
from refractor.variants.files.opened import open_variants
from refractor.variants.files.small_variants import read_small_variants
from refractor.variants.files.snp_genotypes import read_snp_genotypes
from refractor.variants.files.vcf_file import VcfFile

B38 = GenomeBuild.GRCH38
HEADER = (
    "##fileformat=VCFv4.2\n##source=Mutect2\n##tumor_sample=P1\n"
    + "".join(f"##contig=<ID={name},length={length}>\n" for name, length in CONTIG_LENGTHS[B38].items())
    + '##FORMAT=<ID=GT,Number=1,Type=String,Description="x">\n'
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="x">\n'
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tP1\n"
)
V600E = "7\t140753336\t.\tA\tT\t.\tPASS\t.\tGT:AD\t0/1:75,25\n"
MAF = (
    "Hugo_Symbol\tChromosome\tStart_Position\tReference_Allele\tTumor_Seq_Allele2\nBRAF\t7\t140753336\tA\tT\n"
)


def everything_of(path: Path) -> int:
    """How many variants the file has, read as the variant step does: build, variants, genotypes."""
    file = open_variants(path)
    assert file.build is B38
    with Reference(None, B38) as reference:
        variants = read_small_variants(file, sample="P1", panel=load_panel(B38), reference=reference)
    read_snp_genotypes(file, sample="P1", named_sample=None, build=B38)
    return len(variants.observations)


def test_a_vcf_tells_its_caller_build_and_columns(tmp_path: Path) -> None:
    path = tmp_path / "calls.vcf"
    path.write_text(HEADER + V600E)
    file = open_variants(path)
    assert isinstance(file, VcfFile)
    assert (file.path, file.caller, file.build) == (path, Flavour.MUTECT2, B38)
    assert file.columns(sample="P1", named_sample=None).tumor_index == 0
    assert [(line, record.POS) for line, record in file.records()] == [(HEADER.count("\n") + 1, 140753336)]


def test_a_maf_is_told_by_its_columns_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "calls.vcf"
    path.write_text(MAF)
    file = open_variants(path)
    assert isinstance(file, MafFile)
    assert (len(file.rows), file.stated_build, file.build) == (1, None, B38)


@pytest.mark.parametrize(("content", "most"), [(HEADER + V600E, 4), (MAF, 2)], ids=["vcf", "maf"])
def test_a_step_opens_its_file_a_few_times(tmp_path: Path, content: str, most: int) -> None:
    """A VCF: once for kind and header, once for the check of every line, and each walk of htslib."""
    path = tmp_path / "calls.txt"
    path.write_text(content)
    with openings_of(path) as openings:
        assert everything_of(path) == 1
    assert 2 <= openings.count <= most


def test_lines_are_checked_once_and_their_faults_told_again(tmp_path: Path) -> None:
    path = tmp_path / "calls.vcf"
    path.write_text(HEADER + V600E + "7\t1\n")
    file = open_variants(path)
    for _ in range(2):
        with pytest.raises(
            VariantFileError, match=r"calls\.vcf:\d+ has 2 columns|calls\.vcf:\d+: has 2 columns"
        ):
            list(file.records())
