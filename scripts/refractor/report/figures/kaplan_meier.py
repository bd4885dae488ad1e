"""Kaplan-Meier curves."""

from __future__ import annotations

from collections.abc import Sequence

from refractor.report.figures.drawing import BENEFIT, GRID, SOFT, Drawing, nice_step
from refractor.report.patient_results import Row
from refractor.report.plain_words import plain


def survival_figure(survival: Sequence[Row], endpoint: str) -> Drawing | None:
    """The Kaplan-Meier curve of all patients with its 95 % band and the numbers at risk; None without rows."""
    rows = [row for row in survival if row["endpoint"] == endpoint and row["group"] == "all"]
    if not rows:
        return None
    left, top, inner, tall = 62.0, 30.0, 470.0, 220.0
    last = max(row["time"] for row in rows) or 1.0
    step = nice_step(last, 8)
    ticks = [step * index for index in range(int(last / step) + 1)]
    at_risk = [_at_risk(rows, tick) for tick in ticks]
    risk_words = ", ".join(f"{n} on day {tick:g}" for tick, n in zip(ticks, at_risk, strict=True))
    drawing = Drawing(
        f"survival-{endpoint}", left + inner + 30, top + tall + 84, plain(endpoint).capitalize(),
        f"Kaplan-Meier curve of {rows[0]['at_risk']} patients; at risk: {risk_words}. The steps stand in the table below.",
    )  # fmt: skip

    def x(time: float) -> float:
        return left + inner * time / last

    def y(share: float) -> float:
        return top + tall * (1 - share)

    for share in (0, 0.25, 0.5, 0.75, 1):
        drawing.line(left, y(share), left + inner, y(share), stroke=GRID)
        drawing.text(left - 8, y(share) + 4, f"{share:.0%}", anchor="end", size=11, fill=SOFT)
    band = [row for row in rows if row["low"] is not None and row["high"] is not None]
    upper, lower = (_steps([(row["time"], row[side]) for row in band]) for side in ("high", "low"))
    if len(band) > 1:
        outline = [(x(t), y(s)) for t, s in (*upper, *reversed(lower))]
        drawing.path(outline, fill=BENEFIT, opacity=0.14)
    drawing.path(
        [(x(t), y(s)) for t, s in _steps([(row["time"], row["survival"]) for row in rows])], stroke=BENEFIT
    )
    for row in rows:
        if row["censored"]:
            drawing.line(x(row["time"]), y(row["survival"]) - 6, x(row["time"]), y(row["survival"]) + 6)
    for tick, number in zip(ticks, at_risk, strict=True):
        drawing.text(x(tick), top + tall + 17, f"{tick:g}", anchor="middle", size=11, fill=SOFT)
        drawing.text(x(tick), top + tall + 64, str(number), anchor="middle", size=11)
    drawing.text(left + inner / 2, top + tall + 33, "days from start of treatment; | censored", anchor="middle", size=11, fill=SOFT)  # fmt: skip
    drawing.text(left - 56, top + tall + 48, "patients at risk", size=11, fill=SOFT)
    drawing.text(left, 16, plain(endpoint).capitalize(), bold=True)
    return drawing


def _steps(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The corners of a falling staircase through (time, value)."""
    corners: list[tuple[float, float]] = []
    for time, value in points:
        if corners:
            corners.append((time, corners[-1][1]))
        corners.append((time, value))
    return corners


def _at_risk(rows: Sequence[Row], time: float) -> int:
    """Patients still followed just before `time`: those of the first step at or after it, none after the last."""
    return next((int(row["at_risk"]) for row in rows if row["time"] >= time), 0)
