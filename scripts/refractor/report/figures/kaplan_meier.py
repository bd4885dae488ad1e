"""Kaplan-Meier curves with their medians, events and numbers at risk."""

from __future__ import annotations

from collections.abc import Sequence

from refractor.report.cohort_results import CohortResults
from refractor.report.counted import Who
from refractor.report.figures.drawing import BENEFIT, INK, SOFT, Drawing
from refractor.report.figures.months import in_months, month_ticks
from refractor.report.figures.plot import SHARES, Plot, Scale, per_cent, share_scale
from refractor.report.patient_results import Row
from refractor.report.plain_words import days_in_words, plain
from refractor.results.analysis_tables import SURVIVAL

LEFT, INNER, TOP, TALL = 74.0, 470.0, 46.0, 210.0


def survival_figure(results: CohortResults, endpoint: str) -> Drawing | None:
    """The curve of all patients with its 95 % band, median, events and numbers at risk; None without rows."""
    rows = [row for row in results[SURVIVAL] if row["endpoint"] == endpoint and row["group"] == "all"]
    if not rows:
        return None
    last = max(row["time"] for row in rows) or 1.0
    x = Scale(0.0, last, LEFT, LEFT + INNER)
    ticks = month_ticks(x)
    said = _median_words(results.endpoint(plain(endpoint), "median"))
    at_risk = [_at_risk(rows, tick) for tick in ticks]
    risk_words = ", ".join(f"{n} at {in_months(tick)} months" for tick, n in zip(ticks, at_risk, strict=True))
    drawing = Drawing(
        f"survival-{endpoint.replace('_', '-')}", LEFT + INNER + 30, TOP + TALL + 76, plain(endpoint).capitalize(),
        f"Kaplan-Meier curve of {rows[0]['at_risk']} patients; {said}; at risk: {risk_words}.",
    )  # fmt: skip
    plot = Plot(drawing, x, share_scale(TOP + TALL, TOP))
    plot.y_axis(SHARES, words=per_cent)
    plot.x_axis(ticks, "months from start; | censored", words=in_months, grid=False)
    drawing.text(LEFT, 14, plain(endpoint).capitalize(), bold=True)
    drawing.text(LEFT, 31, said, size=11, fill=SOFT)
    _curve(plot, rows)
    for row in rows:
        _patients(plot, row, results.who(SURVIVAL, row))
    drawing.text(4, TOP + TALL + 54, "patients at risk", size=11, fill=SOFT)
    for tick, count in zip(ticks, at_risk, strict=True):
        drawing.text(x(tick), TOP + TALL + 70, str(count), anchor="middle", size=11)
    return drawing


def _curve(plot: Plot, rows: Sequence[Row]) -> None:
    """The band, the steps, and a stroke where somebody was censored."""
    drawing, x, y = plot.drawing, plot.x, plot.y
    band = [row for row in rows if row["low"] is not None and row["high"] is not None]
    upper, lower = (_steps([(row["time"], row[side]) for row in band]) for side in ("high", "low"))
    if len(band) > 1:
        drawing.path([(x(t), y(s)) for t, s in (*upper, *reversed(lower))], fill=BENEFIT, opacity=0.14)
    curve = _steps([(row["time"], row["survival"]) for row in rows])
    drawing.path([(x(t), y(s)) for t, s in curve], stroke=BENEFIT)
    drawing.line(plot.left, y(0.5), plot.right, y(0.5), stroke=INK, dash="2 4")


def _patients(plot: Plot, row: Row, who: Who) -> None:
    """A dot for each patient with the event at this step, a stroke for each who was censored, whoever they are."""
    drawing, at, y = plot.drawing, plot.x(row["time"]), plot.y(row["survival"])
    for patient in who.get("events", ()):
        with drawing.patient(patient):
            drawing.dot(at, y, 3, fill=BENEFIT, tip=f"{patient}: event on day {row['time']:.0f}")
    for patient in who.get("censored", ()):
        with drawing.patient(patient):
            drawing.line(at, y - 6, at, y + 6)
    if row["censored"] and not who.get("censored"):
        drawing.line(at, y - 6, at, y + 6)


def _median_words(row: Row | None) -> str:
    """`median 4.3 months (131 days; 95 % CI 58 days to 313 days), 22 events in 24 patients`."""
    if row is None:
        return "median not known"
    counted = f"{row['events']} events in {row['n']} patients"
    if row["estimate"] is None:
        return f"median not reached, {counted}"
    low, high = (f"{row[side]:.0f} days" if row[side] is not None else "no bound" for side in ("low", "high"))
    return f"median {days_in_words(row['estimate'])}, 95 % CI {low} to {high}; {counted}"


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
