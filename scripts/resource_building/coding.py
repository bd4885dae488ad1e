"""The coding sequence of a gene as far as it is known, and whether it is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from refractor.genome.amino_acids import translate
from refractor.genome.panel import Gene
from refractor.genome.transcript import reverse_complement
from resource_building.known_sequence import KnownSequence
from resource_building.liftover import Liftover


@dataclass(frozen=True, slots=True)
class CodingSequence:
    """What is known of one gene's coding sequence on one build; `fault` says what contradicts, or is empty."""

    known_bases: int
    status: str
    fault: str


def coding_sequence(gene: Gene, known: KnownSequence) -> str:
    """The coding strand, N where unknown."""
    plus = "".join(known.fetch(gene.chromosome, start, end) for start, end in gene.cds)
    return plus if gene.strand == "+" else reverse_complement(plus)


def codon_bases(gene: Gene, codon: int, known: KnownSequence) -> str:
    """The three coding-strand bases of a codon, N where unknown."""
    plus = "".join(known.fetch(gene.chromosome, at, at + 1) for at in gene.codon_positions(codon))
    return plus if gene.strand == "+" else "".join(reverse_complement(base) for base in plus)


def verify_coding_sequence(gene: Gene, known: KnownSequence) -> CodingSequence:
    """Whether the known part is coding: ATG first, no stop inside, one stop at the end."""
    coding = coding_sequence(gene, known)
    known_bases = len(coding) - coding.count("N")
    status = "complete" if known_bases == len(coding) else "partial" if known_bases else "unknown"
    protein = translate(coding)
    faults = []
    if len(coding) % 3:
        faults.append(f"coding length {len(coding)} is no multiple of 3")
    if protein[0] not in "MX":
        faults.append(f"starts with {protein[0]}")
    if "*" in protein[:-1]:
        faults.append(f"stop at codon {protein.index('*') + 1} of {len(protein)}")
    if protein[-1] not in "*X":
        faults.append(f"ends with {protein[-1]}, no stop")
    return CodingSequence(known_bases, status, "; ".join(faults))


def lift_faults(older: Mapping[str, Gene], newer: Mapping[str, Gene], lifter: Liftover) -> list[str]:
    """Genes whose coding exons on GRCh37 do not lift, exon by exon, onto those on GRCh38."""
    faults = []
    for name, gene in older.items():
        lifted = []
        for start, end in gene.cds:
            pieces = lifter.lift(gene.chromosome, start, end)
            if len(pieces) == 1 and pieces[0].end - pieces[0].start == end - start:
                lifted.append((pieces[0].target_start, pieces[0].target_start + end - start))
        if sorted(lifted) != sorted(newer[name].cds):
            faults.append(f"{name}: coding exons of GRCh37 do not lift onto those of GRCh38")
    return faults
