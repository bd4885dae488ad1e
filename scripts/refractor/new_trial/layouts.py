"""How pipelines lay out their results, from resources/layouts: what a file is and whose, told by its path."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from refractor.files.resources import RESOURCES, shipped_rows

LAYOUTS = RESOURCES / "layouts" / "layouts.tsv"
LEFT_OUT = "left_out"
READS = "reads"

_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*?"
_PART = re.compile(r"\{(?P<name>tumor|normal|sample|patient)\}|\{(?P<words>[^{}]*)\}|(?P<any>\*\*/|\*\*|\*)")
_ANY = {"**/": r"(?:.*/)?", "**": r".*", "*": r"[^/]*"}


@dataclass(frozen=True, slots=True)
class LayoutRule:
    """One row of layouts.tsv; `rank` is its place, by which two files for one column are told apart."""

    layout: str
    pattern: re.Pattern[str]
    column: str
    caller: str | None
    why: str
    rank: int


@dataclass(frozen=True, slots=True)
class LaidOut:
    """What a file's path tells: the row of the layout, and the names in it, None where it has none."""

    rule: LayoutRule
    sample: str | None
    """The tumour; with `rule.column` READS or normal_reads whoever the reads are of."""
    normal: str | None
    patient: str | None


@lru_cache
def load_layouts(path: Path = LAYOUTS) -> tuple[LayoutRule, ...]:
    """The rows of the shipped table, in its order."""
    return tuple(
        LayoutRule(
            row["layout"], path_pattern(row["path"]), row["is"], row["caller"] or None, row["why"], rank
        )
        for rank, row in enumerate(shipped_rows(path))
    )


def path_pattern(template: str) -> re.Pattern[str]:
    """The end of a path as the table writes it, e.g. `mutect2/{tumor}_vs_{normal}/*.vcf.gz`, as an expression,
    whatever the case: cBioPortal has written data_CNA.txt and data_cna.txt."""
    seen: set[str] = set()
    parts: list[str] = []
    last = 0
    for match in _PART.finditer(template):
        parts.append(re.escape(template[last : match.start()]))
        last = match.end()
        if name := match["name"]:
            parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>{_NAME})")
            seen.add(name)
        elif match["any"]:
            parts.append(_ANY[match["any"]])
        else:
            parts.append("(?:" + "|".join(map(_word, match["words"].split("|"))) + ")")
    parts.append(re.escape(template[last:]))
    return re.compile(r"(?:^|/)" + "".join(parts) + "$", re.IGNORECASE)


def laid_out(relative: PurePosixPath) -> LaidOut | None:
    """What the first fitting row tells of a file, by its path below the folder; None where none fits."""
    for rule in load_layouts():
        match = rule.pattern.search(str(relative))
        if match is not None:
            names = match.groupdict()
            patient = names.get("patient")
            of_patient = None
            if patient is not None:
                of_patient = f"{patient}_{'N' if rule.column == 'normal_reads' else 'T'}"
            sample = names.get("tumor") or names.get("sample") or of_patient
            return LaidOut(rule, sample, names.get("normal"), patient)
    return None


def _word(word: str) -> str:
    return "".join(_ANY["*"] if part == "*" else re.escape(part) for part in re.split(r"(\*)", word))
