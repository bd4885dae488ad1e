"""Every genome against every other, by matrix products over blocks of SNPs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from refractor.identity.genotypes import NOT_CALLED, GenotypeSettings, call_genotypes
from refractor.identity.snp_counts import GenomeKind, SampleAlleles
from refractor.identity.snps import shared_columns
from refractor.settings.thresholds import IdentitySettings

if TYPE_CHECKING:
    import allel

Floats = NDArray[np.float32]

MAX_COLUMNS = 10_000
"""SNPs compared at most, those that both builds have first: with more, thousands of genomes take minutes."""
_BLOCK = 1_000
"""SNPs a matrix product takes at once: bounds the memory."""
_NOT_SEEN = np.uint8(255)
_FRACTION_STEPS = 254


@dataclass(frozen=True, slots=True)
class Genome:
    """One genome of one sample, by what it was seen in."""

    sample: str
    kind: GenomeKind
    names: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The sample for the tumour's reads; else with the kind behind a colon, which no sample name holds."""
        return self.sample if self.kind is GenomeKind.TUMOR else f"{self.sample}:{self.kind}"


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """The genomes at the compared SNPs: genotypes (n_snps, n_genomes, 2), reads' reference share in steps of 1/254."""

    genomes: tuple[Genome, ...]
    genotypes: allel.GenotypeArray
    reference_fraction: NDArray[np.uint8]

    @property
    def heterozygosity(self) -> NDArray[np.float64]:
        """Share (0-1) of each genome's called SNPs that are heterozygous, NaN without any; (n_genomes,)."""
        called = self.genotypes.count_called(axis=0)
        het = self.genotypes.count_het(axis=0)
        rates: NDArray[np.float64] = np.where(called > 0, het / np.maximum(called, 1), np.nan)
        return rates


def panel_of(samples: Mapping[str, Sequence[SampleAlleles]], *, max_columns: int = MAX_COLUMNS) -> Panel:
    """The genomes of all samples, in their order, at the SNPs that were seen in any two of them.

    Goes twice over `samples`, holding the counts of one at a time: where they come from files, StoredAlleles.
    """
    shared = shared_columns()
    genomes = []
    seen = np.zeros(len(shared), dtype=np.int32)
    for sample, files in samples.items():
        for alleles in files:
            for kind, counts in alleles.genomes.items():
                genomes.append(Genome(sample, kind, counts.names))
                seen[shared.column[alleles.build]] += (counts.ref > 0) | (counts.alt > 0)
    columns = shared.order[seen[shared.order] >= 2][:max_columns]
    place = np.full(len(shared), -1, dtype=np.int64)
    place[columns] = np.arange(len(columns))
    called = np.full((len(columns), len(genomes)), NOT_CALLED, dtype=np.int8)
    share = np.full((len(columns), len(genomes)), _NOT_SEEN)
    of_genomes = (
        (alleles.build, counts)
        for files in samples.values()
        for alleles in files
        for counts in alleles.genomes.values()
    )
    for number, (build, counts) in enumerate(of_genomes):
        rows = place[shared.column[build]]
        known = rows >= 0
        ref, alt = counts.ref[known].astype(np.int64), counts.alt[known].astype(np.int64)
        called[rows[known], number] = call_genotypes(ref, alt, GenotypeSettings())
        depth = ref + alt
        steps = np.rint(ref / np.maximum(depth, 1) * _FRACTION_STEPS).astype(np.uint8)
        share[rows[known], number] = np.where(depth > 0, steps, _NOT_SEEN)
    return Panel(tuple(genomes), _genotype_array(called), share)


def _genotype_array(called: NDArray[np.int8]) -> allel.GenotypeArray:
    """Counts of alternative alleles as scikit-allel's genotypes, -1 for not called."""
    import allel  # noqa: PLC0415 - half a second to start

    missing = called == NOT_CALLED
    both = np.empty((*called.shape, 2), dtype=np.int8)
    both[..., 0], both[..., 1] = called == 2, called > 0
    both[missing] = -1
    return allel.GenotypeArray(both)


@dataclass(frozen=True, slots=True, eq=False)
class PairMeasures:
    """What is known of the pairs of genomes `first`, `first` + 1 ... with themselves and all after them.

    Matrices (n_rows, n_genomes - first): row 0 is the genome `first`, column 0 too. `concordance` (0-1, NaN without
    sites) rests on `sites` SNPs. `kinship` is KING-robust (doi:10.1093/bioinformatics/btq559): 0.5 one person, 0.25
    parent, child or sibling, about 0 strangers; NaN where a genome is not that of normal cells. `read_fit` is the
    concordance over the homozygous SNPs of either genome, which a tumour's losses lower but which tells parent and
    child from one person.
    """

    first: int
    concordance: Floats
    sites: Floats
    kinship: Floats
    read_fit: Floats


def compare_all(
    panel: Panel, settings: IdentitySettings, *, rows_at_once: int = 500
) -> Iterator[PairMeasures]:
    """Every genome against itself and all after it, `rows_at_once` genomes at a time to bound the memory."""
    for first in range(0, len(panel.genomes), rows_at_once):
        sums = _Sums.over(panel, first, min(first + rows_at_once, len(panel.genomes)))
        yield _measures(panel, first, sums, settings)


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Sums over the SNPs, (n_rows, n_genomes - first) each: i is the row's genome, j the column's.

    `fitting`: shares of j's reads that fit the SNPs at which i is homozygous, `fitting_sites` how many those are;
    `fitted` and `fitted_sites` the same with i and j exchanged. `alike`, `opposite`: SNPs at which both are
    homozygous, for the same or for different alleles.
    """

    fitting: Floats
    fitting_sites: Floats
    fitted: Floats
    fitted_sites: Floats
    alike: Floats
    opposite: Floats

    @classmethod
    def over(cls, panel: Panel, first: int, last: int) -> _Sums:
        """The sums for genomes first to last, over blocks of SNPs.

        With s 1 where homozygous for the reference, -1 for the alternative and h = |s|, v 1 where reads were seen and r how far
        they lean to the reference (-1 to 1): reads fit by (h v + s r) / 2, and alike and opposite are (h h + s s) / 2 and
        (h h - s s) / 2. Six products in all. Summed are whole numbers, r in steps of 1/254: up to 66,000 SNPs exactly.
        """
        rows = slice(0, last - first)
        shape = (last - first, len(panel.genomes) - first)
        lean, leant, seen_here, seen_there, both, product = (np.zeros(shape, np.float32) for _ in range(6))
        for start in range(0, len(panel.reference_fraction), _BLOCK):
            sign = _signs(panel.genotypes[start : start + _BLOCK, first:])
            homozygous = np.abs(sign)
            steps = panel.reference_fraction[start : start + _BLOCK, first:].T
            seen = (steps != _NOT_SEEN).astype(np.float32)
            reads = (2 * steps.astype(np.float32) - _FRACTION_STEPS) * seen
            lean += sign[rows] @ reads.T
            leant += reads[rows] @ sign.T
            seen_here += homozygous[rows] @ seen.T
            seen_there += seen[rows] @ homozygous.T
            both += homozygous[rows] @ homozygous.T
            product += sign[rows] @ sign.T
        half = np.float32(0.5)
        lean *= half / _FRACTION_STEPS
        leant *= half / _FRACTION_STEPS
        return cls(
            fitting=seen_here * half + lean,
            fitting_sites=seen_here,
            fitted=seen_there * half + leant,
            fitted_sites=seen_there,
            alike=(both + product) * half,
            opposite=(both - product) * half,
        )


def _signs(genotypes: allel.GenotypeArray) -> Floats:
    """1 for homozygous reference, -1 for homozygous alternative, 0 for else; (n_genomes, n_snps)."""
    signs = genotypes.is_hom_ref().astype(np.int8) - genotypes.is_hom_alt().astype(np.int8)
    return np.ascontiguousarray(signs.T, dtype=np.float32)


def _kinship(panel: Panel, first: int, opposite: Floats, germline: NDArray[np.bool_]) -> Floats:
    """KING-robust kinship of genomes `first` and on with themselves and all after them, NaN but for normal cells.

    `opposite` as in _Sums, `germline` (n_genomes - first,). Heterozygous SNPs are counted of normal genomes alone.
    """
    kinship = np.full(opposite.shape, np.nan, np.float32)
    columns = np.flatnonzero(germline)
    n_rows = int(germline[: len(opposite)].sum())
    if not n_rows:
        return kinship
    both, either = (np.zeros((n_rows, len(columns)), np.float32) for _ in range(2))
    for start in range(0, len(panel.reference_fraction), _BLOCK):
        block = panel.genotypes[start : start + _BLOCK, first:][:, columns]
        het, called = (
            np.ascontiguousarray(flags.T, dtype=np.float32) for flags in (block.is_het(), block.is_called())
        )
        both += het[:n_rows] @ het.T
        either += het[:n_rows] @ called.T + called[:n_rows] @ het.T
    place = np.ix_(columns[:n_rows], columns)
    with np.errstate(divide="ignore", invalid="ignore"):
        kinship[place] = (both - 2 * opposite[place]) / either
    return kinship


def _measures(panel: Panel, first: int, sums: _Sums, settings: IdentitySettings) -> PairMeasures:
    """What the sums of a block say.

    Concordance is how well reads fit the SNPs at which the other genome is homozygous: by inheritance if one of the
    two is of normal cells. Between two tumours a heterozygous SNP may have been lost to either allele: there, SNPs
    count at which both look homozygous, if there are enough, as strangers differ at four of ten of those too.
    """
    kinds = [genome.kind for genome in panel.genomes[first:]]
    germline = np.array([kind.germline for kind in kinds])
    from_reads = np.array([kind.from_reads for kind in kinds])
    rows = len(sums.alike)
    neither = ~germline[:rows, None] & ~germline[None, :]
    by_row = (germline[:rows, None] | neither).astype(np.float32)  # whose homozygous SNPs are asked
    by_column = (germline[None, :] | neither).astype(np.float32)
    row_sites, column_sites = by_row * sums.fitting_sites, by_column * sums.fitted_sites
    with np.errstate(divide="ignore", invalid="ignore"):
        read_fit = (by_row * sums.fitting + by_column * sums.fitted) / (row_sites + column_sites)
        concordance, sites = read_fit.copy(), np.maximum(row_sites, column_sites)
        homozygous = sums.alike + sums.opposite
        tumors = neither & from_reads[:rows, None] & from_reads[None, :] & (homozygous >= settings.min_sites)
        concordance[tumors] = (sums.alike / homozygous)[tumors]
        sites[tumors] = homozygous[tumors]
    kinship = _kinship(panel, first, sums.opposite, germline)
    return PairMeasures(first, concordance, sites, kinship, read_fit)
