"""A step opens no result that its rule does not wait for: seen from what the steps of a real run opened."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from every_input import NOT_GIVEN, write_every_input
from planned_jobs import PlannedJob, planned_jobs
from small_trial import PROJECT, Trial
from wired_trial import RESOURCES, schema

from refractor.settings.configuration import files_named
from refractor.sheets.file_checks import file_columns

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]


def opened_results(folder: Path) -> dict[tuple[str, str | None], set[str]]:
    """The results that each job of the run opened for reading, by rule and sample."""
    return {
        job: {path for path in paths if path.startswith("results/") and "/." not in path}
        for job, paths in opened_files(folder).items()
    }


def opened_files(folder: Path) -> dict[tuple[str, str | None], set[str]]:
    """The files of the trial that each job of the run opened for reading, by rule and sample."""
    opened: dict[tuple[str, str | None], set[str]] = {}
    for notes in folder.glob("*.txt"):
        command, *paths = notes.read_text().splitlines()
        rule = re.search(r"/scripts/(\w+)\.py", command)
        whose = re.search(r"--sample=(\S+)|/cohort_files/(\S+)", command)
        assert rule
        own = {path for path in paths if not path.startswith(("resources/", ".snakemake/", "logs/"))}
        opened.setdefault((rule[1], (whose[1] or whose[2]) if whose else None), set()).update(own)
    return opened


def awaited(job: PlannedJob, maker: dict[str, PlannedJob]) -> set[str]:
    """All results that are there before the job starts: its inputs and all that their makers and theirs make."""
    before: set[str] = set()
    waiting = list(job.inputs)
    while waiting:
        path = waiting.pop()
        if path not in before:
            before.add(path)
            waiting.extend((maker[path].inputs | maker[path].outputs) if path in maker else ())
    return before


def test_a_step_opens_no_result_that_its_rule_does_not_wait_for(finished_trial: Trial) -> None:
    jobs = planned_jobs(finished_trial.folder)
    maker = {path: job for job in jobs.values() for path in job.outputs}
    opened = opened_results(finished_trial.folder.with_name("opened"))
    assert opened.keys() == jobs.keys() - {("all", None)}
    for key, paths in opened.items():
        job = jobs[key]
        others = paths - job.outputs
        # A label stands for its tumour's whole folder; of the cohort's results each is named
        named = {path for path in others if not path.startswith("results/samples/") or job.sample}
        assert named <= job.inputs, key
        assert others <= awaited(job, maker), key
    assert sum(map(len, opened.values())) > 100


def test_a_step_opens_no_shipped_knowledge_that_does_not_run_it_again(finished_trial: Trial) -> None:
    opened: dict[str, set[str]] = {}
    for notes in finished_trial.folder.with_name("opened").glob("*.txt"):
        command, *paths = notes.read_text().splitlines()
        rule = re.search(r"/scripts/(\w+)\.py", command)
        assert rule
        opened.setdefault(rule[1], set()).update(p for p in paths if p.startswith("resources/"))
    assert len(opened["annotate_alterations"]) > 5
    unnoticed = {
        (rule, path)
        for rule, paths in opened.items()
        for path in paths
        if not any(rule in RESOURCES[name] and path.startswith(f"resources/{name}") for name in RESOURCES)
    }
    assert unnoticed == set()


@pytest.fixture(scope="module")
def trial_of_every_input(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """A trial with a file of every kind, run to the end."""
    folder = tmp_path_factory.mktemp("every") / "trial"
    write_every_input(folder)
    trial = Trial(folder, PROJECT)
    run = trial.snakemake(opened=folder.with_name("opened"))
    assert run.returncode == 0, run.stdout + run.stderr
    return trial


def test_the_trial_has_a_file_for_every_column_and_key(trial_of_every_input: Trial) -> None:
    folder = trial_of_every_input.folder
    header = (folder / "samples.tsv").read_text().partition("\n")[0].split("\t")
    assert file_columns().keys() <= set(header)
    config = yaml.safe_load((folder / "config.yaml").read_text())
    every = files_named(dict.fromkeys(schema("config"), "x")).keys() | {"background", "container"}
    assert every - config.keys() == NOT_GIVEN.keys()


def test_a_step_opens_no_input_that_its_rule_does_not_declare(trial_of_every_input: Trial) -> None:
    folder = trial_of_every_input.folder
    jobs = planned_jobs(folder)
    record = (folder / "results" / "provenance.json").read_text()
    opened = {job: {p for p in paths if not p.startswith("results/") and (folder / p).is_file()}
              for job, paths in opened_files(folder.with_name("opened")).items()}  # fmt: skip
    every = set().union(*opened.values())
    beside = ("T1.bam.bai", "N1.bam.bai", "T2.purple.purity.tsv", "T2.purple.qc", "T2.linx.breakend.tsv",
              "T2.linx.svs.tsv", "study/case_lists/cases_sequenced.txt", "earlier/calls.maf",
              "earlier/meta_mutations.txt", "earlier/panels_gene_panel_small.txt")  # fmt: skip
    assert {f"inputs/{name}" for name in beside} <= every, "what nobody names is opened"
    assert {(job[0], path) for job, paths in opened.items() for path in paths - jobs[job].inputs} == set()
    unrecorded = {path for path in every if f'"{path}"' not in record}
    assert unrecorded == set()
