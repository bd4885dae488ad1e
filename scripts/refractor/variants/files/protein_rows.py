"""Rows of a table that name a gene and its protein change and no alleles: reports of panels, PDX tables, cBioPortal.

Such a row is taken as what it is: a change of the protein on the MANE Select transcript, with no bases. Where the
sequence of the residue is known it must be the one that the row names: another is of another isoform's numbering.
"""

from __future__ import annotations

from dataclasses import dataclass

from refractor.genome.amino_acids import UNKNOWN, translate
from refractor.genome.hgvs_notation import parse_protein_change
from refractor.genome.panel import Gene
from refractor.genome.protein_change import codons_named
from refractor.genome.reference import Reference
from refractor.genome.transcript import Transcript
from refractor.genome.variant import Variant
from refractor.variants.files.maf_row import MafRow
from refractor.variants.observation import StatedEffect

TERMS = {
    "missense_mutation": "missense_variant",
    "missense": "missense_variant",
    "nonsense_mutation": "stop_gained",
    "nonsense": "stop_gained",
    "frame_shift_del": "frameshift_variant",
    "frame_shift_ins": "frameshift_variant",
    "in_frame_del": "inframe_deletion",
    "in_frame_ins": "inframe_insertion",
    "splice_site": "splice_donor_variant",
    "splice_region": "splice_region_variant",
    "silent": "synonymous_variant",
    "nonstop_mutation": "stop_lost",
    "translation_start_site": "start_lost",
}
"""Sequence Ontology terms of the words in Variant_Classification (GDC MAF format)."""


@dataclass(frozen=True, slots=True)
class NamedChange:
    """A protein change as a variant without bases, and what its table calls it."""

    variant: Variant
    stated: StatedEffect


def named_change(row: MafRow, gene: Gene, reference: Reference) -> NamedChange | str:
    """The row's protein change on the gene; why it is not one there, completing "a record ...", where it is not."""
    change = row.protein
    codons = codons_named(change)
    if codons is None:
        return f"of {gene.symbol} without a protein change that can be read"
    if not 1 <= codons[0] <= codons[1] <= gene.cds_length // 3:
        return f"whose {change} lies beyond the {gene.protein_length} residues of {gene.transcript}"
    residue = _other_residue(change, gene, reference)
    if residue:
        return f"whose {change} is not of {gene.transcript}, which has {residue} there"
    position = min(gene.codon_positions(codons[0]))
    base = reference.fetch(gene.chromosome, position, position + 1)
    variant = Variant(gene.chromosome, position, base, f"<{change}>")
    term = TERMS.get((row.get("Variant_Classification") or "").lower(), "")
    if change.endswith("_splice"):
        term = term or "splice_donor_variant"
    stated = StatedEffect(
        gene=gene.symbol,
        hgvs_c=(row.get("HGVSc") or "").rpartition(":")[2],
        protein_change=change,
        terms=(term,) if term else (),
        annotator="the table",
    )
    return NamedChange(variant, stated)


def _other_residue(change: str, gene: Gene, reference: Reference) -> str:
    """The residue of the sequence where the change names another; empty where they agree or it is not known."""
    parsed = parse_protein_change(change)
    if parsed is None:
        return ""
    coding = Transcript(gene, reference).coding
    for named, codon in ((parsed.reference, parsed.first), (parsed.reference_last, parsed.last)):
        known = translate(coding[3 * (codon - 1) : 3 * codon])
        if named and known not in {named, UNKNOWN, ""}:
            return f"{known}{codon}"
    return ""
