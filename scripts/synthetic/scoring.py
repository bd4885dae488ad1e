"""A run against its truth: verdicts by class, findings, measured values and the cohort's figures, with every miss named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import median


@dataclass(frozen=True, slots=True)
class Verdict:
    """One verdict of a closed vocabulary on one subject; None is an empty cell."""

    subject: str
    quantity: str
    found: str | None
    expected: str | None

    @property
    def missed(self) -> str | None:
        """What is wrong, in words; None where nothing is."""
        if self.found == self.expected:
            return None
        return f"{self.subject} {self.quantity}: {self.found or 'empty'}, truth {self.expected or 'empty'}"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is there or not in one subject, and whether the run says so; `said` None where it says nothing."""

    subject: str
    quantity: str
    what: str
    said: bool | None
    there: bool

    @property
    def missed(self) -> str | None:
        """What is wrong, in words; a thing on which nothing is said is a miss only where it is there."""
        if self.said is self.there or (self.said is None and not self.there):
            return None
        told = {True: "found", False: "not found", None: "not assessed"}[self.said]
        truth = "is there" if self.there else "is not there"
        return f"{self.subject} {self.quantity}: {self.what} {told}, truth: it {truth}"


@dataclass(frozen=True, slots=True)
class Measured:
    """One measured value; it may be `limit` off its truth. None where the run gives none."""

    subject: str
    quantity: str
    found: float | None
    expected: float
    limit: float

    @property
    def error(self) -> float | None:
        """Distance from the truth."""
        return None if self.found is None else abs(self.found - self.expected)

    @property
    def missed(self) -> str | None:
        """What is wrong, in words; None where nothing is."""
        if self.error is not None and self.error <= self.limit:
            return None
        told = "empty" if self.found is None else f"{self.found:.4g}"
        return f"{self.subject} {self.quantity}: {told}, truth {self.expected:.4g} within {self.limit:.3g}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the cohort against the printed one, at its printed decimals."""

    quantity: str
    computed: float | None
    printed: float
    decimals: int
    at_least: bool = False

    @property
    def rounded(self) -> str:
        """The computed figure as it would be printed, halves rounded up."""
        return "none" if self.computed is None else rounded(self.computed, self.decimals)

    @property
    def missed(self) -> str | None:
        """What is wrong, in words; None where nothing is."""
        wanted = rounded(self.printed, self.decimals)
        if self.computed is not None and self.at_least and self.computed >= self.printed:
            return None
        if self.rounded == wanted:
            return None
        return (
            f"cohort {self.quantity}: {self.rounded}, printed {'at least ' if self.at_least else ''}{wanted}"
        )


def rounded(value: float, decimals: int) -> str:
    """A value with so many decimals, halves away from zero as papers print them."""
    return str(Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class ClassScore:
    """One class against all others: subjects that are of it and found so, that are not and found so, and both totals."""

    quantity: str
    value: str
    positives: int
    found: int
    negatives: int
    wrongly: int
    unsaid: int = 0

    @property
    def sensitivity(self) -> float | None:
        """Share of the class that was found; None for an empty one."""
        return self.found / self.positives if self.positives else None

    @property
    def specificity(self) -> float | None:
        """Share of the others that were not taken for it; None where there are none."""
        return 1 - self.wrongly / self.negatives if self.negatives else None

    @property
    def error(self) -> float:
        """Share of all that were called wrong."""
        return (self.positives - self.found + self.wrongly) / max(1, self.positives + self.negatives)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All that a run was scored on."""

    verdicts: tuple[Verdict, ...]
    findings: tuple[Finding, ...]
    measured: tuple[Measured, ...]
    figures: tuple[Figure, ...]

    def misses(self) -> list[str]:
        """Every truth that was missed, in words."""
        items: Sequence[Verdict | Finding | Measured | Figure]
        items = (*self.verdicts, *self.findings, *self.measured, *self.figures)
        return [item.missed for item in items if item.missed is not None]

    @property
    def truths(self) -> int:
        """How many truths were compared."""
        return len(self.verdicts) + len(self.findings) + len(self.measured) + len(self.figures)

    def text(self) -> str:
        """The score in words and tables."""
        parts = [*_class_lines(self), "", *_measure_lines(self.measured), "", *_figure_lines(self.figures)]
        return "\n".join(parts)


def class_scores(verdicts: Iterable[Verdict], findings: Iterable[Finding]) -> list[ClassScore]:
    """Each expected or found value of each verdict against the others, then the findings of each kind."""
    by_quantity: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        by_quantity.setdefault(verdict.quantity, []).append(verdict)
    scores = []
    for quantity, group in by_quantity.items():
        for value in sorted({item for v in group for item in (v.expected, v.found) if item is not None}):
            of_it = [verdict for verdict in group if verdict.expected == value]
            others = [verdict for verdict in group if verdict.expected != value]
            hits, wrong = (sum(verdict.found == value for verdict in some) for some in (of_it, others))
            scores.append(ClassScore(quantity, value, len(of_it), hits, len(others), wrong))
    by_kind: dict[str, list[Finding]] = {}
    for finding in findings:
        by_kind.setdefault(finding.quantity, []).append(finding)
    for quantity, some in by_kind.items():
        there = [finding for finding in some if finding.there]
        absent = [finding for finding in some if not finding.there and finding.said is not None]
        unsaid = sum(finding.said is None for finding in some if not finding.there)
        hits, wrong = (sum(finding.said is True for finding in group) for group in (there, absent))
        scores.append(ClassScore(quantity, "", len(there), hits, len(absent), wrong, unsaid))
    return scores


def _class_lines(card: Scorecard) -> Iterator[str]:
    yield f"{'class':46}{'of it':>7}{'found':>7}{'others':>8}{'wrongly':>9}{'sens.':>8}{'spec.':>8}{'error':>8}"
    for score in class_scores(card.verdicts, card.findings):
        name = f"{score.quantity} {score.value}".strip()
        line = f"{name:46}{score.positives:7}{score.found:7}{score.negatives:8}{score.wrongly:9}"
        shares = (score.sensitivity, score.specificity, score.error)
        line += "".join(f"{'-' if share is None else f'{share:.1%}':>8}" for share in shares)
        yield line + (f"  {score.unsaid} more not assessed" if score.unsaid else "")


def _measure_lines(measured: Sequence[Measured]) -> Iterator[str]:
    yield f"{'measured':46}{'values':>7}{'median error':>14}{'worst':>9}{'limit there':>13}  where"
    by_quantity: dict[str, list[Measured]] = {}
    for item in measured:
        by_quantity.setdefault(item.quantity, []).append(item)
    for quantity, group in by_quantity.items():
        errors = [item.error for item in group if item.error is not None]
        if not errors:
            yield f"{quantity:46}{0:7}{'-':>14}{'-':>9}{'-':>13}  none given"
            continue
        worst = max((item for item in group if item.error is not None), key=lambda item: item.error or 0.0)
        where = worst.subject if worst.error else "all exact"
        line = f"{quantity:46}{len(errors):7}{median(errors):14.3g}{worst.error or 0:9.3g}{worst.limit:13.3g}"
        yield f"{line}  {where}"


def _figure_lines(figures: Sequence[Figure]) -> Iterator[str]:
    yield f"{'figure of the cohort':52}{'computed':>10}{'printed':>12}"
    for figure in figures:
        wanted = ("at least " if figure.at_least else "") + rounded(figure.printed, figure.decimals)
        yield f"{figure.quantity:52}{figure.rounded:>10}{wanted:>12}{'' if figure.missed is None else '  MISSED'}"
