"""Which copies are usual in a tumour: every (total, lesser allele) state with its prior in each kind of genome.

A kind of genome is quiet or wild, doubled or not, with few or many subclonal stretches, and has one or two
subclones, each in its own part of the tumour cells (few subclones carry many events each: doi:10.1038/nbt.2203).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from refractor.copynumber.segments import LISTED_SHARE

Floats = NDArray[np.float64]


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
    subclonal_shares: tuple[float, ...] = (0.05, 0.2, 0.4)
    """Share of the *altered* segments that only part of the tumour cells have; each is tried and averaged over."""
    between_whole_copies: float = 1.0
    """How dear it is that altered bases lie between whole copies: the log-prior of a solution is this x log(1 - f)
    with f their share of all altered bases, a density that falls evenly to 0, mean 1/3 (see `fit/altered_length`)."""
    subclone_steps: tuple[float, ...] = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
    """The parts tried."""
    other_subclones: float = 0.1
    """Fraction of subclonal stretches that belong to none of a genome's one or two main subclones."""
    subclone_bases: tuple[tuple[int, int], ...] = ((1, 1), (2, 1), (1, 0), (2, 2), (3, 2), (4, 2), (2, 0))
    """States (copies of either allele) from which a subclone departs: the most usual ones of either kind."""
    odd_fraction: float = 0.04
    """Share of segments that no state explains: other subclones, artefacts."""
    ratio_floor: float = 0.012
    """Relative error of a depth ratio that no number of windows averages out."""
    sharpness: float = 0.5
    """Exponent of the likelihood: segments are not quite independent."""
    full_weight_length: float = 4e6
    """Bases from which a segment counts in full; shorter ones in proportion, at least a tenth."""
    ambiguous_probability: float = LISTED_SHARE
    """Posterior share from which a second solution is reported as fitting nearly as well."""


DEFAULT_PURITY = PuritySettings()
"""What is used where nothing is set."""


@dataclass(frozen=True, slots=True, eq=False)
class CopyStates:
    """States (whole numbers first, then subclonal means) and how usual each is, in every kind of genome."""

    total: Floats
    minor: Floats
    blur: Floats  # (n_states,): copies within which a state lies, 0 for whole numbers
    step: NDArray[np.int64]  # (n_states,): which of `subclone_steps` a state has, -1 for whole numbers
    prior: Floats  # (n_priors, n_states): each row a kind of genome
    unaltered: NDArray[np.int64]  # (n_priors,): the state of stretches without any event: 1+1, doubled 2+2
    of_doubled: NDArray[np.bool_]  # (n_priors,): which kinds have a doubled genome
    log_weight: Floats  # (n_priors,): how usual each kind is


def copy_states(settings: PuritySettings) -> CopyStates:
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
    unaltered = np.where(of_doubled, lookup[2, 2], lookup[1, 1])
    shares = settings.subclonal_shares
    mixed = [_with_subclonal_share(prior, parts.prior, unaltered, share) for share in shares]
    return CopyStates(
        np.concatenate([total, parts.total]),
        np.concatenate([minor, parts.minor]),
        np.concatenate([np.zeros(len(total)), parts.blur]),
        np.concatenate([np.full(len(total), -1), parts.step]),
        np.maximum(np.vstack(mixed), 1e-11),
        np.tile(unaltered, len(shares)),
        np.tile(of_doubled, len(shares)),
        np.log(np.tile(weights, len(shares)) / len(shares)),
    )


def _with_subclonal_share(prior: Floats, parts: Floats, unaltered: NDArray[np.int64], share: float) -> Floats:
    """Priors over whole and subclonal states where `share` of the altered segments is subclonal.

    Of all segments alike it would make a subclone cheap where little is said to be altered in every cell.
    """
    rows = np.arange(len(prior))
    altered = 1 - prior[rows, unaltered]
    whole = (1 - share) * prior
    whole[rows, unaltered] = prior[rows, unaltered]
    return np.hstack([whole, share * altered[:, None] * parts])


def with_shared_subclones(states: CopyStates, settings: PuritySettings) -> CopyStates:
    """The same states, in genomes that have one or two subclones, each with its one share of the cells.

    Without this every stretch chooses its share anew, which makes a subclone of several stretches look dearer than
    a doubled genome whose odd states it resembles where its share is near one half.
    """
    count = len(settings.subclone_steps)
    pairs = list(combinations_with_replacement(range(count), 2))
    priors, weights = [], []
    subclonal = states.step >= 0
    for pair in pairs:
        own = np.isin(np.arange(count), pair)
        share = settings.other_subclones / count + (1 - settings.other_subclones) * own / own.sum()
        factor = np.ones(len(states.step))
        factor[subclonal] = count * share[states.step[subclonal]]
        priors.append(states.prior * factor)
        usual = 0.5 / count if pair[0] == pair[1] else 0.5 / (len(pairs) - count)
        weights.append(states.log_weight + np.log(usual))
    return replace(
        states,
        prior=np.vstack(priors),
        unaltered=np.tile(states.unaltered, len(pairs)),
        of_doubled=np.tile(states.of_doubled, len(pairs)),
        log_weight=np.concatenate(weights),
    )


def _subclones(
    prior: Floats,
    lookup: dict[tuple[int, int], int],
    settings: PuritySettings,
) -> CopyStates:
    """Mean states of stretches where part of the cells gained, lost or swapped a copy, with their prior for each kind.

    Each starts from one of `subclone_bases`, as usual as that state is in the kind of genome.
    """
    totals, minors, columns = [], [], []
    steps = settings.subclone_steps
    for a, b in settings.subclone_bases:
        base = lookup[a, b]
        moves = {(1, 0), (-1, 0), (0, 1), (0, -1), (1, -1)} if a > b else {(1, 0), (0, -1), (1, -1)}
        possible = [(i, j) for i, j in sorted(moves) if a + i >= 0 and b + j >= 0 and (b > 0 or j <= 0)]
        for i, j in possible:
            for share in steps:
                totals.append(a + b + share * (i + j))
                minors.append(min(a + share * i, b + share * j))
                columns.append(prior[:, base] / len(possible) / len(steps))
    table = np.column_stack(columns)
    half_step = (steps[-1] - steps[0]) / max(len(steps) - 1, 1) / 2
    return CopyStates(
        np.array(totals),
        np.array(minors),
        np.full(len(totals), half_step),
        np.tile(np.arange(len(steps)), len(totals) // len(steps)),
        table / table.sum(axis=1, keepdims=True),
        np.zeros(0, dtype=np.int64),
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
