"""Alterations of one tumour: what rules can meet and alterations.tsv lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from refractor.evidence.clonality import amplified_allele
from refractor.evidence.findings import Findings, SmallVariant
from refractor.results.copy_number_tables import GeneCopyNumber
from refractor.vocabulary import Clonality, CopyNumberCall

LOST_COPIES = 0.5
"""An allele with fewer copies than this is lost (PURPLE, hmftools)."""

_SILENT = (
    "synonymous",
    "intron",
    "upstream",
    "downstream",
    "utr",
    "stop_retained",
    "non_coding",
    "intergenic",
)
_SPLICE = ("splice_acceptor", "splice_donor")
_TRUNCATING = ("stop_gained", "frameshift", "start_lost")


@dataclass(frozen=True, slots=True)
class Alteration:
    """One alteration of one gene, ready for a row of alterations.tsv; None = unknown."""

    gene: str
    name: str
    kind: str
    vaf: float | None = None
    copies: float | None = None
    ccf: float | None = None
    clonality: Clonality | None = None
    biallelic: bool | None = None
    copy_number: float | None = None
    note: str = ""
    inherited: bool = False
    filtered: bool = False


def changes_protein(variant: SmallVariant) -> bool:
    """Whether the variant changes the protein or a canonical splice site."""
    terms = variant.consequence.consequence.lower()
    if any(word in terms for word in (*_TRUNCATING, *_SPLICE)):
        return True
    return not any(word in terms for word in _SILENT) and bool(terms)


def is_truncating(variant: SmallVariant) -> bool:
    """Whether the variant ends the protein early or loses its start."""
    return any(word in variant.consequence.consequence.lower() for word in _TRUNCATING)


def is_splice(variant: SmallVariant) -> bool:
    """Whether the variant hits one of the two bases of a splice site."""
    return any(word in variant.consequence.consequence.lower() for word in _SPLICE)


def effect_unknown(variant: SmallVariant) -> bool:
    """Whether the variant lies in coding bases whose sequence is not known, so that its effect cannot be told."""
    return not variant.consequence.protein_change and "coding_sequence" in variant.consequence.consequence


def alteration_of(variant: SmallVariant, copies: GeneCopyNumber | None) -> Alteration:
    """The small variant as an alteration, with what a reader must know in the note."""
    notes = [variant.consequence.note, *variant.observation.notes]
    if variant.observation.filters:
        notes.append(f"filtered by its source: {', '.join(variant.observation.filters)}")
    if variant.inherited:
        notes.append(f"inherited, no resistance by itself: {variant.inherited}")
    copy_number = None if copies is None or not copies.assessable else copies.copy_number
    if copies is not None and copies.call in (CopyNumberCall.AMPLIFIED, CopyNumberCall.PARTIALLY_AMPLIFIED):
        notes.append(amplified_allele(variant.copies, copy_number))
    notes.append(variant.copies.reason)
    return Alteration(
        gene=variant.gene,
        name=variant.name,
        kind="germline" if variant.inherited else variant.observation.variant.kind,
        vaf=variant.observation.vaf,
        copies=variant.copies.copies,
        ccf=variant.copies.ccf,
        clonality=variant.copies.clonality,
        biallelic=variant.copies.biallelic,
        copy_number=copy_number,
        note="; ".join(note for note in notes if note),
        inherited=bool(variant.inherited),
        filtered=not variant.passed,
    )


_GENE_EVENTS = {
    CopyNumberCall.AMPLIFIED: ("amplification", "amplification"),
    CopyNumberCall.PARTIALLY_AMPLIFIED: ("partial amplification", "amplification"),
    CopyNumberCall.DELETED: ("homozygous deletion", "deep_deletion"),
}


def copy_alteration(copies: GeneCopyNumber, name: str, kind: str, note: str = "") -> Alteration:
    """An event of a gene's copies as an alteration."""
    shown = (
        copies.min_copy_number
        if kind == "deep_deletion" and copies.min_copy_number is not None
        else copies.copy_number
    )
    notes = [note, "the caller counts no further, the true copies may be more" if copies.capped else ""]
    return Alteration(
        gene=copies.gene,
        name=name,
        kind=kind,
        copies=shown,
        clonality=Clonality.UNKNOWN,
        biallelic=True if kind == "deep_deletion" else None,
        copy_number=copies.copy_number,
        note="; ".join(part for part in notes if part),
    )


def gene_event(copies: GeneCopyNumber) -> Alteration | None:
    """Amplification, deep deletion or loss of heterozygosity of a gene; None where its copies are ordinary."""
    event = _GENE_EVENTS.get(copies.call)
    if event is not None:
        probability = "" if copies.p_amplified is None else f"P(amplified) {copies.p_amplified:.2f}"
        return copy_alteration(copies, *event, note=probability if event[1] == "amplification" else "")
    if copies.assessable and copies.minor_copy_number is not None and copies.minor_copy_number < LOST_COPIES:
        return copy_alteration(copies, "loss of heterozygosity", "loss_of_heterozygosity")
    return None


def alterations_of(findings: Findings, *, heterozygosity_of: frozenset[str]) -> Iterator[Alteration]:
    """Every alteration worth a row: changed proteins, and copies of genes.

    Loss of heterozygosity is listed for the genes of `heterozygosity_of` only (those with a rule of loss):
    it is everywhere in a colorectal genome.
    """
    for variant in findings.variants:
        if changes_protein(variant):
            yield alteration_of(variant, findings.copies.get(variant.gene))
    for gene, copies in findings.copies.items():
        event = gene_event(copies)
        if event is not None and (event.kind != "loss_of_heterozygosity" or gene in heterozygosity_of):
            yield event
