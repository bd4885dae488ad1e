"""One bad tumour: named, the others done, the run non-zero, and tried again until it is mended."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from small_trial import Trial, write_tumor

from refractor.evidence.reannotation import STATE_FILE
from refractor.results.analysis_tables import BACKGROUND
from refractor.results.cohort_tables import MANIFEST, PATIENTS
from refractor.results.evidence_tables import EVIDENCE_CHANGES

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]


def failed_analyses(trial: Trial) -> pd.DataFrame:
    """What failed, by the manifest of the cohort."""
    manifest = MANIFEST.read(trial.folder / "results/cohort/manifest.tsv")
    return manifest[manifest["state"] == "failed"]


def test_a_bad_tumor_stops_nobody_and_is_not_lost(trial: Trial) -> None:
    (trial.folder / "T2.segments.tsv").write_text("this is not a segment file\n")
    run = trial.snakemake()
    assert run.returncode != 0
    assert "T2 copy_number failed" in run.stdout + run.stderr, run.stderr[-3000:]
    failed = failed_analyses(trial)
    assert list(zip(failed["sample"], failed["analysis"], strict=True)) == [("T2", "copy_number")]
    assert "T2.segments.tsv" in failed["reason"].iloc[0]
    patients = PATIENTS.read(trial.folder / "results/cohort/patients.tsv").set_index("patient")
    assert len(patients) == 4
    assert patients.loc["P2", "her2_call"] == "not_assessable"
    assert patients.loc["P1", "her2_call"] == "amplified"
    assert (trial.folder / "results/report/index.html").is_file()

    again = trial.planned()
    assert again["measure_copy_number"] == 1, "a failed tumour is tried again"

    write_tumor(trial.folder, 2)
    mended = trial.snakemake()
    assert mended.returncode == 0, mended.stderr
    assert trial.planned() == {}


def test_bad_sheets_stop_before_any_job_without_a_traceback(trial: Trial) -> None:
    sheet = trial.folder / "samples.tsv"
    sheet.write_text(
        sheet.read_text().replace("\t0.6\t", "\t6\t", 1).replace("allelic_segments", "alelic_segments", 1)
    )
    with (trial.folder / "config.yaml").open("a") as config:
        config.write("synthetik: true\n")
    run = trial.snakemake()
    text = run.stdout + run.stderr
    assert run.returncode != 0
    assert "Traceback" not in text
    assert "synthetic" in text, "the nearest known key is named"
    config = trial.folder / "config.yaml"
    config.write_text(config.read_text().replace("synthetik: true\n", ""))
    text = trial.snakemake().stderr
    assert "samples.tsv:2 purity" in text
    assert "samples.tsv:2 copy_number_caller" in text
    assert "Traceback" not in text


def test_the_report_and_every_table_say_synthetic(finished_trial: Trial) -> None:
    results = finished_trial.folder / "results"
    page = (results / "report/index.html").read_text()
    assert page.count("SYNTHETIC") >= 1
    tables = sorted(results.glob("**/*.tsv"))
    assert len(tables) > 30
    for table in tables:
        first, *rest = table.read_text().splitlines()
        if table.name.endswith("_mqc.tsv"):  # MultiQC's layout has no such column
            assert any(line.startswith("# ") and "SYNTHETIC DATA" in line for line in rest), table
        else:
            assert first.split("\t")[-1] == "synthetic", table


def test_a_cell_that_begins_with_a_dash_stays_a_value(trial: Trial) -> None:
    sheet = trial.folder / "samples.tsv"
    header, *rows = sheet.read_text().splitlines()
    lines = [f"{header}\tsmall_variants_sample", *(f"{row}\t-TUMOR" for row in rows)]
    sheet.write_text("\n".join(lines) + "\n")
    run = trial.snakemake("--dry-run", "--printshellcmds")
    assert run.returncode == 0, run.stderr
    commands = [
        line for line in (run.stdout + run.stderr).splitlines() if "call_variants.py --sample" in line
    ]
    assert len(commands) == len(rows) == 3
    assert all(" --small-variants-sample=-TUMOR " in command for command in commands)


def kill_the_step_of(word: str, step: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on a step's process with `word` among its options kills itself at its start, as the system does to one that eats memory."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        "import os, sys\n"
        f"if {word!r} in ' '.join(sys.orig_argv) and any(w.endswith('{step}.py') for w in sys.orig_argv):\n"
        "    if '--given-up' not in sys.orig_argv:\n"
        "        os.kill(os.getpid(), 9)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(folder))


def test_a_killed_job_fails_its_tumor_and_the_cohort_is_finished_without_it(
    trial: Trial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tumor(trial.folder, 2)
    for name in ("T2.segments.tsv", "T3.segments.tsv"):
        path = trial.folder / name
        path.write_text(path.read_text().replace("83000000", "83000001"))  # both are to be done again
    with monkeypatch.context() as patched:
        kill_the_step_of("--sample=T2", "measure_copy_number", tmp_path / "killer", patched)
        run = trial.snakemake()
    assert run.returncode != 0
    results = trial.folder / "results"
    failed = failed_analyses(trial)
    assert set(failed["sample"]) == {"T2"}
    assert "(step measure_copy_number) ended without a result: it was killed" in failed["reason"].iloc[0]
    assert "(signal 9)" in failed["reason"].iloc[0]
    patients = PATIENTS.read(results / "cohort/patients.tsv").set_index("patient")
    assert patients.loc["P2", "her2_call"] == "not_assessable"
    assert patients.loc["P3", "her2_call"] == "amplified"
    assert (results / "report/index.html").is_file()

    again = trial.snakemake()
    assert again.returncode == 0, again.stderr[-3000:]
    assert failed_analyses(trial).empty, "the next run tries it again"
    changed = EVIDENCE_CHANGES.read(results / "samples/T2" / EVIDENCE_CHANGES.name)
    assert len(changed) == 0, "a killed job is no annotation that a later one differs from"


def test_a_tumor_killed_in_its_first_run_and_alone_has_its_page(
    trial: Trial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("results", "logs", ".snakemake"):
        shutil.rmtree(trial.folder / name)
    sheet = trial.folder / "samples.tsv"
    header, first, *_ = sheet.read_text().splitlines()
    sheet.write_text(f"{header}\n{first}\n")
    with monkeypatch.context() as patched:
        kill_the_step_of("--sample=T1", "call_variants", tmp_path / "killer", patched)
        run = trial.snakemake()
    assert run.returncode != 0
    results = trial.folder / "results"
    reasons = set(failed_analyses(trial)["reason"])
    assert len(reasons) == 1
    assert "(step call_variants) ended without a result: it was killed" in reasons.pop()
    assert (results / "report/index.html").is_file()
    assert "give the step more" in run.stdout + run.stderr
    assert (results / "samples/T1" / STATE_FILE).is_file(), (
        "declared, though there is nothing to compare with yet"
    )


def test_a_killed_division_of_a_table_fails_its_tumors_alone(
    trial: Trial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (trial.folder / "shared.maf").write_text(
        "Hugo_Symbol\tNCBI_Build\tChromosome\tStart_Position\tReference_Allele\tTumor_Seq_Allele2\tTumor_Sample_Barcode\t"
        "t_ref_count\tt_alt_count\n"
        + "".join(f"BRAF\tGRCh38\t7\t140753336\tA\tT\tT{n}\t70\t30\n" for n in (2, 3))
    )
    sheet = trial.folder / "samples.tsv"
    sheet.write_text(sheet.read_text().replace("T2.vcf", "shared.maf").replace("T3.vcf", "shared.maf"))
    with monkeypatch.context() as patched:
        kill_the_step_of("shared.maf", "divide_cohort_file", tmp_path / "killer", patched)
        run = trial.snakemake()
    assert run.returncode != 0
    results = trial.folder / "results"
    failed = failed_analyses(trial)
    assert set(failed["sample"]) == {"T2", "T3"}, run.stderr[-3000:]
    assert failed["reason"].str.contains("step divide_cohort_file").any()
    assert (results / "report/index.html").is_file()
    again = trial.snakemake()
    assert again.returncode == 0, again.stderr[-3000:]


def test_a_damaged_reference_cohort_stops_no_report(trial: Trial) -> None:
    study = trial.folder / "study"
    study.mkdir()
    (study / "meta_study.txt").write_text("cancer_study_identifier: made\nname: made\n")
    (study / "data_clinical_sample.txt").write_bytes(bytes(range(256)) * 9)
    (study / "data_mutations.txt").write_text("no MAF\n")
    with (trial.folder / "config.yaml").open("a") as config:
        config.write("background: study\n")
    run = trial.snakemake()
    text = run.stdout + run.stderr
    assert run.returncode != 0 and "Traceback" not in text
    assert "the reference cohort is not assessable: study/data_clinical_sample.txt" in text
    (row,) = BACKGROUND.records(trial.folder / "results/cohort/background.tsv")
    assert (row.note or "").startswith("not assessable: study/data_clinical_sample.txt")
    page = (trial.folder / "results/report/index.html").read_text()
    assert "What a reference cohort would bring is not assessable" in page
