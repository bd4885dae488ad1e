"""Copies of the target against benefit, one mark a patient."""

from __future__ import annotations

from collections.abc import Sequence

from refractor.report.figures.drawing import SOFT, Drawing, benefit_colour
from refractor.report.figures.patient_groups import (
    DOUBTFUL_COPIES,
    brief,
    by_outcome,
    copies_top,
    short,
    target_range,
)
from refractor.report.figures.plot import Plot, Scale, root
from refractor.report.patient_results import PatientResults, Row
from refractor.vocabulary import CopyNumberCall

MOST_NAMED_FLAT = 12
"""Patients up to which their names stand flat below the copies."""
LEFT, TOP, TALL = 70.0, 30.0, 260.0
COPY_TICKS = (0, 2, 4, 6, 10, 20, 40, 80, 160, 320)


def copies_figure(cards: Sequence[PatientResults], copies: Sequence[Row], *, gene: str) -> Drawing | None:
    """Copies of `gene` with ranges, by benefit; cuts named beforehand as lines. Roots, so that few copies are told apart."""
    groups = [
        (words, [card for card in members if card.target_copies is not None])
        for words, members in by_outcome(cards)
    ]
    drawn = [card for _, members in groups for card in members]
    if not drawn:
        return None
    crowded = len(drawn) > MOST_NAMED_FLAT
    inner = max(560.0, min(1000.0, 30.0 * len(drawn)))
    drawing = Drawing(
        "copies", LEFT + inner + 20, TOP + TALL + (96 if crowded else 56), f"Copies of {gene} against clinical benefit",
        " ".join(f"{card.patient} {card.target_copies:.1f} copies, benefit {card.clinical_benefit or 'unknown'}."
                 for card in drawn),
    )  # fmt: skip
    most = max(copies_top(card) for card in drawn) or 1.0
    plot = Plot(drawing, Scale(0, 1, LEFT, LEFT + inner), Scale(0, most, TOP + TALL, TOP, root))
    plot.y_axis(COPY_TICKS, f"{gene} copies")
    for cut in sorted(_cuts(copies, gene)):
        plot.limit(cut, f"cut {cut:g}")
    shares = [max(len(members), 4) for _, members in groups]
    start, room = LEFT, 0.0
    for share, (words, members) in zip(shares, groups, strict=True):
        start, room = start + room, inner * share / sum(shares)
        below = plot.bottom + (80 if crowded else 40)
        drawing.text(start + room / 2, below, f"{brief(words)} ({len(members)})", anchor="middle", bold=True)
        for place, card in enumerate(sorted(members, key=lambda card: card.target_copies or 0.0), start=1):
            with drawing.patient(card.patient):
                _mark(plot, card, start + room * place / (len(members) + 1), upright=crowded)
    return drawing


def _cuts(copies: Sequence[Row], gene: str) -> set[float]:
    """Cuts on the copies that the table of statistics names."""
    return {row["cut"] for row in copies if row["measure"] == f"{gene} copies" and row["cut"] is not None}


def _mark(plot: Plot, card: PatientResults, x: float, *, upright: bool) -> None:
    drawing, bottom = plot.drawing, plot.bottom
    doubtful = card.target_call == CopyNumberCall.NOT_ASSESSABLE
    copies = card.target_copies or 0.0
    found = target_range(card)
    colour = DOUBTFUL_COPIES if doubtful else benefit_colour(card.clinical_benefit)
    if found:
        plot.whisker(x, *found, colour=colour)
    tip = f"{card.patient}: {copies:.1f} copies{', call not assessable' if doubtful else ''}"
    if doubtful:
        drawing.ring(x, plot.y(copies), 5, stroke=colour, tip=tip)
    else:
        drawing.dot(x, plot.y(copies), 6, fill=colour, tip=tip)
    if upright:
        drawing.text(x + 4, bottom + 8, short(card.patient, 10), anchor="end", size=9.5, fill=SOFT, turn=-90)
    else:
        drawing.text(x, bottom + 14, short(card.patient, 9), anchor="middle", size=9.5, fill=SOFT)
