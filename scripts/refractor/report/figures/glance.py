"""The cohort at a glance: one tile a patient, by outcome and label, and the share with a candidate beside it."""

from __future__ import annotations

from collections.abc import Sequence

from refractor.report.cohort_results import CohortResults
from refractor.report.figures.drawing import INK, SOFT, Drawing, benefit_colour
from refractor.report.figures.patient_groups import brief, by_outcome
from refractor.report.figures.plot import (
    SHARES,
    Entry,
    Plot,
    Scale,
    hatched,
    legend,
    per_cent,
    share_scale,
    swatch,
)
from refractor.report.patient_results import PatientResults
from refractor.report.plain_words import label_words
from refractor.vocabulary import Eligibility, Label

LEFT, TILES, LANE, TOP = 150.0, 640.0, 58.0, 6.0
SHARE_LEFT, SHARE_WIDTH = 880.0, 240.0
WIDEST = 46.0
LEAST_NAMED, LEAST_LETTERED = 42.0, 16.0
"""Widths of a tile from which the patient's name, and its letters, are written."""
LOOKS: dict[str, tuple[str | None, str]] = {
    Label.CANDIDATE_R1: ("#7d1f18", "R1"),
    Label.CANDIDATE_R2_R3: ("#b0503f", "R2–3"),
    Label.HYPOTHESIS_R4: ("#6d4399", "R4"),
    Label.NO_CANDIDATE: ("#dcebdf", "none"),
    Label.UNRESOLVED: (None, "open"),
    Label.NOT_ASSESSABLE: (None, ""),
}
"""Fill of a tile, none for a hatched one, and its letters."""
ORDER = list(LOOKS)


def glance_figure(cards: Sequence[PatientResults], results: CohortResults) -> Drawing | None:
    """Patients as tiles, without benefit first; ✗ where an entry criterion is contradicted. None without patients."""
    groups = by_outcome(cards)
    if not groups:
        return None
    bottom = TOP + LANE * len(groups)
    drawing = Drawing(
        "glance", SHARE_LEFT + SHARE_WIDTH + 30, bottom + 66, "The cohort at a glance",
        " ".join(f"{words}: {_counted(members)}." for words, members in groups),
    )  # fmt: skip
    tile = min(WIDEST, TILES / max(len(members) for _, members in groups))
    shares = Plot(drawing, share_scale(SHARE_LEFT, SHARE_LEFT + SHARE_WIDTH), Scale(0, 1, bottom - 6, TOP))
    shares.x_axis(SHARES, "with a candidate (R1 to R3), exact 95 % interval", words=per_cent)
    for index, (words, members) in enumerate(groups):
        y = TOP + LANE * index
        drawing.rect(4, y + 4, 5, 40, fill=benefit_colour(members[0].clinical_benefit))
        drawing.text(16, y + 21, brief(words), bold=True)
        drawing.text(16, y + 38, f"{len(members)} patients", size=11, fill=SOFT)
        ordered = sorted(members, key=lambda card: (ORDER.index(card.row["label"]), card.patient))
        for place, card in enumerate(ordered):
            with drawing.patient(card.patient):
                _tile(drawing, card, LEFT + tile * place, y + 4, tile)
        _share(shares, results, members[0].clinical_benefit, y + 24)
    entries = [
        Entry(label_words(label), hatched() if fill is None else swatch(fill))
        for label, (fill, _) in LOOKS.items()
        if any(card.row["label"] == label for card in cards)
    ]
    legend(drawing, 10, bottom + 54, [*entries, Entry("contradicts an entry criterion", _cross)])
    return drawing


def _counted(members: Sequence[PatientResults]) -> str:
    counts = {label: sum(card.row["label"] == label for card in members) for label in ORDER}
    return ", ".join(f"{count} {label_words(label)}" for label, count in counts.items() if count)


def _cross(drawing: Drawing, x: float, y: float) -> None:
    drawing.text(x + 10, y, "✗", anchor="middle", bold=True)


def _tile(drawing: Drawing, card: PatientResults, x: float, y: float, width: float) -> None:
    fill, letters = LOOKS[card.row["label"]]
    gap = 1.5 if width > 8 else 0.3
    tip = f"{card.patient}: {card.findings or label_words(card.row['label'])}"
    if fill is None:
        drawing.hatch(x + gap, y, width - 2 * gap, 40, tip=tip)
    else:
        drawing.rect(x + gap, y, width - 2 * gap, 40, fill=fill, tip=tip)
    ink = INK if fill in (None, "#dcebdf") else "#fff"
    contradicted = card.row["eligibility"] == Eligibility.DISCORDANT
    if width >= LEAST_LETTERED:
        words = "✗" if contradicted and width < WIDEST * 0.8 else letters + (" ✗" if contradicted else "")
        size = 11 if width >= LEAST_NAMED else 9
        drawing.text(
            x + width / 2,
            y + 19,
            words if width >= 24 or len(words) < 3 else "",
            anchor="middle",
            size=size,
            fill=ink,
            bold=True,
        )
    if width >= LEAST_NAMED:
        drawing.text(
            x + width / 2, y + 33, card.patient[-7:], anchor="middle", size=9.5, fill=ink, halo=fill is None
        )


def _share(plot: Plot, results: CohortResults, benefit: str | None, y: float) -> None:
    """The share with a candidate among the assessable, with its interval; nothing for patients of unknown outcome."""
    row = results.explained({"yes": "benefit", "no": "no_benefit"}.get(benefit or "", ""))
    if row is None or row["proportion"] is None:
        return
    colour = benefit_colour(benefit)
    plot.drawing.line(plot.x(row["low"]), y, plot.x(row["high"]), y, stroke=colour, width=3)
    plot.drawing.dot(plot.x(row["proportion"]), y, 6.5, fill=colour)
    words = f"{row['explained']} of {row['assessable']}"
    plot.drawing.text(SHARE_LEFT - 16, y + 5, words, anchor="end", size=14, bold=True)
