"""Alleles that give a listed protein change, enumerated from the reference sequence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

from refractor.genome.amino_acids import CODON_TABLE
from refractor.genome.hgvs_notation import ChangeKind, ProteinChange, parse_protein_change
from refractor.genome.transcript import reverse_complement

Fetch = Callable[[str, int, int], str]
"""Bases of chromosome, start, end; N where unknown."""


@dataclass(frozen=True, slots=True)
class Allele:
    """A trimmed allele on the plus strand, 0-based; insertions and deletions carry the base before them."""

    position: int
    ref: str
    alt: str
    protein_change: str


def substitutions(
    positions: tuple[int, int, int], codon: str, change: str, changed_to: frozenset[str] | None
) -> Iterator[Allele]:
    """Every SNV and MNV within one codon that changes it to one of the amino acids.

    `positions` are genomic in coding order, `codon` its coding-strand bases, `change` the unchanged part of the
    name (G12). None for `changed_to` means any other amino acid, a stop excepted. An MNV across an intron is left
    out: no caller reports it as one allele.
    """
    minus = positions[0] > positions[2]
    for new, amino_acid in CODON_TABLE.items():
        wanted = amino_acid != "*" if changed_to is None else amino_acid in changed_to
        if not wanted or amino_acid == CODON_TABLE[codon]:
            continue
        differing = [index for index in range(3) if codon[index] != new[index]]
        first, last = differing[0], differing[-1]
        if abs(positions[last] - positions[first]) != last - first:
            continue
        ref, alt = codon[first : last + 1], new[first : last + 1]
        if minus:
            ref, alt = reverse_complement(ref), reverse_complement(alt)
        yield Allele(min(positions[first], positions[last]), ref, alt, change + amino_acid)


def in_frame_change(name: str) -> ProteinChange:
    """The change of a name such as Y772_A775dup, I103_K104del or G776delinsVC (one codon replaced).

    Raises:
        ValueError: any other notation.
    """
    change = parse_protein_change(name)
    if change is not None:
        whole = change.kind in (ChangeKind.DELETION, ChangeKind.DUPLICATION)
        if whole or (change.kind is ChangeKind.REPLACEMENT and change.first == change.last):
            return change
    raise ValueError(f"in_frame change not understood: {name}")


def in_frame_alleles(
    change: ProteinChange, span: tuple[str, int, int], fetch: Fetch, *, strand: str
) -> Iterator[Allele]:
    """The alleles of an in-frame change whose codons lie together at `span` (chromosome, start, end).

    A deletion or duplication has one allele, left-aligned with the base before it; a delins has one for each pair
    of codons that spells its amino acids, trimmed.
    """
    chromosome, start, end = span
    unit = fetch(chromosome, start, end)
    if change.kind is ChangeKind.REPLACEMENT:
        coding = unit if strand == "+" else reverse_complement(unit)
        spellings = [
            [codon for codon, amino in CODON_TABLE.items() if amino == wanted] for wanted in change.alternate
        ]
        for codons in product(*spellings):
            new = "".join(codons)
            if not _plausible(coding, new):
                continue
            alt = new if strand == "+" else reverse_complement(new)
            position, ref, alt = trim(start, unit, alt, fetch, chromosome)
            yield Allele(position, ref, alt, change.text)
        return
    at = left_aligned(chromosome, start, unit, fetch)
    anchor = fetch(chromosome, at - 1, at)
    moved = fetch(chromosome, at, at + len(unit))
    if change.kind is ChangeKind.DELETION:
        yield Allele(at - 1, anchor + moved, anchor, change.text)
    else:
        yield Allele(at - 1, anchor, anchor + moved, change.text)


def _plausible(old: str, new: str) -> bool:
    """Whether a delins keeps the codon's ends: one base changed beside one insertion, as the known ones do."""
    shared_head = 0
    while shared_head < len(old) and old[shared_head] == new[shared_head]:
        shared_head += 1
    shared_tail = 0
    while shared_tail < len(old) - shared_head and old[-1 - shared_tail] == new[-1 - shared_tail]:
        shared_tail += 1
    return shared_head + shared_tail >= len(old) - 1


def left_aligned(chromosome: str, start: int, unit: str, fetch: Fetch) -> int:
    """Where an inserted or deleted `unit` at `start` lies once shifted left as far as the sequence allows."""
    end = start + len(unit)
    while True:
        before, last = fetch(chromosome, start - 1, start), fetch(chromosome, end - 1, end)
        if before != last or before == "N":
            return start
        start, end = start - 1, end - 1


def trim(position: int, ref: str, alt: str, fetch: Fetch, chromosome: str) -> tuple[int, str, str]:
    """The allele without shared ends; a base before it is put back where one side would be empty."""
    while ref and alt and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    while ref and alt and ref[0] == alt[0]:
        position, ref, alt = position + 1, ref[1:], alt[1:]
    if not ref or not alt:
        before = fetch(chromosome, position - 1, position)
        position, ref, alt = position - 1, before + ref, before + alt
    return position, ref, alt
