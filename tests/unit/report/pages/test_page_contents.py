"""Numbers, words and figures of the page against the tables that they come from."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from report_patients import COHORT, made_patient, manifest_rows, page_of, results

from refractor.outcomes.members import Member
from refractor.outcomes.two_stage_rows import two_stage_quantities
from refractor.report.cohort_results import lay_out
from refractor.report.figures import explanation_shares
from refractor.report.figures.drawing import Drawing
from refractor.report.figures.explanation_shares import explanation_figure
from refractor.report.figures.kaplan_meier import _at_risk, survival_figure
from refractor.report.figures.oncoprint import oncoprint
from refractor.report.figures.plot import nice_step
from refractor.report.figures.swimmer import swimmer
from refractor.report.figures.two_stage_design import two_stage_figure
from refractor.report.figures.waterfall_and_spider import spider, waterfall
from refractor.report.pages.cohort_page import MOST_DETAILED
from refractor.report.pages.open_questions import open_questions
from refractor.report.pages.reasons import reason
from refractor.report.patient_results import PatientResults, rows_of
from refractor.report.plain_words import (
    MECHANISMS_FILE,
    few_copies_words,
    figure_words,
    mechanism_words,
    plain,
)
from refractor.results.analysis_tables import EXPLANATION, SURVIVAL, TWO_STAGE
from refractor.results.cohort_tables import ASSESSED_RESPONSES
from refractor.results.copy_number_tables import AMPLIFICATION_DEFINITIONS, GENE_COPY_NUMBER, PURITY_PLOIDY
from refractor.results.evidence_tables import ALTERATIONS, ELIGIBILITY, RULES
from refractor.results.variant_tables import CODON_STATUS
from refractor.settings.endpoint_rules import Design
from refractor.vocabulary import Eligibility

RULE_FILES = Path(__file__).parents[4] / "resources" / "evidence" / "rules"


def words_of(page: str) -> str:
    """Everything a reader sees, spaces folded."""
    return " ".join(
        unescape(re.sub(r"<style.*?</style>|<script.*?</script>|<[^>]+>", " ", page, flags=re.S)).split()
    )


class WellFormed(HTMLParser):
    """Counts tags that are opened and never closed, and the ids."""

    EMPTY = frozenset({"meta", "input", "br", "rect", "line", "path", "circle"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag == "a":
            self.targets.append(str(found["href"]))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.EMPTY:
            assert self.open.pop() == tag


EXPLAINED = [
    {"group": "no_benefit", "tiers": "R1-R3", "clonality": "any", "eligible": "any", "explained": 5, "assessable": 6, "patients": 8,
     "proportion": 5 / 6, "low": 0.359, "high": 0.996, "expected": 4.25, "expected_low": 3.0,
     "expected_high": 6.0, "p_permutation": 0.107, "lowest": 0.625, "highest": 0.875},
    {"group": "benefit", "tiers": "R1-R3", "clonality": "any", "eligible": "any", "explained": 1, "assessable": 3, "patients": 3,
     "proportion": 1 / 3, "low": 0.0084, "high": 0.906},
]  # fmt: skip


def test_a_cohort_of_nobody_makes_a_page() -> None:
    page = page_of([])
    assert "No patients yet" in words_of(page) and "the sheet of patients has no rows" in words_of(page)
    assert "No patients." in page and "<svg" not in page


def test_the_page_is_well_formed_and_its_links_lead_somewhere() -> None:
    page = page_of(
        [
            made_patient("A", label="candidate_r1", mechanisms="MAPK"),
            made_patient("B", wgs="missing", sample=None),
        ],
        results(explanation=EXPLAINED),
    )
    reader = WellFormed()
    reader.feed(page)
    assert reader.open == []
    assert len(reader.ids) == len(set(reader.ids)) > 5
    outside = {target for target in reader.targets if target.startswith("https:")}
    assert outside == {
        "https://clinicaltrials.gov/study/NCT02925234", "https://doi.org/10.1038/s41586-019-1600-x",
    }  # fmt: skip
    pages = {target for target in reader.targets if not target.startswith("#")} - outside
    assert pages == {"patients/A.html", "patients/B.html", "run.html"}
    assert {target.removeprefix("#") for target in reader.targets} - pages - outside <= set(reader.ids)
    assert (
        page.count("<script") == 1 and "fetch(" not in page and "@import" not in page and "url(" not in page
    )
    assert set(re.findall(r"https?://[^\"' <]+", page)) - outside <= {"http://www.w3.org/2000/svg"}


def test_names_cannot_break_out_of_a_figure() -> None:
    page = page_of([made_patient("<b>&", os_days=10.0, os_event=1, pfs_days=5.0, pfs_event=1)])
    assert "<b>&" not in page
    assert "&lt;b&gt;&amp;" in page


def test_who_is_explained_who_is_not_and_why() -> None:
    """Five answers: explained, nothing found and not told without benefit; carrier and nothing found with it."""
    unknown_purity = rows_of(
        PURITY_PLOIDY.from_rows(
            [{"sample": "C_T", "method": "fitted", "status": "not_assessable", "reason": "purity under 0.2"}]
        )
    )[0]
    untold = made_patient("C", label="not_assessable", her2_call="not_assessable")
    cards = [
        made_patient("A", label="candidate_r1", mechanisms="MAPK; low_copy_number"),
        made_patient("B"),
        PatientResults(untold.row, purity=unknown_purity),
        made_patient("D", label="not_assessable", wgs="missing", sample=None, erbb2_copy_number=None),
        made_patient("E", label="candidate_r2_r3", mechanisms="PI3K", clinical_benefit="yes"),
        made_patient("F", clinical_benefit="yes"),
    ]
    said = words_of(page_of(cards))
    without = said[said.index("each patient's reason") : said.index("With benefit: the control")]
    control = said[said.index("With benefit: the control") : said.index("To look at Entry criteria")]
    assert "A candidate: RAS/RAF pathway active; too few copies of the target (R1)" in without
    assert "B nothing found against the drug" in without
    assert "C purity under 0.2" in without and "D no genome" in without
    assert (
        "E candidate: PI3K pathway active (R2 or R3)" in control
        and "F nothing found against the drug" in control
    )
    assert "low_copy_number" not in said and "MAPK" not in said


def test_a_failed_genome_says_what_failed() -> None:
    manifest = manifest_rows(
        {"sample": "A_T", "analysis": "tumor_reads", "state": "failed", "reason": "truncated file"}
    )
    failed = made_patient("A", wgs="failed", label="not_assessable")
    said = words_of(page_of([PatientResults(failed.row, failures=manifest)], manifest=manifest))
    assert "A tumour reads failed: truncated file" in said
    assert "1 failed ; 0 were skipped" in said
    assert "tumour reads: failed truncated file mend or replace the file named" in said


def alteration(gene: str, change: str, **cells: object) -> dict[str, object]:
    return {"gene": gene, "alteration": change, "class": "snv", "candidate": "no"} | cells


def test_candidates_stand_before_hypotheses_and_context_is_folded() -> None:
    found = rows_of(
        ALTERATIONS.from_rows(
            [
                alteration("TP53", "R175H", rule_id="TSG-1", tier="R5", mechanism="tumor_suppressor_context", direction="context"),
                alteration("JAK1", "loss"),
                alteration("PIK3CA", "H1047R", rule_id="P", tier="R4", mechanism="PI3K", direction="predicted_resistant", candidate="yes", sentence="A hypothesis."),
                alteration("ERBB2", "T798I", rule_id="H", tier="R4", direction="responsive"),
                alteration("BRAF", "V600E", rule_id="M", tier="R2", mechanism="MAPK", direction="resistant", candidate="yes", sentence="Second."),
                alteration("KRAS", "G12D", rule_id="K", tier="R1", mechanism="MAPK", direction="resistant", candidate="yes", sentence="First."),
            ]
        )
    )  # fmt: skip
    made = PatientResults(made_patient("A", label="candidate_r1").row, alterations=found)
    assert made.findings == "KRAS G12D; BRAF V600E"
    assert [row["gene"] for row in made.hypotheses] == ["PIK3CA"]
    assert [row["gene"] for row in made.context] == ["TP53", "ERBB2"]
    assert [row["gene"] for row in made.unruled] == ["JAK1"]
    said = words_of(page_of([made]))
    assert said.index("First.") < said.index("Second.") < said.index("A hypothesis.")
    assert "2 findings that are context only, 1 alteration without a rule" in said


def test_open_criteria_say_why_and_what_would_settle_them() -> None:
    codons = rows_of(
        CODON_STATUS.from_rows(
            [
                {"gene": "KRAS", "codon": 12, "status": "not_assessable", "depth": 20, "power": 0.70, "reason": "40 needed"},
                {"gene": "KRAS", "codon": 13, "status": "not_assessable", "depth": 25, "power": 0.81, "reason": "38 needed"},
                {"gene": "BRAF", "codon": 600, "status": "not_assessable", "reason": "file is silent"},
            ]
        )
    )  # fmt: skip
    criteria = rows_of(
        ELIGIBILITY.from_rows(
            [
                {"criterion": "RAS", "status": "not_assessable", "reason": "too few reads"},
                {"criterion": "BRAF", "status": "not_assessable", "reason": "silent"},
                {"criterion": "HER2", "status": "confirmed"},
            ]
        )
    )
    made = PatientResults(made_patient("A").row, codons=codons, eligibility=criteria)
    ras, braf = open_questions(made, COHORT)
    assert (ras.what, ras.why, braf.what) == ("Entry criterion RAS", "too few reads", "Entry criterion BRAF")
    assert ras.remedy.startswith("deeper sequencing") and "tumor_reads" in braf.remedy
    assert made.open_reasons == (
        ("KRAS 12, 13", "power 0.70 to 0.81; weakest is codon 12: 40 needed"),
        ("BRAF 600", "file is silent"),
    )


def test_a_tumor_whose_job_was_ended_says_so_once_with_what_to_do() -> None:
    ended = (
        "the computation (step call_variants) ended without a result: it ran out of memory; its log is empty"
    )
    rows = [
        {"sample": "T", "analysis": name, "state": "failed", "reason": ended}
        for name in ("small_variants", "annotation")
    ]
    made = PatientResults(
        {**made_patient("A").row, "label": "not_assessable", "wgs": "failed"}, failures=tuple(rows)
    )
    assert reason(made) == (
        "the computation (step call_variants) ended without a result: it ran out of memory; the next run tries it again"
    )
    (question,) = open_questions(made, COHORT)
    assert question.what == "file of small variants, annotation: failed"
    assert "give the step more" in question.remedy and "mend" not in question.remedy
    rows[1]["reason"] = "T.maf:3: no number"
    two = PatientResults(
        {**made_patient("A").row, "label": "not_assessable", "wgs": "failed"}, failures=tuple(rows)
    )
    assert reason(two).endswith("; annotation failed: T.maf:3: no number")
    assert len(open_questions(two, COHORT)) == 2


def test_every_cell_of_a_table_stands_on_the_page() -> None:
    found = results(explanation=EXPLAINED)
    grid = lay_out(EXPLANATION, found[EXPLANATION])
    assert len(grid.rows) == 2
    assert grid.rows[0][:8] == ("without benefit", "R1-R3", "any", "any", "5", "6", "8", "0.833")
    page = page_of([made_patient("A")], found)
    for cells in grid.rows:
        for cell in cells:
            assert f">{cell}</td>" in page
    said = words_of(page)
    assert "4.25 candidates without benefit would be expected (95 %: 3 to 6; one-sided permutation p 0.11)" in said  # fmt: skip
    assert "2 of 8 patients without benefit could not be judged" in said
    assert "lies between 62 % and 88 %" in said


def test_the_explanation_figure_places_the_shares() -> None:
    drawing = explanation_figure(results(explanation=EXPLAINED)[EXPLANATION])
    assert drawing is not None
    svg = str(drawing.markup(synthetic=True))
    assert "R1-R3, without benefit: 5 of 6" in svg and "R1-R3, with benefit: 1 of 3" in svg
    left, inner = explanation_shares.LEFT, explanation_shares.INNER
    assert f'cx="{left + inner * 5 / 6:.1f}"' in svg  # the dot of the first row
    assert "SYNTHETIC DATA" in svg and "SYNTHETIC" not in str(explanation_figure(
        results(explanation=EXPLAINED)[EXPLANATION]).markup(synthetic=False))  # fmt: skip


CURVE = [
    {"endpoint": "pfs", "group": "all", "time": 0.0, "at_risk": 4, "events": 0, "censored": 0, "survival": 1.0, "low": 1.0, "high": 1.0},
    {"endpoint": "pfs", "group": "all", "time": 50.0, "at_risk": 4, "events": 1, "censored": 0, "survival": 0.75, "low": 0.2, "high": 0.95},
    {"endpoint": "pfs", "group": "all", "time": 80.0, "at_risk": 3, "events": 0, "censored": 1, "survival": 0.75, "low": 0.2, "high": 0.95},
    {"endpoint": "pfs", "group": "all", "time": 120.0, "at_risk": 2, "events": 2, "censored": 0, "survival": 0.0},
]  # fmt: skip


def test_numbers_at_risk_are_those_of_the_table() -> None:
    """On day 50 four are followed, after the first event three, after a censoring two, after the last nobody."""
    rows = rows_of(SURVIVAL.from_rows([dict(step) for step in CURVE]))
    assert [_at_risk(rows, day) for day in (0, 50, 51, 80, 100, 120, 121)] == [4, 4, 3, 3, 2, 2, 0]
    median = {"endpoint": "progression-free survival", "statistic": "median", "estimate": 120.0, "low": 50.0, "n": 4,
              "events": 3, "method": "Kaplan-Meier"}  # fmt: skip
    found = results(survival=CURVE, endpoints=[median])
    drawing = survival_figure(found, "pfs")
    assert drawing is not None and "4 patients" in drawing.description
    words = "median 3.9 months (120 days), 95 % CI 50 days to no bound; 3 events in 4 patients"
    assert words in drawing.markup(synthetic=False) and words in drawing.description
    assert survival_figure(found, "os") is None


def test_the_two_stage_figure_reads_the_design_of_the_table() -> None:
    """The sentence of the library's own table is understood; three of ten have benefit."""
    benefits = [index in (0, 6, 8) for index in range(10)]
    members = [
        Member(
            patient=f"P{index}", benefit=benefit, evaluable=True, not_evaluable_reason=None, benefit_day=None,
            best_response=None, response_confirmed=None, assessable=True, eligibility=Eligibility.CONFIRMED,
            candidates=frozenset(), copies=None, copies_over_ploidy=None, durations={}, lenient_benefit=benefit,
        )
        for index, benefit in enumerate(benefits)
    ]  # fmt: skip
    rows = rows_of(
        TWO_STAGE.frame(
            two_stage_quantities(members, Design(n1=8, r1=0, n=24, success=5, p0=0.1, p1=0.3), order="entry")
        )
    )
    cards = [
        made_patient(f"P{index}", clinical_benefit="yes" if benefit else "no", evaluable="yes",
             treatment_start=f"2021-01-{index + 1:02d}")
        for index, benefit in enumerate(benefits)
    ]  # fmt: skip
    drawing = two_stage_figure(cards, rows)
    assert drawing is not None
    assert drawing.description.startswith("3 with benefit among 10 evaluable patients of 24 planned.")
    assert "success with 5." in drawing.description
    assert two_stage_figure(cards[:5], rows) is None  # fewer known by date than the table counts
    assert two_stage_figure(cards, rows_of(TWO_STAGE.empty())) is None


def test_the_oncoprint_hatches_what_was_not_tested() -> None:
    rules = rows_of(
        RULES.from_rows(
            [
                {"rule_id": "M1", "tier": "R1", "result": "not_found", "mechanism": "MAPK", "direction": "resistant"},
                {"rule_id": "M2", "tier": "R1", "result": "not_tested", "mechanism": "MAPK", "direction": "resistant"},
                {"rule_id": "M4", "tier": "R4", "result": "not_tested", "mechanism": "PI3K", "direction": "resistant"},
                {"rule_id": "P1", "tier": "R2", "result": "not_found", "mechanism": "PI3K", "direction": "resistant"},
            ]
        )
    )  # fmt: skip
    copies = rows_of(
        GENE_COPY_NUMBER.from_rows(
            [{"gene": "ERBB2", "chromosome": "17", "start": 1, "end": 2, "copy_number": 20.0,
              "copy_number_low": 12.0, "copy_number_high": 31.0, "call": "amplified", "source": "reads"}]
        )
    )  # fmt: skip
    tested = replace(made_patient("A"), rules=rules, target=copies)
    assert [tested.tested(name) for name in ("MAPK", "PI3K", "immune")] == ["part", "all", "none"]
    assert [rule["rule_id"] for rule in tested.untested] == ["M2", "M4"]
    open_card = made_patient(
        "B", ras_status="not_assessable", erbb2_copy_number=None, her2_call="not_assessable"
    )
    drawing = oncoprint([tested, open_card], COHORT)
    assert drawing is not None
    svg = str(drawing.markup(synthetic=True))
    assert "B: copies not known" in svg and "B: RAS not assessable" in svg
    assert "A: RAS wild-type, BRAF wild-type, HER2 amplified, 20.0 copies" in drawing.description


def test_figures_take_patients_without_any_value() -> None:
    bare = made_patient("A", erbb2_copy_number=None, clinical_benefit=None, her2_call="not_assessable", ras_status="not_assessable",
                braf_status="not_assessable", eligibility="not_assessable", label="not_assessable")  # fmt: skip
    assert swimmer([bare]) is None
    said = words_of(page_of([bare]))
    assert "Benefit unknown or not evaluable, so in no share Patient" in said
    assert "No times to draw." in said and "No copies of ERBB2 are known." in said
    assert "None" not in said and "nan" not in said.split()


def test_assessments_make_waterfall_and_spider() -> None:
    """Best of A is -45 %; its +60 % after progression does not count; B grew beyond the double."""
    seen = [
        {"patient": "A", "day": 0, "change_from_baseline": 0.0, "counted": "yes"},
        {"patient": "A", "day": 112, "change_from_baseline": -0.45, "counted": "yes"},
        {"patient": "A", "day": 56, "change_from_baseline": -0.2, "counted": "yes"},
        {"patient": "A", "day": 168, "change_from_baseline": 0.6, "counted": "no"},
        {"patient": "B", "day": 56, "change_from_baseline": 1.4, "counted": "yes"},
        {"patient": "C", "day": 56, "counted": "yes"},
    ]  # fmt: skip
    cards = [made_patient("A", clinical_benefit="yes"), made_patient("B"), made_patient("C")]
    rows = results(responses=[dict(one) for one in seen])[ASSESSED_RESPONSES]
    best, over_time = waterfall(cards, rows), spider(cards, rows)
    assert best is not None and over_time is not None
    assert best.description == "B +140%, benefit no. A -45%, benefit yes."
    assert over_time.description == "A: -20% on day 56, -45% on day 112. B: +140% on day 56."
    assert waterfall(cards, ()) is None and spider(cards, ()) is None
    assert "Best change of the sum" in page_of(cards, results(responses=[dict(one) for one in seen]))


def test_a_large_cohort_keeps_the_tables_for_the_patients_own_pages() -> None:
    codons = rows_of(CODON_STATUS.from_rows([{"gene": "KRAS", "codon": 12, "status": "wild_type"}]))
    one = PatientResults(made_patient("A").row, codons=codons)
    assert "RAS and BRAF codon by codon" in page_of([one])
    many = page_of([one, *(made_patient(f"P{index}") for index in range(MOST_DETAILED))])
    assert "RAS and BRAF codon by codon" not in many and 'href="patients/A.html"' in many


def test_a_hundred_patients_stay_small() -> None:
    cards = [
        made_patient(
            f"P{index:03d}", os_days=float(index), os_event=0, clinical_benefit=("yes", "no", None)[index % 3]
        )
        for index in range(100)
    ]
    assert len(page_of(cards).encode()) < 5e6


@pytest.mark.parametrize(
    ("span", "parts", "step"), [(604, 9, 100), (343, 8, 50), (60, 4, 20), (24, 8, 5), (6, 6, 1), (0, 6, 1)]
)
def test_axes_have_round_steps(span: float, parts: int, step: float) -> None:
    assert nice_step(span, parts) == step


def test_numbers_and_tokens_in_words() -> None:
    assert [figure_words(value) for value in (None, float("nan"), float("inf"), 1234.5, 0.10714, 5)] == [
        "–", "–", "∞", "1234", "0.107", "5",
    ]  # fmt: skip
    assert (plain("candidate_r1"), plain("wild_type"), plain(None)) == ("candidate (R1)", "wild-type", "")
    assert mechanism_words("a_new_one; PI3K") == "a new one; PI3K pathway active"


def test_every_mechanism_of_the_knowledge_base_has_words() -> None:
    named = {
        name
        for path in sorted(RULE_FILES.glob("*.tsv"))
        for name in pd.read_csv(path, sep="\t", dtype=str, comment="#")["mechanism"].dropna()
    }
    assert len(named) > 8
    assert named <= set(pd.read_csv(MECHANISMS_FILE, sep="\t")["mechanism"])


def test_a_hatch_stays_inside_its_cell() -> None:
    drawing = Drawing("d", 100, 100, "t", "d")
    drawing.hatch(10, 20, 30, 15)
    numbers = [float(value) for value in re.findall(r"[ML]([\d.]+) ", drawing.parts[-1])]
    heights = [float(value) for value in re.findall(r"[ML][\d.]+ ([\d.]+)", drawing.parts[-1])]
    assert len(numbers) > 8
    assert min(numbers) >= 10 and max(numbers) <= 40
    assert min(heights) >= 20 and max(heights) <= 35


def test_few_copies_are_said_with_their_probability() -> None:
    rows = AMPLIFICATION_DEFINITIONS.from_rows(
        [
            {"gene": "ERBB2", "definition": name, "verdict": "no", "source": "reads", "p_holds": p}
            for name, p in (("5_copies", 0.3), ("6_copies", 0.03))
        ]
    )
    card = replace(made_patient("A"), definitions=rows_of(rows))
    assert card.p_few_copies == pytest.approx(0.97)
    assert "P(&lt;6 copies) 0.97" in page_of([card])
    other = replace(card, definitions=tuple({**row, "source": "purple"} for row in card.definitions))
    assert other.p_few_copies is None  # of another source than the copies
    said = [few_copies_words(p) for p in (None, 0.0, 0.001, 0.5, 0.999, 1.0)]
    assert said == [
        "",
        "P(<6 copies) 0.00",
        "P(<6 copies) <0.01",
        "P(<6 copies) 0.50",
        "P(<6 copies) >0.99",
        "P(<6 copies) 1.00",
    ]
