"""The posterior of purity and ploidy, turned into segments, ranges and rows that people read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.copynumber.calls.copies_of_ratio import copies_of_ratio, is_without_data
from refractor.copynumber.fit.allele_balance import AlleleCounts
from refractor.copynumber.fit.fit_settings import FitSettings
from refractor.copynumber.fit.normalise_depth import NormalisedDepth
from refractor.copynumber.fit.purity_posterior import PurityPosterior, Solution
from refractor.copynumber.fit.segment_summary import SegmentSummary, fraction_altered, minor_fraction
from refractor.copynumber.fit.tumor_in_normal import NormalExcess
from refractor.copynumber.segments import PosteriorDraws
from refractor.genome.panel import Gene
from refractor.reads.windows_to_read import Sites
from refractor.results.copy_number_tables import PurityMethod, PurityPloidy, PurityStatus, Segment
from refractor.results.mixture import TUMOR_IN_NORMAL
from refractor.results.quality import Quality, QualityStatus

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


SHORT_SEGMENT_BP, SHORT_SEGMENT_SD = 3_000_000, 0.03
"""Length below which a segment's depth bears this relative error beyond its windows': amplicons are not flat, and share
habits of their few windows. Copies of 36 simulated amplicons strayed by 5.0 % where 4.2 % was stated without it."""


@dataclass(frozen=True, slots=True, eq=False)
class WindowTable:
    """What was seen at each window, arrays of shape (n_windows,): for the figure and for the curious.

    `log2_ratio` (to the autosomes' mean) and `copies` (at the best solution) are NaN where a window is not used;
    `baf` (alternative share) is NaN unless the SNP is informative; `segment` is the number of the profile's segment, -1
    where unused.
    """

    sites: Sites
    log2_ratio: Floats
    copies: Floats
    baf: Floats
    segment: Ints


def draw_copies(
    posterior: PurityPosterior, summary: SegmentSummary, settings: FitSettings, rng: np.random.Generator
) -> PosteriorDraws:
    """Joint draws of purity, ploidy and every segment's copies.

    Purity p and ploidy P from the posterior's points, ratio r normal around the segment's, then
    C = (r (p P + 2 (1-p)) - n (1-p)) / p, not below 0; n copies in normal cells.
    """
    purity, ploidy, solution = posterior.draw(settings.draws, rng)
    floor = np.where(summary.length < SHORT_SEGMENT_BP, SHORT_SEGMENT_SD, settings.purity.ratio_floor)
    sd = np.sqrt(summary.ratio_sd**2 + (floor * summary.ratio) ** 2)
    ratio = summary.ratio[:, None] + sd[:, None] * rng.standard_normal((len(sd), settings.draws))
    background = summary.normal_copies[:, None]
    copies = (ratio * (purity * ploidy + 2 * (1 - purity)) - background * (1 - purity)) / purity
    return PosteriorDraws(purity, ploidy, np.maximum(copies, 0.0), solution=solution)


def profile_segments(summary: SegmentSummary, best: Solution, draws: PosteriorDraws) -> tuple[Segment, ...]:
    """Segments with total and minor copies at the best solution, and their 95 % range over the posterior.

    The range holds each likely solution whole (see `PosteriorDraws.range_of`). Where the depth is far below what the normal cells alone leave at every likely purity, reads are missing: no copies.
    """
    low, high = draws.range_of(draws.copy_numbers)
    p = best.purity
    segments = []
    for at in range(len(summary.start)):
        background = float(summary.normal_copies[at])
        raw = copies_of_ratio(float(summary.ratio[at]), purity=p, ploidy=best.ploidy)
        total = max(0.0, float(raw) + (2 - background) * (1 - p) / p)
        without = background > 0 and is_without_data(
            float(summary.ratio[at] + 2 * summary.ratio_sd[at]),
            purity=best.purity_high,
            ploidy=best.ploidy,
            normal_copies=int(background),
        )
        share = minor_fraction(summary.alleles[at]) if summary.n_snps[at] else None
        minor = None
        if share is not None and background == 2:
            minor = (share * (p * total + 2 * (1 - p)) - (1 - p)) / p
            minor = float(np.clip(minor, 0.0, total / 2))
        segments.append(
            Segment(
                chromosome=str(summary.chromosome[at]),
                start=int(summary.start[at]),
                end=int(summary.end[at]),
                copy_number=None if without else total,
                minor_copy_number=None if without else minor,
                log2_ratio=float(np.log2(max(summary.ratio[at], 1e-3))),
                baf=None if share is None else 1 - share,
                n_windows=int(summary.n_windows[at]),
                n_snps=int(summary.n_snps[at]),
                copy_number_low=None if without else float(min(low[at], total)),
                copy_number_high=None if without else float(max(high[at], total)),
            )
        )
    return tuple(segments)


def purity_ploidy_of(
    posterior: PurityPosterior,
    summary: SegmentSummary,
    settings: FitSettings,
    has_normal: bool,
    *,
    purity: float | None,
    ploidy: float | None,
) -> PurityPloidy:
    """Purity and ploidy for the table: the best solution, ranges over the whole posterior, and what to know."""
    best = posterior.solutions[0]
    p_low, p_high = posterior.quantiles(posterior.purity, (0.025, 0.975))
    q_low, q_high = posterior.quantiles(posterior.ploidy, (0.025, 0.975))
    reasons = []
    status = PurityStatus.OK
    aberrant = fraction_altered(summary)
    unknown = purity is None and best.purity_high - best.purity_low > settings.max_purity_range
    if unknown:
        status = PurityStatus.NOT_ASSESSABLE
        reasons.append(
            f"too little aberration to tell: {aberrant:.0%} of the genome; purity may be "
            f"{best.purity_low:.2f}-{best.purity_high:.2f}, or there is no tumour"
        )
    elif best.purity < settings.min_purity:
        status = PurityStatus.NOT_ASSESSABLE
        reasons.append(f"purity {best.purity:.2f} is under {settings.min_purity:g}")
    elif is_ambiguous(posterior, settings):
        status = PurityStatus.NOT_ASSESSABLE
    others = [s for s in posterior.solutions[1:] if s.probability >= settings.purity.ambiguous_probability]
    if others:
        listing = ", ".join(
            f"purity {s.purity:.2f} with ploidy {s.ploidy:.2f} ({s.probability:.0%})" for s in others
        )
        reasons.append(f"ambiguous ({best.probability:.0%} sure): also fits {listing}")
    if status is PurityStatus.OK and may_be_too_impure(posterior, settings):
        reasons.append(f"purity may be under {settings.min_purity:g}, so that nothing is excluded")
    if not has_normal and purity is None and best.purity > 0.95:
        reasons.append("without a normal, a purity this high is uncertain")
    given = [name for name, value in (("purity", purity), ("ploidy", ploidy)) if value is not None]
    if given:
        reasons.append(f"{' and '.join(given)} given in the sheet")
    return PurityPloidy(
        purity=None if unknown else best.purity,
        purity_low=p_low,
        purity_high=p_high,
        ploidy=best.ploidy,
        ploidy_low=q_low,
        ploidy_high=q_high,
        whole_genome_doubled=best.whole_genome_doubled > 0.5,
        method=PurityMethod.GIVEN if given else PurityMethod.FITTED,
        status=status,
        reason="; ".join(reasons),
    )


def normal_quality(excess: NormalExcess, values: PurityPloidy, genes: Sequence[Gene]) -> tuple[Quality, ...]:
    """Rows for qc.tsv on tumour in the normal, and on stretches of its depth that are no person's genome."""
    rows = []
    if values.purity is not None and values.ploidy is not None:
        fraction = excess.tumor_fraction(purity=values.purity, ploidy=values.ploidy)
        note = "tumour cells in the normal by its depth, over all altered stretches"
        found = excess.slope > 0
        rows.append(
            Quality(
                metric=TUMOR_IN_NORMAL,
                value=fraction,
                status=QualityStatus.WARN if found else QualityStatus.PASS,
                unit="0-1",
                note=f"{note}; taken out of its depth" if found else note,
            )
        )
    for stretch in excess.focal:
        over = ", ".join(
            gene.symbol
            for gene in genes
            if gene.chromosome == stretch.chromosome and gene.start < stretch.end and stretch.start < gene.end
        )
        place = f"{stretch.chromosome}:{stretch.start}-{stretch.end}" + (f" over {over}" if over else "")
        rows.append(
            Quality(
                metric="normal_depth_excess",
                value=stretch.ratio,
                status=QualityStatus.WARN,
                unit="times the usual",
                note=f"{place}: the tumour is judged without the normal there",
            )
        )
    return tuple(rows)


def is_ambiguous(posterior: PurityPosterior, settings: FitSettings) -> bool:
    """Whether no one solution is likelier than all others together."""
    return posterior.solutions[0].probability < settings.min_probability


def may_be_too_impure(posterior: PurityPosterior, settings: FitSettings) -> bool:
    """Whether purity lies below `min_purity` with more than `max_low_purity_share`, whichever solution is the likeliest.

    Then nothing may be excluded, as in a tumour that surely lies there: the vaguer fit must not be the firmer one.
    """
    low = float(posterior.weight[posterior.purity < settings.min_purity].sum())
    return low > settings.max_low_purity_share


def spans_usable_solutions(posterior: PurityPosterior, settings: FitSettings) -> bool:
    """Whether the fit is open only between solutions that could each be used, so that draws over all of them may exclude."""
    best = posterior.solutions[0]
    known = best.purity_high - best.purity_low <= settings.max_purity_range
    return is_ambiguous(posterior, settings) and known and not may_be_too_impure(posterior, settings)


def window_table(
    sites: Sites,
    depth: NormalisedDepth,
    alleles: AlleleCounts,
    number: Ints,
    *,
    summary: SegmentSummary,
    best: Solution,
) -> WindowTable:
    """Windows in copies at the best solution, on the scale of the segments."""
    ratio = np.exp(depth.log_ratio) / summary.mean_ratio
    rows = number >= 0
    background = np.full(len(sites), np.nan)
    background[rows] = summary.normal_copies[number[rows]]
    p = best.purity
    copies = (ratio * (p * best.ploidy + 2 * (1 - p)) - background * (1 - p)) / p
    with np.errstate(divide="ignore"):
        log2_ratio = np.where(rows, np.log2(ratio), np.nan)
    return WindowTable(sites, log2_ratio, np.maximum(copies, 0.0), _baf_at_sites(sites, alleles), number)


def _baf_at_sites(sites: Sites, alleles: AlleleCounts) -> Floats:
    """Fraction of alternative reads (0-1) at the informative SNPs, freed from reference bias; NaN elsewhere."""
    share = np.full(len(sites), np.nan)
    alt = alleles.alt * alleles.reference_bias
    ref = (alleles.depth - alleles.alt) * (1 - alleles.reference_bias)
    share[alleles.rows] = alt / np.maximum(alt + ref, 1e-9)
    return share


def fit_quality(
    depth: NormalisedDepth,
    alleles: AlleleCounts,
    summary: SegmentSummary,
    notes: Sequence[str],
    sex: str | None,
) -> tuple[Quality, ...]:
    """Rows for qc.tsv on the fit itself."""
    noisy = depth.residual_sd > 0.25
    return (
        Quality(
            metric="windows_used", value=int(depth.used.sum()), status=QualityStatus.PASS, unit="windows"
        ),
        Quality(
            metric="window_residual_sd",
            value=depth.residual_sd,
            status=QualityStatus.WARN if noisy else QualityStatus.PASS,
            unit="log",
            note="sd of log depth between neighbours beyond counting noise; warn over 0.25",
        ),
        Quality(
            metric="depth_drift_sd",
            value=summary.drift_sd,
            status=QualityStatus.PASS,
            unit="log",
            note="sd of the slow drift of log depth that neighbouring windows share",
        ),
        Quality(
            metric="gc_range",
            value=depth.gc_range,
            status=QualityStatus.PASS,
            unit="log",
            note="height of the GC curve",
        ),
        Quality(metric="informative_snps", value=len(alleles.rows), status=QualityStatus.PASS, unit="SNPs"),
        Quality(metric="segments", value=len(summary.start), status=QualityStatus.PASS, unit="segments"),
        Quality(
            metric="fraction_altered", value=fraction_altered(summary), status=QualityStatus.PASS, unit="0-1"
        ),
        Quality(
            metric="sex",
            value=sex,
            status=QualityStatus.WARN
            if any("the sheet says" in note for note in notes)
            else QualityStatus.PASS,
            unit="",
            note="; ".join(notes),
        ),
    )
