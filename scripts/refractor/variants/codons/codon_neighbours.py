"""Substitutions of one codon that a caller gives as separate records.

Where its phasing puts them on one haplotype they are one allele, and become it (V600E and V600M in cis are V600K).
Where it puts them on two, each stands alone; where it does not say, each carries a note of what both would make.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations
from math import sqrt

from refractor.genome.panel import Gene, Panel
from refractor.genome.reference import Reference
from refractor.genome.variant import Variant
from refractor.variants.consequences import annotate
from refractor.variants.observation import Observation, PhaseKey

SAME_FRACTION_Z = 2.0
"""Standard errors within which two allele fractions count as equal."""
REST_Z = 3.0
"""Standard errors by which the commoner of two parts of one haplotype must exceed the other to be an allele beside both."""


@dataclass(frozen=True, slots=True)
class Phased:
    """An observation with the names of the phase sets its caller puts it in.

    `rest_of`: the allele that took the other reads of this one, which arose later on its haplotype.
    """

    observation: Observation
    phase_keys: frozenset[PhaseKey] = frozenset()
    rest_of: Variant | None = None


class Phase(StrEnum):
    """What a caller says of the haplotypes of two variants."""

    CIS = "cis"
    TRANS = "trans"
    UNKNOWN = "unknown"


def with_neighbours(found: Sequence[Phased], *, panel: Panel, reference: Reference) -> list[Observation]:
    """The observations in genome order: phased parts of one codon as one allele, a note for each other neighbour."""
    joined = _with_haplotypes_joined(found, panel=panel, reference=reference)
    return _with_notes(joined, panel=panel, reference=reference)


def _with_haplotypes_joined(found: Sequence[Phased], *, panel: Panel, reference: Reference) -> list[Phased]:
    """The same with substitutions of one codon that lie on one haplotype as one substitution."""
    joined = list(found)
    while (pair := _first_in_cis(joined, panel, reference)) is not None:
        one, other, whole = pair
        parts = f"{one.observation.variant} and {other.observation.variant}"
        phase_set = min(map(str, one.phase_keys & other.phase_keys))
        fewer, more = sorted((one.observation, other.observation), key=lambda part: part.alt_reads or 0)
        merged = replace(
            fewer,
            variant=whole,
            notes=(
                *dict.fromkeys((*one.observation.notes, *other.observation.notes)),
                f"{parts} are one allele by the caller's phasing ({phase_set})",
            ),
            stated=None,
        )
        rest = [phased for phased in joined if phased is not one and phased is not other]
        joined = sorted(
            [*rest, Phased(merged, one.phase_keys & other.phase_keys), *_rest(more, merged)],
            key=lambda phased: phased.observation.variant.genome_order,
        )
    return joined


def _rest(more: Observation, merged: Observation) -> list[Phased]:
    """What is left of the commoner part once the joint allele has its reads: cells that have the first change only.

    Nothing where the two are equally common within REST_Z, or their reads are not counted.
    """
    if None in (more.alt_reads, merged.alt_reads, more.vaf, merged.vaf, more.depth, merged.depth):
        return []
    reads = (more.alt_reads or 0) - (merged.alt_reads or 0)
    fraction = (more.vaf or 0.0) - (merged.vaf or 0.0)
    error = sqrt(
        _variance(more.vaf or 0.0, more.depth or 1) + _variance(merged.vaf or 0.0, merged.depth or 1)
    )
    if fraction <= REST_Z * error or reads <= 0:
        return []
    note = f"its reads beyond those of {merged.variant}, which arose on it"
    left = replace(more, alt_reads=reads, vaf=fraction, notes=(*more.notes, note))
    return [Phased(left, rest_of=merged.variant)]


def _first_in_cis(
    found: Sequence[Phased], panel: Panel, reference: Reference
) -> tuple[Phased, Phased, Variant] | None:
    """Two believed substitutions of one codon on one haplotype, and both as one; None where there are none."""
    for one, other in _neighbours(found, panel):
        if one.observation.filters or other.observation.filters or phase_of(one, other) is not Phase.CIS:
            continue
        if one.observation.germline_likely is not other.observation.germline_likely:
            continue
        mine, theirs = one.observation.variant, other.observation.variant
        whole = None if _nested(mine, theirs)[0] is not None else _joint(mine, theirs, reference)
        if whole is not None and not any(phased.observation.variant == whole for phased in found):
            return one, other, whole
    return None


def _neighbours(found: Sequence[Phased], panel: Panel) -> list[tuple[Phased, Phased]]:
    """Pairs of substitutions that change one codon, in genome order."""
    by_codon: dict[tuple[str, int], list[int]] = {}
    for index, phased in enumerate(found):
        for codon in _codons(phased.observation.variant, panel):
            by_codon.setdefault(codon, []).append(index)
    pairs = {pair for members in by_codon.values() for pair in combinations(members, 2)}
    return [(found[one], found[other]) for one, other in sorted(pairs)]


def _with_notes(found: Sequence[Phased], *, panel: Panel, reference: Reference) -> list[Observation]:
    """The observations in their order, each with a note for every other substitution of the same codon."""
    notes: dict[int, list[str]] = {}
    by_codon: dict[tuple[str, int], list[int]] = {}
    for index, phased in enumerate(found):
        for codon in _codons(phased.observation.variant, panel):
            by_codon.setdefault(codon, []).append(index)
    pairs = {pair for members in by_codon.values() for pair in combinations(members, 2)}
    for one, other in sorted(pairs):
        rests = {found[one].rest_of, found[other].rest_of}
        if rests & {found[one].observation.variant, found[other].observation.variant}:
            continue
        if phase_of(found[one], found[other]) is Phase.TRANS:
            for here, there in ((one, other), (other, one)):
                text = f"same codon as {found[there].observation.variant}, on another haplotype by the caller's phasing"
                notes.setdefault(here, []).append(text)
            continue
        inner, outer = _nested(found[one].observation.variant, found[other].observation.variant)
        if inner is not None:
            for here in (one, other):
                mine = found[here].observation.variant
                text = f"is a part of {outer}" if mine == inner else f"{inner} is a part of it"
                notes.setdefault(here, []).append(f"{text}: two records may count the same reads")
            continue
        joint = _joint(found[one].observation.variant, found[other].observation.variant, reference)
        if joint is None:
            continue
        effect = annotate([joint], panel=panel, reference=reference)[0]
        together = f"{effect.gene} {effect.protein_change or effect.hgvs_c}" if effect else str(joint)
        phase = _likely_phase(found[one], found[other])
        for here, there in ((one, other), (other, one)):
            notes.setdefault(here, []).append(
                f"same codon as {found[there].observation.variant}, {phase}: together {together}"
            )
    return [
        replace(phased.observation, notes=(*phased.observation.notes, *notes.get(index, [])))
        for index, phased in enumerate(found)
    ]


def _codons(variant: Variant, panel: Panel) -> set[tuple[str, int]]:
    if len(variant.ref) != len(variant.alt):
        return set()
    return {
        (gene.symbol, codon)
        for gene in panel.genes_at(variant.chromosome, variant.position, variant.end)
        for codon in _changed_codons(variant, gene)
    }


def _changed_codons(variant: Variant, gene: Gene) -> set[int]:
    changed = (
        variant.position + index
        for index, (old, new) in enumerate(zip(variant.ref, variant.alt, strict=True))
        if old != new
    )
    offsets = (gene.coding_offset(position) for position in changed)
    return {offset // 3 for offset in offsets if offset is not None}


def _changes(variant: Variant) -> set[tuple[int, str]]:
    """The bases that a substitution changes, by position."""
    return {
        (variant.position + index, new)
        for index, (old, new) in enumerate(zip(variant.ref, variant.alt, strict=True))
        if old != new
    }


def _nested(one: Variant, other: Variant) -> tuple[Variant, Variant] | tuple[None, None]:
    """The substitution that is a part of the other, and the other; nothing where neither is."""
    for inner, outer in ((one, other), (other, one)):
        if _changes(inner) < _changes(outer):
            return inner, outer
    return None, None


def _joint(one: Variant, other: Variant, reference: Reference) -> Variant | None:
    """Both substitutions as one allele; None where they change the same base or sequence between is unknown."""
    start, end = min(one.position, other.position), max(one.end, other.end)
    ref = list(reference.fetch(one.chromosome, start, end))
    alt: list[str] = ref.copy()
    changed: set[int] = set()
    for variant in (one, other):
        for index, (old, new) in enumerate(zip(variant.ref, variant.alt, strict=True)):
            place = variant.position - start + index
            ref[place] = old
            if old != new:
                if place in changed:
                    return None
                changed.add(place)
                alt[place] = new
            elif place not in changed:
                alt[place] = old
    if "N" in ref or "N" in alt:
        return None
    return Variant(one.chromosome, start, "".join(ref), "".join(alt))


def phase_of(one: Phased, other: Phased) -> Phase:
    """What the caller's phase sets say of two variants; trans where both name another haplotype of one set."""
    if one.phase_keys & other.phase_keys:
        return Phase.CIS
    theirs = {key.phase_set: key.haplotype for key in other.phase_keys}
    named = [(key.haplotype, theirs[key.phase_set]) for key in one.phase_keys if key.phase_set in theirs]
    return Phase.TRANS if any(None not in pair for pair in named) else Phase.UNKNOWN


def _likely_phase(one: Phased, other: Phased) -> str:
    if phase_of(one, other) is Phase.CIS:
        shared = min(map(str, one.phase_keys & other.phase_keys))
        return f"on the same reads by the caller's phasing ({shared})"
    a, b = one.observation, other.observation
    if a.vaf is not None and b.vaf is not None and a.depth and b.depth:
        error = sqrt(_variance(a.vaf, a.depth) + _variance(b.vaf, b.depth))
        if abs(a.vaf - b.vaf) <= SAME_FRACTION_Z * error:
            return "at the same allele fraction, perhaps on the same reads"
    return "not said to be on the same reads"


def _variance(vaf: float, depth: int) -> float:
    """Binomial variance of a fraction, not below that of a quarter of a read."""
    return max(vaf * (1 - vaf), 0.25 / depth) / depth
