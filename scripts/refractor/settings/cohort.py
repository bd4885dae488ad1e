"""The cohort file as a model: what the drugs aim at, who may enter, which rules apply, how endpoints are counted.

Nothing else in the library knows a cohort's genes, drugs or disease by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from refractor.settings.criteria import Criterion, CriterionMeasure, DecisiveQuestion
from refractor.settings.endpoint_rules import ENDPOINTS, EndpointSettings
from refractor.settings.model import EMPTY, REQUIRED, setting
from refractor.settings.target import Target, TargetEvent
from refractor.vocabulary import Tier


@dataclass(frozen=True, slots=True)
class Disease:
    """Disease of the cohort."""

    name: str = setting(
        REQUIRED,
        "Name in the words of the Disease Ontology.",
        min_length=1,
        example="lung non-small cell carcinoma",
    )
    doid: str | None = setting(
        None,
        "Disease Ontology number, for the match with CIViC.",
        pattern="^[0-9]+$",
        example="3908",
    )
    synonyms: tuple[str, ...] = setting(
        (),
        "Names of the same disease, or of parts of it, that evidence may use.",
        min_length=1,
        example=["lung adenocarcinoma", "lung cancer"],
    )


@dataclass(frozen=True, slots=True)
class RulesInScope:
    """Which rules of the knowledge base are applied."""

    tiers: tuple[Tier, ...] = setting(
        tuple(Tier),
        "Tiers that are reported; R1-R3 can explain, R4 is a hypothesis, R5 is context.",
        min_items=1,
        unique=True,
    )
    include: tuple[str, ...] = setting(
        ("*",),
        "Rule ids that are applied, with * for any characters.",
        min_items=1,
        min_length=1,
        example=["MAPK-*", "METI-1"],
    )
    exclude: tuple[str, ...] = setting(
        (),
        "Rule ids that are left out, with * for any characters; wins over include.",
        min_length=1,
        example=["GL-*"],
    )


@dataclass(frozen=True, slots=True)
class Words:
    """What the report calls things, where the names of genes and drugs would not read well."""

    target: str | None = setting(
        None,
        "Name of the target in a sentence.",
        when_empty="the symbol of the target's gene",
        min_length=1,
        example="MET",
    )
    patients: str | None = setting(
        None,
        "The patients of the cohort by what they have.",
        when_empty="the disease",
        min_length=1,
        example="MET-amplified lung cancer",
    )
    treatment: str | None = setting(
        None,
        "The treatment in a few words.",
        when_empty="the drugs, joined by plus",
        min_length=1,
        example="a MET kinase inhibitor",
    )


@dataclass(frozen=True, slots=True)
class Cohort:
    """One cohort of a trial: what the drugs aim at, who may enter, which rules of the knowledge base apply, and how the
    endpoints are counted. Another cohort is another file, never another program.
    """

    name: str = setting(
        REQUIRED,
        "Name of the cohort, as it stands in the report.",
        min_length=1,
        example="MET-amplified lung cancer, capmatinib",
    )
    target: Target = setting(REQUIRED, "The alteration the drugs aim at.")
    drugs: tuple[str, ...] = setting(
        REQUIRED,
        "Drugs of the cohort, international nonproprietary names in lower case; rules are matched against them.",
        min_items=1,
        unique=True,
        pattern="^[a-z0-9][a-z0-9 -]*$",
        allowed="a name in lower case",
        example=["capmatinib"],
    )
    disease: Disease = setting(REQUIRED, "Disease of the cohort.")
    description: str | None = setting(None, "One or two sentences for the report.")
    sources: tuple[str, ...] = setting(
        (),
        "Where the definitions come from (registry number, DOI, PMID).",
        min_length=1,
        example=["NCT02925234", "PMID 31570881"],
    )
    drug_classes: tuple[str, ...] = setting(
        (),
        "Classes of the drugs, as the column drug_scope of the knowledge base has them.",
        unique=True,
        min_length=1,
        example=["MET_inhibitor"],
    )
    eligibility: Mapping[str, Criterion] = setting(
        EMPTY,
        "Criteria of entry that a tumour's genome can confirm or contradict; the key is the name of the criterion in "
        "eligibility.tsv. A criterion left out is not judged.",
        name_pattern="^[A-Za-z][A-Za-z0-9_-]*$",
        example={
            "EGFR": {
                "measure": "codons",
                "genes": ["EGFR"],
                "codons": [858, 790],
                "required": "wild_type",
            }
        },
    )
    decisive: Mapping[str, DecisiveQuestion] = setting(
        EMPTY,
        "What must be answered before a tumour counts as holding no candidate; the key names the question in labels. "
        "Empty = every rule against the drugs of the best tier in scope. What else is not tested shows as bounds.",
        name_pattern="^[A-Za-z][A-Za-z0-9_ -]*$",
        example={"MET copies": {"genes": ["MET"], "looked_at": "copies"}},
    )
    rules_in_scope: RulesInScope = setting(RulesInScope(), "Which rules of the knowledge base are applied.")
    endpoints: EndpointSettings = setting(ENDPOINTS, "How response and benefit are counted.")
    words: Words = setting(Words(), "What the report calls things.")

    @property
    def target_name(self) -> str:
        """The target in a sentence."""
        return self.words.target or self.target.gene or str(self.target.event).replace("_", " ")

    @property
    def patients_name(self) -> str:
        """The patients by what they have."""
        return self.words.patients or self.disease.name

    @property
    def treatment_name(self) -> str:
        """The treatment in a few words."""
        return self.words.treatment or " plus ".join(self.drugs)

    def criterion_of_target(self) -> str | None:
        """The criterion of entry that looks at the target, as `target` describes it or its gene in the way of its event;
        None without one.
        """
        ways = {
            TargetEvent.AMPLIFICATION: CriterionMeasure.AMPLIFICATION,
            TargetEvent.SMALL_VARIANT: CriterionMeasure.CODONS,
        }
        by_target = [name for name, one in self.eligibility.items() if one.measure is CriterionMeasure.TARGET]
        by_gene = [
            name
            for name, one in self.eligibility.items()
            if self.target.gene in one.genes and one.measure is ways.get(self.target.event)
        ]
        return next(iter((*by_target, *by_gene)), None)

    @property
    def decisive_genes(self) -> tuple[str, ...]:
        """Genes whose codons decide a criterion of entry, in the file's order."""
        found: dict[str, Any] = {}
        for criterion in self.eligibility.values():
            if criterion.measure is CriterionMeasure.CODONS:
                found |= dict.fromkeys(criterion.genes)
        return tuple(found)
