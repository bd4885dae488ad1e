"""Sets of genomic intervals, and the stretches of the panel in which small variants are kept."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from refractor.genome.panel import Gene, Panel

PANEL_PADDING_BP = 10
"""Bases kept on either side of each coding exon: the splice sites and their region."""

Interval = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Regions:
    """Sorted, merged intervals per chromosome (bare names), 0-based half-open."""

    _by_chromosome: dict[str, tuple[tuple[int, ...], tuple[int, ...]]]

    @classmethod
    def of(cls, intervals: Iterable[Interval]) -> Regions:
        """Regions of any intervals; touching and overlapping ones become one."""
        by_chromosome: dict[str, list[tuple[int, int]]] = {}
        for chromosome, start, end in intervals:
            if end > start:
                by_chromosome.setdefault(chromosome, []).append((start, end))
        merged = {}
        for chromosome, pairs in by_chromosome.items():
            starts: list[int] = []
            ends: list[int] = []
            for start, end in sorted(pairs):
                if ends and start <= ends[-1]:
                    ends[-1] = max(ends[-1], end)
                else:
                    starts.append(start)
                    ends.append(end)
            merged[chromosome] = (tuple(starts), tuple(ends))
        return cls(merged)

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
