"""A study folder in the layout of cBioPortal: whose tumours it holds, and what was looked at in each.

The layout: clinical tables of samples and patients, mutations, levels of copies or segments, case_lists, and, where samples
were sequenced on panels, a matrix of gene panels with the panels. https://docs.cbioportal.org/file-formats/
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from refractor.background.study_files import LEVELS, MUTATIONS, SAMPLES, files_of_study
from refractor.errors import InputError, Problem
from refractor.files.bounded import text_lines
from refractor.files.listed import meta_values
from refractor.new_trial.sample_lists import KnownSamples, read_sample_lists

_COPY_PROFILES = ("cna", "gistic", "cna_rae", "cna_consensus", "rae")
"""What a matrix of gene panels calls the column of copies: stable_id of the profile."""
_WHOLE = frozenset({"", "NA", "WES", "WXS", "WGS"})
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class StudySample:
    """One tumour, the only one of its patient here.

    `mutation_genes` are the genes whose mutations were looked for, None for all of them; the same for copies; empty where
    the sample was not looked at.
    """

    sample: str
    patient: str
    mutation_genes: frozenset[str] | None
    copy_genes: frozenset[str] | None

    @property
    def looked_at(self) -> bool:
        """Whether mutations or copies were looked for at all."""
        return self.mutation_genes != frozenset() or self.copy_genes != frozenset()


@dataclass(frozen=True, slots=True)
class StudyFolder:
    """A study's tumours and files; `notes` are what a reader of the prevalences has to know."""

    folder: Path
    name: str
    samples: tuple[StudySample, ...]
    mutations: Path | None
    levels: Path | None
    segments: Path | None
    notes: tuple[str, ...]


def read_study_folder(folder: Path, *, keep: Mapping[str, Sequence[str]] | None = None) -> StudyFolder:
    """The tumours of a study, one a patient; with `keep` those whose clinical columns have one of the values.

    Raises:
        InputError: no such folder, no clinical table of samples, neither mutations nor copies, a column or value of
            `keep` that no sample has.
    """
    if not folder.is_dir():
        raise InputError(
            Problem(folder, "is no folder", allowed="give the folder of a study as cBioPortal lays it out")
        )
    files = files_of_study(folder)
    if files.samples is None:
        allowed = f"a study folder of cBioPortal holds {SAMPLES}, or a meta file that names another"
        raise InputError(Problem(folder / SAMPLES, "does not exist", allowed=allowed))
    mutations, levels, segments = files.mutations, files.levels, files.segments
    if mutations is None and levels is None and segments is None:
        what = "holds neither mutations nor copies"
        raise InputError(Problem(folder, what, allowed=f"wanted: {MUTATIONS}, {LEVELS}"))
    notes: list[str] = []
    known = read_sample_lists(folder, [files.samples], layout="cBioPortal")
    kept = _kept(files.samples, files.patients, known, keep or {})
    sequenced, measured = (
        _looked_at(known, folder, column, given=given, notes=notes)
        for column, given in (("small_variants", mutations), ("copy_number", levels or segments))
    )
    panels = _Panels.read(folder, files.panels, notes)
    samples = [
        StudySample(
            sample,
            patient,
            panels.genes_of(sample, ("mutations",)) if sample in sequenced else frozenset(),
            panels.genes_of(sample, (*_COPY_PROFILES, "mutations")) if sample in measured else frozenset(),
        )
        for sample, patient in kept
    ]
    return StudyFolder(
        folder=folder,
        name=_study_name(folder),
        samples=tuple(_one_a_patient(samples, notes)),
        mutations=mutations,
        levels=levels,
        segments=None if levels else segments,
        notes=tuple(notes + panels.notes()),
    )


def _study_name(folder: Path) -> str:
    meta = folder / "meta_study.txt"
    said = meta_values(meta) if meta.is_file() else {}
    return said.get("cancer_study_identifier") or folder.name


def _looked_at(
    known: KnownSamples, folder: Path, column: str, *, given: Path | None, notes: list[str]
) -> frozenset[str]:
    """The samples that were looked at; without a case list every tumour of the clinical table, which is noted."""
    if given is None:
        return frozenset()
    listed = frozenset(one.sample for one in known.tumors_of_study(folder, column))
    if len(listed) == len(known.by_name) and not list((folder / "case_lists").glob("cases_*.txt")):
        notes.append(f"no case list: every sample of the clinical table counts as looked at for {given.name}")
    return listed


def _kept(
    clinical: Path, of_patients: Path | None, known: KnownSamples, keep: Mapping[str, Sequence[str]]
) -> list[tuple[str, str]]:
    """Sample and patient of every tumour that `keep` asks for, in the order of the table."""
    asked = of_patients if keep else None
    patients = {} if asked is None else {row["PATIENT_ID"]: row for row in _clinical(asked)}
    values: dict[str, Counter[str]] = {column: Counter() for column in keep}
    kept: list[tuple[str, str]] = []
    for row in _clinical(clinical):
        one = known.by_name.get(row.get("SAMPLE_ID", ""))
        if one is None or one.is_normal:
            continue
        of_both = patients.get(one.patient, {}) | row
        for column, counted in values.items():
            if column in of_both:
                counted[of_both[column]] += 1
        if all(of_both.get(column) in wanted for column, wanted in keep.items()):
            kept.append((one.sample, one.patient))
    for column, counted in values.items():
        if not counted:
            what, allowed = f"has no column {column}", "name a column of the clinical tables"
        elif not set(keep[column]) & set(counted):
            what = f"has no sample whose {column} is {' or '.join(keep[column])}"
            allowed = "values here: " + ", ".join(value for value, _ in counted.most_common(_SHOWN))
        else:
            continue
        raise InputError(Problem(clinical, what, column=column, allowed=allowed))
    if not kept:
        raise InputError(Problem(clinical, "has no tumour that is asked for", allowed="see background_keep"))
    return kept


def _clinical(path: Path) -> Iterator[dict[str, str]]:
    lines = (line for line in text_lines(path, InputError) if not line.startswith("#"))
    for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
        yield {name: (value or "").strip() for name, value in row.items() if isinstance(value, str) and name}


def _one_a_patient(samples: Sequence[StudySample], notes: list[str]) -> list[StudySample]:
    """Of several tumours of a patient the first that was looked at for both, else the first that was at all."""
    chosen: dict[str, StudySample] = {}
    for one in samples:
        earlier = chosen.get(one.patient)
        if one.looked_at and (earlier is None or _completeness(one) > _completeness(earlier)):
            chosen[one.patient] = one
    if len(chosen) < len(samples):
        notes.append(
            f"{len(samples) - len(chosen)} further samples left out: one a patient, looked at for something"
        )
    return [one for one in samples if chosen.get(one.patient) is one]


def _completeness(sample: StudySample) -> int:
    return (sample.mutation_genes != frozenset()) + (sample.copy_genes != frozenset())


@dataclass(slots=True)
class _Panels:
    """Which genes were looked at in which sample: by panel, or all where the study names none."""

    of_sample: Mapping[tuple[str, str], str]
    genes: Mapping[str, frozenset[str]]
    unknown: set[str]

    @classmethod
    def read(cls, folder: Path, matrix: Path | None, notes: list[str]) -> _Panels:
        if matrix is None:
            notes.append("no matrix of gene panels: every gene counts as looked at in every sample")
            return cls({}, {}, set())
        of_sample = {
            (row["SAMPLE_ID"], column.lower()): value
            for row in _clinical(matrix)
            if "SAMPLE_ID" in row
            for column, value in row.items()
        }
        genes = dict(_panel(path) for path in sorted(folder.rglob("*gene_panel*.txt")) if path != matrix)
        genes |= dict(_panel(path) for path in sorted((folder / "gene_panels").glob("*.txt")))
        return cls(of_sample, genes, set())

    def genes_of(self, sample: str, columns: Sequence[str]) -> frozenset[str] | None:
        """The genes of the sample's panel by the first column of `columns` that there is; None for all, empty where the
        panel is named and not known."""
        named = (self.of_sample[sample, column] for column in columns if (sample, column) in self.of_sample)
        name = next(named, "")
        if name in _WHOLE:
            return None
        if name not in self.genes:
            self.unknown.add(name)
            return frozenset()
        return self.genes[name]

    def notes(self) -> list[str]:
        named = ", ".join(sorted(self.unknown)[:_SHOWN])
        return [f"panels without a list of genes, their samples say nothing: {named}"] if named else []


def _panel(path: Path) -> tuple[str, frozenset[str]]:
    """A panel's name and genes, from a file with the lines `stable_id:` and `gene_list:`."""
    name, genes = path.stem, frozenset[str]()
    for line in text_lines(path, InputError):
        key, _, value = line.partition(":")
        if key.strip() == "stable_id":
            name = value.strip()
        elif key.strip() == "gene_list":
            genes = frozenset(value.split())
    return name, genes
