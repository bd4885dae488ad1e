"""Labels fixed before outcomes are read: a digest of each, and of all of them, for the report."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from refractor.outcomes.tumor_results import TumorResult
from refractor.results.cohort_tables import BlindedLabel

ALL = "all"


def blinded_labels(results: Mapping[str, TumorResult]) -> list[BlindedLabel]:
    """The digest over all labels, then one a sample, sorted. Nothing of an outcome can enter it."""
    digests = {sample: label_digest(results[sample]) for sample in sorted(results)}
    together = "".join(f"{sample}\t{digest}\n" for sample, digest in digests.items())
    return [
        BlindedLabel(sample=ALL, sha256=hashlib.sha256(together.encode()).hexdigest()),
        *(
            BlindedLabel(sample=sample, label=results[sample].label, sha256=digest)
            for sample, digest in digests.items()
        ),
    ]


def label_digest(result: TumorResult) -> str:
    """The SHA-256 of what was decided of a tumour: sample, eligibility, label, mechanisms and candidates."""
    names = ["rule_id", "gene", "alteration", "tier", "mechanism"]
    rows = zip(*(result.candidates[name] for name in names), strict=True)
    candidates = sorted([str(cell) for cell in row] for row in rows)
    decided = [result.sample, result.eligibility, result.label, result.mechanisms, candidates]
    return hashlib.sha256(json.dumps(decided, ensure_ascii=False).encode()).hexdigest()
