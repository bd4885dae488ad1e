"""60 made-up patients, 15 % of every kind of incompleteness, several seeds: the truth comes out in every denominator."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from cohort_builder import PatientCase, Tumor, write_cohort, write_rows
from incomplete_trials import CUTOFF_DAYS, KINDS, PATIENTS, Written, date_of, made_up_trial

import analyse_cohort
import join_cohort
from refractor.outcomes.adjudication import adjudicate_outcomes
from refractor.results.analysis_tables import ASSOCIATIONS, ENDPOINTS, EXPLANATION, SENSITIVITY, TWO_STAGE
from refractor.results.cohort_tables import PATIENTS as PATIENTS_TABLE
from refractor.settings.endpoint_rules import EndpointSettings, WhoDecides
from refractor.sheets.read_sheets import read_sheets
from refractor.step import run_step

CUTOFF = date_of(CUTOFF_DAYS)
FINDINGS = ("MAPK-1", "PI3K-1", "RTK-2")


def case_of(number: int, one: Written) -> PatientCase:
    """The patient with a genome of which every third has a finding, missing or not assessable by the kinds."""
    assessable = "genome not assessable" not in one.kinds
    rules = (FINDINGS[number % 9 // 3],) if number % 3 == 0 and assessable else ()
    tumor = None if "genome missing" in one.kinds else Tumor(rules, assessable=assessable)
    return PatientCase(one.patient, one.cells, tumor)


def write_scans(folder: Path, trial: list[Written]) -> None:
    """assessments.tsv."""
    write_dicts(
        folder / "assessments.tsv", [{"patient": one.patient} | scan for one in trial for scan in one.scans]
    )


def write_dicts(path: Path, rows: list[dict[str, object]]) -> None:
    """A sheet with the columns that its rows have."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    write_rows(path, columns, [[row.get(name) for name in columns] for row in rows])


@pytest.mark.parametrize("decides", list(WhoDecides))
@pytest.mark.parametrize("seed", range(12))
def test_every_patient_is_what_happened(tmp_path: Path, seed: int, decides: WhoDecides) -> None:
    trial = made_up_trial(seed)
    write_dicts(tmp_path / "patients.tsv", [{"patient": one.patient} | one.cells for one in trial])
    write_scans(tmp_path, trial)
    (tmp_path / "samples.tsv").write_text("patient\tsample\tcopy_number\n")
    config = {name: str(tmp_path / f"{name}.tsv") for name in ("samples", "patients", "assessments")}
    sheets = read_sheets(config | {"data_cutoff": CUTOFF})
    rules = EndpointSettings(who_decides=decides)
    found = adjudicate_outcomes(sheets.patients, sheets.assessments, rules=rules, data_cutoff=CUTOFF)
    assert len(found) == PATIENTS
    for one in trial:
        outcome, truth = found[one.patient].outcome, one.truth
        what = (one.patient, sorted(one.kinds), one.course)
        assert outcome.evaluable is truth.evaluable, what
        if not truth.evaluable:
            continue
        responded = outcome.best_response in ("CR", "PR") and outcome.response_confirmed is not False
        assert (outcome.clinical_benefit, responded) == (truth.benefit, truth.response), what
        assert (outcome.pfs_days, outcome.pfs_event) == truth.pfs, what


def test_every_kind_of_incompleteness_befalls_somebody() -> None:
    together = [kind for seed in range(12) for one in made_up_trial(seed) for kind in one.kinds]
    assert {kind: together.count(kind) >= 40 for kind in KINDS} == dict.fromkeys(KINDS, True)


@pytest.fixture(scope="module", params=[1, 2])
def analysed(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> tuple[Path, list[Written]]:
    folder = tmp_path_factory.mktemp("trial")
    trial = made_up_trial(request.param)
    write_cohort(folder, [case_of(number, one) for number, one in enumerate(trial)])
    write_scans(folder, trial)
    argv = [
        "--samples", str(folder / "samples.tsv"), "--patients", str(folder / "patients.tsv"),
        "--assessments", str(folder / "assessments.tsv"), "--data-cutoff", CUTOFF,
        "--samples-dir", str(folder / "results" / "samples"), "--output-dir", str(folder / "cohort"),
    ]  # fmt: skip
    assert run_step(join_cohort.parser(), join_cohort.main, argv) == 0
    argv = ["--cohort-dir", str(folder / "cohort")]
    assert run_step(analyse_cohort.parser(), analyse_cohort.main, argv) == 0
    return folder / "cohort", trial


def groups(trial: list[Written]) -> tuple[list[Written], list[Written]]:
    """The evaluable, and those of them whose benefit is decided."""
    evaluable = [one for one in trial if one.truth.evaluable]
    return evaluable, [one for one in evaluable if one.truth.benefit is not None]


def test_endpoints(analysed: tuple[Path, list[Written]]) -> None:
    folder, trial = analysed
    evaluable, decided = groups(trial)
    table = ENDPOINTS.read(folder / ENDPOINTS.name)
    counted = {
        (row.endpoint, row.statistic): (None if pd.isna(row.events) else int(row.events), int(row.n))
        for row in table.itertuples()
    }
    benefit = [one for one in decided if one.truth.benefit]
    response = [one for one in decided if one.truth.response]
    stable = [one for one in benefit if not one.truth.response]
    for name, group in (
        ("clinical benefit", benefit),
        ("objective response", response),
        ("stable disease with benefit", stable),
    ):
        assert counted[name, "proportion"] == (len(group), len(decided))
    for name, group in (("clinical benefit", benefit), ("objective response", response)):
        assert counted[name, "proportion, intention to treat"] == (len(group), PATIENTS)
    assert counted["evaluable", "proportion"] == (len(evaluable), PATIENTS)
    events = sum(one.truth.pfs[1] for one in evaluable)
    assert counted["progression-free survival", "median"] == (events, len(evaluable))
    assert counted["duration of response", "median"] == (
        sum(one.truth.pfs[1] for one in response),
        len(response),
    )
    assert counted["duration of clinical benefit", "median"] == (
        sum(one.truth.pfs[1] for one in benefit),
        len(benefit),
    )
    alive = [one for one in evaluable if one.course.death is not None or one.cells.get("os_days") is not None]
    deaths = sum(one.course.death is not None for one in evaluable)
    assert counted["overall survival", "median"] == (deaths, len(alive))


def test_explanation_and_association(analysed: tuple[Path, list[Written]]) -> None:
    folder, trial = analysed
    _, decided = groups(trial)
    explanation = EXPLANATION.read(folder / EXPLANATION.name)
    study = explanation[(explanation["tiers"] == "R1-R3") & (explanation["clonality"] == "any")]
    study = study[study["eligible"] == "any"].set_index("group")
    any_row = ASSOCIATIONS.read(folder / ASSOCIATIONS.name).set_index("level").loc["any"]
    number = {one.patient: place for place, one in enumerate(trial)}
    for name, words, benefit in (("no_benefit", "without", False), ("benefit", "with", True)):
        group = [one for one in decided if one.truth.benefit is benefit]
        looked = [one for one in group if not one.kinds & {"genome missing", "genome not assessable"}]
        carriers = [one for one in looked if number[one.patient] % 3 == 0]
        row = study.loc[name]
        assert (row["explained"], row["assessable"], row["patients"]) == (
            len(carriers),
            len(looked),
            len(group),
        )
        assert (any_row[f"carriers_{words}_benefit"], any_row[f"{words}_benefit"]) == (
            len(carriers),
            len(looked),
        )
        assert any_row[f"untested_{words}_benefit"] == len(group) - len(looked)


def test_design_and_sensitivity(analysed: tuple[Path, list[Written]]) -> None:
    folder, trial = analysed
    evaluable, decided = groups(trial)
    stages = TWO_STAGE.read(folder / TWO_STAGE.name).set_index("quantity")["value"]
    first = evaluable[:24]  # as they entered
    assert stages["patients with known benefit"] == sum(one.truth.benefit is not None for one in first)
    assert stages["benefits"] == sum(bool(one.truth.benefit) for one in first)
    assert stages["stage 1 benefits"] == sum(bool(one.truth.benefit) for one in first[:8])
    table = SENSITIVITY.read(folder / SENSITIVITY.name)
    counts = {
        (row.analysis, row.quantity): (int(row.successes), int(row.n))
        for row in table.itertuples()
        if not pd.isna(row.successes)
    }
    benefit = sum(bool(one.truth.benefit) for one in decided)
    assert counts["main", "clinical benefit"] == (benefit, len(decided))
    assert counts["all treated", "clinical benefit"] == (benefit, PATIENTS)
    assert counts["responses derived from the measurements", "clinical benefit"] == (benefit, len(decided))
    patients = PATIENTS_TABLE.read(folder / PATIENTS_TABLE.name)
    assert len(patients) == PATIENTS
