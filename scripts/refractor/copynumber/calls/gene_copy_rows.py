"""Assessments as the records of the tumour's tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from refractor.copynumber.calls.assessment import Assessment, compare
from refractor.copynumber.calls.definitions import DEFINITIONS, SENSITIVITY_NAME
from refractor.copynumber.fit.fitted_profile import WindowTable
from refractor.genome.panel import Gene
from refractor.results.copy_number_tables import (
    AMPLICONS,
    AMPLIFICATION_DEFINITIONS,
    GENE_COPY_NUMBER,
    PURITY_PLOIDY,
    SEGMENTS,
    Amplicon,
    DefinitionVerdict,
    GeneCopyNumber,
    PurityMethod,
    PurityPloidy,
    PurityStatus,
    Segment,
    Window,
)
from refractor.results.quality import COPY_NUMBER_QC, Quality, QualityStatus
from refractor.results.records import RecordTable
from refractor.vocabulary import CopyNumberCall, Verdict

NO_SOURCE = "none"
"""Source of the rows of a tumour of which nothing gives copies."""


@dataclass(frozen=True, slots=True)
class CopyNumberTables:
    """The rows of every table of a tumour's copies, of the leading source first."""

    purity_ploidy: PurityPloidy
    quality: tuple[Quality, ...] = ()
    segments: tuple[Segment, ...] = ()
    genes: tuple[GeneCopyNumber, ...] = ()
    definitions: tuple[DefinitionVerdict, ...] = ()
    amplicons: tuple[Amplicon, ...] = ()

    def by_table(self) -> tuple[tuple[RecordTable[Any], Sequence[Any]], ...]:
        """Each table with its rows."""
        return (
            (COPY_NUMBER_QC, self.quality),
            (PURITY_PLOIDY, [self.purity_ploidy]),
            (SEGMENTS, self.segments),
            (GENE_COPY_NUMBER, self.genes),
            (AMPLIFICATION_DEFINITIONS, self.definitions),
            (AMPLICONS, self.amplicons),
        )


def tables_of_assessments(sample: str, assessments: Sequence[Assessment]) -> CopyNumberTables:
    """The rows from one source or more, the leading one first, with what the others hold against it."""
    disagreements: dict[str, str] = {}
    quality = [row for item in assessments for row in quality_of(item)]
    for other in assessments[1:]:
        sentences, summary = compare(assessments[0], other)
        for gene, sentence in sentences.items():
            disagreements[gene] = "; ".join(filter(None, (disagreements.get(gene), sentence)))
        quality.append(summary)
    return CopyNumberTables(
        purity_ploidy=replace(assessments[0].profile.purity_ploidy, sample=sample),
        quality=tuple(quality),
        segments=tuple(
            replace(segment, source=item.profile.source)
            for item in assessments
            for segment in item.profile.segments
        ),
        genes=tuple(gene for item in assessments for gene in gene_copy_numbers(item, disagreements)),
        definitions=tuple(
            verdict for item in assessments for gene in item.genes for verdict in gene.definitions
        ),
        amplicons=tuple(amplicon for item in assessments for amplicon in item.amplicons),
    )


def tables_without_source(sample: str, genes: Sequence[Gene], values: PurityPloidy) -> CopyNumberTables:
    """The rows of a tumour of which nothing gives copies; `values.reason` says why."""
    return CopyNumberTables(
        purity_ploidy=replace(values, sample=sample),
        genes=tuple(gene_without_source(gene, values.reason) for gene in genes),
        definitions=tuple(definitions_without_source(genes)),
    )


def given_values(*, purity: float | None, ploidy: float | None, reason: str) -> PurityPloidy:
    """What the sheet says of purity and ploidy where nothing else does."""
    given = purity is not None or ploidy is not None
    return PurityPloidy(
        purity=purity,
        ploidy=ploidy,
        method=PurityMethod.GIVEN if given else PurityMethod.UNKNOWN,
        status=PurityStatus.OK if given else PurityStatus.NOT_ASSESSABLE,
        reason=reason,
    )


def windows_of(windows: WindowTable | None) -> list[Window]:
    """The rows of windows.tsv.gz: windows that were used, and informative SNPs; none without a fit from reads."""
    if windows is None:
        return []
    sites = windows.sites
    columns = (sites.chromosome, sites.start, sites.end, windows.log2_ratio, windows.copies, windows.baf)
    rows: list[Window] = []
    for chromosome, start, end, ratio, copies, share in zip(*(c.tolist() for c in columns), strict=True):
        used = math.isfinite(ratio) and math.isfinite(copies)
        if used or math.isfinite(share):
            rows.append(
                Window(
                    chromosome=chromosome,
                    start=start,
                    end=end,
                    log2_ratio=round(ratio, 4) if used else None,
                    copy_number=round(copies, 3) if used else None,
                    alt_share=round(share, 4) if math.isfinite(share) else None,
                )
            )
    return rows


def gene_copy_numbers(assessment: Assessment, disagreements: Mapping[str, str]) -> list[GeneCopyNumber]:
    """The rows of gene_copy_number.tsv, with what another source says against them."""
    rows = []
    for item in assessment.genes:
        found, gene = item.found, item.found.gene
        over = None
        if found.copy_number is not None and found.ploidy:
            over = found.copy_number / found.ploidy
        elif found.copy_number is None and (found.min_ratio or 0.0) >= 1 and found.log2_ratio is not None:
            over = 2.0**found.log2_ratio  # at the least, at any purity
        reason = "; ".join(part for part in (item.verdict.reason, disagreements.get(gene.symbol)) if part)
        rows.append(
            GeneCopyNumber(
                gene=gene.symbol,
                chromosome=gene.chromosome,
                start=gene.start,
                end=gene.end,
                copy_number=found.copy_number,
                copy_number_low=found.low,
                copy_number_high=found.high,
                min_copy_number=found.min_copy_number,
                max_copy_number=found.max_copy_number,
                minor_copy_number=found.minor_copy_number,
                copy_number_over_ploidy=over,
                arm_copy_number=found.arm_copy_number,
                call=item.verdict.call,
                p_amplified=item.verdict.p_amplified,
                capped=found.capped,
                source=assessment.profile.source,
                reason=reason,
            )
        )
    return rows


def gene_without_source(gene: Gene, reason: str) -> GeneCopyNumber:
    """Not assessable."""
    return GeneCopyNumber(
        gene=gene.symbol,
        chromosome=gene.chromosome,
        start=gene.start,
        end=gene.end,
        call=CopyNumberCall.NOT_ASSESSABLE,
        source=NO_SOURCE,
        reason=reason,
    )


def definitions_without_source(genes: Sequence[Gene]) -> list[DefinitionVerdict]:
    """Not assessable, for every gene and definition."""
    thresholds: list[tuple[str, float | None]] = [(rule.name, rule.threshold) for rule in DEFINITIONS]
    return [
        DefinitionVerdict(
            gene=gene.symbol,
            definition=name,
            threshold=threshold,
            verdict=Verdict.NOT_ASSESSABLE,
            source=NO_SOURCE,
        )
        for gene in genes
        for name, threshold in [*thresholds, (SENSITIVITY_NAME, None)]
    ]


def quality_of(assessment: Assessment) -> list[Quality]:
    """The rows of copy_number_qc.tsv: the profile's own, and its notes as one row each."""
    notes = (
        Quality(
            metric="copy_number_note",
            value=assessment.profile.source,
            status=QualityStatus.PASS,
            note=note,
        )
        for note in assessment.profile.notes
    )
    return [*assessment.profile.quality, *notes]
