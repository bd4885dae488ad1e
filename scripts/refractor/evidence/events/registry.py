"""Every rule in scope looked up in one tumour: found, not found or not tested, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from refractor.evidence.events.biallelic_loss import match_biallelic_loss
from refractor.evidence.events.copy_number_events import (
    match_amplification,
    match_low_copy_number,
    match_non_focal_gain,
    not_measured,
)
from refractor.evidence.events.small_variant_events import SMALL_VARIANT_EVENTS, match_small_variants
from refractor.evidence.events.structural_events import deleted_exon, match_structural
from refractor.evidence.findings import Findings
from refractor.evidence.knowledge.rules import EventType, Observability, Rule
from refractor.evidence.lookups import Match, Outcome, Result, found, not_found, not_tested
from refractor.genome.panel import Gene

_COPY_EVENTS = frozenset({EventType.AMPLIFICATION, EventType.LOW_COPY_NUMBER, EventType.NON_FOCAL_GAIN})
_OUTSIDE_GENES = frozenset({EventType.CLINICAL, EventType.QUALITY})


def match_rules(
    rules: Sequence[Rule], findings: Findings, *, genes: Mapping[str, Gene]
) -> tuple[Outcome, ...]:
    """One outcome a rule, in the order of `rules`.

    Rules that name a change itself come first, so that rules by codon or region leave it to them.
    """
    named = {
        rule.rule_id: match_rule(rule, findings, genes=genes)
        for rule in rules
        if rule.event_type is EventType.HOTSPOT
    }
    outcomes = []
    for rule in rules:
        outcome = named.get(rule.rule_id)
        if outcome is None:
            taken = frozenset(
                (match.alteration.gene, match.alteration.name)
                for other in named.values()
                if other.rule.direction is rule.direction
                or other.rule.against_the_drug == rule.against_the_drug
                for match in other.matches
            )
            outcome = match_rule(rule, findings, genes=genes, taken=taken)
        outcomes.append(outcome)
    return tuple(outcomes)


def match_rule(
    rule: Rule,
    findings: Findings,
    *,
    genes: Mapping[str, Gene],
    taken: frozenset[tuple[str, str]] = frozenset(),
) -> Outcome:
    """The outcome of one rule; `taken` are changes that a rule naming them has met."""
    gene = genes.get(rule.gene or "")
    if rule.event_type in _OUTSIDE_GENES or rule.observability is Observability.NO:
        return _match_outside_genes(rule, findings)
    if rule.event_type in SMALL_VARIANT_EVENTS:
        outcome = match_small_variants(rule, findings, gene=gene, taken=taken)
        return _or_deleted_exon(outcome, findings, gene)
    if rule.event_type in _COPY_EVENTS:
        return _match_copies(rule, findings)
    if rule.event_type is EventType.BIALLELIC_LOSS:
        return match_biallelic_loss(rule, findings, gene)
    return match_structural(rule, findings, gene)


def _or_deleted_exon(outcome: Outcome, findings: Findings, gene: Gene | None) -> Outcome:
    """The outcome of a splice rule, met as well where a deletion removes the exon itself."""
    rule = outcome.rule
    if rule.event_type is not EventType.SPLICE or outcome.result is Result.FOUND or gene is None:
        return outcome
    for span in rule.spans:
        deletion = deleted_exon(gene, span, findings)
        if deletion is not None:
            alteration = deletion.alteration(findings.copies.get(gene.symbol), findings.purity)
            return found(rule, [Match(rule, alteration, deletion.why)])
    return outcome


def _match_outside_genes(rule: Rule, findings: Findings) -> Outcome:
    if rule.event_type is EventType.CLINICAL:
        return _match_clinical(rule, findings)
    if rule.event_type is EventType.QUALITY:
        return _match_quality(rule, findings)
    return not_tested(rule, rule.note or "a tumour genome does not show it")


def _match_copies(rule: Rule, findings: Findings) -> Outcome:
    if rule.event_type is EventType.LOW_COPY_NUMBER:
        return match_low_copy_number(rule, findings)
    copies = findings.copies.get(rule.gene or "")
    if copies is None or not copies.assessable:
        return not_tested(rule, not_measured(rule.gene, copies))
    if rule.event_type is EventType.AMPLIFICATION:
        return match_amplification(rule, copies)
    return match_non_focal_gain(rule, copies, findings)


def _match_clinical(rule: Rule, findings: Findings) -> Outcome:
    """Earlier anti-EGFR treatment, where the sheet says."""
    if findings.prior_anti_egfr is None:
        return not_tested(rule, "earlier anti-EGFR treatment is not known")
    if not findings.prior_anti_egfr:
        return not_found(rule, "no earlier anti-EGFR treatment")
    return Outcome(rule, Result.FOUND, "treated with an anti-EGFR antibody before")


def _match_quality(rule: Rule, findings: Findings) -> Outcome:
    """Low purity: says that copies cannot be judged, never why a drug failed."""
    limit = float(rule.match[0].split("<")[1])
    purity = findings.purity.value
    if purity is None:
        return not_tested(rule, findings.purity_reason or "purity is not known")
    why = f"purity {purity:.2f}"
    if purity < limit:
        return Outcome(rule, Result.FOUND, f"{why}, below {limit:g}")
    return not_found(rule, why)
