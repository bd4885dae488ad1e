"""Purity and gene copies of one tumour, as the copy-number step left them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from refractor.results.copy_number_tables import GENE_COPY_NUMBER, PURITY_PLOIDY, GeneCopyNumber, PurityPloidy
from refractor.variants.codons.power import NORMAL_COPIES, ClonalExpectation, clonal_expectation


@dataclass(frozen=True, slots=True)
class TumorContext:
    """Purity (0-1, None where unknown), and total and minor copies per gene (a gene left out is unknown)."""

    purity: float | None = None
    copies: Mapping[str, float] = field(default_factory=dict)
    minor_copies: Mapping[str, float] = field(default_factory=dict)

    def expectation(self, gene: str, *, assumed_purity: float) -> ClonalExpectation:
        """What a clonal heterozygous variant of `gene` would look like."""
        return clonal_expectation(self.purity, self.copies.get(gene), assumed_purity=assumed_purity)

    def inherited_vafs(self, gene: str) -> tuple[float, ...]:
        """VAFs (0-1) that a heterozygous inherited variant of `gene` would have: on the minor, the major copies.

        (p m + (1 - p)) / (p CN + 2 (1 - p)); 0.5 where purity or copies are not known.
        """
        copies, minor = self.copies.get(gene), self.minor_copies.get(gene)
        if self.purity is None or copies is None or minor is None:
            return (0.5,)
        normal = 1 - self.purity
        total = self.purity * copies + NORMAL_COPIES * normal
        return tuple(sorted({(self.purity * m + normal) / total for m in (minor, copies - minor)}))


UNKNOWN_CONTEXT = TumorContext()


def tumor_context(purity_ploidy: Iterable[PurityPloidy], genes: Iterable[GeneCopyNumber]) -> TumorContext:
    """The context from the records of the copy-number flow.

    A gene that two sources know counts with the more copies: there a variant on one of them is rarer.
    """
    copies: dict[str, float] = {}
    minor: dict[str, float] = {}
    for row in genes:
        if row.copy_number is None:
            continue
        total = max(row.copy_number, 0.0)
        if total < copies.get(row.gene, -1.0):
            continue
        copies[row.gene] = total
        minor.pop(row.gene, None)
        if row.minor_copy_number is not None:
            minor[row.gene] = min(max(row.minor_copy_number, 0.0), total)
    return TumorContext(_purity(purity_ploidy), copies, minor)


def read_tumor_context(purity_ploidy: Path | None, gene_copy_number: Path | None) -> TumorContext:
    """The context from the copy-number step's tables; unknown what neither says."""
    return tumor_context(
        () if purity_ploidy is None else PURITY_PLOIDY.records(purity_ploidy),
        () if gene_copy_number is None else GENE_COPY_NUMBER.records(gene_copy_number),
    )


def _purity(rows: Iterable[PurityPloidy]) -> float | None:
    """The purity that can be used; None where it is unknown or was judged not to be usable."""
    return next((row.purity for row in rows if row.known and row.purity is not None), None)
