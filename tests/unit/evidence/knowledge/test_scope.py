"""Which rules concern a cohort."""

import re
from dataclasses import replace

from evidence_builders import knowledge

from refractor.evidence.knowledge.rules_in_scope import (
    decoy_rules,
    rules_in_scope,
    rules_on_other_drugs,
    scope_of,
)
from refractor.files.resources import RESOURCES
from refractor.report.plain_words import mechanism_name
from refractor.settings.cohort import Disease, RulesInScope
from refractor.settings.config import SHIPPED_COHORT, load_cohort
from refractor.vocabulary import Tier

HER2 = load_cohort(SHIPPED_COHORT)
BRAF = load_cohort(RESOURCES / "cohorts" / "braf_v600e_colorectal.yaml")


def in_scope(cohort) -> set[str]:
    rules = rules_in_scope(knowledge().rules, scope_of(cohort, knowledge().drug_classes))
    return {rule.rule_id for rule in rules}


def test_the_cohort_of_the_study():
    found = in_scope(HER2)
    assert len(found) >= 98
    assert {"MAPK-1", "HER2-1", "RTK-1", "TSG-1", "HER2-4"} <= found
    assert not {"HER2-2t", "HER2-2u", "BRAFI-1"} & found


def test_another_cohort_is_another_file():
    found = in_scope(BRAF)
    assert found == {f"BRAFI-{n}" for n in range(1, 9)} | {
        "TSG-1",
        "TSG-1b",
        "TSG-1c",
        "TSG-1d",
        "TSG-1e",
        "CLIN-1",
    }


def test_a_class_follows_from_the_drug_alone():
    assert in_scope(replace(HER2, drug_classes=())) == in_scope(HER2)
    lapatinib = in_scope(replace(HER2, drugs=("trastuzumab", "lapatinib"), drug_classes=()))
    assert {"HER2-2", "HER2-2t", "HER2-2u"} <= lapatinib
    assert "HER2-4" not in lapatinib  # pertuzumab only


def test_tiers_and_ids_narrow_the_scope():
    narrow = replace(HER2, rules_in_scope=RulesInScope((Tier.R1,), ("MAPK-*", "HER2-1*"), ("HER2-1b",)))
    assert in_scope(narrow) == {"MAPK-1", "MAPK-2", "MAPK-5", "HER2-1"}


def test_another_disease_leaves_only_what_holds_everywhere():
    breast = replace(HER2, disease=Disease("breast cancer", "1612"))
    found = in_scope(breast)
    assert "MAPK-1" not in found
    assert {"TSG-1", "AMP-1", "GL-1"} <= found


def test_rules_on_other_drugs_are_kept_apart():
    scope = scope_of(HER2, knowledge().drug_classes)
    other = rules_on_other_drugs(knowledge().rules, scope, knowledge().drug_families)
    conjugates = {"HER2-2t", "HER2-2u", "HER2-2v"} | {f"ADC-{number}" for number in range(1, 9)} | {"ADC-1b"}
    assert {rule.rule_id for rule in other} == conjugates | {f"EGFRI-{number}" for number in range(1, 8)} | {
        f"EGFRI-7{letter}" for letter in "bcde"
    }


def decoys(cohort) -> set[str]:
    scope = scope_of(cohort, knowledge().drug_classes)
    return {rule.rule_id for rule in decoy_rules(knowledge().rules, scope, target=cohort.target.gene)}


def test_decoys_are_explaining_rules_on_drugs_that_are_not_given():
    found = decoys(HER2)
    assert {"BRAFI-4", "EGFRI-1", "G12CI-1", "METI-1"} <= found
    assert not found & in_scope(HER2)
    assert "EGFRI-5" not in found  # many copies of ERBB2: what the tumours were chosen by
    assert "BRAFI-7" not in found  # a hypothesis explains nothing
    assert "HER2-1" not in decoys(BRAF)  # that HER2 is not amplified is so in nearly every tumour


def test_the_conjugate_has_the_rules_of_the_antibodies_as_decoys():
    conjugate = load_cohort(SHIPPED_COHORT.with_name("her2_amplified_colorectal_trastuzumab_deruxtecan.yaml"))
    assert {"MAPK-1", "MAPK-2", "PI3K-1", "PI3K-2"} <= decoys(conjugate)


ONE_TARGET = re.compile(r"HER2|ERBB2|anti-EGFR antibod|trastuzumab|cetuximab|panitumumab")


def test_a_rule_for_any_drug_speaks_of_no_target_of_some():
    """Such a rule is listed for every cohort of the disease: what is of one target names its drugs."""
    for_any = [rule for rule in knowledge().rules if "any" in rule.drug_scope]
    assert len(for_any) >= 15
    told = {rule.rule_id for rule in for_any if rule.gene == "ERBB2" or ONE_TARGET.search(rule.statement)}
    assert told == set()


def test_a_rule_for_any_disease_names_none():
    """Nor do the words of its mechanism, which stand on the page of every cohort."""
    for_any = [rule for rule in knowledge().rules if "any" in rule.disease_scope]
    assert len(for_any) >= 10
    words = {rule.rule_id: f"{rule.statement} {mechanism_name(rule.mechanism)}" for rule in for_any}
    assert [name for name, text in words.items() if re.search("colorectal|lung|breast|gastric", text)] == []


def test_neighbours_of_one_target_are_no_context_of_another():
    met = load_cohort(RESOURCES / "cohorts" / "met_amplified_lung.yaml")
    assert met.rules_in_scope == RulesInScope()
    assert {name for name in in_scope(met) if not name.startswith("METI-")} == {
        "TSG-1",
        "IMM-1",
        "IMM-1b",
        "IMM-1c",
    }
    in_colon = in_scope(replace(met, disease=HER2.disease))
    assert not [name for name in in_colon if name.startswith(("AMP-", "HER2-", "RTK-"))]
