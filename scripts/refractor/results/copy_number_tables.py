"""The tables of a tumour's copies."""

from __future__ import annotations

from enum import StrEnum

from refractor.results.records import column, record, table_of
from refractor.vocabulary import CopyNumberCall, Verdict


class PurityMethod(StrEnum):
    """Where purity and ploidy come from."""

    FITTED = "fitted"
    GIVEN = "given"
    IMPORTED = "imported"
    UNKNOWN = "unknown"


ASSUMED_PURITY_ERROR = 0.1
"""Half the 95 % range of a caller's purity that comes without one: callers differ by as much on one tumour (ours)."""
_MIN_PURITY = 0.01


class PurityStatus(StrEnum):
    """Whether purity and ploidy can be used."""

    OK = "ok"
    NOT_ASSESSABLE = "not_assessable"


class Focality(StrEnum):
    """How far an amplified stretch reaches."""

    FOCAL = "focal"
    ARM = "arm"
    CHROMOSOME = "chromosome"


@record
class PurityPloidy:
    """Purity and ploidy of the tumour, one row.

    Bounds are those of the credible range; None is unknown. `sample` is filled in where the row is written.
    """

    sample: str = column("Tumour sample", default="", required=True)
    purity: float | None = column("Share of tumour cells", "0-1", default=None)
    purity_low: float | None = column("Lower bound of the credible range", "0-1", default=None)
    purity_high: float | None = column("Upper bound of the credible range", "0-1", default=None)
    ploidy: float | None = column("Mean copy number of the tumour genome", "copies", default=None)
    ploidy_low: float | None = column("Lower bound of the credible range", "copies", default=None)
    ploidy_high: float | None = column("Upper bound of the credible range", "copies", default=None)
    whole_genome_doubled: bool | None = column("Whether the genome was doubled", default=None)
    method: PurityMethod = column("Where the values come from", default=PurityMethod.UNKNOWN, required=True)
    status: PurityStatus = column("Whether they can be used", default=PurityStatus.NOT_ASSESSABLE, required=True)
    reason: str = column("Why not, or what to know", default="")

    @property
    def known(self) -> bool:
        """Whether purity and ploidy count: they can be used, or the sheet states them whatever became of the copies."""
        return self.status is PurityStatus.OK or self.method is PurityMethod.GIVEN

    @property
    def purity_range(self) -> tuple[float | None, float | None]:
        """The 95 % range of the purity; a caller's without one is right within ASSUMED_PURITY_ERROR, the sheet's is exact."""
        low, high = self.purity_low, self.purity_high
        if (low is not None and high is not None) or self.purity is None:
            return low, high
        if self.method is not PurityMethod.IMPORTED:
            return low, high
        return max(self.purity - ASSUMED_PURITY_ERROR, _MIN_PURITY), min(self.purity + ASSUMED_PURITY_ERROR, 1.0)


PURITY_PLOIDY = table_of(PurityPloidy, "purity_ploidy.tsv", step="measure_copy_number")


@record
class Segment:
    """One stretch of constant copy number; 0-based, half-open.

    Copy numbers are absolute copies in tumour cells (not rounded, never negative); None where the source gives only
    a ratio. `log2_ratio_sd` is the standard error of `log2_ratio`; `source` is filled in where the row is written.
    """

    chromosome: str = column("Chromosome without chr")
    start: int = column("First base", "bp")
    end: int = column("Base after the last", "bp")
    copy_number: float | None = column("Total copies in tumour cells", "copies")
    minor_copy_number: float | None = column("Copies of the lesser allele", "copies")
    log2_ratio: float | None = column("Depth against the genome's mean", "log2", default=None)
    baf: float | None = column("Allele balance of heterozygous SNPs, mirrored to >= 0.5", "0-1", default=None)
    n_windows: int | None = column("Windows behind the depth", "windows", default=None)
    n_snps: int | None = column("Heterozygous SNPs behind the allele balance", "SNPs", default=None)
    source: str | None = column("reads, or the caller imported from", default=None)
    copy_number_low: float | None = column("Lower 95 % bound of copy_number", "copies", default=None)
    copy_number_high: float | None = column("Upper 95 % bound of copy_number", "copies", default=None)
    log2_ratio_sd: float | None = None

    @property
    def length(self) -> int:
        """Bases."""
        return self.end - self.start


SEGMENTS = table_of(Segment, "segments.tsv", step="measure_copy_number")


@record
class Window:
    """One window of the genome that was read, 0-based, half-open; empty without reads."""

    chromosome: str = column("Chromosome without chr")
    start: int = column("First base", "bp")
    end: int = column("Base after the last", "bp")
    log2_ratio: float | None = column(
        "Depth against the autosomes' mean; empty where the window is not used", "log2", default=None
    )
    copy_number: float | None = column(
        "The same as copies in tumour cells at the purity and ploidy found", "copies", default=None
    )
    alt_share: float | None = column(
        "Share of the alternative allele at a heterozygous SNP, freed from reference bias",
        "0-1",
        default=None,
    )


WINDOWS = table_of(Window, "windows.tsv.gz", step="measure_copy_number")


@record
class GeneCopyNumber:
    """One panel gene's copies; one row a gene and source."""

    gene: str = column("HGNC symbol")
    chromosome: str = column("Chromosome without chr")
    start: int = column("First base of the transcript", "bp")
    end: int = column("Base after its last", "bp")
    copy_number: float | None = column(
        "Total copies in tumour cells, mean over the gene", "copies", default=None
    )
    copy_number_low: float | None = column("Lower bound", "copies", default=None)
    copy_number_high: float | None = column("Upper bound", "copies", default=None)
    min_copy_number: float | None = column(
        "Least copies of any segment over the gene", "copies", default=None
    )
    max_copy_number: float | None = column("Most copies of any segment over the gene", "copies", default=None)
    minor_copy_number: float | None = column("Copies of the lesser allele", "copies", default=None)
    copy_number_over_ploidy: float | None = column("Copies against the genome's mean", "ratio", default=None)
    arm_copy_number: float | None = column("Median copies of the chromosome arm", "copies", default=None)
    call: CopyNumberCall = column("Verdict")
    p_amplified: float | None = column("Probability that the amplification rule holds", "0-1", default=None)
    capped: bool = column(
        "Whether the caller caps its copies, so that the true value may be higher", default=False
    )
    source: str = column("reads, or the caller imported from")
    reason: str = column("Why not assessable, or what the call rests on", default="")

    @property
    def assessable(self) -> bool:
        """Whether anything can be said of the copies."""
        return self.call is not CopyNumberCall.NOT_ASSESSABLE


GENE_COPY_NUMBER = table_of(GeneCopyNumber, "gene_copy_number.tsv", step="measure_copy_number")


@record
class DefinitionVerdict:
    """One published definition of amplification applied to one gene."""

    gene: str = column("HGNC symbol")
    definition: str = column("Name of the definition")
    threshold: float | None = column(
        "Value to reach or exceed, in the definition's own measure", default=None
    )
    value: float | None = column("This tumour's value in that measure", default=None)
    verdict: Verdict = column("Whether the definition holds")
    source: str = column("reads, or the caller imported from", default="")
    p_holds: float | None = column(
        "Probability that it holds; empty where the source gives no uncertainty", "0-1", default=None
    )
    assay: str | None = column("By what the source of the threshold counts copies", default=None)
    by_sequencing_low: float | None = column(
        "Least copies by sequencing that a threshold of copies stands for; empty for a ratio", "copies", default=None
    )
    by_sequencing_high: float | None = column(
        "Most copies by sequencing that it stands for: 2.62 times as many where the assay may be in situ "
        "hybridisation (PMID 35050726)",
        "copies",
        default=None,
    )
    on_its_scale: Verdict | None = column(
        "Whether it holds at both of these numbers; not_assessable between them, or where the verdict is", default=None
    )


AMPLIFICATION_DEFINITIONS = table_of(DefinitionVerdict, "amplification_definitions.tsv", step="measure_copy_number")


@record
class Amplicon:
    """One amplified stretch; 0-based, half-open."""

    chromosome: str = column("Chromosome without chr")
    start: int = column("First base", "bp")
    end: int = column("Base after the last", "bp")
    copy_number: float | None = column("Mean copies", "copies", default=None)
    arm_copy_number: float | None = column("Median copies of the chromosome arm", "copies", default=None)
    focality: Focality = column("How far it reaches")
    genes: tuple[str, ...] = column("Panel genes wholly inside, comma-separated", default=())
    partial_genes: tuple[str, ...] = column("Panel genes partly inside, comma-separated", default=())
    sv_support: bool | None = column("Whether a structural variant bounds it", default=None)
    source: str = column("reads, or the caller imported from", default="")


AMPLICONS = table_of(Amplicon, "amplicons.tsv", step="measure_copy_number")
