"""A somatic VCF beside reads is evidence for their copies; where it cannot be, the copies go on without it and say why."""

from __future__ import annotations

from pathlib import Path

import pytest

from refractor.genome.builds import GenomeBuild
from refractor.tumor.copy_number_sources import read_somatic_alleles
from refractor.tumor.inputs import Tumor

B38 = GenomeBuild.GRCH38
HEAD = (
    "##fileformat=VCFv4.2\n##reference=GRCh38\n##source=Mutect2\n"
    "##filtering_status=These calls have been filtered by FilterMutectCalls\n##tumor_sample=T1\n##normal_sample=N1\n"
    '##contig=<ID=chr1,length=248956422>\n##FORMAT=<ID=AD,Number=R,Type=Integer,Description="x">\n'
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tN1\tT1\n"
)
ROW = "chr1\t1000\t.\tA\tG\t.\tPASS\t.\tAD\t30,0\t45,15\n"


def tumor_with(path: Path, **more: str | None) -> Tumor:
    fields: dict[str, str | None] = {"tumor_reads": "reads/T1.bam", **more}
    return Tumor(sample="T1", small_variants=path, **fields)  # type: ignore[arg-type]


def test_a_vcf_beside_reads_is_read(tmp_path: Path) -> None:
    path = tmp_path / "T1.vcf"
    path.write_text(HEAD + ROW)
    found, rows = read_somatic_alleles(tumor_with(path), B38)
    assert found is not None
    assert (found.alt.tolist(), found.depth.tolist(), rows) == ([15], [60], ())


def test_without_reads_or_with_a_maf_there_is_nothing_to_say(tmp_path: Path) -> None:
    path = tmp_path / "T1.vcf"
    path.write_text(HEAD + ROW)
    assert read_somatic_alleles(tumor_with(path, tumor_reads=None), B38) == (None, ())
    maf = tmp_path / "T1.maf"
    maf.write_text(
        "Hugo_Symbol\tChromosome\tStart_Position\tReference_Allele\tTumor_Seq_Allele2\tTumor_Sample_Barcode\n"
    )
    assert read_somatic_alleles(tumor_with(maf), B38) == (None, ())


@pytest.mark.parametrize(
    ("content", "build", "said"),
    [
        ("", B38, "is empty"),
        (HEAD + ROW.replace("1000", "place"), B38, "place"),
        (HEAD + ROW, GenomeBuild.GRCH37, "GRCh38"),
    ],
)
def test_a_file_that_cannot_be_used_is_no_failure_of_the_copies(
    tmp_path: Path, content: str, build: GenomeBuild, said: str
) -> None:
    path = tmp_path / "T1.vcf"
    path.write_text(content)
    found, (row,) = read_somatic_alleles(tumor_with(path), build)
    assert (found, row.metric, row.value) == (None, "somatic_vaf", None)
    assert row.note.startswith("small_variants is not used for purity")
    assert said in row.note
