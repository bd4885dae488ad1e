"""Mechanisms of resistance against clinical benefit: exact tests, what they could show, and multiplicity.

Each patient and mechanism is found, not found or not tested; the denominators are those tested, the untested show as
bounds with their split by outcome.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from refractor.results.analysis_tables import Association
from refractor.settings.endpoint_rules import AssociationSettings
from refractor.statistics import exact_tests
from refractor.statistics.hypergeometric import fisher
from refractor.vocabulary import Result

Level = Literal["gene", "pathway", "any"]


class RuleAnswer(NamedTuple):
    """What looking one rule up in a tumour gave; `result` is a word of refractor.vocabulary.Result."""

    gene: str
    pathway: str
    result: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A patient as the tests see one: evaluable, with known benefit, sequenced or not.

    `answers` are those of the rules that can explain, by rule_id; empty without a genome. `complete` says that every
    decisive question of the cohort was answered.
    """

    patient: str
    benefit: bool
    complete: bool
    answers: Mapping[str, RuleAnswer]

    def of_mechanism(self, level: Level, mechanism: str) -> dict[str, str]:
        """The results of the rules of a gene or pathway, or of all, by rule_id."""
        return {
            rule: answer.result
            for rule, answer in self.answers.items()
            if level == "any" or mechanism == (answer.gene if level == "gene" else answer.pathway)
        }

    def status(self, level: Level, mechanism: str) -> Result:
        """Found, not found or not tested.

        Not found needs every rule of the gene or pathway answered; for any mechanism at all, every decisive question.
        """
        results = self.of_mechanism(level, mechanism).values()
        if Result.FOUND in results:
            return Result.FOUND
        answered = self.complete if level == "any" else bool(results) and Result.NOT_TESTED not in results
        return Result.NOT_FOUND if answered else Result.NOT_TESTED


@dataclass(frozen=True, slots=True)
class Counts:
    """Carriers among patients without and with benefit in whom the mechanism was tested, and the untested."""

    carriers_without: int
    without: int
    carriers_with: int
    with_benefit: int
    untested_without: int = 0
    untested_with: int = 0

    def cells(self) -> tuple[int, int, int, int]:
        """In the order of refractor.statistics.exact_tests."""
        return self.carriers_without, self.without, self.carriers_with, self.with_benefit


def counts(subjects: Sequence[Subject], level: Level, mechanism: str) -> Counts:
    """How many carry the mechanism among those in whom it was found or denied, by benefit."""
    statuses = [(subject.benefit, subject.status(level, mechanism)) for subject in subjects]
    return _counted(statuses)


def compared(subjects: Sequence[Subject], level: Level, mechanism: str) -> Counts:
    """The table that the test sees: patients in whom the same rules were all answered, found or not.

    A carrier with other rules of the mechanism open is left out, as a non-carrier with the same rules open is: else
    whoever was looked at by fewer rules would count only when carrying, and missing tests that go with the outcome
    would make an association. Of any mechanism those are compared whose decisive questions were all answered, by the
    rules that were answered in every one of them.
    """
    if level == "any":
        kept = [subject for subject in subjects if subject.complete]
        answered = [_answered(subject.of_mechanism(level, mechanism)) for subject in kept]
        common = frozenset.intersection(*answered) if answered else frozenset()
        return _counted([(subject.benefit, _by(subject, common)) for subject in kept])
    full = []
    for subject in subjects:
        results = subject.of_mechanism(level, mechanism)
        if results and len(_answered(results)) == len(results):
            full.append((subject.benefit, subject.status(level, mechanism)))
    return _counted(full)


def _answered(results: Mapping[str, str]) -> frozenset[str]:
    return frozenset(rule for rule, result in results.items() if result != Result.NOT_TESTED)


def _by(subject: Subject, rules: frozenset[str]) -> Result:
    found = any(subject.answers[rule].result == Result.FOUND for rule in rules)
    return Result.FOUND if found else Result.NOT_FOUND


def _counted(statuses: Sequence[tuple[bool, Result]]) -> Counts:
    tally = Counter(statuses)
    carriers = [tally[benefit, Result.FOUND] for benefit in (False, True)]
    others = [tally[benefit, Result.NOT_FOUND] for benefit in (False, True)]
    untested = [tally[benefit, Result.NOT_TESTED] for benefit in (False, True)]
    return Counts(
        carriers[0], carriers[0] + others[0], carriers[1], carriers[1] + others[1], untested[0], untested[1]
    )


def associations(
    subjects: Sequence[Subject],
    *,
    pathways: Iterable[str] = (),
    settings: AssociationSettings | None = None,
) -> list[Association]:
    """Rows of ASSOCIATIONS: any R1-R3, each pathway (primary) and each gene that a patient carries.

    `pathways` are those of the rules in scope, listed although nobody carries them. The Benjamini-Hochberg q is among
    the tests of one level that could reach alpha with their margins at all (Tarone, doi:10.2307/2531456): margins say
    nothing of the association, so that the choice costs nothing.
    """
    chosen = settings or AssociationSettings()
    found = [
        answer for subject in subjects for answer in subject.answers.values() if answer.result == Result.FOUND
    ]
    families: dict[Level, list[str]] = {
        "any": ["any R1-R3"],
        "pathway": sorted({answer.pathway for answer in found} | set(pathways)),
        "gene": sorted({answer.gene for answer in found}),
    }
    rows: list[Association] = []
    for level, mechanisms in families.items():
        family = _adjusted([_associated(subjects, level, mechanism, chosen) for mechanism in mechanisms])
        rows += sorted(family, key=lambda row: (1.0 if row.p_fisher is None else row.p_fisher, row.mechanism))
    return rows


def _adjusted(family: Sequence[Association]) -> list[Association]:
    """The family with q_value and family_size of those that were tested."""
    p_values = [row.p_fisher for row in family if row.tested and row.p_fisher is not None]
    q_values = iter(benjamini_hochberg(p_values))
    return [
        replace(row, q_value=next(q_values), family_size=len(p_values)) if row.tested else row
        for row in family
    ]


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """False-discovery rates in the order given (doi:10.1111/j.2517-6161.1995.tb02031.x)."""
    adjusted = [1.0] * len(p_values)
    least = 1.0
    order = sorted(range(len(p_values)), key=lambda place: -p_values[place])
    for above, place in enumerate(order):
        least = min(least, p_values[place] * len(p_values) / (len(p_values) - above))
        adjusted[place] = least
    return adjusted


def leave_one_out(table: Counts) -> tuple[float, float] | None:
    """The smallest and largest Fisher p when any one patient is left out; None when nobody can be."""
    a, n1, b, n2 = table.cells()
    cells = []
    if a:
        cells.append((a - 1, n1 - 1, b, n2))
    if n1 > a:
        cells.append((a, n1 - 1, b, n2))
    if b:
        cells.append((a, n1, b - 1, n2 - 1))
    if n2 > b:
        cells.append((a, n1, b, n2 - 1))
    values = [fisher(*each) for each in cells if each[1] > 0 and each[3] > 0]
    return (min(values), max(values)) if values else None


def _associated(
    subjects: Sequence[Subject], level: Level, mechanism: str, settings: AssociationSettings
) -> Association:
    seen, table = counts(subjects, level, mechanism), compared(subjects, level, mechanism)
    row = _seen(seen, level, mechanism)
    notes = [_left_out(seen, table)]
    if table.without == 0 or table.with_benefit == 0:
        notes.append("not testable: in one of the groups nobody was tested for all of it")
    else:
        row = _tested(row, table, settings)
        if not row.tested:
            notes.append(
                f"no table with these margins reaches {settings.alpha:g}: too few carriers or patients to test"
            )
    return replace(row, note="; ".join(note for note in notes if note) or None)


def _seen(seen: Counts, level: Level, mechanism: str) -> Association:
    """Carriers, tested and untested of both groups, with the bounds of the share of carriers in the whole group."""
    without, with_benefit = seen.without + seen.untested_without, seen.with_benefit + seen.untested_with
    least_without, most_without = _bounds(seen.carriers_without, seen.untested_without, without)
    least_with, most_with = _bounds(seen.carriers_with, seen.untested_with, with_benefit)
    both = without and with_benefit
    return Association(
        level=level,
        mechanism=mechanism,
        carriers_without_benefit=seen.carriers_without,
        without_benefit=seen.without,
        carriers_with_benefit=seen.carriers_with,
        with_benefit=seen.with_benefit,
        untested_without_benefit=seen.untested_without,
        untested_with_benefit=seen.untested_with,
        without_benefit_lowest=least_without,
        without_benefit_highest=most_without,
        with_benefit_lowest=least_with,
        with_benefit_highest=most_with,
        p_untested=fisher(seen.untested_without, without, seen.untested_with, with_benefit) if both else None,
        tested=False,
    )


def _bounds(carriers: int, untested: int, patients: int) -> tuple[float | None, float | None]:
    """Share of carriers in a whole group if no untested patient carries it, and if every one does."""
    if not patients:
        return None, None
    return carriers / patients, (carriers + untested) / patients


def _left_out(seen: Counts, table: Counts) -> str:
    """What the test leaves out of the counts; empty where it sees the same table."""
    if table.cells() == seen.cells():
        return ""
    a, n1, b, n2 = table.cells()
    return f"tested on {a} of {n1} without and {b} of {n2} with benefit: those in whom the same rules were all answered"


def _tested(row: Association, table: Counts, settings: AssociationSettings) -> Association:
    cells = table.cells()
    ratio = exact_tests.odds_ratio(*cells)
    attainable = exact_tests.attainable(*cells)
    left_out = leave_one_out(table)
    return replace(
        row,
        odds_ratio=ratio.estimate,
        odds_ratio_low=ratio.low,
        odds_ratio_high=ratio.high,
        p_fisher=fisher(*cells),
        p_fisher_mid=exact_tests.fisher_mid(*cells),
        p_boschloo=exact_tests.boschloo(*cells),
        p_attainable=attainable,
        power=exact_tests.power(
            table.without,
            table.with_benefit,
            share1=settings.share_without_benefit,
            share2=settings.share_with_benefit,
            alpha=settings.alpha,
        ),
        tested=attainable <= settings.alpha,
        p_barnard=exact_tests.barnard(*cells),
        p_leave_one_out_low=left_out[0] if left_out else None,
        p_leave_one_out_high=left_out[1] if left_out else None,
    )
