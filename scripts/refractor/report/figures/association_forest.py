"""Mechanisms against benefit: odds ratios with their intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from refractor.report.figures.drawing import GRID, INK, SOFT, Drawing
from refractor.report.patient_results import Row
from refractor.report.plain_words import figure_words, mechanism_name, odds_words


def association_figure(associations: Sequence[Row]) -> Drawing | None:
    """Odds ratio of being without benefit for each mechanism, with the smallest p that its margins allow."""
    rows = [row for row in associations if row["odds_ratio"] is not None]
    if not rows:
        return None
    left, inner, lane = 270.0, 320.0, 27.0
    bottom = 44 + lane * len(rows)
    drawing = Drawing(
        "associations", left + inner + 400, bottom + 52, "Each mechanism against benefit",
        " ".join(
            f"{_name(row)}: carriers {row['carriers_without_benefit']} of {row['without_benefit']} without and "
            f"{row['carriers_with_benefit']} of {row['with_benefit']} with benefit; odds ratio "
            f"{odds_words(row['odds_ratio'], row['odds_ratio_low'], row['odds_ratio_high'])}."
            for row in rows
        ),
    )  # fmt: skip
    low, high = (math.log10(limit) for limit in ODDS_LIMITS)

    def x(odds: float) -> float:
        held = math.log10(min(max(odds, ODDS_LIMITS[0]), ODDS_LIMITS[1]))
        return left + inner * (held - low) / (high - low)

    for odds in (0.01, 0.1, 1, 10, 100):
        drawing.line(x(odds), 38, x(odds), bottom, stroke=INK if odds == 1 else GRID)
        drawing.text(x(odds), bottom + 15, f"{odds:g}", anchor="middle", size=11, fill=SOFT)
    drawing.text(left + inner / 2, bottom + 33, "← more often with benefit · odds ratio · without benefit →", anchor="middle", size=11, fill=SOFT)  # fmt: skip
    for words, column in (
        ("odds ratio", 12),
        ("carriers: without · with", 96),
        ("Fisher p", 250),
        ("smallest p", 308),
    ):
        drawing.text(left + inner + column, 32, words, size=11, fill=SOFT)
    for index, row in enumerate(rows):
        _association_lane(drawing, row, 44 + lane * index + lane / 2, (left, inner, x))
    return drawing


def _association_lane(
    drawing: Drawing, row: Row, y: float, axis: tuple[float, float, Callable[[float], float]]
) -> None:
    left, inner, place = axis
    colour = INK if row["tested"] == "yes" else "#626b76"
    drawing.text(left - 18, y + 4, _name(row), anchor="end", fill=colour)
    low, high = row["odds_ratio_low"], row["odds_ratio_high"]
    odds = row["odds_ratio"]
    right = left + inner
    if low is not None and high is not None:
        drawing.line(place(low), y, place(high), y, stroke=colour, width=2)
        if high > ODDS_LIMITS[1]:
            drawing.path([(right, y - 6), (right + 11, y), (right, y + 6)], fill=colour)
        if low < ODDS_LIMITS[0]:
            drawing.path([(left, y - 6), (left - 11, y), (left, y + 6)], fill=colour)
    if ODDS_LIMITS[0] <= odds <= ODDS_LIMITS[1]:
        drawing.rect(place(odds) - 5, y - 5, 10, 10, fill=colour)
    drawing.text(right + 22, y + 4, odds_words(odds, low, high), size=11.5, fill=colour)
    counts = (
        f"{row['carriers_without_benefit']} of {row['without_benefit']} · "
        f"{row['carriers_with_benefit']} of {row['with_benefit']}"
    )
    drawing.text(left + inner + 96, y + 4, counts, size=11.5, fill=colour)
    drawing.text(left + inner + 250, y + 4, figure_words(row["p_fisher"], 2), size=11.5, fill=colour)
    tail = "" if row["tested"] == "yes" else ": not tested"
    drawing.text(
        left + inner + 308, y + 4, figure_words(row["p_attainable"], 2) + tail, size=11.5, fill=colour
    )


def _name(row: Row) -> str:
    name = str(row["mechanism"])
    return f"gene {name}" if row["level"] == "gene" else mechanism_name(name)


ODDS_LIMITS = (0.01, 100.0)
"""Odds ratios beyond are drawn as arrows at the edge."""
