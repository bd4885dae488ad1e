"""Mutations that a hypermutated tumour carries anyway: what speaks against them there (resources/evidence/passengers.tsv)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from refractor.evidence.alterations import Alteration
from refractor.evidence.findings import Findings
from refractor.files.resources import RESOURCES, shipped_rows

PASSENGERS = RESOURCES / "evidence" / "passengers.tsv"
SMALL = frozenset({"snv", "mnv", "insertion", "deletion", "delins"})
"""Kinds of alteration that are mutations."""
CONFLICT = "CONFLICT: "
"""Begins what speaks against a finding within the words on why it matched."""


@lru_cache
def load_passengers(path: Path = PASSENGERS) -> dict[str, tuple[tuple[str, str], ...]]:
    """By gene: the signature under which its mutations are frequent, and the words with their source."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for row in shipped_rows(path):
        words = f"{row['statement']} ({row['source']})"
        found[row["gene"]] = (*found.get(row["gene"], ()), (row["signature"], words))
    return found


def passenger_words(alteration: Alteration, findings: Findings) -> str:
    """What of the whole genome speaks against a mutation, to be added to why it matched; empty for nothing."""
    if alteration.kind not in SMALL:
        return ""
    for signature, words in load_passengers().get(alteration.gene, ()):
        verdict = findings.signatures.get(signature)
        if verdict is None or not (verdict.present or verdict.disputed):
            continue
        name = signature.replace("_", " ")
        if verdict.disputed:
            return f"; {CONFLICT}sources disagree whether the tumour has {name}, {words}"
        return f"; {CONFLICT}the tumour has {name} ({verdict.words.split(';')[0]}), {words}"
    return ""
