"""Scores worked out by hand, and that every kind of miss is named."""

from __future__ import annotations

import pytest

from refractor.errors import InputError
from synthetic.scored_run import score_trial
from synthetic.scoring import Figure, Finding, Measured, Scorecard, Verdict, class_scores, rounded


def test_sensitivity_specificity_and_error_of_a_class_against_the_others():
    """Of 4 mutated 3 are found; of 6 others 1 is taken for mutated, 1 is left open: error (1 + 1) / 10."""
    found = ["mutated"] * 3 + ["wild_type"] + ["mutated"] + ["wild_type"] * 4 + ["not_assessable"]
    truth = ["mutated"] * 4 + ["wild_type"] * 6
    verdicts = [Verdict(f"P{n}", "ras", f, t) for n, (f, t) in enumerate(zip(found, truth, strict=True))]
    scores = {score.value: score for score in class_scores(verdicts, [])}
    assert set(scores) == {"mutated", "wild_type", "not_assessable"}
    mutated = scores["mutated"]
    assert (mutated.positives, mutated.found, mutated.negatives, mutated.wrongly) == (4, 3, 6, 1)
    assert mutated.sensitivity == pytest.approx(0.75)
    assert mutated.specificity == pytest.approx(5 / 6)
    assert mutated.error == pytest.approx(0.2)
    assert scores["wild_type"].sensitivity == pytest.approx(4 / 6)
    assert scores["not_assessable"].sensitivity is None


def test_a_finding_on_which_nothing_is_said_is_a_miss_only_where_it_is_there():
    there = Finding("P1", "variant", "KRAS G12D", said=None, there=True)
    absent = Finding("P1", "variant", "KRAS G12D", said=None, there=False)
    assert there.missed == "P1 variant: KRAS G12D not assessed, truth: it is there"
    assert absent.missed is None
    [score] = class_scores([], [there, absent, Finding("P2", "variant", "x", said=True, there=False)])
    assert (score.positives, score.found, score.negatives, score.wrongly, score.unsaid) == (1, 0, 1, 1, 1)
    assert score.specificity == 0


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(4.287, 1, "4.3"), (45.833, 0, "46"), (0.25, 1, "0.3"), (2.5, 0, "3"), (10.25, 1, "10.3")],
)
def test_halves_are_rounded_up_as_papers_do(value, decimals, text):
    assert rounded(value, decimals) == text


def test_every_kind_of_miss_is_named_and_nothing_else():
    card = Scorecard(
        (Verdict("P1", "label", "no_candidate", "candidate_r1"), Verdict("P2", "label", None, None)),
        (Finding("P1", "candidate", "KRAS G12D", said=False, there=True),),
        (Measured("P1", "purity", 0.5, 0.6, 0.05), Measured("P2", "purity", None, 0.6, 0.05)),
        (
            Figure("median, months", 4.349, 4.3, 1),
            Figure("median, months", 4.351, 4.3, 1),
            Figure("stage 1", 3, 1, 0, at_least=True),
            Figure("stage 1", 0, 1, 0, at_least=True),
        ),
    )
    assert card.truths == 9
    assert card.misses() == [
        "P1 label: no_candidate, truth candidate_r1",
        "P1 candidate: KRAS G12D not found, truth: it is there",
        "P1 purity: 0.5, truth 0.6 within 0.05",
        "P2 purity: empty, truth 0.6 within 0.05",
        "cohort median, months: 4.4, printed 4.3",
        "cohort stage 1: 0, printed at least 1",
    ]
    text = card.text()
    assert "median, months" in text
    assert text.count("MISSED") == 2


def test_a_scorecard_without_anything_prints_its_heads():
    text = Scorecard((), (), (), ()).text()
    assert text.count("\n") >= 4


def test_what_lacks_for_a_score_is_named(tmp_path):
    with pytest.raises(InputError) as raised:
        score_trial(tmp_path, results=tmp_path / "results")
    assert len(raised.value.problems) == 5
    assert "truth.tsv: is not there to score" in str(raised.value)
    assert "run the workflow on it first" in str(raised.value)
