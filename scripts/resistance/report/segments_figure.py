"""Copies along chromosome 17 and along the genome from the table of segments, for every source of copy number alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from resistance.report.patient_card import PatientCard, Row
from resistance.report.svg import SOFT, Drawing

Scale = Callable[[float], float]
LEFT, INNER, TOP, TALL = 62.0, 1000.0, 34.0, 130.0
ORDER = (*(str(number) for number in range(1, 23)), "X", "Y")
COPY_TICKS = (0, 1, 2, 4, 8, 16, 32, 64, 128, 256)
TOTAL, MINOR, TARGET = "#111827", "#0072b2", "#c65d00"


def chromosome_17(card: PatientCard) -> Drawing | None:
    """The tumour's segments of chromosome 17: total copies dark, lesser allele blue, ERBB2 marked; None without."""
    shown = [row for row in _measured(card) if row["chromosome"] == "17"]
    if not shown:
        return None
    end: float = max(row["end"] for row in shown)
    scale: float = max([row["copy_number"] for row in shown] + [4.0]) * 1.1
    gene = next(iter(card.erbb2), None)
    drawing = Drawing(
        f"chromosome-17-{card.patient}", LEFT + INNER + 20, TOP + TALL + 46, f"Chromosome 17 of {card.patient}",
        f"{len(shown)} segments; most copies {max(row['copy_number'] for row in shown):.1f}, "
        f"ERBB2 {'unknown' if card.erbb2_copy_number is None else f'{card.erbb2_copy_number:.1f}'} copies.",
    )  # fmt: skip

    def x(position: float) -> float:
        return LEFT + INNER * position / end

    def y(copies: float) -> float:  # roots, so that losses and an amplicon share one view
        return TOP + TALL * (1 - math.sqrt(max(copies, 0.0) / scale))

    for copies in COPY_TICKS:
        if copies <= scale:
            drawing.line(LEFT, y(copies), LEFT + INNER, y(copies), stroke="#e3e8ed")
            drawing.text(LEFT - 6, y(copies) + 4, str(copies), anchor="end", size=10.5, fill=SOFT)
    for megabase in range(0, int(end / 1e6) + 1, 10):
        drawing.text(x(megabase * 1e6), TOP + TALL + 16, str(megabase), anchor="middle", size=10.5, fill=SOFT)
    drawing.text(LEFT + INNER, TOP + TALL + 34, "Mb on chromosome 17", anchor="end", size=10.5, fill=SOFT)
    drawing.text(14, TOP + TALL / 2, "copies", anchor="middle", size=10.5, fill=SOFT, turn=-90)
    drawing.line(LEFT, TOP + TALL + 30, LEFT + 22, TOP + TALL + 30, stroke=TOTAL, width=3)
    drawing.text(LEFT + 28, TOP + TALL + 34, "all copies", size=10.5)
    drawing.line(LEFT + 100, TOP + TALL + 30, LEFT + 122, TOP + TALL + 30, stroke=MINOR, width=3)
    drawing.text(LEFT + 128, TOP + TALL + 34, "copies of the lesser allele", size=10.5)
    if gene is not None:
        middle = x((gene["start"] + gene["end"]) / 2)
        drawing.line(middle, TOP - 6, middle, TOP + TALL, stroke=TARGET, dash="4 3")
        drawing.text(middle, TOP - 10, "ERBB2", anchor="middle", size=11, fill=TARGET, bold=True)
    _segments(drawing, shown, (x, y))
    return drawing


def _measured(card: PatientCard) -> list[Row]:
    return [row for row in card.segments if row["copy_number"] is not None]


def genome_figure(card: PatientCard) -> Drawing | None:
    """The tumour's segments of all chromosomes, one after another; None without."""
    shown = _measured(card)
    if not shown:
        return None
    ends = {
        name: max((row["end"] for row in shown if row["chromosome"] == name), default=0) for name in ORDER
    }
    ends = {name: end for name, end in ends.items() if end}
    whole = sum(ends.values())
    scale: float = max([row["copy_number"] for row in shown] + [4.0]) * 1.1
    drawing = Drawing(
        f"genome-{card.patient}", LEFT + INNER + 20, TOP + TALL + 26, f"Copies along the genome of {card.patient}",
        f"{len(shown)} segments on {len(ends)} chromosomes; most copies {max(row['copy_number'] for row in shown):.1f}.",
    )  # fmt: skip

    def y(copies: float) -> float:
        return TOP + TALL * (1 - math.sqrt(max(copies, 0.0) / scale))

    for copies in COPY_TICKS:
        if copies <= scale:
            drawing.line(LEFT, y(copies), LEFT + INNER, y(copies), stroke="#e3e8ed")
            drawing.text(LEFT - 6, y(copies) + 4, str(copies), anchor="end", size=10.5, fill=SOFT)
    drawing.text(14, TOP + TALL / 2, "copies", anchor="middle", size=10.5, fill=SOFT, turn=-90)
    before = 0.0
    for name, end in ends.items():
        left, width = LEFT + INNER * before / whole, INNER * end / whole
        drawing.line(left, TOP, left, TOP + TALL, stroke="#c9d1d9")
        if width > 14:
            drawing.text(left + width / 2, TOP + TALL + 16, name, anchor="middle", size=10.5, fill=SOFT)

        def x(position: float, before: float = before) -> float:
            return LEFT + INNER * (before + position) / whole

        _segments(drawing, [row for row in shown if row["chromosome"] == name], (x, y))
        before += end
    return drawing


def _segments(drawing: Drawing, rows: Sequence[Row], place: tuple[Scale, Scale]) -> None:
    x, y = place
    for row in rows:
        start, end = x(row["start"]), x(row["end"])
        end = max(end, start + 2)  # a focal amplicon is narrower than a pixel
        if row["minor_copy_number"] is not None:
            height = y(row["minor_copy_number"])
            drawing.line(start, height, end, height, stroke=MINOR, width=3)
        height = y(row["copy_number"])
        drawing.line(start, height, end, height, stroke=TOTAL, width=3)
