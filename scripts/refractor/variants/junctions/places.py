"""Where junctions are looked for: the coding stretches of genes whose rules ask for breaks, and the borders of amplicons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from refractor.genome.intervals import Interval
from refractor.genome.panel import Gene, Panel
from refractor.results.copy_number_tables import Amplicon, Focality

GENE_FLANK_BP = 1_000
"""Bases read beside a coding stretch: the pairs of a junction in its last bases lie there."""
BORDER_BP = 25_000
"""Bases read on both sides of an amplicon's border: what the windows leave open of its place (20 kb apart)."""
MOST_BORDERS = 16
"""Borders read at the most, of the amplicons with most copies (our choice): the reading stays within seconds."""


@dataclass(frozen=True, slots=True)
class Place:
    """One stretch in which junctions are looked for: a gene's, or around a border."""

    name: str
    interval: Interval
    gene: Gene | None = None


def places_of(panel: Panel, amplicons: Iterable[Amplicon]) -> tuple[Place, ...]:
    """The genes first, then the borders of focal amplicons, those with most copies first."""
    places = [
        Place(
            symbol,
            (gene.chromosome, max(0, gene.cds[0][0] - GENE_FLANK_BP), gene.cds[-1][1] + GENE_FLANK_BP),
            gene,
        )
        for symbol in panel.rearranged_genes
        if (gene := panel.genes.get(symbol)) is not None
    ]
    focal = [amplicon for amplicon in amplicons if amplicon.focality is Focality.FOCAL]
    focal.sort(key=lambda amplicon: -(amplicon.copy_number or 0.0))
    borders = [
        Place(
            border_name(amplicon, which),
            (amplicon.chromosome, max(0, position - BORDER_BP), position + BORDER_BP),
        )
        for amplicon in focal
        for which, position in (("start", amplicon.start), ("end", amplicon.end))
    ]
    return tuple(places + list({place.name: place for place in borders}.values())[:MOST_BORDERS])


def border_name(amplicon: Amplicon, which: str) -> str:
    """The name of a border, with 1-based places: `start of the amplicon 17:39084938-40249243`."""
    return f"{which} of the amplicon {amplicon.chromosome}:{amplicon.start + 1}-{amplicon.end}"
