"""Which rules of the knowledge base concern a cohort: its drugs, its disease, its own choice of rules."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from refractor.evidence.events.low_copy_number import LowCopyNumber
from refractor.evidence.events.non_focal_gain import NonFocalGain
from refractor.evidence.knowledge.rules import ANY, Rule
from refractor.settings.cohort import Cohort
from refractor.vocabulary import Tier


@dataclass(frozen=True, slots=True)
class Scope:
    """The drugs (names and classes) and diseases of a cohort, in lower case, and the rules it asks for."""

    drugs: tuple[str, ...]
    drug_words: frozenset[str]
    disease: str
    disease_words: frozenset[str]
    doid: str | None
    tiers: frozenset[Tier]
    include: tuple[str, ...]
    exclude: tuple[str, ...]

    def concerns_drugs(self, rule: Rule) -> bool:
        """Whether the rule speaks of one of the cohort's drugs or of their class."""
        return bool(({word.lower() for word in rule.drug_scope}) & (self.drug_words | {ANY}))

    def concerns_disease(self, rule: Rule) -> bool:
        """Whether the rule speaks of the cohort's disease."""
        return bool({word.lower() for word in rule.disease_scope} & (self.disease_words | {ANY}))

    def wanted(self, rule: Rule) -> bool:
        """Whether the cohort file asks for the rule by tier and id."""
        asked = any(fnmatch.fnmatchcase(rule.rule_id, pattern) for pattern in self.include)
        left_out = any(fnmatch.fnmatchcase(rule.rule_id, pattern) for pattern in self.exclude)
        return rule.tier in self.tiers and asked and not left_out


def scope_of(cohort: Cohort, drug_classes: Mapping[str, str]) -> Scope:
    """The scope of a loaded cohort file; `drug_classes` is the knowledge base's table of drugs."""
    drugs, disease, rules = cohort.drugs, cohort.disease, cohort.rules_in_scope
    classes = {drug_classes[drug] for drug in drugs if drug in drug_classes} | set(cohort.drug_classes)
    return Scope(
        drugs=drugs,
        drug_words=frozenset(word.lower() for word in (*drugs, *classes)),
        disease=disease.name,
        disease_words=frozenset(word.lower() for word in (disease.name, *disease.synonyms)),
        doid=disease.doid,
        tiers=frozenset(rules.tiers),
        include=rules.include,
        exclude=rules.exclude,
    )


def rules_in_scope(rules: Sequence[Rule], scope: Scope) -> tuple[Rule, ...]:
    """The rules that are looked up for the cohort."""
    return tuple(
        rule
        for rule in rules
        if scope.wanted(rule) and scope.concerns_drugs(rule) and scope.concerns_disease(rule)
    )


def rules_on_other_drugs(
    rules: Sequence[Rule], scope: Scope, drug_families: Mapping[str, str]
) -> tuple[Rule, ...]:
    """Rules of the cohort's disease on other drugs of the same family (a kinase inhibitor beside an antibody).

    They are shown beside a finding, because they may say the opposite, and are never its reason.
    """
    families = {drug_families[drug] for drug in scope.drugs if drug in drug_families}
    return tuple(
        rule
        for rule in rules
        if scope.wanted(rule)
        and scope.concerns_disease(rule)
        and not scope.concerns_drugs(rule)
        and {drug_families.get(word) for word in rule.drug_scope} & families
    )


def decoy_rules(rules: Sequence[Rule], scope: Scope, *, target: str | None) -> tuple[Rule, ...]:
    """Rules that explain resistance to drugs that the cohort does not give, of any disease: decoys.

    Left out are rules on the cohort's target gene, by which its tumours were chosen, and those that say that another
    drug's target is lacking, which is so in nearly every tumour that was not chosen by it.
    """
    return tuple(
        rule
        for rule in rules
        if rule.can_explain
        and rule.event.from_genome
        and not scope.concerns_drugs(rule)
        and rule.gene != target
        and not isinstance(rule.event, (LowCopyNumber, NonFocalGain))
    )
