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

import numpy as np
from numpy.typing import NDArray

from refractor.copynumber.fit.altered_length import log_prior_of_length
from refractor.copynumber.fit.genome_prior import (
    DEFAULT_PURITY,
    CopyStates,
    PuritySettings,
    copy_states,
    with_shared_subclones,
)
from refractor.copynumber.fit.purity_posterior import (
    PurityPosterior,
    SegmentEvidence,
    Solution,
    weighted_quantiles,
)
from refractor.copynumber.fit.state_likelihood import StateLikelihood

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def fit_purity(
    evidence: SegmentEvidence,
    *,
    purity: float | None = None,
    ploidy: float | None = None,
    settings: PuritySettings = DEFAULT_PURITY,
) -> PurityPosterior:
    """The posterior of purity (0-1) and ploidy (copies); a given value is held fast.

    Algorithm: 1. the log-posterior on a grid of purity and ploidy, each segment a mixture over the states of
    `genome_prior` (formulas above), raised to `sharpness` and to the segment's length; 2. likely cells are cut finer;
    3. points are grouped into basins, each a solution; 4. at each basin's best point the subclones are given one or
    two shared cell fractions, and the basin gains what that explains better.
    """
    states = copy_states(settings)
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
    shape = (len(purities), len(ploidies))
    labels = _basins(cell, _weights(logs), shape)
    logs = logs + _of_shared_subclones(
        evidence, fine_p, fine_q, logs, labels, states=states, settings=settings
    )
    weight = _weights(logs)
    doubled = np.exp(logs[1] - np.logaddexp.reduce(logs, axis=0))
    width_p = np.full(len(fine_p), step_p / parts_p if purity is None else 0.0)
    width_q = np.full(len(fine_q), step_q / parts_q if ploidy is None else 0.0)
    solutions, solution_of = _solutions(fine_p, fine_q, weight, doubled, labels)
    return PurityPosterior(fine_p, fine_q, weight, width_p, width_q, doubled, solutions, solution_of)


def _grid(limits: tuple[float, float], step: float) -> Floats:
    steps: Floats = np.arange(round(limits[0] / step), round(limits[1] / step) + 1).astype(float) * step
    return steps


def _weights(logs: Floats) -> Floats:
    """Probability of each point, (n_points,), from (2, n_points) log-probabilities."""
    joined = np.logaddexp.reduce(logs, axis=0)
    weight = np.exp(joined - joined.max())
    return np.asarray(weight / weight.sum(), dtype=np.float64)


def _of_shared_subclones(
    evidence: SegmentEvidence,
    purities: Floats,
    ploidies: Floats,
    logs: Floats,
    labels: Ints,
    *,
    states: CopyStates,
    settings: PuritySettings,
) -> Floats:
    """What each point gains (log, (2, n_points)) where subclones have one share of the cells in all stretches.

    There are many kinds of such genomes, so they are tried at the best point of each basin only, and the gain
    holds for the basin.
    """
    joined = np.logaddexp.reduce(logs, axis=0)
    basins, peaks = [], []
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        best = rows[np.argmax(joined[rows])]
        if joined[best] > joined.max() - settings.depth_in_cell:
            basins.append(rows)
            peaks.append(best)
    at = np.array(peaks)
    shared = with_shared_subclones(states, settings)
    peak_logs = _log_posterior(evidence, purities[at], ploidies[at], shared, settings, blur=0.0)
    gain = np.zeros_like(logs)
    for number, rows in enumerate(basins):
        of_length = log_prior_of_length(
            evidence,
            purity=float(purities[at[number]]),
            ploidy=float(ploidies[at[number]]),
            states=shared,
            settings=settings,
        )
        gain[:, rows] = (peak_logs[:, number] + of_length - logs[:, at[number]])[:, None]
    return gain


def _log_posterior(
    evidence: SegmentEvidence,
    purities: Floats,
    ploidies: Floats,
    states: CopyStates,
    settings: PuritySettings,
    *,
    blur: float,
) -> Floats:
    """Log-probability of each point, (2, n_points): without and with a doubled genome; `blur` widens the ratios.

    Points of one purity share their allele likelihoods, so they are taken together.
    """
    result = np.zeros((2, len(purities)))
    of_states = StateLikelihood(evidence, states, settings)
    for p in np.unique(purities):
        at = np.flatnonzero(purities == p)
        for block in np.array_split(at, max(1, len(at) // 48)):
            mixed = of_states.at(float(p), ploidies[block], blur=blur).mixed()
            logs = states.log_weight[:, None] + np.tensordot(mixed, of_states.trust, axes=(1, 0))
            for doubled in (0, 1):
                result[doubled, block] = np.logaddexp.reduce(logs[states.of_doubled == doubled], axis=0)
    return result


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
) -> tuple[tuple[Solution, ...], Ints]:
    """Distinct solutions, most probable first, and each point's (-1: none); basins that lie close together are one."""
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
    merged.sort(key=lambda inside: -float(weight[inside].sum()))
    solutions = []
    solution_of = np.full(len(weight), -1, dtype=np.int64)
    for number, inside in enumerate(merged):
        solution_of[inside] = number
        w = weight[inside]
        total = float(w.sum())
        p_low, p_mid, p_high = weighted_quantiles(purity[inside], w / total, (0.025, 0.5, 0.975))
        q_low, q_mid, q_high = weighted_quantiles(ploidy[inside], w / total, (0.025, 0.5, 0.975))
        double = float(np.average(doubled[inside], weights=w))
        solutions.append(Solution(p_mid, p_low, p_high, q_mid, q_low, q_high, double, total))
    return tuple(solutions), solution_of
