"""Everything said of a tumour's copies from one source, and whether two sources agree."""

from __future__ import annotations

from dataclasses import dataclass, replace

from refractor.copynumber.calls.amplicons import find_amplicons
from refractor.copynumber.calls.amplification import CallSettings, GeneVerdict, judge
from refractor.copynumber.calls.definition_verdicts import apply_definitions
from refractor.copynumber.calls.gene_copies import GeneMeasurement, measure_genes
from refractor.copynumber.calls.tumor_signs import missing_tumor_reason
from refractor.copynumber.segments import CopyNumberProfile
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import Gene
from refractor.results.copy_number_tables import Amplicon, DefinitionVerdict, PurityStatus
from refractor.results.quality import Quality, QualityStatus
from refractor.vocabulary import CopyNumberCall

AMPLIFIED = frozenset({CopyNumberCall.AMPLIFIED, CopyNumberCall.PARTIALLY_AMPLIFIED})

AGREEMENT_COPIES = 1.0
AGREEMENT_FRACTION = 0.25
"""Two sources agree on a gene within one copy or a quarter, whichever is more (ours)."""


@dataclass(frozen=True, slots=True)
class GeneAssessment:
    """One gene: what was measured, the call, and each published definition."""

    found: GeneMeasurement
    verdict: GeneVerdict
    definitions: tuple[DefinitionVerdict, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """One source's profile with its verdicts, in panel order."""

    profile: CopyNumberProfile
    genes: tuple[GeneAssessment, ...]
    amplicons: tuple[Amplicon, ...]

    @property
    def usable(self) -> bool:
        """Whether any gene could be judged."""
        return any(gene.verdict.call is not CopyNumberCall.NOT_ASSESSABLE for gene in self.genes)


def assess(
    profile: CopyNumberProfile,
    genes: tuple[Gene, ...],
    *,
    build: GenomeBuild,
    settings: CallSettings,
    breakpoints: tuple[tuple[str, int], ...] | None = None,
) -> Assessment:
    """The verdicts on all genes and the amplicons around those that are amplified.

    `breakpoints` of structural variants, (chromosome, 0-based position); None = no file was given.
    """
    profile = with_purity_limit(profile, settings)
    judged = tuple(
        GeneAssessment(found, judge(found, profile, settings), apply_definitions(found, profile, settings))
        for found in measure_genes(profile, genes, build=build, min_purity=settings.min_purity)
    )
    amplified = frozenset(gene.found.gene.symbol for gene in judged if gene.verdict.call in AMPLIFIED)
    amplicons = find_amplicons(
        profile,
        genes,
        amplified=amplified,
        amplification_ratio=settings.amplification_ratio,
        build=build,
        breakpoints=breakpoints,
    )
    return Assessment(profile, judged, amplicons)


def with_purity_limit(profile: CopyNumberProfile, settings: CallSettings) -> CopyNumberProfile:
    """The profile with its purity and ploidy marked as not to be used where nothing may rest on them."""
    values = profile.purity_ploidy
    reason = profile.unusable
    if reason is None and values.purity is not None and values.purity < settings.min_purity:
        reason = f"purity {values.purity:.2f} is below {settings.min_purity:g}"
    if reason is None:
        reason = missing_tumor_reason(profile)
    if reason is None:
        return profile
    told = values.status is PurityStatus.NOT_ASSESSABLE and not profile.ambiguous
    parts = [values.reason] if told and values.reason else [part for part in (reason, values.reason) if part]
    limited = replace(values, status=PurityStatus.NOT_ASSESSABLE, reason="; ".join(parts))
    return replace(profile, purity_ploidy=limited, ambiguous=False)


def _apart(one: GeneAssessment, other: GeneAssessment) -> bool:
    """Whether two sources give a gene different copies; not where one proves a verdict without a number of them."""
    a, b = one.found.copy_number, other.found.copy_number
    if a is None or b is None:
        return False
    return abs(a - b) > max(AGREEMENT_COPIES, AGREEMENT_FRACTION * max(a, b))


def _in_words(gene: GeneAssessment) -> str:
    copies = gene.found.copy_number
    return f"{gene.verdict.call}" + ("" if copies is None else f" ({copies:.1f} copies)")


def compare(first: Assessment, second: Assessment) -> tuple[dict[str, str], Quality]:
    """What the two sources disagree on, a sentence a gene, and a quality row that sums it up."""
    names = f"{first.profile.source} and {second.profile.source}"
    sentences: dict[str, str] = {}
    compared = 0
    for one, other in zip(first.genes, second.genes, strict=True):
        if CopyNumberCall.NOT_ASSESSABLE in (one.verdict.call, other.verdict.call):
            continue
        compared += 1
        if _apart(one, other) or (one.verdict.call in AMPLIFIED) != (other.verdict.call in AMPLIFIED):
            sentences[one.found.gene.symbol] = (
                f"sources disagree: {first.profile.source} {_in_words(one)}, "
                f"{second.profile.source} {_in_words(other)}"
            )
    note = f"{names} disagree on {', '.join(sentences)}" if sentences else f"{names} agree"
    if not compared:
        note = f"{names}: no gene that both can judge"
    summary = Quality(
        metric="copy_number_sources_agree",
        value=f"{compared - len(sentences)} of {compared}",
        status=QualityStatus.WARN if sentences else QualityStatus.PASS,
        unit="genes",
        note=note,
    )
    return sentences, summary
