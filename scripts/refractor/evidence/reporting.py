"""The records of rules.tsv, decoy_rules.tsv, alterations.tsv, label.tsv and civic_evidence.tsv."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from refractor.evidence.alterations import Alteration
from refractor.evidence.civic.items import CivicMatch, TherapyMatch
from refractor.evidence.knowledge.rules import NEVER_EVIDENCE
from refractor.evidence.labels import TumorLabel, candidate_sentence, matches_of, ranked
from refractor.evidence.lookups import Match, RuleResult
from refractor.evidence.oncokb import Annotations
from refractor.evidence.targets import TargetFinding
from refractor.results.evidence_tables import (
    CivicEvidence,
    DecoyRule,
    LabelRow,
    ReportedAlteration,
    ReportedRule,
)

SELECTED_BY_ANTI_EGFR = frozenset({"MAPK", "RTK_bypass"})
"""Mechanisms that an anti-EGFR antibody selects for (rule CLIN-1, PMID 42202492)."""


def reported_rules(answers: Sequence[RuleResult]) -> tuple[ReportedRule, ...]:
    """One record a rule in scope, found or not."""
    return tuple(
        ReportedRule(
            rule_id=answer.rule.rule_id,
            gene=answer.rule.gene,
            tier=answer.rule.tier,
            result=answer.result,
            reason=answer.reason,
            mechanism=answer.rule.mechanism,
            direction=answer.rule.direction,
            observability=answer.rule.observability,
        )
        for answer in answers
    )


def reported_decoys(decoys: Sequence[RuleResult], answers: Sequence[RuleResult]) -> tuple[DecoyRule, ...]:
    """One record a rule on other drugs; `answers` are those of the cohort's own rules.

    Of several alterations that meet one rule that stands which the cohort's own rules do not count, then the best.
    """
    own = {(match.alteration.gene, match.alteration.name) for match in matches_of(answers) if match.candidate}

    def row(decoy: RuleResult) -> DecoyRule:
        met = [match.alteration for match in ranked(decoy.matches)]
        of_others = [alteration for alteration in met if (alteration.gene, alteration.name) not in own]
        best = next(iter([*of_others, *met]), None)
        return DecoyRule(
            rule_id=decoy.rule.rule_id,
            gene=decoy.rule.gene,
            drugs="; ".join(decoy.rule.drug_scope),
            tier=decoy.rule.tier,
            mechanism=decoy.rule.mechanism,
            result=decoy.result,
            alteration=None if best is None else best.name,
            clonality=None if best is None else best.clonality,
            shared=None if best is None else not of_others,
        )

    return tuple(row(decoy) for decoy in decoys)


def label_record(sample: str, label: TumorLabel, target: TargetFinding, *, knowledge_base: str) -> LabelRow:
    """The one record of label.tsv."""
    return LabelRow(
        sample=sample,
        label=label.label,
        mechanisms="; ".join(label.mechanisms) or None,
        sentence=label.sentence,
        decisive_untested="; ".join(label.untested) or None,
        knowledge_base=knowledge_base,
        target_result=target.result,
        target=target.name or None,
        target_reason=target.reason or None,
    )


@dataclass(frozen=True, slots=True)
class ExternalAnnotations:
    """What stands beside the rules: items of the user's CIViC table with its version, and OncoKB's words.

    `civic_version` is None where no table was given. `after_anti_egfr` says that the patient had an anti-EGFR
    antibody before, which selects for the mechanisms of SELECTED_BY_ANTI_EGFR.
    """

    civic: Sequence[CivicMatch] = ()
    civic_version: str | None = None
    oncokb: Annotations | None = None
    after_anti_egfr: bool = False

    def of(self, alteration: Alteration) -> list[CivicMatch]:
        """The CIViC matches of one alteration."""
        place = (alteration.gene, alteration.name)
        return [m for m in self.civic if (m.known.alteration.gene, m.known.alteration.name) == place]


def reported_alterations(
    answers: Sequence[RuleResult],
    other_drugs: Sequence[RuleResult],
    alterations: Iterable[Alteration],
    *,
    external: ExternalAnnotations,
) -> tuple[ReportedAlteration, ...]:
    """One record an alteration and rule, candidates first; alterations without a rule follow.

    `other_drugs` are answers of rules on drugs that the cohort does not give: shown, never candidates.
    """
    in_scope = ranked(matches_of(answers))
    candidates = [match for match in in_scope if match.candidate]
    others = [match for match in in_scope if not match.candidate]
    outside = ranked(matches_of(other_drugs))
    met = {(m.alteration.gene, m.alteration.name) for m in (*in_scope, *outside)}
    return (
        *(_matched(match, external, candidate=True) for match in candidates),
        *(_matched(match, external, candidate=False) for match in others),
        *(_matched(match, external, candidate=False, of_other_drugs=True) for match in outside),
        *(_unmatched(a, external) for a in alterations if (a.gene, a.name) not in met),
    )


def _matched(
    match: Match, external: ExternalAnnotations, *, candidate: bool, of_other_drugs: bool = False
) -> ReportedAlteration:
    rule = match.rule
    civic = external.of(match.alteration)
    eids = dict.fromkeys([*rule.civic_eids, *(m.item.evidence_id for m in civic if m.supports)])
    notes = [match.why, match.alteration.note, rule.note, civic_note(civic, external.civic_version)]
    if external.after_anti_egfr and rule.against_the_drug and rule.mechanism in SELECTED_BY_ANTI_EGFR:
        notes.append("the patient had an anti-EGFR antibody before, which selects for such clones (CLIN-1)")
    if of_other_drugs:
        notes.insert(0, f"speaks of {', '.join(rule.drug_scope)}, which this cohort does not give")
    if rule.gene in NEVER_EVIDENCE:
        notes.insert(0, "never reported as evidence")
    return replace(
        _without_rule(match.alteration, external),
        rule_id=rule.rule_id,
        mechanism=rule.mechanism,
        direction=rule.direction,
        tier=rule.tier,
        conflicting=rule.conflicts_on(match.alteration.name),
        candidate=candidate,
        own_share=match.own_share,
        pmids=",".join(rule.pmids) or None,
        civic_eids=",".join(eids) or None,
        note="; ".join(note for note in notes if note),
        sentence=candidate_sentence(match),
        verified=rule.verified,
        other_drugs=", ".join(rule.drug_scope) if of_other_drugs else None,
    )


def _unmatched(alteration: Alteration, external: ExternalAnnotations) -> ReportedAlteration:
    civic = external.of(alteration)
    notes = [alteration.note, civic_note(civic, external.civic_version) if civic else ""]
    return replace(
        _without_rule(alteration, external),
        civic_eids=",".join(m.item.evidence_id for m in civic if m.supports) or None,
        note="; ".join(note for note in notes if note) or None,
    )


def _without_rule(alteration: Alteration, external: ExternalAnnotations) -> ReportedAlteration:
    return ReportedAlteration(
        gene=alteration.gene,
        alteration=alteration.name,
        kind=alteration.kind,
        vaf=alteration.vaf,
        copies=alteration.copies,
        ccf=alteration.ccf,
        clonality=alteration.clonality,
        biallelic=alteration.biallelic,
        copy_number=alteration.copy_number,
        candidate=False,
        oncokb=(external.oncokb or {}).get((alteration.gene, alteration.name)),
    )


def civic_note(matches: Sequence[CivicMatch], version: str | None) -> str:
    """How the CIViC items of an alteration relate to the cohort; empty where no table was given."""
    if version is None:
        return ""
    against = [m for m in matches if m.item.is_resistance]
    counts: dict[str, int] = defaultdict(int)
    for match in against:
        counts[f"{match.disease} disease, {str(match.therapy).replace('_', ' ')}"] += 1
    listed = ", ".join(f"{number} of {what}" for what, number in counts.items())
    on_drugs = sum(m.therapy is TherapyMatch.SAME_DRUGS for m in against)
    contrary = len(matches) - len(against)
    parts = [f"CIViC {version}: {len(against)} items of resistance" + (f" ({listed})" if listed else "")]
    if against and not on_drugs:
        parts.append("none to just these drugs")
    if contrary:
        parts.append(f"{contrary} items against it")
    return ", ".join(parts)


def civic_evidence(matches: Sequence[CivicMatch]) -> tuple[CivicEvidence, ...]:
    """One record a CIViC item that fits an alteration."""
    return tuple(
        CivicEvidence(
            gene=match.known.alteration.gene,
            alteration=match.known.alteration.name,
            evidence_id=match.item.evidence_id,
            molecular_profile=match.item.profile,
            fit=match.fit,
            disease=match.item.disease or None,
            disease_match=match.disease,
            therapies=",".join(match.item.therapies) or None,
            therapy_match=match.therapy,
            direction=match.item.direction,
            level=match.item.level,
            rating=match.item.rating or None,
            citation=match.item.citation or None,
            supports=match.supports,
        )
        for match in matches
    )
