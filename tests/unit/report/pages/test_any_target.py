"""Pages of cohorts whose target is no amplification: the target's own words, and none of copies."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report_patients import COHORT, PROVENANCE, made_patient

from refractor.report.figures.oncoprint import oncoprint
from refractor.report.pages.cohort_page import render_cohort_page
from refractor.report.pages.first_screen import trial_facts
from refractor.report.pages.open_questions import open_questions
from refractor.report.pages.table_one import table_one
from refractor.report.patient_results import PatientResults
from refractor.settings.cohort import Cohort, Words
from refractor.settings.criteria import Criterion, CriterionMeasure, Required
from refractor.settings.target import Target, TargetEvent

ASKED = {"FGFR2": Criterion(measure=CriterionMeasure.TARGET, required=Required.PRESENT)}
FUSION = replace(
    COHORT,
    name="FGFR2 fusion, pemigatinib",
    description=None,
    target=Target(event=TargetEvent.FUSION, gene="FGFR2", keeps="1-760"),
    eligibility=ASKED,
    decisive={},
    words=Words(target="FGFR2 fusion", patients="bile duct cancer", treatment="an FGFR inhibitor"),
)
UNASKED = replace(FUSION, eligibility={})
MSI = replace(
    FUSION, target=Target(event=TargetEvent.MICROSATELLITE_INSTABILITY), words=Words(), eligibility={}
)


def patient(name: str, result: str, what: str | None = None, reason: str | None = None) -> PatientResults:
    made = made_patient(name, target_result=result, target=what)
    found = {"target_result": result, "target": what, "target_reason": reason}
    status = {"found": "confirmed", "not_found": "discordant", "not_tested": "not_assessable"}[result]
    detail = {"found": "present", "not_found": "absent", "not_tested": "not_assessable"}[result]
    criterion = {"criterion": "FGFR2", "status": status, "detail": detail, "reason": reason}
    return replace(made, target=(), found_target=found, eligibility=(criterion,))


CARDS = [
    patient("A", "found", "FGFR2 BND 10:1-2:2"),
    patient("B", "not_found", reason="no such break"),
    patient("C", "not_tested", reason="no structural variants given"),
]


def test_the_head_counts_the_target() -> None:
    words = dict(trial_facts(CARDS, FUSION, {}))["Target"]
    assert "".join(one if isinstance(one, str) else one.words for one in words) == (
        "FGFR2 fusion, found in 1 of 2 that could show it"
    )


def test_table_one_counts_the_target_and_no_copies() -> None:
    rows = {row[0]: row[-1] for row in table_one(CARDS, FUSION).rows}
    assert rows["FGFR2 fusion on the genome: found"].startswith("1 ")
    assert not any("copies" in name for name in rows)
    of_sheet = [row[0] for row in table_one(CARDS, MSI).rows]
    assert "microsatellite instability: found" in of_sheet


def test_the_oncoprint_shows_the_target_where_entry_asks_and_where_it_does_not() -> None:
    for cohort in (FUSION, UNASKED):
        drawing = oncoprint(CARDS, cohort)
        assert drawing is not None
        text = drawing.markup(synthetic=True)
        assert "copies, with range" not in text
        assert "FGFR2" in text
        assert "C: copies not known" not in text
    asked, unasked = (oncoprint(CARDS, cohort) for cohort in (FUSION, UNASKED))
    assert "A: FGFR2 present" in asked.markup(synthetic=False)
    assert "A: target found" in unasked.markup(synthetic=False)
    with_bars = oncoprint([made_patient("A")], COHORT)
    assert "copies, with range" in with_bars.markup(synthetic=False)


@pytest.mark.parametrize("cohort", [FUSION, UNASKED])
def test_what_could_not_be_looked_for_is_an_open_question(cohort: Cohort) -> None:
    whole = [open_questions(replace(card, eligibility=card.eligibility if cohort.eligibility else ()), cohort)
             for card in CARDS]  # fmt: skip
    assert [len(one) for one in whole] == [0, 0, 1]
    assert whole[2][0].why == "no structural variants given"
    assert "structural_variants" in whole[2][0].remedy


def test_the_page_has_no_word_of_copies_or_of_the_shipped_target() -> None:
    page = render_cohort_page(CARDS, cohort=FUSION, manifest=(), provenance=PROVENANCE, synthetic=True)
    for word in ("copies against benefit", "HER2", "ERBB2", "amplified; the whisker"):
        assert word not in page, word
    assert "FGFR2 BND 10:1-2:2" in page
    assert "FGFR2 present" in page


def test_a_page_of_a_platform_trial_lists_no_other_cohort() -> None:
    settings = {"cohorts": {"CRC-HER2": "crc_her2.yaml"}, "synthetic": True}
    page = render_cohort_page(
        CARDS, cohort=FUSION, manifest=(), provenance=PROVENANCE | {"settings": settings}, synthetic=True
    )
    assert "CRC-HER2" not in page and "crc_her2" not in page
