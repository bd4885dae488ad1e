"""The configuration and the cohort file: checked against their schemas, every default filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from refractor.errors import ConfigError, Problem
from refractor.files.future_dates import date_fault
from refractor.files.resources import RESOURCES
from refractor.files.yaml import KeyPath, YamlFile, odd_values, read_yaml, with_text_keys
from refractor.settings.cohort import Cohort
from refractor.settings.cohort_at_odds import Fault, cohort_at_odds
from refractor.settings.configuration import Configuration
from refractor.settings.model import from_mapping, settings_of
from refractor.settings.schemas import (
    fault_in_words,
    load_schema,
    missing_keys_in_words,
    unknown_keys_in_words,
    validator_of,
    with_defaults,
)

SHIPPED_COHORT = (
    RESOURCES / "cohorts" / (RESOURCES / "cohorts" / "default").read_text(encoding="utf-8").strip()
)
"""The cohort of the study; what an empty `cohort` means."""

REMOTE = ("http://", "https://", "s3://", "gs://", "az://")
"""Addresses that are left to htslib."""

_ORDERED = [
    (group.name, item.name, item.declared.at_most)
    for group in settings_of(Configuration)
    if group.is_group
    for item in settings_of(group.kind)
    if item.declared.at_most is not None
]
"""Group and names of two settings, the first of which must not pass the second."""


@dataclass(frozen=True, slots=True)
class _Source:
    """What is checked, and the files that tell on which line a key stands (the last file wins)."""

    content: dict[str, Any]
    files: tuple[YamlFile, ...]
    name: str

    def problem(self, fault: Fault) -> Problem:
        key, what, allowed = fault
        column = ".".join(key) or None
        for depth in range(len(key), 0, -1):
            for file in reversed(self.files):
                if key[:depth] in file.lines:
                    return Problem(file.path, what, file.lines[key[:depth]], column, allowed)
        if (
            self.files and key and key[0] not in self.content
        ):  # a missing key: the line on which the keys begin
            return Problem(self.files[0].path, what, self.files[0].lines[()], column, allowed)
        return Problem(self.name, what, None, column, allowed)  # given on the command line


def load_config(
    source: Mapping[str, Any] | str | Path, *, files: Sequence[str | Path] = ()
) -> dict[str, Any]:
    """The configuration with every default filled in; all its problems at once as a ConfigError.

    `source` is a file or what Snakemake read already; in that case `files` are the files it was read from, which
    give the problems their lines. Values are plain str, int, float, bool, list, dict and None, paths as they
    stand. Keys that are empty have None or their default; an empty `cohort` means SHIPPED_COHORT (cohort_file).
    """
    given = _source(source, files, what="configuration")
    config = with_defaults(load_schema("config"), given.content)
    faults = _one_a_key([*_schema_faults("config", config), *odd_values(given.content)])
    wrong = {fault[0][:1] for fault in faults}
    further = (*_limits_at_odds(config), *_no_such_date(config), *_files_missing(config))
    faults += [fault for fault in further if fault[0][:1] not in wrong]
    if faults:
        raise ConfigError(sorted((given.problem(fault) for fault in faults), key=_by_line))
    return dict(config)


def cohort_file(config: Mapping[str, Any]) -> Path:
    """The cohort file of a loaded configuration with one cohort."""
    return Path(config["cohort"]) if config.get("cohort") else SHIPPED_COHORT


def cohort_files(config: Mapping[str, Any]) -> dict[str | None, Path]:
    """The cohort files by the names of their cohorts; of a trial with one cohort, which needs no name, under None."""
    if config.get("cohorts"):
        return {name: Path(path) for name, path in config["cohorts"].items()}
    return {None: cohort_file(config)}


def load_cohort_file(path: str | Path) -> dict[str, Any]:
    """The cohort file with every default filled in; all its problems at once as a ConfigError."""
    return _checked_cohort(_source(path, (), what="cohort file"))


def _checked_cohort(given: _Source) -> dict[str, Any]:
    cohort = with_defaults(load_schema("cohort"), given.content)
    faults = _one_a_key([*_schema_faults("cohort", cohort), *odd_values(given.content)])
    if not faults:
        faults = list(cohort_at_odds(cohort))
    if faults:
        raise ConfigError(sorted((given.problem(fault) for fault in faults), key=_by_line))
    return dict(cohort)


def load_cohort(path: str | Path, *, faults_of: Callable[[Cohort], Iterable[Fault]] | None = None) -> Cohort:
    """The cohort file as a record; all its problems at once as a ConfigError.

    `faults_of` says what of it is not known: the names of genes, drugs, rules (evidence/knowledge/cohort_checks).
    """
    given = _source(path, (), what="cohort file")
    cohort = from_mapping(Cohort, _checked_cohort(given))
    faults = [] if faults_of is None else list(faults_of(cohort))
    if faults:
        raise ConfigError(sorted((given.problem(fault) for fault in faults), key=_by_line))
    return cohort


def _by_line(problem: Problem) -> tuple[str, int]:
    return str(problem.file), problem.line or 0


def _source(source: Mapping[str, Any] | str | Path, files: Sequence[str | Path], *, what: str) -> _Source:
    if isinstance(source, Mapping):
        read = tuple(read_yaml(path, what=what) for path in files)
        return _Source(with_text_keys(dict(source)), read, what)
    file = read_yaml(source, what=what)
    return _Source(file.content, (file,), file.path)


def _one_a_key(faults: list[Fault]) -> list[Fault]:
    """The faults without those that say of a key again, in other words, that it does not fit."""
    first: dict[KeyPath, Fault] = {}
    for fault in faults:
        first.setdefault(fault[0], fault)
    return list(first.values())


def _schema_faults(name: str, content: dict[str, Any]) -> Iterator[Fault]:
    missing_under: set[KeyPath] = set()
    errors = validator_of(name).iter_errors(content)
    for error in sorted(errors, key=lambda error: error.validator != "enum"):  # it says most
        key = tuple(map(str, error.absolute_path))
        if error.validator == "additionalProperties":
            for unknown, allowed in unknown_keys_in_words(error):
                yield (*key, unknown), "the key is not known", allowed
        elif error.validator == "required":
            if key not in missing_under:  # one error a missing key, each knowing all of them
                missing_under.add(key)
                for missing, remedy in missing_keys_in_words(error):
                    yield (*key, missing), "the key is missing", remedy
        elif "propertyNames" in error.absolute_schema_path:
            yield (*key, str(error.instance)), "the name does not fit", "allowed: letters, digits, _ and -"
        else:
            yield key, *fault_in_words(error, _shown(error.instance))


def _shown(value: Any) -> str:
    """A short form of a value for a message; never the whole of a large or nested one."""
    if isinstance(value, dict):
        return "a group of keys"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "an empty value"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _limits_at_odds(config: dict[str, Any]) -> Iterator[Fault]:
    """Settings that contradict each other."""
    if config["cohort"] is not None and _mapping(config, "cohorts"):
        yield ("cohorts",), "stands beside cohort", "give one of the two"
    for group, lower, upper in _ORDERED:
        values = config[group] if isinstance(config[group], dict) else {}
        low, high = values.get(lower), values.get(upper)
        if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
            yield (
                (group, lower),
                f"{low} is above {group}.{upper}, {high}",
                f"allowed: at most {group}.{upper}",
            )


def _no_such_date(config: dict[str, Any]) -> Iterator[Fault]:
    """A data_cutoff that no calendar has."""
    given = config["data_cutoff"]
    try:
        date.fromisoformat(given or "2000-01-01")
    except (TypeError, ValueError):
        yield ("data_cutoff",), f"'{given}' is not a date", "allowed: a date as YYYY-MM-DD"


def _mapping(config: dict[str, Any], key: str) -> dict[str, Any]:
    return config[key] if isinstance(config[key], dict) else {}


def _files_missing(config: dict[str, Any]) -> Iterator[Fault]:
    """Files that the configuration names and that are not there or dated in the future; sheets that are missing are
    left to their readers."""
    own_rules = config["rules"] if isinstance(config["rules"], list) else []
    named: list[tuple[KeyPath, Any]] = [
        ((key,), config[key])
        for key in ("cohort", "reference", "civic", "sequenced_samples", "panel", "preregistration")
    ]
    named += [(("rules", str(place)), path) for place, path in enumerate(own_rules)]
    named += [(("cohorts", name), path) for name, path in _mapping(config, "cohorts").items()]
    for where, path in named:
        if not isinstance(path, str) or "\0" in path or path.lower().startswith(REMOTE):
            continue
        if not Path(path).is_file():
            what = "is a directory" if Path(path).is_dir() else "does not exist"
            remedy = f"give a file; paths are relative to the working directory {Path.cwd()}"
            yield where, f"'{path}' {what}", remedy
        elif where == ("reference",):
            yield from _reference_index_missing(path)
    named += [((key,), config.get(key)) for key in ("samples", "patients", "assessments", "adverse_events")]
    for where, path in named:
        fault = date_fault(path) if isinstance(path, str) and "\0" not in path else None
        if fault is not None:
            yield where, *fault
    yield from _no_study(config)


def _no_study(config: dict[str, Any]) -> Iterator[Fault]:
    """A background that is no folder, or tumours of it that are asked for in other words."""
    folder = config["background"]
    if isinstance(folder, str) and "\0" not in folder and not Path(folder).is_dir():
        what = "is no folder" if Path(folder).exists() else "does not exist"
        yield ("background",), f"'{folder}' {what}", "give the folder of a study in the layout of cBioPortal"
    keep = config["background_keep"]
    for place, pair in enumerate(keep if isinstance(keep, list) else []):
        column, sign, value = str(pair).partition("=")
        if not (sign and column.strip() and value.strip()):
            yield (
                ("background_keep", str(place)),
                f"'{pair}' is no COLUMN=VALUE",
                "e.g. CANCER_TYPE=Colorectal Cancer",
            )


def _reference_index_missing(path: str) -> Iterator[Fault]:
    wanted = [".fai"] + ([".gzi"] if path.endswith((".gz", ".bgz")) else [])
    for suffix in wanted:
        if not Path(path + suffix).is_file():
            yield (
                ("reference",),
                f"'{path}' has no index {Path(path).name}{suffix}",
                f"run: samtools faidx {path}",
            )
