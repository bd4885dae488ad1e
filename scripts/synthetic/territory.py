"""The stretches of the genome that reads are simulated over, with their sequence.

Reads of a full genome take hundreds of gigabytes; a territory is what `samtools view -P -L regions.bed` would
leave of them: the pairs with a read on one of its regions, at true coordinates. Its sequence is the real one
where the reference knows it. Elsewhere it is drawn, as a function of the position alone, so that every
sample of every patient shares it, whatever else is simulated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.errors import InputError, Problem
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.reference import Reference
from synthetic.position_hash import hashed

FLANK = 1000
"""Bases of sequence kept on both sides of a region: more than the longest fragment and indel together."""

DEFAULT_GC = 0.41
"""GC content of drawn sequence where none is stated: the genome's own (doi:10.1038/35057062)."""

UNKNOWN = 15
_NIBBLES = np.zeros(256, dtype=np.uint8)
for _base, _nibble in zip(b"ACGTN", (1, 2, 4, 8, UNKNOWN), strict=True):
    _NIBBLES[_base] = _nibble
_CHUNK = 1 << 20


def nibbles(bases: str) -> NDArray[np.uint8]:
    """Bases as BAM spells them in four bits: A 1, C 2, G 4, T 8, N 15; anything else 0."""
    return _NIBBLES[np.frombuffer(bases.encode("ascii"), dtype=np.uint8)]


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch to cover (0-based, half-open); `gc` is the share of G and C to draw where unknown."""

    chromosome: str
    start: int
    end: int
    gc: float | None = None


@dataclass(frozen=True, slots=True)
class KnownAllele:
    """Reference bases known at a position although the reference sequence shows N there."""

    chromosome: str
    position: int
    ref: str


@dataclass(frozen=True, slots=True, eq=False)
class Territory:
    """Regions in genome order, laid end to end with their flanks in one array of bases.

    `contig`, `start`, `end` (int64, one per region) are the regions; `origin` is the genomic position and
    `offset` the array index of a region's first base, flank included; `stop` the index after its last one.
    `bases` (uint8) are in BAM's four-bit code. Indices into `bases` are called places.
    """

    build: GenomeBuild
    contigs: tuple[str, ...]
    contig: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    origin: NDArray[np.int64]
    offset: NDArray[np.int64]
    stop: NDArray[np.int64]
    bases: NDArray[np.uint8]

    @property
    def covered_bases(self) -> int:
        """Bases of the regions, without flanks."""
        return int((self.end - self.start).sum())

    def place(self, chromosome: str, position: int) -> int | None:
        """Index of a genomic position in `bases`; None outside every region and flank."""
        if chromosome not in self.contigs:
            return None
        wanted = self.contigs.index(chromosome)
        last = self.origin + self.stop - self.offset
        inside = np.flatnonzero((self.contig == wanted) & (self.origin <= position) & (position < last))
        if not len(inside):
            return None
        region = int(inside[0])
        return int(self.offset[region] + position - self.origin[region])

    def positions(self, places: NDArray[np.int64], region: NDArray[np.int64]) -> NDArray[np.int64]:
        """Genomic positions of places that lie in the given regions."""
        return places - self.offset[region] + self.origin[region]


def lay_out(
    regions: Sequence[Region],
    reference: Reference,
    *,
    known_alleles: Sequence[KnownAllele] = (),
    genome_seed: int = 1,
) -> Territory:
    """The territory of `regions`; those whose flanks touch are joined.

    Raises:
        InputError: no region, or one outside its chromosome.
    """
    joined = _joined(regions, reference.build)
    contigs = tuple(CONTIG_LENGTHS[reference.build])
    lengths = CONTIG_LENGTHS[reference.build]
    origin = np.array([max(0, region.start - FLANK) for region in joined], dtype=np.int64)
    last = np.array([min(lengths[r.chromosome], r.end + FLANK) for r in joined], dtype=np.int64)
    stop = np.cumsum(last - origin)
    offset = stop - (last - origin)
    bases = np.empty(int(stop[-1]), dtype=np.uint8)
    for index, region in enumerate(joined):
        for low in range(int(origin[index]), int(last[index]), _CHUNK):
            high = min(low + _CHUNK, int(last[index]))
            known = nibbles(reference.fetch(region.chromosome, low, high))
            gc = DEFAULT_GC if region.gc is None else region.gc
            drawn = _drawn(contigs.index(region.chromosome), low, high, gc=gc, genome_seed=genome_seed)
            place = int(offset[index]) + low - int(origin[index])
            bases[place : place + high - low] = np.where(known == UNKNOWN, drawn, known)
    territory = Territory(
        build=reference.build,
        contigs=contigs,
        contig=np.array([contigs.index(region.chromosome) for region in joined], dtype=np.int64),
        start=np.array([region.start for region in joined], dtype=np.int64),
        end=np.array([region.end for region in joined], dtype=np.int64),
        origin=origin,
        offset=offset,
        stop=stop,
        bases=bases,
    )
    _set_known_alleles(territory, known_alleles, reference)
    return territory


def _joined(regions: Sequence[Region], build: GenomeBuild) -> list[Region]:
    """The regions in genome order, joined where their flanks meet; a joined one keeps the first stated GC."""
    order = {chromosome: rank for rank, chromosome in enumerate(CONTIG_LENGTHS[build])}
    faulty = [
        Problem("regions to simulate", f"{region.chromosome}:{region.start}-{region.end} is not on {build}")
        for region in regions
        if region.chromosome not in order
        or not 0 <= region.start < region.end <= CONTIG_LENGTHS[build][region.chromosome]
    ]
    if faulty:
        raise InputError(faulty)
    joined: list[Region] = []
    for region in sorted(regions, key=lambda r: (order[r.chromosome], r.start, r.end)):
        previous = joined[-1] if joined else None
        if (
            previous is not None
            and previous.chromosome == region.chromosome
            and region.start <= previous.end + 2 * FLANK
        ):
            gc = region.gc if previous.gc is None else previous.gc
            joined[-1] = Region(region.chromosome, previous.start, max(previous.end, region.end), gc)
        else:
            joined.append(region)
    if not joined:
        raise InputError(Problem("regions to simulate", "there are none"))
    return joined


def _drawn(contig: int, start: int, end: int, *, gc: float, genome_seed: int) -> NDArray[np.uint8]:
    """Bases for the positions `start`-`end`, each drawn from its position and cut at the GC content."""
    bits = hashed(contig, np.arange(start, end), salt=genome_seed)
    strong = (bits & np.uint64(0xFFFF)) < np.uint64(round(gc * 0x10000))
    first = (bits >> np.uint64(20)) & np.uint64(1) == 0
    return np.where(strong, np.where(first, 2, 4), np.where(first, 1, 8)).astype(np.uint8)


def _set_known_alleles(territory: Territory, alleles: Sequence[KnownAllele], reference: Reference) -> None:
    """Write bases that are known of single positions over drawn ones; real sequence is never overwritten.

    Raises:
        InputError: an allele contradicts the reference sequence.
    """
    contradictions = []
    for allele in alleles:
        place = territory.place(allele.chromosome, allele.position)
        if place is None:
            continue
        real = reference.fetch(allele.chromosome, allele.position, allele.position + len(allele.ref))
        if any(known not in (base, "N") for known, base in zip(real, allele.ref, strict=True)):
            contradictions.append(
                Problem(
                    reference.path,
                    f"has {real} at {allele.chromosome}:{allele.position + 1}, the allele says {allele.ref}",
                    allowed="give alleles of the same genome build",
                )
            )
        territory.bases[place : place + len(allele.ref)] = nibbles(allele.ref)
    if contradictions:
        raise InputError(contradictions)
