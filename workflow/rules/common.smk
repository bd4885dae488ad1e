# Contract. In: the configuration and its sheets. Out: CONFIG, ROWS, SAMPLES and the functions below.
# Bad configuration or sheets stop here, before any job, with every problem listed.

import json
import os
import subprocess
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

# This file's own place, not the main Snakefile's, which may be another workflow that imports this one. In an installed
# package the steps stand there too, and the library is imported from where it is installed.
CHECKOUT = Path(workflow.current_basedir).parents[1]
SCRIPTS = CHECKOUT / "scripts"
sys.path.insert(0, str(SCRIPTS))

from refractor.errors import ResistanceError
from refractor.files.digests import content_digest, source_digest
from refractor.files.listed import files_of
from refractor.files.run_lock import hold_folder
from refractor.sheets import read_before_treatment, read_trial
from refractor.sheets.file_checks import SEVERAL_FILES
from refractor.sheets.one_cohort import lines_digest
from refractor.sheets.open_trial import open_trial

# Held until this process ends; with it the next run knows the locks of a killed one from those of a living one.
RUNNING = hold_folder(Path(".snakemake")) if workflow.is_main_process else None

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

if workflow.is_main_process:
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


# A platform trial: cohort files by name; each cohort's results stand in a folder of their own, and what is of all of them,
# such as whose genome each is, in another.
COHORTS = CONFIG["cohorts"]
COHORT_OF = {
    row.sample: PATIENTS[row.patient].cohort if row.patient in PATIENTS else None
    for row in ROWS.values()
}


pathvars:
    of="<results>/cohorts/{cohort}" if COHORTS else "<results>",
    of_logs="<logs>/cohorts/{cohort}" if COHORTS else "<logs>",
    whole="<results>/platform" if COHORTS else "<results>/cohort",


ABOVE = 4 if COHORTS else 2
"""Folders from a file in a cohort's `cohort` or `report` up to the results of the run."""


def whole_run(name):
    """A file of every cohort."""
    return [f"<results>/cohorts/{cohort}/{name}" for cohort in COHORTS] or [
        f"<results>/{name}"
    ]


def labels(wildcards):
    """An input function: the labels of the cohort's tumours."""
    return [
        f"<results>/samples/{sample}/label.tsv"
        for sample in SAMPLES
        if not COHORTS or COHORT_OF[sample] == wildcards.cohort
    ]


def sheets(*names):
    """Sheets as inputs. In a platform trial a cohort's own lines trigger (cohort_lines), not the age of the whole sheet."""
    given = [CONFIG[name] for name in names if CONFIG[name]]
    return [ancient(path) for path in given] if COHORTS else given


def cohort_file(wildcards):
    """An input function: the cohort file of a cohort or of a tumour; none where the shipped one is meant."""
    if not COHORTS:
        return [CONFIG["cohort"]] if CONFIG["cohort"] else []
    return [COHORTS[wildcards.get("cohort") or COHORT_OF[wildcards.sample]]]


def cohort_option(wildcards):
    """A params function: the same as an option of a step."""
    return [part for path in cohort_file(wildcards) for part in ("--cohort", path)]


def only_cohort(wildcards):
    """A params function: which patients of the sheets a step is about."""
    return ["--only-cohort", wildcards.cohort] if COHORTS else []


def cohort_lines(*names):
    """A params function: the digest of a cohort's lines in the sheets."""

    def digest(wildcards):
        return (
            lines_digest({name: CONFIG[name] for name in names}, wildcards.cohort)
            if COHORTS
            else ""
        )

    return digest


def cells(sample, columns):
    """The row's filled cells of these columns."""
    row = ROWS[sample]
    return {
        name: value for name in columns if (value := getattr(row, name)) is not None
    }


def sheet_files(*columns):
    """An input function: the row's files in these columns; a remote address is not a file."""

    def files(wildcards):
        return {
            name: list(files_of(cell)) if name in SEVERAL_FILES else cell
            for name, cell in cells(wildcards.sample, columns).items()
            if "://" not in cell
        }

    return files


def files_of_all(*columns):
    """Every local file that the rows name in these columns, of all samples: what a step of the cohort looks at."""
    return sorted(
        {
            path
            for sample in SAMPLES
            for name, cell in cells(sample, columns).items()
            for path in (files_of(cell) if name in SEVERAL_FILES else (cell,))
            if "://" not in path
        }
    )


FILE_COLUMNS = (
    "tumor_reads",
    "normal_reads",
    "small_variants",
    "callable_regions",
    "copy_number",
    "structural_variants",
)


def config_files(*names):
    """An input function: the user's files at these keys of the configuration."""

    def files(wildcards):
        return {name: CONFIG[name] for name in names if CONFIG[name]}

    return files


def sheet_options(*columns):
    """A params function: the row's filled cells as options of a step."""

    def options(wildcards):
        return [
            f"{flag(name)}={value}"  # in one word: a value may begin with -
            for name, value in cells(wildcards.sample, columns).items()
        ]

    return options


def patient_options(*columns):
    """A params function: what the patients' sheet says of the sample's patient in columns known before treatment."""

    def options(wildcards):
        row = PATIENTS.get(ROWS[wildcards.sample].patient)
        values = {name: getattr(row, name, None) for name in columns}
        return [
            part
            for name, value in values.items()
            if value is not None
            for part in (flag(f"patient_{name}"), str(value))
        ]

    return options


def setting_options(group, only=None):
    """A group of the configuration as options of a step (all its settings, or `only` those); an empty one is left out."""
    return [
        part
        for name, value in CONFIG[group].items()
        if value is not None and (only is None or name in only)
        for part in (flag(name), str(value))
    ]


def config_options(*names):
    """Top-level keys of the configuration as options: a switch when true, left out when empty or false, once for each
    value of a list."""
    return [
        part
        for name in names
        for value in (
            CONFIG[name] if isinstance(CONFIG[name], list) else [CONFIG[name]]
        )
        if value not in (None, False)
        for part in ([flag(name)] if value is True else [flag(name), str(value)])
    ]


def default_build_option():
    """The build for files that cannot tell it, as an option."""
    return ["--default-build", CONFIG["genome_build"]] if CONFIG["genome_build"] else []


def flag(name):
    """`tumor_reads` as `--tumor-reads`."""
    return "--" + name.replace("_", "-")


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


# What a step was seen to need (docs/clusters.md): reads are read in windows, whatever their size; a MAF and a
# copy-number table are held in memory, at ten times their size.
BASE_MB = 1000
TABLE_MB_PER_MB = 10
GZIP_FACTOR = 6
BASE_MINUTES = 15
MINUTES_PER_GB = 1
VARIANT_FILES = (".vcf", ".vcf.gz", ".vcf.bgz", ".bcf")


def as_list(files):
    """The files of one input: none, one or several."""
    return [files] if isinstance(files, str) else list(files or ())


def memory_mb(wildcards, input, attempt):
    """A resources function: memory from the size of the row's tables, doubled at each further attempt."""
    tables = [
        Path(path)
        for name in ("small_variants", "copy_number")
        for path in as_list(input.get(name))
        if not path.endswith(VARIANT_FILES)
    ]
    held = sum(
        path.stat().st_size * (GZIP_FACTOR if path.suffix == ".gz" else 1)
        for path in tables
        if path.is_file()
    )
    return round(BASE_MB + TABLE_MB_PER_MB * held / 1e6) * 2 ** (attempt - 1)


def minutes(wildcards, input, attempt):
    """A resources function: minutes from the size of the row's files, doubled at each further attempt."""
    size = sum(Path(path).stat().st_size for path in input if Path(path).is_file())
    return round(BASE_MINUTES + MINUTES_PER_GB * size / 1e9) * 2 ** (attempt - 1)


def cohort_memory_mb(wildcards, attempt):
    """A resources function: memory from the number of tumours, doubled at each further attempt."""
    return round(BASE_MB + 0.5 * len(SAMPLES)) * 2 ** (attempt - 1)


def cohort_minutes(wildcards, attempt):
    """A resources function: minutes from the number of tumours, doubled at each further attempt."""
    return round(BASE_MINUTES + 0.02 * len(SAMPLES)) * 2 ** (attempt - 1)


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
    given = Path(".snakemake") / "given_up.json"
    given.write_text(json.dumps(workflow.config_settings.overwrite_config))
    subprocess.run(
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
        env={**os.environ, "REFRACTOR_GIVEN_UP": json.dumps(unfinished)},
        check=False,  # the run has failed and says so
    )
