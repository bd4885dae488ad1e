"""Share of patients with a candidate mechanism, without and with benefit."""

from __future__ import annotations

from collections.abc import Sequence

from refractor.outcomes.explanation import STUDY_CUT
from refractor.report.figures.drawing import BENEFIT, NO_BENEFIT, Drawing
from refractor.report.figures.plot import SHARES, Entry, Plot, Scale, legend, per_cent, share_scale, swatch
from refractor.report.patient_results import Row
from refractor.report.plain_words import plain

LEFT, INNER, TOP, LANE = 400.0, 500.0, 20.0, 28.0
EXPECTED = "#e1e5ea"


def explanation_figure(explanation: Sequence[Row]) -> Drawing | None:
    """Share with a candidate and its exact interval, both groups, at each cut; grey: expected by chance."""
    rows = [row for row in explanation if row["proportion"] is not None and _is_shown(row)]
    if not rows:
        return None
    bottom = TOP + LANE * len(rows)
    drawing = Drawing(
        "explanation", LEFT + INNER + 60, bottom + 66, "A candidate without benefit, and the control",
        " ".join(
            f"{cut_words(row)}, {plain(row['group'])}: {row['explained']} of {row['assessable']}, {row['proportion']:.0%} "
            f"({row['low']:.0%} to {row['high']:.0%})."
            for row in rows
        ),
    )  # fmt: skip
    plot = Plot(drawing, share_scale(LEFT, LEFT + INNER), Scale(0, 1, bottom, TOP - 4))
    plot.x_axis(SHARES, "share of the assessable patients", words=per_cent)
    for index, row in enumerate(rows):
        _lane(plot, row, TOP + LANE * index + LANE / 2)
    legend(
        drawing, 10, bottom + 58,
        (
            Entry("expected if mechanisms had nothing to do with benefit (labels permuted, 95 %)", swatch(EXPECTED)),
            Entry("without benefit", lambda d, x, y: d.dot(x + 12, y - 4, 6, fill=NO_BENEFIT)),
            Entry("with benefit: the control", lambda d, x, y: d.diamond(x + 12, y - 4, 7, fill=BENEFIT)),
        ),
    )  # fmt: skip
    return drawing


def _is_shown(row: Row) -> bool:
    """Whether a row is drawn: every cut at the study's tiers, and the whole at the others; the table has all."""
    narrowed = row.get("clonality", "any") != "any" or row.get("eligible", "any") != "any"
    return not narrowed or row["tiers"] == STUDY_CUT


def cut_words(row: Row) -> str:
    """The cut of a row: its tiers, and its clonality and eligibility where the table has them and they narrow it."""
    parts = [row["tiers"]]
    if row.get("clonality") == "clonal":
        parts.append("clonal")
    if row.get("eligible") == "yes":
        parts.append("eligible on the genome")
    return ", ".join(parts)


def _lane(plot: Plot, row: Row, y: float) -> None:
    drawing, x = plot.drawing, plot.x
    without = row["group"] == "no_benefit"
    colour = NO_BENEFIT if without else BENEFIT
    words = f"{cut_words(row)}, {plain(row['group'])}: {row['explained']} of {row['assessable']}"
    drawing.text(LEFT - 14, y + 4, words, anchor="end")
    if row["expected_low"] is not None and row["assessable"]:
        low, high = (row[side] / row["assessable"] for side in ("expected_low", "expected_high"))
        drawing.rect(x(low), y - 9, x(high) - x(low), 18, fill=EXPECTED)
    drawing.line(x(row["low"]), y, x(row["high"]), y, stroke=colour, width=2.5)
    if without:
        drawing.dot(x(row["proportion"]), y, 6, fill=colour)
    else:
        drawing.diamond(x(row["proportion"]), y, 7, fill=colour)
