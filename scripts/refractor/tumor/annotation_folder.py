"""One tumour's annotation, written into its folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from refractor.evidence.reannotation import record_annotation
from refractor.evidence.reporting import change_rows
from refractor.results.evidence_tables import EVIDENCE_CHANGES
from refractor.tumor.annotation import TumorAnnotation


def write_annotation(
    found: TumorAnnotation, folder: Path, *, inputs: Sequence[Path], synthetic: bool
) -> None:
    """Write the evidence and the label, and what is different from the annotation that stood there.

    `inputs` are the files that describe the tumour: the difference is the knowledge's only where they are the same.
    """
    found.analyses.write(folder / "annotation_analyses.tsv", synthetic=synthetic)
    for table, rows in found.tables:
        table.write(table.from_rows(rows), folder / table.name, synthetic=synthetic)
    changes = EVIDENCE_CHANGES.from_rows(change_rows(record_annotation(folder, found.snapshot(inputs))))
    EVIDENCE_CHANGES.write(changes, folder / EVIDENCE_CHANGES.name, synthetic=synthetic)
