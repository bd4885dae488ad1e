"""Rules on copies: amplification, too few copies of the target, gains that are not focal."""

from __future__ import annotations

from collections.abc import Sequence

from resistance.evidence.alterations import (
    Match,
    Outcome,
    copy_alteration,
    found,
    gene_event,
    not_found,
    not_tested,
)
from resistance.evidence.findings import Amplicon, GeneCopies
from resistance.evidence.rules import Rule
from resistance.vocabulary import CopyNumberCall

_GAINED = frozenset({CopyNumberCall.GAINED, CopyNumberCall.AMPLIFIED, CopyNumberCall.PARTIALLY_AMPLIFIED})


def match_amplification(rule: Rule, copies: GeneCopies) -> Outcome:
    """Whether the gene is amplified, as the row allows, with the probability behind the call."""
    described = describe(copies)
    event = gene_event(copies)
    if copies.call.value not in rule.match or event is None:
        part = "only part of the gene: " if copies.call is CopyNumberCall.PARTIALLY_AMPLIFIED else ""
        return not_found(rule, f"{part}{described}")
    if rule.min_copies is not None and (copies.copy_number or 0.0) < rule.min_copies:
        return not_found(rule, f"{described}, below the {rule.min_copies:g} copies of the rule")
    return found(rule, [Match(rule, event, described)])


def match_low_copy_number(rule: Rule, copies: GeneCopies) -> Outcome:
    """Whether the gene has fewer copies than the published limit, where its interval lets one say."""
    limit = rule.max_copies
    if limit is None or copies.copy_number is None:
        return not_tested(rule, f"no absolute copies of {rule.gene}")
    low = copies.copy_number if copies.low is None else copies.low
    high = copies.copy_number if copies.high is None else copies.high
    counted = f"{copies.copy_number:.1f} copies{_interval(copies)}"
    if low >= limit:
        return not_found(rule, f"{counted}, not below the limit of {limit:g}")
    if copies.capped and copies.call is CopyNumberCall.AMPLIFIED:
        return not_tested(rule, f"{counted}, and the caller counts no further")
    if high >= limit:
        return not_tested(
            rule, f"{counted}: the interval holds the limit of {limit:g}, so neither can be said"
        )
    why = f"{counted}, below the limit of {limit:g}"
    alteration = copy_alteration(copies, f"below {limit:g} copies", "low_copy_number")
    return found(rule, [Match(rule, alteration, why)])


def match_non_focal_gain(rule: Rule, copies: GeneCopies, *, amplicons: Sequence[Amplicon]) -> Outcome:
    """Whether the gene is gained with its arm or chromosome rather than by itself."""
    if copies.call not in _GAINED:
        return not_found(rule, f"{rule.gene} is not gained: {describe(copies)}")
    for amplicon in amplicons:
        if rule.gene in (*amplicon.genes, *amplicon.partial_genes) and amplicon.focality in rule.match:
            return found(
                rule, [_non_focal(rule, copies, f"the amplified stretch spans the {amplicon.focality}")]
            )
    ratio = _ratio_limit(rule)
    if ratio is None:
        return not_found(rule, "the amplified stretch is focal")
    if not copies.arm or copies.copy_number is None:
        return not_tested(rule, "copies of the arm are not known")
    over_arm = copies.copy_number / copies.arm
    why = f"{copies.copy_number:.1f} copies over {copies.arm:.1f} of the arm is {over_arm:.1f}"
    if over_arm >= ratio:
        return not_found(rule, f"{why}, not below {ratio:g}")
    return found(rule, [_non_focal(rule, copies, f"{why}, below {ratio:g}")])


def _non_focal(rule: Rule, copies: GeneCopies, why: str) -> Match:
    return Match(rule, copy_alteration(copies, "non-focal gain", "amplification"), why)


def _ratio_limit(rule: Rule) -> float | None:
    limits = [float(token.split("<")[1]) for token in rule.match if token.startswith("copies_over_arm<")]
    return limits[0] if limits else None


def describe(copies: GeneCopies) -> str:
    """The call with copies, interval, ploidy ratio and probability, e.g. `amplified, 24.1 copies (20.2-28.0)`."""
    parts = [str(copies.call).replace("_", " ")]
    if copies.copy_number is not None:
        parts.append(f"{copies.copy_number:.1f} copies{_interval(copies)}")
    if copies.over_ploidy is not None:
        parts.append(f"{copies.over_ploidy:.1f} times ploidy")
    if copies.p_amplified is not None:
        parts.append(f"P(amplified) {copies.p_amplified:.2f}")
    return ", ".join(parts)


def _interval(copies: GeneCopies) -> str:
    if copies.low is None or copies.high is None:
        return " (no interval given)"
    return f" ({copies.low:.1f}-{copies.high:.1f})"
