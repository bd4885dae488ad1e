"""Whether two runs of one trial wrote the same results, byte for byte."""

from __future__ import annotations

import hashlib
from pathlib import Path

NOT_RESULTS = (".snakemake_timestamp", "resources.tsv", "run.html")
"""Snakemake's own mark in a folder that is an output; times and memory, which differ from run to run."""


def contents(results: Path) -> dict[str, str]:
    """The SHA-256 of every file below a results folder, by its relative path; hidden notes included."""
    return {
        path.relative_to(results).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(results.rglob("*"))
        if path.is_file() and path.name not in NOT_RESULTS
    }


def differences(found: Path, expected: Path, *, below: str = "") -> list[str]:
    """Files that are missing, too many or other than in `expected`, of those whose path begins with `below`."""
    one, two = contents(found), contents(expected)
    names = {name for name in one.keys() | two.keys() if name.startswith(below)}
    assert any(name in two for name in names), f"nothing to compare below {expected}/{below}"
    return sorted(name for name in names if one.get(name) != two.get(name))
