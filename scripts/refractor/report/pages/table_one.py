"""Table 1: who the patients are, without and with benefit, with and without a genome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from statistics import median

from refractor.report.cohort_results import Grid
from refractor.report.counted import Counted, count
from refractor.report.figures.patient_groups import brief, by_outcome
from refractor.report.patient_results import PatientResults
from refractor.report.plain_words import figure_words, plain
from refractor.settings.cohort import Cohort

Value = Callable[[PatientResults], object]
Group = tuple[str, Sequence[PatientResults]]
"""A group's name and its patients."""


def _of_row(name: str) -> Value:
    return lambda card: card.row[name]


def _copies(card: PatientResults) -> object:
    return card.target_copies


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
    """Medians with ranges and counts of every baseline column that is known of anybody, by outcome, by genome and in all."""
    groups = [
        *((brief(words), members) for words, members in by_outcome(cards)),
        *_by_genome(cards),
        ("All", list(cards)),
    ]
    numbers = [
        *NUMBERS,
        *([(f"{cohort.target.gene} copies", _copies)] if cohort.target.by_copies else []),
        ("Purity", _purity),
    ]
    categories = [(f"{cohort.target_name} on the genome", _of_row("target_result")), *CATEGORIES]
    if cohort.target.event.from_sheet:
        categories[0] = (cohort.target_name, _of_row("target_result"))
    rows: list[list[str | Counted]] = []
    for name, value in numbers:
        if any(value(card) is not None for card in cards):
            rows.append([f"{name}, median (range)", *(_spread(members, value) for _, members in groups)])
            rows += _shares(name, value, [None], groups)
    for name, value in categories:
        values = Counter(str(value(card)) for card in cards if value(card) is not None)
        ordered = [one for one, _ in sorted(values.items(), key=lambda item: (-item[1], item[0]))]
        rows += _shares(name, value, [*ordered, *([None] if values else [])], groups)
    return _grid(rows, groups)


def _by_genome(cards: Sequence[PatientResults]) -> list[Group]:
    """With and without a genome, where there are both: whether those who were sequenced are like the others."""
    with_genome = [card for card in cards if card.row["wgs"] == "available"]
    without = [card for card in cards if card.row["wgs"] != "available"]
    return [("Genome", with_genome), ("No genome", without)] if with_genome and without else []


def _grid(rows: Sequence[Sequence[str | Counted]], groups: Sequence[Group]) -> Grid:
    return Grid(
        headers=(("", "Baseline characteristic"), *((name, name) for name, _ in groups)),
        rows=(
            ("Patients", *(str(len(members)) for _, members in groups)),
            *(tuple(one if isinstance(one, str) else one.words for one in row) for row in rows),
        ),
        numeric=(False, *(True for _ in groups)),
        who={
            (place, at): one.patients
            for place, row in enumerate([["", *(_all(members) for _, members in groups)], *rows])
            for at, one in enumerate(row)
            if isinstance(one, Counted)
        },
    )


def _all(members: Sequence[PatientResults]) -> Counted:
    return count(card.patient for card in members)


def _spread(members: Sequence[PatientResults], value: Value) -> str:
    found = [float(one) for card in members if isinstance(one := value(card), int | float)]
    if not found:
        return "–"
    low, middle, high = (figure_words(round(one, 2)) for one in (min(found), median(found), max(found)))
    return f"{middle} ({low}–{high})"


def _shares(
    name: str, value: Value, values: Sequence[str | None], groups: Sequence[Group]
) -> list[list[str | Counted]]:
    """One row a value: the patients of each group that have it; None is who has none, left out where that is nobody."""
    rows: list[list[str | Counted]] = []
    for one in values:
        having = [
            [card for card in members if (None if value(card) is None else str(value(card))) == one]
            for _, members in groups
        ]
        if one is None and not any(having):
            continue
        cells = [
            count((card.patient for card in found), f"{{n}} ({100 * len(found) / len(members):.0f} %)")
            for found, (_, members) in zip(having, groups, strict=True)
        ]
        rows.append([f"{name}: {'not known' if one is None else plain(one)}", *cells])
    return rows
