"""Figures with one mark a patient: the oncoprint by outcome, the swimmer plot, ERBB2 copies against benefit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from resistance.report.patient_card import PatientCard, Row
from resistance.report.svg import LINE, SOFT, Drawing, benefit_colour, nice_step
from resistance.report.words import LABELS, MECHANISMS, days_words, plain
from resistance.vocabulary import CopyNumberCall, Eligibility, Status, YesNo

AMPLIFIED, OTHER_COPIES, DOUBTFUL_COPIES = "#c65d00", "#4b6a88", "#717a85"
MUTATED, WILD_TYPE, FOUND = "#8f2a20", "#cfe3f3", "#7d1f18"
LEFT, CELL_HEIGHT, BARS = 210.0, 26.0, 120.0
LEAST_LETTERED = 17.0
"""Width from which a narrow cell has a few letters, so that colour is never the only difference."""
ABBREVIATIONS = {
    "mutated": "mut", "wild-type": "wt", "amplified": "amp", "partly amplified": "part", "gained": "gain",
    "neutral": "neu", "lost": "lost", "deleted": "del", "confirmed": "✓", "contradicted": "✗",
}  # fmt: skip

MOST_NAMED_FLAT = 12
"""Patients up to which their names stand flat below the copies."""

GROUPS = (
    (YesNo.NO, "Without benefit"),
    (YesNo.YES, "With benefit"),
    (None, "Benefit unknown or not evaluable"),
)
Groups = Sequence[tuple[str, Sequence[PatientCard]]]


def by_outcome(cards: Iterable[PatientCard]) -> list[tuple[str, list[PatientCard]]]:
    """Patients grouped by clinical benefit; empty groups are left out."""
    members = list(cards)
    groups = [(words, [card for card in members if card.clinical_benefit == key]) for key, words in GROUPS]
    return [(words, found) for words, found in groups if found]


def erbb2_range(card: PatientCard) -> tuple[float, float] | None:
    """Range of the copies of ERBB2 from the source that the call rests on, None where it gives none."""
    for row in card.erbb2:
        if row["copy_number_low"] is not None and row["copy_number_high"] is not None:
            return row["copy_number_low"], row["copy_number_high"]
    return None


def oncoprint(cards: Sequence[PatientCard]) -> Drawing | None:
    """Patients as columns by outcome: ERBB2 copies, status, mechanisms; hatched where nothing can be said."""
    if not cards:
        return None
    groups = by_outcome(cards)
    ordered = [card for _, members in groups for card in members]
    mechanisms = _mechanisms(ordered)
    cell = max(7.0, min(84.0, 880 / len(ordered)))
    width = LEFT + cell * len(ordered) + 14 * len(groups) + 10
    top = 104.0 if cell < 56 else 58.0
    rows = [("RAS", "ras"), ("BRAF", "braf"), ("HER2", "her2"), ("Entry criteria", "eligibility")]
    height = top + BARS + 22 + CELL_HEIGHT * (len(rows) + len(mechanisms) + 1) + 34
    drawing = Drawing(
        "oncoprint", width, height, "Patients by outcome: HER2 copies, RAS, BRAF and mechanisms",
        " ".join(_column_words(card, mechanisms) for card in ordered),
    )  # fmt: skip
    scale = max([_copies_top(card) for card in ordered] + [8.0])
    base = top + BARS
    _copies_axis(drawing, base, scale, width)
    names = [
        *(name for name, _ in rows),
        *(MECHANISMS.get(name, name) for name in mechanisms),
        "Best response",
    ]
    for index, name in enumerate(names):
        drawing.text(
            LEFT - 8, base + 22 + CELL_HEIGHT * index + 17, _short(name, 34), anchor="end", size=11.5
        )
    x = LEFT
    for words, members in groups:
        colour = benefit_colour(members[0].clinical_benefit)
        span = cell * len(members)
        drawing.rect(x, 20, span, 5, fill=colour)
        drawing.text(x, 15, _short(f"{_brief(words)} ({len(members)})", max(int(span / 6), 8)), bold=True)
        for card in members:
            with drawing.patient(card.patient):
                _column(drawing, card, (x, cell, top), mechanisms=mechanisms, scale=scale)
            x += cell
        x += 14
    _oncoprint_key(drawing, height - 12)
    return drawing


def _mechanisms(cards: Sequence[PatientCard]) -> list[str]:
    """Mechanisms that any patient's candidates name, the most frequent first."""
    counts: dict[str, int] = {}
    for card in cards:
        for mechanism in {str(row["mechanism"]) for row in card.candidates}:
            counts[mechanism] = counts.get(mechanism, 0) + 1
    return sorted(counts, key=lambda name: (-counts[name], name))


def _copies_top(card: PatientCard) -> float:
    found = erbb2_range(card)
    return max(card.erbb2_copy_number or 0.0, found[1] if found else 0.0)


def _copies_axis(drawing: Drawing, base: float, scale: float, width: float) -> None:
    step = nice_step(scale, 4)
    drawing.text(LEFT - 34, base - BARS / 2 + 4, "ERBB2 copies, with range", anchor="end", size=11.5)
    for index in range(int(scale / step) + 1):
        y = base - BARS * index * step / scale
        drawing.line(LEFT, y, width - 10, y, stroke="#e3e8ed")
        drawing.text(LEFT - 6, y + 4, f"{index * step:g}", anchor="end", size=10.5, fill=SOFT)


def _column(
    drawing: Drawing,
    card: PatientCard,
    place: tuple[float, float, float],
    *,
    mechanisms: Sequence[str],
    scale: float,
) -> None:
    x, cell, top = place
    base, gap = top + BARS, 2.0 if cell > 14 else 0.5
    if cell < 56:
        if cell >= 11:
            drawing.text(x + cell / 2 + 4, top - 6, card.patient, size=min(11, cell), turn=-90)
    else:
        drawing.text(x + cell / 2, 44, _short(card.patient, 13), anchor="middle", size=11.5, bold=True)
    _copies_bar(drawing, card, (x + cell * 0.25, cell * 0.5, base), scale=scale)
    y = base + 22
    row = card.row
    letters = cell >= 40
    for status in (row["ras_status"], row["braf_status"]):
        look = {Status.MUTATED: (MUTATED, "mutated"), Status.WILD_TYPE: (WILD_TYPE, "wild-type")}.get(status)
        _cell(
            drawing, (x + gap, y, cell - 2 * gap), look, f"{card.patient}: {plain(status)}", letters=letters
        )
        y += CELL_HEIGHT
    call = row["her2_call"]
    look = None
    if call != CopyNumberCall.NOT_ASSESSABLE:
        look = (AMPLIFIED if call == CopyNumberCall.AMPLIFIED else "#e5e9ee", plain(call))
    _cell(drawing, (x + gap, y, cell - 2 * gap), look, f"{card.patient}: {plain(call)}", letters=letters)
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


def _copies_bar(
    drawing: Drawing, card: PatientCard, place: tuple[float, float, float], *, scale: float
) -> None:
    x, width, base = place
    copies = card.erbb2_copy_number
    if copies is None:
        drawing.hatch(x, base - BARS, width, BARS, tip=f"{card.patient}: copies not known")
        return
    call = card.row["her2_call"]
    height = BARS * copies / scale
    tip = f"{card.patient}: {copies:.1f} copies, {plain(call)}"
    if call == CopyNumberCall.NOT_ASSESSABLE:
        drawing.hatch(x, base - height, width, height, tip=tip)
    else:
        fill = AMPLIFIED if call == CopyNumberCall.AMPLIFIED else OTHER_COPIES
        drawing.rect(x, base - height, width, height, fill=fill, tip=tip)
    found = erbb2_range(card)
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
            x + width / 2, y + 17, _short(brief, int(width / 5.4)) if letters else brief, anchor="middle",
            size=10.5 if letters else 9.5, fill="#fff" if dark else "#1c2530",
        )  # fmt: skip


def _mechanism_cell(
    drawing: Drawing, card: PatientCard, place: tuple[float, float, float], *, mechanism: str, letters: bool
) -> None:
    found = [row for row in card.candidates if row["mechanism"] == mechanism]
    tested = card.tested(mechanism)
    words = f"{card.patient}, {MECHANISMS.get(mechanism, mechanism)}: "
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


def _column_words(card: PatientCard, mechanisms: Sequence[str]) -> str:
    row = card.row
    copies = "copies unknown" if card.erbb2_copy_number is None else f"{card.erbb2_copy_number:.1f} copies"
    found = card.findings or plain(row["label"])
    untested = [MECHANISMS.get(name, name) for name in mechanisms if card.tested(name) == "none"]
    tail = f"; not tested: {', '.join(untested)}" if untested else ""
    return (
        f"{card.patient}: RAS {plain(row['ras_status'])}, BRAF {plain(row['braf_status'])}, "
        f"HER2 {plain(row['her2_call'])}, {copies}; {found}{tail}."
    )


def swimmer(cards: Sequence[PatientCard]) -> Drawing | None:
    """One bar a patient: time to progression dark, survival light; None where no time is known."""
    timed = [card for card in cards if card.row["os_days"] is not None or card.row["pfs_days"] is not None]
    if not timed:
        return None
    ordered = sorted(timed, key=lambda card: -_longest(card))
    longest = max(_longest(card) for card in ordered) or 1.0
    left, inner, bar = 270.0, 660.0, 24.0
    drawing = Drawing(
        "swimmer", left + inner + 60, 40 + bar * len(ordered) + 66, "Time to progression and survival of each patient",
        " ".join(
            f"{card.patient}: progression-free {days_words(card.row['pfs_days'], card.row['pfs_event'])} days, "
            f"survival {days_words(card.row['os_days'], card.row['os_event'])} days, "
            f"best response {card.row['best_response'] or 'unknown'}."
            for card in ordered
        ),
    )  # fmt: skip
    step = nice_step(longest, 9)
    bottom = 30 + bar * len(ordered)
    for index in range(int(longest / step) + 1):
        x = left + inner * index * step / longest
        drawing.line(x, 26, x, bottom, stroke="#e3e8ed")
        drawing.text(x, bottom + 15, f"{index * step:g}", anchor="middle", size=11, fill=SOFT)
    drawing.text(left + inner, bottom + 31, "days from start of treatment", anchor="end", size=11, fill=SOFT)
    for index, card in enumerate(ordered):
        with drawing.patient(card.patient):
            _lane(drawing, card, (left, 30 + bar * index, inner / longest))
    _swimmer_key(drawing, bottom + 52)
    return drawing


def _longest(card: PatientCard) -> float:
    return max(card.row["os_days"] or 0.0, card.row["pfs_days"] or 0.0)


def _lane(drawing: Drawing, card: PatientCard, place: tuple[float, float, float]) -> None:
    left, y, pixels = place
    row, colour = card.row, benefit_colour(card.clinical_benefit)
    words = LABELS.get(row["label"], row["label"])
    drawing.text(10, y + 15, _short(card.patient, 16), bold=True)
    drawing.text(112, y + 15, f"{row['best_response'] or '–'} · {words}", size=11, fill=SOFT)
    if row["os_days"] is not None:
        drawing.rect(left, y + 4, row["os_days"] * pixels, 14, fill="#dde3e9",
                     tip=f"survival {days_words(row['os_days'], row['os_event'])} days")  # fmt: skip
    if row["pfs_days"] is not None:
        end = left + row["pfs_days"] * pixels
        drawing.rect(left, y + 4, row["pfs_days"] * pixels, 14, fill=colour,
                     tip=f"progression-free {days_words(row['pfs_days'], row['pfs_event'])} days")  # fmt: skip
        if row["pfs_event"] == 1:
            drawing.diamond(end, y + 11, 6, fill="#1c2530")
    if row["os_days"] is not None:
        end = left + row["os_days"] * pixels
        if row["os_event"] == 1:
            drawing.text(end, y + 16, "✕", anchor="middle", size=14)
        elif row["os_event"] == 0:
            drawing.text(end + 3, y + 15, "→", size=15)


def _swimmer_key(drawing: Drawing, y: float) -> None:
    x = 10.0
    for fill, words in (
        (benefit_colour("no"), "to progression, without benefit"),
        (benefit_colour("yes"), "with benefit"),
        (benefit_colour(None), "benefit unknown"),
        ("#dde3e9", "survival"),
    ):
        drawing.rect(x, y - 10, 20, 12, fill=fill)
        drawing.text(x + 26, y, words, size=11)
        x += 44 + 6.1 * len(words)
    drawing.diamond(x + 6, y - 4, 6, fill="#1c2530")
    drawing.text(x + 18, y, "progression or death   ✕ death   → alive at last contact", size=11)


def copies_figure(cards: Sequence[PatientCard], copies: Sequence[Row]) -> Drawing | None:
    """ERBB2 copies with ranges, patients with and without benefit side by side; cuts named beforehand as lines."""
    groups = [
        (words, [card for card in members if card.erbb2_copy_number is not None])
        for words, members in by_outcome(cards)
    ]
    if not any(members for _, members in groups):
        return None
    drawn = [card for _, members in groups for card in members]
    scale = max(_copies_top(card) for card in drawn) or 1.0
    crowded = len(drawn) > MOST_NAMED_FLAT
    left, top, tall = 60.0, 30.0, 260.0
    inner = max(560.0, min(1000.0, 30.0 * len(drawn)))
    drawing = Drawing(
        "copies", left + inner + 20, top + tall + (96 if crowded else 56), "Copies of ERBB2 against clinical benefit",
        " ".join(f"{card.patient} {card.erbb2_copy_number:.1f} copies, benefit {card.clinical_benefit or 'unknown'}."
                 for card in drawn),
    )  # fmt: skip
    step = nice_step(scale, 6)
    for index in range(int(scale / step) + 1):
        y = top + tall - tall * index * step / scale
        drawing.line(left, y, left + inner, y, stroke="#e3e8ed")
        drawing.text(left - 6, y + 4, f"{index * step:g}", anchor="end", size=11, fill=SOFT)
    drawing.text(14, top + tall / 2, "ERBB2 copies", anchor="middle", size=11, fill=SOFT, turn=-90)
    for cut in sorted(_cuts(copies)):
        if cut < scale:
            y = top + tall - tall * cut / scale
            drawing.line(left, y, left + inner, y, stroke="#8a5a00", dash="6 4")
            drawing.text(left + inner, y - 4, f"cut {cut:g}", anchor="end", size=10.5, fill="#8a5a00")
    shares = [max(len(members), 4) for _, members in groups]
    start, room = left, 0.0
    for share, (words, members) in zip(shares, groups, strict=True):
        start, room = start + room, inner * share / sum(shares)
        title = f"{_brief(words)} ({len(members)})"
        drawing.text(
            start + room / 2, top + tall + (80 if crowded else 40), title, anchor="middle", bold=True
        )
        for place, card in enumerate(sorted(members, key=lambda card: card.erbb2_copy_number or 0.0)):
            with drawing.patient(card.patient):
                where = start + room * (place + 1) / (len(members) + 1)
                _copies_mark(drawing, card, where, (top + tall, tall / scale), upright=crowded)
    return drawing


def _cuts(copies: Sequence[Row]) -> set[float]:
    """Cuts on the copies that the table of statistics names."""
    return {row["cut"] for row in copies if row["measure"] == "ERBB2 copies" and row["cut"] is not None}


def _copies_mark(
    drawing: Drawing, card: PatientCard, x: float, axis: tuple[float, float], *, upright: bool
) -> None:
    bottom, pixels = axis
    doubtful = card.row["her2_call"] == CopyNumberCall.NOT_ASSESSABLE
    copies = card.erbb2_copy_number or 0.0
    y = bottom - copies * pixels
    found = erbb2_range(card)
    colour = DOUBTFUL_COPIES if doubtful else benefit_colour(card.clinical_benefit)
    if found:
        drawing.line(x, bottom - found[0] * pixels, x, bottom - found[1] * pixels, stroke=colour, width=2)
    tip = f"{card.patient}: {copies:.1f} copies{', call not assessable' if doubtful else ''}"
    if doubtful:
        drawing.ring(x, y, 5, stroke=colour, tip=tip)
    else:
        drawing.dot(x, y, 6, fill=colour, tip=tip)
    if upright:
        drawing.text(x + 4, bottom + 8, _short(card.patient, 10), anchor="end", size=9.5, fill=SOFT, turn=-90)
    else:
        drawing.text(x, bottom + 14, _short(card.patient, 9), anchor="middle", size=9.5, fill=SOFT)


def _brief(words: str) -> str:
    """A group's name in a word or two: `Benefit unknown or not evaluable` has no room in a figure."""
    return "Unknown" if words.startswith("Benefit unknown") else words


def _short(words: str, most: int) -> str:
    return words if len(words) <= most else words[: max(most - 1, 1)] + "…"
