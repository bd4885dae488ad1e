"""The tables of what small variants say of codons and genes."""

from __future__ import annotations

from refractor.results.records import column, record, table_of
from refractor.vocabulary import Status


@record
class CodonStatus:
    """One codon (or exon-20-like region) and whether it is mutated, with the power behind the statement."""

    gene: str = column("HGNC symbol")
    codon: int = column("Codon number on the MANE Select transcript")
    status: Status = column("Verdict")
    depth: int | None = column("Fragments that show the codon, after filters", "fragments", default=None)
    alt_reads: int | None = column("Fragments that show the variant", "fragments", default=None)
    vaf: float | None = column("Variant allele fraction", "0-1", default=None)
    protein_change: str | None = column("HGVS p., one letter, without the p. prefix, e.g. G12D", default=None)
    smallest_detectable_vaf: float | None = column(
        "Least VAF detected with the required power at this depth", "0-1", default=None
    )
    smallest_detectable_ccf: float | None = column("The same as a share of cancer cells", "0-1", default=None)
    power: float | None = column(
        "Probability to detect a clonal heterozygous variant here", "0-1", default=None
    )
    reason: str = column("Why not assessable, what depth would be needed, or what the verdict rests on", default="")
    indel_power: float | None = column(
        "Probability to detect a clonal short insertion or deletion here; empty without reads",
        "0-1",
        default=None,
    )


CODON_STATUS = table_of(CodonStatus, "codon_status.tsv", step="call_variants")


@record
class GeneCallability:
    """One panel gene: how much of its coding sequence was looked at for small variants, by reads or by the file."""

    gene: str = column("HGNC symbol")
    coding_bases: int = column("Coding bases on the MANE Select transcript", "bp")
    known_bases: int | None = column(
        "Of these, with a known reference base; empty without reads", "bp", default=None
    )
    assessable_bases: int = column(
        "Of these, with the wanted power to detect a clonal heterozygous variant", "bp"
    )
    assessable_share: float = column("Share of the coding bases that are assessable", "0-1")
    median_depth: float | None = column(
        "Median fragments over the coding bases; empty without reads", "fragments", default=None
    )
    depth_needed: int | None = column(
        "Fragments a base needs; empty where no depth is enough", "fragments", default=None
    )
    reason: str = column("What the power rests on")
    substitution_codons: str = column(
        "Codons at which a clonal substitution would be seen, e.g. 1-12,14", default=""
    )
    indel_codons: str = column(
        "Codons at which a clonal short insertion or deletion would be seen", default=""
    )
    substitution_power: float | None = column(
        "Power for a clonal substitution, mean over coding bases and splice sites", "0-1", default=None
    )
    indel_power: float | None = column("The same for a short insertion or deletion", "0-1", default=None)
    covered: bool = column(
        "Whether both means reach the wanted power: then no truncation seen means none there", default=False
    )


GENE_CALLABILITY = table_of(GeneCallability, "gene_callability.tsv", step="call_variants")
