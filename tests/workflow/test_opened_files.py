"""A step opens no result that its rule does not wait for: seen from what the steps of a real run opened."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from planned_jobs import PlannedJob, planned_jobs
from small_trial import Trial
from wired_trial import RESOURCES

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]


def opened_results(folder: Path) -> dict[tuple[str, str | None], set[str]]:
    """The results that each job of the run opened for reading, by rule and sample."""
    opened: dict[tuple[str, str | None], set[str]] = {}
    for notes in folder.glob("*.txt"):
        command, *paths = notes.read_text().splitlines()
        rule = re.search(r"/scripts/(\w+)\.py", command)
        sample = re.search(r"--sample=(\S+)", command)
        assert rule
        results = {path for path in paths if path.startswith("results/") and "/." not in path}
        opened.setdefault((rule[1], sample[1] if sample else None), set()).update(results)
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
