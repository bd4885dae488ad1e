"""What is believed of each candidate: its filters, and what it owes to indels and other alleles beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from refractor.genome.panel import Gene, Panel
from refractor.genome.variant import Variant
from refractor.variants.calling.allele_evidence import evidence_of
from refractor.variants.calling.filters import Filter, Judgement, judged
from refractor.variants.calling.known_polymorphisms import load_polymorphisms
from refractor.variants.calling.library_damage import LibraryDamage
from refractor.variants.calling.supporting_fragments import Evidence, Sample
from refractor.variants.codons.codon_reads import ReadSettings
from refractor.variants.codons.tumor_context import AlleleOrigins, TumorContext

SHADOW_BP = 25
"""Substitutions this near to an indel on the indel's own fragments are its misalignment."""
SHADOW_SHARE = 0.6
LEAST_CARRIERS = 2
"""Fragments that make a candidate, unless the settings ask for one only: it is a stray base."""
UNRELIABLE_ROLES = frozenset({"immune", "germline"})
"""Panel roles of genes that one reference sequence cannot stand for (HLA) or that have a near copy (FCGR3A)."""


@dataclass(frozen=True, slots=True)
class Call:
    """A candidate with its evidence in both samples, None without a normal, and what is believed of it."""

    variant: Variant
    tumor: Evidence
    normal: Evidence | None
    judgement: Judgement


def least_carriers(settings: ReadSettings) -> int:
    """Fragments that make a candidate at these settings."""
    return min(settings.thresholds.min_alt_reads, LEAST_CARRIERS)


def judged_candidates(
    candidates: Sequence[Variant],
    tumor: Sample,
    normal: Sample | None,
    *,
    damage: LibraryDamage,
    panel: Panel,
    settings: ReadSettings,
    context: TumorContext,
) -> list[Call]:
    """What is believed of each candidate that fragments carry."""
    evidence = dict(zip(candidates, evidence_of(tumor, candidates), strict=True))
    least = least_carriers(settings)
    kept = [variant for variant in candidates if evidence[variant].alt >= least]
    shadows = _shadows(kept, evidence)
    in_normal = dict(zip(kept, evidence_of(normal, kept), strict=True)) if normal is not None else {}
    known = load_polymorphisms(panel.build)
    calls = []
    for variant in kept:
        hotspot = is_hotspot(variant, panel)
        judgement = judged(
            evidence[variant],
            in_normal.get(variant),
            hotspot=hotspot,
            substitution=len(variant.ref) == len(variant.alt),
            damaged=damage.makes(variant),
            origins=_origins(variant, panel, context),
            thresholds=settings.at(listed=hotspot),
            calls=settings.calls,
            rule=settings.normal,
        )
        genes = _genes(variant, panel)
        if variant in shadows:
            judgement = judgement.failing(Filter.INDEL_SHADOW)
        if genes and not hotspot and all(gene.role in UNRELIABLE_ROLES for gene in genes):
            judgement = judgement.failing(Filter.POLYMORPHIC_LOCUS)
        if variant in known:
            judgement = judgement.inherited(f"common polymorphism {known[variant]}")
        elif (doubt := damage.doubt(variant, evidence[variant])) and not judgement.filters:
            judgement = judgement.noting(doubt)
        calls.append(Call(variant, evidence[variant], in_normal.get(variant), judgement))
    return _with_clusters(calls, settings)


def _genes(variant: Variant, panel: Panel) -> tuple[Gene, ...]:
    return panel.genes_at(variant.chromosome, variant.position, variant.end)


def _origins(variant: Variant, panel: Panel, context: TumorContext) -> AlleleOrigins:
    genes = _genes(variant, panel)
    return context.origins(genes[0].symbol if genes else "")


def is_hotspot(variant: Variant, panel: Panel) -> bool:
    """Whether the allele is a listed hotspot, or changes a codon that decides a status."""
    if panel.hotspot_at(variant.chromosome, variant.position, variant.ref, variant.alt) is not None:
        return True
    return any(
        codon.chromosome == variant.chromosome
        and any(variant.position <= position < variant.end for position in codon.positions)
        for codon in panel.decisive_codons
    )


def _shadows(variants: Sequence[Variant], evidence: Mapping[Variant, Evidence]) -> frozenset[Variant]:
    """Substitutions that are an indel's misaligned read ends."""
    indels = [variant for variant in variants if len(variant.ref) != len(variant.alt)]

    def is_shadow(variant: Variant) -> bool:
        carriers = evidence[variant].carriers
        return len(variant.ref) == len(variant.alt) and any(
            indel.chromosome == variant.chromosome
            and indel.position - SHADOW_BP <= variant.position <= indel.end + SHADOW_BP
            and len(carriers & evidence[indel].carriers) >= SHADOW_SHARE * len(carriers)
            and len(carriers) < SHADOW_SHARE * evidence[indel].alt
            for indel in indels
        )

    return frozenset(variant for variant in variants if is_shadow(variant))


def _with_clusters(calls: Sequence[Call], settings: ReadSettings) -> list[Call]:
    """The calls, those marked that crowd on the same fragments without being inherited: misplaced reads make them."""
    rules = settings.calls
    somatic = [call for call in calls if not call.judgement.germline and not call.judgement.explained]

    def together(call: Call, other: Call) -> bool:
        if other is call or other.variant.chromosome != call.variant.chromosome:
            return False
        if abs(other.variant.position - call.variant.position) > rules.cluster_bp:
            return False
        shared = len(call.tumor.carriers & other.tumor.carriers)
        return shared >= rules.cluster_share * min(call.tumor.alt, other.tumor.alt)

    marked = []
    for call in calls:
        judgement = call.judgement
        crowd = 0 if judgement.germline else sum(together(call, other) for other in somatic)
        if crowd >= rules.cluster:
            judgement = judgement.failing(Filter.CLUSTERED)
        marked.append(Call(call.variant, call.tumor, call.normal, judgement))
    return marked
