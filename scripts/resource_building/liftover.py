"""Lifting gapless pieces of sequence between the builds with a UCSC chain file."""

from __future__ import annotations

import gzip
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from refractor.genome.builds import CHROMOSOMES, bare_contig


@dataclass(frozen=True, slots=True)
class Block:
    """A gapless aligned piece: `start`..`end` on the source build, from `target_start` on the target build.

    On the minus strand source base `end - 1` lies at `target_start`.
    """

    start: int
    end: int
    target: str
    target_start: int
    strand: str


@dataclass(frozen=True, slots=True)
class LiftedPiece:
    """A piece of a source interval and where it lies on the target build."""

    start: int
    end: int
    target: str
    target_start: int
    strand: str


class Liftover:
    """Lifts intervals of bare chromosomes; both directions of one chain file."""

    def __init__(self, blocks: dict[str, list[Block]]) -> None:
        self._blocks = {name: sorted(items, key=lambda block: block.start) for name, items in blocks.items()}
        self._starts = {name: [block.start for block in items] for name, items in self._blocks.items()}

    @classmethod
    def of_chain(cls, path: Path, *, inverted: bool = False) -> Liftover:
        """The lift-over of a chain file, or of its inverse."""
        blocks: dict[str, list[Block]] = defaultdict(list)
        with gzip.open(path, "rt", encoding="ascii") as lines:
            for source, block in _blocks_of(lines):
                if inverted:
                    length = block.end - block.start
                    blocks[block.target].append(
                        Block(
                            block.target_start,
                            block.target_start + length,
                            source,
                            block.start,
                            block.strand,
                        )
                    )
                else:
                    blocks[source].append(block)
        return cls(blocks)

    def lift(self, chromosome: str, start: int, end: int) -> list[LiftedPiece]:
        """The gapless pieces of the interval on the target build, ascending on the source; [] where it has none."""
        blocks = self._blocks.get(chromosome, [])
        pieces = []
        index = max(0, bisect_right(self._starts.get(chromosome, []), start) - 1)
        for block in blocks[index:]:
            if block.start >= end:
                break
            low, high = max(start, block.start), min(end, block.end)
            if low < high:
                shift = low - block.start if block.strand == "+" else block.end - high
                pieces.append(LiftedPiece(low, high, block.target, block.target_start + shift, block.strand))
        return pieces

    def lift_position(self, chromosome: str, position: int) -> tuple[str, int, str] | None:
        """Chromosome, 0-based position and strand on the target build; None where it has none."""
        pieces = self.lift(chromosome, position, position + 1)
        return (pieces[0].target, pieces[0].target_start, pieces[0].strand) if pieces else None


def _blocks_of(lines: Iterator[str]) -> Iterator[tuple[str, Block]]:
    source = target = ""
    position = target_position = target_size = 0
    reverse = keep = False
    for line in lines:
        fields = line.split()
        if not fields or line.startswith("#"):
            continue
        if fields[0] == "chain":
            source, target = bare_contig(fields[2]), bare_contig(fields[7])
            position, target_position, target_size = int(fields[5]), int(fields[10]), int(fields[8])
            reverse = fields[9] == "-"
            keep = source in CHROMOSOMES and target in CHROMOSOMES
            continue
        size = int(fields[0])
        if keep:
            plus = target_size - target_position - size if reverse else target_position
            yield source, Block(position, position + size, target, plus, "-" if reverse else "+")
        if len(fields) == 3:
            position += size + int(fields[1])
            target_position += size + int(fields[2])
