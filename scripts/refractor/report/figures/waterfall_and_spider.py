"""Figures of the assessments: the waterfall of best changes and the spider of every change of the target sum."""

from __future__ import annotations

from collections.abc import Sequence

from refractor.report.figures.drawing import INK, Drawing, benefit_colour
from refractor.report.figures.months import in_months, month_ticks
from refractor.report.figures.plot import Plot, Scale
from refractor.report.figures.swimmer import new_lesion
from refractor.report.patient_results import PatientResults, Row

LEFT, INNER, TOP, TALL = 80.0, 720.0, 34.0, 250.0
LEAST_NAMED, LEAST_FLAT = 16.0, 56.0
"""Widths of a bar from which it is named, and from which the name stands flat."""
LEAST, MOST = -1.0, 1.0
"""Changes drawn; growth beyond the double of the baseline is cut at the upper edge and told by its number."""
CHANGES = (-1.0, -0.5, 0.0, 0.5, 1.0)
LIMITS = ((-0.3, "−30 %: partial response"), (0.2, "+20 %: progression"))
"""RECIST 1.1's limits, doi:10.1016/j.ejca.2008.10.026; the +20 % counts from the smallest sum."""
NAME_HEIGHT = 12.0
Box = tuple[float, float, float, float]
"""Left, upper, right and lower edge, pixels."""
BESIDE = 150.0
"""Room at the right for the names of the limits and of the lines, pixels."""


def waterfall(cards: Sequence[PatientResults], responses: Sequence[Row]) -> Drawing | None:
    """The best change of each patient's target sum from baseline, worst first; None without measurements."""
    best = {patient: min(change for _, change in points) for patient, points in _changes(responses).items()}
    ordered = sorted((card for card in cards if card.patient in best), key=lambda card: -best[card.patient])
    if not ordered:
        return None
    drawing = Drawing(
        "waterfall", LEFT + INNER + BESIDE, TOP + TALL + 84, "Best change of the target sum",
        " ".join(f"{card.patient} {best[card.patient]:+.0%}, benefit {card.clinical_benefit or 'unknown'}." for card in ordered),
    )  # fmt: skip
    room = INNER / len(ordered)
    plot = Plot(drawing, Scale(0, len(ordered), LEFT, LEFT + INNER), _change_scale())
    _change_axis(plot)
    grown = {row["patient"] for row in responses if new_lesion(row) and row["counted"] != "no"}
    for index, card in enumerate(ordered):
        change = best[card.patient]
        x, y, zero = plot.x(index), plot.y(change), plot.y(0)
        with drawing.patient(card.patient):
            drawing.rect(
                x + room * 0.12, min(y, zero), room * 0.76, max(abs(y - zero), 1),
                fill=benefit_colour(card.clinical_benefit), tip=f"{card.patient}: {change:+.0%}",
            )  # fmt: skip
            if room >= LEAST_NAMED:
                _bar_words(plot, card, (x + room / 2, y, room), change=change, grown=card.patient in grown)
    return drawing


def _bar_words(
    plot: Plot, card: PatientResults, place: tuple[float, float, float], *, change: float, grown: bool
) -> None:
    """The change at the end of its bar, and the patient below: upright where bars are narrow. N: a new lesion."""
    x, y, room = place
    drawing, deepest = plot.drawing, plot.bottom - 4
    flat = room >= LEAST_FLAT
    inside = change < 0 and y + 14 > deepest  # a bar that reaches the floor has its number within
    words = f"{change:+.0%}" if flat else f"{100 * change:+.0f}"
    at = deepest if inside else y - 5 if change >= 0 else y + 13
    drawing.text(
        x, at, words, anchor="middle", size=10.5 if flat else 9.5, fill="#fff" if inside else INK, halo=not inside
    )  # fmt: skip
    name = f"{card.patient}{' N' if grown else ''}"
    if flat:
        drawing.text(x, plot.bottom + 18, name, anchor="middle", size=10.5)
    else:
        drawing.text(x + 4, plot.bottom + 10, name, anchor="end", size=10, turn=-90)


def spider(cards: Sequence[PatientResults], responses: Sequence[Row]) -> Drawing | None:
    """Every patient's change of the target sum from baseline over time; None without measurements."""
    changes = _changes(responses)
    drawn = [card for card in cards if card.patient in changes]
    if not drawn:
        return None
    last = max(max(day for day, _ in changes[card.patient]) for card in drawn) or 1.0
    drawing = Drawing(
        "spider", LEFT + INNER + BESIDE, TOP + TALL + 50, "Change of the target sum over time",
        " ".join(f"{card.patient}: " + ", ".join(f"{change:+.0%} on day {day:g}" for day, change in changes[card.patient]) + "."
                 for card in drawn),
    )  # fmt: skip
    plot = Plot(drawing, Scale(0, last, LEFT, LEFT + INNER), _change_scale())
    _change_axis(plot)
    plot.x_axis(
        month_ticks(plot.x), "months from start of treatment; N: a new lesion", words=in_months, grid=False
    )
    fresh = {(row["patient"], float(row["day"])) for row in responses if new_lesion(row)}
    paths: list[tuple[PatientResults, list[tuple[float, float]]]] = []
    for card in sorted(drawn, key=lambda card: plot.y(changes[card.patient][-1][1])):
        points = [(plot.x(day), plot.y(change)) for day, change in [(0.0, 0.0), *changes[card.patient]]]
        paths.append((card, points))
        colour = benefit_colour(card.clinical_benefit)
        with drawing.patient(card.patient):
            drawing.path(points, stroke=colour, width=1.8)
            for (day, change), (x, y) in zip(changes[card.patient], points[1:], strict=True):
                drawing.dot(x, y, 4, fill=colour, tip=f"{card.patient}: {change:+.0%} on day {day:g}")
                if (card.patient, day) in fresh:
                    drawing.text(x, y - 7, "N", anchor="middle", size=10.5, bold=True, halo=True)
    _name_ends(plot, paths)
    return drawing


def _name_ends(plot: Plot, paths: Sequence[tuple[PatientResults, Sequence[tuple[float, float]]]]) -> None:
    """Names beside the ends of their lines, after all lines; one that would cover a dot or a name is left out.

    The pointer still tells whose line it is.
    """
    dots = [point for _, points in paths for point in points[1:]]
    taken: list[Box] = [(x - 4, y - 4, x + 4, y + 4) for x, y in dots]
    for card, points in paths:
        x, y = points[-1][0] + 7, points[-1][1] + 4
        width = 6.2 * len(card.patient)
        for shift in (0.0, -NAME_HEIGHT, NAME_HEIGHT):
            box = (x, y + shift - 9, x + width, y + shift + 2)
            if box[3] <= plot.bottom + 4 and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                with plot.drawing.patient(card.patient):
                    plot.drawing.text(x, y + shift, card.patient, size=10.5, halo=True)
                break


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _changes(responses: Sequence[Row]) -> dict[str, list[tuple[float, float]]]:
    """Days and relative changes of each patient's assessments after baseline that count, in order of time."""
    found: dict[str, list[tuple[float, float]]] = {}
    for row in responses:
        if row["change_from_baseline"] is not None and row["day"] > 0 and row["counted"] != "no":
            found.setdefault(row["patient"], []).append((float(row["day"]), row["change_from_baseline"]))
    return {patient: sorted(points) for patient, points in found.items()}


def _change_scale() -> Scale:
    return Scale(LEAST, MOST, TOP + TALL, TOP)


def _change_axis(plot: Plot) -> None:
    plot.y_axis(
        CHANGES, "target sum against baseline", words=lambda change: f"{change:+.0%}" if change else "0", strong=0.0
    )  # fmt: skip
    for change, words in LIMITS:
        plot.limit(change, words, beside=True)
