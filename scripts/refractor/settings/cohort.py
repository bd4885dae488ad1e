"""The cohort file as a model: what the drugs aim at, who may enter, which rules apply, how endpoints are counted.

Nothing else in the library knows a cohort's genes, drugs or disease by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from refractor.settings.endpoint_rules import ENDPOINTS, EndpointSettings
from refractor.settings.model import EMPTY, REQUIRED, setting
from refractor.vocabulary import Tier

_GENE = {"pattern": "^[A-Z][A-Z0-9-]*$", "allowed": "a gene symbol of HGNC, in capitals"}


class TargetEvent(StrEnum):
    """Kind of alteration that drugs aim at."""

    AMPLIFICATION = "amplification"
    SMALL_VARIANT = "small_variant"
    FUSION = "fusion"
    BIALLELIC_LOSS = "biallelic_loss"
    EXPRESSION = "expression"
    MICROSATELLITE_INSTABILITY = "microsatellite_instability"
    TUMOR_MUTATIONAL_BURDEN = "tumor_mutational_burden"

    @property
    def of_gene(self) -> bool:
        """Whether the event is one of a gene, and not of the whole genome."""
        return self not in (TargetEvent.MICROSATELLITE_INSTABILITY, TargetEvent.TUMOR_MUTATIONAL_BURDEN)


class CriterionMeasure(StrEnum):
    """What a criterion of entry looks at."""

    CODONS = "codons"
    AMPLIFICATION = "amplification"


class Required(StrEnum):
    """What a tumour must be for a criterion of entry."""

    WILD_TYPE = "wild_type"
    MUTATED = "mutated"
    AMPLIFIED = "amplified"
    NOT_AMPLIFIED = "not_amplified"


class LookedAt(StrEnum):
    """What of a gene a decisive question looks at."""

    CODONS = "codons"
    CODING_CHANGES = "coding_changes"
    COPIES = "copies"


class BrafScope(StrEnum):
    """Which BRAF mutations decide."""

    V600 = "V600"
    CLASSES = "class1-3"


@dataclass(frozen=True, slots=True)
class Target:
    """The alteration the drugs aim at."""

    event: TargetEvent = setting(REQUIRED, "Kind of alteration.", example="amplification")
    gene: str | None = setting(
        None,
        "Gene that carries the target, HGNC symbol; empty for an event of the whole genome.",
        example="ERBB2",
        **_GENE,
    )
    protein_changes: tuple[str, ...] = setting(
        (),
        "For a small variant, the protein changes that count, HGVS one-letter without p.; empty = any.",
        min_length=2,
        example=["V600E"],
    )


@dataclass(frozen=True, slots=True)
class Disease:
    """Disease of the cohort."""

    name: str = setting(
        REQUIRED, "Name in the words of the Disease Ontology.", min_length=1, example="colorectal cancer"
    )
    doid: str | None = setting(
        None,
        "Disease Ontology number, for the match with CIViC.",
        pattern="^[0-9]+$",
        example="9256",
    )
    synonyms: tuple[str, ...] = setting(
        (),
        "Names of the same disease, or of parts of it, that evidence may use.",
        min_length=1,
        example=["colon carcinoma", "rectum cancer"],
    )


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of entry."""

    measure: CriterionMeasure = setting(
        REQUIRED, "What is looked at, the status of codons or the copy number of the genes.", example="codons"
    )
    genes: tuple[str, ...] = setting(
        REQUIRED,
        "Genes that are looked at, HGNC symbols.",
        min_items=1,
        unique=True,
        example=["KRAS", "NRAS"],
        **_GENE,
    )
    required: Required = setting(
        REQUIRED,
        "What a tumour must be to be confirmed; of several genes or codons, wild_type means all and mutated any.",
        example="wild_type",
    )
    codons: tuple[int, ...] | None = setting(
        None,
        "With measure codons, the codons that decide. Give either this or braf_scope.",
        when_empty="braf_scope decides",
        min_items=1,
        unique=True,
        minimum=1,
        example=[12, 13, 59, 61, 117, 146],
    )
    braf_scope: BrafScope | None = setting(
        None,
        "With measure codons and gene BRAF, in place of codons, which mutations decide: V600 alone, or all of class I, "
        "II and III (codons of the panel). The abstract of the trial says BRAF wild-type and no more, so it is a "
        "setting.",
        when_empty="codons decide",
        example="V600",
    )
    protein_changes: tuple[str, ...] = setting(
        (),
        "With required mutated, only these protein changes count; empty = any change of the codons.",
        min_length=2,
        example=["V600E"],
    )
    low_vaf_counts: bool = setting(
        False,
        "Whether a variant below calling.low_vaf contradicts wild_type; tissue panels report from 5 % (PMC5995185), so "
        "it does not unless asked for.",
    )
    definitions: tuple[str, ...] = setting(
        (),
        "With measure amplification, the published definitions (column definition of amplification_definitions.tsv) "
        "any of which makes the gene amplified; empty = the column call of gene_copy_number.tsv.",
        unique=True,
        min_length=1,
        example=["purple_3x_ploidy"],
    )
    partial_counts: bool = setting(
        False, "With measure amplification, whether partially_amplified counts as amplified."
    )


@dataclass(frozen=True, slots=True)
class DecisiveQuestion:
    """One question that must be answered before a tumour can be said to hold no candidate."""

    genes: tuple[str, ...] = setting(
        REQUIRED,
        "Genes that are looked at, HGNC symbols.",
        min_items=1,
        unique=True,
        example=["ERBB2"],
        **_GENE,
    )
    looked_at: LookedAt = setting(
        REQUIRED,
        "What of the genes: codons (rules whose codons are all among `codons`), coding_changes (every rule on small "
        "variants), copies (rules on too few copies or an amplification). Only rules in scope of tiers R1 to R3 against "
        "the drugs count.",
        example="coding_changes",
    )
    codons: tuple[int, ...] | None = setting(
        None,
        "With looked_at codons, the codons.",
        when_empty="all codons that the rules name",
        min_items=1,
        unique=True,
        minimum=1,
        example=[12, 13, 59, 61, 117, 146],
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
        example=["MAPK-*", "HER2-1"],
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
        example="HER2",
    )
    patients: str | None = setting(
        None,
        "The patients of the cohort by what they have.",
        when_empty="the disease",
        min_length=1,
        example="HER2-positive colorectal cancer",
    )
    treatment: str | None = setting(
        None,
        "The treatment in a few words.",
        when_empty="the drugs, joined by plus",
        min_length=1,
        example="dual anti-HER2 therapy",
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
        example="HER2-amplified colorectal cancer, trastuzumab plus pertuzumab",
    )
    target: Target = setting(REQUIRED, "The alteration the drugs aim at.")
    drugs: tuple[str, ...] = setting(
        REQUIRED,
        "Drugs of the cohort, international nonproprietary names in lower case; rules are matched against them.",
        min_items=1,
        unique=True,
        pattern="^[a-z0-9][a-z0-9 -]*$",
        allowed="a name in lower case",
        example=["trastuzumab", "pertuzumab"],
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
        example=["HER2_antibody"],
    )
    eligibility: Mapping[str, Criterion] = setting(
        EMPTY,
        "Criteria of entry that a tumour's genome can confirm or contradict; the key is the name of the criterion in "
        "eligibility.tsv. A criterion left out is not judged.",
        name_pattern="^[A-Za-z][A-Za-z0-9_-]*$",
        example={
            "RAS": {
                "measure": "codons",
                "genes": ["KRAS", "NRAS"],
                "codons": [12, 13, 59, 61, 117, 146],
                "required": "wild_type",
            }
        },
    )
    decisive: Mapping[str, DecisiveQuestion] = setting(
        EMPTY,
        "What must be answered before a tumour counts as holding no candidate; the key names the question in labels. "
        "Empty = every rule against the drugs of the best tier in scope. What else is not tested shows as bounds.",
        name_pattern="^[A-Za-z][A-Za-z0-9_ -]*$",
        example={"ERBB2 copies": {"genes": ["ERBB2"], "looked_at": "copies"}},
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
        """The criterion of entry that looks at the target's gene in the way of its event; None without one."""
        by_copies = self.target.event is TargetEvent.AMPLIFICATION
        for name, criterion in self.eligibility.items():
            of_gene = self.target.gene in criterion.genes
            if of_gene and (criterion.measure is CriterionMeasure.AMPLIFICATION) is by_copies:
                return name
        return None

    @property
    def decisive_genes(self) -> tuple[str, ...]:
        """Genes whose codons decide a criterion of entry, in the file's order."""
        found: dict[str, Any] = {}
        for criterion in self.eligibility.values():
            if criterion.measure is CriterionMeasure.CODONS:
                found |= dict.fromkeys(criterion.genes)
        return tuple(found)
