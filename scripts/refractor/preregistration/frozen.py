"""A preregistration: the texts of rules and cohort files, the settings and the digests of the code, under one digest."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from refractor import __version__
from refractor.errors import InputError, Problem
from refractor.evidence.knowledge.knowledge_base import EVIDENCE, knowledge_base_version
from refractor.files.atomic import written_aside
from refractor.files.bounded import MAX_LINE_BYTES, read_bounded
from refractor.files.digests import file_checksum, source_digest
from refractor.files.resources import LIBRARY
from refractor.settings.config import cohort_files

FORMAT = 1
STEPS = (
    "measure_copy_number",
    "call_variants",
    "annotate_alterations",
    "compare_identities",
    "join_cohort",
    "analyse_cohort",
)
"""Steps whose code decides what a tumour shows, what its label is, and what the cohort says."""
NO_SETTING = frozenset(
    {
        "samples", "patients", "assessments", "adverse_events", "cohort", "cohorts", "rules", "container", "preregistration",
        "background", "background_keep", "synthetic", "reference",
    }
)  # fmt: skip
"""Keys of the configuration that name data, or what is frozen by its content, or nothing that a label hangs on."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """What is written down. Texts are whole files: `cohorts` by the cohort's name (empty for the only one), `tables` of the
    knowledge base and `own_rules` by file name. `outcomes_known` counts patients whose outcome the sheets told by then;
    `labels` are those of the last run before, by sample, none where there was none.
    """

    frozen_on: str
    version: str
    cohorts: Mapping[str, str]
    tables: Mapping[str, str]
    own_rules: Mapping[str, str]
    settings: Mapping[str, str]
    code: Mapping[str, str]
    knowledge: str
    outcomes_known: int
    patients: int
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The SHA-256 over everything but the date and the counts of patients, in hexadecimal."""
        kept = {name: value for name, value in asdict(self).items() if name not in _NOT_DIGESTED}
        if not self.labels:  # as in preregistrations that were written before labels were
            del kept["labels"]
        return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


_NOT_DIGESTED = frozenset({"frozen_on", "outcomes_known", "patients"})


def freeze(
    config: Mapping[str, Any],
    *,
    outcomes_known: int,
    patients: int,
    today: date,
    labels: Mapping[str, str] | None = None,
) -> Frozen:
    """The preregistration of a loaded configuration; its paths are relative to the working directory."""
    return Frozen(
        frozen_on=today.isoformat(),
        version=__version__,
        cohorts={name or "": _text(path) for name, path in cohort_files(config).items()},
        tables={str(path.relative_to(EVIDENCE)): _text(path) for path in sorted(EVIDENCE.rglob("*.tsv"))},
        own_rules={Path(path).name: _text(Path(path)) for path in config["rules"]},
        settings=settings_of_run(config),
        code=code_of_steps(),
        knowledge=knowledge_base_version(),
        outcomes_known=outcomes_known,
        patients=patients,
        labels=dict(labels or {}),
    )


def settings_of_run(config: Mapping[str, Any]) -> dict[str, str]:
    """The settings on which labels and analyses hang, by name with points, as text."""

    def flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
        for name, value in values.items():
            if prefix == "" and name in NO_SETTING:
                continue
            if name == "panel" and value:  # genes by what they are, not by where they stand
                yield name, f"{Path(value).name}, SHA-256 {file_checksum(Path(value))}"
            elif isinstance(value, Mapping):
                yield from flat(value, f"{prefix}{name}.")
            else:
                yield f"{prefix}{name}", "" if value is None else str(value)

    return dict(sorted(flat(config)))


def code_of_steps() -> dict[str, str]:
    """Digest of each step's import closure, by step."""
    return {step: source_digest(LIBRARY / f"{step}.py") for step in STEPS}


def write_frozen(frozen: Frozen, path: Path) -> None:
    """Write it as JSON with its digest."""
    content = {"format": FORMAT, "digest": frozen.digest, **asdict(frozen)}
    with written_aside(path) as aside:
        aside.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def read_frozen(path: Path) -> Frozen:
    """The preregistration of a file.

    Raises:
        InputError: it is no preregistration, of another format, or was edited: its digest does not fit.
    """
    try:
        content = json.loads(read_bounded(path, MAX_LINE_BYTES))
    except (OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise InputError(
            Problem(path, f"cannot be read: {error}", allowed="give the JSON of refractor freeze")
        ) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        what = "is no preregistration of this format"
        raise InputError(Problem(path, what, allowed="give the JSON of refractor freeze"))
    digest = content.pop("digest", None)
    content.pop("format")
    try:
        frozen = Frozen(**content)
    except TypeError as error:
        raise InputError(
            Problem(path, f"lacks a part: {error}", allowed="give the JSON as it was written")
        ) from error
    if frozen.digest != digest:
        what = "was changed after it was written: its digest does not fit"
        raise InputError(Problem(path, what, allowed="give the JSON as it was written, or freeze again"))
    return frozen


def unpacked(frozen: Frozen, folder: Path, cohort: str) -> tuple[Path, Path, tuple[Path, ...]]:
    """The frozen cohort file, folder of rules and own rules, written below `folder`.

    Raises:
        InputError: the preregistration has no such cohort.
    """
    if cohort not in frozen.cohorts:
        what = (
            f"the preregistration has no cohort {cohort!r}"
            if cohort
            else "the preregistration is of several cohorts"
        )
        raise InputError(
            Problem("preregistration", what, allowed=", ".join(filter(None, frozen.cohorts)) or "one cohort")
        )
    cohort_file = folder / "cohort.yaml"
    cohort_file.write_text(frozen.cohorts[cohort], encoding="utf-8")
    for name, text in frozen.tables.items():
        place = folder / "evidence" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    own = []
    for name, text in frozen.own_rules.items():
        place = folder / Path(name).name
        place.write_text(text, encoding="utf-8")
        own.append(place)
    return cohort_file, folder / "evidence", tuple(own)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
