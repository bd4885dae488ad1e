"""The cohort's two steps on finished folders: the abstract's figures, blinding, bad input, small cohorts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from cohort_builder import PatientCase, Tumor, trial_of_the_abstract, write_cohort, write_rows

import analyse_cohort
import annotate_alterations
import join_cohort
from refractor.files.digests import import_closure
from refractor.files.resources import RESOURCES
from refractor.outcomes.tumor_results import status_genes
from refractor.results.analysis_tables import (
    ASSOCIATIONS,
    COPIES,
    ENDPOINTS,
    EXPLANATION,
    SENSITIVITY,
    SURVIVAL,
    TWO_STAGE,
)
from refractor.results.cohort_tables import (
    BLINDING,
    CANDIDATES,
    MANIFEST,
    OUTCOME_REVIEW,
    PATIENTS,
    QUESTIONS,
    RULE_COVERAGE,
)
from refractor.results.quality import QC, Quality, QualityStatus
from refractor.settings.config import SHIPPED_COHORT, load_cohort
from refractor.step import run_step

OUTCOME_COLUMNS = (
    "best_response",
    "clinical_benefit",
    "pfs_days",
    "os_days",
    "evaluable",
    "response_confirmed",
)


def join(folder: Path, *options: str) -> int:
    argv = [
        "--samples", str(folder / "samples.tsv"), "--patients", str(folder / "patients.tsv"),
        "--samples-dir", str(folder / "results" / "samples"), "--output-dir", str(folder / "cohort"),
    ]  # fmt: skip
    return run_step(join_cohort.parser(), join_cohort.main, [*argv, *options])


def analyse(folder: Path, *options: str) -> int:
    argv = ["--cohort-dir", str(folder / "cohort"), *options]
    return run_step(analyse_cohort.parser(), analyse_cohort.main, argv)


def both(folder: Path, *options: str) -> None:
    assert join(folder, *options) == 0
    assert analyse(folder) == 0


@pytest.fixture(scope="module")
def abstract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("abstract")
    write_cohort(folder, trial_of_the_abstract())
    both(folder)
    return folder


def value(folder: Path, endpoint: str, statistic: str) -> pd.Series:
    table = ENDPOINTS.read(folder / "cohort" / ENDPOINTS.name)
    rows = table[(table["endpoint"] == endpoint) & (table["statistic"] == statistic)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_the_figures_of_the_abstract(abstract: Path) -> None:
    benefit = value(abstract, "clinical benefit", "proportion")
    assert (benefit["events"], benefit["n"]) == (11, 24)
    assert (benefit["low"], benefit["high"]) == (
        pytest.approx(0.2555, abs=5e-5),
        pytest.approx(0.6718, abs=5e-5),
    )
    response = value(abstract, "objective response", "proportion")
    assert (response["events"], response["n"], round(response["low"], 3)) == (7, 24, 0.126)
    claim, control = EXPLANATION.read(abstract / "cohort" / EXPLANATION.name).iloc[:2].to_dict("records")
    assert (claim["group"], claim["explained"], claim["assessable"], claim["patients"]) == (
        "no_benefit",
        3,
        10,
        13,
    )
    assert (control["group"], control["explained"], control["assessable"]) == ("benefit", 0, 11)
    assert (claim["decoy_rules"], claim["decoy_rules_explained"], claim["decoy_rules_unshared"]) == (2, 0, 0)
    assert claim["decoy_rules_high"] == pytest.approx(0.3085, abs=1e-4)  # 1 - 0.025^(1/10)
    stages = TWO_STAGE.read(abstract / "cohort" / TWO_STAGE.name).set_index("quantity")
    assert stages.loc["clinical benefit, UMVUE", "value"] == pytest.approx(0.4591, abs=5e-5)
    assert stages.loc["benefits", "method"] == "decision: active"
    assert "approximate" in stages.loc["objective response, UMVUE", "method"]
    first = ASSOCIATIONS.read(abstract / "cohort" / ASSOCIATIONS.name).iloc[0]
    assert (first["level"], round(first["p_fisher"], 3), first["tested"]) == ("any", 0.09, "no")


def test_every_table_is_written_and_said(abstract: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for table, rows in ((ENDPOINTS, 31), (SURVIVAL, 50), (COPIES, 12), (SENSITIVITY, 27), (RULE_COVERAGE, 6)):
        assert len(table.read(abstract / "cohort" / table.name)) >= rows, table.name
    assert analyse(abstract) == 0
    words = capsys.readouterr().out
    assert (abstract / "cohort/summary.txt").read_text() == words
    assert words.startswith("HER2-amplified colorectal cancer, trastuzumab plus pertuzumab (24 patients)")
    for said in (
        "clinical benefit, proportion: 11 of 24, 45.8 % (95 %: 25.6 % to 67.2 %)",
        "Clinical benefit: 11 of 24 evaluable patients, 45.8 % (95 %: 25.6 % to 67.2 %); objective response: 7 of 24",
        "3 of 10 assessable patients without benefit carry a candidate mechanism, 30 % (95 %: 6.67 % to 65.2 %)",
        "Candidate mechanisms (evidence R1-R3): in 3 of 10 assessable patients without benefit, in 0 of 11 with benefit "
        "(Fisher p 0.0902)",
        "3 of 24 patients with known benefit have no genome in which every decisive question was answered",
        "no distribution of these carriers over the two groups could have reached significance",
        "overall survival, median:",
        "27 % of patients without and 3 % with benefit carry it",
        "3 of 13 were not looked at in full, so among all it lies between 23.1 % and 46.2 %",
        "0 of 11 assessable patients with benefit carry a candidate mechanism",
        "smallest attainable 0.0902, power for the stated effect 0.202; not tested, too few",
    ):
        assert said in words, said
    assert words.index("In short") < words.index("Endpoints") < words.index("Explanation and its control")


def test_changing_every_outcome_changes_no_label(abstract: Path, tmp_path: Path) -> None:
    cases = trial_of_the_abstract()
    flip = {"yes": "no", "no": "yes"}
    changed = [
        PatientCase(
            case.patient,
            {"clinical_benefit": flip[str(case.cells["clinical_benefit"])], "pfs_days": 130, "pfs_event": 0},
            case.tumor,
        )
        for case in cases
    ]
    write_cohort(tmp_path, changed)
    both(tmp_path)
    decided = [
        "patient",
        "sample",
        "wgs",
        "ras_status",
        "braf_status",
        "her2_call",
        "eligibility",
        "label",
        "mechanisms",
    ]
    before, after = (PATIENTS.read(folder / "cohort" / PATIENTS.name) for folder in (abstract, tmp_path))
    assert len(before) == 24
    pd.testing.assert_frame_equal(before[decided], after[decided])
    assert not (before["clinical_benefit"] == after["clinical_benefit"]).any()
    digests = [(folder / "cohort" / BLINDING.name).read_text() for folder in (abstract, tmp_path)]
    assert digests[0] == digests[1]
    assert len(digests[0].splitlines()) == 1 + 1 + 21
    columns = ["patient", "rule_id", "gene", "tier"]
    found = [CANDIDATES.read(folder / "cohort" / CANDIDATES.name)[columns] for folder in (abstract, tmp_path)]
    pd.testing.assert_frame_equal(*found)


def test_another_label_changes_its_digest_and_the_common_one(abstract: Path, tmp_path: Path) -> None:
    cases = trial_of_the_abstract()
    cases[1] = PatientCase(cases[1].patient, cases[1].cells, Tumor(("MAPK-5",)))
    write_cohort(tmp_path, cases)
    assert join(tmp_path) == 0
    before, after = (
        BLINDING.read(folder / "cohort" / BLINDING.name).set_index("sample")["sha256"]
        for folder in (abstract, tmp_path)
    )
    assert sorted(before.index[before != after]) == ["T-P02", "all"]


def test_labels_are_hashed_before_the_patients_sheet_is_opened(tmp_path: Path) -> None:
    write_cohort(tmp_path, trial_of_the_abstract()[:4])
    (tmp_path / "patients.tsv").unlink()
    assert join(tmp_path) == 2
    assert len(BLINDING.read(tmp_path / "cohort" / BLINDING.name)) == 5
    assert not (tmp_path / "cohort" / PATIENTS.name).exists()


def test_the_steps_that_label_cannot_reach_an_outcome(project: Path) -> None:
    closure = import_closure(project / "scripts" / "annotate_alterations.py")
    assert len(closure) > 30
    assert [path for path in closure if {"outcomes", "sheets"} & set(path.relative_to(project).parts)] == []
    options = {action.dest for action in annotate_alterations.parser()._actions}
    assert not options & {f"patient_{name}" for name in OUTCOME_COLUMNS}
    rules = (project / "workflow/rules/evidence.smk").read_text()
    [given] = re.findall(r"patient_options\(([^)]*)\)", rules)
    assert re.findall(r'"(\w+)"', given) == [
        "prior_anti_egfr", "her2_ihc", "target_ihc", "target_percent", "msi_status", "tmb_per_mb",
    ]  # fmt: skip
    # known before treatment, all of them


def one_patient(**cells: object) -> list[PatientCase]:
    return [PatientCase("P1", cells)]


def none_with_benefit() -> list[PatientCase]:
    return [
        PatientCase(f"P{i}", {"clinical_benefit": "no", "pfs_days": 50 + i, "pfs_event": 1}) for i in range(5)
    ]


def all_with_benefit() -> list[PatientCase]:
    return [
        PatientCase(f"P{i}", {"clinical_benefit": "yes", "pfs_days": 200 + i, "pfs_event": 1})
        for i in range(5)
    ]


def all_carriers() -> list[PatientCase]:
    return [
        PatientCase(f"P{i}", {"clinical_benefit": "yes" if i % 2 else "no"}, Tumor(("MAPK-1",)))
        for i in range(6)
    ]


def no_genomes() -> list[PatientCase]:
    return [PatientCase(f"P{i}", {"clinical_benefit": "yes" if i % 2 else "no"}, None) for i in range(6)] + [
        PatientCase(
            "P9",
            {"clinical_benefit": "no"},
            Tumor(assessable=False, copies=None, eligibility="not_assessable"),
        )
    ]


def nothing_known() -> list[PatientCase]:
    return [PatientCase(f"P{i}", {"age": 60}) for i in range(3)]


SMALL: dict[str, Callable[[], list[PatientCase]]] = {
    "one patient without benefit": lambda: one_patient(clinical_benefit="no", pfs_days=50, pfs_event=1),
    "one patient with benefit": lambda: one_patient(clinical_benefit="yes", pfs_days=150, pfs_event=0),
    "one patient, nothing known": lambda: one_patient(age=60),
    "none with benefit": none_with_benefit,
    "all with benefit": all_with_benefit,
    "all carriers": all_carriers,
    "no assessable genome": no_genomes,
    "no outcome known": nothing_known,
}


@pytest.mark.parametrize("name", SMALL)
def test_small_and_lopsided_cohorts(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_cohort(tmp_path, SMALL[name]())
    both(tmp_path)
    table = EXPLANATION.read(tmp_path / "cohort" / EXPLANATION.name)
    assert len(table) == 24
    associations = ASSOCIATIONS.read(tmp_path / "cohort" / ASSOCIATIONS.name)
    assert len(associations) >= 1
    assert set(associations["tested"]) == {"no"}
    words = capsys.readouterr().out
    assert "0 of " in words
    assert "nan" not in words
    assert "None" not in words


def problems(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert join(folder, *options) == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"pfs_days": 100, "pfs_event": 2}, "patients.tsv:2 pfs_event: '2' is not one of the allowed values"),
        ({"pfs_days": 100, "pfs_event": "yes"}, "patients.tsv:2 pfs_event: 'yes' is not a whole number; allowed: 0, 1 (write 1)"),
        ({"clinical_benefit": "yes", "best_response": "PD"}, "patients.tsv:2 clinical_benefit: yes contradicts best_response PD"),
        ({"treatment_start": "03-02-2019"}, "patients.tsv:2 treatment_start: '03-02-2019' is not a date"),
        ({"pfs_event": 1}, "patients.tsv:2 pfs_days: is empty, but pfs_event is 1"),
    ],
)  # fmt: skip
def test_bad_outcomes_stop_the_step(
    cells: dict[str, object], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_cohort(tmp_path, one_patient(**cells))
    assert said in problems(tmp_path, capsys)


def test_a_sample_or_an_assessment_of_an_unknown_patient(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_cohort(tmp_path, one_patient(clinical_benefit="no"))
    write_rows(tmp_path / "a.tsv", ["patient", "day", "target_sum_mm"], [["P2", 0, 50], ["P1", None, 50]])
    said = problems(tmp_path, capsys, "--assessments", str(tmp_path / "a.tsv"))
    assert "a.tsv:2 patient: patient 'P2' has no row in" in said
    assert "a.tsv:3 day: day and date are both empty" in said
    write_rows(tmp_path / "patients.tsv", ["patient", "clinical_benefit"], [["P7", "no"]])
    assert "samples.tsv:2 patient" in problems(tmp_path, capsys)


def test_durations_in_months_are_questioned(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cells = [
        {"clinical_benefit": "no", "pfs_days": days, "pfs_event": 1} for days in (1.9, 4.3, 8.4, 10.3, 2.0)
    ]
    write_cohort(tmp_path, [PatientCase(f"P{i}", cell) for i, cell in enumerate(cells)])
    assert join(tmp_path) == 0
    assert "is the column in months? durations are in days" in caplog.text


def test_what_a_tumors_files_say_against_the_sheet_is_a_question(tmp_path: Path) -> None:
    cases = [PatientCase("P1", {"sex": "female"}, Tumor()), PatientCase("P2", {"sex": "male"}, Tumor())]
    write_cohort(tmp_path, cases)
    rows = [
        Quality(
            metric="sheet_purity", value="0.3", status=QualityStatus.WARN, note="the purple file says 0.62"
        ),
        Quality(metric="sex_of_reads", value="XY", status=QualityStatus.PASS),
    ]
    for name in ("T-P1", "T-P2"):
        QC.write_records(rows, tmp_path / "results/samples" / name / QC.name, synthetic=True)
    assert join(tmp_path) == 0
    asked = QUESTIONS.records(tmp_path / "cohort" / QUESTIONS.name)
    told = [(row.file, row.patient, row.sheet_column, row.value) for row in asked]
    assert told.count(("samples.tsv", "P1", "purity", "0.3")) == 1
    assert told.count(("samples.tsv", "P2", "purity", "0.3")) == 1
    assert [row for row in told if row[2] == "sex"] == [("patients.tsv", "P1", "sex", "female")]
    (sex,) = (row for row in asked if row.sheet_column == "sex")
    assert sex.line == 2
    assert "the reads of T-P1 show XY" in sex.question


def test_a_broken_or_missing_table_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_cohort(tmp_path, trial_of_the_abstract()[:3])
    label = tmp_path / "results/samples/T-P02/label.tsv"
    text = label.read_text()
    label.write_text(text.replace("no_candidate", "no_idea"))
    assert "T-P02/label.tsv: label.tsv: column label holds no_idea" in problems(tmp_path, capsys)
    label.write_text(text.rsplit("\n", 2)[0] + "\n")
    assert "T-P02/label.tsv: 0 rows, not one" in problems(tmp_path, capsys)
    label.unlink()
    assert "T-P02/label.tsv" in problems(tmp_path, capsys)


def test_derived_outcomes_reach_the_tables(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cases = [
        PatientCase("P1", {"clinical_benefit": "no", "treatment_start": "2019-01-01"}, Tumor(("PI3K-1",))),
        PatientCase("P2", {"clinical_benefit": "yes", "treatment_start": "2019-02-01"}),
    ]
    write_cohort(tmp_path, cases)
    scans = [["P1", 0, None, 100], ["P1", 56, None, 60], ["P1", 112, None, 60], ["P2", None, "2019-01-25", 80],
             ["P2", None, "2019-05-23", 80], ["P2", None, "2019-06-30", 110]]  # fmt: skip
    write_rows(tmp_path / "a.tsv", ["patient", "day", "date", "target_sum_mm"], scans)
    both(tmp_path, "--assessments", str(tmp_path / "a.tsv"))
    patients = PATIENTS.read(tmp_path / "cohort" / PATIENTS.name).set_index("patient")
    assert patients.loc["P1", ["best_response", "clinical_benefit", "benefit_day"]].tolist() == [
        "PR",
        "yes",
        112,
    ]
    # 23 May is day 111: no benefit under the strict window, benefit under the lenient one
    assert patients.loc["P2", ["clinical_benefit", "pfs_days", "outcome_source"]].tolist() == [
        "no",
        149,
        "assessments",
    ]
    assert CANDIDATES.read(tmp_path / "cohort" / CANDIDATES.name)["clinical_benefit"].tolist() == ["yes"]
    review = OUTCOME_REVIEW.read(tmp_path / "cohort" / OUTCOME_REVIEW.name)
    kinds = [(row.patient, row.kind) for row in review.itertuples()]
    assert kinds == [
        ("P1", "disagreement"), ("P2", "disagreement"), ("P2", "window"), ("P1", "carrier_despite_benefit"),
    ]  # fmt: skip
    assert "P1: clinical_benefit differs between sheet and assessments, see outcome_review.tsv" in caplog.text
    sensitivity = SENSITIVITY.read(tmp_path / "cohort" / SENSITIVITY.name)
    [window] = sensitivity[sensitivity["analysis"].str.startswith("window")].to_dict("records")
    assert (window["successes"], window["n"], window["patients"]) == (2, 2, "P2")


def test_without_discordant_patients(tmp_path: Path) -> None:
    cases = [
        PatientCase(f"P{i}", {"clinical_benefit": "yes" if i < 3 else "no"},
                    Tumor(("MAPK-1",) if i in (0, 3) else (), eligibility="discordant" if i in (0, 3) else "confirmed"))
        for i in range(6)
    ]  # fmt: skip
    write_cohort(tmp_path, cases)
    both(tmp_path)
    table = SENSITIVITY.read(tmp_path / "cohort" / SENSITIVITY.name).set_index(["analysis", "quantity"])
    kept = table.loc[("without discordant eligibility", "clinical benefit")]
    assert (kept["successes"], kept["n"], kept["patients"]) == (2, 4, "P0;P3")
    explained = table.loc[("without discordant eligibility", "explained by R1-R3, no benefit")]
    assert (explained["successes"], explained["n"]) == (0, 2)
    main = table.loc[("main", "explained by R1-R3, no benefit")]
    assert (main["successes"], main["n"]) == (1, 3)


def test_the_manifest_keeps_every_analysis(abstract: Path) -> None:
    manifest = MANIFEST.read(abstract / "cohort" / MANIFEST.name)
    assert len(manifest) == 21 * 5
    assert set(manifest["analysis"]) == {"copy_number", "small_variants", "annotation", "identity", "cohort"}


def test_a_file_that_no_step_accounts_for_stops_the_join(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_cohort(tmp_path, [PatientCase("P1", {"clinical_benefit": "no"}, Tumor())])
    (table,) = tmp_path.glob("results/samples/*/variants_analyses.tsv")
    header, row = table.read_text().splitlines()
    assert "small_variants" in row
    table.write_text(header + "\n")
    assert join(tmp_path) == 2
    assert "no step says what became of small_variants" in capsys.readouterr().err
    assert not (tmp_path / "cohort" / MANIFEST.name).exists()


def test_benefit_and_intention_to_treat(tmp_path: Path) -> None:
    cases = [PatientCase(f"P{i}", {"clinical_benefit": "yes" if i < 2 else "no"}) for i in range(4)]
    cases.append(PatientCase("P8", {"evaluable": "no", "not_evaluable_reason": "withdrew"}))
    write_cohort(tmp_path, cases)
    both(tmp_path)
    strict = value(tmp_path, "clinical benefit", "proportion")
    treated = value(tmp_path, "clinical benefit", "proportion, intention to treat")
    assert (strict["events"], strict["n"], treated["events"], treated["n"]) == (2, 4, 2, 5)
    assert value(tmp_path, "evaluable", "proportion")["method"].endswith("not evaluable: withdrew (1)")
    stages = TWO_STAGE.read(tmp_path / "cohort" / TWO_STAGE.name).set_index("quantity")
    assert stages.loc["patients", "value"] == 4
    assert stages.loc["benefits still needed", "value"] == 3
    assert pd.isna(stages.loc["clinical benefit, UMVUE", "value"])


def test_survival_by_benefit_starts_at_the_landmark(abstract: Path) -> None:
    curves = SURVIVAL.read(abstract / "cohort" / SURVIVAL.name)
    groups = set(curves.loc[curves["endpoint"] == "os", "group"])
    assert groups == {"all", "benefit shown by then, from day 140", "not yet shown, from day 140"}
    row = value(
        abstract,
        "overall survival",
        "log-rank p from the landmark, benefit shown by then against not yet shown",
    )
    assert row["n"] == 24  # everybody lived 140 days
    assert "final benefit used, which flatters it" in row["method"]


def test_rules_that_could_not_be_tested_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = [PatientCase(f"P{i}", {"clinical_benefit": "yes" if i % 2 else "no"}) for i in range(4)]
    cases.append(PatientCase("P9", {"clinical_benefit": "no"}, Tumor(assessable=False, copies=None)))
    write_cohort(tmp_path, cases)
    both(tmp_path)
    coverage = RULE_COVERAGE.read(tmp_path / "cohort" / RULE_COVERAGE.name).set_index("rule_id")
    assert coverage.loc["MAPK-1", ["found", "not_found", "not_tested"]].tolist() == [0, 4, 1]
    table = ASSOCIATIONS.read(tmp_path / "cohort" / ASSOCIATIONS.name).set_index("mechanism")
    assert (
        table.loc["MAPK", "without_benefit"] == 2
    )  # the tumour that is not assessable at all is in no denominator
    assert table.loc["MAPK", ["untested_without_benefit", "untested_with_benefit"]].tolist() == [1, 0]
    assert table.loc["MAPK", "without_benefit_highest"] == pytest.approx(1 / 3)
    said = "not tested for all of it in 1 without and 0 with benefit"
    assert said in capsys.readouterr().out


def test_genes_of_the_status_columns_are_the_cohorts_own_or_the_contracts() -> None:
    """HRAS is watched, and decides no entry: a file that did not look there still says RAS wild-type."""
    cohorts = RESOURCES / "cohorts"
    lung = load_cohort(cohorts / "met_amplified_lung.yaml")
    assert status_genes("ras_status", lung) == ("KRAS", "NRAS")
    assert status_genes("braf_status", lung) == ("BRAF",)
    shipped = load_cohort(SHIPPED_COHORT)
    wider = replace(shipped.eligibility["RAS"], genes=("KRAS", "NRAS", "HRAS"))
    asked = replace(shipped, eligibility={**shipped.eligibility, "RAS": wider})
    assert status_genes("ras_status", asked) == ("KRAS", "NRAS", "HRAS")
