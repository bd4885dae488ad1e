"""One tumour's finished folder, read back for the cohort."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from resistance.sample_tables import (
    ALTERATIONS,
    ANALYSES,
    CODON_STATUS,
    ELIGIBILITY,
    GENE_COPY_NUMBER,
    LABEL,
)
from resistance.variants.codon_status import overall_status
from resistance.vocabulary import CopyNumberCall, Eligibility, Label, State, Status, YesNo

RAS_GENES = ("KRAS", "NRAS")
BRAF_GENES = ("BRAF",)
ANALYSES_FILES = ("copy_number_analyses.tsv", "variants_analyses.tsv", "annotation_analyses.tsv")
GENOME_ANALYSES = frozenset({"tumor_reads", "small_variants", "copy_number"})
"""Analyses that show something of the genome; when all that were tried failed, the tumour has failed."""


@dataclass(frozen=True, slots=True)
class TumorResult:
    """What one tumour showed, decided without outcomes."""

    sample: str
    ras_status: Status
    braf_status: Status
    her2_call: CopyNumberCall
    erbb2_copy_number: float | None
    eligibility: Eligibility
    label: Label
    mechanisms: str | None
    candidates: pd.DataFrame
    analyses: pd.DataFrame

    @property
    def failed(self) -> bool:
        """Whether every analysis of the genome that was tried failed."""
        of_genome = self.analyses[self.analyses["analysis"].isin(GENOME_ANALYSES)]
        tried = of_genome[of_genome["state"] != State.SKIPPED]
        return len(tried) > 0 and bool((tried["state"] == State.FAILED).all())


def read_tumor_result(folder: Path, sample: str) -> TumorResult:
    """The result in `folder`, results/samples/{sample}; a TableError if a table is missing or broken."""
    codons = CODON_STATUS.read(folder / CODON_STATUS.name)
    label = LABEL.read(folder / LABEL.name).iloc[0]
    alterations = ALTERATIONS.read(folder / ALTERATIONS.name)
    call, copies = primary_call(GENE_COPY_NUMBER.read(folder / GENE_COPY_NUMBER.name), "ERBB2")
    return TumorResult(
        sample=sample,
        ras_status=overall_status(codons, RAS_GENES),
        braf_status=overall_status(codons, BRAF_GENES),
        her2_call=call,
        erbb2_copy_number=copies,
        eligibility=overall_eligibility(ELIGIBILITY.read(folder / ELIGIBILITY.name)),
        label=Label(label["label"]),
        mechanisms=None if pd.isna(label["mechanisms"]) else str(label["mechanisms"]),
        candidates=alterations[alterations["candidate"] == YesNo.YES],
        analyses=pd.concat([ANALYSES.read(folder / name) for name in ANALYSES_FILES], ignore_index=True),
    )


def primary_call(genes: pd.DataFrame, gene: str) -> tuple[CopyNumberCall, float | None]:
    """Call and copies of `gene`: of the first source that could assess it, else of the first."""
    rows = genes[genes["gene"] == gene]
    assessed = rows[rows["call"] != CopyNumberCall.NOT_ASSESSABLE]
    if rows.empty:
        return CopyNumberCall.NOT_ASSESSABLE, None
    row = (rows if assessed.empty else assessed).iloc[0]
    return CopyNumberCall(row["call"]), None if pd.isna(row["copy_number"]) else float(row["copy_number"])


def overall_eligibility(criteria: pd.DataFrame) -> Eligibility:
    """Discordant if any criterion is; else not assessable if any is; else confirmed."""
    states = set(criteria["status"])
    for verdict in (Eligibility.DISCORDANT, Eligibility.NOT_ASSESSABLE):
        if verdict in states:
            return verdict
    return Eligibility.CONFIRMED if states else Eligibility.NOT_ASSESSABLE
