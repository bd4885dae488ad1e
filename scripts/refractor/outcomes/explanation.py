"""How many patients without benefit a mechanism explains, and how often the same rules fire in those with benefit.

Each patient is, at one cut of the evidence, explained, not explained, or unknown. `Not explained` needs every decisive
question of the cohort answered: what was not looked at is never counted as absent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from operator import attrgetter
from typing import NamedTuple

from refractor.results.analysis_tables import Explanation
from refractor.statistics.expected_count import ExpectedCount, expected_count
from refractor.statistics.hypergeometric import hypergeometric
from refractor.statistics.proportions import Proportion, clopper_pearson
from refractor.statistics.random_union import union_distribution
from refractor.vocabulary import Clonality, Tier

TIER_CUTS: tuple[tuple[str, tuple[Tier, ...]], ...] = (
    ("R1", (Tier.R1,)),
    ("R1-R2", (Tier.R1, Tier.R2)),
    ("R1-R3", (Tier.R1, Tier.R2, Tier.R3)),
)
"""Cuts of the evidence; the last is the study's, the others show what hangs on it."""
STUDY_CUT = TIER_CUTS[-1][0]


class Mechanism(NamedTuple):
    """One candidate mechanism of a patient: where it is, how strong its evidence, in how many of the cells."""

    gene: str
    pathway: str
    tier: str
    clonality: str = Clonality.UNKNOWN


@dataclass(frozen=True, slots=True)
class Cut:
    """What counts as an explanation: tiers, clonal findings only, findings in tumours that fit the entry criteria only."""

    name: str
    tiers: tuple[Tier, ...]
    clonal_only: bool = False
    eligible_only: bool = False


@dataclass(frozen=True, slots=True)
class OtherDrugs:
    """What rules on drugs that were not given find in a patient's tumour.

    `unshared` are those of `found` that no rule on the cohort's own drugs counts; `answered` the rules that were
    found or denied.
    """

    found: frozenset[Mechanism] = frozenset()
    unshared: frozenset[Mechanism] = frozenset()
    answered: frozenset[str] = frozenset()


NOTHING_ASKED = OtherDrugs()


@dataclass(frozen=True, slots=True)
class Case:
    """An evaluable patient whose benefit is known.

    `complete` says that every decisive question was answered; `eligible` whether the genome fits the criteria of
    entry, None where that is not known.
    """

    patient: str
    benefit: bool
    complete: bool
    eligible: bool | None
    candidates: frozenset[Mechanism]
    other_drugs: OtherDrugs = NOTHING_ASKED

    def explained(self, cut: Cut) -> bool | None:
        """Whether a candidate of the cut was found; None where one may be there.

        One may be where a decisive question is open, where its clonality or the eligibility is not known.
        """
        if cut.eligible_only and self.eligible is False:
            return False
        of_tier = [found for found in self.candidates if found.tier in cut.tiers]
        sure = [found for found in of_tier if not cut.clonal_only or found.clonality == Clonality.CLONAL]
        possible = [
            found for found in of_tier if found.clonality != Clonality.SUBCLONAL or not cut.clonal_only
        ]
        if sure and not (cut.eligible_only and self.eligible is None):
            return True
        return None if possible or not self.complete else False

    def assessable(self, cut: Cut) -> bool:
        """Whether every decisive question was answered, or a candidate of the cut was found."""
        return self.complete or self.explained(cut) is True

    def genes_of(self, cut: Cut) -> frozenset[tuple[str, str, str]]:
        """Gene, pathway and tier of the candidates by which the cut explains the patient; none where it does not."""
        if self.explained(cut) is not True:
            return frozenset()
        return frozenset(
            (found.gene, found.pathway, found.tier)
            for found in self.candidates
            if found.tier in cut.tiers and (not cut.clonal_only or found.clonality == Clonality.CLONAL)
        )


def cuts() -> Iterator[Cut]:
    """The study's cut first; each cut of the tiers by any and clonal findings, by any and eligible tumours."""
    for (name, tiers), clonal, eligible in product(reversed(TIER_CUTS), (False, True), (False, True)):
        yield Cut(name, tiers, clonal, eligible)


def explanations(cases: Sequence[Case]) -> list[Explanation]:
    """Both groups at each cut."""
    return [explanation(cases, cut, benefit=benefit) for cut in cuts() for benefit in (False, True)]


def explanation(cases: Sequence[Case], cut: Cut, *, benefit: bool) -> Explanation:
    """One group at one cut: explained among assessable with the exact interval, its null, and the bounds over the whole group.

    The lowest bound takes none of the unknown for explained, the highest all of them.
    """
    group = [case for case in cases if case.benefit is benefit]
    found = [case.patient for case in group if case.explained(cut) is True]
    unknown = sum(case.explained(cut) is None for case in group)
    assessable = sum(case.assessable(cut) for case in group)
    share = clopper_pearson(len(found), assessable)
    null = permuted(cases, cut, benefit=benefit)
    decoys = by_random_genes(cases, cut, benefit=benefit)
    false = by_other_drugs(cases, cut, benefit=benefit)
    return Explanation(
        group="benefit" if benefit else "no_benefit",
        tiers=cut.name,
        clonality="clonal" if cut.clonal_only else "any",
        eligible="yes" if cut.eligible_only else "any",
        explained=len(found),
        assessable=assessable,
        patients=len(group),
        proportion=share.estimate,
        low=share.low,
        high=share.high,
        expected=None if null is None else null.expected,
        expected_low=None if null is None else null.low,
        expected_high=None if null is None else null.high,
        p_permutation=None if null is None else null.p,
        decoys_expected=None if decoys is None else decoys.expected,
        decoys_low=None if decoys is None else decoys.low,
        decoys_high=None if decoys is None else decoys.high,
        p_decoys=None if decoys is None else decoys.p,
        false_explanation_rate=None if decoys is None else decoys.expected / assessable,
        decoy_rules=false.rules,
        decoy_rules_explained=false.explained,
        decoy_rules_unshared=false.unshared,
        decoy_rules_low=false.low,
        decoy_rules_high=false.high,
        lowest=len(found) / len(group) if group else None,
        highest=(len(found) + unknown) / len(group) if group else None,
        explained_patients=";".join(found) or None,
    )


def permuted(cases: Sequence[Case], cut: Cut, *, benefit: bool) -> ExpectedCount | None:
    """The exact null of the labels permuted over assessable patients; None when a group has none.

    All permutations are counted, not drawn: the number explained in a group is hypergeometric. The tail is that of
    at least as many explained without benefit, which is also that of at most as many with benefit.
    """
    assessable = [case for case in cases if case.assessable(cut)]
    inside = [case for case in assessable if case.benefit is benefit]
    outside = len(assessable) - len(inside)
    if not inside or not outside:
        return None
    explained = sum(case.explained(cut) is True for case in assessable)
    here = sum(case.explained(cut) is True for case in inside)
    least = max(0, explained - outside)
    chances = hypergeometric(len(inside), outside, explained)
    return expected_count(chances, here, least=least, small_counts_tell=benefit)


def by_random_genes(cases: Sequence[Case], cut: Cut, *, benefit: bool) -> ExpectedCount | None:
    """How many of a group random genes would explain that are altered as often as those found; None of an empty group.

    Each altered gene of the cut is replaced by one whose carriers are any assessable patients, as many as the gene's own:
    what then is explained is explained falsely. Exact (statistics.random_union). The tail is that of at least as many in
    either group.
    """
    assessable = [case for case in cases if case.assessable(cut)]
    inside = [case for case in assessable if case.benefit is benefit]
    if not inside:
        return None
    carriers = Counter(gene for case in assessable for gene in case.genes_of(cut))
    chances = union_distribution(len(inside), len(assessable) - len(inside), sorted(carriers.values()))
    return expected_count(chances, sum(case.explained(cut) is True for case in inside))


@dataclass(frozen=True, slots=True)
class ExplainedFalsely:
    """How many `rules` on drugs that were not given had an answer, and how many patients they explain.

    `unshared` are those whom no rule on the cohort's own drugs explains by the same finding, with the interval of
    their share.
    """

    rules: int | None
    explained: int | None = None
    unshared: int | None = None
    low: float | None = None
    high: float | None = None


def by_other_drugs(cases: Sequence[Case], cut: Cut, *, benefit: bool) -> ExplainedFalsely:
    """How many of the assessable of a group the rules on drugs that were not given would explain: falsely.

    They count by the same cut. The interval is that of the share whom they explain by what no rule on the cohort's own
    drugs counts; nothing is known where none of them was answered.
    """
    asked = [case for case in cases if case.benefit is benefit and case.assessable(cut)]
    rules = frozenset[str]().union(*(case.other_drugs.answered for case in asked))
    if not rules:
        return ExplainedFalsely(rules=0 if asked else None)
    explained, unshared = (
        sum(replace(case, candidates=found(case.other_drugs)).explained(cut) is True for case in asked)
        for found in (attrgetter("found"), attrgetter("unshared"))
    )
    share = clopper_pearson(unshared, len(asked))
    return ExplainedFalsely(len(rules), explained, unshared, share.low, share.high)


def benefit_with_and_without_genome(cases: Sequence[Case]) -> tuple[Proportion, Proportion]:
    """Shares with benefit among patients with an assessable genome and among the others: is its lack informative?"""
    cut = Cut(*TIER_CUTS[-1])
    with_genome = [case.benefit for case in cases if case.assessable(cut)]
    without = [case.benefit for case in cases if not case.assessable(cut)]
    return (
        clopper_pearson(sum(with_genome), len(with_genome)),
        clopper_pearson(sum(without), len(without)),
    )
