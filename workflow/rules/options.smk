# Contract. In: CONFIG, ROWS, PATIENTS. Out: the functions by which the cells of a row, and the settings, become
# inputs and options of a step.

from refractor.files.future_dates import date_and_size, is_ahead
from refractor.sheets.file_checks import paths_in
from refractor.sheets.files_beside import files_beside


def cells(sample, columns):
    """The row's filled cells of these columns."""
    row = ROWS[sample]
    return {
        name: value for name in columns if (value := getattr(row, name)) is not None
    }


def of_the_past(paths):
    """The files but for those that are dated in the future. Those are no inputs, as what is made of them would be older than
    they, which Snakemake takes for a failure; their tumour is run again by other means (file_versions).
    """
    return [path for path in paths if not is_ahead(path)]


def sheet_files(*columns):
    """An input function: the row's files in these columns, the folder of parts for a table of many tumours; a remote
    address is not a file."""

    def files(wildcards):
        return {
            name: (
                parts_folder(cell)
                if cell in DIVIDED
                else of_the_past(paths_in(name, cell))
            )
            for name, cell in cells(wildcards.sample, columns).items()
            if "://" not in cell
            and not (cell in DIVIDED and wildcards.sample in GIVEN_UP)
        }

    return files


def companions(*columns):
    """An input function: the files that a step finds beside the row's files in these columns, or, of a rule that is about
    all tumours, beside anybody's. A function, so that a job of one tumour looks for no other's.
    """

    def files(wildcards):
        one = "sample" in wildcards.keys()
        rows = [ROWS[wildcards.sample]] if one else ROWS.values()
        return of_the_past(
            str(path) for row in rows for path in files_beside(row, columns)
        )

    return files


def somatic_vcf(wildcards):
    """The row's somatic VCF where its copies are measured from reads, for which it is evidence."""
    row = ROWS[wildcards.sample]
    told = row.small_variants is not None and row.small_variants.endswith(VARIANT_FILES)
    return {"small_variants": row.small_variants} if told and row.tumor_reads else {}


def somatic_vcf_file(wildcards):
    """An input function: the same, as inputs."""
    return {name: of_the_past([path]) for name, path in somatic_vcf(wildcards).items()}


def somatic_vcf_index(wildcards):
    """An input function: its index."""
    return companions("small_variants")(wildcards) if somatic_vcf(wildcards) else []


def somatic_vcf_options(wildcards):
    """A params function: the same as options of a step, with the tumour's name in it."""
    row = ROWS[wildcards.sample]
    named = {"small_variants_sample": row.small_variants_sample}
    given = somatic_vcf(wildcards)
    return [
        f"{flag(name)}={value}"
        for name, value in (given | named if given else {}).items()
        if value is not None
    ]


def files_of_all(*columns, samples=None):
    """Every local file that the rows name in these columns, of all samples or of these."""
    return of_the_past(
        sorted(
            {
                path
                for sample in (SAMPLES if samples is None else samples)
                for name, cell in cells(sample, columns).items()
                for path in paths_in(name, cell)
                if "://" not in path
            }
        )
    )


def file_versions(*columns):
    """A params function: the version that there is of each file of the row that is no input, so that another one is read
    anew: remote ones, and those that are dated in the future with what is beside them.
    """

    def versions(wildcards):
        named = cells(wildcards.sample, columns)
        remote = [cell for cell in named.values() if is_remote(cell)]
        local = [
            path
            for name, cell in named.items()
            if cell not in DIVIDED and not is_remote(cell)
            for path in paths_in(name, cell)
        ] + [str(path) for path in files_beside(ROWS[wildcards.sample], columns)]
        return [REMOTE_VERSIONS.of(cell) for cell in remote] + [
            date_and_size(path) for path in local if is_ahead(path)
        ]

    return versions


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
    """A params function: the row's filled cells as options of a step, but for tables of many tumours (part_options)."""

    def options(wildcards):
        return [
            f"{flag(name)}={value}"  # in one word: a value may begin with -
            for name, value in cells(wildcards.sample, columns).items()
            if value not in DIVIDED
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
    """A group of the configuration as options of a step (all its settings, or `only` those); an empty one is left out, a
    switch is turned on or off."""
    return [
        part
        for name, value in CONFIG[group].items()
        if value is not None and (only is None or name in only)
        for part in (
            [flag(name) if value else flag(f"no_{name}")]
            if isinstance(value, bool)
            else [flag(name), str(value)]
        )
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
