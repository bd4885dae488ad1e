"""The first screen: the sentence, its split, each patient's reason, and how sure the words are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report_patients import COHORT, made_patient, results

from refractor.report.counted import Sentence, words_of
from refractor.report.pages.first_screen import (
    answer,
    how_sure,
    in_order_of_evidence,
    trial_facts,
    trial_flow,
)
from refractor.report.pages.reasons import discordances, reason
from refractor.report.patient_results import PatientResults, rows_of
from refractor.results.evidence_tables import ELIGIBILITY
from refractor.vocabulary import YesNo

SHARE = {"clonality": "any", "eligible": "any", "proportion": 0.4, "low": 0.0527, "high": 0.8534, "lowest": 1 / 3, "highest": 1 / 2, "expected": 1.5, "expected_low": 0,
         "expected_high": 3, "p_permutation": 0.8}  # fmt: skip
EXPLAINED = [
    {
        "group": "no_benefit",
        "tiers": "R1-R3",
        "clonality": "any",
        "eligible": "any",
        "explained": 2,
        "assessable": 5,
        "patients": 6,
    }
    | SHARE,
    {
        "group": "no_benefit",
        "tiers": "R1",
        "clonality": "any",
        "eligible": "any",
        "explained": 1,
        "assessable": 5,
        "patients": 6,
    }
    | SHARE,
    {
        "group": "benefit",
        "tiers": "R1-R3",
        "clonality": "any",
        "eligible": "any",
        "explained": 1,
        "assessable": 2,
        "patients": 2,
    }
    | SHARE,
]
CARDS = [
    made_patient("B"),
    made_patient(
        "A", label="candidate_r1", mechanisms="MAPK", ras_status="mutated", eligibility="discordant"
    ),
    made_patient("C", label="not_assessable", wgs="missing", sample=None, eligibility="not_assessable"),
    made_patient("D", label="candidate_r2_r3", mechanisms="PI3K"),
    made_patient("E", label="candidate_r2_r3", mechanisms="PI3K", clinical_benefit="yes", best_response="PR"),
    made_patient("F", label="unresolved", ras_status="not_assessable", eligibility="not_assessable"),
    made_patient("G", label="hypothesis_r4", mechanisms="PI3K", clinical_benefit=None),
]


def test_the_sentence_counts_the_claim_its_split_and_the_control() -> None:
    """Of the two with a candidate without benefit one is eligible on the genome and one is not."""
    found = results(explanation=EXPLAINED)
    without, with_benefit = answer(CARDS, found, YesNo.NO), answer(CARDS, found, YesNo.YES)
    assert without is not None and with_benefit is not None
    assert (without.found.words, without.assessable.words, without.found.patients) == ("2", "5", ("A", "D"))
    assert without.interval == "40 %, 95 % CI 5 % to 85 %"
    assert (without.eligible.patients, without.not_eligible.patients, without.unjudged.patients) == (
        ("D",), ("A",), (),
    )  # fmt: skip
    assert (with_benefit.found.words, with_benefit.assessable.words, with_benefit.found.patients) == (
        "1",
        "2",
        ("E",),
    )
    assert answer(CARDS, results(), YesNo.NO) is None


def test_the_trial_is_named() -> None:
    provenance = {"date": "2026-11-28", "settings": {"data_cutoff": "2026-10-01"}}
    facts = {name: words_of(value) for name, value in trial_facts(CARDS, COHORT, provenance)}
    assert facts == {
        "Drugs": "trastuzumab + pertuzumab", "Disease": "HER2-positive colorectal cancer", "Data cut": "2026-10-01",
        "Run": "2026-11-28", "Patients": "7, 6 with a genome", "Target": "HER2, found in 0 of 0 that could show it",
    }  # fmt: skip
    assert dict(trial_facts([], COHORT, {}))["Data cut"] == ("not stated",)


@pytest.mark.parametrize(
    ("card", "words"),
    [
        (CARDS[1], "candidate: RAS/RAF pathway active (R1)"),
        (CARDS[3], "candidate: PI3K pathway active (R2 or R3)"),
        (CARDS[0], "nothing found against the drug"),
        (CARDS[2], "no genome: not sequenced, or not in the sheet of samples"),
        (CARDS[5], "nothing found against the drug; RAS could not be judged"),
        (CARDS[6], "hypothesis only (R4): PI3K pathway active"),
        (replace(CARDS[2], row={**CARDS[2].row, "wgs": "available"}, sentence="Nothing answered."), "Nothing answered."),
        (replace(CARDS[2], row={**CARDS[2].row, "wgs": "failed"},
                 failures=({"analysis": "tumor_reads", "reason": "truncated; twice"},)), "tumour reads failed: truncated"),
    ],
)  # fmt: skip
def test_each_patient_has_a_reason_in_one_line(card: PatientResults, words: str) -> None:
    assert reason(card) == words


def test_the_strongest_stand_first_and_who_cannot_tell_last() -> None:
    assert [card.patient for card in in_order_of_evidence(CARDS)] == list("ADEGBFC")


def test_the_flow_counts_patients_that_can_be_named() -> None:
    flow = {words: number.patients for number, words in trial_flow(CARDS)}
    assert flow["whose genome can show a candidate"] == tuple("BADEFG")
    assert flow["contradict an entry criterion on the sequenced tumour"] == ("A",)
    assert "evaluable for the endpoints" not in flow  # the sheet does not say


def said_of(sentences: list[Sentence]) -> str:
    return " ".join(map(words_of, sentences))


def test_how_sure_says_what_the_tables_say() -> None:
    overall = {
        "level": "any", "mechanism": "any R1-R3", "p_fisher": 1.0, "p_attainable": 0.33,
        "carriers_without_benefit": 2, "without_benefit": 5, "untested_without_benefit": 1,
        "carriers_with_benefit": 1, "with_benefit": 4, "untested_with_benefit": 0,
    }  # fmt: skip
    said = said_of(how_sure(results(explanation=EXPLAINED, associations=[overall | {"tested": "no"}])))
    assert "Of the 2 with a candidate without benefit, 1 rest on tier R1." in said
    assert "2 of 5 is compatible with a true share from 5 % to 85 %" in said
    assert "1 of 6 patients without benefit could not be judged" in said
    assert "the share of all lies between 33 % and 50 %" in said
    assert (
        "1.5 candidates without benefit would be expected (95 %: 0 to 3; one-sided permutation p 0.8)" in said
    )
    assert "even the most extreme result would have given 0.33" in said
    tested = said_of(how_sure(results(explanation=EXPLAINED, associations=[overall | {"tested": "yes"}])))
    assert "most extreme" not in tested and "Fisher p 1" in tested
    assert "nothing can be compared" in said_of(how_sure(results()))


def test_contradicted_criteria_are_named_one_by_one() -> None:
    rows = ELIGIBILITY.from_rows(
        [
            {"criterion": "RAS", "status": "discordant", "detail": "mutated", "reason": "mutated: KRAS G12D"},
            {"criterion": "HER2", "status": "not_assessable"},
        ]
    )
    card = replace(CARDS[0], eligibility=rows_of(rows))
    assert [(one.criterion, one.finding) for one in discordances([card, CARDS[0]])] == [
        ("RAS", "mutated: KRAS G12D")
    ]
