"""Depth ratio of each window: fragments freed from GC, from the windows' own habits, and from sex."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.genome.builds import SEX_CHROMOSOMES
from refractor.reads.windows import WindowCounts
from refractor.reads.windows_to_read import Sites

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MAD_TO_SD = 1.4826


@dataclass(frozen=True, slots=True)
class NormaliseSettings:
    """How depth is normalised. GC shares are 0-1, logarithms natural."""

    gc_step: float = 0.02
    min_windows_per_gc_bin: int = 40
    """Fewer windows than this do not make a point of the GC curve."""
    min_normal_fraction: float = 0.25
    """A window is used where the normal has at least this fraction of its own median depth."""
    odd_normal: float = 0.3
    """A normal this far (log) from its own expectation has a copy-number variant of its own there."""


@dataclass(frozen=True, slots=True, eq=False)
class NormalisedDepth:
    """Depth ratios, arrays of shape (n_sites,); unused windows hold NaN.

    `log_ratio`: natural log of depth against the autosomes' mean tumour-and-normal depth; `log_sd`: its standard
    deviation, counting noise and `residual_sd` (what windows differ by besides) together. `normal_weight` is the share
    of the normal's residual that the tumour repeats, 0 without a normal.
    """

    log_ratio: Floats
    log_sd: Floats
    used: Flags
    residual_sd: float
    normal_weight: float
    gc_range: float


def normal_copies(sites: Sites, sex: str | None) -> Floats:
    """Copies of a normal cell at each site: 2, and of X and Y those of the sex (NaN where it is unknown)."""
    copies = np.full(len(sites), 2.0)
    of_x, of_y = {"XX": (2.0, 0.0), "XY": (1.0, 1.0)}.get(sex or "", (np.nan, np.nan))
    copies[sites.chromosome == "X"] = of_x
    copies[sites.chromosome == "Y"] = of_y
    return copies


def normalise(
    sites: Sites,
    tumor: WindowCounts,
    normal: WindowCounts | None,
    *,
    sex: str | None,
    known_log_ratio: Floats | None = None,
    normal_excess: Floats | None = None,
    settings: NormaliseSettings = NormaliseSettings(),
) -> NormalisedDepth:
    """Depth ratios of the tumour's windows.

    Natural logs throughout. With f fragments over k kilobases, g their GC and a curve c of median log depth over g,
    residual = log((f + 0.5) / k) - c(g); the log ratio is residual of tumour - w x residual of normal, less its median over
    the autosomes. w (`normal_weight`) is the slope of tumour on normal over steps between neighbours, so that the
    normal's counting noise is not added whole; 1 where the normal itself is off by `odd_normal`.
    log_sd^2 = 1/(f + 1) + w^2/(f_normal + 1) + residual_sd^2 (delta method of a Poisson count; the rest from steps
    between neighbours by the median, robust to breakpoints).

    `known_log_ratio` (n_sites,), from segments of an earlier pass, keeps copy number out of the GC curve.
    `normal_excess` (n_sites,) is the log by which the normal is too deep (see tumor_in_normal), taken out of it.
    Unused windows (no contig in the file, no usable depth in the normal, Y of a woman) are NaN.
    """
    copies = normal_copies(sites, sex)
    autosomal = ~np.isin(sites.chromosome, SEX_CHROMOSOMES)
    used = (tumor.fragments >= 0) & np.isfinite(copies) & (copies > 0)
    gc = _shared_gc(sites, tumor, normal)
    base = np.zeros(len(sites)) if known_log_ratio is None else np.nan_to_num(known_log_ratio)
    tumor_log = np.log(np.maximum(tumor.fragments, 0) + 0.5) - np.log(sites.kilobases)
    normal_residual = np.zeros(len(sites))
    normal_variance = np.zeros(len(sites))
    weight = 0.0
    if normal is not None:
        normal_residual, used = _normal_residual(
            normal, gc, copies, used, kilobases=sites.kilobases, autosomal=autosomal, settings=settings
        )
        if normal_excess is not None:
            normal_residual = np.where(used, normal_residual - normal_excess, 0.0)
        normal_variance = 1 / (np.maximum(normal.fragments, 0) + 1.0)
    fit_on = used & autosomal & (tumor.fragments > 0)
    curve = _gc_curve(gc[fit_on], (tumor_log - base)[fit_on], settings)
    tumor_residual = tumor_log - np.interp(gc, *curve)
    if normal is not None:
        weight = _weight_of_normal(tumor_residual, normal_residual, used, sites)
        odd = np.abs(normal_residual) > settings.odd_normal  # its own deletion or gain: tumour has it in full
        share = np.where(odd, 1.0, weight)
        tumor_residual = tumor_residual - share * normal_residual
        normal_variance *= share**2
    counting = 1 / (np.maximum(tumor.fragments, 0) + 1.0) + normal_variance
    extra, usual = _extra_variances(tumor_residual - base, counting, used & autosomal, sites)
    log_ratio = np.where(used, tumor_residual - np.median(tumor_residual[used & autosomal]), np.nan)
    return NormalisedDepth(
        log_ratio=log_ratio,
        log_sd=np.where(used, np.sqrt(counting + extra), np.nan),
        used=used,
        residual_sd=float(np.sqrt(usual)),
        normal_weight=weight,
        gc_range=float(np.ptp(curve[1])),
    )


def _shared_gc(sites: Sites, tumor: WindowCounts, normal: WindowCounts | None) -> Floats:
    """GC of what was read at each window, of both files together; of the 10 kb around where nothing was."""
    seen = [tumor.gc] if normal is None else [tumor.gc, normal.gc]
    stacked = np.vstack(seen)
    known = np.isfinite(stacked)
    total = np.where(known, stacked, 0.0).sum(axis=0)
    count = known.sum(axis=0)
    mean: Floats = np.where(count > 0, total / np.maximum(count, 1), sites.gc)
    return mean


def _normal_residual(
    normal: WindowCounts,
    gc: Floats,
    copies: Floats,
    used: Flags,
    *,
    kilobases: Floats,
    autosomal: Flags,
    settings: NormaliseSettings,
) -> tuple[Floats, Flags]:
    """Residual (log) of the normal from its GC curve and copies, (n_sites,), and the windows it vouches for."""
    present = used & (normal.fragments >= 0)
    depth = normal.fragments / kilobases
    median = np.median(depth[present & autosomal]) if (present & autosomal).any() else 0.0
    used = present & (depth >= settings.min_normal_fraction * median * np.nan_to_num(copies) / 2)
    log_depth = np.log(np.maximum(normal.fragments, 0) + 0.5) - np.log(kilobases)
    fit_on = used & autosomal
    curve = _gc_curve(gc[fit_on], log_depth[fit_on], settings)
    with np.errstate(divide="ignore", invalid="ignore"):
        residual = log_depth - np.interp(gc, *curve) - np.log(copies / 2)
    return np.where(used, residual, 0.0), used


def _gc_curve(gc: Floats, log_depth: Floats, settings: NormaliseSettings) -> tuple[Floats, Floats]:
    """Knots of the curve of median log depth over GC: bins with enough windows, smoothed over neighbours."""
    if len(gc) == 0:
        return np.array([0.4]), np.array([0.0])
    cell = np.floor(gc / settings.gc_step).astype(int)
    knots, heights, sizes = [], [], []
    for number in np.unique(cell):
        inside = cell == number
        if inside.sum() >= min(settings.min_windows_per_gc_bin, max(1, len(gc) // 4)):
            knots.append(float(np.median(gc[inside])))
            heights.append(float(np.median(log_depth[inside])))
            sizes.append(float(inside.sum()))
    if not knots:
        return np.array([0.4]), np.array([float(np.median(log_depth))])
    height, size = np.array(heights), np.array(sizes)
    smooth = height.copy()
    for at in range(1, len(height) - 1):  # a parabola through three bins keeps the bend, damps the noise
        near = slice(at - 1, at + 2)
        smooth[at] = 0.5 * height[at] + 0.5 * np.average(height[near], weights=size[near])
    return np.array(knots), smooth


def _neighbours(used: Flags, sites: Sites) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of consecutive used windows on one chromosome."""
    rows = np.flatnonzero(used)
    same = sites.chromosome[rows[1:]] == sites.chromosome[rows[:-1]]
    return rows[:-1][same], rows[1:][same]


def _weight_of_normal(tumor_residual: Floats, normal_residual: Floats, used: Flags, sites: Sites) -> float:
    """Share of the normal's residual that the tumour repeats (0-1): the slope between steps of neighbours.

    Below 1 because the normal's counts are noisy themselves; subtracting it whole would add that noise.
    """
    left, right = _neighbours(used, sites)
    if len(left) < 50:
        return 1.0
    step_n, step_t = (
        normal_residual[right] - normal_residual[left],
        tumor_residual[right] - tumor_residual[left],
    )
    calm = (np.abs(step_t) < 3 * MAD_TO_SD * np.median(np.abs(step_t)) + 1e-9) & (
        np.abs(step_n) < 3 * MAD_TO_SD * np.median(np.abs(step_n)) + 1e-9
    )
    variance = float(np.sum(step_n[calm] ** 2))
    slope = float(np.sum(step_n[calm] * step_t[calm])) / variance if variance > 0 else 1.0
    return float(np.clip(slope, 0.0, 1.0))


WIDE_KB = 2.0
"""From this length on a window averages over what short ones differ by: its own variance is estimated apart."""


def _extra_variances(residual: Floats, counting: Floats, used: Flags, sites: Sites) -> tuple[Floats, float]:
    """Variance (log) of each window beyond counting noise, (n_sites,), and that of the commoner length."""
    wide = sites.kilobases >= WIDE_KB
    lengths = [flags for flags in (wide, ~wide) if flags.any()]
    found = [_extra_variance(residual, counting, used & flags, sites) for flags in lengths]
    extra = np.zeros(len(sites))
    for flags, variance in zip(lengths, found, strict=True):
        extra[flags] = variance
    commoner = max(range(len(lengths)), key=lambda at: int(lengths[at].sum()), default=None)
    return extra, 0.01 if commoner is None else found[commoner]


def _extra_variance(residual: Floats, counting: Floats, used: Flags, sites: Sites) -> float:
    """Variance (log) of windows beyond counting noise, from steps between neighbours, robust to breakpoints."""
    left, right = _neighbours(used, sites)
    if len(left) < 10:
        return 0.01
    steps = (residual[right] - residual[left]) / np.sqrt(2.0)
    whole = (MAD_TO_SD * float(np.median(np.abs(steps)))) ** 2
    return max(1e-4, whole - float(np.median(counting[used])))
