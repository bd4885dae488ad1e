"""The five questions: who stands under each, and how sure the words are."""

from __future__ import annotations

import re

from refractor.report.cohort_results import CohortResults
from refractor.report.figures.adverse_event_bars import MOST_TERMS, adverse_figure
from refractor.report.pages.five_questions import discordances, five_questions
from refractor.report.patient_results import PatientResults, rows_of
from refractor.results.analysis_tables import ASSOCIATIONS, EXPLANATION
from refractor.results.cohort_tables import ADVERSE_EVENTS, PATIENTS
from refractor.results.evidence_tables import ELIGIBILITY


def _card(name: str, label: str, benefit: str | None, **cells: object) -> PatientResults:
    row = {
        "patient": name, "sample": f"{name}_T", "wgs": "available", "ras_status": "wild_type",
        "braf_status": "wild_type", "her2_call": "amplified", "eligibility": "confirmed", "label": label,
        "clinical_benefit": benefit,
    }  # fmt: skip
    return PatientResults(rows_of(PATIENTS.from_rows([row | cells]))[0])


CARDS = [
    _card("A", "candidate_r1", "no", mechanisms="MAPK"),
    _card("B", "no_candidate", "no"),
    _card("C", "not_assessable", "no"),
    _card("D", "candidate_r2_r3", "yes", mechanisms="PI3K", best_response="PR", pfs_days=200, pfs_event=0),
    _card("E", "no_candidate", "yes", best_response="SD", pfs_days=120, pfs_event=1),
    _card("F", "not_assessable", None),
]


def _results(tested: str) -> CohortResults:
    explained = {
        "group": "no_benefit", "tiers": "R1-R3", "explained": 1, "assessable": 2, "patients": 3, "proportion": 0.5,
        "low": 0.0126, "high": 0.9874, "lowest": 1 / 3, "highest": 2 / 3, "expected": 1.0, "expected_low": 0,
        "expected_high": 2, "p_permutation": 0.8,
    }  # fmt: skip
    overall = {
        "level": "any",
        "mechanism": "any R1-R3",
        "p_fisher": 1.0,
        "p_attainable": 0.33,
        "tested": tested,
    }
    return CohortResults(
        explanation=rows_of(EXPLANATION.from_rows([explained, explained | {"tiers": "R1"}])),
        associations=rows_of(ASSOCIATIONS.from_rows([overall])),
    )


def test_every_patient_stands_where_the_label_and_the_outcome_put_it() -> None:
    questions = five_questions(
        CARDS, _results("no"), benefit="2 of 5", without="1 of 2", with_benefit="1 of 2"
    )
    assert len(questions) == 5
    found = {
        answer.title: [(card.patient, answer.words(card)) for card in answer.cards]
        for question in questions
        for answer in question.answers
    }
    assert found["With benefit"] == [
        ("D", "PR, progression-free 200 days and longer"), ("E", "SD, progression-free 120 days"),
    ]  # fmt: skip
    explained = found["Without benefit, explained by a candidate"]
    assert explained == [("A", "candidate (RAS/RAF pathway active; R1)")]
    assert [name for name, _ in found["Without benefit, no candidate (R1 to R3)"]] == ["B"]
    assert [name for name, _ in found["Without benefit, genome cannot tell"]] == ["C"]
    assert [name for name, _ in found["With benefit, a candidate all the same"]] == ["D"]
    assert [name for name, _ in found["With benefit, no candidate (R1 to R3)"]] == ["E"]
    assert [name for name, _ in found["Benefit unknown or not evaluable, so in no share"]] == ["F"]


def test_how_sure_says_what_the_tables_say() -> None:
    said = " ".join(
        five_questions(CARDS, _results("no"), benefit="", without="", with_benefit="")[2].sentences
    )
    assert "1 of 2 is compatible with a true share from 1 % to 99 %" in said
    assert "1 of 3 patients without benefit could not be judged" in said
    assert "the share of all lies between 33 % and 67 %" in said
    assert "p 0.8)" in said
    assert "even the most extreme result would have given 0.33" in said
    tested = " ".join(
        five_questions(CARDS, _results("yes"), benefit="", without="", with_benefit="")[2].sentences
    )
    assert "most extreme" not in tested and "Fisher p 1" in tested


def test_nothing_to_compare_is_said() -> None:
    questions = five_questions([], CohortResults(), benefit="0 of 0", without="0 of 0", with_benefit="0 of 0")
    assert "nothing can be compared" in " ".join(questions[2].sentences)


def test_contradicted_criteria_are_named_one_by_one() -> None:
    rows = ELIGIBILITY.from_rows(
        [
            {"criterion": "RAS", "status": "discordant", "detail": "mutated", "reason": "mutated: KRAS G12D"},
            {"criterion": "HER2", "status": "not_assessable"},
        ]
    )
    card = PatientResults(CARDS[0].row, eligibility=rows_of(rows))
    assert [(one.criterion, one.finding) for one in discordances([card, CARDS[1]])] == [
        ("RAS", "mutated: KRAS G12D")
    ]


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
    tips = re.findall(r'width="([\d.]+)" height="18.0"[^>]*><title>(.*?)</title>', svg)
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
