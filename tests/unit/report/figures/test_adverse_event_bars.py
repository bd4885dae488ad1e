"""Adverse events as bars in proportion."""

from __future__ import annotations

import re

from refractor.report.figures.adverse_event_bars import MOST_TERMS, adverse_figure
from refractor.report.patient_results import rows_of
from refractor.results.cohort_tables import ADVERSE_EVENTS


def test_adverse_events_are_bars_in_proportion() -> None:
    """Six of ten patients with any event; the bars of one term are one, two and one of its four patients long."""
    grades = {f"grade_{grade}": 0 for grade in range(1, 6)}
    rows = rows_of(
        ADVERSE_EVENTS.from_rows(
            [
                grades | {"term": "any", "patients": 10, "grade_1": 6, "any_grade": 6, "grade_3_or_more": 0},
                grades | {"term": "Rash", "patients": 10, "grade_1": 3, "any_grade": 3, "grade_3_or_more": 0},
                grades | {"term": "Diarrhea", "patients": 10, "grade_1": 1, "grade_2": 2, "grade_4": 1, "any_grade": 4,
                          "grade_3_or_more": 1},
            ]
        )
    )  # fmt: skip
    drawing = adverse_figure(rows)
    assert drawing is not None
    svg = drawing.markup(synthetic=True)
    tips = re.findall(r'width="([\d.]+)" height="18"[^>]*><title>(.*?)</title>', svg)
    widths = [float(width) for width, tip in tips if tip.startswith("Diarrhea")]
    assert len(widths) == 3
    assert [round(width / widths[0]) for width in widths] == [1, 2, 1]
    assert svg.index(">Diarrhea<") < svg.index(">Rash<")  # severe ones first
    assert "Diarrhea: 4 of 10 patients, 1 of grade 3 or more." in drawing.description
    assert adverse_figure(()) is None


def test_of_many_terms_the_figure_says_how_many_it_leaves_out() -> None:
    row = {f"grade_{grade}": 0 for grade in range(2, 6)} | {
        "patients": 9,
        "grade_1": 1,
        "any_grade": 1,
        "grade_3_or_more": 0,
    }
    rows = rows_of(ADVERSE_EVENTS.from_rows([row | {"term": f"Term {n:02d}"} for n in range(MOST_TERMS + 4)]))
    drawing = adverse_figure(rows)
    assert drawing is not None
    assert "4 terms more in the table" in drawing.markup(synthetic=False)
