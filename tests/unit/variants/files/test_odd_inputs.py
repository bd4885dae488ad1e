"""Files as programs and people write them, odd and sound: the status of one codon is what it must be.

Each is KRAS G12D in 40 of 100 reads unless it says otherwise; where nothing is found the file may vouch for it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from refractor.errors import InputError
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.tumor.inputs import Tumor
from refractor.tumor.variants import call_variants

COLUMNS = [
    "Hugo_Symbol",
    "NCBI_Build",
    "Chromosome",
    "Start_Position",
    "End_Position",
    "Variant_Classification",
    "Variant_Type",
    "Reference_Allele",
    "Tumor_Seq_Allele1",
    "Tumor_Seq_Allele2",
    "Tumor_Sample_Barcode",
    "HGVSp_Short",
    "t_ref_count",
    "t_alt_count",
]
G12D = dict(
    zip(
        COLUMNS,
        [
            "KRAS",
            "GRCh38",
            "chr12",
            "25245350",
            "25245350",
            "Missense_Mutation",
            "SNP",
            "C",
            "C",
            "T",
            "P1",
            "p.G12D",
            "60",
            "40",
        ],
        strict=True,
    )
)
FAR = {
    **G12D,
    "Hugo_Symbol": "TTN",
    "Chromosome": "chr2",
    "Start_Position": "178600000",
    "End_Position": "178600000",
}
MUTATED, WILD, NONE, REFUSED = "mutated", "wild_type", "not_assessable", "refused"


def maf(
    *rows: dict[str, str], sep: str = "\t", end: str = "\n", head: str = "#version 2.4\n", more: str = ""
) -> str:
    columns = [*COLUMNS, *more.split()]
    lines = [columns, *([row.get(name, "") for name in columns] for row in rows)]
    return head + end.join(sep.join(line) for line in lines) + end


def but(**cells: str) -> dict[str, str]:
    return {**G12D, **cells}


def quoted(text: str, *, row_names: bool = False) -> str:
    lines = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    numbered = [lines[0], *([str(n), *line] if row_names else line for n, line in enumerate(lines[1:], 1))]
    return "\n".join("\t".join(f'"{cell}"' for cell in line) for line in numbered) + "\n"


TABLES = {
    "plain": (maf(G12D), MUTATED),
    "quotes of R": (quoted(maf(G12D)), MUTATED),
    "quotes and row names of R": (quoted(maf(G12D, FAR), row_names=True), MUTATED),
    "row names without quotes": (quoted(maf(G12D, FAR), row_names=True).replace('"', ""), MUTATED),
    "numbers of pandas": (maf(but(t_ref_count="60.0", t_alt_count="40.0", Start_Position="25245350.0")), MUTATED),
    "numbers of R": (maf(but(t_ref_count="6e+01", t_alt_count="4e+01")), MUTATED),
    "blanks in cells": (maf(but(Chromosome=" chr12 ", Tumor_Seq_Allele2="T ")), MUTATED),
    "commas": (maf(G12D, sep=",", head=""), MUTATED),
    "semicolons and decimal commas": (
        maf(but(t_ref_count="", t_alt_count="", t_vaf="31,5"), sep=";", head="", more="t_vaf"), MUTATED,
    ),
    "byte-order mark": ("\ufeff" + maf(G12D, head=""), MUTATED),
    "ends of Windows": (maf(G12D, end="\r\n"), MUTATED),
    "ends of an old Mac": (maf(G12D, end="\r", head=""), MUTATED),
    "the variant in Allele1": (maf(but(Tumor_Seq_Allele1="T", Tumor_Seq_Allele2="C")), MUTATED),
    "no variant": (maf(but(Tumor_Seq_Allele2="C")), WILD),
    "silent": (
        maf(but(Start_Position="25245349", End_Position="25245349", Reference_Allele="A", Tumor_Seq_Allele1="A",
                Tumor_Seq_Allele2="G", HGVSp_Short="p.G12=")), WILD,
    ),
    "no read": (maf(but(t_ref_count="100", t_alt_count="0")), NONE),
    "stated on the other build": (maf(but(NCBI_Build="GRCh37")), REFUSED),
    "percent by one value": (
        maf(but(t_ref_count="", t_alt_count="", tumor_f="40.2"), more="tumor_f"), MUTATED,
    ),
    "an odd cell far away": (maf(G12D, {**FAR, "Start_Position": "1e5x"}), MUTATED),
    "an odd cell here": (maf(FAR, but(Start_Position="1e5x")), REFUSED),
    "a contig that is no chromosome": (maf(G12D, {**FAR, "Chromosome": "chrUn_KI270742v1"}), MUTATED),
    "mitochondrion and chromosome 23": (
        maf(G12D, {**FAR, "Chromosome": "chrM", "Start_Position": "100", "End_Position": "100"},
            {**FAR, "Chromosome": "23", "Start_Position": "67545317", "End_Position": "67545317"}), MUTATED,
    ),
    "the header again": (maf(G12D) + "\t".join(COLUMNS) + "\n", MUTATED),
    "rows of others only": (maf(but(Tumor_Sample_Barcode="X1"), but(Tumor_Sample_Barcode="X2")), REFUSED),
    "two dashes": (
        maf({**FAR, "Reference_Allele": "--", "Tumor_Seq_Allele1": "--", "Tumor_Seq_Allele2": "GC"}, G12D), MUTATED,
    ),
    "a fusion without a place": (
        maf(G12D, {"Hugo_Symbol": "KRAS", "Variant_Classification": "Fusion", "Tumor_Sample_Barcode": "P1",
                   "HGVSp_Short": "KRAS-X fusion"}), MUTATED,
    ),
    "no alleles, a change": (maf(but(Reference_Allele="", Tumor_Seq_Allele1="", Tumor_Seq_Allele2="")), MUTATED),
    "no alleles, no change": (
        maf(but(Reference_Allele="", Tumor_Seq_Allele1="", Tumor_Seq_Allele2="", HGVSp_Short="")), NONE,
    ),
    "cBioPortal's interface": (
        "hugoGeneSymbol,proteinChange,sampleId,chr,startPosition,referenceAllele,variantAllele,tumorAltCount,tumorRefCount,"
        "ncbiBuild\nKRAS,G12D,P1,12,25245350,C,T,40,60,GRCh38\n", MUTATED,
    ),
    "DepMap": (
        "Chrom,Pos,Ref,Alt,AF,RefCount,AltCount,HugoSymbol,ProteinChange,ModelID\n"
        "chr12,25245350,C,T,0.4,60,40,KRAS,p.G12D,P1\n", MUTATED,
    ),
    "PDXFinder": (
        "sample_id\tsymbol\tamino_acid_change\tread_depth\tallele_frequency\tchromosome\tseq_start_position\tref_allele\t"
        "alt_allele\tgenome_assembly\nP1\tKRAS\tG12D\t100\t40\t12\t25245350\tC\tT\tGRCh38\n", MUTATED,
    ),
    "PDX without alleles": (
        "Model ID\tSample ID\tGene\tAmino Acid Change\tAllele Frequency\nM1\tP1\tKRAS\tG12D\t0.4\nM2\tP2\tKRAS\tG13D\t0.4\n",
        MUTATED,
    ),
    "a report with words in its fractions": ("Gene\tProtein Change\tVAF\nKRAS\tG12D\t~30%\nTP53\tR175H\t<1%\n", MUTATED),
    "a report with other events": (
        "Sample\tGene\tAlteration\nP1\tKRAS\tG12D\nP1\tERBB2\tamplification\nP1\tTP53\tsplice site 375+1G>A\n", MUTATED,
    ),
    "a report of an odd change": ("Gene\tProtein Change\nKRAS\tp.?\n", NONE),
    "a report of wild-type": ("Gene\tProtein Change\nKRAS\tWild Type\nBRAF\tV600E\n", WILD),
    "two changes in a cell": ("Gene\tProtein Change\nKRAS\tmutated exon 2\n", NONE),
}  # fmt: skip

FORMATS = "".join(
    f'##FORMAT=<ID={name},Number={number},Type={kind},Description="x">\n'
    for name, number, kind in (
        ("GT", "1", "String"), ("AD", "R", "Integer"), ("DP", "1", "Integer"), ("AF", "A", "Float"), ("RO", "1", "Integer"),
        ("AO", "A", "Integer"),
    )
)  # fmt: skip
MUTECT = "##source=Mutect2\n##filtering_status=These calls have been filtered by FilterMutectCalls\n"
RECORD = "chr12 25245350 . C T . PASS . GT:AD:DP 0/1:60,40:100"


def vcf(
    *records: str, source: str = MUTECT, columns: str = "P1", formats: str = FORMATS, end: str = "\n"
) -> str:
    names = "#CHROM POS ID REF ALT QUAL FILTER INFO FORMAT"
    lines = [names, *records]
    body = (
        end.join("\t".join([*line.split(" "), *(columns.split() if line == names else [])]) for line in lines)
        + end
    )
    contigs = "".join(
        f"##contig=<ID=chr{n},length={size}>\n" for n, size in CONTIG_LENGTHS[GenomeBuild.GRCH38].items()
    )
    return ("##fileformat=VCFv4.2\n" + source + contigs + formats).replace("\n", end) + body


SOMATIC = "##source=caller, somatic mode\n"
VCFS = {
    "plain": (vcf(RECORD), MUTATED),
    "ends of Windows": (vcf(RECORD, end="\r\n"), MUTATED),
    "small letters": (vcf(RECORD.replace(" C T ", " c t ")), MUTATED),
    "fields that are not declared": (vcf(RECORD, formats=""), MUTATED),
    "depth and fraction only": (vcf("chr12 25245350 . C T . PASS . GT:AD:DP:AF 0/1:.:100:0.4"), MUTATED),
    "no counts at all": (vcf("chr12 25245350 . C T . PASS . GT 0/1"), MUTATED),
    "a spanning deletion beside": (vcf("chr12 25245350 . C T,* . PASS . GT:AD:DP 0/1:60,40,0:100"), MUTATED),
    "no genotype": (vcf(RECORD.replace("0/1", "./.")), MUTATED),
    "two of 62 reads": (vcf(RECORD.replace("60,40:100", "60,2:62")), NONE),
    "filtered, then passed": (vcf(RECORD.replace("PASS", "weak_evidence"), RECORD), MUTATED),
    "FreeBayes' counts": (
        vcf(
            "chr12 25245350 . C A,T . PASS . GT:RO:AO 1/2:50:4,40",
            source="##source=freeBayes v1.3.6\n##tumor somatic\n",
        ),
        MUTATED,
    ),
    "the tumour's column second": (
        vcf(
            "chr12 25245350 . C T . PASS . GT:AD:DP 0/0:100,0:100 0/1:60,40:100",
            columns="NORMAL TUMOR",
            source=SOMATIC,
        ),
        MUTATED,
    ),
    "with bases around": (vcf("chr12 25245349 . ACC ATC . PASS . GT:AD:DP 0/1:60,40:100"), MUTATED),
    "another reference": (vcf("chr12 25245349 . GCC GTC . PASS . GT:AD:DP 0/1:60,40:100"), REFUSED),
    "more reads than depth": (vcf(RECORD.replace(":100", ":50")), MUTATED),
    "an odd allele far away": (vcf("chr2 500 . A - . PASS . GT:AD:DP 0/1:60,40:100", RECORD), MUTATED),
    "a fraction over 1 far away": (
        vcf("chr2 500 . A G . PASS . GT:AD:DP:AF 0/1:60,40:100:1.2", RECORD),
        MUTATED,
    ),
    "filters that nobody ran": (vcf(RECORD.replace("PASS", "."), source="##source=Mutect2\n"), NONE),
    "a line of nothing": (vcf(RECORD) + "\n\n", MUTATED),
    "one tab too many": (vcf(RECORD).rstrip("\n") + "\t\n", MUTATED),
}


def status(path: Path, tmp_path: Path) -> str:
    """What the file, which may vouch for the whole genome, says of KRAS codon 12."""
    lengths = CONTIG_LENGTHS[GenomeBuild.GRCH38].items()
    regions = tmp_path / "all.bed"
    regions.write_text("".join(f"{name}\t0\t{size}\n" for name, size in lengths if name != "MT"))
    tumor = Tumor(
        sample="P1", small_variants=path, callable_regions=regions, default_build=GenomeBuild.GRCH38
    )
    try:
        found = call_variants(tumor)
    except InputError:
        return REFUSED
    return str(next(row.status for row in found.codons if (row.gene, row.codon) == ("KRAS", 12)))


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_mutations(name: str, tmp_path: Path) -> None:
    text, expected = TABLES[name]
    path = tmp_path / "calls.maf"
    path.write_bytes(text.encode())
    assert status(path, tmp_path) == expected


@pytest.mark.parametrize("name", VCFS)
def test_vcfs(name: str, tmp_path: Path) -> None:
    text, expected = VCFS[name]
    path = tmp_path / "calls.vcf"
    path.write_bytes(text.encode())
    assert status(path, tmp_path) == expected
