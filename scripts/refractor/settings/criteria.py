"""Criteria of entry and decisive questions, as settings of the cohort file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from refractor.settings.model import REQUIRED, setting
from refractor.settings.target import GENE


class CriterionMeasure(StrEnum):
    """What a criterion of entry looks at."""

    CODONS = "codons"
    AMPLIFICATION = "amplification"
    TARGET = "target"


class Required(StrEnum):
    """What a tumour must be for a criterion of entry."""

    WILD_TYPE = "wild_type"
    MUTATED = "mutated"
    AMPLIFIED = "amplified"
    NOT_AMPLIFIED = "not_amplified"
    PRESENT = "present"
    ABSENT = "absent"


REQUIRED_BY = {
    CriterionMeasure.CODONS: (Required.WILD_TYPE, Required.MUTATED),
    CriterionMeasure.AMPLIFICATION: (Required.AMPLIFIED, Required.NOT_AMPLIFIED),
    CriterionMeasure.TARGET: (Required.PRESENT, Required.ABSENT),
}
"""What may be required of each measure."""


class LookedAt(StrEnum):
    """What of a gene a decisive question looks at."""

    CODONS = "codons"
    CODING_CHANGES = "coding_changes"
    COPIES = "copies"
    ANYTHING = "anything"


class ClassScope(StrEnum):
    """Which mutations decide of a gene whose mutations have functional classes."""

    V600 = "V600"
    CLASSES = "class1-3"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of entry."""

    measure: CriterionMeasure = setting(
        REQUIRED,
        "What is looked at, the status of codons, the copy number of the genes, or what `target` describes.",
        example="codons",
    )
    required: Required = setting(
        REQUIRED,
        "What a tumour must be to be confirmed; of several genes or codons, wild_type means all and mutated any.",
        example="wild_type",
    )
    genes: tuple[str, ...] = setting(
        (),
        "Genes that are looked at, HGNC symbols; with measure target none, the target names its own.",
        unique=True,
        example=["EGFR"],
        **GENE,
    )
    codons: tuple[int, ...] | None = setting(
        None,
        "With measure codons, the codons that decide. Give either this or braf_scope.",
        when_empty="braf_scope decides",
        min_items=1,
        unique=True,
        minimum=1,
        example=[858, 790],
    )
    braf_scope: ClassScope | None = setting(
        None,
        "With measure codons, in place of codons, of a gene whose mutations the panel classes: which decide, V600 alone, or "
        "all of class I, II and III. The abstract of the trial says wild-type and no more, so it is a setting.",
        when_empty="codons decide",
        example="V600",
    )
    protein_changes: tuple[str, ...] = setting(
        (),
        "With required mutated, only these protein changes count; empty = any change of the codons.",
        min_length=2,
        example=["L858R"],
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
        example=["MET"],
        **GENE,
    )
    looked_at: LookedAt = setting(
        REQUIRED,
        "What of the genes: codons (rules whose codons are all among `codons`), coding_changes (every rule on small "
        "variants), copies (rules on too few copies or an amplification), anything (every rule on them, losses and "
        "fusions too). Only rules in scope of tiers R1 to R3 against the drugs count.",
        example="coding_changes",
    )
    codons: tuple[int, ...] | None = setting(
        None,
        "With looked_at codons, the codons.",
        when_empty="all codons that the rules name",
        min_items=1,
        unique=True,
        minimum=1,
        example=[858, 790],
    )
