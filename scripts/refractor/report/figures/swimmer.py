"""The swimmer plot: one bar a patient."""

from __future__ import annotations

from collections.abc import Sequence

from refractor.report.figures.drawing import INK, SOFT, Drawing, benefit_colour
from refractor.report.figures.months import in_months, month_ticks
from refractor.report.figures.patient_groups import short
from refractor.report.figures.plot import Entry, Plot, Scale, legend, swatch
from refractor.report.patient_results import PatientResults, Row
from refractor.report.plain_words import days_words, plain

LEFT, INNER, BAR, TOP = 290.0, 660.0, 24.0, 10.0
SURVIVAL = "#dde3e9"
FURTHER = 40.0
"""Days within which two marks on one bar would touch; the later is left to the other figures."""


def swimmer(cards: Sequence[PatientResults], responses: Sequence[Row] = ()) -> Drawing | None:
    """One bar a patient: time to progression dark, survival light, responses as letters; None where no time is known."""
    timed = [card for card in cards if card.row["os_days"] is not None or card.row["pfs_days"] is not None]
    if not timed:
        return None
    ordered = sorted(timed, key=lambda card: -_longest(card))
    bottom = TOP + BAR * len(ordered)
    drawing = Drawing(
        "swimmer", LEFT + INNER + 60, bottom + 84, "Time to progression and survival of each patient",
        " ".join(
            f"{card.patient}: progression-free {days_words(card.row['pfs_days'], card.row['pfs_event'])} days, "
            f"survival {days_words(card.row['os_days'], card.row['os_event'])} days, "
            f"best response {card.row['best_response'] or 'unknown'}."
            for card in ordered
        ),
    )  # fmt: skip
    longest = max(_longest(card) for card in ordered) or 1.0
    plot = Plot(drawing, Scale(0, longest, LEFT, LEFT + INNER), Scale(0, 1, bottom, TOP))
    plot.x_axis(month_ticks(plot.x), "months from start of treatment", words=in_months)
    for index, card in enumerate(ordered):
        scans = [row for row in responses if row["patient"] == card.patient]
        with drawing.patient(card.patient):
            _lane(plot, card, TOP + BAR * index, scans)
    legend(
        drawing, 10, bottom + 58,
        (
            Entry("to progression, without benefit", swatch(benefit_colour("no"))),
            Entry("with benefit", swatch(benefit_colour("yes"))),
            Entry("benefit unknown", swatch(benefit_colour(None))),
            Entry("survival", swatch(SURVIVAL)),
            Entry("progression or death", lambda d, x, y: d.diamond(x + 12, y - 4, 6, fill=INK)),
            Entry("P, C: scan with partial, complete response; N: new lesion", lambda d, x, y: _letter(d, x + 12, y - 4, "P")),
            Entry("death", lambda d, x, y: d.text(x + 12, y, "✕", anchor="middle", size=14)),
            Entry("alive at last contact", lambda d, x, y: d.text(x + 8, y, "→", size=15)),
        ),
    )  # fmt: skip
    return drawing


def _longest(card: PatientResults) -> float:
    return max(card.row["os_days"] or 0.0, card.row["pfs_days"] or 0.0)


def _lane(plot: Plot, card: PatientResults, y: float, scans: Sequence[Row]) -> None:
    drawing, x, row = plot.drawing, plot.x, card.row
    drawing.text(10, y + 15, short(card.patient, 16), bold=True)
    drawing.text(112, y + 15, f"{row['best_response'] or '–'} · {plain(row['label'])}", size=11, fill=SOFT)
    for name, words, fill in (
        ("os", "survival", SURVIVAL),
        ("pfs", "progression-free", benefit_colour(card.clinical_benefit)),
    ):
        days, event = row[f"{name}_days"], row[f"{name}_event"]
        if days is not None:
            tip = f"{card.patient}: {words} {days_words(days, event)} days"
            drawing.rect(LEFT, y + 4, x(days) - LEFT, 14, fill=fill, tip=tip)
    _scans(plot, card, y, scans)
    if row["pfs_days"] is not None and row["pfs_event"] == 1:
        drawing.diamond(x(row["pfs_days"]), y + 11, 6, fill=INK)
    if row["os_days"] is not None and row["os_event"] == 1:
        drawing.text(x(row["os_days"]), y + 16, "✕", anchor="middle", size=14)
    elif row["os_days"] is not None and row["os_event"] == 0:
        drawing.text(x(row["os_days"]) + 3, y + 15, "→", size=15)


def _scans(plot: Plot, card: PatientResults, y: float, scans: Sequence[Row]) -> None:
    """Responses and new lesions at their days, where two would not touch."""
    last = -FURTHER
    for row in sorted(scans, key=lambda row: int(row["day"])):
        letter = "N" if new_lesion(row) else {"CR": "C", "PR": "P"}.get(row["response"] or "")
        close = plot.x(row["day"]) - last < 16 or abs(row["day"] - (card.row["pfs_days"] or -FURTHER)) < 1
        if letter and row["day"] > 0 and row["counted"] != "no" and (letter == "N" or not close):
            last = plot.x(row["day"])
            _letter(plot.drawing, last - (14 if close else 0), y + 11, letter)


def _letter(drawing: Drawing, x: float, y: float, letter: str) -> None:
    drawing.dot(x, y, 6.5, fill="#fff")
    drawing.text(x, y + 3.5, letter, anchor="middle", size=9.5, bold=True)


def new_lesion(assessment: Row) -> bool:
    """Whether an assessment found a new lesion."""
    return "new lesion" in (assessment["reason"] or "")
