"""The jobs of a trial as Snakemake plans them, without running one: commands, files and what a re-run hangs on."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from small_trial import PROJECT
from snakemake.api import SnakemakeApi
from snakemake.settings.types import ConfigSettings, OutputSettings, Quietness, ResourceSettings

_PRELOADED = ["snakemake.workflow", "planned_jobs"]


@dataclass(frozen=True, slots=True)
class PlannedJob:
    """One job: its command, its files, and the params whose change makes Snakemake run it again."""

    rule: str
    sample: str | None
    """The tumour, the cohort of a platform trial or the table of many tumours that it is of."""
    command: str
    inputs: frozenset[str]
    outputs: frozenset[str]
    triggers: tuple[str, ...]


def planned_jobs(folder: Path, checkout: Path = PROJECT) -> dict[tuple[str, str | None], PlannedJob]:
    """Every job of the trial in `folder` by rule and sample, whether or not it is to be run.

    Snakemake holds the process it runs in (working directory, logging, the lock of the trial), so each plan has a
    process of its own; the modules are loaded once for all of them.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        jobs = pool.submit(_plan, folder, checkout).result()
    return {(job.rule, job.sample): job for job in jobs}


def _plan(folder: Path, checkout: Path) -> list[PlannedJob]:
    with SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        workflow = api.workflow(
            ResourceSettings(cores=1),
            config_settings=ConfigSettings(configfiles=[folder / "config.yaml"]),
            snakefile=checkout / "Snakefile",
            workdir=folder,
        )
        workflow.dag().execute_workflow(executor="dryrun")
        planned = workflow._workflow
        return [
            PlannedJob(
                rule=job.rule.name,
                sample=next(iter(job.wildcards_dict.values()), None),
                command=job.shellcmd or "",
                inputs=frozenset(map(str, job.input)),
                outputs=frozenset(map(str, job.output)),
                triggers=tuple(planned.persistence._params(job)),
            )
            for job in planned.dag.jobs
        ]
