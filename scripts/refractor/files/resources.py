"""Where what ships with the library lies: the workflow, its steps and profiles, the schemas, the knowledge.

In a checkout they stand beside `scripts/`. A wheel carries the same files in the same order in a folder of the package;
pyproject.toml says which.
"""

from __future__ import annotations

import csv
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_IN_WHEEL = _PACKAGE / "shipped"

LIBRARY = _PACKAGE.parent
"""The folder from which Python imports the package: scripts/ of a checkout, or site-packages."""


def shipped(*names: str) -> Path:
    """The place of a shipped file or folder by its path in the checkout, e.g. `shipped("resources", "panel")`."""
    root = _IN_WHEEL if _IN_WHEEL.is_dir() else LIBRARY.parent
    return root.joinpath(*names)


def shipped_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a shipped tab-separated table, by the names of its header."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


RESOURCES = shipped("resources")
"""The knowledge, a README beside each kind."""

KNOWLEDGE = (
    "callers", "centromeres", "cohorts", "evidence", "panel", "polymorphisms", "reference", "windows",
)  # fmt: skip
"""The kinds that results rest on; `layouts` drafts sheets and `demo` describes the synthetic trial."""
