"""The tables of a patient's samples over time."""

from __future__ import annotations

from enum import StrEnum

from refractor.results.records import Chapter, column, record, table_of
from refractor.vocabulary import Tier, Timepoint


class Change(StrEnum):
    """What became of an alteration between two samples of a patient."""

    ACQUIRED = "acquired"
    LOST = "lost"
    KEPT = "kept"
    NOT_COMPARABLE = "not_comparable"


class FoundIn(StrEnum):
    """Which of two samples showed an alteration."""

    BEFORE = "before"
    LATER = "later"
    BOTH = "both"


@record
class AlterationOverTime:
    """One alteration of a patient in the sample before treatment and in a later one; with the power to miss it."""

    patient: str = column("Patient")
    before: str = column("Sample before treatment, which the patient's label comes from")
    after: str = column("Later sample")
    timepoint: Timepoint = column("When the later sample was taken")
    gene: str = column("HGNC symbol")
    alteration: str = column("Protein change, or the kind of event")
    rule_id: str | None = column("Rule of the knowledge base", default=None)
    tier: Tier | None = column("Strength of the evidence", default=None)
    change: Change = column(
        "acquired or lost only where the other sample would have shown it; not_comparable where it might not"
    )
    found_in: FoundIn = column("Which of the two samples showed it")
    vaf_before: float | None = column("Variant allele fraction before", "0-1", default=None)
    vaf_after: float | None = column("The same later", "0-1", default=None)
    copies_before: float | None = column("Copies of the gene before", "copies", default=None)
    copies_after: float | None = column("The same later", "copies", default=None)
    power: float | None = column(
        "Probability that the sample without it had shown it, were it clonal and heterozygous", "0-1", default=None
    )
    reason: str = column("Why it is called so", default="")


ACQUIRED = table_of(AlterationOverTime, "acquired.tsv", step="join_cohort", chapter=Chapter.REVIEW)
