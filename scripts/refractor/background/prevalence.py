"""The cohort's rules run over a reference cohort: carriers and tested tumours of each rule, mechanism and all together."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from refractor.background.study_folder import StudySample
from refractor.evidence.eligibility import assess_eligibility
from refractor.evidence.findings import Findings
from refractor.evidence.knowledge.rules import Rule
from refractor.evidence.lookups import look_up_rules
from refractor.evidence.targets import find_target
from refractor.genome.panel import Panel
from refractor.results.background_tables import Prevalence
from refractor.settings.cohort import Cohort
from refractor.statistics.proportions import clopper_pearson
from refractor.vocabulary import Eligibility, Observability, Result, Tier

log = logging.getLogger(__name__)

FOUND, NOT_FOUND, NOT_TESTED = np.int8(1), np.int8(0), np.int8(-1)
_CODES = {Result.FOUND: FOUND, Result.NOT_FOUND: NOT_FOUND, Result.NOT_TESTED: NOT_TESTED}
ANSWERED_SHARE = 0.5
"""Share of the tumours that must answer a rule for it to belong to a set of rules (our choice)."""
Group = Literal["all", "eligible"]
GROUPS: tuple[Group, ...] = ("all", "eligible")


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceAnswers:
    """The answers of `rules` in each tumour: 1 found, 0 not found, -1 not tested, shape (tumours, rules).

    `eligible` says whether the genome fits the cohort's criteria of entry, shape (tumours,); not assessable is False.
    """

    samples: tuple[str, ...]
    rules: tuple[Rule, ...]
    answers: NDArray[np.int8]
    eligible: NDArray[np.bool_]

    def of_group(self, group: Group) -> NDArray[np.bool_]:
        """Which tumours belong to a group of GROUPS."""
        return self.eligible if group == "eligible" else np.ones(len(self.samples), dtype=bool)


def counted_rules(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Those that speak against the drug and that a genome shows."""
    return tuple(
        rule
        for rule in rules
        if rule.against_the_drug and rule.event.from_genome and rule.observability is not Observability.NO
    )


def reference_answers(
    tumors: Iterable[tuple[StudySample, Findings]], rules: Sequence[Rule], *, cohort: Cohort, panel: Panel
) -> ReferenceAnswers:
    """Look up every rule of the scope in every tumour; only those of `counted_rules` are kept.

    All of `rules` are asked, as a rule by codon leaves a change to another that lists it by name.
    """
    kept = counted_rules(rules)
    places = [position for position, rule in enumerate(rules) if rule in kept]
    samples, rows, eligible = [], [], []
    for one, findings in tumors:
        results = look_up_rules(rules, findings, genes=panel.rule_genes)
        rows.append([_CODES[results[place].result] for place in places])
        target = find_target(cohort.target, findings, genes=panel.genes)
        criteria = assess_eligibility(
            cohort.eligibility, findings, target=target, classed_codons=panel.classed_codons
        )
        eligible.append(bool(criteria) and all(item.status is Eligibility.CONFIRMED for item in criteria))
        samples.append(one.sample)
    shape = (len(samples), len(kept))
    return ReferenceAnswers(
        tuple(samples), kept, np.array(rows, dtype=np.int8).reshape(shape), np.array(eligible, dtype=bool)
    )


def prevalence_rows(found: ReferenceAnswers, *, notes: Sequence[str]) -> Iterator[Prevalence]:
    """PREVALENCE: the study, each rule, each mechanism and all of R1-R3, of all tumours and of the eligible ones."""
    for group in GROUPS:
        inside = found.answers[found.of_group(group)]
        yield Prevalence(level="study", group=group, tested=len(inside), note="; ".join(notes) or None)
        for place, rule in enumerate(found.rules):
            column = inside[:, place]
            yield _counted(
                int((column == FOUND).sum()),
                int((column != NOT_TESTED).sum()),
                level="rule",
                group=group,
                rule_id=rule.rule_id,
                gene=rule.gene,
                mechanism=rule.mechanism,
                tier=rule.tier,
            )
        for mechanism, places in sets_of_rules(found.rules, inside).items():
            carriers, tested = union(inside[:, places])
            yield _counted(
                int(carriers.sum()),
                int(tested.sum()),
                level="mechanism" if mechanism else "any",
                group=group,
                mechanism=mechanism or "any R1-R3",
                rules=",".join(found.rules[place].rule_id for place in places),
            )


def sets_of_rules(rules: Sequence[Rule], answers: NDArray[np.int8]) -> Mapping[str, list[int]]:
    """The places of the rules that can explain and that most tumours answer, by mechanism; under "" all of them."""
    sets: dict[str, list[int]] = {"": []}
    for place, rule in enumerate(rules):
        answered = float((answers[:, place] != NOT_TESTED).mean()) if len(answers) else 0.0
        if rule.can_explain and answered >= ANSWERED_SHARE:
            sets.setdefault(rule.mechanism, []).append(place)
            sets[""].append(place)
    return {name: places for name, places in sets.items() if places}


def union(answers: NDArray[np.int8]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tumours with any of the rules found, and tumours in which any was found or all were denied."""
    carriers = (answers == FOUND).any(axis=1)
    return carriers, carriers | (answers == NOT_FOUND).all(axis=1)


def _counted(
    carriers: int,
    tested: int,
    *,
    level: Literal["rule", "mechanism", "any"],
    group: Group,
    rule_id: str | None = None,
    gene: str | None = None,
    mechanism: str | None = None,
    tier: Tier | None = None,
    rules: str | None = None,
) -> Prevalence:
    share = clopper_pearson(carriers, tested)
    return Prevalence(
        level=level,
        group=group,
        rule_id=rule_id,
        gene=gene,
        mechanism=mechanism,
        tier=tier,
        carriers=carriers,
        tested=tested,
        prevalence=share.estimate,
        low=share.low,
        high=share.high,
        rules=rules,
    )
