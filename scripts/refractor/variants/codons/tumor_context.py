"""Purity and gene copies of one tumour with their ranges, and what else its reads hold, as the copy-number step left them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from refractor.results.copy_number_tables import GENE_COPY_NUMBER, PURITY_PLOIDY, GeneCopyNumber, PurityPloidy
from refractor.results.mixture import UNMIXED, Mixture, mixture_of
from refractor.results.quality import COPY_NUMBER_QC, Quality
from refractor.variants.codons.power import NORMAL_COPIES, ClonalExpectation, clonal_expectation


@dataclass(frozen=True, slots=True)
class AlleleOrigins:
    """What an allele would show that is no somatic variant of this tumour, and a somatic one in the normal.

    `inherited_vafs`: VAFs (0-1) of a heterozygous inherited variant. `foreign_vaf`: that of a variant which the person whose
    DNA contaminates the tumour inherited heterozygously; 0 without foreign DNA. `share_in_normal`: what the tumour cells in
    the normal leave there of a VAF. `normal_foreign_dna`: share of the normal's DNA that dilutes the patient's alleles.
    """

    inherited_vafs: tuple[float, ...] = (0.5,)
    foreign_vaf: float = 0.0
    share_in_normal: float = 0.0
    normal_foreign_dna: float = 0.0


@dataclass(frozen=True, slots=True)
class TumorContext:
    """Purity (0-1, None where unknown), and total and minor copies per gene (a gene left out is unknown).

    `least_purity` and `most_copies` are the ends of their 95 % ranges at which a variant is rarest, where a range is known.
    Purity is the share of all cells, foreign ones included.
    """

    purity: float | None = None
    copies: Mapping[str, float] = field(default_factory=dict)
    minor_copies: Mapping[str, float] = field(default_factory=dict)
    least_purity: float | None = None
    most_copies: Mapping[str, float] = field(default_factory=dict)
    ploidy: float | None = None
    mixture: Mixture = UNMIXED

    def expectation(self, gene: str, *, assumed_purity: float) -> ClonalExpectation:
        """What a clonal heterozygous variant of `gene` would look like where the ranges make it rarest."""
        purity = self.purity if self.least_purity is None else self.least_purity
        copies = self.most_copies.get(gene, self.copies.get(gene))
        ranged = (purity, copies) != (self.purity, self.copies.get(gene))
        return clonal_expectation(purity, copies, assumed_purity=assumed_purity, ranged=ranged)

    def origins(self, gene: str) -> AlleleOrigins:
        """What alleles of `gene` would show that are not this tumour's own."""
        return AlleleOrigins(
            inherited_vafs=self.inherited_vafs(gene),
            foreign_vaf=self._foreign_vaf(gene),
            share_in_normal=self._share_in_normal(gene),
            normal_foreign_dna=self.mixture.normal_foreign_dna,
        )

    def inherited_vafs(self, gene: str) -> tuple[float, ...]:
        """VAFs (0-1) that a heterozygous inherited variant of `gene` would have: on the minor, the major copies.

        (p m + (1 - p - f)) / (p CN + 2 (1 - p)) with f the share of another person's cells, which lack it;
        (1 - share of foreign DNA) / 2 where purity or copies are not known.
        """
        copies, minor = self.copies.get(gene), self.minor_copies.get(gene)
        if self.purity is None or copies is None or minor is None:
            return ((1 - self.mixture.foreign_dna) / 2,)
        foreign = self.mixture.foreign_cells(purity=self.purity, ploidy=self.ploidy or NORMAL_COPIES)
        total = _mean_copies(self.purity, copies)
        return tuple(
            sorted({(self.purity * m + 1 - self.purity - foreign) / total for m in (minor, copies - minor)})
        )

    def _foreign_vaf(self, gene: str) -> float:
        """Half the foreign share of the DNA at the gene: less of it where the tumour has many copies."""
        if not self.mixture.foreign_dna or self.purity is None:
            return self.mixture.foreign_dna / 2
        foreign = self.mixture.foreign_cells(purity=self.purity, ploidy=self.ploidy or NORMAL_COPIES)
        return foreign / _mean_copies(self.purity, self.copies.get(gene, NORMAL_COPIES))

    def _share_in_normal(self, gene: str) -> float:
        """VAF in the normal over that in the tumour: c (p CN + 2 (1 - p)) / (p (c CN + 2 (1 - c))), c tumour cells there."""
        within = self.mixture.tumor_in_normal
        if not within or not self.purity:
            return 0.0
        copies = self.copies.get(gene, NORMAL_COPIES)
        share = within / _mean_copies(within, copies) * _mean_copies(self.purity, copies) / self.purity
        return min(share, 1.0)


UNKNOWN_CONTEXT = TumorContext()


def tumor_context(
    purity_ploidy: Iterable[PurityPloidy],
    genes: Iterable[GeneCopyNumber],
    quality: Iterable[Quality] = (),
) -> TumorContext:
    """The context from the records of the copy-number flow.

    A gene that two sources know counts with the more copies: there a variant on one of them is rarer.
    """
    copies: dict[str, float] = {}
    minor: dict[str, float] = {}
    most: dict[str, float] = {}
    for row in genes:
        if row.copy_number is None:
            continue
        total = max(row.copy_number, 0.0)
        most[row.gene] = max(most.get(row.gene, 0.0), total, row.copy_number_high or 0.0)
        if total < copies.get(row.gene, -1.0):
            continue
        copies[row.gene] = total
        minor.pop(row.gene, None)
        if row.minor_copy_number is not None:
            minor[row.gene] = min(max(row.minor_copy_number, 0.0), total)
    known = next((row for row in purity_ploidy if row.known and row.purity is not None), None)
    return TumorContext(
        purity=None if known is None else known.purity,
        copies=copies,
        minor_copies=minor,
        least_purity=None if known is None else known.purity_range[0],
        most_copies=most,
        ploidy=None if known is None else known.ploidy,
        mixture=mixture_of(quality),
    )


def read_tumor_context(
    purity_ploidy: Path | None, gene_copy_number: Path | None, quality: Path | None = None
) -> TumorContext:
    """The context from the copy-number step's tables; unknown what none of them says."""
    return tumor_context(
        () if purity_ploidy is None else PURITY_PLOIDY.records(purity_ploidy),
        () if gene_copy_number is None else GENE_COPY_NUMBER.records(gene_copy_number),
        () if quality is None else COPY_NUMBER_QC.records(quality),
    )


def _mean_copies(purity: float, copies: float) -> float:
    """Copies of a gene in the mean cell of a sample with this share of tumour cells."""
    return purity * copies + NORMAL_COPIES * (1 - purity)
