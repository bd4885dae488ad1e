"""Tumour-normal pairs with spiked small variants of every kind, and the mistakes that real sequencers make."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.intervals import panel_regions
from refractor.genome.normalise_allele import normalise
from refractor.genome.panel import load_panel
from refractor.genome.reference import Reference
from refractor.genome.variant import Variant
from refractor.variants.calling.judged_candidates import UNRELIABLE_ROLES
from synthetic.bam import contig_name, write_bam
from synthetic.drawn_fragments import Library
from synthetic.events import Clone, Haplotype, SpikedVariant
from synthetic.genomes import Coverage, Ground, prepare_ground
from synthetic.person import Snp, inherit
from synthetic.reads import ReadBlock, sequence
from synthetic.sequencing import ReadModel
from synthetic.truth import TumorTruth

BUILD = GenomeBuild.GRCH38
SPACING_BP = 150
"""Least distance of two spiked variants: each has its own fragments."""

PURITY = 0.30
CLONES = (Clone("ten", 2 / 3), Clone("five", 1 / 3))
"""On one of two copies: VAF 15 % in the founder, 10 % and 5 % in the clones."""
CLONE_OF = {0.15: "founder", 0.10: "ten", 0.05: "five"}


@dataclass(frozen=True)
class Spike:
    """One spiked variant: its kind, allele fraction and surroundings."""

    variant: Variant
    kind: str
    vaf: float
    gc: float
    homopolymer: int
    clone: str


@dataclass(frozen=True)
class NoiseModel:
    """Mistakes on top of the base qualities. Sizes of PCR-light Illumina genomes, our choices.

    `slip_at_8` is the share of reads that lose or gain a base in a homopolymer of eight, `slip_factor` by how
    much each further base raises it; `damage` the share of fragments with C>T (G>A) at a given C, in both
    mates; `motif` the error rate after GGC in reading direction, at base quality 25; `misplaced` the share of
    pairs that belong elsewhere: eight differences a read, most with low mapping quality.
    """

    slip_at_8: float = 2e-3
    slip_factor: float = 1.9
    damage: float = 5e-5
    motif: float = 2e-3
    misplaced: float = 5e-4


def spikes(seed: int, *, plan: dict[tuple[str, float], int]) -> list[Spike]:
    """Variants of each kind and VAF in coding sequence that is real, away from each other."""
    rng = np.random.default_rng([seed, 77])
    panel = load_panel(BUILD)
    with Reference(None, BUILD) as reference:
        places = [
            (gene.chromosome, position)
            for gene in panel.genes.values()
            if gene.role not in UNRELIABLE_ROLES
            for start, end in gene.cds
            for position in range(start, end)
            if reference.knows(gene.chromosome, position - 60, position + 60)
        ]
        hotspots = [
            (spot.chromosome, spot.position, spot.ref, spot.alt)
            for spot in panel.hotspots
            if len(spot.ref) == len(spot.alt) == 1
            and reference.knows(spot.chromosome, spot.position - 60, spot.position + 60)
        ]
        taken: dict[str, list[int]] = {}
        chosen: list[Spike] = []
        wanted = [(kind, vaf) for (kind, vaf), count in plan.items() for _ in range(count)]
        for kind, vaf in sorted(wanted, key=lambda entry: entry[0] != "hotspot"):
            for _ in range(400):
                if kind == "hotspot":
                    chromosome, position, ref, alt = hotspots[rng.integers(len(hotspots))]
                else:
                    chromosome, position = places[rng.integers(len(places))]
                    ref, alt = draw_alleles(kind, chromosome, position, reference, rng)
                near = any(abs(position - other) < SPACING_BP for other in taken.get(chromosome, ()))
                if near or not ref or "N" in ref:
                    continue
                variant = normalise(chromosome, position, ref, alt, reference=reference)
                if not reference.knows(chromosome, variant.position - 60, variant.end + 60):
                    continue
                taken.setdefault(chromosome, []).append(position)
                around = reference.fetch(chromosome, position - 50, position + 51)
                chosen.append(
                    Spike(
                        variant,
                        kind,
                        vaf,
                        sum(base in "GC" for base in around) / len(around),
                        longest_run(reference.fetch(chromosome, position - 8, position + len(ref) + 8)),
                        CLONE_OF[vaf],
                    )
                )
                break
    return chosen


def longest_run(bases: str) -> int:
    best = run = 1
    for before, base in pairwise(bases):
        run = run + 1 if base == before else 1
        best = max(best, run)
    return best


def draw_alleles(
    kind: str, chromosome: str, position: int, reference: Reference, rng: np.random.Generator
) -> tuple[str, str]:
    """Alleles of one kind at a place; empty where the draw does not fit."""
    bases = reference.fetch(chromosome, position, position + 60)

    def other(base: str) -> str:
        return str(rng.choice([one for one in "ACGT" if one != base]))

    def drawn(count: int) -> str:
        return "".join(rng.choice(list("ACGT"), count))

    if kind == "snv":
        return bases[0], other(bases[0])
    if kind == "mnv":
        apart = int(rng.choice([1, 1, 2]))
        return bases[: apart + 1], other(bases[0]) + bases[1:apart] + other(bases[apart])
    short = kind.endswith("long")
    length = int(rng.integers(21, 51)) if short else int(min(20, 1 + rng.geometric(0.16)))
    if kind.startswith("del") and not kind.startswith("delins"):
        return bases[: length + 1], bases[0]
    if kind.startswith("ins"):
        if rng.random() < 0.5:  # half of them are duplications, as in exon 20
            before = reference.fetch(chromosome, position - length + 1, position + 1)
            return bases[0], bases[0] + before
        return bases[0], bases[0] + drawn(length)
    removed, added = int(rng.integers(1, 7)), int(rng.integers(1, 9))
    alt = drawn(added)
    ref = bases[:removed]
    if removed == added or alt[0] == ref[0] or alt[-1] == ref[-1]:
        return "", ""
    return ref, alt


def truth_of(found: list[Spike], name: str) -> TumorTruth:
    """The declared tumour that carries the spikes."""
    return TumorTruth(
        sample=name,
        build=BUILD,
        purity=PURITY,
        clones=CLONES,
        variants=tuple(
            SpikedVariant(
                s.variant.chromosome,
                s.variant.position,
                s.variant.ref,
                s.variant.alt,
                copies=1,
                clone=s.clone,
                haplotype=Haplotype.A if n % 2 else Haplotype.B,
            )
            for n, s in enumerate(found)
        ),
    )


def inherited_snps(ground: Ground, found: list[Spike], seed: int) -> list[Snp]:
    """SNPs of the person, one site in 500 with its alt at half of the haplotypes; none beside a spiked variant."""
    rng = np.random.default_rng([seed, 78])
    territory = ground.territory
    near = {(s.variant.chromosome, s.variant.position + step) for s in found for step in range(-60, 61)}
    near |= {(spot.chromosome, spot.position) for spot in load_panel(BUILD).hotspots}
    snps = []
    for region in range(len(territory.start)):
        chromosome = territory.contigs[int(territory.contig[region])]
        start, end = int(territory.start[region]), int(territory.end[region])
        for position in rng.integers(start, end, rng.poisson((end - start) / 500)).tolist():
            place = territory.place(chromosome, position)
            if place is None or (chromosome, position) in near:
                continue
            ref = {1: "A", 2: "C", 4: "G", 8: "T"}.get(int(territory.bases[place]))
            if ref is not None:
                alt = str(rng.choice([one for one in "ACGT" if one != ref]))
                snps.append(Snp(chromosome, position, ref, alt, 0.5))
    return snps


def write_pair(
    folder: Path,
    ground: Ground,
    found: list[Spike],
    seed: int,
    *,
    depth: float,
    noise: NoiseModel,
    normal_depth: float | None = None,
    model: ReadModel | None = None,
) -> tuple[Path, Path]:
    """Tumour and normal BAM of one genome, with the mistakes of `noise`; `model` is the tumour's library."""
    person = inherit(ground.territory, inherited_snps(ground, found, seed), seed=seed)
    truth = truth_of(found, f"bench{seed}")
    paths = []
    normal = replace(truth, sample=f"bench{seed}n", purity=0.0, clones=(), variants=())
    for name, sample_truth, wanted_depth, library_model in (
        ("tumor", truth, depth, model or ReadModel()),
        ("normal", normal, normal_depth or depth, ReadModel()),
    ):
        path = folder / f"{seed}.{name}.bam"
        library = Library(sample_truth, ground.territory, person.bases, wanted_depth, seed, library_model)
        rng = np.random.default_rng([seed, len(name)])
        write_bam(
            path,
            noisy(sequence(library), ground, noise, rng),
            build=BUILD,
            sample=sample_truth.sample,
            comments=("SYNTHETIC: benchmark",),
        )
        paths.append(path)
    return paths[0], paths[1]


def noisy(
    blocks: Iterator[ReadBlock], ground: Ground, noise: NoiseModel, rng: np.random.Generator
) -> Iterator[ReadBlock]:
    """The reads with further mistakes written in."""
    runs = homopolymers(ground)
    for block in blocks:
        bases, quality = block.sequence.copy(), block.quality.copy()
        cigars, mapping = dict(block.cigars), block.mapping_quality.copy()
        damage(block, bases, noise, rng)
        motif_errors(bases, quality, noise, rng)
        slips(block, bases, cigars, ground, runs, noise, rng)
        misplace(block, bases, mapping, noise, rng)
        yield replace(block, sequence=bases, quality=quality, cigars=cigars, mapping_quality=mapping)


def damage(block: ReadBlock, bases: NDArray[np.uint8], noise: NoiseModel, rng: np.random.Generator) -> None:
    """C>T of single fragments: the same genomic place in both mates."""
    pairs = len(bases) // 2
    width = bases.shape[1]
    for row in np.flatnonzero(rng.random(pairs) < noise.damage * width * 2 * 0.25).tolist():
        mates = (row, row + pairs)
        first = mates[int(rng.integers(2))]
        spots = np.flatnonzero((bases[first] == 2) | (bases[first] == 4))
        if not len(spots):
            continue
        column = int(rng.choice(spots))
        place = int(block.position[first]) + column
        for mate in mates:
            here = place - int(block.position[mate])
            if 0 <= here < width and mate not in block.cigars and first not in block.cigars:
                bases[mate, here] = {2: 8, 4: 1}.get(int(bases[mate, here]), bases[mate, here])


def motif_errors(
    bases: NDArray[np.uint8],
    quality: NDArray[np.uint8],
    noise: NoiseModel,
    rng: np.random.Generator,
) -> None:
    """The base after GGC in reading direction read as G; left mates run forward, right ones backward."""
    pairs = len(bases) // 2
    forward, backward = bases[:pairs], bases[pairs:]
    hit = (forward[:, :-3] == 4) & (forward[:, 1:-2] == 4) & (forward[:, 2:-1] == 2)
    rows, columns = np.nonzero(hit)
    kept = rng.random(len(rows)) < noise.motif
    bases[rows[kept], columns[kept] + 3] = 4
    quality[rows[kept], columns[kept] + 3] = 25
    hit = (backward[:, 3:] == 2) & (backward[:, 2:-1] == 2) & (backward[:, 1:-2] == 4)
    rows, columns = np.nonzero(hit)
    kept = rng.random(len(rows)) < noise.motif
    bases[rows[kept] + pairs, columns[kept]] = 2
    quality[rows[kept] + pairs, columns[kept]] = 25


def homopolymers(ground: Ground) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Contig, genomic start and length of every homopolymer of five bases or more."""
    territory = ground.territory
    found = []
    for region in range(len(territory.start)):
        bases = territory.bases[territory.offset[region] : territory.stop[region]]
        change = np.flatnonzero(np.diff(bases) != 0) + 1
        starts = np.concatenate([[0], change])
        lengths = np.diff(np.concatenate([starts, [len(bases)]]))
        long = np.flatnonzero((lengths >= 5) & (bases[starts] != 15))
        for start, length in zip(starts[long].tolist(), lengths[long].tolist(), strict=True):
            found.append((int(territory.contig[region]), int(territory.origin[region]) + start, length))
    table = np.array(sorted(found), dtype=np.int64).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]


def slips(
    block: ReadBlock,
    bases: NDArray[np.uint8],
    cigars: dict[int, tuple[tuple[int, int], ...]],
    ground: Ground,
    runs: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    noise: NoiseModel,
    rng: np.random.Generator,
) -> None:
    """Reads that lose or gain a base in a homopolymer; near a read's end the aligner shows no gap.

    Beyond a slip near the left end the bases before it are moved, as an aligner keeps the longer part in its place.
    """
    width = bases.shape[1]
    contigs, starts, lengths = runs
    rate = np.minimum(noise.slip_at_8 * noise.slip_factor ** (lengths - 8.0), 0.2)
    key = block.contig * (1 << 32) + block.position
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    near = (contigs * (1 << 32) + starts > ordered[0] - width) & (
        contigs * (1 << 32) + starts < ordered[-1] + width
    )
    for contig, start, length, p in zip(
        *(column[near].tolist() for column in (contigs, starts, lengths, rate)), strict=True
    ):
        base = contig * (1 << 32)
        low = np.searchsorted(ordered, base + start + length - width + 2)
        high = np.searchsorted(ordered, base + start - 1)
        rows = order[low:high]
        for row in rows[rng.random(len(rows)) < p].tolist():
            if row in cigars:
                continue
            column = start - int(block.position[row])
            read = bases[row].copy()
            gap = min(column, width - column - length) >= 7
            if column < 7:
                slip_before(bases[row], column, lost=rng.random() < 0.7)
                continue
            if rng.random() < 0.7:
                place = ground.territory.place(
                    ground.territory.contigs[contig], int(block.position[row]) + width
                )
                if place is None:
                    continue
                bases[row] = np.concatenate(
                    [read[:column], read[column + 1 :], ground.territory.bases[place : place + 1]]
                )
                if gap:
                    cigars[row] = ((0, column), (2, 1), (0, width - column))
            else:
                bases[row] = np.concatenate([read[:column], read[column : column + 1], read[column:-1]])
                if gap:
                    cigars[row] = ((0, column), (1, 1), (0, width - column - 1))


def slip_before(read: NDArray[np.uint8], column: int, *, lost: bool) -> None:
    """Lose or gain a base at a column near the left end of a read, whose bases beyond it stay in their places."""
    if lost:
        read[1 : column + 1] = read[
            :column
        ].copy()  # the base before the read's start is not known: its first again
    else:
        read[:column] = read[1 : column + 1].copy()


def misplace(
    block: ReadBlock,
    bases: NDArray[np.uint8],
    mapping: NDArray[np.int64],
    noise: NoiseModel,
    rng: np.random.Generator,
) -> None:
    """Pairs of another place: differences at places fixed by the genome, so that they pile up."""
    pairs = len(bases) // 2
    width = bases.shape[1]
    for row in np.flatnonzero(rng.random(pairs) < noise.misplaced).tolist():
        quality = int(rng.choice([0, 3, 10, 25, 40, 60]))
        for mate in (row, row + pairs):
            places = int(block.position[mate]) + np.arange(width)
            differs = np.flatnonzero((places * 2654435761 >> 7) % 19 == 0)
            bases[mate, differs] = np.array([8, 4, 2, 1], dtype=np.uint8)[places[differs] % 4]
            mapping[mate] = quality


def write_fasta(path: Path, ground: Ground) -> Path:
    """The sequence that was simulated as a plain FASTA with an index, N elsewhere."""
    territory = ground.territory
    letters = np.full(16, ord("N"), dtype=np.uint8)
    letters[[1, 2, 4, 8]] = np.frombuffer(b"ACGT", dtype=np.uint8)
    with path.open("wb") as out, path.with_name(path.name + ".fai").open("w") as index:
        for number, chromosome in enumerate(territory.contigs):
            length = CONTIG_LENGTHS[BUILD][chromosome]
            bases = np.full(length, ord("N"), dtype=np.uint8)
            for region in np.flatnonzero(territory.contig == number).tolist():
                start = int(territory.origin[region])
                spelled = letters[territory.bases[territory.offset[region] : territory.stop[region]]]
                bases[start : start + len(spelled)] = spelled
            name = contig_name(chromosome, BUILD)
            out.write(f">{name}\n".encode())
            index.write(f"{name}\t{length}\t{out.tell()}\t{length}\t{length + 1}\n")
            out.write(bases.tobytes())
            out.write(b"\n")
    return path


def benchmark_ground() -> Ground:
    """All coding exons of the panel."""
    return prepare_ground(BUILD, Coverage(windows=0, panel=True, erbb2_locus=False))


def write_regions(path: Path) -> Path:
    """The regions that every caller is given, as a BED in the names of the BAM."""
    lines = [
        f"{contig_name(chromosome, BUILD)}\t{start}\t{end}\n"
        for chromosome, start, end in sorted(panel_regions(load_panel(BUILD)))
    ]
    path.write_text("".join(lines))
    return path
