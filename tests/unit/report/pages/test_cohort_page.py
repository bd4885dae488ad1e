"""The page says what the tables say, to people, and lets nothing in from outside."""

from __future__ import annotations

import re
from pathlib import Path

from report_patients import COHORT, made_patient, manifest_rows, page_of, results

from refractor.report.counted import words_of
from refractor.report.pages.cohort_page import headline
from refractor.report.patient_results import read_patient_results
from refractor.results.copy_number_tables import (
    AMPLICONS,
    AMPLIFICATION_DEFINITIONS,
    GENE_COPY_NUMBER,
    PURITY_PLOIDY,
    SEGMENTS,
)
from refractor.results.evidence_tables import ALTERATIONS, ELIGIBILITY, LABEL, RULES
from refractor.results.variant_tables import CODON_STATUS

BENEFIT = {"endpoint": "clinical benefit", "estimate": 0.458333, "n": 24, "events": 11, "method": "exact"}


def test_the_headline_gives_benefit_with_the_two_sided_interval_of_the_table() -> None:
    endpoints = [
        BENEFIT | {"statistic": "one-sided lower bound", "low": 0.28},
        BENEFIT | {"statistic": "proportion", "low": 0.25553, "high": 0.671792},
    ]
    cards = [
        made_patient("A"),
        made_patient("B", wgs="failed"),
        made_patient("C", wgs="missing", sample=None),
    ]
    found = headline(cards, results(endpoints=endpoints))
    assert (found.patients, found.sequenced) == (3, 1)
    assert words_of(found.benefit) == "11 of 24 (46 %, 95 % CI 26 % to 67 %)"
    assert headline(cards, results()).benefit == ("not known",)


def test_a_patient_who_is_not_evaluable_is_of_neither_group() -> None:
    """Benefit may be known all the same: who died without a scan has none, and the sheet leaves him out."""
    left_out = made_patient("H", evaluable="no", not_evaluable_reason="one dose")
    assert left_out.clinical_benefit is None
    page = page_of([left_out, made_patient("A", evaluable="yes")])
    assert "not evaluable: one dose" in page


def test_each_tile_counts_its_own() -> None:
    """Of 9 patients 8 are evaluable, 6 sequenced, 5 assessable, 1 failed; 2 contradict a criterion, 3 cannot be judged."""
    missing: dict[str, object] = {"wgs": "missing", "sample": None}
    cards = [
        made_patient("A", label="candidate_r1", eligibility="discordant", evaluable="yes"),
        made_patient("B", eligibility="discordant", evaluable="yes"),
        *(made_patient(name, clinical_benefit="yes", evaluable="yes") for name in "CDE"),
        made_patient("F", label="not_assessable", eligibility="not_assessable", evaluable="yes"),
        made_patient(
            "G", label="not_assessable", eligibility="not_assessable", evaluable="yes", wgs="failed"
        ),
        made_patient("H", label="not_assessable", eligibility="not_assessable", evaluable="yes", **missing),
        made_patient("I", label="not_assessable", clinical_benefit=None, evaluable="no", **missing),
    ]
    page = page_of(cards, synthetic=False)
    tiles = re.findall(r'<div class="tile"><b>(.*?)</b>(.*?)</div>', page)
    assert [(re.sub("<[^>]+>", "", number), words) for number, words in tiles] == [
        ("9", "patients treated"),
        ("8", "evaluable for the endpoints"),
        ("6", "with a usable genome"),
        ("5", "whose genome can show a candidate"),
        ("2", "contradict an entry criterion on the sequenced tumour"),
        ("3", "whose entry criteria cannot all be judged"),
    ]


def test_the_page_is_self_contained_and_escaped() -> None:
    cards = [made_patient("A", mechanisms="<script>alert(1)</script>"), *map(made_patient, "BCDEFG")]
    manifest = manifest_rows(
        {"sample": "B_T", "analysis": "copy_number", "state": "failed", "reason": "<b>broken & lost</b>"}
    )
    page = page_of(cards, manifest=manifest)
    assert page.count("<script") == 1  # its own; none from a table
    assert "&lt;script&gt;alert(1)" in page
    assert "default-src 'none'" in page  # a browser that opens the page asks no network
    assert "&lt;b&gt;broken &amp; lost&lt;/b&gt;" in page
    outside = r'<a class="out" rel="noreferrer noopener" target="_blank" href="https://[^"]+">'
    assert not re.findall(
        r"(?:src|href)\s*=\s*[\"'](?!#|patients/[A-G]\.html|run\.html)", re.sub(outside, "", page)
    )
    assert "url(" not in page
    assert "SYNTHETIC" in page
    for name in "ABCDEFG":
        assert f'id="patient-{name}"' in page
    plain = page_of(cards, manifest=manifest, synthetic=False)
    assert "synthetic" not in plain.lower()


def test_a_card_groups_what_cannot_be_told(tmp_path: Path) -> None:
    folder = tmp_path / "A_T"
    codons = [
        {"gene": "KRAS", "codon": 12, "status": "wild_type", "depth": 80},
        {"gene": "KRAS", "codon": 117, "status": "not_assessable", "reason": "no reads"},
        {"gene": "KRAS", "codon": 146, "status": "not_assessable", "reason": "no reads"},
        {"gene": "NRAS", "codon": 12, "status": "not_assessable", "reason": "silence of a VCF"},
    ]
    tables = {
        CODON_STATUS: codons, ELIGIBILITY: [], ALTERATIONS: [], AMPLICONS: [], AMPLIFICATION_DEFINITIONS: [],
        GENE_COPY_NUMBER: [], RULES: [], SEGMENTS: [], LABEL: [{"sample": "A_T", "label": "no_candidate", "sentence": "Nothing."}],
        PURITY_PLOIDY: [{"sample": "A_T", "method": "unknown", "status": "not_assessable"}],
    }  # fmt: skip
    for table, rows in tables.items():
        table.write(table.from_rows([dict(row) for row in rows]), folder / table.name, synthetic=False)
    card = read_patient_results(made_patient("A").row, tmp_path, cohort=COHORT)
    assert card.sentence == "Nothing."
    assert len(card.codons) == 4
    assert card.open_reasons == (("KRAS 117, 146", "no reads"), ("NRAS 12", "silence of a VCF"))


def test_a_cohort_without_a_rule_that_could_explain_says_so_on_top() -> None:
    rule = {"rule_id": "X-1", "gene": "KRAS", "mechanism": "MAPK", "tier": "R1", "direction": "resistant"}
    hypothesis = rule | {"tier": "R4"}
    sensitive = rule | {"direction": "sensitive"}
    said = "No rule of the knowledge base that could explain a lack of benefit concerns"
    for coverage, shown in (
        ([], True),
        ([hypothesis], True),
        ([sensitive], True),
        ([hypothesis, rule], False),
    ):
        page = page_of([made_patient("A")], results(rule_coverage=coverage))
        assert (said in page) is shown, coverage
    nobody = made_patient("A", wgs="missing", sample=None)  # no tumour, no rule looked up: nothing to warn of
    assert said not in page_of([nobody], results(rule_coverage=[]))
