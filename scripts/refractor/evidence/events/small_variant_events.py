"""Rules on small variants: listed changes, codons, regions, truncations, splice sites."""

from __future__ import annotations

from collections.abc import Callable

from refractor.evidence.findings import Findings, GeneCoverage, SmallVariant
from refractor.evidence.knowledge.rule_checks import unversioned
from refractor.evidence.knowledge.rules import EventType, Rule
from refractor.evidence.lookups import (
    Match,
    Outcome,
    alteration_of,
    changes_protein,
    effect_unknown,
    found,
    is_splice,
    is_truncating,
    not_found,
    not_tested,
)
from refractor.genome.hgvs_notation import TRUNCATING_CHANGES, ChangeKind, ProteinChange, parse_protein_change
from refractor.genome.panel import Gene
from refractor.vocabulary import Status

SPLICE_SITE_BP = 2
"""Intronic bases that make a canonical splice site."""

_LISTED_CODONS = 8
"""More codons than this are counted, not listed, in a reason."""


def match_small_variants(
    rule: Rule,
    findings: Findings,
    *,
    gene: Gene | None = None,
    taken: frozenset[tuple[str, str]] = frozenset(),
) -> Outcome:
    """Whether a small variant meets the rule; `gene` is needed for splice sites only.

    `taken` are the (gene, change) that a rule naming the change itself has met: a rule by codon or region
    does not report them again.
    """
    criterion = _CRITERIA[rule.event_type]
    matches: list[Match] = []
    barred: list[str] = []
    for variant in findings.variants_of(rule.gene):
        why = criterion(rule, variant, gene)
        if why is None:
            continue
        bar = _bar(rule, variant, taken)
        if bar:
            barred.append(f"{variant.name} {bar}")
            continue
        copies = findings.copies.get(variant.gene)
        matches.append(Match(rule, alteration_of(variant, copies), why))
    if matches:
        return found(rule, matches)
    untested = "; ".join(filter(None, [unknown_effects(rule, findings), untested_reason(rule, findings)]))
    seen_filtered = [text for text in barred if "filtered" in text]
    if seen_filtered:
        return not_tested(rule, "; ".join(seen_filtered))
    reasons = [*barred, untested or _tested_reason(rule, findings)]
    return (not_tested if untested else not_found)(rule, "; ".join(reasons))


def _bar(rule: Rule, variant: SmallVariant, taken: frozenset[tuple[str, str]]) -> str:
    """Why a variant that fits the rule does not count; empty where it does."""
    numbered = variant.consequence.transcript
    if rule.transcript and numbered and unversioned(numbered) != rule.transcript:
        return f"is numbered on {numbered}, the rule on {rule.transcript}"
    if variant.inherited:
        return f"is inherited ({variant.inherited}) and never counts"
    if not variant.passed:
        return f"was seen and filtered by its source ({', '.join(variant.observation.filters)})"
    if rule.event_type is not EventType.HOTSPOT and (variant.gene, variant.name) in taken:
        return "is listed by name in another rule"
    return ""


def listed_change(rule: Rule, variant: SmallVariant, gene: Gene | None = None) -> str | None:
    """Why the variant is one of the changes that the rule lists; None where it is not."""
    del gene
    change = _change_of(variant)
    if change is None:
        return None
    for listed in rule.changes:
        if listed.key == change.key:
            same = listed.text == change.text
            return f"{change.text} is listed" if same else f"{change.text} is the listed {listed.text}"
    return None


def _at_codon(rule: Rule, variant: SmallVariant, gene: Gene | None) -> str | None:
    del gene
    change = _change_of(variant)
    if change is None or not _alters_without_end(change):
        return None
    hit = [codon for codon in rule.codons if change.first <= codon <= change.last]
    return f"{change.text} changes codon {hit[0]}" if hit else None


def _in_region(rule: Rule, variant: SmallVariant, gene: Gene | None) -> str | None:
    del gene
    change = _change_of(variant)
    if change is None or change.kind is ChangeKind.SYNONYMOUS:
        return None
    for token in rule.match:
        span, wanted = token.split(":")
        first, last = map(int, span.split("-"))
        if change.first <= last and first <= change.last and _is_kind(change, wanted):
            return f"{change.text} is a change of the kind {wanted} in codons {span}"
    return None


def _truncates(rule: Rule, variant: SmallVariant, gene: Gene | None) -> str | None:
    del rule, gene
    return f"{variant.name} ends the protein early" if is_truncating(variant) else None


def _at_splice_site(rule: Rule, variant: SmallVariant, gene: Gene | None) -> str | None:
    if not is_splice(variant) or gene is None:
        return None
    place = variant.observation.variant
    for first, last in rule.spans:
        for edge, step in splice_sites(gene, first, last):
            start, end = (edge - SPLICE_SITE_BP, edge) if step < 0 else (edge, edge + SPLICE_SITE_BP)
            if place.position < end and start < place.end:
                what = f"the exon of codons {first}-{last}" if last > first else f"codon {first}"
                return f"{variant.name} hits a splice site of {what}"
    return None


def splice_sites(gene: Gene, first: int, last: int) -> tuple[tuple[int, int], ...]:
    """The splice sites of the exons that lie within codons `first` to `last`; of one codon, those next to it.

    Each is the edge of an exon (0-based, between bases) and the direction in which its intron lies.
    """
    ends = [gene.codon_positions(first)[0], gene.codon_positions(min(last, gene.protein_length))[2]]
    low, high = min(ends), max(ends) + 1
    sites = []
    for number, (start, end) in enumerate(gene.exons):
        near_start, near_end = low <= start <= high, low <= end <= high
        if last > first:
            near_start = near_end = near_start and near_end
        if near_start and number > 0:
            sites.append((start, -1))
        if near_end and number < len(gene.exons) - 1:
            sites.append((end, +1))
    return tuple(sites)


def _any_change(rule: Rule, variant: SmallVariant, gene: Gene | None) -> str | None:
    del rule, gene
    return f"{variant.name} changes the protein" if changes_protein(variant) else None


_CRITERIA: dict[EventType, Callable[[Rule, SmallVariant, Gene | None], str | None]] = {
    EventType.HOTSPOT: listed_change,
    EventType.CODON: _at_codon,
    EventType.REGION: _in_region,
    EventType.TRUNCATION: _truncates,
    EventType.SPLICE: _at_splice_site,
    EventType.ANY_CHANGE: _any_change,
}
SMALL_VARIANT_EVENTS = frozenset(_CRITERIA)


def _change_of(variant: SmallVariant) -> ProteinChange | None:
    return parse_protein_change(variant.consequence.protein_change or "")


def _alters_without_end(change: ProteinChange) -> bool:
    return change.kind not in TRUNCATING_CHANGES | {ChangeKind.SYNONYMOUS, ChangeKind.STOP_LOST}


def _is_kind(change: ProteinChange, wanted: str) -> bool:
    if wanted == "any":
        return True
    if wanted == "missense":
        return change.kind is ChangeKind.SUBSTITUTION
    replaced = change.last - change.first + 1
    longer = change.kind in (ChangeKind.INSERTION, ChangeKind.DUPLICATION) or (
        change.kind is ChangeKind.REPLACEMENT and len(change.alternate) > replaced
    )
    shorter = change.kind is ChangeKind.DELETION or (
        change.kind is ChangeKind.REPLACEMENT and len(change.alternate) < replaced
    )
    return longer if wanted == "inframe_insertion" else shorter


def unknown_effects(rule: Rule, findings: Findings) -> str:
    """Variants that may meet the rule and whose effect cannot be told for want of sequence; empty for none."""
    codons = set(rule.codons)
    unknown = [
        variant.name
        for variant in findings.variants_of(rule.gene)
        if effect_unknown(variant)
        and variant.passed
        and not variant.inherited
        and (not codons or _touches(variant, codons))
    ]
    if not unknown:
        return ""
    return (
        f"{', '.join(unknown)}: effect not known without the sequence of {rule.gene}, give a full reference"
    )


def _touches(variant: SmallVariant, codons: set[int]) -> bool:
    first, last = variant.consequence.first_codon, variant.consequence.last_codon
    if first is None or last is None:
        return True
    return any(first <= codon <= last for codon in codons)


def untested_reason(rule: Rule, findings: Findings) -> str:
    """Why the absence of the rule's variants says nothing; empty where it does say something.

    Without codons (truncations, splice sites) the whole gene must have been looked at; else each codon, for the
    kind of change that the rule asks for there.
    """
    coverage = findings.coverage_of(rule.gene)
    if not rule.codons or rule.gene is None:
        whole = f"the whole coding sequence of {rule.gene} was not shown to be covered"
        return "" if coverage.whole else whole
    parts = []
    unlooked = sorted(rule.substitution_codons - coverage.substitutions - _assessed(rule, findings))
    unsure = [codon for codon in unlooked if (rule.gene, codon) in findings.codons]
    if unsure:
        because = findings.codons[rule.gene, unsure[0]].reason
        parts.append(f"{_codons(unsure)} not assessable" + (f" ({because})" if because else ""))
    if unknown := [codon for codon in unlooked if codon not in unsure]:
        parts.append(f"{_codons(unknown)} not looked at{_with_power(coverage)}")
    if missed := sorted(rule.indel_codons - coverage.indels):
        how = f"may have been missed ({coverage.reason})" if coverage.reason else "not looked at"
        parts.append(f"insertions and deletions at {_codons(missed)} {how}")
    return "; ".join(parts)


def _assessed(rule: Rule, findings: Findings) -> set[int]:
    """Codons of the rule whose status is a verdict."""
    results = ((codon, findings.codons.get((rule.gene or "", codon))) for codon in rule.codons)
    return {codon for codon, result in results if result and result.status is not Status.NOT_ASSESSABLE}


def _with_power(coverage: GeneCoverage) -> str:
    return f" with enough power ({coverage.reason})" if coverage.reason else ""


def _tested_reason(rule: Rule, findings: Findings) -> str:
    if rule.codons:
        return f"no such variant at {_codons(list(rule.codons))}, all of them assessed"
    return f"no such variant in {rule.gene}, all of it assessed: {findings.coverage_of(rule.gene).reason}"


def _codons(codons: list[int]) -> str:
    if len(codons) > _LISTED_CODONS:
        return f"{len(codons)} codons"
    return f"codon{'s' if len(codons) > 1 else ''} {', '.join(map(str, codons))}"
