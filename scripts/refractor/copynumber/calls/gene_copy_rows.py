"""Assessments as rows of the tumour's tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from refractor.copynumber.calls.assessment import Assessment, compare
from refractor.copynumber.calls.definitions import DEFINITIONS, SENSITIVITY_NAME
from refractor.copynumber.fit.fitted_profile import WindowTable
from refractor.copynumber.segments import PurityMethod, PurityPloidy, PurityStatus
from refractor.files.tables import Table
from refractor.genome.panel import Gene
from refractor.results.copy_number_tables import (
    AMPLICONS,
    AMPLIFICATION_DEFINITIONS,
    GENE_COPY_NUMBER,
    PURITY_PLOIDY,
    SEGMENTS,
)
from refractor.results.quality import QC, Quality, QualityStatus
from refractor.vocabulary import CopyNumberCall, Verdict, YesNo

Row = dict[str, object]

NO_SOURCE = "none"
"""Source of the rows of a tumour of which nothing gives copies."""


def rows_of_assessments(sample: str, assessments: Sequence[Assessment]) -> dict[Table, list[Row]]:
    """The rows of every table from one source or two, the leading one first, with what they disagree on."""
    disagreements: dict[str, str] = {}
    quality = [row for item in assessments for row in quality_rows(item)]
    if len(assessments) > 1:
        disagreements, summary = compare(*assessments)
        quality.append(QC.row(summary))
    return {
        QC: quality,
        PURITY_PLOIDY: [purity_row(sample, assessments[0].profile.purity_ploidy)],
        SEGMENTS: [row for item in assessments for row in segment_rows(item)],
        GENE_COPY_NUMBER: [row for item in assessments for row in gene_rows(item, disagreements)],
        AMPLIFICATION_DEFINITIONS: [row for item in assessments for row in definition_rows(item)],
        AMPLICONS: [row for item in assessments for row in amplicon_rows(item)],
    }


def rows_without_source(sample: str, genes: Sequence[Gene], values: PurityPloidy) -> dict[Table, list[Row]]:
    """The rows of every table of a tumour of which nothing gives copies; `values.reason` says why."""
    return {
        QC: [],
        PURITY_PLOIDY: [purity_row(sample, values)],
        SEGMENTS: [],
        GENE_COPY_NUMBER: gene_rows_without_source(genes, values.reason),
        AMPLIFICATION_DEFINITIONS: definition_rows_without_source(genes),
        AMPLICONS: [],
    }


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


def purity_row(sample: str, values: PurityPloidy) -> Row:
    """The row of purity_ploidy.tsv."""
    return {
        "sample": sample,
        "purity": values.purity,
        "purity_low": values.purity_low,
        "purity_high": values.purity_high,
        "ploidy": values.ploidy,
        "ploidy_low": values.ploidy_low,
        "ploidy_high": values.ploidy_high,
        "whole_genome_doubled": _yes_no(values.whole_genome_doubled),
        "method": values.method,
        "status": values.status,
        "reason": values.reason or None,
    }


def segment_rows(assessment: Assessment) -> list[Row]:
    """The rows of segments.tsv."""
    return [
        {
            "chromosome": segment.chromosome,
            "start": segment.start,
            "end": segment.end,
            "copy_number": segment.copy_number,
            "minor_copy_number": segment.minor_copy_number,
            "log2_ratio": segment.log2_ratio,
            "baf": segment.baf,
            "n_windows": segment.n_windows,
            "n_snps": segment.n_snps,
            "source": assessment.profile.source,
            "copy_number_low": segment.copy_number_low,
            "copy_number_high": segment.copy_number_high,
        }
        for segment in assessment.profile.segments
    ]


def window_rows(windows: WindowTable | None) -> list[Row]:
    """The rows of windows.tsv.gz: windows that were used, and telling SNPs; none without a fit from reads."""
    if windows is None:
        return []
    sites = windows.sites
    columns = (sites.chromosome, sites.start, sites.end, windows.log2_ratio, windows.copies, windows.baf)
    rows: list[Row] = []
    for chromosome, start, end, ratio, copies, share in zip(*(c.tolist() for c in columns), strict=True):
        used = math.isfinite(ratio) and math.isfinite(copies)
        if used or math.isfinite(share):
            rows.append(
                {
                    "chromosome": chromosome,
                    "start": start,
                    "end": end,
                    "log2_ratio": round(ratio, 4) if used else None,
                    "copy_number": round(copies, 3) if used else None,
                    "alt_share": round(share, 4) if math.isfinite(share) else None,
                }
            )
    return rows


def gene_rows(assessment: Assessment, disagreements: Mapping[str, str]) -> list[Row]:
    """The rows of gene_copy_number.tsv, with what another source says against them."""
    rows: list[Row] = []
    for item in assessment.genes:
        found, gene = item.found, item.found.gene
        over = None
        if found.copy_number is not None and found.ploidy:
            over = found.copy_number / found.ploidy
        reason = "; ".join(part for part in (item.verdict.reason, disagreements.get(gene.symbol)) if part)
        rows.append(
            {
                **_place(gene),
                "copy_number": found.copy_number,
                "copy_number_low": found.low,
                "copy_number_high": found.high,
                "min_copy_number": found.min_copy_number,
                "max_copy_number": found.max_copy_number,
                "minor_copy_number": found.minor_copy_number,
                "copy_number_over_ploidy": over,
                "arm_copy_number": found.arm_copy_number,
                "call": item.verdict.call,
                "p_amplified": item.verdict.p_amplified,
                "capped": _yes_no(found.capped),
                "source": assessment.profile.source,
                "reason": reason,
            }
        )
    return rows


def gene_rows_without_source(genes: Sequence[Gene], reason: str) -> list[Row]:
    """Not assessable, for every gene."""
    return [
        {**_place(gene), "call": CopyNumberCall.NOT_ASSESSABLE, "source": NO_SOURCE, "reason": reason}
        for gene in genes
    ]


def definition_rows(assessment: Assessment) -> list[Row]:
    """The rows of amplification_definitions.tsv."""
    return [
        {
            "gene": item.found.gene.symbol,
            "definition": verdict.definition,
            "threshold": verdict.threshold,
            "value": verdict.value,
            "verdict": verdict.verdict,
            "source": assessment.profile.source,
        }
        for item in assessment.genes
        for verdict in item.definitions
    ]


def definition_rows_without_source(genes: Sequence[Gene]) -> list[Row]:
    """Not assessable, for every gene and definition."""
    thresholds: list[tuple[str, float | None]] = [(rule.name, rule.threshold) for rule in DEFINITIONS]
    return [
        {
            "gene": gene.symbol,
            "definition": name,
            "threshold": threshold,
            "verdict": Verdict.NOT_ASSESSABLE,
            "source": NO_SOURCE,
        }
        for gene in genes
        for name, threshold in [*thresholds, (SENSITIVITY_NAME, None)]
    ]


def amplicon_rows(assessment: Assessment) -> list[Row]:
    """The rows of amplicons.tsv."""
    return [
        {
            "chromosome": amplicon.chromosome,
            "start": amplicon.start,
            "end": amplicon.end,
            "copy_number": amplicon.copy_number,
            "arm_copy_number": amplicon.arm_copy_number,
            "focality": amplicon.focality,
            "genes": ",".join(amplicon.genes),
            "partial_genes": ",".join(amplicon.partial_genes),
            "sv_support": _yes_no(amplicon.sv_support),
            "source": assessment.profile.source,
        }
        for amplicon in assessment.amplicons
    ]


def quality_rows(assessment: Assessment) -> list[Row]:
    """The rows of qc.tsv: the profile's own, and its notes as one row each."""
    notes = (
        Quality(
            metric="copy_number_note", value=assessment.profile.source, status=QualityStatus.PASS, note=note
        )
        for note in assessment.profile.notes
    )
    return [QC.row(quality) for quality in (*assessment.profile.quality, *notes)]


def _place(gene: Gene) -> Row:
    return {"gene": gene.symbol, "chromosome": gene.chromosome, "start": gene.start, "end": gene.end}


def _yes_no(value: bool | None) -> YesNo | None:
    if value is None:
        return None
    return YesNo.YES if value else YesNo.NO
