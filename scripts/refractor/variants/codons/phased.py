"""What callers say, and reads show, of whether two variants lie on one haplotype."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from refractor.variants.observation import Observation, PhaseKey

SAME_FRACTION_Z = 2.0
"""Standard errors within which two allele fractions count as equal."""
REST_Z = 3.0
"""Standard errors by which a fraction, or a sum of two, must exceed another to count as more."""
DEPTH_WHERE_NOT_STATED = 30
"""Reads behind a fraction whose depth the file does not give: few, so that only plain differences count."""


@dataclass(frozen=True, slots=True)
class Phased:
    """An observation with the names of the phase sets its caller puts it in.

    `is_rest`: another allele took a part of its reads, or of its haplotypes; what is left counts no read twice.
    """

    observation: Observation
    phase_keys: frozenset[PhaseKey] = frozenset()
    is_rest: bool = False


class Phase(StrEnum):
    """What is known of the haplotypes of two variants; `shared`: some reads must show both, which is not said by the caller."""

    CIS = "cis"
    TRANS = "trans"
    SHARED = "shared"
    UNKNOWN = "unknown"


def phase_of(one: Phased, other: Phased) -> Phase:
    """What phase sets say of two variants: trans where both name only other haplotypes of one set; else what fractions do."""
    if one.phase_keys & other.phase_keys:
        return Phase.CIS
    theirs = {key.phase_set: key.haplotype for key in other.phase_keys}
    named = [(key.haplotype, theirs[key.phase_set]) for key in one.phase_keys if key.phase_set in theirs]
    if any(None not in pair for pair in named):
        return Phase.TRANS
    if one.is_rest or other.is_rest:
        return Phase.UNKNOWN
    return Phase.SHARED if _exceed_one(one.observation, other.observation) else Phase.UNKNOWN


def _exceed_one(one: Observation, other: Observation) -> bool:
    """Whether the fractions of two variants add up to more than all reads."""
    if one.vaf is None or other.vaf is None:
        return False
    return one.vaf + other.vaf - 1 > REST_Z * sqrt(_variance(one) + _variance(other))


def phase_in_words(one: Phased, other: Phased) -> str:
    """How two variants lie to each other, to be said of one of them."""
    match phase_of(one, other):
        case Phase.CIS:
            return f"on the same reads by the caller's phasing ({shared_sets(one, other)})"
        case Phase.SHARED:
            return "on the same reads at least in part, as their fractions add up to more than 1"
        case Phase.TRANS:
            return "on another haplotype by the caller's phasing"
    if _equally_common(one.observation, other.observation):
        return "at the same allele fraction, perhaps on the same reads"
    return "not said to be on the same reads"


def shared_sets(one: Phased, other: Phased) -> str:
    """The first phase set that both are in, by name."""
    return min(map(str, one.phase_keys & other.phase_keys))


def own_haplotypes(one: Phased, other: Phased) -> frozenset[PhaseKey]:
    """Named haplotypes of `one` that `other` is not on, of the sets in which they share a haplotype: 1|1 beside 0|1."""
    sets = {key.phase_set for key in one.phase_keys & other.phase_keys}
    return frozenset(
        key
        for key in one.phase_keys - other.phase_keys
        if key.haplotype is not None and key.phase_set in sets
    )


def _equally_common(one: Observation, other: Observation) -> bool:
    if one.vaf is None or other.vaf is None or not one.depth or not other.depth:
        return False
    return abs(one.vaf - other.vaf) <= SAME_FRACTION_Z * sqrt(_variance(one) + _variance(other))


def is_commoner(more: Observation, fewer: Observation) -> bool:
    """Whether one is the commoner beyond chance; not where either is not counted."""
    if None in (more.vaf, fewer.vaf, more.depth, fewer.depth):
        return False
    difference = (more.vaf or 0.0) - (fewer.vaf or 0.0)
    return difference > REST_Z * sqrt(_variance(more) + _variance(fewer))


def _variance(item: Observation) -> float:
    """Binomial variance of the allele fraction, not below that of a quarter of a read."""
    vaf, depth = item.vaf or 0.0, item.depth or DEPTH_WHERE_NOT_STATED
    return max(vaf * (1 - vaf), 0.25 / depth) / depth
