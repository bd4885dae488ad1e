"""Tables of association and explanation on hand-made cohorts."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import pandas as pd
import pytest

from refractor.outcomes.association import (
    Counts,
    RuleAnswer,
    Subject,
    associations,
    benjamini_hochberg,
    compared,
    counts,
    leave_one_out,
)
from refractor.outcomes.explanation import (
    Case,
    Cut,
    Mechanism,
    OtherDrugs,
    by_random_genes,
    explanation,
    explanations,
    permuted,
)
from refractor.results.analysis_tables import ASSOCIATIONS, EXPLANATION
from refractor.settings.endpoint_rules import AssociationSettings
from refractor.statistics.exact_tests import fisher
from refractor.vocabulary import Clonality, Tier

R123 = Cut("R1-R3", (Tier.R1, Tier.R2, Tier.R3))


def subjects(without: list[str], with_benefit: list[str]) -> list[Subject]:
    """One a word: `-` nothing found, `?` nothing tested, else gene/pathway/rule that was found, joined by commas.

    Every rule of the cohort was answered in each tumour; one written with a leading `?` was not tested there.
    """
    words = [*without, *with_benefit]
    rules = {each.lstrip("?") for word in words for each in word.split(",") if each not in ("-", "?")}
    made = []
    for benefit, group in ((False, without), (True, with_benefit)):
        for number, word in enumerate(group):
            parts = word.split(",")
            answers = {}
            for rule in sorted(rules) if word != "?" else ():
                gene, pathway, _ = rule.split("/")
                result = "found" if rule in parts else "not_tested" if f"?{rule}" in parts else "not_found"
                answers[rule] = RuleAnswer(gene, pathway, result)
            made.append(Subject(f"{benefit}{number}", benefit, word != "?", answers))
    return made


def test_three_of_ten_against_none_of_eleven() -> None:
    cohort = subjects(["KRAS/MAPK/R1", "PTEN/PI3K/R3", "EGFR/RTK/R1", *["-"] * 7], ["-"] * 11)
    table = ASSOCIATIONS.frame(associations(cohort, pathways=["MAPK", "low_copy_number"]))
    assert table["level"].tolist() == ["any"] + ["pathway"] * 4 + ["gene"] * 3
    first = table.iloc[0]
    assert first["p_fisher"] == pytest.approx(0.0902, abs=5e-5)
    assert (first["odds_ratio"], first["tested"], first["note"]) == (
        math.inf,
        "no",
        "no table with these margins reaches 0.05: too few carriers or patients to test",
    )
    assert first["p_attainable"] == first["p_fisher"]
    assert first["power"] == pytest.approx(0.202, abs=5e-4)
    assert table["q_value"].isna().all()
    unseen = table[table["mechanism"] == "low_copy_number"].iloc[0]
    assert (unseen["without_benefit"], unseen["untested_without_benefit"], unseen["tested"]) == (0, 10, "no")


def test_the_filter_comes_before_the_adjustment() -> None:
    # 5 of 6 without benefit carry A, 0 of 6 with: p 0.0152; B and C are carried by one each and cannot be tested
    cohort = subjects(["A/X/R1"] * 4 + ["A/X/R1,B/Y/R2", "C/Z/R3"], ["-"] * 6)
    table = ASSOCIATIONS.frame(associations(cohort))
    pathway = table[table["level"] == "pathway"]
    assert pathway["mechanism"].tolist() == ["X", "Y", "Z"]
    assert pathway["tested"].tolist() == ["yes", "no", "no"]
    assert pathway["q_value"].iloc[0] == pathway["p_fisher"].iloc[0] == pytest.approx(fisher(5, 6, 0, 6))


def test_levels() -> None:
    cohort = subjects(["-", "KRAS/MAPK/R1,NF1/MAPK/R3"], ["NRAS/MAPK/R2"])
    assert counts(cohort, "any", "any R1-R3").cells() == (1, 2, 1, 1)
    assert counts(cohort, "pathway", "MAPK").cells() == (1, 2, 1, 1)
    assert counts(cohort, "gene", "KRAS").cells() == (1, 2, 0, 1)


def test_what_was_not_looked_at_is_in_no_denominator() -> None:
    """Four tumours with copies only against four with everything: nobody looked at KRAS in the first."""
    cohort = subjects(["KRAS/MAPK/R1"] * 4, ["?KRAS/MAPK/R1"] * 4)
    seen = counts(cohort, "gene", "KRAS")
    assert (seen.cells(), seen.untested_without, seen.untested_with) == ((4, 4, 0, 0), 0, 4)
    row = ASSOCIATIONS.frame(associations(cohort)).set_index("level").loc["gene"]
    assert row[["p_fisher"]].isna().all()
    assert (row["tested"], row["with_benefit_lowest"], row["with_benefit_highest"]) == ("no", 0, 1)
    assert (row["without_benefit_lowest"], row["without_benefit_highest"]) == (1, 1)
    assert row["p_untested"] == fisher(0, 4, 4, 4)


def test_a_carrier_with_other_rules_open_is_counted_and_not_compared() -> None:
    """KRAS was looked at in all, NF1 in those without benefit only: a test that took carriers as tested, and others
    with NF1 open as not, would see carriers alone among those with benefit."""
    kras, nf1 = "KRAS/MAPK/1", "?NF1/MAPK/2"
    cohort = subjects([kras, "-", "-", "NF1/MAPK/2"], [f"{kras},{nf1}", nf1, nf1, nf1])
    assert counts(cohort, "pathway", "MAPK").cells() == (2, 4, 1, 1)
    assert counts(cohort, "pathway", "MAPK").untested_with == 3
    assert compared(cohort, "pathway", "MAPK").cells() == (2, 4, 0, 0)
    assert compared(cohort, "gene", "KRAS").cells() == counts(cohort, "gene", "KRAS").cells() == (1, 4, 1, 4)
    # of any mechanism those with a complete decisive set are compared, by the rules answered in all of them
    assert counts(cohort, "any", "any R1-R3").cells() == (2, 4, 1, 4)
    assert compared(cohort, "any", "any R1-R3").cells() == (1, 4, 1, 4)
    note = ASSOCIATIONS.frame(associations(cohort))["note"].iloc[0]
    assert note.startswith("tested on 1 of 4 without and 1 of 4 with benefit")


def test_only_what_is_found_joins_the_family_of_genes() -> None:
    cohort = subjects(["KRAS/MAPK/R1", "-", "-"], ["-", "-", "-"])
    table = ASSOCIATIONS.frame(associations(cohort))
    assert list(zip(table["level"], table["mechanism"], strict=True)) == [
        ("any", "any R1-R3"),
        ("pathway", "MAPK"),
        ("gene", "KRAS"),
    ]


@pytest.mark.parametrize(
    ("without", "with_benefit"), [([], ["-", "A/X/R1"]), (["-", "A/X/R1"], []), ([], []), (["A/X/R1"], [])]
)
def test_without_a_group_nothing_is_tested(without: list[str], with_benefit: list[str]) -> None:
    table = ASSOCIATIONS.frame(associations(subjects(without, with_benefit), pathways=["X"]))
    assert len(table) >= 2
    assert set(table["note"]) == {"not testable: in one of the groups nobody was tested for all of it"}
    assert table["p_fisher"].isna().all()
    assert set(table["tested"]) == {"no"}


def test_all_are_carriers() -> None:
    table = ASSOCIATIONS.frame(associations(subjects(["A/X/R1"] * 5, ["A/X/R1"] * 4)))
    assert len(table) == 3
    assert set(table["p_fisher"]) == {1.0}
    assert set(table["p_boschloo"]) == {1.0}
    assert table["odds_ratio"].isna().all()
    assert set(table["tested"]) == {"no"}


def test_benjamini_hochberg_by_hand() -> None:
    # sorted .01 .02 .03 .5 times 4/1 4/2 4/3 4/4 = .04 .04 .04 .5
    assert benjamini_hochberg([0.5, 0.01, 0.03, 0.02]) == pytest.approx([0.5, 0.04, 0.04, 0.04])
    assert benjamini_hochberg([]) == []


def test_one_patient_left_out() -> None:
    low, high = leave_one_out(Counts(4, 10, 0, 11)) or (0, 0)
    # without a carrier 3 of 9, without another one 4 of 9, without one with benefit 4 of 10 against 0 of 10
    assert low == fisher(4, 9, 0, 11) < fisher(3, 9, 0, 11)
    assert high == fisher(4, 10, 0, 10) == pytest.approx(2 * 210 / 4845)  # C(10,4) / C(20,4), both ends
    assert high > 0.05 > fisher(4, 10, 0, 11)
    assert leave_one_out(Counts(1, 1, 0, 1)) is None


def test_another_effect_and_level_by_setting() -> None:
    cohort = subjects(["A/X/R1"] * 3 + ["-"] * 7, ["-"] * 11)
    settings = AssociationSettings(alpha=0.1, share_without_benefit=0.9, share_with_benefit=0.1)
    row = ASSOCIATIONS.frame(associations(cohort, settings=settings)).iloc[0]
    assert (row["tested"], row["q_value"]) == ("yes", row["p_fisher"])
    assert row["power"] > 0.9


def cases(words: str) -> list[Case]:
    """n or b with the tiers found after a slash, `?` without assessable genome: `n/R1 n/- b/?`.

    A tier may be followed by s (subclonal), u (clonality unknown), else it is clonal. `!` marks a tumour that
    contradicts a criterion of entry, `~` one with a decisive question open.
    """
    made = []
    for number, word in enumerate(words.split()):
        group, _, tiers = word.partition("/")
        clonality = {"s": Clonality.SUBCLONAL, "u": Clonality.UNKNOWN}
        texts = [] if tiers.strip("!~") in ("?", "-") else tiers.strip("!~").split("+")
        found = frozenset(Mechanism("G", "P", t[:2], clonality.get(t[2:], Clonality.CLONAL)) for t in texts)
        complete = tiers != "?" and "~" not in tiers
        made.append(
            Case(f"P{number}", group == "b", complete, None if tiers == "?" else "!" not in tiers, found)
        )
    return made


def explanation_table(cohort: list[Case]) -> pd.DataFrame:
    return EXPLANATION.frame(explanations(cohort))


def row_of(words: str, cut: Cut, *, benefit: bool = False) -> tuple[object, ...]:
    row = explanation(cases(words), cut, benefit=benefit)
    return tuple(getattr(row, name) for name in ("explained", "assessable", "patients", "lowest", "highest"))


def test_what_was_not_looked_at_does_not_count_as_nothing_found() -> None:
    # found although something is open: assessable; nothing found and something open: not
    assert row_of("n/R1 n/R1~ n/- n/-~ n/?", R123) == (2, 3, 5, 2 / 5, 4 / 5)


def test_a_subclonal_finding_is_no_clonal_explanation_and_an_unknown_one_may_be() -> None:
    clonal = replace(R123, clonal_only=True)
    assert row_of("n/R1 n/R1s n/R1u n/-", R123) == (3, 4, 4, 3 / 4, 3 / 4)
    assert row_of("n/R1 n/R1s n/R1u n/-", clonal) == (1, 4, 4, 1 / 4, 2 / 4)


def test_a_finding_that_contradicts_entry_is_no_mechanism_of_an_eligible_tumour() -> None:
    eligible = replace(R123, eligible_only=True)
    assert row_of("n/R1 n/R1! n/-", eligible) == (1, 3, 3, 1 / 3, 1 / 3)


def test_the_claim_and_its_control() -> None:
    cohort = cases("n/R1 n/R3 n/R2 n/- n/- n/- n/- n/- n/- n/- n/? n/? n/? " + "b/- " * 10 + "b/R3")
    table = explanation_table(cohort)
    assert len(table) == 24
    claim, control = table.iloc[0], table.iloc[1]
    assert (claim["group"], claim["tiers"], claim["explained"], claim["assessable"], claim["patients"]) == (
        "no_benefit", "R1-R3", 3, 10, 13,
    )  # fmt: skip
    assert (claim["low"], claim["high"]) == (pytest.approx(0.067, abs=5e-4), pytest.approx(0.652, abs=5e-4))
    assert (claim["lowest"], claim["highest"]) == (pytest.approx(3 / 13), pytest.approx(6 / 13))
    assert (control["explained"], control["assessable"], control["explained_patients"]) == (1, 11, "P23")
    assert claim["expected"] == pytest.approx(4 * 10 / 21)
    study = (table["group"] == "no_benefit") & (table["clonality"] == "any") & (table["eligible"] == "any")
    by_tier = table[study].set_index("tiers")["explained"].to_dict()
    assert by_tier == {"R1-R3": 3, "R1-R2": 2, "R1": 1}


def test_the_null_is_that_of_all_permutations() -> None:
    cohort = cases("n/R1 n/R1 n/- b/R1 b/- b/- b/-")
    null = permuted(cohort, R123, benefit=False)
    assert null is not None
    ways = list(itertools.combinations(range(7), 3))  # who is without benefit; 0, 1 and 3 carry
    numbers = [len({0, 1, 3} & set(way)) for way in ways]
    assert null.p == pytest.approx(sum(number >= 2 for number in numbers) / len(ways))
    assert null.expected == pytest.approx(sum(numbers) / len(ways))
    mirrored = permuted(cohort, R123, benefit=True)
    assert mirrored is not None
    assert mirrored.p == pytest.approx(null.p)  # at most 1 of the 3 with benefit is the same event


def test_the_null_range_leaves_at_most_a_fortieth_on_each_side() -> None:
    # 6 and 6 patients, 4 carriers: C(6,k) C(6,4-k) = 15 120 225 120 15 of 495 ways. 15/495 = 0.030 > 0.025 (but < 0.05)
    table = explanation_table(cases("n/R1 " * 3 + "n/- " * 3 + "b/R1 " + "b/- " * 5))
    for row in table.iloc[:2].to_dict("records"):
        assert (row["expected"], row["expected_low"], row["expected_high"]) == (2, 0, 4)
    # 7 and 7, 5 carriers: 21 245 735 735 245 21 of 2002; 21/2002 = 0.010 < 0.025, 266/2002 = 0.13
    null = permuted(cases("n/R1 " * 5 + "n/- " * 2 + "b/- " * 7), R123, benefit=False)
    assert null is not None
    assert (null.low, null.high) == (1, 4)
    assert null.p == pytest.approx(21 / 2002)


def test_explanation_without_a_group_or_genomes() -> None:
    for words in ("b/- b/R1", "n/R1", "n/? b/?", ""):
        table = explanation_table(cases(words))
        assert len(table) == 24
        assert table["p_permutation"].isna().all()
    unknown = explanation_table(cases("n/? b/?")).iloc[0]
    assert (unknown["explained"], unknown["assessable"], unknown["lowest"], unknown["highest"]) == (
        0,
        0,
        0,
        1,
    )


def carrier(patient: str, benefit: bool, *genes: str) -> Case:
    found = frozenset(Mechanism(gene, "MAPK", "R1", "clonal") for gene in genes)
    return Case(patient, benefit, complete=True, eligible=True, candidates=found)


def test_one_random_gene_explains_as_the_permuted_labels_do() -> None:
    cohort = cases("n/R1 n/R1 n/- b/R1 b/- b/- b/-")
    decoys, null = by_random_genes(cohort, R123, benefit=False), permuted(cohort, R123, benefit=False)
    assert decoys is not None
    assert null is not None
    assert (decoys.expected, decoys.p) == (pytest.approx(null.expected), pytest.approx(null.p))


def test_genes_that_lie_in_the_same_patients_are_spread_by_chance() -> None:
    """Two patients carry both genes: of 2 + 2, each random gene hits 2 of 4, so that both together hit more patients."""
    cohort = [
        carrier("P1", False, "KRAS", "PIK3CA"),
        carrier("P2", False, "KRAS", "PIK3CA"),
        carrier("P3", True),
        carrier("P4", True),
    ]
    null, decoys = permuted(cohort, R123, benefit=False), by_random_genes(cohort, R123, benefit=False)
    assert null is not None
    assert decoys is not None
    assert null.expected == pytest.approx(1)
    # each of the two patients escapes both genes with probability 1/4
    assert decoys.expected == pytest.approx(2 * (1 - 1 / 4))
    # both are hit: of the 6 x 6 ways, 1 + 10 with either gene on both, 8 with one on each (a: 1 and x, b: 2 and y)
    assert decoys.p == pytest.approx((11 + 8) / 36)


def test_random_genes_follow_the_cut_and_stand_in_the_table() -> None:
    table = explanation_table([carrier("P1", False, "KRAS"), carrier("P2", False), carrier("P3", True)])
    first = table.iloc[0]
    assert first["decoys_expected"] == pytest.approx(2 / 3)
    assert (first["decoys_low"], first["decoys_high"], first["p_decoys"]) == (0, 1, pytest.approx(2 / 3))
    assert by_random_genes([carrier("P3", True)], R123, benefit=False) is None


def decoyed(patient: str, benefit: bool, *, shared: bool, tier: str = "R2", complete: bool = True) -> Case:
    """A patient in whom a rule on another drug is found, by what an own rule counts too (`shared`) or not."""
    met = frozenset((Mechanism("BRAF", "MAPK", tier, "clonal"),))
    others = OtherDrugs(met, frozenset() if shared else met, frozenset(("BRAFI-4", "METI-1")))
    return Case(patient, benefit, complete, True, frozenset(), others)


def test_rules_on_other_drugs_count_by_the_same_cut_among_the_assessable() -> None:
    cohort = [
        decoyed("P1", False, shared=True),
        decoyed("P2", False, shared=False),
        decoyed("P3", False, shared=False, complete=False),  # not assessable: in no share
        carrier("P4", False, "KRAS"),
        decoyed("P5", True, shared=False),
    ]
    names = ["decoy_rules", "decoy_rules_explained", "decoy_rules_unshared"]
    table = explanation_table(cohort)
    first, control = table.iloc[0], table.iloc[1]
    assert (list(first[names]), list(control[names])) == ([2, 2, 1], [2, 1, 1])
    # 1 of 3: the exact bounds of Clopper and Pearson, 1 - 0.975^(1/3) and so on
    assert first["decoy_rules_low"] == pytest.approx(1 - 0.975 ** (1 / 3), abs=1e-6)
    assert first["decoy_rules_high"] == pytest.approx(0.9057, abs=1e-4)
    strongest = table[(table["tiers"] == "R1") & (table["group"] == "no_benefit")].iloc[0]
    assert list(strongest[names]) == [2, 0, 0]  # the rule is of R2


def test_no_rule_on_other_drugs_answered_says_nothing() -> None:
    first = explanation_table([carrier("P1", False, "KRAS"), carrier("P2", True)]).iloc[0]
    assert first["decoy_rules"] == 0
    assert first[["decoy_rules_explained", "decoy_rules_unshared", "decoy_rules_low"]].isna().all()
