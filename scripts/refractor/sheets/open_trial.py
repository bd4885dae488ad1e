"""A trial as a run needs it: configuration, cohort file and sheets, with the problems of all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from refractor.errors import InputError, Problem
from refractor.settings.cohort import Cohort
from refractor.settings.config import cohort_file, load_cohort, load_config
from refractor.sheets import Trial, read_trial

_SHEETS = ("samples", "patients", "assessments", "adverse_events")


@dataclass(frozen=True, slots=True)
class OpenedTrial:
    """The checked configuration and cohort file, every default filled in, and the sheets."""

    config: dict[str, Any]
    cohort: Cohort
    sheets: Trial
    warnings: tuple[Problem, ...] = ()
    """What is odd in cohort file and sheets and was not refused."""


def open_trial(
    config: Mapping[str, Any],
    *,
    files: Sequence[str | Path] = (),
    read: Callable[[Mapping[str, Any]], Trial] = read_trial,
    read_cohort: Callable[[Path, Sequence[str]], tuple[Cohort, tuple[Problem, ...]]] | None = None,
) -> OpenedTrial:
    """The trial that `config` describes; InputError with every problem of configuration, cohort file and sheets.

    `files` are the files from which `config` was read, for the lines of its problems. `read` is read_before_treatment in a
    job, which must not fail for another sample's file and reads no outcome. `read_cohort` gives the cohort with what is
    odd in it, names held against what is known (checked_cohort); without it only its schema is checked.
    """
    problems: list[Problem] = []
    loaded, cohort, sheets = None, None, None
    warnings: tuple[Problem, ...] = ()
    try:
        loaded = load_config(config, files=files)
    except InputError as error:
        problems += error.problems
    known = loaded or {key: value for key, value in config.items() if isinstance(value, str)}
    cohort_path = cohort_file(known)
    if loaded or cohort_path.is_file():  # a cohort file that is not there was reported above
        try:
            if read_cohort is None:
                cohort = load_cohort(cohort_path)
            else:
                cohort, warnings = read_cohort(cohort_path, loaded["rules"] if loaded else ())
        except InputError as error:
            problems += error.problems
    if known.get("samples") and known.get("patients"):
        try:
            given = {name: known.get(name) for name in (*_SHEETS, "data_cutoff")}
            sheets = read(given if cohort is None else given | {"endpoints": cohort.endpoints})
        except InputError as error:
            problems += error.problems
    if problems or loaded is None or cohort is None or sheets is None:
        raise InputError(problems)
    return OpenedTrial(loaded, cohort, sheets, (*warnings, *sheets.warnings))
