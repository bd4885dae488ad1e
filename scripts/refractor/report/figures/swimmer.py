"""The swimmer plot: one bar a patient."""

from __future__ import annotations

from collections.abc import Sequence

from refractor.report.figures.drawing import SOFT, Drawing, benefit_colour, nice_step
from refractor.report.figures.patient_groups import (
    short,
)
from refractor.report.patient_results import PatientResults
from refractor.report.plain_words import LABELS, days_words


def swimmer(cards: Sequence[PatientResults]) -> Drawing | None:
    """One bar a patient: time to progression dark, survival light; None where no time is known."""
    timed = [card for card in cards if card.row["os_days"] is not None or card.row["pfs_days"] is not None]
    if not timed:
        return None
    ordered = sorted(timed, key=lambda card: -_longest(card))
    longest = max(_longest(card) for card in ordered) or 1.0
    left, inner, bar = 270.0, 660.0, 24.0
    drawing = Drawing(
        "swimmer", left + inner + 60, 40 + bar * len(ordered) + 66, "Time to progression and survival of each patient",
        " ".join(
            f"{card.patient}: progression-free {days_words(card.row['pfs_days'], card.row['pfs_event'])} days, "
            f"survival {days_words(card.row['os_days'], card.row['os_event'])} days, "
            f"best response {card.row['best_response'] or 'unknown'}."
            for card in ordered
        ),
    )  # fmt: skip
    step = nice_step(longest, 9)
    bottom = 30 + bar * len(ordered)
    for index in range(int(longest / step) + 1):
        x = left + inner * index * step / longest
        drawing.line(x, 26, x, bottom, stroke="#e3e8ed")
        drawing.text(x, bottom + 15, f"{index * step:g}", anchor="middle", size=11, fill=SOFT)
    drawing.text(left + inner, bottom + 31, "days from start of treatment", anchor="end", size=11, fill=SOFT)
    for index, card in enumerate(ordered):
        with drawing.patient(card.patient):
            _lane(drawing, card, (left, 30 + bar * index, inner / longest))
    _swimmer_key(drawing, bottom + 52)
    return drawing


def _longest(card: PatientResults) -> float:
    return max(card.row["os_days"] or 0.0, card.row["pfs_days"] or 0.0)


def _lane(drawing: Drawing, card: PatientResults, place: tuple[float, float, float]) -> None:
    left, y, pixels = place
    row, colour = card.row, benefit_colour(card.clinical_benefit)
    words = LABELS.get(row["label"], row["label"])
    drawing.text(10, y + 15, short(card.patient, 16), bold=True)
    drawing.text(112, y + 15, f"{row['best_response'] or '–'} · {words}", size=11, fill=SOFT)
    if row["os_days"] is not None:
        drawing.rect(left, y + 4, row["os_days"] * pixels, 14, fill="#dde3e9",
                     tip=f"survival {days_words(row['os_days'], row['os_event'])} days")  # fmt: skip
    if row["pfs_days"] is not None:
        end = left + row["pfs_days"] * pixels
        drawing.rect(left, y + 4, row["pfs_days"] * pixels, 14, fill=colour,
                     tip=f"progression-free {days_words(row['pfs_days'], row['pfs_event'])} days")  # fmt: skip
        if row["pfs_event"] == 1:
            drawing.diamond(end, y + 11, 6, fill="#1c2530")
    if row["os_days"] is not None:
        end = left + row["os_days"] * pixels
        if row["os_event"] == 1:
            drawing.text(end, y + 16, "✕", anchor="middle", size=14)
        elif row["os_event"] == 0:
            drawing.text(end + 3, y + 15, "→", size=15)


def _swimmer_key(drawing: Drawing, y: float) -> None:
    x = 10.0
    for fill, words in (
        (benefit_colour("no"), "to progression, without benefit"),
        (benefit_colour("yes"), "with benefit"),
        (benefit_colour(None), "benefit unknown"),
        ("#dde3e9", "survival"),
    ):
        drawing.rect(x, y - 10, 20, 12, fill=fill)
        drawing.text(x + 26, y, words, size=11)
        x += 44 + 6.1 * len(words)
    drawing.diamond(x + 6, y - 4, 6, fill="#1c2530")
    drawing.text(x + 18, y, "progression or death   ✕ death   → alive at last contact", size=11)
