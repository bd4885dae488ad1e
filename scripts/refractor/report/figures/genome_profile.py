"""Copies along the target's chromosome and along the genome from the table of segments, for every source of copy number alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from refractor.report.figures.chromosome_profile import NO_WINDOWS, Windows
from refractor.report.figures.drawing import SOFT, Drawing
from refractor.report.patient_results import PatientResults, Row
from refractor.vocabulary import CopyNumberCall

Scale = Callable[[float], float]
LEFT, INNER, TOP, TALL = 62.0, 1000.0, 34.0, 130.0
ORDER = (*(str(number) for number in range(1, 23)), "X", "Y")
COPY_TICKS = (0, 1, 2, 4, 8, 16, 32, 64, 128, 256)
TOTAL, MINOR, TARGET, WINDOW = "#111827", "#0072b2", "#c65d00", "#aab2bc"
GENOME_TOP, GENOME_TALL = 52.0, 190.0
POINTS = 2_400
"""Dots of the whole genome's windows; more would lie on each other."""


def target_chromosome(card: PatientResults) -> Drawing | None:
    """The segments of the target's chromosome: all copies dark, lesser allele blue, gene marked; None without."""
    gene = next(iter(card.target), None)
    if gene is None:
        return None
    name, symbol = gene["chromosome"], gene["gene"]
    shown = [row for row in _measured(card) if row["chromosome"] == name]
    if not shown:
        return None
    end: float = max(row["end"] for row in shown)
    scale: float = max([row["copy_number"] for row in shown] + [4.0]) * 1.1
    drawing = Drawing(
        f"chromosome-{name}-{card.patient}", LEFT + INNER + 20, TOP + TALL + 46, f"Chromosome {name} of {card.patient}",
        f"{len(shown)} segments; most copies {max(row['copy_number'] for row in shown):.1f}, "
        f"{symbol} {'unknown' if card.target_copies is None else f'{card.target_copies:.1f}'} copies.",
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
    drawing.text(
        LEFT + INNER, TOP + TALL + 34, f"Mb on chromosome {name}", anchor="end", size=10.5, fill=SOFT
    )
    drawing.text(14, TOP + TALL / 2, "copies", anchor="middle", size=10.5, fill=SOFT, turn=-90)
    drawing.line(LEFT, TOP + TALL + 30, LEFT + 22, TOP + TALL + 30, stroke=TOTAL, width=3)
    drawing.text(LEFT + 28, TOP + TALL + 34, "all copies", size=10.5)
    drawing.line(LEFT + 100, TOP + TALL + 30, LEFT + 122, TOP + TALL + 30, stroke=MINOR, width=3)
    drawing.text(LEFT + 128, TOP + TALL + 34, "copies of the lesser allele", size=10.5)
    middle = x((gene["start"] + gene["end"]) / 2)
    drawing.line(middle, TOP - 6, middle, TOP + TALL, stroke=TARGET, dash="4 3")
    drawing.text(middle, TOP - 10, symbol, anchor="middle", size=11, fill=TARGET, bold=True)
    _segments(drawing, shown, (x, y))
    return drawing


def _measured(card: PatientResults) -> list[Row]:
    return [row for row in card.segments if row["copy_number"] is not None]


def genome_figure(
    card: PatientResults,
    windows: Windows = NO_WINDOWS,
    *,
    genes: Sequence[Row] = (),
    threshold_ratio: float = 3.0,
) -> Drawing | None:
    """The tumour's segments of all chromosomes, one after another, over its windows; None without segments.

    `genes`: rows of gene_copy_number.tsv; those amplified or deleted are named above. Windows are drawn as medians
    of neighbours, at most POINTS of them. Shaded: the 95 % range of each segment.
    """
    shown = _measured(card)
    if not shown:
        return None
    scale: float = max([row["copy_number"] for row in shown] + [4.0]) * 1.1
    layout = _layout(shown)
    target = card.target[0]["gene"] if card.target else None
    named = _named(genes, layout, first=target)
    drawing = Drawing(
        f"genome-{card.patient}", LEFT + INNER + 20, GENOME_TOP + GENOME_TALL + 50,
        f"Copies along the genome of {card.patient}",
        f"{len(shown)} segments on {len(layout)} chromosomes; most copies {max(row['copy_number'] for row in shown):.1f}."
        f" Amplified or deleted: {', '.join(f'{words}' for words, _, _ in named) or 'no panel gene'}.",
    )  # fmt: skip

    def y(copies: float) -> float:
        return GENOME_TOP + GENOME_TALL * (1 - math.sqrt(min(max(copies, 0.0), scale) / scale))

    _genome_axis(drawing, layout, (y, scale), windows=len(windows.middle) > 0)
    for name, (left, width, end) in layout.items():

        def x(position: float, left: float = left, width: float = width, end: float = end) -> float:
            return left + width * min(position / end, 1.0)

        _windows(drawing, windows.on(name), (x, y), most=int(POINTS * width / INNER))
        rows = [row for row in shown if row["chromosome"] == name]
        _ranges(drawing, rows, (x, y))
        _segments(drawing, rows, (x, y))
    ploidy = card.purity["ploidy"] if card.purity else None
    if ploidy:
        for copies, words, colour in (
            (ploidy, f"ploidy {ploidy:.1f}", SOFT),
            (ploidy * threshold_ratio, f"{threshold_ratio:g} × ploidy", "#b91c1c"),
        ):
            if copies < scale:
                drawing.line(LEFT, y(copies), LEFT + INNER, y(copies), stroke=colour, dash="5 4")
                drawing.text(LEFT + INNER + 18, y(copies) - 3, words, size=9.5, anchor="end", fill=colour)
    free = [0.0] * 3
    for words, place, deleted in named:
        row = next((number for number, end in enumerate(free) if end < place - 3.2 * len(words)), None)
        if row is None:
            continue
        free[row] = place + 3.2 * len(words) + 4
        colour = MINOR if deleted else TARGET
        drawing.text(
            place, GENOME_TOP - 8 - 12 * row, words, anchor="middle", size=10, fill=colour, bold=True
        )
        drawing.line(place, GENOME_TOP - 6, place, GENOME_TOP, stroke=colour)
    return drawing


Layout = dict[str, tuple[float, float, float]]
"""Chromosome -> left edge and width in the figure, last base."""


def _layout(rows: Sequence[Row]) -> Layout:
    ends = {name: max((row["end"] for row in rows if row["chromosome"] == name), default=0) for name in ORDER}
    whole = sum(ends.values())
    layout: Layout = {}
    left = LEFT
    for name, end in ends.items():
        if end:
            layout[name] = (left, INNER * end / whole, float(end))
            left += INNER * end / whole
    return layout


def _named(genes: Sequence[Row], layout: Layout, *, first: str | None) -> list[tuple[str, float, bool]]:
    """(name, place, whether deleted) of the genes to name, the target first, then from left to right."""
    calls = {
        CopyNumberCall.AMPLIFIED: False,
        CopyNumberCall.PARTIALLY_AMPLIFIED: False,
        CopyNumberCall.DELETED: True,
    }
    found: dict[str, tuple[str, float, bool]] = {}
    for row in genes:
        if row["call"] in calls and row["chromosome"] in layout and row["gene"] not in found:
            left, width, end = layout[row["chromosome"]]
            place = left + width * min((row["start"] + row["end"]) / 2 / end, 1.0)
            found[row["gene"]] = (row["gene"], place, calls[CopyNumberCall(row["call"])])
    return sorted(found.values(), key=lambda item: (item[0] != first, item[1]))


def _genome_axis(drawing: Drawing, layout: Layout, axis: tuple[Scale, float], *, windows: bool) -> None:
    y, scale = axis
    bottom = GENOME_TOP + GENOME_TALL
    for index, (name, (left, width, _)) in enumerate(layout.items()):
        if index % 2:
            drawing.rect(left, GENOME_TOP, width, GENOME_TALL, fill="#f5f7f9")
        drawing.line(left, GENOME_TOP, left, bottom, stroke="#c9d1d9")
        if width > 14:
            drawing.text(left + width / 2, bottom + 16, name, anchor="middle", size=10.5, fill=SOFT)
    for copies in COPY_TICKS:
        if copies <= scale:
            drawing.line(LEFT, y(copies), LEFT + INNER, y(copies), stroke="#e3e8ed")
            drawing.text(LEFT - 6, y(copies) + 4, str(copies), anchor="end", size=10.5, fill=SOFT)
    drawing.text(14, GENOME_TOP + GENOME_TALL / 2, "copies", anchor="middle", size=10.5, fill=SOFT, turn=-90)
    x = LEFT
    legend = [(TOTAL, "all copies"), (MINOR, "copies of the lesser allele")]
    for colour, words in [*legend, *([(WINDOW, "windows, neighbours together")] if windows else [])]:
        drawing.line(x, bottom + 34, x + 22, bottom + 34, stroke=colour, width=3)
        drawing.text(x + 28, bottom + 38, words, size=10.5)
        x += 60 + 5.6 * len(words)


def _windows(drawing: Drawing, windows: Windows, place: tuple[Scale, Scale], *, most: int) -> None:
    """Windows as dots of one path, medians of neighbours where there are more than `most`."""
    x, y = place
    used = np.isfinite(windows.copies)
    middle, copies = windows.middle[used], windows.copies[used]
    if not len(middle) or not most:
        return
    dots = [
        f"M{x(float(where.mean())):.1f} {y(float(np.median(level))):.1f}h0"
        for where, level in zip(np.array_split(middle, min(most, len(middle))),
                                np.array_split(copies, min(most, len(middle))), strict=True)
    ]  # fmt: skip
    drawing.parts.append(
        f'<path d="{"".join(dots)}" stroke="{WINDOW}" stroke-width="2.4" stroke-linecap="round" fill="none"/>'
    )


def _ranges(drawing: Drawing, rows: Sequence[Row], place: tuple[Scale, Scale]) -> None:
    x, y = place
    for row in rows:
        if row["copy_number_low"] is not None and row["copy_number_high"] is not None:
            start, top, bottom = x(row["start"]), y(row["copy_number_high"]), y(row["copy_number_low"])
            drawing.rect(
                start, top, max(x(row["end"]) - start, 1.5), max(bottom - top, 1.0), fill="#11182726"
            )


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
