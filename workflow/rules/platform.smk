# Contract. In: CONFIG and the sheets. Out: where the results of each cohort stand, and its cohort file, sheets and lines.
# One cohort is results/cohort; several, of a platform trial, are results/cohorts/NAME/cohort.

from refractor.sheets.one_cohort import lines_digest

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
