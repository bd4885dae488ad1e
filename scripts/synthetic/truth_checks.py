"""What makes the declaration of a synthetic tumour contradict itself."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from refractor.genome.builds import CONTIG_LENGTHS
from synthetic.events import FOUNDER, Amplicon, CopyNumberSegment, Hole, beyond
from synthetic.indels import LONGEST_INDEL

if TYPE_CHECKING:
    from synthetic.truth import TumorTruth


def faults_of(truth: TumorTruth) -> list[str]:
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
