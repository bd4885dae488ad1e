"""Sequenced molecules of rearranged genomes, for aligners of others to place: nothing of their alignment is declared.

Molecules are cut from inherited haplotypes, with SNPs, and from sequences that join two places; some of them are chimeras
of the library or strands that folded back, some are sequenced twice, and where a molecule is shorter than a read the read
goes on into the adapter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from junctions import BUILD, GENES, ground
from numpy.typing import NDArray

from refractor.genome.panel import load_panel
from synthetic.bam import contig_name

Bases = NDArray[np.uint8]
Ints = NDArray[np.int64]
LETTERS = np.frombuffer(b"ACGT", dtype=np.uint8)
COMPLEMENT = np.arange(256, dtype=np.uint8)
COMPLEMENT[LETTERS] = LETTERS[::-1]
ADAPTER = np.frombuffer(b"AGATCGGAAGAGCACACGTCTGAACTCCAGTCAC" + b"G" * 300, dtype=np.uint8)
"""What follows a molecule that is shorter than its read (TruSeq's read 1; dark cycles are called G)."""
SNPS_PER_BASE = 1e-3
REACH = 1_200
"""Bases of each side that a joined sequence holds."""
REPEAT_BP, REPEAT_EVERY, REPEAT_DIVERGENCE = 300, 6_000, 0.12
"""Copies of real sequence put into what is drawn, as of one family of repeats (Alu: 300 bases, about 12 % apart)."""


@dataclass(frozen=True)
class End:
    """One end: the outermost base kept (0-based), and whether what lies before it is kept."""

    chromosome: str
    position: int
    before: bool


@dataclass(frozen=True)
class Joined:
    """A true junction on so many copies of each tumour cell; an inherited one is on one of two copies in every cell."""

    first: End
    second: End
    copies: int
    kind: str
    inserted: bytes = b""
    inherited: bool = False


@dataclass(frozen=True)
class Library:
    """Bases of reads and molecules, and shares of molecules: chimeras, folded-back strands, sequenced twice."""

    read: int = 150
    insert: float = 380.0
    insert_cv: float = 0.25
    far: float = 0.005
    folded: float = 0.002
    twice: float = 0.1
    mistakes: float = 0.003


@dataclass(frozen=True)
class Molecules:
    """Two pieces each: `length` bases of which `cut` lie from `at` on, the others at `then`, there turned or not."""

    at: Ints
    length: Ints
    cut: Ints
    then: Ints
    turned: NDArray[np.bool_]


class Genome:
    """The letters of the places that are simulated, with repeats put into what is drawn."""

    def __init__(self) -> None:
        self.territory = ground().territory
        code = np.full(16, ord("N"), dtype=np.uint8)
        code[[1, 2, 4, 8]] = LETTERS
        self.letters: Bases = code[self.territory.bases]
        rng = np.random.default_rng(606)
        source = self.place("17", 39_600_000)
        for name in GENES[1:]:
            gene = load_panel(BUILD).genes[name]
            low = self.place(gene.chromosome, gene.cds[0][0])
            high = self.place(gene.chromosome, gene.cds[-1][1])
            for _ in range((high - low) // REPEAT_EVERY):
                copied = source + int(rng.integers(150_000))
                piece = self.letters[copied : copied + REPEAT_BP].copy()
                changed = rng.random(REPEAT_BP) < REPEAT_DIVERGENCE
                piece[changed] = rng.choice(LETTERS, int(changed.sum()))
                to = int(rng.integers(low, high - REPEAT_BP))
                self.letters[to : to + REPEAT_BP] = piece

    def place(self, chromosome: str, position: int) -> int:
        """Index of a position in `letters`."""
        found = self.territory.place(chromosome, position)
        if found is None:
            raise ValueError(f"{chromosome}:{position} is not simulated")
        return found

    def stretches(self) -> list[tuple[str, int, int, int]]:
        """Chromosome, first position, and first and last index of each stretch."""
        land = self.territory
        return [
            (land.contigs[int(land.contig[row])], int(land.origin[row]), int(land.offset[row]), int(land.stop[row]))
            for row in range(len(land.start))
        ]  # fmt: skip

    def write_fasta(self, path: Path) -> None:
        """The stretches as FASTA; a contig is named CHROMOSOME:FIRST."""
        with path.open("wb") as out:
            for chromosome, origin, low, high in self.stretches():
                name = f"{contig_name(chromosome, BUILD)}:{origin}"
                out.write(f">{name}\n".encode() + self.letters[low:high].tobytes() + b"\n")

    def kept(self, end: End, bases: int = REACH) -> Bases:
        """The bases kept at an end, spelled towards the breakpoint."""
        at = self.place(end.chromosome, end.position)
        if end.before:
            return self.letters[at + 1 - bases : at + 1]
        return turned(self.letters[at : at + bases])

    def joined(self, one: Joined) -> Bases:
        """The sequence over a junction."""
        inserted = np.frombuffer(one.inserted, dtype=np.uint8)
        return np.concatenate([self.kept(one.first), inserted, turned(self.kept(one.second))])

    def homology(self, first: End, second: End) -> int:
        """Bases at the breakpoint that fit both sides."""
        inside = _common(self.kept(first, 30)[::-1], COMPLEMENT[self._beyond(second, 30)])
        return inside + _common(self._beyond(first, 30), COMPLEMENT[self.kept(second, 30)[::-1]])

    def _beyond(self, end: End, bases: int) -> Bases:
        """The bases that an end leaves out, spelled away from the breakpoint."""
        at = self.place(end.chromosome, end.position)
        if end.before:
            return self.letters[at + 1 : at + 1 + bases]
        return turned(self.letters[at - bases : at])


def turned(bases: Bases) -> Bases:
    """The other strand."""
    return COMPLEMENT[bases[::-1]]


def _common(one: Bases, other: Bases) -> int:
    """Bases at the beginning that are the same."""
    differs = np.flatnonzero(one != other)
    return int(differs[0]) if len(differs) else len(one)


@dataclass(frozen=True)
class Sample:
    """What is sequenced: copies by stretch (index from, index to, copies a cell), and junctions with copies a cell."""

    stretches: Sequence[tuple[int, int, float]]
    junctions: Sequence[tuple[Joined, float]]
    depth: float


def molecules_of(genome: Genome, sample: Sample, library: Library, rng: np.random.Generator, person: int) -> tuple[Bases, Molecules]:  # fmt: skip
    """The letters that molecules are cut from (two haplotypes, then the junctions) and the molecules."""
    bases = genome.letters
    per_copy = sample.depth / 2 / (2 * min(library.read, library.insert / 2))
    haplotypes = [bases, _with_snps(bases, np.random.default_rng([7, person]))]
    at, length = [], []
    for low, high, copies in sample.stretches:
        start, size = _starts(low, high, copies * per_copy, library, rng)
        inside = start + size < high
        at.append(start[inside] + len(bases) * rng.integers(0, 2, int(inside.sum())))
        length.append(size[inside])
    pool, offset = list(haplotypes), 2 * len(bases)
    for junction, copies in sample.junctions:
        whole = genome.joined(junction)
        start, size = _starts(0, len(whole), copies * per_copy, library, rng)
        over = (start < REACH + len(junction.inserted)) & (start + size > REACH) & (start + size < len(whole))
        at.append(start[over] + offset)
        length.append(size[over])
        pool.append(whole)
        offset += len(whole)
    plain = np.concatenate(at), np.concatenate(length)
    return np.concatenate(pool), _with_artefacts(*plain, 2 * len(bases), library, rng)


def _with_snps(bases: Bases, rng: np.random.Generator) -> Bases:
    changed = bases.copy()
    at = np.flatnonzero(rng.random(len(bases)) < SNPS_PER_BASE)
    changed[at] = rng.choice(LETTERS, len(at))
    return changed


def _starts(low: int, high: int, rate: float, library: Library, rng: np.random.Generator) -> tuple[Ints, Ints]:  # fmt: skip
    count = rng.poisson(rate * (high - low))
    shape = 1 / library.insert_cv**2
    size = np.clip(rng.gamma(shape, library.insert / shape, count), 60, 1_000).astype(np.int64)
    return rng.integers(low, high, count), size


def _with_artefacts(at: Ints, length: Ints, genomic: int, library: Library, rng: np.random.Generator) -> Molecules:  # fmt: skip
    """The molecules, some going on elsewhere (chimeras) or back on the other strand nearby (folded)."""
    count = len(at)
    cut, then, other = length.copy(), np.zeros(count, dtype=np.int64), np.zeros(count, dtype=bool)
    kind = rng.random(count)
    far, folded = kind < library.far, (kind >= library.far) & (kind < library.far + library.folded)
    broken = far | folded
    cut[broken] = (length[broken] * rng.uniform(0.15, 0.85, int(broken.sum()))).astype(np.int64)
    then[far] = rng.integers(2_000, genomic - 2_000, int(far.sum()))
    other[far] = rng.random(int(far.sum())) < 0.5
    then[folded] = np.maximum((at + cut)[folded] - rng.integers(0, 300, int(folded.sum())), 1_100)
    other |= folded
    return Molecules(at, length, cut, then, other)


def write_fastq(pool: Bases, molecules: Molecules, library: Library, paths: tuple[Path, Path], rng: np.random.Generator) -> int:  # fmt: skip
    """Pairs written: both ends of each molecule, with mistakes, adapters and copies."""
    strand = rng.random(len(molecules.at)) < 0.5
    again = np.flatnonzero(rng.random(len(molecules.at)) < library.twice)
    rows = np.concatenate([np.arange(len(molecules.at)), again])
    copy = np.concatenate([np.zeros(len(molecules.at), dtype=np.int64), np.ones(len(again), dtype=np.int64)])
    order = rng.permutation(len(rows))
    rows, copy = rows[order], copy[order]
    with paths[0].open("wb") as one, paths[1].open("wb") as two:
        for low in range(0, len(rows), 20_000):
            batch, number = rows[low : low + 20_000], copy[low : low + 20_000]
            for out, from_start in ((one, strand[batch]), (two, ~strand[batch])):
                reads, qualities = _read(pool, molecules, batch, from_start, library, rng)
                out.write(
                    b"".join(
                        b"@m%d.%d\n%s\n+\n%s\n" % (row, which, read.tobytes(), quality.tobytes())
                        for row, which, read, quality in zip(batch.tolist(), number.tolist(), reads, qualities, strict=True)
                    )
                )  # fmt: skip
    return len(rows)


def _read(pool: Bases, molecules: Molecules, rows: Ints, from_start: NDArray[np.bool_], library: Library, rng: np.random.Generator) -> tuple[Bases, Bases]:  # fmt: skip
    """Reads and qualities, (n, read) bytes, of the molecules from their start, or from their end on the other strand."""
    cycle = np.arange(library.read)[None, :]
    at, length, cut = molecules.at[rows, None], molecules.length[rows, None], molecules.cut[rows, None]
    then, other = molecules.then[rows, None], molecules.turned[rows, None]
    along = np.where(from_start[:, None], cycle, length - 1 - cycle)
    beyond = along - cut
    place = np.where(along < cut, at + along, np.where(other, then - beyond, then + beyond))
    bases = pool[np.clip(place, 0, len(pool) - 1)]
    bases = np.where((along >= cut) & other, COMPLEMENT[bases], bases)
    bases = np.where(from_start[:, None], bases, COMPLEMENT[bases])
    over = (cycle - length).astype(np.int64)
    bases = np.where(over >= 0, ADAPTER[np.clip(over, 0, len(ADAPTER) - 1)], bases)
    late = 0.3 + 1.4 * cycle / library.read
    wrong = rng.random(bases.shape) < library.mistakes * late
    bases = np.where(wrong, rng.choice(LETTERS, bases.shape), bases)
    low = wrong & (rng.random(bases.shape) < 0.8) | (rng.random(bases.shape) < 0.02 * late)
    return bases.astype(np.uint8), np.where(low, ord(","), ord("F")).astype(np.uint8)
