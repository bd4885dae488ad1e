"""Copy numbers of a tumour from its reads at the sampled windows, with everything that is not certain about them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from resistance.copynumber.absolute import copies_of_ratio
from resistance.copynumber.alleles import (
    MINOR_SHARES,
    AlleleCounts,
    AlleleSettings,
    imbalance,
    log_likelihoods,
    select_snps,
)
from resistance.copynumber.normalise import (
    SEX_CHROMOSOMES,
    NormalisedDepth,
    NormaliseSettings,
    infer_sex,
    normal_copies,
    normalise,
)
from resistance.copynumber.purity import (
    PurityPosterior,
    PuritySettings,
    SegmentEvidence,
    Solution,
    fit_purity,
)
from resistance.copynumber.quality import Quality, QualityStatus
from resistance.copynumber.segmentation import (
    SegmentationSettings,
    draw_in_outliers,
    find_segments,
    widest_gap,
    with_genes_apart,
)
from resistance.copynumber.segments import (
    SOURCE_READS,
    CopyNumberProfile,
    PosteriorDraws,
    PurityMethod,
    PurityPloidy,
    PurityStatus,
    Segment,
)
from resistance.copynumber.window_quality import (
    SamplingSettings,
    check_not_same_file,
    check_pair,
    index_quality,
    missing_chromosomes,
    sampling_quality,
    unusable_reason,
)
from resistance.errors import AlignmentError, Problem
from resistance.genome import GenomeBuild
from resistance.panel import Gene, Panel
from resistance.reads.alignment import open_alignment
from resistance.reads.index_scan import IndexScan, find_peaks, scan_index
from resistance.reads.sites import Sites, load_sites, with_peaks
from resistance.reads.windows import ReadFilter, WindowCounts, read_windows

log = logging.getLogger(__name__)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BALANCED_WITHIN = 2.0
"""Log-likelihood by which a segment must fit imbalance better than balance before it is called imbalanced."""


@dataclass(frozen=True, slots=True)
class FitSettings:
    """Everything of the fit that can be set; `windows` is how many places are read, None = all that ship."""

    windows: int | None = None
    workers: int = 1
    reads: ReadFilter = field(default_factory=ReadFilter)
    sampling: SamplingSettings = field(default_factory=SamplingSettings)
    depth: NormaliseSettings = field(default_factory=NormaliseSettings)
    alleles: AlleleSettings = field(default_factory=AlleleSettings)
    segmentation: SegmentationSettings = field(default_factory=SegmentationSettings)
    purity: PuritySettings = field(default_factory=PuritySettings)
    draws: int = 2_000
    seed: int = 20_260
    least_purity: float = 0.2
    """Below it purity is reported but not to be used (PURPLE WARN_LOW_PURITY)."""
    widest_purity: float = 0.35
    """Width of the 95 % range of purity from which it is said to be unknown."""


@dataclass(frozen=True, slots=True, eq=False)
class WindowTable:
    """What was seen at each window, arrays of shape (n_windows,): for the figure and for the curious.

    `log2_ratio` (to the autosomes' mean) and `copies` (at the best solution) are NaN where a window is not used;
    `baf` (alternative share) is NaN unless the SNP tells; `segment` is the number of the profile's segment, -1
    where unused.
    """

    sites: Sites
    log2_ratio: Floats
    copies: Floats
    baf: Floats
    segment: Ints


@dataclass(frozen=True, slots=True, eq=False)
class ReadsFit:
    """The profile, with source "reads" and its posterior draws; other ways to explain the genome; the windows."""

    profile: CopyNumberProfile
    solutions: tuple[Solution, ...]
    windows: WindowTable | None
    draws: PosteriorDraws | None = field(default=None)

    def gene_draws(self, chromosome: str, start: int, end: int) -> Floats | None:
        """Draws of the least copies over a stretch, (n_draws,); None where no segment covers any of it."""
        rows = [
            number
            for number, segment in enumerate(self.profile.segments)
            if segment.chromosome == chromosome and segment.start < end and start < segment.end
        ]
        if self.draws is None or not rows:
            return None
        least: Floats = self.draws.copy_numbers[rows].min(axis=0)
        return least


def fit_from_reads(
    tumor: Path,
    normal: Path | None,
    *,
    panel: Panel,
    build: GenomeBuild,
    settings: FitSettings = FitSettings(),
    purity: float | None = None,
    ploidy: float | None = None,
    sex: str | None = None,
    reference: Path | None = None,
) -> ReadsFit:
    """The copy numbers of one tumour from its BAM or CRAM and, where there is one, that of the matched normal.

    `purity`, `ploidy` and `sex` (XX, XY) hold where given. Raises AlignmentError for files that are missing,
    truncated, without index or reference, or when the normal is the tumour.
    """
    check_not_same_file(tumor, normal)
    scan = _looked_at(tumor, build, reference)
    if normal is not None:
        _looked_at(normal, build, reference)
    sites = load_sites(build, count=settings.windows)
    peaks = find_peaks(scan) if scan.covered_share >= settings.sampling.whole_genome_share else []
    sites = with_peaks(sites, peaks)
    read = partial(
        read_windows, sites=sites, reference=reference, keep=settings.reads, workers=settings.workers
    )
    log.info("reading %d windows of %s", len(sites), tumor)
    tumor_counts = read(tumor)
    normal_counts = None
    if normal is not None:
        log.info("reading %d windows of %s", len(sites), normal)
        normal_counts = read(normal)
        check_pair(tumor, normal, tumor_counts, normal_counts)
    fit = fit_counts(
        sites,
        tumor_counts,
        normal_counts,
        build=build,
        settings=settings,
        purity=purity,
        ploidy=ploidy,
        sex=sex,
        genes=tuple(panel.genes.values()),
    )
    rows = index_quality(scan, peaks, fit.profile.segments, panel.genes.get("ERBB2"), settings.sampling)
    return replace(fit, profile=replace(fit.profile, quality=(*fit.profile.quality, *rows)))


def _looked_at(path: Path, build: GenomeBuild, reference: Path | None) -> IndexScan:
    """What the index of a file says, once the file is known to be of `build`; an AlignmentError if it is not."""
    with open_alignment(path, reference=reference) as alignment:
        if alignment.build not in (None, build):
            raise AlignmentError(
                Problem(
                    path,
                    f"is on {alignment.build}, the tumour is taken to be on {build}",
                    allowed="give tumour and normal reads on the build that the sheet states",
                )
            )
        return scan_index(alignment)


def fit_counts(
    sites: Sites,
    tumor: WindowCounts,
    normal: WindowCounts | None,
    *,
    build: GenomeBuild,
    settings: FitSettings = FitSettings(),
    purity: float | None = None,
    ploidy: float | None = None,
    sex: str | None = None,
    genes: Sequence[Gene] = (),
) -> ReadsFit:
    """The copy numbers that counts at the sites tell; as `fit_from_reads`, once files are read."""
    quality = sampling_quality(sites, tumor, normal, settings.sampling)
    reason = unusable_reason(sites, tumor, normal, settings.sampling)
    if reason is not None:
        return _without_fit(reason, build, quality, purity=purity, ploidy=ploidy, sex=sex)
    gone = missing_chromosomes(sites, tumor)
    notes = [f"no reads on chromosome {name}: left out" for name in gone]
    lost = sorted({gene.chromosome for gene in genes} & set(gone))
    if lost:
        notes.append(f"panel genes on {', '.join(lost)} cannot be judged")
    tumor = tumor.without(np.isin(sites.chromosome, gone))
    seen_sex = infer_sex(sites, normal or tumor, settings.depth)
    if sex is not None and seen_sex is not None and sex != seen_sex:
        notes.append(f"the sheet says {sex}, the reads look like {seen_sex}")
    sex = sex or seen_sex
    depth, alleles, number = _segmented(sites, tumor, normal, sex, settings)
    number = with_genes_apart(
        sites, depth.log_ratio, depth.log_sd, number, genes, settings=settings.segmentation
    )
    summary = _summarise(sites, depth, alleles, number, sex=sex, settings=settings)
    posterior = fit_purity(
        summary.evidence(autosomes_only=True), purity=purity, ploidy=ploidy, settings=settings.purity
    )
    rng = np.random.default_rng(settings.seed)
    draws = _draw(posterior, summary, settings, rng)
    values = _purity_ploidy(posterior, summary, settings, normal is not None, purity=purity, ploidy=ploidy)
    profile = CopyNumberProfile(
        source=SOURCE_READS,
        build=build,
        segments=_segments(summary, posterior.solutions[0], draws),
        purity_ploidy=values,
        notes=tuple(notes),
        quality=(*quality, *_fit_quality(depth, alleles, summary, notes, sex)),
        draws=draws,
        sex=sex,
    )
    log.info(
        "%d segments; %d ways to explain them, best: purity %.2f, ploidy %.2f (share %.2f)",
        len(profile.segments),
        len(posterior.solutions),
        posterior.solutions[0].purity,
        posterior.solutions[0].ploidy,
        posterior.solutions[0].share,
    )
    windows = _window_table(sites, depth, alleles, number, summary=summary, best=posterior.solutions[0])
    return ReadsFit(profile, posterior.solutions, windows, draws)


def _without_fit(
    reason: str,
    build: GenomeBuild,
    quality: tuple[Quality, ...],
    *,
    purity: float | None,
    ploidy: float | None,
    sex: str | None,
) -> ReadsFit:
    """A profile that says nothing, and why."""
    method = PurityMethod.UNKNOWN if purity is None and ploidy is None else PurityMethod.GIVEN
    values = PurityPloidy(purity=purity, ploidy=ploidy, method=method, reason=reason)
    profile = CopyNumberProfile(
        source=SOURCE_READS,
        build=build,
        segments=(),
        purity_ploidy=values,
        unusable=reason,
        quality=quality,
        sex=sex,
    )
    return ReadsFit(profile, (), None)


def _segmented(
    sites: Sites, tumor: WindowCounts, normal: WindowCounts | None, sex: str | None, settings: FitSettings
) -> tuple[NormalisedDepth, AlleleCounts, Ints]:
    """Depth, telling SNPs and each window's segment: twice, so that copies do not bend the GC curve."""
    alleles = select_snps(sites, tumor, normal, settings.alleles)
    away, away_sd = imbalance(alleles)
    at_sites, sd_at_sites = np.full(len(sites), np.nan), np.ones(len(sites))
    at_sites[alleles.rows], sd_at_sites[alleles.rows] = away, away_sd
    known: Floats | None = None
    for _ in range(2):
        depth = normalise(sites, tumor, normal, sex=sex, known_log_ratio=known, settings=settings.depth)
        number = find_segments(
            sites, depth.log_ratio, depth.log_sd, at_sites, sd_at_sites, settings=settings.segmentation
        )
        known = _segment_medians(depth.log_ratio, number)
    return depth, alleles, number


def _segment_medians(log_ratio: Floats, number: Ints) -> Floats:
    """The median log ratio of each window's segment; 0 for unused windows."""
    spread = np.zeros(len(log_ratio))
    for rows in _rows_of(number):
        spread[rows] = np.median(log_ratio[rows])
    return spread


def _rows_of(number: Ints) -> list[Ints]:
    """The windows of each segment, in order of the segments."""
    rows = np.flatnonzero(number >= 0)
    edges = np.flatnonzero(np.diff(number[rows])) + 1
    return np.split(rows, edges) if len(rows) else []


@dataclass(frozen=True, slots=True, eq=False)
class _Summary:
    """Segments as the purity fit sees them; arrays (n_segments,), `alleles` (n_segments, 101).

    Ratios are to `mean_ratio`, the autosomes' mean.
    """

    chromosome: NDArray[np.str_]
    start: Ints
    end: Ints
    n_windows: Ints
    n_snps: Ints
    ratio: Floats
    ratio_sd: Floats
    alleles: Floats
    normal_copies: Floats
    mean_ratio: float

    @property
    def length(self) -> Floats:
        return (self.end - self.start).astype(float)

    @property
    def autosomal(self) -> NDArray[np.bool_]:
        return ~np.isin(self.chromosome, SEX_CHROMOSOMES)

    def evidence(self, *, autosomes_only: bool) -> SegmentEvidence:
        rows = self.autosomal if autosomes_only else np.ones(len(self.start), dtype=bool)
        return SegmentEvidence(self.ratio[rows], self.ratio_sd[rows], self.length[rows], self.alleles[rows])


def _summarise(
    sites: Sites,
    depth: NormalisedDepth,
    alleles: AlleleCounts,
    number: Ints,
    *,
    sex: str | None,
    settings: FitSettings,
) -> _Summary:
    """Bounds, depth ratio and allele likelihood of each segment; ratios are to the autosomes' mean."""
    groups = _rows_of(number)
    count = len(groups)
    ratio, ratio_sd = np.zeros(count), np.zeros(count)
    start, end = _bounds(sites, groups, widest_gap(sites, settings.segmentation))
    for at, rows in enumerate(groups):
        sd = depth.log_sd[rows]
        drawn = draw_in_outliers(depth.log_ratio[rows], sd, settings.segmentation.outlier)
        weight = 1 / sd**2
        ratio[at] = np.average(np.exp(drawn), weights=weight)
        waves = settings.segmentation.wave_variance(end[at] - start[at])
        ratio_sd[at] = ratio[at] * np.sqrt(1 / weight.sum() + waves)
    first = np.array([rows[0] for rows in groups], dtype=np.int64)
    chromosome = sites.chromosome[first]
    autosomal = ~np.isin(chromosome, SEX_CHROMOSOMES)
    mean = float(np.average(ratio[autosomal], weights=(end - start)[autosomal]))
    of_snp = number[alleles.rows]
    table = np.zeros((count, len(MINOR_SHARES)))
    inside = of_snp >= 0
    np.add.at(table, of_snp[inside], log_likelihoods(alleles, settings.alleles)[inside])
    male_x = np.isin(chromosome, SEX_CHROMOSOMES) & (sex == "XY")
    table[male_x] = 0.0
    return _Summary(
        chromosome=chromosome,
        start=start,
        end=end,
        n_windows=np.array([len(rows) for rows in groups], dtype=np.int64),
        n_snps=np.bincount(of_snp[inside], minlength=count).astype(np.int64),
        ratio=ratio / mean,
        ratio_sd=ratio_sd / mean,
        alleles=table,
        normal_copies=normal_copies(sites, sex)[first],
        mean_ratio=mean,
    )


def _bounds(sites: Sites, groups: list[Ints], gap: int) -> tuple[Ints, Ints]:
    """Start and end of each segment: neighbours meet half-way between their windows, unless a gap lies there."""
    start = np.array([sites.start[rows[0]] for rows in groups], dtype=np.int64)
    end = np.array([sites.end[rows[-1]] for rows in groups], dtype=np.int64)
    for at in range(len(groups) - 1):
        near = start[at + 1] - end[at] < gap
        if sites.chromosome[groups[at][0]] == sites.chromosome[groups[at + 1][0]] and near:
            end[at] = start[at + 1] = (end[at] + start[at + 1]) // 2
    return start, end


def _draw(
    posterior: PurityPosterior, summary: _Summary, settings: FitSettings, rng: np.random.Generator
) -> PosteriorDraws:
    """Joint draws of purity, ploidy and every segment's copies."""
    purity, ploidy = posterior.draw(settings.draws, rng)
    sd = np.sqrt(summary.ratio_sd**2 + (settings.purity.ratio_floor * summary.ratio) ** 2)
    ratio = summary.ratio[:, None] + sd[:, None] * rng.standard_normal((len(sd), settings.draws))
    background = summary.normal_copies[:, None]
    copies = (ratio * (purity * ploidy + 2 * (1 - purity)) - background * (1 - purity)) / purity
    return PosteriorDraws(purity=purity, ploidy=ploidy, copy_numbers=np.maximum(copies, 0.0))


def _segments(summary: _Summary, best: Solution, draws: PosteriorDraws) -> tuple[Segment, ...]:
    """Segments with total and minor copies at the best solution, and their 95 % range over the posterior."""
    low, high = np.quantile(draws.copy_numbers, (0.025, 0.975), axis=1)
    p = best.purity
    segments = []
    for at in range(len(summary.start)):
        background = float(summary.normal_copies[at])
        raw = copies_of_ratio(float(summary.ratio[at]), purity=p, ploidy=best.ploidy)
        total = max(0.0, float(raw) + (2 - background) * (1 - p) / p)
        share = _minor_share(summary.alleles[at]) if summary.n_snps[at] else None
        minor = None
        if share is not None and background == 2:
            minor = (share * (p * total + 2 * (1 - p)) - (1 - p)) / p
            minor = float(np.clip(minor, 0.0, total / 2))
        segments.append(
            Segment(
                chromosome=str(summary.chromosome[at]),
                start=int(summary.start[at]),
                end=int(summary.end[at]),
                copy_number=total,
                minor_copy_number=minor,
                log2_ratio=float(np.log2(max(summary.ratio[at], 1e-3))),
                baf=None if share is None else 1 - share,
                n_windows=int(summary.n_windows[at]),
                n_snps=int(summary.n_snps[at]),
                copy_number_low=float(min(low[at], total)),
                copy_number_high=float(max(high[at], total)),
            )
        )
    return tuple(segments)


def _minor_share(logs: Floats) -> float | None:
    """The most likely share of the lesser allele; one half unless imbalance fits clearly better."""
    if np.ptp(logs) == 0:
        return None
    best = int(np.argmax(logs))
    return 0.5 if logs[best] - logs[-1] < BALANCED_WITHIN else float(MINOR_SHARES[best])


def _purity_ploidy(
    posterior: PurityPosterior,
    summary: _Summary,
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
    aberrant = _aberrant_share(summary)
    unknown = purity is None and best.purity_high - best.purity_low > settings.widest_purity
    if unknown:
        status = PurityStatus.NOT_ASSESSABLE
        reasons.append(
            f"too little aberration to tell: {aberrant:.0%} of the genome; purity may be "
            f"{best.purity_low:.2f}-{best.purity_high:.2f}, or there is no tumour"
        )
    elif best.purity < settings.least_purity:
        status = PurityStatus.NOT_ASSESSABLE
        reasons.append(f"purity {best.purity:.2f} is under {settings.least_purity:g}")
    others = [s for s in posterior.solutions[1:] if s.share >= settings.purity.ambiguous_share]
    if others:
        listing = ", ".join(
            f"purity {s.purity:.2f} with ploidy {s.ploidy:.2f} ({s.share:.0%})" for s in others
        )
        reasons.append(f"ambiguous ({best.share:.0%} sure): also fits {listing}")
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


def _aberrant_share(summary: _Summary) -> float:
    """Share (0-1) of the autosomes off the most common depth, or out of allele balance."""
    rows = summary.autosomal
    ratio, length = summary.ratio[rows], summary.length[rows]
    order = np.argsort(ratio)
    middle = ratio[order][np.searchsorted(np.cumsum(length[order]), length.sum() / 2)]
    off = np.abs(ratio - middle) > np.maximum(3 * summary.ratio_sd[rows], 0.03)
    alleles = summary.alleles[rows]
    off |= alleles.max(axis=1) - alleles[:, -1] > 5
    return float(np.average(off, weights=length))


def _window_table(
    sites: Sites,
    depth: NormalisedDepth,
    alleles: AlleleCounts,
    number: Ints,
    *,
    summary: _Summary,
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
    return WindowTable(sites, log2_ratio, np.maximum(copies, 0.0), _alt_share(sites, alleles), number)


def _alt_share(sites: Sites, alleles: AlleleCounts) -> Floats:
    """Share of alternative reads at the telling SNPs, freed from reference bias; NaN elsewhere."""
    share = np.full(len(sites), np.nan)
    alt = alleles.alt * alleles.reference_bias
    ref = (alleles.depth - alleles.alt) * (1 - alleles.reference_bias)
    share[alleles.rows] = alt / np.maximum(alt + ref, 1e-9)
    return share


def _fit_quality(
    depth: NormalisedDepth,
    alleles: AlleleCounts,
    summary: _Summary,
    notes: list[str],
    sex: str | None,
) -> tuple[Quality, ...]:
    """Rows for qc.tsv on the fit itself."""
    noisy = depth.extra_sd > 0.25
    return (
        Quality("windows_used", int(depth.used.sum()), QualityStatus.PASS, "windows"),
        Quality(
            "window_stray",
            depth.extra_sd,
            QualityStatus.WARN if noisy else QualityStatus.PASS,
            "log",
            "sd of log depth between neighbours beyond counting noise; warn over 0.25",
        ),
        Quality("gc_range", depth.gc_range, QualityStatus.PASS, "log", "height of the GC curve"),
        Quality("telling_snps", len(alleles.rows), QualityStatus.PASS, "SNPs"),
        Quality("segments", len(summary.start), QualityStatus.PASS, "segments"),
        Quality("aberrant_share", _aberrant_share(summary), QualityStatus.PASS, "0-1"),
        Quality(
            "sex",
            sex,
            QualityStatus.WARN if any("the sheet says" in note for note in notes) else QualityStatus.PASS,
            "",
            "; ".join(notes),
        ),
    )
