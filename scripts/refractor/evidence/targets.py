"""What the drugs of a cohort aim at, looked for in one tumour: found, not found, or not tested, with the reason.

A target of the genome is an event of the knowledge base's own kinds; expression is what the sheet says; microsatellites
and mutational burden what the whole genome shows and the sheet says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from refractor.evidence.events.amplified_gene import Amplification
from refractor.evidence.events.any_change import AnyChange
from refractor.evidence.events.biallelic_loss import BiallelicLoss
from refractor.evidence.events.changed_codons import ChangedCodons
from refractor.evidence.events.changed_regions import ChangedRegions
from refractor.evidence.events.event import Asked, Event, GeneInTumor
from refractor.evidence.events.fusion import Fusion
from refractor.evidence.events.listed_changes import ListedChanges
from refractor.evidence.events.splice_sites import SpliceSites
from refractor.evidence.findings import Findings
from refractor.genome.panel import Gene, unversioned
from refractor.settings.cohort_at_odds import Fault
from refractor.settings.target import RegionChange, StainingScore, Target, TargetEvent
from refractor.vocabulary import CopyNumberCall, Result


@dataclass(frozen=True, slots=True)
class TargetFinding:
    """Whether the tumour has the target, which alterations are it (`EGFR G719A`), and why in words."""

    result: Result
    reason: str
    name: str = ""


def find_target(target: Target, findings: Findings, *, genes: Mapping[str, Gene]) -> TargetFinding:
    """The target looked for in one tumour; `genes` are the panel's, one of which the target's is."""
    if target.event.from_sheet:
        return _of_sheet(target, findings)
    gene = genes.get(target.gene or "")
    if gene is None:
        return TargetFinding(Result.NOT_TESTED, f"{target.gene} is no gene of the panel")
    answer = event_of(target, gene).look_up(GeneInTumor(findings, gene, genes=genes))
    named = dict.fromkeys(f"{hit.alteration.gene} {hit.alteration.name}" for hit in answer.hits)
    reason = answer.reason
    if target.event is TargetEvent.AMPLIFICATION and answer.result is not Result.NOT_TESTED:
        conflict = findings.assay_conflict(gene.symbol, amplified=answer.result is Result.FOUND)
        reason = "; ".join(filter(None, (reason, conflict)))
    return TargetFinding(answer.result, reason, ", ".join(named))


def event_of(target: Target, gene: Gene) -> Event:
    """The event of the knowledge base's kinds that a target of the genome is, codons on the panel's transcript."""
    transcript = unversioned(gene.transcript)
    match target.event:
        case TargetEvent.AMPLIFICATION:
            return Amplification.parse(Asked(gene.symbol, (CopyNumberCall.AMPLIFIED,)))
        case TargetEvent.FUSION:
            return Fusion.parse(Asked(gene.symbol, (f"keeps:{target.keeps}",)))
        case TargetEvent.BIALLELIC_LOSS:
            return BiallelicLoss.parse(Asked(gene.symbol, target.losses, transcript))
    return _small_variant(target, gene, transcript)


def _small_variant(target: Target, gene: Gene, transcript: str) -> Event:
    if target.protein_changes:
        return ListedChanges.parse(Asked(gene.symbol, target.protein_changes, transcript))
    if target.codons:
        residues = dict.fromkeys(target.codons, "")  # which ones is for readers of rules alone
        return ChangedCodons(gene.symbol, tuple(map(str, target.codons)), transcript, residues)
    if not target.exons:
        return AnyChange.parse(Asked(gene.symbol, (AnyChange.form,), transcript))
    spans = [f"{span[0]}-{span[1]}" for number in target.exons if (span := codons_of_exon(gene, number))]
    if target.change is RegionChange.SKIPPING:
        return SpliceSites.parse(Asked(gene.symbol, tuple(spans), transcript))
    return ChangedRegions.parse(
        Asked(gene.symbol, tuple(f"{span}:{target.change}" for span in spans), transcript)
    )


def codons_of_exon(gene: Gene, number: int) -> tuple[int, int] | None:
    """First and last codon (from 1) with a base in an exon, numbered from 1 along the transcript.

    None where the transcript has no such exon, or nothing of it is translated.
    """
    exons = gene.exons if gene.strand == "+" else gene.exons[::-1]
    if not 1 <= number <= len(exons):
        return None
    start, end = exons[number - 1]
    inside = [(max(start, low), min(end, high)) for low, high in gene.cds if low < end and start < high]
    offsets = [gene.coding_offset(base) for low, high in inside for base in (low, high - 1)]
    codons = [min(offset // 3 + 1, gene.protein_length) for offset in offsets if offset is not None]
    return (min(codons), max(codons)) if codons else None


def target_outside_gene(target: Target, gene: Gene) -> Iterator[Fault]:
    """Each codon or exon of a target that its gene's MANE Select transcript does not have."""
    length = f"{gene.symbol} has {gene.protein_length} codons"
    for place, codon in enumerate(target.codons):
        if codon > gene.protein_length:
            yield ("target", "codons", str(place)), f"{length}, not {codon}", "number them on MANE Select"
    for place, number in enumerate(target.exons):
        if codons_of_exon(gene, number) is None:
            what = f"exon {number} of {gene.symbol} has no codon"
            coding = [str(n) for n in range(1, len(gene.exons) + 1) if codons_of_exon(gene, n)]
            yield ("target", "exons", str(place)), what, f"coding are exons {coding[0]} to {coding[-1]}"
    if target.keeps is not None and int(target.keeps.partition("-")[2]) > gene.protein_length:
        yield ("target", "keeps"), f"{length}, not as in {target.keeps}", "number them on MANE Select"


def _of_sheet(target: Target, findings: Findings) -> TargetFinding:
    match target.event:
        case TargetEvent.MICROSATELLITE_INSTABILITY:
            return _of_microsatellites(findings)
        case TargetEvent.TUMOR_MUTATIONAL_BURDEN:
            return _of_burden(findings, target.least_mutations_per_mb)
    return _expression(target, findings)


def _of_microsatellites(findings: Findings) -> TargetFinding:
    """By the genome and the sheet; neither is taken where they disagree."""
    verdict = findings.signatures.get("microsatellite_instability")
    if verdict is None:
        return _untold("msi_status")
    if verdict.disputed:
        return TargetFinding(Result.NOT_TESTED, verdict.words)
    if not verdict.present:
        return TargetFinding(Result.NOT_FOUND, f"stable microsatellites: {verdict.words}")
    name = "instable microsatellites"
    return TargetFinding(Result.FOUND, f"{name}: {verdict.words}", name)


def _of_burden(findings: Findings, least: float) -> TargetFinding:
    """By the genome and the sheet; neither is taken where they lie on both sides of what is asked for."""
    verdict = findings.signatures.get("high_mutational_burden")
    if verdict is None:
        return _untold("tmb_per_mb")
    enough = {value >= least for value in verdict.values}
    said = " and ".join(f"{value:.3g}" for value in verdict.values)
    reason = f"{said} mutations per Mb, {least:g} asked for: {verdict.words}"
    if len(enough) > 1:
        return TargetFinding(Result.NOT_TESTED, f"CONFLICT: {reason}")
    if enough == {False}:
        return TargetFinding(Result.NOT_FOUND, reason)
    return TargetFinding(Result.FOUND, reason, f"{said} mutations per Mb")


def _untold(column: str) -> TargetFinding:
    return TargetFinding(
        Result.NOT_TESTED,
        f"{column} of the patients' sheet is empty, and neither files nor reads tell of the whole genome",
    )


def _expression(target: Target, findings: Findings) -> TargetFinding:
    """By the score or the percentage that the cohort file asks for; any staining where it asks for neither."""
    score, percent = findings.protein_scores.get(target.gene or ""), findings.stained_percent
    if target.least_percent is not None:
        enough = None if percent is None else percent >= target.least_percent
        said = "" if percent is None else f"{percent:g} % of cells, {target.least_percent:g} % asked for"
        return _said(enough, said, column="target_percent")
    if score is None and target.least_score is None and percent is not None:
        return _said(percent > 0, f"{percent:g} % of cells", column="target_percent")
    order = list(StainingScore)
    least = target.least_score or StainingScore.WEAK
    enough = None if score is None else order.index(StainingScore(score)) >= order.index(least)
    return _said(enough, f"{target.gene} {score}, {least} asked for", column="target_ihc")


def _said(enough: bool | None, said: str, *, column: str) -> TargetFinding:
    if enough is None:
        return TargetFinding(Result.NOT_TESTED, f"{column} of the patients' sheet is empty")
    if not enough:
        return TargetFinding(Result.NOT_FOUND, said)
    return TargetFinding(Result.FOUND, said, said.partition(",")[0])
