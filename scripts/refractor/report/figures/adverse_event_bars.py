"""Adverse events as bars: patients by their worst grade of each term."""

from __future__ import annotations

from collections.abc import Sequence

from refractor.report.figures.drawing import SOFT, Drawing, nice_step
from refractor.report.patient_results import Row

GRADES = ("#dbe7f1", "#a9c7e0", "#e8a46a", "#c65d00", "#6b1a10")
"""Grades 1 to 5: blue where mild, orange to dark from grade 3; told apart by the colour-blind and in grey."""
MOST_TERMS = 20
LEFT, INNER, LANE, TOP = 230.0, 620.0, 26.0, 34.0


def adverse_figure(rows: Sequence[Row]) -> Drawing | None:
    """The terms with most severe events first, at most MOST_TERMS; None without events."""
    terms = [row for row in rows if row["term"] != "any" and row["any_grade"]]
    if not terms:
        return None
    ordered = sorted(terms, key=lambda row: (-row["grade_3_or_more"], -row["any_grade"], row["term"]))
    shown = ordered[:MOST_TERMS]
    overall = next((row for row in rows if row["term"] == "any"), None)
    lanes = [*([overall] if overall else []), *shown]
    patients = max(row["patients"] for row in lanes)
    most = max(row["any_grade"] for row in lanes)
    bottom = TOP + LANE * len(lanes)
    drawing = Drawing(
        "adverse-events", LEFT + INNER + 170, bottom + 62, "Adverse events by worst grade",
        " ".join(
            f"{_name(row)}: {row['any_grade']} of {row['patients']} patients, {row['grade_3_or_more']} of grade 3 or more."
            for row in lanes
        ),
    )  # fmt: skip
    scale = INNER / most
    step = max(1, int(nice_step(most, 8)))
    for tick in range(0, most + 1, step):
        drawing.line(LEFT + tick * scale, TOP - 6, LEFT + tick * scale, bottom, stroke="#e3e8ed")
        drawing.text(LEFT + tick * scale, bottom + 15, str(tick), anchor="middle", size=11, fill=SOFT)
    drawing.text(
        LEFT + INNER, bottom + 31, f"patients, of {patients} treated", anchor="end", size=11, fill=SOFT
    )
    for index, row in enumerate(lanes):
        y = TOP + LANE * index
        drawing.text(LEFT - 10, y + 16, _name(row), anchor="end", size=11.5, bold=row["term"] == "any")
        x = LEFT
        for grade, colour in enumerate(GRADES, start=1):
            width = row[f"grade_{grade}"] * scale
            if width:
                tip = f"{_name(row)}: {row[f'grade_{grade}']} with worst grade {grade}"
                drawing.rect(x, y + 3, width, LANE - 8, fill=colour, stroke="#fff", tip=tip)
                x += width
        severe = f" · {row['grade_3_or_more']} of grade ≥ 3" if row["grade_3_or_more"] else ""
        drawing.text(x + 6, y + 16, f"{row['any_grade']}{severe}", size=11, fill=SOFT)
    x = LEFT
    for grade, colour in enumerate(GRADES, start=1):
        drawing.rect(x, bottom + 40, 20, 12, fill=colour)
        drawing.text(x + 26, bottom + 50, f"grade {grade}", size=11)
        x += 90
    if len(ordered) > len(shown):
        drawing.text(
            x, bottom + 50, f"{len(ordered) - len(shown)} terms more in the table", size=11, fill=SOFT
        )
    return drawing


def _name(row: Row) -> str:
    term = "any event" if row["term"] == "any" else str(row["term"])
    return term if len(term) <= 34 else f"{term[:33]}…"
