"""A trial as a whole: configuration, cohort file and sheets tell their problems together."""

from __future__ import annotations

from pathlib import Path

import pytest

from refractor.errors import InputError
from refractor.sheets import read_sheets
from refractor.sheets.open_trial import open_trial

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
    assert opened.cohort["endpoints"]["sd_min_days"] == 112
    assert [row.sample for row in opened.sheets.samples] == ["T1"]


def test_the_shipped_cohort_is_the_default(config: dict[str, object]) -> None:
    del config["cohort"]
    assert open_trial(config).cohort["target"]["gene"] == "ERBB2"


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
