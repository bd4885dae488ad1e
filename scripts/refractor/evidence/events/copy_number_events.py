"""Rules on copies: amplification, too few copies of the target, gains that are not focal."""

from __future__ import annotations

from refractor.evidence.findings import Findings
from refractor.evidence.knowledge.rules import Rule
from refractor.evidence.lookups import (
    Match,
    Outcome,
    copy_alteration,
    found,
    gene_event,
    not_found,
    not_tested,
)
from refractor.results.copy_number_tables import GeneCopyNumber
from refractor.vocabulary import CopyNumberCall, Verdict

DEFINITION = "definition:"
"""In match: a published definition of amplification, as amplification_definitions.tsv names it."""

_GAINED = frozenset({CopyNumberCall.GAINED, CopyNumberCall.AMPLIFIED, CopyNumberCall.PARTIALLY_AMPLIFIED})


def match_amplification(rule: Rule, copies: GeneCopyNumber) -> Outcome:
    """Whether the gene is amplified, as the row allows, with the probability behind the call."""
    described = describe(copies)
    event = gene_event(copies)
    if copies.call.value not in rule.match or event is None:
        part = "only part of the gene: " if copies.call is CopyNumberCall.PARTIALLY_AMPLIFIED else ""
        return not_found(rule, f"{part}{described}")
    if rule.min_copies is not None and (copies.copy_number or 0.0) < rule.min_copies:
        return not_found(rule, f"{described}, below the {rule.min_copies:g} copies of the rule")
    return found(rule, [Match(rule, event, described)])


def match_low_copy_number(rule: Rule, findings: Findings) -> Outcome:
    """Whether the gene has fewer copies than the published limit, where the uncertainty lets one say.

    The verdict is that of the published definition, which carries the fit's uncertainty and holds also
    where the cohort's own call is open; without it, the interval of the copies decides.
    """
    copies = findings.copies.get(rule.gene or "")
    verdict = _verdict(rule, findings)
    if verdict is None and (copies is None or not copies.assessable):
        return not_tested(rule, not_measured(rule.gene, copies))
    if copies is None or rule.max_copies is None or copies.copy_number is None:
        return not_tested(rule, f"no absolute copies of {rule.gene}")
    counted = f"{copies.copy_number:.1f} copies{_interval(copies)}"
    if verdict is None:
        verdict = _below(copies, rule.max_copies)
    if verdict is Verdict.NO:
        why = f"{counted}, below the limit of {rule.max_copies:g}"
        alteration = copy_alteration(copies, f"below {rule.max_copies:g} copies", "low_copy_number")
        return found(rule, [Match(rule, alteration, why)])
    if verdict is Verdict.YES:
        return not_found(rule, f"{counted}, not below the limit of {rule.max_copies:g}")
    because = f": {copies.reason}" if copies.reason else ""
    return not_tested(
        rule, f"{counted} against the limit of {rule.max_copies:g}, neither can be said{because}"
    )


def _verdict(rule: Rule, findings: Findings) -> Verdict | None:
    """The verdict of the definition that the rule names; None where it was not applied."""
    names = [token.removeprefix(DEFINITION) for token in rule.match if token.startswith(DEFINITION)]
    verdicts = [findings.definitions.get((rule.gene or "", name)) for name in names]
    return next((verdict for verdict in verdicts if verdict is not None), None)


def _below(copies: GeneCopyNumber, limit: float) -> Verdict:
    """Whether the limit is reached, by the interval of the copies; the number itself where none is given."""
    number = copies.copy_number or 0.0
    low, high = (
        copies.copy_number_low if copies.copy_number_low is not None else number,
        copies.copy_number_high or number,
    )
    if low >= limit:
        return Verdict.YES
    capped = copies.capped and copies.call is CopyNumberCall.AMPLIFIED
    return Verdict.NO if high < limit and not capped else Verdict.NOT_ASSESSABLE


def match_non_focal_gain(rule: Rule, copies: GeneCopyNumber, findings: Findings) -> Outcome:
    """Whether the gene is gained with its arm or chromosome rather than by itself."""
    if copies.call not in _GAINED:
        return not_found(rule, f"{rule.gene} is not gained: {describe(copies)}")
    for amplicon in findings.amplicons:
        if rule.gene in (*amplicon.genes, *amplicon.partial_genes) and amplicon.focality in rule.match:
            return found(
                rule, [_non_focal(rule, copies, f"the amplified stretch spans the {amplicon.focality}")]
            )
    verdict = _verdict(rule, findings)
    if verdict in (Verdict.YES, Verdict.NO):
        held = "holds" if verdict is Verdict.YES else "does not hold"
        why = f"the ratio to the copies beside the centromere that trials asked for {held}"
        return found(rule, [_non_focal(rule, copies, why)]) if verdict is Verdict.NO else not_found(rule, why)
    return _by_arm(rule, copies)


def _by_arm(rule: Rule, copies: GeneCopyNumber) -> Outcome:
    """The ratio to the arm's copies, where nothing nearer to the centromere is known."""
    ratio = _ratio_limit(rule)
    if ratio is None or not copies.arm_copy_number or copies.copy_number is None:
        return not_tested(rule, "copies of the arm are not known")
    over_arm = copies.copy_number / copies.arm_copy_number
    why = f"{copies.copy_number:.1f} copies over {copies.arm_copy_number:.1f} of the arm is {over_arm:.1f}"
    if over_arm >= ratio:
        return not_found(rule, f"{why}, not below {ratio:g}")
    return found(rule, [_non_focal(rule, copies, f"{why}, below {ratio:g}")])


def not_measured(gene: str | None, copies: GeneCopyNumber | None) -> str:
    """Why nothing can be said of a gene's copies."""
    if copies is None:
        return f"copies of {gene} were not measured"
    because = f": {copies.reason}" if copies.reason else ""
    return f"copies of {gene} not assessable{because}"


def _non_focal(rule: Rule, copies: GeneCopyNumber, why: str) -> Match:
    return Match(rule, copy_alteration(copies, "non-focal gain", "amplification"), why)


def _ratio_limit(rule: Rule) -> float | None:
    limits = [float(token.split("<")[1]) for token in rule.match if token.startswith("copies_over_arm<")]
    return limits[0] if limits else None


def describe(copies: GeneCopyNumber) -> str:
    """The call with copies, interval, ploidy ratio and probability, e.g. `amplified, 24.1 copies (20.2-28.0)`."""
    parts = [str(copies.call).replace("_", " ")]
    if copies.copy_number is not None:
        parts.append(f"{copies.copy_number:.1f} copies{_interval(copies)}")
    if copies.copy_number_over_ploidy is not None:
        parts.append(f"{copies.copy_number_over_ploidy:.1f} times ploidy")
    if copies.p_amplified is not None:
        parts.append(f"P(amplified) {copies.p_amplified:.2f}")
    return ", ".join(parts)


def _interval(copies: GeneCopyNumber) -> str:
    if copies.copy_number_low is None or copies.copy_number_high is None:
        return " (no interval given)"
    return f" ({copies.copy_number_low:.1f}-{copies.copy_number_high:.1f})"
