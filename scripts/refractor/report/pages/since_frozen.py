"""What the page says of a preregistration: when it was, what was changed since, whose label changed because of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from refractor.report.patient_results import Row

_KINDS = {
    "rule": ("rule", "rules"),
    "cohort": ("key of the cohort file", "keys of the cohort file"),
    "setting": ("setting", "settings"),
    "code": ("step of the code", "steps of the code"),
}


@dataclass(frozen=True, slots=True)
class SinceFrozenWords:
    """The comparison in a sentence or two, and the rows of changed labels."""

    words: str
    labels: tuple[Row, ...]


def since_frozen(rows: Sequence[Row]) -> SinceFrozenWords | None:
    """The words on the rows of SINCE_FROZEN; None where nothing was compared."""
    frozen = next((row for row in rows if row["kind"] == "preregistration"), None)
    if frozen is None:
        return None
    counts = Counter(str(row["kind"]) for row in rows)
    parts = [f"{counts[kind]} {words[counts[kind] > 1]}" for kind, words in _KINDS.items() if counts[kind]]
    labels = tuple(row for row in rows if row["kind"] == "label")
    since = f"changed since: {', '.join(parts)}" if parts else "nothing was changed since"
    changed = (
        f"{len(labels)} label{'' if len(labels) == 1 else 's'} changed{' because of it' if parts else ''}"
    )
    words = (
        f"Frozen on {frozen['before']} ({frozen['because']}; digest {str(frozen['name'])[:16]}); {since}"
        f"{f'; {changed}' if parts or labels else ''}."
    )
    return SinceFrozenWords(words, labels)
