"""What differs between a preregistration and a run: rules, cohort file, settings, code, and the labels that hang on them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from refractor.evidence.knowledge.rules import Rule
from refractor.preregistration.frozen import Frozen
from refractor.results.preregistration_tables import SinceFrozen

_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Judged:
    """A tumour's label with the rules that were found for it."""

    label: str
    found: frozenset[str]


def differences(
    frozen: Frozen,
    *,
    cohort: str,
    rules: tuple[Sequence[Rule], Sequence[Rule]],
    cohort_text: str,
    settings: Mapping[str, str],
    code: Mapping[str, str],
) -> Iterator[SinceFrozen]:
    """The preregistration's own row, then every difference; `rules` are those in scope then and now."""
    yield SinceFrozen(
        kind="preregistration",
        name=frozen.digest,
        change="frozen",
        before=frozen.frozen_on,
        because=_known(frozen),
    )
    yield from _compared(
        "rule", *(_rules(one) for one in rules), touches="labels of tumours in which it is found"
    )
    yield from _compared(
        "cohort", _keys(frozen.cohorts[cohort]), _keys(cohort_text), touches="labels or analyses"
    )
    called = "what is called" + ("" if frozen.labels else "; no label was frozen to compare")
    yield from _compared("setting", frozen.settings, settings, touches=called)
    yield from _compared("code", frozen.code, code, touches="any result of the step")


def changed_labels(
    frozen: Mapping[str, str],
    before: Mapping[str, Judged],
    after: Mapping[str, Judged],
    *,
    changed: Collection[SinceFrozen],
) -> Iterator[SinceFrozen]:
    """A row for each tumour whose label is another than was frozen, or than the frozen rules give it now.

    `frozen` are the labels of the run before the freezing, by sample, where there was one; `before` what the frozen rules
    and cohort file make of the findings as they are now; `changed` the differences of rules, cohort file, settings, code.
    Where only the first differs, the findings are others: by settings, by code, or by the tumour's files.
    """
    rules = {row.name for row in changed if row.kind == "rule"}
    called = [row.name for row in changed if row.kind in ("setting", "code")]
    found_otherwise = "findings that differ by " + " or ".join([*called, "the tumour's files"])
    for sample, now in after.items():
        judged = before[sample]
        then = frozen.get(sample, judged.label)
        causes = []
        if judged.label != now.label:
            causes += sorted((judged.found | now.found) & rules) or ["the cohort file"]
        if then != judged.label:
            causes.append(found_otherwise)
        if causes:
            yield SinceFrozen(
                kind="label",
                name=sample,
                change="changed",
                before=then if then != now.label else judged.label,
                after=now.label,
                because=", ".join(causes),
            )


def _known(frozen: Frozen) -> str | None:
    if not frozen.outcomes_known:
        return "no outcome was known"
    return f"outcomes of {frozen.outcomes_known} of {frozen.patients} patients were known"


def _rules(rules: Sequence[Rule]) -> dict[str, str]:
    """What of a rule decides whether and how it counts, by rule_id; sources and words may change."""
    return {
        rule.rule_id: f"{rule.tier} {rule.direction}, {rule.mechanism}: {rule.gene or '-'} {rule.event.kind}"
        f"{_limit(rule)} {'; '.join(rule.match)}"
        for rule in rules
    }


def _limit(rule: Rule) -> str:
    limits = [(name, getattr(rule.event, name, None)) for name in ("min_copies", "max_copies")]
    return "".join(f" {name} {value:g}" for name, value in limits if value is not None)


def _keys(text: str) -> dict[str, str]:
    """The keys of a cohort file with points, as text."""

    def flat(value: Any, prefix: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, Mapping):
            for name, inner in value.items():
                yield from flat(inner, f"{prefix}.{name}" if prefix else str(name))
        else:
            yield prefix, str(value)

    return dict(flat(yaml.safe_load(text), ""))


def _compared(
    kind: str, before: Mapping[str, str], after: Mapping[str, str], *, touches: str
) -> Iterator[SinceFrozen]:
    for name in sorted({*before, *after}):
        then, now = before.get(name), after.get(name)
        if then != now:
            yield SinceFrozen(
                kind=kind,  # type: ignore[arg-type]
                name=name,
                change="added" if then is None else "dropped" if now is None else "changed",
                before=_short(then),
                after=_short(now),
                because=touches,
            )


def _short(text: str | None) -> str | None:
    return text if text is None or len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
