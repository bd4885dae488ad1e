# Contract. In: the configuration and its sheets. Out: CONFIG, ROWS, SAMPLES, PATIENTS; the digests that decide re-runs.
# Bad configuration or sheets stop here, before any job, with every problem listed.

import os
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger
from snakemake.persistence import PersistenceBase

# This file's own place, not the main Snakefile's, which may be another workflow that imports this one. In an installed
# package the steps stand there too, and the library is imported from where it is installed.
if not isinstance(workflow.current_basedir, os.PathLike):
    raise WorkflowError(
        "the steps, the library and the knowledge lie beside these rules, so a module by github() or an address cannot run; "
        'clone the repository at the tag you want and give the path of its Snakefile: `snakefile: "refractor/Snakefile"`'
    )
CHECKOUT = Path(workflow.current_basedir).parents[1]
SCRIPTS = CHECKOUT / "scripts"
sys.path.insert(0, str(SCRIPTS))

from refractor.errors import ResistanceError
from refractor.files.digests import content_digest, source_digest
from refractor.files.future_dates import date_back
from refractor.files.remote import is_remote
from refractor.files.remote_versions import NotedVersions
from refractor.files.run_lock import hold_folder
from refractor.files.resources import KNOWLEDGE
from refractor.results.all_tables import tables_of
from refractor.settings.configuration import files_named
from refractor.sheets import read_before_treatment, read_trial
from refractor.sheets.open_trial import open_trial


def is_on_record(persistence, job):
    """Whether any of a job's results is on record."""
    return any(persistence.metadata(path) is not None for path in job.output)


# Snakemake compares neither code nor cells of a job with what is on record where one result is on none: a version that
# writes one more table would leave every finished tumour as an earlier version made it, in silence.
PersistenceBase.has_metadata = is_on_record

# Held until this process ends; with it the next run knows the locks of a killed one from those of a living one.
RUNNING = hold_folder(Path(".snakemake")) if workflow.is_main_process else None
if workflow.is_main_process:
    date_back([Path("results"), Path("logs")])

# A job parses this file again: there, a file of another sample that has gone since is not its concern, and no
# outcome is read before the label.
READ = read_trial if workflow.is_main_process else read_before_treatment

# Names in the cohort file are held against panel and rules once, not in every job.
if workflow.is_main_process:
    from refractor.evidence.knowledge.cohort_checks import (
        read_checked_cohort as READ_COHORT,
    )
else:
    READ_COHORT = None

try:
    TRIAL = open_trial(
        config,
        files=[path for path in workflow.configfiles if Path(path).is_file()],
        read=READ,
        read_cohort=READ_COHORT,
    )
except ResistanceError as error:
    raise WorkflowError(
        f"the trial cannot be run as it is described:\n{error}"
    ) from None

# A run behind another one (failures.smk) has nothing new to say of the sheets.
IS_BEHIND = not {"REFRACTOR_GIVEN_UP", "REFRACTOR_RUNS_BEHIND"}.isdisjoint(os.environ)
if workflow.is_main_process and not IS_BEHIND:
    for note in TRIAL.sheets.notes:
        logger.info(str(note))
    for warning in TRIAL.warnings:
        logger.warning(str(warning))

CONFIG = TRIAL.config
# Captions of `snakemake --report` name the thresholds, defaults too.
config.update(CONFIG)
ROWS = {row.sample: row for row in TRIAL.sheets.samples}
SAMPLES = list(ROWS)
PATIENTS = {row.patient: row for row in TRIAL.sheets.patients}

# Which version of each remote file there is, seen once and noted for the jobs: another one runs its tumour again.
REMOTE_VERSIONS = NotedVersions(Path(".snakemake") / "remote_versions.json")
if workflow.is_main_process:
    REMOTE_VERSIONS.look(
        cell
        for row in ROWS.values()
        for cell in (row.tumor_reads, row.normal_reads)
        if cell and is_remote(cell)
    )

DEPLOYMENT = {
    str(method) for method in workflow.deployment_settings.deployment_method or ()
}

if DEPLOYMENT and not (SCRIPTS / "refractor").is_dir():
    raise WorkflowError(
        "--sdm needs a checkout: the installed package brings its packages with it; run without --sdm"
    )
if "apptainer" in DEPLOYMENT and not CONFIG["container"]:
    raise WorkflowError(
        "--sdm apptainer needs an image: build one with envs/containers/refractor.def and give its place as `container:`"
    )

if "apptainer" in DEPLOYMENT:

    # The image holds Python and the packages; the steps and the knowledge are this checkout's.
    workflow.deployment_settings.apptainer_args += f" --bind '{CHECKOUT}'"

    container: CONFIG["container"]


wildcard_constraints:
    sample=r"[A-Za-z0-9._-]+",
    cohort=r"[A-Za-z0-9._-]+",


def script_of(step):
    """A params function: the step's script. As a function of the output it is no re-run trigger, so that another
    checkout of the same code re-runs nothing; the code's digest is the trigger."""

    def script(wildcards, output):
        return str(SCRIPTS / f"{step}.py")

    return script


def code_of(step, *resources):
    """Digest of a step's import closure and of the shipped resources it reads: by content, not by date."""
    shipped = (
        content_digest([CHECKOUT / "resources" / name for name in resources], CHECKOUT)
        if resources
        else ""
    )
    return source_digest(SCRIPTS / f"{step}.py") + shipped


def shipped(name):
    """A params function: the place of a shipped file; its content is the trigger (code_of), not its place."""

    def place(wildcards, output):
        return str(CHECKOUT / "resources" / name)

    return place


def tables(folder, *steps, but=()):
    """The tables that these steps write, in a folder: as declared in refractor/results."""
    declared = [table.name for step in steps for table in tables_of(step)]
    return multiext(folder, *(name for name in declared if name not in but))


def wake_only_for_jobs():
    """Take away Snakemake's limit of jobs a second where they run on this machine and nobody states another one.

    With a limit each job that ends wakes the scheduler once a second from then on, which looks at all files of all
    jobs that are ready: of some hundred jobs that takes a core. The cores limit local jobs.
    """
    limiter = getattr(getattr(workflow, "scheduler", None), "job_rate_limiter", None)
    if (
        limiter is not None
        and workflow.local_exec
        and (limiter.max_jobs, limiter.timespan) == (100, 1)
    ):
        workflow.scheduler.job_rate_limiter = None
