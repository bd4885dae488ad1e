# Contract. In: the notes of failed tumours, the jobs of this run. Out: what makes the next run try again, and the
# cohort finished without tumours whose job was killed.

import json
import os
import subprocess
import sys


def last_failure(wildcards):
    """When this sample last failed, so that the next run tries it again; empty if it never did."""
    note = Path("results") / ".failures" / wildcards.sample
    return note.read_text() if note.is_file() else ""


# Why tumours whose job was killed in this run are given up, by sample: set by give_up_unfinished alone.
GIVEN_UP = json.loads(os.environ.get("REFRACTOR_GIVEN_UP", "{}"))
TUMOR_RULES = ("measure_copy_number", "call_variants", "annotate_alterations")


def given_up_option(wildcards):
    """A params function: why the tumour's job ended without a result, where it did; the next run tries it again."""
    reason = GIVEN_UP.get(wildcards.sample)
    return ["--given-up", reason] if reason else []


def unfinished_tumors():
    """Why each tumour whose job failed has no result, by sample; empty where the run was interrupted."""
    jobs = [
        job
        for item in workflow.scheduler.failed
        for job in (item.jobs if item.is_group() else [item])
    ]
    failed = {
        job.wildcards.sample: f"{job.rule.name} ended without a result: killed, out of memory or time, or its "
        f"machine was lost; {last_words(job.log)}"
        for job in reversed(jobs)
        if job.rule.name in TUMOR_RULES
    }
    waiting = {
        job.wildcards.sample
        for job in workflow.dag.needrun_jobs()
        if job.rule.name in TUMOR_RULES
    }
    return failed if waiting <= set(failed) else {}


def last_words(logs):
    """The last line that a job wrote into its log."""
    lines = [
        line
        for path in logs
        if Path(path).is_file()
        for line in Path(path).read_text(errors="replace").splitlines()
        if line.strip()
    ]
    return f"its log ends with: {lines[-1].strip()}" if lines else "its log is empty"


def give_up_unfinished():
    """Finish the cohort's tables and pages without the tumours whose job was killed: each has failed, with its reason."""
    unfinished = {} if GIVEN_UP else unfinished_tumors()
    if not unfinished or set(unfinished) == set(SAMPLES):
        return
    logger.warning(
        f"given up, tried again by the next run: {', '.join(sorted(unfinished))}; the cohort is finished without them"
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
    if not COHORTS or workflow.dag_settings.targets:
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
            *("--cores", str(workflow.cores or 1)),
            *("--workflow-profile", "none"),
            *("--nolock", "--keep-going", "--rerun-incomplete"),
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
