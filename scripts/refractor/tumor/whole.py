"""One tumour from its files to its label, in one call: what the command and a notebook use without a trial."""

from __future__ import annotations

from dataclasses import dataclass

from refractor.evidence.at_entry import UNKNOWN_ENTRY, AtEntry
from refractor.results.analyses import IDENTITY_ANALYSIS as IDENTITY
from refractor.results.analyses import Analysis
from refractor.settings.thresholds import (
    CALLING,
    COPY_NUMBER,
    CallingSettings,
    CopyNumberSettings,
)
from refractor.tumor.annotation import TumorAnnotation, annotate
from refractor.tumor.copy_number import TumorCopies, measure_copy_number
from refractor.tumor.evidence_sources import SHIPPED_EVIDENCE, EvidenceSources
from refractor.tumor.gathered_findings import TumorRecords
from refractor.tumor.inputs import Tumor
from refractor.tumor.variants import TumorVariants, call_variants
from refractor.variants.codons.tumor_context import TumorContext, tumor_context
from refractor.variants.junctions.find import CopiesKnown
from refractor.vocabulary import State


@dataclass(frozen=True, slots=True)
class StudiedTumor:
    """Copies, variants and evidence of one tumour."""

    copies: TumorCopies
    variants: TumorVariants
    annotation: TumorAnnotation

    @property
    def analyses(self) -> tuple[Analysis, ...]:
        """What became of each analysis."""
        parts = (self.copies.analyses, self.variants.analyses, self.annotation.analyses)
        return tuple(row for part in parts for row in part.records())


def study_tumor(
    tumor: Tumor,
    *,
    copy_number: CopyNumberSettings = COPY_NUMBER,
    calling: CallingSettings = CALLING,
    sources: EvidenceSources = SHIPPED_EVIDENCE,
    at_entry: AtEntry = UNKNOWN_ENTRY,
    assume_callable: bool = False,
    record_failures: bool = False,
) -> StudiedTumor:
    """The copies, variants and evidence of one tumour, each flow with what the one before found.

    With `assume_callable` the silence of a file of small variants is wild-type everywhere.

    Raises:
        InputError: a source is unusable, and failures are not to be recorded.
    """
    copies = measure_copy_number(tumor, copy_number, record_failures=record_failures)
    variants = call_variants(
        tumor,
        calling,
        context=context_of(copies),
        known=CopiesKnown(copies.tables.purity_ploidy, copies.tables.genes, copies.tables.amplicons),
        is_pair=copies.analyses.state(IDENTITY) is not State.FAILED,
        assume_callable=assume_callable,
        record_failures=record_failures,
    )
    annotation = annotate(
        tumor,
        records_of(copies, variants),
        calling,
        sources=sources,
        at_entry=at_entry,
        record_failures=record_failures,
    )
    return StudiedTumor(copies, variants, annotation)


def context_of(copies: TumorCopies) -> TumorContext:
    """What the copies tell of the VAF that a variant would have."""
    tables = copies.tables
    return tumor_context([tables.purity_ploidy], tables.genes, tables.quality)


def records_of(copies: TumorCopies, variants: TumorVariants) -> TumorRecords:
    """What the evidence is looked up for."""
    return TumorRecords(
        build=variants.build.build,
        purity_ploidy=[copies.tables.purity_ploidy],
        genes=copies.tables.genes,
        definitions=copies.tables.definitions,
        amplicons=copies.tables.amplicons,
        called=variants.called,
        codons=variants.codons,
        callability=variants.callability,
        quality=copies.tables.quality,
        junctions=variants.rearranged.junctions,
        junction_searches=variants.rearranged.searches,
    )
