"""One chromosome of one tumour as a figure: windows, segments, allele balance, genes, and the verdict in words.

Plain SVG, written here: a few thousand points are one path each, so that the figure stays under 200 kB.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from refractor.copynumber.segments import SOURCE_READS
from refractor.genome.arms import arms_of
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import Gene, Panel
from refractor.report.figures.drawing import LINE, SOFT, Drawing
from refractor.report.figures.patient_groups import short
from refractor.report.figures.plot import Plot, Scale, free_row, root, share_scale
from refractor.report.patient_results import PatientResults, Row
from refractor.report.plain_words import plain
from refractor.vocabulary import CopyNumberCall

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

WIDTH, LEFT, RIGHT = 1120.0, 70.0, 24.0
POINT, HIGHLIGHT, TOTAL, MINOR, THRESHOLD = "#8a8f98", "#c2410c", "#111827", "#2563eb", "#b91c1c"
ZOOM_BEFORE, ZOOM_AFTER = 850_000, 2_150_000
"""Bases shown around the gene in the lower panel: the neighbourhood that is read densely."""
MOST_RANGE = 1.5
"""How far above its copies a segment's range stretches the axis; longer ones are cut off."""
COPY_TICKS = (0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Windows of the tumour's reads: middles (bp), copies (NaN where unused), alternative share (NaN where untold)."""

    chromosome: NDArray[np.str_]
    middle: Floats
    copies: Floats
    balance: Floats

    def on(self, chromosome: str) -> Windows:
        """The windows of one chromosome."""
        here = self.chromosome == chromosome
        return Windows(self.chromosome[here], self.middle[here], self.copies[here], self.balance[here])


NO_WINDOWS = Windows(np.zeros(0, dtype=np.str_), np.zeros(0), np.zeros(0), np.zeros(0))


def windows_of(frame: pd.DataFrame) -> Windows:
    """The windows of a WINDOWS table."""
    ends = frame[["start", "end"]].to_numpy(dtype=float)
    return Windows(
        chromosome=frame["chromosome"].to_numpy(dtype=np.str_),
        middle=ends.mean(axis=1),
        copies=frame["copy_number"].to_numpy(dtype=float, na_value=np.nan),
        balance=frame["alt_share"].to_numpy(dtype=float, na_value=np.nan),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Content:
    """What is drawn: the chromosome's segments with copies, windows, genes, and the lines to hold them against."""

    chromosome: str
    build: GenomeBuild
    segments: Sequence[Row]
    points: Windows
    genes: Sequence[Gene]
    focus: Gene
    ploidy: float | None
    threshold_ratio: float


def draw_chromosome(
    card: PatientResults,
    windows: Windows,
    *,
    panel: Panel,
    threshold_ratio: float = 3.0,
) -> Drawing | None:
    """The chromosome of the target's gene: all of it, and below the neighbourhood of the gene with its exons.

    `windows` add the single windows and SNPs; without them (an imported profile) the segments stand alone.
    `threshold_ratio` times the ploidy is drawn as the line of amplification. None without the gene's copies.
    """
    judged = next(iter(card.target), None)
    if judged is None:
        return None
    chromosome = judged["chromosome"]
    content = _Content(
        chromosome=chromosome,
        build=panel.build,
        segments=[
            row for row in card.segments if row["chromosome"] == chromosome and row["copy_number"] is not None
        ],
        points=windows.on(chromosome),
        genes=[g for g in panel.genes.values() if g.chromosome == chromosome],
        focus=panel.genes[judged["gene"]],
        ploidy=card.purity["ploidy"] if card.purity else None,
        threshold_ratio=threshold_ratio,
    )
    title = f"Chromosome {chromosome} of {card.patient}"
    drawing = Drawing(
        f"chromosome-{chromosome}-{card.patient}", WIDTH, 150, title, f"{title}: {_verdict(judged)}."
    )  # fmt: skip
    _heading(drawing, card, judged)
    if content.segments:
        _panels(drawing, content)
    return drawing


def _panels(drawing: Drawing, content: _Content) -> None:
    """The panels from top to bottom; the drawing ends below the last."""
    focus = content.focus
    whole = Scale(0, CONTIG_LENGTHS[content.build][content.chromosome], LEFT, WIDTH - RIGHT)
    zoom = Scale(focus.start - ZOOM_BEFORE, focus.start + ZOOM_AFTER, LEFT, WIDTH - RIGHT)
    most = 1.3 * max(
        5.0,
        (content.threshold_ratio + 0.5) * (content.ploidy or 0),
        *(row["copy_number"] for row in content.segments),
        *(min(row["copy_number_high"] or 0.0, MOST_RANGE * row["copy_number"]) for row in content.segments),
    )
    _copies(Plot(drawing, whole, Scale(0, most, 356, 176, root)), content)
    _balance(Plot(drawing, whole, share_scale(458, 378)), content)
    _gene_track(drawing, 464, whole, content)
    _zoom_marks(drawing, whole, zoom, (514, 536))
    _copies(Plot(drawing, zoom, Scale(0, most, 738, 566, root)), content)
    drawing.height = _near_genes(drawing, 744, zoom, content)


def _heading(drawing: Drawing, card: PatientResults, judged: Row) -> None:
    """Title, verdict in words, how far it reaches, purity and ploidy, and what the call rests on."""
    colour = HIGHLIGHT if "amplified" in judged["call"] else TOTAL
    title = f"Chromosome {judged['chromosome']} · {card.row['sample'] or card.patient}"
    drawing.text(LEFT, 32, title, size=20, bold=True)
    drawing.text(LEFT, 60, _verdict(judged), size=16, bold=True, fill=colour)
    lines = (*_reach(judged, card.amplicons), _purity_words(card, judged), judged["reason"])
    for row, line in enumerate(line for line in lines if line):
        drawing.text(LEFT, 82 + 19 * row, short(line, 160), size=13, fill=SOFT)


def _verdict(judged: Row) -> str:
    """The call of the gene in words, with copies and their probability."""
    call = CopyNumberCall(judged["call"])
    name = {
        CopyNumberCall.AMPLIFIED: "amplified",
        CopyNumberCall.PARTIALLY_AMPLIFIED: "partially amplified",
        CopyNumberCall.GAINED: "gained, not amplified",
        CopyNumberCall.NEUTRAL: "not amplified",
        CopyNumberCall.LOST: "not amplified, copies lost",
        CopyNumberCall.DELETED: "deleted",
        CopyNumberCall.NOT_ASSESSABLE: "cannot be judged",
    }[call]
    words = f"{judged['gene']} {name}"
    if judged["copy_number"] is not None and call is not CopyNumberCall.NOT_ASSESSABLE:
        words += f": {judged['copy_number']:.1f} copies"
        if judged["copy_number_low"] is not None and judged["copy_number_high"] is not None:
            kind = "95 % range" if judged["source"] == SOURCE_READS else "range"
            words += f" ({kind} {judged['copy_number_low']:.1f}-{judged['copy_number_high']:.1f})"
        if judged["copy_number_over_ploidy"] is not None:
            words += f", {judged['copy_number_over_ploidy']:.1f} times the ploidy"
    if judged["p_amplified"] is not None:
        words += f"; P(amplified) {_probability(judged['p_amplified'])}"
    return words


def _probability(value: float) -> str:
    if value > 0.99:
        return "> 0.99"
    return "< 0.01" if value < 0.01 else f"{value:.2f}"


def _reach(judged: Row, amplicons: Sequence[Row]) -> tuple[str, ...]:
    """How far the amplification over the gene reaches and what lies in it, or the arm's copies without one."""
    symbol = judged["gene"]
    over = [
        row for row in amplicons
        if row["chromosome"] == judged["chromosome"] and row["start"] < judged["end"] and judged["start"] < row["end"]
    ]  # fmt: skip
    if over:
        piece = over[0]
        arm = f"; the arm has {piece['arm_copy_number']:.1f}" if piece["arm_copy_number"] is not None else ""
        bounds = (
            f"{piece['focality']} amplicon {piece['chromosome']}:{piece['start'] + 1:,}-{piece['end']:,}, "
            f"{(piece['end'] - piece['start']) / 1e6:.2f} Mb, {piece['copy_number']:.1f} copies on average{arm}"
        )
        names = [name for name in (piece["genes"] or "").split(",") if name not in ("", symbol)]
        partial = (piece["partial_genes"] or "").split(",")
        names += [f"part of {name}" for name in partial if name not in ("", symbol)]
        return bounds, f"amplified with it: {', '.join(names)}" if names else ""
    arm_copies = judged["arm_copy_number"]
    known = arm_copies is not None and judged["call"] != CopyNumberCall.NOT_ASSESSABLE
    return (f"no amplified stretch over the gene; the arm has {arm_copies:.1f} copies",) if known else ()


def _purity_words(card: PatientResults, judged: Row) -> str:
    """Purity and ploidy with their ranges, where from, and what to know about them."""
    values = card.purity
    if values is None:
        return ""

    def ranged(name: str) -> str:
        value, low, high = values[name], values[f"{name}_low"], values[f"{name}_high"]
        between = "" if low is None or high is None else f" ({low:.2f}-{high:.2f})"
        return f"{name} unknown{between}" if value is None else f"{name} {value:.2f}{between}"

    words = [ranged("purity"), ranged("ploidy")]
    if values["whole_genome_doubled"] is not None:
        words.append("genome doubled" if values["whole_genome_doubled"] == "yes" else "genome not doubled")
    sentence = f"{', '.join(words)}; {values['method']}, from {plain(judged['source'])}"
    return sentence + (f"; {values['reason']}" if values["reason"] and values["status"] == "ok" else "")


def _copies(plot: Plot, content: _Content) -> None:
    """Total and minor copies: windows as points, segments as lines with their range, the threshold dashed."""
    drawing, points, focus = plot.drawing, content.points, content.focus
    _frame(plot, "copies", COPY_TICKS)
    ranged = any(segment["copy_number_high"] is not None for segment in content.segments)
    signs = (
        (0, "total copies", TOTAL, True),
        (84, "lesser allele", MINOR, True),
        (168, f"windows over {focus.symbol}", HIGHLIGHT, len(points.middle) > 0),
        (320, "shaded: 95 % range", SOFT, ranged),
    )
    for shift, words, colour in ((shift, words, colour) for shift, words, colour, there in signs if there):
        drawing.text(LEFT + shift, plot.top - 6, words, size=11, fill=colour, bold=True)
    inside = (points.middle >= plot.x.low) & (points.middle < plot.x.high) & np.isfinite(points.copies)
    over = (points.middle >= focus.start) & (points.middle < focus.end)
    size = 2.2 if inside.sum() > 1_000 else 3.4
    for rows, colour in ((inside & ~over, POINT), (inside & over, HIGHLIGHT)):
        _dots(plot, points.middle[rows], points.copies[rows], colour=colour, size=size)
    seen = [one for one in content.segments if one["start"] < plot.x.high and plot.x.low < one["end"]]
    for segment in seen:
        if segment["copy_number_low"] is not None and segment["copy_number_high"] is not None:
            x1, x2 = plot.x(segment["start"]), plot.x(segment["end"])
            top, bottom = plot.y(segment["copy_number_high"]), plot.y(segment["copy_number_low"])
            drawing.rect(x1, top, max(x2 - x1, 1.5), max(bottom - top, 1), fill=f"{TOTAL}26")
    for column, colour, width in (("minor_copy_number", MINOR, 2.5), ("copy_number", TOTAL, 3.0)):
        lines = ((one["start"], one["end"], one[column]) for one in seen if one[column] is not None)
        plot.segments(lines, colour=colour, width=width)
    if content.ploidy is not None:
        ratio = content.threshold_ratio
        plot.limit(content.ploidy, f"ploidy {content.ploidy:.1f}", colour=SOFT)
        plot.limit(ratio * content.ploidy, f"{ratio:g} × ploidy", colour=THRESHOLD)


def _balance(plot: Plot, content: _Content) -> None:
    """Share of the alternative allele at informative SNPs, and each segment's balance mirrored."""
    _frame(plot, "allele share", (0, 0.5, 1))
    points = content.points
    known = np.isfinite(points.balance)
    _dots(plot, points.middle[known], points.balance[known], colour=POINT, size=2.4)
    shares = [one for one in content.segments if one["baf"] is not None]
    if not known.any() and not shares:
        plot.drawing.text(
            (plot.left + plot.right) / 2, plot.y(0.5) + 4, "no allele counts", size=11, anchor="middle"
        )
    mirrored = (
        (one["start"], one["end"], value) for one in shares for value in sorted({one["baf"], 1 - one["baf"]})
    )
    plot.segments(mirrored, colour=MINOR, width=2.5)


def _gene_track(drawing: Drawing, top: float, x: Scale, content: _Content) -> None:
    """The chromosome's arms and centromere, positions in Mb, and panel genes by name where they do not touch."""
    focus = content.focus
    short_arm, long_arm = arms_of(content.chromosome, content.build)
    y = top + 8
    for arm in (short_arm, long_arm):
        x1, x2 = x(arm.start), x(arm.end)
        drawing.rect(x1, y, x2 - x1, 13, fill="#d1d5db")
        name = f"{content.chromosome}{arm.name}"
        drawing.text((x1 + x2) / 2, y + 10.5, name, size=10.5, anchor="middle", fill=SOFT)
    drawing.dot(x((short_arm.end + long_arm.start) / 2), y + 6.5, 5, fill=SOFT)
    for mb in range(0, int(x.high // 1e6), 10):
        drawing.text(x(mb * 1e6), y + 26, f"{mb}", size=10.5, anchor="middle", fill=SOFT)
    drawing.text(LEFT - 8, y + 26, "Mb", size=10.5, anchor="end", fill=SOFT)
    taken: list[tuple[float, float]] = []
    for gene in sorted(content.genes, key=lambda g: (g.symbol != focus.symbol, g.start)):
        at, half = x((gene.start + gene.end) / 2), 4.0 * len(gene.symbol) + 4
        if any(at - half < end and start < at + half for start, end in taken):
            continue
        taken.append((at - half, at + half))
        colour = HIGHLIGHT if gene.symbol == focus.symbol else SOFT
        drawing.line(at, y - 2, at, y + 15, stroke=colour, width=2)
        drawing.text(at, y + 41, gene.symbol, size=11, anchor="middle", fill=colour, bold=True)


def _zoom_marks(drawing: Drawing, whole: Scale, zoom: Scale, rows: tuple[float, float]) -> None:
    """Lines from the neighbourhood's place on the chromosome to the lower panel, and its title."""
    top, bottom = rows
    for base, edge in ((zoom.low, LEFT), (zoom.high, WIDTH - RIGHT)):
        drawing.line(whole(base), top, edge, bottom + 10, stroke="#9ca3af", width=0.8)
    title = f"{zoom.low / 1e6:.2f}-{zoom.high / 1e6:.2f} Mb"
    drawing.text(WIDTH - RIGHT, bottom + 24, title, size=11, anchor="end", fill=SOFT)


def _near_genes(drawing: Drawing, top: float, x: Scale, content: _Content) -> float:
    """The panel genes of the neighbourhood as boxes in rows, the focus gene with its exons; returns their lower end."""
    drawing.text(LEFT - 8, top + 8, "Mb", size=10.5, anchor="end", fill=SOFT)
    for fifth in range(int(x.low // 2e5) + 1, int(x.high // 2e5) + 1):
        drawing.text(x(fifth * 2e5), top + 8, f"{fifth / 5:.1f}", size=10.5, anchor="middle", fill=SOFT)
    ends: list[float] = []
    for gene in sorted(content.genes, key=lambda g: g.start):
        if gene.start >= x.high or gene.end <= x.low:
            continue
        x1 = x(gene.start)
        x2 = max(x(gene.end), x1 + 1.5)
        row = free_row(ends, x1, x2 + 7.5 * len(gene.symbol) + 8)
        y = top + 18 + 15 * row
        of_focus = gene.symbol == content.focus.symbol
        colour = HIGHLIGHT if of_focus else SOFT
        drawing.rect(x1, y + 3, x2 - x1, 4, fill=f"{colour}99")
        for start, end in gene.exons if of_focus else ():
            drawing.rect(x(start), y, max(x(end) - x(start), 0.8), 10, fill=colour)
        drawing.text(x2 + 3, y + 9, gene.symbol, size=10.5, fill=colour, bold=of_focus)
    return top + 30 + 15 * len(ends)


def _frame(plot: Plot, title: str, ticks: Sequence[float]) -> None:
    """A panel's frame, grid lines and axis."""
    drawing = plot.drawing
    drawing.rect(plot.left, plot.top, plot.right - plot.left, plot.bottom - plot.top, stroke=LINE)
    plot.y_axis(ticks, title)


def _dots(plot: Plot, xs: Floats, ys: Floats, *, colour: str, size: float) -> None:
    """Points of a colour and size."""
    places = ((plot.x(x), plot.y(y)) for x, y in zip(xs.tolist(), ys.tolist(), strict=True))
    plot.drawing.cloud(places, colour=colour, size=size, opacity=0.55)
