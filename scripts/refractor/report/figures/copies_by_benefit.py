"""Copies of the target against benefit, one mark a patient."""

from __future__ import annotations

from collections.abc import Sequence

from refractor.report.figures.drawing import SOFT, Drawing, benefit_colour, nice_step
from refractor.report.figures.patient_groups import (
    DOUBTFUL_COPIES,
    brief,
    by_outcome,
    copies_top,
    short,
    target_range,
)
from refractor.report.patient_results import PatientResults, Row
from refractor.vocabulary import CopyNumberCall


def copies_figure(cards: Sequence[PatientResults], copies: Sequence[Row], *, gene: str) -> Drawing | None:
    """Copies of `gene` with ranges, patients with and without benefit side by side; cuts named beforehand as lines."""
    groups = [
        (words, [card for card in members if card.target_copies is not None])
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
        "copies", left + inner + 20, top + tall + (96 if crowded else 56), f"Copies of {gene} against clinical benefit",
        " ".join(f"{card.patient} {card.target_copies:.1f} copies, benefit {card.clinical_benefit or 'unknown'}."
                 for card in drawn),
    )  # fmt: skip
    step = nice_step(scale, 6)
    for index in range(int(scale / step) + 1):
        y = top + tall - tall * index * step / scale
        drawing.line(left, y, left + inner, y, stroke="#e3e8ed")
        drawing.text(left - 6, y + 4, f"{index * step:g}", anchor="end", size=11, fill=SOFT)
    drawing.text(14, top + tall / 2, f"{gene} copies", anchor="middle", size=11, fill=SOFT, turn=-90)
    for cut in sorted(_cuts(copies, gene)):
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
        for place, card in enumerate(sorted(members, key=lambda card: card.target_copies or 0.0)):
            with drawing.patient(card.patient):
                where = start + room * (place + 1) / (len(members) + 1)
                _copies_mark(drawing, card, where, (top + tall, tall / scale), upright=crowded)
    return drawing


def _cuts(copies: Sequence[Row], gene: str) -> set[float]:
    """Cuts on the copies that the table of statistics names."""
    return {row["cut"] for row in copies if row["measure"] == f"{gene} copies" and row["cut"] is not None}


def _copies_mark(
    drawing: Drawing, card: PatientResults, x: float, axis: tuple[float, float], *, upright: bool
) -> None:
    bottom, pixels = axis
    doubtful = card.target_call == CopyNumberCall.NOT_ASSESSABLE
    copies = card.target_copies or 0.0
    y = bottom - copies * pixels
    found = target_range(card)
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


MOST_NAMED_FLAT = 12
"""Patients up to which their names stand flat below the copies."""
