"""Every rule of the knowledge base: at least one tumour that meets it, and one that nearly does."""

from dataclasses import replace

import pytest
from evidence_builders import (
    GENES,
    PANEL,
    copies,
    deletion,
    duplication,
    junction,
    knowledge,
    tumor,
    variant,
)

from refractor.copynumber.calls.definitions import DEFINITIONS
from refractor.evidence.events.gene_breaks import codon_span
from refractor.evidence.findings import InheritedGenotype, SignatureVerdict
from refractor.evidence.knowledge.rules import Rule
from refractor.evidence.lookups import look_up_rule, look_up_rules
from refractor.genome.hgvs_notation import parse_codon
from refractor.genome.variant import Variant
from refractor.results.copy_number_tables import Amplicon, Focality
from refractor.vocabulary import Clonality, CopyNumberCall, Observability, Result, Side, Verdict

RULES = knowledge().rules
BY_ID = {rule.rule_id: rule for rule in RULES}


def ids(*events: str) -> list[str]:
    return [
        rule.rule_id
        for rule in RULES
        if rule.event.kind in events and rule.observability is not Observability.NO
    ]


HOTSPOTS = ids("hotspot")
CODONS = ids("codon")
LOSSES = ids("biallelic_loss")
AMPLIFICATIONS = ids("amplification")
ANY_CHANGES = ids("any_change")
NEVER_SEEN = [
    rule.rule_id for rule in RULES if rule.observability is Observability.NO and rule.event.from_genome
]
ALONE = [
    "ADC-1",
    "ADC-1b",
    "CC-1b",
    "CLIN-1",
    "GL-1",
    "GL-1b",
    "GL-1c",
    "HER2-1",
    "HER2-10",
    "HER2-1b",
    "HER2-2c",
    "HER2-5",
    "HER2-6",
    "HER2-7",
    "HER2-9",
    "IMM-1",
    "IMM-1b",
    "IMM-1c",
    "MAPK-4c",
    "MAPK-6b",
    "MAPK-6c",
    "MAPK-6d",
    "MAPK-10d",
    "MAPK-6e",
    "MAPK-6f",
    "PI3K-4b",
    "PI3K-4c",
    "PI3K-4d",
    "RTK-1b",
    "RTK-2d",
    "RTK-2f",
    "RTK-2g",
    "RTK-3c",
    "RTK-3d",
    "RTK-4d",
    "RTK-5h",
    "RTK-5i",
    "RTK-5j",
    *("RTK-7", "RTK-7b", "RTK-7c", "RTK-7d", "RTK-7e", "RTK-7f"),
    *("EGFRI-7", "EGFRI-7b", "EGFRI-7c", "EGFRI-7d", "EGFRI-7e"),
]


def test_each_rule_is_in_one_of_the_groups_tested_here():
    groups = [HOTSPOTS, CODONS, LOSSES, AMPLIFICATIONS, ANY_CHANGES, NEVER_SEEN, ALONE]
    tested = [rule_id for group in groups for rule_id in group]
    assert sorted(tested) == sorted(BY_ID)
    least = [30, 15, 9, 27, 5, 3, 22]
    assert all(len(group) >= number for group, number in zip(groups, least, strict=True))
    assert len(tested) >= 113


def look_up(rule_id: str, findings, **more):
    return look_up_rule(BY_ID[rule_id], findings, genes=GENES, **more)


def all_codons(rule: Rule) -> tuple[tuple[str, int], ...]:
    return tuple((rule.gene, codon) for codon in rule.event.codons)


@pytest.mark.parametrize("rule_id", HOTSPOTS)
def test_every_listed_change_is_found_and_its_synonymous_neighbour_not(rule_id):
    rule = BY_ID[rule_id]
    assert len(rule.event.changes) > 0
    for change in rule.event.changes:
        answer = look_up(rule_id, tumor(variant(rule.gene, change.text)))
        assert answer.result is Result.FOUND, change.text
        assert answer.matches[0].alteration.name == change.text
        silent = variant(rule.gene, f"{change.reference}{change.first}=", term="synonymous_variant")
        assert look_up(rule_id, tumor(silent, wild_type=all_codons(rule))).result is Result.NOT_FOUND


@pytest.mark.parametrize("rule_id", HOTSPOTS)
def test_another_residue_at_the_codon_is_not_a_listed_change(rule_id):
    rule = BY_ID[rule_id]
    first = rule.event.changes[0]
    taken = {change.alternate for change in rule.event.changes if change.first == first.first}
    other = next(residue for residue in "ACDEFGHIKLMNPQRSTVWY" if residue not in taken | {first.reference})
    answer = look_up(rule_id, tumor(variant(rule.gene, f"{first.reference}{first.first}{other}")))
    assert answer.result is Result.NOT_TESTED  # the codons were not assessed in this tumour
    assert answer.matches == ()


@pytest.mark.parametrize("rule_id", [*HOTSPOTS, *CODONS])
@pytest.mark.parametrize("why", ["transcript", "filtered", "inherited", "gene"])
def test_a_variant_that_must_not_count(rule_id, why):
    rule = BY_ID[rule_id]
    text = f"{rule.match[0]}{'W' if rule.match[0][0] != 'W' else 'C'}"
    if rule_id in HOTSPOTS:
        text = rule.event.changes[0].text
    near = {
        "transcript": variant(rule.gene, text, transcript="NM_999999.1"),
        "filtered": variant(rule.gene, text, filters=("weak_evidence",)),
        "inherited": variant(rule.gene, text, inherited="known germline polymorphism rs1"),
        "gene": variant("TP53", text),
    }[why]
    answer = look_up(rule_id, tumor(near, wild_type=all_codons(rule)))
    assert answer.matches == ()
    assert answer.result is (Result.NOT_TESTED if why == "filtered" else Result.NOT_FOUND)


@pytest.mark.parametrize("rule_id", CODONS)
def test_each_codon_is_found_and_its_neighbour_and_its_stop_are_not(rule_id):
    rule = BY_ID[rule_id]
    assert len(rule.match) > 0
    for token in rule.match:
        residue, codon = parse_codon(token)
        new = "W" if residue != "W" else "C"
        assert look_up(rule_id, tumor(variant(rule.gene, f"{residue}{codon}{new}"))).result is Result.FOUND
        for near in (f"{residue}{codon}*", f"{residue}{codon}fs", f"{residue}{codon}="):
            answer = look_up(rule_id, tumor(variant(rule.gene, near), wild_type=all_codons(rule)))
            assert answer.result is Result.NOT_FOUND, near
    far = max(rule.event.codons) + 1
    answer = look_up(rule_id, tumor(variant(rule.gene, f"A{far}W"), wild_type=all_codons(rule)))
    assert answer.result is Result.NOT_FOUND


@pytest.mark.parametrize(
    ("change", "result"),
    [
        ("A11_G12delinsVC", Result.FOUND),  # 12 is its second codon
        ("G12_G13delinsVC", Result.FOUND),
        ("G60_Q61delinsRK", Result.FOUND),
        ("S60_M67dup", Result.FOUND),  # 61 lies within
        ("G10_A11delinsVC", Result.NOT_FOUND),
        ("E62_E63del", Result.NOT_FOUND),
    ],
)
def test_a_change_of_several_codons_counts_for_each(change, result):
    rule = BY_ID["MAPK-1b"]
    assert look_up("MAPK-1b", tumor(variant("KRAS", change), wild_type=all_codons(rule))).result is result


@pytest.mark.parametrize(
    ("near", "result"),
    [
        ({}, Result.NOT_TESTED),
        ({"inherited": "seen in the normal"}, Result.NOT_FOUND),
        ({"filters": ("weak_evidence",)}, Result.NOT_FOUND),
    ],
)
def test_an_effect_that_cannot_be_told_matters_of_what_might_count_only(near, result):
    unknown = variant("KRAS", "", term="coding_sequence_variant", **near)
    findings = tumor(unknown, covered=("KRAS",))
    assert look_up("MAPK-1b", findings).result is result


@pytest.mark.parametrize("rule_id", CODONS)
def test_a_change_that_another_rule_lists_by_name_is_left_to_it(rule_id):
    rule = BY_ID[rule_id]
    name = f"{rule.match[0]}W"
    answer = look_up(
        rule_id,
        tumor(variant(rule.gene, name), wild_type=all_codons(rule)),
        named=frozenset({(rule.gene, name)}),
    )
    assert answer.result is Result.NOT_FOUND
    assert "is listed by name in another rule" in answer.reason


@pytest.mark.parametrize("rule_id", [*HOTSPOTS, *CODONS, *LOSSES, "PI3K-4d"])
def test_a_variant_whose_effect_cannot_be_told_leaves_the_rule_open(rule_id):
    rule = BY_ID[rule_id]
    unknown = variant(rule.gene, "", term="coding_sequence_variant")
    complete = {
        "covered": (rule.gene,),
        "junctions": (),
        "gene_copies": (copies(rule.gene, 2.0, minor=1.0),),
    }
    answer = look_up(rule_id, tumor(unknown, **complete))
    assert answer.result is Result.NOT_TESTED
    assert "effect not known without the sequence" in answer.reason
    silent = variant(rule.gene, "", term="synonymous_variant")
    assert look_up(rule_id, tumor(silent, **complete)).result is Result.NOT_FOUND


def test_no_codon_wild_type_unless_all_are():
    rule = BY_ID["MAPK-1"]
    assert rule.event.codons == (12, 13, 59, 61, 117, 146)
    some = tuple(("KRAS", codon) for codon in rule.event.codons[:-1])
    answer = look_up("MAPK-1", tumor(wild_type=some))
    assert (answer.result, answer.reason) == (Result.NOT_TESTED, "codon 146 not looked at")
    assert look_up("MAPK-1", tumor(wild_type=all_codons(rule))).result is Result.NOT_FOUND


@pytest.mark.parametrize("rule_id", AMPLIFICATIONS)
def test_amplified_is_found_and_one_call_less_not(rule_id):
    rule = BY_ID[rule_id]

    def called(call: CopyNumberCall, number: float):
        return look_up(rule_id, tumor(gene_copies=(copies(rule.gene, number, call=call, p_amplified=0.5),)))

    answer = called(CopyNumberCall.AMPLIFIED, 6.1)
    assert answer.result is Result.FOUND
    assert "P(amplified) 0.50" in answer.reason
    assert called(CopyNumberCall.GAINED, 5.9).result is Result.NOT_FOUND
    assert called(CopyNumberCall.NOT_ASSESSABLE, 6.1).result is Result.NOT_TESTED
    assert look_up(rule_id, tumor()).result is Result.NOT_TESTED
    partial = called(CopyNumberCall.PARTIALLY_AMPLIFIED, 5.0)
    wanted = Result.FOUND if rule_id == "RTK-1" else Result.NOT_FOUND
    assert partial.result is wanted


@pytest.mark.parametrize(("number", "result"), [(8.0, Result.FOUND), (7.9, Result.NOT_FOUND)])
def test_the_least_copies_of_a_rule_are_enough(number, result):
    rule = BY_ID["MAPK-4"]
    asking = replace(rule, event=replace(rule.event, min_copies=8.0))
    measured = copies("KRAS", number, call=CopyNumberCall.AMPLIFIED)
    assert look_up_rule(asking, tumor(gene_copies=(measured,)), genes=GENES).result is result


def test_a_rule_that_lists_a_change_reports_it_though_another_lists_it_too():
    hit = tumor(variant("BRAF", "V600E"))
    assert look_up("MAPK-5", hit, named=frozenset({("BRAF", "V600E")})).result is Result.FOUND
    assert look_up("MAPK-5b", hit, named=frozenset({("BRAF", "V600E")})).matches == ()


TRUNCATING = {"term": "stop_gained", "biallelic": True}


@pytest.mark.parametrize("rule_id", LOSSES)
def test_a_truncation_counts_with_loss_of_the_other_allele_only(rule_id):
    rule = BY_ID[rule_id]
    lost, kept = copies(rule.gene, 1.0, minor=0.0), copies(rule.gene, 2.0, minor=1.0)
    hit = variant(rule.gene, "R130*", **TRUNCATING)
    with_loss = look_up(rule_id, tumor(hit, gene_copies=(lost,)))
    assert with_loss.result is Result.FOUND
    assert "with the other allele lost" in with_loss.reason
    complete = {"covered": (rule.gene,), "junctions": ()}
    without = look_up(rule_id, tumor(hit, gene_copies=(kept,), **complete))
    assert without.result is Result.NOT_FOUND
    assert "copies of the other allele are kept" in without.reason
    unknown = copies(rule.gene, 2.0, minor=None)
    assert look_up(rule_id, tumor(hit, gene_copies=(unknown,), **complete)).result is Result.NOT_TESTED


@pytest.mark.parametrize("rule_id", LOSSES)
def test_two_hits_are_a_loss_and_a_missense_is_none(rule_id):
    rule = BY_ID[rule_id]
    kept = (copies(rule.gene, 2.0, minor=1.0),)
    two = (variant(rule.gene, "Q10*", **TRUNCATING), variant(rule.gene, "L99fs", term="frameshift_variant"))
    answer = look_up(rule_id, tumor(*two, gene_copies=kept))
    assert answer.result is Result.FOUND
    assert len(answer.matches) == 2
    assert "whether on different alleles is not known" in answer.reason
    missense = variant(rule.gene, "A100V", biallelic=True)
    lost = (copies(rule.gene, 1.0, minor=0.0),)
    complete = {"covered": (rule.gene,), "junctions": ()}
    assert look_up(rule_id, tumor(missense, gene_copies=lost, **complete)).result is Result.NOT_FOUND


@pytest.mark.parametrize("rule_id", LOSSES)
@pytest.mark.parametrize(
    "near",
    [
        {"clonality": Clonality.SUBCLONAL},
        {"inherited": "seen in the normal"},
        {"filters": ("germline",)},
        {"transcript": "NM_000000.1"},
    ],
)
def test_a_hit_that_must_not_count(rule_id, near):
    rule = BY_ID[rule_id]
    hit = variant(rule.gene, "R130*", **(TRUNCATING | near))
    lost = (copies(rule.gene, 1.0, minor=0.0),)
    answer = look_up(rule_id, tumor(hit, gene_copies=lost, covered=(rule.gene,), junctions=()))
    assert answer.result is (Result.NOT_TESTED if "filters" in near else Result.NOT_FOUND)
    assert not answer.matches


@pytest.mark.parametrize("rule_id", LOSSES)
def test_homozygous_deletion_and_just_above_it(rule_id):
    rule = BY_ID[rule_id]
    gone = copies(rule.gene, 0.2, call=CopyNumberCall.DELETED, minor=0.0)
    assert look_up(rule_id, tumor(gene_copies=(gone,))).result is Result.FOUND
    one_left = copies(rule.gene, 0.9, call=CopyNumberCall.LOST, minor=0.0)
    complete = {"covered": (rule.gene,), "junctions": ()}
    assert look_up(rule_id, tumor(gene_copies=(one_left,), **complete)).result is Result.NOT_FOUND


@pytest.mark.parametrize("rule_id", LOSSES)
def test_a_loss_is_denied_only_where_every_way_was_looked_at(rule_id):
    rule = BY_ID[rule_id]
    kept = (copies(rule.gene, 2.0, minor=1.0),)
    assert look_up(rule_id, tumor(gene_copies=kept)).result is Result.NOT_TESTED
    assert look_up(rule_id, tumor(covered=(rule.gene,), junctions=())).result is Result.NOT_TESTED
    uncovered = look_up(rule_id, tumor(gene_copies=kept, junctions=()))
    assert (uncovered.result, "not shown to be covered" in uncovered.reason) == (Result.NOT_TESTED, True)
    no_junctions = look_up(rule_id, tumor(gene_copies=kept, covered=(rule.gene,)))
    assert (no_junctions.result, no_junctions.reason) == (Result.NOT_TESTED, "no structural variants given")
    complete = look_up(rule_id, tumor(gene_copies=kept, covered=(rule.gene,), junctions=()))
    assert complete.result is Result.NOT_FOUND


@pytest.mark.parametrize("rule_id", ANY_CHANGES)
def test_background_is_context_and_a_silent_variant_nothing(rule_id):
    rule = BY_ID[rule_id]
    answer = look_up(rule_id, tumor(variant(rule.gene, "A100V")))
    assert answer.result is Result.FOUND
    assert not answer.matches[0].candidate
    assert not answer.matches[0].hypothesis
    silent = variant(rule.gene, "A100=", term="synonymous_variant")
    assert look_up(rule_id, tumor(silent, covered=(rule.gene,))).result is Result.NOT_FOUND


@pytest.mark.parametrize("rule_id", NEVER_SEEN)
def test_what_a_genome_cannot_show_is_never_denied(rule_id):
    genes = tuple(GENES)
    gene_copies = tuple(copies(symbol, 2.0) for symbol in genes)
    answer = look_up(rule_id, tumor(gene_copies=gene_copies, covered=genes, junctions=()))
    assert answer.result is Result.NOT_TESTED
    assert answer.reason


@pytest.mark.parametrize(
    ("rule_id", "number", "low", "high", "result"),
    [
        ("HER2-1", 5.9, 5.5, 5.99, Result.FOUND),
        ("HER2-1", 6.0, 6.0, 6.4, Result.NOT_FOUND),
        ("HER2-1", 5.9, 5.4, 6.2, Result.NOT_TESTED),
        ("ADC-1", 5.9, 5.5, 5.99, Result.FOUND),
        ("ADC-1", 6.0, 6.0, 6.4, Result.NOT_FOUND),
        ("HER2-1b", 19.9, 19.0, 19.99, Result.FOUND),
        ("HER2-1b", 20.0, 20.0, 24.0, Result.NOT_FOUND),
        ("HER2-1b", 20.5, 18.0, 23.0, Result.NOT_TESTED),
    ],
)
def test_too_few_copies_just_under_and_just_over(rule_id, number, low, high, result):
    measured = copies("ERBB2", number, low=low, high=high, call=CopyNumberCall.GAINED)
    assert look_up(rule_id, tumor(gene_copies=(measured,))).result is result


@pytest.mark.parametrize(
    ("verdict", "result"),
    [
        (Verdict.NO, Result.FOUND),
        (Verdict.YES, Result.NOT_FOUND),
        (Verdict.NOT_ASSESSABLE, Result.NOT_TESTED),
    ],
)
@pytest.mark.parametrize("call", [CopyNumberCall.GAINED, CopyNumberCall.NOT_ASSESSABLE])
def test_the_published_definition_has_the_word_on_few_copies(verdict, result, call):
    measured = copies("ERBB2", 6.0, low=5.0, high=7.0, call=call)
    findings = tumor(gene_copies=(measured,), definitions={("ERBB2", "6_copies"): verdict})
    assert look_up("HER2-1", findings).result is result


@pytest.mark.parametrize(
    ("verdict", "result"),
    [(Verdict.NO, Result.FOUND), (Verdict.YES, Result.NOT_FOUND), (Verdict.NOT_ASSESSABLE, Result.FOUND)],
)
def test_the_centromere_has_the_word_on_focality_and_the_arm_stands_in(verdict, result):
    measured = copies("ERBB2", 8.0, call=CopyNumberCall.AMPLIFIED, arm=5.0)
    findings = tumor(gene_copies=(measured,), definitions={("ERBB2", "centromere_ratio_2"): verdict})
    assert look_up("HER2-9", findings).result is result
    assert look_up("ADC-1b", findings).result is result


SECOND = "6_copies_and_centromere_ratio_2"


@pytest.mark.parametrize("rule_id", ["CC-1b", "MAPK-4c", "RTK-1b", "RTK-3d"])
@pytest.mark.parametrize(
    ("call", "verdict", "result"),
    [
        (CopyNumberCall.GAINED, Verdict.YES, Result.FOUND),
        (CopyNumberCall.GAINED, Verdict.NO, Result.NOT_FOUND),
        (CopyNumberCall.AMPLIFIED, Verdict.YES, Result.NOT_FOUND),  # told by the rule of the call
        (CopyNumberCall.GAINED, Verdict.NOT_ASSESSABLE, Result.NOT_TESTED),
        (CopyNumberCall.GAINED, None, Result.NOT_TESTED),
        (CopyNumberCall.NOT_ASSESSABLE, Verdict.YES, Result.NOT_TESTED),
    ],
)
def test_a_second_definition_tells_what_the_call_does_not(rule_id, call, verdict, result):
    gene = BY_ID[rule_id].gene
    definitions = {} if verdict is None else {(gene, SECOND): verdict}
    findings = tumor(gene_copies=(copies(gene, 10.0, call=call),), definitions=definitions)
    answer = look_up(rule_id, findings)
    assert answer.result is result
    assert [match.candidate or match.hypothesis for match in answer.matches] == (
        [False] if result is Result.FOUND else []
    )


def test_copies_that_cannot_be_judged_are_not_few():
    blind = copies("ERBB2", 2.0, call=CopyNumberCall.NOT_ASSESSABLE, reason="purity 0.1")
    answer = look_up("HER2-1", tumor(gene_copies=(blind,)))
    assert (answer.result, answer.reason) == (
        Result.NOT_TESTED,
        "copies of ERBB2 not assessable: purity 0.1",
    )


def test_a_caller_that_counts_no_further_cannot_deny_many_copies():
    capped = copies("ERBB2", 7.0, call=CopyNumberCall.AMPLIFIED, capped=True)
    assert look_up("HER2-1b", tumor(gene_copies=(capped,))).result is Result.NOT_TESTED
    assert look_up("HER2-1", tumor(gene_copies=(capped,))).result is Result.NOT_FOUND


@pytest.mark.parametrize(
    ("focality", "arm", "call", "result"),
    [
        ("arm", 6.0, CopyNumberCall.AMPLIFIED, Result.FOUND),
        ("chromosome", 6.0, CopyNumberCall.AMPLIFIED, Result.FOUND),
        ("focal", 2.0, CopyNumberCall.AMPLIFIED, Result.NOT_FOUND),
        # 8 copies over 4.1 of the arm is 1.95, over 4.0 it is 2.0
        ("focal", 4.1, CopyNumberCall.AMPLIFIED, Result.FOUND),
        ("focal", 4.0, CopyNumberCall.AMPLIFIED, Result.NOT_FOUND),
        ("focal", None, CopyNumberCall.AMPLIFIED, Result.NOT_TESTED),
        ("arm", 6.0, CopyNumberCall.NEUTRAL, Result.NOT_FOUND),
    ],
)
def test_a_gain_with_the_whole_arm(focality, arm, call, result):
    stretch = Amplicon(
        chromosome="17", start=39_000_000, end=41_000_000, focality=Focality(focality), genes=("ERBB2",)
    )
    measured = copies("ERBB2", 8.0, call=call, arm=arm)
    for rule_id in ("HER2-9", "ADC-1b"):
        assert look_up(rule_id, tumor(gene_copies=(measured,), amplicons=(stretch,))).result is result


@pytest.mark.parametrize(
    ("purity", "result"),
    [(0.19, Result.FOUND), (0.2, Result.NOT_FOUND), (None, Result.NOT_TESTED)],
)
def test_low_purity_is_told_and_is_no_mechanism(purity, result):
    answer = look_up("HER2-10", tumor(purity=purity))
    assert answer.result is result
    assert answer.matches == ()


@pytest.mark.parametrize(
    ("rule_id", "name"),
    [
        ("IMM-1", "microsatellite_instability"),
        ("IMM-1b", "high_mutational_burden"),
        ("IMM-1c", "polymerase_epsilon_exonuclease"),
    ],
)
@pytest.mark.parametrize(
    ("present", "result"), [(True, Result.FOUND), (False, Result.NOT_FOUND), (None, Result.NOT_TESTED)]
)
def test_what_a_file_tells_of_the_whole_genome(rule_id, name, present, result):
    signatures = {} if present is None else {name: SignatureVerdict(present, "told")}
    answer = look_up(rule_id, tumor(signatures=signatures))
    assert answer.result is result
    assert answer.matches == ()


@pytest.mark.parametrize(
    ("rule_id", "rsid"), [("GL-1", "rs396991"), ("GL-1b", "rs1801274"), ("GL-1c", "rs1050501")]
)
@pytest.mark.parametrize(
    ("genotype", "result"),
    [
        (InheritedGenotype("158 V/F", "told", alternative=True), Result.FOUND),
        (InheritedGenotype("158 F/F", "told"), Result.NOT_FOUND),
        (InheritedGenotype(None, "reads fit two places"), Result.NOT_TESTED),
        (None, Result.NOT_TESTED),
    ],
)
def test_a_genotype_of_the_normal(rule_id, rsid, genotype, result):
    answer = look_up(rule_id, tumor(germline={} if genotype is None else {rsid: genotype}))
    assert answer.result is result
    assert answer.matches == ()


@pytest.mark.parametrize(
    ("treated", "result"), [(True, Result.FOUND), (False, Result.NOT_FOUND), (None, Result.NOT_TESTED)]
)
def test_earlier_anti_egfr_treatment(treated, result):
    answer = look_up("CLIN-1", tumor(prior_anti_egfr=treated))
    assert answer.result is result
    assert answer.matches == ()


@pytest.mark.parametrize(
    ("rule_id", "change", "result"),
    [
        ("HER2-2c", "V777_G778insGSP", Result.FOUND),
        ("HER2-2c", "P780_Y781dup", Result.FOUND),
        ("HER2-2c", "V777L", Result.NOT_FOUND),
        ("HER2-2c", "V777_G778del", Result.NOT_FOUND),
        ("HER2-2c", "L785_L786insA", Result.NOT_FOUND),
        # longer than what it replaces, as long, shorter
        ("HER2-2c", "G776delinsVC", Result.FOUND),
        ("HER2-2c", "V777_G778delinsLC", Result.NOT_FOUND),
        ("HER2-2c", "V777_G778delinsC", Result.NOT_FOUND),
        # a change counts that reaches into the region from either side
        ("HER2-2c", "D769_E770delinsGKL", Result.FOUND),
        ("HER2-2c", "L768_D769delinsGKL", Result.NOT_FOUND),
        ("HER2-2c", "S783_R784delinsGKL", Result.FOUND),
        ("HER2-2c", "R784_L785delinsGKL", Result.NOT_FOUND),
        ("MAPK-6e", "N486_P490del", Result.FOUND),
        ("MAPK-6e", "L485_P490delinsF", Result.FOUND),
        ("MAPK-6e", "L485F", Result.NOT_FOUND),
        ("MAPK-6e", "K499_E501del", Result.NOT_FOUND),
        ("RTK-2d", "E746_A750del", Result.FOUND),
        ("RTK-2d", "L747_P753delinsS", Result.FOUND),
        ("RTK-2d", "E746V", Result.NOT_FOUND),
        ("RTK-2d", "S752_I759del", Result.NOT_FOUND),
        ("PI3K-4b", "Y452_Q454del", Result.FOUND),
        ("PI3K-4b", "Y452_Q454delinsFF", Result.FOUND),
        ("PI3K-4b", "Y452_Q454delinsFFF", Result.NOT_FOUND),
        ("PI3K-4b", "Y452_Q454delinsFFFF", Result.NOT_FOUND),
        ("PI3K-4b", "L433_D434del", Result.FOUND),
        ("PI3K-4b", "G475_E476del", Result.FOUND),
        ("PI3K-4b", "E476_L477del", Result.NOT_FOUND),
        ("PI3K-4b", "D434del", Result.FOUND),
        ("PI3K-4b", "L433del", Result.NOT_FOUND),
        ("PI3K-4b", "Q457fs", Result.NOT_FOUND),
        ("PI3K-4b", "Q457_R461dup", Result.NOT_FOUND),
    ],
)
def test_regions(rule_id, change, result):
    rule = BY_ID[rule_id]
    findings = tumor(variant(rule.gene, change), covered=(rule.gene,))
    assert look_up(rule_id, findings).result is result


@pytest.mark.parametrize(
    ("change", "term", "result"),
    [
        ("R348*", "stop_gained", Result.FOUND),
        ("L573fs", "frameshift_variant", Result.FOUND),
        ("L573P", "missense_variant", Result.NOT_FOUND),
    ],
)
def test_a_truncated_pik3r1(change, term, result):
    assert (
        look_up("PI3K-4d", tumor(variant("PIK3R1", change, term=term), covered=("PIK3R1",))).result is result
    )


ERBB2_EXON_16 = (39719786, 39719834)
"""GRCh38, 0-based; 48 bases, in-frame (NM_004448.4)."""


@pytest.mark.parametrize(
    ("position", "result"),
    [
        (ERBB2_EXON_16[0] - 2, Result.FOUND),
        (ERBB2_EXON_16[0] - 1, Result.FOUND),
        (ERBB2_EXON_16[1], Result.FOUND),
        (ERBB2_EXON_16[1] + 1, Result.FOUND),
        (ERBB2_EXON_16[1] + 2, Result.NOT_FOUND),
        (ERBB2_EXON_16[0] - 3, Result.NOT_FOUND),
        (39723316, Result.NOT_FOUND),  # the acceptor of exon 17
    ],
)
def test_splice_sites_of_exon_16_of_erbb2(position, result):
    assert ERBB2_EXON_16 in GENES["ERBB2"].exons
    hit = variant("ERBB2", "", term="splice_donor_variant", place=Variant("17", position, "G", "A"))
    assert look_up("HER2-5", tumor(hit, covered=("ERBB2",))).result is result


MET_EXON_14 = (116771848, 116771989)
"""GRCh38, 0-based; 141 bases, in-frame (NM_000245.4)."""


@pytest.mark.parametrize(
    ("position", "result"),
    [
        (MET_EXON_14[0] - 1, Result.FOUND),
        (MET_EXON_14[1] + 1, Result.FOUND),
        (MET_EXON_14[0] - 3, Result.NOT_FOUND),
        (MET_EXON_14[1] + 2, Result.NOT_FOUND),
        (116771653 + 1, Result.NOT_FOUND),  # the donor of the exon before
    ],
)
def test_splice_sites_of_exon_14_of_met(position, result):
    assert MET_EXON_14 in GENES["MET"].exons
    hit = variant("MET", "", term="splice_donor_variant", place=Variant("7", position, "G", "A"))
    assert look_up("RTK-3c", tumor(hit, covered=("MET",))).result is result
    whole = deletion("7", MET_EXON_14[0] - 50, MET_EXON_14[1] + 50)
    assert look_up("RTK-3c", tumor(covered=("MET",), junctions=(whole,))).result is Result.FOUND


def test_a_deletion_of_exon_16_of_erbb2_and_of_its_neighbour_too():
    alone = deletion("17", ERBB2_EXON_16[0] - 100, ERBB2_EXON_16[1] + 100)
    answer = look_up("HER2-5", tumor(covered=("ERBB2",), junctions=(alone,)))
    assert answer.result is Result.FOUND
    part = deletion("17", ERBB2_EXON_16[0] + 20, ERBB2_EXON_16[1] + 100)
    assert look_up("HER2-5", tumor(covered=("ERBB2",), junctions=(part,))).result is Result.FOUND
    more = deletion("17", ERBB2_EXON_16[0] - 100, 39723400)
    assert look_up("HER2-5", tumor(covered=("ERBB2",), junctions=(more,))).result is Result.NOT_FOUND
    for rule_id in ("HER2-6", "HER2-7"):  # the exon alone is neither p95HER2 nor a broken gene
        for junctions, result in (((alone,), Result.NOT_FOUND), ((more,), Result.FOUND)):
            assert look_up(rule_id, tumor(covered=("ERBB2",), junctions=junctions)).result is result


def test_splice_site_beside_codon_582_of_pik3r1():
    hit = variant("PIK3R1", "", term="splice_donor_variant", place=Variant("5", 68295324, "G", "A"))
    assert look_up("PI3K-4c", tumor(hit, covered=("PIK3R1",))).result is Result.FOUND
    far = variant("PIK3R1", "", term="splice_acceptor_variant", place=Variant("5", 68295145, "G", "A"))
    assert look_up("PI3K-4c", tumor(far, covered=("PIK3R1",))).result is Result.NOT_FOUND


KINASE = codon_span(GENES["ERBB2"], 720, 987)


def test_erbb2_without_its_outer_part():
    gene = GENES["ERBB2"]
    five_prime = deletion("17", gene.cds[1][0] - 50, gene.cds[9][1] + 50)
    assert look_up("HER2-6", tumor(junctions=(five_prime,))).result is Result.FOUND
    kinase = deletion("17", KINASE[0], KINASE[1])
    assert look_up("HER2-6", tumor(junctions=(kinase,))).result is Result.NOT_FOUND
    intron = deletion("17", gene.cds[1][1] + 50, gene.cds[2][0] - 20)
    assert look_up("HER2-6", tumor(junctions=(intron,))).result is Result.NOT_FOUND
    assert look_up("HER2-6", tumor()).result is Result.NOT_TESTED


def test_a_copy_step_that_cuts_the_first_exons_of_erbb2():
    gene = GENES["ERBB2"]
    partial = copies("ERBB2", 12.0, call=CopyNumberCall.PARTIALLY_AMPLIFIED, least=2.0, most=30.0)
    inner = Amplicon(
        chromosome="17",
        start=gene.cds[12][0] - 10,
        end=39_900_000,
        focality=Focality.FOCAL,
        partial_genes=("ERBB2",),
    )
    answer = look_up("HER2-6", tumor(gene_copies=(partial,), amplicons=(inner,)))
    assert answer.result is Result.FOUND
    assert "coding exons 1-12 not amplified" in answer.reason
    cut_kinase = Amplicon(
        chromosome="17",
        start=39_600_000,
        end=gene.cds[12][1],
        focality=Focality.FOCAL,
        partial_genes=("ERBB2",),
    )
    near = look_up("HER2-6", tumor(gene_copies=(partial,), amplicons=(cut_kinase,), junctions=()))
    assert near.result is Result.NOT_FOUND


def test_erbb2_rearranged_or_broken_within_one_intron():
    gene = GENES["ERBB2"]
    inside = gene.cds[5][1] + 20
    broken = junction(("17", inside, Side.AFTER), ("1", 1_000_000, Side.BEFORE))
    assert look_up("HER2-7", tumor(junctions=(broken,))).result is Result.FOUND
    beside = junction(("17", gene.end + 5_000, Side.AFTER), ("1", 1_000_000, Side.BEFORE))
    assert look_up("HER2-7", tumor(junctions=(beside,))).result is Result.NOT_FOUND
    around = deletion("17", gene.start - 10_000, gene.end + 10_000)
    assert look_up("HER2-7", tumor(junctions=(around,))).result is Result.NOT_FOUND
    overlapping = duplication("17", inside, gene.end + 50_000)
    assert look_up("HER2-7", tumor(junctions=(overlapping,))).result is Result.NOT_FOUND
    filtered = junction(("17", inside, Side.AFTER), ("1", 5, Side.BEFORE), filters=("PON",))
    answer = look_up("HER2-7", tumor(junctions=(filtered,)))
    assert (answer.result, answer.reason) == (
        Result.NOT_TESTED,
        f"17:{inside + 1}-1:6 filtered by its caller (PON)",
    )


def braf_intron_8() -> int:
    """A base between the coding exons 8 and 9 of BRAF (minus strand), before the kinase domain."""
    ordered = tuple(reversed(GENES["BRAF"].cds))
    return (ordered[7][0] + ordered[8][1]) // 2


def test_a_braf_fusion_keeps_the_kinase():
    place = braf_intron_8()
    kinase_kept = junction(("7", place, Side.BEFORE), ("7", 100_000_000, Side.AFTER))
    assert look_up("MAPK-6b", tumor(junctions=(kinase_kept,))).result is Result.FOUND
    start_kept = junction(("7", place, Side.AFTER), ("7", 100_000_000, Side.AFTER))
    assert look_up("MAPK-6b", tumor(junctions=(start_kept,))).result is Result.NOT_FOUND
    single = junction(("7", place, Side.BEFORE), None, kind="SGL")
    assert look_up("MAPK-6b", tumor(junctions=(single,))).result is Result.NOT_FOUND


def test_a_doubled_and_a_shortened_braf():
    first, last = codon_span(GENES["BRAF"], 457, 717)
    assert (
        look_up("MAPK-6c", tumor(junctions=(duplication("7", first - 50, last + 50),))).result is Result.FOUND
    )
    part = duplication("7", first + 5_000, last + 50)
    assert look_up("MAPK-6c", tumor(junctions=(part,))).result is Result.NOT_FOUND
    ordered = tuple(reversed(GENES["BRAF"].cds))
    start_lost = deletion("7", ordered[7][0] - 50, ordered[1][1] + 50)
    assert look_up("MAPK-6d", tumor(junctions=(start_lost,))).result is Result.FOUND
    end_lost = deletion("7", ordered[-1][0] - 50, ordered[-3][1] + 50)
    assert look_up("MAPK-6d", tumor(junctions=(end_lost,))).result is Result.NOT_FOUND


def test_an_nrg1_fusion_keeps_the_egf_like_domain():
    gene = GENES["NRG1"]
    assert gene.strand == "+"
    first, last = codon_span(gene, 177, 241)
    kept = junction(("8", first - 100, Side.AFTER), ("5", 150_000_000, Side.BEFORE))
    assert look_up("RTK-4d", tumor(junctions=(kept,))).result is Result.FOUND
    lost = junction(("8", last + 100, Side.AFTER), ("5", 150_000_000, Side.BEFORE))
    assert look_up("RTK-4d", tumor(junctions=(lost,))).result is Result.NOT_FOUND


@pytest.mark.parametrize("rule_id", ids("hotspot", "codon", "region", "splice"))
def test_rules_by_codon_need_the_codons_assessed(rule_id):
    answer = look_up(rule_id, tumor())
    assert answer.result is Result.NOT_TESTED
    assert "not looked at" in answer.reason or "not shown to be covered" in answer.reason


def test_definitions_named_by_rules_exist_with_the_same_limit():
    limits = {definition.name: definition.threshold for definition in DEFINITIONS}
    named = {
        (token.removeprefix("definition:"), getattr(rule.event, "max_copies", None))
        for rule in RULES
        for token in rule.match
        if token.startswith("definition:")
    }
    assert named == {
        ("6_copies", 6.0),
        ("20_copies", 20.0),
        ("centromere_ratio_2", None),
        (SECOND, None),
    }
    assert all(limit is None or limits[name] == limit for name, limit in named)
    assert "centromere_ratio_2" in limits


@pytest.mark.parametrize(
    ("change", "met"),
    [("V600E", ["MAPK-5"]), ("V600_K601delinsE", ["MAPK-5b"]), ("V600A", ["MAPK-5b"]), ("V600=", [])],
)
def test_a_change_of_braf_600_that_no_rule_lists_is_a_hypothesis(change, met):
    rules = [BY_ID["MAPK-5"], BY_ID["MAPK-5b"]]
    term = "synonymous_variant" if change == "V600=" else "missense_variant"
    answers = look_up_rules(rules, tumor(variant("BRAF", change, term=term)), genes=GENES)
    assert [answer.rule.rule_id for answer in answers if answer.result is Result.FOUND] == met


BRAF_KINASE = codon_span(GENES["BRAF"], 457, 717)


@pytest.mark.parametrize(
    ("rule_id", "place", "result"),
    [
        # BRAF on the minus strand: the kept side reaches up to the first base of codon 457, its highest
        ("MAPK-6b", ("7", BRAF_KINASE[1] - 1, Side.BEFORE), Result.FOUND),
        ("MAPK-6b", ("7", BRAF_KINASE[1] - 2, Side.BEFORE), Result.NOT_FOUND),
        ("MAPK-6b", ("7", BRAF_KINASE[0], Side.BEFORE), Result.NOT_FOUND),
        # NRG1 on the plus strand: the kept side starts at the first base of codon 177, its lowest
        ("RTK-4d", ("8", codon_span(GENES["NRG1"], 177, 241)[0], Side.AFTER), Result.FOUND),
        ("RTK-4d", ("8", codon_span(GENES["NRG1"], 177, 241)[0] + 1, Side.AFTER), Result.NOT_FOUND),
        ("RTK-4d", ("8", codon_span(GENES["NRG1"], 177, 241)[0], Side.BEFORE), Result.NOT_FOUND),
    ],
)
def test_a_fusion_keeps_its_domain_to_the_last_base(rule_id, place, result):
    partner = ("1", 1_000_000, Side.AFTER)
    assert look_up(rule_id, tumor(junctions=(junction(place, partner),))).result is result
    assert look_up(rule_id, tumor(junctions=(junction(partner, place),))).result is result


def test_a_fusion_joins_the_gene_to_somewhere_else():
    within = junction(
        ("7", braf_intron_8(), Side.BEFORE), ("7", GENES["BRAF"].cds[-1][0] - 200, Side.BEFORE), kind="INV"
    )
    assert look_up("MAPK-6b", tumor(junctions=(within,))).result is Result.NOT_FOUND


BRAF_START = GENES["BRAF"].cds[-2][1] + 50
"""Beyond the coding exon 2 on the minus strand; the coding exon 1 lies higher still."""
ERBB2_SECOND = GENES["ERBB2"].cds[1][0] - 50


@pytest.mark.parametrize(
    ("rule_id", "removed", "result"),
    [
        # minus strand: what is deleted lies above the wanted part; one base into it is too much
        ("MAPK-6d", ("7", BRAF_KINASE[1], BRAF_START), Result.FOUND),
        ("MAPK-6d", ("7", BRAF_KINASE[1] - 1, BRAF_START), Result.NOT_FOUND),
        ("MAPK-6d", ("7", BRAF_KINASE[0], BRAF_START), Result.NOT_FOUND),
        ("MAPK-6d", ("8", BRAF_KINASE[1], BRAF_START), Result.NOT_FOUND),
        # plus strand: it lies below
        ("HER2-6", ("17", ERBB2_SECOND, KINASE[0]), Result.FOUND),
        ("HER2-6", ("17", ERBB2_SECOND, KINASE[0] + 1), Result.NOT_FOUND),
        ("HER2-6", ("17", ERBB2_SECOND, KINASE[1]), Result.NOT_FOUND),
        ("HER2-6", ("16", ERBB2_SECOND, KINASE[0]), Result.NOT_FOUND),
    ],
)
def test_a_lost_start_ends_before_the_wanted_part(rule_id, removed, result):
    assert look_up(rule_id, tumor(junctions=(deletion(*removed),))).result is result


@pytest.mark.parametrize(
    ("start", "end", "gene", "call", "result"),
    [
        (ERBB2_SECOND, KINASE[1], "ERBB2", CopyNumberCall.PARTIALLY_AMPLIFIED, Result.FOUND),
        # the first exon is amplified too: the end of the gene is cut, not its start
        (GENES["ERBB2"].start - 9_000, KINASE[1], "ERBB2", CopyNumberCall.PARTIALLY_AMPLIFIED, Result.NOT_FOUND),
        (ERBB2_SECOND, KINASE[1] - 1, "ERBB2", CopyNumberCall.PARTIALLY_AMPLIFIED, Result.NOT_FOUND),
        (KINASE[0] + 1, KINASE[1], "ERBB2", CopyNumberCall.PARTIALLY_AMPLIFIED, Result.NOT_FOUND),
        (ERBB2_SECOND, KINASE[1], "GRB7", CopyNumberCall.PARTIALLY_AMPLIFIED, Result.NOT_FOUND),
        (ERBB2_SECOND, KINASE[1], "ERBB2", CopyNumberCall.AMPLIFIED, Result.NOT_FOUND),
    ],
)  # fmt: skip
def test_a_copy_step_cuts_the_start_and_keeps_the_kinase(start, end, gene, call, result):
    measured = copies("ERBB2", 12.0, call=call, least=2.0, most=30.0)
    stretch = Amplicon(chromosome="17", start=start, end=end, focality=Focality.FOCAL, partial_genes=(gene,))
    findings = tumor(gene_copies=(measured,), amplicons=(stretch,), junctions=())
    assert look_up("HER2-6", findings).result is result


KINASES = [
    rule.rule_id
    for rule in RULES
    if rule.gene in PANEL.fusion_genes or rule.rule_id in ("MAPK-10d", "RTK-5h", "RTK-5j")
]


def kept_at(rule: Rule, codon: int) -> tuple[str, int, Side]:
    """An end in the intron before the exon that holds the codon, whose kept side holds what the rule keeps."""
    gene = GENES[rule.gene]
    place = gene.codon_positions(codon)[0]
    start, end = next(exon for exon in gene.cds if exon[0] <= place < exon[1])
    after = (gene.strand == "+") is not rule.event.is_first
    intron = start - 50 if gene.strand == "+" else end + 50
    return gene.chromosome, intron, Side.AFTER if after else Side.BEFORE


ELSEWHERE = ("11", 70_000_000, Side.BEFORE)
PARTED_AT = {
    "RTK-5h": 768, "RTK-5i": 759, "RTK-5j": 765, "MAPK-10d": 288, "RTK-7": 1058, "RTK-7b": 1848, "RTK-7c": 418,
    "RTK-7d": 483, "RTK-7e": 467, "RTK-7f": 713,
}  # fmt: skip
"""The first codon, or nearly, of the exon behind the usual break: exon 20 of ALK, 34 of ROS1, 12 of RET, the last of FGFR."""


@pytest.mark.parametrize("rule_id", KINASES)
def test_a_fusion_of_a_kinase_is_found_where_it_breaks_and_not_the_other_way_round(rule_id):
    rule = BY_ID[rule_id]
    codon = PARTED_AT.get(rule_id) or next(
        PARTED_AT[other.rule_id] for other in RULES if other.gene == rule.gene and other.rule_id in PARTED_AT
    )
    here = kept_at(rule, codon)
    answer = look_up(rule_id, tumor(junctions=(junction(here, ELSEWHERE),)))
    assert answer.result is Result.FOUND, answer.reason
    [match] = answer.matches
    assert (match.alteration.gene, match.alteration.copies) == (rule.gene, None)
    turned = (*here[:2], Side.AFTER if here[2] is Side.BEFORE else Side.BEFORE)
    assert look_up(rule_id, tumor(junctions=(junction(turned, ELSEWHERE),))).result is Result.NOT_FOUND
    single = junction(here, None, kind="SGL")
    assert look_up(rule_id, tumor(junctions=(single,))).result is Result.NOT_FOUND
    within = junction(here, (*here[:1], here[1] + 400, Side.BEFORE))
    assert look_up(rule_id, tumor(junctions=(within,))).result is Result.NOT_FOUND


@pytest.mark.parametrize("rule_id", KINASES)
def test_without_junctions_a_fusion_is_not_tested_and_never_denied(rule_id):
    rule = BY_ID[rule_id]
    answer = look_up(rule_id, tumor(covered=(rule.gene,)))
    assert (answer.result, answer.reason) == (Result.NOT_TESTED, "no structural variants given")


@pytest.mark.parametrize("rule_id", [one for one in KINASES if BY_ID[one].event.breaks is not None])
def test_a_break_elsewhere_in_a_long_gene_is_no_fusion(rule_id):
    rule = BY_ID[rule_id]
    gene = GENES[rule.gene]
    here = kept_at(rule, 2)
    assert look_up(rule_id, tumor(junctions=(junction(here, ELSEWHERE),))).result is Result.NOT_FOUND
    first, last = codon_span(gene, *rule.event.breaks)
    side = kept_at(rule, rule.event.breaks[1])[2]
    inside = first if gene.strand == "+" else last - 1
    outside = first - 1 if gene.strand == "+" else last
    if not rule.event.is_first:
        for place, result in ((inside, Result.FOUND), (outside, Result.NOT_FOUND)):
            one = junction((gene.chromosome, place, side), ELSEWHERE)
            assert look_up(rule_id, tumor(junctions=(one,))).result is result


def test_egfr_without_a_part_of_its_outer_domain():
    gene = GENES["EGFR"]
    exons_2_to_7 = deletion("7", gene.cds[1][0] - 500, gene.cds[6][1] + 500)
    assert look_up("RTK-2g", tumor(junctions=(exons_2_to_7,))).result is Result.FOUND
    kinase = deletion("7", *codon_span(gene, 712, 979))
    assert look_up("RTK-2g", tumor(junctions=(kinase,))).result is Result.NOT_FOUND
    assert look_up("RTK-2g", tumor()).result is Result.NOT_TESTED


@pytest.mark.parametrize(
    ("rule_id", "gene", "change", "result"),
    [
        ("RTK-2f", "EGFR", "N771_H773dup", Result.FOUND),
        ("RTK-2f", "EGFR", "D770_N771insG", Result.FOUND),
        ("RTK-2f", "EGFR", "E746_A750del", Result.NOT_FOUND),
        ("RTK-2f", "EGFR", "H773Y", Result.NOT_FOUND),
        ("MAPK-6f", "BRAF", "T599dup", Result.FOUND),
        ("MAPK-6f", "BRAF", "N486_P490del", Result.NOT_FOUND),
        ("MAPK-6f", "BRAF", "T599I", Result.NOT_FOUND),
    ],
)
def test_insertions_in_a_stretch_of_codons(rule_id, gene, change, result):
    kind = "inframe_insertion" if "ins" in change or "dup" in change else "missense_variant"
    hit = variant(gene, change, term=kind)
    assert look_up(rule_id, tumor(hit, wild_type=all_codons(BY_ID[rule_id]))).result is result


@pytest.mark.parametrize(
    ("change", "minor", "found"),
    [
        ("C124S", 1.0, ["PI3K-5b"]),  # blocks the PTEN of the other allele
        ("C124S", 0.0, ["PI3K-5", "PI3K-5b"]),
        ("R130G", 0.0, ["PI3K-5"]),
        ("R130G", 1.0, []),
        ("G132D", 0.0, []),  # recurrent, not listed as tested
    ],
)
def test_inactive_pten_counts_by_the_other_allele(change, minor, found):
    whole = copies("PTEN", 1.0 + minor, minor=minor)
    findings = tumor(
        variant("PTEN", change, biallelic=minor == 0), gene_copies=(whole,), covered=("PTEN",), junctions=()
    )
    answers = look_up_rules([BY_ID["PI3K-5"], BY_ID["PI3K-5b"]], findings, genes=GENES)
    assert [answer.rule.rule_id for answer in answers if answer.result is Result.FOUND] == found
