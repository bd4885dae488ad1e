"""OncoKB columns of a user's own annotated MAF; none of OncoKB's content is shipped."""

from __future__ import annotations

import csv
from pathlib import Path

from refractor.errors import Problem, VariantFileError
from refractor.files.bounded import read_table_bytes
from refractor.files.divided import part_at
from refractor.genome.hgvs_notation import short_notation
from refractor.variants.files.whole_file import read_start

_START_BYTES = 65_536
_KEYS = ("Hugo_Symbol", "HGVSp_Short")
_LEVELS = ("LEVEL_R1", "LEVEL_R2")
_EFFECT = "ONCOGENIC"

Annotations = dict[tuple[str, str], str]
"""What OncoKB says of resistance by gene and protein change."""


def read_oncokb(path: Path) -> Annotations | None:
    """OncoKB's words by gene and protein change; None where the file is no MAF that OncoKB annotated.

    Raises:
        VariantFileError: a MAF with OncoKB columns that is damaged or lacks the protein change.
    """
    part = part_at(path, VariantFileError)
    if part is not None and not part.is_there:
        return None
    start = read_start(path, _START_BYTES)
    if b"Hugo_Symbol" not in start or not any(level.encode() in start for level in _LEVELS):
        return None
    raw = read_table_bytes(path, VariantFileError)
    lines = (line for line in raw.decode("utf-8-sig", "replace").splitlines() if not line.startswith("#"))
    reader = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    missing = [name for name in _KEYS if name not in (reader.fieldnames or ())]
    if missing:
        what = f"has OncoKB columns but lacks {', '.join(missing)}"
        raise VariantFileError(Problem(path, what, line=1, allowed="annotate with HGVSp_Short"))
    said: Annotations = {}
    for row in reader:
        words = _words(row)
        if words:
            said[(row["Hugo_Symbol"] or "", short_notation(row["HGVSp_Short"] or ""))] = words
    return said


def _words(row: dict[str, str]) -> str:
    """The levels of resistance with their drugs, and the oncogenic effect beside them."""
    levels = [f"{name.removeprefix('LEVEL_')}: {row[name]}" for name in _LEVELS if row.get(name)]
    if not levels:
        return ""
    effect = row.get(_EFFECT)
    return "; ".join([*levels, effect] if effect else levels)
