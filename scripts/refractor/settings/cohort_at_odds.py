"""Parts of a cohort file that fit its schema and contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from refractor.files.yaml import KeyPath
from refractor.settings.criteria import REQUIRED_BY, CriterionMeasure
from refractor.settings.target import TargetEvent

Fault = tuple[KeyPath, str, str]
"""Key, what is wrong, and what is allowed."""

_SMALL_VARIANTS = ("protein_changes", "codons", "exons")
"""Keys of a target of which a small variant has at most one."""
_EVENTS_OF_KEY = {
    **dict.fromkeys(_SMALL_VARIANTS, TargetEvent.SMALL_VARIANT),
    "keeps": TargetEvent.FUSION,
    "least_score": TargetEvent.EXPRESSION,
    "least_percent": TargetEvent.EXPRESSION,
}
"""The event that each key of a target belongs to."""


def cohort_at_odds(cohort: dict[str, Any]) -> Iterator[Fault]:
    """Each contradiction of a cohort file with its defaults filled in."""
    yield from _target_at_odds(cohort["target"])
    for name, criterion in cohort["eligibility"].items():
        yield from _criterion_at_odds(("eligibility", name), criterion)
    design = cohort["endpoints"]["two_stage"]
    if design is None:
        return
    key = ("endpoints", "two_stage")
    if design["n1"] > design["n"]:
        yield (*key, "n1"), f"{design['n1']} is above n, {design['n']}", "allowed: at most n"
    if design["r1"] >= design["n1"]:
        yield (*key, "r1"), f"{design['r1']} is not below n1, {design['n1']}", "allowed: below n1"
    if design["success"] > design["n"]:
        yield (*key, "success"), f"{design['success']} is above n, {design['n']}", "allowed: at most n"
    if design["p0"] >= design["p1"]:
        yield (*key, "p0"), f"{design['p0']} is not below p1, {design['p1']}", "allowed: below p1"


def _target_at_odds(target: dict[str, Any]) -> Iterator[Fault]:
    event = TargetEvent(target["event"])
    if event.of_gene and target["gene"] is None:
        yield ("target", "gene"), "is empty", f"name the gene of the {event}"
    if not event.of_gene and target["gene"] is not None:
        yield ("target", "gene"), f"has no meaning with event {event}", "leave it out"
    for key, owner in _EVENTS_OF_KEY.items():
        if target[key] and owner is not event:
            yield ("target", key), f"has no meaning with event {event}", f"it is of event {owner}"
    given = [key for key in _SMALL_VARIANTS if target[key]]
    if len(given) > 1:
        yield ("target", given[1]), f"stands beside {given[0]}", f"give one of {', '.join(_SMALL_VARIANTS)}"
    if target["change"] != "any" and not target["exons"]:
        yield ("target", "change"), "has no meaning without exons", "give exons"
    if target["least_score"] is not None and target["least_percent"] is not None:
        yield ("target", "least_percent"), "stands beside least_score", "give one of the two"
    if event is TargetEvent.FUSION:
        yield from _kept_codons_at_odds(target["keeps"])


def _kept_codons_at_odds(keeps: str | None) -> Iterator[Fault]:
    key = ("target", "keeps")
    if keeps is None:
        yield (
            key,
            "is empty",
            "name the codons that a fusion must keep, such as those of the kinase, as first-last; docs/cohorts.md has some",
        )
    elif int(keeps.partition("-")[0]) >= int(keeps.partition("-")[2]):
        yield key, f"'{keeps}' ends before it begins", "codons as first-last"


def _criterion_at_odds(key: KeyPath, criterion: dict[str, Any]) -> Iterator[Fault]:
    measure = CriterionMeasure(criterion["measure"])
    fitting = [str(one) for one in REQUIRED_BY[measure]]
    if criterion["required"] not in fitting:
        yield (
            (*key, "required"),
            f"'{criterion['required']}' does not go with measure {measure}",
            f"allowed: {', '.join(fitting)}",
        )
    if (measure is CriterionMeasure.TARGET) == bool(criterion["genes"]):
        remedy = "leave it out" if criterion["genes"] else "name the genes that are looked at"
        yield (*key, "genes"), f"{'given' if criterion['genes'] else 'empty'} with measure {measure}", remedy
    chosen = [name for name in ("codons", "braf_scope") if criterion[name] is not None]
    if measure is CriterionMeasure.CODONS:
        if len(chosen) != 1:
            yield key, "measure codons needs either codons or braf_scope", "give one of the two"
    elif chosen:
        yield (*key, chosen[0]), f"has no meaning with measure {measure}", "leave it out"
