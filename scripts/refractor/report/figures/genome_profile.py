"""Copies along the target's chromosome and along the genome from the table of segments, for every source alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from refractor.report.figures.chromosome_profile import NO_WINDOWS, Windows
from refractor.report.figures.drawing import LINE, SOFT, Drawing
from refractor.report.figures.plot import Entry, Plot, Scale, legend, root, stroke
from refractor.report.patient_results import PatientResults, Row
from refractor.vocabulary import CopyNumberCall

LEFT, INNER, TOP, TALL = 70.0, 1000.0, 34.0, 130.0
ORDER = (*(str(number) for number in range(1, 23)), "X", "Y")
COPY_TICKS = (0, 1, 2, 4, 8, 16, 32, 64, 128, 256)
TOTAL, MINOR, TARGET, WINDOW = "#111827", "#0072b2", "#c65d00", "#aab2bc"
AMPLIFIED = "#b91c1c"
GENOME_TOP, GENOME_TALL = 52.0, 190.0
POINTS = 2_400
"""Dots of the whole genome's windows; more would lie on each other."""
NAMED = {
    CopyNumberCall.AMPLIFIED: TARGET,
    CopyNumberCall.PARTIALLY_AMPLIFIED: TARGET,
    CopyNumberCall.DELETED: MINOR,
}
"""Calls of which the genes are named, and in which colour."""
MEGABASE = 1e6


def target_chromosome(card: PatientResults) -> Drawing | None:
    """The segments of the target's chromosome: all copies dark, lesser allele blue, gene marked; None without."""
    gene = next(iter(card.target), None)
    if gene is None:
        return None
    name, symbol = gene["chromosome"], gene["gene"]
    shown = [row for row in _measured(card) if row["chromosome"] == name]
    if not shown:
        return None
    copies = "unknown" if card.target_copies is None else f"{card.target_copies:.1f}"
    drawing = Drawing(
        f"chromosome-{name}-{card.patient}", LEFT + INNER + 20, TOP + TALL + 60, f"Chromosome {name} of {card.patient}",
        f"{len(shown)} segments; most copies {max(row['copy_number'] for row in shown):.1f}, {symbol} {copies} copies.",
    )  # fmt: skip
    end = max(row["end"] for row in shown)
    plot = Plot(drawing, Scale(0, end, LEFT, LEFT + INNER), _copies_scale(shown, TOP + TALL, TOP))
    plot.y_axis(COPY_TICKS, "copies")
    ticks = [ten * 10 * MEGABASE for ten in range(int(end / MEGABASE / 10) + 1)]
    plot.x_axis(ticks, f"Mb on chromosome {name}", words=lambda base: f"{base / MEGABASE:.0f}", grid=False)
    middle = plot.x((gene["start"] + gene["end"]) / 2)
    drawing.line(middle, TOP - 6, middle, plot.bottom, stroke=TARGET, dash="4 3")
    drawing.text(middle, TOP - 10, symbol, anchor="middle", size=11, fill=TARGET, bold=True)
    _draw_segments(plot, shown)
    legend(drawing, LEFT, plot.bottom + 54, _SEGMENT_SIGNS)
    return drawing


_SEGMENT_SIGNS = (
    Entry("all copies", stroke(TOTAL)),
    Entry("copies of the lesser allele", stroke(MINOR)),
)


def _measured(card: PatientResults) -> list[Row]:
    return [row for row in card.segments if row["copy_number"] is not None]


def _copies_scale(rows: Sequence[Row], bottom: float, top: float) -> Scale:
    """Copies from none to a tenth over the most, at least four; as roots."""
    return Scale(0, max([row["copy_number"] for row in rows] + [4.0]) * 1.1, bottom, top, root)


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
    chromosomes = _chromosomes(shown)
    named = _named(genes, chromosomes, first=card.target[0]["gene"] if card.target else None)
    drawing = Drawing(
        f"genome-{card.patient}", LEFT + INNER + 20, GENOME_TOP + GENOME_TALL + 50,
        f"Copies along the genome of {card.patient}",
        f"{len(shown)} segments on {len(chromosomes)} chromosomes; most copies "
        f"{max(row['copy_number'] for row in shown):.1f}. Amplified or deleted: "
        f"{', '.join(words for words, _, _ in named) or 'no panel gene'}.",
    )  # fmt: skip
    whole = Plot(
        drawing, Scale(0, 1, LEFT, LEFT + INNER),
        _copies_scale(shown, GENOME_TOP + GENOME_TALL, GENOME_TOP),
    )  # fmt: skip
    _genome_axis(whole, chromosomes)
    for name, along in chromosomes.items():
        plot = replace(whole, x=along)
        most = int(POINTS * (along.end - along.start) / INNER)
        _draw_windows(plot, windows.on(name), most=most)
        rows = [row for row in shown if row["chromosome"] == name]
        _draw_ranges(plot, rows)
        _draw_segments(plot, rows)
    ploidy = card.purity["ploidy"] if card.purity else None
    if ploidy:
        whole.limit(ploidy, f"ploidy {ploidy:.1f}", colour=SOFT)
        whole.limit(ploidy * threshold_ratio, f"{threshold_ratio:g} × ploidy", colour=AMPLIFIED)
    _name_genes(whole, named)
    further = (Entry("windows, neighbours together", stroke(WINDOW)),) if len(windows.middle) else ()
    legend(drawing, LEFT, whole.bottom + 38, (*_SEGMENT_SIGNS, *further))
    return drawing


def _chromosomes(rows: Sequence[Row]) -> dict[str, Scale]:
    """Each chromosome that has a segment, with its bases laid over its part of the figure's width."""
    ends = {name: max((row["end"] for row in rows if row["chromosome"] == name), default=0) for name in ORDER}
    whole = sum(ends.values())
    scales: dict[str, Scale] = {}
    left = LEFT
    for name, end in ends.items():
        if end:
            scales[name] = Scale(0, end, left, left + INNER * end / whole)
            left += INNER * end / whole
    return scales


def _named(
    genes: Sequence[Row], chromosomes: dict[str, Scale], *, first: str | None
) -> list[tuple[str, float, str]]:
    """(name, pixel, colour) of the genes to name, `first` first, then from left to right."""
    found: dict[str, tuple[str, float, str]] = {}
    for row in genes:
        if row["call"] in NAMED and row["chromosome"] in chromosomes and row["gene"] not in found:
            at = chromosomes[row["chromosome"]]((row["start"] + row["end"]) / 2)
            found[row["gene"]] = (row["gene"], at, NAMED[CopyNumberCall(row["call"])])
    return sorted(found.values(), key=lambda item: (item[0] != first, item[1]))


def _name_genes(plot: Plot, named: Sequence[tuple[str, float, str]]) -> None:
    """Names above the plot in three rows; one that would touch another in each is left to the table."""
    taken: list[list[tuple[float, float]]] = [[], [], []]
    for words, at, colour in named:
        half = 3.4 * len(words) + 2
        row = next(
            (n for n, spans in enumerate(taken) if all(at + half < a or at - half > b for a, b in spans)),
            None,
        )
        if row is not None:
            taken[row].append((at - half, at + half))
            plot.drawing.text(
                at, plot.top - 8 - 12 * row, words, anchor="middle", size=10, fill=colour, bold=True
            )
            plot.drawing.line(at, plot.top - 6, at, plot.top, stroke=colour)


def _genome_axis(plot: Plot, chromosomes: dict[str, Scale]) -> None:
    drawing = plot.drawing
    for index, (name, along) in enumerate(chromosomes.items()):
        width = along.end - along.start
        if index % 2:
            drawing.rect(along.start, plot.top, width, plot.bottom - plot.top, fill="#f5f7f9")
        drawing.line(along.start, plot.top, along.start, plot.bottom, stroke=LINE)
        if width > 14:
            middle = (along.start + along.end) / 2
            drawing.text(middle, plot.bottom + 16, name, anchor="middle", size=10.5, fill=SOFT)
    plot.y_axis(COPY_TICKS, "copies")


def _draw_windows(plot: Plot, windows: Windows, *, most: int) -> None:
    """Windows as dots of one path, medians of neighbours where there are more than `most`."""
    used = np.isfinite(windows.copies)
    middle, copies = windows.middle[used], windows.copies[used]
    if not len(middle) or not most:
        return
    parts = min(most, len(middle))
    dots = [
        (plot.x(float(where.mean())), plot.y(float(np.median(level))))
        for where, level in zip(np.array_split(middle, parts), np.array_split(copies, parts), strict=True)
    ]
    plot.drawing.cloud(dots, colour=WINDOW, size=2.4)


def _draw_ranges(plot: Plot, rows: Sequence[Row]) -> None:
    for row in rows:
        if row["copy_number_low"] is not None and row["copy_number_high"] is not None:
            start, top, bottom = (
                plot.x(row["start"]),
                plot.y(row["copy_number_high"]),
                plot.y(row["copy_number_low"]),
            )
            plot.drawing.rect(
                start, top, max(plot.x(row["end"]) - start, 1.5), max(bottom - top, 1.0), fill="#11182726"
            )  # fmt: skip


def _draw_segments(plot: Plot, rows: Sequence[Row]) -> None:
    """Copies of the lesser allele and of all; a focal amplicon, narrower than a pixel, is drawn two wide."""
    for column, colour in (("minor_copy_number", MINOR), ("copy_number", TOTAL)):
        plot.segments(
            ((row["start"], row["end"], row[column]) for row in rows if row[column] is not None), colour=colour
        )  # fmt: skip
