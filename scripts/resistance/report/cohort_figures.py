"""Figures of the cohort's statistics: survival, the explanation against its control, two stages, associations."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from resistance.outcomes.two_stage_rows import ENROLLED, FIRST_STAGE, FIRST_STAGE_STOP, NEEDED, PLANNED
from resistance.report.patient_card import PatientCard, Row
from resistance.report.svg import BENEFIT, INK, NO_BENEFIT, SOFT, Drawing, nice_step
from resistance.report.words import MECHANISMS, figure_words, odds_words, plain

GRID = "#e3e8ed"
ODDS_LIMITS = (0.01, 100.0)
"""Odds ratios beyond are drawn as arrows at the edge."""


def survival_figure(survival: Sequence[Row], endpoint: str) -> Drawing | None:
    """The Kaplan-Meier curve of all patients with its 95 % band and the numbers at risk; None without rows."""
    rows = [row for row in survival if row["endpoint"] == endpoint and row["group"] == "all"]
    if not rows:
        return None
    left, top, inner, tall = 62.0, 30.0, 470.0, 220.0
    last = max(row["time"] for row in rows) or 1.0
    step = nice_step(last, 8)
    ticks = [step * index for index in range(int(last / step) + 1)]
    at_risk = [_at_risk(rows, tick) for tick in ticks]
    risk_words = ", ".join(f"{n} on day {tick:g}" for tick, n in zip(ticks, at_risk, strict=True))
    drawing = Drawing(
        f"survival-{endpoint}", left + inner + 30, top + tall + 84, plain(endpoint).capitalize(),
        f"Kaplan-Meier curve of {rows[0]['at_risk']} patients; at risk: {risk_words}. The steps stand in the table below.",
    )  # fmt: skip

    def x(time: float) -> float:
        return left + inner * time / last

    def y(share: float) -> float:
        return top + tall * (1 - share)

    for share in (0, 0.25, 0.5, 0.75, 1):
        drawing.line(left, y(share), left + inner, y(share), stroke=GRID)
        drawing.text(left - 8, y(share) + 4, f"{share:.0%}", anchor="end", size=11, fill=SOFT)
    band = [row for row in rows if row["low"] is not None and row["high"] is not None]
    upper, lower = (_steps([(row["time"], row[side]) for row in band]) for side in ("high", "low"))
    if len(band) > 1:
        outline = [(x(t), y(s)) for t, s in (*upper, *reversed(lower))]
        drawing.path(outline, fill=BENEFIT, opacity=0.14)
    drawing.path(
        [(x(t), y(s)) for t, s in _steps([(row["time"], row["survival"]) for row in rows])], stroke=BENEFIT
    )
    for row in rows:
        if row["censored"]:
            drawing.line(x(row["time"]), y(row["survival"]) - 6, x(row["time"]), y(row["survival"]) + 6)
    for tick, number in zip(ticks, at_risk, strict=True):
        drawing.text(x(tick), top + tall + 17, f"{tick:g}", anchor="middle", size=11, fill=SOFT)
        drawing.text(x(tick), top + tall + 64, str(number), anchor="middle", size=11)
    drawing.text(left + inner / 2, top + tall + 33, "days from start of treatment; | censored", anchor="middle", size=11, fill=SOFT)  # fmt: skip
    drawing.text(left - 56, top + tall + 48, "patients at risk", size=11, fill=SOFT)
    drawing.text(left, 16, plain(endpoint).capitalize(), bold=True)
    return drawing


def _steps(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The corners of a falling staircase through (time, value)."""
    corners: list[tuple[float, float]] = []
    for time, value in points:
        if corners:
            corners.append((time, corners[-1][1]))
        corners.append((time, value))
    return corners


def _at_risk(rows: Sequence[Row], time: float) -> int:
    """Patients still followed just before `time`: those of the first step at or after it, none after the last."""
    return next((int(row["at_risk"]) for row in rows if row["time"] >= time), 0)


def explanation_figure(explanation: Sequence[Row]) -> Drawing | None:
    """Share explained with its exact interval, both groups, at each cut of the tiers; grey: expected by chance."""
    rows = [row for row in explanation if row["proportion"] is not None]
    if not rows:
        return None
    left, right, lane = 330.0, 60.0, 30.0
    inner = 500.0
    drawing = Drawing(
        "explanation", left + inner + right, 34 + lane * len(rows) + 62, "Explained without benefit, and its control",
        " ".join(
            f"{row['tiers']}, {plain(row['group'])}: {row['explained']} of {row['assessable']}, {row['proportion']:.0%} "
            f"({row['low']:.0%} to {row['high']:.0%})."
            for row in rows
        ),
    )  # fmt: skip
    bottom = 30 + lane * len(rows)
    for share in (0, 0.25, 0.5, 0.75, 1):
        x = left + inner * share
        drawing.line(x, 26, x, bottom, stroke=GRID)
        drawing.text(x, bottom + 15, f"{share:.0%}", anchor="middle", size=11, fill=SOFT)
    for index, row in enumerate(rows):
        y = 30 + lane * index + lane / 2
        colour = NO_BENEFIT if row["group"] == "no_benefit" else BENEFIT
        words = f"{row['tiers']}, {plain(row['group'])}: {row['explained']} of {row['assessable']}"
        drawing.text(left - 14, y + 4, words, anchor="end")
        if row["expected_low"] is not None and row["assessable"]:
            low, high = (row[side] / row["assessable"] for side in ("expected_low", "expected_high"))
            drawing.rect(left + inner * low, y - 9, inner * (high - low), 18, fill="#e1e5ea")
        drawing.line(left + inner * row["low"], y, left + inner * row["high"], y, stroke=colour, width=2.5)
        where = left + inner * row["proportion"]
        if row["group"] == "no_benefit":
            drawing.dot(where, y, 6, fill=colour)
        else:
            drawing.diamond(where, y, 7, fill=colour)
    drawing.rect(10, bottom + 32, 20, 12, fill="#e1e5ea")
    drawing.text(36, bottom + 42, "expected if mechanisms had nothing to do with benefit (labels permuted, 95 %)", size=11)  # fmt: skip
    drawing.dot(492, bottom + 38, 6, fill=NO_BENEFIT)
    drawing.text(504, bottom + 42, "without benefit", size=11)
    drawing.diamond(612, bottom + 38, 7, fill=BENEFIT)
    drawing.text(624, bottom + 42, "with benefit: the control", size=11)
    return drawing


def two_stage_figure(cards: Sequence[PatientCard], two_stage: Sequence[Row]) -> Drawing | None:
    """Benefits counted in order of entry against the design's two looks; None where the table states no design."""
    design = _design(two_stage)
    entered = [card for card in cards if card.row["evaluable"] == "yes" and card.row["treatment_start"]]
    if design is None or not entered or len(entered) < _stated(two_stage, ENROLLED):
        return None
    first, stop, success, planned = design
    ordered = sorted(entered, key=lambda card: (card.row["treatment_start"], card.patient))[:planned]
    left, top, inner, tall = 60.0, 34.0, 640.0, 200.0
    highest = max(success + 1, sum(card.clinical_benefit == "yes" for card in ordered) + 1)

    def x(patients: float) -> float:
        return left + inner * patients / planned

    def y(benefits: float) -> float:
        return top + tall * (1 - benefits / highest)

    counted = [sum(card.clinical_benefit == "yes" for card in ordered[: n + 1]) for n in range(len(ordered))]
    drawing = Drawing(
        "two-stage", left + inner + 150, top + tall + 50, "Where the two-stage trial stands",
        f"{counted[-1]} with benefit among {len(ordered)} evaluable patients of {planned} planned. Stop after {first} "
        f"with at most {stop}; success with {success}.",
    )  # fmt: skip
    for benefits in range(0, highest + 1, int(max(1, nice_step(highest, 6)))):
        drawing.line(left, y(benefits), left + inner, y(benefits), stroke=GRID)
        drawing.text(left - 8, y(benefits) + 4, str(benefits), anchor="end", size=11, fill=SOFT)
    drawing.rect(x(first) - 4, y(stop), 8, y(0) - y(stop) + 3, fill="#8f2a20")
    drawing.text(x(first) + 8, y(stop) - 6, f"stop here with ≤ {stop} of {first}", size=11, fill="#8f2a20")
    drawing.line(left, y(success), x(planned), y(success), stroke="#1f6b48", dash="6 4", width=1.5)
    drawing.text(x(planned) + 6, y(success) + 4, f"success: {success} of {planned}", size=11, fill="#1f6b48")
    points = [(x(0), y(0))]
    for n, total in enumerate(counted, start=1):
        points += [(x(n), points[-1][1]), (x(n), y(total))]
    drawing.path(points, stroke=INK, width=2)
    for n, (card, total) in enumerate(zip(ordered, counted, strict=True), start=1):
        if card.clinical_benefit == "yes":
            drawing.dot(x(n), y(total), 5, fill=BENEFIT, tip=card.patient)
    for n in range(0, planned + 1, int(max(1, nice_step(planned, 8)))):
        drawing.text(x(n), top + tall + 17, str(n), anchor="middle", size=11, fill=SOFT)
    drawing.text(left, top + tall + 38, "evaluable patients in order of entry; line: patients with benefit so far", size=11, fill=SOFT)  # fmt: skip
    return drawing


def _design(two_stage: Sequence[Row]) -> tuple[int, int, int, int] | None:
    """(patients of the first stage, benefits at most for a stop, benefits for success, planned patients)."""
    named = (FIRST_STAGE, FIRST_STAGE_STOP, NEEDED, PLANNED)
    found = {row["quantity"]: row["value"] for row in two_stage}
    if any(found.get(name) is None for name in named):
        return None
    first, stop, success, planned = (int(found[name]) for name in named)
    return first, stop, success, planned


def _stated(two_stage: Sequence[Row], quantity: str) -> float:
    return float(next((row["value"] for row in two_stage if row["quantity"] == quantity), 0) or 0)


def association_figure(associations: Sequence[Row]) -> Drawing | None:
    """Odds ratio of being without benefit for each mechanism, with the smallest p that its margins allow."""
    rows = [row for row in associations if row["odds_ratio"] is not None]
    if not rows:
        return None
    left, inner, lane = 270.0, 320.0, 27.0
    bottom = 44 + lane * len(rows)
    drawing = Drawing(
        "associations", left + inner + 400, bottom + 52, "Each mechanism against benefit",
        " ".join(
            f"{_name(row)}: carriers {row['carriers_without_benefit']} of {row['without_benefit']} without and "
            f"{row['carriers_with_benefit']} of {row['with_benefit']} with benefit; odds ratio "
            f"{odds_words(row['odds_ratio'], row['odds_ratio_low'], row['odds_ratio_high'])}."
            for row in rows
        ),
    )  # fmt: skip
    low, high = (math.log10(limit) for limit in ODDS_LIMITS)

    def x(odds: float) -> float:
        held = math.log10(min(max(odds, ODDS_LIMITS[0]), ODDS_LIMITS[1]))
        return left + inner * (held - low) / (high - low)

    for odds in (0.01, 0.1, 1, 10, 100):
        drawing.line(x(odds), 38, x(odds), bottom, stroke=INK if odds == 1 else GRID)
        drawing.text(x(odds), bottom + 15, f"{odds:g}", anchor="middle", size=11, fill=SOFT)
    drawing.text(left + inner / 2, bottom + 33, "← more often with benefit · odds ratio · without benefit →", anchor="middle", size=11, fill=SOFT)  # fmt: skip
    for words, column in (
        ("odds ratio", 12),
        ("carriers: without · with", 96),
        ("Fisher p", 250),
        ("smallest p", 308),
    ):
        drawing.text(left + inner + column, 32, words, size=11, fill=SOFT)
    for index, row in enumerate(rows):
        _association_lane(drawing, row, 44 + lane * index + lane / 2, (left, inner, x))
    return drawing


def _association_lane(
    drawing: Drawing, row: Row, y: float, axis: tuple[float, float, Callable[[float], float]]
) -> None:
    left, inner, place = axis
    colour = INK if row["tested"] == "yes" else "#626b76"
    drawing.text(left - 18, y + 4, _name(row), anchor="end", fill=colour)
    low, high = row["odds_ratio_low"], row["odds_ratio_high"]
    odds = row["odds_ratio"]
    right = left + inner
    if low is not None and high is not None:
        drawing.line(place(low), y, place(high), y, stroke=colour, width=2)
        if high > ODDS_LIMITS[1]:
            drawing.path([(right, y - 6), (right + 11, y), (right, y + 6)], fill=colour)
        if low < ODDS_LIMITS[0]:
            drawing.path([(left, y - 6), (left - 11, y), (left, y + 6)], fill=colour)
    if ODDS_LIMITS[0] <= odds <= ODDS_LIMITS[1]:
        drawing.rect(place(odds) - 5, y - 5, 10, 10, fill=colour)
    drawing.text(right + 22, y + 4, odds_words(odds, low, high), size=11.5, fill=colour)
    counts = (
        f"{row['carriers_without_benefit']} of {row['without_benefit']} · "
        f"{row['carriers_with_benefit']} of {row['with_benefit']}"
    )
    drawing.text(left + inner + 96, y + 4, counts, size=11.5, fill=colour)
    drawing.text(left + inner + 250, y + 4, figure_words(row["p_fisher"], 2), size=11.5, fill=colour)
    tail = "" if row["tested"] == "yes" else ": not tested"
    drawing.text(
        left + inner + 308, y + 4, figure_words(row["p_attainable"], 2) + tail, size=11.5, fill=colour
    )


def _name(row: Row) -> str:
    name = str(row["mechanism"])
    return f"gene {name}" if row["level"] == "gene" else MECHANISMS.get(name, name)
