"""Share of patients with a candidate mechanism, without and with benefit."""

from __future__ import annotations

from collections.abc import Sequence

from refractor.report.figures.drawing import BENEFIT, GRID, NO_BENEFIT, SOFT, Drawing
from refractor.report.patient_results import Row
from refractor.report.plain_words import plain


def explanation_figure(explanation: Sequence[Row]) -> Drawing | None:
    """Share explained with its exact interval, both groups, at each cut of the tiers; grey: expected by chance."""
    rows = [row for row in explanation if row["proportion"] is not None]
    if not rows:
        return None
    left, right, lane = 330.0, 60.0, 30.0
    inner = 500.0
    drawing = Drawing(
        "explanation", left + inner + right, 34 + lane * len(rows) + 62, "Explained without benefit, and its control",
        " ".join(
            f"{row['tiers']}, {plain(row['group'])}: {row['explained']} of {row['assessable']}, {row['proportion']:.0%} "
            f"({row['low']:.0%} to {row['high']:.0%})."
            for row in rows
        ),
    )  # fmt: skip
    bottom = 30 + lane * len(rows)
    for share in (0, 0.25, 0.5, 0.75, 1):
        x = left + inner * share
        drawing.line(x, 26, x, bottom, stroke=GRID)
        drawing.text(x, bottom + 15, f"{share:.0%}", anchor="middle", size=11, fill=SOFT)
    for index, row in enumerate(rows):
        y = 30 + lane * index + lane / 2
        colour = NO_BENEFIT if row["group"] == "no_benefit" else BENEFIT
        words = f"{row['tiers']}, {plain(row['group'])}: {row['explained']} of {row['assessable']}"
        drawing.text(left - 14, y + 4, words, anchor="end")
        if row["expected_low"] is not None and row["assessable"]:
            low, high = (row[side] / row["assessable"] for side in ("expected_low", "expected_high"))
            drawing.rect(left + inner * low, y - 9, inner * (high - low), 18, fill="#e1e5ea")
        drawing.line(left + inner * row["low"], y, left + inner * row["high"], y, stroke=colour, width=2.5)
        where = left + inner * row["proportion"]
        if row["group"] == "no_benefit":
            drawing.dot(where, y, 6, fill=colour)
        else:
            drawing.diamond(where, y, 7, fill=colour)
    drawing.rect(10, bottom + 32, 20, 12, fill="#e1e5ea")
    drawing.text(36, bottom + 42, "expected if mechanisms had nothing to do with benefit (labels permuted, 95 %)", size=11)  # fmt: skip
    drawing.dot(492, bottom + 38, 6, fill=NO_BENEFIT)
    drawing.text(504, bottom + 42, "without benefit", size=11)
    drawing.diamond(612, bottom + 38, 7, fill=BENEFIT)
    drawing.text(624, bottom + 42, "with benefit: the control", size=11)
    return drawing
