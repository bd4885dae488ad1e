"""Further attempts on each kind of input: what a server, a caller, a laboratory or a sheet's author gets wrong.

Where `mutations` damages bytes, these are whole files that say something else than they should, or that are read in a
place with limits.
"""

from __future__ import annotations

from collections.abc import Mapping

from long_input import ENDLESS
from mutations import Mutation, of_bytes
from odd_places import DATED_AHEAD, PLACES
from odd_reads import FOREIGN_INDEX, READS_OF_OTHERS
from odd_servers import SERVERS
from odd_sheets import (
    NAMES,
    UNITS_OF_ASSESSMENTS,
    UNITS_OF_COHORT,
    UNITS_OF_CONFIG,
    UNITS_OF_PATIENTS,
    UNITS_OF_SAMPLES,
    YAML_BOMBS,
)


def _options(name: str, *options: str, named: tuple[str, ...] = ()) -> Mutation:
    return Mutation(name, options=options, named=named)


def _replaced(name: str, old: bytes, new: bytes, *, harmless: bool = False) -> Mutation:
    return of_bytes(name, lambda data, _: data.replace(old, new), harmless=harmless)


def _beside(name: str, suffix: str, old: bytes, new: bytes) -> Mutation:
    """A change of the file beside the table whose name ends so."""

    def change(path, rng):  # type: ignore[no-untyped-def]
        beside = next(other for other in path.parent.iterdir() if other.name.endswith(suffix))
        assert old in beside.read_bytes(), (beside, old)
        beside.write_bytes(beside.read_bytes().replace(old, new))

    return Mutation(name, change)


def _one_content(path, _):  # type: ignore[no-untyped-def]
    path.with_name("y.vcf").write_bytes(path.with_name("x.vcf").read_bytes())


_OF_ANOTHER_ROW = _replaced("names the sample of another row", b"T1", b"Q9")
_SHEET_PLOIDY = tuple(
    _options(f"the sheet says a ploidy of {ploidy}", "--ploidy", ploidy) for ploidy in ("1.2", "3.4", "4.5")
)
_SHEET_PURITY = tuple(
    _options(f"the sheet says a purity of {purity}", "--purity", purity) for purity in ("0.15", "0.95")
)
_BAD_OPTIONS = (
    *(
        _options(f"purity {value}", "--purity", value, named=("purity",))
        for value in ("60", "-0.5", "0", "nan", "x")
    ),
    *(
        _options(f"ploidy {value}", "--ploidy", value, named=("ploidy",))
        for value in ("0", "210", "-2", "inf", "x")
    ),
    _options("sex male", "--sex", "male", named=("sex",)),
    _options("a build of nothing", "--genome-build", "mm10", named=("genome-build",)),
)
_COPIES = (*_SHEET_PLOIDY, *_BAD_OPTIONS, *ENDLESS)

FURTHER: Mapping[str, tuple[Mutation, ...]] = {
    "allelic_segments": (*_COPIES, *PLACES),
    "ascat": (
        *_COPIES,
        *_SHEET_PURITY,
        _OF_ANOTHER_ROW,
        _beside("the fit of another run", "purityploidy.txt", b"2.0755", b"3.9"),
        _beside("the purity of another run", "purityploidy.txt", b"0.6000", b"0.2500"),
    ),
    "facets": (*_COPIES, *_SHEET_PURITY, _replaced("the ploidy of another run", b"2.0755", b"3.9")),
    "cnvkit": (*_BAD_OPTIONS, *ENDLESS),  # its ratios tell no ploidy: the sheet says it
    "gatk": (*ENDLESS, *PLACES),
    "purecn": (
        *_COPIES,
        *_SHEET_PURITY,
        _OF_ANOTHER_ROW,
        _beside("the fit of another run", "T1.csv", b"2.0755", b"3.9"),
        _beside("the fit of another sample", "T1.csv", b"T1", b"Q9"),
    ),
    "purple": (
        *_COPIES,
        *_SHEET_PURITY,
        _beside("the fit of another run", "purity.tsv", b"2.0755", b"3.9"),
        _beside("the purity of another run", "purity.tsv", b"0.6000\t1\t", b"0.2500\t1\t"),
        _beside("no tumour by its own check", ".qc", b"PASS", b"FAIL_NO_TUMOR"),
    ),
    "sequenza": (
        *_COPIES,
        *_SHEET_PURITY,
        _beside("the fit of another run", "confints_CP.txt", b"2.0755", b"3.9"),
    ),
    "vcf": (
        *PLACES,
        _options("the column of another row", "--small-variants-sample", "Q9"),
        _options("no such column", "--small-variants-sample", "T2"),
        of_bytes(
            "the column named for another row", lambda data, _: data.replace(b"-normal\tT1", b"-normal\tQ9")
        ),
        of_bytes("of chromosome 7 alone", lambda data, _: _one_chromosome(data)),
        *ENDLESS,
    ),
    "vcf.gz": (*ENDLESS, *PLACES),
    "maf": (
        _OF_ANOTHER_ROW,
        _replaced("names nobody of the sheet", b"T1", b"X77"),
        _options("a tumour that it does not name", "--small-variants-sample", "T2"),
        of_bytes("of two other tumours", lambda data, _: _of_two_others(data)),
        *ENDLESS,
        *PLACES,
    ),
    "maf.gz": ENDLESS,
    "bed": (
        _replaced("its state column says NO_COVERAGE", b"\n", b"\tNO_COVERAGE\n"),
        _replaced("its state column says POOR_MAPPING_QUALITY", b"\n", b"\tPOOR_MAPPING_QUALITY\n"),
        _replaced("its state column says EXCESSIVE_COVERAGE", b"\n", b"\tEXCESSIVE_COVERAGE\n"),
        _replaced("its state column says REF_N", b"\n", b"\tREF_N\n"),
        _replaced("its state column says LOW_COVERAGE", b"\n", b"\tLOW_COVERAGE\n"),
        _replaced("its state column says CALLABLE", b"\n", b"\tCALLABLE\n", harmless=True),
        _replaced("without chr", b"chr", b"", harmless=True),
        _replaced("of a mouse's contigs", b"chr", b"scaffold_"),
        *ENDLESS,
    ),
    "sv": (*ENDLESS, *PLACES),
    "bam": (*READS_OF_OTHERS, *PLACES),
    "bam windows": (*READS_OF_OTHERS, *_BAD_OPTIONS),
    "bam index": FOREIGN_INDEX,
    "samples.tsv": (
        *NAMES,
        *ENDLESS,
        *DATED_AHEAD,
        Mutation("the file of one patient under the name of another's", _one_content),
        _replaced("one file for two patients", b"y.vcf", b"x.vcf"),
        _replaced("another sex than the patient's", b"\tXX\t", b"\tXY\t"),
    ),
    "patients.tsv": (*ENDLESS, _replaced("another sex than the sample's", b"P1\tXX", b"P1\tXY")),
    "assessments.tsv": ENDLESS,
    "adverse_events.tsv": ENDLESS,
    "config.yaml": (*YAML_BOMBS, *UNITS_OF_CONFIG, *ENDLESS),
    "cohort.yaml": (*YAML_BOMBS, *UNITS_OF_COHORT, *ENDLESS),
    "samples.tsv of 24": UNITS_OF_SAMPLES,
    "patients.tsv of 24": UNITS_OF_PATIENTS,
    "assessments.tsv of 24": UNITS_OF_ASSESSMENTS,
    "remote bam": SERVERS,
    "remote cram": SERVERS,
    "remote normal": SERVERS,
    "remote bam windows": SERVERS,
}
"""By kind of input, beside those of `mutations`."""

STILL_AS_GOOD = frozenset(
    (
        ("config.yaml", "min_alt_reads null"),  # the default
        ("cohort.yaml", "sd_min_days 0"),  # any stable disease counts
        ("samples.tsv", "a sample named -"),  # a name of the contract
    )
)
"""Attempts that are read as what they say, and rightly."""


def _one_chromosome(data: bytes) -> bytes:
    """A VCF whose header and records are of chromosome 7 alone, as callers write one a chromosome."""
    lines = data.split(b"\n")
    return b"\n".join(
        line
        for line in lines
        if not line.startswith((b"##contig", b"chr")) or b"chr7," in line or line.startswith(b"chr7\t")
    )


def _of_two_others(data: bytes) -> bytes:
    """The rows of a MAF for two tumours, neither of them this one."""
    lines = data.decode().rstrip("\n").split("\n")
    rows = [line.replace("T1", name) for name in ("X1", "X2") for line in lines if "\tT1\t" in line]
    return ("\n".join([line for line in lines if "\tT1\t" not in line] + rows) + "\n").encode()
