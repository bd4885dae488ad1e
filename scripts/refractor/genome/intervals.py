"""Sets of genomic intervals, and the stretches of the panel in which small variants are kept."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from refractor.genome.panel import Gene, Panel

PANEL_PADDING_BP = 10
"""Bases kept on either side of each coding exon: the splice sites and their region."""

Interval = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Regions:
    """Sorted, merged intervals per chromosome (bare names), 0-based half-open; 16 bytes each."""

    _by_chromosome: dict[str, tuple[array[int], array[int]]]

    @classmethod
    def of(cls, intervals: Iterable[Interval]) -> Regions:
        """Regions of any intervals; touching and overlapping ones become one. Of sorted ones none is held besides."""
        by_chromosome: dict[str, tuple[array[int], array[int]]] = {}
        unsorted: set[str] = set()
        for chromosome, start, end in intervals:
            if end <= start:
                continue
            pair = by_chromosome.get(chromosome)
            if pair is None:
                pair = by_chromosome[chromosome] = array("q"), array("q")
            if pair[0] and start < pair[0][-1]:
                unsorted.add(chromosome)
            _add(pair, start, end)
        for chromosome in unsorted:
            import numpy as np  # noqa: PLC0415 - most are sorted

            merged = array("q"), array("q")
            starts, ends = (np.frombuffer(column, dtype=np.int64) for column in by_chromosome[chromosome])
            for place in np.lexsort((ends, starts)):
                _add(merged, int(starts[place]), int(ends[place]))
            by_chromosome[chromosome] = merged
        return cls(by_chromosome)

    def __iter__(self) -> Iterator[Interval]:
        for chromosome, (starts, ends) in self._by_chromosome.items():
            for start, end in zip(starts, ends, strict=True):
                yield chromosome, start, end

    def __len__(self) -> int:
        return sum(len(starts) for starts, _ in self._by_chromosome.values())

    @property
    def chromosomes(self) -> frozenset[str]:
        """Chromosomes that have any interval."""
        return frozenset(self._by_chromosome)

    def overlaps(self, chromosome: str, start: int, end: int) -> bool:
        """Whether any base of [start, end) is covered."""
        return self.covered_bp(chromosome, start, end) > 0

    def covers(self, chromosome: str, start: int, end: int) -> bool:
        """Whether every base of [start, end) is covered; an empty stretch is not."""
        return end > start and self.covered_bp(chromosome, start, end) == end - start

    def covered_bp(self, chromosome: str, start: int, end: int) -> int:
        """How many bases of [start, end) are covered."""
        found = self._by_chromosome.get(chromosome)
        if found is None:
            return 0
        starts, ends = found
        index = max(bisect_right(starts, start) - 1, 0)
        covered = 0
        while index < len(starts) and starts[index] < end:
            covered += max(0, min(end, ends[index]) - max(start, starts[index]))
            index += 1
        return covered


def _add(pair: tuple[array[int], array[int]], start: int, end: int) -> None:
    """Add an interval to those before it; one that begins within the last, or where it ends, makes that longer."""
    starts, ends = pair
    if ends and starts[-1] <= start <= ends[-1]:
        ends[-1] = max(ends[-1], end)
    else:
        starts.append(start)
        ends.append(end)


def regions_of_genes(genes: Iterable[Gene], *, padding_bp: int = PANEL_PADDING_BP) -> Regions:
    """The coding exons of genes with `padding_bp` on either side."""
    return Regions.of(
        (gene.chromosome, max(0, start - padding_bp), end + padding_bp)
        for gene in genes
        for start, end in gene.cds
    )


def panel_regions(panel: Panel, *, padding_bp: int = PANEL_PADDING_BP) -> Regions:
    """Coding exons of the panel's genes with `padding_bp` on either side, and every hotspot allele."""
    exons = regions_of_genes(panel.genes.values(), padding_bp=padding_bp)
    hotspots = (
        (hotspot.chromosome, hotspot.position, hotspot.position + len(hotspot.ref))
        for hotspot in panel.hotspots
    )
    return Regions.of([*exons, *hotspots])
