"""Every table that the workflow writes, by the folder it goes to."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from refractor.results import (
    analysis_tables,
    biopsy_tables,
    cohort_tables,
    copy_number_tables,
    evidence_tables,
    identity_tables,
    quality,
    variant_tables,
)
from refractor.results.analyses import ANALYSES
from refractor.results.records import RecordTable


def _declared_in(*modules: ModuleType) -> tuple[RecordTable[Any], ...]:
    return tuple(
        table for module in modules for table in vars(module).values() if isinstance(table, RecordTable)
    )


TUMOR_TABLES = (ANALYSES, *_declared_in(quality, copy_number_tables, variant_tables, evidence_tables))
"""Of results/samples/{sample}/."""
COHORT_TABLES = _declared_in(identity_tables, cohort_tables, biopsy_tables, analysis_tables)
"""Of results/cohort/."""
