"""The rows of eligibility.tsv, rules.tsv, alterations.tsv and label.tsv."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from resistance.evidence.alterations import Alteration, Match, Outcome
from resistance.evidence.eligibility import Criterion
from resistance.evidence.labels import TumorLabel, candidate_sentence, matches_of, ranked
from resistance.evidence.rules import NEVER_EVIDENCE
from resistance.vocabulary import YesNo

Row = dict[str, object]


def eligibility_rows(criteria: Sequence[Criterion]) -> list[Row]:
    """One row a criterion."""
    return [
        {"criterion": c.name, "status": c.status, "detail": c.detail, "reason": c.reason} for c in criteria
    ]


def rule_rows(outcomes: Sequence[Outcome]) -> list[Row]:
    """One row a rule in scope, found or not."""
    return [
        {
            "rule_id": outcome.rule.rule_id,
            "gene": outcome.rule.gene,
            "tier": outcome.rule.tier,
            "result": outcome.result,
            "reason": outcome.reason,
            "mechanism": outcome.rule.mechanism,
            "direction": outcome.rule.direction,
        }
        for outcome in outcomes
    ]


def label_row(sample: str, label: TumorLabel, *, knowledge_base: str) -> Row:
    """The one row of label.tsv."""
    return {
        "sample": sample,
        "label": label.label,
        "mechanisms": "; ".join(label.mechanisms) or None,
        "sentence": label.sentence,
        "knowledge_base": knowledge_base,
    }


def alteration_rows(
    outcomes: Sequence[Outcome],
    elsewhere: Sequence[Outcome],
    alterations: Iterable[Alteration],
) -> list[Row]:
    """One row an alteration and rule, candidates first; alterations without a rule follow.

    `elsewhere` are outcomes of rules on drugs that the cohort does not give: shown, never candidates.
    """
    in_scope = ranked(matches_of(outcomes))
    candidates = [match for match in in_scope if match.candidate]
    others = [match for match in in_scope if not match.candidate]
    outside = ranked(matches_of(elsewhere))
    rows = [_matched(match, candidate=True) for match in candidates]
    rows += [_matched(match, candidate=False) for match in others]
    rows += [_matched(match, candidate=False, elsewhere=True) for match in outside]
    met = {(m.alteration.gene, m.alteration.name) for m in (*in_scope, *outside)}
    rows += [_facts(a) | {"candidate": YesNo.NO} for a in alterations if (a.gene, a.name) not in met]
    return rows


def _matched(match: Match, *, candidate: bool, elsewhere: bool = False) -> Row:
    rule = match.rule
    notes = [match.why, match.alteration.note, rule.note]
    if elsewhere:
        notes.insert(0, f"speaks of {', '.join(rule.drug_scope)}, which this cohort does not give")
    if rule.gene in NEVER_EVIDENCE:
        notes.insert(0, "never reported as evidence")
    return _facts(match.alteration) | {
        "rule_id": rule.rule_id,
        "mechanism": rule.mechanism,
        "direction": rule.direction,
        "tier": rule.tier,
        "conflicting": _yes_no(rule.conflicting),
        "candidate": _yes_no(candidate),
        "pmids": ",".join(rule.pmids) or None,
        "civic_eids": ",".join(rule.civic_eids) or None,
        "note": "; ".join(note for note in notes if note),
        "sentence": candidate_sentence(match),
        "verified": _yes_no(rule.verified),
    }


def _facts(alteration: Alteration) -> Row:
    return {
        "gene": alteration.gene,
        "alteration": alteration.name,
        "class": alteration.kind,
        "vaf": alteration.vaf,
        "copies": alteration.copies,
        "ccf": alteration.ccf,
        "clonality": alteration.clonality,
        "biallelic": None if alteration.biallelic is None else _yes_no(alteration.biallelic),
        "copy_number": alteration.copy_number,
        "note": alteration.note or None,
    }


def _yes_no(value: bool) -> YesNo:
    return YesNo.YES if value else YesNo.NO
