"""The parts of a finding's sentence in alterations.tsv: what its rule states, what holds for it, what against it."""

from __future__ import annotations

import re

_PARTS = re.compile(
    r"For it \([^)]*\): (?P<supports>.*?)(?: Against it: (?P<contradicts>.*?))?(?: Rule \S+;.*)?$"
)
_ABOUT_CLONALITY = " Only part of the cancer cells"


def for_and_against(sentence: str) -> tuple[str, str]:
    """What a finding's sentence says for it and against it; all of it is for it where it is not parted."""
    found = _PARTS.search(sentence)
    if found is None:
        return sentence, ""
    return found["supports"].strip(), (found["contradicts"] or "").strip()


def stated(sentence: str | None) -> str:
    """What the rule behind a finding states, without its full stop; nothing where the sentence is not parted."""
    before, parted, _ = (sentence or "").partition(" For it (")
    statement = before.partition(_ABOUT_CLONALITY)[0].rpartition("). ")[2]
    return statement.rstrip(".") if parted and statement != before else ""
