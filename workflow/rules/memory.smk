# Contract. In: the sizes of a job's files, the number of tumours. Out: the functions of the rules' memory and time.

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
