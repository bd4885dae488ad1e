"""The columns of a MAF and of other tables of mutations, by whichever names programs and portals give them.

Columns are found by name in any case, blanks as underscores. Beside the MAF of the GDC and of vcf2maf: cBioPortal's
exports, DepMap and CCLE, PDXFinder, reports of panels with a gene and its protein change and no place at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from refractor.files.divided import delimiter_of as delimiter_of_header
from refractor.variants.files.whole_file import BYTE_ORDER_MARK, fault

PLACE: dict[str, tuple[str, ...]] = {
    "Chromosome": ("chromosome", "chr", "chrom"),
    "Start_Position": (
        "start_position", "startposition", "start", "seq_start_position", "start_pos", "chromosome_start",
        "genomic_position", "position", "pos",
    ),
    "Reference_Allele": (
        "reference_allele", "ref_allele", "referenceallele", "reference_genome_allele", "reference_call", "ref",
    ),
    "Tumor_Seq_Allele2": (
        "tumor_seq_allele2", "alt_allele", "variant_allele", "variantallele", "mutated_to_allele", "alternative_call",
        "alt",
    ),
}  # fmt: skip
"""The columns of a variant by its place; all of them, or a gene with its protein change."""
OPTIONAL: dict[str, tuple[str, ...]] = {
    "Hugo_Symbol": (
        "hugo_symbol", "hugosymbol", "hugogenesymbol", "gene_symbol", "gene", "symbol", "gene_name", "gene.refgene",
        "biomarker",
    ),
    "HGVSp_Short": (
        "hgvsp_short", "protein_change", "proteinchange", "amino_acid_change", "aa_change", "aachange", "mutation_aa",
        "aa_mutation", "mut_aa", "protein_effect", "p_dot_notation", "alteration", "mutation", "variant", "result",
    ),
    "HGVSp": ("hgvsp", "hgvs.p", "hgvs_p"),
    "Tumor_Seq_Allele1": ("tumor_seq_allele1",),
    "End_Position": ("end_position", "endposition", "chromosome_end", "end"),
    "NCBI_Build": ("ncbi_build", "ncbibuild", "genome_assembly", "genome_build", "assembly_version"),
    "Tumor_Sample_Barcode": (
        "tumor_sample_barcode", "tumor_sample", "sample_id", "sampleid", "sample", "sample_name", "model_id", "modelid",
        "submitted_sample_id", "ghsampleid",
    ),
    "t_ref_count": ("t_ref_count", "ref_count", "refcount", "tumorrefcount", "ref_reads"),
    "t_alt_count": (
        "t_alt_count", "alt_count", "altcount", "tumoraltcount", "mutant_allele_read_count", "alt_reads", "variant_reads",
    ),
    "t_depth": ("t_depth", "read_depth", "total_read_count", "depth", "coverage", "dp"),
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
        "t_vaf", "tumor_f", "t_af", "t_alt_freq", "tumor_vaf", "tumorvaf", "i_tumor_vaf", "i_tumorvaf", "i_tumorvaf_wu",
        "i_tumor_f", "i_t_vaf", "vaf", "allele_frequency", "allele_freq", "variant_allele_frequency",
        "variant_allele_fraction", "allele_fraction", "mutant_allele_frequency", "i_vaf",
    ),
}  # fmt: skip
_OF_A_PLAIN_TABLE = {"t_fraction": "af"}
"""Names that mean this only in tables that were made of a VCF: in a MAF, AF is the frequency in populations."""
_ANY_FINDING = frozenset({"biomarker", "mutation", "variant", "result"})
"""Names that a table of anything may have; they tell of small variants where the sheet says that the file has some."""
_PERCENT = re.compile(r"[_(\[]*(?:%|percent(?:age)?|pct)[)\]]*")
_SECTION = re.compile(r"^\[Small Variants\]\s*$", re.I | re.M)
"""Heading of the table in Illumina's CombinedVariantOutput (TruSight Oncology 500)."""
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
    places, line = _named(start)
    told = {name: at for name, at in places.items() if spelling(line[at]) not in _ANY_FINDING}
    return ({"Hugo_Symbol", "Chromosome"} <= set(told) and "hugo_symbol" in map(spelling, line)) or any(
        names <= set(told) for names in _IS_TABLE
    )


def names_changes(header: Sequence[str]) -> bool:
    """Whether a header is of a table with a change a row, by whichever columns."""
    return any(names <= set(_places(list(header))) for names in (*_IS_TABLE, *_BY_PROTEIN))


def names_findings(start: bytes) -> bool:
    """The same, where the file is said to be of small variants: a gene, or biomarker, with what was found is enough."""
    return names_changes(_named(start)[1])


def _named(start: bytes) -> tuple[dict[str, int], list[str]]:
    """The places of the columns and the cells of the header in the first bytes of a file."""
    text, _ = small_variants_section(start.removeprefix(BYTE_ORDER_MARK).decode("utf-8", "replace"))
    cells = _first_line(text).split(delimiter_of(text))
    return _places(cells), cells


def small_variants_section(text: str) -> tuple[str, int]:
    """The table of small variants of a report in sections, and the lines above it; another text as it is."""
    if not text.lstrip().startswith("[") or (heading := _SECTION.search(text)) is None:
        return text, 0
    section = re.split(r"^\[", text[heading.end() :].lstrip("\r\n"), maxsplit=1, flags=re.M)[0]
    above = text.index(section, heading.end()) if section else len(text)
    return section, text[:above].count("\n")


def delimiter_of(text: str) -> str:
    """What parts the cells of the header, the first line of `text` that is no comment."""
    return delimiter_of_header(_first_line(text))


def spelling(name: str) -> str:
    """A column's name in small letters, with underscores for blanks and hyphens, without quotes and a word for percent."""
    bare = re.sub(r"[\s-]+", "_", name.strip().strip('"').lower())
    return _PERCENT.sub("", bare).strip("_") or "vaf" if _PERCENT.search(bare) else bare


def tumor_column(header: Sequence[str]) -> int | None:
    """The place of the column of tumours; None where the header has none."""
    return _places(list(header)).get("Tumor_Sample_Barcode")


def header_of(start: bytes) -> list[str]:
    """The names of the columns in the first bytes of a table."""
    return _named(start)[1]


def is_percent_column(name: str) -> bool:
    """Whether a column's name says that its numbers are percentages: VAF (%), Percentage."""
    return _PERCENT.search(name.lower()) is not None


def _first_line(text: str) -> str:
    return next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")


def _places(header: list[str]) -> dict[str, int]:
    spelled = [spelling(name) for name in header]
    found = {
        name: next(spelled.index(one) for one in spellings if one in spelled)
        for name, spellings in {**PLACE, **OPTIONAL}.items()
        if not set(spellings).isdisjoint(spelled)
    }
    if "hugo_symbol" not in spelled:
        found = {
            **{name: spelled.index(one) for name, one in _OF_A_PLAIN_TABLE.items() if one in spelled},
            **found,
        }
    return found
