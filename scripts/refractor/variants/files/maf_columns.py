"""The columns of a MAF and of other tables of mutations, by whichever names programs and portals give them.

Columns are found by name in any case, blanks as underscores. Beside the MAF of the GDC and of vcf2maf: cBioPortal's
exports, DepMap and CCLE, PDXFinder, reports of panels with a gene and its protein change and no place at all.
"""

from __future__ import annotations

import re
from pathlib import Path

from refractor.files.divided import delimiter_of as delimiter_of_header
from refractor.variants.files.whole_file import BYTE_ORDER_MARK, fault

PLACE: dict[str, tuple[str, ...]] = {
    "Chromosome": ("chromosome", "chr", "chrom"),
    "Start_Position": (
        "start_position",
        "startposition",
        "start",
        "seq_start_position",
        "start_pos",
        "position",
        "pos",
    ),
    "Reference_Allele": ("reference_allele", "ref_allele", "referenceallele", "ref"),
    "Tumor_Seq_Allele2": ("tumor_seq_allele2", "alt_allele", "variant_allele", "variantallele", "alt"),
}
"""The columns of a variant by its place; all of them, or a gene with its protein change."""
OPTIONAL: dict[str, tuple[str, ...]] = {
    "Hugo_Symbol": (
        "hugo_symbol",
        "hugosymbol",
        "hugogenesymbol",
        "gene_symbol",
        "gene",
        "symbol",
        "gene_name",
    ),
    "HGVSp_Short": (
        "hgvsp_short",
        "protein_change",
        "proteinchange",
        "amino_acid_change",
        "aa_change",
        "aachange",
        "mutation_aa",
        "alteration",
    ),
    "HGVSp": ("hgvsp", "hgvs.p", "hgvs_p"),
    "Tumor_Seq_Allele1": ("tumor_seq_allele1",),
    "End_Position": ("end_position", "endposition", "end"),
    "NCBI_Build": ("ncbi_build", "ncbibuild", "genome_assembly", "genome_build"),
    "Tumor_Sample_Barcode": (
        "tumor_sample_barcode",
        "tumor_sample",
        "sample_id",
        "sampleid",
        "sample",
        "sample_name",
        "model_id",
        "modelid",
    ),
    "t_ref_count": ("t_ref_count", "ref_count", "refcount", "tumorrefcount"),
    "t_alt_count": ("t_alt_count", "alt_count", "altcount", "tumoraltcount"),
    "t_depth": ("t_depth", "read_depth"),
    "n_ref_count": ("n_ref_count",),
    "n_alt_count": ("n_alt_count",),
    "n_depth": ("n_depth",),
    "Mutation_Status": ("mutation_status", "mutationstatus"),
    "Validation_Status": ("validation_status", "validationstatus"),
    "FILTER": ("filter",),
    "HGVSc": ("hgvsc", "coding_sequence_change", "dnachange", "cdna_change"),
    "Transcript_ID": ("transcript_id", "annotation_transcript"),
    "Consequence": ("consequence", "one_consequence"),
    "Variant_Classification": ("variant_classification", "mutation_type", "mutationtype"),
    "Variant_Type": ("variant_type", "varianttype"),
    "t_fraction": (
        "t_vaf",
        "tumor_f",
        "t_af",
        "t_alt_freq",
        "tumor_vaf",
        "tumorvaf",
        "i_tumor_vaf",
        "i_tumorvaf",
        "i_tumorvaf_wu",
        "i_tumor_f",
        "i_t_vaf",
        "vaf",
        "allele_frequency",
        "allele_freq",
        "variant_allele_frequency",
        "variant_allele_fraction",
        "allele_fraction",
    ),
}
_BY_PROTEIN = {"Hugo_Symbol", "HGVSp_Short"}, {"Hugo_Symbol", "HGVSp"}
_IS_TABLE = (
    {"Chromosome", "Reference_Allele"},
    {"Chromosome", "Tumor_Seq_Allele2"},
    *_BY_PROTEIN,
)
"""Columns any of which sets make a file a table of mutations."""


def column_places(path: Path, header: list[str], *, line: int) -> dict[str, int]:
    """Where each column stands; of several names for one the first in the lists above. A VariantFileError where the
    header has neither the columns of a place nor a gene with its protein change."""
    places = _places(header)
    missing = [name for name in PLACE if name not in places]
    if missing and not any(names <= set(places) for names in _BY_PROTEIN):
        raise fault(
            path,
            f"columns missing: {', '.join(missing)}",
            line=line,
            allowed="a MAF with these columns, or a table with Hugo_Symbol and HGVSp_Short",
        )
    return places


def names_maf_columns(start: bytes) -> bool:
    """Whether the first line that is no comment, in the first bytes of a file, names a table of mutations."""
    text = start.removeprefix(BYTE_ORDER_MARK).decode("utf-8", "replace")
    line = _first_line(text)
    places = set(_places(line.split(delimiter_of(text))))
    return ({"Hugo_Symbol", "Chromosome"} <= places and "hugo_symbol" in line.lower()) or any(
        names <= places for names in _IS_TABLE
    )


def delimiter_of(text: str) -> str:
    """What parts the cells of the header, the first line of `text` that is no comment."""
    return delimiter_of_header(_first_line(text))


def _first_line(text: str) -> str:
    return next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")


def _places(header: list[str]) -> dict[str, int]:
    spelled = [re.sub(r"\s+", "_", name.strip().strip('"').lower()) for name in header]
    return {
        name: next(spelled.index(spelling) for spelling in spellings if spelling in spelled)
        for name, spellings in {**PLACE, **OPTIONAL}.items()
        if not set(spellings).isdisjoint(spelled)
    }
