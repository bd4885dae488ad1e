"""The oncoprint: patients as columns by outcome, with copies of the target, verdicts, mechanisms and clinical tracks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from refractor.report.figures.drawing import INK, Drawing, benefit_colour
from refractor.report.figures.patient_groups import brief, by_outcome, copies_top, short, target_range
from refractor.report.figures.plot import Entry, Plot, Scale, hatched, legend, root, swatch
from refractor.report.patient_results import PatientResults, Row
from refractor.report.plain_words import mechanism_name, plain
from refractor.settings.cohort import Cohort
from refractor.settings.criteria import Required
from refractor.vocabulary import CopyNumberCall, Eligibility, Result, Status

AMPLIFIED, OTHER_COPIES = "#c65d00", "#4b6a88"
MUTATED, WILD_TYPE, FOUND, HYPOTHESIS = "#8f2a20", "#cfe3f3", "#7d1f18", "#6d4399"
UNTESTED = "#9aa3ad"
NOTHING, OTHER, CLINICAL = "#f1f3f5", "#e5e9ee", "#eef2f6"
DARK = frozenset({MUTATED, FOUND, AMPLIFIED, HYPOTHESIS})
"""Fills on which letters are white."""
LEFT, CELL_HEIGHT, BARS = 210.0, 26.0, 120.0
LEAST_LETTERED, LEAST_WORDED, LEAST_NAMED, LEAST_FLAT = 17.0, 40.0, 11.0, 56.0
"""Widths from which a cell has a few letters, its word, and its patient's name, upright and then flat."""
COPY_TICKS = (0, 2, 6, 10, 20, 40, 80, 160, 320)
ABBREVIATIONS = {
    "mutated": "mut", "wild-type": "wt", "amplified": "amp", "partly amplified": "part", "gained": "gain",
    "neutral": "neu", "lost": "lost", "found": "yes", "not found": "no", "present": "yes", "absent": "no", "deleted": "del", "confirmed": "✓", "contradicted": "✗",
}  # fmt: skip
FILLS: dict[str, str] = {
    Status.MUTATED: MUTATED, Status.WILD_TYPE: WILD_TYPE, CopyNumberCall.AMPLIFIED: AMPLIFIED,
    Eligibility.CONFIRMED: WILD_TYPE, Eligibility.DISCORDANT: MUTATED,
    Required.PRESENT: AMPLIFIED, Required.ABSENT: NOTHING, Result.FOUND: AMPLIFIED, Result.NOT_FOUND: NOTHING,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks: its fill, none for a hatched one, its word, what the pointer is told, and a hatched corner."""

    fill: str | None
    word: str
    tip: str
    partly: bool = False


@dataclass(frozen=True, slots=True)
class Track:
    """One row of the oncoprint."""

    name: str
    look: Callable[[PatientResults], Look]


def oncoprint(cards: Sequence[PatientResults], cohort: Cohort) -> Drawing | None:
    """Patients as columns by outcome; hatched where nothing can be said. None without patients."""
    if not cards:
        return None
    groups = by_outcome(cards)
    ordered = [card for _, members in groups for card in members]
    mechanisms = _mechanisms(ordered)
    cell = max(7.0, min(84.0, 880 / len(ordered)))
    # a clinical track has words and no colours: in columns too narrow for them it would say nothing
    tracks = _tracks(cohort, mechanisms, ordered if cell >= LEAST_LETTERED else ())
    width = LEFT + cell * len(ordered) + 14 * len(groups) + 10
    top = 104.0 if cell < LEAST_FLAT else 58.0
    bars = BARS if cohort.target.by_copies else 0.0
    others = [name for name in cohort.eligibility if name != cohort.criterion_of_target()]
    shown = [f"{cohort.target_name}{' copies' if bars else ''}", *others]
    drawing = Drawing(
        "oncoprint", width, top + bars + 22 + CELL_HEIGHT * len(tracks) + 44,
        f"Patients by outcome: {', '.join(shown)} and mechanisms",
        " ".join(_column_words(card, mechanisms, list(cohort.eligibility)) for card in ordered),
    )  # fmt: skip
    most = 1.08 * max([copies_top(card) for card in ordered] + [8.0])  # no cap of a whisker touches a name
    plot = Plot(drawing, Scale(0, 1, LEFT, width - 10), Scale(0, most, top + bars, top, root))
    if bars:
        plot.y_axis(COPY_TICKS)
        words = f"{cohort.target.gene or ''} copies, with range"
        drawing.text(LEFT - 34, top + bars / 2 + 4, words, anchor="end", size=11.5)
    for index, track in enumerate(tracks):
        drawing.text(
            LEFT - 8, plot.bottom + 39 + CELL_HEIGHT * index, short(track.name, 34), anchor="end", size=11.5
        )  # fmt: skip
    _draw_groups(plot, groups, cell, tracks)
    _key(drawing, drawing.height - 24)
    return drawing


def _draw_groups(
    plot: Plot, groups: Sequence[tuple[str, Sequence[PatientResults]]], cell: float, tracks: Sequence[Track]
) -> None:
    x = LEFT
    for words, members in groups:
        span = cell * len(members)
        plot.drawing.rect(x, 20, span, 5, fill=benefit_colour(members[0].clinical_benefit))
        title = short(f"{brief(words)} ({len(members)})", max(int(span / 6), 8))
        plot.drawing.text(x, 15, title, bold=True)
        for card in members:
            with plot.drawing.patient(card.patient):
                _draw_column(plot, card, (x, cell), tracks)
            x += cell
        x += 14


def _mechanisms(cards: Sequence[PatientResults]) -> list[str]:
    """Mechanisms that any patient's candidates name, the most frequent first, then those of hypotheses."""
    counts: dict[str, tuple[int, int]] = {}
    for card in cards:
        for place, rows in enumerate((card.candidates, card.hypotheses)):
            for mechanism in {str(row["mechanism"]) for row in rows}:
                found = counts.get(mechanism, (0, 0))
                counts[mechanism] = (found[0] + (place == 0), found[1] + (place == 1))
    return sorted(counts, key=lambda name: (-counts[name][0], -counts[name][1], name))


def _tracks(cohort: Cohort, mechanisms: Sequence[str], cards: Sequence[PatientResults]) -> list[Track]:
    known = [
        name for name, value in CLINICAL_VALUES.items() if any(value(card) is not None for card in cards)
    ]
    unasked = not cohort.target.by_copies and cohort.criterion_of_target() is None
    return [
        *([Track(cohort.target_name, _target)] if unasked else []),
        *(Track(name, partial(_criterion, name=name)) for name in cohort.eligibility),
        Track("Entry criteria", _entry),
        *(Track(mechanism_name(name), partial(_found, mechanism=name)) for name in mechanisms),
        *(Track(name, partial(_clinical, name=name)) for name in known),
    ]


def _purity_per_cent(card: PatientResults) -> object:
    purity = card.purity["purity"] if card.purity else None
    return None if purity is None else round(100 * purity)


CLINICAL_VALUES: dict[str, Callable[[PatientResults], object]] = {
    "Best response": lambda card: card.row["best_response"],
    "Lines before": lambda card: card.row["prior_lines"],
    "IHC at entry": lambda card: card.row["her2_ihc"],
    "Purity, %": _purity_per_cent,
}
"""Clinical tracks, each drawn where anybody has a value."""


def _criterion(card: PatientResults, *, name: str) -> Look:
    return _status(card, name, card.shows(name))


def _target(card: PatientResults) -> Look:
    """Whether the target is there, for a cohort whose criteria of entry do not ask."""
    shown = card.target_result
    fill = None if shown == Result.NOT_TESTED else FILLS[shown]
    return Look(fill, plain(shown), f"{card.patient}: target {plain(shown)}")


def _entry(card: PatientResults) -> Look:
    return _status(card, "entry criteria", card.row["eligibility"])


def _status(card: PatientResults, name: str, shown: str) -> Look:
    """What a criterion shows, a status or a call of copies; hatched where nothing is claimed."""
    fill = None if shown == Status.NOT_ASSESSABLE else FILLS.get(shown, OTHER)
    return Look(fill, plain(shown), f"{card.patient}: {name} {plain(shown)}")


def _clinical(card: PatientResults, *, name: str) -> Look:
    value = CLINICAL_VALUES[name](card)
    words = "–" if value is None else str(value)
    return Look(CLINICAL, words, f"{card.patient}: {name.lower()} {'not known' if value is None else words}")


def _found(card: PatientResults, *, mechanism: str) -> Look:
    """A candidate with its tier, a hypothesis, or whether its rules were looked for."""
    words = f"{card.patient}, {mechanism_name(mechanism)}: "
    for fill, rows in ((FOUND, card.candidates), (HYPOTHESIS, card.hypotheses)):
        found = [row for row in rows if row["mechanism"] == mechanism]
        if found:
            return Look(fill, str(found[0]["tier"]), words + ", ".join(_named(row) for row in found))
    tested = card.tested(mechanism)
    if tested == "none":
        return Look(None, "", words + "not tested")
    tail = "not found" if tested == "all" else "not found, but some rules could not be tested"
    return Look(NOTHING, "–", words + tail, partly=tested == "part")


def _named(row: Row) -> str:
    return f"{row['gene']} {row['alteration']}"


def _draw_column(
    plot: Plot, card: PatientResults, place: tuple[float, float], tracks: Sequence[Track]
) -> None:
    drawing, (x, cell) = plot.drawing, place
    gap = 2.0 if cell > 14 else 0.5
    if cell >= LEAST_FLAT:
        drawing.text(x + cell / 2, 44, short(card.patient, 13), anchor="middle", size=11.5, bold=True)
    elif cell >= LEAST_NAMED:
        drawing.text(x + cell / 2 + 4, plot.top - 6, card.patient, size=min(11, cell), turn=-90)
    if plot.bottom > plot.top:
        _draw_bar(plot, card, x + cell * 0.25, cell * 0.5)
    for index, track in enumerate(tracks):
        y = plot.bottom + 22 + CELL_HEIGHT * index
        _draw_cell(drawing, (x + gap, y + 2, cell - 2 * gap), track.look(card), worded=cell >= LEAST_WORDED)


def _draw_bar(plot: Plot, card: PatientResults, x: float, width: float) -> None:
    drawing, copies, call = plot.drawing, card.target_copies, card.target_call
    if copies is None:
        drawing.hatch(x, plot.top, width, BARS, tip=f"{card.patient}: copies not known")
        return
    top = plot.y(copies)
    tip = f"{card.patient}: {copies:.1f} copies, {plain(call)}"
    if call == CopyNumberCall.NOT_ASSESSABLE:
        drawing.hatch(x, top, width, plot.bottom - top, tip=tip)
    else:
        fill = AMPLIFIED if call == CopyNumberCall.AMPLIFIED else OTHER_COPIES
        drawing.rect(x, top, width, plot.bottom - top, fill=fill, tip=tip)
    found = target_range(card)
    if found:
        plot.whisker(x + width / 2, *found, cap=min(width / 5, 4))
    if width >= 16:
        drawing.text(
            x + width / 2, plot.bottom + 14, f"{copies:.1f}", anchor="middle", size=min(11, width * 0.6)
        )


def _draw_cell(drawing: Drawing, place: tuple[float, float, float], look: Look, *, worded: bool) -> None:
    """A coloured cell with its word or letters, or a hatched one."""
    (x, y, width), tall = place, CELL_HEIGHT - 4
    if look.fill is None:
        drawing.hatch(x, y, width, tall, tip=look.tip)
        return
    # inset by half a pixel: as a white outline looks, in fewer bytes
    drawing.rect(x + 0.5, y + 0.5, width - 1, tall - 1, fill=look.fill, tip=look.tip)
    letters = look.word if len(look.word) <= 2 else ABBREVIATIONS.get(look.word, "")
    words = short(look.word, int(width / 5.4)) if worded else letters
    if words and (worded or width >= LEAST_LETTERED):
        fill, size = "#fff" if look.fill in DARK else INK, 10.5 if worded else 9.5
        drawing.text(x + width / 2, y + 15, words, anchor="middle", size=size, fill=fill)
    if look.partly and width >= LEAST_LETTERED:
        drawing.hatch(x + width * 0.72, y, width * 0.28, tall, tip=look.tip)
    elif look.partly:  # too narrow for lines
        drawing.rect(x + width * 0.72, y, width * 0.28, tall, fill=UNTESTED)


def _partly(drawing: Drawing, x: float, y: float) -> None:
    drawing.rect(x, y - 11, 20, 13, fill=NOTHING, stroke="#c9d1d9")
    drawing.hatch(x + 13, y - 11, 7, 13)


def _key(drawing: Drawing, y: float) -> None:
    entries = (
        Entry("found, with its tier", swatch(FOUND)),
        Entry("hypothesis (R4)", swatch(HYPOTHESIS)),
        Entry("looked for, not found", swatch(NOTHING, stroke="#c9d1d9")),
        Entry("not found, part of the rules untested", _partly),
        Entry("not assessable: nothing is claimed", hatched()),
    )
    legend(drawing, 10, y, entries)


def _column_words(card: PatientResults, mechanisms: Sequence[str], criteria: Sequence[str]) -> str:
    copies = "copies unknown" if card.target_copies is None else f"{card.target_copies:.1f} copies"
    found = card.findings or plain(card.row["label"])
    untested = [mechanism_name(name) for name in mechanisms if card.tested(name) == "none"]
    tail = f"; not tested: {', '.join(untested)}" if untested else ""
    shown = "".join(f"{name} {plain(card.shows(name))}, " for name in criteria)
    return f"{card.patient}: {shown}{copies}; {found}{tail}."
