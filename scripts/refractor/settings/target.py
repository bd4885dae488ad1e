"""What the drugs of a cohort aim at, as settings of its file: an alteration of a gene, or a marker of the sheet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from refractor.settings.model import REQUIRED, setting

GENE: dict[str, Any] = {"pattern": "^[A-Z][A-Z0-9-]*$", "allowed": "a gene symbol of HGNC, in capitals"}
"""How a gene is written."""


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

    @property
    def from_sheet(self) -> bool:
        """Whether the patients' sheet tells of it, and no file of the tumour."""
        return self is TargetEvent.EXPRESSION or not self.of_gene


EVENT_WORDS = {
    word: event
    for event, words in {
        TargetEvent.SMALL_VARIANT: ("mutation", "snv", "indel", "point_mutation"),
        TargetEvent.BIALLELIC_LOSS: ("loss", "deletion", "homozygous_deletion"),
        TargetEvent.MICROSATELLITE_INSTABILITY: ("msi", "msi-h", "msi-high", "dmmr"),
        TargetEvent.TUMOR_MUTATIONAL_BURDEN: ("tmb", "tmb-h", "tmb-high"),
        TargetEvent.EXPRESSION: ("ihc", "protein"),
        TargetEvent.FUSION: ("rearrangement", "translocation"),
    }.items()
    for word in words
}
"""What people say for an event, in lower case."""


class RegionChange(StrEnum):
    """Kind of small variant that counts in exons."""

    ANY = "any"
    MISSENSE = "missense"
    INFRAME_INSERTION = "inframe_insertion"
    INFRAME_DELETION = "inframe_deletion"
    SKIPPING = "skipping"


class WayOfLoss(StrEnum):
    """What may leave no working copy of a gene."""

    TRUNCATING = "truncating"
    SPLICE = "splice"
    HOMOZYGOUS_DELETION = "homozygous_deletion"
    DISRUPTION = "disruption"


class StainingScore(StrEnum):
    """Score of an immunohistochemistry."""

    NONE = "0"
    WEAK = "1+"
    MODERATE = "2+"
    STRONG = "3+"


@dataclass(frozen=True, slots=True)
class Target:
    """The alteration the drugs aim at."""

    event: TargetEvent = setting(
        REQUIRED,
        "Kind of alteration.",
        meant={word: event.value for word, event in EVENT_WORDS.items()},
        example="amplification",
    )
    gene: str | None = setting(
        None,
        "Gene that carries the target, HGNC symbol; empty for an event of the whole genome.",
        example="MET",
        **GENE,
    )
    protein_changes: tuple[str, ...] = setting(
        (),
        "For a small variant, the protein changes that count, HGVS one-letter without p. Of protein_changes, codons and "
        "exons give one; none of them = any change of the protein.",
        min_length=2,
        unique=True,
        example=["V600E"],
    )
    codons: tuple[int, ...] = setting(
        (),
        "For a small variant, the codons of the MANE Select transcript at which any change of the protein counts.",
        minimum=1,
        unique=True,
        example=[12, 13, 61],
    )
    exons: tuple[int, ...] = setting(
        (),
        "For a small variant, the exons of the MANE Select transcript, from 1, in whose codons a change counts.",
        minimum=1,
        unique=True,
        example=[20],
    )
    change: RegionChange = setting(
        RegionChange.ANY,
        "With exons, the kind of change that counts; skipping is a splice site of the exon, or a deletion of just it.",
    )
    keeps: str | None = setting(
        None,
        "For a fusion, the codons that must stay, first-last. The start of the gene is then lost to its partner; from "
        "codon 1 on, its end.",
        pattern="^[1-9][0-9]*-[1-9][0-9]*$",
        allowed="codons as first-last",
        example="457-717",
    )
    losses: tuple[WayOfLoss, ...] = setting(
        tuple(WayOfLoss),
        "For a biallelic loss, the hits that count. Without disruption the loss can be denied where no structural "
        "variants are given.",
        min_items=1,
        unique=True,
    )
    least_score: StainingScore | None = setting(
        None,
        "For an expression, the least score of target_ihc in the patients' sheet.",
        when_empty="least_percent decides; without it any staining",
        example="2+",
    )
    least_percent: float | None = setting(
        None,
        "For an expression, the least target_percent in the patients' sheet.",
        unit="% of cells",
        when_empty="least_score decides; without it any staining",
        above=0,
        maximum=100,
        example=50,
    )
    least_mutations_per_mb: float = setting(
        10.0,
        "For a tumour mutational burden, the least tmb_per_mb in the patients' sheet.",
        unit="mutations per Mb",
        source="doi:10.1016/S1470-2045(20)30445-9",
        above=0,
    )

    @property
    def by_copies(self) -> bool:
        """Whether the copies of its gene tell how much of the target there is."""
        return self.event is TargetEvent.AMPLIFICATION
