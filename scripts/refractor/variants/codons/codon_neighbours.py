"""Changes of one codon, or of one reading frame, that a caller gives as separate records.

Where they lie on one haplotype they are one allele, and become it: V600E and V600M in cis are V600K, a deletion and the
substitution beside it E746_A750delinsV, two frameshifts that make up for each other a change of the residues between.
Where the caller puts them on two haplotypes each stands alone; where nothing says, each carries a note of what both
would make.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from refractor.genome.panel import Panel
from refractor.genome.reference import Reference
from refractor.variants.codons.joint_allele import (
    JointAllele,
    derails,
    joint_allele,
    nested,
    touched_codons,
)
from refractor.variants.codons.phased import (
    Phase,
    Phased,
    is_commoner,
    own_haplotypes,
    phase_in_words,
    phase_of,
    shared_sets,
)
from refractor.variants.consequences import annotate
from refractor.variants.observation import Observation, PhaseKey

Pair = tuple[Phased, Phased]


def with_neighbours(found: Sequence[Phased], *, panel: Panel, reference: Reference) -> list[Observation]:
    """The observations in genome order: parts of one haplotype as one allele, a note for each other neighbour."""
    joined = _with_haplotypes_joined(found, panel=panel, reference=reference)
    return _with_notes(joined, panel=panel, reference=reference)


def _with_haplotypes_joined(found: Sequence[Phased], *, panel: Panel, reference: Reference) -> list[Phased]:
    """The same with changes of one codon or frame that lie on one haplotype as one allele."""
    joined = list(found)
    while (pair := _first_together(joined, panel, reference)) is not None:
        one, other, whole = pair
        there = [item for item in joined if item is not one and item is not other]
        known = next((item for item in there if item.observation.variant == whole.variant), None)
        parts = _split(one, other, whole, known)
        joined = sorted(
            [*(item for item in there if item is not known), *parts],
            key=lambda phased: phased.observation.variant.genome_order,
        )
    return joined


def _first_together(
    found: Sequence[Phased], panel: Panel, reference: Reference
) -> tuple[Phased, Phased, JointAllele] | None:
    """Two believed changes whose reads show both, and both as one; None where there are none."""
    for one, other in _neighbours(found, panel, reference):
        mine, theirs = one.observation, other.observation
        phase = phase_of(one, other)
        if mine.filters or theirs.filters or phase not in (Phase.CIS, Phase.SHARED):
            continue
        inner, outer = nested(mine.variant, theirs.variant)
        if mine.germline_likely is not theirs.germline_likely and (
            outer is not None or phase is not Phase.CIS
        ):
            continue  # an inherited change stays what it is; by fractions it is no neighbour
        if outer is not None:
            whole: JointAllele | None = JointAllele(outer)
        else:
            whole = joint_allele(mine.variant, theirs.variant, panel=panel, reference=reference)
        if whole is None or (inner is not None and (one.is_rest or other.is_rest)):
            continue
        doubted = any(
            item.observation.variant == whole.variant and item.observation.filters for item in found
        )
        if not doubted:
            return one, other, whole
    return None


def _neighbours(found: Sequence[Phased], panel: Panel, reference: Reference) -> list[Pair]:
    """Pairs that touch one codon, in genome order; also a frameshift with what follows near it on its haplotype."""
    by_codon: dict[tuple[str, int], list[int]] = {}
    for index, phased in enumerate(found):
        for codon in touched_codons(phased.observation.variant, panel=panel, reference=reference):
            by_codon.setdefault(codon, []).append(index)
    pairs = {pair for members in by_codon.values() for pair in combinations(sorted(members), 2)}
    coding = sorted({index for members in by_codon.values() for index in members})
    for one, other in combinations(coding, 2):
        mine, theirs = found[one].observation.variant, found[other].observation.variant
        one_frame = derails(mine, theirs, panel) or derails(theirs, mine, panel)
        if one_frame and phase_of(found[one], found[other]) is Phase.CIS:
            pairs.add((one, other))
    return [(found[one], found[other]) for one, other in sorted(pairs)]


def _split(one: Phased, other: Phased, whole: JointAllele, known: Phased | None) -> list[Phased]:
    """The joint allele with the reads of both, and what is left of each where it is also found without the other."""
    if one.observation.germline_likely is not other.observation.germline_likely:
        inherited, somatic = (one, other) if one.observation.germline_likely else (other, one)
        return [inherited, _merged(somatic, other if somatic is one else one, whole)]
    fewer, more = sorted((one, other), key=lambda part: part.observation.alt_reads or 0)
    inner, _ = nested(one.observation.variant, other.observation.variant)
    if inner is not None:
        fewer, more = (other, one) if inner == one.observation.variant else (one, other)
    elif own_haplotypes(fewer, more) and not own_haplotypes(more, fewer):
        fewer, more = more, fewer
    merged = _merged(fewer, more, whole)
    if known is not None:
        notes = (*known.observation.notes, f"{merged.observation.notes[-1]}, which the file has as one too")
        merged = replace(known, observation=replace(known.observation, notes=notes))
    if own_haplotypes(fewer, more) and own_haplotypes(more, fewer):
        merged = _halved(merged, one, other)
        return [merged, *_rest(fewer, more, merged), *_rest(more, fewer, merged)]
    return [merged, *_rest(more, fewer, merged)]


def _merged(base: Phased, added: Phased, whole: JointAllele) -> Phased:
    """Both as one allele with the reads of `base`; a record that already was the whole says that the other is its part."""
    mine, theirs = base.observation, added.observation
    notes = tuple(dict.fromkeys((*mine.notes, *theirs.notes)))
    shared = base.phase_keys & added.phase_keys
    if phase_of(base, added) is Phase.CIS:
        why = f"by the caller's phasing ({shared_sets(base, added)})"
    else:
        why = "as their allele fractions add up to more than 1, so that some reads show both"
    if mine.variant == whole.variant:
        note = f"{theirs.variant} is a part of it, {why}"
        return replace(base, observation=replace(mine, notes=(*notes, note)))
    first, second = sorted((mine.variant, theirs.variant), key=lambda variant: variant.genome_order)
    note = f"{first} and {second} are one allele {why}"
    allele = replace(mine, variant=whole.variant, notes=(*notes, note), stated=whole.stated)
    return Phased(allele, shared)


def _halved(merged: Phased, one: Phased, other: Phased) -> Phased:
    """The joint allele of two that each have a haplotype of their own beside the common one: an even share of their reads."""
    shared = len([key for key in one.phase_keys & other.phase_keys if key.haplotype is not None])
    shares = [
        (part.observation, shared / (shared + len(own_haplotypes(part, rest))))
        for part, rest in ((one, other), (other, one))
    ]
    least, share = min(shares, key=lambda item: (item[0].alt_reads or 0) * item[1])
    reads = None if least.alt_reads is None else round(least.alt_reads * share)
    vaf = None if least.vaf is None else least.vaf * share
    return replace(merged, observation=replace(merged.observation, alt_reads=reads, vaf=vaf))


def _rest(more: Phased, fewer: Phased, merged: Phased) -> list[Phased]:
    """What is left of a part once the joint allele has its reads: another haplotype, or cells that have this change only.

    Nothing where no haplotype of its own is named and both are equally common, or not counted.
    """
    item, whole = more.observation, merged.observation
    own = own_haplotypes(more, fewer)
    if not own and not is_commoner(item, whole):
        return []
    reads = None if item.alt_reads is None or whole.alt_reads is None else item.alt_reads - whole.alt_reads
    vaf = None if item.vaf is None or whole.vaf is None else item.vaf - whole.vaf
    if reads is not None and reads <= 0:
        if not own:
            return []
        reads = vaf = None
    if own:
        note = f"beside {whole.variant}, on another haplotype by the caller's phasing ({_named(own)})"
        note += "" if reads is not None else "; the counts of reads do not part the two"
    else:
        note = f"its reads beyond those of {whole.variant}, which arose on it"
    left = replace(item, alt_reads=reads, vaf=vaf, notes=(*item.notes, note))
    return [Phased(left, own, is_rest=True)]


def _named(keys: frozenset[PhaseKey]) -> str:
    return min(map(str, keys))


def _with_notes(found: Sequence[Phased], *, panel: Panel, reference: Reference) -> list[Observation]:
    """The observations in their order, each with a note for every other change of the same codon."""
    notes: dict[int, list[str]] = {}
    place = {id(phased): index for index, phased in enumerate(found)}
    for one, other in _neighbours(found, panel, reference):
        for mine, theirs, text in _notes_of(one, other, panel=panel, reference=reference):
            if text:
                notes.setdefault(place[id(mine)], []).append(text.format(theirs.observation.variant))
    return [
        replace(phased.observation, notes=(*phased.observation.notes, *notes.get(index, [])))
        for index, phased in enumerate(found)
    ]


def _notes_of(
    one: Phased, other: Phased, *, panel: Panel, reference: Reference
) -> list[tuple[Phased, Phased, str]]:
    """What to say of each of a pair, with a place for the other's variant."""
    both = ((one, other), (other, one))
    if phase_of(one, other) is Phase.TRANS:
        if one.is_rest or other.is_rest:  # which says so itself
            return []
        return [
            (mine, theirs, f"{_beside(mine, theirs)} {{}}, {phase_in_words(mine, theirs)}")
            for mine, theirs in both
        ]
    inner, _ = nested(one.observation.variant, other.observation.variant)
    if inner is not None:
        if one.is_rest or other.is_rest:
            return []
        part, of_part = "is a part of {}", "{} is a part of it"
        return [
            (
                mine,
                theirs,
                f"{part if mine.observation.variant == inner else of_part}: two records may count the same reads",
            )
            for mine, theirs in both
        ]
    joint = joint_allele(one.observation.variant, other.observation.variant, panel=panel, reference=reference)
    if joint is None:
        return []
    told = {} if joint.stated is None else {joint.variant: joint.stated}
    effect = annotate([joint.variant], panel=panel, reference=reference, stated=told)[0]
    together = f"{effect.gene} {effect.protein_change or effect.hgvs_c}" if effect else str(joint.variant)
    text = f"{_beside(one, other)} {{}}, {phase_in_words(one, other)}: together {together}"
    return [(mine, theirs, text) for mine, theirs in both]


def _beside(one: Phased, other: Phased) -> str:
    """How two neighbours lie: substitutions in one codon; an indel may lie at its border."""
    lengths = [len(item.observation.variant.ref) - len(item.observation.variant.alt) for item in (one, other)]
    return "beside" if any(lengths) else "same codon as"
