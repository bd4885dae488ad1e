"""Reads of somatic substitutions over the whole genome, as a caller counted them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class SomaticAlleles:
    """Somatic substitutions of one tumour that passed, on the autosomes: arrays (n,).

    `chromosome` is a bare name, `position` 0-based; of `depth` fragments or reads `alt` show the allele. Where they were
    not `matched` with a normal, some are inherited. `bases` (n, 2) are the reference's and the allele's, where they are told;
    `least` the reads below which none was told, of those that we called in the sampled windows ourselves (None: a file's).
    """

    chromosome: NDArray[np.str_]
    position: NDArray[np.int64]
    alt: NDArray[np.int64]
    depth: NDArray[np.int64]
    matched: bool = True
    bases: NDArray[np.str_] | None = None
    least: int | None = None

    def __len__(self) -> int:
        """How many there are."""
        return len(self.position)

    def take(self, rows: NDArray[np.int64]) -> SomaticAlleles:
        """Those at `rows`."""
        return replace(
            self,
            chromosome=self.chromosome[rows],
            position=self.position[rows],
            alt=self.alt[rows],
            depth=self.depth[rows],
            bases=None if self.bases is None else self.bases[rows],
        )
