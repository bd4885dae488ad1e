"""A trial as a whole: configuration, cohort file and sheets tell their problems together."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from refractor.errors import InputError
from refractor.sheets import PatientRow, read_before_treatment, read_sheets
from refractor.sheets.open_trial import open_trial
from refractor.sheets.sheet_rows import KNOWN_BEFORE_TREATMENT

COHORT = """\
name: a cohort
target: {gene: BRAF, event: small_variant}
drugs: [encorafenib]
disease: {name: colorectal cancer}
eligibility: {}
endpoints: {}
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    monkeypatch.chdir(tmp_path)
    Path("v.vcf").write_text("##fileformat=VCFv4.2\n")
    Path("samples.tsv").write_text("patient\tsample\tsmall_variants\nP1\tT1\tv.vcf\n")
    Path("patients.tsv").write_text("patient\nP1\n")
    Path("cohort.yaml").write_text(COHORT)
    Path("config.yaml").write_text("samples: samples.tsv\npatients: patients.tsv\ncohort: cohort.yaml\n")
    return {"samples": "samples.tsv", "patients": "patients.tsv", "cohort": "cohort.yaml"}


def problems(config: dict[str, object]) -> list[str]:
    with pytest.raises(InputError) as caught:
        open_trial(config, files=["config.yaml"])
    return [str(problem).split("; ")[0] for problem in caught.value.problems]


def test_a_sound_trial_is_opened(config: dict[str, object]) -> None:
    opened = open_trial(config, files=["config.yaml"])
    assert opened.config["calling"]["min_alt_reads"] == 3
    assert opened.cohorts[None].endpoints.sd_min_days == 112
    assert [row.sample for row in opened.sheets.samples] == ["T1"]


def test_the_shipped_cohort_is_the_default(config: dict[str, object]) -> None:
    del config["cohort"]
    assert open_trial(config).cohorts[None].target.gene == "ERBB2"


def test_all_problems_come_at_once(config: dict[str, object]) -> None:
    config["genome_build"] = "hg38"
    Path("cohort.yaml").write_text(COHORT.replace("endpoints: {}", "endpoints: {sd_min_day: 112}"))
    Path("samples.tsv").write_text("patient\tsample\tsmall_variants\nP2\tT1\tgone.vcf\n")
    Path("patients.tsv").write_text("patient\tage\nP1\told\n")
    assert problems(config) == [
        "configuration genome_build: 'hg38' is not one of the allowed values",
        "cohort.yaml:6 endpoints.sd_min_day: the key is not known",
        "samples.tsv:2 patient: patient 'P2' has no row in patients.tsv",
        "samples.tsv:2 small_variants: 'gone.vcf' does not exist",
        "patients.tsv:2 age: 'old' is not a number",
    ]


def test_a_missing_key_or_cohort_does_not_hide_the_sheets(config: dict[str, object]) -> None:
    Path("patients.tsv").write_text("patient\tage\nP1\told\n")
    config["cohort"] = "gone.yaml"
    assert problems(config) == [
        "config.yaml:3 cohort: 'gone.yaml' does not exist",
        "patients.tsv:2 age: 'old' is not a number",
    ]
    del config["samples"]
    assert problems(config) == [
        "config.yaml:1 samples: the key is missing",
        "config.yaml:3 cohort: 'gone.yaml' does not exist",
    ]


def test_a_job_does_not_fail_for_another_samples_file(config: dict[str, object]) -> None:
    Path("v.vcf").unlink()
    assert problems(config) == ["samples.tsv:2 small_variants: 'v.vcf' does not exist"]
    assert len(open_trial(config, read=read_sheets).sheets.samples) == 1


def test_a_job_reads_no_outcome(config: dict[str, object]) -> None:
    """Cells that tell an outcome are not even parsed: here they hold what no such cell can."""
    Path("patients.tsv").write_text("patient\tprior_anti_egfr\tbest_response\tpfs_days\nP1\tyes\t?\tlong\n")
    Path("assessments.tsv").write_text("nobody looks here\n")
    config["assessments"] = "assessments.tsv"
    opened = open_trial(config, read=read_before_treatment).sheets
    assert opened.patients == (PatientRow(line=2, patient="P1", prior_anti_egfr="yes"),)
    assert [row.small_variants for row in opened.samples] == ["v.vcf"]
    assert opened.assessments == ()
    with pytest.raises(InputError, match="best_response"):
        open_trial(config, read=read_sheets)


def test_a_job_refuses_what_it_cannot_read_of_its_own(config: dict[str, object]) -> None:
    Path("patients.tsv").write_text("patient\tprior_anti_egfr\nP1\tmaybe\n")
    with pytest.raises(InputError, match="prior_anti_egfr"):
        open_trial(config, read=read_before_treatment)


def test_what_is_known_before_treatment_tells_no_outcome() -> None:
    later = ("response", "benefit", "pfs", "os_", "evaluable", "therapy", "end_of")
    assert set(KNOWN_BEFORE_TREATMENT) < {field.name for field in fields(PatientRow)}
    assert [name for name in KNOWN_BEFORE_TREATMENT for word in later if word in name] == []
