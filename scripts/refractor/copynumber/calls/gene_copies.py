"""Copies of each panel gene from a profile's segments, or from the caller's own gene table."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from refractor.copynumber.calls.arm_copies import centromere_copies, centromere_weights, median_copies, pieces
from refractor.copynumber.calls.copies_of_ratio import copies_of_ratio, normal_copies
from refractor.copynumber.calls.uncertainty import Draws, FitDraws, copies_draws, fit_draws
from refractor.copynumber.segments import CopyNumberProfile, GeneCopies
from refractor.genome.arms import arm_at
from refractor.genome.builds import SEX_CHROMOSOMES, GenomeBuild
from refractor.genome.panel import Gene
from refractor.results.copy_number_tables import Segment

ROUNDING = 0.5
"""Whole copies stand for anything within half a copy."""


@dataclass(frozen=True, slots=True, eq=False)
class GeneMeasurement:
    """All that a profile says of one gene; copies are absolute, None where unknown.

    Attributes:
        copy_number: mean over the gene, weighted by bases.
        low, high: central 95 % of `copy_number`, or the bounds of rounding; None where nothing is known.
        min_copy_number, max_copy_number: least and most over the exons.
        min_interval, max_interval: bounds of the two above where there are no draws.
        mean_draws, min_draws, max_draws, centromere_draws, ploidy_draws: joint draws, (n_draws,), from which
            probabilities follow; None where the source gives no uncertainty.
        minor_measured: whether heterozygous sites stand behind the minor copies (PURPLE fills them in without).
        ploidy: copies that count as unchanged (halved on X and Y of a male).
        min_ratio, max_ratio: least and most depth over the exons against the genome's mean, where that is known.
        covered, covered_by_ratio: share of the exonic bases that lie in a segment with copies (1 for a caller's gene table).
        uncorrected_copies: the copies if the caller's ratio was never corrected for purity, where that may be.
        sv_bounded: whether a structural variant bounds a segment over the gene; None where not known.
    """

    gene: Gene
    copy_number: float | None = None
    low: float | None = None
    high: float | None = None
    min_copy_number: float | None = None
    max_copy_number: float | None = None
    min_interval: tuple[float, float] | None = None
    max_interval: tuple[float, float] | None = None
    minor_copy_number: float | None = None
    minor_measured: bool = False
    ploidy: float | None = None
    arm_copy_number: float | None = None
    centromere_copy_number: float | None = None
    log2_ratio: float | None = None
    min_ratio: float | None = None
    max_ratio: float | None = None
    covered: float = 0.0
    covered_by_ratio: float = 0.0
    capped: bool = False
    uncorrected_copies: float | None = None
    sv_bounded: bool | None = None
    mean_draws: Draws | None = None
    min_draws: Draws | None = None
    max_draws: Draws | None = None
    centromere_draws: Draws | None = None
    ploidy_draws: Draws | None = None
    notes: tuple[str, ...] = ()


def measure_genes(
    profile: CopyNumberProfile, genes: tuple[Gene, ...], *, build: GenomeBuild, min_purity: float
) -> tuple[GeneMeasurement, ...]:
    """One measurement a gene, in the order given.

    `min_purity` bounds the copies of a caller that may not have accounted for purity.
    """
    fit = fit_draws(profile.purity_ploidy)
    reported = {gene.gene: gene for gene in profile.genes}
    return tuple(
        _measure(
            profile,
            gene,
            reported=reported.get(gene.symbol),
            fit=fit,
            build=build,
            min_purity=min_purity,
        )
        for gene in genes
    )


def _measure(
    profile: CopyNumberProfile,
    gene: Gene,
    *,
    reported: GeneCopies | None,
    fit: FitDraws | None,
    build: GenomeBuild,
    min_purity: float,
) -> GeneMeasurement:
    found = _from_segments(profile, gene)
    if reported is not None:
        found = _from_gene_table(found, reported)
    background = normal_copies(gene.chromosome, profile.sex)
    ploidy = profile.purity_ploidy.ploidy
    if ploidy is not None and background is not None:
        ploidy = ploidy * background / 2
    found = replace(
        found,
        ploidy=None if background in (None, 0) else ploidy,
        arm_copy_number=median_copies(profile.segments, arm_at(gene.chromosome, gene.start, build)),
        centromere_copy_number=centromere_copies(profile.segments, gene.chromosome, build),
        capped=profile.capped_at is not None and (found.max_copy_number or 0.0) >= profile.capped_at,
        sv_bounded=_sv_bounded(profile, gene),
    )
    if found.copy_number is None or background in (None, 0):
        return found
    return _with_uncertainty(
        found, profile, fit=fit, background=background or 2, build=build, min_purity=min_purity
    )


def _from_segments(profile: CopyNumberProfile, gene: Gene) -> GeneMeasurement:
    over = pieces(profile.segments, gene.chromosome, gene.start, gene.end)
    near = [segment for segment, _ in over]
    exonic = [
        (segment, bases)
        for start, end in gene.exons
        if not _is_blind(profile, gene.chromosome, start, end)
        for segment, bases in pieces(near, gene.chromosome, start, end)
    ]
    known = [segment.copy_number for segment, _ in exonic if segment.copy_number is not None]
    ratios = [2.0**segment.log2_ratio for segment, _ in exonic if segment.log2_ratio is not None]
    if not profile.ratios_centred or gene.chromosome in SEX_CHROMOSOMES:
        ratios = []
    exonic_bases = sum(end - start for start, end in gene.exons)
    covered_bases = sum(bases for segment, bases in exonic if segment.copy_number is not None)
    return GeneMeasurement(
        gene,
        copy_number=_weighted([(segment.copy_number, bases) for segment, bases in over]),
        min_copy_number=min(known, default=None),
        max_copy_number=max(known, default=None),
        minor_copy_number=_weighted([(segment.minor_copy_number, bases) for segment, bases in over]),
        minor_measured=any(segment.n_snps != 0 for segment, _ in over),
        log2_ratio=_weighted([(segment.log2_ratio, bases) for segment, bases in over]),
        min_ratio=min(ratios, default=None),
        max_ratio=max(ratios, default=None),
        covered=covered_bases / exonic_bases,
        covered_by_ratio=sum(b for segment, b in exonic if segment.log2_ratio is not None) / exonic_bases,
    )


def _is_blind(profile: CopyNumberProfile, chromosome: str, start: int, end: int) -> bool:
    """Whether a stretch lies where reads cannot be placed."""
    return any(name == chromosome and first < end and start < last for name, first, last in profile.blind)


def _from_gene_table(found: GeneMeasurement, reported: GeneCopies) -> GeneMeasurement:
    """The caller's least and most over the exons; its mean, else the segments', else the middle."""
    least, most = reported.min_copy_number, reported.max_copy_number
    mean, notes = found.copy_number, found.notes
    if least is None or most is None:  # the caller had no data in a part of the gene: the segments know which
        return found
    if reported.copy_number is not None:
        mean = reported.copy_number
    elif mean is None and least is not None and most is not None:
        mean = (least + most) / 2
        if most - least > ROUNDING:
            notes = (*notes, "mean copies are the middle of the caller's least and most")
    return replace(
        found,
        copy_number=mean,
        min_copy_number=least,
        max_copy_number=most,
        minor_copy_number=(
            found.minor_copy_number if reported.minor_copy_number is None else reported.minor_copy_number
        ),
        minor_measured=found.minor_measured or found.covered == 0,
        covered=1.0,
        notes=notes,
    )


def _weighted(values: list[tuple[float | None, int]]) -> float | None:
    known = [(value, bases) for value, bases in values if value is not None]
    total = sum(bases for _, bases in known)
    return sum(value * bases for value, bases in known) / total if total else None


def _sv_bounded(profile: CopyNumberProfile, gene: Gene) -> bool | None:
    if not profile.sv_breakpoints:
        return None
    ends = {
        (segment.chromosome, position)
        for segment, _ in pieces(profile.segments, gene.chromosome, gene.start, gene.end)
        for position in (segment.start, segment.end)
    }
    return bool(ends & set(profile.sv_breakpoints))


def _with_uncertainty(
    found: GeneMeasurement,
    profile: CopyNumberProfile,
    *,
    fit: FitDraws | None,
    background: int,
    build: GenomeBuild,
    min_purity: float,
) -> GeneMeasurement:
    if profile.draws is not None:
        return _with_profile_draws(found, profile, background, build)
    if profile.purity_uncorrected:
        return _with_rounding(found, profile, background, min_purity)
    sd = _log2_sd(profile.segments, found.gene)

    def draws(copies: float | None) -> Draws | None:
        if copies is None:
            return None
        return copies_draws(copies, profile=profile, fit=fit, log2_sd=sd, background=background)

    mean, best = draws(found.copy_number), found.copy_number
    if mean is None or best is None:
        return found
    ploidy = None
    if profile.purity_ploidy.ploidy is not None:
        ploidy = fit.ploidy if fit is not None else np.full(mean.shape, profile.purity_ploidy.ploidy)
        ploidy = ploidy * background / 2
    low, high = np.quantile(mean, (0.025, 0.975))
    return replace(
        found,
        low=min(float(low), best),
        high=max(float(high), best),
        mean_draws=mean,
        centromere_draws=draws(found.centromere_copy_number),
        min_draws=draws(found.min_copy_number),
        max_draws=draws(found.max_copy_number),
        ploidy_draws=ploidy,
    )


def _with_profile_draws(
    found: GeneMeasurement, profile: CopyNumberProfile, background: int, build: GenomeBuild
) -> GeneMeasurement:
    """Draws of the fit: least, most and mean over the gene in each draw."""
    joint = profile.draws
    if joint is None:
        return found
    gene = found.gene
    body, bases, exonic = [], [], []
    for index, segment in enumerate(profile.segments):
        if segment.chromosome != gene.chromosome or segment.copy_number is None:
            continue
        shared = min(segment.end, gene.end) - max(segment.start, gene.start)
        if shared > 0:
            body.append(index)
            bases.append(shared)
        if any(segment.start < end and start < segment.end for start, end in gene.exons):
            exonic.append(index)
    if not body or not exonic:
        return found
    mean = np.average(joint.copy_numbers[body], axis=0, weights=bases)
    low, high = joint.range_of(mean)
    beside = centromere_weights(profile.segments, gene.chromosome, build)
    return replace(
        found,
        low=float(low),
        high=float(high),
        mean_draws=mean,
        centromere_draws=(
            np.average(joint.copy_numbers[list(beside)], axis=0, weights=list(beside.values()))
            if beside
            else None
        ),
        min_draws=joint.copy_numbers[exonic].min(axis=0),
        max_draws=joint.copy_numbers[exonic].max(axis=0),
        ploidy_draws=joint.ploidy * background / 2,
    )


def _with_rounding(
    found: GeneMeasurement, profile: CopyNumberProfile, background: int, min_purity: float
) -> GeneMeasurement:
    """Bounds of whole copies, wider where the caller may not have accounted for purity."""
    mean = found.copy_number or 0.0
    least, most = found.min_copy_number, found.max_copy_number
    if least is None or most is None:
        return found
    highest = _purest_reading(found, profile, background, min_purity)
    reach = max(highest - mean, 0.0) if highest is not None else 0.0

    def around(copies: float) -> tuple[float, float]:
        return max(copies - ROUNDING, 0.0), copies + ROUNDING + reach

    low, high = around(mean)
    return replace(
        found,
        low=low,
        high=high,
        min_interval=around(least),
        max_interval=around(most),
        uncorrected_copies=highest,
    )


def _purest_reading(
    found: GeneMeasurement, profile: CopyNumberProfile, background: int, min_purity: float
) -> float | None:
    """Copies if the caller's ratio was never corrected for purity; None where that cannot be asked."""
    ploidy = profile.purity_ploidy.ploidy
    if not profile.purity_uncorrected or found.log2_ratio is None or ploidy is None:
        return None
    purity = profile.purity_ploidy.purity or min_purity
    return float(
        copies_of_ratio(2.0**found.log2_ratio, purity=purity, ploidy=ploidy, normal_copies=background)
    )


def _log2_sd(segments: tuple[Segment, ...], gene: Gene) -> float | None:
    """Largest standard error of the log2 ratios over a gene; None where no segment has one, nor a number of windows."""
    known = [
        error
        for segment, _ in pieces(segments, gene.chromosome, gene.start, gene.end)
        if (error := _standard_error(segment)) is not None
    ]
    return max(known, default=None)


ASSUMED_WINDOW_SD = 0.2
"""Spread (log2) of a caller's single windows, bins or probes where it tells their number only: usual of exomes and arrays,
more than that of whole genomes (ours)."""


def _standard_error(segment: Segment) -> float | None:
    if segment.log2_ratio_sd is not None or not segment.n_windows:
        return segment.log2_ratio_sd
    return ASSUMED_WINDOW_SD / math.sqrt(segment.n_windows)
