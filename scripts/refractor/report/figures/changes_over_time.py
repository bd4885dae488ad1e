"""What was new, lost or kept between the sample before treatment and later ones, and what could not have been seen."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from refractor.report.figures.drawing import GRID, INK, SOFT, Drawing
from refractor.report.figures.plot import Entry, legend
from refractor.report.patient_results import Row
from refractor.report.plain_words import plain
from refractor.results.biopsy_tables import Change, FoundIn

LEFT, BEFORE, AFTER, WORDS, TOP, LANE, HEAD = 250.0, 300.0, 460.0, 510.0, 26.0, 22.0, 26.0
MOST_ROWS = 60
"""Alterations that are drawn; the table has all of them."""
NEW, GONE, SAME = "#b2182b", "#2166ac", INK
_ORDER = (Change.ACQUIRED, Change.LOST, Change.NOT_COMPARABLE, Change.KEPT)
_WORDS = {
    Change.ACQUIRED: "new: it would have been seen before",
    Change.LOST: "lost: it would have been seen later",
    Change.KEPT: "kept",
}


def changes_figure(acquired: Sequence[Row]) -> Drawing | None:
    """Each alteration in both samples, patient by patient: found, looked for and absent, or not to be seen; None without."""
    rows = sorted(acquired, key=lambda row: (row["patient"], row["after"], _ORDER.index(row["change"])))
    shown = rows[:MOST_ROWS]
    if not shown:
        return None
    groups = [
        (key, list(each)) for key, each in groupby(shown, key=lambda row: (row["before"], row["after"]))
    ]
    bottom = TOP + HEAD * len(groups) + LANE * len(shown)
    counts = [(change, sum(row["change"] == change for row in rows)) for change in _ORDER]
    drawing = Drawing(
        "acquired", 960, bottom + 44, "Alterations before treatment and later",
        " ".join(f"{plain(change)}: {number}." for change, number in counts)
        + (f" {len(rows) - len(shown)} of {len(rows)} are in the table only." if len(rows) > len(shown) else ""),
    )  # fmt: skip
    drawing.text(BEFORE, 14, "before", anchor="middle", size=11, fill=SOFT)
    drawing.text(AFTER, 14, "later", anchor="middle", size=11, fill=SOFT)
    y = TOP
    for (before, after), each in groups:
        words = f"{each[0]['patient']}: {before} → {after} ({plain(each[0]['timepoint'])})"
        drawing.text(10, y + 14, words, size=12, bold=True)
        y += HEAD
        for row in each:
            with drawing.patient(row["patient"]):
                _lane(drawing, row, y + LANE / 2)
            y += LANE
    _legend(drawing, bottom + 30)
    return drawing


def _lane(drawing: Drawing, row: Row, y: float) -> None:
    change = row["change"]
    colour = {Change.ACQUIRED: NEW, Change.LOST: GONE}.get(change, SAME)
    name = f"{row['gene']} {row['alteration']}" + (f" ({row['tier']})" if row["tier"] else "")
    drawing.text(LEFT, y + 4, name, anchor="end", size=11)
    drawing.line(BEFORE, y, AFTER, y, stroke=GRID, width=2)
    here = {"before": row["found_in"] != FoundIn.LATER, "after": row["found_in"] != FoundIn.BEFORE}
    for side, x in (("before", BEFORE), ("after", AFTER)):
        tip = f"{name}, {row[side]}: {_amount(row, side)}"
        if here[side]:
            drawing.dot(x, y, 7, fill=colour, tip=f"found, {tip}")
        elif change == Change.NOT_COMPARABLE:
            drawing.hatch(x - 8, y - 8, 16, 16, tip=f"could not have been seen, {tip}")
        else:
            drawing.ring(x, y, 6, stroke=colour, tip=f"looked for and absent, {tip}")
    drawing.text(WORDS, y + 4, _words(row), size=11, fill=colour if change in _WORDS else SOFT)


def _words(row: Row) -> str:
    amounts = " → ".join(amount for side in ("before", "after") if (amount := _amount(row, side)))
    verdict = _WORDS.get(row["change"], "")
    if not verdict:
        seen = "before" if row["found_in"] == FoundIn.LATER else "later"
        verdict = f"not seen {seen}: could not have been seen"
    return verdict + (f", {amounts}" if amounts else "")


def _amount(row: Row, side: str) -> str:
    vaf, copies = row[f"vaf_{side}"], row[f"copies_{side}"]
    if vaf is not None:
        return f"{vaf:.1%} of reads"
    return "" if copies is None else f"{copies:.3g} copies"


def _legend(drawing: Drawing, y: float) -> None:
    legend(
        drawing, 10, y,
        (
            Entry("found", lambda d, x, at: d.dot(x + 12, at - 4, 6, fill=SAME)),
            Entry("looked for and absent", lambda d, x, at: d.ring(x + 12, at - 4, 5, stroke=SAME)),
            Entry("could not have been seen", lambda d, x, at: d.hatch(x + 5, at - 11, 14, 14)),
        ),
    )  # fmt: skip
