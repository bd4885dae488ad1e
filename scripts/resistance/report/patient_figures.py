"""Figures with one mark a patient: the swimmer plot, ERBB2 copies against benefit."""

from __future__ import annotations

from collections.abc import Sequence

from resistance.report.patient_card import PatientCard, Row
from resistance.report.patient_groups import (
    DOUBTFUL_COPIES,
    brief,
    by_outcome,
    copies_top,
    erbb2_range,
    short,
)
from resistance.report.svg import SOFT, Drawing, benefit_colour, nice_step
from resistance.report.words import LABELS, days_words
from resistance.vocabulary import CopyNumberCall

MOST_NAMED_FLAT = 12
"""Patients up to which their names stand flat below the copies."""


def swimmer(cards: Sequence[PatientCard]) -> Drawing | None:
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


def _longest(card: PatientCard) -> float:
    return max(card.row["os_days"] or 0.0, card.row["pfs_days"] or 0.0)


def _lane(drawing: Drawing, card: PatientCard, place: tuple[float, float, float]) -> None:
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


def copies_figure(cards: Sequence[PatientCard], copies: Sequence[Row]) -> Drawing | None:
    """ERBB2 copies with ranges, patients with and without benefit side by side; cuts named beforehand as lines."""
    groups = [
        (words, [card for card in members if card.erbb2_copy_number is not None])
        for words, members in by_outcome(cards)
    ]
    if not any(members for _, members in groups):
        return None
    drawn = [card for _, members in groups for card in members]
    scale = max(copies_top(card) for card in drawn) or 1.0
    crowded = len(drawn) > MOST_NAMED_FLAT
    left, top, tall = 60.0, 30.0, 260.0
    inner = max(560.0, min(1000.0, 30.0 * len(drawn)))
    drawing = Drawing(
        "copies", left + inner + 20, top + tall + (96 if crowded else 56), "Copies of ERBB2 against clinical benefit",
        " ".join(f"{card.patient} {card.erbb2_copy_number:.1f} copies, benefit {card.clinical_benefit or 'unknown'}."
                 for card in drawn),
    )  # fmt: skip
    step = nice_step(scale, 6)
    for index in range(int(scale / step) + 1):
        y = top + tall - tall * index * step / scale
        drawing.line(left, y, left + inner, y, stroke="#e3e8ed")
        drawing.text(left - 6, y + 4, f"{index * step:g}", anchor="end", size=11, fill=SOFT)
    drawing.text(14, top + tall / 2, "ERBB2 copies", anchor="middle", size=11, fill=SOFT, turn=-90)
    for cut in sorted(_cuts(copies)):
        if cut < scale:
            y = top + tall - tall * cut / scale
            drawing.line(left, y, left + inner, y, stroke="#8a5a00", dash="6 4")
            drawing.text(left + inner, y - 4, f"cut {cut:g}", anchor="end", size=10.5, fill="#8a5a00")
    shares = [max(len(members), 4) for _, members in groups]
    start, room = left, 0.0
    for share, (words, members) in zip(shares, groups, strict=True):
        start, room = start + room, inner * share / sum(shares)
        title = f"{brief(words)} ({len(members)})"
        drawing.text(
            start + room / 2, top + tall + (80 if crowded else 40), title, anchor="middle", bold=True
        )
        for place, card in enumerate(sorted(members, key=lambda card: card.erbb2_copy_number or 0.0)):
            with drawing.patient(card.patient):
                where = start + room * (place + 1) / (len(members) + 1)
                _copies_mark(drawing, card, where, (top + tall, tall / scale), upright=crowded)
    return drawing


def _cuts(copies: Sequence[Row]) -> set[float]:
    """Cuts on the copies that the table of statistics names."""
    return {row["cut"] for row in copies if row["measure"] == "ERBB2 copies" and row["cut"] is not None}


def _copies_mark(
    drawing: Drawing, card: PatientCard, x: float, axis: tuple[float, float], *, upright: bool
) -> None:
    bottom, pixels = axis
    doubtful = card.row["her2_call"] == CopyNumberCall.NOT_ASSESSABLE
    copies = card.erbb2_copy_number or 0.0
    y = bottom - copies * pixels
    found = erbb2_range(card)
    colour = DOUBTFUL_COPIES if doubtful else benefit_colour(card.clinical_benefit)
    if found:
        drawing.line(x, bottom - found[0] * pixels, x, bottom - found[1] * pixels, stroke=colour, width=2)
    tip = f"{card.patient}: {copies:.1f} copies{', call not assessable' if doubtful else ''}"
    if doubtful:
        drawing.ring(x, y, 5, stroke=colour, tip=tip)
    else:
        drawing.dot(x, y, 6, fill=colour, tip=tip)
    if upright:
        drawing.text(x + 4, bottom + 8, short(card.patient, 10), anchor="end", size=9.5, fill=SOFT, turn=-90)
    else:
        drawing.text(x, bottom + 14, short(card.patient, 9), anchor="middle", size=9.5, fill=SOFT)
