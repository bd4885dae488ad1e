"""Pieces of genome sequence from several sources, laid together at their true coordinates and compared."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from refractor.genome.builds import GenomeBuild
from refractor.genome.transcript import reverse_complement
from resource_building.liftover import Liftover

_N = ord("N")


@dataclass(slots=True)
class Window:
    """A stretch of one chromosome that may be shipped: its bases so far and the source of each."""

    chromosome: str
    start: int
    end: int
    bases: npt.NDArray[np.uint8]
    sources: npt.NDArray[np.int16]


@dataclass(slots=True)
class Disagreement:
    """A base on which two sources differ; the earlier one is kept."""

    chromosome: str
    position: int
    kept: str
    kept_source: str
    other: str
    other_source: str


@dataclass(slots=True)
class KnownSequence:
    """What is known of one build inside the windows; the first source of a base wins, later ones are compared."""

    build: GenomeBuild
    windows: list[Window] = field(default_factory=list)
    source_names: list[str] = field(default_factory=list)
    compared: int = 0
    disagreements: list[Disagreement] = field(default_factory=list)
    _windows_of: dict[str, list[Window]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for window in self.windows:
            self._windows_of.setdefault(window.chromosome, []).append(window)

    @classmethod
    def over(cls, build: GenomeBuild, intervals: Iterable[tuple[str, int, int]]) -> KnownSequence:
        """Nothing known yet, over the union of the intervals."""
        merged: list[tuple[str, int, int]] = []
        for chromosome, start, end in sorted(intervals):
            if merged and merged[-1][0] == chromosome and start <= merged[-1][2]:
                merged[-1] = (chromosome, merged[-1][1], max(end, merged[-1][2]))
            else:
                merged.append((chromosome, start, end))
        windows = [
            Window(
                chromosome, start, end, np.full(end - start, _N, np.uint8), np.full(end - start, -1, np.int16)
            )
            for chromosome, start, end in merged
        ]
        return cls(build, windows)

    def place(self, chromosome: str, start: int, sequence: str, source: str) -> int:
        """Lay `sequence` at `start` where nothing was known; bases known before are compared. Bases added."""
        new = np.frombuffer(sequence.upper().encode("ascii"), np.uint8)
        added = 0
        for window in self._windows_of.get(chromosome, ()):
            low, high = max(start, window.start), min(start + len(new), window.end)
            if low >= high:
                continue
            here = slice(low - window.start, high - window.start)
            piece = new[low - start : high - start]
            said = np.isin(piece, np.frombuffer(b"ACGT", np.uint8))
            known = window.bases[here] != _N
            both = said & known
            self.compared += int(both.sum())
            for offset in np.flatnonzero(both & (piece != window.bases[here])):
                self.disagreements.append(
                    Disagreement(
                        chromosome,
                        low + int(offset),
                        chr(window.bases[here][offset]),
                        self.source_names[window.sources[here][offset]],
                        chr(piece[offset]),
                        source,
                    )
                )
            fresh = said & ~known
            window.bases[here][fresh] = piece[fresh]
            window.sources[here][fresh] = self._number(source)
            added += int(fresh.sum())
        return added

    def fetch(self, chromosome: str, start: int, end: int) -> str:
        """The bases of an interval, N where unknown."""
        bases = np.full(end - start, _N, np.uint8)
        for window in self._windows_of.get(chromosome, ()):
            low, high = max(start, window.start), min(end, window.end)
            if low < high:
                bases[low - start : high - start] = window.bases[low - window.start : high - window.start]
        return bases.tobytes().decode("ascii")

    def covers(self, chromosome: str, position: int) -> bool:
        """Whether the position lies in a window, known or not."""
        return any(window.start <= position < window.end for window in self._windows_of.get(chromosome, ()))

    def pieces(self) -> Iterator[tuple[str, int, str]]:
        """Chromosome, start and sequence of each known run."""
        for window in self.windows:
            for low, high in _runs(window.bases != _N):
                yield window.chromosome, window.start + low, window.bases[low:high].tobytes().decode("ascii")

    def source_runs(self) -> Iterator[tuple[str, int, int, str]]:
        """Chromosome, start, end and source of each run of one source."""
        for window in self.windows:
            edges = np.flatnonzero(np.diff(window.sources)) + 1
            bounds = [0, *edges.tolist(), len(window.sources)]
            for low, high in pairwise(bounds):
                if low < high and window.sources[low] >= 0:
                    name = self.source_names[window.sources[low]]
                    yield window.chromosome, window.start + low, window.start + high, name

    def known_bases(self) -> int:
        """Bases known in all windows."""
        return int(sum((window.bases != _N).sum() for window in self.windows))

    def _number(self, source: str) -> int:
        if source not in self.source_names:
            self.source_names.append(source)
        return self.source_names.index(source)


def lift_all(known: KnownSequence, onto: KnownSequence, lifter: Liftover) -> int:
    """Lay what `known` has onto the other build where the alignment is gapless. Bases added.

    Overlaps are compared like any other source; the name of the source says from which build it came.
    """
    added = 0
    for chromosome, start, end, source in list(known.source_runs()):
        sequence = known.fetch(chromosome, start, end)
        for piece in lifter.lift(chromosome, start, end):
            bases = sequence[piece.start - start : piece.end - start]
            if piece.strand == "-":
                bases = reverse_complement(bases)
            label = source if " lifted from " in source else f"{source} lifted from {known.build}"
            added += onto.place(piece.target, piece.target_start, bases, label)
    return added


def _runs(mask: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def read_fasta(path: Path) -> Iterator[tuple[str, str]]:
    """Header (without `>`) and upper-case sequence of each record of a gzipped FASTA."""
    header: str | None = None
    lines: list[str] = []
    with gzip.open(path, "rt", encoding="ascii") as source:
        for line in source:
            if line.startswith(">"):
                if header is not None:
                    yield header, "".join(lines).upper()
                header, lines = line[1:].strip(), []
            else:
                lines.append(line.strip())
    if header is not None:
        yield header, "".join(lines).upper()
