"""One row of a MAF as an observation: its counts, its marks, what it calls the change."""

from __future__ import annotations

import re

from refractor.genome.panel import Panel
from refractor.genome.variant import Variant
from refractor.variants.files.filter_meanings import Marks, marks_of
from refractor.variants.files.maf_counts import normal_counts, tumor_counts
from refractor.variants.files.maf_row import MafRow
from refractor.variants.files.reader_settings import ReaderSettings
from refractor.variants.files.upstream_annotation import numbers_as, stated_as, transcripts_of
from refractor.variants.observation import (
    REFERENCE_STATUS,
    SAY_ABSENT,
    TOO_FEW_READS,
    Observation,
    StatedEffect,
)

MAF_ORIGIN = "maf"
_NO_MUTATION = frozenset({"wildtype", "none", "post-transcriptional modification"})
_NOT_VALIDATED = frozenset({"invalid", "wildtype", "redacted"})
"""Mutation_Status and Validation_Status that say that the tumour's DNA has no such mutation (GDC MAF format)."""


def observation_of(
    row: MafRow, variant: Variant, *, panel: Panel, settings: ReaderSettings, percent: bool
) -> Observation:
    """The row's variant with its counts, its filters and what the MAF calls it; `percent`: fractions are percentages."""
    depth, ref, alt, vaf = tumor_counts(row, percent=percent)
    normal_depth, normal_alt = normal_counts(row)
    marks = marks_of_row(row, vaf, settings)
    status = (row.get("Mutation_Status") or "").lower()
    absent = status in _NO_MUTATION or (row.get("Validation_Status") or "").lower() in _NOT_VALIDATED
    filters = (
        *marks.against,
        *((REFERENCE_STATUS,) if absent else ()),
        *((TOO_FEW_READS,) if settings.too_few(alt, depth) else ()),
    )
    is_hotspot = panel.hotspot_at(variant.chromosome, variant.position, variant.ref, variant.alt) is not None
    said = status in {"germline", "loh"}
    seen, not_told = settings.by_normal(
        normal_alt, (normal_alt or 0) / (normal_depth or 1), tumor_vaf=vaf, is_hotspot=is_hotspot
    )
    filters = (*filters, *not_told)
    if said and is_hotspot and not seen and not not_told:
        filters = (*filters, *settings.called_inherited(normal_alt, normal_depth))
    return Observation(
        variant=variant,
        depth=depth,
        ref_reads=ref,
        alt_reads=alt,
        vaf=vaf,
        normal_depth=normal_depth,
        normal_alt_reads=normal_alt,
        filters=filters,
        origin=MAF_ORIGIN,
        germline_likely=seen or ((said or marks.germline) and not is_hotspot),
        notes=(*_protein_note(row), *marks.notes),
        stated=_stated(row, variant, panel),
        said_absent=marks.absent or (bool(set(filters) & SAY_ABSENT) and not marks.germline),
    )


def marks_of_row(row: MafRow, vaf: float | None, settings: ReaderSettings) -> Marks:
    """What the cell FILTER says of the row's variant."""
    names = (name.strip() for name in re.split(r"[;,|]", row.get("FILTER") or ""))
    named = [name for name in names if name not in {"", "PASS", "."}]
    return marks_of(named, caller=MAF_ORIGIN, vaf=vaf, own_table=settings.filters)


def _stated(row: MafRow, variant: Variant, panel: Panel) -> StatedEffect | None:
    """What the MAF calls the change: on the MANE Select transcript, or where its numbering is that of the MANE one."""
    transcript = row.get("Transcript_ID") or ""
    gene = transcripts_of(panel).get(transcript.partition(".")[0])
    annotator = "the MAF"
    if gene is None:
        gene = panel.gene_called(row.gene)
        if gene is None or not numbers_as(gene, row.protein, variant):
            return None
        annotator += f" (on {transcript})" if transcript else " (transcript not named)"
    return stated_as(
        gene,
        hgvs_c=row.get("HGVSc") or "" if annotator == "the MAF" else "",
        hgvs_p=row.protein or row.get("HGVSp_Short") or "",
        terms=row.get("Consequence") or "",
        annotator=annotator,
    )


def _protein_note(row: MafRow) -> tuple[str, ...]:
    """What the MAF itself calls the change, to be read beside the change found here."""
    stated = (row.get("HGVSp_Short") or "").removeprefix("p.")
    gene = row.get("Hugo_Symbol") or ""
    return (f"the MAF calls it {gene} {stated}".replace("  ", " "),) if stated else ()
