"""What the weights of findings are worth: held-out studies, and cohorts in which no finding has any effect.

    python benchmarks/attribution.py

Held out: each published table in turn is foretold from the others (chance of no benefit among its carriers, from its
non-carriers and the weight of the mechanism), and scored by Brier's score beside two that know no weights. Without
effect: how much the weights claim in the cohorts of benchmarks/false_explanations.py, in which carriers fare as others do.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from false_explanations import settings, simulated  # noqa: E402

from refractor.evidence.knowledge.published_tables import PublishedTable, load_published_tables  # noqa: E402
from refractor.outcomes.attribution import ANY, PRIORS, weigh  # noqa: E402
from refractor.outcomes.explanation import Case  # noqa: E402
from refractor.statistics.shrunken_odds import TwoByTwo  # noqa: E402

Flags = NDArray[np.bool_]
EVERY = 20
"""Of the simulated cohorts every twentieth is weighed: each takes a tenth of a second."""


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
    """Print what the weights claim where no finding has any effect."""
    for name, labeller, prevalences in settings():
        print(f"cohorts without any effect, {name}:")
        claimed(list(simulated(labeller, prevalences))[::EVERY], tables)


def claimed(cohorts: Sequence[Sequence[Case]], tables: tuple[PublishedTable, ...]) -> None:
    """Print how much of each finding the weights say explains, where nothing does."""
    for prior, spread in PRIORS.items():
        said, found = 0.0, 0
        for cases in cohorts:
            lacking = np.array([not case.benefit for case in cases])
            pathways = sorted({m.pathway for case in cases for m in case.candidates})
            own = {
                name: _two_by_two(
                    np.array([any(m.pathway == name for m in case.candidates) for case in cases]), lacking
                )
                for name in pathways
            }
            own[ANY] = _two_by_two(np.array([bool(case.candidates) for case in cases]), lacking)
            weights = weigh(own, tables, spread)
            fractions = {name: weights.accounted(name).mean for name in pathways}
            best = [
                max(fractions[m.pathway] for m in case.candidates)
                for case in cases
                if case.candidates and not case.benefit
            ]
            said, found = said + sum(best), found + len(best)
        print(
            f"  {prior} prior: says {said / max(found, 1):.2f} of each finding explains (truth 0), n {len(cohorts)} cohorts"
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
