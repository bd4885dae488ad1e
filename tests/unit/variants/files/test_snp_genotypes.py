"""Genotypes at common SNPs in a VCF: which columns, which fields, what is left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.identity.snp_counts import GenomeKind
from refractor.identity.snps import load_snps
from refractor.variants.files.opened import open_variants
from refractor.variants.files.snp_genotypes import read_snp_genotypes

B38 = GenomeBuild.GRCH38
SNPS = load_snps(B38)
ROWS = np.flatnonzero(SNPS.chromosome == "7")[:5].tolist()
HEADER = (
    "##fileformat=VCFv4.2\n##source=Mutect2\n##tumor_sample=TUM\n##normal_sample=NOR\n"
    f"##contig=<ID=chr7,length={CONTIG_LENGTHS[B38]['7']}>\n"
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Allele depths">\n'
)


def line(row: int, fields: str, *columns: str, alt: str | None = None) -> str:
    place = f"chr7\t{SNPS.position[row] + 1}\t.\t{SNPS.ref[row]}\t{alt or SNPS.alt[row]}"
    return "\t".join([place, ".\tPASS\t.", fields, *columns])


def counts(path: Path) -> dict[GenomeKind, list[tuple[int, int]]]:
    alleles = read_snp_genotypes(open_variants(path), sample="T", named_sample="TUM", build=B38)
    return {
        kind: [(int(genome.ref[row]), int(genome.alt[row])) for row in ROWS]
        for kind, genome in alleles.genomes.items()
    }


def write(path: Path, columns: str, lines: list[str]) -> Path:
    head = f"{HEADER}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{columns}\n"
    path.write_text(head + "\n".join(lines) + "\n")
    return path


def test_counts_first_then_genotypes_of_both_columns(tmp_path: Path) -> None:
    other = next(base for base in "ACGT" if base not in (SNPS.ref[ROWS[4]], SNPS.alt[ROWS[4]]))
    path = write(tmp_path / "x.vcf", "NOR\tTUM", [
        line(ROWS[0], "GT:AD", "0/0:30,1", "0/1:20,40"),
        line(ROWS[1], "GT", "1/1", "0|1"),
        line(ROWS[2], "GT:AD", "./.:.", "1/1:.,."),
        line(ROWS[3], "AD", "0,0", "0,25"),
        line(ROWS[4], "GT:AD", "0/1:10,10", "0/1:10,10", alt=other),
    ])  # fmt: skip
    assert counts(path) == {
        GenomeKind.NORMAL_FILE: [(30, 1), (0, 20), (0, 0), (0, 0), (0, 0)],
        GenomeKind.TUMOR_FILE: [(20, 40), (10, 10), (0, 20), (0, 25), (0, 0)],
    }


@pytest.mark.parametrize("fields", ["DP", "AD:DP"])
def test_records_without_genotypes_are_no_error(tmp_path: Path, fields: str) -> None:
    values = {"DP": "30", "AD:DP": ".:30"}[fields]
    path = write(tmp_path / "x.vcf", "NOR\tTUM", [line(ROWS[0], fields, values, values)])
    assert counts(path) == {}


def test_a_maf_has_no_genotypes(tmp_path: Path) -> None:
    path = tmp_path / "x.maf"
    path.write_text("Hugo_Symbol\tChromosome\tStart_Position\tReference_Allele\tTumor_Seq_Allele2\n")
    alleles = read_snp_genotypes(open_variants(path), sample="T", named_sample=None, build=B38)
    assert alleles.genomes == {}
