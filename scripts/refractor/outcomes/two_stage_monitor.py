"""Where a two-stage trial stands while it accrues, and what it decided at each stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from scipy.special import bdtr

from refractor.settings.endpoint_rules import Design
from refractor.statistics.two_stage import binomial_pmf


class Decision(StrEnum):
    """What one stage says."""

    CONTINUE = "continue"
    STOP = "stop"
    ACTIVE = "active"
    NOT_ACTIVE = "not active"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Progress:
    """A trial at one moment. Counts are patients; the chances are of success in the end, 0-1."""

    enrolled: int
    known: int
    successes: int
    stage1_successes: int
    stage1: Decision
    final: Decision
    needed: int
    open_places: int
    chance_at_p0: float
    chance_at_p1: float


def progress(benefits: Sequence[bool | None], design: Design) -> Progress:
    """Where the trial stands. `benefits` are the evaluable patients in order of entry, None where not yet known.

    Patients beyond the planned n are left out: the design was made for n. A decision falls as soon as no further
    patient can change it.
    """
    planned = list(benefits[: design.n])
    first, second = planned[: design.n1], planned[design.n1 :]
    one, total = first.count(True), planned.count(True)
    left1, left2 = design.n1 - _known(first), design.n2 - _known(second)
    if one > design.r1:
        stage1 = Decision.CONTINUE
    else:
        stage1 = Decision.STOP if one + left1 <= design.r1 else Decision.OPEN
    left = left1 + left2
    if stage1 is Decision.STOP or total + left < design.success:
        final = Decision.NOT_ACTIVE
    elif stage1 is Decision.CONTINUE and total >= design.success:
        final = Decision.ACTIVE
    else:
        final = Decision.OPEN
    return Progress(
        enrolled=len(planned),
        known=_known(planned),
        successes=total,
        stage1_successes=one,
        stage1=stage1,
        final=final,
        needed=max(0, design.success - total),
        open_places=left,
        chance_at_p0=_chance(planned, design, design.p0),
        chance_at_p1=_chance(planned, design, design.p1),
    )


def _chance(planned: Sequence[bool | None], design: Design, share: float) -> float:
    """P(success in the end | what is known), at a true share."""
    first, second = planned[: design.n1], planned[design.n1 :]
    left1, left2 = design.n1 - _known(first), design.n2 - _known(second)
    chance = 0.0
    for more, weight in enumerate(binomial_pmf(left1, share)):
        in_stage1 = first.count(True) + more
        if in_stage1 <= design.r1:
            continue
        needed = design.success - in_stage1 - second.count(True)
        if needed <= 0:
            chance += float(weight)
        elif needed <= left2:
            chance += float(weight) * float(1 - bdtr(needed - 1, left2, share))
    return min(chance, 1.0)


def _known(benefits: Sequence[bool | None]) -> int:
    return len(benefits) - benefits.count(None)
