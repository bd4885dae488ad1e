"""What a file's own annotator calls a variant on the panel's transcripts: VEP, snpEff, PAVE.

Used where the shipped reference has no sequence to translate, and to say so where it disagrees with ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from refractor.genome.panel import Gene, Panel
from refractor.genome.protein_change import codons_named, one_letter
from refractor.genome.variant import Variant
from refractor.variants.files.vcf_header import VcfHeader
from refractor.variants.observation import StatedEffect

_ANNOTATORS = {"CSQ": "VEP", "vep": "VEP", "ANN": "snpEff", "PAVE_TI": "PAVE"}
_DESCRIPTION = re.compile(r'^##INFO=<ID=([^,>]+),.*Description="(.*)"')
_SPELLINGS = {
    "transcript": ("Feature", "Feature_ID", "Transcript"),
    "hgvs_c": ("HGVSc", "HGVS.c"),
    "hgvs_p": ("HGVSp", "HGVS.p"),
    "terms": ("Consequence", "Annotation", "Effects"),
    "allele": ("Allele",),
    "gene": ("SYMBOL", "Gene_Name", "GeneName"),
}
MOST_SHIFTED_CODONS = 5
"""Codons by which HGVS may name an insertion or deletion after its place in the file: the most 3' of equal ones."""


@dataclass(frozen=True, slots=True)
class AnnotationLayout:
    """Where the annotator of one INFO field puts what, by place between its bars."""

    tag: str
    annotator: str
    places: Mapping[str, int]


def annotation_layouts(header: VcfHeader) -> tuple[AnnotationLayout, ...]:
    """The annotations that the header declares with their columns; a field whose transcript is not told is left out."""
    layouts = []
    for line in header.meta_lines:
        match = _DESCRIPTION.match(line)
        if match is None or match[1] not in _ANNOTATORS or "|" not in match[2]:
            continue
        # The names follow a colon, a quote or a bracket: "... Format: Allele|Consequence|..."
        names = [re.split(r"[\s:'\[\"]+", name.strip(" '\"[]"))[-1] for name in match[2].split("|")]
        places = {
            meaning: names.index(spelling)
            for meaning, spellings in _SPELLINGS.items()
            for spelling in spellings
            if spelling in names
        }
        if "transcript" in places and places.keys() & {"hgvs_c", "hgvs_p"}:
            layouts.append(AnnotationLayout(match[1], _ANNOTATORS[match[1]], places))
    return tuple(layouts)


def transcripts_of(panel: Panel) -> dict[str, Gene]:
    """The panel's genes by their transcripts' accessions, RefSeq and Ensembl, without versions."""
    return {
        accession.partition(".")[0]: gene
        for gene in panel.genes.values()
        for accession in (gene.transcript, gene.ensembl_transcript)
        if accession
    }


def stated_effect(
    record: Any,
    index: int,
    variant: Variant,
    *,
    layouts: tuple[AnnotationLayout, ...],
    transcripts: Mapping[str, Gene],
) -> StatedEffect | None:
    """What the first annotator calls ALT allele `index` on a MANE Select transcript of the panel; None of none.

    Without an entry on that transcript, the first on another that numbers the residue as the MANE one does.
    """
    symbols = {gene.symbol: gene for gene in transcripts.values()}
    others: list[StatedEffect] = []
    for layout in layouts:
        value = record.INFO.get(layout.tag)
        if not isinstance(value, str):
            continue
        for entry in value.split(","):
            cells = entry.split("|")
            if not _is_allele(_cell(cells, layout, "allele"), record, index):
                continue
            named = _cell(cells, layout, "transcript")
            gene = transcripts.get(named.partition(".")[0])
            if gene is not None:
                return _entry_as(gene, cells, layout, layout.annotator)
            gene = symbols.get(_cell(cells, layout, "gene"))
            change = _cell(cells, layout, "hgvs_p")
            if gene is not None and change and numbers_as(gene, one_letter(change), variant):
                told = _entry_as(gene, cells, layout, f"{layout.annotator} (on {named})")
                others += [replace(told, hgvs_c="")] if told is not None else []
    return next(iter(others), None)


def numbers_as(gene: Gene, change: str, variant: Variant) -> bool:
    """Whether a protein change names the codon that the variant touches on the gene's MANE Select transcript.

    Told by the exons alone, so that it holds where no sequence is known; for another transcript it says that residues
    have the same numbers there.
    """
    named = codons_named(change)
    if named is None or variant.chromosome != gene.chromosome:
        return False
    offsets = [
        offset
        for position in range(variant.position, variant.end)
        if (offset := gene.coding_offset(position)) is not None
    ]
    if not offsets:
        return False
    first, last = min(offsets) // 3 + 1, max(offsets) // 3 + 1
    slack = 0 if len(variant.ref) == len(variant.alt) else MOST_SHIFTED_CODONS
    return first <= named[0] <= last + slack


def _entry_as(gene: Gene, cells: list[str], layout: AnnotationLayout, annotator: str) -> StatedEffect | None:
    return stated_as(
        gene,
        hgvs_c=_cell(cells, layout, "hgvs_c"),
        hgvs_p=_cell(cells, layout, "hgvs_p"),
        terms=_cell(cells, layout, "terms"),
        annotator=annotator,
    )


def stated_as(gene: Gene, *, hgvs_c: str, hgvs_p: str, terms: str, annotator: str) -> StatedEffect | None:
    """A stated effect in our spelling; None where it names neither a c. nor a p. change."""
    coding = hgvs_c.rpartition(":")[2]
    protein = one_letter(hgvs_p) if hgvs_p else ""
    if not coding and not protein:
        return None
    return StatedEffect(
        gene=gene.symbol,
        hgvs_c=coding,
        protein_change="" if protein == "?" else protein,
        terms=tuple(term for term in re.split("[&,]", terms) if term),
        annotator=annotator,
    )


def _cell(cells: list[str], layout: AnnotationLayout, meaning: str) -> str:
    place = layout.places.get(meaning)
    return "" if place is None or place >= len(cells) else cells[place].strip()


def _is_allele(stated: str, record: Any, index: int) -> bool:
    """Whether an entry's allele column means ALT allele `index`; VEP leaves out an indel's first base."""
    if len(record.ALT) == 1 or not stated:
        return True
    alt = record.ALT[index - 1]
    return stated in {alt, alt[1:] or "-"}
