r"""How much a finding explains: the probability that it accounts for the lack of benefit, with its control.

For a mechanism with log odds ratio theta (statistics.shrunken_odds: published tables and the cohort's own counts, shrunk
towards each other) and the chance p0 of no benefit among patients without any finding (Beta posterior of the cohort,
Jeffreys' prior), a carrier lacks benefit with

    p1 = p0 e^theta / (1 - p0 + p0 e^theta)

and of the carriers without benefit the excess fraction

    (p1 - p0) / p1 = (1 - p0) (1 - e^-theta),  0 where theta < 0

would have had benefit without the finding. That is the probability that the finding accounts for this patient's lack of
benefit **if** a finding never helps and carriers differ from others in nothing else (Tian and Pearl, Ann Math Artif
Intell 2000;28:287: monotonicity and exogeneity); with confounding it is no more than an association. It can never
exceed 1 - p0: most patients without a finding lack benefit too. A patient with several mechanisms has the largest of
their fractions, which does not count the same excess twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from refractor.evidence.knowledge.published_tables import PublishedTable
from refractor.outcomes.members import Member
from refractor.results.analysis_tables import Association, Attribution, PriorName
from refractor.statistics.shrunken_odds import THETA, OddsPosterior, OddsPrior, TwoByTwo, shrunken_odds
from refractor.vocabulary import EXPLAINING_TIERS

Floats = NDArray[np.float64]

DEFAULT_PRIOR = OddsPrior()
PRIORS: Mapping[PriorName, OddsPrior] = {
    "default": DEFAULT_PRIOR,
    "sceptical": OddsPrior(mean_sd=0.5, spread_scale=0.5),
    "wide": OddsPrior(mean_sd=2.0, spread_scale=2.0),
}
"""The prior that is used, and two beside it that show what hangs on it; standard deviations are our choice."""
ANY = "any R1-R3"
_QUANTILES: Floats = (np.arange(200) + 0.5) / 200
_DRAWS = 20_000
_SEED = 20_260


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95 % interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """What a finding weighs under one prior; `base` are equally likely values of p0, shape (n,)."""

    odds: OddsPosterior
    base: Floats

    def odds_ratio(self, mechanism: str) -> Estimate:
        """The odds ratio of no benefit; its mean is taken on the log scale."""
        density = self.odds.of(mechanism)
        low, high = _quantiles(THETA, density)
        return Estimate(float(np.exp(density @ THETA)), float(np.exp(low)), float(np.exp(high)))

    def no_benefit(self, mechanism: str) -> Estimate:
        """P(no benefit | finding)."""
        odds = self.base[None, :] / (1 - self.base[None, :]) * np.exp(THETA)[:, None]
        return self._over_both(mechanism, odds / (1 + odds))

    def accounted(self, mechanism: str) -> Estimate:
        """The excess fraction."""
        return self._over_both(mechanism, excess_fraction(THETA[:, None], self.base[None, :]))

    def _over_both(self, mechanism: str, values: Floats) -> Estimate:
        density = self.odds.of(mechanism)
        weight = np.repeat(density[:, None] / len(self.base), len(self.base), axis=1)
        low, high = _quantiles(values.ravel(), weight.ravel())
        return Estimate(float((values * weight).sum()), low, high)


def excess_fraction(theta: Floats, base: Floats) -> Floats:
    """(1 - p0)(1 - e^-theta), 0 for theta below 0; shapes broadcast."""
    return np.asarray((1 - base) * np.maximum(0.0, 1 - np.exp(-theta)))


def weigh(
    own: Mapping[str, TwoByTwo], published: Iterable[PublishedTable], prior: OddsPrior = DEFAULT_PRIOR
) -> Weights:
    """The weights from the cohort's own counts by mechanism (ANY for all together) and the published ones."""
    tables = [(table.mechanism, table.counts) for table in published]
    tables += [(name, counts) for name, counts in own.items() if name != ANY]
    free = own.get(ANY, TwoByTwo(0, 0, 0, 0))
    lacking, helped = free.events_without, free.without_property - free.events_without
    return Weights(
        shrunken_odds(tables, prior), np.asarray(betaincinv(lacking + 0.5, helped + 0.5, _QUANTILES))
    )


def attributions(
    members: Sequence[Member], associations: Sequence[Association], published: Sequence[PublishedTable]
) -> list[Attribution]:
    """Rows of ATTRIBUTION: each mechanism found, each patient without benefit who has a finding, the cohort; per prior."""
    own = own_counts(associations)
    found = _mechanisms_without_benefit(members)
    shown = sorted({name for names in found.values() for name in names} | (_carried(own) - {ANY}))
    rows: list[Attribution] = []
    for name, prior in PRIORS.items():
        weights = weigh(own, published, prior)
        by_mechanism = {mechanism: _of_mechanism(weights, name, mechanism) for mechanism in shown}
        for mechanism, row in by_mechanism.items():
            counts = own.get(mechanism)
            rows.append(
                replace(
                    row,
                    published_tables=sum(table.mechanism == mechanism for table in published),
                    carriers=None if counts is None else counts.with_property,
                )
            )
        for patient, names in found.items():
            weighed = [_weighed(by_mechanism[mechanism], share) for mechanism, share in names.items()]
            best = max(weighed, key=lambda row: row.accounted or 0.0)
            rows.append(replace(best, level="patient", patient=patient))
        rows.append(_of_cohort(weights, name, found))
    return rows


def own_counts(associations: Sequence[Association]) -> dict[str, TwoByTwo]:
    """The cohort's own counts by pathway, and of ANY; only patients tested for it."""
    counts: dict[str, TwoByTwo] = {}
    for row in associations:
        if row.level != "gene":
            lacking, helped = row.carriers_without_benefit, row.carriers_with_benefit
            counts[ANY if row.level == "any" else row.mechanism] = TwoByTwo(
                lacking,
                lacking + helped,
                row.without_benefit - lacking,
                row.without_benefit + row.with_benefit - lacking - helped,
            )
    return counts


def _carried(own: Mapping[str, TwoByTwo]) -> set[str]:
    return {name for name, counts in own.items() if counts.with_property}


def _mechanisms_without_benefit(members: Sequence[Member]) -> dict[str, dict[str, float]]:
    """Mechanisms of R1-R3 by patient, of evaluable patients without benefit who have one.

    Each with the part of such findings that the tumour's hypermutation does not bring, 1 where it brings none.
    """
    found = {
        member.patient: {
            pathway: member.own_shares.get(pathway, 1.0)
            for pathway in sorted(
                {found.pathway for found in member.candidates if found.tier in EXPLAINING_TIERS}
            )
        }
        for member in members
        if member.evaluable and member.benefit is False
    }
    return {patient: names for patient, names in found.items() if names}


def _of_mechanism(weights: Weights, prior: PriorName, mechanism: str) -> Attribution:
    odds_ratio, no_benefit = weights.odds_ratio(mechanism), weights.no_benefit(mechanism)
    accounted = weights.accounted(mechanism)
    return Attribution(
        level="mechanism",
        prior=prior,
        mechanism=mechanism,
        odds_ratio=odds_ratio.mean,
        odds_ratio_low=odds_ratio.low,
        odds_ratio_high=odds_ratio.high,
        p_no_benefit_without=float(weights.base.mean()),
        p_no_benefit_with=no_benefit.mean,
        p_no_benefit_with_low=no_benefit.low,
        p_no_benefit_with_high=no_benefit.high,
        accounted=accounted.mean,
        accounted_low=accounted.low,
        accounted_high=accounted.high,
    )


def _weighed(row: Attribution, share: float) -> Attribution:
    """The row of a mechanism for a patient in whom only that share of such findings is no passenger."""
    if share == 1:
        return row
    bounds = (row.accounted, row.accounted_low, row.accounted_high)
    accounted, low, high = (None if value is None else value * share for value in bounds)
    return replace(row, own_share=share, accounted=accounted, accounted_low=low, accounted_high=high)


def _of_cohort(weights: Weights, prior: PriorName, found: Mapping[str, Mapping[str, float]]) -> Attribution:
    """The expected number of patients truly explained, from seeded draws that all patients share."""
    random = np.random.default_rng(_SEED)
    base = random.choice(weights.base, _DRAWS)
    names = sorted({name for patient in found.values() for name in patient})
    fractions = {
        name: excess_fraction(random.choice(THETA, _DRAWS, p=weights.odds.of(name)), base) for name in names
    }
    total = np.zeros(_DRAWS)
    for mechanisms in found.values():
        total += np.max([fractions[name] * share for name, share in mechanisms.items()], axis=0)
    low, high = np.quantile(total, (0.025, 0.975))
    return Attribution(
        level="cohort",
        prior=prior,
        found=len(found),
        p_no_benefit_without=float(weights.base.mean()),
        accounted=float(total.mean()),
        accounted_low=float(low),
        accounted_high=float(high),
    )


def _quantiles(values: Floats, weight: Floats) -> tuple[float, float]:
    order = np.argsort(values, kind="stable")
    sums = np.cumsum(weight[order])
    low, high = np.searchsorted(sums, (0.025 * sums[-1], 0.975 * sums[-1]))
    return float(values[order[low]]), float(values[order[min(high, len(values) - 1)]])
