"""What a file of small variants was seen to hold: whether its silence can mean anything, and in words.

A file that was cut, that is of the normal's column, or that holds no small variant at all is silent for its own
reasons. Chance is counted with calls spread evenly over the genome (or over the callable regions, where they are
given): a chromosome that would be empty once in a million such files was not looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.intervals import Regions

CHANCE = 1e-6
"""Probability below which an empty chromosome is no chance: our choice."""
ENOUGH_TO_REFUSE = 3
"""Records that passed, none of which shows a read in the tumour's column, from which it is the wrong column."""
MOST_POSITIONS = 200_000
"""Records whose position is remembered; a somatic genome has fewer."""
SEX_AND_MITOCHONDRION = frozenset({"X", "Y", "MT"})


@dataclass(slots=True)
class FileContent:
    """Counts over the records of one file, by bare chromosome; `others_with_reads` by the name of other columns."""

    build: GenomeBuild
    per_chromosome: Counter[str] = field(default_factory=Counter)
    order: list[str] = field(default_factory=list)
    small: int = 0
    substitutions: int = 0
    indels: int = 0
    structural: int = 0
    passed: int = 0
    filtered: int = 0
    unfiltered: int = 0
    counted: int = 0
    with_reads: int = 0
    others_with_reads: Counter[str] = field(default_factory=Counter)
    positions: list[tuple[str, int]] = field(default_factory=list)
    not_called: dict[str, str] = field(default_factory=dict)
    """Why nothing was called on a chromosome, by chromosome, where the file tells on which its program was run."""

    def add(self, chromosome: str, position: int) -> None:
        """Count a record, 0-based; those on other contigs than the build's chromosomes do not count."""
        if self.add_many(chromosome, 1) and len(self.positions) < MOST_POSITIONS:
            self.positions.append((chromosome, position))

    def add_small(self, ref: str, alts: Iterable[str]) -> None:
        """Count a record of small variants: a substitution where any allele has the reference's length, else an indel."""
        self.small += 1
        if any(len(alt) == len(ref) for alt in alts):
            self.substitutions += 1
        else:
            self.indels += 1

    def add_many(self, chromosome: str, count: int) -> bool:
        """Count records of which only the chromosome is known; False where it is none of the build."""
        if chromosome not in CONTIG_LENGTHS[self.build]:
            return False
        if chromosome not in self.per_chromosome:
            self.order.append(chromosome)
        self.per_chromosome[chromosome] += count
        return True

    @property
    def records(self) -> int:
        """Records on chromosomes of the build."""
        return self.per_chromosome.total()

    def without_tumor_reads(self) -> str:
        """That no call that passed shows a read in the tumour's column; empty where one does, or none is counted."""
        if not self.counted or self.with_reads:
            return ""
        return f"none of the {self.counted} records that passed has a read in the tumour's column"

    def wrong_column(self) -> str:
        """The column that shows the calls where the tumour's shows none of them; empty where there is none."""
        if not self.without_tumor_reads() or self.counted < ENOUGH_TO_REFUSE:
            return ""
        name, count = next(iter(self.others_with_reads.most_common(1)), ("", 0))
        return name if count == self.counted else ""

    def silent_chromosomes(self, callable_regions: Regions | None = None) -> dict[str, str]:
        """Why the file says nothing of a chromosome, by chromosome: none of its many calls lies there, or its program
        was not run on it."""
        return {**self._empty_against_chance(callable_regions), **self.not_called}

    def _empty_against_chance(self, callable_regions: Regions | None) -> dict[str, str]:
        """The chromosomes on which none of the many calls lies."""
        calls, widths = self._calls_and_widths(callable_regions)
        here, total = sum(calls[name] for name in widths), sum(widths.values())
        if not here or not total:
            return {}
        empty = {
            name: width
            for name, width in widths.items()
            if not calls[name] and (1 - width / total) ** here < CHANCE
        }
        for run in self._empty_ends(calls, widths):
            if (1 - sum(widths[name] for name in run) / total) ** here < CHANCE:
                empty |= {name: widths[name] for name in run}
        seen = len([name for name in widths if calls[name]])
        why = f"its {here:,} calls lie on {seen} of {len(widths)} chromosomes, none of them on this one: it may be cut"
        return dict.fromkeys(empty, why)

    def _calls_and_widths(self, regions: Regions | None) -> tuple[Mapping[str, int], dict[str, int]]:
        """Calls of each autosome and the bases over which they are spread: callable ones where calls keep to them."""
        lengths = _widths(self.build)
        if regions is None or not self.positions:
            return self.per_chromosome, lengths
        inside = Counter(name for name, at in self.positions if regions.covers(name, at, at + 1))
        if 2 * inside.total() < len(self.positions):
            return self.per_chromosome, lengths
        callable_bases: Counter[str] = Counter()
        for chromosome, start, end in regions:
            callable_bases[chromosome] += end - start
        return inside, {name: callable_bases[name] for name in lengths if callable_bases[name]}

    def _empty_ends(self, calls: Mapping[str, int], widths: Mapping[str, int]) -> tuple[list[str], list[str]]:
        """The chromosomes before the first and after the last that has a call, in the order of the file's kind."""
        names = sorted(widths) if self._is_by_text() else list(widths)
        filled = [place for place, name in enumerate(names) if calls[name]]
        return names[: filled[0]], names[filled[-1] + 1 :]

    def _is_by_text(self) -> bool:
        """Whether chromosomes come in the order of text, 1 10 11 ... 2, not of numbers."""
        seen = [name for name in self.order if name not in SEX_AND_MITOCHONDRION]
        return len(seen) > 1 and seen == sorted(seen) and seen != sorted(seen, key=int)

    def in_words(self) -> str:
        """One sentence: kind of calls, chromosomes, what passed, reads of the tumour, whether filters were run."""
        chromosomes = sum(name not in SEX_AND_MITOCHONDRION for name in self.per_chromosome)
        said = [f"{self.records:,} records on {chromosomes} of 22 autosomes"]
        if self.structural:
            said.append(f"{self.structural:,} of them symbolic or breakends")
        said.append(f"{self.passed:,} passed, {self.filtered:,} filtered by their caller")
        if self.unfiltered:
            said.append(f"{self.unfiltered:,} without a word of a filter")
        if self.counted:
            said.append(f"{self.with_reads:,} of {self.counted:,} that passed show reads in the tumour")
        return ", ".join(said)


def _widths(build: GenomeBuild) -> dict[str, int]:
    """Bases of each autosome, in the order of the chromosomes."""
    lengths = CONTIG_LENGTHS[build].items()
    return {name: length for name, length in lengths if name not in SEX_AND_MITOCHONDRION}
