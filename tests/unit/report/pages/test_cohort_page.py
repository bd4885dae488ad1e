"""The page says what the tables say, to people, and lets nothing in from outside."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from refractor.report.pages.cohort_page import Share, explained_share, headline, render_cohort_page
from refractor.report.pages.patient_card import PatientCard, read_patient_card, rows_of
from refractor.results.cohort_tables import MANIFEST, PATIENTS
from refractor.results.copy_number_tables import (
    AMPLICONS,
    AMPLIFICATION_DEFINITIONS,
    GENE_COPY_NUMBER,
    PURITY_PLOIDY,
    SEGMENTS,
)
from refractor.results.evidence_tables import ALTERATIONS, ELIGIBILITY, LABEL, RULES
from refractor.results.variant_tables import CODON_STATUS

PROVENANCE = {"version": "0", "python": "3", "packages": {"pysam": "1"}, "knowledge": {"panel": "abc"}}


def patient(name: str, label: str, benefit: str | None, wgs: str = "available") -> dict[str, object]:
    return {
        "patient": name, "sample": None if wgs == "missing" else f"{name}_T", "wgs": wgs,
        "ras_status": "wild_type", "braf_status": "wild_type", "her2_call": "amplified",
        "eligibility": "confirmed", "label": label, "clinical_benefit": benefit,
    }  # fmt: skip


@pytest.fixture
def patients() -> pd.DataFrame:
    """Without benefit: 1 explained of 2 assessable, 1 not; with benefit: 1 of 3; 1 of unknown benefit."""
    return PATIENTS.from_rows(
        [
            patient("A", "explained_r1", "no"),
            patient("B", "no_candidate", "no"),
            patient("C", "not_evaluable", "no", wgs="missing"),
            patient("D", "explained_r2_r3", "yes"),
            patient("E", "hypothesis_r4", "yes"),
            patient("F", "no_candidate", "yes"),
            patient("G", "explained_r1", None, wgs="failed"),
        ]
    )


def test_the_headline_counts_the_claim_and_its_control(patients: pd.DataFrame) -> None:
    found = headline(patients)
    assert (found.patients, found.sequenced, found.failed) == (7, 5, 1)
    assert found.benefit == Share(3, 6)
    assert found.explained_without_benefit == Share(1, 2)
    assert found.explained_with_benefit == Share(1, 3)


def test_a_patient_who_is_not_evaluable_counts_in_no_share(patients: pd.DataFrame) -> None:
    """Benefit may be known all the same: who died without a scan has none, and the sheet leaves him out."""
    left_out = patient("H", "no_candidate", "no") | {"evaluable": "no", "not_evaluable_reason": "one dose"}
    rows = patients.astype(object).where(patients.notna(), None).to_dict("records")
    more = headline(PATIENTS.from_rows([*rows, left_out]))
    assert (more.patients, more.sequenced) == (8, 6)
    assert more.benefit == Share(3, 6)
    assert more.explained_without_benefit == Share(1, 2)
    assert PatientCard(left_out).clinical_benefit is None


def test_each_tile_counts_its_own() -> None:
    """Of 9 patients 8 are evaluable, 6 sequenced, 5 assessable, 1 failed; 2 contradict a criterion, 3 cannot be judged."""
    rows = [
        patient("A", "explained_r1", "no") | {"eligibility": "discordant"},
        patient("B", "no_candidate", "no") | {"eligibility": "discordant"},
        patient("C", "no_candidate", "yes"),
        patient("D", "no_candidate", "yes"),
        patient("E", "no_candidate", "yes"),
        patient("F", "not_evaluable", "yes") | {"eligibility": "not_assessable"},
        patient("G", "not_evaluable", "no", wgs="failed") | {"eligibility": "not_assessable"},
        patient("H", "not_evaluable", "no", wgs="missing") | {"eligibility": "not_assessable"},
        patient("I", "not_evaluable", None, wgs="missing"),
    ]
    for row in rows:
        row["evaluable"] = "no" if row["patient"] == "I" else "yes"
    table = PATIENTS.from_rows(rows)
    page = render_cohort_page(
        [PatientCard(row) for row in rows_of(table)],
        patients=table,
        manifest=MANIFEST.from_rows([]),
        provenance=PROVENANCE,
        synthetic=False,
    )
    assert re.findall(r'<div class="tile"><b>(.*?)</b>(.*?)</div>', page) == [
        ("9", "patients treated"),
        ("8", "evaluable for the endpoints"),
        ("6", "with a usable genome"),
        ("5", "whose genome can show an explanation"),
        ("2", "contradict an entry criterion on the sequenced tumour"),
        ("3", "whose entry criteria cannot all be judged"),
    ]


def test_a_share_has_the_exact_interval() -> None:
    """3 of 10: 6.7-65.2 %, science.md [CALC]; 11 of 24: 25.6-67.2 %."""
    assert str(Share(3, 10)) == "3 of 10 (30 %, 95 % CI 7 % to 65 %)"
    assert Share(11, 24).interval == pytest.approx((0.256, 0.672), abs=5e-4)
    assert str(Share(0, 0)) == "0 of 0"


def test_nobody_assessable_is_no_share(patients: pd.DataFrame) -> None:
    assert explained_share(patients[patients["patient"] == "C"]) == Share(0, 0)


def test_the_page_is_self_contained_and_escaped(patients: pd.DataFrame) -> None:
    patients.loc[0, "mechanisms"] = "<script>alert(1)</script>"
    cards = [PatientCard(row) for row in rows_of(patients)]
    manifest = MANIFEST.from_rows(
        [{"sample": "B_T", "analysis": "copy_number", "state": "failed", "reason": "<b>broken & lost</b>"}]
    )
    page = render_cohort_page(
        cards, patients=patients, manifest=manifest, provenance=PROVENANCE, synthetic=True
    )
    assert page.count("<script") == 1  # its own; none from a table
    assert "&lt;script&gt;alert(1)" in page
    assert "default-src 'none'" in page  # a browser that opens the page asks no network
    assert "&lt;b&gt;broken &amp; lost&lt;/b&gt;" in page
    assert not re.findall(r"(?:src|href)\s*=\s*[\"'](?!#|patients/[A-G]\.html|run\.html)", page)
    assert "url(" not in page
    assert "SYNTHETIC" in page
    for name in "ABCDEFG":
        assert f'id="patient-{name}"' in page
    plain = render_cohort_page(
        cards, patients=patients, manifest=manifest, provenance=PROVENANCE, synthetic=False
    )
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
    row = rows_of(PATIENTS.from_rows([patient("A", "no_candidate", "no")]))[0]
    card = read_patient_card(row, tmp_path)
    assert card.sentence == "Nothing."
    assert len(card.codons) == 4
    assert card.open_reasons == (("KRAS 117, 146", "no reads"), ("NRAS 12", "silence of a VCF"))
