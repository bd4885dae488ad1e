"""The places at which a genome is sampled: windows of about 1 kb, most around a common SNP."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from resistance.genome import GenomeBuild
from resistance.resources import RESOURCES

WINDOWS = RESOURCES / "windows"
NO_SNP = -1
"""`Sites.snp` of a window without a common SNP."""


@dataclass(frozen=True, slots=True, eq=False)
class Sites:
    """Windows in genome order, one array entry a window; 0-based half-open, chromosomes without chr.

    `snp` is the SNP's 0-based position or NO_SNP, `ref` and `alt` its alleles (empty without one), `rsid` its
    name. `gc` and `mappability` (0-1) are those of the 10 kb around. `kind` is backbone (evenly over the
    genome), chr17 (denser there), gene (a panel gene and its flanks; `gene` names it) or amplicon (the
    neighbourhood of ERBB2). Any first windows by `rank` are evenly spread and hold every panel gene.
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

    def __len__(self) -> int:
        return len(self.start)

    def subset(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> Sites:
        """The windows at `rows`, in their order."""
        return Sites(*(getattr(self, name)[rows] for name in self.__slots__))


def load_sites(build: GenomeBuild, *, count: int | None = None) -> Sites:
    """The shipped windows of `build` in genome order: all, or the `count` of lowest rank."""
    sites = _all_sites(build)
    return sites if count is None or count >= len(sites) else sites.subset(sites.rank < count)


@lru_cache(maxsize=2)
def _all_sites(build: GenomeBuild) -> Sites:
    with gzip.open(WINDOWS / f"{build}.tsv.gz", "rt", encoding="utf-8") as lines:
        frame = pd.read_csv(
            lines,
            sep="\t",
            keep_default_na=False,
            dtype=dict.fromkeys(("chromosome", "snp_position", "rsid", "ref", "alt", "kind", "gene"), str),
        )
    text = {name: frame[name].to_numpy(str) for name in ("chromosome", "rsid", "ref", "alt", "kind", "gene")}
    return Sites(
        chromosome=text["chromosome"],
        start=frame["start"].to_numpy(np.int64),
        end=frame["end"].to_numpy(np.int64),
        snp=frame["snp_position"].replace("", str(NO_SNP)).to_numpy(np.int64),
        ref=text["ref"],
        alt=text["alt"],
        rsid=text["rsid"],
        gc=frame["gc"].to_numpy(np.float64),
        mappability=frame["mappability"].to_numpy(np.float64),
        kind=text["kind"],
        gene=text["gene"],
        rank=frame["rank"].to_numpy(np.int64),
    )
