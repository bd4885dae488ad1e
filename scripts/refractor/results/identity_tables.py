"""The tables of whose genomes the cohort's files are."""

from __future__ import annotations

from typing import Literal

from refractor.results.records import Chapter, column, record, table_of
from refractor.vocabulary import PairVerdict, State


@record
class GenomePair:
    """One pair of genomes and whether they come from one person; of large cohorts the pairs that matter."""

    sample_a: str = column(
        "First sample: its tumour reads; `sample:normal_reads`, `sample:small_variants` for its other files"
    )
    sample_b: str = column("Second sample, named likewise")
    n_sites: int | None = column("SNPs compared", "sites", default=None)
    concordance: float | None = column(
        "How well reads of the one fit the SNPs homozygous in the other", "0-1", default=None
    )
    expected: Literal["same", "different"] = column("What the sheet says")
    verdict: PairVerdict = column("Whether it holds")
    kinship: float | None = column(
        "KING-robust, of two normal genomes: 0.5 one person, 0.25 first degree, 0 strangers", default=None
    )
    note: str | None = column("What else is known of the pair", default=None)


IDENTITY = table_of(GenomePair, "identity.tsv", step="compare_identities", chapter=Chapter.GROUNDS)


@record
class SampleIdentity:
    """One tumour sample: whether its files are its patient's, decided before labels are joined with outcomes."""

    sample: str = column("Tumour sample")
    state: State = column("failed: its label is not used")
    reason: str = column("What was compared, or what is wrong and how to mend it")
    nearest: str | None = column("The most alike genome of another patient", default=None)
    nearest_concordance: float | None = column("Its concordance", "0-1", default=None)
    heterozygosity: float | None = column(
        "Share of the called SNPs that are heterozygous, in the normal if there is one", "0-1", default=None
    )
    names_another: str | None = column(
        "Files that name the sample or patient of another row by themselves, and which", default=None
    )


IDENTITY_VERDICTS = table_of(SampleIdentity, "identity_verdicts.tsv", step="compare_identities", chapter=Chapter.GROUNDS)
