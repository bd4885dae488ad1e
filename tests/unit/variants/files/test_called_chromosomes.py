"""A VCF of some chromosomes says nothing of the others: by its contigs, its command line, its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import load_panel
from refractor.genome.reference import Reference
from refractor.variants.files.opened import open_variants
from refractor.variants.files.small_variants import read_small_variants

LENGTHS = CONTIG_LENGTHS[GenomeBuild.GRCH38]
FORMATS = '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="x">\n'


def silent(path: Path, *, header: str = "", contigs: tuple[str, ...] = tuple(LENGTHS)) -> dict[str, str]:
    """The chromosomes of which the file says nothing, with the reason."""
    listed = "".join(f"##contig=<ID=chr{name},length={LENGTHS[name]}>\n" for name in contigs)
    columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tP1\n"
    path.write_text(
        f"##fileformat=VCFv4.2\n{header}{listed}{FORMATS}{columns}chr12\t25245350\t.\tC\tT\t.\tPASS\t.\tAD\t75,25\n"
    )
    with Reference(None, GenomeBuild.GRCH38) as reference:
        read = read_small_variants(
            open_variants(path), sample="P1", panel=load_panel(GenomeBuild.GRCH38), reference=reference
        )
    assert read.content is not None
    found = read.content.silent_chromosomes()
    assert bool(found) is any("says nothing of the other chromosomes" in note for note in read.notes)
    return found


def test_a_file_of_the_whole_genome(tmp_path: Path) -> None:
    assert silent(tmp_path / "P1.vcf") == {}
    assert silent(tmp_path / "P1.vcf", contigs=()) == {}


@pytest.mark.parametrize(
    "header",
    [
        '##GATKCommandLine=<ID=Mutect2,CommandLine="Mutect2 --input t.bam --intervals chr12 --reference r.fa">\n',
        '##GATKCommandLine=<ID=Mutect2,CommandLine="Mutect2 -L chr12:20,000,000-30,000,000 -R r.fa">\n',
        "##bcftools_viewCommand=view -r chr12 -Oz -o x.vcf.gz y.vcf.gz; Date=Mon\n",
        "##strelka_cmdline=configureStrelkaSomaticWorkflow.py --tumorBam t.bam --region chr12\n",
    ],
)
def test_intervals_of_the_command_line(tmp_path: Path, header: str) -> None:
    found = silent(tmp_path / "P1.vcf", header=header)
    assert "12" not in found
    assert found["7"] == "its program was run on 12 only"


@pytest.mark.parametrize(
    "header",
    [
        '##GATKCommandLine=<ID=Mutect2,CommandLine="Mutect2 --intervals targets.interval_list -L chr12">\n',
        "##source=freebayes -r\n",
    ],
)
def test_lists_of_intervals_are_no_chromosomes(tmp_path: Path, header: str) -> None:
    assert silent(tmp_path / "P1.vcf", header=header) == {}


def test_contigs_that_are_left_out(tmp_path: Path) -> None:
    found = silent(tmp_path / "P1.vcf", contigs=("1", "12"))
    assert found["7"] == "its header names the contigs 1, 12 only"
    assert not {"1", "12"} & set(found)


def test_a_name_and_records_of_one_chromosome(tmp_path: Path) -> None:
    assert silent(tmp_path / "P1.chr12.vcf")["7"] == "the file's name and records are of 12 only"
    assert silent(tmp_path / "P1.chr7.vcf") == {}  # its records are not of it
