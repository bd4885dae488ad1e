"""The trial's criteria judged again."""

from dataclasses import replace

import pytest
from evidence_builders import PANEL, copies, variant

from refractor.evidence.eligibility import assess_eligibility
from refractor.evidence.findings import Findings
from refractor.evidence.targets import TargetFinding
from refractor.files.resources import RESOURCES
from refractor.results.variant_tables import CodonStatus
from refractor.settings.config import SHIPPED_COHORT, load_cohort
from refractor.settings.criteria import Criterion, CriterionMeasure, Required
from refractor.vocabulary import Clonality, CopyNumberCall, Eligibility, Result, Status, Verdict

RAS = [(gene, codon) for gene in ("KRAS", "NRAS") for codon in (12, 13, 59, 61, 117, 146)]
BRAF_CODONS = tuple(codon.codon for codon in PANEL.decisive_codons if codon.gene == "BRAF")
NO_TARGET = TargetFinding(Result.NOT_TESTED, "not looked for")
COHORT = load_cohort(SHIPPED_COHORT).eligibility


def codons(*changed: CodonStatus, all_of=None):
    wild = {
        key: CodonStatus(gene=key[0], codon=key[1], status=Status.WILD_TYPE)
        for key in all_of or [*RAS, ("BRAF", 600)]
    }
    return wild | {(item.gene, item.codon): item for item in changed}


def mutated(gene, codon, change, vaf):
    return CodonStatus(gene=gene, codon=codon, status=Status.MUTATED, vaf=vaf, protein_change=change)


def judged(name, codon_results=None, *, criteria=COHORT, erbb2=None, definitions=None):
    findings = Findings(
        sample="T1",
        codons=codons() if codon_results is None else codon_results,
        copies={} if erbb2 is None else {"ERBB2": erbb2},
        definitions=definitions or {},
    )
    found = assess_eligibility(criteria, findings, target=NO_TARGET, classed_codons={"BRAF": BRAF_CODONS})
    assert [criterion.criterion for criterion in found] == list(criteria)
    return next(criterion for criterion in found if criterion.criterion == name)


def test_wild_type_at_all_codons_is_confirmed():
    verdict = judged("RAS")
    assert (verdict.status, verdict.detail) == (Eligibility.CONFIRMED, "wild_type")
    assert verdict.reason == "wild-type at 12 codons"


def test_a_mutation_is_discordant_and_named():
    verdict = judged("RAS", codons(mutated("KRAS", 12, "G12D", 0.3)))
    assert (verdict.status, verdict.detail) == (Eligibility.DISCORDANT, "mutated")
    assert verdict.reason == "mutated: KRAS G12D (VAF 0.30)"


@pytest.mark.parametrize(
    ("vaf", "status"),
    [(0.05, Eligibility.DISCORDANT), (0.049, Eligibility.CONFIRMED), (None, Eligibility.DISCORDANT)],
)
def test_a_low_vaf_is_a_flag_and_no_contradiction(vaf, status):
    verdict = judged("RAS", codons(mutated("NRAS", 61, "Q61K", vaf)))
    assert verdict.status is status
    assert verdict.detail == "mutated"
    assert ("low-VAF" in verdict.reason) == (status is Eligibility.CONFIRMED)


@pytest.mark.parametrize(
    ("clonality", "ccf", "status"),
    [
        (Clonality.CLONAL, 1.0, Eligibility.DISCORDANT),  # VAF 0.04 at purity 0.08 is one copy in every cell
        (Clonality.UNKNOWN, 0.5, Eligibility.DISCORDANT),
        (Clonality.UNKNOWN, 0.49, Eligibility.CONFIRMED),
        (Clonality.SUBCLONAL, 0.6, Eligibility.CONFIRMED),
        (Clonality.UNKNOWN, None, Eligibility.CONFIRMED),  # without purity the VAF has the word
    ],
)
def test_a_low_vaf_in_most_cells_is_a_contradiction(clonality, ccf, status):
    hit = variant("NRAS", "Q61K", vaf=0.04, clonality=clonality)
    hit = replace(hit, copies=replace(hit.copies, ccf=ccf))
    findings = Findings(sample="T1", variants=(hit,), codons=codons(mutated("NRAS", 61, "Q61K", 0.04)))
    found = assess_eligibility(
        {"RAS": COHORT["RAS"]}, findings, target=NO_TARGET, classed_codons={"BRAF": BRAF_CODONS}
    )
    assert found[0].status is status


def test_a_cohort_may_count_low_vafs():
    criteria = {"RAS": replace(COHORT["RAS"], low_vaf_counts=True)}
    verdict = judged("RAS", codons(mutated("NRAS", 61, "Q61K", 0.02)), criteria=criteria)
    assert verdict.status is Eligibility.DISCORDANT


def test_one_blind_codon_is_not_wild_type():
    blind = CodonStatus(gene="NRAS", codon=117, status=Status.NOT_ASSESSABLE, reason="no reads")
    verdict = judged("RAS", codons(blind))
    assert (verdict.status, verdict.detail) == (Eligibility.NOT_ASSESSABLE, "not_assessable")
    assert verdict.reason == "not assessable: NRAS 117 (no reads)"


def test_a_codon_without_a_row_is_blind():
    missing = {key: value for key, value in codons().items() if key != ("KRAS", 146)}
    assert judged("RAS", missing).reason == "not assessable: KRAS 146"


def test_a_mutation_is_seen_beside_blind_codons():
    blind = CodonStatus(gene="NRAS", codon=117, status=Status.NOT_ASSESSABLE)
    assert judged("RAS", codons(blind, mutated("KRAS", 13, "G13D", 0.4))).status is Eligibility.DISCORDANT


def test_the_scope_of_braf():
    class_two = mutated("BRAF", 469, "G469A", 0.3)
    everywhere = [*RAS, *(("BRAF", codon) for codon in BRAF_CODONS)]
    assert judged("BRAF", codons(class_two, all_of=everywhere)).status is Eligibility.CONFIRMED
    wider = {"BRAF": replace(COHORT["BRAF"], braf_scope="ClassScope.CLASSES")}
    verdict = judged("BRAF", codons(class_two, all_of=everywhere), criteria=wider)
    assert verdict.status is Eligibility.DISCORDANT
    assert judged("BRAF", codons(all_of=everywhere), criteria=wider).status is Eligibility.CONFIRMED
    assert judged("BRAF", criteria=wider).status is Eligibility.NOT_ASSESSABLE


@pytest.mark.parametrize(
    ("call", "status"),
    [
        (CopyNumberCall.AMPLIFIED, Eligibility.CONFIRMED),
        (CopyNumberCall.PARTIALLY_AMPLIFIED, Eligibility.DISCORDANT),
        (CopyNumberCall.GAINED, Eligibility.DISCORDANT),
        (CopyNumberCall.NEUTRAL, Eligibility.DISCORDANT),
        (CopyNumberCall.LOST, Eligibility.DISCORDANT),
        (CopyNumberCall.DELETED, Eligibility.DISCORDANT),
        (CopyNumberCall.NOT_ASSESSABLE, Eligibility.NOT_ASSESSABLE),
    ],
)
def test_her2_by_its_call(call, status):
    verdict = judged("HER2", erbb2=copies("ERBB2", 12.0, call=call, reason="windows only"))
    assert (verdict.status, verdict.detail) == (status, str(call))


def test_her2_without_copies_is_not_assessable():
    verdict = judged("HER2")
    assert (verdict.status, verdict.detail) == (Eligibility.NOT_ASSESSABLE, "not_assessable")


def test_partial_amplification_may_count():
    criteria = {"HER2": replace(COHORT["HER2"], partial_counts=True)}
    partial = copies("ERBB2", 12.0, call=CopyNumberCall.PARTIALLY_AMPLIFIED)
    assert judged("HER2", erbb2=partial, criteria=criteria).status is Eligibility.CONFIRMED


@pytest.mark.parametrize(
    ("six", "ratio", "status"),
    [
        (Verdict.YES, Verdict.NO, Eligibility.CONFIRMED),
        (Verdict.NO, Verdict.NO, Eligibility.DISCORDANT),
        (Verdict.NO, Verdict.NOT_ASSESSABLE, Eligibility.NOT_ASSESSABLE),
        (Verdict.NO, None, Eligibility.NOT_ASSESSABLE),
        # one definition that is met is enough, whatever the other could not say
        (Verdict.YES, Verdict.NOT_ASSESSABLE, Eligibility.CONFIRMED),
        (Verdict.NOT_ASSESSABLE, Verdict.YES, Eligibility.CONFIRMED),
    ],
)
def test_her2_by_published_definitions(six, ratio, status):
    criteria = {"HER2": replace(COHORT["HER2"], definitions=("6_copies", "centromere_ratio_2"))}
    given = {("ERBB2", "6_copies"): six, ("ERBB2", "centromere_ratio_2"): ratio}
    given = {key: value for key, value in given.items() if value is not None}
    gained = copies("ERBB2", 7.0, call=CopyNumberCall.GAINED)
    assert judged("HER2", erbb2=gained, criteria=criteria, definitions=given).status is status


@pytest.mark.parametrize(
    ("erbb2", "egfr", "status"),
    [
        (CopyNumberCall.NOT_ASSESSABLE, CopyNumberCall.AMPLIFIED, Eligibility.CONFIRMED),
        (CopyNumberCall.AMPLIFIED, CopyNumberCall.NOT_ASSESSABLE, Eligibility.CONFIRMED),
        (CopyNumberCall.NEUTRAL, CopyNumberCall.AMPLIFIED, Eligibility.CONFIRMED),
        (CopyNumberCall.NEUTRAL, CopyNumberCall.NOT_ASSESSABLE, Eligibility.NOT_ASSESSABLE),
        (CopyNumberCall.NOT_ASSESSABLE, CopyNumberCall.NEUTRAL, Eligibility.NOT_ASSESSABLE),
        (CopyNumberCall.NEUTRAL, CopyNumberCall.NEUTRAL, Eligibility.DISCORDANT),
    ],
)
def test_of_several_genes_one_amplified_is_enough(erbb2, egfr, status):
    findings = Findings(
        sample="T1",
        codons=codons(),
        copies={
            gene: copies(gene, 12.0, call=call, reason="windows only")
            for gene, call in (("ERBB2", erbb2), ("EGFR", egfr))
        },
    )
    criteria = {"HER2": replace(COHORT["HER2"], genes=("ERBB2", "EGFR"))}
    (verdict,) = assess_eligibility(
        criteria, findings, target=NO_TARGET, classed_codons={"BRAF": BRAF_CODONS}
    )
    assert verdict.status is status


OTHER = load_cohort(RESOURCES / "cohorts" / "braf_v600e_colorectal.yaml").eligibility


@pytest.mark.parametrize(
    ("change", "status"),
    [("V600E", Eligibility.CONFIRMED), ("V600K", Eligibility.DISCORDANT), (None, Eligibility.DISCORDANT)],
)
def test_another_cohort_asks_for_the_mutation(change, status):
    found = codons() if change is None else codons(mutated("BRAF", 600, change, 0.3))
    assert judged("BRAF", found, criteria=OTHER).status is status


def test_another_cohort_cannot_judge_a_blind_codon():
    blind = CodonStatus(gene="BRAF", codon=600, status=Status.NOT_ASSESSABLE)
    assert judged("BRAF", codons(blind), criteria=OTHER).status is Eligibility.NOT_ASSESSABLE


@pytest.mark.parametrize(
    ("result", "required", "status", "detail"),
    [
        (Result.FOUND, Required.PRESENT, Eligibility.CONFIRMED, "present"),
        (Result.NOT_FOUND, Required.PRESENT, Eligibility.DISCORDANT, "absent"),
        (Result.NOT_TESTED, Required.PRESENT, Eligibility.NOT_ASSESSABLE, "not_assessable"),
        (Result.FOUND, Required.ABSENT, Eligibility.DISCORDANT, "present"),
        (Result.NOT_FOUND, Required.ABSENT, Eligibility.CONFIRMED, "absent"),
        (Result.NOT_TESTED, Required.ABSENT, Eligibility.NOT_ASSESSABLE, "not_assessable"),
    ],
)
def test_a_criterion_by_the_target(result, required, status, detail):
    criteria = {"fusion": Criterion(measure=CriterionMeasure.TARGET, required=required)}
    target = TargetFinding(result, "as told")
    (verdict,) = assess_eligibility(criteria, Findings(sample="T1"), target=target, classed_codons={})
    assert (verdict.status, verdict.detail, verdict.reason) == (status, detail, "as told")
