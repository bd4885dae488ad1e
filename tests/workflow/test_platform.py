"""A platform trial: many cohorts in one run, each tumour measured once, each cohort's results in its own folder."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from planned_jobs import planned_jobs
from small_trial import PROJECT, Trial, sample_row, write_trial, write_tumor

pytestmark = pytest.mark.workflow

COHORTS = {"HER2": "her2_amplified_colorectal.yaml", "BRAF": "braf_v600e_colorectal.yaml"}


def rows(path: Path) -> list[dict[str, str]]:
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t"))


def with_cohorts(folder: Path) -> None:
    """Patients with an odd number to HER2, the others to BRAF."""
    sheet = folder / "patients.tsv"
    header, *lines = sheet.read_text().splitlines()
    named = [f"{line}\t{'HER2' if int(line.split(chr(9))[0][1:]) % 2 else 'BRAF'}" for line in lines]
    sheet.write_text("\n".join([f"{header}\tcohort", *named]) + "\n")


def write_platform(folder: Path) -> None:
    """Three tumours, the first and the third of HER2."""
    write_trial(folder, 3)
    with_cohorts(folder)
    for name in COHORTS.values():
        (folder / name).write_text((PROJECT / "resources" / "cohorts" / name).read_text())
    config = (folder / "config.yaml").read_text()
    config += "cohorts:\n" + "".join(f"  {name}: {file}\n" for name, file in COHORTS.items())
    (folder / "config.yaml").write_text(config)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    folder = tmp_path_factory.mktemp("platform")
    write_platform(folder)
    trial = Trial(folder, PROJECT)
    run = trial.snakemake()
    assert run.returncode == 0, run.stdout + run.stderr
    return trial


def test_each_cohort_has_its_own_patients_rules_and_page(platform: Trial) -> None:
    results = platform.folder / "results"
    patients = {
        name: [row["patient"] for row in rows(results / "cohorts" / name / "cohort" / "patients.tsv")]
        for name in COHORTS
    }
    assert patients == {"HER2": ["P1", "P3", "P99"], "BRAF": ["P2"]}
    ids = {
        name: {row["rule_id"] for row in rows(results / "samples" / sample / "rules.tsv")}
        for name, sample in (("HER2", "T1"), ("BRAF", "T2"))
    }
    assert "HER2-1" in ids["HER2"] and "BRAFI-1" not in ids["HER2"]
    assert "BRAFI-1" in ids["BRAF"] and "HER2-1" not in ids["BRAF"]
    for name in COHORTS:
        folder = results / "cohorts" / name
        assert (folder / "report" / "index.html").is_file()
        assert (folder / "report" / "cohort.xlsx").is_file()
        assert (folder / "report" / "cbioportal" / "meta_study.txt").is_file()
        assert {row["sample"] for row in rows(folder / "cohort" / "identity_verdicts.tsv")} == {
            row["sample"] for row in rows(folder / "cohort" / "patients.tsv") if row["sample"]
        }
    page = (results / "cohorts" / "HER2" / "report" / "index.html").read_text()
    assert 'href="../../../report/run.html"' in page
    assert (results / "report" / "run.html").is_file()


def test_the_overview_counts_every_cohort(platform: Trial) -> None:
    results = platform.folder / "results"
    overview = {row["cohort"]: row for row in rows(results / "platform" / "cohorts.tsv")}
    assert {name: (row["patients"], row["sequenced"]) for name, row in overview.items()} == {
        "HER2": ("3", "2"),
        "BRAF": ("1", "1"),
    }
    assert (overview["HER2"]["with_benefit"], overview["HER2"]["benefit_known"]) == ("0", "3")
    page = (results / "report" / "index.html").read_text()
    assert "4 patients in 2 cohorts, 3 with a usable genome" in page
    for name in COHORTS:
        assert f'href="../cohorts/{name}/report/index.html"' in page


OF_COHORT = (
    "join_cohort", "analyse_cohort", "render_report", "write_workbook", "export_study", "confirm_complete",
)  # fmt: skip
OF_RUN = ("compare_identities", "record_provenance", "collect_resources", "render_overview")
OF_TUMOR = ("measure_copy_number", "call_variants", "annotate_alterations")


def once(*rules: str) -> dict[str, int]:
    return dict.fromkeys(rules, 1)


def test_nothing_is_left_to_do_and_one_new_patient_runs_its_tumour_and_its_cohort_alone(
    platform: Trial,
) -> None:
    assert platform.planned() == {}
    folder = platform.folder
    sheets = {name: (folder / name).read_text() for name in ("samples.tsv", "patients.tsv")}
    write_tumor(folder, 55)  # its VCF is longer than any: no copy of one
    (folder / "samples.tsv").write_text(sheets["samples.tsv"] + sample_row(55) + "\n")
    (folder / "patients.tsv").write_text(sheets["patients.tsv"] + "P55\tPD\tno\t60\t1\t90\t1\tHER2\n")
    assert platform.planned() == once(*OF_TUMOR, *OF_COHORT, *OF_RUN)
    for name, text in sheets.items():
        (folder / name).write_text(text)


def test_a_genome_mistaken_for_one_of_another_cohort_joins_both_again(platform: Trial) -> None:
    """T1 is of HER2, T2 of BRAF: as a comparison would have left it that found the two to be one person."""
    path = platform.folder / "results" / "platform" / "identity.tsv"
    text = path.read_text()
    header = next(line for line in text.splitlines() if not line.startswith("#")).split("\t")
    found = {"sample_a": "T1:small_variants", "sample_b": "T2:small_variants", "expected": "different",
             "verdict": "same_person"}  # fmt: skip
    path.write_text(text + "\t".join(found.get(name, "") for name in header) + "\n")
    planned = platform.planned()
    assert {rule: planned.get(rule, 0) for rule in ("join_cohort", "compare_identities")} == {
        "join_cohort": 2,
        "compare_identities": 0,
    }
    path.write_text(text)


def test_an_outcome_that_comes_in_runs_its_own_cohort_alone(platform: Trial) -> None:
    sheet = platform.folder / "patients.tsv"
    text = sheet.read_text()
    sheet.write_text(text.replace("P2\tPR", "P2\tCR"))
    planned = platform.planned()
    assert {
        rule: planned.get(rule, 0) for rule in ("annotate_alterations", "join_cohort", "analyse_cohort")
    } == {
        "annotate_alterations": 0,
        "join_cohort": 1,
        "analyse_cohort": 1,
    }
    sheet.write_text(text)


def test_an_edited_cohort_file_runs_its_own_labels_and_no_other(platform: Trial) -> None:
    path = platform.folder / COHORTS["BRAF"]
    path.write_text(path.read_text().replace("sd_min_days: 112", "sd_min_days: 100"))
    assert platform.planned() == once("annotate_alterations", *OF_COHORT, *OF_RUN[1:])


def test_what_comes_in_several_cohorts_at_once_is_all_done(platform: Trial) -> None:
    """A new tumour of one cohort hides from Snakemake that an outcome of the other has changed: a run behind sees to it."""
    folder = platform.folder
    (folder / COHORTS["BRAF"]).write_text((PROJECT / "resources" / "cohorts" / COHORTS["BRAF"]).read_text())
    write_tumor(folder, 55)
    with (folder / "samples.tsv").open("a") as sheet:
        sheet.write(sample_row(55) + "\n")
    patients = folder / "patients.tsv"
    patients.write_text(
        patients.read_text().replace("P2\tPR", "P2\tCR") + "P55\tPD\tno\t60\t1\t90\t1\tHER2\n"
    )
    run = platform.snakemake()
    assert run.returncode == 0, run.stdout + run.stderr
    cohorts = {
        name: rows(folder / "results" / "cohorts" / name / "cohort" / "patients.tsv") for name in COHORTS
    }
    assert [row["patient"] for row in cohorts["HER2"]] == ["P1", "P3", "P99", "P55"]
    assert [row["best_response"] for row in cohorts["BRAF"]] == ["CR"]
    assert platform.planned() == {}


def test_a_join_reads_what_is_a_copy_in_another_cohort_and_not_what_has_its_size(tmp_path: Path) -> None:
    write_platform(tmp_path)
    sizes = [(tmp_path / f"T{number}.vcf").stat().st_size for number in (1, 2)]
    assert sizes[0] == sizes[1]
    others = {"T2.vcf", "T2.segments.tsv"}
    assert not planned_jobs(tmp_path)["join_cohort", "HER2"].inputs & others
    windows = (tmp_path / "T1.segments.tsv").read_bytes().replace(b"\n", b"\r\n")
    (tmp_path / "T2.segments.tsv").write_bytes(windows)
    planned = planned_jobs(tmp_path)
    assert planned["join_cohort", "HER2"].inputs & others == {"T2.segments.tsv"}
    assert {"T1.segments.tsv", "T3.segments.tsv"} <= planned["join_cohort", "BRAF"].inputs


@pytest.mark.parametrize(
    ("cohort", "told"),
    [
        (
            "HER",
            "patients.tsv:2 cohort: 'HER' is no cohort of the configuration; did you mean HER2? allowed: HER2, BRAF",
        ),
        ("", "patients.tsv:2 cohort: is empty; allowed: HER2, BRAF"),
    ],
)
def test_a_patient_of_no_cohort_stops_the_run(tmp_path: Path, cohort: str, told: str) -> None:
    write_trial(tmp_path, 1)
    with_cohorts(tmp_path)
    for name in COHORTS.values():
        (tmp_path / name).write_text((PROJECT / "resources" / "cohorts" / name).read_text())
    sheet = tmp_path / "patients.tsv"
    header, first, *others = sheet.read_text().splitlines()
    sheet.write_text("\n".join([header, first.removesuffix("HER2") + cohort, *others]) + "\n")
    with (tmp_path / "config.yaml").open("a") as config:
        config.write("cohorts:\n" + "".join(f"  {name}: {file}\n" for name, file in COHORTS.items()))
    run = Trial(tmp_path, PROJECT).snakemake("--dry-run")
    assert run.returncode != 0
    assert told in run.stdout + run.stderr
