"""The junctions of one tumour's reads, and what would have been seen: one pass over each place, then their surroundings."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median

import numpy as np

from refractor.genome.panel import Gene
from refractor.reads.alignment import Alignment
from refractor.results.copy_number_tables import Amplicon, GeneCopyNumber, PurityPloidy
from refractor.results.junction_tables import (
    Junction,
    JunctionKind,
    JunctionSearch,
    SearchStatus,
)
from refractor.variants.files.structural_variants import Breakpoint
from refractor.variants.junctions.clusters import Cluster, clusters_of
from refractor.variants.junctions.copies import Yield, crossing, shown_share, yield_of_copy
from refractor.variants.junctions.judged import (
    LEAST_FRAGMENTS,
    Chimeras,
    Judged,
    chimeras_of,
    judge_alone,
    judge_around,
)
from refractor.variants.junctions.places import Place
from refractor.variants.junctions.scan import FragmentLengths, Scan, fragment_lengths, scan
from refractor.variants.junctions.surroundings import surroundings_of
from refractor.vocabulary import Side

log = logging.getLogger(__name__)

LEAST_COVERED = 0.8
"""Share of a place that must have well placed reads in enough depth, for its silence to say something (our choice)."""
LEAST_READS = 500
"""Reads from which it is judged whether a file has clipped and split reads at all."""
LEAST_LONG_CLIPS = 20
MOST_JUDGED = 200
"""Possible junctions whose surroundings are read, those with most fragments first: a limit on cost."""
LEAST_WRITTEN = 3
"""Fragments from which a possible junction is written with what speaks against it."""


@dataclass(frozen=True, slots=True)
class FoundJunctions:
    """What the reads of one tumour show of junctions, and what was looked at."""

    junctions: tuple[Junction, ...] = ()
    searches: tuple[JunctionSearch, ...] = ()


@dataclass(frozen=True, slots=True)
class CopiesKnown:
    """What the flow before found of the tumour's copies; nothing by default."""

    purity_ploidy: PurityPloidy | None = None
    genes: Sequence[GeneCopyNumber] = ()
    amplicons: Sequence[Amplicon] = ()


NOTHING_KNOWN = CopiesKnown()


def not_searched(places: Sequence[Place], reason: str) -> FoundJunctions:
    """No place looked at, and why."""
    return FoundJunctions((), tuple(_untested(place, reason) for place in places))


def find_junctions(
    tumor: Alignment,
    normal: Alignment | None,
    places: Sequence[Place],
    *,
    genes: Mapping[str, Gene],
    known: CopiesKnown,
) -> FoundJunctions:
    """The junctions at the places, believed or not, and the power of each place.

    Raises:
        AlignmentError: a file breaks off.
    """
    begun = time.process_time()
    intervals = tuple(place.interval for place in places)
    tumor.prefetch(intervals)
    lengths = fragment_lengths(tumor, intervals)
    if lengths is None:
        return not_searched(places, "the reads are not paired, or too few pairs lie at the places")
    scans = {
        place.name: scan(tumor, place.interval, lengths)
        for place in places
        if place.interval[0] in tumor.contigs
    }
    reads = sum(found.reads for found in scans.values())
    if (deficient := _why_mute(list(scans.values()))) is not None:
        return not_searched(places, deficient)
    clusters = clusters_of([item for found in scans.values() for item in found.evidence], lengths)
    bases = sum(place.interval[2] - place.interval[1] for place in places)
    chimeras = chimeras_of(clusters, fragments=reads / 2, bases=bases)
    judged = _judged(clusters, (tumor, normal), chimeras, lengths, tuple(genes.values()))
    gained = yield_of_copy(scans, known.genes, known.purity_ploidy, lengths)
    searches = tuple(
        _search(place, scans.get(place.name), gained, chimeras, lengths, with_normal=normal is not None)
        for place in places
    )
    log.info(
        "junctions: %d believed of %d possible ones, in %s reads over %s bases (%.1f s); %.2g of the fragments are chimeras",
        sum(one.believed for one in judged),
        len(clusters),
        f"{reads:,}",
        f"{bases:,}",
        time.process_time() - begun,
        chimeras.rate,
    )
    return FoundJunctions(tuple(_row(one, gained, lengths, genes) for one in judged), searches)


def _why_mute(scans: Sequence[Scan]) -> str | None:
    """Why these reads cannot show a junction; None where they can."""
    reads, paired = sum(one.reads for one in scans), sum(one.paired for one in scans)
    if reads < LEAST_READS:
        return f"only {reads} reads lie at the places"
    if paired < reads / 2:
        return "the reads are not paired"
    clipped = sum(one.clipped for one in scans)
    long_clips, split = sum(one.long_clips for one in scans), sum(one.split for one in scans)
    if not clipped and not split:
        return f"none of {reads:,} reads is clipped or split: clipped bases were removed, or reads were aligned end to end"
    if not split and long_clips >= LEAST_LONG_CLIPS:
        return f"{long_clips} reads are clipped by 40 bases or more and none is aligned in parts: the file has no SA tags"
    return None


def _judged(
    clusters: Sequence[Cluster],
    alignments: tuple[Alignment, Alignment | None],
    chimeras: Chimeras,
    lengths: FragmentLengths,
    genes: Sequence[Gene],
) -> list[Judged]:
    """The possible junctions with enough fragments to be written, judged by themselves and by what lies around."""
    tumor, normal = alignments
    wanted = sorted(
        (cluster for cluster in clusters if cluster.fragments >= LEAST_WRITTEN),
        key=lambda cluster: -cluster.fragments,
    )[:MOST_JUDGED]
    found = []
    for cluster in wanted:
        judged = judge_alone(cluster, chimeras, lengths, genes)
        if judged.believed:
            ends = (cluster.first, cluster.second)
            around = [surroundings_of(tumor, end, lengths) for end in ends]
            beside = None if normal is None else [surroundings_of(normal, end, lengths) for end in ends]
            judged = judge_around(judged, around, beside, chimeras, lengths)
        found.append(judged)
    return found


def _search(
    place: Place,
    found: Scan | None,
    gained: Yield | None,
    chimeras: Chimeras,
    lengths: FragmentLengths,
    *,
    with_normal: bool,
) -> JunctionSearch:
    """What would have been seen at a place. Borders lie half in the amplicon: of them no share is asked for."""
    if found is None or not found.reads:
        return _untested(place, "no reads lie there")
    over = partial(crossing, lengths=lengths)
    depth = over(float(np.median(found.starts)))
    enough = np.array([over(float(starts)) for starts in found.starts]) >= LEAST_FRAGMENTS
    covered = float(enough.mean())
    reason = "" if with_normal else "no normal: what is seen may be inherited, and nothing is believed"
    tested = place.gene is None or covered >= LEAST_COVERED
    if not tested:
        reason = f"well placed reads over {covered:.0%} of it, {LEAST_COVERED:.0%} are needed"
    least = None if gained is None else gained.least_copies(lengths)
    return JunctionSearch(
        place=place.name,
        chromosome=place.interval[0],
        start=place.interval[1],
        end=place.interval[2],
        status=SearchStatus.TESTED if tested else SearchStatus.NOT_TESTED,
        covered=covered,
        depth=depth,
        least_fragments=LEAST_FRAGMENTS,
        detectable_copies=least,
        chimeras=chimeras.rate,
        reason=reason,
    )


def _untested(place: Place, reason: str) -> JunctionSearch:
    chromosome, start, end = place.interval
    return JunctionSearch(
        place=place.name,
        chromosome=chromosome,
        start=start,
        end=end,
        status=SearchStatus.NOT_TESTED,
        reason=reason,
    )


def _row(
    judged: Judged, gained: Yield | None, lengths: FragmentLengths, genes: Mapping[str, Gene]
) -> Junction:
    cluster = judged.cluster
    shown = shown_share(cluster, lengths)
    copies = None if gained is None else gained.copies(cluster.fragments, shown=shown)
    evidence = (*cluster.splits, *cluster.pairs)
    split = {item.fragment for item in cluster.splits}
    paired = {item.fragment for item in cluster.pairs}
    ends = (cluster.first, cluster.second)
    return Junction(
        chromosome=cluster.first.chromosome,
        position=cluster.first.position,
        keeps=Side(str(cluster.first.side)),
        partner_chromosome=cluster.second.chromosome,
        partner_position=cluster.second.position,
        partner_keeps=Side(str(cluster.second.side)),
        kind=kind_of(*ends),
        genes=tuple(symbol for symbol, gene in genes.items() if any(_inside(gene, end) for end in ends)),
        filters=tuple(str(name) for name in judged.filters),
        fragments=cluster.fragments,
        split_fragments=len(split),
        paired_fragments=len(paired),
        normal_fragments=judged.normal_fragments,
        normal_depth=judged.normal_depth,
        depth=judged.depth or None,
        across=judged.across if judged.depth else None,
        share=judged.share,
        copies=None if copies is None else copies.value,
        copies_low=None if copies is None else copies.low,
        copies_high=None if copies is None else copies.high,
        homology=cluster.homology,
        mapping_quality=int(median(item.mapping_quality for item in evidence)),
        expected_by_chance=judged.by_chance,
    )


def kind_of(first: Breakpoint, second: Breakpoint) -> JunctionKind:
    """The kind of a junction whose ends are in genome order."""
    if first.chromosome != second.chromosome:
        return JunctionKind.TRANSLOCATION
    if first.side is second.side:
        return JunctionKind.INVERSION
    return JunctionKind.DELETION if first.side is Side.BEFORE else JunctionKind.DUPLICATION


def _inside(gene: Gene, end: Breakpoint) -> bool:
    return end.chromosome == gene.chromosome and gene.cds[0][0] <= end.position < gene.cds[-1][1]
