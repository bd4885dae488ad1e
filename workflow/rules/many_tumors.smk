# Contract. In: MAF and SEG files of many tumours that several rows name, the list of who was sequenced.
# Out: the functions below: a tumour's part of each as input and option.

from functools import cache

from refractor.files.divided import part_path
from refractor.sheets.tables_of_many import tables_of_many
from refractor.variants.files.sequenced_samples import (
    case_list_beside,
    read_sequenced_samples,
)

# The tables, with the name of the folder of their parts, and the other way round.
DIVIDED = tables_of_many(TRIAL.sheets.samples)
DIVIDED_TABLES = {folder: path for path, folder in DIVIDED.items()}


def parts_folder(table):
    """Where the parts of a table stand."""
    return f"<results>/cohort_files/{DIVIDED[table]}"


def name_in_table(column, row):
    """The tumour's name in a table that its row names in `column`."""
    named = row.small_variants_sample if column == "small_variants" else None
    return named or row.sample


def part_names(*columns):
    """A params function: the tables of many tumours that the row names, and its name in each: what part_options rests on.
    An option with a place in the results is no trigger, these are."""

    def names(wildcards):
        row = ROWS[wildcards.sample]
        return [
            f"{table} {name_in_table(column, row)}"
            for column, table in cells(wildcards.sample, columns).items()
            if table in DIVIDED
        ]

    return names


def part_options(*columns):
    """A params function: the row's parts of tables of many tumours as options of a step."""

    def options(wildcards, input):
        row = ROWS[wildcards.sample]
        return [
            f"{flag(column)}={part_path(input.get(column), name_in_table(column, row))}"
            for column, table in cells(wildcards.sample, columns).items()
            if table in DIVIDED and column in input.keys()
        ]

    return options


def sequenced_list(sample):
    """The list of the tumours that were sequenced: the configuration's, else cBioPortal's beside the row's MAF."""
    if CONFIG["sequenced_samples"]:
        return CONFIG["sequenced_samples"]
    beside = case_list_beside(ROWS[sample].small_variants)
    return None if beside is None else str(beside)


def sequenced_lists(wildcards):
    """An input function: the lists of all rows, for their checksums."""
    return of_the_past(
        sorted({path for sample in ROWS if (path := sequenced_list(sample))})
    )


def sequenced_file(wildcards):
    """An input function: that list. What it says of the tumour triggers, not its age."""
    path = sequenced_list(wildcards.sample)
    return {"sequenced_samples": ancient(path)} if path and not is_ahead(path) else {}


def sequenced_option(wildcards, input):
    """A params function: the same as an option of a step."""
    path = sequenced_list(wildcards.sample)
    return [f"--sequenced-samples={path}"] if path else []


def is_sequenced(wildcards):
    """A params function: whether the list names the tumour; None without a list."""
    path = sequenced_list(wildcards.sample)
    row = ROWS[wildcards.sample]
    names = {row.sample, row.small_variants_sample}
    return None if path is None else bool(names & sequenced_names(path))


@cache
def sequenced_names(path):
    """The names of a list; none of one that cannot be read, which the step reports."""
    try:
        return read_sequenced_samples(Path(path))
    except ResistanceError:
        return frozenset()
