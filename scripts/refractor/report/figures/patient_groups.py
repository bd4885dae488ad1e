"""Patients by outcome, and their names and copies of the target as figures need them."""

from __future__ import annotations

from collections.abc import Iterable

from refractor.report.patient_results import PatientResults
from refractor.vocabulary import YesNo

DOUBTFUL_COPIES = "#717a85"
"""Colour of copies on which no call can be made."""
GROUPS = (
    (YesNo.NO, "Without benefit"),
    (YesNo.YES, "With benefit"),
    (None, "Benefit unknown or not evaluable"),
)


def by_outcome(cards: Iterable[PatientResults]) -> list[tuple[str, list[PatientResults]]]:
    """Patients grouped by clinical benefit; empty groups are left out."""
    members = list(cards)
    groups = [(words, [card for card in members if card.clinical_benefit == key]) for key, words in GROUPS]
    return [(words, found) for words, found in groups if found]


def target_range(card: PatientResults) -> tuple[float, float] | None:
    """Range of the copies of the target from the source that the call rests on, None where it gives none."""
    for row in card.target:
        if row["copy_number_low"] is not None and row["copy_number_high"] is not None:
            return row["copy_number_low"], row["copy_number_high"]
    return None


def copies_top(card: PatientResults) -> float:
    """The most copies of the target that a figure has to hold for a patient, 0 where none are known."""
    found = target_range(card)
    return max(card.target_copies or 0.0, found[1] if found else 0.0)


def brief(words: str) -> str:
    """A group's name in a word or two: `Benefit unknown or not evaluable` has no room in a figure."""
    return "Unknown" if words.startswith("Benefit unknown") else words


def short(words: str, most: int) -> str:
    """Words cut to at most so many characters."""
    return words if len(words) <= most else words[: max(most - 1, 1)] + "…"
