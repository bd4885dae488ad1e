# Contract. In: CONFIG and the sheets. Out: where the results of each cohort stand, and its cohort file, sheets and lines.
# One cohort is results/cohort; several, of a platform trial, are results/cohorts/NAME/cohort.

import csv
import json
from functools import cache

from refractor.sheets.input_files import InputFiles
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


def samples_of(wildcards):
    """The tumours of a cohort."""
    return (
        [sample for sample in SAMPLES if COHORT_OF[sample] == wildcards.cohort]
        if COHORTS
        else SAMPLES
    )


def labels(wildcards):
    """An input function: the labels of the cohort's tumours."""
    return [f"<results>/samples/{sample}/label.tsv" for sample in samples_of(wildcards)]


def one_run(path):
    """A file of the whole run as the input of a cohort's step. In a platform trial it gives the order and is no trigger:
    what of it concerns a cohort is an input or a param of its own (docs/adr/0021-one-cohort-of-many.md).
    """
    return ancient(path) if COHORTS else path


def run_settings():
    """The configuration but for its list of cohorts, which a page of a platform trial quotes."""
    quoted = {name: value for name, value in CONFIG.items() if name != "cohorts"}
    return json.dumps(quoted, sort_keys=True) if COHORTS else ""


def mistaken_pairs():
    """Pairs of samples of two cohorts that the last comparison held to be one person against the sheet, or two."""
    path = Path("results") / "platform" / "identity.tsv"
    if not COHORTS or not path.is_file():
        return frozenset()
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(
            (line for line in lines if not line.startswith("#")), delimiter="\t"
        )
        pairs = {
            tuple(row[name].partition(":")[0] for name in ("sample_a", "sample_b"))
            for row in rows
            if row["verdict"] in ("same_person", "different_people")
        }
    return frozenset(
        pair
        for pair in pairs
        if COHORT_OF.get(pair[0]) != COHORT_OF.get(pair[1]) and set(pair) <= set(ROWS)
    )


MISTAKEN = mistaken_pairs()


def mistaken_for(wildcards):
    """An input function: genotypes of other cohorts' tumours that are mistaken for one of the cohort's."""
    own = set(samples_of(wildcards)) if COHORTS else set()
    others = {name for pair in MISTAKEN if set(pair) & own for name in pair} - own
    return [f"<results>/samples/{name}/genotypes.npz" for name in sorted(others)]


FILES = InputFiles()


@cache
def files_that_start_alike():
    """The local files of the sheet, those together that may have one content."""
    found = {}
    for path in files_of_all(*FILE_COLUMNS):
        if Path(path).is_file():
            found.setdefault(FILES.start(path), []).append(path)
    return found


def compared_files(wildcards):
    """An input function: the cohort's files, and those of the others that are copies of one."""
    if not COHORTS:
        return files_of_all(*FILE_COLUMNS)
    own = set(files_of_all(*FILE_COLUMNS, samples=samples_of(wildcards)))
    copies = [
        path
        for alike in files_that_start_alike().values()
        if not own.isdisjoint(alike) and not own.issuperset(alike)
        for path in copies_among(alike, own)
    ]
    return sorted({*own, *copies})


def copies_among(alike, own):
    """Those of these files that have the content of one of the cohort's own."""
    contents = {FILES.content(path) for path in own.intersection(alike)}
    return [path for path in alike if FILES.content(path) in contents]


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
