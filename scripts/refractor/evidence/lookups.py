"""Every rule in scope looked up in one tumour: found, not found or not tested, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from refractor.evidence.alterations import Alteration
from refractor.evidence.events.event import GeneInTumor
from refractor.evidence.findings import Findings
from refractor.evidence.knowledge.rules import Rule
from refractor.evidence.passengers import own_share, passenger_words
from refractor.genome.panel import Gene
from refractor.vocabulary import Direction, Observability, Result


@dataclass(frozen=True, slots=True)
class Match:
    """An alteration that meets a rule, and why in words.

    `own_share` is the part of such mutations (0-1) that are no passengers of the tumour's signatures; None for all.
    """

    rule: Rule
    alteration: Alteration
    why: str
    own_share: float | None = None

    @property
    def candidate(self) -> bool:
        """Whether it counts as a candidate explanation."""
        return self.rule.can_explain

    @property
    def hypothesis(self) -> bool:
        """Whether it counts as a hypothesis."""
        return self.rule.is_hypothesis


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What one rule's look-up gave, with the reason and its matches."""

    rule: Rule
    result: Result
    reason: str
    matches: tuple[Match, ...] = ()


def look_up_rules(
    rules: Sequence[Rule], findings: Findings, *, genes: Mapping[str, Gene]
) -> tuple[RuleResult, ...]:
    """One answer a rule, in the order of `rules`.

    Rules that name a change itself come first, so that rules by codon or region leave it to them.
    """
    by_name = {
        rule.rule_id: look_up_rule(rule, findings, genes=genes) for rule in rules if rule.event.names_changes
    }
    answers = []
    for rule in rules:
        answer = by_name.get(rule.rule_id)
        if answer is None:
            named = frozenset(
                (match.alteration.gene, match.alteration.name)
                for other in by_name.values()
                if rule.direction in (other.rule.direction, Direction.CONTEXT)
                or other.rule.against_the_drug == rule.against_the_drug
                for match in other.matches
            )
            answer = look_up_rule(rule, findings, genes=genes, named=named)
        answers.append(answer)
    return tuple(answers)


def look_up_rule(
    rule: Rule,
    findings: Findings,
    *,
    genes: Mapping[str, Gene],
    named: frozenset[tuple[str, str]] = frozenset(),
) -> RuleResult:
    """The answer of one rule; `named` are (gene, change) that a rule naming the change has met."""
    if rule.observability is Observability.NO and rule.event.from_genome:
        return RuleResult(rule, Result.NOT_TESTED, rule.note or "a tumour genome does not show it")
    tumor = GeneInTumor(findings, genes.get(rule.gene or ""), named, genes)
    answer = rule.event.look_up(tumor)
    matches = tuple(
        Match(
            rule,
            hit.alteration,
            hit.why + passenger_words(hit.alteration, findings),
            own_share(hit.alteration, findings),
        )
        for hit in answer.hits
    )
    return RuleResult(rule, answer.result, answer.reason, matches)
