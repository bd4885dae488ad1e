"""Which possible junctions are believed: what speaks against each, by name.

A false junction costs more than a missed one. What is believed shows itself in several molecules, to the base, in
pairs and in split reads alike, at places where reads are placed well, more often than the library's own chimeras meet,
and not in the normal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from refractor.genome.panel import Gene
from refractor.variants.junctions.clusters import SAME_END_BP, Cluster, pairs_of
from refractor.variants.junctions.read_evidence import Evidence
from refractor.variants.junctions.scan import GOOD_MAPPING, FragmentLengths
from refractor.variants.junctions.surroundings import Surroundings
from refractor.vocabulary import Side

LEAST_FRAGMENTS = 4
"""Distinct molecules that a junction needs, two of them split: the least of the field's callers is 3 (our choice)."""
LEAST_SPLITS = 2
NEAR_INVERSION_BP = 1_000
"""Inversions this near are made by single strands that fold back in the library; they need more (our choice)."""
LEAST_NEAR_INVERSION = 8
LEAST_NEAR_INVERSION_SPLITS = 5
MOST_BADLY_PLACED = 0.3
"""Share of reads with bad mapping quality around an end, from which the place is a repeat (our choice)."""
MOST_BY_CHANCE = 1e-3
"""Junctions that the library's chimeras may be expected to make by chance over all places (our choice)."""
HOT_SPOTS = 100.0
"""How much more often than evenly chimeras may meet at one place (our choice)."""
SPLICED_BP = 3
"""How near to the borders of two exons the ends of a spliced message lie."""
NORMAL_SHARE = 0.25
"""Of the share in the tumour: a normal that shows this much has inherited it (as of files: `sv_support`)."""
TRACE_SHARE = 0.1
"""The same, from which on even one fragment of the normal leaves it open whether tumour cells in it show it."""
LEAST_NORMAL_DEPTH = 8.0
"""Fragments of the normal at an end: an inherited junction then shows itself in 1 - 0.5^8 (our choice)."""
_ALL_PARTNERS_BP, _NEAR_PARTNERS_BP, _SAME_CHROMOSOME_BP = 3e9, 2 * NEAR_INVERSION_BP, 1e8


class JunctionFilter(StrEnum):
    """What speaks against a junction."""

    FEW_FRAGMENTS = "few_fragments"
    NO_SPLIT_READ = "no_split_read"
    LOW_MAPPING_QUALITY = "low_mapping_quality"
    LOW_COMPLEXITY = "low_complexity"
    REPEAT = "repeat"
    ONE_SIDED = "one_sided"
    CHIMERAS = "chimeras"
    SPLICED = "spliced"
    IN_NORMAL = "in_normal"
    TRACES_IN_NORMAL = "traces_in_normal"
    NO_NORMAL = "no_normal"


@dataclass(frozen=True, slots=True)
class Chimeras:
    """The sample's own background: single fragments that join two places, by kind, over the stretches read.

    `near` are inversions within NEAR_INVERSION_BP, `far` on one chromosome, `between` two chromosomes; `fragments` is
    how many fragments were read over how many bases, `clusters` how many possible junctions were looked at.
    """

    near: int
    far: int
    between: int
    fragments: float
    bases: int
    clusters: int

    @property
    def rate(self) -> float:
        """Chimeras a fragment."""
        return (self.near + self.far + self.between) / self.fragments if self.fragments else 0.0

    def expected(self, cluster: Cluster, lengths: FragmentLengths) -> float:
        """How many junctions with as many fragments chance makes over all places; Poisson, with hot spots."""
        single, span = self._of_kind(cluster)
        window = 2 * SAME_END_BP if cluster.splits else lengths.longest
        further = HOT_SPOTS * single / max(self.bases, 1) * window * min(1.0, window / span)
        return self.clusters * _poisson_tail(cluster.fragments - 1, further)

    def _of_kind(self, cluster: Cluster) -> tuple[int, float]:
        if cluster.distance is None:
            return self.between, _ALL_PARTNERS_BP
        if _is_near_inversion(cluster):
            return self.near, _NEAR_PARTNERS_BP
        return self.far, _SAME_CHROMOSOME_BP


def _is_near_inversion(cluster: Cluster) -> bool:
    return cluster.is_inverted and (cluster.distance or 0) <= NEAR_INVERSION_BP


def _poisson_tail(least: int, mean: float) -> float:
    """P(X >= least) of a Poisson variable."""
    from scipy.special import gammainc  # noqa: PLC0415 - a fifth of a second to start

    return 1.0 if least <= 0 else float(gammainc(least, mean)) if mean > 0 else 0.0


def chimeras_of(clusters: Iterable[Cluster], *, fragments: float, bases: int) -> Chimeras:
    """The background that clusters of one fragment are."""
    kinds: Counter[str] = Counter()
    number = 0
    for cluster in clusters:
        number += 1
        if cluster.fragments > 1:
            continue
        near = _is_near_inversion(cluster)
        kinds["between" if cluster.distance is None else "near" if near else "far"] += 1
    return Chimeras(kinds["near"], kinds["far"], kinds["between"], fragments, bases, number)


@dataclass(frozen=True, slots=True)
class Judged:
    """A possible junction with what speaks against it (nothing: it is believed) and what it rests on."""

    cluster: Cluster
    filters: tuple[JunctionFilter, ...]
    by_chance: float
    depth: float = 0.0
    across: int = 0
    normal_fragments: int | None = None
    normal_depth: float | None = None

    @property
    def believed(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.filters

    @property
    def share(self) -> float | None:
        """Share of the fragments at its ends that show it, 0-1."""
        return min(1.0, self.cluster.fragments / self.depth) if self.depth > 0 else None


def judge_alone(
    cluster: Cluster, chimeras: Chimeras, lengths: FragmentLengths, genes: Iterable[Gene]
) -> Judged:
    """What the junction's own fragments say."""
    near = _is_near_inversion(cluster)
    least = LEAST_NEAR_INVERSION if near else LEAST_FRAGMENTS
    splits = LEAST_NEAR_INVERSION_SPLITS if near else LEAST_SPLITS
    by_chance = chimeras.expected(cluster, lengths)
    everything = (*cluster.splits, *cluster.pairs)
    good = sum(item.mapping_quality >= GOOD_MAPPING for item in everything)
    said = {
        JunctionFilter.FEW_FRAGMENTS: cluster.fragments < least,
        JunctionFilter.NO_SPLIT_READ: len(cluster.splits) < splits,
        JunctionFilter.LOW_MAPPING_QUALITY: good < max(2 * len(everything) / 3, splits),
        JunctionFilter.LOW_COMPLEXITY: any(item.low_complexity for item in cluster.splits)
        and sum(not item.low_complexity for item in cluster.splits) < splits,
        JunctionFilter.ONE_SIDED: _lacks_pairs(cluster, lengths),
        JunctionFilter.CHIMERAS: by_chance > MOST_BY_CHANCE,
        JunctionFilter.SPLICED: any(_is_spliced(cluster, gene) for gene in genes),
    }
    return Judged(cluster, tuple(name for name, holds in said.items() if holds), by_chance)


def _lacks_pairs(cluster: Cluster, lengths: FragmentLengths) -> bool:
    """Whether no fragment has its mates on the two sides, though a real junction's would be seen so."""
    if cluster.distance is not None and cluster.distance <= lengths.longest:
        return False
    return not cluster.pairs


def _is_spliced(cluster: Cluster, gene: Gene) -> bool:
    """Whether two exons of a gene are joined at their borders, as in a copy of its message."""
    first, second = cluster.first, cluster.second
    if (first.side, second.side) != (Side.BEFORE, Side.AFTER) or first.chromosome != gene.chromosome:
        return False
    within = SPLICED_BP + abs(cluster.homology or 0)
    ends = any(abs(end - 1 - first.position) <= within for _, end in gene.exons)
    return ends and any(abs(start - second.position) <= within for start, _ in gene.exons)


def judge_around(
    judged: Judged,
    tumor: Sequence[Surroundings],
    normal: Sequence[Surroundings] | None,
    chimeras: Chimeras,
    lengths: FragmentLengths,
) -> Judged:
    """The same with what lies around its two ends, in the tumour and in the normal (None: there is none)."""
    cluster = judged.cluster
    depth = sum(place.depth_beside(cluster.fragments, lengths) for place in tumor) / len(tumor)
    filters = list(judged.filters)
    if any(place.badly_placed > MOST_BADLY_PLACED for place in tumor) or _is_hub(cluster, tumor, chimeras):
        filters.append(JunctionFilter.REPEAT)
    found = replace(judged, depth=depth, across=min(place.across for place in tumor))
    if normal is None:
        return replace(found, filters=(*filters, JunctionFilter.NO_NORMAL))
    there = fragments_of(cluster, [item for place in normal for item in place.evidence], lengths)
    normal_depth = min(place.depth_beside(there, lengths) for place in normal)
    filters += _of_normal(there, normal_depth, found.share or 0.0)
    return replace(found, filters=tuple(filters), normal_fragments=there, normal_depth=normal_depth)


def _of_normal(fragments: int, depth: float, share: float) -> list[JunctionFilter]:
    """What the normal's fragments say; tumour cells in it leave traces, most of all of amplified junctions."""
    if depth <= 0:
        return [JunctionFilter.NO_NORMAL]
    if fragments and fragments / depth >= NORMAL_SHARE * share:
        return [JunctionFilter.IN_NORMAL]
    if fragments > 1 or fragments / depth > TRACE_SHARE * share:
        return [JunctionFilter.TRACES_IN_NORMAL]
    return [JunctionFilter.NO_NORMAL] if depth < LEAST_NORMAL_DEPTH else []


def fragments_of(cluster: Cluster, evidence: Sequence[Evidence], lengths: FragmentLengths) -> int:
    """Fragments of other reads that show the same junction."""
    same = [item for item in evidence if item.sides == cluster.sides]
    exact = {
        item.fragment
        for item in same
        if item.exact
        and abs(item.first.position - cluster.first.position) <= 2 * SAME_END_BP
        and abs(item.second.position - cluster.second.position) <= 2 * SAME_END_BP
    }
    loose = sorted((item for item in same if not item.exact), key=lambda item: item.first.position)
    return len(exact | {item.fragment for item in pairs_of(cluster.first, cluster.second, loose, lengths)})


def _is_hub(cluster: Cluster, tumor: Sequence[Surroundings], chimeras: Chimeras) -> bool:
    """Whether an end is joined to many places besides, more than the library's chimeras make there."""
    for place in tumor:
        own = {item.fragment for item in (*cluster.splits, *cluster.pairs)}
        partners = {
            (end.chromosome, end.position // 10_000)
            for item in place.evidence
            if item.fragment not in own
            for end in (item.first, item.second)
            if (end.chromosome, end.position // 100_000)
            != (place.end.chromosome, place.end.position // 100_000)
        }
        usual = chimeras.rate * len(place.starts)
        if len(partners) > 5 + 3 * usual + cluster.fragments / 2:
            return True
    return False
