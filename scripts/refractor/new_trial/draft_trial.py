"""The files of a new trial: a commented configuration and sheets with their headers, empty or drafted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from refractor.errors import InputError, Problem
from refractor.files.atomic import written_aside
from refractor.files.resources import shipped
from refractor.new_trial.draft_cohort import FORM
from refractor.settings.config import load_cohort_file
from refractor.settings.schemas import load_schema

SHEETS = ("samples", "patients", "assessments", "adverse_events")
CONFIG = "config.yaml"
COHORT = "cohort.yaml"
_MODEL = shipped("config", CONFIG)


def write_new_trial(
    folder: Path, *, samples: Sequence[Mapping[str, str]] = (), cohort: str | None = None
) -> list[Path]:
    """The files written into `folder`: config.yaml and four sheets, and `cohort.yaml` with the text `cohort` if one is given.

    `samples` are rows of samples.tsv.

    Raises:
        InputError: one of them stands there already; nothing is written then.
    """
    files = [folder / CONFIG, *(folder / f"{sheet}.tsv" for sheet in SHEETS)]
    if cohort is not None:
        files.append(folder / COHORT)
    taken = [path for path in files if path.exists()]
    if taken:
        remedy = "nothing was written; give another folder, or move it away"
        raise InputError(Problem(path, "stands there already", allowed=remedy) for path in taken)
    rows: dict[str, Sequence[Mapping[str, str]]] = dict.fromkeys(SHEETS, ())
    rows["samples"] = samples
    rows["patients"] = [{"patient": name} for name in dict.fromkeys(row["patient"] for row in samples)]
    for sheet in SHEETS:
        columns = list(load_schema(sheet)["properties"])
        lines = [
            "\t".join(columns),
            *("\t".join(row.get(name, "") for name in columns) for row in rows[sheet]),
        ]
        _write(folder / f"{sheet}.tsv", "\n".join(lines) + "\n")
    if cohort is not None:
        _write(folder / COHORT, cohort)
    _write(folder / CONFIG, configuration(with_cohort=cohort is not None))
    return files


def configuration(*, with_cohort: bool = False) -> str:
    """The shipped configuration with its comments, its sheets beside it, and the cohort file too if it has one."""
    text = re.sub(r"config/(?=\w+\.tsv)", "", _MODEL.read_text(encoding="utf-8"))
    return re.sub(r"^# (?=cohort: cohort\.yaml )", "", text, flags=re.M) if with_cohort else text


def cohort_called(name: str) -> Path:
    """The cohort file that `name` means: a file, or a shipped one by its name without the ending.

    Raises:
        InputError: it is neither, or no cohort file.
    """
    known = {path.stem: path for path in sorted(shipped("resources", "cohorts").glob("*.yaml"))}
    path = known.get(name, Path(name))
    if not path.is_file():
        allowed = f"one that ships ({', '.join(known)}); {FORM}"
        raise InputError(Problem("--cohort", f"'{name}' is no file", allowed=allowed))
    load_cohort_file(path)
    return path


def _write(path: Path, content: str) -> None:
    with written_aside(path) as scratch:
        scratch.write_text(content, encoding="utf-8")
