"""Every table that the workflow writes: what the rules, the workbook, the pages and docs/output.md are made from."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from refractor.results import (
    analysis_tables,
    background_tables,
    biopsy_tables,
    cohort_tables,
    copy_number_tables,
    evidence_tables,
    identity_tables,
    junction_tables,
    platform_tables,
    preregistration_tables,
    quality,
    variant_tables,
)
from refractor.results.analyses import ANALYSES
from refractor.results.records import RecordTable

AnyTable = RecordTable[Any]


def _declared_in(*modules: ModuleType) -> tuple[AnyTable, ...]:
    return tuple(
        table for module in modules for table in vars(module).values() if isinstance(table, RecordTable)
    )


TUMOR_TABLES = (ANALYSES, *_declared_in(quality, copy_number_tables, variant_tables, junction_tables, evidence_tables))
"""Of results/samples/{sample}/."""
COHORT_TABLES = _declared_in(
    identity_tables,
    cohort_tables,
    biopsy_tables,
    analysis_tables,
    background_tables,
    preregistration_tables,
)
"""Of results/cohort/."""
PLATFORM_TABLES = _declared_in(platform_tables)
"""Of results/platform/, where a trial has several cohorts."""


def tables_of(step: str) -> tuple[AnyTable, ...]:
    """The tables that a step writes, in the order in which they are declared."""
    every = (*TUMOR_TABLES, *COHORT_TABLES, *PLATFORM_TABLES)
    return tuple(table for table in every if table.step == step)


def workbook_tables() -> tuple[AnyTable, ...]:
    """The tables of the cohort that are read, in the order in which a reader needs them."""
    chapters = [(table.chapter, table) for table in COHORT_TABLES if table.chapter is not None]
    return tuple(table for _, table in sorted(chapters, key=lambda pair: pair[0]))
