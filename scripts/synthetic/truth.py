"""The declared truth of one synthetic tumour: purity, clones, copies by haplotype, spiked variants.

A tumour is a mixture of cell populations. Every population has, at each position, a number of copies of the
two parental haplotypes A and B; a spiked variant sits on the first `copies` copies of one haplotype in the
cells of one clone and its descendants. All proportions that reads should show follow from that and are
computed here, so that a test can hold the reads against them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from refractor.errors import InputError, Problem
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from synthetic.events import (
    FOUNDER,
    Amplicon,
    Clone,
    CopyNumberSegment,
    Haplotype,
    Hole,
    Rearrangement,
    SpikedVariant,
    beyond,
)
from synthetic.truth_checks import faults_of

AUTOSOMES = tuple(str(number) for number in range(1, 23))


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
        problems = faults_of(self)
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
