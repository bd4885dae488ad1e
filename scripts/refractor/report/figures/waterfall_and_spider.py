"""Figures of the assessments: the waterfall of best changes and the spider of every change of the target sum."""

from __future__ import annotations

from collections.abc import Sequence

from refractor.report.figures.drawing import INK, SOFT, Drawing, benefit_colour, nice_step
from refractor.report.patient_results import PatientResults, Row

LEFT, INNER, TOP, TALL = 70.0, 720.0, 34.0, 230.0
LEAST_NAMED, LEAST_FLAT = 16.0, 56.0
"""Widths of a bar from which it is named, and from which the name stands flat."""
MOST_SHIFT = 30.0
"""Pixels that a name may be pushed down beside the end of its line; beyond, it is told to the pointer only."""
LEAST, MOST = -1.0, 1.0
"""Changes drawn; growth beyond the double of the baseline is cut at the upper edge and told by its number."""
LINES = ((-0.3, "−30 %: partial response"), (0.2, "+20 %"))
"""RECIST 1.1's limits, doi:10.1016/j.ejca.2008.10.026; the +20 % counts from the smallest sum."""


def waterfall(cards: Sequence[PatientResults], responses: Sequence[Row]) -> Drawing | None:
    """The best change of each patient's target sum from baseline, worst first; None without measurements."""
    best = {patient: min(change for _, change in points) for patient, points in _changes(responses).items()}
    ordered = sorted((card for card in cards if card.patient in best), key=lambda card: -best[card.patient])
    if not ordered:
        return None
    drawing = Drawing(
        "waterfall", LEFT + INNER + 150, TOP + TALL + 70, "Best change of the target sum",
        " ".join(f"{card.patient} {best[card.patient]:+.0%}, benefit {card.clinical_benefit or 'unknown'}." for card in ordered),
    )  # fmt: skip
    _axis(drawing, LEFT + INNER + 6)
    room = INNER / len(ordered)
    for index, card in enumerate(ordered):
        change = best[card.patient]
        x, y = LEFT + room * index, _y(change)
        with drawing.patient(card.patient):
            drawing.rect(
                x + room * 0.12, min(y, _y(0)), room * 0.76, max(abs(y - _y(0)), 1),
                fill=benefit_colour(card.clinical_benefit), tip=f"{card.patient}: {change:+.0%}",
            )  # fmt: skip
            if room >= LEAST_NAMED:
                _waterfall_words(drawing, card, (x + room / 2, y, room), change=change)
    return drawing


def _waterfall_words(
    drawing: Drawing, card: PatientResults, place: tuple[float, float, float], *, change: float
) -> None:
    """The change at the end of its bar, and the patient below: upright where bars are narrow."""
    x, y, room = place
    deepest = TOP + TALL - 4
    if room >= LEAST_FLAT:
        drawing.text(
            x, y - 5 if change >= 0 else min(y + 14, deepest), f"{change:+.0%}", anchor="middle", size=10.5
        )
        drawing.text(x, TOP + TALL + 18, card.patient, anchor="middle", size=10.5)
        return
    inside = y + 14 > deepest  # a bar that reaches the floor has its number within
    drawing.text(
        x, deepest if inside else y - 5 if change >= 0 else y + 12, f"{100 * change:+.0f}", anchor="middle",
        size=9.5, fill="#fff" if inside else INK,
    )  # fmt: skip
    drawing.text(x + 4, TOP + TALL + 10, card.patient, anchor="end", size=10, turn=-90)


def spider(cards: Sequence[PatientResults], responses: Sequence[Row]) -> Drawing | None:
    """Every patient's change of the target sum from baseline over time; None without measurements."""
    changes = _changes(responses)
    drawn = [card for card in cards if card.patient in changes]
    if not drawn:
        return None
    last: float = max(max(day for day, _ in changes[card.patient]) for card in drawn) or 1.0
    drawing = Drawing(
        "spider", LEFT + INNER + 215, TOP + TALL + 50, "Change of the target sum over time",
        " ".join(f"{card.patient}: " + ", ".join(f"{change:+.0%} on day {day:g}" for day, change in changes[card.patient]) + "."
                 for card in drawn),
    )  # fmt: skip
    _axis(drawing, LEFT + INNER + 66)
    step = nice_step(last, 8)
    for index in range(int(last / step) + 1):
        x = LEFT + INNER * index * step / last
        drawing.text(x, TOP + TALL + 18, f"{index * step:g}", anchor="middle", size=11, fill=SOFT)
    drawing.text(
        LEFT + INNER, TOP + TALL + 38, "days from start of treatment", anchor="end", size=11, fill=SOFT
    )
    taken: list[tuple[float, float]] = []
    for card in sorted(drawn, key=lambda card: -changes[card.patient][-1][1]):
        points = [
            (LEFT + INNER * day / last, _y(change)) for day, change in [(0.0, 0.0), *changes[card.patient]]
        ]
        colour = benefit_colour(card.clinical_benefit)
        with drawing.patient(card.patient):
            drawing.path(points, stroke=colour, width=1.8)
            for x, y in points[1:]:
                drawing.dot(x, y, 4, fill=colour, tip=card.patient)
            place = _free(taken, points[-1])
            if place:
                drawing.text(*place, card.patient, size=10.5)
    return drawing


def _free(taken: list[tuple[float, float]], end: tuple[float, float]) -> tuple[float, float] | None:
    """Where a name stands beside its line's end without covering the names above it; None where there is no room."""
    x, y = end[0] + 7, end[1] + 4
    for other_x, other_y in taken:  # from above downwards
        if abs(other_x - x) < 60 and y < other_y + 11:
            y = other_y + 11
    if y - end[1] > MOST_SHIFT:
        return None
    taken.append((x, y))
    return x, y


def _changes(responses: Sequence[Row]) -> dict[str, list[tuple[float, float]]]:
    """Days and relative changes of each patient's assessments after baseline that count, in order of time."""
    found: dict[str, list[tuple[float, float]]] = {}
    for row in responses:
        if row["change_from_baseline"] is not None and row["day"] > 0 and row["counted"] != "no":
            found.setdefault(row["patient"], []).append((float(row["day"]), row["change_from_baseline"]))
    return {patient: sorted(points) for patient, points in found.items()}


def _y(change: float) -> float:
    held = min(max(change, LEAST), MOST)
    return TOP + TALL * (MOST - held) / (MOST - LEAST)


def _axis(drawing: Drawing, words_at: float) -> None:
    for change in (-1.0, -0.5, 0.0, 0.5, 1.0):
        drawing.line(
            LEFT, _y(change), LEFT + INNER, _y(change), stroke="#1c2530" if change == 0 else "#e3e8ed"
        )
        drawing.text(LEFT - 8, _y(change) + 4, f"{change:+.0%}" if change else "0", anchor="end", size=11, fill=SOFT)  # fmt: skip
    for change, words in LINES:
        drawing.line(LEFT, _y(change), LEFT + INNER, _y(change), stroke="#8a5a00", dash="6 4")
        drawing.text(words_at, _y(change) - 4, words, size=10.5, fill="#8a5a00")
