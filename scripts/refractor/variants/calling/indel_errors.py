"""How often sequencing makes an insertion or deletion by mistake: in homopolymers and short repeats."""

from __future__ import annotations

import math

from refractor.genome.variant import Variant
from refractor.reads.panel_coordinates import Axis

UNREPEATED = 1e-5
"""Errors a fragment outside repeats: of the order reported for Illumina (10.1186/s12859-016-0976-y)."""
PER_UNIT = 0.3
"""log10 by which each further unit of a repeat raises them: our choice, 1 in 1,000 at 8 bases, 2 % at 12."""
LEAST, MOST = 1e-6, 0.2
LONGEST_UNIT = 4
_REACH_BP = 60


def indel_error_rate(axis: Axis, place: int, variant: Variant) -> float:
    """Probability that one fragment shows this insertion or deletion by mistake.

    By the number of repeats of the changed unit in the reference; a change of more than one unit is rarer by
    another factor of ten each, and one that is no change of a repeat has the base rate.
    """
    unit = _unit(variant)
    if unit is None:
        return UNREPEATED
    size = len(unit)
    low, high = axis.stretch(place)
    after = axis.letters(place + 1, min(high, place + 1 + _REACH_BP))
    before = axis.letters(max(low, place + 1 - _REACH_BP), place + 1)
    units = 0
    while after.startswith(unit, units * size):
        units += 1
    backwards = 0
    while before.endswith(unit * (backwards + 1)):
        backwards += 1
    units += backwards
    changed = abs(len(variant.alt) - len(variant.ref)) // size
    raised = UNREPEATED * math.pow(10.0, PER_UNIT * max(units - 1, 0) - (changed - 1))
    return min(MOST, max(LEAST, raised))


def _unit(variant: Variant) -> str | None:
    """The shortest unit that the inserted or deleted bases repeat; None for a delins or a long unit."""
    if variant.kind == "insertion":
        changed = variant.alt[1:]
    elif variant.kind == "deletion":
        changed = variant.ref[1:]
    else:
        return None
    for size in range(1, min(LONGEST_UNIT, len(changed)) + 1):
        if len(changed) % size == 0 and changed == changed[:size] * (len(changed) // size):
            return changed[:size]
    return None
