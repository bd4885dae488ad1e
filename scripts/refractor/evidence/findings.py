"""What is known of one tumour when its evidence is looked up: the finished tables, as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from refractor.evidence.clonality import (
    DEFAULT_LIMITS,
    UNKNOWN_PURITY,
    ClonalityLimits,
    Purity,
    VariantCopies,
    variant_copies,
)
from refractor.results.copy_number_tables import (
    AMPLICONS,
    AMPLIFICATION_DEFINITIONS,
    GENE_COPY_NUMBER,
    PURITY_PLOIDY,
)
from refractor.results.variant_tables import CODON_STATUS, GENE_CALLABILITY
from refractor.vocabulary import CopyNumberCall, Status, Verdict, YesNo

if TYPE_CHECKING:
    from refractor.evidence.polymorphisms import Polymorphisms
    from refractor.variants.consequences import Consequence
    from refractor.variants.files.structural_variants import StructuralVariant
    from refractor.variants.observation import Observation


@dataclass(frozen=True, slots=True)
class CodonResult:
    """Whether one codon is mutated, with the counts and the reason behind it."""

    gene: str
    codon: int
    status: Status
    vaf: float | None = None
    depth: int | None = None
    protein_change: str | None = None
    reason: str = ""


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
class GeneCopies:
    """Copies of one gene in tumour cells, with bounds and call; 0-based half-open; None = unknown."""

    gene: str
    chromosome: str
    start: int
    end: int
    call: CopyNumberCall
    copy_number: float | None = None
    low: float | None = None
    high: float | None = None
    least: float | None = None
    most: float | None = None
    minor: float | None = None
    over_ploidy: float | None = None
    arm: float | None = None
    p_amplified: float | None = None
    capped: bool = False
    source: str = ""
    reason: str = ""

    @property
    def assessable(self) -> bool:
        """Whether anything can be said of the copies."""
        return self.call is not CopyNumberCall.NOT_ASSESSABLE


@dataclass(frozen=True, slots=True)
class Amplicon:
    """One amplified stretch; 0-based half-open."""

    chromosome: str
    start: int
    end: int
    focality: str
    genes: tuple[str, ...] = ()
    partial_genes: tuple[str, ...] = ()
    copy_number: float | None = None


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
class Findings:
    """All that is known of one tumour. `structural_variants` is None where no file was given.

    `definitions` are the verdicts of published definitions of amplification, by gene and name;
    `coverage` says by gene where small variants were looked for, with power; empty where nothing was.
    """

    sample: str
    variants: tuple[SmallVariant, ...] = ()
    codons: Mapping[tuple[str, int], CodonResult] = field(default_factory=dict)
    copies: Mapping[str, GeneCopies] = field(default_factory=dict)
    definitions: Mapping[tuple[str, str], Verdict] = field(default_factory=dict)
    amplicons: tuple[Amplicon, ...] = ()
    purity: Purity = UNKNOWN_PURITY
    purity_reason: str = ""
    structural_variants: tuple[StructuralVariant, ...] | None = None
    coverage: Mapping[str, GeneCoverage] = field(default_factory=dict)
    prior_anti_egfr: bool | None = None

    def variants_of(self, gene: str | None) -> tuple[SmallVariant, ...]:
        """The small variants of one gene."""
        return tuple(variant for variant in self.variants if variant.gene == gene)

    def coverage_of(self, gene: str | None) -> GeneCoverage:
        """Where small variants of one gene were looked for; nowhere where nothing is known of it."""
        return self.coverage.get(gene or "", _NOWHERE)


_NOWHERE = GeneCoverage()


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def _list(value: Any) -> tuple[str, ...]:
    return tuple(part.strip() for part in _text(value).split(",") if part.strip())


def read_codons(path: Path) -> dict[tuple[str, int], CodonResult]:
    """The rows of codon_status.tsv by gene and codon."""
    rows = CODON_STATUS.read(path).to_dict("records")
    return {
        (row["gene"], int(row["codon"])): CodonResult(
            gene=row["gene"],
            codon=int(row["codon"]),
            status=Status(row["status"]),
            vaf=_number(row["vaf"]),
            depth=None if pd.isna(row["depth"]) else int(row["depth"]),
            protein_change=_text(row["protein_change"]) or None,
            reason=_text(row["reason"]),
        )
        for row in rows
    }


def read_gene_copies(path: Path) -> dict[str, GeneCopies]:
    """The rows of gene_copy_number.tsv by gene; of several sources the first that can be assessed."""
    chosen: dict[str, GeneCopies] = {}
    for row in GENE_COPY_NUMBER.read(path).to_dict("records"):
        copies = GeneCopies(
            gene=row["gene"],
            chromosome=row["chromosome"],
            start=int(row["start"]),
            end=int(row["end"]),
            call=CopyNumberCall(row["call"]),
            copy_number=_number(row["copy_number"]),
            low=_number(row["copy_number_low"]),
            high=_number(row["copy_number_high"]),
            least=_number(row["min_copy_number"]),
            most=_number(row["max_copy_number"]),
            minor=_number(row["minor_copy_number"]),
            over_ploidy=_number(row["copy_number_over_ploidy"]),
            arm=_number(row["arm_copy_number"]),
            p_amplified=_number(row["p_amplified"]),
            capped=row["capped"] == YesNo.YES,
            source=_text(row["source"]),
            reason=_text(row["reason"]),
        )
        earlier = chosen.get(copies.gene)
        if earlier is None or (copies.assessable and not earlier.assessable):
            chosen[copies.gene] = copies
    return chosen


def read_definitions(path: Path) -> dict[tuple[str, str], Verdict]:
    """The verdicts of amplification_definitions.tsv by gene and definition."""
    rows = AMPLIFICATION_DEFINITIONS.read(path).to_dict("records")
    return {(row["gene"], row["definition"]): Verdict(row["verdict"]) for row in rows}


def read_amplicons(path: Path) -> tuple[Amplicon, ...]:
    """The rows of amplicons.tsv."""
    return tuple(
        Amplicon(
            chromosome=row["chromosome"],
            start=int(row["start"]),
            end=int(row["end"]),
            focality=row["focality"],
            genes=_list(row["genes"]),
            partial_genes=_list(row["partial_genes"]),
            copy_number=_number(row["copy_number"]),
        )
        for row in AMPLICONS.read(path).to_dict("records")
    )


def read_purity(path: Path) -> tuple[Purity, str]:
    """Purity from purity_ploidy.tsv and the reason given there; unknown where its fit is not assessable.

    A purity that the sheet states is known whatever became of the copies.
    """
    rows = PURITY_PLOIDY.read(path).to_dict("records")
    if not rows:
        return UNKNOWN_PURITY, "no row of purity"
    row = rows[0]
    reason = _text(row["reason"])
    if row["status"] != "ok" and row["method"] != "given":
        return UNKNOWN_PURITY, reason
    return (
        Purity(_number(row["purity"]), _number(row["purity_low"]), _number(row["purity_high"])),
        reason,
    )


def read_coverage(path: Path) -> dict[str, GeneCoverage]:
    """The rows of gene_callability.tsv by gene."""
    return {
        row["gene"]: GeneCoverage(
            substitutions=_codons(row["substitution_codons"]),
            indels=_codons(row["indel_codons"]),
            whole=row["covered"] == YesNo.YES,
            reason=_text(row["reason"]),
        )
        for row in GENE_CALLABILITY.read(path).to_dict("records")
    }


def _codons(value: Any) -> frozenset[int]:
    """The codons of `1-12,14`."""
    spans = (part.partition("-") for part in _list(value))
    return frozenset(codon for first, _, last in spans for codon in range(int(first), int(last or first) + 1))


def small_variants(
    rows: Iterable[tuple[Observation, Consequence | None]],
    *,
    copies: Mapping[str, GeneCopies],
    purity: Purity,
    polymorphisms: Polymorphisms,
    limits: ClonalityLimits = DEFAULT_LIMITS,
) -> tuple[SmallVariant, ...]:
    """The variants of panel genes with their copies, and whether they may be inherited."""
    found = []
    for observation, consequence in rows:
        if consequence is None:
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
                    minor_copy_number=None if known is None else known.minor,
                    limits=limits,
                ),
                inherited=polymorphisms.reason(observation, consequence),
            )
        )
    return tuple(found)
