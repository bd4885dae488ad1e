"""Rows of samples.tsv from the files that were told: one a tumour, never one of a normal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from refractor.new_trial.sample_lists import KnownSamples
from refractor.new_trial.sample_names import patient_of, says_what_it_is
from refractor.new_trial.told_files import READS_OF_SOMEBODY, Draft, Told

DATA = (READS_OF_SOMEBODY, "small_variants", "copy_number")
"""A row has at least one of them."""


def rows_of_files(told: Sequence[Told], known: KnownSamples, draft: Draft) -> list[dict[str, str | Path]]:
    """One row a tumour; what fits none or more than one goes to the unmatched of `draft`."""
    people = _People(told, known)
    tumors = sorted({item.name for item in told if item.column in DATA and people.is_normal(item) is False})
    rows: dict[str, dict[str, str | Path]] = {
        name: {"patient": people.patient(name), "sample": name} for name in tumors
    }
    for item in sorted(told, key=lambda item: item.rank):
        normal = people.is_normal(item)
        if normal is None:
            draft.unmatched.append(
                (item.path, "neither its path, a sheet nor its name tells tumour from normal")
            )
        elif item.column == READS_OF_SOMEBODY:
            column = "normal_reads" if normal else "tumor_reads"
            _place_with_owners(item, column, people, rows, draft)
        elif normal:
            reason = "carries the name of a normal; only reads of a normal are used"
            draft.unmatched.append((item.path, reason))
        else:
            _place_with_owners(item, item.column, people, rows, draft)
    return list(rows.values())


class _People:
    """Who is a normal, whose, and of which patient: what layouts and sheets say, else what the name does."""

    def __init__(self, told: Iterable[Told], known: KnownSamples) -> None:
        files = list(told)
        said = {known_sample.sample: known_sample for known_sample in known.by_name.values()}
        self._normals = {item.normal for item in files if item.normal is not None}
        self._normals |= {item.name for item in files if item.is_normal}
        self._normals |= {name for name, sample in said.items() if sample.is_normal}
        self._tumors = {item.name for item in files if item.is_normal is False}
        self._tumors |= {name for name, sample in said.items() if sample.is_normal is False}
        self._patients = {item.name: item.patient for item in files if item.patient is not None}
        self._patients |= {name: sample.patient for name, sample in said.items()}
        self._pairs = {item.name: item.normal for item in files if item.normal is not None}

    def is_normal(self, item: Told) -> bool | None:
        """Whether a file is of a normal; None for reads of a layout of which nothing tells it."""
        if item.name in self._normals:
            return True
        if item.name in self._tumors:
            return False
        if item.layout is not None and item.column == READS_OF_SOMEBODY and not says_what_it_is(item.name):
            return None
        return patient_of(item.name)[1]

    def patient(self, name: str) -> str:
        """The patient of a sample."""
        return self._patients.get(name) or patient_of(name)[0]

    def owners(self, name: str, rows: Mapping[str, object], *, of_normal: bool) -> Iterator[str]:
        """The tumours that a file is of: those called against a normal, that of its own name, those of its patient."""
        paired = [tumor for tumor in rows if of_normal and self._pairs.get(tumor) == name]
        if paired or (name in rows and not of_normal):
            yield from paired or (name,)
            return
        patient = self.patient(name)
        of_patient = [tumor for tumor in rows if self.patient(tumor) == patient]
        if not of_patient and of_normal:  # the normal of P11 is that of P11_liver
            of_patient = [
                tumor for tumor in rows if tumor.startswith(tuple(patient + mark for mark in "-_."))
            ]
        yield from of_patient


def _place_with_owners(
    item: Told, column: str, people: _People, rows: Mapping[str, dict[str, str | Path]], draft: Draft
) -> None:
    of_normal = column == "normal_reads"
    owners = list(people.owners(item.name, rows, of_normal=of_normal))
    if not owners:
        draft.unmatched.append((item.path, f"no tumour of '{people.patient(item.name)}' was found"))
    elif not of_normal and len(owners) > 1:
        draft.unmatched.append((item.path, f"fits {' and '.join(owners)}"))
    for owner in owners if of_normal else owners[:1] if len(owners) == 1 else ():
        _place(item, column, rows[owner], draft)


def _place(item: Told, column: str, row: dict[str, str | Path], draft: Draft) -> None:
    if column in row:
        draft.unmatched.append(
            (item.path, f"{row['sample']} has {row[column]} in {column} already; choose one")
        )
        return
    row[column] = item.path
    if item.caller is not None:
        row["copy_number_caller"] = item.caller
