"""Rules of biallelic loss: homozygous deletion, a damaging hit with the other allele lost, two hits."""

from __future__ import annotations

from refractor.evidence.events.small_variant_events import listed_change, unknown_effects
from refractor.evidence.events.structural_events import Disruption, disruptions_of, one_an_event
from refractor.evidence.findings import Findings, SmallVariant
from refractor.evidence.knowledge.rule_checks import unversioned
from refractor.evidence.knowledge.rules import Rule
from refractor.evidence.lookups import (
    LOST_COPIES,
    Alteration,
    Match,
    Outcome,
    alteration_of,
    found,
    gene_event,
    is_splice,
    is_truncating,
    not_found,
    not_tested,
)
from refractor.genome.panel import Gene
from refractor.results.copy_number_tables import GeneCopyNumber
from refractor.vocabulary import Clonality, CopyNumberCall

SAME_CHANGE_BP = 10
"""Two small variants this near and not at one place are taken for one change in two rows (our choice)."""


def match_biallelic_loss(rule: Rule, findings: Findings, gene: Gene | None) -> Outcome:
    """Whether no working copy of the gene is left, as far as the DNA shows it."""
    copies = findings.copies.get(rule.gene or "")
    measured = copies if copies is not None and copies.assessable else None
    if (
        measured is not None
        and measured.call is CopyNumberCall.DELETED
        and "homozygous_deletion" in rule.match
    ):
        event = gene_event(measured)
        if event is not None:
            why = f"homozygous deletion, {event.copies or 0.0:.1f} copies left"
            return found(rule, [Match(rule, event, why)])
    hits, barred, filtered = _hits(rule, findings)
    disruptions: tuple[Disruption, ...] = ()
    if "disruption" in rule.match and gene is not None:
        disruptions = one_an_event(disruptions_of(gene, findings))
        filtered += [
            f"{item.why}; filtered by its caller"
            for item in one_an_event(disruptions_of(gene, findings, filtered=True))
        ]
    if len(_one_a_change(hits)) + len(disruptions) > 1:
        return found(rule, _two_hits(rule, findings, hits, disruptions))
    reasons = list(barred)
    if hits:
        outcome = _one_hit(rule, findings, hits[0], measured)
        if not isinstance(outcome, str):
            return outcome
        reasons.append(outcome)
    if disruptions:
        outcome = _one_disruption(rule, findings, disruptions[0], measured)
        if not isinstance(outcome, str):
            return outcome
        reasons.append(outcome)
    reasons += filtered
    untested = _untested(rule, findings, copies, measured, one_hit=bool(hits or disruptions))
    untested += _undecided(
        measured, findings, disruptions, filtered=filtered, seen=len(hits) + len(disruptions)
    )
    if untested:
        return not_tested(rule, "; ".join([*reasons, *untested]))
    return not_found(rule, "; ".join(reasons) or _intact(rule, measured))


def _one_a_change(hits: list[SmallVariant]) -> list[SmallVariant]:
    """The hits without those beside an earlier one: callers write one complex change of an allele as two rows.

    Two alleles of one place are two hits: no allele holds both.
    """
    counted: list[SmallVariant] = []
    for hit in hits:
        place = hit.observation.variant.position
        apart = (abs(place - earlier.observation.variant.position) for earlier in counted)
        if not any(0 < distance <= SAME_CHANGE_BP for distance in apart):
            counted.append(hit)
    return counted


def _undecided(
    measured: GeneCopyNumber | None,
    findings: Findings,
    disruptions: tuple[Disruption, ...],
    *,
    filtered: list[str],
    seen: int,
) -> list[str]:
    """What was seen and would be a loss, were it known to be real or on all copies; none where a copy is kept."""
    kept = (
        measured is not None
        and measured.minor_copy_number is not None
        and measured.minor_copy_number >= LOST_COPIES
    )
    reasons = []
    if filtered and (not kept or seen + len(filtered) > 1):
        reasons.append("a filtered hit may be real")
    if measured is not None and measured.minor_copy_number is not None and not kept and disruptions:
        intact = disruptions[0].intact_copies(measured, findings.purity)
        if intact is None:
            reasons.append("whether a whole copy is left cannot be said")
    return reasons


def _hits(rule: Rule, findings: Findings) -> tuple[list[SmallVariant], list[str], list[str]]:
    """Damaging variants that count, why others do not, and those that only their source's filter bars."""
    hits: list[SmallVariant] = []
    barred: list[str] = []
    filtered: list[str] = []
    for variant in findings.variants_of(rule.gene):
        damaging = (
            ("truncating" in rule.match and is_truncating(variant))
            or ("splice" in rule.match and is_splice(variant))
            or listed_change(rule, variant) is not None
        )
        if not damaging:
            continue
        if unversioned(variant.consequence.transcript) != rule.transcript:
            barred.append(f"{variant.name} is numbered on {variant.consequence.transcript}")
        elif variant.inherited:
            barred.append(f"{variant.name} is inherited ({variant.inherited}) and never counts")
        elif not variant.passed:
            filtered.append(f"{variant.name} was filtered by its source")
        elif rule.clonality_required and variant.copies.clonality is Clonality.SUBCLONAL:
            barred.append(f"{variant.name} is subclonal and does not count for a loss")
        else:
            hits.append(variant)
    return hits, barred, filtered


def _one_hit(
    rule: Rule, findings: Findings, hit: SmallVariant, measured: GeneCopyNumber | None
) -> Outcome | str:
    """The outcome where the other allele is lost; else why one hit is not enough, or cannot be judged."""
    if measured is None or measured.minor_copy_number is None:
        return f"one hit, {hit.name}; the other allele is not known"
    if measured.minor_copy_number >= LOST_COPIES:
        return f"one hit, {hit.name}; {measured.minor_copy_number:.1f} copies of the other allele are kept"
    if hit.copies.biallelic is False:
        return f"{hit.name} with the other allele lost, but normal copies are left"
    why = f"{hit.name} with the other allele lost ({measured.minor_copy_number:.1f} copies)"
    if hit.copies.biallelic is None:
        why += f"; UNCERTAIN: {_may_be_left(measured, hit)}"
    return found(rule, [Match(rule, alteration_of(hit, findings.copies.get(hit.gene)), why)])


def _may_be_left(measured: GeneCopyNumber, hit: SmallVariant) -> str:
    """Why a hit with the other allele lost may still leave a whole copy: it came later, or in part of the cells."""
    because = f" ({hit.copies.reason})" if hit.copies.reason else ""
    if measured.copy_number is not None and measured.copy_number >= 1 + LOST_COPIES:
        left = f"whether all {measured.copy_number:.1f} remaining copies carry it"
    else:
        left = "whether all cells carry it on the copy that remains"
    return f"{left} is not known{because}"


def _one_disruption(
    rule: Rule, findings: Findings, disruption: Disruption, measured: GeneCopyNumber | None
) -> Outcome | str:
    if measured is None or measured.minor_copy_number is None:
        return f"{disruption.why}; the other allele is not known"
    if measured.minor_copy_number >= LOST_COPIES:
        return f"{disruption.why}; {measured.minor_copy_number:.1f} copies of the other allele are kept"
    intact = disruption.intact_copies(measured, findings.purity)
    if intact is None:
        return f"{disruption.why} with the other allele lost; the copies of the junction are not known"
    if intact >= LOST_COPIES:
        return f"{disruption.why} with the other allele lost, but {intact:.1f} whole copies are left"
    why = f"{disruption.why} with the other allele lost, {max(intact, 0.0):.1f} whole copies left"
    return found(rule, [Match(rule, disruption.alteration(measured, findings.purity, biallelic=True), why)])


def _two_hits(
    rule: Rule,
    findings: Findings,
    hits: list[SmallVariant],
    disruptions: tuple[Disruption, ...],
) -> list[Match]:
    copies = findings.copies.get(rule.gene or "")
    names = [hit.name for hit in hits] + [
        disruption.alteration(copies, findings.purity).name for disruption in disruptions
    ]
    why = f"two hits, {' and '.join(names)}; whether on different alleles is not known"
    events: list[Alteration] = [alteration_of(hit, copies) for hit in hits]
    events += [disruption.alteration(copies, findings.purity) for disruption in disruptions]
    return [Match(rule, event, why) for event in events]


def _untested(
    rule: Rule,
    findings: Findings,
    copies: GeneCopyNumber | None,
    measured: GeneCopyNumber | None,
    *,
    one_hit: bool,
) -> list[str]:
    """Which ways of losing the gene could not be looked at; none where its retention is shown."""
    reasons = []
    if measured is None:
        because = f": {copies.reason}" if copies is not None and copies.reason else ""
        reasons.append(f"copies of {rule.gene} not assessable{because}")
    elif measured.minor_copy_number is None and one_hit:
        reasons.append(f"allele-specific copies of {rule.gene} not known")
    if not findings.coverage_of(rule.gene).whole:
        reasons.append(f"the whole coding sequence of {rule.gene} was not shown to be covered")
    if unknown := unknown_effects(rule, findings):
        reasons.append(unknown)
    if "disruption" in rule.match and findings.structural_variants is None:
        reasons.append("no structural variants given")
    return reasons


def _intact(rule: Rule, measured: GeneCopyNumber | None) -> str:
    kept = "" if measured is None or measured.copy_number is None else f", {measured.copy_number:.1f} copies"
    return f"no damaging variant, break or homozygous deletion of {rule.gene}{kept}"
