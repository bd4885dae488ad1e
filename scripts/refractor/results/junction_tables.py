"""The tables of what a tumour's reads show of rearrangements: junctions, where they were looked for, amplicons' structure."""

from __future__ import annotations

from enum import StrEnum

from refractor.vocabulary import Side
from refractor.results.records import column, record, table_of


class JunctionKind(StrEnum):
    """What a junction is by its ends, as VCF names it; INV where both keep the same side."""

    DELETION = "DEL"
    DUPLICATION = "DUP"
    INVERSION = "INV"
    TRANSLOCATION = "BND"


NO_READS = "no reads given"
"""Why nothing was looked at where a tumour has files of other programs only."""


class SearchStatus(StrEnum):
    """Whether junctions were looked for at a place."""

    TESTED = "tested"
    NOT_TESTED = "not_tested"


@record
class Junction:
    """Two places of the genome that reads show joined, with its copies and what speaks against it."""

    chromosome: str = column("Chromosome of the first end without chr")
    position: int = column("Outermost base that is kept there, 0-based", "bp")
    keeps: Side = column("Which side of it is kept")
    partner_chromosome: str = column("Chromosome of the second end")
    partner_position: int = column("Outermost base that is kept there, 0-based", "bp")
    partner_keeps: Side = column("Which side of it is kept")
    kind: JunctionKind = column("DEL, DUP (head to tail), INV (the two keep the same side), BND (two chromosomes)")
    genes: tuple[str, ...] = column("Genes whose coding stretch an end lies in, comma-separated", default=())
    filters: tuple[str, ...] = column("What speaks against it, comma-separated; empty: it is believed", default=())
    fragments: int = column("Distinct fragments that show it", "fragments")
    split_fragments: int = column("Of these, with a read whose two parts lie at the two ends", "fragments")
    paired_fragments: int = column("Of these, with mates on the two sides", "fragments")
    normal_fragments: int | None = column("Fragments of the normal that show it; empty without a normal", "fragments", default=None)
    normal_depth: float | None = column("Fragments of the normal at the ends, the lesser", "fragments", default=None)
    depth: float | None = column("Fragments over a point beside an end, on the kept side, mean of both", "fragments", default=None)
    across: int | None = column("Intact fragments over an end, the lesser of both", "fragments", default=None)
    share: float | None = column("Share of the fragments at the ends that show it", "0-1", default=None)
    copies: float | None = column("Copies of the junction in tumour cells; empty where purity or copies are not known", "copies", default=None)
    copies_low: float | None = column("Lower 95 % bound", "copies", default=None)
    copies_high: float | None = column("Upper 95 % bound", "copies", default=None)
    homology: int | None = column("Bases that fit both sides; negative: bases inserted between them", "bp", default=None)
    mapping_quality: int = column("Median of the lesser mapping quality of each fragment", "Phred")
    expected_by_chance: float = column("Junctions as strong that this sample's chimeras make by chance", "junctions")

    @property
    def believed(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.filters


JUNCTIONS = table_of(Junction, "junctions.tsv", step="call_variants")


@record
class JunctionSearch:
    """One place where junctions were looked for in the reads, and what would have been seen there."""

    place: str = column("Gene, or the border of an amplicon")
    chromosome: str = column("Chromosome without chr")
    start: int = column("First base", "bp")
    end: int = column("Base after the last", "bp")
    status: SearchStatus = column("Whether it could be looked at")
    covered: float | None = column("Share of its bases with enough well placed reads", "0-1", default=None)
    depth: float | None = column("Median fragments over a point", "fragments", default=None)
    least_fragments: int | None = column("Fragments that a junction needs", "fragments", default=None)
    detectable_copies: float | None = column(
        "Copies in tumour cells from which a junction is seen with 95 % power; empty where purity or copies are not known",
        "copies",
        default=None,
    )
    chimeras: float | None = column("Share of the sample's fragments that join two places by mistake", "0-1", default=None)
    reason: str = column("Why it was not tested, or what the search rests on", default="")

    @property
    def tested(self) -> bool:
        """Whether it could be looked at."""
        return self.status is SearchStatus.TESTED


JUNCTION_SEARCH = table_of(JunctionSearch, "junction_search.tsv", step="call_variants")


class Architecture(StrEnum):
    """How the copies of an amplicon hang together, as far as its junctions show it."""

    TANDEM_OR_CIRCULAR = "tandem_or_circular_like"
    BREAKAGE_FUSION_BRIDGE = "breakage_fusion_bridge_like"
    COMPLEX = "complex"
    UNRESOLVED = "unresolved"
    NOT_TESTED = "not_tested"


@record
class AmpliconStructure:
    """One focal amplicon: what its junctions say of how it is built, and how many copies of its gene they leave whole."""

    chromosome: str = column("Chromosome without chr")
    start: int = column("First base of the amplicon", "bp")
    end: int = column("Base after the last", "bp")
    gene: str = column("The cohort's target where it lies on the amplicon, else its first gene")
    copy_number: float | None = column("Copies of the gene in tumour cells, the most of it", "copies", default=None)
    architecture: Architecture = column("How the copies hang together")
    n_junctions: int | None = column("Believed junctions with an end on the amplicon or at its borders", "junctions", default=None)
    tandem_copies: float | None = column("Copies of the head-to-tail junction from end to start", "copies", default=None)
    fold_back_copies: float | None = column("Copies of fold-back junctions", "copies", default=None)
    foreign_copies: float | None = column("Copies of junctions to other chromosomes", "copies", default=None)
    other_copies: float | None = column("Copies of further junctions", "copies", default=None)
    intact_copies: float | None = column("Copies of the gene that no junction breaks", "copies", default=None)
    intact_copies_low: float | None = column("Lower bound: every breaking junction on copies of its own", "copies", default=None)
    intact_copies_high: float | None = column("Upper bound: all breaking junctions on the same copies", "copies", default=None)
    carrying_copies_low: float | None = column("Copies of the gene in a cell that carries the amplicon, if all tumour cells do", "copies", default=None)
    carrying_copies_high: float | None = column("The same if only a fifth of them does", "copies", default=None)
    evidence: str = column("The junctions that it rests on", default="")
    limits: str = column("What the reads cannot tell", default="")


AMPLICON_STRUCTURE = table_of(AmpliconStructure, "amplicon_structure.tsv", step="annotate_alterations")
