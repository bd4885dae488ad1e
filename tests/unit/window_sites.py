"""Sampled windows for tests: of 1,000 bases, with a SNP A>G where one is given."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from refractor.reads.windows_to_read import NO_SNP, Sites


def window_sites(chromosome: str | Sequence[str], start: ArrayLike, snp: ArrayLike = NO_SNP) -> Sites:
    """Backbone windows that begin at `start`, in order of rank; `snp` are 0-based positions or NO_SNP."""
    begins = np.asarray(start)
    n = len(begins)
    blank = np.full(n, "")
    return Sites(
        chromosome=np.array([chromosome] * n if isinstance(chromosome, str) else list(chromosome), dtype=str),
        start=begins,
        end=begins + 1_000,
        snp=np.broadcast_to(np.asarray(snp), n).copy(),
        ref=np.full(n, "A"),
        alt=np.full(n, "G"),
        rsid=blank,
        gc=np.full(n, 0.4),
        mappability=np.ones(n),
        kind=np.full(n, "backbone"),
        gene=blank,
        rank=np.arange(n),
    )
