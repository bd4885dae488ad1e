"""Where junctions are looked for: the coding stretches of genes whose rules ask for breaks, and the borders of amplicons.

Of a gene outside the panel, of which a rule asks for fusions alone, it is the stretch in which those break.
"""

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
    genes = panel.rule_genes
    places = [
        Place(symbol, _stretch(gene, panel.break_codons.get(symbol)), gene)
        for symbol in panel.rearranged_genes
        if (gene := genes.get(symbol)) is not None
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


def _stretch(gene: Gene, codons: tuple[int, int] | None) -> Interval:
    """The gene's coding stretch, or that between two codons, with its flanks."""
    start, end = gene.cds[0][0], gene.cds[-1][1]
    if codons is not None:
        ends = [position for codon in codons for position in gene.codon_positions(codon)]
        start, end = min(ends), max(ends) + 1
    return gene.chromosome, max(0, start - GENE_FLANK_BP), end + GENE_FLANK_BP


def border_name(amplicon: Amplicon, which: str) -> str:
    """The name of a border, with 1-based places: `start of the amplicon 17:39084938-40249243`."""
    return f"{which} of the amplicon {amplicon.chromosome}:{amplicon.start + 1}-{amplicon.end}"
