"""The command: its sub-commands, what each says, and that it refuses with exit code 2 and a remedy."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest

from refractor.cli.command import COMMANDS, READER_GONE, main
from refractor.cli.run import (
    environment,
    refuse_full_disk,
    refuse_small_files,
    snakemake_command,
    with_shipped_profile,
)
from refractor.errors import InputError
from refractor.results.cohort_tables import MANIFEST, PATIENTS
from refractor.vocabulary import Label

SAMPLES = (
    "patient\tsample\tcopy_number\tpurity\nP1\tT1\tT1.seg\t0.6\nP2\tT2\tT2.seg\t0.25\nP3\tT3\tT3.seg\t\n"
)
PATIENT_ROWS = "patient\tage\tpfs_days\tpfs_event\nP1\t40\t100\t1\nP2\t61\t12\t0\nP3\t70\t\t\nP4\t\t\t\n"


@pytest.fixture
def trial(tmp_path: Path) -> Path:
    folder = tmp_path / "trial"
    folder.mkdir()
    (folder / "config.yaml").write_text("samples: samples.tsv\npatients: patients.tsv\n")
    (folder / "samples.tsv").write_text(SAMPLES)
    (folder / "patients.tsv").write_text(PATIENT_ROWS)
    for number in (1, 2, 3):
        (folder / f"T{number}.seg").write_text(f"ID\tchrom\n{number}\n")
    return folder


def test_each_command_has_a_module_with_a_parser_and_a_main(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    overview = capsys.readouterr().out
    for name, command in COMMANDS.items():
        assert f"  {name} " in overview
        module = import_module(f"refractor.cli.{command.module}")
        assert module.parser().prog == f"refractor {name}"
        assert callable(module.main)


def test_an_unknown_command_is_refused_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chek"]) == 2
    assert "chek is no command (did you mean check?)" in capsys.readouterr().err


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_goes_away_is_no_defect(project: Path, unbuffered: str) -> None:
    """As in `refractor explain TRIAL PATIENT | head -1`."""
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "refractor", "--help"]
    variables = {**os.environ, "PYTHONPATH": str(project / "scripts"), "PYTHONUNBUFFERED": unbuffered}
    ran = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, env=variables, check=False)
    os.close(writer)
    assert (ran.returncode, ran.stderr) == (READER_GONE, b"")


def test_another_broken_pipe_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> int:
        raise BrokenPipeError

    monkeypatch.setattr("refractor.cli.command._run", broken)
    monkeypatch.setattr("refractor.cli.command._reader_is_gone", lambda: False)
    with pytest.raises(BrokenPipeError):
        main(["check"])


@pytest.mark.parametrize("name", ["check", "run", "explain", "clean"])
def test_a_trial_that_is_not_there_is_refused(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [name, str(tmp_path / "nowhere"), *(["P1"] if name == "explain" else [])]
    assert main(words) == 2
    assert "nowhere" in capsys.readouterr().err


def test_check_says_range_and_median_in_the_columns_unit(
    trial: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(trial)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "samples.tsv: 3 rows; purity 0.25 to 0.6, median 0.425 (share of tumour cells, 0-1)" in lines
    assert (
        "patients.tsv: 4 rows; age 40 to 70, median 61 (years); pfs_days 12 to 100, median 56 (days)" in lines
    )
    assert "copy_number: 3 of 3 tumours" in lines
    assert "patients without a tumour in the sheet: 1 (P4)" in lines
    assert any(line.startswith("rules in scope: ") for line in lines)
    assert lines[-1] == f"nothing stands against a run: refractor run {trial}"


def test_check_asks_what_a_run_would_ask_of_outcomes(trial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (trial / "patients.tsv").write_text("patient\tbest_response\nP1\tSD\nP2\tPD\nP3\tPD\n")
    assert main(["check", str(trial)]) == 0
    assert (
        "patients.tsv:2 clinical_benefit: nothing says whether there was benefit" in capsys.readouterr().out
    )


def test_check_names_every_problem_and_runs_nothing(trial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (trial / "T2.seg").unlink()
    (trial / "patients.tsv").write_text(PATIENT_ROWS.replace("\t40\t", "\t400\t"))
    assert main(["check", str(trial)]) == 2
    shown = capsys.readouterr().err
    assert "samples.tsv:3 copy_number" in shown
    assert "patients.tsv:2 age: '400' is out of range" in shown
    assert not (trial / "results").exists()


@pytest.mark.parametrize(
    "odd", ["calling: &a\n  x: *a\n", "calling: &a [*a]\n", "calling: " + "[" * 3000 + "]" * 3000]
)
@pytest.mark.parametrize("name", ["check", "run"])
def test_a_configuration_without_end_is_refused_by_us(
    name: str, odd: str, trial: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (trial / "config.yaml").open("a") as config:
        config.write(odd)
    assert main([name, str(trial)]) == 2
    said = capsys.readouterr().err
    assert "config.yaml" in said
    assert "nested too deeply" in said


def test_run_is_the_workflow_of_the_contract(trial: Path, project: Path) -> None:
    assert snakemake_command(trial, ["--dry-run"]) == [
        sys.executable, "-m", "snakemake", "--snakefile", str(project / "Snakefile"), "--directory", str(trial),
        "--configfile", str(trial / "config.yaml"), "--logger", "refractor", "--cores", "all", "--dry-run",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "words", [["--cores", "2"], ["-c2"], ["-j", "3"], ["--jobs=3"], ["--profile", "slurm"]]
)
def test_run_leaves_the_number_of_jobs_to_who_gives_it(trial: Path, words: list[str]) -> None:
    command = snakemake_command(trial, words)
    assert command[-len(words) :] == words
    assert "all" not in command


@pytest.mark.parametrize(
    "words", [["--profile", "slurm"], ["--profile=slurm"], ["--profile", "profiles/slurm"]]
)
def test_a_shipped_profile_is_known_by_its_name(
    words: list[str], project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    place = project / "profiles" / "slurm"
    assert "=".join(with_shipped_profile(words)) == f"--profile={place}"
    (tmp_path / "slurm").mkdir()
    assert with_shipped_profile(["--profile", "slurm"]) == ["--profile", "slurm"]
    assert with_shipped_profile(["-e", "slurm", "--profile", "mine"]) == ["-e", "slurm", "--profile", "mine"]


@pytest.mark.parametrize("by_profile", [True, False])
def test_an_executor_that_is_not_installed_is_named_in_a_line(
    by_profile: bool, trial: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (trial / "profile.yaml").write_text("executor: moon-shot\njobs: 3\n")
    options = ["--profile", str(trial)] if by_profile else ["--executor=moon-shot"]
    assert main(["run", str(trial), *options]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert (
        "the executor 'moon-shot' is not installed; `pip install snakemake-executor-plugin-moon-shot`"
        in said[0]
    )


def test_jobs_of_a_run_find_this_python_and_this_library(project: Path) -> None:
    found = environment({"PATH": "/usr/bin", "HOME": "/home/x"})
    assert found["PATH"] == f"{Path(sys.executable).parent}:/usr/bin"
    assert found["PYTHONPATH"] == str(project / "scripts")
    assert found["HOME"] == "/home/x"


def test_clean_lists_what_is_of_no_tumor_and_removes_it_only_when_told(
    trial: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("T1", "T9"):
        (trial / "results" / "samples" / name).mkdir(parents=True)
        (trial / "logs" / "call_variants").mkdir(parents=True, exist_ok=True)
        for ending in ("log", "resources.tsv"):
            (trial / "logs" / "call_variants" / f"{name}.{ending}").touch()
    (trial / "logs" / "join_cohort.log").touch()
    (trial / "results" / "samples" / "T8").symlink_to(trial)
    gone = [
        trial / "logs" / "call_variants" / "T9.log",
        trial / "logs" / "call_variants" / "T9.resources.tsv",
        trial / "results" / "samples" / "T9",
    ]
    assert main(["clean", str(trial)]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert listed[:-1] == [f"of nothing in the sheets: {path}" for path in gone]
    assert all(path.exists() for path in gone)
    assert main(["clean", str(trial), "--yes"]) == 0
    assert not any(path.exists() for path in gone)
    for kept in (
        "results/samples/T1",
        "results/samples/T8",
        "logs/call_variants/T1.log",
        "logs/join_cohort.log",
    ):
        assert (trial / kept).exists()
    capsys.readouterr()
    assert main(["clean", str(trial)]) == 0
    assert capsys.readouterr().out.startswith("nothing to remove")


def test_explain_of_a_patient_without_a_genome_and_of_one_that_is_not_there(
    trial: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cohort = trial / "results" / "cohort"
    row = {
        "patient": "P4", "wgs": "missing", "ras_status": "not_assessable", "braf_status": "not_assessable",
        "her2_call": "not_assessable", "eligibility": "not_assessable", "label": Label.NOT_ASSESSABLE, "clinical_benefit": "no",
        "best_response": "PD", "pfs_days": 40.0, "pfs_event": 0,
    }  # fmt: skip
    PATIENTS.write(PATIENTS.from_rows([row]), cohort / PATIENTS.name, synthetic=True)
    MANIFEST.write(MANIFEST.from_rows([]), cohort / MANIFEST.name, synthetic=True)
    assert main(["explain", str(trial), "P4"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "progression-free survival 40 days and longer" in lines[1]
    assert lines[2].startswith("open: The whole genome: ")
    assert main(["explain", str(trial), "P5"]) == 2
    assert "has no patient 'P5'; there are P4" in capsys.readouterr().err


def test_a_limit_below_the_size_of_a_page_is_refused_before_the_run() -> None:
    with pytest.raises(InputError, match=r"files of at most 5,120 bytes .* ulimit -f unlimited"):
        refuse_small_files(5120)
    refuse_small_files(resource.RLIM_INFINITY)
    refuse_small_files(2_000_000_000)


def test_a_full_disk_is_refused_before_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_full_disk(tmp_path, "free space there")
    monkeypatch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(free=12_000))
    with pytest.raises(InputError, match="its disk is full: 12,000 bytes are free; free space there"):
        refuse_full_disk(tmp_path, "free space there")
