"""Each segment of the sampled windows in a few numbers: bounds, depth ratio with its error, allele balance."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from refractor.copynumber.fit.allele_balance import MINOR_FRACTIONS, AlleleCounts, log_likelihoods
from refractor.copynumber.fit.depth_drift import drift_sd
from refractor.copynumber.fit.fit_settings import FitSettings
from refractor.copynumber.fit.normalise_depth import NormalisedDepth, normal_copies
from refractor.copynumber.fit.purity_posterior import SegmentEvidence
from refractor.copynumber.fit.segmentation import draw_in_outliers, widest_gap
from refractor.genome.builds import SEX_CHROMOSOMES
from refractor.reads.windows_to_read import Sites

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BALANCED_WITHIN = 2.0
"""Log-likelihood by which a segment must fit imbalance better than balance before it is called imbalanced."""


def rows_of(number: Ints) -> list[Ints]:
    """The windows of each segment, in order of the segments."""
    rows = np.flatnonzero(number >= 0)
    edges = np.flatnonzero(np.diff(number[rows])) + 1
    return np.split(rows, edges) if len(rows) else []


@dataclass(frozen=True, slots=True, eq=False)
class SegmentSummary:
    """Segments as the purity fit sees them: arrays (n_segments,), `alleles` (n_segments, 101).

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
    drift_sd: float
    """Slow drift (sd of log depth) that neighbouring windows of this sample share."""

    @property
    def length(self) -> Floats:
        """Bases of each segment."""
        return (self.end - self.start).astype(float)

    @property
    def autosomal(self) -> NDArray[np.bool_]:
        """Which segments lie on chromosomes 1-22."""
        return ~np.isin(self.chromosome, SEX_CHROMOSOMES)

    def evidence(self, *, autosomes_only: bool) -> SegmentEvidence:
        """What the fit of purity and ploidy uses of them; the ratios' errors include that of events not seen inside."""
        rows = self.autosomal if autosomes_only else np.ones(len(self.start), dtype=bool)
        ratio, sd = self.ratio[rows], self.ratio_sd[rows]
        sd = np.hypot(sd, ratio * unseen_events_sd(ratio, sd, self.length[rows]))
        return SegmentEvidence(ratio, sd, self.length[rows], self.alleles[rows])


def summarise_segments(
    sites: Sites,
    depth: NormalisedDepth,
    alleles: AlleleCounts,
    number: Ints,
    *,
    sex: str | None,
    settings: FitSettings,
) -> SegmentSummary:
    """Bounds, depth ratio and allele likelihood of each segment; ratios are to the autosomes' mean.

    Ratio: inverse-variance mean of exp(log ratio) over the windows, outliers drawn in; its standard error is
    ratio x sqrt(1 / sum of weights + variance of the sample's slow drift). Alleles: the sum of the SNPs' log-likelihoods.
    `number` (n_sites,) is each window's segment, -1 where unused; `sex` XX, XY or None sets the normal's copies.
    """
    groups = rows_of(number)
    if len(groups) != number.max(initial=-1) + 1:
        raise ValueError("numbers of segments must rise by one along the genome")
    drift = drift_sd(sites, depth, groups, settings.segmentation)
    of_sample = replace(settings.segmentation, wave_sd=drift)
    count = len(groups)
    ratio, ratio_sd = np.zeros(count), np.zeros(count)
    start, end = _bounds(sites, groups, widest_gap(sites, settings.segmentation))
    for at, rows in enumerate(groups):
        sd = depth.log_sd[rows]
        drawn = draw_in_outliers(depth.log_ratio[rows], sd, settings.segmentation.outlier)
        weight = 1 / sd**2
        ratio[at] = np.average(np.exp(drawn), weights=weight)
        waves = of_sample.wave_variance(end[at] - start[at])
        ratio_sd[at] = ratio[at] * np.sqrt(1 / weight.sum() + waves)
    first = np.array([rows[0] for rows in groups], dtype=np.int64)
    chromosome = sites.chromosome[first]
    autosomal = ~np.isin(chromosome, SEX_CHROMOSOMES)
    mean = float(np.average(ratio[autosomal], weights=(end - start)[autosomal]))
    of_snp = number[alleles.rows]
    table = np.zeros((count, len(MINOR_FRACTIONS)))
    inside = of_snp >= 0
    np.add.at(table, of_snp[inside], log_likelihoods(alleles, settings.alleles)[inside])
    male_x = np.isin(chromosome, SEX_CHROMOSOMES) & (sex == "XY")
    table[male_x] = 0.0
    return SegmentSummary(
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
        drift_sd=drift,
    )


CUT_COST = 22.0
"""Gain in squared error, in units of the noise, that a cut must bring: the penalty of the segmentation, rounded."""
LEAST_STEP = 0.03
"""Log ratio below which the spread of the genome's ratios is noise."""


def unseen_events_sd(ratio: Floats, ratio_sd: Floats, length: Floats) -> Floats:
    """Relative error (n_segments,) of depth ratios by an event inside each segment that noise hides.

    An event of step d in L of a segment's n windows of noise s is cut out from L d^2 / s^2 > CUT_COST on; just below,
    it moves the mean by d L / n = CUT_COST v / d with v = s^2 / n, the relative variance of the ratio. d is the spread of
    the genome's log ratios. In a noisy genome such blends lie between whole copies, and look like a denser set of them.
    """
    log_ratio = np.log(np.maximum(ratio, 1e-3))
    middle = np.average(log_ratio, weights=length)
    step = max(
        LEAST_STEP, float(np.sqrt(np.average(np.clip(log_ratio - middle, -0.5, 0.5) ** 2, weights=length)))
    )
    hidden: Floats = np.minimum(CUT_COST * (ratio_sd / np.maximum(ratio, 1e-3)) ** 2 / step, step / 2)
    return hidden


def _bounds(sites: Sites, groups: list[Ints], gap: int) -> tuple[Ints, Ints]:
    """Start and end of each segment: neighbours meet half-way between their windows, unless a gap lies there."""
    start = np.array([sites.start[rows[0]] for rows in groups], dtype=np.int64)
    end = np.array([sites.end[rows[-1]] for rows in groups], dtype=np.int64)
    for at in range(len(groups) - 1):
        near = start[at + 1] - end[at] < gap
        if sites.chromosome[groups[at][0]] == sites.chromosome[groups[at + 1][0]] and near:
            end[at] = start[at + 1] = (end[at] + start[at + 1]) // 2
    return start, end


def minor_fraction(logs: Floats) -> float | None:
    """The most likely fraction (0-0.5) of the lesser allele; one half unless imbalance fits clearly better."""
    if np.ptp(logs) == 0:
        return None
    best = int(np.argmax(logs))
    return 0.5 if logs[best] - logs[-1] < BALANCED_WITHIN else float(MINOR_FRACTIONS[best])


def fraction_altered(summary: SegmentSummary) -> float:
    """Fraction (0-1) of the autosomes off the most common depth, or out of allele balance."""
    rows = summary.autosomal
    ratio, length = summary.ratio[rows], summary.length[rows]
    order = np.argsort(ratio)
    middle = ratio[order][np.searchsorted(np.cumsum(length[order]), length.sum() / 2)]
    off = np.abs(ratio - middle) > np.maximum(3 * summary.ratio_sd[rows], 0.03)
    alleles = summary.alleles[rows]
    off |= alleles.max(axis=1) - alleles[:, -1] > 5
    return float(np.average(off, weights=length))
