"""Which spiked variants a list of calls contains, by the sequence that they make, and which calls are false."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from refractor.genome.reference import Reference
from refractor.genome.variant import Variant

REACH_BP = 30
"""Bases compared beside a variant; calls within it may make it up together."""
MOST_PARTS = 3


def sequence_with(variants: Sequence[Variant], start: int, end: int, reference: Reference) -> str | None:
    """The reference of [start, end) with the variants; None where they overlap or do not fit."""
    chromosome = variants[0].chromosome
    parts, at = [], start
    for variant in sorted(variants):
        if variant.position < at or variant.end > end:
            return None
        parts += [reference.fetch(chromosome, at, variant.position), variant.alt]
        at = variant.end
    return "".join([*parts, reference.fetch(chromosome, at, end)])


def match_calls(
    truth: Sequence[Variant], calls: Sequence[Variant], reference: Reference
) -> tuple[set[Variant], list[Variant]]:
    """Truth variants that one call, or up to three near calls together, spell; and the calls that spell none.

    A call that is a part of a spiked variant is not false, though the variant may count as missed.
    """
    found: set[Variant] = set()
    used: set[Variant] = set()
    for variant in truth:
        reach = REACH_BP + len(variant.alt)
        start, end = variant.position - reach, variant.end + reach
        near = [
            call
            for call in calls
            if call.chromosome == variant.chromosome and call.position < end - 5 and call.end > start + 5
        ]
        used |= set(near)
        wanted = sequence_with([variant], start - REACH_BP, end + REACH_BP, reference)
        for size in range(1, min(MOST_PARTS, len(near)) + 1):
            if any(
                sequence_with(part, start - REACH_BP, end + REACH_BP, reference) == wanted
                for part in combinations(near, size)
            ):
                found.add(variant)
                break
    return found, [call for call in calls if call not in used]
