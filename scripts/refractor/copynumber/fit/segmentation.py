"""Where copy number changes: the exact optimal partition of depth and allele balance together.

Own code and not a library: the libraries at hand (ruptures 1.1) take neither weights nor missing values, and
allele balance is known at one window in four only. Windows are few (a chromosome has at most some 2,500), so
the exact dynamic programme (Jackson 2005, doi:10.1109/LSP.2001.838216) costs milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.genome.panel import Gene
from refractor.reads.windows_to_read import Sites

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SegmentationSettings:
    """How readily a breakpoint is believed."""

    penalty: float = 2.2
    """Cost of a breakpoint in units of log(number of windows). An event inside an arm pays two, for two levels and two
    places: 1.5 each would be the least that the largest of all stretches stays under by noise alone, 3 is BIC."""
    min_windows: int = 3
    gap: int = 1_500_000
    """Windows further apart than this (bp) never share a segment: a centromere lies between (see widest_gap)."""
    outlier: float = 3.5
    """A window further (in its sd) from the median of the five around it is drawn in to that distance."""
    min_step: float = 0.045
    """Neighbours closer than this in log depth, and alike in allele balance, are one."""
    min_balance_step: float = 0.03
    wave_sd: float = 0.03
    """Slow drift (sd) of log depth that neighbouring windows share; 0.03 in 10-kb depth of MCF7 (SplitThreader's table)."""
    wave_length: float = 300_000.0
    """Bases over which such a drift holds: windows closer together than this say less than their number."""
    over_waves: float = 2.5
    """How many sd, waves included, neighbours must lie apart; the penalty asks more, but of noise alone."""

    tall: float = 0.4
    """Log depth over the genome's median from which a segment is taken for an amplicon, which need not be flat."""
    windows_of_gene: int = 10
    """Windows over a gene from which it can have a level of its own inside an amplicon."""
    gene_stands_out: float = 2.0
    """How many sd (noise alone) a gene's level must lie off the rest of its amplicon; low, as a needless cut
    costs little."""

    def wave_variance(self, length: float) -> float:
        """Variance that the slow drift leaves in the mean log depth of `length` bases."""
        return self.wave_sd**2 / max(1.0, length / self.wave_length)


def widest_gap(sites: Sites, settings: SegmentationSettings) -> int:
    """Bases beyond which two windows of `sites` do not share a segment: `gap`, or more where few windows are read.

    Three times the distance that nine in ten neighbours keep: windows 2 Mb apart still follow a chromosome arm.
    """
    together = sites.chromosome[1:] == sites.chromosome[:-1]
    between = (sites.start[1:] - sites.end[:-1])[together]
    return max(settings.gap, int(3 * np.quantile(between, 0.9))) if len(between) else settings.gap


def find_segments(
    sites: Sites,
    log_ratio: Floats,
    log_sd: Floats,
    away: Floats,
    away_sd: Floats,
    *,
    settings: SegmentationSettings = SegmentationSettings(),
) -> Ints:
    """The segment number of each window, (n_sites,), rising along the genome; -1 for unused windows (NaN ratio).

    For each stretch without a wide gap, the partition that minimises
    sum over segments and tracks of weight x (value - segment mean)^2 + penalty x log(n) x segments,
    exact by dynamic programming (doi:10.1109/LSP.2001.838216) over log depth and allele balance together; then cuts
    whose step is below `min_step`, or no larger than the slow drift explains, are taken out, the smallest first.

    `log_ratio` (natural) and its `log_sd`, `away` (0-0.5: distance of the allele fraction from one half; NaN where
    no informative SNP lies) and its `away_sd`: (n_sites,) each.
    """
    number = np.full(len(sites), -1, dtype=np.int64)
    used = np.flatnonzero(np.isfinite(log_ratio))
    if len(used) == 0:
        return number
    penalty = settings.penalty * np.log(max(len(used), 10))
    at = 0
    breaks = (sites.chromosome[used[1:]] != sites.chromosome[used[:-1]]) | (
        sites.start[used[1:]] - sites.end[used[:-1]] > widest_gap(sites, settings)
    )
    for rows in np.split(used, np.flatnonzero(breaks) + 1):
        ratio = draw_in_outliers(log_ratio[rows], log_sd[rows], settings.outlier)
        tracks = ((ratio, 1 / log_sd[rows] ** 2), _weighted(away[rows], away_sd[rows]))
        cuts = best_cuts(tracks, penalty=penalty, min_size=settings.min_windows)
        places = (sites.start[rows] + sites.end[rows]) / 2.0
        cuts = _without_small_steps(cuts, tracks, places, settings=settings, penalty=penalty)
        for start, end in zip([0, *cuts], [*cuts, len(rows)], strict=True):
            number[rows[start:end]] = at
            at += 1
    return number


def _weighted(values: Floats, sd: Floats) -> tuple[Floats, Floats]:
    """Values and weights with weight 0 where there is no value."""
    known = np.isfinite(values)
    weights = np.zeros(len(values))
    weights[known] = 1 / sd[known] ** 2
    return np.where(known, values, 0.0), weights


def draw_in_outliers(values: Floats, sd: Floats, limit: float) -> Floats:
    """Values no further than `limit` sd from the median of the five windows around; features of three stay."""
    if len(values) < 5:
        return values
    padded = np.concatenate([values[:2], values, values[-2:]])
    middle = np.median(np.lib.stride_tricks.sliding_window_view(padded, 5), axis=1)
    drawn: Floats = np.clip(values, middle - limit * sd, middle + limit * sd)
    return drawn


def best_cuts(tracks: tuple[tuple[Floats, Floats], ...], *, penalty: float, min_size: int) -> list[int]:
    """Where to cut so that squared, weighted distance from the parts' means plus `penalty` a cut is least.

    `tracks` are pairs of values and weights of one length; weight 0 marks a missing value.
    """
    n = len(tracks[0][0])
    if n < 2 * min_size:
        return []
    sums = [
        tuple(np.concatenate([[0.0], np.cumsum(part)]) for part in (w, w * v, w * v * v)) for v, w in tracks
    ]
    best = np.full(n + 1, np.inf)
    best[0] = -penalty
    came_from = np.zeros(n + 1, dtype=np.int64)
    for end in range(min_size, n + 1):
        starts = slice(0, end - min_size + 1)
        cost = best[starts] + penalty
        for weight, first, second in sums:
            w = weight[end] - weight[starts]
            m = first[end] - first[starts]
            cost = cost + (second[end] - second[starts]) - m * m / np.maximum(w, 1e-12)
        came_from[end] = int(np.argmin(cost))
        best[end] = cost[came_from[end]]
    cuts = []
    at = int(came_from[n])
    while at > 0:
        cuts.append(at)
        at = int(came_from[at])
    return cuts[::-1]


def _without_small_steps(
    cuts: list[int],
    tracks: tuple[tuple[Floats, Floats], ...],
    places: Floats,
    *,
    settings: SegmentationSettings,
    penalty: float,
) -> list[int]:
    """The cuts without those between neighbours that hardly differ, the least different first.

    A step must be large enough in itself, and sure enough for the windows' number and for the waves that
    windows close together share.
    """
    cuts = list(cuts)
    smallest_steps = (settings.min_step, settings.min_balance_step)
    while cuts:
        edges = [0, *cuts, len(places)]
        worths = []
        for left, middle, right in zip(edges[:-2], edges[1:-1], edges[2:], strict=True):
            waves = sum(
                settings.wave_variance(np.ptp(places[a:b])) for a, b in ((left, middle), (middle, right))
            )
            big, sure, over_waves = 0.0, 0.0, 0.0
            for (values, weights), smallest, shared in zip(tracks, smallest_steps, (waves, 0.0), strict=True):
                before, after = weights[left:middle], weights[middle:right]
                if before.sum() > 0 and after.sum() > 0:
                    step = np.average(values[left:middle], weights=before) - np.average(
                        values[middle:right], weights=after
                    )
                    noise = 1 / before.sum() + 1 / after.sum()
                    big = max(big, abs(step) / smallest)
                    sure += step**2 / noise
                    over_waves += step**2 / (noise + shared)
            worths.append(min(big, sure / penalty, over_waves / settings.over_waves**2))
        smallest_at = int(np.argmin(worths))
        if worths[smallest_at] >= 1:
            break
        del cuts[smallest_at]
    return cuts


def with_genes_apart(
    sites: Sites,
    log_ratio: Floats,
    log_sd: Floats,
    number: Ints,
    genes: Iterable[Gene],
    *,
    settings: SegmentationSettings = SegmentationSettings(),
) -> Ints:
    """Segment numbers in which a gene that stands out of its amplicon is a segment of its own.

    Amplicons slope; the mean over 300 kb is not the gene's own level where its windows say otherwise.
    """
    usable = np.isfinite(log_ratio) & (number >= 0)
    usual = float(np.median(log_ratio[usable])) if usable.any() else 0.0
    parts, unused = number.copy(), int(number.max(initial=-1)) + 1
    for gene in genes:
        on = usable & (sites.chromosome == gene.chromosome)
        over = on & (sites.end > gene.start) & (sites.start < gene.end)
        if over.sum() < settings.windows_of_gene or len(np.unique(parts[over])) != 1:
            continue
        rest = on & (parts == parts[over][0]) & ~over
        if rest.sum() < settings.min_windows or np.average(log_ratio[rest]) - usual < settings.tall:
            continue
        weight = 1 / np.where(usable, log_sd, np.inf) ** 2
        levels = [np.average(log_ratio[rows], weights=weight[rows]) for rows in (over, rest)]
        noise = 1 / weight[over].sum() + 1 / weight[rest].sum()
        step = abs(levels[0] - levels[1])
        if step < settings.min_step or step < settings.gene_stands_out * np.sqrt(noise):
            continue
        after = rest & (sites.start > sites.start[over].max())
        parts[over], parts[after] = unused, unused + 1
        unused += 2
    relabelled = np.full(len(number), -1, dtype=np.int64)
    along = parts[usable]
    relabelled[usable] = np.cumsum(np.append(0, along[1:] != along[:-1])[: len(along)])
    return relabelled
