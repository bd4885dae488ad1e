"""Patients, cohorts and pages for the report's tests, through the tables as the report reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from refractor.report.cohort_results import CohortResults
from refractor.report.pages.cohort_page import render_cohort_page
from refractor.report.patient_results import PatientResults, Row, rows_of
from refractor.results.cohort_tables import MANIFEST, PATIENTS
from refractor.results.copy_number_tables import GENE_COPY_NUMBER
from refractor.results.evidence_tables import ELIGIBILITY
from refractor.settings.config import SHIPPED_COHORT, load_cohort

COHORT = load_cohort(SHIPPED_COHORT)
PROVENANCE: dict[str, Any] = {
    "version": "0", "python": "3", "packages": {"pysam": "1"}, "knowledge": {"panel": "abc"},
    "settings": {"calling": {"wild_type_power": 0.95}, "civic": None},
}  # fmt: skip


def patient_row(name: str, **cells: object) -> dict[str, object]:
    """A row of PATIENTS: sequenced, everything well, no benefit, nothing found."""
    return {
        "patient": name, "sample": f"{name}_T", "wgs": "available", "ras_status": "wild_type",
        "braf_status": "wild_type", "her2_call": "amplified", "eligibility": "confirmed",
        "label": "no_candidate", "clinical_benefit": "no", "erbb2_copy_number": 20.0,
    } | cells  # fmt: skip


def made_patient(name: str, **cells: object) -> PatientResults:
    """The patient of that row, whose tumour's tables say what the row says."""
    row = patient_row(name, **cells)
    criteria = {"RAS": row["ras_status"], "BRAF": row["braf_status"], "HER2": row["her2_call"]}
    good = ("wild_type", "amplified", "not_assessable")
    eligibility = [
        {"criterion": criterion, "detail": shown,
         "status": "not_assessable" if shown == good[-1] else "confirmed" if shown in good else "discordant"}
        for criterion, shown in criteria.items()
    ]  # fmt: skip
    copies = {
        "gene": "ERBB2", "chromosome": "17", "start": 39_687_913, "end": 39_730_426, "source": "reads",
        "copy_number": row["erbb2_copy_number"], "call": row["her2_call"],
    }  # fmt: skip
    sequenced = row["sample"] is not None
    return PatientResults(
        rows_of(PATIENTS.from_rows([row]))[0],
        eligibility=rows_of(ELIGIBILITY.from_rows(eligibility)) if sequenced else (),
        target=rows_of(GENE_COPY_NUMBER.from_rows([copies])) if sequenced else (),
    )


def results(**tables: Sequence[Mapping[str, object]]) -> CohortResults:
    """The cohort's tables with these rows."""
    return CohortResults(
        lambda table: rows_of(
            table.from_rows([dict(r) for r in tables.get(table.name.removesuffix(".tsv"), ())])
        )
    )


def manifest_rows(*entries: Mapping[str, object]) -> tuple[Row, ...]:
    """Rows of the manifest."""
    return rows_of(MANIFEST.from_rows(list(entries)))


def page_of(
    cards: Sequence[PatientResults],
    found: CohortResults | None = None,
    *,
    manifest: Sequence[Row] = (),
    synthetic: bool = True,
) -> str:
    """The cohort's page."""
    return render_cohort_page(
        cards, cohort=COHORT, manifest=manifest, provenance=PROVENANCE, synthetic=synthetic, results=found
    )  # fmt: skip
