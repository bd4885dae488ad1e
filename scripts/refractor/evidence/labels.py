"""The label of one tumour and the sentence for each candidate, made before any outcome is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from refractor.evidence.decisive import DecisiveAnswer, decisive_answers
from refractor.evidence.events.low_copy_number import LowCopyNumber
from refractor.evidence.lookups import Match, RuleResult
from refractor.evidence.passengers import CONFLICT
from refractor.settings.criteria import DecisiveQuestion
from refractor.vocabulary import Clonality, Label, Result, Tier

_CLONALITY_ORDER = {Clonality.CLONAL: 0, Clonality.UNKNOWN: 1, Clonality.SUBCLONAL: 2}


@dataclass(frozen=True, slots=True)
class TumorLabel:
    """The label, the mechanisms behind it (best first, each once), the label in plain words, what is untested.

    `untested` are the decisive questions that were not answered, each with the reason.
    """

    label: Label
    mechanisms: tuple[str, ...]
    sentence: str
    untested: tuple[str, ...] = ()


def ranked(matches: Sequence[Match]) -> tuple[Match, ...]:
    """Matches best first: tier, those that nothing in the tumour speaks against, clonality, whole-gene lack of the target after altered genes, copies."""

    def rank(match: Match) -> tuple[object, ...]:
        alteration = match.alteration
        return (
            match.rule.tier,
            CONFLICT in match.why,
            _CLONALITY_ORDER[alteration.clonality or Clonality.UNKNOWN],
            isinstance(match.rule.event, LowCopyNumber),
            -(alteration.copies or 0.0),
            match.rule.rule_id,
            alteration.name,
        )

    return tuple(sorted(matches, key=rank))


def matches_of(answers: Sequence[RuleResult]) -> tuple[Match, ...]:
    """All matches of the answers; of several limits of copies that one gene is below, only the lowest."""
    matches = [match for answer in answers for match in answer.matches]
    lowest: dict[str, float] = {}
    for match in matches:
        limit = _limit(match)
        if limit is not None:
            gene = match.alteration.gene
            lowest[gene] = min(limit, lowest.get(gene, limit))
    return tuple(match for match in matches if _limit(match) in (None, lowest.get(match.alteration.gene)))


def _limit(match: Match) -> float | None:
    """The limit of copies that the alteration is below; None for any other alteration."""
    event = match.rule.event
    return event.max_copies if isinstance(event, LowCopyNumber) else None


def label_tumor(
    answers: Sequence[RuleResult], questions: Mapping[str, DecisiveQuestion] | None = None
) -> TumorLabel:
    """The label that the answers of the rules in scope give.

    The best candidate decides: R1, then R2 and R3, then a hypothesis of R4. Without one the tumour has no candidate
    only where every decisive question of the cohort (`questions`) was answered, found or not found; it is unresolved
    where one was not tested, and not assessable where no rule of them was answered.
    """
    matches = matches_of(answers)
    candidates = ranked([match for match in matches if match.candidate])
    hypotheses = ranked([match for match in matches if match.hypothesis])
    decisive = decisive_answers(answers, questions or {})
    untested = tuple(question.untested for question in decisive if not question.answered)
    asked = [answer for question in decisive for answer in question.results]
    if candidates:
        label = Label.CANDIDATE_R1 if candidates[0].rule.tier is Tier.R1 else Label.CANDIDATE_R2_R3
        mechanisms, sentence = _mechanisms(candidates), _candidate(candidates)
    elif hypotheses:
        label, mechanisms = Label.HYPOTHESIS_R4, _mechanisms(hypotheses)
        sentence = f"Only hypotheses of preclinical kind: {_named(hypotheses)}."
    elif asked and not untested:
        label, mechanisms = Label.NO_CANDIDATE, ()
        sentence = "No candidate found, and every decisive question was answered."
    elif any(answer.result is not Result.NOT_TESTED for answer in asked):
        label, mechanisms, sentence = (
            Label.UNRESOLVED,
            (),
            "Nothing found, but something decisive was not tested.",
        )
    else:
        label, mechanisms = Label.NOT_ASSESSABLE, ()
        sentence = "None of the decisive questions was answered: nothing can be said."
        if not any(answer.rule.can_explain for answer in answers):
            sentence = "No rule could explain a lack of benefit of these drugs: nothing can be said."
    return TumorLabel(label, mechanisms, sentence + _open(answers, decisive), untested)


def candidate_sentence(match: Match) -> str:
    """One alteration and rule in plain words, with its sources and the row it comes from."""
    rule, alteration = match.rule, match.alteration
    facts = [match.why]
    if alteration.vaf is not None:
        facts.append(f"VAF {alteration.vaf:.2f}")
    if alteration.copies is not None and alteration.kind not in ("amplification", "low_copy_number"):
        facts.append(f"on {alteration.copies:.1f} copies")
    if alteration.ccf is not None:
        unknown = alteration.clonality in (None, Clonality.UNKNOWN)
        told = "clonality unknown" if unknown else str(alteration.clonality)
        facts.append(f"in {alteration.ccf:.0%} of the cancer cells, {told}")
    parts = [f"{alteration.gene} {alteration.name} ({', '.join(facts)}). {rule.statement}."]
    if alteration.clonality is Clonality.SUBCLONAL:
        parts.append(
            "Only part of the cancer cells carries it, so it can explain no more than their resistance."
        )
    parts.append(f"For it ({rule.tier}, {str(rule.direction).replace('_', ' ')}): {rule.evidence_for}.")
    if rule.conflicts_on(alteration.name):
        parts.append(f"Against it: {rule.evidence_against}.")
    if not rule.verified:
        parts.append("The row rests in part on memory and is unverified.")
    parts.append(f"Rule {rule.rule_id}; {rule.sources()}.")
    return " ".join(parts)


def _mechanisms(matches: Sequence[Match]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match.rule.mechanism for match in matches))


def _named(matches: Sequence[Match]) -> str:
    return ", ".join(
        dict.fromkeys(f"{m.alteration.gene} {m.alteration.name} ({m.rule.tier})" for m in matches)
    )


def _candidate(candidates: Sequence[Match]) -> str:
    best = candidates[0]
    text = f"{best.alteration.gene} {best.alteration.name} may explain resistance: {best.rule.statement}."
    if best.alteration.clonality is Clonality.SUBCLONAL:
        text += " Only part of the cancer cells carries it."
    _, conflict, said = best.why.partition("CONFLICT: ")
    if conflict:
        text += f" In conflict with it, {said}."
    if len(candidates) > 1:
        text += f" Also found: {_named(candidates[1:])}."
    return text


def _open(answers: Sequence[RuleResult], decisive: Sequence[DecisiveAnswer]) -> str:
    """What was not tested: the decisive questions by name, then how many of all rules."""
    text = ""
    untested = [question for question in decisive if not question.answered]
    if untested:
        text += f" Not tested: {'; '.join(question.untested for question in untested)}."
    others = sum(answer.result is Result.NOT_TESTED for answer in answers)
    if others:
        text += f" {others} of {len(answers)} rules could not be tested"
        text += "." if untested else ", none that is decisive."
    return text
