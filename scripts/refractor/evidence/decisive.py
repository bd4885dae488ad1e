"""The decisive questions of a cohort: what must be answered before a tumour counts as holding no candidate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from refractor.evidence.events.small_variant import SmallVariantEvent
from refractor.evidence.knowledge.rules import Rule
from refractor.evidence.lookups import RuleResult
from refractor.settings.criteria import DecisiveQuestion, LookedAt
from refractor.vocabulary import Observability, Result


@dataclass(frozen=True, slots=True)
class DecisiveAnswer:
    """One decisive question and the rules that answer it; none where no rule in scope looks at it."""

    name: str
    results: tuple[RuleResult, ...]

    @property
    def answered(self) -> bool:
        """Whether every rule of it was found or not found."""
        return bool(self.results) and not self.open

    @property
    def open(self) -> tuple[RuleResult, ...]:
        """The rules of it that were not tested."""
        return tuple(answer for answer in self.results if answer.result is Result.NOT_TESTED)

    @property
    def untested(self) -> str:
        """What of it was not tested and why, e.g. `codons (MAPK-1: codon 146 not looked at)`."""
        if not self.results:
            return f"{self.name} (no rule in scope looks at it)"
        named = ", ".join(answer.rule.rule_id for answer in self.open)
        return f"{self.name} ({named}: {self.open[0].reason})"


def decisive_answers(
    answers: Sequence[RuleResult], questions: Mapping[str, DecisiveQuestion]
) -> tuple[DecisiveAnswer, ...]:
    """The decisive questions with their rules' answers; without `questions` each rule of the best tier is one."""
    if not questions:
        return tuple(DecisiveAnswer(answer.rule.rule_id, (answer,)) for answer in _of_best_tier(answers))
    return tuple(
        DecisiveAnswer(name, tuple(answer for answer in answers if _concerns(question, answer.rule)))
        for name, question in questions.items()
    )


def _of_best_tier(answers: Sequence[RuleResult]) -> list[RuleResult]:
    against = [answer for answer in answers if answer.rule.against_the_drug]
    best = min((answer.rule.tier for answer in against), default=None)
    return [answer for answer in against if answer.rule.tier is best]


def _concerns(question: DecisiveQuestion, rule: Rule) -> bool:
    if rule.gene not in question.genes or not rule.can_explain or rule.observability is Observability.NO:
        return False
    event = rule.event
    if question.looked_at is LookedAt.ANYTHING:
        return True
    if question.looked_at is LookedAt.COPIES:
        return event.counts_copies
    if not isinstance(event, SmallVariantEvent):
        return False
    if question.looked_at is LookedAt.CODING_CHANGES:
        return True
    wanted = set(question.codons or event.codons)
    return bool(event.codons) and set(event.codons) <= wanted
