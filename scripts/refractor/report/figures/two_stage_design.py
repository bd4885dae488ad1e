"""Course of the trial against its two-stage design."""

from __future__ import annotations

from collections.abc import Sequence

from refractor.outcomes.two_stage_rows import ENROLLED, FIRST_STAGE, FIRST_STAGE_STOP, NEEDED, PLANNED
from refractor.report.figures.drawing import BENEFIT, INK, Drawing
from refractor.report.figures.plot import Plot, Scale, nice_step
from refractor.report.patient_results import PatientResults, Row

LEFT, TOP, INNER, TALL = 60.0, 34.0, 640.0, 200.0
STOP, SUCCESS = "#8f2a20", "#1f6b48"


def two_stage_figure(cards: Sequence[PatientResults], two_stage: Sequence[Row]) -> Drawing | None:
    """Benefits counted in order of entry against the design's two looks; None where the table states no design."""
    design = _design(two_stage)
    entered = [card for card in cards if card.row["evaluable"] == "yes" and card.row["treatment_start"]]
    if design is None or not entered or len(entered) < _stated(two_stage, ENROLLED):
        return None
    first, stop, success, planned = design
    ordered = sorted(entered, key=lambda card: (card.row["treatment_start"], card.patient))[:planned]
    counted = [sum(card.clinical_benefit == "yes" for card in ordered[: n + 1]) for n in range(len(ordered))]
    highest = max(success, counted[-1]) + 1
    drawing = Drawing(
        "two-stage", LEFT + INNER + 150, TOP + TALL + 50, "Where the two-stage trial stands",
        f"{counted[-1]} with benefit among {len(ordered)} evaluable patients of {planned} planned. Stop after {first} "
        f"with at most {stop}; success with {success}.",
    )  # fmt: skip
    plot = Plot(drawing, Scale(0, planned, LEFT, LEFT + INNER), Scale(0, highest, TOP + TALL, TOP))
    plot.y_axis(range(0, highest + 1, int(max(1, nice_step(highest, 6)))))
    plot.x_axis(
        range(0, planned + 1, int(max(1, nice_step(planned, 8)))),
        "evaluable patients in order of entry; line: patients with benefit so far", grid=False,
    )  # fmt: skip
    x, y = plot.x, plot.y
    drawing.rect(x(first) - 4, y(stop), 8, y(0) - y(stop) + 3, fill=STOP)
    drawing.text(x(first) + 8, y(stop) - 6, f"stop here with ≤ {stop} of {first}", size=11, fill=STOP)
    drawing.line(plot.left, y(success), plot.right, y(success), stroke=SUCCESS, dash="6 4", width=1.5)
    drawing.text(plot.right + 6, y(success) + 4, f"success: {success} of {planned}", size=11, fill=SUCCESS)
    points = [(x(0), y(0))]
    for n, total in enumerate(counted, start=1):
        points += [(x(n), points[-1][1]), (x(n), y(total))]
    drawing.path(points, stroke=INK, width=2)
    for n, (card, total) in enumerate(zip(ordered, counted, strict=True), start=1):
        if card.clinical_benefit == "yes":
            with drawing.patient(card.patient):
                drawing.dot(x(n), y(total), 5, fill=BENEFIT, tip=card.patient)
    return drawing


def _design(two_stage: Sequence[Row]) -> tuple[int, int, int, int] | None:
    """(patients of the first stage, benefits at most for a stop, benefits for success, planned patients)."""
    named = (FIRST_STAGE, FIRST_STAGE_STOP, NEEDED, PLANNED)
    found = {row["quantity"]: row["value"] for row in two_stage}
    if any(found.get(name) is None for name in named):
        return None
    first, stop, success, planned = (int(found[name]) for name in named)
    return first, stop, success, planned


def _stated(two_stage: Sequence[Row], quantity: str) -> float:
    return float(next((row["value"] for row in two_stage if row["quantity"] == quantity), 0) or 0)
