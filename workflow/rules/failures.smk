# Contract. In: the notes of failed tumours, the jobs of this run. Out: what makes the next run try again, and the
# cohort finished without tumours whose job was killed.

import functools
import json
import logging
import os
import subprocess
import sys

from snakemake_interface_executor_plugins.executors.base import AbstractExecutor

from refractor.results.failure_notes import note_unnoted
from refractor.results.job_end import (
    MEMORY,
    NO_RESULT,
    TIME,
    last_begun,
    last_words,
    memory_kills,
    tells_of_a_full_disk,
    why_it_ended,
)


@functools.cache
def last_failure_of(sample):
    """When a sample last failed; a failure that the run before was stopped too soon to note is noted now."""
    note = Path("results") / ".failures" / sample
    if workflow.is_main_process and not IS_BEHIND:
        note_unnoted(Path("results") / "samples" / sample, note)
    return note.read_text() if note.is_file() else ""


def last_failure(wildcards):
    """When this sample last failed, so that the next run tries it again; empty if it never did."""
    return last_failure_of(wildcards.sample)


# Why tumours whose job was killed in this run are given up, by sample: set by give_up_unfinished alone.
GIVEN_UP = json.loads(os.environ.get("REFRACTOR_GIVEN_UP", "{}"))
TUMOR_RULES = ("measure_copy_number", "call_variants", "annotate_alterations")


def given_up_option(wildcards):
    """A params function: why the tumour's job ended without a result, where it did; the next run tries it again."""
    reason = GIVEN_UP.get(wildcards.sample)
    return ["--given-up", reason] if reason else []


# What was said of each job that failed, and was never read again: by the executor of a cluster, by job, with its log there;
# and by Snakemake, of the exit status. Snakemake itself forgets what an executor says of a group.
SAID_OF = {}
ERRORS = []
MEMORY_KILLS = memory_kills()


class KeepErrors(logging.Handler):
    """Keeps the words of errors."""

    def emit(self, record):
        if record.levelno >= logging.ERROR:
            ERRORS.append(record.getMessage())


def keep_words(print_job_error):
    """What reports a failed job, keeping what it is told."""

    def kept(executor, job_info, msg=None, **further):
        SAID_OF[job_info.job] = (msg or "", further.get("aux_logs") or [])
        return print_job_error(executor, job_info, msg, **further)

    return kept


if workflow.is_main_process:
    logger.addHandler(KeepErrors())
    AbstractExecutor.print_job_error = keep_words(AbstractExecutor.print_job_error)


def said_of(item):
    """All that was said of a failed job or group of jobs."""
    words, logs = SAID_OF.get(item, ("", []))
    commands = [job.shellcmd for job in (item.jobs if item.is_group() else [item])]
    return "\n".join(
        [
            words,
            *(
                Path(path).read_text(errors="replace")
                for path in logs
                if Path(path).is_file()
            ),
            *(
                text
                for text in ERRORS
                if any(command and command in text for command in commands)
            ),
        ]
    )


def reason_of_end(item):
    """Why the job or group of one tumour has no result: its step, what ended it, what it was given, its last words."""
    jobs = {Path(job.log[0]): job for job in (item.jobs if item.is_group() else [item])}
    log = last_begun(list(jobs)) or next(iter(jobs))
    why = why_it_ended(said_of(item), killed_for_memory=memory_kills() > MEMORY_KILLS)
    given = {
        MEMORY: f" ({item.resources.get('mem_mb')} MB were asked for)",
        TIME: f" ({item.resources.get('runtime')} minutes were asked for)",
    }
    asked = given.get(why, "") if SAID_OF.get(item, ("", []))[1] else ""
    return f"the computation (step {jobs[log].rule.name}) {NO_RESULT}: {why}{asked}; {last_words(log)}"


def tumors_of(job):
    """The tumours that a job is of: its own, those of the table that it divides, or none."""
    if job.rule.name in TUMOR_RULES:
        return [job.wildcards.sample]
    if job.rule.name != "divide_cohort_file":
        return []
    table = DIVIDED_TABLES[job.wildcards.table]
    return [
        sample
        for sample, row in ROWS.items()
        if table in (row.small_variants, row.copy_number)
    ]


def unfinished_tumors():
    """Why each tumour whose job failed has no result, by sample; empty where the run was interrupted."""
    failed = {}
    for item in workflow.scheduler.failed:
        job = next(iter(item.jobs)) if item.is_group() else item
        for sample in tumors_of(job):
            failed[sample] = reason_of_end(item)
    waiting = {
        job.wildcards.sample
        for job in workflow.dag.needrun_jobs()
        if job.rule.name in TUMOR_RULES
    }
    return failed if waiting <= set(failed) else {}


def was_told_to_stop():
    """Whether this run got SIGTERM: its steps got it too, perhaps, and nothing new is to be begun."""
    return getattr(workflow.scheduler, "_user_kill", None) is not None


def give_up_unfinished():
    """Finish the cohort's tables and pages without the tumours whose job was killed: each has failed, with its reason."""
    unfinished = {} if GIVEN_UP or was_told_to_stop() else unfinished_tumors()
    if not unfinished or any(tells_of_a_full_disk(why) for why in unfinished.values()):
        return  # what cannot be written cannot be written by a second run, and is no fault of a tumour
    each = "\n".join(f"    {name}: {why}" for name, why in sorted(unfinished.items()))
    logger.warning(
        f"given up, tried again by the next run; the cohort is finished without them:\n{each}"
    )
    run_again(REFRACTOR_GIVEN_UP=json.dumps(unfinished))


# Snakemake looks at no change of a job below one that runs, though an ancient file is all that joins them: what had changed
# in another cohort too is done by a run behind this one (docs/adr/0021-one-cohort-of-many.md).
OF_THE_RUN = ("compare_identities", "record_provenance")
RUNS_BEHIND = 2


def finish_cohorts():
    """Run once more where this run of a platform trial made anew what is of the whole run, and was asked for no part.

    True where that went well, or was not needed.
    """
    if not COHORTS or workflow.dag_settings.targets or was_told_to_stop():
        return True
    behind = int(os.environ.get("REFRACTOR_RUNS_BEHIND", "0"))
    made = {job.rule.name for job in workflow.dag.jobs if workflow.dag.finished(job)}
    if behind >= RUNS_BEHIND or made.isdisjoint(OF_THE_RUN):
        return True
    logger.info("looking for what else has changed in the other cohorts")
    return run_again(REFRACTOR_RUNS_BEHIND=str(behind + 1))


def run_again(**environment):
    """A second run behind this one, which has ended: what is still to be done, with these variables. Whether it went well."""
    given = Path(".snakemake") / "given_up.json"
    given.write_text(json.dumps(workflow.config_settings.overwrite_config))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "snakemake"),
            *("--snakefile", str(workflow.main_snakefile)),
            *("--configfile", str(given)),
            # of this machine: a run on a cluster has none, and asking Snakemake for them is an error there
            *("--cores", str(workflow.resource_settings.cores or 1)),
            *("--workflow-profile", "none"),
            *("--nolock", "--keep-going", "--rerun-incomplete", "--show-failed-logs"),
            *(
                word
                for name in workflow.output_settings.log_handler_settings
                for word in ("--logger", name)
            ),
        ],
        env={**os.environ, **environment},
        check=False,  # a run that has failed says so
    )
    return done.returncode == 0
