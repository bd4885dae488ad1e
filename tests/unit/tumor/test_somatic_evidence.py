"""A somatic VCF beside reads is evidence for their copies; where it cannot be, the copies go on without it and say why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import cast

import pytest
from alignment_files import GRCH38_LENGTHS, Read, WriteBam

from refractor.genome.builds import GenomeBuild
from refractor.reads.alignment import Alignment, open_alignment
from refractor.tumor.copy_number_sources import read_somatic_alleles
from refractor.tumor.inputs import Tumor

B38 = GenomeBuild.GRCH38
HEAD = (
    "##fileformat=VCFv4.2\n##reference=GRCh38\n##source=Mutect2\n"
    "##filtering_status=These calls have been filtered by FilterMutectCalls\n##tumor_sample=T1\n##normal_sample=N1\n"
    '##contig=<ID=chr1,length=248956422>\n##FORMAT=<ID=AD,Number=R,Type=Integer,Description="x">\n'
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tN1\tT1\n"
)
NO_READS = cast(Alignment, None)
"""Reads that are not looked at, as so few substitutions weigh nothing."""
ROW = "chr1\t1000\t.\tA\tG\t.\tPASS\t.\tAD\t30,0\t45,15\n"


def tumor_with(path: Path, **more: str | None) -> Tumor:
    fields: dict[str, str | None] = {"tumor_reads": "reads/T1.bam", **more}
    return Tumor(sample="T1", small_variants=path, **fields)  # type: ignore[arg-type]


def test_a_vcf_beside_reads_is_read(tmp_path: Path) -> None:
    path = tmp_path / "T1.vcf"
    path.write_text(HEAD + ROW)
    found, rows = read_somatic_alleles(tumor_with(path), B38, NO_READS)
    assert found is not None
    assert (found.alt.tolist(), found.depth.tolist(), rows) == ([15], [60], ())


def test_without_reads_or_with_a_maf_there_is_nothing_to_say(tmp_path: Path) -> None:
    path = tmp_path / "T1.vcf"
    path.write_text(HEAD + ROW)
    assert read_somatic_alleles(tumor_with(path, tumor_reads=None), B38, NO_READS) == (None, ())
    maf = tmp_path / "T1.maf"
    maf.write_text(
        "Hugo_Symbol\tChromosome\tStart_Position\tReference_Allele\tTumor_Seq_Allele2\tTumor_Sample_Barcode\n"
    )
    assert read_somatic_alleles(tumor_with(maf), B38, NO_READS) == (None, ())


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
    found, (row,) = read_somatic_alleles(tumor_with(path), build, NO_READS)
    assert (found, row.metric, row.value) == (None, "somatic_vaf", None)
    assert row.note.startswith("small_variants is not used for purity")
    assert said in row.note


PLACES = tuple(range(10_000, 10_000 + 500 * 120, 500))
DEPTH = 24


def vcf_of_many(folder: Path, alt_reads: int) -> Path:
    """Substitutions A>G at all places, with so many of 60 reads."""
    path = folder / "T1.vcf"
    line = ROW.replace("chr1\t", "chr17\t").replace("45,15", f"{60 - alt_reads},{alt_reads}")
    rows = "".join(line.replace("\t1000\t", f"\t{place + 1}\t") for place in PLACES)
    path.write_text(HEAD.replace("<ID=chr1,length=248956422>", "<ID=chr17,length=83257441>") + rows)
    return path


@pytest.fixture
def reads_with(write_bam: WriteBam) -> Iterator[object]:
    """Open reads, `depth` over each place, no two of the same ends, of which every `step`th shows the allele."""
    opened = ExitStack()

    def open_reads(step: int, *, depth: int = DEPTH, skipped: int = 0) -> Alignment:
        reads = [
            Read(
                "17",
                place - 40 - number,
                "C" * (40 + number) + ("G" if shown else "A") + "C" * 40,
                f"r{place}.{number}",
            )
            for at, place in enumerate(PLACES)
            for number in range(depth)
            for shown in [number % step == 0 and at >= skipped]
        ]
        path = write_bam(reads, name=f"{step}.{depth}.{skipped}.bam", contigs=GRCH38_LENGTHS)
        return opened.enter_context(open_alignment(path, reference=None))

    with opened:
        yield open_reads


def test_a_vcf_whose_alleles_the_reads_show_is_evidence(tmp_path: Path, reads_with) -> None:  # type: ignore[no-untyped-def]
    found, rows = read_somatic_alleles(tumor_with(vcf_of_many(tmp_path, 15)), B38, reads_with(4))
    assert found is not None
    assert (len(found), rows) == (120, ())


@pytest.mark.parametrize(
    ("step", "more", "said"),
    [
        (10_000, {"skipped": 120}, "the reads show nothing of"),  # another patient's
        (3, {"depth": 60, "skipped": 30}, "the reads show nothing of"),  # in part: another biopsy
        (2, {}, "2.00 times as often as it says"),  # of another purity
        (4, {"depth": 1}, "do not lie over its substitutions"),
    ],
)
def test_a_vcf_of_another_tumour_weighs_nothing_and_is_told(  # type: ignore[no-untyped-def]
    tmp_path: Path, reads_with, step: int, more: dict[str, int], said: str
) -> None:
    given = tumor_with(vcf_of_many(tmp_path, 20 if step == 3 or step > 100 else 15))
    found, (row,) = read_somatic_alleles(given, B38, reads_with(step, **more))
    assert (found, row.metric, row.value, row.status) == (None, "somatic_vaf", None, "warn")
    assert said in row.note
