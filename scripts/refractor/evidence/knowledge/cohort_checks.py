"""What a cohort file names, held against what is known: genes and codons of the panel, drugs, rules, definitions."""

from __future__ import annotations

import difflib
import fnmatch
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from refractor.copynumber.calls.definitions import DEFINITIONS
from refractor.errors import Problem
from refractor.evidence.knowledge.knowledge_base import KnowledgeBase, knowledge_of
from refractor.evidence.knowledge.rules_in_scope import rules_in_scope, scope_of
from refractor.evidence.targets import target_outside_gene
from refractor.files.yaml import KeyPath
from refractor.genome.builds import LATEST_BUILD
from refractor.genome.hgvs_notation import parse_protein_change
from refractor.genome.own_genes import FURTHER, further_genes
from refractor.genome.panel import Gene, Panel, load_panel, own_genes, told_codons
from refractor.settings.cohort import Cohort
from refractor.settings.cohort_at_odds import Fault
from refractor.settings.config import load_cohort
from refractor.settings.criteria import Criterion, CriterionMeasure
from refractor.settings.endpoint_rules import EndpointSettings
from refractor.settings.model import settings_of
from refractor.settings.schemas import nearest
from refractor.vocabulary import AGAINST_THE_DRUG, EXPLAINING_TIERS

SAME_WORD = 0.85
"""Likeness (0-1) from which two names of drugs are one with a slip of the pen: lapatinib and capmatinib have 0.84."""
SHORT_AS_WEEKS = 4
"""How many times shorter than its usual length a duration is taken for one in weeks, which is seven times shorter (ours)."""
LONG_AS_HOURS = 12
"""The same of one in hours, which is 24 times longer (ours)."""
LONG_ENOUGH_DAYS = 28
"""Usual lengths from which the unit shows."""
_MOST_NAMED = 12
"""Words of a vocabulary that a remedy lists."""


@dataclass(frozen=True, slots=True)
class CohortChecks:
    """What a cohort file may name."""

    panel: Panel
    knowledge: KnowledgeBase

    def faults(self, cohort: Cohort) -> Iterator[Fault]:
        """Each name that is not known: key, what is wrong, and the nearest name that is."""
        yield from self._of_target(cohort)
        for name, criterion in cohort.eligibility.items():
            yield from self._of_criterion(("eligibility", name), criterion)
        yield from self._of_drugs(cohort)
        rule_ids = [rule.rule_id for rule in self.knowledge.rules]
        for key in ("include", "exclude"):
            for place, pattern in enumerate(getattr(cohort.rules_in_scope, key)):
                if not fnmatch.filter(rule_ids, pattern):
                    what = f"no rule has an id like '{pattern}'"
                    where = ("rules_in_scope", key, str(place))
                    yield where, what, _remedy(pattern.rstrip("*-"), rule_ids, "docs/rules.md")

    def warnings(self, cohort: Cohort) -> Iterator[str]:
        """What is odd and not refused: above all that no rule can say anything of the cohort."""
        scope = scope_of(cohort, self.knowledge.drug_classes)
        for drug in cohort.drugs:
            if drug not in self.knowledge.drug_classes:
                classes = ", ".join(cohort.drug_classes)
                yield f"{drug} is in no table of drugs; rules are chosen by its class, {classes}"
        yield from _odd_durations(cohort)
        yield from self._disease_nearly_known(cohort)
        rules = rules_in_scope(self.knowledge.rules, scope)
        able = [
            rule for rule in rules if rule.tier in EXPLAINING_TIERS and rule.direction in AGAINST_THE_DRUG
        ]
        if able:
            return
        drugs = " and ".join(cohort.drugs)
        diseases = {
            word for rule in self.knowledge.rules if scope.concerns_drugs(rule) for word in rule.disease_scope
        } - {"any"}
        known = f" (diseases with rules on them: {', '.join(sorted(diseases))})" if diseases else ""
        yield (
            f"no rule that could explain a lack of benefit concerns {drugs} in {cohort.disease.name}{known}: "
            "no tumour of this cohort can carry a candidate"
        )

    def _disease_nearly_known(self, cohort: Cohort) -> Iterator[str]:
        """A disease that rules spell a little otherwise: none of them is in scope."""
        known = {word for rule in self.knowledge.rules for word in rule.disease_scope} - {"any"}
        given = (cohort.disease.name, *cohort.disease.synonyms)
        if {word.casefold() for word in given} & {word.casefold() for word in known}:
            return
        for word in given:
            meant = difflib.get_close_matches(word.casefold(), sorted(known), n=1, cutoff=SAME_WORD)
            if meant:
                yield f"the disease '{word}' is written '{meant[0]}' in the rules, none of which on it is in scope"

    def _of_target(self, cohort: Cohort) -> Iterator[Fault]:
        gene, key = cohort.target.gene, ("target", "gene")
        if gene is None:
            return
        yield from self._unknown_genes(key, [gene])
        for place, change in enumerate(cohort.target.protein_changes):
            yield from self._of_change(("target", "protein_changes", str(place)), change, [gene])
        if gene in self.panel.genes:
            yield from target_outside_gene(cohort.target, self.panel.genes[gene])

    def _of_criterion(self, key: KeyPath, criterion: Criterion) -> Iterator[Fault]:
        unknown = list(self._unknown_genes((*key, "genes"), criterion.genes))
        yield from unknown
        if unknown:
            return
        if criterion.measure is CriterionMeasure.TARGET:
            return
        if criterion.measure is CriterionMeasure.AMPLIFICATION:
            known = [definition.name for definition in DEFINITIONS]
            for place, name in enumerate(criterion.definitions):
                if name not in known:
                    where = (*key, "definitions", str(place))
                    yield where, f"'{name}' is no known definition", _remedy(name, known, "")
            return
        yield from self._unknown_codons((*key, "codons"), criterion)
        if criterion.braf_scope is not None:
            classed = self.panel.classed_codons
            others = [gene for gene in criterion.genes if gene not in classed]
            if others:
                what = f"is for {', '.join(sorted(classed))}, not for {', '.join(others)}"
                yield (*key, "braf_scope"), what, "give codons"
        for place, change in enumerate(criterion.protein_changes):
            yield from self._of_change((*key, "protein_changes", str(place)), change, criterion.genes)

    def _unknown_genes(self, key: KeyPath, genes: Iterable[str]) -> Iterator[Fault]:
        for place, gene in enumerate(genes):
            if gene not in self.panel.genes:
                where = (*key, str(place)) if key[-1] == "genes" else key
                further = further_genes()[1]
                remedy = _remedy(gene, {*self.panel.genes, *further}, "docs/panel.md")
                if gene in further:
                    remedy = f"copy its lines of resources/panel/{FURTHER.name} into a table, and name that as panel"
                yield where, f"'{gene}' is no gene of the panel", remedy

    def _unknown_codons(self, key: KeyPath, criterion: Criterion) -> Iterator[Fault]:
        told = told_codons(self.panel)
        for place, codon in enumerate(criterion.codons or ()):
            for gene in criterion.genes:
                if (gene, codon) in told:
                    continue
                length = self.panel.genes[gene].protein_length
                if codon > length:
                    yield (
                        (*key, str(place)),
                        f"{gene} has {length} codons, not {codon}",
                        "number them on MANE Select",
                    )
                    continue
                of_gene = sorted(
                    (number for name, number in told if name == gene), key=lambda n: abs(n - codon)
                )
                close = ", ".join(map(str, sorted(of_gene[:_MOST_NAMED])))
                what = f"codon {codon} of {gene} is not among those that are read"
                remedy = f"the nearest that are: {close}" if close else "no codon of this gene is"
                yield (*key, str(place)), what, remedy

    def _of_change(self, key: KeyPath, text: str, genes: Iterable[str]) -> Iterator[Fault]:
        change = parse_protein_change(text)
        if change is None:
            yield key, f"'{text}' is no protein change", "HGVS in one letter, without p., such as V600E"
            return
        for gene in genes:
            residues = _residues(self.panel).get((gene, change.first), {change.reference})
            if change.reference not in residues:
                known = " or ".join(sorted(residues))
                what = f"codon {change.first} of {gene} is {known}, not {change.reference}"
                yield key, what, "number the codons on MANE Select"

    def _of_drugs(self, cohort: Cohort) -> Iterator[Fault]:
        classes = set(self.knowledge.drug_classes.values())
        unknown_classes = [name for name in cohort.drug_classes if name not in classes]
        for place, name in enumerate(cohort.drug_classes):
            if name in unknown_classes:
                where = ("drug_classes", str(place))
                yield where, f"'{name}' is no known class of drugs", _remedy(name, classes, "")
        stands_for = bool(cohort.drug_classes) and not unknown_classes
        for place, drug in enumerate(cohort.drugs):
            if drug in self.knowledge.drug_classes:
                continue
            if stands_for and nearest(drug, self.knowledge.drug_classes, likeness=SAME_WORD) is None:
                continue  # a new drug of a known class: a warning
            remedy = _remedy(drug, self.knowledge.drug_classes, "")
            yield (
                ("drugs", str(place)),
                f"'{drug}' is no known drug",
                f"{remedy}; for a new one give drug_classes",
            )


def _residues(panel: Panel) -> dict[tuple[str, int], set[str]]:
    """Amino acids of the codons that the panel tells of, as far as it names them."""
    found: dict[tuple[str, int], set[str]] = {}
    for codon in panel.decisive_codons:
        found.setdefault((codon.gene, codon.codon), set()).add(codon.amino_acid)
    for hotspot in panel.hotspots:
        change = parse_protein_change(hotspot.protein_change)
        if change is not None:
            found.setdefault((hotspot.gene, change.first), set()).add(change.reference)
    return found


def read_checked_cohort(
    path: str | Path, own_rules: Sequence[str] = ()
) -> tuple[Cohort, tuple[Problem, ...]]:
    """The cohort file as a record, and what is odd in it; every fault at once as a ConfigError.

    Its names are held against the panel and the knowledge base with the user's `own_rules`; a KnowledgeBaseError where
    these are at fault.
    """
    checks = checks_with(tuple(own_rules))
    cohort = load_cohort(path, faults_of=checks.faults)
    return cohort, tuple(Problem(path, warning, 1) for warning in checks.warnings(cohort))


def checks_with(own_rules: tuple[str, ...]) -> CohortChecks:
    """The checks against the panel in force and the knowledge base with own tables of rules."""
    return _checks(own_rules, own_genes(LATEST_BUILD))


@lru_cache(maxsize=1)
def _checks(own_rules: tuple[str, ...], _of_panel: tuple[Gene, ...]) -> CohortChecks:
    panel = load_panel(LATEST_BUILD)
    knowledge = knowledge_of(panel, own_rules=[Path(path) for path in own_rules])
    return CohortChecks(panel, knowledge)


def _odd_durations(cohort: Cohort) -> Iterator[str]:
    """Durations that are as short as if they were in weeks or months, or as long as in hours; 0 is a choice."""
    durations = [
        known
        for known in settings_of(EndpointSettings)
        if known.kind is int and known.declared.unit == "days" and (known.default or 0) >= LONG_ENOUGH_DAYS
    ]
    for known in durations:
        value = getattr(cohort.endpoints, known.name)
        if value and value * SHORT_AS_WEEKS < known.default:
            yield f"endpoints.{known.name}: {value} days where {known.default} are usual; is it in weeks or months?"
        elif value and value > known.default * LONG_AS_HOURS:
            yield f"endpoints.{known.name}: {value} days where {known.default} are usual; is it in days?"


def _remedy(word: str, known: Iterable[str] | Mapping[str, object], where: str) -> str:
    """The nearest known word, or the vocabulary where it is short, or where to find it."""
    words = sorted(set(known))
    guess = nearest(word, words)
    if guess is not None:
        return f"did you mean {guess}?"
    if len(words) <= _MOST_NAMED or not where:
        return f"known: {', '.join(words[:_MOST_NAMED])}" + (", ..." if len(words) > _MOST_NAMED else "")
    return f"see {where}"
