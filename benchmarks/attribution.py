"""What the weights of findings are worth: held-out studies, and cohorts in which no finding has any effect.

    python benchmarks/attribution.py

Held out: each published table in turn is foretold from the others (chance of no benefit among its carriers, from its
non-carriers and the weight of the mechanism), and scored by Brier's score beside two that know no weights. Without
effect: 1,000 cohorts of the study's shape in which carriers fare as others do; how often "3 of 10" arises by chance, and
how much the weights claim in these cohorts.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from refractor.evidence.knowledge.published_tables import PublishedTable, load_published_tables  # noqa: E402
from refractor.outcomes.attribution import ANY, PRIORS, weigh  # noqa: E402
from refractor.statistics.hypergeometric import hypergeometric  # noqa: E402
from refractor.statistics.shrunken_odds import TwoByTwo  # noqa: E402

Flags = NDArray[np.bool_]

SEED = 41
COHORTS, PATIENTS, WITHOUT_BENEFIT = 1_000, 19, 10
PREVALENCE = {"MAPK": 0.05, "ERBB2_mutation": 0.05, "low_copy_number": 0.05, "PI3K": 0.10}
"""Carriers in a HER2-amplified, RAS/BRAF-tested cohort: 4 of 19 in all, the study's order of magnitude."""


def held_out(tables: tuple[PublishedTable, ...]) -> None:
    """Print observed and foretold shares per study and the scores."""
    total = np.zeros(3)
    carriers = 0
    print("study\tmechanism\tcarriers\tobserved\tforetold (95 %)\tnon-carriers")
    for table in tables:
        others = [other for other in tables if other.study != table.study]
        counts = table.counts
        base = TwoByTwo(0, 0, counts.events_without, counts.without_property)
        found = weigh({ANY: base}, others).no_benefit(table.mechanism)
        observed = counts.events_with / counts.with_property
        plain = counts.events_without / counts.without_property
        print(
            f"{table.study}\t{table.mechanism}\t{counts.with_property}\t{observed:.2f}\t"
            f"{found.mean:.2f} ({found.low:.2f}-{found.high:.2f})\t{plain:.2f}"
        )
        for index, said in enumerate((found.mean, plain, 0.5)):
            lacking = counts.events_with
            total[index] += lacking * (1 - said) ** 2 + (counts.with_property - lacking) * said**2
        carriers += counts.with_property
    scores = total / carriers
    print(
        f"Brier score over {carriers} carriers of {len(tables)} studies: weights {scores[0]:.3f}, "
        f"rate of non-carriers {scores[1]:.3f}, one half {scores[2]:.3f}"
    )


def without_effect(tables: tuple[PublishedTable, ...]) -> None:
    """Print how often findings pile up by chance, and what the weights then claim."""
    random = np.random.default_rng(SEED)
    names = list(PREVALENCE)
    three, significant = 0, 0
    claimed: dict[str, list[tuple[float, int]]] = {prior: [] for prior in PRIORS}
    for index in range(COHORTS):
        carried = random.binomial(1, list(PREVALENCE.values()), (PATIENTS, len(names))).astype(np.bool_)
        lacking = np.array([index < WITHOUT_BENEFIT for index in range(PATIENTS)])
        some = carried.max(axis=1)
        inside, outside = int(some[lacking].sum()), int(some[~lacking].sum())
        chances = hypergeometric(WITHOUT_BENEFIT, PATIENTS - WITHOUT_BENEFIT, inside + outside)
        least = max(0, inside + outside - (PATIENTS - WITHOUT_BENEFIT))
        three += inside >= 3
        significant += chances[inside - least :].sum() <= 0.05
        if index % 20 == 0:  # the weights are slower than the count
            own = {name: _two_by_two(carried[:, i], lacking) for i, name in enumerate(names)}
            own[ANY] = _two_by_two(some, lacking)
            for prior, settings in PRIORS.items():
                weights = weigh(own, tables, settings)
                fractions = {name: weights.accounted(name).mean for name in names}
                best = [
                    max(fractions[n] for n, has in zip(names, row, strict=True) if has)
                    for row in carried[lacking & some]
                ]
                claimed[prior].append((sum(best), len(best)))
    print(
        f"{COHORTS} cohorts without any effect, {PATIENTS} patients, {WITHOUT_BENEFIT} of them without benefit:"
    )
    print(f"  3 or more of 10 without benefit carry a finding: {three / COHORTS:.3f}")
    print(f"  one-sided permutation p <= 0.05: {significant / COHORTS:.3f}")
    for prior, pairs in claimed.items():
        said, found = (sum(values) for values in zip(*pairs, strict=True))
        print(
            f"  {prior} prior: says {said / max(found, 1):.2f} of each finding explains (truth 0), n {len(pairs)} cohorts"
        )


def _two_by_two(carried: Flags, lacking: Flags) -> TwoByTwo:
    return TwoByTwo(
        int((carried & lacking).sum()),
        int(carried.sum()),
        int((~carried & lacking).sum()),
        int((~carried).sum()),
    )


if __name__ == "__main__":
    shipped = load_published_tables()
    held_out(shipped)
    without_effect(shipped)
