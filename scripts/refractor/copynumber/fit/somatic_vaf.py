"""What VAFs of somatic substitutions say of purity and doubling: each solution of the fit expects its own peaks.

With purity p, ploidy P and depth ratio r a mutation on m copies of each tumour cell has

    VAF = p m / (p t + 2 (1 - p)),  so that  VAF r = u m  with  u = p / (p P + 2 (1 - p)),

the depth of one copy (PyClone, doi:10.1038/nmeth.2883; multiplicities as in Battenberg, doi:10.1016/j.cell.2012.04.023). A
purer tumour with subclones, and one doubled at half the odds of purity, expect other multiples of u than the true one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from refractor.copynumber.fit.allele_balance import MINOR_FRACTIONS
from refractor.copynumber.fit.purity_posterior import PurityPosterior, Solution
from refractor.copynumber.fit.segment_summary import SegmentSummary
from refractor.results.quality import SAMPLED_SUBSTITUTIONS, SOMATIC_VAF, Quality, QualityStatus
from refractor.variants.somatic_alleles import SomaticAlleles

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SomaticVafSettings:
    """How much VAFs count, and how they stray. All are our choice; benchmarks/somatic_vaf.py measures what they give."""

    least: int = 100
    """Substitutions below which nothing is weighed: those of an exome lie in few segments."""
    least_depth: int = 15
    """Reads of a place below which its VAF tells no peaks apart."""
    most_looked_at: int = 2_000
    """Of more, so many evenly over the genome are looked at: they cost time, and count no more (`worth`)."""
    worth: float = 300.0
    """The evidence counts as that of at most so many substitutions: they share what is wrong with the caller."""
    most: float = 6.0
    """Log by which the best solution can gain on another: no file makes one more than 400 times likelier."""
    overdispersion: float = 0.004
    """Correlation within the reads of a place (beta-binomial)."""
    bias_sd: float = 0.03
    """By which share all VAFs may be off (mapping favours the reference), or the unit of a solution."""
    parts: tuple[float, ...] = tuple(np.round(np.arange(0.1, 0.91, 0.1), 2).tolist())
    """Shares of the tumour cells in which a subclone's mutations may be, on one copy."""
    subclonal_weight: float = 4.0
    """Dirichlet weight of all subclones together, where that of clonal mutations is 4 and that of stray ones, and of
    inherited ones where no normal was matched, 1."""
    age_weights: tuple[float, float, float] = (1.0, 0.3, 1.0)
    """Dirichlet weights of clonal mutations before gains, between a gain and a doubling, and after both."""


DEFAULT_SOMATIC_VAF = SomaticVafSettings()
"""What is used of a file where nothing is set."""
SAMPLED_SOMATIC_VAF = SomaticVafSettings(least=20, most=3.0)
"""The same of substitutions that we saw in the sampled windows: fewer do, as what is below their limit is known, and they
make a solution 20 times likelier at most, as a subclone of half the cells without many mutations is not told by them."""

MOST_COPIES = 8
"""Copies of an allele beyond which an early mutation is taken to be on so many: amplicons hold few mutations."""
LEAST_BETWEEN, SURELY_BETWEEN = 0.15, 3.0
"""Copies, and errors of depth, by which a segment must lie off whole copies to be a subclone's (our choice)."""
LEAST_HELD = 0.2
"""Copies of the rarer allele from which mutations on it are looked for."""
CONTRADICTED = 12.0
"""Log by which VAFs alone make another solution likelier than the first from which the row of qc.tsv warns: twice the most
that they may count (ours). The first is then wrong, and the true one perhaps not among those that were found."""
LEAST_TOLD = 0.02
"""Chance of being told below which a kind of mutation is not made likelier by being rare in the file."""
_CONTRADICTION = (
    "; they speak against it by far more than they are let count: this purity may be wrong, one that is known from "
    "elsewhere can be stated"
)
_BIAS_STEPS = np.linspace(-2.0, 2.0, 9)
_VB_ROUNDS = 60


@dataclass(frozen=True, slots=True, eq=False)
class PlacedAlleles:
    """Substitutions with the segment that each lies in; arrays (n,). Those below `least` alternative reads are left out."""

    alt: Ints
    depth: Ints
    least: Ints
    segment: Ints
    matched: bool

    def __len__(self) -> int:
        """How many there are."""
        return len(self.alt)


def placed(
    alleles: SomaticAlleles, summary: SegmentSummary, settings: SomaticVafSettings = DEFAULT_SOMATIC_VAF
) -> PlacedAlleles:
    """The substitutions that lie in autosomal segments, deep enough, with the reads below which their caller is silent.

    That limit is told with our own; of a file it is where the lowest hundredth of reads and of VAF lies: rarer alleles are
    left out, and what a solution expects is judged among what is above it.
    """
    segment = np.full(len(alleles), -1, dtype=np.int64)
    for name in np.unique(alleles.chromosome):
        of_segments = np.flatnonzero((summary.chromosome == name) & summary.autosomal)
        rows = np.flatnonzero(alleles.chromosome == name)
        if len(of_segments) == 0:
            continue
        at = np.searchsorted(summary.start[of_segments], alleles.position[rows], side="right") - 1
        inside = (at >= 0) & (alleles.position[rows] < summary.end[of_segments][np.maximum(at, 0)])
        segment[rows[inside]] = of_segments[at[inside]]
    usable = (segment >= 0) & (alleles.depth >= settings.least_depth) & (alleles.alt > 0)
    alt, depth, segment = alleles.alt[usable], alleles.depth[usable], segment[usable]
    if len(alt) == 0:
        return PlacedAlleles(alt, depth, alt, segment, alleles.matched)
    if alleles.least is not None:
        least = np.full(len(alt), alleles.least, dtype=np.int64)
    else:
        reads, share = np.quantile(alt, 0.01), np.quantile(alt / depth, 0.01)
        least = np.maximum(np.ceil(reads), np.ceil(share * depth - 1e-9)).astype(np.int64)
    seen = np.flatnonzero(alt >= least)
    if len(seen) > settings.most_looked_at:
        seen = seen[np.linspace(0, len(seen) - 1, settings.most_looked_at).astype(np.int64)]
    return PlacedAlleles(alt[seen], depth[seen], least[seen], segment[seen], alleles.matched)


def weighed_by_somatic_vaf(
    posterior: PurityPosterior, alleles: SomaticAlleles | None, summary: SegmentSummary
) -> tuple[PurityPosterior, tuple[Quality, ...]]:
    """The posterior with the VAFs as evidence, and a row for qc.tsv that says what they moved; none without any."""
    if alleles is None:
        return posterior, ()
    sampled = alleles.least is not None
    settings = SAMPLED_SOMATIC_VAF if sampled else DEFAULT_SOMATIC_VAF
    metric = SAMPLED_SUBSTITUTIONS if sampled else SOMATIC_VAF
    inside = placed(alleles, summary, settings)
    if len(inside) < settings.least:
        few = f"{len(inside)} substitutions {'in the windows' if sampled else 'of the genome'}, at least {settings.least} are needed"
        return posterior, (Quality(metric=metric, value=None, status=QualityStatus.PASS, note=few),)
    found, against = with_somatic_vaf(posterior, inside, summary, settings)
    before, after = posterior.solutions[0], found.solutions[0]
    seen = " that the sampled windows show" if sampled else ""
    row = Quality(
        metric=metric,
        value=after.probability,
        unit="probability, 0-1",
        status=QualityStatus.WARN if against > CONTRADICTED else QualityStatus.PASS,
        note=f"share of purity {after.purity:.2f} with ploidy {after.ploidy:.2f} by depth, allele balance and the VAFs of "
        f"{len(inside):,} substitutions{seen}; without them purity {before.purity:.2f} with ploidy {before.ploidy:.2f} had "
        f"{before.probability:.2f}" + (_CONTRADICTION if against > CONTRADICTED else ""),
    )
    return found, (row,)


def with_somatic_vaf(
    posterior: PurityPosterior,
    alleles: PlacedAlleles,
    summary: SegmentSummary,
    settings: SomaticVafSettings = DEFAULT_SOMATIC_VAF,
) -> tuple[PurityPosterior, float]:
    """The posterior with each solution weighed by the VAFs too; the same where they are too few or there is one solution.

    Within a solution nothing moves: its unit is known better from depth than VAFs, biased as they are, could tell. Second,
    the log by which the VAFs alone, however much they count, make another solution likelier than the one that is first now.
    """
    if len(alleles) < settings.least or len(posterior.solutions) < 2:
        return posterior, 0.0
    alone = np.array([log_evidence(alleles, summary, found, settings) for found in posterior.solutions])
    alone -= alone.max()
    logs = np.maximum(alone, -settings.most)
    factor = np.append(np.exp(logs), np.exp(-settings.most))  # the last for points of no solution
    weight = posterior.weight * factor[posterior.solution_of]
    weight /= weight.sum()
    shares = np.array([weight[posterior.solution_of == at].sum() for at in range(len(logs))])
    order = np.argsort(-shares, kind="stable")
    number = np.full(len(logs) + 1, -1)
    number[order] = np.arange(len(order))
    weighed = replace(
        posterior,
        weight=weight,
        solutions=tuple(replace(posterior.solutions[at], probability=float(shares[at])) for at in order),
        solution_of=number[posterior.solution_of],
    )
    return weighed, -float(alone[order[0]])


def log_evidence(
    alleles: PlacedAlleles, summary: SegmentSummary, solution: Solution, settings: SomaticVafSettings
) -> float:
    """Log-probability of the reads under one solution, as of at most `worth` substitutions.

    A mutation is clonal, on all copies of an allele (before its gain), on two (after
    it, before a doubling) or on one; a subclone's, on one copy of part of the
    cells; or stray, of any VAF. How many are of each kind is unknown: averaged over (variational Bayes), so that a
    kind that explains little makes a solution dearer. So is the bias of VAFs.
    """
    unit = solution.purity / (solution.purity * solution.ploidy + 2 * (1 - solution.purity))
    ratio = np.maximum(summary.ratio, 1e-3)
    major, minor = _copies_of_alleles(summary, ratio, solution)
    inherited = [] if alleles.matched else [_inherited(alleles, summary, settings)]
    parts = len(settings.parts)
    prior = np.array(
        [4.0, *[settings.subclonal_weight / parts] * parts, 1.0, *[1.0] * len(inherited)], dtype=np.float64
    )
    logs = []
    for step in _BIAS_STEPS:
        expected = unit * (1 + settings.bias_sd * step) / ratio
        clonal, rest = _components(alleles, expected, major, minor, settings)
        other = np.column_stack([*rest, *inherited])
        logs.append(_averaged_over_shares(clonal, other, prior, settings) - 0.5 * step**2)
    return float(np.logaddexp.reduce(logs) - np.log(len(logs)))


def _copies_of_alleles(summary: SegmentSummary, ratio: Floats, solution: Solution) -> tuple[Floats, Floats]:
    """Mean copies of the commoner (at least 1) and the rarer allele of each segment at a solution.

    Whole ones, unless depth or allele balance is surely between: where part of the cells gained a copy, what came
    before it is on one and a half.
    """
    p, per_copy = solution.purity, solution.purity * solution.ploidy + 2 * (1 - solution.purity)
    total = np.maximum((ratio * per_copy - 2 * (1 - p)) / p, 0.0)
    whole = np.rint(total)
    whole_minor = np.array(
        [_likeliest_minor(logs, t, p) for logs, t in zip(summary.alleles, whole, strict=True)]
    )
    shares, errors = np.transpose([_minor_share(logs) for logs in summary.alleles])
    minor = np.clip((shares * ratio * per_copy - (1 - p)) / p, 0.0, total / 2)
    between = _is_off(total, whole, summary.ratio_sd * per_copy / p)
    between |= _is_off(minor, whole_minor, errors * ratio * per_copy / p)
    minor = np.where(between, minor, whole_minor)
    return np.clip(np.where(between, total, whole) - minor, 1, MOST_COPIES), minor


def _likeliest_minor(logs: Floats, total: float, purity: float) -> float:
    """Copies of the rarer allele, of so many whole ones in all, that the segment's SNPs fit best."""
    possible = np.arange(int(total) // 2 + 1)
    shares = (purity * possible + 1 - purity) / (purity * total + 2 * (1 - purity))
    return float(possible[np.argmax(np.interp(shares, MINOR_FRACTIONS, logs))])


def _minor_share(logs: Floats) -> tuple[float, float]:
    """Share of the rarer allele by the log-likelihood over MINOR_FRACTIONS, and its error: a quarter of the range within 2."""
    if np.ptp(logs) == 0:
        return 0.5, 0.5
    held = MINOR_FRACTIONS[logs >= logs.max() - 2]
    return float(MINOR_FRACTIONS[np.argmax(logs)]), max(float(np.ptp(held)) / 4, float(MINOR_FRACTIONS[1]))


def _is_off(copies: Floats, whole: Floats, error: Floats) -> Flags:
    """Whether copies lie off whole ones by more than their error allows."""
    off: Flags = np.abs(copies - whole) > np.maximum(LEAST_BETWEEN, SURELY_BETWEEN * error)
    return off


def _components(
    alleles: PlacedAlleles, of_one_copy: Floats, major: Floats, minor: Floats, settings: SomaticVafSettings
) -> tuple[Floats, list[Floats]]:
    """Probability of each substitution's reads if it is early, between, late (n, 3), a subclone's of each part, or stray (n,).

    `of_one_copy` is the VAF of one copy in every tumour cell, by segment.
    """
    at = alleles.segment
    one, high, low = of_one_copy[at], major[at], minor[at]
    late = _probability(alleles, one, settings)

    def on_either(of_major: Floats, of_minor: Floats) -> Floats:
        found = _probability(alleles, one * of_major, settings)
        held = of_minor >= LEAST_HELD
        found[held] = (found[held] + _probability(alleles, one * of_minor, settings)[held]) / 2
        return found

    early, middle = on_either(high, low), on_either(np.minimum(high, 2), np.minimum(low, 2))
    subclonal = [_probability(alleles, one * part, settings) for part in settings.parts]
    stray = 1.0 / (alleles.depth - alleles.least + 1)
    return np.column_stack([early, middle, late]), [*subclonal, stray]


def _inherited(alleles: PlacedAlleles, summary: SegmentSummary, settings: SomaticVafSettings) -> Floats:
    """Probability of each substitution's reads if it is an inherited one on either allele, whatever the purity; (n,)."""
    share = np.array([_minor_share(logs)[0] for logs in summary.alleles])[alleles.segment]
    both: Floats = _probability(alleles, share, settings) + _probability(alleles, 1 - share, settings)
    return both / 2


def _probability(alleles: PlacedAlleles, vaf: Floats, settings: SomaticVafSettings) -> Floats:
    """Probability of the alternative reads at a VAF, among the counts that the caller tells; (n,).

    Binomial, of as many reads as the correlated ones are worth: n / (1 + (n - 1) x correlation).
    """
    from scipy.special import betainc, betaln  # noqa: PLC0415 - a fifth of a second to start

    f = np.clip(vaf, 0.005, 0.995)
    worth = 1 / (1 + (alleles.depth - 1) * settings.overdispersion)
    n, k, least = alleles.depth * worth, alleles.alt * worth, alleles.least * worth
    log_density = k * np.log(f) + (n - k) * np.log1p(-f) - betaln(k + 1, n - k + 1) - np.log(n + 1)
    told = betainc(least, n - least + 1, f)
    density: Floats = np.exp(log_density) * worth / np.maximum(told, LEAST_TOLD)
    return density


def _averaged_over_shares(
    clonal: Floats, other: Floats, prior: Floats, settings: SomaticVafSettings
) -> float:
    """Log-probability of all substitutions, averaged over the shares of their kinds (lower bound of variational Bayes).

    The shares of the kinds, clonal first, have the Dirichlet `prior`, those of the ages of clonal ones `age_weights`.
    """
    from scipy.special import digamma  # noqa: PLC0415 - a fifth of a second to start

    n = len(clonal)
    weight = min(1.0, settings.worth / n)
    of_age = np.array(settings.age_weights)
    kind, age = prior + weight * n / len(prior), of_age + weight * n / len(of_age)
    last = -np.inf
    for _ in range(_VB_ROUNDS):
        log_kind = digamma(kind) - digamma(kind.sum())
        log_age = digamma(age) - digamma(age.sum())
        ages = clonal * np.exp(log_age)
        of_clonal = ages.sum(axis=1)
        parts = np.column_stack([of_clonal, other]) * np.exp(log_kind)
        whole = parts.sum(axis=1)
        bound = weight * float(np.log(np.maximum(whole, 1e-300)).sum())
        bound -= _divergence(kind, prior, log_kind) + _divergence(age, of_age, log_age)
        if bound - last < 1e-3:
            break
        last = bound
        held = parts / np.maximum(whole, 1e-300)[:, None]
        kind = prior + weight * held.sum(axis=0)
        age = of_age + weight * (ages * (held[:, 0] / np.maximum(of_clonal, 1e-300))[:, None]).sum(axis=0)
    return bound


def _divergence(found: Floats, prior: Floats, log_share: Floats) -> float:
    """Kullback-Leibler divergence of a Dirichlet distribution from its prior; `log_share` is its mean log share."""
    from scipy.special import gammaln  # noqa: PLC0415 - a fifth of a second to start

    norm = gammaln(found.sum()) - gammaln(found).sum() - gammaln(prior.sum()) + gammaln(prior).sum()
    return float(norm + ((found - prior) * log_share).sum())
