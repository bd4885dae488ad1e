"""Do bounds and tests hold where what was looked at goes with the outcome? 2,000 made-up cohorts without any effect.

    python benchmarks/untested_answers.py [--cohorts 2000] [--patients 40]

Each patient carries each rule's alteration by chance alone. Each rule is tested with a probability that depends on the
outcome, so that carriers and the looked-at are mixed up with it. Three ways of counting are compared:

- ours: a test among patients in whom the same rules were all answered, and bounds over the whole group;
- silence as absence: who was not tested counts as not carrying (what the program did before);
- found as tested: whoever carries counts as tested, whatever else was not looked at.

Printed are the share of cohorts with Fisher's p of 0.05 or less (the size of the test, at most 0.05), the share of cohorts
whose true share of carriers lies between the bounds, and that in which the exact interval around the bounds holds the
prevalence (at least 0.95).
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from refractor.outcomes.association import Counts, Level, RuleAnswer, Subject, compared, counts
from refractor.outcomes.explanation import TIER_CUTS, Case, Cut, Mechanism, explanation
from refractor.statistics.hypergeometric import fisher
from refractor.statistics.proportions import clopper_pearson
from refractor.vocabulary import Result

RULES = (("A-1", "KRAS", "MAPK", 0.25), ("A-2", "NF1", "MAPK", 0.2), ("B-1", "PIK3CA", "PI3K", 0.3))
"""Rule, gene, pathway, share of tumours that carry it."""
DECISIVE = ("A-1",)
TESTED = {True: {"A-1": 0.5, "A-2": 0.25, "B-1": 0.9}, False: {"A-1": 0.9, "A-2": 0.8, "B-1": 0.4}}
"""Chance that a rule is tested, by benefit."""
MECHANISMS: tuple[tuple[Level, str], ...] = (
    ("any", "any R1-R3"), ("pathway", "MAPK"), ("pathway", "PI3K"), ("gene", "KRAS"), ("gene", "NF1"), ("gene", "PIK3CA"),
)  # fmt: skip
STUDY = Cut(*TIER_CUTS[-1])


@dataclass(frozen=True, slots=True)
class Patient:
    """A patient as the world made one: benefit, rules carried, rules that were tested."""

    benefit: bool
    carried: frozenset[str]
    tested: frozenset[str]

    def subject(self, number: int) -> Subject:
        answers = {}
        for rule, gene, pathway, _ in RULES:
            found = Result.FOUND if rule in self.carried else Result.NOT_FOUND
            answers[rule] = RuleAnswer(gene, pathway, found if rule in self.tested else Result.NOT_TESTED)
        return Subject(str(number), self.benefit, self.complete, answers)

    def case(self, number: int) -> Case:
        seen = self.carried & self.tested
        found = frozenset(Mechanism(gene, path, "R1") for rule, gene, path, _ in RULES if rule in seen)
        return Case(str(number), self.benefit, self.complete, True, found)

    @property
    def complete(self) -> bool:
        return set(DECISIVE) <= self.tested

    def carries(self, level: Level, mechanism: str) -> bool:
        return any(
            rule in self.carried and (level == "any" or mechanism == (gene if level == "gene" else pathway))
            for rule, gene, pathway, _ in RULES
        )


def cohorts(number: int, patients: int, seed: int) -> Iterator[list[Patient]]:
    """Cohorts without effect whose tests go with the outcome."""
    random = np.random.default_rng(seed)
    for _ in range(number):
        benefit = random.random(patients) < 0.46
        carried = random.random((patients, len(RULES))) < [share for *_, share in RULES]
        chance = np.array([[TESTED[bool(b)][rule] for rule, *_ in RULES] for b in benefit])
        tested = random.random((patients, len(RULES))) < chance
        names = np.array([rule for rule, *_ in RULES])
        yield [
            Patient(bool(b), frozenset(names[c].tolist()), frozenset(names[t].tolist()))
            for b, c, t in zip(benefit, carried, tested, strict=True)
        ]


def p_of(table: Counts) -> float:
    """Fisher's p; 1 where nobody can be compared."""
    return fisher(*table.cells()) if table.without and table.with_benefit else 1.0


def silence_as_absence(people: Sequence[Patient], level: Level, mechanism: str) -> Counts:
    seen = [
        (p.benefit, Patient(p.benefit, p.carried & p.tested, p.tested).carries(level, mechanism))
        for p in people
    ]
    tally = Counter(seen)
    without, with_benefit = (sum(tally[b, c] for c in (True, False)) for b in (False, True))
    return Counts(tally[False, True], without, tally[True, True], with_benefit)


def measure(number: int = 2000, patients: int = 40, seed: int = 14) -> Mapping[tuple[str, str], float]:
    """Shares of cohorts by (mechanism, quantity)."""
    hits: Counter[tuple[str, str]] = Counter()
    for people in cohorts(number, patients, seed):
        subjects = [person.subject(n) for n, person in enumerate(people)]
        for level, mechanism in MECHANISMS:
            ours, seen = compared(subjects, level, mechanism), counts(subjects, level, mechanism)
            hits[mechanism, "size"] += p_of(ours) <= 0.05
            hits[mechanism, "size, silence as absence"] += (
                p_of(silence_as_absence(people, level, mechanism)) <= 0.05
            )
            hits[mechanism, "size, found as tested"] += p_of(seen) <= 0.05
            truth = [p.carries(level, mechanism) for p in people if not p.benefit]
            group = seen.without + seen.untested_without
            least, most = seen.carriers_without, seen.carriers_without + seen.untested_without
            if level != "any":  # what is not decisive has no bound at this level
                hits[mechanism, "bounds hold the cohort"] += least <= sum(truth) <= most
                shares = [share for _, gene, path, share in RULES if mechanism in (gene, path)]
                prevalence = 1 - float(np.prod([1 - share for share in shares]))
                low, high = clopper_pearson(least, group).low, clopper_pearson(most, group).high
                hits[mechanism, "interval holds the prevalence"] += (
                    (low or 0.0) <= prevalence <= (high or 1.0)
                )
        cases = [person.case(n) for n, person in enumerate(people)]
        row = explanation(cases, STUDY, benefit=False)
        decisive = [
            bool(p.carried & set(DECISIVE)) or bool(p.carried & p.tested) for p in people if not p.benefit
        ]
        share = sum(decisive) / max(1, len(decisive))
        inside = (row.lowest or 0.0) - 1e-9 <= share <= (row.highest or 1.0) + 1e-9
        hits["explanation", "bounds hold the cohort"] += inside
    return {key: value / number for key, value in hits.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cohorts", type=int, default=2000)
    parser.add_argument("--patients", type=int, default=40)
    options = parser.parse_args()
    found = measure(options.cohorts, options.patients)
    for (mechanism, quantity), share in sorted(found.items()):
        print(f"{mechanism:14} {quantity:34} {share:.4f}")


if __name__ == "__main__":
    main()
