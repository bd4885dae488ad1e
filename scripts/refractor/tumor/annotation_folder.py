"""One tumour's annotation, written into its folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from refractor.evidence.reannotation import record_annotation
from refractor.results.evidence_tables import (
    ALTERATIONS,
    CIVIC_EVIDENCE,
    ELIGIBILITY,
    EVIDENCE_CHANGES,
    LABEL,
    RULES,
)
from refractor.tumor.annotation import TumorAnnotation


def write_annotation(
    found: TumorAnnotation, folder: Path, *, inputs: Sequence[Path], synthetic: bool
) -> None:
    """Write the evidence and the label, and what is different from the annotation that stood there.

    `inputs` are the files that describe the tumour: the difference is the knowledge's only where they are the same.
    An annotation that failed as a whole, as of a job that was killed, is no state to compare a later one with.
    """
    found.analyses.write(folder / "annotation_analyses.tsv", synthetic=synthetic)
    ELIGIBILITY.write_records(found.eligibility, folder / ELIGIBILITY.name, synthetic=synthetic)
    ALTERATIONS.write_records(found.alterations, folder / ALTERATIONS.name, synthetic=synthetic)
    RULES.write_records(found.rules, folder / RULES.name, synthetic=synthetic)
    LABEL.write_records([found.label], folder / LABEL.name, synthetic=synthetic)
    CIVIC_EVIDENCE.write_records(found.civic, folder / CIVIC_EVIDENCE.name, synthetic=synthetic)
    changes = () if found.failed else record_annotation(folder, found.snapshot(inputs))
    EVIDENCE_CHANGES.write_records(changes, folder / EVIDENCE_CHANGES.name, synthetic=synthetic)
