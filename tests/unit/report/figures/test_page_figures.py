"""A figure costs its module and an entry in the registry: the page shows it where the entry says."""

from __future__ import annotations

import pytest
from report_patients import COHORT, made_patient, page_of, results

from refractor.report.figures import page_figures
from refractor.report.figures.drawing import Drawing
from refractor.report.figures.page_figures import FIGURES, Figure, Shown, draw_figures


@pytest.mark.parametrize(
    ("section", "before"),
    [("sure", 'id="patients"'), ("patients", 'id="outcomes"'), ("outcomes", 'id="each"')],
)
def test_an_entry_is_enough(section: str, before: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Figure(
        "new", lambda shown: Drawing("new-one", 10, 10, "A new figure", f"{len(shown.cards)} patients"),
        "Says {target}.", "", "patients", section,
    )  # fmt: skip
    monkeypatch.setattr(page_figures, "FIGURES", (*FIGURES, made))
    page = page_of([made_patient("A")])
    assert page.count("new-one-title") == 2
    assert "Says HER2." in page and 'data-table="patients"' in page
    assert page.index(f'id="{section}"') < page.index("new-one-title") < page.index(before)


def test_every_figure_is_drawn_for_nobody_and_for_somebody() -> None:
    assert [name for name, one in draw_figures(Shown([], results(), COHORT)).items() if one.drawing] == []
    drawn = draw_figures(Shown([made_patient("A", os_days=9.0, os_event=1)], results(), COHORT))
    assert {name for name, one in drawn.items() if one.drawing} == {
        "glance",
        "oncoprint",
        "swimmer",
        "copies",
    }
    assert len({one.name for one in FIGURES}) == len(FIGURES)
