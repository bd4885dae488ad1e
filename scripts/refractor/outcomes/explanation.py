"""How many patients without benefit a mechanism explains, and how often the same rules fire in those with benefit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from refractor.results.analysis_tables import EXPLANATION
from refractor.statistics.hypergeometric import hypergeometric
from refractor.statistics.proportions import Proportion, clopper_pearson
from refractor.vocabulary import Tier

TIER_CUTS: tuple[tuple[str, tuple[Tier, ...]], ...] = (
    ("R1", (Tier.R1,)),
    ("R1-R2", (Tier.R1, Tier.R2)),
    ("R1-R3", (Tier.R1, Tier.R2, Tier.R3)),
)
"""Cuts of the evidence; the last is the study's, the others show what hangs on it."""
STUDY_CUT = TIER_CUTS[-1][0]


@dataclass(frozen=True, slots=True)
class Case:
    """An evaluable patient whose benefit is known. `tiers` are those of the candidates; None without assessable genome."""

    patient: str
    benefit: bool
    tiers: frozenset[str] | None

    def explained(self, tiers: Sequence[str]) -> bool:
        """Whether a candidate of these tiers was found."""
        return self.tiers is not None and not self.tiers.isdisjoint(tiers)


@dataclass(frozen=True, slots=True)
class Null:
    """Explained patients of a group when labels are permuted among the assessable: mean, 95 % range, tail."""

    expected: float
    low: int
    high: int
    p: float


def explanation_table(cases: Sequence[Case]) -> pd.DataFrame:
    """EXPLANATION: both groups at each cut of the tiers, the study's cut first."""
    rows = [
        explanation_row(cases, name, tiers, benefit=benefit)
        for name, tiers in reversed(TIER_CUTS)
        for benefit in (False, True)
    ]
    return EXPLANATION.from_rows(rows)


def explanation_row(
    cases: Sequence[Case], name: str, tiers: Sequence[str], *, benefit: bool
) -> dict[str, object]:
    """One row: explained among assessable, its null, and the bounds over patients without assessable genome."""
    group = [case for case in cases if case.benefit is benefit]
    assessable = [case for case in group if case.tiers is not None]
    found = [case.patient for case in assessable if case.explained(tiers)]
    share = clopper_pearson(len(found), len(assessable))
    null = permuted(cases, tiers, benefit=benefit)
    unknown = len(group) - len(assessable)
    return {
        "group": "benefit" if benefit else "no_benefit",
        "tiers": name,
        "explained": len(found),
        "assessable": len(assessable),
        "patients": len(group),
        "proportion": share.estimate,
        "low": share.low,
        "high": share.high,
        "expected": None if null is None else null.expected,
        "expected_low": None if null is None else null.low,
        "expected_high": None if null is None else null.high,
        "p_permutation": None if null is None else null.p,
        "lowest": len(found) / len(group) if group else None,
        "highest": (len(found) + unknown) / len(group) if group else None,
        "explained_patients": ";".join(found) or None,
    }


def permuted(cases: Sequence[Case], tiers: Sequence[str], *, benefit: bool) -> Null | None:
    """The exact null of the labels permuted over assessable patients; None when a group has none.

    All permutations are counted, not drawn: the number explained in a group is hypergeometric. The tail is that of
    at least as many explained without benefit, which is also that of at most as many with benefit.
    """
    assessable = [case for case in cases if case.tiers is not None]
    inside = [case for case in assessable if case.benefit is benefit]
    outside = len(assessable) - len(inside)
    if not inside or not outside:
        return None
    explained = sum(case.explained(tiers) for case in assessable)
    here = sum(case.explained(tiers) for case in inside)
    least = max(0, explained - outside)
    chances = hypergeometric(len(inside), outside, explained)
    sums = np.cumsum(chances)
    tail = sums[here - least] if benefit else chances[here - least :].sum()
    return Null(
        expected=float(chances @ np.arange(least, least + len(chances))),
        low=least + int(np.searchsorted(sums, 0.025, side="right")),
        high=least + int(np.searchsorted(sums, 0.975, side="left")),
        p=min(1.0, float(tail)),
    )


def benefit_with_and_without_genome(cases: Sequence[Case]) -> tuple[Proportion, Proportion]:
    """Shares with benefit among patients with an assessable genome and among the others: is its lack informative?"""
    with_genome = [case.benefit for case in cases if case.tiers is not None]
    without = [case.benefit for case in cases if case.tiers is None]
    return (
        clopper_pearson(sum(with_genome), len(with_genome)),
        clopper_pearson(sum(without), len(without)),
    )
