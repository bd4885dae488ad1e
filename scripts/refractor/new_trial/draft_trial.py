"""The files of a new trial: a commented configuration and sheets with their headers, empty or drafted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from refractor.errors import InputError, Problem
from refractor.files.atomic import write_text
from refractor.files.resources import shipped
from refractor.new_trial.draft_cohort import FORM
from refractor.settings.config import load_cohort_file
from refractor.settings.schemas import load_schema

SHEETS = ("samples", "patients", "assessments", "adverse_events")
CONFIG = "config.yaml"
COHORT = "cohort.yaml"
GENES = "own_genes.tsv"
_MODEL = shipped("config", CONFIG)


def write_new_trial(
    folder: Path,
    *,
    samples: Sequence[Mapping[str, str]] = (),
    cohort: str | None = None,
    genes: str | None = None,
) -> list[Path]:
    """The files written into `folder`: config.yaml and four sheets; `cohort.yaml` and `own_genes.tsv` where their text is given.

    `samples` are rows of samples.tsv.

    Raises:
        InputError: one of them stands there already; nothing is written then.
    """
    files = [folder / CONFIG, *(folder / f"{sheet}.tsv" for sheet in SHEETS)]
    texts = {name: text for name, text in ((COHORT, cohort), (GENES, genes)) if text is not None}
    files += [folder / name for name in texts]
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
        write_text(folder / f"{sheet}.tsv", "\n".join(lines) + "\n")
    for name, text in texts.items():
        write_text(folder / name, text)
    write_text(folder / CONFIG, configuration(naming=tuple(texts)))
    return files


def configuration(*, naming: Sequence[str] = ()) -> str:
    """The shipped configuration with its comments, its sheets beside it, and the files `naming` in force."""
    text = re.sub(r"config/(?=\w+\.tsv)", "", _MODEL.read_text(encoding="utf-8"))
    for name in naming:
        text = re.sub(rf"^# (?=\w+: {re.escape(name)} )", "", text, flags=re.M)
    return text


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
