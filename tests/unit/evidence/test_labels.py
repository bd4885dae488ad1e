"""Labels, their order and their sentences."""

from dataclasses import replace

import pytest
from evidence_builders import GENES, copies, knowledge, rule, tumor, variant

from refractor.evidence.events.low_copy_number import LowCopyNumber
from refractor.evidence.knowledge.rules_in_scope import rules_in_scope, scope_of
from refractor.evidence.labels import candidate_sentence, label_tumor, matches_of, ranked
from refractor.evidence.lookups import look_up_rules
from refractor.files.resources import RESOURCES
from refractor.settings.config import SHIPPED_COHORT, load_cohort
from refractor.settings.criteria import DecisiveQuestion, LookedAt
from refractor.vocabulary import Clonality, CopyNumberCall, Label, Result

COHORT = load_cohort(SHIPPED_COHORT)
SCOPE = scope_of(COHORT, knowledge().drug_classes)
RULES = rules_in_scope(knowledge().rules, SCOPE)
HIGH = copies("ERBB2", 30.0, low=25.0, high=35.0, call=CopyNumberCall.AMPLIFIED)


def answers_of(findings):
    return look_up_rules(RULES, findings, genes=GENES)


def label_of(*variants, **more):
    more.setdefault("gene_copies", (HIGH,))
    return label_tumor(answers_of(tumor(*variants, **more)), COHORT.decisive)


@pytest.mark.parametrize(
    ("gene", "change", "label"),
    [
        ("KRAS", "G12D", Label.CANDIDATE_R1),
        ("BRAF", "V600E", Label.CANDIDATE_R1),
        ("PIK3CA", "E545K", Label.CANDIDATE_R2_R3),
        ("MAP2K1", "K57N", Label.CANDIDATE_R2_R3),
        ("AKT1", "E17K", Label.HYPOTHESIS_R4),
        ("PIK3CA", "K111N", Label.HYPOTHESIS_R4),
        ("ERBB2", "S310F", Label.HYPOTHESIS_R4),
        ("PIK3CA", "I391M", Label.UNRESOLVED),
        ("TP53", "R175H", Label.UNRESOLVED),
        ("APC", "R1450*", Label.UNRESOLVED),
        ("KRAS", "G12=", Label.UNRESOLVED),
    ],
)
def test_one_variant_gives_its_label(gene, change, label):
    term = "synonymous_variant" if change.endswith("=") else "missense_variant"
    assert label_of(variant(gene, change, term=term)).label is label


def test_nothing_decisive_assessed_is_not_assessable():
    blind = copies("ERBB2", None, call=CopyNumberCall.NOT_ASSESSABLE, reason="purity 0.1")
    found = label_of(gene_copies=(blind,))
    assert found.label is Label.NOT_ASSESSABLE
    assert found.mechanisms == ()
    assert "nothing can be said" in found.sentence


def test_one_decisive_answer_is_not_enough_and_what_is_open_is_told():
    found = label_of()
    assert found.label is Label.UNRESOLVED
    assert [text.split(" (")[0] for text in found.untested] == [
        "RAS codons",
        "BRAF codon 600",
        "ERBB2 coding changes",
    ]
    assert "Not tested: RAS codons (MAPK-1, MAPK-1b" in found.sentence


LOOKED_AT = tuple(
    (item.gene, codon)
    for item in RULES
    if item.gene in ("KRAS", "NRAS", "BRAF", "ERBB2")
    for codon in item.event.codons
)


@pytest.mark.parametrize("gap", [None, ("NRAS", 117), ("BRAF", 600), ("ERBB2", 755)])
def test_no_candidate_needs_every_decisive_question_answered(gap):
    found = label_of(wild_type=tuple(place for place in LOOKED_AT if place != gap))
    assert found.label is (Label.NO_CANDIDATE if gap is None else Label.UNRESOLVED)
    assert bool(found.untested) is (gap is not None)


def test_what_is_not_decisive_leaves_no_candidate_alone():
    pik3ca = [
        item
        for item in answers_of(tumor(wild_type=LOOKED_AT, gene_copies=(HIGH,)))
        if item.rule.gene == "PIK3CA"
    ]
    assert {item.result for item in pik3ca if item.rule.against_the_drug} == {Result.NOT_TESTED}
    assert label_of(wild_type=LOOKED_AT).label is Label.NO_CANDIDATE


def test_a_hypothesis_says_what_is_open():
    found = label_of(variant("AKT1", "E17K"))
    assert (found.label, len(found.untested)) == (Label.HYPOTHESIS_R4, 3)


def test_a_question_without_a_rule_is_never_answered():
    asked = {"a gene that no rule names": DecisiveQuestion(genes=("TCF7L2",), looked_at=LookedAt.COPIES)}
    found = label_tumor(answers_of(tumor(wild_type=LOOKED_AT, gene_copies=(HIGH,))), asked)
    assert found.label is Label.NOT_ASSESSABLE
    assert found.untested == ("a gene that no rule names (no rule in scope looks at it)",)


def test_without_questions_every_rule_of_the_best_tier_is_decisive():
    other = scope_of(
        load_cohort(RESOURCES / "cohorts" / "braf_v600e_colorectal.yaml"), knowledge().drug_classes
    )
    rules = rules_in_scope(knowledge().rules, other)
    assert min(item.tier for item in rules) == "R2"
    met = copies("MET", 2.0)
    answered = label_tumor(look_up_rules(rules, tumor(gene_copies=(met,)), genes=GENES))
    assert answered.label is Label.UNRESOLVED
    assert [text.split(" (")[0] for text in answered.untested][:2] == ["BRAFI-1", "BRAFI-2"]
    assert label_tumor(look_up_rules(rules, tumor(), genes=GENES)).label is Label.NOT_ASSESSABLE
    assert label_tumor(()).label is Label.NOT_ASSESSABLE


def test_where_no_rule_could_explain_the_sentence_says_that():
    context = [rule for rule in knowledge().rules if rule.rule_id == "TSG-1"]
    found = label_tumor(look_up_rules(context, tumor(variant("TP53", "R175H")), genes=GENES))
    assert found.label is Label.NOT_ASSESSABLE
    assert found.sentence.startswith(
        "No rule could explain a lack of benefit of these drugs: nothing can be said."
    )


def test_context_alone_does_not_make_a_tumour_evaluable():
    blind = copies("ERBB2", None, call=CopyNumberCall.NOT_ASSESSABLE)
    found = label_of(variant("TP53", "R175H"), gene_copies=(blind,))
    assert found.label is Label.NOT_ASSESSABLE


def test_a_candidate_explains_even_where_the_rest_is_blind():
    blind = copies("ERBB2", None, call=CopyNumberCall.NOT_ASSESSABLE)
    assert label_of(variant("BRAF", "V600E"), gene_copies=(blind,)).label is Label.CANDIDATE_R1


def test_candidates_are_ordered_by_tier_clonality_lack_of_target_and_copies():
    low = copies("ERBB2", 4.0, call=CopyNumberCall.GAINED, arm=1.5)
    findings = tumor(
        variant("PIK3CA", "H1047R"),
        variant("KRAS", "G12D", clonality=Clonality.SUBCLONAL, copies=0.2),
        variant("NRAS", "Q61K", copies=1.0, clonality=Clonality.UNKNOWN),
        variant("BRAF", "V600E", copies=1.1),
        variant("ERBB2", "V777L", copies=3.0),
        gene_copies=(low,),
    )
    candidates = [match for match in matches_of(answers_of(findings)) if match.candidate]
    assert [match.alteration.name for match in ranked(candidates)] == [
        "V777L",  # R1, clonal, 3 copies
        "V600E",  # R1, clonal, 1.1 copies
        "Q61K",  # R1, clonality unknown
        "below 6 copies",  # R1, clonality unknown, after altered genes
        "G12D",  # R1, subclonal
        "H1047R",  # R2
    ]
    found = label_tumor(answers_of(findings))
    assert found.mechanisms == ("ERBB2_mutation", "MAPK", "low_copy_number", "PI3K")
    assert found.sentence.startswith("ERBB2 V777L may explain resistance")
    assert "Also found: BRAF V600E (R1), NRAS Q61K (R1)" in found.sentence


def test_of_equals_the_one_on_more_copies_comes_first():
    findings = tumor(
        variant("KRAS", "G12D", copies=1.0), variant("NRAS", "Q61K", copies=2.0), gene_copies=(HIGH,)
    )
    candidates = [match for match in matches_of(answers_of(findings)) if match.candidate]
    assert [match.alteration.name for match in ranked(candidates)] == ["Q61K", "G12D"]


def test_of_two_limits_of_copies_the_lower_is_the_candidate():
    low = copies("ERBB2", 4.0, call=CopyNumberCall.GAINED, arm=1.5)
    answers = answers_of(tumor(gene_copies=(low,)))
    met = [o.rule.rule_id for o in answers if o.result is Result.FOUND]
    assert {"HER2-1", "HER2-1b"} <= set(met)
    kept = [m for m in matches_of(answers) if isinstance(m.rule.event, LowCopyNumber)]
    assert [match.rule.rule_id for match in kept] == ["HER2-1"]


def test_kinase_mutations_resist_antibodies_and_not_inhibitors():
    antibody, inhibitor = rule("HER2-2"), rule("HER2-2t")
    assert antibody.against_the_drug
    assert antibody.drug_scope == ("HER2_antibody",)
    assert str(inhibitor.direction) == "responsive"
    assert inhibitor.drug_scope == ("HER2_TKI",)
    assert antibody in RULES
    assert inhibitor not in RULES


def test_s310f_concerns_pertuzumab_only():
    answers = answers_of(tumor(variant("ERBB2", "S310F"), gene_copies=(HIGH,)))
    met = {o.rule.rule_id: o.rule for o in answers if o.matches}
    assert set(met) == {"HER2-4", "HER2-4t"}
    assert met["HER2-4"].drug_scope == ("pertuzumab",)
    assert not met["HER2-4t"].against_the_drug


def test_a_sentence_can_be_traced_to_its_row_and_papers():
    findings = tumor(variant("PIK3CA", "E545K", vaf=0.31, copies=1.0), gene_copies=(HIGH,))
    (match,) = [m for m in matches_of(answers_of(findings)) if m.candidate]
    sentence = candidate_sentence(match)
    assert sentence.startswith(
        "PIK3CA E545K (E545K is listed, VAF 0.31, on 1.0 copies, in 100% of the cancer"
    )
    assert "For it (R2, resistant): " in sentence
    assert "Against it: " in sentence
    assert "Rule PI3K-1; PMID 17936563, PMID 21594665" in sentence
    assert "CIViC EID 1384" in sentence


def test_an_unknown_clonality_is_said_as_such():
    findings = tumor(variant("KRAS", "G12D", clonality=Clonality.UNKNOWN), gene_copies=(HIGH,))
    (match,) = [m for m in matches_of(answers_of(findings)) if m.candidate]
    assert "in 100% of the cancer cells, clonality unknown)" in candidate_sentence(match)


def test_a_subclonal_candidate_says_how_little_it_explains():
    findings = tumor(variant("KRAS", "G12D", clonality=Clonality.SUBCLONAL), gene_copies=(HIGH,))
    (match,) = [m for m in matches_of(answers_of(findings)) if m.candidate]
    assert "Only part of the cancer cells carries it" in candidate_sentence(match)


@pytest.mark.parametrize("item", [r.rule_id for r in RULES if r.can_explain or r.is_hypothesis])
def test_every_row_has_words_for_its_sentence(item):
    chosen = rule(item)
    assert not chosen.statement.endswith(".")
    assert not chosen.evidence_for.endswith(".")
    assert chosen.sources()


def test_an_unverified_row_says_so():
    findings = tumor(variant("MAP2K1", "K57N"), gene_copies=(HIGH,))
    (match,) = [m for m in matches_of(answers_of(findings)) if m.candidate]
    assert "rests in part on memory" not in candidate_sentence(match)
    unsure = replace(match, rule=replace(match.rule, verified=False))
    assert "rests in part on memory" in candidate_sentence(unsure)


@pytest.mark.parametrize(
    ("score", "said"),
    [("3+", "In conflict with it, immunohistochemistry was 3+ at entry"), ("2+", ""), ("0", ""), (None, "")],
)
def test_few_copies_against_a_strong_protein_are_a_conflict(score, said):
    few = copies("ERBB2", 2.0, low=1.8, high=2.2)
    scores = {} if score is None else {"ERBB2": score}
    found = label_of(gene_copies=(few,), protein_scores=scores)
    assert found.label is Label.CANDIDATE_R1
    assert ("In conflict with it" in found.sentence) is bool(said)
    assert said in found.sentence
