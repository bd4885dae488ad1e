"""Status of genes of a tumour: what their decisive codons say together."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from refractor.genome.builds import LATEST_BUILD
from refractor.genome.panel import load_panel
from refractor.vocabulary import Status

if TYPE_CHECKING:
    import pandas as pd


def overall_status(rows: pd.DataFrame, genes: Iterable[str]) -> Status:
    """Mutated if any decisive codon of `genes` is; wild-type only if every one is; else not assessable.

    `rows` is a CODON_STATUS table; codons that are in it for other rules do not count. A codon without a row is not
    assessable.
    """
    wanted = frozenset(genes)
    asked = rows[rows["gene"].isin(wanted)]
    shown = zip(asked["gene"], asked["codon"], asked["status"], strict=True)
    by_codon = {(str(gene), int(codon)): status for gene, codon, status in shown}
    found = [by_codon.get(codon, Status.NOT_ASSESSABLE) for codon in decisive_codons() if codon[0] in wanted]
    if Status.MUTATED in found:
        return Status.MUTATED
    if Status.NOT_ASSESSABLE in found or not found:
        return Status.NOT_ASSESSABLE
    return Status.WILD_TYPE


@lru_cache(maxsize=1)
def decisive_codons() -> tuple[tuple[str, int], ...]:
    """Gene and codon of every place that decides a status; the same on every build."""
    return tuple((codon.gene, codon.codon) for codon in load_panel(LATEST_BUILD).decisive_codons)
