"""The common SNPs of the windows as one list that genomes of either build share."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from refractor.genome.builds import SEX_CHROMOSOMES, GenomeBuild
from refractor.reads.windows_to_read import NO_SNP, Sites, load_sites


@dataclass(frozen=True, slots=True, eq=False)
class Snps:
    """The SNPs of one build in genome order, one array entry a SNP; `digest` tells one list from another."""

    chromosome: NDArray[np.str_]
    position: NDArray[np.int64]
    ref: NDArray[np.str_]
    alt: NDArray[np.str_]
    rsid: NDArray[np.str_]
    rank: NDArray[np.int64]
    digest: str

    def __len__(self) -> int:
        return len(self.position)

    def rows_of(self, sites: Sites) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows here, and the rows of `sites` (of the same build) that hold the same SNP."""
        place = {key: row for row, key in enumerate(self._keys())}
        with_snp = np.flatnonzero(sites.snp != NO_SNP)
        keys = zip(sites.chromosome[with_snp].tolist(), sites.snp[with_snp].tolist(), strict=True)
        rows = np.array([place.get(key, -1) for key in keys], dtype=np.int64)
        known = rows >= 0
        return rows[known], with_snp[known]

    def _keys(self) -> list[tuple[str, int]]:
        return list(zip(self.chromosome.tolist(), self.position.tolist(), strict=True))


@lru_cache(maxsize=2)
def load_snps(build: GenomeBuild) -> Snps:
    """The autosomal SNPs of the shipped windows of `build`: sex chromosomes tell the sex, not the person."""
    sites = load_sites(build)
    kept = sites.subset((sites.snp != NO_SNP) & ~np.isin(sites.chromosome, SEX_CHROMOSOMES))
    listing = "\n".join(
        f"{c} {p} {r} {a}"
        for c, p, r, a in zip(
            kept.chromosome.tolist(), kept.snp.tolist(), kept.ref.tolist(), kept.alt.tolist(), strict=True
        )
    )
    return Snps(
        chromosome=kept.chromosome,
        position=kept.snp,
        ref=kept.ref,
        alt=kept.alt,
        rsid=kept.rsid,
        rank=kept.rank,
        digest=hashlib.sha256(f"{build}\n{listing}".encode()).hexdigest()[:16],
    )


@dataclass(frozen=True, slots=True, eq=False)
class SharedColumns:
    """One numbering of the SNPs of both builds: `column[build]` (n_snps of the build,) gives each SNP's column.

    A SNP has one column in both builds where its rsID and its alleles are the same. `order` lists the columns,
    those of both builds first, then by the windows' rank, so that the first columns are spread evenly.
    """

    column: dict[GenomeBuild, NDArray[np.int64]]
    order: NDArray[np.int64]
    n_in_both: int

    def __len__(self) -> int:
        return len(self.order)


@lru_cache(maxsize=1)
def shared_columns() -> SharedColumns:
    """The columns of the SNPs of both builds."""
    number: dict[tuple[str, str, str], int] = {}
    column: dict[GenomeBuild, NDArray[np.int64]] = {}
    ranks: list[int] = []
    builds_of: list[int] = []
    for build in GenomeBuild:
        snps = load_snps(build)
        rows = np.empty(len(snps), dtype=np.int64)
        names = zip(snps.rsid.tolist(), snps.ref.tolist(), snps.alt.tolist(), strict=True)
        for row, key in enumerate(names):
            at = number.setdefault(key, len(number))
            if at == len(ranks):
                ranks.append(int(snps.rank[row]))
                builds_of.append(0)
            builds_of[at] += 1
            rows[row] = at
        column[build] = rows
    in_both = np.array(builds_of) > 1
    order = np.lexsort((np.array(ranks), ~in_both))
    return SharedColumns(column, order.astype(np.int64), int(in_both.sum()))
