"""What the silence of a plasma sample's file says: nothing without the tumour fraction and the depth.

In plasma a few fragments in a thousand may be the tumour's. A codon of which the file says nothing is wild-type only where
a clonal variant would have been seen at that tumour fraction and depth; a word that the file could call there is not enough.
"""

from __future__ import annotations

from dataclasses import replace

from refractor.genome.panel import Panel
from refractor.variants.codons.file_view import VariantFileView
from refractor.variants.codons.power import DetectionThresholds
from refractor.variants.observation import CallableBlock

UNKNOWN_TUMOR_FRACTION = 0.001
"""Share of tumour DNA (0-1) that is assumed where nobody gives it: next to nothing, as a wild-type must not rest on a hope."""
WITHOUT_FRACTION = "it is of plasma, and the sheet gives no purity, the share of tumour DNA"
WITHOUT_DEPTH = "it is of plasma, and neither the sheet's depth nor a reference block says how much was seen"


def with_plasma_limits(
    view: VariantFileView, *, panel: Panel, tumor_fraction: float | None, depth: int | None
) -> VariantFileView:
    """The view with every declared stretch as one that was seen `depth` fragments deep, so that its power is worked out.

    `tumor_fraction` is 0-1. Reference blocks of the file keep their own depths.
    """
    silent = replace(view, callable_regions=None, assume_callable=False)
    if tumor_fraction is None:
        return replace(silent, mute=view.mute or WITHOUT_FRACTION)
    if depth is None:
        mute = "" if any(block.depth is not None for block in view.blocks) else WITHOUT_DEPTH
        return replace(silent, mute=view.mute or mute)
    declared = [
        CallableBlock(chromosome, start, end, depth) for chromosome, start, end in view.callable_regions or ()
    ]
    if view.assume_callable:
        declared += [
            CallableBlock(
                gene.chromosome,
                min(gene.cds)[0] - _BESIDE_BP,
                max(end for _, end in gene.cds) + _BESIDE_BP,
                depth,
            )
            for gene in panel.genes.values()
        ]
    return replace(silent, blocks=(*view.blocks, *declared))


def plasma_thresholds(thresholds: DetectionThresholds) -> DetectionThresholds:
    """The caller's demands without a least allele fraction: that of tissue lies above what plasma shows."""
    return replace(thresholds, min_vaf=0.0)


_BESIDE_BP = 10
"""Room for the splice sites beside the coding bases."""
