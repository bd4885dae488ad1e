"""A draft of samples.tsv from a folder of files: which file is what, and whose.

A pipeline's layout tells it by the path (resources/layouts) and its sheets of samples; any other file tells it by its
header and its name. A draft is to be read and mended by hand. What cannot be told is named with the reason, never
guessed; whoever is a normal for one file is so for all.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath

from refractor.copynumber.importers.read_profile import callers_of
from refractor.errors import ResistanceError
from refractor.new_trial.gene_panels import panel_files
from refractor.new_trial.layouts import LEFT_OUT, laid_out
from refractor.new_trial.sample_lists import KnownSamples, read_sample_lists
from refractor.new_trial.sample_names import bare_name, pair_of
from refractor.new_trial.told_files import READS_OF_SOMEBODY, Draft, Told
from refractor.new_trial.tumor_rows import rows_of_files
from refractor.variants.files.maf_columns import names_maf_columns
from refractor.variants.files.whole_file import read_start

READS = (".bam", ".cram")
VCF = (".vcf", ".vcf.gz", ".vcf.bgz", ".bcf")
TABLES = (".tsv", ".txt", ".csv", ".cns", ".seg", ".cncf", ".maf")
NO_CALLER = "is no output of a copy-number caller that is read"
PROVENANCE, CRATE = "provenance.json", "ro-crate-metadata.json"
"""Files by which a folder of results of an earlier run is known."""
OWN_RESULTS = "are results of Refractor, made from such files and none of them"
_INDEXES = (".bai", ".csi", ".crai", ".tbi", ".md5", ".fai", ".gzi")
_HEADER_BYTES = 200_000


def draft_samples(folder: Path, *, shown_from: Path) -> Draft:
    """The draft of the files below `folder`; paths are relative to `shown_from` where they lie below it."""
    draft = Draft()
    told: list[Told] = []
    paths = sorted(item for item in folder.rglob("*") if item.is_file() and not _hidden(item, folder))
    results = [path.parent for path in paths if path.name == PROVENANCE and (path.parent / CRATE).is_file()]
    draft.unmatched += [(path, OWN_RESULTS) for path in results]
    paths = [path for path in paths if not any(path.is_relative_to(one) for one in results)]
    known = read_sample_lists(folder, paths)
    for path in paths:
        try:
            found = told_by_layout(path, folder, known)
            if found is None:
                found = _told(path)
        except (ResistanceError, OSError, UnicodeError) as error:
            draft.unmatched.append((path, f"cannot be read: {' '.join(str(error).split())}"))
            continue
        if isinstance(found, str):
            if found:
                draft.unmatched.append((path, found))
        else:
            told += found
    rows = rows_of_files(told, known, draft)
    panels = panel_files(paths)
    for row in rows:
        if "small_variants" in row and (panel := panels.get(str(row["sample"]))) is not None:
            row.setdefault("callable_regions", panel)
    used = {row.get("callable_regions") for row in rows}
    draft.unmatched = [(path, why) for path, why in draft.unmatched if path not in used]
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


def told_by_layout(path: Path, folder: Path, known: KnownSamples) -> list[Told] | str | None:
    """The file for each tumour it is of, by its path below `folder`; why it is left out; None where no layout tells."""
    place = (
        None if path.name.lower().endswith(_INDEXES) else laid_out(PurePosixPath(path.relative_to(folder)))
    )
    if place is None:
        return None
    rule = place.rule
    if rule.column == LEFT_OUT:
        return f"{rule.layout}: {rule.why}"
    column = READS_OF_SOMEBODY if rule.column.endswith("reads") else rule.column
    is_normal = {"tumor_reads": False, "normal_reads": True}.get(rule.column)
    made = Told(path, column, "", rule.caller, place.patient, is_normal, place.normal, rule.layout, rule.rank)
    if place.sample is not None and place.normal is None and (tumors := known.tumors_of(place.sample)):
        return [
            replace(made, name=sample.sample, patient=sample.patient, is_normal=False) for sample in tumors
        ]
    if place.sample is not None:
        by_tumor = rule.pattern.groupindex.get("tumor") is not None
        return [replace(made, name=place.sample, is_normal=False if by_tumor else is_normal)]
    samples = known.by_file.get(path.name) or known.tumors_of_study(path.parent, rule.column)
    if column != READS_OF_SOMEBODY:
        samples = [sample for sample in samples if not sample.is_normal]
    if not samples:
        return f"{rule.layout}: no sheet says of which tumour it is"
    return [
        replace(made, name=sample.sample, patient=sample.patient, is_normal=sample.is_normal)
        for sample in samples
    ]


def _told(path: Path) -> list[Told] | str:
    """What a file is; else why it is not used, empty for an index, which nobody asks for."""
    lower = path.name.lower()
    if lower.endswith(_INDEXES):
        return ""
    column, caller = None, None
    if lower.endswith(READS):
        column = READS_OF_SOMEBODY
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
    name = bare_name(path.name)
    if column != READS_OF_SOMEBODY and (pair := pair_of(name)) is not None:
        return [Told(path, column, bare_name(pair[0]), caller, is_normal=False, normal=bare_name(pair[1]))]
    return [Told(path, column, name, caller)]


def _kind_of_vcf(path: Path) -> str:
    """structural_variants where the header declares what only callers of those do, and no allele depths."""
    if path.name.lower().endswith(".bcf"):
        return "small_variants"
    header = read_start(path, _HEADER_BYTES).decode("utf-8", errors="replace")
    structural = "##ALT=<ID=" in header or "##INFO=<ID=SVTYPE" in header or "##INFO=<ID=MATEID" in header
    return "structural_variants" if structural and "##FORMAT=<ID=AD," not in header else "small_variants"


def _shown(path: Path, origin: Path) -> str:
    full, start = path.resolve(), origin.resolve()
    return str(full.relative_to(start)) if full.is_relative_to(start) else str(full)
