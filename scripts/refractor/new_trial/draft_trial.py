"""The files of a new trial: a commented configuration and sheets with their headers, empty or drafted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from refractor.errors import InputError, Problem
from refractor.files.atomic import written_aside
from refractor.files.resources import RESOURCES
from refractor.settings.schemas import load_schema

SHEETS = ("samples", "patients", "assessments", "adverse_events")
CONFIG = "config.yaml"
_MODEL = RESOURCES.parent / "config" / CONFIG


def write_new_trial(folder: Path, *, samples: Sequence[Mapping[str, str]] = ()) -> list[Path]:
    """The files written into `folder`: config.yaml and four sheets; `samples` are rows of samples.tsv.

    Raises:
        InputError: one of them stands there already; nothing is written then.
    """
    files = [folder / CONFIG, *(folder / f"{sheet}.tsv" for sheet in SHEETS)]
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
    _write(folder / CONFIG, configuration())
    return files


def configuration() -> str:
    """The shipped configuration with its comments, its sheets beside it."""
    return re.sub(r"config/(?=\w+\.tsv)", "", _MODEL.read_text(encoding="utf-8"))


def _write(path: Path, content: str) -> None:
    with written_aside(path) as scratch:
        scratch.write_text(content, encoding="utf-8")
