"""The files of a study folder in the layout of cBioPortal: as its meta files name them, else by their usual names.

https://docs.cbioportal.org/file-formats/: each meta_*.txt says what kind of data a file holds and `data_filename`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from refractor.errors import InputError, Problem
from refractor.files.listed import meta_values

SAMPLES = "data_clinical_sample.txt"
MUTATIONS, LEVELS = "data_mutations.txt", "data_cna.txt"
_USUAL = {
    "samples": (SAMPLES,),
    "patients": ("data_clinical_patient.txt",),
    "mutations": (MUTATIONS, "data_mutations_extended.txt", "data_mutations_mskcc.txt"),
    "levels": (LEVELS, "data_CNA.txt"),
    "segments": ("*data_cna_hg19.seg", "*data_cna_hg38.seg", "data_segments.txt"),
    "panels": ("data_gene_panel_matrix.txt", "data_gene_matrix.txt"),
}
"""By what a file holds the names that public studies give it."""
_KINDS = {
    ("CLINICAL", "SAMPLE_ATTRIBUTES"): "samples",
    ("CLINICAL", "PATIENT_ATTRIBUTES"): "patients",
    ("MUTATION_EXTENDED", "MAF"): "mutations",
    ("COPY_NUMBER_ALTERATION", "DISCRETE"): "levels",
    ("COPY_NUMBER_ALTERATION", "DISCRETE_LONG"): "levels",
    ("COPY_NUMBER_ALTERATION", "SEG"): "segments",
    ("GENE_PANEL_MATRIX", "GENE_PANEL_MATRIX"): "panels",
}
"""genetic_alteration_type and datatype of a meta file, and what its data file holds."""
_POINTER = b"version https://git-lfs.github.com/spec/"


@dataclass(frozen=True, slots=True)
class StudyFiles:
    """The files of a study; None where it has none of a kind."""

    samples: Path | None = None
    patients: Path | None = None
    mutations: Path | None = None
    levels: Path | None = None
    segments: Path | None = None
    panels: Path | None = None


def files_of_study(folder: Path) -> StudyFiles:
    """The files of a study's folder.

    Raises:
        InputError: a file that is only Git LFS's pointer to it.
    """
    named = dict(_named_by_meta(folder))
    found = {kind: named.get(kind) or _first(folder, patterns) for kind, patterns in _USUAL.items()}
    pointers = [path for path in found.values() if path is not None and _is_pointer(path)]
    if pointers:
        what = "is Git LFS's pointer to the file, not the file"
        raise InputError([Problem(path, what, allowed="run: git lfs pull") for path in pointers])
    return StudyFiles(**found)


def _named_by_meta(folder: Path) -> Iterator[tuple[str, Path]]:
    for meta in sorted(folder.glob("meta_*.txt")):
        said = meta_values(meta)
        kind = _KINDS.get((said.get("genetic_alteration_type", ""), said.get("datatype", "")))
        path = folder / said.get("data_filename", "")
        if kind is not None and path.is_file():
            yield kind, path


def _first(folder: Path, patterns: tuple[str, ...]) -> Path | None:
    return next(
        (path for pattern in patterns for path in sorted(folder.glob(pattern)) if path.is_file()), None
    )


def _is_pointer(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_POINTER)) == _POINTER
