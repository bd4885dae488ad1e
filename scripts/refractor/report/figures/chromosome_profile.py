"""One chromosome of one tumour as a figure: windows, segments, allele balance, genes, and the verdict in words.

Plain SVG, written here: a few thousand points are one path each, so that the figure stays under 200 kB.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from refractor.copynumber.segments import SOURCE_READS
from refractor.genome.arms import arms_of
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import Gene, Panel
from refractor.report.figures.drawing import Drawing
from refractor.report.patient_results import PatientResults, Row
from refractor.report.plain_words import plain
from refractor.vocabulary import CopyNumberCall

Floats = NDArray[np.float64]

WIDTH, LEFT, RIGHT = 1120, 64, 24
INNER = WIDTH - LEFT - RIGHT
POINT, HIGHLIGHT, TOTAL, MINOR, THRESHOLD = "#8a8f98", "#c2410c", "#111827", "#2563eb", "#b91c1c"
GENE_LABELS = frozenset(
    {"TP53", "NF1", "CDK12", "TOP2A", "RARA", "RNF43", "PPM1D", "GRB7", "STARD3", "IKZF3"}
)
"""Genes named at the scale of a chromosome, where names of all would overlap."""
ZOOM_BEFORE, ZOOM_AFTER = 850_000, 2_150_000
"""Bases shown around the gene in the lower panel: the neighbourhood that is read densely."""
MOST_RANGE = 1.5
"""How far above its copies a segment's range stretches the axis; longer ones are cut off."""
COPY_TICKS = (0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)


@dataclass(frozen=True, slots=True)
class _Axis:
    """A stretch of genome laid over the figure's inner width."""

    start: float
    end: float

    def x(self, position: float) -> float:
        return LEFT + (position - self.start) / (self.end - self.start) * INNER

    def shows(self, start: float, end: float) -> bool:
        return start < self.end and self.start < end


@dataclass(frozen=True, slots=True)
class _Band:
    """A panel's vertical place; values run from `low` at its bottom to `high` at its top, roots of copies where asked."""

    top: float
    bottom: float
    low: float
    high: float
    root: bool = False

    def y(self, value: float) -> float:
        value = min(max(value, self.low), self.high)
        low, high = self.low, self.high
        if self.root:  # copies of an amplicon and of a loss in one view
            value, low, high = value**0.5, low**0.5, high**0.5
        return self.bottom - (value - low) / (high - low) * (self.bottom - self.top)


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
    parts = list(_heading(card, judged, chromosome=chromosome))
    height = 150
    if content.segments:
        drawn, height = _panels(content)
        parts += drawn
    title = f"Chromosome {chromosome} of {card.patient}"
    return Drawing(
        f"chromosome-{chromosome}-{card.patient}",
        WIDTH,
        height,
        title,
        f"{title}: {_verdict(judged)}.",
        parts,
    )


def _panels(content: _Content) -> tuple[list[str], int]:
    """The panels from top to bottom, and the height they end at."""
    focus = content.focus
    whole = _Axis(0, CONTIG_LENGTHS[content.build][content.chromosome])
    zoom = _Axis(focus.start - ZOOM_BEFORE, focus.start + ZOOM_AFTER)
    most = max(
        5.0,
        (content.threshold_ratio + 0.5) * (content.ploidy or 0),
        *(row["copy_number"] for row in content.segments),
        *(min(row["copy_number_high"] or 0.0, MOST_RANGE * row["copy_number"]) for row in content.segments),
    )
    genes, end = _near_genes(744, zoom, content)
    parts = [
        *_copies(_Band(176, 356, 0, most * 1.3, root=True), whole, content),
        *_balance(_Band(378, 458, 0, 1), whole, content),
        *_gene_track(464, whole, content),
        *_zoom_marks(whole, zoom, 514, 536),
        *_copies(_Band(566, 738, 0, most * 1.3, root=True), zoom, content),
        *genes,
    ]
    return parts, end


def _heading(card: PatientResults, judged: Row, *, chromosome: str) -> Iterator[str]:
    """Title, verdict in words, how far it reaches, purity and ploidy, and what the call rests on."""
    colour = HIGHLIGHT if "amplified" in judged["call"] else TOTAL
    yield _text(
        LEFT, 32, f"Chromosome {chromosome} · {card.row['sample'] or card.patient}", size=20, weight="bold"
    )
    yield _text(LEFT, 60, _verdict(judged), size=16, weight="bold", colour=colour)
    lines = (*_reach(judged, card.amplicons), _purity_words(card, judged), judged["reason"])
    for row, line in enumerate(line for line in lines if line):
        yield _text(LEFT, 82 + 19 * row, _shortened(line, 160), size=13, colour="#374151")


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


def _copies(band: _Band, axis: _Axis, content: _Content) -> Iterator[str]:
    """Total and minor copies: windows as points, segments as lines with their range, the threshold dashed."""
    points, focus = content.points, content.focus
    yield from _frame(band, "copies", [t for t in COPY_TICKS if t <= band.high])
    ranged = any(segment["copy_number_high"] is not None for segment in content.segments)
    legend = (
        (0, "total copies", TOTAL, True),
        (84, "lesser allele", MINOR, True),
        (168, f"windows over {focus.symbol}", HIGHLIGHT, len(points.middle) > 0),
        (320, "shaded: 95 % range", "#6b7280", ranged),
    )
    for shift, words, colour in ((shift, words, colour) for shift, words, colour, there in legend if there):
        yield _text(LEFT + shift, band.top - 6, words, size=11, colour=colour, weight="bold")
    inside = (points.middle >= axis.start) & (points.middle < axis.end) & np.isfinite(points.copies)
    over = (points.middle >= focus.start) & (points.middle < focus.end)
    radius = 2.2 if inside.sum() > 1_000 else 3.4
    for rows, colour in ((inside & ~over, POINT), (inside & over, HIGHLIGHT)):
        yield _dots(axis, band, points.middle[rows], points.copies[rows], look=(colour, radius))
    for segment in content.segments:
        if not axis.shows(segment["start"], segment["end"]):
            continue
        x1, x2 = (min(max(axis.x(segment[side]), LEFT), WIDTH - RIGHT) for side in ("start", "end"))
        x2 = max(x2, x1 + 1.5)
        if segment["copy_number_low"] is not None and segment["copy_number_high"] is not None:
            top, bottom = band.y(segment["copy_number_high"]), band.y(segment["copy_number_low"])
            yield (
                f"<rect x='{x1:.1f}' y='{top:.1f}' width='{x2 - x1:.1f}' height='{max(bottom - top, 1):.1f}' "
                f"fill='{TOTAL}' fill-opacity='0.15'/>"
            )
        lines = ((segment["minor_copy_number"], MINOR, 2.5), (segment["copy_number"], TOTAL, 3.0))
        for copies, colour, width in lines:
            if copies is not None:
                y = band.y(copies)
                yield f"<path d='M{x1:.1f},{y:.1f}H{x2:.1f}' stroke='{colour}' stroke-width='{width}'/>"
    if content.ploidy is not None:
        for copies, colour, words in (
            (content.ploidy, "#6b7280", f"ploidy {content.ploidy:.1f}"),
            (content.threshold_ratio * content.ploidy, THRESHOLD, f"{content.threshold_ratio:g} × ploidy"),
        ):
            y = band.y(copies)
            yield f"<path d='M{LEFT},{y:.1f}H{WIDTH - RIGHT}' stroke='{colour}' stroke-dasharray='5 4'/>"
            yield _text(WIDTH - RIGHT - 4, y - 4, words, size=10.5, colour=colour, anchor="end", halo=True)


def _balance(band: _Band, axis: _Axis, content: _Content) -> Iterator[str]:
    """Share of the alternative allele at telling SNPs, and each segment's balance mirrored."""
    yield from _frame(band, "allele share", [0, 0.5, 1])
    points = content.points
    known = np.isfinite(points.balance)
    yield _dots(axis, band, points.middle[known], points.balance[known], look=(POINT, 2.4))
    if not known.any() and all(segment["baf"] is None for segment in content.segments):
        yield _text(LEFT + INNER / 2, band.y(0.5) + 4, "no allele counts", size=11, anchor="middle")
    for segment in content.segments:
        share = segment["baf"]
        if share is None:
            continue
        x1 = axis.x(segment["start"])
        x2 = max(axis.x(segment["end"]), x1 + 1.5)
        for value in sorted({share, 1 - share}):
            yield f"<path d='M{x1:.1f},{band.y(value):.1f}H{x2:.1f}' stroke='{MINOR}' stroke-width='2.5'/>"


def _gene_track(top: float, axis: _Axis, content: _Content) -> Iterator[str]:
    """The chromosome's arms and centromere, positions in Mb, and its panel genes by name."""
    focus, genes = content.focus, content.genes
    short, long = arms_of(content.chromosome, content.build)
    y = top + 8
    for arm in (short, long):
        x1, x2 = axis.x(arm.start), axis.x(arm.end)
        yield f"<rect x='{x1:.1f}' y='{y}' width='{x2 - x1:.1f}' height='13' rx='6' fill='#d1d5db'/>"
        yield _text(
            (x1 + x2) / 2,
            y + 10.5,
            f"{content.chromosome}{arm.name}",
            size=10.5,
            anchor="middle",
            colour="#374151",
        )
    middle = axis.x((short.end + long.start) / 2)
    yield f"<circle cx='{middle:.1f}' cy='{y + 6.5}' r='5' fill='#6b7280'/>"
    for mb in range(0, int(axis.end // 1e6), 10):
        yield _text(axis.x(mb * 1e6), y + 26, f"{mb}", size=10.5, anchor="middle", colour="#6b7280")
    yield _text(LEFT - 8, y + 26, "Mb", size=10.5, anchor="end", colour="#6b7280")
    free = 0.0
    for gene in sorted(genes, key=lambda g: (g.symbol != focus.symbol, g.start)):
        if gene.symbol not in GENE_LABELS and gene.symbol != focus.symbol:
            continue
        x = axis.x((gene.start + gene.end) / 2)
        colour = HIGHLIGHT if gene.symbol == focus.symbol else "#374151"
        if gene.symbol != focus.symbol and (abs(x - axis.x(focus.start)) < 60 or x < free):
            continue
        free = x + 46 if gene.symbol != focus.symbol else free
        yield f"<path d='M{x:.1f},{y - 2}V{y + 15}' stroke='{colour}' stroke-width='2'/>"
        yield _text(x, y + 41, gene.symbol, size=11, anchor="middle", colour=colour, weight="bold")


def _zoom_marks(whole: _Axis, zoom: _Axis, top: float, bottom: float) -> Iterator[str]:
    """Lines from the neighbourhood's place on the chromosome to the lower panel, and its title."""
    left, right = whole.x(zoom.start), whole.x(zoom.end)
    yield (
        f"<path d='M{left:.1f},{top}L{LEFT},{bottom + 10}M{right:.1f},{top}L{WIDTH - RIGHT},{bottom + 10}' "
        "stroke='#9ca3af' stroke-width='0.8' fill='none'/>"
    )
    title = f"{zoom.start / 1e6:.2f}-{zoom.end / 1e6:.2f} Mb"
    yield _text(WIDTH - RIGHT, bottom + 24, title, size=11, anchor="end", colour="#4b5563")


def _near_genes(top: float, axis: _Axis, content: _Content) -> tuple[list[str], int]:
    """The panel genes of the neighbourhood as boxes in rows, the focus gene with its exons; and their lower end."""
    parts = [_text(LEFT - 8, top + 8, "Mb", size=10.5, anchor="end", colour="#6b7280")]
    for fifth in range(int(axis.start // 2e5) + 1, int(axis.end // 2e5) + 1):
        place = axis.x(fifth * 2e5)
        parts.append(_text(place, top + 8, f"{fifth / 5:.1f}", size=10.5, anchor="middle", colour="#6b7280"))
    ends: list[float] = []
    for gene in sorted(content.genes, key=lambda g: g.start):
        if not axis.shows(gene.start, gene.end):
            continue
        x1 = max(axis.x(gene.start), LEFT)
        x2 = max(min(axis.x(gene.end), WIDTH - RIGHT), x1 + 1.5)
        row = next((number for number, end in enumerate(ends) if end < x1), len(ends))
        if row == len(ends):
            ends.append(0.0)
        ends[row] = x2 + 7.5 * len(gene.symbol) + 8
        y = top + 18 + 15 * row
        of_focus = gene.symbol == content.focus.symbol
        colour, weight = (HIGHLIGHT, "bold") if of_focus else ("#6b7280", "normal")
        parts.append(
            f"<rect x='{x1:.1f}' y='{y + 3}' width='{x2 - x1:.1f}' height='4' fill='{colour}' fill-opacity='0.6'/>"
        )
        for start, end in gene.exons if of_focus else ():
            width = max(axis.x(end) - axis.x(start), 0.8)
            parts.append(
                f"<rect x='{axis.x(start):.1f}' y='{y}' width='{width:.1f}' height='10' fill='{colour}'/>"
            )
        parts.append(_text(x2 + 3, y + 9, gene.symbol, size=10.5, colour=colour, weight=weight))
    return parts, int(top + 30 + 15 * len(ends))


def _frame(band: _Band, title: str, ticks: Sequence[float]) -> Iterator[str]:
    """A panel's frame, grid lines and axis."""
    yield (
        f"<rect x='{LEFT}' y='{band.top}' width='{INNER}' height='{band.bottom - band.top}' fill='none' "
        "stroke='#d1d5db'/>"
    )
    places = [band.y(t) for t in ticks]
    kept = [0] if ticks else []
    for at, (_, after) in enumerate(pairwise(places), start=1):
        if abs(places[kept[-1]] - after) >= 12:
            kept.append(at)
    for at in kept:
        y = places[at]
        yield f"<path d='M{LEFT},{y:.1f}H{WIDTH - RIGHT}' stroke='#eceef1' stroke-width='0.8'/>"
        yield _text(LEFT - 6, y + 3.5, f"{ticks[at]:g}", size=10.5, anchor="end", colour="#374151")
    middle = (band.top + band.bottom) / 2
    yield (
        f"<text x='20' y='{middle:.0f}' font-size='12' fill='#374151' text-anchor='middle' "
        f"transform='rotate(-90 20 {middle:.0f})'>{title}</text>"
    )


def _dots(axis: _Axis, band: _Band, xs: Floats, ys: Floats, *, look: tuple[str, float]) -> str:
    """Points of a colour and size as one path of zero-length strokes with round ends."""
    colour, size = look
    marks = "".join(
        f"M{axis.x(x):.1f},{band.y(y):.1f}h0" for x, y in zip(xs.tolist(), ys.tolist(), strict=True)
    )
    if not marks:
        return ""
    return (
        f"<path d='{marks}' stroke='{colour}' stroke-opacity='0.55' stroke-width='{size}' "
        "stroke-linecap='round' fill='none'/>"
    )


def _text(
    x: float,
    y: float,
    words: str,
    *,
    size: float,
    colour: str = "#111827",
    weight: str = "normal",
    anchor: str = "start",
    halo: bool = False,
) -> str:
    around = " stroke='white' stroke-width='3' paint-order='stroke'" if halo else ""
    return (
        f"<text x='{x:.1f}' y='{y:.1f}' font-size='{size}' font-weight='{weight}' fill='{colour}' "
        f"text-anchor='{anchor}'{around}>{escape(words)}</text>"
    )


def _shortened(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"
