"""What a run does again: exactly what a change touches, counted in jobs."""

from __future__ import annotations

import base64
import os
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from range_server import served
from same_results import differences
from small_reads import write_reads
from small_trial import Trial, sample_row, write_trial, write_tumor

TUMOR = {"measure_copy_number": 1, "call_variants": 1, "annotate_alterations": 1}
IDENTITY = {"compare_identities": 1}
OUTCOMES = {
    "join_cohort": 1,
    "analyse_cohort": 1,
    "record_provenance": 1,
    "render_report": 1,
    "write_workbook": 1,
    "export_study": 1,
    "collect_resources": 1,
    "confirm_complete": 1,
}
COHORT = IDENTITY | OUTCOMES

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]


def edit(path: Path, old: str, new: str) -> None:
    content = path.read_text()
    assert content.count(old) == 1, f"{old!r} stands {content.count(old)} times in {path}"
    path.write_text(content.replace(old, new))


def record_name(record: Path) -> str:
    """The result that a file of Snakemake's records is about."""
    return base64.urlsafe_b64decode(record.name).decode()


def test_a_finished_trial_has_nothing_to_do(trial: Trial) -> None:
    assert trial.planned() == {}


def test_a_new_row_runs_its_tumor_and_the_cohort(trial: Trial) -> None:
    write_tumor(trial.folder, 4)
    with (trial.folder / "samples.tsv").open("a") as sheet:
        sheet.write(sample_row(4) + "\n")
    with (trial.folder / "patients.tsv").open("a") as sheet:
        sheet.write("P4\tPR\tyes\t200\t1\t300\t1\n")
    assert trial.planned() == TUMOR | COHORT


def test_an_edited_cell_runs_its_tumor_and_the_cohort(trial: Trial) -> None:
    edit(
        trial.folder / "samples.tsv",
        "T2.segments.tsv\tallelic_segments\t0.6",
        "T2.segments.tsv\tallelic_segments\t0.7",
    )
    assert trial.planned() == TUMOR | COHORT


def test_an_edited_file_is_seen_though_the_clock_was_moved_back(trial: Trial) -> None:
    """All results are dated a day ahead, so that the edit is older than they are: its content tells."""
    for folder in ("results", "logs", ".snakemake"):
        for path in (trial.folder / folder).rglob("*"):
            ahead = path.stat().st_mtime + 86_400
            os.utime(path, (ahead, ahead))
    assert trial.planned() == {}
    edit(trial.folder / "T2.segments.tsv", "83000000", "83000001")
    assert trial.planned() == TUMOR | COHORT


def test_a_failure_that_a_stopped_run_did_not_note_is_tried_again(trial: Trial) -> None:
    """The run ended between the step that failed and the last one, which notes failures."""
    edit(
        trial.folder / "results/samples/T2/annotation_analyses.tsv",
        "T2\tannotation\tdone\t",
        "T2\tannotation\tfailed\t",
    )
    assert trial.planned() == TUMOR | COHORT


def test_a_removed_row_runs_only_the_cohort(trial: Trial) -> None:
    edit(trial.folder / "samples.tsv", sample_row(2) + "\n", "")
    assert trial.planned() == COHORT


def test_a_changed_outcome_runs_only_the_cohort(trial: Trial) -> None:
    edit(trial.folder / "patients.tsv", "P3\tPD\tno\t180", "P3\tPD\tno\t181")
    assert trial.planned() == OUTCOMES


def test_an_edited_input_file_runs_its_tumor(trial: Trial) -> None:
    edit(trial.folder / "T1.segments.tsv", "\t18\t1\n", "\t19\t1\n")
    assert trial.planned() == TUMOR | COHORT


@pytest.mark.parametrize(
    ("deleted", "made"),
    [
        ("results/samples/T1/codon_status.tsv", "call_variants"),
        ("results/samples/T1/civic_evidence.tsv", "annotate_alterations"),
        ("results/samples/T1/genotypes.npz", "measure_copy_number"),
        ("results/samples/T1", "measure_copy_number"),
        ("results/cohort/associations.tsv", "analyse_cohort"),
        ("results/cohort/blinding.tsv", "join_cohort"),
        ("results/cohort/identity.tsv", "compare_identities"),
        ("results/report/patients", "render_report"),
        ("results/report/refractor_qc_mqc.tsv", "render_report"),
        ("results/ro-crate-metadata.json", "record_provenance"),
    ],
)
def test_a_deleted_result_is_made_again(trial: Trial, deleted: str, made: str) -> None:
    path = trial.folder / deleted
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert trial.planned().get(made) == 1


def test_a_touch_of_code_sheets_and_inputs_runs_nothing(trial: Trial, checkout: Callable[[], Path]) -> None:
    fresh = checkout()
    for path in (trial.folder / "samples.tsv", trial.folder / "patients.tsv", trial.folder / "T1.vcf"):
        os.utime(path)
    assert Trial(trial.folder, fresh).planned() == {}


def test_a_library_edit_runs_the_steps_that_import_it(trial: Trial, checkout: Callable[[], Path]) -> None:
    fresh = checkout()
    module = fresh / "scripts" / "refractor" / "report" / "pages" / "cohort_page.py"
    module.write_text(module.read_text() + "\n# an edit\n")
    assert Trial(trial.folder, fresh).planned() == {"render_report": 1, "confirm_complete": 1}
    module = fresh / "scripts" / "refractor" / "evidence" / "labels.py"
    module.write_text(module.read_text() + "\n# an edit\n")
    assert Trial(trial.folder, fresh).planned() == {"annotate_alterations": 3} | OUTCOMES


def test_a_later_version_that_writes_one_more_table_runs_its_step(
    trial: Trial, checkout: Callable[[], Path]
) -> None:
    for record in (trial.folder / ".snakemake" / "metadata").rglob("*"):
        if record.is_file() and record_name(record).endswith("/decoy_rules.tsv"):
            record.unlink()  # on no record: the version that made the results had no such table
    for table in (trial.folder / "results" / "samples").glob("*/decoy_rules.tsv"):
        table.unlink()
    fresh = checkout()
    module = fresh / "scripts" / "refractor" / "evidence" / "labels.py"
    module.write_text(module.read_text() + "\n# an edit\n")
    assert Trial(trial.folder, fresh).planned() == {"annotate_alterations": 3} | OUTCOMES


def test_a_new_rule_runs_annotation_onward(trial: Trial, checkout: Callable[[], Path]) -> None:
    fresh = checkout()
    rules = next((fresh / "resources" / "evidence" / "rules").glob("*.tsv"))
    rules.write_text(rules.read_text() + "\n")
    assert Trial(trial.folder, fresh).planned() == {"annotate_alterations": 3} | OUTCOMES


@pytest.mark.parametrize(
    ("setting", "tumor_steps"),
    [
        ("calling:\n  min_alt_reads: 4\n", ("call_variants", "annotate_alterations")),
        ("copy_number:\n  amplification_ratio: 4\n", tuple(TUMOR)),
    ],
)
def test_a_changed_threshold_runs_what_uses_it_and_what_follows(
    trial: Trial, setting: str, tumor_steps: tuple[str, ...]
) -> None:
    with (trial.folder / "config.yaml").open("a") as config:
        config.write(setting)
    assert trial.planned() == dict.fromkeys(tumor_steps, 3) | COHORT


def test_every_file_of_the_results_is_declared(finished_trial: Trial) -> None:
    records = finished_trial.folder / ".snakemake" / "metadata"
    declared = {record_name(path) for path in records.iterdir() if path.is_file()}
    assert len(declared) > 60
    files = [path for path in (finished_trial.folder / "results").rglob("*") if path.is_file()]
    assert len(files) > 60
    undeclared = [
        name
        for path in files
        if (name := path.relative_to(finished_trial.folder).as_posix()) not in declared
        and not any(folder.as_posix() in declared for folder in Path(name).parents)
    ]
    assert undeclared == []


def test_two_trials_at_once_from_one_checkout_do_not_disturb_each_other(
    finished_trial: Trial, tmp_path: Path
) -> None:
    trials = [Trial(tmp_path / name, finished_trial.checkout) for name in ("one", "two")]
    for trial in trials:
        write_trial(trial.folder, 1)
    with ThreadPoolExecutor() as pool:
        runs = list(pool.map(Trial.snakemake, trials))
    assert [run.returncode for run in runs] == [0, 0], runs[0].stderr[-2000:] + runs[1].stderr[-2000:]
    one, two = (trial.folder / "results" for trial in trials)
    assert differences(one, two) == []
    assert differences(one, finished_trial.folder / "results", below="samples/T1/") == []


def test_an_extended_trial_runs_what_was_planned(trial: Trial) -> None:
    write_tumor(trial.folder, 4)
    with (trial.folder / "samples.tsv").open("a") as sheet:
        sheet.write(sample_row(4) + "\n")
    with (trial.folder / "patients.tsv").open("a") as sheet:
        sheet.write("P4\tPR\tyes\t200\t1\t300\t1\n")
    before = {path: path.stat().st_mtime_ns for path in (trial.folder / "results/samples").glob("T[123]/*")}
    assert len(before) >= 3 * 15
    run = trial.snakemake()
    assert run.returncode == 0, run.stderr
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert (trial.folder / "results/samples/T4/label.tsv").is_file()
    assert trial.planned() == {}


def test_a_file_found_beside_a_table_is_an_input_of_its_tumor(trial: Trial) -> None:
    rows = (trial.folder / "T2.segments.tsv").read_text().splitlines()[1:]
    header = "sample\tchr\tstartpos\tendpos\tnMajor\tnMinor"
    table = trial.folder / "T2.segments.txt"
    table.write_text("\n".join([header, *(f"T2\t{row}" for row in rows)]) + "\n")
    purity = trial.folder / "T2.purityploidy.txt"
    purity.write_text("AberrantCellFraction\tPloidy\n0.6\t2.0\n")
    edit(trial.folder / "samples.tsv", "T2.segments.tsv\tallelic_segments\t0.6", "T2.segments.txt\tascat\t")
    run = trial.snakemake()
    assert run.returncode == 0, run.stdout + run.stderr
    assert trial.planned() == {}
    purity.write_text("AberrantCellFraction\tPloidy\n0.4\t2.0\n")
    assert trial.planned() == TUMOR | COHORT
    purity.unlink()
    assert trial.planned() == TUMOR | COHORT


def test_a_file_of_tomorrow_stops_nobody_and_an_edit_of_it_is_seen(trial: Trial) -> None:
    """As a VCF from a machine whose clock is wrong, and the purity beside a table of copies."""
    rows = (trial.folder / "T2.segments.tsv").read_text().splitlines()[1:]
    header = "sample\tchr\tstartpos\tendpos\tnMajor\tnMinor"
    table, purity = trial.folder / "T2.segments.txt", trial.folder / "T2.purityploidy.txt"
    table.write_text("\n".join([header, *(f"T2\t{row}" for row in rows)]) + "\n")
    purity.write_text("AberrantCellFraction\tPloidy\n0.6\t2.0\n")
    edit(trial.folder / "samples.tsv", "T2.segments.tsv\tallelic_segments\t0.6", "T2.segments.txt\tascat\t")
    tomorrow = time.time() + 86_400
    for path in (trial.folder / "T1.vcf", purity):
        os.utime(path, (tomorrow, tomorrow))
    run = trial.snakemake()
    text = run.stdout + run.stderr
    assert run.returncode == 0, text
    assert "samples.tsv:2 small_variants: 'T1.vcf' is dated in the future" in text
    assert "'T2.purityploidy.txt' is dated in the future" in text and "run: touch T2.purityploidy.txt" in text
    assert trial.planned() == {}
    purity.write_text("AberrantCellFraction\tPloidy\n0.45\t2.0\n")
    os.utime(purity, (tomorrow, tomorrow))
    assert trial.planned() == TUMOR | COHORT
    os.utime(trial.folder / "T1.vcf")  # the remedy: an input again, looked at once
    run = trial.snakemake()
    assert run.returncode == 0, run.stdout + run.stderr
    assert "T1.vcf' is dated" not in run.stdout + run.stderr
    assert trial.planned() == {}


def test_another_version_of_a_remote_file_runs_its_tumor_again(trial: Trial, tmp_path: Path) -> None:
    """Size and ETag are asked for at the start of a run; a host that does not answer changes nothing."""
    sheet = trial.folder / "samples.tsv"
    header, *rows = sheet.read_text().splitlines()
    (tmp_path / "served").mkdir()
    write_reads(tmp_path / "served" / "T4.bam")
    with (trial.folder / "patients.tsv").open("a") as patients:
        patients.write("P4\tPR\tyes\t200\t1\t300\t1\n")
    made = "results/samples/T4/purity_ploidy.tsv"

    def planned() -> str:
        run = trial.snakemake("--dry-run", made)
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout + run.stderr

    with served(tmp_path / "served") as server:
        remote = f"P4\tT4\t\t\t\t\tGRCh38\t{server.address}/T4.bam"
        sheet.write_text("\n".join([f"{header}\ttumor_reads", *(f"{row}\t" for row in rows), remote]) + "\n")
        run = trial.snakemake("--keep-going", made)
        assert run.returncode == 0, run.stdout + run.stderr
        assert "Nothing to be done" in planned()
        server.etag = '"two"'
        assert "measure_copy_number" in planned()
        server.etag = '"one"'
        assert "Nothing to be done" in planned()
        index_bytes = (tmp_path / "served" / "T4.bam.bai").stat().st_size
        with (tmp_path / "served" / "T4.bam.bai").open("ab") as index:
            index.write(bytes(8))
        assert "measure_copy_number" in planned()
        os.truncate(tmp_path / "served" / "T4.bam.bai", index_bytes)
        assert "Nothing to be done" in planned()
    assert "Nothing to be done" in planned()


def test_the_vcf_beside_reads_is_an_input_of_their_copies_and_of_no_others(trial: Trial) -> None:
    write_tumor(trial.folder, 4)
    write_reads(trial.folder / "T4.bam")
    sheet = trial.folder / "samples.tsv"
    header, *rows = sheet.read_text().splitlines()
    beside = "P4\tT4\tT4.vcf\t\t\t\tGRCh38\tT4.bam"
    sheet.write_text("\n".join([f"{header}\ttumor_reads", *(f"{row}\t" for row in rows), beside]) + "\n")
    with (trial.folder / "patients.tsv").open("a") as patients:
        patients.write("P4\tPR\tyes\t200\t1\t300\t1\n")
    made = [f"results/samples/{name}/purity_ploidy.tsv" for name in ("T1", "T4")]
    run = trial.snakemake("--keep-going", *made)
    assert run.returncode == 0, run.stdout + run.stderr
    for name in ("T1", "T4"):
        edit(trial.folder / f"{name}.vcf", 'Description="Depth"', 'Description="Reads"')
    run = trial.snakemake("--dry-run", *made)
    assert run.returncode == 0, run.stdout + run.stderr
    again = [line for line in (run.stdout + run.stderr).splitlines() if "sample=" in line]
    assert again
    assert all("T4" in line for line in again), again
