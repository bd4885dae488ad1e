"""How much of each gene's coding sequence the reads vouch for, so that no variant means something there too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from resistance.panel import Gene, Panel
from resistance.reads.axis import Axis
from resistance.sample_tables import GENE_CALLABILITY
from resistance.variants.mismatches import IS_BASE
from resistance.variants.power import (
    ClonalExpectation,
    DetectionThresholds,
    detection_probability,
    required_depth,
)
from resistance.variants.tumor_context import TumorContext


@dataclass(frozen=True, slots=True)
class GeneCallability:
    """One row of gene_callability.tsv."""

    gene: str
    coding_bases: int
    known_bases: int
    assessable_bases: int
    assessable_share: float
    median_depth: float
    depth_needed: int | None
    reason: str


def callability_of_genes(
    axis: Axis,
    depth: NDArray[np.int64],
    *,
    panel: Panel,
    context: TumorContext,
    assumed_purity: float,
    thresholds: DetectionThresholds,
) -> list[GeneCallability]:
    """What the reads vouch for of each panel gene; `depth` are fragments at each place of the axis."""
    return [
        _of_gene(
            gene,
            axis,
            depth,
            expectation=context.expectation(gene.symbol, assumed_purity=assumed_purity),
            thresholds=thresholds,
        )
        for gene in panel.genes.values()
    ]


def _of_gene(
    gene: Gene,
    axis: Axis,
    depth: NDArray[np.int64],
    *,
    expectation: ClonalExpectation,
    thresholds: DetectionThresholds,
) -> GeneCallability:
    places = _coding_places(gene, axis)
    known = IS_BASE[axis.bases[places]]
    depths, number = np.unique(depth[places], return_inverse=True)
    powers = np.array(
        [detection_probability(int(one), expectation.vaf, thresholds=thresholds) for one in depths]
    )
    assessable = known & (powers[number.reshape(-1)] >= thresholds.wild_type_power)
    return GeneCallability(
        gene=gene.symbol,
        coding_bases=gene.cds_length,
        known_bases=int(known.sum()),
        assessable_bases=int(assessable.sum()),
        assessable_share=float(assessable.sum() / gene.cds_length),
        median_depth=float(np.median(depth[places])) if len(places) else 0.0,
        depth_needed=required_depth(expectation.vaf, thresholds=thresholds),
        reason=expectation.described(),
    )


def _coding_places(gene: Gene, axis: Axis) -> NDArray[np.int64]:
    parts = []
    for start, end in gene.cds:
        first = axis.place(gene.chromosome, start)
        if first is not None:
            parts.append(np.arange(first, first + end - start))
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def callability_table(rows: Iterable[GeneCallability]) -> pd.DataFrame:
    """The GENE_CALLABILITY table of the rows."""
    return GENE_CALLABILITY.from_rows([asdict(row) for row in rows])
