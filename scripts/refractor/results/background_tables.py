"""The tables of a reference cohort: how often the cohort's rules are met where nobody's benefit is in question."""

from __future__ import annotations

from typing import Literal

from refractor.results.records import column, record, table_of
from refractor.vocabulary import Tier


@record
class Prevalence:
    """How often a rule, or a set of rules, is met by the tumours of the reference cohort."""

    level: Literal["rule", "mechanism", "any", "study"] = column(
        "What is counted; study: the tumours themselves, with what to know of them in the note"
    )
    group: Literal["all", "eligible"] = column(
        "Tumours counted: all, or those that fit the cohort's criteria of entry on the genome"
    )
    rule_id: str | None = column("Rule of the knowledge base", default=None)
    gene: str | None = column("HGNC symbol", default=None)
    mechanism: str | None = column("Group of mechanisms", default=None)
    tier: Tier | None = column("Strength of the evidence", default=None)
    carriers: int | None = column("Tumours in which it was found", "tumours", default=None)
    tested: int | None = column("Tumours in which it was found or denied", "tumours", default=None)
    prevalence: float | None = column("carriers / tested", "0-1", default=None)
    low: float | None = column("Lower 95 % bound, Clopper-Pearson", "0-1", default=None)
    high: float | None = column("Upper 95 % bound, Clopper-Pearson", "0-1", default=None)
    rules: str | None = column("Rules of the set, comma-separated: those that the study can answer", default=None)
    note: str | None = column("What to know", default=None)


NOT_ASSESSABLE = "not assessable: "
"""What the note begins with of a reference cohort that could not be read, the reason behind it."""

PREVALENCE = table_of(Prevalence, "reference_prevalence.tsv", step="measure_background")


@record
class DecoySet:
    """One set of random genes, each altered as often as a rule's in the reference cohort, in the place of the rules."""

    group: Literal["all", "eligible"] = column("Tumours of the reference cohort that were used")
    draw: int = column("Number of the set, from 1")
    carriers: int = column("Tumours with any of the decoys", "tumours")
    tumors: int = column("Tumours counted", "tumours")
    genes: str = column("The random genes, comma-separated, in the order of the rules")


DECOY_SETS = table_of(DecoySet, "reference_decoys.tsv", step="measure_background")
