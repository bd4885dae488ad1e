"""One patient's course: treatment, scans, biopsies, progression, and what came after, in months from day 0."""

from __future__ import annotations

from collections.abc import Sequence

from refractor.report.figures.drawing import INK, SOFT, Drawing, benefit_colour
from refractor.report.figures.months import in_months, month_ticks
from refractor.report.figures.plot import Plot, Scale
from refractor.report.figures.swimmer import SURVIVAL, new_lesion
from refractor.report.patient_results import PatientResults, Row

LEFT, INNER, TOP, TALL = 110.0, 900.0, 34.0, 66.0
CLOSE = 34.0
"""Pixels between two scans below which their words stand on two heights."""
BIOPSY = "#6d4399"


def timeline(card: PatientResults, responses: Sequence[Row], biopsies: Sequence[Row]) -> Drawing | None:
    """The course as one lane: scans with response and change of the target sum above, biopsies below; None without days."""
    row = card.row
    scans = sorted(
        (one for one in responses if one["patient"] == card.patient), key=lambda one: int(one["day"])
    )
    taken = [one for one in biopsies if one["patient"] == card.patient and one["day"] is not None]
    days = [row["os_days"], row["pfs_days"], *(one["day"] for one in (*scans, *taken))]
    known = [float(day) for day in days if day is not None]
    if not known:
        return None
    drawing = Drawing(
        f"timeline-{card.patient}", LEFT + INNER + 80, TOP + TALL + 46, f"Course of {card.patient}",
        " ".join(f"Day {one['day']}: {one['response'] or 'scan'}{', new lesion' if new_lesion(one) else ''}." for one in scans)
        or "No scans are known.",
    )  # fmt: skip
    first = min(*known, -14.0) if min(known) < 0 else 0.0
    plot = Plot(drawing, Scale(first, max(*known, 1.0), LEFT, LEFT + INNER), Scale(0, 1, TOP + TALL, TOP))
    ticks = month_ticks(Scale(0, plot.x.high, 0, 1))
    plot.x_axis(ticks, "months from start of treatment", words=in_months)
    _bars(plot, card)
    _scans(plot, scans)
    for one in taken:
        x = plot.x(one["day"])
        words = {"plasma": "plasma", "tissue": "biopsy", None: "biopsy"}.get(one["material"], "biopsy")
        drawing.diamond(x, TOP + 52, 6, fill=BIOPSY)
        when = f" ({one['timepoint'].replace('_', ' ')})" if one["timepoint"] else ""
        drawing.text(x + 10, TOP + 56, f"{words}{when}, day {one['day']}", size=10, fill=BIOPSY)
    return drawing


def _bars(plot: Plot, card: PatientResults) -> None:
    drawing, x, row = plot.drawing, plot.x, card.row
    drawing.text(LEFT - 10, TOP + 31, "course", anchor="end", size=11, fill=SOFT)
    for days, fill in ((row["os_days"], SURVIVAL), (row["pfs_days"], benefit_colour(card.clinical_benefit))):
        if days is not None:
            drawing.rect(x(0), TOP + 20, x(days) - x(0), 14, fill=fill)
    if row["pfs_days"] is not None and row["pfs_event"] == 1:
        drawing.diamond(x(row["pfs_days"]), TOP + 27, 7, fill=INK)
    if row.get("new_therapy_day") is not None:
        drawing.text(x(row["new_therapy_day"]), TOP + 47, "▲ next treatment", size=10)
    if row["os_days"] is not None:
        sign = {1: "✕ death", 0: "→ alive"}.get(row["os_event"], "")
        drawing.text(
            x(row["os_days"]) - (0 if row["os_event"] != 1 else 4), TOP + 31.5, sign, size=12, halo=True
        )


def _scans(plot: Plot, scans: Sequence[Row]) -> None:
    last, low = -1e9, False
    for one in scans:
        x = plot.x(one["day"])
        low = x - last < CLOSE and not low
        last = x
        change = one["change_from_baseline"]
        words = one["response"] or ("baseline" if one["day"] <= 0 else "scan")
        words += f" {change:+.0%}" if change else ""
        words += " N" if new_lesion(one) else ""
        plot.drawing.line(x, TOP + 14, x, TOP + 36, width=1.5)
        plot.drawing.text(x, TOP + (-4 if low else 9), words, anchor="middle", size=10, bold=True, halo=True)
