"""What the report says of one patient, read from the cohort's row and the tumour's folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from resistance.sample_tables import (
    ALTERATIONS,
    AMPLICONS,
    AMPLIFICATION_DEFINITIONS,
    CODON_STATUS,
    ELIGIBILITY,
    GENE_COPY_NUMBER,
    LABEL,
    PURITY_PLOIDY,
)
from resistance.tables import Table
from resistance.vocabulary import Status

Row = Mapping[str, Any]
DECISIVE_GENES = ("KRAS", "NRAS", "HRAS", "BRAF")
"""Genes whose codons the page shows one by one; the table has every residue that the evidence asks about."""


@dataclass(frozen=True, slots=True)
class PatientCard:
    """One patient: the cohort's row, and the tumour's tables as rows with None for missing."""

    row: Row
    purity: Row | None = None
    sentence: str | None = None
    eligibility: tuple[Row, ...] = ()
    codons: tuple[Row, ...] = ()
    erbb2: tuple[Row, ...] = ()
    definitions: tuple[Row, ...] = ()
    amplicons: tuple[Row, ...] = ()
    alterations: tuple[Row, ...] = field(default=())

    @property
    def patient(self) -> str:
        """The patient's identifier."""
        return str(self.row["patient"])

    @property
    def clinical_benefit(self) -> str | None:
        """yes, no or None for unknown."""
        benefit: str | None = self.row["clinical_benefit"]
        return benefit

    @property
    def erbb2_copy_number(self) -> float | None:
        """Copies of ERBB2, None where unknown."""
        copies: float | None = self.row["erbb2_copy_number"]
        return copies

    @property
    def candidates(self) -> tuple[Row, ...]:
        """Alterations that count as candidate explanations."""
        return tuple(row for row in self.alterations if row["candidate"] == "yes")

    @property
    def open_codons(self) -> tuple[Row, ...]:
        """Decisive codons for which nothing can be vouched."""
        return tuple(row for row in self.codons if row["status"] == Status.NOT_ASSESSABLE)

    @property
    def open_reasons(self) -> tuple[tuple[str, str], ...]:
        """Codons not assessable grouped by their reason: (`KRAS 117, 146`, reason)."""
        groups: dict[str, dict[str, list[int]]] = {}
        for row in self.open_codons:
            groups.setdefault(row["reason"] or "no reason recorded", {}).setdefault(row["gene"], []).append(
                row["codon"]
            )
        return tuple(
            ("; ".join(f"{gene} {', '.join(map(str, codons))}" for gene, codons in genes.items()), reason)
            for reason, genes in groups.items()
        )


def read_patient_card(row: Row, samples_dir: Path) -> PatientCard:
    """The card of one row of PATIENTS; without a sample only what the cohort's row says."""
    if row["sample"] is None:
        return PatientCard(row)
    folder = samples_dir / row["sample"]
    label = _rows(LABEL, folder)
    return PatientCard(
        row,
        purity=_rows(PURITY_PLOIDY, folder)[0],
        sentence=label[0]["sentence"] if label else None,
        eligibility=_rows(ELIGIBILITY, folder),
        codons=tuple(row for row in _rows(CODON_STATUS, folder) if row["gene"] in DECISIVE_GENES),
        erbb2=tuple(gene for gene in _rows(GENE_COPY_NUMBER, folder) if gene["gene"] == "ERBB2"),
        definitions=_leading(d for d in _rows(AMPLIFICATION_DEFINITIONS, folder) if d["gene"] == "ERBB2"),
        amplicons=_rows(AMPLICONS, folder),
        alterations=_rows(ALTERATIONS, folder),
    )


def rows_of(frame: pd.DataFrame) -> tuple[Row, ...]:
    """A table's rows as dictionaries of plain values, None for missing."""
    plain = frame.astype(object).where(frame.notna(), None)
    return tuple({str(name): value for name, value in record.items()} for record in plain.to_dict("records"))


def _leading(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows of the source that stands first: the one that purity and ploidy follow."""
    found = tuple(rows)
    return tuple(row for row in found if row["source"] == found[0]["source"])


def _rows(table: Table, folder: Path) -> tuple[Row, ...]:
    return rows_of(table.read(folder / table.name))
