"""A draft of samples.tsv from a folder of files: which file is what, told by its header, and whose, told by its name.

A draft is to be read and mended by hand. What cannot be told is named with the reason, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from refractor.copynumber.importers.read_profile import callers_of
from refractor.errors import ResistanceError
from refractor.variants.files.maf_table import names_maf_columns
from refractor.variants.files.whole_file import read_start

READS = (".bam", ".cram")
VCF = (".vcf", ".vcf.gz", ".vcf.bgz", ".bcf")
TABLES = (".tsv", ".txt", ".csv", ".cns", ".seg", ".cncf", ".maf")
NO_CALLER = "is no output of a copy-number caller that is read"
_INDEXES = (".bai", ".csi", ".crai", ".tbi", ".md5", ".fai", ".gzi")
_HEADER_BYTES = 200_000

_NORMAL = r"normal|blood|germline|buffy|pbmc|ref|reference|n|r|bl"
_TUMOR = r"tumor|tumour|primary|metastasis|met|biopsy|t"
_ENDS_AS = re.compile(
    rf"^(?P<base>.*?)[-_.]?(?<![a-z])(?P<kind>{_NORMAL}|{_TUMOR})(?P<number>[0-9]{{0,2}})$", re.I
)
_IS_NORMAL = re.compile(rf"^(?:{_NORMAL})$", re.I)

_ENDINGS = re.compile(
    r"[-_.](?:bam|cram|vcf|bcf|maf|gz|bgz|tsv|txt|csv|cns|seg|bed|cncf|call|called|modelfinal|purple|cnv|gene|genes|sv|svs|"
    r"somatic|segments|raw|cnvs|loh|facets|ascat|sequenza|purecn|gatk|cnvkit|callable|regions|filtered|pass|snvs?|indels?|"
    r"mutect2?|strelka2?|sage|dragen|varscan2?|muse|lofreq|vardict|manta|gridss|gripss|sorted|sort|markdup|dedup|md|recal|"
    r"bqsr|hg19|hg38|grch3[78]|hard|final|annotated|vep|ann)$",
    re.I,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """One file of the folder: what it is as a column of samples.tsv, its caller, and the name it carries."""

    path: Path
    column: str
    name: str
    caller: str | None = None


@dataclass(slots=True)
class Draft:
    """Rows of samples.tsv by column, and every file that stands in none, with the reason."""

    rows: list[dict[str, str]] = field(default_factory=list)
    unmatched: list[tuple[Path, str]] = field(default_factory=list)


def draft_samples(folder: Path, *, shown_from: Path) -> Draft:
    """The draft of the files below `folder`; paths are relative to `shown_from` where they lie below it."""
    draft = Draft()
    told: list[Told] = []
    for path in sorted(item for item in folder.rglob("*") if item.is_file() and not _hidden(item, folder)):
        try:
            found = _told(path)
        except (ResistanceError, OSError, UnicodeError) as error:
            draft.unmatched.append((path, f"cannot be read: {' '.join(str(error).split())}"))
            continue
        if isinstance(found, Told):
            told.append(found)
        elif found:
            draft.unmatched.append((path, found))
    rows = _rows(told, draft)
    draft.rows = [
        {
            column: _shown(value, shown_from) if isinstance(value, Path) else value
            for column, value in row.items()
        }
        for row in rows
    ]
    draft.unmatched.sort()
    return draft


def _hidden(path: Path, folder: Path) -> bool:
    """Whether the file, or a folder on the way to it, begins with a dot."""
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _told(path: Path) -> Told | str:
    """What a file is; else why it is not used, empty for an index, which nobody asks for."""
    lower = path.name.lower()
    if lower.endswith(_INDEXES):
        return ""
    column, caller = None, None
    if lower.endswith(READS):
        column = "reads"
    elif lower.endswith(VCF):
        column = _kind_of_vcf(path)
    elif lower.endswith((".bed", ".bed.gz")):
        column = "callable_regions"
    elif not lower.removesuffix(".gz").endswith(TABLES):
        return "is of no kind that samples.tsv has"
    elif names_maf_columns(read_start(path, _HEADER_BYTES)):
        column = "small_variants"
    else:
        callers = callers_of(path)
        if len(callers) != 1:
            return f"may be of {' or '.join(callers)}" if callers else NO_CALLER
        column, caller = "copy_number", callers[0]
    return Told(path, column, bare_name(path.name), caller)


def _kind_of_vcf(path: Path) -> str:
    """structural_variants where the header declares what only callers of those do, and no allele depths."""
    if path.name.lower().endswith(".bcf"):
        return "small_variants"
    header = read_start(path, _HEADER_BYTES).decode("utf-8", errors="replace")
    structural = "##ALT=<ID=" in header or "##INFO=<ID=SVTYPE" in header or "##INFO=<ID=MATEID" in header
    return "structural_variants" if structural and "##FORMAT=<ID=AD," not in header else "small_variants"


def bare_name(file_name: str) -> str:
    """The name of a sample inside a file's name: endings, callers and states of processing taken off."""
    name = file_name
    while (shorter := _ENDINGS.sub("", name)) not in (name, ""):
        name = shorter
    return name


def patient_of(name: str) -> tuple[str, bool]:
    """The patient's part of a sample's name, and whether the name is a normal's: P1-T and P1_normal are of P1."""
    match = _ENDS_AS.match(name)
    if match is None or not match.group("base"):
        return name, False
    base, normal = match.group("base"), bool(_IS_NORMAL.match(match.group("kind")))
    if normal:
        base = patient_of(base)[0]  # P1-T-normal is the normal of P1
    return base, normal


def _rows(told: Iterable[Told], draft: Draft) -> list[dict[str, str | Path]]:
    """One row a tumour; what fits none or more than one goes to the unmatched."""
    files = list(told)
    tumors = sorted(
        {item.name for item in files if item.column != "callable_regions" and not patient_of(item.name)[1]}
    )
    tumors = [name for name in tumors if _has_data(name, files)]
    rows: dict[str, dict[str, str | Path]] = {
        name: {"patient": patient_of(name)[0], "sample": name} for name in tumors
    }
    for item in files:
        patient, normal = patient_of(item.name)
        column = item.column
        if column == "reads":
            column = "normal_reads" if normal else "tumor_reads"
        elif normal:
            draft.unmatched.append(
                (item.path, "carries the name of a normal; only reads of a normal are used")
            )
            continue
        owners = list(_owners(item.name, patient, rows, shared=column == "normal_reads"))
        if not owners:
            draft.unmatched.append((item.path, f"no tumour of '{patient}' was found"))
        elif column != "normal_reads" and len(owners) > 1:
            draft.unmatched.append((item.path, f"fits {' and '.join(owners)}"))
        else:
            for owner in owners:
                _place(item, column, rows[owner], draft)
    return list(rows.values())


def _has_data(name: str, files: Iterable[Told]) -> bool:
    """Whether a tumour of this name would have what a row needs."""
    return any(
        item.name == name and item.column in ("reads", "small_variants", "copy_number") for item in files
    )


def _owners(
    name: str, patient: str, rows: Mapping[str, Mapping[str, object]], *, shared: bool
) -> Iterator[str]:
    """The tumours that a file is of: that of its own name, else those of its patient."""
    if name in rows and not shared:
        yield name
        return
    yield from (sample for sample, row in rows.items() if row["patient"] == patient)


def _place(item: Told, column: str, row: dict[str, str | Path], draft: Draft) -> None:
    if column in row:
        draft.unmatched.append(
            (item.path, f"{row['sample']} has {row[column]} in {column} already; choose one")
        )
        return
    row[column] = item.path
    if item.caller is not None:
        row["copy_number_caller"] = item.caller


def _shown(path: Path, origin: Path) -> str:
    full, start = path.resolve(), origin.resolve()
    return str(full.relative_to(start)) if full.is_relative_to(start) else str(full)
