"""Mechanisms against benefit: odds ratios with their intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence

from refractor.report.figures.drawing import INK, SOFT, Drawing
from refractor.report.figures.plot import Plot, Scale
from refractor.report.patient_results import Row
from refractor.report.plain_words import figure_words, mechanism_name, odds_words

ODDS_LIMITS = (0.01, 100.0)
"""Odds ratios beyond are drawn as arrows at the edge."""
LEFT, INNER, TOP, LANE = 270.0, 320.0, 44.0, 27.0
COLUMNS = (("odds ratio", 22), ("carriers: without · with", 96), ("Fisher p", 250), ("smallest p", 308))
UNTESTED = "#626b76"


def association_figure(associations: Sequence[Row]) -> Drawing | None:
    """Odds ratio of being without benefit for each mechanism, with the smallest p that its margins allow."""
    rows = [row for row in associations if row["odds_ratio"] is not None]
    if not rows:
        return None
    bottom = TOP + LANE * len(rows)
    drawing = Drawing(
        "associations", LEFT + INNER + 430, bottom + 52, "Each mechanism against benefit",
        " ".join(
            f"{_name(row)}: carriers {row['carriers_without_benefit']} of {row['without_benefit']} without and "
            f"{row['carriers_with_benefit']} of {row['with_benefit']} with benefit; odds ratio "
            f"{odds_words(row['odds_ratio'], row['odds_ratio_low'], row['odds_ratio_high'])}."
            for row in rows
        ),
    )  # fmt: skip
    plot = Plot(
        drawing, Scale(*ODDS_LIMITS, LEFT, LEFT + INNER, math.log10), Scale(0, 1, bottom, TOP - 6)
    )  # fmt: skip
    plot.x_axis(
        (0.01, 0.1, 1, 10, 100), "← more often with benefit · odds ratio · without benefit →", strong=1
    )
    for words, column in COLUMNS:
        drawing.text(plot.right + column, 32, words, size=11, fill=SOFT)
    for index, row in enumerate(rows):
        _lane(plot, row, TOP + LANE * index + LANE / 2)
    return drawing


def _lane(plot: Plot, row: Row, y: float) -> None:
    drawing = plot.drawing
    colour = INK if row["tested"] == "yes" else UNTESTED
    low, high, odds = row["odds_ratio_low"], row["odds_ratio_high"], row["odds_ratio"]
    drawing.text(LEFT - 18, y + 4, _name(row), anchor="end", fill=colour)
    if low is not None and high is not None:
        drawing.line(plot.x(low), y, plot.x(high), y, stroke=colour, width=2)
        for beyond, edge, tip in ((high > plot.x.high, plot.right, 11), (low < plot.x.low, plot.left, -11)):
            if beyond:
                drawing.path([(edge, y - 6), (edge + tip, y), (edge, y + 6)], fill=colour)
    if plot.x.shows(odds):
        drawing.rect(plot.x(odds) - 5, y - 5, 10, 10, fill=colour)
    cells = (
        odds_words(odds, low, high),
        f"{row['carriers_without_benefit']} of {row['without_benefit']} · "
        f"{row['carriers_with_benefit']} of {row['with_benefit']}",
        figure_words(row["p_fisher"], 2),
        figure_words(row["p_attainable"], 2) + ("" if row["tested"] == "yes" else ": not tested"),
    )
    for words, (_, column) in zip(cells, COLUMNS, strict=True):
        drawing.text(plot.right + column, y + 4, words, size=11.5, fill=colour)


def _name(row: Row) -> str:
    name = str(row["mechanism"])
    return f"gene {name}" if row["level"] == "gene" else mechanism_name(name)
