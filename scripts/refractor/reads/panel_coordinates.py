"""The stretches of the genome that are read in detail, laid end to end with their reference bases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.genome.intervals import Interval
from refractor.genome.reference import Reference

A, C, G, T, N = 1, 2, 4, 8, 15
"""Bases as BAM spells them in four bits (SAM specification, section 4.2)."""

MARGIN_BP = 600
"""Bases kept beside the intervals: a read that touches one, with its clipped ends and a long indel."""

_CODE = np.full(256, N, dtype=np.uint8)
for _letter, _code in zip(b"ACGT", (A, C, G, T), strict=True):
    _CODE[_letter] = _code
_LETTER = np.full(16, ord("N"), dtype=np.uint8)
for _letter, _code in zip(b"ACGT", (A, C, G, T), strict=True):
    _LETTER[_code] = _letter


def encode(bases: str) -> NDArray[np.uint8]:
    """Letters as four-bit codes; anything but A, C, G, T is N."""
    return _CODE[np.frombuffer(bases.encode("ascii"), dtype=np.uint8)]


def decode(codes: NDArray[np.uint8]) -> str:
    """Four-bit codes as letters."""
    return _LETTER[codes].tobytes().decode("ascii")


@dataclass(frozen=True, slots=True)
class KnownBases:
    """Reference bases known at a place (0-based, bare chromosome) whatever the reference FASTA holds."""

    chromosome: str
    position: int
    bases: str


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """Stretches in genome order, each with its margins; an index into `bases` is called a place.

    `chromosome` is a number into `chromosomes`; `origin` the genomic 0-based position and `offset` the place
    of a stretch's first base; `stop` the place after its last. `bases` (uint8) are four-bit codes. `wanted`
    (bool) marks the places of the intervals themselves.
    """

    chromosomes: tuple[str, ...]
    chromosome: NDArray[np.int64]
    origin: NDArray[np.int64]
    offset: NDArray[np.int64]
    stop: NDArray[np.int64]
    bases: NDArray[np.uint8]
    wanted: NDArray[np.bool_]
    intervals: tuple[Interval, ...]

    def place(self, chromosome: str, position: int) -> int | None:
        """The place of a genomic position; None outside every stretch."""
        if chromosome not in self.chromosomes:
            return None
        number = self.chromosomes.index(chromosome)
        rows = np.flatnonzero((self.chromosome == number) & (self.origin <= position))
        if not len(rows):
            return None
        place = int(self.offset[rows[-1]] + position - self.origin[rows[-1]])
        return place if place < self.stop[rows[-1]] else None

    def places(
        self, chromosome: NDArray[np.int64], position: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Places of many positions (chromosomes by number), and which of them lie inside a stretch."""
        key = self.chromosome * _SPAN + self.origin
        row = np.searchsorted(key, chromosome * _SPAN + position, side="right") - 1
        inside = row >= 0
        row = np.maximum(row, 0)
        place = self.offset[row] + position - self.origin[row]
        inside &= (self.chromosome[row] == chromosome) & (place < self.stop[row])
        return place, inside

    def position(self, place: int) -> tuple[str, int]:
        """Bare chromosome and genomic position of a place."""
        row = int(np.searchsorted(self.offset, place, side="right")) - 1
        return self.chromosomes[int(self.chromosome[row])], int(self.origin[row] + place - self.offset[row])

    def stretch(self, place: int) -> tuple[int, int]:
        """First place and the place after the last of the stretch that holds a place."""
        row = int(np.searchsorted(self.offset, place, side="right")) - 1
        return int(self.offset[row]), int(self.stop[row])

    def letters(self, start: int, end: int) -> str:
        """Reference bases of the places [start, end)."""
        return decode(self.bases[start:end])


_SPAN = 1 << 32


def lay_axis(
    intervals: Iterable[Interval], reference: Reference, *, known: Sequence[KnownBases] = ()
) -> Axis:
    """The axis of the intervals; `known` fills bases that the reference does not hold (N)."""
    ordered = sorted(intervals)
    chromosomes = tuple(dict.fromkeys(chromosome for chromosome, _, _ in ordered))
    stretches: list[list[int]] = []
    for chromosome, start, end in ordered:
        number = chromosomes.index(chromosome)
        low, high = max(0, start - MARGIN_BP), end + MARGIN_BP
        if stretches and stretches[-1][0] == number and low <= stretches[-1][2]:
            stretches[-1][2] = max(high, stretches[-1][2])
        else:
            stretches.append([number, low, high])
    table = np.array(stretches, dtype=np.int64).reshape(-1, 3)
    lengths = table[:, 2] - table[:, 1]
    stop = np.cumsum(lengths)
    bases = [encode(reference.fetch(chromosomes[number], low, high)) for number, low, high in stretches]
    axis = Axis(
        chromosomes=chromosomes,
        chromosome=table[:, 0],
        origin=table[:, 1],
        offset=stop - lengths,
        stop=stop,
        bases=np.concatenate(bases) if bases else np.zeros(0, dtype=np.uint8),
        wanted=np.zeros(int(stop[-1]) if len(stop) else 0, dtype=bool),
        intervals=tuple(ordered),
    )
    for chromosome, start, end in ordered:
        first = axis.place(chromosome, start)
        if first is not None:
            axis.wanted[first : first + end - start] = True
    for entry in known:
        place = axis.place(entry.chromosome, entry.position)
        if place is not None:
            stretch = slice(place, place + len(entry.bases))
            axis.bases[stretch] = np.where(axis.bases[stretch] == N, encode(entry.bases), axis.bases[stretch])
    return axis
