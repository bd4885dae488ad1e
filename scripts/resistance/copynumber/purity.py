"""Purity and ploidy from depth ratio and allele balance of segments jointly, as a whole posterior.

The model family of ASCAT (doi:10.1073/pnas.1009843107), ABSOLUTE (doi:10.1038/nbt.2203) and PURPLE
(doi:10.1038/s41586-019-1689-y). With purity p and ploidy P, a stretch with t copies, m of the lesser allele, has

    depth ratio  r = (p t + 2 (1 - p)) / (p P + 2 (1 - p))
    minor share  f = (p m + 1 - p) / (p t + 2 (1 - p))

Every segment is a mixture over whole-number states (t, m), and with a small share anything else (subclones,
artefacts). A genome with every copy doubled at a lower purity looks the same, so that only the states' prior, few
events from (1, 1), or from (2, 2) after a doubling of the genome, tells the two apart (parsimony, as in ABSOLUTE).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from resistance.copynumber.alleles import MINOR_SHARES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PuritySettings:
    """Grid, prior and tolerance of the fit."""

    purity_range: tuple[float, float] = (0.08, 1.0)
    ploidy_range: tuple[float, float] = (1.0, 8.0)
    purity_step: float = 0.02
    ploidy_step: float = 0.05
    fine: tuple[int, int] = (4, 5)
    """Into how many parts a likely cell of the grid is cut, along purity and ploidy."""
    cells_cut: int = 250
    depth_in_cell: float = 30.0
    """Log-probability below the best cell down to which cells are cut."""
    max_copies: int = 12
    event_cost: float = 1.1
    """Log-prior cost of a gain or loss of one copy."""
    baselines: tuple[float, ...] = (0.15, 0.45, 0.8)
    """Share of segments without any event; each is tried and averaged over, as quiet and wild genomes both exist."""
    doubled: float = 0.35
    """Prior share of tumours with a doubled genome; 30-40 % of advanced tumours (doi:10.1038/s41588-018-0165-1)."""
    after_doubling: tuple[float, ...] = (0.25, 0.4, 0.6)
    """Share of segments with events after the doubling; averaged over likewise."""
    subclonal_shares: tuple[float, ...] = (0.05, 0.15, 0.3)
    """Share of segments whose event part of the tumour cells carry; averaged over likewise."""
    subclone_steps: tuple[float, ...] = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
    """The parts tried."""
    subclone_bases: tuple[tuple[int, int], ...] = ((1, 1), (2, 1), (1, 0), (2, 2), (3, 2), (4, 2), (2, 0))
    """States (copies of either allele) from which a subclone departs: the most usual ones of either kind."""
    odd_share: float = 0.04
    """Share of segments that no state explains: other subclones, artefacts."""
    ratio_floor: float = 0.012
    """Relative error of a depth ratio that no number of windows averages out."""
    sharpness: float = 0.5
    """Exponent of the likelihood: segments are not quite independent."""
    full_weight_length: float = 4e6
    """Bases from which a segment counts in full; shorter ones in proportion, at least a tenth."""
    ambiguous_share: float = 0.05
    """Posterior share from which a second solution is reported as fitting nearly as well."""


@dataclass(frozen=True, slots=True, eq=False)
class SegmentEvidence:
    """What the fit sees of autosomal segments: arrays (n_segments,), and log-likelihoods (n_segments, 101).

    `ratio` is depth against the autosomes' mean; `ratio_sd` its standard error; `length` bases; `alleles` the
    log-likelihood of the segment's SNPs for each of MINOR_SHARES (zeros without SNPs).
    """

    ratio: Floats
    ratio_sd: Floats
    length: Floats
    alleles: Floats


@dataclass(frozen=True, slots=True)
class Solution:
    """One way to explain the genome, with its posterior share (0-1) and 95 % ranges within it."""

    purity: float
    purity_low: float
    purity_high: float
    ploidy: float
    ploidy_low: float
    ploidy_high: float
    whole_genome_doubled: float
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class PurityPosterior:
    """Weighted points of the joint posterior; arrays (n_points,), `weight` sums to 1.

    `purity_width` and `ploidy_width` are the extent of each point's cell. `doubled` is each point's probability
    of a doubled genome. `solutions` are the distinct ways to explain the genome, most probable first.
    """

    purity: Floats
    ploidy: Floats
    weight: Floats
    purity_width: Floats
    ploidy_width: Floats
    doubled: Floats
    solutions: tuple[Solution, ...]

    def quantiles(self, values: Floats, shares: tuple[float, ...]) -> list[float]:
        """Weighted quantiles of `values` over the points."""
        return weighted_quantiles(values, self.weight, shares)

    def draw(self, count: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """`count` joint draws of purity and ploidy."""
        at = rng.choice(len(self.weight), size=count, p=self.weight)
        purity = self.purity[at] + rng.uniform(-0.5, 0.5, count) * self.purity_width[at]
        ploidy = self.ploidy[at] + rng.uniform(-0.5, 0.5, count) * self.ploidy_width[at]
        return np.clip(purity, 0.01, 1.0), np.maximum(ploidy, 0.1)


@dataclass(frozen=True, slots=True, eq=False)
class _States:
    total: Floats
    minor: Floats
    blur: Floats  # (n_states,): copies within which a state lies, 0 for whole numbers
    prior: Floats  # (n_priors, n_states): each row a kind of genome
    of_doubled: NDArray[np.bool_]  # (n_priors,): which kinds have a doubled genome
    log_weight: Floats  # (n_priors,): how usual each kind is


def fit_purity(
    evidence: SegmentEvidence,
    *,
    purity: float | None = None,
    ploidy: float | None = None,
    settings: PuritySettings = PuritySettings(),
) -> PurityPosterior:
    """The posterior of purity and ploidy; a given value is held fast."""
    states = _states(settings)
    step_p, step_q = settings.purity_step, settings.ploidy_step
    purities = _grid(settings.purity_range, step_p) if purity is None else np.array([purity])
    ploidies = _grid(settings.ploidy_range, step_q) if ploidy is None else np.array([ploidy])
    mesh_p, mesh_q = (part.ravel() for part in np.meshgrid(purities, ploidies, indexing="ij"))
    blur = 0.0 if ploidy is not None else 0.3 * step_q
    coarse = _log_posterior(evidence, mesh_p, mesh_q, states, settings, blur=blur)
    joined = np.logaddexp.reduce(coarse, axis=0)
    likely = np.flatnonzero(joined > joined.max() - settings.depth_in_cell)
    likely = likely[np.argsort(joined[likely])[::-1][: settings.cells_cut]]
    parts_p = settings.fine[0] if purity is None else 1
    parts_q = settings.fine[1] if ploidy is None else 1
    offsets_p = ((np.arange(parts_p) + 0.5) / parts_p - 0.5) * (step_p if purity is None else 0.0)
    offsets_q = ((np.arange(parts_q) + 0.5) / parts_q - 0.5) * (step_q if ploidy is None else 0.0)
    fine_p = (mesh_p[likely, None, None] + offsets_p[None, :, None] + 0 * offsets_q).ravel()
    fine_q = (mesh_q[likely, None, None] + offsets_q[None, None, :] + 0 * offsets_p[:, None]).ravel()
    inside = (fine_p <= 1.0) & (fine_p > 0)
    fine_p, fine_q = fine_p[inside], fine_q[inside]
    cell = np.repeat(likely, parts_p * parts_q)[inside]
    logs = _log_posterior(evidence, fine_p, fine_q, states, settings, blur=0.0)
    joined = np.logaddexp.reduce(logs, axis=0)
    weight = np.exp(joined - joined.max())
    weight /= weight.sum()
    doubled = np.exp(logs[1] - joined)
    width_p = np.full(len(fine_p), step_p / parts_p if purity is None else 0.0)
    width_q = np.full(len(fine_q), step_q / parts_q if ploidy is None else 0.0)
    shape = (len(purities), len(ploidies))
    labels = _basins(cell, weight, shape)
    solutions = _solutions(fine_p, fine_q, weight, doubled, labels)
    return PurityPosterior(fine_p, fine_q, weight, width_p, width_q, doubled, solutions)


def _grid(limits: tuple[float, float], step: float) -> Floats:
    steps: Floats = np.arange(round(limits[0] / step), round(limits[1] / step) + 1).astype(float) * step
    return steps


def _states(settings: PuritySettings) -> _States:
    """All (total, minor) states and their log-prior without and with a doubled genome."""
    pairs = [
        (major, minor)
        for total in range(settings.max_copies + 1)
        for minor in range(total // 2 + 1)
        for major in (total - minor,)
    ]
    major, minor = (np.array(part, dtype=float) for part in zip(*pairs, strict=True))
    total = major + minor

    lookup = {pair: at for at, pair in enumerate(pairs)}
    events = np.abs(major - 1) + np.abs(minor - 1)
    altered = np.where(events == 0, 0.0, np.exp(-settings.event_cost * events))
    altered[total == 0] *= 0.05  # a stretch long enough to be a segment is rarely lost whole
    altered /= altered.sum()
    kinds, of_doubled, weights = [], [], []
    for baseline in settings.baselines:
        single = (1 - baseline) * altered
        single[lookup[1, 1]] = baseline
        kinds.append(single)
        of_doubled.append(False)
        weights.append((1 - settings.doubled) / len(settings.baselines))
        twice, after = _doubled(single, pairs, lookup, settings.event_cost)
        for share in settings.after_doubling:
            kinds.append((1 - share) * twice + share * after)
            of_doubled.append(True)
            weights.append(settings.doubled / len(settings.baselines) / len(settings.after_doubling))
    prior = np.vstack([kind / kind.sum() for kind in kinds])
    parts = _subclones(prior, lookup, settings)
    shares = settings.subclonal_shares
    mixed = [np.hstack([(1 - share) * prior, share * parts.prior]) for share in shares]
    return _States(
        np.concatenate([total, parts.total]),
        np.concatenate([minor, parts.minor]),
        np.concatenate([np.zeros(len(total)), parts.blur]),
        np.maximum(np.vstack(mixed), 1e-11),
        np.tile(of_doubled, len(shares)),
        np.log(np.tile(weights, len(shares)) / len(shares)),
    )


def _subclones(
    prior: Floats,
    lookup: dict[tuple[int, int], int],
    settings: PuritySettings,
) -> _States:
    """Mean states of stretches where part of the cells gained or lost one copy, with their prior for each kind.

    Each starts from one of `subclone_bases`, as usual as that state is in the kind of genome.
    """
    totals, minors, columns = [], [], []
    steps = settings.subclone_steps
    for a, b in settings.subclone_bases:
        base = lookup[a, b]
        moves = {(1, 0), (-1, 0), (0, 1), (0, -1)} if a > b else {(1, 0), (0, -1)}
        possible = [(i, j) for i, j in sorted(moves) if a + i >= 0 and b + j >= 0 and (b > 0 or j <= 0)]
        for i, j in possible:
            for share in steps:
                totals.append(a + b + share * (i + j))
                minors.append(min(a + share * i, b + share * j))
                columns.append(prior[:, base] / len(possible) / len(steps))
    table = np.column_stack(columns)
    half_step = (steps[-1] - steps[0]) / max(len(steps) - 1, 1) / 2
    return _States(
        np.array(totals),
        np.array(minors),
        np.full(len(totals), half_step),
        table / table.sum(axis=1, keepdims=True),
        np.zeros(0, dtype=bool),
        np.zeros(0),
    )


def _doubled(
    single: Floats, pairs: list[tuple[int, int]], lookup: dict[tuple[int, int], int], event_cost: float
) -> tuple[Floats, Floats]:
    """Prior of the states once `single` is doubled: without, and with, events after the doubling."""
    twice, after = np.zeros(len(pairs)), np.zeros(len(pairs))
    changes = [(i, j) for i in range(-2, 3) for j in range(-2, 3) if i or j]
    for (a, b), share in zip(pairs, single, strict=True):
        if (2 * a, 2 * b) in lookup:
            twice[lookup[2 * a, 2 * b]] += share
        reached = []
        for i, j in changes:
            x, y = sorted((2 * a + i, 2 * b + j))
            if x >= 0 and (a > 0 or i == 0) and (b > 0 or j == 0) and (y, x) in lookup:
                reached.append((lookup[y, x], np.exp(-event_cost * (abs(i) + abs(j)))))
        scale = sum(weight for _, weight in reached)
        for at, weight in reached:
            after[at] += share * weight / scale
    return twice, after


def _log_posterior(
    evidence: SegmentEvidence,
    purities: Floats,
    ploidies: Floats,
    states: _States,
    settings: PuritySettings,
    *,
    blur: float,
) -> Floats:
    """Log-probability of each point, (2, n_points): without and with a doubled genome; `blur` widens the ratios.

    Points of one purity share their allele likelihoods, so they are taken together.
    """
    result = np.zeros((2, len(purities)))
    trust = settings.sharpness * np.clip(evidence.length / settings.full_weight_length, 0.1, 1.0)
    # a constant a segment changes nothing, and lets single precision do, at half the time
    table = evidence.alleles - evidence.alleles.max(axis=1, keepdims=True)
    of_any = np.logaddexp.reduce(table, axis=1) - np.log(table.shape[1])
    odd = np.log(settings.odd_share) + of_any - np.log(np.maximum(3.0, 1.5 * evidence.ratio))
    ratio, prior = evidence.ratio.astype(np.float32), states.prior.astype(np.float32)
    variance = evidence.ratio_sd**2 + (settings.ratio_floor * evidence.ratio) ** 2
    for p in np.unique(purities):
        at = np.flatnonzero(purities == p)
        tumor = p * states.total + 2 * (1 - p)
        share = (p * states.minor + 1 - p) / np.maximum(tumor, 1e-9)
        alleles = _interpolated(table, np.clip(share, 0, 0.5))  # (n_segments, n_states)
        for block in np.array_split(at, max(1, len(at) // 48)):
            scale = p * ploidies[block] + 2 * (1 - p)
            expected = (tumor[:, None] / scale[None, :]).astype(np.float32)
            middle = float(scale.mean())
            widened = variance + (blur * p * evidence.ratio / middle) ** 2
            spread = np.sqrt(widened[:, None] + (states.blur * p / middle)[None, :] ** 2)
            level = (alleles - np.log(spread) - 0.5 * np.log(2 * np.pi)).astype(np.float32)
            distance = ratio[:, None, None] - expected[None]
            distance *= (1 / spread).astype(np.float32)[:, :, None]
            whole = level[:, :, None] - np.float32(0.5) * distance * distance
            peak = np.maximum(whole.max(axis=1), odd[:, None].astype(np.float32))
            likelihood = np.exp(whole - peak[:, None, :])
            mixed = np.matmul(prior[None], likelihood)  # (n_segments, n_kinds, n_points)
            stray = np.exp(odd[:, None] - peak)[:, None, :]
            mixed = np.log((1 - settings.odd_share) * mixed + stray) + peak[:, None, :]
            logs = states.log_weight[:, None] + np.tensordot(trust, mixed, axes=1)
            for doubled in (0, 1):
                result[doubled, block] = np.logaddexp.reduce(logs[states.of_doubled == doubled], axis=0)
    return result


def _interpolated(table: Floats, share: Floats) -> Floats:
    """Rows of `table` (over MINOR_SHARES) at each share; (n_rows, n_shares)."""
    place = share * (len(MINOR_SHARES) - 1) / MINOR_SHARES[-1]
    low = np.clip(np.floor(place).astype(int), 0, len(MINOR_SHARES) - 2)
    part = place - low
    mixed: Floats = table[:, low] * (1 - part) + table[:, low + 1] * part
    return mixed


def _basins(cell: Ints, weight: Floats, shape: tuple[int, int]) -> Ints:
    """A label for each point: the local maximum of the grid that its cell climbs to."""
    mass = np.zeros(shape[0] * shape[1])
    np.add.at(mass, cell, weight)
    grid = mass.reshape(shape)
    padded = np.pad(grid, 1, constant_values=-1.0)
    shifts = [(i, j) for i in (0, 1, 2) for j in (0, 1, 2)]
    views = np.stack([padded[i : i + shape[0], j : j + shape[1]] for i, j in shifts])
    up = np.argmax(views, axis=0)
    row, column = np.indices(shape)
    step_i, step_j = np.array(shifts)[:, 0][up] - 1, np.array(shifts)[:, 1][up] - 1
    parent = ((row + step_i) * shape[1] + column + step_j).ravel()
    while True:
        higher = parent[parent]
        if np.array_equal(higher, parent):
            return np.asarray(parent[cell], dtype=np.int64)
        parent = higher


def _solutions(
    purity: Floats, ploidy: Floats, weight: Floats, doubled: Floats, labels: Ints
) -> tuple[Solution, ...]:
    """Distinct solutions, most probable first; basins that lie close together are one."""
    found = []
    for label in np.unique(labels):
        inside = labels == label
        share = float(weight[inside].sum())
        if share > 1e-4:
            found.append((share, inside))
    found.sort(key=lambda item: -item[0])
    merged: list[NDArray[np.bool_]] = []
    for _, inside in found:
        centre = [float(np.average(v[inside], weights=weight[inside])) for v in (purity, ploidy)]
        for at, other in enumerate(merged):
            middle = [float(np.average(v[other], weights=weight[other])) for v in (purity, ploidy)]
            if abs(centre[0] - middle[0]) < 0.06 and abs(centre[1] - middle[1]) < 0.2:
                merged[at] = other | inside
                break
        else:
            merged.append(inside)
    solutions = []
    for inside in merged:
        w = weight[inside]
        total = float(w.sum())
        p_low, p_mid, p_high = weighted_quantiles(purity[inside], w / total, (0.025, 0.5, 0.975))
        q_low, q_mid, q_high = weighted_quantiles(ploidy[inside], w / total, (0.025, 0.5, 0.975))
        double = float(np.average(doubled[inside], weights=w))
        solutions.append(Solution(p_mid, p_low, p_high, q_mid, q_low, q_high, double, total))
    return tuple(sorted(solutions, key=lambda s: -s.share))


def weighted_quantiles(values: Floats, weight: Floats, shares: tuple[float, ...]) -> list[float]:
    """Values below which each of `shares` of the weight lies."""
    order = np.argsort(values)
    along = np.cumsum(weight[order])
    at = np.searchsorted(along, np.array(shares) * along[-1])
    return [float(values[order][min(int(i), len(values) - 1)]) for i in at]
