"""New, lost and kept alterations as a figure: what could not have been seen is told apart from what was absent."""

from __future__ import annotations

from report_patients import COHORT, made_patient, page_of, results

from refractor.report.figures.changes_over_time import MOST_ROWS, changes_figure
from refractor.report.figures.page_figures import Shown, draw_figures
from refractor.report.patient_results import Row, rows_of
from refractor.results.biopsy_tables import ACQUIRED

SHARED: dict[str, object] = {
    "patient": "A", "before": "A_T", "after": "A_PD", "timepoint": "progression", "rule_id": "MAPK-1", "tier": "R1",
}  # fmt: skip
ROWS = (
    SHARED | {"gene": "KRAS", "alteration": "G12D", "change": "acquired", "found_in": "later", "vaf_after": 0.2},
    SHARED | {"gene": "MET", "alteration": "amplification", "change": "lost", "found_in": "before", "copies_before": 22.0},
    SHARED | {"gene": "BRAF", "alteration": "V600E", "change": "not_comparable", "found_in": "later", "vaf_after": 0.02},
    SHARED | {"gene": "PIK3CA", "alteration": "H1047R", "change": "kept", "found_in": "both", "vaf_before": 0.3, "vaf_after": 0.31},
)  # fmt: skip


def rows(*given: dict[str, object]) -> tuple[Row, ...]:
    return rows_of(ACQUIRED.from_rows([dict(row) for row in given]))


def test_each_change_has_its_words_and_its_sign() -> None:
    drawing = changes_figure(rows(*ROWS))
    assert drawing is not None
    drawn = str(drawing.markup(synthetic=False))
    for words in (
        "A: A_T → A_PD (progression)",
        "new: it would have been seen before, 20.0% of reads",
        "lost: it would have been seen later, 22 copies",
        "not seen before: could not have been seen, 2.0% of reads",
        "kept, 30.0% of reads → 31.0% of reads",
        "looked for and absent, KRAS G12D (R1), A_T",
        "could not have been seen, BRAF V600E (R1), A_T",
    ):
        assert words in drawn, words
    assert drawn.count('data-patient="A"') == 4
    # new before lost before what cannot be compared before kept
    places = [
        drawn.index(f">{name} (R1)<")
        for name in ("KRAS G12D", "MET amplification", "BRAF V600E", "PIK3CA H1047R")
    ]
    assert places == sorted(places)


def test_lost_where_the_later_sample_could_not_show_it() -> None:
    row = SHARED | {"gene": "ALK", "alteration": "fusion", "change": "not_comparable", "found_in": "before"}
    drawing = changes_figure(rows(row))
    assert drawing is not None
    assert "not seen later: could not have been seen" in str(drawing.markup(synthetic=False))


def test_nobody_and_very_many() -> None:
    assert changes_figure(()) is None
    many = changes_figure(
        rows(*(ROWS[0] | {"alteration": f"G{place}D"} for place in range(1, MOST_ROWS + 11)))
    )
    assert many is not None
    assert "10 of 70 are in the table only" in many.description


def test_the_page_shows_it_where_there_is_a_later_sample() -> None:
    cards = [made_patient("A")]
    assert draw_figures(Shown(cards, results(), COHORT))["acquired"].drawing is None
    page = page_of(cards, results(acquired=ROWS))
    assert page.index("acquired-title") > page.index('id="outcomes"')
