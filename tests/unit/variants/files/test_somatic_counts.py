"""Counts of a whole VCF's somatic substitutions: which records, which column, which files are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from refractor.errors import VariantFileError
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.variants.files.opened import open_variants
from refractor.variants.files.somatic_counts import read_somatic_counts
from refractor.variants.files.vcf_file import VcfFile
from refractor.variants.somatic_alleles import SomaticAlleles

B38 = GenomeBuild.GRCH38
HEAD = (
    "##fileformat=VCFv4.2\n##source=Mutect2\n##filtering_status=These calls have been filtered by FilterMutectCalls\n"
    "##tumor_sample=TUM\n##normal_sample=NOR\n"
    + "".join(f"##contig=<ID=chr{name},length={CONTIG_LENGTHS[B38][name]}>\n" for name in ("1", "7", "X"))
    + '##FILTER=<ID=weak_evidence,Description="x">\n##FORMAT=<ID=AD,Number=R,Type=Integer,Description="x">\n'
)


def write(path: Path, lines: list[str], *, head: str = HEAD, columns: str = "NOR\tTUM") -> Path:
    path.write_text(
        f"{head}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{columns}\n" + "".join(lines)
    )
    return path


def line(chromosome: str, position: int, alleles: str, verdict: str, *counts: str) -> str:
    ref, alt = alleles.split(">")
    return "\t".join([chromosome, str(position), ".", ref, alt, ".", verdict, ".", "AD", *counts]) + "\n"


def read(path: Path, build: GenomeBuild = B38, name: str = "TUM") -> SomaticAlleles:
    file = open_variants(path)
    assert isinstance(file, VcfFile)
    return read_somatic_counts(file, sample="T", named_sample=name, build=build)


def test_substitutions_of_the_tumours_column_that_passed(tmp_path: Path) -> None:
    path = write(tmp_path / "x.vcf", [
        line("chr1", 1000, "A>G", "PASS", "30,0", "45,15"),
        line("chr1", 2000, "A>G", "weak_evidence", "30,0", "45,15"),
        line("chr1", 3000, "AT>A", "PASS", "30,0", "45,15"),
        line("chr1", 4000, "A>G,T", "PASS", "30,0,0", "45,15,3"),
        line("chr7", 1000, "C>T", "PASS", "30,0", "20,40"),
        line("chr7", 2000, "C>T", "PASS", "30,0", "20,0"),
        line("chr7", 3000, "C>T", "PASS", "30,0", ".,."),
        line("chrX", 1000, "C>T", "PASS", "30,0", "20,40"),
    ])  # fmt: skip
    found = read(path)
    rows = list(zip(found.chromosome, found.position, found.alt, found.depth, strict=True))
    assert rows == [("1", 999, 15, 60), ("7", 999, 40, 60)]
    assert found.matched


def test_a_file_without_substitutions_is_empty(tmp_path: Path) -> None:
    found = read(write(tmp_path / "x.vcf", []))
    assert (len(found), len(found.chromosome), found.alt.dtype.kind) == (0, 0, "i")


def test_a_file_without_a_normal_says_so(tmp_path: Path) -> None:
    head = HEAD.replace("##normal_sample=NOR\n", "")
    path = write(tmp_path / "x.vcf", [line("chr1", 1000, "A>G", "PASS", "45,15")], head=head, columns="TUM")
    assert not read(path).matched


@pytest.mark.parametrize(
    ("head", "counts", "said"),
    [
        (HEAD.replace("FilterMutectCalls", "nothing").replace("have been filtered", "are unfiltered"), "45,15", "unfiltered"),
        (HEAD.replace("##normal_sample=NOR\n", ""), "30,30", "looks like a germline VCF"),
    ],
)  # fmt: skip
def test_files_of_other_calls_are_refused(tmp_path: Path, head: str, counts: str, said: str) -> None:
    lines = [line("chr1", 1000 * at, "A>G", "PASS", counts) for at in range(1, 61)]
    with pytest.raises(VariantFileError, match=said):
        read(write(tmp_path / "x.vcf", lines, head=head, columns="TUM"))


def test_a_file_of_another_build_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "x.vcf", [line("chr1", 1000, "A>G", "PASS", "30,0", "45,15")])
    with pytest.raises(VariantFileError, match="GRCh38"):
        read(path, build=GenomeBuild.GRCH37)
