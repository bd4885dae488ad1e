"""The declared truth of one synthetic tumour: purity, clones, copies by haplotype, spiked variants.

A tumour is a mixture of cell populations. Every population has, at each position, a number of copies of the
two parental haplotypes A and B; a spiked variant sits on the first `copies` copies of one haplotype in the
cells of one clone and its descendants. All proportions that reads should show follow from that and are
computed here, so that a test can hold the reads against them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from refractor.errors import InputError, Problem
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.variants.files.structural_variants import Breakpoint
from refractor.vocabulary import Side
from synthetic.indels import LONGEST_INDEL

FOUNDER = "founder"
"""Name of the clone that all cancer cells belong to."""

AUTOSOMES = tuple(str(number) for number in range(1, 23))


class Haplotype(StrEnum):
    """One of the two parental chromosomes."""

    A = "A"
    B = "B"


@dataclass(frozen=True, slots=True)
class Clone:
    """A clone: the share of cancer cells (0-1) that belong to it or to its descendants, and its parent."""

    name: str
    fraction: float
    parent: str = FOUNDER


@dataclass(frozen=True, slots=True)
class CopyNumberSegment:
    """Copies of both haplotypes between two positions (0-based, half-open) in one clone.

    `end` None reaches the end of the chromosome. The major copies lie on `major_on`. Where segments overlap,
    the later one in the list holds.
    """

    chromosome: str
    start: int
    end: int | None
    major: int
    minor: int
    clone: str = FOUNDER
    major_on: Haplotype = Haplotype.A

    def covers(self, chromosome: str, position: int) -> bool:
        """Whether the position lies in the segment."""
        return (
            self.chromosome == chromosome
            and self.start <= position
            and (self.end is None or position < self.end)
        )


@dataclass(frozen=True, slots=True)
class Amplicon:
    """A stretch (0-based, half-open) whose `haplotype` is amplified to `copies`; the other one keeps its own."""

    chromosome: str
    start: int
    end: int
    copies: int
    haplotype: Haplotype = Haplotype.A
    clone: str = FOUNDER

    def covers(self, chromosome: str, position: int) -> bool:
        """Whether the position lies in the amplicon."""
        return self.chromosome == chromosome and self.start <= position < self.end


@dataclass(frozen=True, slots=True)
class SpikedVariant:
    """A small variant (VCF alleles, 0-based position) on the first `copies` copies of one haplotype.

    `copies` None means all copies of the haplotype. With `germline` it sits on all of them in normal cells
    too; `clone` and `copies` are then without meaning. `gene` and `protein_change` label the truth files.
    """

    chromosome: str
    position: int
    ref: str
    alt: str
    copies: int | None = 1
    clone: str = FOUNDER
    haplotype: Haplotype = Haplotype.A
    germline: bool = False
    gene: str = ""
    protein_change: str = ""

    @property
    def end(self) -> int:
        """Base after the last reference base of the variant."""
        return self.position + len(self.ref)


@dataclass(frozen=True, slots=True)
class Hole:
    """A stretch (0-based, half-open) without a single read, as a capture failure or a masked repeat leaves."""

    chromosome: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Rearrangement:
    """A junction of two breakpoints that are no neighbours in the reference, on `haplotype` of a clone.

    `copies` None means as many as the copies of the haplotype differ across the first breakpoint: those that a
    deletion has lost or an amplicon has gained. An inherited one (`germline`) is on every copy of its haplotype in
    every cell.
    """

    first: Breakpoint
    second: Breakpoint
    copies: int | None = None
    clone: str = FOUNDER
    haplotype: Haplotype = Haplotype.A
    germline: bool = False


def tandem_junction(amplicon: Amplicon) -> Rearrangement:
    """The junction between the copies of an amplicon that lie head to tail."""
    return Rearrangement(
        Breakpoint(amplicon.chromosome, amplicon.start, Side.AFTER),
        Breakpoint(amplicon.chromosome, amplicon.end - 1, Side.BEFORE),
        clone=amplicon.clone,
        haplotype=amplicon.haplotype,
    )


def beyond(end: Breakpoint) -> int:
    """The base next to a breakpoint that its junction does not keep."""
    return end.position + (1 if end.side is Side.BEFORE else -1)


@dataclass(frozen=True, slots=True)
class Population:
    """One kind of cell: its share of all cells of the sample, and the clones it belongs to (none = normal)."""

    name: str
    fraction: float
    clones: frozenset[str]


@dataclass(frozen=True, slots=True)
class PopulationState:
    """Copies of the two haplotypes in one population at one position."""

    population: Population
    copies_a: int
    copies_b: int

    @property
    def copies(self) -> int:
        """Total copies."""
        return self.copies_a + self.copies_b

    def of(self, haplotype: Haplotype) -> int:
        """Copies of one haplotype."""
        return self.copies_a if haplotype is Haplotype.A else self.copies_b


@dataclass(frozen=True, slots=True)
class TumorTruth:
    """Everything that decides what a simulated tumour's reads show, but for chance."""

    sample: str
    build: GenomeBuild
    purity: float
    sex: str = "XX"
    whole_genome_doubled: bool = False
    clones: tuple[Clone, ...] = ()
    segments: tuple[CopyNumberSegment, ...] = ()
    amplicons: tuple[Amplicon, ...] = ()
    variants: tuple[SpikedVariant, ...] = ()
    holes: tuple[Hole, ...] = ()
    contamination: float = 0.0
    rearrangements: tuple[Rearrangement, ...] = ()
    _populations: tuple[Population, ...] = field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        problems = _faults(self)
        if problems:
            raise InputError(Problem(f"truth of {self.sample}", problem) for problem in problems)
        object.__setattr__(self, "_populations", _populations(self))
        lost = [
            Problem(
                f"truth of {self.sample}",
                f"{variant.gene} {variant.protein_change} sits on no copy: its haplotype is lost in its clone",
                allowed="put it on the other haplotype, or into another clone",
            )
            for variant in self.variants
            if self.purity > 0 and not variant.germline and self.cancer_cell_fraction(variant) == 0
        ]
        lost += [
            Problem(
                f"truth of {self.sample}",
                f"the junction of {item.first.chromosome}:{item.first.position + 1} has no copies",
                allowed="give copies, or let the copies of its haplotype change at the breakpoint",
            )
            for item in self.rearrangements
            if self.purity > 0 and not any(self.junction_copies(item))
        ]
        if lost:
            raise InputError(lost)

    @property
    def populations(self) -> tuple[Population, ...]:
        """Normal cells first, then each clone's own cells; the fractions add up to 1."""
        return self._populations

    def normal_copies(self, chromosome: str) -> tuple[int, int]:
        """Copies of haplotypes A and B in a normal cell."""
        if chromosome == "Y":
            return (1, 0) if self.sex == "XY" else (0, 0)
        if chromosome == "X" and self.sex == "XY":
            return (1, 0)
        return (0, 1) if chromosome == "MT" else (1, 1)

    def breakpoints(self, chromosome: str) -> tuple[int, ...]:
        """Positions where copies may change, with both ends of the chromosome, ascending."""
        length = CONTIG_LENGTHS[self.build][chromosome]
        points = {0, length}
        for segment in self.segments:
            if segment.chromosome == chromosome:
                points |= {segment.start, length if segment.end is None else segment.end}
        for amplicon in self.amplicons:
            if amplicon.chromosome == chromosome:
                points |= {amplicon.start, amplicon.end}
        return tuple(sorted(point for point in points if 0 <= point <= length))

    def states_at(self, chromosome: str, position: int) -> tuple[PopulationState, ...]:
        """Copies of both haplotypes in every population at one position."""
        return tuple(self._state(population, chromosome, position) for population in self._populations)

    def _state(self, population: Population, chromosome: str, position: int) -> PopulationState:
        copies_a, copies_b = self.normal_copies(chromosome)
        if not population.clones:
            return PopulationState(population, copies_a, copies_b)
        if self.whole_genome_doubled and chromosome != "MT":
            copies_a, copies_b = 2 * copies_a, 2 * copies_b
        for segment in self.segments:
            if segment.covers(chromosome, position) and segment.clone in population.clones:
                copies_a, copies_b = segment.major, segment.minor
                if segment.major_on is Haplotype.B:
                    copies_a, copies_b = copies_b, copies_a
        for amplicon in self.amplicons:
            if amplicon.covers(chromosome, position) and amplicon.clone in population.clones:
                if amplicon.haplotype is Haplotype.A:
                    copies_a = amplicon.copies
                else:
                    copies_b = amplicon.copies
        return PopulationState(population, copies_a, copies_b)

    def tumor_copies_at(self, chromosome: str, position: int) -> float:
        """Total copies per cancer cell, averaged over the clones."""
        return sum(
            state.population.fraction * state.copies for state in self._cancer(chromosome, position)
        ) / (self.purity)

    def minor_copies_at(self, chromosome: str, position: int) -> float:
        """Copies of the rarer haplotype per cancer cell, averaged over the clones."""
        states = self._cancer(chromosome, position)
        totals = (
            sum(state.population.fraction * state.copies_a for state in states),
            sum(state.population.fraction * state.copies_b for state in states),
        )
        return min(totals) / self.purity

    def _cancer(self, chromosome: str, position: int) -> tuple[PopulationState, ...]:
        if self.purity == 0:
            raise InputError(Problem(f"truth of {self.sample}", "has no cancer cells to ask for copies"))
        return tuple(state for state in self.states_at(chromosome, position) if state.population.clones)

    def junction_copies(self, rearrangement: Rearrangement) -> tuple[int, ...]:
        """Copies of a junction in each population, in the order of `populations`."""
        end, haplotype = rearrangement.first, rearrangement.haplotype
        if rearrangement.germline:
            return tuple(state.of(haplotype) for state in self.states_at(end.chromosome, end.position))
        kept = self.states_at(end.chromosome, end.position)
        lost = self.states_at(end.chromosome, beyond(end))
        found = []
        for inside, outside in zip(kept, lost, strict=True):
            available = inside.of(haplotype)
            wanted = (
                available - outside.of(haplotype) if rearrangement.copies is None else rearrangement.copies
            )
            carried = rearrangement.clone in inside.population.clones
            found.append(max(0, min(wanted, available)) if carried else 0)
        return tuple(found)

    def mixed_junction_copies(self, rearrangement: Rearrangement) -> float:
        """Copies of a junction per cell of the sample."""
        shares = [population.fraction for population in self._populations]
        copies = self.junction_copies(rearrangement)
        return sum(share * number for share, number in zip(shares, copies, strict=True))

    def mixed_copies_at(self, chromosome: str, position: int) -> float:
        """Copies per cell of the sample, normal cells included: what read depth is proportional to."""
        return sum(state.population.fraction * state.copies for state in self.states_at(chromosome, position))

    def ploidy(self) -> float:
        """Mean copies per cancer cell over the autosomes, weighted by length."""
        return self._autosomal_mean(self.tumor_copies_at)

    def mean_mixed_copies(self) -> float:
        """Mean copies per cell of the sample over the autosomes: the copies that mean depth stands for."""
        return self._autosomal_mean(self.mixed_copies_at)

    def _autosomal_mean(self, copies_at: Callable[[str, int], float]) -> float:
        total = length = 0.0
        for chromosome in AUTOSOMES:
            for start, end in pairwise(self.breakpoints(chromosome)):
                total += (end - start) * copies_at(chromosome, start)
                length += end - start
        return total / length

    def expected_vaf(self, variant: SpikedVariant) -> float:
        """Expected share of reads that carry the variant (0-1), before any bias of alignment."""
        states = self.states_at(variant.chromosome, variant.position)
        carried = sum(state.population.fraction * carried_copies(variant, state) for state in states)
        total = sum(state.population.fraction * state.copies for state in states)
        return 0.0 if total == 0 else (1 - self.contamination) * carried / total

    def cancer_cell_fraction(self, variant: SpikedVariant) -> float:
        """Share of cancer cells that carry the variant (0-1)."""
        cells = [
            state.population.fraction
            for state in self.states_at(variant.chromosome, variant.position)
            if state.population.clones and carried_copies(variant, state) > 0
        ]
        return 0.0 if self.purity == 0 else sum(cells) / self.purity


def carried_copies(variant: SpikedVariant, state: PopulationState) -> int:
    """Copies per cell of one population that carry the variant."""
    available = state.of(variant.haplotype)
    if variant.germline:
        return available
    if variant.clone not in state.population.clones:
        return 0
    return available if variant.copies is None else min(variant.copies, available)


def _populations(truth: TumorTruth) -> tuple[Population, ...]:
    """Normal cells, the founder's own cells, then each clone's own: a clone's share less its daughters'."""
    parents = {clone.name: clone.parent for clone in truth.clones}
    shares = {FOUNDER: 1.0} | {clone.name: clone.fraction for clone in truth.clones}
    own = dict(shares)
    for clone in truth.clones:
        own[clone.parent] -= clone.fraction
    return (
        Population("normal", 1 - truth.purity, frozenset()),
        *(
            Population(name, truth.purity * max(0.0, own[name]), frozenset(_ancestry(name, parents)))
            for name in shares
        ),
    )


def _ancestry(name: str, parents: dict[str, str]) -> Iterator[str]:
    """The clone, its parent, and so on to the founder."""
    while name != FOUNDER:
        yield name
        name = parents[name]
    yield FOUNDER


def _faults(truth: TumorTruth) -> list[str]:
    """All that makes the declaration contradict itself."""
    faults = []
    if not 0 <= truth.purity <= 1:
        faults.append(f"purity {truth.purity} is outside 0-1")
    if not 0 <= truth.contamination < 1:
        faults.append(f"contamination {truth.contamination} is outside 0-1")
    if truth.sex not in ("XX", "XY"):
        faults.append(f"sex {truth.sex!r} is neither XX nor XY")
    return faults + _clone_faults(truth) + _place_faults(truth)


def _clone_faults(truth: TumorTruth) -> list[str]:
    names = {FOUNDER} | {clone.name for clone in truth.clones}
    faults = []
    if len(names) != 1 + len(truth.clones):
        faults.append("two clones have one name")
    daughters: defaultdict[str, float] = defaultdict(float)
    shares = {FOUNDER: 1.0} | {clone.name: clone.fraction for clone in truth.clones}
    for clone in truth.clones:
        if clone.parent not in names:
            faults.append(f"clone {clone.name} has the unknown parent {clone.parent}")
        if not 0 < clone.fraction <= 1:
            faults.append(f"clone {clone.name} has the fraction {clone.fraction}, outside 0-1")
        daughters[clone.parent] += clone.fraction
    faults += [
        f"the daughters of clone {parent} add up to {total:.3g}, more than its {shares[parent]:.3g}"
        for parent, total in daughters.items()
        if parent in shares and total > shares[parent] + 1e-9
    ]
    parents = {clone.name: clone.parent for clone in truth.clones if clone.parent in names}
    faults += [f"clone {name} descends from itself" for name in parents if _loops(name, parents)]
    for clones in (
        [segment.clone for segment in truth.segments],
        [amplicon.clone for amplicon in truth.amplicons],
        [variant.clone for variant in truth.variants],
        [item.clone for item in truth.rearrangements],
    ):
        faults += [f"unknown clone {name}" for name in clones if name not in names]
    return faults


def _loops(name: str, parents: dict[str, str]) -> bool:
    seen: set[str] = set()
    while name in parents:
        if name in seen:
            return True
        seen.add(name)
        name = parents[name]
    return False


def _place_faults(truth: TumorTruth) -> list[str]:
    lengths = CONTIG_LENGTHS[truth.build]
    faults = []
    stretches: list[CopyNumberSegment | Amplicon | Hole] = [*truth.segments, *truth.amplicons, *truth.holes]
    for item in stretches:
        length = lengths.get(item.chromosome)
        end = length if item.end is None else item.end
        if length is None or end is None:
            faults.append(f"unknown chromosome {item.chromosome}")
        elif not 0 <= item.start < end <= length:
            faults.append(f"{item.chromosome}:{item.start}-{end} is empty or outside the chromosome")
    for segment in truth.segments:
        if segment.major < segment.minor or segment.minor < 0:
            faults.append(f"{segment.chromosome}: copies {segment.major}+{segment.minor} are not major+minor")
    faults += [f"{item.chromosome}: {item.copies} copies" for item in truth.amplicons if item.copies < 0]
    faults += [
        f"the breakpoint {place.chromosome}:{place.position + 1} lies on no chromosome or has no side"
        for item in truth.rearrangements
        for place in (item.first, item.second)
        if place.side is None
        or min(place.position, beyond(place)) < 0
        or max(place.position, beyond(place)) >= lengths.get(place.chromosome, 0)
    ]
    for variant in truth.variants:
        if variant.chromosome not in lengths or variant.end > lengths[variant.chromosome]:
            faults.append(
                f"{variant.chromosome}:{variant.position + 1} lies on no chromosome of {truth.build}"
            )
        if not variant.ref or not variant.alt or set(variant.ref + variant.alt) - set("ACGT"):
            faults.append(f"alleles {variant.ref!r}>{variant.alt!r} are not of A, C, G, T")
        if abs(len(variant.ref) - len(variant.alt)) > LONGEST_INDEL:
            faults.append(f"{variant.gene} {variant.protein_change} is an indel over {LONGEST_INDEL} bases")
        if variant.copies is not None and variant.copies < 1:
            faults.append(f"{variant.gene} {variant.protein_change} sits on {variant.copies} copies")
    return faults
