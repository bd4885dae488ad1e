"""The label of one tumour and the sentence for each candidate, made before any outcome is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refractor.evidence.events.low_copy_number import LowCopyNumber
from refractor.evidence.lookups import Match, RuleResult
from refractor.vocabulary import Clonality, Label, Result, Tier

_CLONALITY_ORDER = {Clonality.CLONAL: 0, Clonality.UNKNOWN: 1, Clonality.SUBCLONAL: 2}


@dataclass(frozen=True, slots=True)
class TumorLabel:
    """The label, the mechanisms behind it (best first, each once), and the label in plain words."""

    label: Label
    mechanisms: tuple[str, ...]
    sentence: str


def ranked(matches: Sequence[Match]) -> tuple[Match, ...]:
    """Matches best first: tier, clonality, whole-gene lack of the target after altered genes, copies."""

    def rank(match: Match) -> tuple[object, ...]:
        alteration = match.alteration
        return (
            match.rule.tier,
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


def label_tumor(answers: Sequence[RuleResult]) -> TumorLabel:
    """The label that the answers of the rules in scope give.

    The best candidate decides: R1, then R2 and R3, then a hypothesis of R4. Without one the tumour has no
    candidate, unless no decisive rule was answered: then nothing decisive could be assessed and the tumour is
    not evaluable. A rule is answered when it was found or not found; decisive are the rules against the drug
    of the best tier that the cohort has, R1 for the cohort of the study.
    """
    matches = matches_of(answers)
    candidates = ranked([match for match in matches if match.candidate])
    hypotheses = ranked([match for match in matches if match.hypothesis])
    if candidates:
        first = candidates[0].rule.tier
        label = Label.CANDIDATE_R1 if first is Tier.R1 else Label.CANDIDATE_R2_R3
        return TumorLabel(label, _mechanisms(candidates), _explained(candidates, answers))
    if hypotheses:
        return TumorLabel(Label.HYPOTHESIS_R4, _mechanisms(hypotheses), _hypothesis(hypotheses, answers))
    if any(answer.result is not Result.NOT_TESTED for answer in _decisive(answers)):
        return TumorLabel(Label.NO_CANDIDATE, (), _no_candidate(answers))
    return TumorLabel(Label.NOT_ASSESSABLE, (), _not_assessable(answers))


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
    if rule.conflicting:
        parts.append(f"Against it: {rule.evidence_against}.")
    if not rule.verified:
        parts.append("The row rests in part on memory and is unverified.")
    parts.append(f"Rule {rule.rule_id}; {rule.sources()}.")
    return " ".join(parts)


def _decisive(answers: Sequence[RuleResult]) -> list[RuleResult]:
    """The answers of the rules against the drug of the best tier there is."""
    against = [answer for answer in answers if answer.rule.against_the_drug]
    best = min((answer.rule.tier for answer in against), default=None)
    return [answer for answer in against if answer.rule.tier is best]


def _mechanisms(matches: Sequence[Match]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match.rule.mechanism for match in matches))


def _named(matches: Sequence[Match]) -> str:
    return ", ".join(
        dict.fromkeys(f"{m.alteration.gene} {m.alteration.name} ({m.rule.tier})" for m in matches)
    )


def _explained(candidates: Sequence[Match], answers: Sequence[RuleResult]) -> str:
    best = candidates[0]
    text = f"{best.alteration.gene} {best.alteration.name} may explain resistance: {best.rule.statement}."
    if len(candidates) > 1:
        text += f" Also found: {_named(candidates[1:])}."
    return text + _open_questions(answers)


def _hypothesis(hypotheses: Sequence[Match], answers: Sequence[RuleResult]) -> str:
    return f"Only hypotheses of preclinical kind: {_named(hypotheses)}." + _open_questions(answers)


def _no_candidate(answers: Sequence[RuleResult]) -> str:
    tested = sum(answer.result is not Result.NOT_TESTED for answer in answers)
    text = f"No candidate among the {tested} rules that could be tested."
    decisive = _decisive(answers)
    unseen = sum(answer.result is Result.NOT_TESTED for answer in decisive)
    if unseen:
        weight = "Most" if 2 * unseen > len(decisive) else "Some"
        text += (
            f" {weight} decisive rules were not tested ({unseen} of {len(decisive)} of {decisive[0].rule.tier}):"
            " such a mechanism is not excluded."
        )
    return text + _open_questions(answers)


def _not_assessable(answers: Sequence[RuleResult]) -> str:
    reasons = [answer.reason for answer in _decisive(answers)]
    because = f", e.g. {reasons[0]}" if reasons else ""
    return f"None of the decisive rules could be tested{because}: nothing can be said."


def _open_questions(answers: Sequence[RuleResult]) -> str:
    untested = [answer for answer in answers if answer.result is Result.NOT_TESTED]
    if not untested:
        return ""
    decisive = _decisive(answers)
    tier = decisive[0].rule.tier if decisive else Tier.R1
    open_ones = [answer.rule.rule_id for answer in decisive if answer.result is Result.NOT_TESTED]
    text = f" {len(untested)} of {len(answers)} rules could not be tested"
    return f"{text}, of {tier}: {', '.join(open_ones)}." if open_ones else f"{text}, none of {tier}."
