"""Junctions of one tumour's reads, where rules ask for them and at the borders of its amplicons."""

from __future__ import annotations

from refractor.genome.panel import Panel
from refractor.reads.alignment import Alignment
from refractor.results.analyses import AnalysisLog
from refractor.results.junction_tables import NO_READS
from refractor.variants.junctions.find import CopiesKnown, FoundJunctions, find_junctions, not_searched
from refractor.variants.junctions.places import places_of
from refractor.vocabulary import State

TUMOR, JUNCTIONS = "tumor_reads", "junctions"


def junctions_of_reads(
    tumor: Alignment | None,
    normal: Alignment | None,
    analyses: AnalysisLog,
    *,
    panel: Panel,
    known: CopiesKnown,
) -> FoundJunctions:
    """The junctions and what was looked at; every place not tested, with the reason, where reads are no help.

    A failure is noted as one of the analysis `junctions`: the small variants stand without it.
    """
    places = places_of(panel, known.amplicons)
    if tumor is None:
        given = analyses.state(TUMOR) not in (None, State.SKIPPED)
        return not_searched(places, analyses.reason(TUMOR) if given else NO_READS)
    with analyses.part_of(JUNCTIONS):
        return find_junctions(tumor, normal, places, genes=panel.rule_genes, known=known)
    return not_searched(places, analyses.reason(JUNCTIONS))
