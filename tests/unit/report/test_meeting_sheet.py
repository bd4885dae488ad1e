"""One patient for the meeting: what the sheet says, that it stays on one A4 side, and that the PDF needs no browser."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest
from report_patients import COHORT, made_patient, results

from refractor.errors import InputError
from refractor.report import pdf
from refractor.report.figures.page_figures import Shown
from refractor.report.pages.finding_sentence import for_and_against, stated
from refractor.report.pages.meeting_sheet import (
    MOST_BRIEF,
    MOST_LETTERS,
    MeetingSheet,
    meeting_sheet,
    short_words,
)
from refractor.report.patient_results import rows_of
from refractor.results.cohort_tables import ASSESSED_RESPONSES, BIOPSIES
from refractor.results.evidence_tables import ALTERATIONS
from refractor.results.junction_tables import AmpliconStructure, Architecture

SENTENCE = (
    "KRAS G12D (VAF 0.18). KRAS signals below. For it (R1, resistant): Of 13 mutated 1 responded. Against it: G13D is "
    "disputed. Rule MAPK-1; PMID 30857956."
)
FOUND = {
    "gene": "KRAS", "alteration": "G12D", "class": "snv", "vaf": 0.18, "rule_id": "MAPK-1", "mechanism": "MAPK",
    "direction": "resistant", "tier": "R1", "candidate": "yes", "pmids": "30857956,42202492", "civic_eids": "5345",
    "sentence": SENTENCE,
}  # fmt: skip
SCANS = [
    {"patient": "A", "day": -9, "target_sum_mm": 48},
    {"patient": "A", "day": 64, "change_from_baseline": 0.33, "response": "PD", "counted": "yes", "reason": "new lesion"},
    {"patient": "B", "day": 30, "response": "PR", "counted": "yes"},
]  # fmt: skip


def sheet(alterations: int = 1, **cells: object) -> MeetingSheet:
    """A patient of 61 with KRAS G12D, progression by a new lesion on day 64 and a biopsy 18 days before."""
    given = {"label": "candidate_r1", "mechanisms": "MAPK", "age": 61.0, "sex": "female", "her2_ihc": "3+", "pfs_days": 64.0,
             "pfs_event": 1, "os_days": 205.0, "os_event": 1, "best_response": "PD", "treatment_start": "2021-02-22"}  # fmt: skip
    card = made_patient("A", **(given | cells))
    rows = [FOUND | {"alteration": f"G12{letter}"} for letter in "DVCSAR"[:alterations]]
    return meeting_sheet(
        replace(card, alterations=rows_of(ALTERATIONS.from_rows(rows))), COHORT,
        responses=rows_of(ASSESSED_RESPONSES.from_rows(SCANS)),
        biopsies=rows_of(BIOPSIES.from_rows([{"patient": "A", "sample": "A_T", "day": -18, "label_from": "yes"}])),
        quality=[{"metric": "tumor_depth", "value": "64", "status": "pass"},
                 {"metric": "gc_range", "value": "0.9", "status": "warn"}, {"metric": "segments", "value": "3", "status": "pass"}],
        provenance={"date": "2026-11-28", "settings": {"data_cutoff": "2026-10-01"}},
    )  # fmt: skip


def test_the_target_s_amplicon_is_told_with_its_whole_copies() -> None:
    card = made_patient("A", label="no_candidate")
    built = AmpliconStructure(
        chromosome="17", start=39_600_000, end=39_800_000, gene="ERBB2", copy_number=22.0,
        architecture=Architecture.COMPLEX, intact_copies=17.0, intact_copies_low=14.0, intact_copies_high=20.0,
    )  # fmt: skip
    told = meeting_sheet(replace(card, structures=(built,)), COHORT).target
    assert "ERBB2 amplicon, structure complex; 22.0 copies, 17.0 of them whole (14.0-20.0)." in told


def test_evidence_on_drugs_that_were_not_given_is_neither_for_nor_against_those_that_were() -> None:
    of_others = {"candidate": "no", "other_drugs": "HER2_ADC, HER2_TKI"}
    rows = [
        FOUND | {"candidate": "no", "direction": "responsive", "tier": "R3"},
        FOUND | of_others | {"direction": "responsive", "tier": "R3"},
        FOUND | of_others | {"direction": "resistant", "tier": "R4"},
    ]
    card = replace(made_patient("A"), alterations=rows_of(ALTERATIONS.from_rows(rows)))
    assert card.hypotheses == card.candidates == ()
    shown = meeting_sheet(
        card, COHORT, responses=[], biopsies=[], quality=[], provenance={"date": "2026-11-28"}
    ).evidence
    assert [one.kind for one in shown] == [
        "for the drugs", "for drugs not given (HER2 ADC, HER2 TKI)",
    ]  # fmt: skip


def test_the_sheet_says_who_what_why_and_on_what_grounds() -> None:
    made = sheet()
    assert dict(made.clinical)["Age, sex"] == "61, female"
    assert dict(made.clinical)["IHC, assay at entry"] == "3+, not known"
    assert made.made_on == "run 2026-11-28, data cut 2026-10-01"
    assert made.outcome[0] == (
        "No clinical benefit: best response progressive disease; progression-free 2.1 months (64 days)."
    )
    assert "stable disease for at least 3.7 months (112 days)" in made.outcome[1]
    assert made.outcome[2] == "Progression on day 64 (2021-04-27): new lesion."
    assert made.answer == "KRAS G12D: RAS/RAF pathway active (R1)."
    (one,) = made.evidence
    assert (one.supports, one.contradicts) == ("Of 13 mutated 1 responded.", "G13D is disputed.")
    assert one.states == "KRAS signals below"
    assert one.sources == "PMID 30857956, PMID 42202492, EID 5345" and one.kind == "against the drugs"
    assert made.quality == "tumor depth 64; gc range 0.9 (warn)"
    assert made.course is not None
    course = made.course.markup(synthetic=True)
    assert "PD +33% N" in course and "biopsy, day -18" in course and "PR" not in course  # of B
    assert "SYNTHETIC DATA" in course


def test_a_patient_without_a_genome_or_a_known_day_has_a_sheet() -> None:
    bare = meeting_sheet(made_patient("A", wgs="missing", sample=None, label="not_assessable"), COHORT)
    assert bare.course is None and bare.chromosome is None and bare.evidence == ()
    assert bare.target == ("no copy number",)
    assert bare.open_points[0].startswith("The whole genome: ")


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        (SENTENCE, ("Of 13 mutated 1 responded.", "G13D is disputed.")),
        ("A. For it (R4, resistant): Cells grew. Rule P-1; PMID 1.", ("Cells grew.", "")),
        ("Only words.", ("Only words.", "")),
    ],
)
def test_what_holds_for_a_finding_is_parted_from_what_holds_against_it(
    sentence: str, parts: tuple[str, str]
) -> None:
    assert for_and_against(sentence) == parts


@pytest.mark.parametrize(
    ("sentence", "statement"),
    [
        (SENTENCE, "KRAS signals below"),
        ("A (x (y), z). It acts. Only part of the cancer cells carries it, so no more. For it (R1, resistant): B.", "It acts"),
        ("No parts at all.", ""),
        (None, ""),
    ],
)  # fmt: skip
def test_what_a_rule_states_is_taken_from_the_sentence(sentence: str | None, statement: str) -> None:
    assert stated(sentence) == statement


def _pages(made: MeetingSheet) -> int:
    inputs = {"sheet": json.dumps(pdf._content(made, synthetic=True))}
    drawn: Any = import_module("typst").compile(pdf.SHEET, sys_inputs=inputs, format="svg")
    return len(drawn) if isinstance(drawn, list) else 1


def test_the_pdf_is_one_side_even_for_the_fullest_patient() -> None:
    full = sheet(alterations=6)
    assert len(full.evidence) == 3 and full.further == "3 more on the patient's page"
    long = short_words("word " * 200)
    assert len(long) <= MOST_LETTERS + 2
    crowded = replace(
        full,
        evidence=tuple(replace(one, states=long[:MOST_BRIEF], supports=long, contradicts=long) for one in full.evidence),
        open_points=(long,) * 3, outcome=(*full.outcome, "Not evaluable: withdrew."),
    )  # fmt: skip
    assert pdf.sheet_pdf(crowded, synthetic=True).startswith(b"%PDF-")
    assert _pages(crowded) == 1
    assert _pages(sheet(patient="#strong[x] $ \\ *")) == 1  # Typst's own signs are words here


def test_without_the_package_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(pdf, "import_module", missing)
    with pytest.raises(InputError, match="pip install 'refractor\\[pdf\\]'"):
        pdf.sheet_pdf(sheet(), synthetic=False)


def test_the_cohort_is_one_slide() -> None:
    """Thirty patients of every label, all cuts and a curve: one page; nobody at all: one page."""
    labels = ("candidate_r1", "hypothesis_r4", "no_candidate", "unresolved", "not_assessable")
    cards = [
        made_patient(f"P{n:02d}", label=labels[n % 5], clinical_benefit=("no", "yes", None)[n % 3])
        for n in range(30)
    ]
    share = {"explained": 1, "assessable": 4, "patients": 9, "proportion": 0.25, "low": 0.01, "high": 0.8}
    cuts = [
        share | {"group": group, "tiers": tiers, "clonality": clonality, "eligible": eligible}
        for group in ("no_benefit", "benefit") for tiers in ("R1", "R1-R2", "R1-R3")
        for clonality in ("any", "clonal") for eligible in ("any", "yes")
    ]  # fmt: skip
    steps = [{"endpoint": "pfs", "group": "all", "time": float(day), "at_risk": 30 - day, "events": 1, "censored": 0,
              "survival": 1 - day / 30, "low": 0.0, "high": 1.0} for day in range(20)]  # fmt: skip
    for shown in (
        Shown(cards, results(explanation=cuts, survival=steps), COHORT),
        Shown([], results(), COHORT),
    ):
        made = pdf.slide_pdf(shown, {"date": "2026-11-28"}, synthetic=True)
        assert made.startswith(b"%PDF-")
        inputs = {"slide": json.dumps(pdf.slide_content(shown, {}, synthetic=True))}
        drawn = import_module("typst").compile(pdf.SLIDE, sys_inputs=inputs, format="svg")
        assert not isinstance(drawn, list) or len(drawn) == 1
