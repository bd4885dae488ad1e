"""Adverse events as bars: patients by their worst grade of each term."""

from __future__ import annotations

from collections.abc import Sequence

from refractor.report.figures.drawing import SOFT, Drawing
from refractor.report.figures.plot import Entry, Plot, Scale, legend, nice_step, swatch
from refractor.report.patient_results import Row

GRADES = ("#dbe7f1", "#a9c7e0", "#e8a46a", "#c65d00", "#6b1a10")
"""Grades 1 to 5: blue where mild, orange to dark from grade 3; told apart by the colour-blind and in grey."""
MOST_TERMS = 20
LEFT, INNER, LANE, TOP = 230.0, 620.0, 26.0, 12.0


def adverse_figure(rows: Sequence[Row]) -> Drawing | None:
    """The terms with most severe events first, at most MOST_TERMS; None without events."""
    terms = [row for row in rows if row["term"] != "any" and row["any_grade"]]
    if not terms:
        return None
    ordered = sorted(terms, key=lambda row: (-row["grade_3_or_more"], -row["any_grade"], row["term"]))
    overall = [row for row in rows if row["term"] == "any"]
    lanes = [*overall, *ordered[:MOST_TERMS]]
    most = max(row["any_grade"] for row in lanes)
    bottom = TOP + LANE * len(lanes)
    drawing = Drawing(
        "adverse-events", LEFT + INNER + 170, bottom + 66, "Adverse events by worst grade",
        " ".join(
            f"{_name(row)}: {row['any_grade']} of {row['patients']} patients, {row['grade_3_or_more']} of grade 3 or more."
            for row in lanes
        ),
    )  # fmt: skip
    plot = Plot(drawing, Scale(0, most, LEFT, LEFT + INNER), Scale(0, 1, bottom, TOP))
    step = max(1, int(nice_step(most, 8)))
    plot.x_axis(range(0, most + 1, step), f"patients, of {max(row['patients'] for row in lanes)} treated")
    for index, row in enumerate(lanes):
        _lane(plot, row, TOP + LANE * index)
    entries = [Entry(f"grade {grade}", swatch(colour)) for grade, colour in enumerate(GRADES, start=1)]
    legend(drawing, LEFT, bottom + 58, entries)
    if len(ordered) > MOST_TERMS:
        words = f"{len(ordered) - MOST_TERMS} terms more in the table"
        drawing.text(LEFT + 480, bottom + 58, words, size=11, fill=SOFT)
    return drawing


def _lane(plot: Plot, row: Row, y: float) -> None:
    drawing = plot.drawing
    drawing.text(LEFT - 10, y + 16, _name(row), anchor="end", size=11.5, bold=row["term"] == "any")
    counted = 0
    for grade, colour in enumerate(GRADES, start=1):
        number = row[f"grade_{grade}"]
        if number:
            start, end = plot.x(counted), plot.x(counted + number)
            tip = f"{_name(row)}: {number} with worst grade {grade}"
            drawing.rect(start, y + 3, end - start, LANE - 8, fill=colour, stroke="#fff", tip=tip)
            counted += number
    severe = f" · {row['grade_3_or_more']} of grade ≥ 3" if row["grade_3_or_more"] else ""
    drawing.text(plot.x(counted) + 6, y + 16, f"{row['any_grade']}{severe}", size=11, fill=SOFT)


def _name(row: Row) -> str:
    term = "any event" if row["term"] == "any" else str(row["term"])
    return term if len(term) <= 34 else f"{term[:33]}…"
