"""The oncoprint: patients as columns by outcome, with copies of the target, verdicts and mechanisms."""

from __future__ import annotations

from collections.abc import Sequence

from refractor.report.figures.drawing import LINE, SOFT, Drawing, benefit_colour, nice_step
from refractor.report.figures.patient_groups import brief, by_outcome, copies_top, short, target_range
from refractor.report.patient_results import PatientResults
from refractor.report.plain_words import mechanism_name, plain
from refractor.settings.cohort import Cohort
from refractor.vocabulary import CopyNumberCall, Eligibility, Status

AMPLIFIED, OTHER_COPIES = "#c65d00", "#4b6a88"
MUTATED, WILD_TYPE, FOUND = "#8f2a20", "#cfe3f3", "#7d1f18"
LEFT, CELL_HEIGHT, BARS = 210.0, 26.0, 120.0
LEAST_LETTERED = 17.0
"""Width from which a narrow cell has a few letters, so that colour is never the only difference."""
ABBREVIATIONS = {
    "mutated": "mut", "wild-type": "wt", "amplified": "amp", "partly amplified": "part", "gained": "gain",
    "neutral": "neu", "lost": "lost", "deleted": "del", "confirmed": "✓", "contradicted": "✗",
}  # fmt: skip


def oncoprint(cards: Sequence[PatientResults], cohort: Cohort) -> Drawing | None:
    """Patients as columns by outcome: copies of the target, status, mechanisms; hatched where nothing can be said."""
    if not cards:
        return None
    groups = by_outcome(cards)
    ordered = [card for _, members in groups for card in members]
    mechanisms = _mechanisms(ordered)
    cell = max(7.0, min(84.0, 880 / len(ordered)))
    width = LEFT + cell * len(ordered) + 14 * len(groups) + 10
    top = 104.0 if cell < 56 else 58.0
    criteria = list(cohort.eligibility)
    rows = [*criteria, "Entry criteria"]
    height = top + BARS + 22 + CELL_HEIGHT * (len(rows) + len(mechanisms) + 1) + 34
    drawing = Drawing(
        "oncoprint", width, height, f"Patients by outcome: {cohort.target_name} copies, {', '.join(_others(cohort))} and mechanisms",
        " ".join(_column_words(card, mechanisms, criteria) for card in ordered),
    )  # fmt: skip
    scale = max([copies_top(card) for card in ordered] + [8.0])
    base = top + BARS
    _copies_axis(drawing, base, scale, width, gene=cohort.target.gene or "")
    names = [
        *rows,
        *(mechanism_name(name) for name in mechanisms),
        "Best response",
    ]
    for index, name in enumerate(names):
        drawing.text(LEFT - 8, base + 22 + CELL_HEIGHT * index + 17, short(name, 34), anchor="end", size=11.5)
    x = LEFT
    for words, members in groups:
        colour = benefit_colour(members[0].clinical_benefit)
        span = cell * len(members)
        drawing.rect(x, 20, span, 5, fill=colour)
        drawing.text(x, 15, short(f"{brief(words)} ({len(members)})", max(int(span / 6), 8)), bold=True)
        for card in members:
            with drawing.patient(card.patient):
                _column(drawing, card, (x, cell, top), criteria=criteria, mechanisms=mechanisms, scale=scale)
            x += cell
        x += 14
    _oncoprint_key(drawing, height - 12)
    return drawing


def _mechanisms(cards: Sequence[PatientResults]) -> list[str]:
    """Mechanisms that any patient's candidates name, the most frequent first."""
    counts: dict[str, int] = {}
    for card in cards:
        for mechanism in {str(row["mechanism"]) for row in card.candidates}:
            counts[mechanism] = counts.get(mechanism, 0) + 1
    return sorted(counts, key=lambda name: (-counts[name], name))


def _others(cohort: Cohort) -> list[str]:
    """Names of the criteria of entry that do not look at the target."""
    return [name for name in cohort.eligibility if name != cohort.criterion_of_target()]


def _copies_axis(drawing: Drawing, base: float, scale: float, width: float, *, gene: str) -> None:
    step = nice_step(scale, 4)
    drawing.text(LEFT - 34, base - BARS / 2 + 4, f"{gene} copies, with range", anchor="end", size=11.5)
    for index in range(int(scale / step) + 1):
        y = base - BARS * index * step / scale
        drawing.line(LEFT, y, width - 10, y, stroke="#e3e8ed")
        drawing.text(LEFT - 6, y + 4, f"{index * step:g}", anchor="end", size=10.5, fill=SOFT)


def _column(
    drawing: Drawing,
    card: PatientResults,
    place: tuple[float, float, float],
    *,
    criteria: Sequence[str],
    mechanisms: Sequence[str],
    scale: float,
) -> None:
    x, cell, top = place
    base, gap = top + BARS, 2.0 if cell > 14 else 0.5
    if cell < 56:
        if cell >= 11:
            drawing.text(x + cell / 2 + 4, top - 6, card.patient, size=min(11, cell), turn=-90)
    else:
        drawing.text(x + cell / 2, 44, short(card.patient, 13), anchor="middle", size=11.5, bold=True)
    _copies_bar(drawing, card, (x + cell * 0.25, cell * 0.5, base), scale=scale)
    y = base + 22
    row = card.row
    letters = cell >= 40
    for criterion in criteria:
        shown = card.shows(criterion)
        tip = f"{card.patient}: {plain(shown)}"
        _cell(drawing, (x + gap, y, cell - 2 * gap), _look_of(shown), tip, letters=letters)
        y += CELL_HEIGHT
    state = row["eligibility"]
    look = {
        Eligibility.CONFIRMED: (WILD_TYPE, "confirmed"), Eligibility.DISCORDANT: (MUTATED, "contradicted"),
    }.get(state)  # fmt: skip
    _cell(drawing, (x + gap, y, cell - 2 * gap), look, f"{card.patient}: {plain(state)}", letters=letters)
    for mechanism in mechanisms:
        y += CELL_HEIGHT
        _mechanism_cell(drawing, card, (x + gap, y, cell - 2 * gap), mechanism=mechanism, letters=letters)
    y += CELL_HEIGHT
    if cell >= 18:
        drawing.text(x + cell / 2, y + 17, row["best_response"] or "–", anchor="middle", size=11)


def _look_of(shown: str) -> tuple[str, str] | None:
    """Colour and word of what a criterion shows, a status or a call of copies; None where nothing is claimed."""
    if shown == Status.NOT_ASSESSABLE:
        return None
    fills = {Status.MUTATED: MUTATED, Status.WILD_TYPE: WILD_TYPE, CopyNumberCall.AMPLIFIED: AMPLIFIED}
    return {str(key): fill for key, fill in fills.items()}.get(shown, "#e5e9ee"), plain(shown)


def _copies_bar(
    drawing: Drawing, card: PatientResults, place: tuple[float, float, float], *, scale: float
) -> None:
    x, width, base = place
    copies = card.target_copies
    if copies is None:
        drawing.hatch(x, base - BARS, width, BARS, tip=f"{card.patient}: copies not known")
        return
    call = card.target_call
    height = BARS * copies / scale
    tip = f"{card.patient}: {copies:.1f} copies, {plain(call)}"
    if call == CopyNumberCall.NOT_ASSESSABLE:
        drawing.hatch(x, base - height, width, height, tip=tip)
    else:
        fill = AMPLIFIED if call == CopyNumberCall.AMPLIFIED else OTHER_COPIES
        drawing.rect(x, base - height, width, height, fill=fill, tip=tip)
    found = target_range(card)
    if found:
        low, high = (base - BARS * value / scale for value in found)
        middle = x + width / 2
        drawing.line(middle, low, middle, high, width=1.4)
        for y in (low, high):
            drawing.line(middle - width / 5, y, middle + width / 5, y, width=1.4)
    if width >= 22:
        drawing.text(x + width / 2, base + 14, f"{copies:.1f}", anchor="middle", size=11)


def _cell(
    drawing: Drawing,
    place: tuple[float, float, float],
    look: tuple[str, str] | None,
    tip: str,
    *,
    letters: bool,
) -> None:
    """A coloured cell with its word, or a hatched one where there is no look."""
    x, y, width = place
    if look is None:
        drawing.hatch(x, y + 2, width, CELL_HEIGHT - 4, tip=tip)
        return
    fill, words = look
    drawing.rect(x, y + 2, width, CELL_HEIGHT - 4, fill=fill, stroke="#fff", tip=tip)
    brief = words if letters else ABBREVIATIONS.get(words, words if len(words) <= 2 else "")
    if letters or (width >= LEAST_LETTERED and brief):
        dark = fill in (MUTATED, FOUND, AMPLIFIED)
        drawing.text(
            x + width / 2, y + 17, short(brief, int(width / 5.4)) if letters else brief, anchor="middle",
            size=10.5 if letters else 9.5, fill="#fff" if dark else "#1c2530",
        )  # fmt: skip


def _mechanism_cell(
    drawing: Drawing,
    card: PatientResults,
    place: tuple[float, float, float],
    *,
    mechanism: str,
    letters: bool,
) -> None:
    found = [row for row in card.candidates if row["mechanism"] == mechanism]
    tested = card.tested(mechanism)
    words = f"{card.patient}, {mechanism_name(mechanism)}: "
    if found:
        what = ", ".join(f"{row['gene']} {row['alteration']}" for row in found)
        _cell(drawing, place, (FOUND, str(found[0]["tier"])), words + what, letters=letters)
    elif tested == "none":
        _cell(drawing, place, None, words + "not tested", letters=letters)
    else:
        tip = words + ("not found" if tested == "all" else "not found, but some rules could not be tested")
        _cell(drawing, place, ("#f1f3f5", "–"), tip, letters=letters)
        if tested == "part":
            x, y, width = place
            drawing.hatch(x + width * 0.72, y + 2, width * 0.28, CELL_HEIGHT - 4, tip=tip)


def _oncoprint_key(drawing: Drawing, y: float) -> None:
    x = 10.0
    for words, kind in (
        ("found, with its tier", FOUND), ("looked for, not found", "#f1f3f5"),
        ("not found, part of the rules untested", "part"), ("not assessable: nothing is claimed", "hatch"),
    ):  # fmt: skip
        if kind == "hatch":
            drawing.hatch(x, y - 11, 22, 14)
        else:
            drawing.rect(x, y - 11, 22, 14, fill="#f1f3f5" if kind == "part" else kind, stroke=LINE)
            if kind == "part":
                drawing.hatch(x + 14, y - 11, 8, 14)
        drawing.text(x + 28, y, words, size=11)
        x += 48 + 6.1 * len(words)


def _column_words(card: PatientResults, mechanisms: Sequence[str], criteria: Sequence[str]) -> str:
    row = card.row
    copies = "copies unknown" if card.target_copies is None else f"{card.target_copies:.1f} copies"
    found = card.findings or plain(row["label"])
    untested = [mechanism_name(name) for name in mechanisms if card.tested(name) == "none"]
    tail = f"; not tested: {', '.join(untested)}" if untested else ""
    return (
        f"{card.patient}: {''.join(f'{name} {plain(card.shows(name))}, ' for name in criteria)}"
        f"{copies}; {found}{tail}."
    )
