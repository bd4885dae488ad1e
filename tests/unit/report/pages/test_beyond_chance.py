"""What of the answer is left beyond chance, in words."""

from __future__ import annotations

from report_patients import results

from refractor.report.pages.beyond_chance import beyond_chance

CLAIM = {"group": "no_benefit", "tiers": "R1-R3", "clonality": "any", "eligible": "any", "explained": 3, "assessable": 10,
         "patients": 13}  # fmt: skip
DECOYS = {"decoy_rules": 16, "decoy_rules_explained": 2, "decoy_rules_unshared": 1, "decoy_rules_low": 0.0025,
          "decoy_rules_high": 0.445}  # fmt: skip


def test_rules_on_other_drugs_are_said_beside_the_answer() -> None:
    [sentence] = beyond_chance(results(explanation=[CLAIM | DECOYS]))
    assert "".join(str(part) for part in sentence) == (
        "The 16 rules on resistance to drugs that were not given, looked up in the same tumours, would explain 2 of the 10, 1 "
        "of them falsely: by something that no rule on the drugs given counts (95 %: 0 % to 44 % of patients)."
    )


def test_the_false_explanation_rate_is_said_in_words() -> None:
    by_chance = {"decoys_expected": 2.4, "decoys_low": 1.0, "decoys_high": 4.0, "p_decoys": 0.4,
                 "false_explanation_rate": 0.24}  # fmt: skip
    [sentence] = beyond_chance(results(explanation=[CLAIM | by_chance]))
    words = "".join(str(part) for part in sentence)
    assert words.startswith("False explanation rate: random genes in the place of the altered ones")
    assert "would explain 2.4 of the 10 without benefit (24 %; 95 %: 1 to 4)" in words


def test_without_a_rule_on_other_drugs_nothing_is_said() -> None:
    assert beyond_chance(results(explanation=[CLAIM | {"decoy_rules": 0}])) == []
    assert beyond_chance(results(explanation=[CLAIM])) == []


def test_a_reference_that_could_not_be_read_is_said_with_its_reason() -> None:
    row = {
        "level": "any",
        "patients_group": "no_benefit",
        "reference_group": "all",
        "note": "not assessable: data_cna.txt is empty",
    }
    [sentence] = beyond_chance(results(background=[row]))
    assert (
        "".join(map(str, sentence))
        == "What a reference cohort would bring is not assessable: data_cna.txt is empty."
    )
