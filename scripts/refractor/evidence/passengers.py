"""Mutations that a hypermutated tumour carries anyway: what speaks against them there (resources/evidence/passengers.tsv).

A gene that is mutated r times as often under a signature (odds ratio) owes 1 - 1/r of its mutations there to the signature
alone. What is left, 1/r, is the part of such mutations that may be more than passengers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from refractor.evidence.alterations import Alteration
from refractor.evidence.findings import Findings, SignatureVerdict
from refractor.files.resources import RESOURCES, shipped_rows

PASSENGERS = RESOURCES / "evidence" / "passengers.tsv"
SMALL = frozenset({"snv", "mnv", "insertion", "deletion", "delins"})
"""Kinds of alteration that are mutations."""
CONFLICT = "CONFLICT: "
"""Begins what speaks against a finding within the words on why it matched."""


@dataclass(frozen=True, slots=True)
class FrequentUnder:
    """A signature under which a gene is mutated more often, in words with their source; how often, where it is known."""

    signature: str
    words: str
    odds_ratio: float | None


@lru_cache
def load_passengers(path: Path = PASSENGERS) -> dict[str, tuple[FrequentUnder, ...]]:
    """By gene: the signatures under which its mutations are frequent."""
    found: dict[str, tuple[FrequentUnder, ...]] = {}
    for row in shipped_rows(path):
        words = f"{row['statement']} ({row['source']})"
        odds_ratio = float(row["odds_ratio"]) if row["odds_ratio"] else None
        one = FrequentUnder(row["signature"], words, odds_ratio)
        found[row["gene"]] = (*found.get(row["gene"], ()), one)
    return found


def _brought_by(
    alteration: Alteration, findings: Findings
) -> Iterator[tuple[FrequentUnder, SignatureVerdict]]:
    """The signatures that the tumour has, or may have, and under which such a mutation is frequent."""
    if alteration.kind not in SMALL:
        return
    for frequent in load_passengers().get(alteration.gene, ()):
        verdict = findings.signatures.get(frequent.signature)
        if verdict is not None and (verdict.present or verdict.disputed):
            yield frequent, verdict


def passenger_words(alteration: Alteration, findings: Findings) -> str:
    """What of the whole genome speaks against a mutation, to be added to why it matched; empty for nothing."""
    for frequent, verdict in _brought_by(alteration, findings):
        name = frequent.signature.replace("_", " ")
        if verdict.disputed:
            return f"; {CONFLICT}sources disagree whether the tumour has {name}, {frequent.words}"
        return f"; {CONFLICT}the tumour has {name} ({verdict.words.split(';')[0]}), {frequent.words}"
    return ""


def own_share(alteration: Alteration, findings: Findings) -> float | None:
    """The part of such mutations (0-1) that the tumour's signatures do not bring; None where none brings any.

    The least, where several do. A signature that sources dispute brings nothing here.
    """
    shares = [
        1 / frequent.odds_ratio
        for frequent, verdict in _brought_by(alteration, findings)
        if frequent.odds_ratio is not None and not verdict.disputed
    ]
    return min(shares, default=None)
