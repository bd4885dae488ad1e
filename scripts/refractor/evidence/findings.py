"""What is known of one tumour when its evidence is looked up: the finished tables, as values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from refractor.evidence.clonality import (
    DEFAULT_LIMITS,
    NORMAL_COPIES,
    UNKNOWN_PURITY,
    ClonalityLimits,
    Purity,
    VariantCopies,
    variant_copies,
)
from refractor.evidence.read_junctions import why_silent, with_those_of_reads
from refractor.results.copy_number_tables import Amplicon, DefinitionVerdict, GeneCopyNumber, PurityPloidy
from refractor.results.mixture import mixture_of
from refractor.results.quality import (
    BURDEN,
    BURDEN_OF_FILE,
    GERMLINE,
    INDELS_OF_FILE,
    MICROSATELLITES,
    POLE_HOTSPOT,
    SLIPPAGE,
    Quality,
    QualityStatus,
)
from refractor.results.variant_tables import CodonStatus, GeneCallability
from refractor.vocabulary import Verdict

if TYPE_CHECKING:
    from refractor.evidence.polymorphisms import Polymorphisms
    from refractor.genome.germline_sites import GermlineSite
    from refractor.results.junction_tables import JunctionSearch
    from refractor.variants.consequences import Consequence
    from refractor.variants.files.structural_variants import StructuralVariant
    from refractor.variants.observation import Observation


@dataclass(frozen=True, slots=True)
class GeneCoverage:
    """Where small variants of one gene would have been seen; `whole` when a truncation anywhere would have been.

    `reason` says what that rests on. Codons count from 1.
    """

    substitutions: frozenset[int] = frozenset()
    indels: frozenset[int] = frozenset()
    whole: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SmallVariant:
    """One small variant of a panel gene with its consequence, its copies, and why it may be inherited."""

    observation: Observation
    consequence: Consequence
    copies: VariantCopies
    inherited: str = ""

    @property
    def gene(self) -> str:
        """HGNC symbol."""
        return self.consequence.gene

    @property
    def name(self) -> str:
        """The protein change where there is one, else the coding change, else the allele."""
        return self.consequence.protein_change or self.consequence.hgvs_c or str(self.observation.variant)

    @property
    def passed(self) -> bool:
        """Whether no filter of its source speaks against it."""
        return not self.observation.filters


@dataclass(frozen=True, slots=True)
class SignatureVerdict:
    """Whether a tumour has a signature, by what, and the values that were told of it, where it has a unit.

    `disputed` says that another source says otherwise; `present` is then the first source's.
    """

    present: bool
    words: str
    disputed: bool = False
    values: tuple[float, ...] = ()

    def beside(self, other: SignatureVerdict) -> SignatureVerdict:
        """This verdict with what a second source says; CONFLICT where the two disagree."""
        differs = self.present != other.present
        joined = "CONFLICT: otherwise" if differs else "so too"
        return SignatureVerdict(
            self.present,
            f"{self.words}; {joined} {other.words}",
            self.disputed or differs,
            self.values + other.values,
        )


@dataclass(frozen=True, slots=True)
class InheritedGenotype:
    """A genotype in the words of the papers (158 V/F), None where it cannot be told, and what it rests on.

    `alternative` says that it holds the allele that is not the reference's.
    """

    genotype: str | None
    words: str
    alternative: bool = False


@dataclass(frozen=True, slots=True)
class Findings:
    """All that is known of one tumour. `structural_variants` is None where no file was given.

    `definitions` are the verdicts of published definitions of amplification, by gene and name;
    `coverage` says by gene where small variants were looked for, with power; empty where nothing was.
    """

    sample: str
    variants: tuple[SmallVariant, ...] = ()
    codons: Mapping[tuple[str, int], CodonStatus] = field(default_factory=dict)
    copies: Mapping[str, GeneCopyNumber] = field(default_factory=dict)
    definitions: Mapping[tuple[str, str], Verdict] = field(default_factory=dict)
    amplicons: tuple[Amplicon, ...] = ()
    purity: Purity = UNKNOWN_PURITY
    purity_reason: str = ""
    foreign_cells: float = 0.0
    """Share (0-1) of the sample's cells that are another person's and carry none of the patient's alleles."""
    structural_variants: tuple[StructuralVariant, ...] | None = None
    junctions_of_reads: tuple[StructuralVariant, ...] = ()
    """Junctions that the tumour's own reads show."""
    junction_searches: Mapping[str, JunctionSearch] = field(default_factory=dict)
    """Where reads were searched for them, by gene or border."""
    coverage: Mapping[str, GeneCoverage] = field(default_factory=dict)
    prior_anti_egfr: bool | None = None
    signatures: Mapping[str, SignatureVerdict] = field(default_factory=dict)
    """What is known of the whole genome, by files, reads and sheet; a signature that nothing told of is left out."""
    germline: Mapping[str, InheritedGenotype] = field(default_factory=dict)
    """Genotypes of the normal by dbSNP number; without normal reads none."""
    protein_scores: Mapping[str, str] = field(default_factory=dict)
    """Immunohistochemistry at entry by gene: 0, 1+, 2+, 3+."""
    stained_percent: float | None = None
    """Share of cells that express the cohort's target, in percent."""

    def assay_conflict(self, gene: str, *, amplified: bool) -> str:
        """How the protein at entry contradicts the copies; empty where it does not or is not known.

        3+ without amplification, or 0 or 1+ with it: another biopsy, a heterogeneous tumour, or one assay is wrong
        (16 of 52 new biopsies differ, Mol Cancer Ther 2023;22:976).
        """
        score = self.protein_scores.get(gene)
        if (score == "3+" and not amplified) or (score in ("0", "1+") and amplified):
            return f"CONFLICT: immunohistochemistry was {score} at entry"
        return ""

    @property
    def junctions(self) -> tuple[StructuralVariant, ...]:
        """The junctions of the file and of the reads, each once."""
        return with_those_of_reads(self.structural_variants or (), self.junctions_of_reads)

    def why_no_junctions(self, gene: str, copies: float = 1.0) -> str:
        """Why the absence of a junction on so many copies of a gene says nothing; empty where it does."""
        if self.structural_variants is not None:
            return ""
        return why_silent(self.junction_searches, gene, copies)

    def variants_of(self, gene: str | None) -> tuple[SmallVariant, ...]:
        """The small variants of one gene."""
        return tuple(variant for variant in self.variants if variant.gene == gene)

    def coverage_of(self, gene: str | None) -> GeneCoverage:
        """Where small variants of one gene were looked for; nowhere where nothing is known of it."""
        return self.coverage.get(gene or "", _NOWHERE)


_NOWHERE = GeneCoverage()


def codons_by_place(rows: Iterable[CodonStatus]) -> dict[tuple[str, int], CodonStatus]:
    """The verdicts on codons by gene and codon."""
    return {(row.gene, row.codon): row for row in rows}


def copies_by_gene(rows: Iterable[GeneCopyNumber]) -> dict[str, GeneCopyNumber]:
    """The copies by gene; of several sources the first that can be assessed."""
    chosen: dict[str, GeneCopyNumber] = {}
    for copies in rows:
        earlier = chosen.get(copies.gene)
        if earlier is None or (copies.assessable and not earlier.assessable):
            chosen[copies.gene] = copies
    return chosen


def definitions_by_gene(rows: Iterable[DefinitionVerdict]) -> dict[tuple[str, str], Verdict]:
    """The verdicts of published definitions of amplification by gene and definition."""
    return {(row.gene, row.definition): row.verdict for row in rows}


def purity_of(rows: Sequence[PurityPloidy]) -> tuple[Purity, str]:
    """Purity and the reason given with it; unknown where its fit is not assessable.

    A purity that the sheet states is known whatever became of the copies.
    """
    if not rows:
        return UNKNOWN_PURITY, "no row of purity"
    values = rows[0]
    if not values.known:
        return UNKNOWN_PURITY, values.reason
    return Purity(values.purity, values.purity_low, values.purity_high), values.reason


def foreign_cells_of(rows: Sequence[PurityPloidy], quality: Iterable[Quality]) -> float:
    """Share (0-1) of the sample's cells that are another person's, from the foreign DNA that qc.tsv warns of."""
    known = next((row for row in rows if row.known and row.purity is not None), None)
    if known is None or known.purity is None:
        return 0.0
    ploidy = NORMAL_COPIES if known.ploidy is None else known.ploidy
    return mixture_of(quality).foreign_cells(purity=known.purity, ploidy=ploidy)


_SIGNATURE_OF = {
    MICROSATELLITES: "microsatellite_instability",
    SLIPPAGE: "microsatellite_instability",
    INDELS_OF_FILE: "microsatellite_instability",
    BURDEN: "high_mutational_burden",
    BURDEN_OF_FILE: "high_mutational_burden",
    POLE_HOTSPOT: "polymerase_epsilon_exonuclease",
}
"""The signature that a metric of qc.tsv tells of; of several for one signature the first decides."""


def signatures_of(rows: Iterable[Quality]) -> dict[str, SignatureVerdict]:
    """The signatures that qc.tsv tells of; a metric that is not there, or has no value, says nothing.

    Where two metrics tell of one signature the other stands in the words, with CONFLICT where it disagrees.
    """
    told = {row.metric: row for row in rows if row.metric in _SIGNATURE_OF and row.value not in (None, "")}
    found: dict[str, SignatureVerdict] = {}
    for metric, signature in _SIGNATURE_OF.items():
        if (row := told.get(metric)) is None:
            continue
        present = row.status is QualityStatus.WARN
        told_of = SignatureVerdict(present, row.note)
        if metric != POLE_HOTSPOT:
            value = float(row.value or 0)
            told_of = SignatureVerdict(present, f"{value:.3g} {row.unit}; {row.note}", values=(value,))
        first = found.get(signature)
        found[signature] = told_of if first is None else first.beside(told_of)
    return found


def germline_of(rows: Iterable[Quality], sites: Iterable[GermlineSite]) -> dict[str, InheritedGenotype]:
    """The normal's genotypes at the panel's sites that qc.tsv tells, by dbSNP number."""
    told = {row.metric: row for row in rows if row.metric.startswith(GERMLINE)}
    found = {}
    for site in sites:
        row = told.get(f"{GERMLINE}{site.rsid}")
        if row is None:
            continue
        genotype = None if row.value in (None, "") else str(row.value)
        residues = (genotype or "").partition(" ")[2].split("/")
        alternative = genotype is not None and site.protein_change[-1] in residues
        found[site.rsid] = InheritedGenotype(genotype, row.note, alternative)
    return found


def coverage_by_gene(rows: Iterable[GeneCallability]) -> dict[str, GeneCoverage]:
    """Where small variants were looked for, by gene."""
    return {
        row.gene: GeneCoverage(
            substitutions=_codons(row.substitution_codons),
            indels=_codons(row.indel_codons),
            whole=row.covered,
            reason=row.reason,
        )
        for row in rows
    }


def _codons(ranges: str) -> frozenset[int]:
    """The codons of `1-12,14`."""
    spans = (part.partition("-") for part in ranges.split(",") if part)
    return frozenset(codon for first, _, last in spans for codon in range(int(first), int(last or first) + 1))


def _range_of(copies: GeneCopyNumber) -> tuple[float, float] | None:
    """The least and most whole copies within the bounds: a cell has whole copies. None where no bounds are given.

    Where no whole number lies within, in copies of mixed cells, the bounds themselves.
    """
    low, high = copies.copy_number_low, copies.copy_number_high
    if low is None or high is None:
        return None
    least, most = math.ceil(low), math.floor(high)
    return (float(least), float(most)) if least <= most else (low, high)


def small_variants(
    rows: Iterable[tuple[Observation, Consequence | None]],
    *,
    copies: Mapping[str, GeneCopyNumber],
    purity: Purity,
    polymorphisms: Polymorphisms,
    limits: ClonalityLimits = DEFAULT_LIMITS,
) -> tuple[SmallVariant, ...]:
    """The variants of panel genes with their copies, and whether they may be inherited.

    Candidates of the reads that mistakes explain are none: the power of their place already counts with it.
    """
    found = []
    for observation, consequence in rows:
        if consequence is None or observation.unshown:
            continue
        gene = copies.get(consequence.gene)
        known = gene if gene is not None and gene.assessable else None
        found.append(
            SmallVariant(
                observation=observation,
                consequence=consequence,
                copies=variant_copies(
                    observation.vaf,
                    observation.depth,
                    purity=purity,
                    copy_number=None if known is None else known.copy_number,
                    minor_copy_number=None if known is None else known.minor_copy_number,
                    copy_range=None if known is None else _range_of(known),
                    limits=limits,
                ),
                inherited=polymorphisms.reason(observation, consequence),
            )
        )
    return tuple(found)
