"""The places at which a genome is sampled: windows of about 1 kb, most around a common SNP."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from refractor.files.resources import RESOURCES
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import Gene, own_genes
from refractor.reads.index_scan import Peak
from refractor.reads.windows_of_genes import (
    WINDOW,
    Stretches,
    evenly_ordered,
    load_stretches,
    windows_of_gene,
)

WINDOWS = RESOURCES / "windows"
NO_SNP = -1
"""`Sites.snp` of a window without a common SNP."""


@dataclass(frozen=True, slots=True, eq=False)
class Sites:
    """Windows in genome order, one array entry a window; 0-based half-open, chromosomes without chr.

    `snp` is the SNP's 0-based position or NO_SNP, `ref` and `alt` its alleles (empty without one), `rsid` its
    name. `gc` and `mappability` (0-1) are those of the 10 kb around. `kind` is backbone (evenly over the
    genome), a chromosome's name (denser there), gene (a panel gene and its flanks; `gene` names it), amplicon (the
    neighbourhood of such a gene) or peak (where the file's own index has one). Any first windows by `rank` are evenly
    spread and hold every panel gene.
    """

    chromosome: NDArray[np.str_]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    snp: NDArray[np.int64]
    ref: NDArray[np.str_]
    alt: NDArray[np.str_]
    rsid: NDArray[np.str_]
    gc: NDArray[np.float64]
    mappability: NDArray[np.float64]
    kind: NDArray[np.str_]
    gene: NDArray[np.str_]
    rank: NDArray[np.int64]

    @classmethod
    def without_snps(
        cls,
        start: NDArray[np.int64],
        *,
        chromosome: NDArray[np.str_],
        gc: NDArray[np.float64],
        mappability: NDArray[np.float64],
        kind: str,
        gene: str,
        rank: NDArray[np.int64],
    ) -> Sites:
        """Windows of the usual length that hold no SNP, all of one kind and gene."""
        n = len(start)
        blank = np.full(n, "")
        return cls(
            chromosome=chromosome,
            start=start,
            end=start + WINDOW,
            snp=np.full(n, NO_SNP, dtype=np.int64),
            ref=blank,
            alt=blank,
            rsid=blank,
            gc=gc,
            mappability=mappability,
            kind=np.full(n, kind),
            gene=np.full(n, gene),
            rank=rank,
        )

    def __len__(self) -> int:
        return len(self.start)

    @property
    def spread(self) -> NDArray[np.bool_]:
        """Which windows are laid evenly over chromosomes, for the sake of no gene and of no peak."""
        return ~np.isin(self.kind, ("gene", "amplicon", "peak"))

    @property
    def kilobases(self) -> NDArray[np.float64]:
        """Length of each window in 1,000 bases."""
        return np.asarray((self.end - self.start) / 1_000)

    def subset(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> Sites:
        """The windows at `rows`, in their order."""
        return Sites(*(getattr(self, name)[rows] for name in self.__slots__))


def load_sites(build: GenomeBuild, *, count: int | None = None) -> Sites:
    """The windows of `build` in genome order: all, or the `count` of lowest rank.

    They are the shipped ones and, of the same density, those over the user's own genes.
    """
    sites = _with_own_genes(build, own_genes(build))
    return sites if count is None or count >= len(sites) else sites.subset(sites.rank < count)


@lru_cache(maxsize=2)
def genes_of_amplicons(build: GenomeBuild) -> tuple[str, ...]:
    """Genes whose whole neighbourhood has windows, as amplicons of them begin and end there."""
    sites = _all_sites(build)
    return tuple(sorted(set(sites.gene[sites.kind == "amplicon"].tolist())))


@lru_cache(maxsize=2)
def _all_sites(build: GenomeBuild) -> Sites:
    with gzip.open(WINDOWS / f"{build}.tsv.gz", "rt", encoding="utf-8") as lines:
        header, *rows = (line.rstrip("\n").split("\t") for line in lines)
    column = dict(zip(header, zip(*rows, strict=True), strict=True))

    def text(name: str) -> NDArray[np.str_]:
        return np.array(column[name])

    return Sites(
        chromosome=text("chromosome"),
        start=text("start").astype(np.int64),
        end=text("end").astype(np.int64),
        snp=np.array([int(cell) if cell else NO_SNP for cell in column["snp_position"]], dtype=np.int64),
        ref=text("ref"),
        alt=text("alt"),
        rsid=text("rsid"),
        gc=text("gc").astype(np.float64),
        mappability=text("mappability").astype(np.float64),
        kind=text("kind"),
        gene=text("gene"),
        rank=text("rank").astype(np.int64),
    )


@lru_cache(maxsize=2)
def _with_own_genes(build: GenomeBuild, genes: tuple[Gene, ...]) -> Sites:
    """The shipped windows with those over genes for which none were laid; no shipped one is moved or left out."""
    sites = _all_sites(build)
    laid = set(sites.gene.tolist())
    for gene in genes:
        if gene.symbol not in laid:
            sites, _ = joined(sites, _sites_of(gene, load_stretches(build), before=sites))
    return sites


def _sites_of(gene: Gene, stretches: Stretches, *, before: Sites) -> Sites:
    """Windows over one gene that overlap none of those `before`, ranked in step with them, the gene's core first."""
    laid = windows_of_gene(gene, stretches)
    taken = before.start[before.chromosome == gene.chromosome]
    free = np.zeros(len(laid.start), dtype=bool)
    for row, one in enumerate(laid.start):
        free[row] = not (np.abs(taken - one) < WINDOW).any()
        taken = np.append(taken, one) if free[row] else taken
    start, core = laid.start[free], laid.core[free]
    rank = np.zeros(len(start), dtype=np.int64)
    others = np.flatnonzero(~core)
    step = int(before.rank.max()) // max(len(others), 1)
    rank[others[evenly_ordered(len(others))]] = np.arange(len(others)) * step
    return Sites.without_snps(
        start,
        chromosome=np.full(len(start), gene.chromosome),
        gc=laid.gc[free],
        mappability=laid.mappability[free],
        kind="gene",
        gene=gene.symbol,
        rank=rank,
    )


def joined(sites: Sites, added: Sites) -> tuple[Sites, NDArray[np.int64]]:
    """Both in genome order, chromosomes in the order of `sites`; and where each stood in the two one after the other."""
    both = Sites(*(np.concatenate([getattr(sites, f), getattr(added, f)]) for f in Sites.__slots__))
    number = {name: at for at, name in enumerate(dict.fromkeys(sites.chromosome.tolist()))}
    place = np.array([number[name] for name in both.chromosome.tolist()])
    order: NDArray[np.int64] = np.lexsort((both.start, place))
    return both.subset(order), order


PEAK_SPACING = 16_384
PEAK_LIMIT = 300
"""Extra windows at most: a file whose index is full of peaks is noisy, not amplified."""
PEAK_NEAR = 200_000
"""A peak is looked at where shipped windows lie this near (bp): elsewhere the genome is not mappable."""


def with_peaks(sites: Sites, peaks: Sequence[Peak]) -> Sites:
    """The sites and, in genome order, windows without a SNP at each 16-kb stretch in and around the peaks."""
    taken = set(zip(sites.chromosome.tolist(), (sites.start // PEAK_SPACING).tolist(), strict=True))
    found: dict[tuple[str, int], None] = {}
    for peak in peaks:
        here = sites.chromosome == peak.chromosome
        near = here & (sites.end > peak.start - PEAK_NEAR) & (sites.start < peak.end + PEAK_NEAR)
        if not near.any():
            continue
        for stretch in range(peak.start // PEAK_SPACING - 2, peak.end // PEAK_SPACING + 2):
            if stretch >= 0 and (peak.chromosome, stretch) not in taken:
                found[peak.chromosome, stretch] = None
    extra = list(found)[:PEAK_LIMIT]
    if not extra:
        return sites
    n = len(extra)
    added = Sites.without_snps(
        np.array([stretch * PEAK_SPACING for _, stretch in extra], dtype=np.int64),
        chromosome=np.array([chromosome for chromosome, _ in extra]),
        gc=np.full(n, float(np.nanmedian(sites.gc))),
        mappability=np.full(n, np.nan),
        kind="peak",
        gene="",
        rank=np.full(n, int(sites.rank.max()) + 1),
    )
    return joined(sites, added)[0]


def further_sites(every: Sites, read: Sites) -> Sites:
    """The windows of `every` that overlap none of those `read`; all are in genome order."""
    free = np.ones(len(every), dtype=bool)
    for name in np.unique(every.chromosome):
        rows, taken = np.flatnonzero(every.chromosome == name), read.chromosome == name
        starts, ends = read.start[taken], np.maximum.accumulate(read.end[taken])
        before = np.searchsorted(starts, every.end[rows])  # windows that begin before each one ends
        reach = np.append(0, ends)[before]
        free[rows] = reach <= every.start[rows]
    return every.subset(free)
