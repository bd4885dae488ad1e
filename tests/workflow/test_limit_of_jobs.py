from __future__ import annotations

import inspect
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from snakemake.cli import get_argument_parser
from snakemake.scheduling.job_scheduler import JobRateLimiter, JobScheduler
from snakemake.settings.types import MaxJobsPerTimespan

RULES = Path(__file__).parents[2] / "workflow" / "rules" / "common.smk"


def wake_only_for_jobs(workflow: Any) -> None:
    """The function of the rules, for a workflow of ours."""
    text = RULES.read_text(encoding="utf-8")
    scope = {"workflow": workflow}
    exec(text[text.index("def wake_only_for_jobs") :], scope)
    scope["wake_only_for_jobs"]()  # type: ignore[operator]


def workflow(limit: Any, *, local: bool = True) -> Any:
    return SimpleNamespace(local_exec=local, scheduler=SimpleNamespace(job_rate_limiter=limit))


def test_the_limit_nobody_stated_is_taken_away():
    stated = get_argument_parser().get_default("max_jobs_per_timespan")
    assert isinstance(stated, str)
    ours = workflow(JobRateLimiter(MaxJobsPerTimespan.parse_choice(stated)))
    wake_only_for_jobs(ours)
    assert ours.scheduler.job_rate_limiter is None
    assert "if self.job_rate_limiter is None" in inspect.getsource(JobScheduler.job_selector)


@pytest.mark.parametrize("limit, local", [("7/1s", True), ("100/1m", True), ("100/1s", False)])
def test_a_stated_limit_and_that_of_a_cluster_stay(limit, local):
    ours = workflow(JobRateLimiter(MaxJobsPerTimespan.parse_choice(limit)), local=local)
    wake_only_for_jobs(ours)
    assert ours.scheduler.job_rate_limiter is not None


def test_a_scheduler_without_a_limit_is_left_as_it_is():
    ours = workflow(None)
    wake_only_for_jobs(ours)
    assert ours.scheduler.job_rate_limiter is None
    wake_only_for_jobs(SimpleNamespace(local_exec=True))
