"""Conflict is of an allele and a drug: where a row confines it, another allele of the row is undisputed."""

from __future__ import annotations

import pytest
from evidence_builders import GENES, PANEL, knowledge, rule, tumor, variant

from refractor.evidence.knowledge.knowledge_base import EVIDENCE, knowledge_of
from refractor.evidence.knowledge.rules_in_scope import rules_in_scope, scope_of
from refractor.evidence.labels import candidate_sentence
from refractor.evidence.lookups import look_up_rules
from refractor.evidence.reporting import ExternalAnnotations, reported_alterations
from refractor.settings.config import SHIPPED_COHORT, load_cohort

PANITUMUMAB = SHIPPED_COHORT.with_name("ras_wild_type_colorectal_panitumumab.yaml")


@pytest.mark.parametrize(
    ("rule_id", "disputed", "undisputed"),
    [
        ("MAPK-1", ["G13D", "A146T"], ["G12D", "Q61H", "K117N", "G12_G13insG"]),
        ("MAPK-2", ["Q61K"], ["G12D"]),
        ("HER2-2", ["L755S", "V777L"], ["L755P", "T798I"]),
        ("EGFRI-1", ["G13D", "A146V"], ["G12V"]),
        ("EGFRI-2", ["Q61R"], ["G13D"]),
        ("PI3K-3", ["C420R", "R88Q"], ["N345K"]),
        ("MAPK-7", ["D594G", "G466V"], []),
        ("BRAFI-1", [], ["G13D"]),
    ],
)
def test_the_alleles_on_which_evidence_disagrees(rule_id, disputed, undisputed):
    one = rule(rule_id)
    assert all(one.conflicts_on(change) for change in disputed)
    assert not any(one.conflicts_on(change) for change in undisputed)


@pytest.mark.parametrize(
    ("cohort", "change", "disputed"),
    [
        (SHIPPED_COHORT, "G12D", False),
        (SHIPPED_COHORT, "G13D", True),
        (PANITUMUMAB, "G12D", False),
        (PANITUMUMAB, "G13D", True),
    ],
)
def test_the_row_of_an_alteration_and_its_sentence_say_it_of_that_allele(cohort, change, disputed):
    scope = scope_of(load_cohort(cohort), knowledge().drug_classes)
    answers = look_up_rules(
        rules_in_scope(knowledge().rules, scope), tumor(variant("KRAS", change)), genes=GENES
    )
    [match] = [match for answer in answers for match in answer.matches if match.candidate]
    assert ("Against it:" in candidate_sentence(match)) is disputed
    [row] = [
        row for row in reported_alterations(answers, (), (), external=ExternalAnnotations()) if row.candidate
    ]
    assert row.conflicting is disputed


def test_an_own_table_may_lack_the_column(tmp_path):
    lines = (EVIDENCE / "rules" / "mapk.tsv").read_text(encoding="utf-8").splitlines()[:2]
    place = lines[0].split("\t").index("conflicting_alleles")
    own = tmp_path / "own.tsv"
    own.write_text(
        "".join(
            "\t".join(cells[:place] + cells[place + 1 :]) + "\n"
            for cells in (line.split("\t") for line in lines)
        )
    )
    [row] = [one for one in knowledge_of(PANEL, own_rules=(own,)).rules if one.rule_id == "MAPK-1"]
    assert (row.file, row.conflicting_alleles) == ("own.tsv", ())
    assert row.conflicts_on("G12D")
