"""The rows of eligibility.tsv, rules.tsv, alterations.tsv and label.tsv."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from refractor.evidence.alterations import Alteration
from refractor.evidence.civic.items import CivicMatch, TherapyMatch
from refractor.evidence.knowledge.rules import NEVER_EVIDENCE
from refractor.evidence.labels import TumorLabel, candidate_sentence, matches_of, ranked
from refractor.evidence.lookups import Match, RuleResult
from refractor.evidence.oncokb import Annotations
from refractor.evidence.reannotation import Change
from refractor.results.evidence_tables import CriterionVerdict
from refractor.vocabulary import YesNo, yes_no

Row = dict[str, object]

SELECTED_BY_ANTI_EGFR = frozenset({"MAPK", "RTK_bypass"})
"""Mechanisms that an anti-EGFR antibody selects for (rule CLIN-1, PMID 42202492)."""


def eligibility_rows(criteria: Sequence[CriterionVerdict]) -> list[Row]:
    """One row a criterion."""
    return [
        {"criterion": c.criterion, "status": c.status, "detail": c.detail, "reason": c.reason}
        for c in criteria
    ]


def rule_rows(answers: Sequence[RuleResult]) -> list[Row]:
    """One row a rule in scope, found or not."""
    return [
        {
            "rule_id": answer.rule.rule_id,
            "gene": answer.rule.gene,
            "tier": answer.rule.tier,
            "result": answer.result,
            "reason": answer.reason,
            "mechanism": answer.rule.mechanism,
            "direction": answer.rule.direction,
            "observability": str(answer.rule.observability),
        }
        for answer in answers
    ]


def label_row(sample: str, label: TumorLabel, *, knowledge_base: str) -> Row:
    """The one row of label.tsv."""
    return {
        "sample": sample,
        "label": label.label,
        "mechanisms": "; ".join(label.mechanisms) or None,
        "sentence": label.sentence,
        "decisive_untested": "; ".join(label.untested) or None,
        "knowledge_base": knowledge_base,
    }


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


def alteration_rows(
    answers: Sequence[RuleResult],
    other_drugs: Sequence[RuleResult],
    alterations: Iterable[Alteration],
    *,
    external: ExternalAnnotations,
) -> list[Row]:
    """One row an alteration and rule, candidates first; alterations without a rule follow.

    `other_drugs` are answers of rules on drugs that the cohort does not give: shown, never candidates.
    """
    in_scope = ranked(matches_of(answers))
    candidates = [match for match in in_scope if match.candidate]
    others = [match for match in in_scope if not match.candidate]
    outside = ranked(matches_of(other_drugs))
    rows = [_matched(match, external, candidate=True) for match in candidates]
    rows += [_matched(match, external, candidate=False) for match in others]
    rows += [_matched(match, external, candidate=False, of_other_drugs=True) for match in outside]
    met = {(m.alteration.gene, m.alteration.name) for m in (*in_scope, *outside)}
    rows += [_unmatched(a, external) for a in alterations if (a.gene, a.name) not in met]
    return rows


def _matched(
    match: Match, external: ExternalAnnotations, *, candidate: bool, of_other_drugs: bool = False
) -> Row:
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
    return _facts(match.alteration, external) | {
        "rule_id": rule.rule_id,
        "mechanism": rule.mechanism,
        "direction": rule.direction,
        "tier": rule.tier,
        "conflicting": yes_no(rule.conflicting),
        "candidate": yes_no(candidate),
        "pmids": ",".join(rule.pmids) or None,
        "civic_eids": ",".join(eids) or None,
        "note": "; ".join(note for note in notes if note),
        "sentence": candidate_sentence(match),
        "verified": yes_no(rule.verified),
    }


def _unmatched(alteration: Alteration, external: ExternalAnnotations) -> Row:
    civic = external.of(alteration)
    notes = [alteration.note, civic_note(civic, external.civic_version) if civic else ""]
    return _facts(alteration, external) | {
        "candidate": YesNo.NO,
        "civic_eids": ",".join(m.item.evidence_id for m in civic if m.supports) or None,
        "note": "; ".join(note for note in notes if note) or None,
    }


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


def civic_rows(matches: Sequence[CivicMatch]) -> list[Row]:
    """One row a CIViC item that fits an alteration."""
    return [
        {
            "gene": match.known.alteration.gene,
            "alteration": match.known.alteration.name,
            "evidence_id": match.item.evidence_id,
            "molecular_profile": match.item.profile,
            "fit": match.fit,
            "disease": match.item.disease or None,
            "disease_match": match.disease,
            "therapies": ",".join(match.item.therapies) or None,
            "therapy_match": match.therapy,
            "direction": match.item.direction,
            "level": match.item.level,
            "rating": match.item.rating or None,
            "citation": match.item.citation or None,
            "supports": yes_no(match.supports),
        }
        for match in matches
    ]


def change_rows(changes: Sequence[Change]) -> list[Row]:
    """One row a change of the evidence."""
    return [asdict(change) for change in changes]


def _facts(alteration: Alteration, external: ExternalAnnotations) -> Row:
    said = (external.oncokb or {}).get((alteration.gene, alteration.name))
    return {
        "gene": alteration.gene,
        "alteration": alteration.name,
        "class": alteration.kind,
        "vaf": alteration.vaf,
        "copies": alteration.copies,
        "ccf": alteration.ccf,
        "clonality": alteration.clonality,
        "biallelic": None if alteration.biallelic is None else yes_no(alteration.biallelic),
        "copy_number": alteration.copy_number,
        "note": alteration.note or None,
        "oncokb": said,
    }
