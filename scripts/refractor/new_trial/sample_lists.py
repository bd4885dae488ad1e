"""The sheets of samples that pipelines and portals leave beside their results: which sample is of whom, and a normal."""

from __future__ import annotations

import csv
import fnmatch
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from refractor.errors import InputError
from refractor.files.bounded import text_lines
from refractor.files.resources import RESOURCES, shipped_rows
from refractor.new_trial.layouts import path_pattern

SHEETS = RESOURCES / "layouts" / "sheets.tsv"
CASE_LISTS = {"small_variants": "cases_sequenced.txt", "copy_number": "cases_cna.txt"}
"""cBioPortal's lists of the samples that were looked at for each of our columns."""


@dataclass(frozen=True, slots=True)
class KnownSample:
    """One sample of a sheet; `is_normal` is None where the sheet does not tell. `folder` is where the sheet lies."""

    sample: str
    patient: str
    is_normal: bool | None
    folder: Path


@dataclass(slots=True)
class KnownSamples:
    """Every sample that a sheet names, by its name, and those of a file, by the file's name."""

    by_name: dict[str, KnownSample] = field(default_factory=dict)
    by_file: dict[str, list[KnownSample]] = field(default_factory=dict)

    def tumors_of(self, patient: str) -> list[KnownSample]:
        """The tumours that a sheet gives a patient, where that is the name of no sample: a file of all of them is theirs."""
        if patient in self.by_name:
            return []
        return [one for one in self.by_name.values() if one.patient == patient and one.is_normal is False]

    def tumors_of_study(self, folder: Path, column: str) -> list[KnownSample]:
        """The tumours of a study's folder that were looked at for `column`, where a case list tells."""
        listed = _case_list(folder / "case_lists" / CASE_LISTS.get(column, ""))
        return [
            known
            for known in self.by_name.values()
            if known.folder == folder and not known.is_normal and (listed is None or known.sample in listed)
        ]


def read_sample_lists(folder: Path, files: Iterable[Path], *, layout: str | None = None) -> KnownSamples:
    """What the sheets among `files`, which lie below `folder`, say of samples; with `layout` all are of it, whatever
    they are called."""
    found = KnownSamples()
    for path in files:
        for form in _forms():
            fits = path_pattern(form["file"]).search(path.relative_to(folder).as_posix()) is not None
            if form["layout"] == layout if layout else fits:
                for file_name, known in _samples(path, form):
                    before = found.by_name.get(known.sample)
                    if (
                        before is None or known.is_normal is not None
                    ):  # a sheet that does not tell takes nothing back
                        found.by_name[known.sample] = known
                    if file_name:
                        found.by_file.setdefault(file_name, []).append(known)
    return found


@lru_cache
def _forms() -> tuple[dict[str, str], ...]:
    return tuple(shipped_rows(SHEETS))


def _samples(path: Path, form: Mapping[str, str]) -> Iterator[tuple[str, KnownSample]]:
    """Each sample of a sheet with the file it names; nothing where the sheet has other columns."""
    lines = (line for line in text_lines(path, InputError) if not line.startswith("#"))
    rows = csv.DictReader(lines, delimiter="," if path.suffix == ".csv" else "\t")
    columns = rows.fieldnames or ()
    kind = next((name for name in form["kind"].split("|") if name in columns), None)
    if not {form["sample"], form["patient"]} <= set(columns):
        return
    for row in rows:
        samples, patients, kinds = (
            [part.strip() for part in (row.get(name or "") or "").split(",")]
            for name in (form["sample"], form["patient"], kind)
        )
        for position, sample in enumerate(samples):
            of_kind = kinds[min(position, len(kinds) - 1)]
            known = KnownSample(
                sample, patients[min(position, len(patients) - 1)], _is_normal(of_kind, form), path.parent
            )
            if sample:
                yield row.get(form["names_file"]) or "", known


def _is_normal(kind: str, form: Mapping[str, str]) -> bool | None:
    for words, answer in ((form["normal"], True), (form["tumor"], False)):
        if kind and any(fnmatch.fnmatchcase(kind, word) for word in words.split("|") if word):
            return answer
    return None


def _case_list(path: Path) -> set[str] | None:
    """The samples of one of cBioPortal's case lists; None where there is none."""
    if not path.is_file():
        return None
    for line in text_lines(path, InputError):
        if line.startswith("case_list_ids:"):
            return set(line.partition(":")[2].split())
    return None
