"""Every shipped cohort has a tumour in which one of its rules fires, and a near one in which none does."""

from __future__ import annotations

from pathlib import Path

import pytest
from evidence_builders import GENES, copies, knowledge, tumor, variant

from refractor.evidence.findings import Findings
from refractor.evidence.knowledge.rules_in_scope import rules_in_scope, scope_of
from refractor.evidence.lookups import look_up_rules
from refractor.settings.config import SHIPPED_COHORT, load_cohort
from refractor.vocabulary import CopyNumberCall

AMPLIFIED = CopyNumberCall.AMPLIFIED

FIRES: dict[str, tuple[Findings, str, Findings]] = {
    "her2_amplified_colorectal": (
        tumor(variant("KRAS", "G12D")),
        "MAPK-1",
        tumor(variant("KRAS", "G12D", inherited="seen in the normal")),
    ),
    "her2_amplified_colorectal_tucatinib_trastuzumab": (
        tumor(variant("NRAS", "Q61K")),
        "MAPK-2",
        tumor(variant("NRAS", "Q61=", term="synonymous_variant")),
    ),
    "her2_amplified_colorectal_trastuzumab_deruxtecan": (
        tumor(gene_copies=(copies("MET", 20.0, call=AMPLIFIED),)),
        "ADC-6",
        tumor(variant("KRAS", "G12D"), gene_copies=(copies("MET", 5.0, call=CopyNumberCall.GAINED),)),
    ),
    "ras_wild_type_colorectal_panitumumab": (
        tumor(variant("KRAS", "Q61H")),
        "EGFRI-1",
        tumor(variant("EGFR", "S492R")),  # where cetuximab binds, panitumumab does not
    ),
    "kras_g12c_colorectal": (tumor(variant("KRAS", "Y96D")), "G12CI-1", tumor(variant("KRAS", "G12C"))),
    "met_amplified_lung": (tumor(variant("MET", "D1228N")), "METI-1", tumor(variant("MET", "D1229N"))),
    "braf_v600e_colorectal": (tumor(variant("KRAS", "G12D")), "BRAFI-1", tumor(variant("BRAF", "V600E"))),
}
"""By cohort: a tumour, the rule against the drug that it meets, a tumour that nearly meets it."""
SHIPPED = sorted(path.stem for path in Path(SHIPPED_COHORT).parent.glob("*.yaml"))


def against_the_drug(cohort: str, findings: Findings) -> set[str]:
    """Rules of the cohort that make a candidate or a hypothesis of the tumour."""
    scope = scope_of(load_cohort(Path(SHIPPED_COHORT).with_name(f"{cohort}.yaml")), knowledge().drug_classes)
    answers = look_up_rules(rules_in_scope(knowledge().rules, scope), findings, genes=GENES)
    return {
        answer.rule.rule_id
        for answer in answers
        for match in answer.matches
        if match.candidate or match.hypothesis
    }


def test_every_shipped_cohort_is_here():
    assert len(SHIPPED) >= 7
    assert sorted(FIRES) == SHIPPED


@pytest.mark.parametrize("cohort", SHIPPED)
def test_a_tumour_that_fires_and_one_that_does_not(cohort):
    fires, rule_id, near = FIRES[cohort]
    assert against_the_drug(cohort, fires) == {rule_id}
    assert against_the_drug(cohort, near) == set()


def test_the_drug_decides_what_mutated_ras_means():
    """It stops antibodies against HER2 and lets the conjugate work: the direction is of allele and drug."""
    findings = tumor(variant("KRAS", "G12D"))
    assert against_the_drug("her2_amplified_colorectal", findings) == {"MAPK-1"}
    assert against_the_drug("her2_amplified_colorectal_trastuzumab_deruxtecan", findings) == set()
