"""A preregistration in words, for an ethics committee or a registry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from refractor.evidence.knowledge.rules import Rule
from refractor.preregistration.frozen import Frozen
from refractor.settings.cohort import Cohort


def frozen_in_words(
    frozen: Frozen, cohorts: Mapping[str, Cohort], rules: Mapping[str, tuple[Rule, ...]]
) -> str:
    """The text; `cohorts` and the `rules` in their scope by the cohort's name."""
    lines = [
        "PREREGISTRATION OF A RESISTANCE ANALYSIS",
        "",
        f"Frozen on {frozen.frozen_on} by refractor {frozen.version}.",
        f"Digest of rules, cohort files, settings and code (SHA-256): {frozen.digest}",
        f"Knowledge base: {frozen.knowledge}; own tables of rules: {', '.join(frozen.own_rules) or 'none'}.",
        _outcomes(frozen),
        *_labels(frozen),
        "",
        "What is planned",
        "  A tumour's label is made from its genome by the rules below before any outcome is read. Of the patients without",
        "  benefit whose decisive questions are answered, those with a candidate of tier R1 to R3 are counted (exact 95 %",
        "  interval), and beside them those with benefit, by the same rules.",
        "",
    ]
    for name, cohort in cohorts.items():
        lines += [*_cohort(name, cohort, rules[name]), ""]
    lines += ["Settings", *(f"  {name}: {value or 'not set'}" for name, value in frozen.settings.items()), ""]
    lines += [
        "Code (digest of each step)",
        *(f"  {step}: {digest}" for step, digest in frozen.code.items()),
        "",
    ]
    lines.append(
        "A run that is given the JSON beside this text (key preregistration) says what was changed since."
    )
    return "\n".join(lines) + "\n"


def _outcomes(frozen: Frozen) -> str:
    if not frozen.outcomes_known:
        return f"No outcome of the {frozen.patients} patients in the sheet was known by then."
    return (
        f"ATTENTION: outcomes of {frozen.outcomes_known} of {frozen.patients} patients stood in the sheets by then, so that "
        "nothing here shows that the rules were chosen without them."
    )


def _labels(frozen: Frozen) -> Iterator[str]:
    """How many tumours were labelled by then; a run says whose label is another since, whatever the reason."""
    if frozen.labels:
        counted = Counter(frozen.labels.values())
        told = ", ".join(f"{label} {counted[label]}" for label in sorted(counted))
        yield f"Tumours that were labelled by then: {len(frozen.labels)} ({told}); their labels are in the JSON."


def _cohort(name: str, cohort: Cohort, rules: tuple[Rule, ...]) -> Iterator[str]:
    tiers = Counter(str(rule.tier) for rule in rules)
    yield f"Cohort{f' {name}' if name else ''}: {cohort.name}"
    yield f"  drugs: {', '.join(cohort.drugs)}; disease: {cohort.disease.name}"
    yield f"  criteria of entry: {', '.join(f'{key} {item.required}' for key, item in cohort.eligibility.items())}"
    yield f"  decisive questions: {', '.join(cohort.decisive) or 'each rule of the best tier'}"
    yield f"  clinical benefit: confirmed response, or stable disease of {cohort.endpoints.sd_min_days} days or more"
    yield f"  rules in scope: {len(rules)} ({', '.join(f'{tier} {tiers[tier]}' for tier in sorted(tiers))})"
    for rule in rules:
        if rule.against_the_drug:
            asked = f"{rule.event.kind}: {'; '.join(rule.match)}"
            yield f"    {rule.rule_id} {rule.tier} {rule.direction} {rule.gene or ''} {asked}"
