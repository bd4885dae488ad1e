"""The platform demo: every declared tumour is found to be what it was declared to be, without a workflow."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from refractor.evidence.at_entry import AtEntry, MicrosatelliteStatus
from refractor.evidence.knowledge.cohort_checks import read_checked_cohort
from refractor.settings.cohort import Cohort
from refractor.settings.target import StainingScore, TargetEvent
from refractor.sheets import read_sheets
from refractor.sheets.open_trial import open_trial
from refractor.tumor.evidence_sources import EvidenceSources
from refractor.tumor.inputs import Tumor
from refractor.tumor.whole import study_tumor
from refractor.vocabulary import EXPLAINING_TIERS
from synthetic.platform import (
    BUILD,
    DeclaredCohort,
    cohort_file_of,
    declared_cohorts,
    tumors_of,
    write_platform,
)

DECLARED = declared_cohorts()
PATIENTS = 4
"""Of each cohort one tumour of each kind: with the target, with a mechanism beside it, without, and silent."""


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("platform")
    write_platform(folder, DECLARED, patients=PATIENTS, seed=3)
    return folder


def cohort_of(declared: DeclaredCohort) -> Cohort:
    return read_checked_cohort(cohort_file_of(declared))[0]


def test_the_declaration_has_every_kind_of_target_and_every_shipped_cohort(project: Path) -> None:
    assert len(DECLARED) == len({one.cohort for one in DECLARED}) == 12
    assert {cohort_of(one).target.event for one in DECLARED} == set(TargetEvent)
    shipped = {path.stem for path in (project / "resources" / "cohorts").glob("*.yaml")}
    assert shipped <= {one.file for one in DECLARED}


def test_the_trial_is_accepted_and_no_two_files_are_one(trial: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(trial)
    config = {"samples": "samples.tsv", "patients": "patients.tsv", "synthetic": True}
    cohorts = {one.cohort: f"{one.cohort}.yaml" for one in DECLARED}
    opened = open_trial(config | {"cohorts": cohorts}, read=read_sheets)
    assert len(opened.sheets.samples) == len(opened.sheets.patients) == PATIENTS * len(DECLARED)
    contents = [path.read_bytes() for path in (trial / "files").iterdir()]
    assert len(contents) > 130
    assert len(contents) == len(set(contents))


@pytest.mark.parametrize("declared", DECLARED, ids=lambda one: one.cohort)
def test_each_tumour_is_what_it_was_declared_to_be(trial: Path, declared: DeclaredCohort) -> None:
    samples = {row["patient"]: row for row in rows(trial / "samples.tsv")}
    patients = {row["patient"]: row for row in rows(trial / "patients.tsv")}
    found, expected = {}, {}
    for row in rows(trial / "truth.tsv"):
        if row["cohort"] != declared.cohort:
            continue
        name = row["patient"]
        files = {
            column: str(trial / samples[name][column])
            for column in ("copy_number", "small_variants", "structural_variants")
            if samples[name].get(column)
        }
        cells = patients[name]
        at_entry = AtEntry(
            patient_target_ihc=StainingScore(cells["target_ihc"]) if cells.get("target_ihc") else None,
            patient_msi_status=MicrosatelliteStatus(cells["msi_status"]) if cells.get("msi_status") else None,
            patient_tmb_per_mb=float(cells["tmb_per_mb"]) if cells.get("tmb_per_mb") else None,
        )
        studied = study_tumor(
            Tumor(sample=row["sample"], purity=0.6, genome_build=BUILD, **{k: Path(v) for k, v in files.items()}),
            sources=EvidenceSources(cohort=cohort_file_of(declared)),
            at_entry=at_entry,
            assume_callable=True,
        )  # fmt: skip
        annotation = studied.annotation
        rules = {
            one.rule_id for one in annotation.alterations if one.candidate and one.tier in EXPLAINING_TIERS
        }
        found[name] = (str(annotation.label.target_result), ";".join(sorted(filter(None, rules))))
        expected[name] = (row["target_result"], row["rule"])
    assert len(found) == PATIENTS
    assert found == expected
    assert [one.target_result for one in tumors_of(declared)[:PATIENTS]] == [
        "found", "found", "not_found", "not_tested",
    ]  # fmt: skip
