"""The reliability of P(amplified) as a figure: what was stated against how often it came true."""

from __future__ import annotations

import pandas as pd
from scipy.stats import binomtest

from refractor.report.figures.drawing import BENEFIT, LINE, SOFT, Drawing

SIDE, LEFT, TOP = 360.0, 60.0, 44.0


def draw_reliability(curve: pd.DataFrame, brier: float) -> str:
    """SVG of `curve` (columns n, stated, observed; a row a bin), exact 95 % intervals as bars, n beside each point."""
    words = f"P(amplified) of {int(curve.n.sum())} simulated genomes; Brier score {brier:.3f}"
    figure = Drawing("reliability", LEFT + SIDE + 90, TOP + SIDE + 56, "Reliability of P(amplified)", words)
    figure.text(LEFT, 26, words, size=13, bold=True)

    def x(value: float) -> float:
        return LEFT + value * SIDE

    def y(value: float) -> float:
        return TOP + (1 - value) * SIDE

    for tick in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        figure.line(x(tick), y(0), x(tick), y(1), stroke=LINE, width=0.6)
        figure.line(x(0), y(tick), x(1), y(tick), stroke=LINE, width=0.6)
        figure.text(x(tick), y(0) + 18, f"{tick:g}", size=11, anchor="middle", fill=SOFT)
        figure.text(x(0) - 8, y(tick) + 4, f"{tick:g}", size=11, anchor="end", fill=SOFT)
    figure.line(x(0), y(0), x(1), y(1), stroke=SOFT, dash="5 4")
    for row in curve.itertuples():
        hits = round(row.observed * row.n)
        interval = binomtest(hits, int(row.n)).proportion_ci()
        figure.line(
            x(row.stated), y(interval.low), x(row.stated), y(interval.high), stroke=BENEFIT, width=1.6
        )
        figure.dot(x(row.stated), y(row.observed), 5, fill=BENEFIT, tip=f"{hits} of {row.n}")
        across, along = (8, 14)
        if row.observed < 0.05:  # clear of the axis and of each other
            along = -24 if row.stated < 0.01 else -8
        elif row.stated > 0.99:
            along = 4
        figure.text(x(row.stated) + across, y(row.observed) + along, f"{hits}/{row.n}", size=10)
    figure.text(x(0.5), y(0) + 40, "stated probability", size=12, anchor="middle")
    figure.text(18, y(0.5), "share truly over 3 x ploidy", size=12, anchor="middle", turn=-90)
    return str(figure.markup(synthetic=True))
