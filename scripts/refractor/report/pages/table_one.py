"""Table 1: who the patients are, without and with benefit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from statistics import median

from refractor.report.cohort_results import Grid
from refractor.report.figures.patient_groups import brief, by_outcome
from refractor.report.patient_results import PatientResults
from refractor.report.plain_words import figure_words, plain
from refractor.settings.cohort import Cohort

Value = Callable[[PatientResults], object]


def _of_row(name: str) -> Value:
    return lambda card: card.row[name]


def _purity(card: PatientResults) -> object:
    return card.purity["purity"] if card.purity else None


NUMBERS: tuple[tuple[str, Value], ...] = (
    ("Age, years", _of_row("age")),
    ("Lines of treatment before", _of_row("prior_lines")),
)
CATEGORIES: tuple[tuple[str, Value], ...] = (
    ("Sex", _of_row("sex")),
    ("Primary site", _of_row("primary_site")),
    ("Anti-EGFR before", _of_row("prior_anti_egfr")),
    ("IHC at entry", _of_row("her2_ihc")),
    ("Assay at entry", _of_row("her2_assay")),
    ("Genome", _of_row("wgs")),
    ("Entry criteria on the genome", _of_row("eligibility")),
)


def table_one(cards: Sequence[PatientResults], cohort: Cohort) -> Grid:
    """Medians with ranges and counts of every baseline column that is known of anybody, by outcome and in all."""
    groups = [(brief(words), members) for words, members in by_outcome(cards)] + [("All", list(cards))]
    numbers = [
        *NUMBERS,
        (f"{cohort.target.gene} copies", lambda card: card.target_copies),
        ("Purity", _purity),
    ]
    rows: list[tuple[str, ...]] = []
    for name, value in numbers:
        if any(value(card) is not None for card in cards):
            rows.append((f"{name}, median (range)", *(_spread(members, value) for _, members in groups)))
    for name, value in CATEGORIES:
        values = Counter(str(value(card)) for card in cards if value(card) is not None)
        rows += [
            (f"{name}: {plain(one)}", *(_share(members, value, one) for _, members in groups))
            for one, _ in sorted(values.items(), key=lambda item: (-item[1], item[0]))
        ]
    headers = (
        ("", "Baseline characteristic"),
        *((f"{name} ({len(members)})", name) for name, members in groups),
    )
    return Grid(headers, tuple(rows), (False, *(True for _ in groups)))


def _spread(members: Sequence[PatientResults], value: Value) -> str:
    found = [float(one) for card in members if isinstance(one := value(card), int | float)]
    if not found:
        return "–"
    unknown = f"; {len(members) - len(found)} unknown" if len(found) < len(members) else ""
    low, middle, high = (figure_words(round(one, 2)) for one in (min(found), median(found), max(found)))
    return f"{middle} ({low}–{high}){unknown}"


def _share(members: Sequence[PatientResults], value: Value, one: str) -> str:
    count = sum(str(value(card)) == one for card in members)
    return f"{count} ({100 * count / len(members):.0f} %)" if members else "–"
