"""One amplicon as a figure: its copies, its genes, and an arc for each junction that reads show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from refractor.evidence.amplicon_structure import role_of
from refractor.genome.panel import Gene, Panel
from refractor.report.amplicon_words import carrying_words, verdict_words
from refractor.report.figures.drawing import INK, LINE, SOFT, Drawing
from refractor.report.figures.patient_groups import short
from refractor.report.figures.plot import Entry, Plot, Scale, free_row, legend, root, stroke
from refractor.results.copy_number_tables import Amplicon, Segment
from refractor.results.junction_tables import (
    AmpliconStructure,
    Architecture,
    Junction,
    JunctionKind,
)
from refractor.vocabulary import Side

WIDTH, LEFT, RIGHT = 1120.0, 70.0, 24.0
TOP, BASE, COPIES_BOTTOM = 160.0, 340.0, 510.0
"""Pixels of the highest arc, of the line that the arcs stand on, and of the lower edge of the copies."""
MARGIN_SHARE, LEAST_MARGIN_BP = 0.12, 40_000
"""What is shown on both sides of the amplicon, as a share of it and at the least."""
KEPT_PX = 14.0
ROLES = {
    "tandem": ("head to tail", "#0072b2"),
    "fold_back": ("fold-back", "#d55e00"),
    "foreign": ("to another chromosome", "#009e73"),
    "deletion": ("deletion", INK),
    "other": ("other", "#aa4499"),
}
"""Words and colour of each kind of junction; the words stand at the arc too, so that colour is never alone."""


@dataclass(frozen=True, slots=True)
class ShownAmplicon:
    """What is drawn of one amplicon."""

    structure: AmpliconStructure
    amplicon: Amplicon
    junctions: tuple[Junction, ...]
    segments: tuple[Segment, ...]


def amplicon_figure(shown: ShownAmplicon, panel: Panel, *, name: str) -> Drawing:
    """The amplicon with its arcs; `name` is unique on the page."""
    amplicon, structure = shown.amplicon, shown.structure
    margin = max(LEAST_MARGIN_BP, MARGIN_SHARE * (amplicon.end - amplicon.start))
    x = Scale(max(0.0, amplicon.start - margin), amplicon.end + margin, LEFT, WIDTH - RIGHT)
    title = f"Amplicon {amplicon.chromosome}:{amplicon.start + 1:,}-{amplicon.end:,}"
    drawing = Drawing(
        name, WIDTH, COPIES_BOTTOM + 40, title, f"{title}: {verdict_words(structure)}. {structure.evidence}"
    )
    drawing.text(LEFT, 30, title, size=20, bold=True)
    drawing.text(LEFT, 56, verdict_words(structure), size=15, bold=True)
    drawing.text(LEFT, 78, short(f"Limits: {structure.limits}", 165), size=12.5, fill=SOFT)
    drawing.text(LEFT, 96, carrying_words(structure), size=12.5, fill=SOFT)
    drawing.rect(
        x(amplicon.start),
        TOP - 20,
        x(amplicon.end) - x(amplicon.start),
        COPIES_BOTTOM - TOP + 20,
        fill="#f3f4f6",
    )
    _copies(Plot(drawing, x, Scale(0, _most(shown), COPIES_BOTTOM, BASE + 14, root)), shown)
    here = [one for one in shown.junctions if one.believed and _is_shown(one, amplicon.chromosome, x)]
    drawn = sorted(here, key=lambda one: one.copies or 0.0, reverse=True)
    _arcs(drawing, x, drawn, amplicon)
    roles = dict.fromkeys(_role(one, amplicon) for one in drawn)
    legend(drawing, LEFT, 118, [Entry(ROLES[role][0], stroke(ROLES[role][1])) for role in roles])
    if not drawn:
        drawing.text(
            (LEFT + WIDTH - RIGHT) / 2, BASE - 60, _none_words(structure), anchor="middle", fill=SOFT
        )
    drawing.height = _genes(drawing, x, panel, amplicon, structure.gene)
    return drawing


def _none_words(structure: AmpliconStructure) -> str:
    if structure.architecture is Architecture.NOT_TESTED:
        return "junctions were not looked for"
    return "no junction was found"


def _role(junction: Junction, amplicon: Amplicon) -> str:
    role = role_of(junction, amplicon)
    return "deletion" if role == "other" and junction.kind is JunctionKind.DELETION else role


def _is_shown(junction: Junction, chromosome: str, x: Scale) -> bool:
    return any(place == chromosome and x.shows(position) for place, position, _ in _ends(junction))


def _ends(junction: Junction) -> tuple[tuple[str, int, Side], tuple[str, int, Side]]:
    return (
        (junction.chromosome, junction.position, junction.keeps),
        (junction.partner_chromosome, junction.partner_position, junction.partner_keeps),
    )


def _most(shown: ShownAmplicon) -> float:
    near = [one.copy_number or 0.0 for one in shown.segments if one.chromosome == shown.amplicon.chromosome]
    return 1.15 * max(4.0, *near)


def _copies(plot: Plot, shown: ShownAmplicon) -> None:
    """The copies below the arcs, and positions in Mb."""
    drawing, x = plot.drawing, plot.x
    drawing.rect(plot.left, plot.top, plot.right - plot.left, plot.bottom - plot.top, stroke=LINE)
    plot.y_axis([0, 2, 4, 8, 16, 32, 64, 128], "copies")
    pieces = [
        (max(one.start, x.low), min(one.end, x.high), one.copy_number)
        for one in shown.segments
        if one.chromosome == shown.amplicon.chromosome and one.start < x.high and x.low < one.end
        if one.copy_number is not None
    ]
    plot.segments(pieces, colour=INK, width=3)
    step = 10 ** math.floor(math.log10((x.high - x.low) / 3))
    ticks = [tick * step for tick in range(math.ceil(x.low / step), int(x.high // step) + 1)]
    plot.x_axis(ticks, grid=False, words=lambda base: f"{base / 1e6:.{max(0, 6 - int(math.log10(step)))}f}")
    drawing.text(LEFT - 24, plot.bottom + 16, "Mb", size=10.5, anchor="end", fill=SOFT)


def _arcs(drawing: Drawing, x: Scale, junctions: Sequence[Junction], amplicon: Amplicon) -> None:
    """An arc from end to end, its width by copies; a leaning stub where one end lies elsewhere."""
    most = max((one.copies or 1.0 for one in junctions), default=1.0)
    drawing.line(LEFT, BASE, WIDTH - RIGHT, BASE, stroke=SOFT)
    labels: list[tuple[float, float, float]] = []
    for junction in junctions:
        role = _role(junction, amplicon)
        colour, width = ROLES[role][1], 1.5 + 4 * (junction.copies or 1.0) / most
        inside = [end for end in _ends(junction) if end[0] == amplicon.chromosome and x.shows(end[1])]
        for _, position, kept in inside:
            turn = -KEPT_PX if kept is Side.BEFORE else KEPT_PX
            drawing.line(x(position), BASE, x(position) + turn, BASE, stroke=colour, width=5)
        if len(inside) == 2:
            left, right = sorted(x(position) for _, position, _ in inside)
            height = 46 + (BASE - TOP - 46) * (right - left) / (WIDTH - LEFT - RIGHT)
            points = _half_ellipse(left, max(right, left + 5), height)
            at = ((left + right) / 2, BASE - height - 7)
        else:
            start = x(inside[0][1])
            lean = 30.0 if start < WIDTH / 2 else -30.0
            points = [(start, BASE), (start + lean, BASE - 78)]
            at = (start + lean, BASE - 85)
        drawing.path(points, stroke=colour, width=width, opacity=0.85)
        _label(drawing, at, _words(junction, role, inside), colour, labels)


def _half_ellipse(left: float, right: float, height: float) -> list[tuple[float, float]]:
    middle, half = (left + right) / 2, (right - left) / 2
    turns = [math.pi * step / 32 for step in range(33)]
    return [(middle - half * math.cos(turn), BASE - height * math.sin(turn)) for turn in turns]


def _words(junction: Junction, role: str, inside: Sequence[tuple[str, int, Side]]) -> str:
    """Kind, where it leads if that is not shown, and copies with their range."""
    words = ROLES[role][0]
    if len(inside) < 2:
        there = next(end for end in _ends(junction) if end not in inside)
        words = f"{words if role != 'foreign' else 'to'} {there[0]}:{there[1] / 1e6:.2f} Mb"
    if junction.copies is None or junction.copies_low is None or junction.copies_high is None:
        return f"{words}, {junction.fragments} fragments"
    return f"{words}, {junction.copies:.1f} copies ({junction.copies_low:.1f}-{junction.copies_high:.1f})"


def _label(
    drawing: Drawing,
    at: tuple[float, float],
    words: str,
    colour: str,
    taken: list[tuple[float, float, float]],
) -> None:
    """Words at a place, moved up where others stand there, and held inside the drawing."""
    half = 3.2 * len(words)
    x, y = min(max(at[0], LEFT + half), WIDTH - RIGHT - half), at[1]
    while any(abs(x - other) < half + wide + 8 and abs(y - row) < 14 for other, row, wide in taken):
        y -= 14
    taken.append((x, y, half))
    drawing.text(x, y, words, size=11, anchor="middle", fill=colour, bold=True, halo=True)


def _genes(drawing: Drawing, x: Scale, panel: Panel, amplicon: Amplicon, focus: str) -> float:
    """The panel genes as boxes in rows; returns their lower end."""
    ends: list[float] = []
    genes: list[Gene] = [
        gene
        for gene in panel.genes.values()
        if gene.chromosome == amplicon.chromosome and gene.start < x.high and x.low < gene.end
    ]
    for gene in sorted(genes, key=lambda one: one.start):
        x1 = x(gene.start)
        x2 = max(x(gene.end), x1 + 1.5)
        word = 7 * len(gene.symbol)
        room = x2 + word < WIDTH
        row = free_row(ends, *((x1, x2 + word + 8) if room else (x1 - word - 8, x2)))
        y = COPIES_BOTTOM + 26 + 15 * row
        colour = "#c2410c" if gene.symbol == focus else SOFT
        drawing.rect(x1, y, x2 - x1, 8, fill=colour)
        at, anchor = (x2 + 3, "start") if room else (x1 - 3, "end")
        drawing.text(at, y + 8, gene.symbol, size=10.5, anchor=anchor, fill=colour, bold=gene.symbol == focus)
    return COPIES_BOTTOM + 40 + 15 * len(ends)
