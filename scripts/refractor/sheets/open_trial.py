"""A trial as a run needs it: configuration, cohort file and sheets, with the problems of all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from refractor.errors import InputError, Problem
from refractor.genome.own_genes import use_panel
from refractor.settings.cohort import Cohort
from refractor.settings.config import cohort_files, load_cohort, load_config
from refractor.sheets import Trial, read_trial
from refractor.sheets.one_cohort import patients_without_cohort

_SHEETS = ("samples", "patients", "assessments", "adverse_events")


@dataclass(frozen=True, slots=True)
class OpenedTrial:
    """The checked configuration and cohort file, every default filled in, and the sheets."""

    config: dict[str, Any]
    cohorts: dict[str | None, Cohort]
    """By name; of a trial with one cohort, which needs no name, under None."""
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
    loaded, sheets = None, None
    cohorts: dict[str | None, Cohort] = {}
    warnings: tuple[Problem, ...] = ()
    try:
        loaded = load_config(config, files=files)
    except InputError as error:
        problems += error.problems
    known = loaded or {key: value for key, value in config.items() if isinstance(value, str)}
    try:
        use_panel(loaded["panel"] if loaded else None)
    except InputError as error:
        problems += error.problems
    own_rules = loaded["rules"] if loaded else ()
    for name, path in cohort_files(known).items():
        if not loaded and not path.is_file():  # a cohort file that is not there was reported above
            continue
        try:
            if read_cohort is None:
                cohorts[name] = load_cohort(path)
            else:
                cohorts[name], odd = read_cohort(path, own_rules)
                warnings += odd
        except InputError as error:
            problems += error.problems
    if known.get("samples") and known.get("patients"):
        try:
            given = {name: known.get(name) for name in (*_SHEETS, "data_cutoff")}
            only = cohorts.get(None)  # of several cohorts each has its own endpoints
            sheets = read(given if only is None else given | {"endpoints": only.endpoints})
            if loaded and loaded["cohorts"]:
                sheet = str(loaded["patients"])
                problems += patients_without_cohort(sheets.patients, loaded["cohorts"], sheet)
        except InputError as error:
            problems += error.problems
    if problems or loaded is None or not cohorts or sheets is None:
        raise InputError(problems)
    return OpenedTrial(loaded, cohorts, sheets, (*warnings, *sheets.warnings))
