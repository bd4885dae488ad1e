"""Small multiples of a platform trial: in each cohort's panel the share with benefit, and the explained with their control."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from refractor.report.figures.drawing import BENEFIT, INK, NO_BENEFIT, SOFT, Drawing
from refractor.report.figures.patient_groups import short
from refractor.report.figures.plot import SHARES, Plot, Scale, per_cent, share_scale
from refractor.results.platform_tables import PlatformCohort
from refractor.statistics.proportions import clopper_pearson

PER_ROW, PANEL_WIDTH, PANEL_HEIGHT = 3, 330.0, 148.0
LEFT, INNER, TOP, LANE = 112.0, 190.0, 44.0, 24.0


@dataclass(frozen=True, slots=True)
class Share:
    """One lane of a panel: its words, a count of a total with its bounds (0-1), and its colour."""

    words: str
    count: int
    total: int
    low: float
    high: float
    colour: str


def platform_multiples(cohorts: Sequence[PlatformCohort]) -> Drawing | None:
    """A panel a cohort, three lanes each with a point and its exact 95 % interval; None without cohorts."""
    if not cohorts:
        return None
    rows = -(-len(cohorts) // PER_ROW)
    drawing = Drawing(
        "multiples", PANEL_WIDTH * min(PER_ROW, len(cohorts)), PANEL_HEIGHT * rows, "Every cohort of the trial",
        " ".join(_words(one) for one in cohorts),
    )  # fmt: skip
    for place, one in enumerate(cohorts):
        _panel(drawing, one, PANEL_WIDTH * (place % PER_ROW), PANEL_HEIGHT * (place // PER_ROW))
    return drawing


def lanes(row: PlatformCohort) -> Iterator[Share]:
    """The lanes of a cohort that have a total; the exact intervals are Clopper and Pearson's."""
    counted = (
        ("benefit", row.with_benefit, row.benefit_known, INK),
        ("explained", row.explained_without_benefit, row.assessable_without_benefit, NO_BENEFIT),
        ("control", row.explained_with_benefit, row.assessable_with_benefit, BENEFIT),
    )
    for words, count, total, colour in counted:
        if count is not None and total:
            exact = clopper_pearson(count, total)
            if exact.low is not None and exact.high is not None:
                yield Share(words, count, total, exact.low, exact.high, colour)


def _panel(drawing: Drawing, row: PlatformCohort, left: float, top: float) -> None:
    drawing.text(left + 8, top + 16, short(row.cohort, 26), bold=True)
    entered = f"{row.patients} entered, {row.sequenced} with a genome"
    drawing.text(
        left + 8, top + 31, short(f"{entered}; {row.stage or 'no design'}", 52), size=10.5, fill=SOFT
    )
    bottom = top + TOP + 3 * LANE
    plot = Plot(drawing, share_scale(left + LEFT, left + LEFT + INNER), Scale(0, 1, bottom, top + TOP - 4))
    plot.x_axis(SHARES, "", words=per_cent)
    shown = {share.words: share for share in lanes(row)}
    for place, words in enumerate(("benefit", "explained", "control")):
        _lane(plot, words, shown.get(words), left, top + TOP + LANE * place + LANE / 2)


def _lane(plot: Plot, words: str, share: Share | None, left: float, y: float) -> None:
    drawing, x = plot.drawing, plot.x
    told = f"{words} –" if share is None else f"{words} {share.count}/{share.total}"
    drawing.text(left + LEFT - 10, y + 4, told, anchor="end", size=11.5)
    if share is None:
        return
    drawing.line(x(share.low), y, x(share.high), y, stroke=share.colour, width=2.5)
    place = x(share.count / share.total)
    if words == "control":  # a second shape, so that colour is never the only difference
        drawing.diamond(place, y, 6, fill=share.colour)
    else:
        drawing.dot(place, y, 5, fill=share.colour)


def _words(row: PlatformCohort) -> str:
    told = ", ".join(f"{share.words} {share.count} of {share.total}" for share in lanes(row))
    return f"{row.cohort}: {row.patients} patients, {row.sequenced} with a genome, {told or 'nothing known yet'}."
